//! The subscribers' portal, V2 (dossier 2.6): a token of one subscriber, got with the subscriber's own login, and a
//! fixed token of the provider beside it.
//!
//! Notas fiscais, the PPPoE password and the counts of trust unlocks are to be had here only. So a subscriber who signs
//! in through the gateway lends it the session until its end; it is kept in memory, per person, and no session is ever
//! opened with anything but what the subscriber typed (many portals take the document as the password; that is not
//! used).

use std::sync::Arc;

use jiff::Timestamp;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Refusal;
use ponte_domain::wifi::SignInForm;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Method, Reply};
use secrecy::SecretString;
use serde::Deserialize;

use super::{errors, login};
use crate::call::Call;
use crate::memory::Key;
use crate::reading::prose::fold;
use crate::reading::text::{SecretText, Text};
use crate::synsuite::settings;

const SHELF: &str = "synsuite.subscriber";
const SIGN_IN: &str = "portal_authentication";
const NO_PORTAL: &str =
    "The tenant has no portal: portal_url and the portal's three keys are needed for what only the portal tells.";
const NO_SESSION: &str = "Only the subscriber's portal tells this: the subscriber must sign in first.";

/// A subscriber's session. No `Debug`.
pub(in crate::synsuite) struct Subscriber {
    /// The vendor's id of the person.
    pub(in crate::synsuite) person: String,
    token: SecretString,
    until: Timestamp,
}

/// Why a tenant without a portal lacks a capability.
pub(in crate::synsuite) fn missing_portal(capability: Capability) -> Failure {
    Failure::new(FailureKind::NotSupported(capability), NO_PORTAL)
}

fn no_session(capability: Capability) -> Failure {
    Failure::new(FailureKind::NotSupported(capability), NO_SESSION)
}

/// The session of a person who signed in before.
///
/// # Errors
/// `NotSupported` where the tenant has no portal or the person no session.
pub(in crate::synsuite) async fn session(
    call: &Call<'_>,
    capability: Capability,
    person: &str,
) -> Result<Arc<Subscriber>, Failure> {
    if !settings::has_portal(call.tenant) {
        return Err(missing_portal(capability));
    }
    let absent = async { Err(no_session(capability)) };
    call.memory.load_once_until::<Subscriber, _>(key(person), call.now, absent).await
}

/// Keeps a session for what the subscriber asks next.
pub(in crate::synsuite) async fn keep_session(call: &Call<'_>, subscriber: Arc<Subscriber>) {
    let until = subscriber.until;
    let person = subscriber.person.as_str();
    // The one of before may have been ended by the portal, and ends sooner.
    if let Ok(before) = session(call, Capability::SignIn, person).await {
        call.memory.forget(&key(person), &before).await;
    }
    let kept = Subscriber { person: person.to_owned(), token: subscriber.token.clone(), until };
    let kept = call.memory.load_once_until(key(person), call.now, async { Ok((kept, until)) }).await;
    if let Err(failure) = kept {
        tracing::warn!(vendor = "synsuite", reason = failure.kind().word(), "a portal session could not be kept");
    }
}

fn key(person: &str) -> Key {
    Key::row(SHELF, person.to_owned())
}

/// Opens a session with what the subscriber typed. All secrets travel in the query, as the vendor wants it.
///
/// # Errors
/// `Refused(SignInFailed)`; `CredentialsRefused` where the portal refuses the provider's keys.
pub(in crate::synsuite) async fn sign_in(
    call: &Call<'_>,
    username: &str,
    form: &SignInForm,
) -> Result<Subscriber, Failure> {
    let url = settings::portal_url(call.tenant).ok_or_else(|| missing_portal(Capability::SignIn))?;
    let secret = |name| settings::credential_of(call.tenant, name);
    let ask = Ask::read(SIGN_IN, Method::Get, "/portal_authentication")
        .at(url)
        .header("Accept", "application/json")
        .secret_query("verify_token", secret("portal_verify_token")?)
        .secret_query("client_id", secret("portal_client_id")?)
        .secret_query("client_secret", secret("portal_client_secret")?)
        .query("grant_type", "client_credentials")
        .secret_query("username", SecretString::from(username))
        .secret_query("password", form.password.clone());
    let now = call.now;
    Box::pin(call.send(ask, |reply| opened(reply, now))).await
}

