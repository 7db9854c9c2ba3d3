//! Reads that fail for a passing reason are tried again: few times, with growing pauses, within a budget.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ponte_domain::failure::Retry;
use tokio::time::Instant;

use crate::ask::Nature;
use crate::deadline::Deadline;
use crate::layers::Shape;
use crate::settings::RetrySettings;
use crate::trouble::{Stage, Trouble};

/// Window in which the budget's minimum is granted.
const WINDOW: Duration = Duration::from_secs(10);
/// First attempts whose share the budget saves up.
const SAVED_CALLS: f64 = 100.0;

/// One tenant's retries.
pub(crate) struct Retries {
    settings: RetrySettings,
    budget: Budget,
}

impl Retries {
    pub(crate) fn new(settings: RetrySettings) -> Self {
        Self { settings, budget: Budget::new(&settings) }
    }

    /// Makes attempts, numbered from 1, until one succeeds or nothing speaks for another.
    pub(crate) async fn run<T, F, A>(&self, shape: &Shape, deadline: Deadline, attempt: F) -> Result<T, Trouble>
    where
        F: Fn(u32) -> A,
        A: Future<Output = Result<T, Trouble>>,
    {
        self.budget.deposit();
        let mut earlier: Option<Trouble> = None;
        let mut number = 1;
        loop {
            let trouble = match attempt(number).await {
                Ok(value) => return Ok(value),
                Err(trouble) => trouble,
            };
            // What the ERP said tells more than that a later attempt was held back here.
            let trouble = match (trouble.stage, earlier.take()) {
                (Stage::Held(_), Some(earlier)) => return Err(earlier),
                _ => trouble,
            };
            let Some(pause) = self.pause(shape.nature, deadline, number, &trouble) else { return Err(trouble) };
            tracing::warn!(
                vendor = shape.vendor,
                operation = shape.operation,
                attempt = number,
                outcome = trouble.outcome(),
                pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
                "a read from the ERP failed and is tried again"
            );
            earlier = Some(trouble);
            number += 1;
            tokio::time::sleep(pause).await;
        }
    }

    /// How long to wait before the next attempt; `None` if there is to be none.
    fn pause(&self, nature: Nature, deadline: Deadline, number: u32, trouble: &Trouble) -> Option<Duration> {
        if nature == Nature::Act || matches!(trouble.stage, Stage::Held(_)) || number >= self.settings.max_attempts {
            return None;
        }
        let RetrySettings { base, cap, .. } = self.settings;
        let pause = match trouble.failure.retry() {
            Retry::Soon => {
                let longest = base.saturating_mul(1 << (number - 1).min(16)).min(cap);
                // Half fixed, half random: apart enough that callers who failed together do not return together.
                longest.mul_f64(rand::random_range(0.5..=1.0))
            }
            // A server's hint is a minimum; the random part only adds to it.
            Retry::After(hint) if hint <= cap => hint + base.mul_f64(rand::random_range(0.0..=1.0)),
            Retry::After(_) | Retry::Never | Retry::Exhausted | Retry::OutcomeUnknown => return None,
        };
        (pause < deadline.remaining() && self.budget.withdraw()).then_some(pause)
    }
}

/// Grants retries in proportion to calls, so that an ERP in trouble is not asked three times as often as a sound one.
struct Budget {
    /// Granted per first attempt.
    ratio: f64,
    /// Granted per second.
    per_second: f64,
    most: f64,
    balance: Mutex<(f64, Instant)>,
}

impl Budget {
    fn new(settings: &RetrySettings) -> Self {
        let minimum = f64::from(settings.budget_minimum);
        Self {
            ratio: settings.budget_ratio,
            per_second: minimum / WINDOW.as_secs_f64(),
            most: minimum + SAVED_CALLS * settings.budget_ratio,
            balance: Mutex::new((minimum, Instant::now())),
        }
    }

    fn deposit(&self) {
        self.change(self.ratio);
    }

    fn withdraw(&self) -> bool {
        self.change(-1.0)
    }

