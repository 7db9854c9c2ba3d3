//! How much one tenant's ERP is asked: calls at once, and calls per second. Both queues are first come, first served.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use ponte_domain::failure::{Failure, FailureKind, Retry};
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout_at};

use crate::deadline::Deadline;
use crate::settings::LineSettings;
use crate::trouble::Trouble;

/// Hint for callers that found no free seat; how long calls take is the ERP's affair.
const SEAT_HINT: Duration = Duration::from_secs(1);

/// One tenant's limits.
pub(crate) struct Limits {
    seats: Semaphore,
    rate: RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<std::time::Instant>>,
    /// Held by the one call that waits for the rate; the others wait for it.
    head: Mutex<()>,
    queue_wait: Duration,
}

/// The runtime's clock, so that a paused clock pauses the limiter too.
#[derive(Debug, Clone, Copy)]
struct TokioClock;

impl Clock for TokioClock {
    type Instant = std::time::Instant;

    fn now(&self) -> Self::Instant {
        Instant::now().into_std()
    }
}

impl Limits {
    pub(crate) fn new(settings: &LineSettings) -> Result<Self, Failure> {
        let positive = |field: &str, value: u32| {
            NonZeroU32::new(value).ok_or_else(|| {
                Failure::new(FailureKind::TenantMisconfigured, "A limit of calls to the ERP must be at least 1.")
                    .in_field(field)
            })
        };
        let seats = positive("concurrency", u32::from(settings.concurrency))?;
        let per_second = positive("per_second", settings.per_second)?;
        let burst = positive("burst", settings.burst)?;
        Ok(Self {
            seats: Semaphore::new(usize::try_from(seats.get()).unwrap_or(1)),
            rate: RateLimiter::direct_with_clock(Quota::per_second(per_second).allow_burst(burst), TokioClock),
            head: Mutex::new(()),
            queue_wait: settings.queue_wait,
        })
    }

    /// Waits for a seat and for the rate, but neither past the deadline nor longer than a call may queue. The seat
    /// comes first, so that the rate holds at the moment of sending.
    pub(crate) async fn enter(&self, deadline: Deadline) -> Result<SemaphorePermit<'_>, Trouble> {
        let until = deadline.within(self.queue_wait);
        let seat = match self.seats.try_acquire() {
            Ok(seat) => seat,
            Err(_) => match timeout_at(until, self.seats.acquire()).await {
                Ok(Ok(seat)) => seat,
                Ok(Err(_)) | Err(_) => return Err(self.full()),
            },
        };
        self.pace(until).await?;
        Ok(seat)
    }

    async fn pace(&self, until: Instant) -> Result<(), Trouble> {
        let _head = match self.head.try_lock() {
            Ok(head) => head,
            Err(_) => timeout_at(until, self.head.lock()).await.map_err(|_| too_fast(SEAT_HINT))?,
        };
        while let Err(not_yet) = self.rate.check() {
            let now = Instant::now();
            let wait = not_yet.wait_time_from(now.into_std());
            if now + wait > until {
                return Err(too_fast(wait));
            }
            sleep(wait).await;
        }
        Ok(())
    }

    /// All seats are taken: by calls that wait for the rate, or by calls that the ERP has not answered.
    fn full(&self) -> Trouble {
        if self.head.try_lock().is_err() {
            return too_fast(SEAT_HINT);
        }
        let detail = "As many calls to this ERP are under way as the tenant allows.";
        let failure = Failure::new(FailureKind::Overloaded, detail).with_retry(Retry::After(SEAT_HINT));
        Trouble::held("queue_full", failure)
    }
}

