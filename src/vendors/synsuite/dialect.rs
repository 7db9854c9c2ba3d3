//! How a Synsuite installation is spoken to: a token server, the third-party and map API, and the portal.
//!
//! A token of the integrator serves the whole tenant and is renewed once where the API no longer takes it; the
//! portal's are of one subscriber each (`portal.rs`). Everything the API says comes in one envelope (`envelope.rs`).

mod envelope;
mod errors;
mod login;
mod portal;

use std::borrow::Cow;
use std::collections::HashSet;

use futures_util::{StreamExt as _, stream};
use ponte_domain::capability::Capability;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Method, Reply};

use super::settings;
use crate::call::Call;

use login::Token;

pub(super) use envelope::{Answer, Denial, Said};
pub(super) use login::integrator;
pub(super) use portal::{
    Part, Subscriber, all_parts, ask_portal, data, keep_session, missing_portal, part, session, sign_in,
};

/// Prefix of the third-party API.
const THIRD_PARTY: &str = "/external/integrations/thirdparty/";
/// Prefix of the map API.
const MAP: &str = "/external/map/";
/// Calls of one request that are under way at once: a provider's server is small.
const AT_ONCE: usize = 4;

/// What hangs on a route: whether the capability is gone without it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Need {
    /// Every installation has the route: where it is not there, the address is wrong.
    Core(Capability),
    /// Without the route the installation does not have the capability.
    Required(Capability),
    /// Without the route a part of the answer is not known.
    Optional(Capability),
    /// A 404 is that of the one thing asked for, and the reader's to judge.
    Item(Capability),
}

impl Need {
    const fn capability(self) -> Capability {
        match self {
            Self::Core(capability)
            | Self::Required(capability)
            | Self::Optional(capability)
            | Self::Item(capability) => capability,
        }
    }
}

/// One of the two prefixes under which the data are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Surface {
    /// The third-party API.
    ThirdParty,
    /// The map API.
    Map,
}

/// One route: the operation's name in logs and metrics is its path.
#[derive(Debug, Clone, Copy)]
pub(super) struct Route {
    surface: Surface,
    path: &'static str,
    method: Method,
    need: Need,
}

impl Route {
    /// A route of the third-party API.
    pub(super) const fn of(method: Method, path: &'static str, need: Need) -> Self {
        Self { surface: Surface::ThirdParty, path, method, need }
    }

    /// A route of the map API.
    pub(super) const fn map(method: Method, path: &'static str, need: Need) -> Self {
        Self { surface: Surface::Map, path, method, need }
    }

    /// The same route, asked for what is known to be there: its 404 can only be its own absence.
    pub(super) const fn of_what_is_there(self) -> Self {
        match self.need {
            Need::Core(capability) => Self { need: Need::Required(capability), ..self },
            Need::Required(_) | Need::Optional(_) | Need::Item(_) => self,
        }
    }

    /// Asks for something without changing anything. Some routes that only ask are POSTs (dossier 2.3).
    pub(super) fn read(self) -> Ask {
        Ask::read(self.path, self.method, self.target())
    }

    /// Asks for a change.
    pub(super) fn act(self) -> Ask {
        Ask::act(self.path, self.method, self.target())
    }

    fn target(self) -> Cow<'static, str> {
        let prefix = match self.surface {
            Surface::ThirdParty => THIRD_PARTY,
            Surface::Map => MAP,
        };
        Cow::Owned(format!("{prefix}{}", self.path))
    }
}

/// Runs futures together, a few at once, and answers in their order.
pub(super) async fn together<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    // Collected first: a stream that makes its futures as it goes is not `Send` for every lifetime.
    let futures: Vec<F> = futures.into_iter().collect();
    stream::iter(futures).buffered(AT_ONCE).collect().await
}

