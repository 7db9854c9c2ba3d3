//! What stands between the wire and a handler.
//!
//! A handler's signature says all that must hold before it runs:
//!
//! ```text
//! async fn contract(entry: Entry<Read, ContractRef>) -> Answer
//! async fn lookup(entry: Entry<Read>, body: Body<LookupRequest>) -> Answer
//! async fn invoices(entry: Entry<Billing, CustomerRef, InvoiceQuery>) -> Answer        // entry.query
//! async fn unlock(entry: Entry<Act, ContractRef>, intent: Intended<TrustUnlockRequest>) -> Answer
//! async fn create_tenant(desk: Desk, body: Body<NewTenant>) -> Answer
//! ```
//!
//! - [`Entry`]`<Scope, Reference>`: the key is ours, carries the scope, is within its limits, reaches the tenant, and
//!   the path's handle opens to a reference of that tenant. Without the scope there is no way to hold a tenant.
//!   Its third type is the query string's: strict, and nothing at all unless the handler names one.
//! - [`Desk`]: the same for the operator's routes, which concern no one tenant (scope `admin`); [`AnyKey`] where no
//!   scope is needed, [`Anybody`] where not even a key is.
//! - [`Body`]: typed, strict: an unknown or repeated name is refused, naming it. No body counts as `{}`.
//! - [`Intended`]: the idempotency key with the fingerprint of the request, and the body read strictly.

mod body;
mod desk;
mod entry_of;
mod intent;
mod query;
mod scopes;
mod strict;

use actix_web::HttpResponse;

pub(crate) use self::body::{Body, Nothing};
pub(crate) use self::desk::{AnyKey, Anybody, Desk};
pub(crate) use self::entry_of::{Entry, handles_of};
pub(crate) use self::intent::Intended;
pub(crate) use self::scopes::{Act, Admin, Billing, PersonalData, Read, Tickets};
use crate::problem::Problem;

/// What a handler returns.
pub(crate) type Answer = Result<HttpResponse, Problem>;
