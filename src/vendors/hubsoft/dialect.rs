//! How a Hubsoft installation is spoken to: JSON over real verbs below `/api/v1/integracao`, with one OAuth token for
//! all customers of the tenant.
//!
//! A 401 in mid-life is normal: administrators and updates void all tokens at any time (dossier 2.1). It is renewed by
//! one flight for all who were refused, and the call is repeated once, acts too, since the guard runs before the
//! controller. A route that this version does not have is remembered for the tenant and not asked for again for a
//! while.

mod auth;
mod envelope;
mod errors;

use futures_util::{StreamExt as _, stream};
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::Pdf;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Looks, Method, Reply};
use secrecy::SecretString;
use serde::Deserialize;

use crate::call::Call;
use crate::reading::pdf::pdf;

pub(super) use auth::token;
pub(super) use envelope::{Answer, Denial};
pub(super) use errors::{is_not_found, is_validation};

/// The documented integration API. What lies beside it is the panel's own (dossier 1).
const BASE: &str = "/api/v1/integracao/";
/// Without it the framework answers a refused token with a redirect to a login page (dossier 2.1).
const ACCEPT: (&str, &str) = ("Accept", "application/json");
/// Calls of one request that are under way at once: a provider's server is small.
const AT_ONCE: usize = 4;
/// In the context of a refused token: the answer's body spoke as the application does, not as the guard.
pub(super) const SAID_BY_APPLICATION: (&str, &str) = ("body", "application");

/// What hangs on a route: whether the capability is gone without it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Need {
    /// Every version has the route: a 404 is a fault, and no reason to take the capability from all customers.
    Always(Capability),
    /// Without the route the installation does not have the capability.
    Required(Capability),
    /// Without the route a part of the answer is not known.
    Optional(Capability),
}

impl Need {
    /// The capability that the route serves.
    pub(super) const fn capability(self) -> Capability {
        match self {
            Self::Always(capability) | Self::Required(capability) | Self::Optional(capability) => capability,
        }
    }
}

/// Runs futures together, a few at once, and answers in their order.
pub(super) async fn together<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    // Collected first: a stream that makes its futures as it goes is not `Send` for every lifetime.
    let futures: Vec<F> = futures.into_iter().collect();
    stream::iter(futures).buffered(AT_ONCE).collect().await
}

/// A read of a route.
pub(super) fn look(route: &'static str) -> Ask {
    Ask::read(route, Method::Get, format!("{BASE}{route}"))
}

/// A change, sent once. The verb does not tell a change from a read: two GETs act (dossier 2.2).
pub(super) fn act(route: &'static str, method: Method) -> Ask {
    Ask::act(route, method, format!("{BASE}{route}"))
}

/// A read whose path holds values in its middle: `root` is its fixed beginning, `operation` the name of the whole.
pub(super) fn look_below(operation: &'static str, root: &'static str) -> Ask {
    Ask::read(operation, Method::Get, format!("{BASE}{root}"))
}

/// A change of the same kind.
pub(super) fn act_below(operation: &'static str, root: &'static str, method: Method) -> Ask {
    Ask::act(operation, method, format!("{BASE}{root}"))
}

/// A read by POST: a compare, which the vendor keeps no trace of.
pub(super) fn compare(route: &'static str) -> Ask {
    Ask::read(route, Method::Post, format!("{BASE}{route}"))
}

/// Asks and reads. `ask` builds the request anew for the repeat after a renewed token; `route` is the name under which
/// a missing route is remembered.
pub(super) async fn send<T>(
    call: &Call<'_>,
    need: Need,
    route: &'static str,
    ask: impl Fn() -> Ask,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let capability = need.capability();
    known_to_be_there(call, need, route)?;
    let result = with_token(call, ask, |reply| read(&Answer::of(reply, capability)?)).await;
    match (result, need) {
        (Err(failure), Need::Always(_)) if errors::is_missing_route(&failure) => Err(errors::no_answer(&failure)),
        (Err(failure), Need::Required(_) | Need::Optional(_)) => {
            remember(call, need, route, &failure);
            Err(failure)
        }
        (result, _) => result,
    }
}

