//! Wi-Fi password.

use actix_web::web::ServiceConfig;
use ponte_api::wifi::{WifiDone, WifiRequest};
use ponte_domain::Failure;
use ponte_domain::reference::{ContractRef, VendorId};
use ponte_domain::wifi::WifiPassword;

use super::forms;
use crate::answer::acted;
use crate::entry::{Act, Answer, Entry, Intended};
use crate::handles::{HandleMaker, LoginRef};
use crate::http::Place;
use crate::openapi::{params, problems};
use crate::present::{self, Scene};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(Place::at("/v1/tenants/{tenant}/contracts/{contract}/wifi").post(change));
}

/// Change the Wi-Fi password
///
/// Sets a new Wi-Fi password on the router of the contract. The password is checked before any call.
#[utoipa::path(
    post,
    path = "/v1/tenants/{tenant}/contracts/{contract}/wifi",
    operation_id = "changeWifiPassword",
    tag = "Wi-Fi",
    params(params::Tenant, params::Contract, params::IdempotencyKey),
    request_body(content = WifiRequest, description = "The new password."),
    responses((status = 200, description = "Handed to the router, or kept for it.", body = WifiDone), problems::Act)
)]
pub(crate) async fn change(entry: Entry<Act, ContractRef>, act: Intended<WifiRequest>) -> Answer {
    let login = chosen(&act.body, &entry.target, &entry.handles())?;
    let password = WifiPassword::parse(act.body.password)
        .map_err(|error| Failure::invalid("/password", format!("The password is refused: {error}.")))?;
    let (scene, contract) = (Scene::of(&entry), entry.target.clone());
    let present = move |outcome: Result<&_, &_>| present::wifi::done(&scene, &contract, outcome);
    let operations = &entry.house.operations;
    Ok(acted(
        operations
            .change_wifi(&entry.visit, &entry.target, login, password, &act.intent, present)
            .await
            .map_err(forms::in_body)?,
    ))
}

/// The vendor's id of the connection that is chosen, if one is.
fn chosen(
    request: &WifiRequest,
    contract: &ContractRef,
    handles: &HandleMaker<'_>,
) -> Result<Option<VendorId>, Failure> {
    let Some(id) = &request.login_id else { return Ok(None) };
    let login: LoginRef = forms::handle(handles, &id.0, "/login_id")?;
    if login.contract == *contract {
        return Ok(Some(login.id));
    }
    Err(Failure::invalid("/login_id", "This connection does not belong to that contract."))
}
