//! The circuit breaker: an ERP that fails several times in a row is left alone for a while, then asked once.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ponte_domain::failure::{Failure, FailureKind, Retry};
use tokio::time::Instant;

use crate::observer::{BreakerState, Observer};
use crate::settings::BreakerSettings;
use crate::trouble::Trouble;

/// Hint for callers that meet a probe under way.
const PROBE_HINT: Duration = Duration::from_secs(1);

/// One tenant's breaker.
pub(crate) struct Breaker {
    vendor: &'static str,
    observer: Arc<dyn Observer>,
    settings: BreakerSettings,
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant, time: Duration },
    Probing { time: Duration },
}

/// What an attempt says about the ERP's health.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    Up,
    Down,
    /// Nothing: the attempt ended for a reason of ours.
    Unclear,
}

/// Leave to make one attempt. Dropped without a report, it counts as unclear.
pub(crate) struct Admission<'a> {
    breaker: &'a Breaker,
    role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Usual,
    Probe,
    Reported,
}

impl Breaker {
    pub(crate) fn new(vendor: &'static str, settings: BreakerSettings, observer: Arc<dyn Observer>) -> Self {
        Self { vendor, observer, settings, state: Mutex::new(State::Closed { failures: 0 }) }
    }

    /// Lets an attempt pass, or says at once that the ERP is down.
    pub(crate) fn admit(&self) -> Result<Admission<'_>, Trouble> {
        let mut state = self.state();
        match *state {
            State::Closed { .. } => Ok(Admission { breaker: self, role: Role::Usual }),
            State::Open { until, time } => {
                let wait = until.saturating_duration_since(Instant::now());
                if !wait.is_zero() {
                    return Err(refusal(wait));
                }
                self.change(&mut state, State::Probing { time });
                Ok(Admission { breaker: self, role: Role::Probe })
            }
            State::Probing { .. } => Err(refusal(PROBE_HINT)),
        }
    }

    fn report(&self, role: Role, health: Health) {
        let mut state = self.state();
        let next = match (*state, role, health) {
            (State::Closed { .. }, _, Health::Up) => State::Closed { failures: 0 },
            (State::Closed { failures }, _, Health::Down) if failures + 1 < self.settings.consecutive_failures => {
                State::Closed { failures: failures + 1 }
            }
            (State::Closed { .. }, _, Health::Down) => self.open(self.settings.open_for),
            (State::Probing { .. }, Role::Probe, Health::Up) => State::Closed { failures: 0 },
            (State::Probing { time }, Role::Probe, Health::Down) => self.open(time.saturating_mul(2)),
            // A probe that ended without an answer, perhaps because its caller left: the next call probes.
            (State::Probing { time }, Role::Probe, Health::Unclear) => State::Open { until: Instant::now(), time },
            // Stragglers from before the breaker opened say nothing about now.
            (unchanged, _, _) => unchanged,
        };
        self.change(&mut state, next);
    }

    fn open(&self, time: Duration) -> State {
        let time = time.min(self.settings.max_open_for);
        State::Open { until: Instant::now() + time, time }
    }

    fn change(&self, state: &mut State, next: State) {
        let (before, after) = (state.word(), next.word());
        *state = next;
        if before == after {
            return;
        }
        self.observer.breaker(self.vendor, after);
        match next {
            State::Open { time, .. } => {
                let open_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
                tracing::warn!(vendor = self.vendor, open_ms, "the ERP is down, calls to it stop for a while");
            }
            State::Probing { .. } => tracing::info!(vendor = self.vendor, "the ERP is asked whether it is back"),
            State::Closed { .. } => tracing::info!(vendor = self.vendor, "the ERP is back, calls to it go on"),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn word(self) -> BreakerState {
        match self {
            Self::Closed { .. } => BreakerState::Closed,
            Self::Open { .. } => BreakerState::Open,
            Self::Probing { .. } => BreakerState::Probing,
        }
    }
}

impl Admission<'_> {
    /// Says how it went.
    pub(crate) fn report(mut self, health: Health) {
        let role = std::mem::replace(&mut self.role, Role::Reported);
        self.breaker.report(role, health);
    }
}

impl Drop for Admission<'_> {
    fn drop(&mut self) {
        if self.role == Role::Probe {
            self.breaker.report(Role::Probe, Health::Unclear);
        }
    }
}