/// Sends an ask and reads its envelope. `make` builds the ask without its login: after a renewal it is sent anew.
pub(super) async fn ask<T>(
    call: &Call<'_>,
    route: Route,
    make: impl Fn(Route) -> Ask,
    read: impl Fn(&Answer<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    send(call, route, make, |reply| read(&Answer::of(reply)?)).await
}

/// Sends an ask and reads whatever comes, for answers that are no envelope. `read` sees good statuses, and a 404 whose
/// body is JSON: the vendor's words.
pub(super) async fn send<T>(
    call: &Call<'_>,
    route: Route,
    make: impl Fn(Route) -> Ask,
    read: impl Fn(&Reply) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let capability = route.need.capability();
    if let Some(reason) = call.memory.missing_route(route.path, call.now) {
        let failure = errors::remembered(&reason, capability);
        remember_capability(call, route.need, &failure);
        return Err(failure);
    }
    let token = login::token(call).await?;
    let mut result = exchange(call, route, make(route), &token, &read).await;
    // A 401 proves that nothing was done, so once more holds for acts too.
    if is_login_expired(&result) {
        login::forget(call, &token).await;
        let token = login::token(call).await?;
        result = exchange(call, route, make(route), &token, &read).await;
        if let Err(failure) = &result
            && is_login_expired(&result)
        {
            login::forget(call, &token).await;
            return Err(login::refused(failure));
        }
    }
    if let Err(failure) = &result
        && matches!(failure.kind(), FailureKind::NotSupported(_))
        && errors::is_absent(failure)
    {
        call.memory.remember_missing_route(route.path, failure.detail(), call.now);
        remember_capability(call, route.need, failure);
    }
    result
}

/// One exchange with a token.
async fn exchange<T>(
    call: &Call<'_>,
    route: Route,
    ask: Ask,
    token: &Token,
    read: impl Fn(&Reply) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let fixed = settings::optional_credential(call.tenant, "syn_v1_token");
    let ask = fixed
        .into_iter()
        .fold(ask, |ask, fixed| ask.secret_header("syn-v1-token", fixed))
        .header("Accept", "application/json, application/pdf, */*")
        .at(settings::api_url(call.tenant))
        .bearer(token.secret());
    // On the heap: one request holds many of these at once, each as large as the HTTP client's own future.
    Box::pin(call.send(ask, |reply| match errors::by_status(reply, route.need) {
        Some(failure) => Err(failure),
        None => read(reply),
    }))
    .await
}

fn is_login_expired<T>(result: &Result<T, Failure>) -> bool {
    result.as_ref().is_err_and(|failure| failure.kind() == FailureKind::LoginExpired)
}

/// A route found missing makes its capability missing; its list of capabilities must say so.
fn remember_capability(call: &Call<'_>, need: Need, failure: &Failure) {
    if let Need::Required(capability) = need
        && call.memory.missing(capability, call.now).is_none()
    {
        call.memory.remember_missing(capability, failure.detail(), call.now);
    }
}

/// All pages of a list, each row once: rows move between pages while a list is read, a filter may free the vendor from
/// paging (dossier 4.b), and `id` tells rows apart. A page that fails fails the list; part of a list is never passed
/// off as the whole. Whose rows they are is for the caller to compare, after they were counted here.
pub(super) async fn all_pages<T>(
    call: &Call<'_>,
    route: Route,
    make: impl Fn(Route, u32) -> Ask,
    id: impl Fn(&T) -> &str,
    read: impl Fn(&Answer<'_>) -> Result<Vec<T>, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut seen: HashSet<String> = HashSet::new();
    let mut all = Vec::new();
    let mut received: u64 = 0;
    for number in FIRST_PAGE..FIRST_PAGE + MOST_PAGES {
        let page = ask(call, route, |route| make(route, number), |answer| answer.page(&read)).await?;
        let count = page.rows.len();
        received += count as u64;
        let before = all.len();
        all.extend(page.rows.into_iter().filter(|row| seen.insert(id(row).to_owned())));
        let size = page.size.filter(|size| *size > 0).unwrap_or(PAGE_ROWS.into());
        let complete = page.total.map_or((count as u64) < size, |total| received >= total);
        // A page without a new row means that the paging is ignored; asking on would never end.
        let stands_still = all.len() == before;
        if stands_still && page.total.is_some_and(|total| (all.len() as u64) < total) {
            return Err(Failure::broken("The ERP counts rows that it does not send.").with("route", route.path));
        }
        if complete || stands_still {
            return Ok(all);
        }
    }
    Err(Failure::broken("The ERP's list has no end.").with("route", route.path))
}

/// `GETPAGED_FIRST_PAGE` (dossier 6.0): two working clients begin at 1, one document says 0.
const FIRST_PAGE: u32 = 1;
/// Rows of one page; a documented size (dossier 2.4).
pub(super) const PAGE_ROWS: u16 = 50;
/// Pages after which a list is given up: 2,500 rows of one customer are a vendor that ignores the filter.
const MOST_PAGES: u32 = 50;
