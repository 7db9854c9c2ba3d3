//! The layers around one vendor call, in their order: deadline, retry, breaker, limits, attempt time-out, wire,
//! reader.
//!
//! The deadline has no timer of its own: each layer below waits no longer than it allows. So the layer that waited
//! knows how far the request had come, which a timer around the whole could not tell.

use std::sync::Arc;
use std::time::Duration;

use ponte_domain::failure::{Failure, FailureKind, Upstream};
use tokio::time::{Instant, timeout};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use crate::ask::{Errors, Nature};
use crate::breaker::{Breaker, Health};
use crate::deadline::Trip;
use crate::limits::Limits;
use crate::observer::{Attempt, Observer};
use crate::reply::Reply;
use crate::retry::Retries;
use crate::settings::LineSettings;
use crate::trouble::{Stage, Trouble};

/// The layers of one tenant's line.
pub(crate) struct Layers {
    observer: Arc<dyn Observer>,
    retries: Retries,
    breaker: Breaker,
    limits: Limits,
}

/// What the layers need to know of an ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) vendor: &'static str,
    pub(crate) operation: &'static str,
    pub(crate) nature: Nature,
    pub(crate) errors: Errors,
    pub(crate) attempt_timeout: Duration,
}

impl Layers {
    pub(crate) fn new(settings: &LineSettings, observer: Arc<dyn Observer>) -> Result<Self, Failure> {
        Ok(Self {
            retries: Retries::new(settings.retry),
            breaker: Breaker::new(settings.vendor, settings.breaker, Arc::clone(&observer)),
            limits: Limits::new(settings)?,
            observer,
        })
    }

    /// Makes a call: `exchange` sends the request once, `reader` reads the reply.
    pub(crate) async fn call<T, X, E, R>(
        &self,
        shape: &Shape,
        trip: &Trip,
        exchange: X,
        reader: R,
    ) -> Result<T, Failure>
    where
        X: Fn() -> E,
        E: Future<Output = Result<Reply, Trouble>>,
        R: Fn(&Reply) -> Result<T, Failure>,
    {
        let span = tracing::debug_span!(
            "erp_call",
            vendor = shape.vendor,
            operation = shape.operation,
            request_id = %trip.request_id,
            attempt = Empty,
            http_status = Empty,
            duration_ms = Empty,
        );
        let (exchange, reader) = (&exchange, &reader);
        self.retries
            .run(shape, trip.deadline, |number| self.attempt(shape, trip, number, exchange, reader))
            .instrument(span)
            .await
            .map_err(|trouble| {
                let at = Upstream {
                    vendor: shape.vendor,
                    operation: shape.operation,
                    http_status: trouble.status,
                    code: None,
                };
                let failure = match shape.nature {
                    Nature::Read => trouble.of_read(),
                    Nature::Act => trouble.of_act(shape.errors),
                };
                failure.at(at)
            })
    }

    async fn attempt<T, X, E, R>(
        &self,
        shape: &Shape,
        trip: &Trip,
        number: u32,
        exchange: &X,
        reader: &R,
    ) -> Result<T, Trouble>
    where
        X: Fn() -> E,
        E: Future<Output = Result<Reply, Trouble>>,
        R: Fn(&Reply) -> Result<T, Failure>,
    {
        let (duration, result) = self.admitted(shape, trip, exchange, reader).await;
        let (outcome, status) = match &result {
            Ok((status, _)) => ("ok", Some(*status)),
            Err(trouble) => (trouble.outcome(), trouble.status),
        };
        self.observer.attempt(Attempt { vendor: shape.vendor, operation: shape.operation, outcome, duration });
        let span = Span::current();
        span.record("attempt", number);
        span.record("duration_ms", u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
        if let Some(status) = status {
            span.record("http_status", status);
        }
        tracing::debug!(outcome, "an attempt at the ERP has ended");
        result.map(|(_, value)| value)
    }

    /// Passes breaker and limits, then exchanges and reads. Also says how long that took, without the waiting before.
    async fn admitted<T, X, E, R>(
        &self,
        shape: &Shape,
        trip: &Trip,
        exchange: &X,
        reader: &R,
    ) -> (Duration, Result<(u16, T), Trouble>)
    where
        X: Fn() -> E,
        E: Future<Output = Result<Reply, Trouble>>,
        R: Fn(&Reply) -> Result<T, Failure>,
    {
        let admission = match self.breaker.admit() {
            Ok(admission) => admission,
            Err(trouble) => return (Duration::ZERO, Err(trouble)),
        };
        let _seat = match self.limits.enter(trip.deadline).await {
            Ok(seat) => seat,
            Err(trouble) => return (Duration::ZERO, Err(trouble)),
        };
        let time = shape.attempt_timeout.min(trip.deadline.remaining());
        if time.is_zero() {
            return (Duration::ZERO, Err(late(Stage::Held("deadline"))));
        }
        let began = Instant::now();
        let result = match timeout(time, exchange()).await {
            Ok(Ok(reply)) => {
                let reply = reply.from_operation(shape.vendor, shape.operation);
                match reader(&reply) {
                    Ok(value) => Ok((reply.status, value)),
                    Err(failure) => Err(Trouble::answered(failure, reply.status)),
                }
            }
            Ok(Err(trouble)) => Err(trouble),
            Err(_) => Err(late(Stage::Sent)),
        };
        // A caller in a hurry proves nothing about the ERP: only a fair wait counts against it.
        let fair = time >= shape.attempt_timeout / 2;
        admission.report(health(result.as_ref().err(), fair.then_some(Fair)));
        (began.elapsed(), result)
    }
}

/// The ERP had a fair time to answer.
#[derive(Clone, Copy)]
struct Fair;

/// The breaker counts an ERP that cannot be reached, does not answer, or answers that it is unwell. A refusal, an odd
/// answer and a wrong address are answers.
fn health(trouble: Option<&Trouble>, fair: Option<Fair>) -> Health {
    let Some(trouble) = trouble else { return Health::Up };
    let unwell = trouble.status.is_some_and(|status| status >= 500);
    match (trouble.failure.kind(), trouble.stage) {
        (_, Stage::Held(_)) => Health::Unclear,
        (FailureKind::TimedOut, _) if fair.is_none() => Health::Unclear,
        (FailureKind::Unreachable | FailureKind::TimedOut | FailureKind::Overloaded, _) => Health::Down,
        (FailureKind::VendorFault | FailureKind::BrokenAnswer, _) if unwell => Health::Down,
        (_, Stage::Answered) => Health::Up,
        (_, Stage::Connecting | Stage::Sent) => Health::Unclear,
    }
}

fn late(stage: Stage) -> Trouble {
    let failure = Failure::new(FailureKind::TimedOut, "The ERP did not answer within the time allowed.");
    Trouble { failure, stage, status: None }
}
