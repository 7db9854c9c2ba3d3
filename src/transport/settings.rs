//! What can be set, each with a default that suits a provider's own small server.

use std::sync::Arc;
use std::time::Duration;

use ponte_domain::tenant::TlsPolicy;

use crate::observer::{Observer, Unobserved};

/// Settings shared by all tenants.
#[derive(Debug, Clone)]
pub struct WireSettings {
    /// Time for TCP and TLS to be set up.
    pub connect_timeout: Duration,
    /// How long an idle connection is kept. Below the 5 s after which Apache, in front of most of these ERPs, closes
    /// its end; a connection that both sides use and close at once costs a failed call.
    pub pool_idle_timeout: Duration,
    /// Idle connections kept per ERP.
    pub pool_max_idle_per_host: usize,
    /// Who counts.
    pub observer: Arc<dyn Observer>,
}

impl Default for WireSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            pool_idle_timeout: Duration::from_secs(4),
            pool_max_idle_per_host: 8,
            observer: Arc::new(Unobserved),
        }
    }
}

/// Settings of one tenant's line.
#[derive(Debug, Clone)]
pub struct LineSettings {
    /// The vendor's word.
    pub vendor: &'static str,
    /// Address of the ERP: scheme, host, port and a path that precedes every ask's.
    pub base_url: String,
    /// How the ERP's certificate is judged.
    pub tls: TlsPolicy,
    /// Allows addresses and links without TLS.
    pub allow_plain_http: bool,
    /// Further hosts (`host` or `host:port`) on which links of the vendor may be fetched.
    pub link_hosts: Vec<String>,
    /// Time for one attempt.
    pub attempt_timeout: Duration,
    /// Time for one attempt at a document.
    pub document_timeout: Duration,
    /// Calls at once.
    pub concurrency: u16,
    /// Calls per second in the long run.
    pub per_second: u32,
    /// Calls in one burst.
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

impl LineSettings {
    /// The defaults, for this vendor at this address.
    pub fn new(vendor: &'static str, base_url: impl Into<String>) -> Self {
        Self {
            vendor,
            base_url: base_url.into(),
            tls: TlsPolicy::Strict,
            allow_plain_http: false,
            link_hosts: Vec::new(),
            attempt_timeout: Duration::from_secs(15),
            document_timeout: Duration::from_secs(30),
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

/// When and how often a read is tried again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RetrySettings {
    /// Attempts in all, the first included.
    pub max_attempts: u32,
    /// Pause before the second attempt; doubles from there.
    pub base: Duration,
    /// Longest pause, also the longest `Retry-After` that is waited for.
    pub cap: Duration,
    /// Retries per first attempt that the tenant's budget grants in the long run.
    pub budget_ratio: f64,
    /// Retries per ten seconds that the budget grants however few calls there are.
    pub budget_minimum: u32,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base: Duration::from_millis(100),
            cap: Duration::from_secs(2),
            budget_ratio: 0.2,
            budget_minimum: 10,
        }
    }
}

/// When calls to an ERP that is down stop, and when one is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerSettings {
    /// Failures in a row that open the breaker.
    pub consecutive_failures: u32,
    /// How long it stays open the first time; doubles with every failed probe.
    pub open_for: Duration,
    /// The longest it stays open.
    pub max_open_for: Duration,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        Self { consecutive_failures: 5, open_for: Duration::from_secs(10), max_open_for: Duration::from_secs(60) }
    }
}
