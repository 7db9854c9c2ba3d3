//! Test mode: the gateway's clock, and back to the start. Outside test mode these paths do not exist.

use actix_web::web::ServiceConfig;
use ponte_api::testing::Clock;
use ponte_api::words::Instant;

use super::forms;
use crate::answer;
use crate::entry::{Answer, Body, Desk, Nothing};
use crate::http::{Place, no_such_path};
use crate::openapi::problems;
use crate::problem::Problem;

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(Place::at("/v1/test/clock").get(clock).put(set_clock))
        .service(Place::at("/v1/test/reset").post(reset));
}

/// Read the gateway's clock
///
/// Test mode only; elsewhere `404`.
#[utoipa::path(
    get,
    path = "/v1/test/clock",
    operation_id = "getClock",
    tag = "Test mode",
    responses((status = 200, description = "The clock.", body = Clock), problems::Own)
)]
pub(crate) async fn clock(desk: Desk) -> Answer {
    in_test_mode(&desk).await?;
    Ok(answer::ok(&shown(&desk)))
}

/// Set the gateway's clock
///
/// The clock goes on from the given instant, and what was read before is forgotten. Test mode only; elsewhere `404`.
#[utoipa::path(
    put,
    path = "/v1/test/clock",
    operation_id = "setClock",
    tag = "Test mode",
    request_body(content = Clock, description = "What it is to show."),
    responses((status = 200, description = "The clock, set.", body = Clock), problems::OwnWrite)
)]
pub(crate) async fn set_clock(desk: Desk, body: Body<Clock>) -> Answer {
    in_test_mode(&desk).await?;
    desk.house.operations.set_clock(forms::instant(&body.0.now, "/now")?).map_err(forms::in_body)?;
    Ok(answer::ok(&shown(&desk)))
}

/// Go back to the start
///
/// Sets the clock to its start and forgets caches, idempotency keys, contacts, ratings and evidence; tenants and keys
/// stay. Test mode only; elsewhere `404`.
#[utoipa::path(
    post,
    path = "/v1/test/reset",
    operation_id = "resetRecords",
    tag = "Test mode",
    responses((status = 200, description = "The clock, back at its start.", body = Clock), problems::OwnWrite)
)]
pub(crate) async fn reset(desk: Desk, _: Nothing) -> Answer {
    in_test_mode(&desk).await?;
    desk.must_reach_all()?;
    desk.house.operations.reset().await?;
    Ok(answer::ok(&shown(&desk)))
}

async fn in_test_mode(desk: &Desk) -> Result<(), Problem> {
    if desk.house.operations.test_mode() { Ok(()) } else { no_such_path().await.map(drop) }
}

fn shown(desk: &Desk) -> Clock {
    Clock { now: Instant::utc(desk.house.operations.clock().now()) }
}