fn too_fast(wait: Duration) -> Trouble {
    let detail = "This ERP is asked as often as the tenant's limit allows.";
    Trouble::held("rate_limit", Failure::new(FailureKind::RateLimited, detail).with_retry(Retry::After(wait)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;
    use std::time::Duration;

    use ponte_domain::failure::{FailureKind, Retry};
    use tokio::time::{Instant, sleep};

    use super::Limits;
    use crate::deadline::Deadline;
    use crate::settings::LineSettings;
    use crate::trouble::Stage;

    fn settings() -> LineSettings {
        LineSettings {
            concurrency: 2,
            per_second: 1000,
            burst: 1000,
            queue_wait: Duration::from_secs(5),
            ..LineSettings::new("erp", "https://erp.example")
        }
    }

    fn limits(change: impl FnOnce(&mut LineSettings)) -> Limits {
        let mut settings = settings();
        change(&mut settings);
        Limits::new(&settings).unwrap()
    }

    fn far() -> Deadline {
        Deadline::after(Duration::from_secs(60))
    }

    #[tokio::test(start_paused = true)]
    async fn a_seat_is_waited_for_and_handed_on() {
        let limits = Arc::new(limits(|_| {}));
        let began = Instant::now();
        let calls: Vec<_> = (0..6)
            .map(|_| {
                let limits = limits.clone();
                tokio::spawn(async move {
                    let _seat = limits.enter(far()).await.unwrap();
                    sleep(Duration::from_secs(1)).await;
                })
            })
            .collect();
        for call in calls {
            call.await.unwrap();
        }
        assert_eq!(began.elapsed().as_secs(), 3, "six calls of a second, two at once");
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_for_a_seat_ends_with_the_queue_or_the_deadline() {
        let limits = limits(|_| {});
        let (_one, _two) = (limits.enter(far()).await.unwrap(), limits.enter(far()).await.unwrap());
        for (deadline, waited) in [(60, 5), (2, 2)] {
            let began = Instant::now();
            let trouble = limits.enter(Deadline::after(Duration::from_secs(deadline))).await.err().unwrap();
            assert_eq!(trouble.failure.kind(), FailureKind::Overloaded);
            assert_eq!(trouble.stage, Stage::Held("queue_full"));
            assert_eq!(began.elapsed().as_secs(), waited);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_the_rest_is_paced() {
        let limits = limits(|s| (s.per_second, s.burst, s.concurrency) = (10, 5, 64));
        let began = Instant::now();
        for _ in 0..15 {
            drop(limits.enter(far()).await.unwrap());
        }
        let elapsed = began.elapsed().as_millis();
        assert!((1000..=1010).contains(&elapsed), "5 at once, 10 more at 10 a second: {elapsed}");
    }

    #[tokio::test(start_paused = true)]
    async fn callers_are_paced_in_the_order_of_their_coming() {
        let limits = Arc::new(limits(|s| (s.per_second, s.burst, s.concurrency) = (1, 1, 64)));
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        for caller in 0..4 {
            let (limits, tell) = (limits.clone(), tell.clone());
            tokio::spawn(async move {
                drop(limits.enter(far()).await.unwrap());
                tell.send(caller).unwrap();
            });
            tokio::task::yield_now().await;
        }
        drop(tell);
        let mut order = Vec::new();
        while let Some(caller) = told.recv().await {
            order.push(caller);
        }
        assert_eq!(order, [0, 1, 2, 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_cannot_succeed_is_refused_at_once_with_its_length() {
        let limits = limits(|s| (s.per_second, s.burst) = (1, 1));
        drop(limits.enter(far()).await.unwrap());
        let began = Instant::now();
        let trouble = limits.enter(Deadline::after(Duration::from_millis(300))).await.err().unwrap();
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert_eq!(trouble.failure.kind(), FailureKind::RateLimited);
        let Retry::After(wait) = trouble.failure.retry() else { unreachable!("{trouble:?}") };
        assert!(wait > Duration::from_millis(900) && wait <= Duration::from_secs(1), "{wait:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_queue_behind_the_rate_is_called_so() {
        let limits = Arc::new(limits(|s| (s.per_second, s.burst, s.concurrency) = (1, 1, 1)));
        drop(limits.enter(far()).await.unwrap());
        let waiting = tokio::spawn({
            let limits = limits.clone();
            async move { limits.enter(far()).await.map(drop).is_ok() }
        });
        tokio::task::yield_now().await;
        let trouble = limits.enter(Deadline::after(Duration::from_millis(100))).await.err().unwrap();
        assert_eq!(trouble.stage, Stage::Held("rate_limit"));
        assert!(waiting.await.unwrap());
    }

    #[test]
    fn a_limit_of_nothing_is_a_wrong_setting() {
        let wrong = [
            ("concurrency", LineSettings { concurrency: 0, ..settings() }),
            ("per_second", LineSettings { per_second: 0, ..settings() }),
            ("burst", LineSettings { burst: 0, ..settings() }),
        ];
        for (field, settings) in wrong {
            let failure = Limits::new(&settings).err().unwrap();
            assert_eq!((failure.kind(), failure.field()), (FailureKind::TenantMisconfigured, Some(field)));
        }
    }
}