fn refusal(wait: Duration) -> Trouble {
    let detail = "The ERP has failed several times in a row and is left alone for a while.";
    Trouble::held("breaker_open", Failure::new(FailureKind::Unreachable, detail).with_retry(Retry::After(wait)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use ponte_domain::failure::{FailureKind, Retry};
    use tokio::time::advance;

    use super::{Breaker, Health};
    use crate::observer::{Attempt, BreakerState, Observer};
    use crate::settings::BreakerSettings;

    #[derive(Debug, Default)]
    struct Seen(Mutex<Vec<BreakerState>>);

    impl Observer for Seen {
        fn attempt(&self, _: Attempt) {}

        fn breaker(&self, _: &'static str, state: BreakerState) {
            self.0.lock().unwrap().push(state);
        }
    }

    fn breaker() -> (Breaker, Arc<Seen>) {
        let seen = Arc::new(Seen::default());
        (Breaker::new("erp", BreakerSettings::default(), seen.clone()), seen)
    }

    fn fail(breaker: &Breaker, times: usize) {
        for _ in 0..times {
            breaker.admit().ok().unwrap().report(Health::Down);
        }
    }

    fn refused(breaker: &Breaker) -> Duration {
        let trouble = breaker.admit().err().unwrap();
        assert_eq!(trouble.failure.kind(), FailureKind::Unreachable);
        let Retry::After(wait) = trouble.failure.retry() else { unreachable!("{trouble:?}") };
        wait
    }

    #[tokio::test(start_paused = true)]
    async fn it_opens_after_failures_in_a_row_only() {
        let (breaker, _) = breaker();
        fail(&breaker, 4);
        breaker.admit().ok().unwrap().report(Health::Up);
        fail(&breaker, 4);
        assert!(breaker.admit().is_ok(), "a success in between starts the count anew");
        fail(&breaker, 1);
        assert_eq!(refused(&breaker), Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn while_open_it_says_how_long_still() {
        let (breaker, _) = breaker();
        fail(&breaker, 5);
        advance(Duration::from_secs(7)).await;
        assert_eq!(refused(&breaker), Duration::from_secs(3));
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_goes_through_and_closes_it() {
        let (breaker, seen) = breaker();
        fail(&breaker, 5);
        advance(Duration::from_secs(10)).await;
        let probe = breaker.admit().ok().unwrap();
        assert_eq!(refused(&breaker), Duration::from_secs(1), "only one at a time");
        probe.report(Health::Up);
        fail(&breaker, 4);
        assert!(breaker.admit().is_ok(), "closed with a clean count");
        assert_eq!(*seen.0.lock().unwrap(), [BreakerState::Open, BreakerState::Probing, BreakerState::Closed]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_probe_doubles_the_time_up_to_the_longest() {
        let (breaker, _) = breaker();
        fail(&breaker, 5);
        for seconds in [10, 20, 40, 60, 60] {
            assert_eq!(refused(&breaker), Duration::from_secs(seconds));
            advance(Duration::from_secs(seconds)).await;
            fail(&breaker, 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_whose_caller_left_makes_room_for_the_next() {
        let (breaker, _) = breaker();
        fail(&breaker, 5);
        advance(Duration::from_secs(10)).await;
        drop(breaker.admit().ok().unwrap());
        breaker.admit().ok().unwrap().report(Health::Unclear);
        breaker.admit().ok().unwrap().report(Health::Up);
        assert!(breaker.admit().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn stragglers_neither_close_nor_prolong_it() {
        let (breaker, _) = breaker();
        let (good, bad) = (breaker.admit().ok().unwrap(), breaker.admit().ok().unwrap());
        fail(&breaker, 5);
        advance(Duration::from_secs(4)).await;
        good.report(Health::Up);
        bad.report(Health::Down);
        assert_eq!(refused(&breaker), Duration::from_secs(6));
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_that_say_nothing_do_not_count() {
        let (breaker, _) = breaker();
        for _ in 0..20 {
            breaker.admit().ok().unwrap().report(Health::Unclear);
        }
        fail(&breaker, 4);
        drop(breaker.admit());
        assert!(breaker.admit().is_ok());
    }
}
