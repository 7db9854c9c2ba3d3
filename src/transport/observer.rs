//! What the room tells whoever counts.

use std::fmt;
use std::time::Duration;

/// One attempt at one vendor operation, successful or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The vendor's word.
    pub vendor: &'static str,
    /// The vendor operation.
    pub operation: &'static str,
    /// `ok`, a failure kind's word, or `breaker_open`, `queue_full`, `rate_limit`, `deadline` when nothing was sent.
    pub outcome: &'static str,
    /// From leaving the queue until the answer was read; zero when nothing was sent.
    pub duration: Duration,
}

/// What a circuit breaker does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Lets every call through.
    Closed,
    /// Lets none through.
    Open,
    /// Lets one through, to see whether the ERP is back.
    Probing,
}

impl BreakerState {
    /// A short word for logs and metric labels.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Probing => "probing",
        }
    }
}

/// Is told of attempts and breakers as they happen. Called on the hot path: count, and return.
pub trait Observer: Send + Sync + fmt::Debug {
    /// An attempt has ended.
    fn attempt(&self, attempt: Attempt);

    /// A tenant's breaker has changed its state.
    fn breaker(&self, vendor: &'static str, state: BreakerState);
}

/// Counts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn attempt(&self, _: Attempt) {}

    fn breaker(&self, _: &'static str, _: BreakerState) {}
}
