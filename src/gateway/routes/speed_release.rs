//! Reduced speed: is it, release it.

use actix_web::web::ServiceConfig;
use ponte_api::speed_release::{SpeedRelease, SpeedReleaseDone, SpeedReleaseRequest};
use ponte_domain::reference::ContractRef;

use crate::answer::{JSON, acted, served};
use crate::entry::{Act, Answer, Entry, Intended, Read};
use crate::http::Place;
use crate::openapi::{params, problems};
use crate::present::{self, Scene};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(Place::at("/v1/tenants/{tenant}/contracts/{contract}/speed-release").get(state).post(release));
}

/// Read whether a contract is on reduced speed
///
/// Never acts: says whether the contract is slowed down and whether it can be released.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/contracts/{contract}/speed-release",
    operation_id = "getSpeedRelease",
    tag = "Speed release",
    params(params::Tenant, params::Contract),
    responses((status = 200, description = "The state.", body = SpeedRelease), problems::Read)
)]
pub(crate) async fn state(entry: Entry<Read, ContractRef>) -> Answer {
    let scene = Scene::of(&entry);
    let present = move |state: &_| present::speed_release::state(&scene, state);
    Ok(served(entry.house.operations.speed_release_state(&entry.visit, &entry.target, present).await?, JSON))
}

/// Release a contract from reduced speed
///
/// Gives a slowed-down contract its normal speed back, once; the answer shows the contract as read back.
#[utoipa::path(
    post,
    path = "/v1/tenants/{tenant}/contracts/{contract}/speed-release",
    operation_id = "releaseSpeed",
    tag = "Speed release",
    params(params::Tenant, params::Contract, params::IdempotencyKey),
    request_body(content = Option<SpeedReleaseRequest>, description = "No fields; the body may be left out."),
    responses(
        (status = 200, description = "Released, or asked for.", body = SpeedReleaseDone),
        problems::Act,
        problems::SpeedReleaseConflict
    )
)]
pub(crate) async fn release(entry: Entry<Act, ContractRef>, act: Intended<SpeedReleaseRequest>) -> Answer {
    let scene = Scene::of(&entry);
    let present = move |outcome: Result<&_, &_>| present::speed_release::done(&scene, outcome);
    Ok(acted(entry.house.operations.speed_release(&entry.visit, &entry.target, &act.intent, present).await?))
}
