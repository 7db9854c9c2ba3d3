//! Inbound limits: how many requests one key may make, in all and per tenant.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

/// A rate and the burst above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests per second in the long run; 0 counts as 1.
    pub per_second: u32,
    /// Requests at once; 0 counts as 1.
    pub burst: u32,
}

/// What is left of a limit after a request was let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// The burst, which is what a rested caller may use at once.
    pub limit: u32,
    /// What is left of it now.
    pub remaining: u32,
    /// After how long the whole burst is there again.
    pub refill: Duration,
}

/// A request too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// The burst.
    pub limit: u32,
    /// After how long one request is let in again.
    pub wait: Duration,
}

type Direct = RateLimiter<NotKeyed, InMemoryState, DefaultClock, StateInformationMiddleware>;

/// One limiter, kept where it is used: a direct limiter costs half of a keyed one (bench of the design phase).
pub struct Limiter {
    direct: Direct,
    rate: Rate,
}

impl Limiter {
    /// A rested limiter.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let positive = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_second(positive(rate.per_second)).allow_burst(positive(rate.burst));
        Self { direct: RateLimiter::direct(quota).with_middleware(), rate }
    }

    /// The rate it keeps.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// Lets one request in, or says how long to wait.
    ///
    /// # Errors
    /// `TooMany` when the burst is used up.
    pub fn check(&self) -> Result<Allowance, TooMany> {
        let limit = self.rate.burst.max(1);
        match self.direct.check() {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity().min(limit);
                let used = limit - remaining;
                let refill = Duration::from_secs(1) * used / self.rate.per_second.max(1);
                Ok(Allowance { limit, remaining, refill })
            }
            Err(early) => Err(TooMany { limit, wait: early.wait_time_from(DefaultClock::default().now()) }),
        }
    }
}

impl std::fmt::Debug for Limiter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Limiter").field("rate", &self.rate).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::{Limiter, Rate};

    #[test]
    fn the_burst_is_counted_down_and_then_refused() {
        let limiter = Limiter::new(Rate { per_second: 1, burst: 3 });
        let left: Vec<u32> = (0..3).map(|_| limiter.check().unwrap().remaining).collect();
        assert_eq!(left, [2, 1, 0]);
        let refused = limiter.check().unwrap_err();
        assert_eq!(refused.limit, 3);
        assert!(refused.wait > Duration::ZERO && refused.wait <= Duration::from_secs(1), "{refused:?}");
    }

    #[test]
    fn the_refill_time_follows_what_was_used() {
        let limiter = Limiter::new(Rate { per_second: 10, burst: 20 });
        assert_eq!(limiter.check().unwrap().refill, Duration::from_millis(100));
    }
}
