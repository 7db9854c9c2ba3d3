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
                let reply = reply.answering(shape.vendor, shape.operation);
                match reader(&reply) {
                    Ok(value) => Ok((reply.status, value)),
                    Err(failure) => Err(Trouble::answered(failure, reply.status)),
                }
            }
            Ok(Err(trouble)) => Err(trouble),
            Err(_) => Err(late(Stage::Sent)),
        };
        // A caller in a hurry proves nothing about the ERP: only a fair wait counts against it.
        let wait = if time >= shape.attempt_timeout / 2 { Wait::Fair } else { Wait::Short };
        admission.report(health(result.as_ref().err(), wait));
        (began.elapsed(), result)
    }
}

/// How long the ERP had to answer, measured by the attempt time-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    Fair,
    Short,
}

/// The breaker counts an ERP that cannot be reached, does not answer, or answers that it is unwell. A refusal, an odd
/// answer and a wrong address are answers.
fn health(trouble: Option<&Trouble>, wait: Wait) -> Health {
    let Some(trouble) = trouble else { return Health::Up };
    let unwell = trouble.status.is_some_and(|status| status >= 500);
    match (trouble.failure.kind(), trouble.stage) {
        (_, Stage::Held(_)) => Health::Unclear,
        (FailureKind::TimedOut, _) if wait == Wait::Short => Health::Unclear,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::{Cell, RefCell};
    use std::future::pending;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use ponte_domain::failure::{Failure, FailureKind, Retry, Subject};
    use tokio::time::{Instant, sleep, timeout};

    use super::{Layers, Shape};
    use crate::ask::{Errors, Nature};
    use crate::deadline::{Deadline, Trip};
    use crate::observer::{Attempt, BreakerState, Observer};
    use crate::reply::Reply;
    use crate::settings::{LineSettings, RetrySettings};
    use crate::trouble::Trouble;

    #[derive(Debug, Default)]
    struct Seen {
        outcomes: Mutex<Vec<&'static str>>,
        breakers: Mutex<Vec<BreakerState>>,
    }

    impl Observer for Seen {
        fn attempt(&self, attempt: Attempt) {
            self.outcomes.lock().unwrap().push(attempt.outcome);
        }

        fn breaker(&self, _: &'static str, state: BreakerState) {
            self.breakers.lock().unwrap().push(state);
        }
    }

    fn layers(change: impl FnOnce(&mut LineSettings)) -> (Layers, Arc<Seen>) {
        let mut settings = LineSettings::new("erp", "https://erp.example");
        (settings.per_second, settings.burst) = (1000, 1000);
        settings.retry.budget_minimum = 1000;
        change(&mut settings);
        let seen = Arc::new(Seen::default());
        (Layers::new(&settings, seen.clone()).unwrap(), seen)
    }

    const READ: Shape = Shape {
        vendor: "erp",
        operation: "list",
        nature: Nature::Read,
        errors: Errors::Doubtful,
        attempt_timeout: Duration::from_secs(15),
    };
    const ACT: Shape = Shape { operation: "insert", nature: Nature::Act, ..READ };

    fn trip(seconds: u64) -> Trip {
        Trip { deadline: Deadline::after(Duration::from_secs(seconds)), request_id: Arc::from("req_1") }
    }

    async fn status(status: u16) -> Result<Reply, Trouble> {
        Ok(Reply::new(status, None, "{}"))
    }

    fn read(reply: &Reply) -> Result<u16, Failure> {
        match reply.common_failure() {
            Some(failure) => Err(failure),
            None => Ok(reply.status),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_200_with_an_error_in_it_is_retried_and_counted_as_what_it_is() {
        let (layers, seen) = layers(|_| {});
        let reads = Cell::new(0);
        let value = layers
            .call(
                &READ,
                &trip(30),
                || status(200),
                |_| {
                    reads.set(reads.get() + 1);
                    if reads.get() == 1 { Err(Failure::new(FailureKind::Overloaded, "says so inside")) } else { Ok(7) }
                },
            )
            .await;
        assert_eq!(value.unwrap(), 7);
        assert_eq!(*seen.outcomes.lock().unwrap(), ["overloaded", "ok"]);
    }

    #[tokio::test(start_paused = true)]
    async fn each_attempt_has_its_own_time_inside_the_retries() {
        let (layers, seen) = layers(|_| {});
        let (began, attempts) = (Instant::now(), Cell::new(0));
        let exchange = || {
            attempts.set(attempts.get() + 1);
            let hangs = attempts.get() == 1;
            async move { if hangs { pending().await } else { status(200).await } }
        };
        assert_eq!(layers.call(&READ, &trip(60), exchange, read).await.unwrap(), 200);
        assert_eq!(*seen.outcomes.lock().unwrap(), ["timed_out", "ok"]);
        assert!((15_050..=15_110).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_stands_outside_of_everything() {
        let (layers, seen) = layers(|_| {});
        let began = Instant::now();
        let failure = layers.call(&READ, &trip(20), pending, read).await.unwrap_err();
        assert_eq!((failure.kind(), failure.retry()), (FailureKind::TimedOut, Retry::Exhausted));
        assert!((20_000..=20_002).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
        assert_eq!(seen.outcomes.lock().unwrap().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn after_the_deadline_nothing_is_sent_not_even_an_act() {
        let (layers, seen) = layers(|_| {});
        let late = trip(0);
        let sent = Cell::new(false);
        let exchange = || {
            sent.set(true);
            status(200)
        };
        let failure = layers.call(&ACT, &late, exchange, read).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::TimedOut);
        assert!(!sent.get());
        assert_eq!(*seen.outcomes.lock().unwrap(), ["deadline"]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_breaker_counts_attempts_and_stops_retries_and_later_calls() {
        let (layers, seen) = layers(|_| {});
        let sent = Cell::new(0);
        let exchange = || {
            sent.set(sent.get() + 1);
            status(503)
        };
        let first = layers.call(&READ, &trip(30), exchange, read).await.unwrap_err();
        let second = layers.call(&READ, &trip(30), exchange, read).await.unwrap_err();
        for failure in [first, second] {
            assert_eq!((failure.kind(), failure.retry()), (FailureKind::Overloaded, Retry::Exhausted));
        }
        assert_eq!(sent.get(), 5, "three, and two until the fifth failure opened it");
        let third = layers.call(&READ, &trip(30), exchange, read).await.unwrap_err();
        assert_eq!(third.kind(), FailureKind::Unreachable);
        assert!(matches!(third.retry(), Retry::After(wait) if wait <= Duration::from_secs(10)), "{third:?}");
        let act = layers.call(&ACT, &trip(30), exchange, read).await.unwrap_err();
        assert_eq!(act.kind(), FailureKind::Unreachable, "not sent, so not in doubt");
        assert_eq!(sent.get(), 5);
        assert_eq!(*seen.breakers.lock().unwrap(), [BreakerState::Open]);

        sleep(Duration::from_secs(10)).await;
        assert_eq!(layers.call(&READ, &trip(30), || status(200), read).await.unwrap(), 200);
        let all = [BreakerState::Open, BreakerState::Probing, BreakerState::Closed];
        assert_eq!(*seen.breakers.lock().unwrap(), all);
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_breaker_answers_without_queueing() {
        let (layers, _) = layers(|s| (s.concurrency, s.retry.max_attempts, s.breaker.consecutive_failures) = (1, 1, 1));
        let (hurried, unhurried) = (trip(60), trip(60));
        let slow = layers.call(
            &READ,
            &unhurried,
            || async {
                sleep(Duration::from_secs(14)).await;
                status(200).await
            },
            read,
        );
        let others = async {
            tokio::task::yield_now().await;
            // Taken while the breaker was still closed, reported after: opens it.
            layers.breaker.admit().ok().unwrap().report(super::Health::Down);
            let began = Instant::now();
            let failure = layers.call(&READ, &hurried, || status(200), read).await.unwrap_err();
            (failure.kind(), began.elapsed())
        };
        let (slow, refused) = tokio::join!(slow, others);
        assert_eq!(slow.unwrap(), 200);
        assert_eq!(refused, (FailureKind::Unreachable, Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn being_held_back_by_the_limits_says_nothing_about_the_erp() {
        let (layers, seen) = layers(|s| {
            (s.concurrency, s.queue_wait, s.breaker.consecutive_failures) = (1, Duration::from_secs(1), 1);
        });
        let (long, short) = (trip(60), trip(60));
        let slow = layers.call(
            &READ,
            &long,
            || async {
                sleep(Duration::from_secs(9)).await;
                status(200).await
            },
            read,
        );
        let others = async {
            tokio::task::yield_now().await;
            layers.call(&ACT, &short, || status(200), read).await.unwrap_err()
        };
        let (slow, failure) = tokio::join!(slow, others);
        assert!(slow.is_ok());
        assert_eq!((failure.kind(), failure.retry()), (FailureKind::Overloaded, Retry::After(Duration::from_secs(1))));
        assert_eq!(*seen.outcomes.lock().unwrap(), ["queue_full", "ok"]);
        assert!(seen.breakers.lock().unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_the_queue_is_not_the_attempts_time() {
        let (layers, _) = layers(|s| (s.concurrency, s.queue_wait) = (1, Duration::from_secs(60)));
        let both = trip(60);
        let fourteen_seconds = || async {
            sleep(Duration::from_secs(14)).await;
            status(200).await
        };
        let (one, two) = tokio::join!(
            layers.call(&READ, &both, fourteen_seconds, read),
            layers.call(&READ, &both, fourteen_seconds, read)
        );
        assert_eq!((one.unwrap(), two.unwrap()), (200, 200));
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_that_pauses_gives_its_seat_up() {
        let (layers, _) = layers(|s| (s.concurrency, s.queue_wait) = (1, Duration::from_millis(50)));
        let order = RefCell::new(Vec::new());
        let both = trip(60);
        let pausing = async {
            let tried = Cell::new(false);
            let reader = |_: &Reply| {
                if tried.replace(true) {
                    return Ok(());
                }
                Err(Failure::new(FailureKind::RateLimited, "later").with_retry(Retry::After(Duration::from_secs(1))))
            };
            layers.call(&READ, &both, || status(200), reader).await.unwrap();
            order.borrow_mut().push("pausing");
        };
        let other = async {
            sleep(Duration::from_millis(500)).await;
            layers.call(&READ, &both, || status(200), read).await.unwrap();
            order.borrow_mut().push("other");
        };
        tokio::join!(pausing, other);
        assert_eq!(order.into_inner(), ["other", "pausing"]);
    }

    #[tokio::test(start_paused = true)]
    async fn callers_in_a_hurry_do_not_open_the_breaker_and_a_fair_wait_does() {
        let (layers, seen) = layers(|s| s.retry = RetrySettings { max_attempts: 1, ..s.retry });
        for _ in 0..20 {
            assert!(layers.call(&READ, &trip(7), pending, read).await.is_err());
        }
        assert!(seen.breakers.lock().unwrap().is_empty());
        for _ in 0..5 {
            assert!(layers.call(&READ, &trip(8), pending, read).await.is_err());
        }
        assert_eq!(*seen.breakers.lock().unwrap(), [BreakerState::Open]);
    }

    #[tokio::test(start_paused = true)]
    async fn answers_that_say_no_keep_the_breaker_closed() {
        let (layers, seen) = layers(|_| {});
        for kind in [
            FailureKind::NotFound(Subject::Customer),
            FailureKind::CredentialsRefused,
            FailureKind::RateLimited,
            FailureKind::BrokenAnswer,
            FailureKind::VendorFault,
        ] {
            for _ in 0..6 {
                let reader = |_: &Reply| Err::<(), _>(Failure::new(kind, "no"));
                assert_eq!(layers.call(&READ, &trip(30), || status(200), reader).await.unwrap_err().kind(), kind);
            }
        }
        assert!(seen.breakers.lock().unwrap().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_whose_caller_went_away_leaves_room_for_the_next() {
        let (layers, _) = layers(|s| s.breaker.consecutive_failures = 1);
        assert!(layers.call(&ACT, &trip(30), || status(503), read).await.is_err());
        sleep(Duration::from_secs(10)).await;
        let left = timeout(Duration::from_secs(1), layers.call(&READ, &trip(30), pending, read)).await;
        assert!(left.is_err());
        assert_eq!(layers.call(&READ, &trip(30), || status(200), read).await.unwrap(), 200);
    }

    #[tokio::test(start_paused = true)]
    async fn an_act_is_sent_once_and_its_silence_is_doubt() {
        let (layers, _) = layers(|_| {});
        let sent = Cell::new(0);
        let exchange = || {
            sent.set(sent.get() + 1);
            pending()
        };
        let failure = layers.call(&ACT, &trip(60), exchange, read).await.unwrap_err();
        assert_eq!((failure.kind(), failure.retry()), (FailureKind::OutcomeUnknown, Retry::OutcomeUnknown));
        assert_eq!(sent.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn every_failure_says_where_it_happened() {
        let (layers, _) = layers(|_| {});
        let silent = layers.call(&READ, &trip(1), pending, read).await.unwrap_err();
        let up = silent.upstream().unwrap();
        assert_eq!((up.vendor, up.operation, up.http_status), ("erp", "list", None));

        let plain = layers.call(&READ, &trip(30), || status(200), |_| Err::<(), _>(Failure::broken("odd"))).await;
        assert_eq!(plain.unwrap_err().upstream().unwrap().http_status, Some(200));

        let coded = |reply: &Reply| Err::<(), _>(Failure::broken("odd").at(reply.upstream_code("E-7")));
        let coded = layers.call(&ACT, &trip(30), || status(409), coded).await.unwrap_err();
        assert_eq!(coded.kind(), FailureKind::OutcomeUnknown);
        let up = coded.upstream().unwrap();
        assert_eq!((up.operation, up.http_status, up.code.as_deref()), ("insert", Some(409), Some("E-7")));
    }
}
