//! How long a request may take, and what travels with it.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

/// The longest time that is counted; more would overflow the clock and means the same.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// The instant at which a request must be answered, whatever happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// So much time from now, at most a day.
    #[must_use]
    pub fn after(time: Duration) -> Self {
        Self(Instant::now() + time.min(LONGEST))
    }

    /// Time left; zero once it has passed.
    #[must_use]
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether no time is left.
    #[must_use]
    pub fn passed(self) -> bool {
        self.remaining().is_zero()
    }

    /// This deadline, or so much time from now if that is sooner.
    pub(crate) fn within(self, time: Duration) -> Instant {
        self.0.min(Self::after(time).0)
    }
}

/// What travels with every call that serves one request.
#[derive(Debug, Clone)]
pub struct Trip {
    /// When the request must be answered.
    pub deadline: Deadline,
    /// The request's id, for the log.
    pub request_id: Arc<str>,
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Deadline;

    #[tokio::test(start_paused = true)]
    async fn a_deadline_runs_down_to_zero_and_stays_there() {
        let deadline = Deadline::after(Duration::from_secs(2));
        assert_eq!(deadline.remaining(), Duration::from_secs(2));
        tokio::time::advance(Duration::from_millis(1500)).await;
        assert_eq!(deadline.remaining(), Duration::from_millis(500));
        assert!(!deadline.passed());
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(deadline.remaining(), Duration::ZERO);
        assert!(deadline.passed());
        assert_eq!(Deadline::after(Duration::MAX).remaining(), Duration::from_secs(86_400));
    }
}
