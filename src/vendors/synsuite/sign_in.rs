//! Subscriber sign-in: the portal's own login, then who that is (dossier 4.j).

use std::sync::Arc;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::document::Document;
use ponte_domain::wifi::SignInForm;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Method};

use super::customers::Row;
use super::dialect::{self, ask_portal, data, keep_session, missing_portal};
use super::reference::Owner;
use super::{Synsuite, settings};
use crate::call::Call;
use crate::erp::{SignIn, SignedIn};

const CAPABILITY: Capability = Capability::SignIn;
const WHO: &str = "portal.whoami";

#[async_trait]
impl SignIn for Synsuite {
    async fn sign_in(&self, call: &Call<'_>, form: &SignInForm) -> Result<SignedIn, Failure> {
        if !settings::has_portal(call.tenant) {
            return Err(missing_portal(CAPABILITY));
        }
        let subscriber = Arc::new(dialect::sign_in(call, &username(&form.login), form).await?);
        let ask = Ask::read(WHO, Method::Get, "/api/person_users/whoami");
        let who = ask_portal(call, CAPABILITY, &subscriber, ask, |reply| {
            let row: Row<'_> = data(reply)?;
            row.customer()
        });
        let customer = who.await.map_err(|failure| match failure.kind() {
            FailureKind::NotSupported(_) => Failure::new(
                FailureKind::CredentialsRefused,
                "The portal refuses the session that it has just opened: check portal_verify_token.",
            ),
            _ => failure,
        })?;
        if Owner::of(&customer.reference)?.person != subscriber.person {
            return Err(Failure::broken("The portal opened a session for one person and names another."));
        }
        keep_session(call, subscriber).await;
        Ok(SignedIn { customer, must_change_password: false })
    }
}

/// The login as typed; a document without its punctuation, as providers register it.
fn username(login: &str) -> String {
    Document::parse(login).map_or_else(|_| login.trim().to_owned(), |document| document.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::username;

    #[test]
    fn a_document_is_sent_bare_and_any_other_login_as_typed() {
        assert_eq!(username("529.982.247-25"), "52998224725");
        assert_eq!(username(" ana.souza "), "ana.souza");
        assert_eq!(username("Ana@Example.com"), "Ana@Example.com");
    }
}
