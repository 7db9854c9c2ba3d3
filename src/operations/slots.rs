//! Tenants in memory: each with its vendor, its line and what is remembered about it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::tenant::{Tenant, TenantSlug};
use ponte_domain::{Failure, FailureKind};
use ponte_store::{MasterKey, TenantRecord};
use ponte_transport::{Deadline, Line, LineSettings, Wire};
use ponte_vendors::erp::Erp;
use ponte_vendors::memory::{Memory, MemorySettings};
use ponte_vendors::registry::Registry;

use crate::callers::Caller;
use crate::operations::Operations;
use crate::settings::CallSettings;
use crate::visit::{Freshness, Visit};

/// One tenant, ready to be asked about.
pub struct TenantSlot {
    /// The tenant.
    pub tenant: Tenant,
    pub(crate) line: Line,
    pub(crate) memory: Memory,
    pub(crate) erp: &'static dyn Erp,
    /// Part of cache keys; a changed tenant gets a new one, so that nothing of the old address is answered.
    pub(crate) serial: u32,
    handle_key: [u8; 64],
    deadline: Duration,
    updated_at: Timestamp,
}

impl TenantSlot {
    /// The tenant's number, stable for the store's life.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.tenant.number
    }

    /// The key that this tenant's handles are sealed under.
    #[must_use]
    pub const fn handle_key(&self) -> &[u8; 64] {
        &self.handle_key
    }

    /// Why a capability is known to be missing at this installation.
    pub(crate) fn missing(&self, capability: Capability, now: Timestamp) -> Option<Arc<str>> {
        self.memory.missing(capability, now)
    }
}

impl std::fmt::Debug for TenantSlot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TenantSlot")
            .field("slug", &self.tenant.slug.as_str())
            .field("vendor", &self.tenant.vendor)
            .field("serial", &self.serial)
            .finish_non_exhaustive()
    }
}

/// What is needed to make a slot of a record.
pub(crate) struct SlotMaker {
    pub(crate) wire: Wire,
    pub(crate) registry: Registry,
    pub(crate) calls: CallSettings,
    pub(crate) master_key: MasterKey,
    pub(crate) next_serial: AtomicU32,
}

impl SlotMaker {
    /// Makes the slot. Nothing is sent.
    ///
    /// # Errors
    /// `TenantMisconfigured` when the vendor is not built in or the address is no address.
    pub(crate) fn make(&self, record: &TenantRecord) -> Result<TenantSlot, Failure> {
        let erp = self.registry.find(&record.vendor).ok_or_else(|| {
            Failure::new(FailureKind::TenantMisconfigured, "This gateway does not speak to the tenant's vendor.")
                .in_field("vendor")
        })?;
        let tenant = Tenant {
            number: record.number,
            slug: record.slug.clone(),
            vendor: erp.word(),
            base_url: record.base_url.trim_end_matches('/').to_owned(),
            credentials: record.credentials.clone(),
            settings: record.settings.clone(),
        };
        let line = Line::open(&self.wire, self.line_settings(&tenant))?;
        Ok(TenantSlot {
            line,
            memory: Memory::new(MemorySettings::default()),
            erp,
            serial: self.next_serial.fetch_add(1, Ordering::Relaxed),
            handle_key: self.master_key.derive(&format!("handles:{}", record.number)),
            deadline: millis(tenant.settings.limits.deadline_ms, self.calls.deadline),
            updated_at: record.updated_at,
            tenant,
        })
    }

    fn line_settings(&self, tenant: &Tenant) -> LineSettings {
        let (settings, limits, calls) = (&tenant.settings, &tenant.settings.limits, &self.calls);
        LineSettings {
            tls: settings.tls.clone(),
            allow_plain_http: settings.allow_plain_http,
            link_hosts: settings.link_hosts.clone(),
            attempt_timeout: millis(limits.attempt_ms, calls.attempt_timeout),
            document_timeout: millis(limits.document_ms, calls.document_timeout),
            concurrency: limits.concurrency.unwrap_or(calls.concurrency),
            per_second: limits.per_second.unwrap_or(calls.per_second),
            burst: limits.burst.unwrap_or(calls.burst),
            queue_wait: calls.queue_wait,
            retry: calls.retry,
            breaker: calls.breaker,
            max_body: calls.max_body,
            max_document: calls.max_document,
            ..LineSettings::new(tenant.vendor, tenant.base_url.clone())
        }
    }
}

