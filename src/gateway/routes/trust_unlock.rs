//! Trust unlock: may I, do it.

use actix_web::web::ServiceConfig;
use ponte_api::trust_unlock::{TrustUnlock, TrustUnlockDone, TrustUnlockRequest};
use ponte_domain::reference::ContractRef;

use crate::answer::{JSON, acted, served};
use crate::entry::{Act, Answer, Entry, Intended, Read};
use crate::http::Place;
use crate::openapi::{params, problems};
use crate::present::{self, Scene};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(Place::at("/v1/tenants/{tenant}/contracts/{contract}/trust-unlock").get(state).post(unlock));
}

/// Read whether a contract may be unlocked on trust
///
/// Never acts: says whether the contract may be unlocked, why not, and from which day on it may again.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/contracts/{contract}/trust-unlock",
    operation_id = "getTrustUnlock",
    tag = "Trust unlock",
    params(params::Tenant, params::Contract),
    responses((status = 200, description = "The state.", body = TrustUnlock), problems::Read)
)]
pub(crate) async fn state(entry: Entry<Read, ContractRef>) -> Answer {
    let scene = Scene::of(&entry);
    let present = move |state: &_| present::trust_unlock::state(&scene, state);
    Ok(served(entry.house.operations.trust_unlock_state(&entry.visit, &entry.target, present).await?, JSON))
}

/// Unlock a contract on trust
///
/// Unlocks a contract that is blocked for late payment for some days, once; the answer shows the contract as read
/// back. A restriction is a 409 with the day from which on it is possible again.
#[utoipa::path(
    post,
    path = "/v1/tenants/{tenant}/contracts/{contract}/trust-unlock",
    operation_id = "unlockOnTrust",
    tag = "Trust unlock",
    params(params::Tenant, params::Contract, params::IdempotencyKey),
    request_body(content = Option<TrustUnlockRequest>, description = "No fields; the body may be left out."),
    responses(
        (status = 200, description = "Unlocked, or asked for.", body = TrustUnlockDone),
        problems::Act,
        problems::TrustUnlockConflict
    )
)]
pub(crate) async fn unlock(entry: Entry<Act, ContractRef>, act: Intended<TrustUnlockRequest>) -> Answer {
    let scene = Scene::of(&entry);
    let present = move |outcome: Result<&_, &_>| present::trust_unlock::done(&scene, outcome);
    Ok(acted(entry.house.operations.trust_unlock(&entry.visit, &entry.target, &act.intent, present).await?))
}
