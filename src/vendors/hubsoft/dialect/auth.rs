//! The token: OAuth2 password grant, kept for the tenant, renewed by one flight (dossier 2.1).

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Method, Reply};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::{ACCEPT, errors};
use crate::call::Call;
use crate::hubsoft::settings;
use crate::memory::Key;
use crate::reading::text::{SecretText, Text};

const TOKEN: Key = Key::whole("hubsoft.token");
/// The vendor's advice: a new one every 24 hours, whatever life it was given.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);
/// A token this near to its end is renewed before it is used.
const SPARE: Duration = Duration::from_secs(60);

/// The tenant's token, issued if there is none that lasts.
pub(in crate::hubsoft) async fn token(call: &Call<'_>) -> Result<Arc<SecretString>, Failure> {
    call.memory.load_once_until(TOKEN, call.now, issue(call)).await
}

/// Drops a token that was refused, unless another call has renewed it meanwhile.
pub(super) async fn drop(call: &Call<'_>, token: &Arc<SecretString>) {
    call.memory.forget(&TOKEN, token).await;
}

/// The second refusal in a row is no matter of the token's age.
pub(super) fn refused_again(failure: Failure) -> Failure {
    if failure.kind() != FailureKind::LoginExpired {
        return failure;
    }
    let mut refused =
        Failure::new(FailureKind::CredentialsRefused, "The ERP refuses a token that it has just issued (401).");
    for (name, value) in failure.context() {
        refused = refused.with(name, value.clone());
    }
    match failure.upstream() {
        Some(upstream) => refused.at(upstream.clone()),
        None => refused,
    }
}

#[derive(Serialize)]
struct Grant<'a> {
    grant_type: &'static str,
    client_id: &'a str,
    client_secret: &'a str,
    username: &'a str,
    password: &'a str,
}

async fn issue(call: &Call<'_>) -> Result<(SecretString, Timestamp), Failure> {
    let credential = |name| settings::credential(call.tenant, name).map(|secret| secret.expose_secret().trim());
    let grant = Grant {
        grant_type: "password",
        client_id: credential("client_id")?,
        client_secret: credential("client_secret")?,
        username: credential("username")?,
        // Not trimmed: a blank may belong to it.
        password: settings::credential(call.tenant, "password")?.expose_secret(),
    };
    let (name, value) = ACCEPT;
    // A read: whatever becomes of the answer, a token more is no harm.
    let ask = Ask::read("oauth/token", Method::Post, "/oauth/token").header(name, value).json(&grant);
    let issued = Box::pin(call.send(ask, read)).await?;
    let until = call.now.checked_add(issued.holds_for).unwrap_or(Timestamp::MAX);
    Ok((issued.token, until))
}

struct Issued {
    token: SecretString,
    holds_for: Duration,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Wire<'a> {
    access_token: SecretText,
    expires_in: Text<'a>,
}

fn read(reply: &Reply) -> Result<Issued, Failure> {
    match reply.status {
        200..=299 => {
            let wire: Wire<'_> = reply.json()?;
            let token = wire.access_token.0;
            if token.expose_secret().trim().is_empty() {
                return Err(Failure::broken("The ERP's answer holds no token.").at(reply.upstream()));
            }
            Ok(Issued { token, holds_for: life(&wire.expires_in) })
        }
        // Passport says 401 to a wrong client and, by version, 400 or 401 to a wrong user.
        400 | 401 => Err(Failure::new(
            FailureKind::CredentialsRefused,
            "The ERP refuses the client or the user that it is to issue a token for.",
        )
        .at(reply.upstream())),
        404 | 405 => Err(errors::not_this_api(reply)),
        _ => Err(errors::of_status(reply)),
    }
}

/// How long a token is used. None at all where it ends within the spare time: then each use gets a new one.
fn life(expires_in: &Text<'_>) -> Duration {
    let given = expires_in.as_str().parse().map_or(LONGEST_LIFE, Duration::from_secs);
    given.saturating_sub(SPARE).min(LONGEST_LIFE)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use ponte_domain::FailureKind;
    use ponte_transport::Reply;
    use secrecy::ExposeSecret as _;

    use super::{life, read};

    #[test]
    fn a_token_lives_a_day_at_most_and_none_when_it_is_about_to_end() {
        for (seconds, expected) in
            [("2592000", 86_400), ("3600", 3540), ("60", 0), ("30", 0), ("", 86_340), ("soon", 86_340)]
        {
            assert_eq!(life(&seconds.into()), Duration::from_secs(expected), "{seconds}");
        }
    }

    #[test]
    fn a_token_is_read_and_its_absence_is_no_token() {
        let issued = read(&Reply::new(200, None, r#"{"expires_in":2592000,"access_token":"abc"}"#)).ok().unwrap();
        assert_eq!(issued.token.expose_secret(), "abc");
        for (status, body, expected) in [
            (401, r#"{"error":"invalid_credentials"}"#, FailureKind::CredentialsRefused),
            (400, r#"{"error":"invalid_grant"}"#, FailureKind::CredentialsRefused),
            (404, "<html></html>", FailureKind::TenantMisconfigured),
            (200, "<html></html>", FailureKind::BrokenAnswer),
            (200, "{}", FailureKind::BrokenAnswer),
            (403, "", FailureKind::AccessBlocked),
            (500, r#"{"message":"Server Error"}"#, FailureKind::VendorFault),
            (503, "<html></html>", FailureKind::Overloaded),
        ] {
            assert_eq!(read(&Reply::new(status, None, body)).err().unwrap().kind(), expected, "{status} {body}");
        }
    }
}
