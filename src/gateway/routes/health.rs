//! Whether the gateway lives, takes requests, and what it counts. Without a key.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::web::ServiceConfig;
use ponte_api::health::{Health, HealthStatus};

use crate::answer;
use crate::entry::{Answer, Anybody};
use crate::http::Place;
use crate::metrics;
use crate::openapi::{files, problems};
use crate::problem::{Problem, ProblemKind};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(Place::at("/health/live").get(live))
        .service(Place::at("/health/ready").get(ready))
        .service(Place::at("/metrics").giving(metrics::MEDIA_TYPE).get(counted));
}

/// Ask whether the gateway lives
///
/// Answers as long as the process works; `draining` once a stop was asked for. Restart the process when this fails.
#[utoipa::path(
    get,
    path = "/health/live",
    operation_id = "checkLive",
    tag = "Health",
    security(()),
    responses((status = 200, description = "It lives.", body = Health), problems::Public)
)]
pub(crate) async fn live(anybody: Anybody) -> Answer {
    let status = if anybody.house.is_draining() { HealthStatus::Draining } else { HealthStatus::Ok };
    Ok(answer::ok(&health(status)))
}

/// Ask whether the gateway takes requests
///
/// Answers when the store reads and writes. While the gateway stops, or the store fails, the answer is `503`: send
/// requests elsewhere. ERPs do not matter here.
#[utoipa::path(
    get,
    path = "/health/ready",
    operation_id = "checkReady",
    tag = "Health",
    security(()),
    responses((status = 200, description = "It takes requests.", body = Health), problems::Readiness)
)]
pub(crate) async fn ready(anybody: Anybody) -> Answer {
    if anybody.house.is_draining() {
        return Err(Problem::new(ProblemKind::Unavailable, "The gateway is about to stop."));
    }
    match anybody.house.operations.ready().await {
        Ok(()) => Ok(answer::ok(&health(HealthStatus::Ok))),
        Err(failure) => {
            tracing::error!(detail = failure.detail(), "the store does not work; the gateway is not ready");
            Err(Problem::new(ProblemKind::Unavailable, "The gateway's store does not work."))
        }
    }
}

/// Read the counters
///
/// Gives what the gateway counts, for Prometheus: requests, vendor calls, cache, acts. No label holds personal data.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "readMetrics",
    tag = "Health",
    security(()),
    responses(
        (status = 200, description = "The counters.", body = files::MetricsText, content_type = metrics::MEDIA_TYPE),
        problems::Public
    )
)]
pub(crate) async fn counted(anybody: Anybody) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, HeaderValue::from_static(metrics::MEDIA_TYPE)))
        .body(anybody.house.metrics.text())
}

fn health(status: HealthStatus) -> Health {
    Health { status, version: env!("CARGO_PKG_VERSION").to_owned() }
}
