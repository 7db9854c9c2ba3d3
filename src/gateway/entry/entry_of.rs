//! The extractor of a tenant's routes: key, scope, limits, tenant, handle.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL};
use actix_web::{FromRequest, HttpRequest};
use ponte_domain::failure::Failure;
use ponte_domain::reference::{ContractRef, CustomerRef, FiscalInvoiceRef, InvoiceRef, TicketRef};
use ponte_operations::callers::Caller;
use ponte_operations::slots::TenantSlot;
use ponte_operations::{Freshness, Visit};
use secrecy::SecretString;
use serde::de::DeserializeOwned;

use super::query::{self, NoQuery};
use super::scopes::ScopeMark;
use crate::handles::{HandleError, HandleMaker, Handled};
use crate::house::House;
use crate::http::{Passage, acceptable};
use crate::problem::{Problem, ProblemKind};
use crate::rate_limit::Limits;

/// A request that may be served: see the page of this module.
pub(crate) struct Entry<S, R = (), Q = NoQuery> {
    /// Who, for which tenant, until when.
    pub(crate) visit: Visit,
    /// The reference behind the path's handle.
    pub(crate) target: R,
    /// The query parameters; none unless the handler says so.
    pub(crate) query: Q,
    /// The gateway.
    pub(crate) house: Arc<House>,
    scope: PhantomData<S>,
}

impl<S, R, Q> Entry<S, R, Q> {
    /// Makes and opens this tenant's handles.
    pub(crate) fn handles(&self) -> HandleMaker<'_> {
        handles_of(&self.visit.tenant)
    }

    /// The request's id.
    pub(crate) fn request_id(&self) -> &str {
        &self.visit.request_id
    }
}

/// The handle maker of a tenant.
pub(crate) fn handles_of(slot: &TenantSlot) -> HandleMaker<'_> {
    HandleMaker::new(slot.handle_key(), slot.number())
}

/// A reference that a path names, or none.
pub(crate) trait Target: Sized {
    /// Opens the handle of the path.
    fn from_path(request: &HttpRequest, handles: &HandleMaker<'_>) -> Result<Self, Problem>;
}

impl Target for () {
    fn from_path(_: &HttpRequest, _: &HandleMaker<'_>) -> Result<Self, Problem> {
        Ok(())
    }
}

/// The parameter is named after the reference: `customer`, `contract`, ...
fn opened<R: Handled>(parameter: &str, request: &HttpRequest, handles: &HandleMaker<'_>) -> Result<R, Problem> {
    let handle = request.match_info().get(parameter).unwrap_or_default();
    handles.open(handle).map_err(|error| match error {
        HandleError::Malformed(_) => Problem::new(ProblemKind::InvalidId, error.to_string()).in_field(parameter),
        HandleError::Foreign(subject) => Failure::not_found(subject).in_field(parameter).into(),
    })
}

impl Target for CustomerRef {
    fn from_path(request: &HttpRequest, handles: &HandleMaker<'_>) -> Result<Self, Problem> {
        opened("customer", request, handles)
    }
}

impl Target for ContractRef {
    fn from_path(request: &HttpRequest, handles: &HandleMaker<'_>) -> Result<Self, Problem> {
        opened("contract", request, handles)
    }
}

impl Target for InvoiceRef {
    fn from_path(request: &HttpRequest, handles: &HandleMaker<'_>) -> Result<Self, Problem> {
        opened("invoice", request, handles)
    }
}

impl Target for FiscalInvoiceRef {
    fn from_path(request: &HttpRequest, handles: &HandleMaker<'_>) -> Result<Self, Problem> {
        opened("fiscal_invoice", request, handles)
    }
}

impl Target for TicketRef {
    fn from_path(request: &HttpRequest, handles: &HandleMaker<'_>) -> Result<Self, Problem> {
        opened("ticket", request, handles)
    }
}

/// The gateway behind a request.
pub(crate) fn house_of(request: &HttpRequest) -> Result<Arc<House>, Problem> {
    request
        .app_data::<Arc<House>>()
        .cloned()
        .ok_or_else(|| Failure::internal("The gateway's state is not attached to its routes.").into())
}

/// The caller behind the key.
pub(crate) fn caller_of(request: &HttpRequest, house: &House) -> Result<Arc<Caller>, Problem> {
    let unauthorized = |detail: &str| Problem::new(ProblemKind::Unauthorized, detail).in_field("Authorization");
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let header = headers.next().ok_or_else(|| unauthorized("The header Authorization: Bearer <key> is missing."))?;
    if headers.next().is_some() {
        return Err(unauthorized("The header Authorization stands more than once."));
    }
    let key = header
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim())
        .filter(|key| !key.is_empty() && key.len() <= 200)
        .ok_or_else(|| unauthorized("The header Authorization is not of the form Bearer <key>."))?;
    house
        .operations
        .authenticate(&SecretString::from(key))
        .ok_or_else(|| unauthorized("The key is not known, has expired or was revoked."))
}

