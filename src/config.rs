//! Settings: defaults, then the operator's file, then the environment. The only reader of the environment.
//!
//! Everything is checked here and handed to each room as its own small struct; a wrong setting stops the start with
//! the key's name and what was expected.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use ponte_gateway::{AccessLog, HttpSettings, Settings as GatewaySettings};
use ponte_operations::limits::Rate;
use ponte_operations::settings::{
    AuditReads, CacheSettings, CallSettings, IdempotencySettings, InboundSettings, RetentionSettings, SignInSettings,
};
use ponte_operations::{Settings as OperationsSettings, StoreSettings};
use ponte_store::{IfMissing, MasterKey};
use ponte_transport::{BreakerSettings, RetrySettings};
use secrecy::SecretString;
use serde::Deserialize;
use toml::{Table, Value};

const DEFAULTS: &str = include_str!("default.toml");
const PREFIX: &str = "PONTE_";
const MASTER_KEY: &str = "PONTE_MASTER_KEY";

/// All settings, as read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// The API's listener.
    pub(crate) server: Server,
    /// What survives a restart.
    pub(crate) store: Store,
    calls: Calls,
    inbound: Inbound,
    cache: Cache,
    idempotency: Idempotency,
    retention: Retention,
    sign_in: SignIn,
    audit: Audit,
    /// The log.
    pub(crate) log: Log,
    test: Test,
    #[serde(skip)]
    master_key: Option<SecretString>,
}

/// The API's listener.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Server {
    /// Address and port.
    pub(crate) listen: SocketAddr,
    public_url: String,
    workers: usize,
    body_limit_bytes: usize,
    head_limit_bytes: usize,
    max_connections: usize,
    backlog: u32,
    keep_alive_s: u64,
    client_timeout_s: u64,
    drain_s: u64,
    access_log: AccessLines,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AccessLines {
    All,
    Uncached,
    None,
}

