//! What the room is told at the start.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use ponte_domain::capability::Capability;

/// Everything that the room is told at the start.
#[derive(Clone)]
pub struct Settings {
    /// The listener.
    pub http: HttpSettings,
    /// What happens around vendor calls. Its observer and its table of statuses are set by the gateway.
    pub operations: ponte_operations::Settings,
}

/// The listener.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Address and port; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Address under which platforms reach the gateway, without a trailing slash; it begins the types of problems.
    /// Empty: they are relative.
    pub public_url: String,
    /// Worker threads; 0 takes one per core.
    pub workers: usize,
    /// Largest request body, bytes.
    pub body_limit: usize,
    /// Largest request head (request line and header fields), bytes. What is larger than 128 KiB is refused by the
    /// server below, without a body.
    pub head_limit: usize,
    /// How long a connection without a request is kept.
    pub keep_alive: Duration,
    /// How long a client may take to send a request's head, and then its body.
    pub client_timeout: Duration,
    /// How long requests under way may go on after a stop was asked for.
    pub drain: Duration,
    /// Connections that wait to be accepted.
    pub backlog: u32,
    /// Connections at once, per worker.
    pub max_connections: usize,
    /// Which requests leave a line in the log.
    pub access_log: AccessLog,
    /// Contract cases that prove each capability, as `GET /v1/vendors` tells.
    pub cases: CaseCounts,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            public_url: String::new(),
            workers: 0,
            body_limit: 64 << 10,
            head_limit: 16 << 10,
            keep_alive: Duration::from_secs(75),
            client_timeout: Duration::from_secs(10),
            drain: Duration::from_secs(30),
            backlog: 4096,
            max_connections: 4096,
            access_log: AccessLog::All,
            cases: CaseCounts::default(),
        }
    }
}

/// How many contract cases prove each capability of each vendor.
#[derive(Debug, Clone, Default)]
pub struct CaseCounts(Option<BTreeMap<(String, Capability), u32>>);

impl CaseCounts {
    /// Counts by the vendor's word and capability; what is not among them has none. The default is that this build
    /// does not carry the counts.
    pub fn new(counts: impl IntoIterator<Item = ((String, Capability), u32)>) -> Self {
        Self(Some(counts.into_iter().collect()))
    }

    pub(crate) fn of(&self, vendor: &str, capability: Capability) -> Option<u32> {
        self.0.as_ref().map(|counts| counts.get(&(vendor.to_owned(), capability)).copied().unwrap_or(0))
    }
}

/// Which requests leave a line in the log. A problem always does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessLog {
    /// All.
    All,
    /// Those that were not answered from the cache.
    Uncached,
    /// Only problems.
    None,
}