#[derive(Deserialize)]
struct Opened<'a> {
    access_token: SecretText,
    #[serde(default)]
    expires_in: Option<u32>,
    #[serde(borrow)]
    person: Person<'a>,
}

#[derive(Deserialize)]
struct Person<'a> {
    #[serde(borrow)]
    id: Text<'a>,
}

fn opened(reply: &Reply, now: Timestamp) -> Result<Subscriber, Failure> {
    match reply.status {
        200..=299 => {}
        // The number behind the words varies (dossier 4.j).
        400 | 401 | 403 if says_wrong_credentials(reply) => {
            return Err(Failure::refused(Refusal::SignInFailed, "The portal's login or password is wrong.")
                .at(reply.upstream()));
        }
        400 | 401 | 403 => {
            let detail = "The portal refuses the provider's verify_token, client_id or client_secret.";
            return Err(Failure::new(FailureKind::CredentialsRefused, detail).at(reply.upstream()));
        }
        _ => return Err(of_portal(reply)),
    }
    let opened: Opened<'_> = reply.json()?;
    let person = opened.person.id.key().ok_or_else(|| Failure::broken("The portal does not say who signed in."))?;
    // Four hours where the answer does not say (dossier 2.6).
    let until = login::ends(now, opened.expires_in.unwrap_or(14_400));
    Ok(Subscriber { person: person.to_owned(), token: opened.access_token.0, until })
}

fn says_wrong_credentials(reply: &Reply) -> bool {
    #[derive(Deserialize, Default)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct Said<'a> {
        status: Text<'a>,
        message: Text<'a>,
    }
    let said: Said<'_> = reply.json().unwrap_or_default();
    fold(said.message.as_str()).starts_with("bad credentials")
        || fold(said.status.as_str()).starts_with("invalid credentials")
}

fn of_portal(reply: &Reply) -> Failure {
    if reply.status == 404 {
        return Failure::new(
            FailureKind::TenantMisconfigured,
            "The portal's address answers that it is not there (404): check Api_Path.",
        )
        .in_field("settings.vendor.portal_url")
        .at(reply.upstream());
    }
    errors::other(reply)
}

/// Asks the portal as a subscriber. `read` sees good statuses, and 404 where a thing may be missing.
///
/// # Errors
/// What `read` says; `NotSupported` where the session has ended: the subscriber must sign in anew.
pub(in crate::synsuite) async fn ask_portal<T>(
    call: &Call<'_>,
    capability: Capability,
    subscriber: &Arc<Subscriber>,
    ask: Ask,
    read: impl Fn(&Reply) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let url = settings::portal_url(call.tenant).ok_or_else(|| missing_portal(capability))?;
    let ask = ask
        .at(url)
        .bearer(subscriber.token.clone())
        .secret_header("Verify-Token", settings::credential_of(call.tenant, "portal_verify_token")?);
    let result = Box::pin(call.send(ask, |reply| match reply.status {
        200..=299 | 404 => read(reply),
        401 | 403 => {
            Err(Failure::new(FailureKind::LoginExpired, "The subscriber's session has ended.").at(reply.upstream()))
        }
        _ => Err(of_portal(reply)),
    }))
    .await;
    match result {
        Err(failure) if failure.kind() == FailureKind::LoginExpired => {
            call.memory.forget(&key(&subscriber.person), subscriber).await;
            Err(no_session(capability))
        }
        other => other,
    }
}

/// The `data` of a portal's answer. There is no `success` here: the status tells.
///
/// # Errors
/// `BrokenAnswer` where there are no data; `TenantMisconfigured` for a 404.
pub(in crate::synsuite) fn data<'r, T: Deserialize<'r>>(reply: &'r Reply) -> Result<T, Failure> {
    #[derive(Deserialize)]
    struct Envelope<T> {
        data: T,
    }
    if reply.status == 404 {
        return Err(of_portal(reply));
    }
    reply.json::<Envelope<T>>().map(|answer| answer.data)
}

/// Rows of one page of a portal's list. `limit` is a wish, so the end of the list is where its count says.
pub(in crate::synsuite) struct Part<T> {
    rows: Vec<T>,
    filtered: Option<u64>,
}