/// What survives a restart.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Store {
    /// The database file.
    pub(crate) path: PathBuf,
    master_key_file: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Calls {
    deadline_ms: u64,
    attempt_ms: u64,
    document_ms: u64,
    connect_ms: u64,
    concurrency: u16,
    per_second: u32,
    burst: u32,
    queue_wait_ms: u64,
    max_body_bytes: usize,
    max_document_bytes: usize,
    attempts: u32,
    retry_pause_ms: u64,
    retry_pause_max_ms: u64,
    retry_budget_percent: u32,
    retry_budget_minimum: u32,
    breaker_failures: u32,
    breaker_open_ms: u64,
    breaker_open_max_ms: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inbound {
    per_key_per_second: u32,
    per_key_burst: u32,
    per_tenant_per_second: u32,
    per_tenant_burst: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cache {
    max_bytes: u64,
    stale_if_error_s: u64,
    customer_s: u64,
    contracts_s: u64,
    invoices_s: u64,
    payment_s: u64,
    documents_s: u64,
    fiscal_invoices_s: u64,
    diagnostics_s: u64,
    act_state_s: u64,
    tickets_s: u64,
    topics_s: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Idempotency {
    settle_after_s: u64,
    keep_s: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Retention {
    leads_days: u64,
    contacts_days: u64,
    audit_days: u64,
    doubts_days: u64,
    shown_documents_days: u64,
    evidence_days: u64,
    sweep_every_s: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignIn {
    attempts_per_login: u32,
    attempts_per_source: u32,
    window_s: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Audit {
    reads: Reads,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reads {
    All,
    OncePerKey,
    None,
}

/// The log.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    /// Directives of what is logged.
    pub(crate) filter: String,
    /// For machines or people.
    pub(crate) format: LogFormat,
}

/// Form of the log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Test {
    mode: bool,
}

impl Config {
    /// Defaults, file, environment, in that order.
    ///
    /// # Errors
    /// The first setting that is unknown or wrong, with its name.
    pub(crate) fn load(file: Option<&Path>) -> Result<Self> {
        let own = match file {
            None => Table::new(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("the settings file {} cannot be read", path.display()))?;
                text.parse().with_context(|| format!("the settings file {} is not TOML", path.display()))?
            }
        };
        Self::layered(own, environment())
    }

    fn layered(own: Table, environment: Vec<(String, String)>) -> Result<Self> {
        let mut table: Table = DEFAULTS.parse().context("the built-in defaults are not TOML")?;
        lay_over(&mut table, own, "")?;
        let mut master_key = None;
        for (name, value) in environment {
            if name == MASTER_KEY {
                master_key = Some(SecretString::from(value));
            } else {
                set(&mut table, &name, &value)?;
            }
        }
        let mut config: Self = serde_path_to_error::deserialize(Value::Table(table))
            .map_err(|error| anyhow!("the setting {} is wrong: {}", error.path(), error.inner()))?;
        config.master_key = master_key;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<()> {
        let positive = [
            ("calls.deadline_ms", self.calls.deadline_ms),
            ("calls.attempt_ms", self.calls.attempt_ms),
            ("calls.concurrency", u64::from(self.calls.concurrency)),
            ("calls.per_second", u64::from(self.calls.per_second)),
            ("calls.burst", u64::from(self.calls.burst)),
            ("calls.attempts", u64::from(self.calls.attempts)),
            ("calls.breaker_failures", u64::from(self.calls.breaker_failures)),
            ("inbound.per_key_per_second", u64::from(self.inbound.per_key_per_second)),
            ("inbound.per_tenant_per_second", u64::from(self.inbound.per_tenant_per_second)),
            ("server.body_limit_bytes", self.server.body_limit_bytes as u64),
            ("server.head_limit_bytes", self.server.head_limit_bytes as u64),
            ("server.max_connections", self.server.max_connections as u64),
            ("retention.sweep_every_s", self.retention.sweep_every_s),
        ];
        for (name, value) in positive {
            if value == 0 {
                bail!("the setting {name} is wrong: expected a number above 0");
            }
        }
        let url = &self.server.public_url;
        if !(url.is_empty() || url.starts_with("https://") || url.starts_with("http://")) || url.ends_with('/') {
            bail!(
                "the setting server.public_url is wrong: expected an address such as https://ponte.example, without a trailing slash, or nothing"
            );
        }
        Ok(())
    }

    /// Whether the test mode is on.
    pub(crate) const fn test_mode(&self) -> bool {
        self.test.mode
    }

    /// The master key: from the environment, else from the key file. The file is made at the first start; beside a
    /// store that is there already, a new key would open nothing in it.
    ///
    /// # Errors
    /// A key that is not 64 hex digits, or a file that cannot be read or made.
    fn master_key(&self) -> Result<MasterKey> {
        let Store { path, master_key_file } = &self.store;
        let if_missing = if path.exists() { IfMissing::Fail } else { IfMissing::Create };
        match &self.master_key {
            Some(text) => MasterKey::from_hex(text).with_context(|| format!("the setting {MASTER_KEY} is wrong")),
            None => MasterKey::from_file(master_key_file, if_missing).with_context(|| {
                format!("the master key of store.master_key_file ({}) cannot be had", master_key_file.display())
            }),
        }
    }

    /// The gateway's own struct.
    ///
    /// # Errors
    /// As `master_key`.
    pub(crate) fn gateway(&self) -> Result<GatewaySettings> {
        let server = &self.server;
        Ok(GatewaySettings {
            http: HttpSettings {
                listen: server.listen,
                public_url: server.public_url.clone(),
                workers: server.workers,
                body_limit: server.body_limit_bytes,
                head_limit: server.head_limit_bytes,
                max_connections: server.max_connections,
                backlog: server.backlog,
                keep_alive: Duration::from_secs(server.keep_alive_s),
                client_timeout: Duration::from_secs(server.client_timeout_s),
                drain: Duration::from_secs(server.drain_s),
                access_log: match server.access_log {
                    AccessLines::All => AccessLog::All,
                    AccessLines::Uncached => AccessLog::Uncached,
                    AccessLines::None => AccessLog::None,
                },
                ..HttpSettings::default()
            },
            operations: self.operations()?,
        })
    }

    /// The operations' own struct, for verbs that need no listener.
    ///
    /// # Errors
    /// As `master_key`.
    pub(crate) fn operations(&self) -> Result<OperationsSettings> {
        let store = StoreSettings { path: self.store.path.clone(), master_key: self.master_key()? };
        let seconds = Duration::from_secs;
        let days = |n: u64| seconds(n * 86_400);
        let mut settings = OperationsSettings::new(store);
        settings.calls = self.calls.settings();
        settings.inbound = InboundSettings {
            per_key: Rate { per_second: self.inbound.per_key_per_second, burst: self.inbound.per_key_burst },
            per_key_and_tenant: Rate {
                per_second: self.inbound.per_tenant_per_second,
                burst: self.inbound.per_tenant_burst,
            },
        };
        settings.cache = self.cache.settings();
        settings.idempotency = IdempotencySettings {
            settle_after: seconds(self.idempotency.settle_after_s),
            keep_for: seconds(self.idempotency.keep_s),
        };
        let kept = &self.retention;
        settings.retention = RetentionSettings {
            leads: days(kept.leads_days),
            contacts: days(kept.contacts_days),
            audit: days(kept.audit_days),
            doubts: days(kept.doubts_days),
            shown_documents: days(kept.shown_documents_days),
            evidence: (kept.evidence_days > 0).then(|| days(kept.evidence_days)),
            sweep_every: seconds(kept.sweep_every_s),
        };
        settings.sign_in = SignInSettings {
            attempts_per_login: self.sign_in.attempts_per_login,
            attempts_per_source: self.sign_in.attempts_per_source,
            window: seconds(self.sign_in.window_s),
        };
        settings.audit_reads = match self.audit.reads {
            Reads::All => AuditReads::All,
            Reads::OncePerKey => AuditReads::OncePerKey,
            Reads::None => AuditReads::None,
        };
        settings.test_mode = self.test.mode;
        Ok(settings)
    }
}

impl Calls {
    fn settings(&self) -> CallSettings {
        let milliseconds = Duration::from_millis;
        CallSettings {
            deadline: milliseconds(self.deadline_ms),
            attempt_timeout: milliseconds(self.attempt_ms),
            document_timeout: milliseconds(self.document_ms),
            connect_timeout: milliseconds(self.connect_ms),
            concurrency: self.concurrency,
            per_second: self.per_second,
            burst: self.burst,
            queue_wait: milliseconds(self.queue_wait_ms),
            max_body: self.max_body_bytes,
            max_document: self.max_document_bytes,
            retry: RetrySettings {
                max_attempts: self.attempts,
                base: milliseconds(self.retry_pause_ms),
                cap: milliseconds(self.retry_pause_max_ms),
                budget_ratio: f64::from(self.retry_budget_percent) / 100.0,
                budget_minimum: self.retry_budget_minimum,
            },
            breaker: BreakerSettings {
                consecutive_failures: self.breaker_failures,
                open_for: milliseconds(self.breaker_open_ms),
                max_open_for: milliseconds(self.breaker_open_max_ms),
            },
        }
    }
}

impl Cache {
    fn settings(&self) -> CacheSettings {
        let seconds = Duration::from_secs;
        CacheSettings {
            max_bytes: self.max_bytes,
            stale_if_error: seconds(self.stale_if_error_s),
            customer: seconds(self.customer_s),
            contracts: seconds(self.contracts_s),
            invoices: seconds(self.invoices_s),
            payment: seconds(self.payment_s),
            documents: seconds(self.documents_s),
            fiscal_invoices: seconds(self.fiscal_invoices_s),
            diagnostics: seconds(self.diagnostics_s),
            act_state: seconds(self.act_state_s),
            tickets: seconds(self.tickets_s),
            topics: seconds(self.topics_s),
        }
    }
}

/// A secret that an operator hands over in an environment variable of any name that is no setting's.
///
/// # Errors
/// The variable is not set, or its name is kept for settings.
#[expect(clippy::disallowed_methods, reason = "this file is the one reader of the environment")]
pub(crate) fn secret_from_environment(name: &str) -> Result<SecretString> {
    if name.starts_with(PREFIX) {
        bail!("names that begin with {PREFIX} are kept for settings: take another one than {name}");
    }
    std::env::var(name).map(SecretString::from).map_err(|_| anyhow!("the environment has no text under {name}"))
}

#[expect(clippy::disallowed_methods, reason = "this file is the one reader of the environment")]
fn environment() -> Vec<(String, String)> {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    let all = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
    all.filter(|(name, _)| name.starts_with(PREFIX)).collect()
}

fn lay_over(under: &mut Table, over: Table, path: &str) -> Result<()> {
    for (name, value) in over {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match (under.get_mut(&name), value) {
            (None, _) => bail!("the setting {path} is not known"),
            (Some(Value::Table(under)), Value::Table(over)) => lay_over(under, over, &path)?,
            (Some(under), value) => *under = value,
        }
    }
    Ok(())
}

/// `PONTE_SERVER_LISTEN` sets `server.listen`: the longest section name that fits is taken (`sign_in`).
fn set(table: &mut Table, name: &str, value: &str) -> Result<()> {
    let words = name.strip_prefix(PREFIX).unwrap_or(name).to_ascii_lowercase();
    let section = table
        .keys()
        .filter(|section| words.strip_prefix(section.as_str()).is_some_and(|rest| rest.starts_with('_')))
        .max_by_key(|section| section.len())
        .cloned();
    let slot = section.as_deref().and_then(|section| {
        let key = words.get(section.len() + 1..)?;
        table.get_mut(section)?.as_table_mut()?.get_mut(key)
    });
    let Some(slot) = slot else { bail!("the environment's {name} is no setting of Ponte") };
    let wrong = |expected: &str| anyhow!("the environment's {name} is wrong: expected {expected}");
    *slot = match slot {
        Value::Integer(_) => Value::Integer(value.parse().map_err(|_| wrong("a whole number"))?),
        Value::Boolean(_) => Value::Boolean(value.parse().map_err(|_| wrong("true or false"))?),
        _ => Value::String(value.to_owned()),
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Config, LogFormat};

    fn load(file: &str, environment: &[(&str, &str)]) -> anyhow::Result<Config> {
        let pairs = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Config::layered(file.parse().unwrap(), pairs)
    }

    #[test]
    fn the_file_lies_over_the_defaults_and_the_environment_over_both() {
        let config = load(
            "[server]\nlisten = \"127.0.0.1:1\"\n[log]\nformat = \"text\"",
            &[("PONTE_SERVER_LISTEN", "127.0.0.1:2"), ("PONTE_SIGN_IN_WINDOW_S", "7")],
        )
        .unwrap();
        assert_eq!(config.server.listen.port(), 2);
        assert_eq!(config.log.format, LogFormat::Text);
        assert_eq!(config.sign_in.window_s, 7);
    }

    #[test]
    fn a_wrong_setting_is_named() {
        for (file, environment, expected) in [
            ("[server]\nlisten = \"nowhere\"", None, "server.listen"),
            ("[server]\nlissten = \"127.0.0.1:1\"", None, "server.lissten"),
            ("[calls]\nattempt_ms = 0", None, "calls.attempt_ms"),
            ("[cache]\ncustomer_s = \"long\"", None, "cache.customer_s"),
            ("", Some(("PONTE_CALLS_BURST", "many")), "PONTE_CALLS_BURST"),
            ("", Some(("PONTE_NOTHING", "1")), "PONTE_NOTHING"),
            ("[server]\npublic_url = \"ponte.example\"", None, "server.public_url"),
        ] {
            let pairs: Vec<_> = environment.into_iter().collect();
            let error = format!("{:#}", load(file, &pairs).unwrap_err());
            assert!(error.contains(expected), "{file}: {error}");
        }
    }

    #[test]
    fn the_defaults_are_those_of_the_rooms() {
        let config = load("", &[("PONTE_MASTER_KEY", &"ab".repeat(32))]).unwrap();
        let loaded = config.gateway().unwrap();
        let own = ponte_operations::Settings::new(loaded.operations.store.clone());
        let parts = |settings: &ponte_operations::Settings| {
            let calls = format!("{:?} {:?} {:?}", settings.calls, settings.inbound, settings.cache);
            let kept = format!("{:?} {:?} {:?}", settings.idempotency, settings.retention, settings.sign_in);
            (calls, kept, settings.audit_reads, settings.test_mode)
        };
        assert_eq!(parts(&loaded.operations), parts(&own));
        assert_eq!(format!("{:?}", loaded.http), format!("{:?}", ponte_gateway::HttpSettings::default()));
    }

    #[test]
    fn the_containers_settings_are_settings() {
        let text = include_str!("../docker/ponte.toml");
        let config = load(text, &[]).unwrap();
        assert!(config.server.listen.ip().is_unspecified());
        assert!(config.store.path.starts_with("/var/lib/ponte"));
        assert_eq!(config.log.format, LogFormat::Json);
        assert!(!config.test_mode());
    }

    #[test]
    fn a_new_key_is_not_made_beside_an_old_store() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (store, key) = (path("ponte.db"), path("ponte.key"));
        let environment = [("PONTE_STORE_PATH", store.as_str()), ("PONTE_STORE_MASTER_KEY_FILE", key.as_str())];
        std::fs::write(&store, "").unwrap();
        let error = format!("{:#}", load("", &environment).unwrap().operations().err().unwrap());
        assert!(error.contains("store.master_key_file") && !std::path::Path::new(&key).exists(), "{error}");
        std::fs::remove_file(&store).unwrap();
        load("", &environment).unwrap().operations().unwrap();
        assert!(std::path::Path::new(&key).exists());
    }

    #[test]
    fn debug_shows_no_master_key() {
        let config = load("", &[("PONTE_MASTER_KEY", &"ab".repeat(32))]).unwrap();
        assert!(!format!("{config:?}").contains("abab"));
    }
}
