//! The integrator's token (dossier 2.2): one for all customers of the provider, kept for the tenant till shortly
//! before it ends, fetched by one flight, renewed once where the API no longer takes it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Method, Reply};
use secrecy::SecretString;
use serde::Deserialize;

use super::errors;
use crate::call::Call;
use crate::memory::Key;
use crate::reading::text::SecretText;
use crate::synsuite::settings;

const SHELF: Key = Key::whole("synsuite.token");
const OPERATION: &str = "connect.token";
/// A token is given up so long before its end.
const EARLY: Duration = Duration::from_secs(60);

/// A token. No `Debug`: it opens everything.
pub(super) struct Token(SecretString);

impl Token {
    /// The secret, for the one header that carries it.
    pub(super) fn secret(&self) -> SecretString {
        self.0.clone()
    }
}

/// Fetches a token if none is kept: whether the token server answers and the keys are good.
pub(in crate::synsuite) async fn integrator(call: &Call<'_>) -> Result<(), Failure> {
    token(call).await.map(|_| ())
}

/// Gives a token up that the API no longer takes.
pub(super) async fn forget(call: &Call<'_>, token: &Arc<Token>) {
    call.memory.forget(&SHELF, token).await;
}

/// The token, kept or fetched.
pub(super) async fn token(call: &Call<'_>) -> Result<Arc<Token>, Failure> {
    let ask = grant(call)?;
    let now = call.now;
    // On the heap: it is as large as the HTTP client's own future.
    let load = async { Box::pin(call.send(ask, |reply| read(reply, now))).await };
    call.memory.load_once_until(SHELF, now, load).await
}

/// A form of exactly the documented fields, never JSON.
fn grant(call: &Call<'_>) -> Result<Ask, Failure> {
    let secret = |name| settings::credential_of(call.tenant, name);
    let ask = Ask::read(OPERATION, Method::Post, "/connect/token")
        .at(settings::token_url(call.tenant))
        .header("Accept", "application/json");
    let ask = if settings::grant_by_password(call.tenant) {
        ask.form(&[("grant_type", "password"), ("scope", "syngw synpaygw offline_access")])
            .secret_form("username", secret("username")?)
            .secret_form("password", secret("password")?)
    } else {
        ask.form(&[("grant_type", "client_credentials"), ("scope", "syngw")])
    };
    Ok(ask
        .secret_form("client_id", secret("client_id")?)
        .secret_form("client_secret", secret("client_secret")?)
        .secret_form("syndata", secret("syndata")?))
}

#[derive(Deserialize)]
struct Grant {
    access_token: SecretText,
    #[serde(default)]
    expires_in: Option<u32>,
}

/// The token and when it is given up. An hour where the answer does not say (dossier 2.2).
fn read(reply: &Reply, now: Timestamp) -> Result<(Token, Timestamp), Failure> {
    if let Some(failure) = errors::of_token_server(reply) {
        return Err(failure);
    }
    let grant: Grant = reply.json()?;
    Ok((Token(grant.access_token.0), ends(now, grant.expires_in.unwrap_or(3600))))
}

/// When a token of so many seconds is given up: early, but a short one not before half its life.
pub(super) fn ends(now: Timestamp, seconds: u32) -> Timestamp {
    let life = Duration::from_secs(seconds.into());
    let use_for = life.saturating_sub(EARLY).max(life / 2);
    now.checked_add(use_for).unwrap_or(Timestamp::MAX)
}

/// The failure where even a new token is not taken.
pub(super) fn refused(failure: &Failure) -> Failure {
    let detail = "The ERP refuses the token that it has just issued.";
    let refused = Failure::new(FailureKind::CredentialsRefused, detail);
    match failure.upstream() {
        Some(upstream) => refused.at(upstream.clone()),
        None => refused,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::Timestamp;
    use ponte_domain::FailureKind;
    use ponte_transport::Reply;
    use secrecy::ExposeSecret as _;

    use super::{ends, read};

    #[test]
    fn a_token_is_given_up_a_minute_early() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        for (seconds, expected) in [(3600, 3540), (61, 30), (60, 30), (0, 0)] {
            assert_eq!(ends(now, seconds).as_second() - now.as_second(), expected, "{seconds}");
        }
    }

    #[test]
    fn what_the_token_server_says_has_its_class() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let good =
            Reply::new(200, None, r#"{"access_token":"abc","expires_in":3600,"token_type":"Bearer","scope":"syngw"}"#);
        let (token, until) = read(&good, now).unwrap();
        assert_eq!((token.0.expose_secret(), until.as_second()), ("abc", now.as_second() + 3540));
        for (status, body, expected) in [
            (400, r#"{"error":"invalid_client"}"#, FailureKind::CredentialsRefused),
            (400, r#"{"error":"invalid_grant"}"#, FailureKind::CredentialsRefused),
            (401, "", FailureKind::CredentialsRefused),
            (404, "<html>", FailureKind::TenantMisconfigured),
            (503, "Serviço temporariamente indisponível.", FailureKind::Overloaded),
            (200, r#"{"token_type":"Bearer"}"#, FailureKind::BrokenAnswer),
            (200, "<html>", FailureKind::BrokenAnswer),
        ] {
            let failure = read(&Reply::new(status, None, body), now).err().unwrap();
            assert_eq!(failure.kind(), expected, "{status} {body}");
        }
        let refused = read(&Reply::new(400, None, r#"{"error":"invalid_client"}"#), now).err().unwrap();
        assert_eq!(refused.upstream().unwrap().code.as_deref(), Some("invalid_client"));
    }
}