impl<T> Part<T> {
    /// The page with its rows read.
    ///
    /// # Errors
    /// What `read` says.
    pub(in crate::synsuite) fn read<U>(self, read: impl FnMut(T) -> Result<U, Failure>) -> Result<Part<U>, Failure> {
        let rows = self.rows.into_iter().map(read).collect::<Result<Vec<U>, Failure>>()?;
        Ok(Part { rows, filtered: self.filtered })
    }
}

/// One page of a list.
///
/// # Errors
/// As [`data`].
pub(in crate::synsuite) fn part<'r, T: Deserialize<'r>>(reply: &'r Reply) -> Result<Part<T>, Failure> {
    #[derive(Deserialize)]
    struct Envelope<T> {
        data: Vec<T>,
        #[serde(default = "Option::default")]
        filtered: Option<u64>,
    }
    if reply.status == 404 {
        return Err(of_portal(reply));
    }
    reply.json::<Envelope<T>>().map(|answer| Part { rows: answer.data, filtered: answer.filtered })
}

/// Rows asked for at once.
const PAGE_ROWS: u16 = 50;
/// Pages after which a list is given up: no subscriber has a thousand of anything.
const MOST_PAGES: u32 = 20;

/// All rows of a subscriber's list, each once by its `id`. Part of a list is never passed off as the whole.
///
/// # Errors
/// As [`ask_portal`]; `BrokenAnswer` where rows are counted that are not sent.
pub(in crate::synsuite) async fn all_parts<T>(
    call: &Call<'_>,
    capability: Capability,
    subscriber: &Arc<Subscriber>,
    make: impl Fn() -> Ask,
    id: impl Fn(&T) -> &str,
    read: impl Fn(&Reply) -> Result<Part<T>, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut all: Vec<T> = Vec::new();
    let mut received: u64 = 0;
    for page in 1..=MOST_PAGES {
        let ask = make().query("limit", PAGE_ROWS.to_string()).query("page", page.to_string());
        let Part { rows, filtered } = ask_portal(call, capability, subscriber, ask, &read).await?;
        let (count, before) = (rows.len(), all.len());
        received += count as u64;
        for row in rows {
            if all.iter().all(|known| id(known) != id(&row)) {
                all.push(row);
            }
        }
        // A page without a new row means that the paging is ignored; asking on would never end.
        let stands_still = all.len() == before;
        if stands_still && filtered.is_some_and(|filtered| (all.len() as u64) < filtered) {
            return Err(Failure::broken("The portal counts rows that it does not send."));
        }
        if stands_still || filtered.map_or(count < usize::from(PAGE_ROWS), |filtered| received >= filtered) {
            return Ok(all);
        }
    }
    Err(Failure::broken("The portal's list has no end."))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::Timestamp;
    use ponte_domain::FailureKind;
    use ponte_domain::failure::Refusal;
    use ponte_transport::Reply;

    use super::opened;

    #[test]
    fn a_wrong_password_is_told_from_wrong_keys_of_the_provider() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        for (status, body, expected) in [
            (
                403,
                r#"{"status":"Invalid credentials.","message":"Bad Credentials (2)"}"#,
                FailureKind::Refused(Refusal::SignInFailed),
            ),
            (403, r#"{"message":"Bad credentials (7)"}"#, FailureKind::Refused(Refusal::SignInFailed)),
            (403, "", FailureKind::CredentialsRefused),
            (400, r#"{"error":"invalid_client"}"#, FailureKind::CredentialsRefused),
            (404, "<html>", FailureKind::TenantMisconfigured),
            (503, "", FailureKind::Overloaded),
            (200, r#"{"access_token":"x","person":{}}"#, FailureKind::BrokenAnswer),
        ] {
            let failure = opened(&Reply::new(status, None, body), now).err().unwrap();
            assert_eq!(failure.kind(), expected, "{status} {body}");
        }
        let good = r#"{"access_token":"x","expires_in":14400,"token_type":"bearer","scope":null,"person":{"id":880123,"name":"Ana"}}"#;
        let subscriber = opened(&Reply::new(200, None, good), now).unwrap();
        assert_eq!((subscriber.person.as_str(), subscriber.until.as_second()), ("880123", now.as_second() + 14_340));
    }
}
