//! Who asks, for which tenant, how fresh, and until when.

use std::sync::Arc;

use ponte_domain::capability::Capability;
use ponte_domain::scope::Scope;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Deadline, Trip};
use ponte_vendors::call::Call;
use ponte_vendors::erp::{Erp, Offer};

use crate::callers::Caller;
use crate::clock::Clock;
use crate::slots::TenantSlot;

/// Whether an answer may come from the cache (`Cache-Control: no-cache` asks for fresh).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It may.
    Cached,
    /// It must be read now.
    Fresh,
}

/// Whether personal data is shown in full; each view of an answer is cached by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Documents, phones and e-mails are masked.
    Masked,
    /// For keys with the scope `personal_data`.
    Full,
}

/// One request of a platform about one tenant.
#[derive(Clone)]
pub struct Visit {
    /// Who.
    pub caller: Arc<Caller>,
    /// For which tenant.
    pub tenant: Arc<TenantSlot>,
    /// The request's id.
    pub request_id: Arc<str>,
    /// Cache or not.
    pub freshness: Freshness,
    /// Until when it must be answered.
    pub deadline: Deadline,
}

impl Visit {
    /// What the caller may see.
    #[must_use]
    pub fn view(&self) -> View {
        if self.caller.may(Scope::PersonalData) { View::Full } else { View::Masked }
    }

    /// The tenant's vendor.
    pub(crate) fn erp(&self) -> &'static dyn Erp {
        self.tenant.erp
    }

    /// What travels with the vendor calls of this visit.
    pub(crate) fn call(&self, clock: &Clock) -> Call<'_> {
        let now = clock.now();
        Call {
            tenant: &self.tenant.tenant,
            line: &self.tenant.line,
            memory: &self.tenant.memory,
            trip: Trip { deadline: self.deadline, request_id: self.request_id.clone() },
            now,
            today: self.tenant.tenant.settings.zone.today(now),
        }
    }

    /// The capability gate: what the vendor, or this tenant's installation, does not have is refused before any
    /// call. `Fresh` asks the installation again, since a module may have been bought meanwhile.
    pub(crate) fn offered<'a, T: ?Sized>(
        &self,
        capability: Capability,
        offer: Offer<'a, T>,
        clock: &Clock,
    ) -> Result<&'a T, Failure> {
        match offer {
            Offer::No(reason) => Err(not_supported(capability, reason)),
            Offer::Yes(offered) => {
                self.not_remembered_missing(capability, clock)?;
                Ok(offered)
            }
        }
    }

    fn not_remembered_missing(&self, capability: Capability, clock: &Clock) -> Result<(), Failure> {
        if self.freshness == Freshness::Fresh {
            return Ok(());
        }
        match self.tenant.missing(capability, clock.now()) {
            Some(reason) => Err(not_supported(capability, &*reason)),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Visit")
            .field("caller", &self.caller.key_id)
            .field("tenant", &self.tenant.tenant.slug.as_str())
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

/// A request of an operator about tenants, keys or the trail.
#[derive(Debug, Clone)]
pub struct AdminVisit {
    /// Id of the operator's key.
    pub key_id: String,
    /// The request's id.
    pub request_id: Arc<str>,
}

impl AdminVisit {
    /// A request that came with a key.
    #[must_use]
    pub fn new(caller: &Caller, request_id: Arc<str>) -> Self {
        Self { key_id: caller.key_id.clone(), request_id }
    }

    /// The operator at the machine's own command line.
    #[must_use]
    pub fn local(request_id: impl Into<Arc<str>>) -> Self {
        Self { key_id: "local".to_owned(), request_id: request_id.into() }
    }
}

/// A refusal by the capability gate; the detail is the published reason.
pub(crate) fn not_supported(capability: Capability, reason: impl Into<String>) -> Failure {
    Failure::new(FailureKind::NotSupported(capability), reason)
}
