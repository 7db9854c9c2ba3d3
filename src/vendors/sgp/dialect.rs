//! How an SGP installation is spoken to: nearly all of it POST with a form, `app` and `token` among its fields; some
//! routes are GET with both in the query, one is a GET with them in the body (dossier 2).
//!
//! A token may be restricted to routes and a version may lack some, so what is there is found out per tenant: a route
//! that is missing is remembered and not asked for again for a while. A 403 means bad credentials, a restricted token
//! or calls too close together; a read waits and asks again before it believes one of the first two.

mod answer;
mod errors;

use std::collections::HashSet;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use ponte_domain::capability::Capability;
use ponte_domain::failure::{Retry, Subject};
use ponte_domain::invoice::Pdf;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Method, Nature};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

use super::settings;
use crate::call::Call;
use crate::memory::Key;

pub(super) use answer::{Answer, Page};
pub(super) use errors::is_forbidden;

/// The look-up that every version has. Without it the address is not an SGP's.
pub(super) const FIND_CONTRACTS: (&str, &str) = ("consultacliente", "/api/ura/consultacliente/");
/// The id that is asked for where only the way matters. Whose it is, and whether there is one, does not: nothing of the
/// answer is read.
pub(super) const ANY_ID: &str = "1";
/// Pages after which a list is given up.
const MOST_PAGES: usize = 40;
/// How long it is remembered that a route has answered this tenant's token.
const ANSWERED_FOR: Duration = Duration::from_secs(24 * 3600);

/// What hangs on a route: whether the capability is gone without it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Need {
    /// Without the route the installation does not have the capability.
    Required(Capability),
    /// Without the route a part of the answer is not known, or another route gives it.
    Optional(Capability),
}

impl Need {
    /// The capability that the route serves.
    pub(super) const fn capability(self) -> Capability {
        match self {
            Self::Required(capability) | Self::Optional(capability) => capability,
        }
    }
}

/// Calls of one request that are under way at once: a provider's server is small, and throttles.
const AT_ONCE: usize = 4;

/// Runs futures together, a few at once, and answers in their order.
pub(super) async fn together<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    // Collected first: a stream that makes its futures as it goes is not `Send` for every lifetime.
    let futures: Vec<F> = futures.into_iter().collect();
    stream::iter(futures).buffered(AT_ONCE).collect().await
}

/// Where the fields and the credentials go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// POST, a form.
    Form,
    /// GET, the query.
    Query,
    /// GET, a form in the body (`contratos/print`; the query does not work there, dossier 2.2).
    BodyOfGet,
}

/// What is asked of one route, without the credentials. No `Debug`: fields are personal.
pub(super) struct Request {
    operation: &'static str,
    path: &'static str,
    segments: Vec<String>,
    fields: Vec<(&'static str, String)>,
    place: Place,
    time: Option<Duration>,
}

impl Request {
    /// A POST with a form; `path` with or without its last slash as the vendor documents it.
    pub(super) const fn form(operation: &'static str, path: &'static str) -> Self {
        Self { operation, path, segments: Vec::new(), fields: Vec::new(), place: Place::Form, time: None }
    }

    /// A GET with its fields in the query.
    pub(super) const fn query(operation: &'static str, path: &'static str) -> Self {
        Self { operation, path, segments: Vec::new(), fields: Vec::new(), place: Place::Query, time: None }
    }

    /// A GET with its fields in the body.
    pub(super) const fn body_of_get(operation: &'static str, path: &'static str) -> Self {
        Self { operation, path, segments: Vec::new(), fields: Vec::new(), place: Place::BodyOfGet, time: None }
    }

    /// The vendor operation.
    pub(super) const fn operation(&self) -> &'static str {
        self.operation
    }

    /// A value as the next segment of the path.
    pub(super) fn at(mut self, segment: &str) -> Self {
        self.segments.push(segment.to_owned());
        self
    }

    /// The path ends in a slash behind its last segment.
    pub(super) fn slash(self) -> Self {
        self.at("")
    }

