//! What the room is told at the start, each with a default.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_store::MasterKey;
use ponte_transport::{BreakerSettings, RetrySettings};
use ponte_vendors::registry::Registry;

use crate::limits::Rate;
use crate::observer::{Observer, Unobserved};

/// Everything that the room is told at the start.
#[derive(Clone)]
pub struct Settings {
    /// Where the store is and what opens it.
    pub store: StoreSettings,
    /// Calls to ERPs, where a tenant says nothing of its own.
    pub calls: CallSettings,
    /// Requests of platforms.
    pub inbound: InboundSettings,
    /// The cache.
    pub cache: CacheSettings,
    /// Acts and their keys.
    pub idempotency: IdempotencySettings,
    /// How long things are kept.
    pub retention: RetentionSettings,
    /// Limits of subscriber sign-in.
    pub sign_in: SignInSettings,
    /// Which reads leave a row in the audit trail.
    pub audit_reads: AuditReads,
    /// Lets the clock be set and the caches and journal be emptied.
    pub test_mode: bool,
    /// Where the clock stands at the start; in test mode only.
    pub clock: Option<Timestamp>,
    /// Who counts.
    pub observer: Arc<dyn Observer>,
    /// HTTP status that the gateway gives a failure, from its one table. Only the audit trail asks.
    pub status_of: fn(&Failure) -> u16,
    /// The vendors.
    pub registry: Registry,
}

impl Settings {
    /// The defaults, over this store.
    #[must_use]
    pub fn new(store: StoreSettings) -> Self {
        Self {
            store,
            calls: CallSettings::default(),
            inbound: InboundSettings::default(),
            cache: CacheSettings::default(),
            idempotency: IdempotencySettings::default(),
            retention: RetentionSettings::default(),
            sign_in: SignInSettings::default(),
            audit_reads: AuditReads::OncePerKey,
            test_mode: false,
            clock: None,
            observer: Arc::new(Unobserved),
            status_of: |_| 500,
            registry: Registry::default(),
        }
    }
}

/// Where the store is and what opens it.
#[derive(Clone)]
pub struct StoreSettings {
    /// The database file.
    pub path: PathBuf,
    /// The key that its secrets and personal data are encrypted under.
    pub master_key: MasterKey,
}

/// Calls to ERPs. A tenant's own `TenantLimits` come first.
#[derive(Debug, Clone)]
pub struct CallSettings {
    /// Whole time for one request of a platform.
    pub deadline: Duration,
    /// Time for one attempt of one vendor call.
    pub attempt_timeout: Duration,
    /// Time for one attempt of fetching a PDF.
    pub document_timeout: Duration,
    /// Time for TCP and TLS to be set up.
    pub connect_timeout: Duration,
    /// Calls at once, per tenant.
    pub concurrency: u16,
    /// Calls per second in the long run, per tenant.
    pub per_second: u32,
    /// Calls in one burst, per tenant.
    pub burst: u32,
    /// How long a call may wait for its turn.
    pub queue_wait: Duration,
    /// Retries of reads.
    pub retry: RetrySettings,
    /// The circuit breaker.
    pub breaker: BreakerSettings,
    /// Largest answer, bytes.
    pub max_body: usize,
    /// Largest document, bytes.
    pub max_document: usize,
}

impl Default for CallSettings {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(10),
            document_timeout: Duration::from_secs(25),
            connect_timeout: Duration::from_secs(5),
            concurrency: 4,
            per_second: 10,
            burst: 20,
            queue_wait: Duration::from_secs(5),
            retry: RetrySettings::default(),
            breaker: BreakerSettings::default(),
            max_body: 8 << 20,
            max_document: 20 << 20,
        }
    }
}

/// Limits of the requests of platforms.
#[derive(Debug, Clone, Copy)]
pub struct InboundSettings {
    /// Per key.
    pub per_key: Rate,
    /// Per key and tenant.
    pub per_key_and_tenant: Rate,
}

impl Default for InboundSettings {
    fn default() -> Self {
        Self { per_key: Rate { per_second: 100, burst: 200 }, per_key_and_tenant: Rate { per_second: 50, burst: 100 } }
    }
}