/// `no-cache` (or `no-store`, `max-age=0`) asks for fresh data.
fn freshness(request: &HttpRequest) -> Freshness {
    let asks = request.headers().get_all(CACHE_CONTROL).filter_map(|value| value.to_str().ok()).any(|value| {
        value
            .split(',')
            .map(str::trim)
            .any(|word| ["no-cache", "no-store", "max-age=0"].iter().any(|fresh| word.eq_ignore_ascii_case(fresh)))
    });
    if asks { Freshness::Fresh } else { Freshness::Cached }
}

/// The key is ours and within its limits, at the tenant too if it reaches one; and the answer can be accepted.
///
/// The limits come before scope and tenant, so that guessing costs as much as asking.
pub(super) fn let_in(
    request: &HttpRequest,
    caller: &Arc<Caller>,
    tenant: Option<&Arc<TenantSlot>>,
) -> Result<Arc<str>, Problem> {
    let limits = Limits::check(caller, tenant.map(Arc::as_ref));
    let mut request_id = None;
    Passage::note(request, |passage| {
        passage.caller = Some(caller.clone());
        passage.tenant = tenant.cloned();
        passage.limits = Some(limits.note());
        request_id = Some(passage.request_id.clone());
    });
    limits.let_in()?;
    acceptable(request)?;
    request_id.ok_or_else(|| Failure::internal("A request came in past the middleware.").into())
}

/// The key carries the scope.
pub(super) fn scoped<S: ScopeMark>(caller: &Caller) -> Result<(), Problem> {
    if caller.may(S::SCOPE) {
        return Ok(());
    }
    let word = S::SCOPE.word();
    Err(Problem::new(ProblemKind::InsufficientScope, format!("The key lacks the scope {word}.")).lacking(word))
}

fn enter<S, R, Q>(request: &HttpRequest) -> Result<Entry<S, R, Q>, Problem>
where
    S: ScopeMark,
    R: Target,
    Q: DeserializeOwned,
{
    let house = house_of(request)?;
    let caller = caller_of(request, &house)?;
    let slug = request.match_info().get("tenant").unwrap_or_default();
    let tenant = house.operations.tenant(&caller, slug);
    let request_id = let_in(request, &caller, tenant.as_ref().ok())?;
    scoped::<S>(&caller)?;
    let tenant = tenant.map_err(|failure| Problem::from(failure.in_field("tenant")))?;
    let target = R::from_path(request, &handles_of(&tenant))?;
    let query = query::read(request.query_string())?;
    let visit = house.operations.visit(caller, tenant, request_id, freshness(request));
    Ok(Entry { visit, target, query, house, scope: PhantomData })
}

impl<S, R, Q> FromRequest for Entry<S, R, Q>
where
    S: ScopeMark,
    R: Target + 'static,
    Q: DeserializeOwned + 'static,
{
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(enter(request))
    }
}
