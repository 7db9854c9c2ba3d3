//! Subscriber sign-in: the portal itself compares the password (dossier 4.j).
//!
//! The look-up shows the portal's password in the clear; it is neither read nor compared. A login that is no document
//! is only used to find the document that the portal wants.

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::customer::Customer;
use ponte_domain::document::Document;
use ponte_domain::failure::Refusal;
use ponte_domain::wifi::SignInForm;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Reply;
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::Sgp;
use super::customers::{by_document, customers};
use super::dialect::{Answer, Need, Request, as_subscriber};
use super::found::{By, Found, by};
use super::values::{flag, key};
use crate::call::Call;
use crate::erp::{SignIn, SignedIn};
use crate::reading::rows::Rows;
use crate::reading::text::Text;

const CAPABILITY: Capability = Capability::SignIn;
const REQUIRED: Need = Need::Required(CAPABILITY);

#[async_trait]
impl SignIn for Sgp {
    async fn sign_in(&self, call: &Call<'_>, form: &SignInForm) -> Result<SignedIn, Failure> {
        let login = form.login.trim();
        if login.is_empty() || form.password.expose_secret().is_empty() {
            return Err(refused());
        }
        let document = document(call, login).await?.ok_or_else(refused)?;
        let request = Request::form("central.contratos", "/api/central/contratos").with("cpfcnpj", document.as_str());
        let contracts = as_subscriber(call, CAPABILITY, request, form.password.clone(), portal).await;
        let contracts = contracts.map_err(|failure| match failure.kind() {
            // Where it was found out would tell a known login from an unknown one.
            FailureKind::Refused(Refusal::SignInFailed) => refused(),
            _ => failure,
        })?;
        let found = by_document(call, REQUIRED, &document).await?;
        // The portal has said yes, so the password is not what is wrong.
        let customer = holder(&found, &contracts)
            .ok_or_else(|| Failure::broken("The ERP's portal knows a customer whom its look-up does not show."))?;
        Ok(SignedIn { customer, must_change_password: false })
    }
}

/// One refusal for everything that may be wrong: who asks learns nothing about whom it knows.
fn refused() -> Failure {
    Failure::refused(Refusal::SignInFailed, "The login or the password is wrong, or signing in is not allowed.")
}

/// The document behind a login: itself, else that of the one person who has it as portal or connection login or mail
/// address.
async fn document(call: &Call<'_>, login: &str) -> Result<Option<Document>, Failure> {
    if let Ok(document) = Document::parse(login) {
        return Ok(Some(document));
    }
    let way = if login.contains('@') { By::Email } else { By::Login };
    let mut found = by(call, REQUIRED, way, login).await?;
    found.retain(|row| goes_by(row, login));
    let mut documents: Vec<Document> = found.into_iter().filter_map(|row| row.document).collect();
    documents.dedup();
    Ok(documents.pop().filter(|_| documents.is_empty()))
}

fn goes_by(row: &Found, login: &str) -> bool {
    let is = |text: &str| text.eq_ignore_ascii_case(login);
    row.portal_login.as_deref().is_some_and(is)
        || row.login.as_deref().is_some_and(is)
        || row.emails.iter().any(|email| is(email))
}

/// The customer whose contracts the portal showed; a document may stand for several customers.
fn holder(found: &[Found], contracts: &[String]) -> Option<Customer> {
    let shown = |row: &&Found| contracts.iter().any(|id| id == row.reference.id.as_str());
    let rows: Vec<Found> = found.iter().filter(shown).cloned().collect();
    let rows = if contracts.is_empty() { found } else { rows.as_slice() };
    customers(rows).into_iter().next()
}

/// The ids of the contracts that the portal shows. A 403 is its way to say that the password is wrong; it says the same
/// when calls come too close together, which the subscriber cannot help either.
fn portal(reply: &Reply) -> Result<Vec<String>, Failure> {
    if matches!(reply.status, 401 | 403) {
        return Err(refused());
    }
    Answer::of(reply, CAPABILITY)?.json(|wire: Wire<'_>| match wire {
        Wire::Bare(rows) if rows.is_empty() => Err(refused()),
        Wire::Bare(rows) => Ok(Some(ids(rows))),
        Wire::Wrapped { auth, contratos } => match flag(&auth) {
            Some(true) => Ok(Some(ids(contratos.0))),
            Some(false) => Err(refused()),
            None => Ok(None),
        },
    })
}

fn ids(rows: Vec<Row<'_>>) -> Vec<String> {
    rows.iter().filter_map(|row| key(&row.contrato)).map(str::to_owned).collect()
}

/// Older versions return the bare array.
#[derive(Deserialize)]
#[serde(untagged, bound(deserialize = "'de: 'a"))]
enum Wire<'a> {
    Bare(Vec<Row<'a>>),
    Wrapped {
        #[serde(default)]
        auth: Text<'a>,
        #[serde(default)]
        contratos: Rows<Row<'a>>,
    },
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    contrato: Text<'a>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::failure::Refusal;
    use ponte_transport::Reply;

    use super::portal;

    #[test]
    fn the_portal_says_yes_in_two_shapes() {
        for body in
            [r#"{"auth":true,"contratos":[{"contrato":17402,"status":" Ativo "}]}"#, r#"[{"contrato":"17402"}]"#]
        {
            assert_eq!(portal(&Reply::new(200, None, body)).unwrap(), ["17402"], "{body}");
        }
    }

    #[test]
    fn the_portal_says_no_in_four_ways_and_trouble_is_none_of_them() {
        for (status, body) in [
            (403, r#"{"detail":"As credenciais de autenticação não foram fornecidas."}"#),
            (401, "{}"),
            (200, r#"{"auth":false,"contratos":[]}"#),
            (200, "[]"),
        ] {
            let failure = portal(&Reply::new(status, None, body)).unwrap_err();
            assert_eq!(failure.kind(), FailureKind::Refused(Refusal::SignInFailed), "{status} {body}");
        }
        for (status, body, expected) in [
            (500, "{}", FailureKind::VendorFault),
            (200, "<html>", FailureKind::VendorFault),
            (200, "{}", FailureKind::BrokenAnswer),
        ] {
            assert_eq!(portal(&Reply::new(status, None, body)).unwrap_err().kind(), expected, "{status} {body}");
        }
    }
}
