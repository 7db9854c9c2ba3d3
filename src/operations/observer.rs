//! What the room tells whoever counts (metrics). Labels are closed sets; no id, no personal data.

use std::fmt;
use std::sync::Arc;

pub use ponte_transport::{Attempt, BreakerState};

/// Is told of what happens. Called on hot paths: count, and return.
pub trait Observer: Send + Sync + fmt::Debug {
    /// One attempt at one vendor operation has ended.
    fn attempt(&self, attempt: Attempt);
    /// A tenant's circuit breaker has changed its state.
    fn breaker(&self, vendor: &'static str, state: BreakerState);
    /// A read was answered; `state` is `hit`, `miss`, `stale`, `bypass`, `collapsed`, or `failed`.
    fn read(&self, operation: &'static str, state: &'static str);
    /// An act has ended; `outcome` is `done`, `replayed` or a failure kind's word.
    fn act(&self, operation: &'static str, outcome: &'static str);
}

/// Counts nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn attempt(&self, _: Attempt) {}
    fn breaker(&self, _: &'static str, _: BreakerState) {}
    fn read(&self, _: &'static str, _: &'static str) {}
    fn act(&self, _: &'static str, _: &'static str) {}
}

/// Hands on what transport tells.
#[derive(Debug)]
pub(crate) struct FromTransport(pub(crate) Arc<dyn Observer>);

impl ponte_transport::Observer for FromTransport {
    fn attempt(&self, attempt: Attempt) {
        self.0.attempt(attempt);
    }

    fn breaker(&self, vendor: &'static str, state: BreakerState) {
        self.0.breaker(vendor, state);
    }
}
