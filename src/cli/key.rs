//! `ponte key`: API keys of platforms and operators.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use ponte_domain::scope::Scope;
use ponte_domain::tenant::TenantSlug;
use ponte_operations::{AdminVisit, KeyRecord, NewKey, Operations, TenantsAllowed};
use secrecy::ExposeSecret as _;

use super::local::{trouble, with_operations};
use super::say;
use crate::config::Config;

/// Create, list and revoke API keys.
#[derive(Debug, Subcommand)]
pub(super) enum Key {
    Create(Create),
    List(List),
    Revoke(Revoke),
}

/// Create a key; its secret is shown once.
///
/// The secret goes to standard output, all else to standard error, so that a script can catch it. It is stored as a
/// hash: nobody can show it again.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ponte key create --name admin --scope admin
  ponte key create --name chat --scope read,billing,act,tickets --tenant acme
  SECRET=$(ponte key create --name nightly --scope read --expires 2027-01-01T00:00:00-03:00)

Scopes:
  read           customers, contracts, diagnostics, states and capabilities
  billing        invoices, payment options, PDFs and fiscal invoices
  act            trust unlock, speed release, acceptance, Wi-Fi password, sign-in
  tickets        list, open and rate tickets
  personal_data  unmasked phones, e-mail addresses and documents; the contact base
  flows          flows and conversations
  admin          tenants, keys and the audit trail")]
pub(super) struct Create {
    /// Name for people, 1 to 80 characters.
    #[arg(long)]
    name: String,
    /// What the key may do; several separated by commas, or given again.
    #[arg(long = "scope", value_name = "SCOPE", required = true, value_delimiter = ',', value_parser = scope)]
    scopes: Vec<Scope>,
    /// The tenants that the key may reach; several separated by commas, or given again. Without it: every tenant, also
    /// later ones.
    #[arg(long = "tenant", value_name = "TENANT", value_delimiter = ',', value_parser = slug)]
    tenants: Vec<TenantSlug>,
    /// Instant from which on the key is no longer accepted, RFC 3339 with offset. Without it: never.
    #[arg(long, value_name = "INSTANT")]
    expires: Option<Timestamp>,
}

/// List the keys, oldest first. Secrets are not kept, so none is shown.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ponte key list
  ponte key list --all")]
pub(super) struct List {
    /// Revoked and expired keys too.
    #[arg(long)]
    all: bool,
}

/// Revoke a key for good. A running gateway refuses it within seconds.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  ponte key revoke key_01935f2e7b7c7d0aa1b2c3d4e5f60718")]
pub(super) struct Revoke {
    /// The key's id, as `ponte key list` shows it (not its secret).
    #[arg(value_name = "ID")]
    id: String,
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::parse(word).ok_or_else(|| {
        let words: Vec<_> = Scope::ALL.into_iter().map(Scope::word).collect();
        format!("scopes are {}", words.join(", "))
    })
}

pub(super) fn slug(name: &str) -> Result<TenantSlug, String> {
    TenantSlug::parse(name).map_err(|error| error.to_string())
}

impl Key {
    pub(super) fn run(self, config: &Config) -> Result<ExitCode> {
        with_operations(config, async |operations, visit| match self {
            Self::Create(verb) => verb.act(operations, visit).await,
            Self::List(verb) => verb.act(operations, visit).await,
            Self::Revoke(verb) => verb.act(operations, visit).await,
        })?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Create {
    async fn act(self, operations: &Operations, visit: &AdminVisit) -> Result<()> {
        let tenants = if self.tenants.is_empty() { TenantsAllowed::All } else { TenantsAllowed::Only(self.tenants) };
        let new = NewKey { name: self.name, scopes: self.scopes, tenants, expires_at: self.expires };
        let (record, secret) = operations.create_key(visit, new).await.map_err(|failure| trouble(&failure))?;
        say::beside(&format!("{} may do: {}; reaches: {}.", record.id, scopes(&record), reach(&record)));
        say::beside("Its secret, shown this once; send it as `Authorization: Bearer <secret>`:");
        say::result(secret.expose_secret())
    }
}

impl List {
    async fn act(self, operations: &Operations, visit: &AdminVisit) -> Result<()> {
        let now = operations.clock().now();
        let mut keys = operations.keys(visit).await.map_err(|failure| trouble(&failure))?;
        keys.retain(|key| self.all || key.is_valid(now));
        let titles = ["id", "name", "scopes", "tenants", "state", "last used"].map(str::to_owned);
        let rows: Vec<_> = std::iter::once(titles).chain(keys.iter().map(|key| row(key, now))).collect();
        say::result(&say::columns(&rows))
    }
}

impl Revoke {
    async fn act(self, operations: &Operations, visit: &AdminVisit) -> Result<()> {
        let record = operations
            .revoke_key(visit, &self.id)
            .await
            .map_err(|failure| trouble(&failure))
            .with_context(|| format!("{} is not revoked", self.id))?;
        say::result(&format!("{} ({}) is revoked.", record.id, record.name))
    }
}

fn row(key: &KeyRecord, now: Timestamp) -> [String; 6] {
    let state = match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {at:.0}"),
        (None, Some(end)) if end <= now => format!("expired {end:.0}"),
        (None, Some(end)) => format!("until {end:.0}"),
        (None, None) => "good".to_owned(),
    };
    let used = key.last_used.map_or_else(|| "never".to_owned(), |at| format!("{at:.0}"));
    [key.id.clone(), key.name.clone(), scopes(key), reach(key), state, used]
}

fn scopes(key: &KeyRecord) -> String {
    key.scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(",")
}

fn reach(key: &KeyRecord) -> String {
    match &key.tenants {
        TenantsAllowed::All => "all".to_owned(),
        TenantsAllowed::Only(slugs) => slugs.iter().map(TenantSlug::as_str).collect::<Vec<_>>().join(","),
    }
}