fn millis(own: Option<u32>, default: Duration) -> Duration {
    own.map_or(default, |ms| Duration::from_millis(u64::from(ms)))
}

/// One tenant in the directory.
enum Place {
    Open(Arc<TenantSlot>),
    /// Kept in the store, but this build cannot serve it.
    Shut {
        record: (u32, TenantSlug, Timestamp),
        why: Failure,
    },
}

/// All tenants by name.
#[derive(Default)]
pub(crate) struct Directory(HashMap<String, Place>);

impl Directory {
    /// The directory anew; a tenant that did not change keeps its slot, its line's breaker and its memory.
    pub(crate) fn of(records: &[TenantRecord], before: &Self, maker: &SlotMaker) -> Self {
        Self(
            records
                .iter()
                .map(|record| {
                    let kept = before
                        .open(record.slug.as_str())
                        .filter(|slot| slot.updated_at == record.updated_at && slot.tenant.number == record.number);
                    let place = match kept {
                        Some(slot) => Place::Open(slot),
                        None => Self::place(record, maker),
                    };
                    (record.slug.as_str().to_owned(), place)
                })
                .collect(),
        )
    }

    fn place(record: &TenantRecord, maker: &SlotMaker) -> Place {
        match maker.make(record) {
            Ok(slot) => Place::Open(Arc::new(slot)),
            Err(why) => {
                tracing::error!(tenant = record.slug.as_str(), failure = %why, "a tenant cannot be served");
                Place::Shut { record: (record.number, record.slug.clone(), record.updated_at), why }
            }
        }
    }

    fn open(&self, slug: &str) -> Option<Arc<TenantSlot>> {
        match self.0.get(slug)? {
            Place::Open(slot) => Some(slot.clone()),
            Place::Shut { .. } => None,
        }
    }

    pub(crate) fn slots(&self) -> impl Iterator<Item = &Arc<TenantSlot>> {
        self.0.values().filter_map(|place| match place {
            Place::Open(slot) => Some(slot),
            Place::Shut { .. } => None,
        })
    }

    fn numbers(&self) -> impl Iterator<Item = (&str, u32)> {
        self.0.iter().map(|(slug, place)| match place {
            Place::Open(slot) => (slug.as_str(), slot.number()),
            Place::Shut { record, .. } => (slug.as_str(), record.0),
        })
    }
}

impl Operations {
    /// The tenant of that name, for this caller. One that the caller does not reach looks like one that is not there.
    ///
    /// # Errors
    /// `NotFound(Tenant)`; `TenantMisconfigured` for one that this build cannot serve.
    pub fn tenant(&self, caller: &Caller, slug: &str) -> Result<Arc<TenantSlot>, Failure> {
        let unknown = || Failure::not_found(Subject::Tenant);
        let directory = self.0.directory.load();
        match directory.0.get(slug).ok_or_else(unknown)? {
            Place::Open(slot) if caller.reaches(&slot.tenant.slug) => Ok(slot.clone()),
            Place::Shut { record: (_, slug, _), why } if caller.reaches(slug) => Err(why.clone()),
            Place::Open(_) | Place::Shut { .. } => Err(unknown()),
        }
    }

    /// The tenant of that name, for the machine's own operator.
    ///
    /// # Errors
    /// As [`Self::tenant`].
    pub fn own_tenant(&self, slug: &str) -> Result<Arc<TenantSlot>, Failure> {
        match self.0.directory.load().0.get(slug).ok_or_else(|| Failure::not_found(Subject::Tenant))? {
            Place::Open(slot) => Ok(slot.clone()),
            Place::Shut { why, .. } => Err(why.clone()),
        }
    }

    /// A request about a tenant begins; its deadline is counted from here.
    #[must_use]
    pub fn visit(
        &self,
        caller: Arc<Caller>,
        tenant: Arc<TenantSlot>,
        request_id: Arc<str>,
        freshness: Freshness,
    ) -> Visit {
        let deadline = Deadline::after(tenant.deadline);
        Visit { caller, tenant, request_id, freshness, deadline }
    }

    pub(crate) fn number_of(&self, slug: &str) -> Option<u32> {
        self.0.directory.load().numbers().find(|(known, _)| *known == slug).map(|(_, number)| number)
    }

    pub(crate) fn slug_of(&self, number: Option<u32>) -> Option<String> {
        let number = number?;
        let directory = self.0.directory.load();
        directory.numbers().find(|(_, known)| *known == number).map(|(slug, _)| slug.to_owned())
    }
}