    /// A field.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.fields.push((name, value.into()));
        self
    }

    /// A field that switches something on.
    pub(super) fn flag(self, name: &'static str) -> Self {
        self.with(name, "1")
    }

    /// Time for one attempt, where the route is known to be slow.
    pub(super) const fn within(mut self, time: Duration) -> Self {
        self.time = Some(time);
        self
    }

    fn at_row(&self, offset: usize, limit: u16) -> Self {
        let fields = self.fields.iter().map(|(name, value)| (*name, value.clone()));
        let page = [("offset", offset.to_string()), ("limit", limit.to_string())];
        Self { segments: self.segments.clone(), fields: fields.chain(page).collect(), ..*self }
    }

    /// A failure of this request: where its path names no row, a 404 says that the route is not there, also by a
    /// stranger's JSON.
    fn without_row(&self, capability: Capability, failure: Failure) -> Failure {
        match failure.kind() {
            FailureKind::NotFound(Subject::Document) if self.segments.is_empty() => {
                errors::no_route(capability, &failure)
            }
            _ => failure,
        }
    }

    const fn method(&self) -> Method {
        match self.place {
            Place::Form => Method::Post,
            Place::Query | Place::BodyOfGet => Method::Get,
        }
    }

    /// The ask, `secrets` in the place of the fields.
    fn ask(&self, mut ask: Ask, secrets: Vec<(&'static str, SecretString)>) -> Ask {
        for segment in &self.segments {
            ask = ask.segment(segment);
        }
        if let Some(time) = self.time {
            ask = ask.attempt_timeout(time);
        }
        if self.place != Place::Query {
            ask = ask.form(&self.fields);
            return secrets.into_iter().fold(ask, |ask, (name, value)| ask.secret_form(name, value));
        }
        for (name, value) in &self.fields {
            ask = ask.query(*name, value.as_str());
        }
        secrets.into_iter().fold(ask, |ask, (name, value)| ask.secret_query(name, value))
    }
}

/// Reads something, with the tenant's credentials.
pub(super) async fn look<T>(
    call: &Call<'_>,
    need: Need,
    request: Request,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let ask = Ask::read(request.operation, request.method(), request.path);
    let ask = request.ask(ask, settings::app_and_token(call.tenant)?);
    send(call, need, &request, ask, read).await
}

/// Reads something by a route that may leave a work order behind: sent once, like a change.
pub(super) async fn look_once<T>(
    call: &Call<'_>,
    need: Need,
    request: Request,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    act(call, need, request, read).await
}

/// Reads a document. None where the vendor sends nothing.
pub(super) async fn print(call: &Call<'_>, need: Need, request: Request) -> Result<Option<Pdf>, Failure> {
    let ask = Ask::read(request.operation, request.method(), request.path).document();
    let ask = request.ask(ask, settings::app_and_token(call.tenant)?);
    send(call, need, &request, ask, |answer| answer.document()).await
}

/// Fetches the document behind a link of the vendor's, which is public and takes no credentials.
pub(super) async fn linked(
    call: &Call<'_>,
    capability: Capability,
    operation: &'static str,
    url: &str,
) -> Result<Option<Pdf>, Failure> {
    let ask = Ask::link(operation, url).document();
    let found = call.send(ask, |reply| match reply.status {
        404 => Ok(None),
        401 | 403 => Err(errors::refused_link(reply)),
        _ => Answer::of(reply, capability)?.document(),
    });
    Box::pin(found).await
}

/// All pages of a list, each row once: rows move between pages while a list is read, and `id` tells them apart. A page
/// is counted by the rows received, never by the rows asked for, so a short page ends nothing: instances cut pages to
/// sizes of their own (dossier 2.4). Without a total the list ends where a page brings nothing new.
///
/// # Errors
/// Part of a list is never passed off as the whole: a page that fails, and one that repeats what came already while
/// the vendor counts more, fail the list.
pub(super) async fn all<T>(
    call: &Call<'_>,
    need: Need,
    request: Request,
    limit: u16,
    id: impl Fn(&T) -> &str,
    read: impl Fn(&Answer<'_>) -> Result<Page<T>, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut rows = Vec::new();
    let mut received = 0;
    for _ in 0..MOST_PAGES {
        let page = look(call, need, request.at_row(received, limit), &read).await?;
        let count = page.rows.len();
        let before = rows.len();
        received += count;
        rows.extend(page.rows.into_iter().filter(|row| seen.insert(id(row).to_owned())));
        let brings_nothing_new = rows.len() == before;
        match page.total {
            Some(total) if received as u64 >= total && (count == 0 || !brings_nothing_new) => return Ok(rows),
            None if brings_nothing_new => return Ok(rows),
            Some(_) if brings_nothing_new => {
                return Err(Failure::broken("The ERP counts rows that it does not send.").with("route", request.path));
            }
            _ => {}
        }
    }
    Err(Failure::broken("The ERP's list has no end.").with("route", request.path))
}

/// Changes something. Sent once.
pub(super) async fn act<T>(
    call: &Call<'_>,
    need: Need,
    request: Request,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let ask = Ask::act(request.operation, request.method(), request.path);
    let ask = request.ask(ask, settings::app_and_token(call.tenant)?);
    send(call, need, &request, ask, read).await
}

/// The same with fields that are secret.
pub(super) async fn act_in_secret<T>(
    call: &Call<'_>,
    need: Need,
    request: Request,
    fields: Vec<(&'static str, SecretString)>,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let mut secrets = settings::app_and_token(call.tenant)?;
    secrets.extend(fields);
    let ask = request.ask(Ask::act(request.operation, request.method(), request.path), secrets);
    send(call, need, &request, ask, read).await
}

/// Changes something by JSON, for the one route that takes arrays (`ura/chamado`, dossier 2.2). The credentials are
/// fields of the body here too.
pub(super) async fn act_by_json<T>(
    call: &Call<'_>,
    need: Need,
    request: Request,
    body: &impl Serialize,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    #[derive(Serialize)]
    struct WithCredentials<'a, B> {
        app: &'a str,
        token: &'a str,
        #[serde(flatten)]
        body: &'a B,
    }
    let credentials = settings::app_and_token(call.tenant)?;
    let secret = |wanted: &str| {
        credentials.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value.expose_secret())
    };
    let body = WithCredentials { app: secret("app"), token: secret("token"), body };
    let ask = Ask::act(request.operation, Method::Post, request.path).json(&body);
    send(call, need, &request, ask, read).await
}

