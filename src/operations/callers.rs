//! Who may ask: API keys in memory, found by the hash of what was presented.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use ponte_domain::scope::Scope;
use ponte_domain::tenant::TenantSlug;
use ponte_store::{KeyHash, KeyRecord, TenantsAllowed, key_hash};
use secrecy::SecretString;

use crate::limits::{Allowance, Limiter, TooMany};
use crate::operations::Operations;
use crate::settings::InboundSettings;

/// A platform, known by its API key.
pub struct Caller {
    /// `key_…`; not secret.
    pub key_id: String,
    /// The operator's name for the key.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Where.
    pub tenants: TenantsAllowed,
    record: KeyRecord,
    limiter: Limiter,
    per_tenant: RwLock<HashMap<u32, Arc<Limiter>>>,
    inbound: InboundSettings,
    last_used_ms: AtomicI64,
    /// Tells callers apart at the price of a number.
    pub(crate) serial: u32,
}

static NEXT_SERIAL: AtomicU32 = AtomicU32::new(1);

impl Caller {
    fn new(record: KeyRecord, inbound: InboundSettings) -> Self {
        Self {
            key_id: record.id.clone(),
            name: record.name.clone(),
            scopes: record.scopes.clone(),
            tenants: record.tenants.clone(),
            record,
            limiter: Limiter::new(inbound.per_key),
            per_tenant: RwLock::new(HashMap::new()),
            inbound,
            last_used_ms: AtomicI64::new(0),
            serial: NEXT_SERIAL.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// Whether the key has the scope.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Whether the key reaches the tenant.
    #[must_use]
    pub fn reaches(&self, slug: &TenantSlug) -> bool {
        match &self.tenants {
            TenantsAllowed::All => true,
            TenantsAllowed::Only(slugs) => slugs.contains(slug),
        }
    }

    /// Counts one request against the key's limit.
    ///
    /// # Errors
    /// `TooMany` when the burst is used up.
    pub fn check(&self) -> Result<Allowance, TooMany> {
        self.limiter.check()
    }

    /// Counts one request against the key's limit at one tenant (by number).
    ///
    /// # Errors
    /// `TooMany` when the burst is used up.
    pub fn check_at(&self, tenant: u32) -> Result<Allowance, TooMany> {
        let known = self.per_tenant.read().unwrap_or_else(PoisonError::into_inner).get(&tenant).cloned();
        let limiter = known.unwrap_or_else(|| {
            let mut limiters = self.per_tenant.write().unwrap_or_else(PoisonError::into_inner);
            limiters.entry(tenant).or_insert_with(|| Arc::new(Limiter::new(self.inbound.per_key_and_tenant))).clone()
        });
        limiter.check()
    }

    fn same_key(&self, record: &KeyRecord) -> bool {
        let unused = |record: &KeyRecord| KeyRecord { last_used: None, ..record.clone() };
        unused(&self.record) == unused(record)
    }
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller").field("key_id", &self.key_id).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// All callers by the hash of their secret. The hash of 256 random bits tells nothing by the time a look-up takes.
#[derive(Default)]
pub(crate) struct Keyring(HashMap<KeyHash, Arc<Caller>>);

impl Keyring {
    /// The table anew; a key that did not change keeps its limits and what is left of them.
    pub(crate) fn of(keys: Vec<(KeyHash, KeyRecord)>, before: &Self, inbound: InboundSettings) -> Self {
        let usable = keys.into_iter().filter(|(_, record)| record.revoked_at.is_none());
        Self(
            usable
                .map(|(hash, record)| {
                    let kept = before.0.get(&hash).filter(|caller| caller.same_key(&record)).cloned();
                    (hash, kept.unwrap_or_else(|| Arc::new(Caller::new(record, inbound))))
                })
                .collect(),
        )
    }

    /// Which keys were used since this was asked last.
    pub(crate) fn uses(&self) -> Vec<(String, Timestamp)> {
        let used = |caller: &Arc<Caller>| {
            let at = Timestamp::from_millisecond(caller.last_used_ms.swap(0, Ordering::Relaxed)).ok()?;
            (at != Timestamp::UNIX_EPOCH).then(|| (caller.key_id.clone(), at))
        };
        self.0.values().filter_map(used).collect()
    }
}

impl Operations {
    /// The caller whose secret this is; none for an unknown, revoked or expired one.
    #[must_use]
    pub fn authenticate(&self, presented: &SecretString) -> Option<Arc<Caller>> {
        let keyring = self.0.keyring.load();
        let caller = keyring.0.get(&key_hash(presented))?;
        let now = self.0.clock.now();
        if !caller.record.is_valid(now) {
            return None;
        }
        caller.last_used_ms.store(now.as_millisecond(), Ordering::Relaxed);
        Some(caller.clone())
    }
}
