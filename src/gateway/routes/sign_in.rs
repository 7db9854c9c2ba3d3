//! Subscriber sign-in.

use actix_web::web::ServiceConfig;
use ponte_api::sign_in::{SignInRequest, SignedIn};
use ponte_domain::Failure;
use ponte_domain::wifi::SignInForm;
use secrecy::SecretString;

use super::forms;
use crate::answer::uncached;
use crate::entry::{Act, Answer, Body, Entry};
use crate::http::Place;
use crate::openapi::{params, problems};
use crate::present::{self, Scene};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(Place::at("/v1/tenants/{tenant}/customers/sign-in").post(sign_in));
}

/// Sign a subscriber in
///
/// Compares the login and password of the subscriber portal and says whose they are. Too many attempts for one login
/// lock it for a while.
#[utoipa::path(
    post,
    path = "/v1/tenants/{tenant}/customers/sign-in",
    operation_id = "signIn",
    tag = "Sign-in",
    params(params::Tenant),
    request_body(content = SignInRequest, description = "What the subscriber typed."),
    responses(
        (status = 200, description = "Signed in.", body = SignedIn),
        problems::Ask,
        problems::SignInRefused
    )
)]
pub(crate) async fn sign_in(entry: Entry<Act>, body: Body<SignInRequest>) -> Answer {
    let (form, scene) = (form(body.0)?, Scene::of(&entry));
    let source = entry.visit.caller.key_id.clone();
    let present = move |signed_in: &_| present::sign_in::signed_in(&scene, signed_in);
    let body = entry.house.operations.sign_in(&entry.visit, form, source, present).await.map_err(forms::in_body)?;
    Ok(uncached(body))
}

fn form(request: SignInRequest) -> Result<SignInForm, Failure> {
    if !(1..=256).contains(&request.password.chars().count()) {
        return Err(Failure::invalid("/password", "A password has 1 to 256 characters."));
    }
    let login = forms::text(&request.login, 1, 254, "/login")?;
    Ok(SignInForm { login, password: SecretString::from(request.password) })
}
