//! The audit trail: who asked for what, and every act, without personal data.

use ponte_domain::reference::VendorId;
use ponte_domain::{Failure, failure};
use ponte_store::{AuditEntry, AuditFilter, AuditRow, AuditTarget};

use crate::operations::Operations;
use crate::pipeline::read::{CacheState, Served};
use crate::settings::AuditReads;
use crate::visit::{AdminVisit, Visit};

/// What an operation was about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Target<'a> {
    /// The kind of thing.
    pub(crate) kind: &'static str,
    /// Its id at the vendor or in the store; the trail keeps a keyed mark of it.
    pub(crate) id: Option<&'a str>,
    /// The customer behind it; by it the rows are found when somebody is erased.
    pub(crate) customer: Option<&'a VendorId>,
}

impl<'a> Target<'a> {
    /// Something that is not one record.
    pub(crate) const fn none(kind: &'static str) -> Self {
        Self { kind, id: None, customer: None }
    }

    /// A customer.
    pub(crate) fn customer(customer: &'a VendorId) -> Self {
        Self { kind: "customer", id: Some(customer.as_str()), customer: Some(customer) }
    }

    /// A record of a customer's.
    pub(crate) fn of(kind: &'static str, id: &'a VendorId, customer: &'a VendorId) -> Self {
        Self { kind, id: Some(id.as_str()), customer: Some(customer) }
    }
}

impl Operations {
    /// Rows of the trail, the latest first, 1000 at most.
    ///
    /// # Errors
    /// `NotFound(Tenant)` for a tenant that is not there; `Internal` when the store does not answer.
    pub async fn audit_entries(&self, wanted: AuditQuery, limit: u32) -> Result<Vec<AuditLine>, Failure> {
        let tenant = match &wanted.tenant {
            Some(slug) => Some(self.number_of(slug).ok_or_else(|| Failure::not_found(failure::Subject::Tenant))?),
            None => None,
        };
        self.0.store.flush().await?;
        let filter = AuditFilter {
            tenant,
            caller: wanted.key_id,
            operation: wanted.operation,
            since: wanted.since,
            until: wanted.until,
            before: wanted.before,
            ..AuditFilter::default()
        };
        let entries = self.0.store.audit_entries(filter, limit.min(1000)).await?;
        Ok(entries.into_iter().map(|entry| AuditLine { tenant: self.slug_of(entry.tenant), entry }).collect())
    }

    pub(crate) fn status_of(&self, failure: &Failure) -> u16 {
        (self.0.status_of)(failure)
    }

    /// Whether a read that was answered from the cache, or not, leaves a row.
    pub(crate) fn wants_read(&self, visit: &Visit, served: &Result<Served, Failure>) -> bool {
        match (self.0.audit_reads, served) {
            (AuditReads::All, _) => true,
            (AuditReads::None, _) => false,
            (AuditReads::OncePerKey, Ok(served)) if served.cache.state == CacheState::Hit => {
                served.is_new_to(visit.caller.serial)
            }
            (AuditReads::OncePerKey, _) => true,
        }
    }

    /// Appends a row about a request of a platform.
    pub(crate) fn audit(
        &self,
        visit: &Visit,
        operation: &'static str,
        target: Target<'_>,
        outcome: &'static str,
        status: u16,
    ) {
        self.0.store.audit(AuditRow {
            at: self.0.clock.now(),
            request_id: visit.request_id.clone(),
            caller: Some(visit.caller.key_id.clone()),
            tenant: Some(visit.tenant.number()),
            operation,
            target: target.id.map(|id| AuditTarget { kind: target.kind, id: id.to_owned() }),
            customer: target.customer.cloned(),
            outcome,
            status,
        });
    }

    /// Appends a row about what came of a request of a platform.
    pub(crate) fn audit_outcome<T>(
        &self,
        visit: &Visit,
        operation: &'static str,
        target: Target<'_>,
        outcome: &Result<T, Failure>,
    ) {
        let (word, status) = match outcome {
            Ok(_) => ("ok", 200),
            Err(failure) => (failure.kind().word(), self.status_of(failure)),
        };
        self.audit(visit, operation, target, word, status);
    }

    /// Appends a row about what came of an operator's request.
    pub(crate) fn audit_admin<T>(
        &self,
        visit: &AdminVisit,
        operation: &'static str,
        target: AuditTarget,
        tenant: Option<u32>,
        outcome: &Result<T, Failure>,
    ) {
        let (word, status) = match outcome {
            Ok(_) => ("ok", 200),
            Err(failure) => (failure.kind().word(), self.status_of(failure)),
        };
        self.0.store.audit(AuditRow {
            at: self.0.clock.now(),
            request_id: visit.request_id.clone(),
            caller: Some(visit.key_id.clone()),
            tenant,
            operation,
            target: Some(target),
            customer: None,
            outcome: word,
            status,
        });
    }
}

/// Which rows are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct AuditQuery {
    /// The tenant's name.
    pub tenant: Option<String>,
    /// Id of the API key.
    pub key_id: Option<String>,
    /// The operation.
    pub operation: Option<String>,
    /// From this instant on.
    pub since: Option<jiff::Timestamp>,
    /// Before this instant.
    pub until: Option<jiff::Timestamp>,
    /// Before this place in the trail: the last number of the page before.
    pub before: Option<i64>,
}

/// One row of the trail.
#[derive(Debug, Clone)]
pub struct AuditLine {
    /// The tenant's name; none where no tenant was spoken of, or it is gone.
    pub tenant: Option<String>,
    /// The row.
    pub entry: AuditEntry,
}
