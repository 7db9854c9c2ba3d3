//! The extractors of routes that concern no one tenant: the operator's, and those of any key.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use ponte_domain::failure::{Failure, Subject};
use ponte_domain::scope::Scope;
use ponte_domain::tenant::TenantSlug;
use ponte_operations::callers::Caller;
use ponte_operations::{AdminVisit, TenantsAllowed};
use serde::de::DeserializeOwned;

use super::entry_of::{caller_of, house_of, let_in, scoped};
use super::query::{self, NoQuery};
use super::scopes::Admin;
use crate::house::House;
use crate::problem::{Problem, ProblemKind};

/// A request of an operator: the key is ours, within its limits, and carries the scope `admin`.
pub(crate) struct Desk<Q = NoQuery> {
    /// Whose request it is, for the trail.
    pub(crate) visit: AdminVisit,
    /// Who: a key may be an operator's for some tenants only.
    pub(crate) caller: Arc<Caller>,
    /// The query parameters; none unless the handler says so.
    pub(crate) query: Q,
    /// The gateway.
    pub(crate) house: Arc<House>,
}

/// A request by any key, about no one tenant (the list of vendors).
pub(crate) struct AnyKey {
    /// The gateway.
    pub(crate) house: Arc<House>,
}

/// A request without a key (health, pages).
pub(crate) struct Anybody {
    /// The gateway.
    pub(crate) house: Arc<House>,
}

impl<Q> Desk<Q> {
    /// Refuses a key that is an operator's for some tenants only: what it asks for concerns all.
    pub(crate) fn must_reach_all(&self) -> Result<(), Problem> {
        match self.caller.tenants {
            TenantsAllowed::All => Ok(()),
            TenantsAllowed::Only(_) => Err(Problem::new(
                ProblemKind::InsufficientScope,
                "The key has the scope admin for some tenants only; this needs one that reaches all.",
            )
            .lacking(Scope::Admin.word())),
        }
    }

    /// Refuses a tenant that the key does not reach, as if it were not there.
    pub(crate) fn must_reach(&self, slug: &str) -> Result<(), Problem> {
        let reaches = TenantSlug::parse(slug).is_ok_and(|slug| self.caller.reaches(&slug));
        if reaches { Ok(()) } else { Err(Failure::not_found(Subject::Tenant).in_field("tenant").into()) }
    }
}

fn desk<Q: DeserializeOwned>(request: &HttpRequest) -> Result<Desk<Q>, Problem> {
    let house = house_of(request)?;
    let caller = caller_of(request, &house)?;
    let request_id = let_in(request, &caller, None)?;
    scoped::<Admin>(&caller)?;
    let query = query::read(request.query_string())?;
    Ok(Desk { visit: AdminVisit::new(&caller, request_id), caller, query, house })
}

fn any_key(request: &HttpRequest) -> Result<AnyKey, Problem> {
    let house = house_of(request)?;
    let caller = caller_of(request, &house)?;
    let_in(request, &caller, None)?;
    let NoQuery {} = query::read(request.query_string())?;
    Ok(AnyKey { house })
}

impl<Q: DeserializeOwned + 'static> FromRequest for Desk<Q> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(desk(request))
    }
}

fn anybody(request: &HttpRequest) -> Result<Anybody, Problem> {
    let NoQuery {} = query::read(request.query_string())?;
    Ok(Anybody { house: house_of(request)? })
}

impl FromRequest for Anybody {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(anybody(request))
    }
}

impl FromRequest for AnyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(any_key(request))
    }
}