/// Asks in the subscriber's own name. What a 403 means here is the caller's affair: it is the answer to a wrong
/// password (dossier 3), so it is neither waited for nor taken for the tenant's.
pub(super) async fn as_subscriber<T>(
    call: &Call<'_>,
    capability: Capability,
    request: Request,
    password: SecretString,
    read: impl Fn(&ponte_transport::Reply) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let ask = Ask::read(request.operation, request.method(), request.path);
    let ask = request.ask(ask, vec![("senha", password)]);
    let result = Box::pin(call.send(ask, read)).await;
    result.map_err(|failure| request.without_row(capability, failure))
}

/// What is remembered of a route hangs on its operation, not its path: one path may be two routes by its verb, and a
/// version have only one of them.
async fn send<T>(
    call: &Call<'_>,
    need: Need,
    request: &Request,
    ask: Ask,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (capability, route) = (need.capability(), request.operation);
    if let Some(reason) = call.memory.missing_route(route, call.now) {
        let failure = Failure::new(FailureKind::NotSupported(capability), &*reason);
        // Found missing by another capability, it is missing to this one too, and its list of capabilities must say so.
        if let Need::Required(capability) = need
            && call.memory.missing(capability, call.now).is_none()
        {
            call.memory.remember_missing(capability, reason, call.now);
        }
        return Err(failure);
    }
    let nature = ask.nature();
    // On the heap: one request holds many of these at once, and each is as large as the HTTP client's own future.
    let result = Box::pin(call.send(ask, |reply| read(&Answer::of(reply, capability)?))).await;
    let failure = match result {
        Ok(value) => {
            remember_answered(call, route).await;
            return Ok(value);
        }
        Err(failure) => request.without_row(capability, failure),
    };
    let failure = understood(call, capability, (route, nature), failure).await;
    if matches!(failure.kind(), FailureKind::NotSupported(_)) {
        call.memory.remember_missing_route(route, failure.detail(), call.now);
        if let Need::Required(capability) = need {
            call.memory.remember_missing(capability, failure.detail(), call.now);
        }
    }
    Err(failure)
}

/// What a failure means, given what this tenant's token could do before.
async fn understood(
    call: &Call<'_>,
    capability: Capability,
    (route, nature): (&'static str, Nature),
    failure: Failure,
) -> Failure {
    if route == FIND_CONTRACTS.0 && matches!(failure.kind(), FailureKind::NotSupported(_)) {
        return errors::no_sgp(&failure);
    }
    if !errors::is_forbidden(&failure) {
        return failure;
    }
    // The token was never good here. Where it still is elsewhere it is restricted, else it was revoked meanwhile. An
    // act is not repeated, so its one 403 may as well be a call too many: nothing is concluded from it.
    let never_here = nature == Nature::Read && route != FIND_CONTRACTS.0 && !has_answered(call, route).await;
    if never_here && has_answered(call, FIND_CONTRACTS.0).await && is_still_good(call).await {
        return errors::restricted(capability, &failure);
    }
    failure.with_retry(Retry::Exhausted)
}

/// Whether app and token are taken by the look-up that every version has, asked once more for a contract of whose
/// answer nothing is read.
async fn is_still_good(call: &Call<'_>) -> bool {
    let (operation, path) = FIND_CONTRACTS;
    let Ok(secrets) = settings::app_and_token(call.tenant) else { return false };
    let request = Request::form(operation, path).with("contrato", ANY_ID);
    let ask = request.ask(Ask::read(operation, Method::Post, path), secrets);
    // The status alone, so that a 403 here is not waited for again.
    Box::pin(call.send(ask, |reply| Ok(reply.status < 400))).await.unwrap_or(false)
}

fn answered(route: &'static str) -> Key {
    Key::row("sgp.answered", route)
}

async fn remember_answered(call: &Call<'_>, route: &'static str) {
    // Loading nothing cannot fail.
    let _ = call.memory.load_once(answered(route), ANSWERED_FOR, call.now, async { Ok(()) }).await;
}

async fn has_answered(call: &Call<'_>, route: &'static str) -> bool {
    let unknown = async { Err::<(), _>(Failure::internal("This route has not answered yet.")) };
    call.memory.load_once(answered(route), ANSWERED_FOR, call.now, unknown).await.is_ok()
}