/// The same for a search whose route every version has: a 404 there is the vendor's other way to say "nobody"
/// (dossier 3), unless it is a page, a proxy's text or nothing at all: then it is a server that does not know the API.
/// A 404 with an empty message is what the framework says of a route that it has not, and tells of nobody.
pub(super) async fn search<T>(
    call: &Call<'_>,
    need: Need,
    ask: impl Fn() -> Ask,
    read: impl Fn(&Answer<'_>) -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    let capability = need.capability();
    with_token(call, ask, |reply| match (reply.status, reply.looks_like()) {
        (404, Looks::Json) if says_nothing(reply) => Err(errors::no_search_here(reply)),
        (404, Looks::Json) if !Answer::is_refused(reply) => Ok(None),
        (404, looks) if looks != Looks::Json => Err(errors::not_this_api(reply)),
        _ => read(&Answer::of(reply, capability)?),
    })
    .await
}

/// Whether an answer is the framework's empty message.
fn says_nothing(reply: &Reply) -> bool {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Empty {
        message: String,
    }
    reply.json::<Empty>().is_ok_and(|empty| empty.message.trim().is_empty())
}

/// Fetches a public document of the vendor's by its link, which needs no token and gets none (dossier 4.c).
pub(super) async fn document(call: &Call<'_>, operation: &'static str, link: &str) -> Result<Pdf, Failure> {
    Box::pin(call.send(Ask::link(operation, link).document(), |reply| match reply.status {
        200..=299 => pdf(&reply.body).ok_or_else(|| {
            Failure::new(FailureKind::VendorFault, "The ERP's answer is not the document that was asked for.")
                .at(reply.upstream())
        }),
        404 | 410 => Err(Failure::not_found(Subject::Document).at(reply.upstream())),
        _ => Err(errors::of_status(reply)),
    }))
    .await
}

async fn with_token<T>(
    call: &Call<'_>,
    ask: impl Fn() -> Ask,
    read: impl Fn(&Reply) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let first = token(call).await?;
    match exchange(call, ask(), &first, &read).await {
        Err(failure) if failure.kind() == FailureKind::LoginExpired => {
            auth::drop(call, &first).await;
            let second = token(call).await?;
            exchange(call, ask(), &second, &read).await.map_err(auth::refused_again)
        }
        other => other,
    }
}

async fn exchange<T>(
    call: &Call<'_>,
    ask: Ask,
    token: &SecretString,
    read: &impl Fn(&Reply) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let (name, value) = ACCEPT;
    let ask = ask.header(name, value).bearer(token.clone());
    // On the heap: one request holds many of these at once, and each is as large as the HTTP client's own future.
    Box::pin(call.send(ask, read)).await
}

/// What was remembered of a route, as the failure that it was.
fn known_to_be_there(call: &Call<'_>, need: Need, route: &'static str) -> Result<(), Failure> {
    let remembered = call.memory.missing_route(route, call.now).filter(|_| !matches!(need, Need::Always(_)));
    let Some(reason) = remembered else { return Ok(()) };
    let failure = errors::remembered(&reason, need.capability());
    // Found missing by another capability, it is missing to this one too, and its list of capabilities must say so.
    if let (Need::Required(capability), FailureKind::NotSupported(_)) = (need, failure.kind())
        && call.memory.missing(capability, call.now).is_none()
    {
        call.memory.remember_missing(capability, reason, call.now);
    }
    Err(failure)
}

fn remember(call: &Call<'_>, need: Need, route: &'static str, failure: &Failure) {
    let absent = errors::is_missing_route(failure);
    let forbidden = errors::is_missing_permission(failure) && matches!(need, Need::Optional(_));
    if !absent && !forbidden {
        return;
    }
    call.memory.remember_missing_route(route, failure.detail(), call.now);
    if let (Need::Required(capability), true) = (need, absent) {
        call.memory.remember_missing(capability, failure.detail(), call.now);
    }
}

#[cfg(test)]
mod tests;