/// The cache: how much, and how long each kind of answer counts as fresh.
#[derive(Debug, Clone)]
pub struct CacheSettings {
    /// Bytes of answers kept, all tenants together.
    pub max_bytes: u64,
    /// How long after it stopped being fresh an answer may still be given when the ERP fails. Only for kinds of
    /// answers that do no harm when they are old (`cache.rs`).
    pub stale_if_error: Duration,
    /// Look-ups and customers.
    pub customer: Duration,
    /// Contracts.
    pub contracts: Duration,
    /// Lists of invoices.
    pub invoices: Duration,
    /// Payment options and pictures of Pix codes.
    pub payment: Duration,
    /// PDFs.
    pub documents: Duration,
    /// Lists of fiscal invoices.
    pub fiscal_invoices: Duration,
    /// Diagnostics.
    pub diagnostics: Duration,
    /// State of trust unlock, speed release and acceptance.
    pub act_state: Duration,
    /// Lists of tickets.
    pub tickets: Duration,
    /// Ticket topics.
    pub topics: Duration,
}

impl Default for CacheSettings {
    fn default() -> Self {
        Self {
            max_bytes: 64 << 20,
            stale_if_error: Duration::from_secs(600),
            customer: Duration::from_secs(60),
            contracts: Duration::from_secs(30),
            invoices: Duration::from_secs(60),
            payment: Duration::from_secs(30),
            documents: Duration::from_secs(300),
            fiscal_invoices: Duration::from_secs(300),
            diagnostics: Duration::from_secs(10),
            act_state: Duration::from_secs(5),
            tickets: Duration::from_secs(30),
            topics: Duration::from_secs(600),
        }
    }
}

/// Acts and their keys.
#[derive(Debug, Clone, Copy)]
pub struct IdempotencySettings {
    /// After an act whose outcome is not known: how long until a read-back that does not show it is believed, and
    /// the same key may act once more. Longer than an ERP may take to finish what it has begun.
    pub settle_after: Duration,
    /// How long a key keeps its answer.
    pub keep_for: Duration,
}

impl Default for IdempotencySettings {
    fn default() -> Self {
        Self { settle_after: Duration::from_secs(60), keep_for: Duration::from_secs(7 * 86_400) }
    }
}

/// How long things are kept. Erasure of one contact does not wait for it. Answers to idempotency keys have their
/// time in [`IdempotencySettings`].
#[derive(Debug, Clone, Copy)]
pub struct RetentionSettings {
    /// Leads: contacts whom only an automatic look-up put there.
    pub leads: Duration,
    /// Contacts that a platform put or linked, after their last change.
    pub contacts: Duration,
    /// Rows of the audit trail. Marco Civil, article 15, asks application providers for six months.
    pub audit: Duration,
    /// Journal entries whose outcome never became known.
    pub doubts: Duration,
    /// Which PDFs were shown before acceptance.
    pub shown_documents: Duration,
    /// Evidence of acceptance; for good if `None`.
    pub evidence: Option<Duration>,
    /// How often what is past its time is removed.
    pub sweep_every: Duration,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        let days = |n: u64| Duration::from_secs(n * 86_400);
        Self {
            leads: days(90),
            contacts: days(730),
            audit: days(180),
            doubts: days(30),
            shown_documents: days(30),
            evidence: None,
            sweep_every: Duration::from_secs(3600),
        }
    }
}

/// Limits of subscriber sign-in, against guessing. Only attempts that the ERP refuses count.
#[derive(Debug, Clone, Copy)]
pub struct SignInSettings {
    /// Wrong attempts for one login within the window.
    pub attempts_per_login: u32,
    /// Wrong attempts from one source within the window. The source is often a platform's key, that is all subscribers
    /// of an ISP: a low limit would let one guesser lock them all out.
    pub attempts_per_source: u32,
    /// The window.
    pub window: Duration,
}

impl Default for SignInSettings {
    fn default() -> Self {
        Self { attempts_per_login: 5, attempts_per_source: 300, window: Duration::from_secs(900) }
    }
}

/// Which reads leave a row in the audit trail. Acts and administration always do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditReads {
    /// All. Each row is a write, so that a cached answer costs several times what it costs otherwise.
    All,
    /// Those that went to the ERP, and the first by another key while the answer is cached: the trail says who saw
    /// what, and not how often within the same minute.
    OncePerKey,
    /// None.
    None,
}
