//! What every handler shares.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use ponte_operations::Operations;

use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::rate_limit::Policies;
use crate::settings::HttpSettings;

/// The gateway's state behind its routes.
pub(crate) struct House {
    /// What happens around vendor calls.
    pub(crate) operations: Operations,
    /// Limits and addresses.
    pub(crate) settings: HttpSettings,
    /// Counters.
    pub(crate) metrics: Arc<Metrics>,
    /// The inbound limits, as they are told.
    pub(crate) policies: Policies,
    draining: AtomicBool,
}

impl House {
    /// Opens the house.
    pub(crate) const fn new(
        operations: Operations,
        settings: HttpSettings,
        metrics: Arc<Metrics>,
        policies: Policies,
    ) -> Self {
        Self { operations, settings, metrics, policies, draining: AtomicBool::new(false) }
    }

    /// From now on the readiness check says no.
    pub(crate) fn start_draining(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether new requests should go elsewhere.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    /// A problem as the body that is stored with an act and replayed.
    pub(crate) fn problem_body(&self, problem: &Problem, request_id: &str) -> Bytes {
        problem.body(&self.settings.public_url, request_id)
    }
}
