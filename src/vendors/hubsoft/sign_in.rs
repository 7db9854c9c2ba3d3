//! Subscriber sign-in (dossier 4.j): the vendor compares, with the tenant's token. The subscriber gets none.

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::document::Document;
use ponte_domain::failure::Refusal;
use ponte_domain::wifi::SignInForm;
use ponte_domain::{Failure, FailureKind};
use secrecy::ExposeSecret as _;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::Hubsoft;
use super::customers::{self, Detail, PersonRow};
use super::dialect::{self, Need, SAID_BY_APPLICATION, compare, is_validation, look, send};
use crate::call::Call;
use crate::erp::{SignIn, SignedIn};

/// Without the slash at its end: some servers redirect the other form (dossier 2.2).
const ROUTE: &str = "cliente/autenticacao";
const CAPABILITY: Capability = Capability::SignIn;
const PROBE: &str = "configuracao/servico_status";

#[async_trait]
impl SignIn for Hubsoft {
    async fn sign_in(&self, call: &Call<'_>, form: &SignInForm) -> Result<SignedIn, Failure> {
        let typed = form.login.trim();
        if typed.is_empty() || form.password.expose_secret().is_empty() {
            return Err(refused());
        }
        // The user name of most is the document, and those are kept as digits.
        let login = Document::parse(typed).map_or_else(|_| typed.to_owned(), |document| document.as_str().to_owned());
        let body = Body { usuario: &login, senha: form.password.expose_secret() };
        let zone = &call.tenant.settings.zone;
        let outcome = send(
            call,
            Need::Required(CAPABILITY),
            ROUTE,
            || compare(ROUTE).json(&body),
            |answer| match answer.done::<Answer<'_>>()? {
                Ok(answered) => answer.promised(answered.cliente)?.read(zone).map(Ok),
                Err(denial) => Ok(Err(denial)),
            },
        );
        let person = match outcome.await {
            Ok(Ok(person)) => person,
            Ok(Err(denial)) if is_validation(&denial.folded()) => {
                return Err(denial.failure(FailureKind::VendorFault, "The ERP does not take the form of the sign-in."));
            }
            Ok(Err(denial)) => return Err(denial.refused(Refusal::SignInFailed, REFUSED)),
            Err(failure) => return Err(blamed(call, failure).await),
        };
        // The answer does not say whether the customer is one still.
        let code = person.code().to_owned();
        let whole = customers::by_code(call, Need::Optional(CAPABILITY), &code, Detail::People).await;
        let customer = whole.ok().flatten().unwrap_or(person).customer;
        Ok(SignedIn { customer, must_change_password: false })
    }
}

const REFUSED: &str = "The login or the password is wrong, or signing in is not allowed.";

/// One refusal for everything that may be wrong: who asks learns nothing about whom it knows.
fn refused() -> Failure {
    Failure::refused(Refusal::SignInFailed, REFUSED)
}

/// A 401 of this route that a new token does not lift may be the subscriber's: it is, where the application itself spoke or
/// where the token is good elsewhere.
async fn blamed(call: &Call<'_>, failure: Failure) -> Failure {
    if failure.kind() != FailureKind::CredentialsRefused {
        return failure;
    }
    let (name, value) = SAID_BY_APPLICATION;
    if failure.context().iter().any(|(known, said)| *known == name && said == value) {
        return refused();
    }
    // Without a token there is nothing to try elsewhere: the tenant's credentials are the trouble.
    if dialect::token(call).await.is_err() {
        return failure;
    }
    let probe = send(call, Need::Optional(CAPABILITY), PROBE, || look(PROBE), |answer| answer.body::<IgnoredAny>());
    match probe.await {
        Ok(_) => refused(),
        Err(_) => failure,
    }
}

#[derive(Serialize)]
struct Body<'a> {
    usuario: &'a str,
    senha: &'a str,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Answer<'a> {
    #[serde(default)]
    cliente: Option<PersonRow<'a>>,
}
