//! Checks a tenant's address, credentials and modules. Reads only.

use jiff::Timestamp;
use ponte_domain::{Failure, FailureKind};
use ponte_vendors::erp::Check;

use crate::audit::Target;
use crate::operations::Operations;
use crate::visit::Visit;

/// What came of checking.
#[derive(Debug, Clone)]
pub struct Verification {
    /// When checked.
    pub checked_at: Timestamp,
    /// The checks, in the order in which they were made.
    pub checks: Vec<Check>,
}

impl Verification {
    /// Whether every check holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.outcome.is_ok())
    }
}

impl Operations {
    /// Asks the tenant's ERP whether it answers, takes the credentials and has the modules. What it lacked before is
    /// asked for anew, and what it lacks now is remembered.
    pub async fn verify(&self, visit: &Visit) -> Verification {
        let call = self.call(visit);
        visit.tenant.memory.forget_missing();
        let checks = visit.erp().verify(&call).await;
        for check in &checks {
            if let (Some(capability), Err(failure)) = (check.capability, &check.outcome)
                && matches!(failure.kind(), FailureKind::NotSupported(_))
            {
                visit.tenant.memory.remember_missing(capability, failure.detail(), call.now);
            }
        }
        let verification = Verification { checked_at: call.now, checks };
        let outcome: Result<(), Failure> = verification.checks.iter().try_for_each(|check| check.outcome.clone());
        self.audit_outcome(visit, "verify", Target::none("tenant"), &outcome);
        verification
    }
}
