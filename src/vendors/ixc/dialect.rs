//! How an IXC installation is spoken to: one resource a table, one route a button of a screen, all of it POST.
//!
//! The header `ixcsoft: listar` alone tells a list from an insert on the same path (dossier 2.1), so lists are sent
//! by `rows` and `all_rows` only, and nothing else sends that header. A route that the installation does not have
//! is remembered for the tenant and not asked for again for a while.

mod auth;
mod envelope;
mod errors;
mod query;

use std::borrow::Cow;
use std::collections::HashSet;

use futures_util::{StreamExt as _, stream};
use ponte_domain::capability::Capability;
use ponte_domain::invoice::Pdf;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Method};
use serde::Serialize;

use crate::call::Call;

pub(super) use auth::token;
pub(super) use envelope::{Answer, Denial, Outcome, Page};
pub(super) use query::{Oper, Order, Query};

/// Rows of one page. 100 to 200 is safe everywhere (dossier 2.4).
const PAGE_ROWS: u16 = 100;
/// Pages after which a list is given up: 5,000 rows of one customer are a vendor that ignores the filter.
const MOST_PAGES: u32 = 50;

/// What hangs on a route: whether the capability is gone without it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Need {
    /// Without the route the installation does not have the capability.
    Required(Capability),
    /// Without the route a part of the answer is not known.
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

/// Calls of one request that are under way at once: a provider's server is small (dossier 2.3).
const AT_ONCE: usize = 4;

/// Runs futures together, a few at once, and answers in their order.
pub(super) async fn together<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    // Collected first: a stream that makes its futures as it goes is not `Send` for every lifetime.
    let futures: Vec<F> = futures.into_iter().collect();
    stream::iter(futures).buffered(AT_ONCE).collect().await
}