    /// Brings the balance up to date and changes it, unless it would become negative.
    fn change(&self, amount: f64) -> bool {
        let mut balance = self.balance.lock().unwrap_or_else(PoisonError::into_inner);
        let (tokens, at) = *balance;
        let now = Instant::now();
        let grown = tokens + self.per_second * now.saturating_duration_since(at).as_secs_f64();
        let changed = grown.min(self.most) + amount;
        let granted = changed >= 0.0;
        *balance = (if granted { changed.min(self.most) } else { grown.min(self.most) }, now);
        granted
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::RefCell;
    use std::time::Duration;

    use ponte_domain::failure::{Failure, FailureKind, Retry};
    use tokio::time::Instant;

    use super::{Budget, Retries};
    use crate::ask::{Errors, Nature};
    use crate::deadline::Deadline;
    use crate::layers::Shape;
    use crate::settings::RetrySettings;
    use crate::trouble::Trouble;

    fn shape(nature: Nature) -> Shape {
        Shape {
            vendor: "erp",
            operation: "list",
            nature,
            errors: Errors::Doubtful,
            attempt_timeout: Duration::from_secs(15),
        }
    }

    fn failing(retry: Retry) -> Trouble {
        Trouble::answered(Failure::new(FailureKind::Overloaded, "full").with_retry(retry), 503)
    }

    /// Runs attempts that all fail like this, and returns the instants at which they began.
    async fn instants(settings: RetrySettings, nature: Nature, seconds: u64, retry: Retry) -> Vec<Duration> {
        let began = Instant::now();
        let seen = RefCell::new(Vec::new());
        let retries = Retries::new(settings);
        let deadline = Deadline::after(Duration::from_secs(seconds));
        let outcome: Result<(), _> = retries
            .run(&shape(nature), deadline, |_| {
                seen.borrow_mut().push(began.elapsed());
                async move { Err(failing(retry)) }
            })
            .await;
        assert_eq!(outcome.unwrap_err().failure.kind(), FailureKind::Overloaded);
        seen.into_inner()
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_is_tried_again_after_growing_pauses_with_jitter() {
        let settings = RetrySettings { max_attempts: 4, ..RetrySettings::default() };
        let seen = instants(settings, Nature::Read, 60, Retry::Soon).await;
        let pauses: Vec<u128> = seen.windows(2).map(|pair| (pair[1] - pair[0]).as_millis()).collect();
        assert_eq!(pauses.len(), 3);
        for (pause, longest) in pauses.iter().zip([100, 200, 400]) {
            assert!((longest / 2..=longest + 1).contains(pause), "{pauses:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_never_exceeds_the_cap() {
        let settings = RetrySettings { max_attempts: 9, ..RetrySettings::default() };
        let seen = instants(settings, Nature::Read, 600, Retry::Soon).await;
        assert_eq!(seen.len(), 9);
        assert!(seen.windows(2).all(|pair| pair[1] - pair[0] <= Duration::from_millis(2001)), "{seen:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_act_is_sent_once() {
        assert_eq!(instants(RetrySettings::default(), Nature::Act, 60, Retry::Soon).await.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_again_is_not_tried_again() {
        for retry in [Retry::Never, Retry::Exhausted, Retry::OutcomeUnknown] {
            assert_eq!(instants(RetrySettings::default(), Nature::Read, 60, retry).await.len(), 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_hint_is_waited_for_and_a_long_one_is_not() {
        let short = instants(RetrySettings::default(), Nature::Read, 60, Retry::After(Duration::from_secs(2))).await;
        assert_eq!(short.len(), 3);
        assert!(short.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_secs(2)), "{short:?}");
        let long = instants(RetrySettings::default(), Nature::Read, 60, Retry::After(Duration::from_secs(3))).await;
        assert_eq!(long.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn no_attempt_begins_after_the_deadline() {
        let hint = Retry::After(Duration::from_secs(2));
        let seen = instants(RetrySettings::default(), Nature::Read, 3, hint).await;
        assert_eq!(seen.len(), 2, "{seen:?}");
        assert_eq!(instants(RetrySettings::default(), Nature::Read, 1, hint).await.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_attempt_that_is_held_back_does_not_hide_what_the_erp_said() {
        let retries = Retries::new(RetrySettings::default());
        let outcome: Result<(), _> = retries
            .run(&shape(Nature::Read), Deadline::after(Duration::from_secs(9)), |number| async move {
                if number == 1 {
                    Err(failing(Retry::Soon))
                } else {
                    Err(Trouble::held("breaker_open", Failure::internal("x")))
                }
            })
            .await;
        assert_eq!(outcome.unwrap_err().status, Some(503));
    }

    #[tokio::test(start_paused = true)]
    async fn the_budget_ends_retries_when_everything_fails() {
        let settings = RetrySettings { budget_minimum: 2, ..RetrySettings::default() };
        let retries = Retries::new(settings);
        let attempts = RefCell::new(0);
        for _ in 0..100 {
            let deadline = Deadline::after(Duration::from_secs(60));
            let outcome: Result<(), _> = retries
                .run(&shape(Nature::Read), deadline, |_| {
                    *attempts.borrow_mut() += 1;
                    async { Err(failing(Retry::Soon)) }
                })
                .await;
            assert!(outcome.is_err());
        }
        // 100 calls, a fifth of that as retries, the two at the start, and what the pauses' seconds add.
        assert!((120..=128).contains(&attempts.into_inner()));
    }

    #[tokio::test(start_paused = true)]
    async fn the_budget_fills_with_calls_and_with_time_up_to_its_ceiling() {
        let budget = Budget::new(&RetrySettings { budget_minimum: 1, ..RetrySettings::default() });
        assert!(budget.withdraw());
        assert!(!budget.withdraw());
        for _ in 0..5 {
            budget.deposit();
        }
        assert!(budget.withdraw());
        assert!(!budget.withdraw());
        tokio::time::advance(Duration::from_secs(11)).await;
        assert!(budget.withdraw());
        assert!(!budget.withdraw());
        tokio::time::advance(Duration::from_secs(86_400)).await;
        let granted = (0..1000).filter(|_| budget.withdraw()).count();
        assert_eq!(granted, 21);
    }
}