/// One page of a list.
pub(super) async fn rows<T>(
    call: &Call<'_>,
    need: Need,
    query: Query,
    read: impl Fn(&Answer<'_>) -> Result<Page<T>, Failure>,
) -> Result<Vec<T>, Failure> {
    Ok(page(call, need, &query, 1, &read).await?.rows)
}

/// All pages of a list, each row once: rows move between pages while a list is read, and `id` tells them apart.
///
/// A page that fails fails the list; part of a list is never passed off as the whole (dossier 6, 19).
pub(super) async fn all_rows<T>(
    call: &Call<'_>,
    need: Need,
    query: Query,
    id: impl Fn(&T) -> &str,
    read: impl Fn(&Answer<'_>) -> Result<Page<T>, Failure>,
) -> Result<Vec<T>, Failure> {
    let query = query.at_most(PAGE_ROWS);
    let mut seen: HashSet<String> = HashSet::new();
    let mut all = Vec::new();
    let mut received = 0;
    for number in 1..=MOST_PAGES {
        let page = page(call, need, &query, number, &read).await?;
        let count = page.rows.len();
        received += count;
        let before = all.len();
        all.extend(page.rows.into_iter().filter(|row| seen.insert(id(row).to_owned())));
        let complete = page.total.map_or(count < usize::from(PAGE_ROWS), |total| received as u64 >= total);
        if count == 0 && !complete {
            return Err(
                Failure::broken("The ERP counts rows that it does not send.").with("resource", query.resource())
            );
        }
        // A page without a new row means that the paging is ignored; asking on would never end.
        if complete || all.len() == before {
            return Ok(all);
        }
    }
    Err(Failure::broken("The ERP's list has no end.").with("resource", query.resource()))
}

async fn page<T>(
    call: &Call<'_>,
    need: Need,
    query: &Query,
    number: u32,
    read: &impl Fn(&Answer<'_>) -> Result<Page<T>, Failure>,
) -> Result<Page<T>, Failure> {
    let resource = query.resource();
    let ask = Ask::read(resource, Method::Post, path(resource)).header("ixcsoft", "listar").json(&query.page(number));
    let page = send(call, need, Cow::Borrowed(resource), ask, read).await?;
    // Counted and not sent is half an answer; "nobody there" is a total of nothing (dossier 3.1, rule 5).
    if number == 1 && page.rows.is_empty() && page.total.is_some_and(|total| total > 0) {
        return Err(Failure::broken("The ERP counts rows that it does not send.").with("resource", resource));
    }
    Ok(page)
}

/// A read that is no list: a button that only shows something.
pub(super) async fn look<T>(
    call: &Call<'_>,
    need: Need,
    resource: &'static str,
    body: &impl Serialize,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let ask = Ask::read(resource, Method::Post, path(resource)).json(body);
    send(call, need, Cow::Borrowed(resource), ask, read).await
}

/// A print. None where the vendor says, in whatever form, that there is no such document.
pub(super) async fn print(
    call: &Call<'_>,
    need: Need,
    operation: &'static str,
    route: Cow<'static, str>,
    body: &impl Serialize,
) -> Result<Option<Pdf>, Failure> {
    let ask = Ask::read(operation, Method::Post, path(&route)).json(body).document();
    send(call, need, route, ask, |answer| answer.document()).await
}

/// A print that also changes something, such as a due date. Sent once; what its answer says is only whether there is a
/// document, so an error of the vendor's is no doubt.
pub(super) async fn print_once(
    call: &Call<'_>,
    need: Need,
    operation: &'static str,
    route: Cow<'static, str>,
    body: &impl Serialize,
) -> Result<Option<Pdf>, Failure> {
    let ask = Ask::act(operation, Method::Post, path(&route)).json(body).document().errors_are_definite();
    send(call, need, route, ask, |answer| answer.document()).await
}

/// An insert or a button that changes something. Sent once.
pub(super) async fn act(
    call: &Call<'_>,
    need: Need,
    operation: &'static str,
    route: Cow<'static, str>,
    body: &impl Serialize,
) -> Result<Outcome, Failure> {
    let ask = Ask::act(operation, Method::Post, path(&route)).json(body);
    send(call, need, route, ask, |answer| answer.outcome()).await
}

/// Replaces a row. `row` is the whole row without its id: what is left out is blanked (dossier 2.7).
pub(super) async fn replace(
    call: &Call<'_>,
    need: Need,
    operation: &'static str,
    resource: &'static str,
    id: &str,
    row: &impl Serialize,
) -> Result<Outcome, Failure> {
    let ask = Ask::act(operation, Method::Put, path(resource)).segment(id).json(row);
    send(call, need, Cow::Borrowed(resource), ask, |answer| answer.outcome()).await
}

/// Asks that a route answers a text of its own form.
pub(super) async fn act_for<T>(
    call: &Call<'_>,
    need: Need,
    resource: &'static str,
    body: &impl Serialize,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let ask = Ask::act(resource, Method::Post, path(resource)).json(body);
    send(call, need, Cow::Borrowed(resource), ask, read).await
}

async fn send<T>(
    call: &Call<'_>,
    need: Need,
    route: Cow<'static, str>,
    ask: Ask,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    if let Some(reason) = call.memory.missing_route(route.clone(), call.now) {
        let failure = errors::remembered(&reason, need.capability());
        // Found missing by another capability, it is missing to this one too, and its list of capabilities must say so.
        if let (Need::Required(capability), FailureKind::NotSupported(_)) = (need, failure.kind())
            && call.memory.missing(capability, call.now).is_none()
        {
            call.memory.remember_missing(capability, reason, call.now);
        }
        return Err(failure);
    }
    let ask = ask.basic(token(call.tenant)?);
    let capability = need.capability();
    // On the heap: one request holds many of these at once, and each is as large as the HTTP client's own future.
    let result = Box::pin(call.send(ask, |reply| read(&Answer::of(reply, capability)?))).await;
    if let Err(failure) = &result
        && is_not_there(failure, need)
    {
        call.memory.remember_missing_route(route, failure.detail(), call.now);
        if let Need::Required(capability) = need {
            call.memory.remember_missing(capability, failure.detail(), call.now);
        }
    }
    result
}

/// Whether asking again soon is idle: the route is not there, or the token may not use one that can be done without.
fn is_not_there(failure: &Failure, need: Need) -> bool {
    match failure.kind() {
        FailureKind::NotSupported(_) => true,
        FailureKind::AccessBlocked => {
            matches!(need, Need::Optional(_))
                && failure.context().iter().any(|(_, reason)| reason == errors::PERMISSION)
        }
        _ => false,
    }
}

fn path(route: &str) -> String {
    format!("/webservice/v1/{route}")
}

#[cfg(test)]
mod tests;
