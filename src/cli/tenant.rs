//! `ponte tenant`: providers and their ERPs.

mod credentials;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Subcommand};
use jiff::SignedDuration;
use ponte_domain::failure::Refusal;
use ponte_domain::scope::Scope;
use ponte_domain::tenant::{TenantSettings, TenantSlug};
use ponte_domain::{Failure, FailureKind};
use ponte_operations::verify::Verification;
use ponte_operations::{AdminVisit, Freshness, NewKey, NewTenant, Operations, TenantsAllowed};

use self::credentials::Credential;
use super::key::slug;
use super::local::{trouble, with_operations};
use super::say;
use crate::config::Config;

/// Add, list, verify and remove tenants (providers and their ERPs).
#[derive(Debug, Subcommand)]
pub(super) enum Tenant {
    Add(Box<Add>),
    List(List),
    Verify(Verify),
    Remove(Remove),
}

/// Add a tenant. Nothing is sent to its ERP; `ponte tenant verify` does that.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ponte tenant add acme --vendor VENDOR --base-url https://erp.acme.example --credential token=@token.txt
  pass show erp/acme | ponte tenant add acme --vendor VENDOR --base-url https://erp.acme.example --credential token=-
  ponte tenant add acme --vendor VENDOR --base-url https://erp.acme.example --credential token=env:ERP_TOKEN --settings acme.json

Settings file, all keys optional (GET /openapi.json, schema TenantSettings, explains each):
  {\"company_name\": \"Acme Fibra\", \"customer_types\": {\"list\": [\"Não cliente\"], \"when_not_found\": \"Não cliente\"}}

A wrong --vendor or --credential is answered with the ones there are.")]
pub(super) struct Add {
    /// Name in URLs: 2 to 40 characters of a-z, 0-9 and '-', beginning with a letter.
    #[arg(value_name = "TENANT", value_parser = slug)]
    tenant: TenantSlug,
    /// The ERP's vendor.
    #[arg(long)]
    vendor: String,
    /// Address of the ERP.
    #[arg(long, visible_alias = "url", value_name = "URL")]
    base_url: String,
    /// A credential that the vendor wants: NAME=@FILE, NAME=- (standard input) or NAME=env:VARIABLE. Never the secret
    /// itself: other users of the machine see the command line.
    #[arg(long = "credential", value_name = "NAME=SOURCE")]
    credentials: Vec<Credential>,
    /// Settings of the tenant, a JSON file.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

/// List the tenants. Of credentials only the names are shown.
#[derive(Debug, Args)]
pub(super) struct List {}

/// Ask a tenant's ERP whether it answers, takes the credentials and has the modules. Reads only.
///
/// Exit code 0: every check holds; 1: at least one does not.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  ponte tenant verify acme")]
pub(super) struct Verify {
    /// The tenant.
    #[arg(value_name = "TENANT", value_parser = slug)]
    tenant: TenantSlug,
}

/// Remove a tenant with all that hangs on it: idempotency keys, contacts, ratings and evidence of acceptances.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  ponte tenant remove acme --yes")]
pub(super) struct Remove {
    /// The tenant.
    #[arg(value_name = "TENANT", value_parser = slug)]
    tenant: TenantSlug,
    /// Yes, remove it for good.
    #[arg(long)]
    yes: bool,
}

impl Tenant {
    pub(super) fn run(self, config: &Config) -> Result<ExitCode> {
        with_operations(config, async |operations, visit| match self {
            Self::Add(verb) => verb.act(operations, visit).await,
            Self::List(verb) => verb.act(operations, visit).await,
            Self::Verify(verb) => verb.act(operations, visit).await,
            Self::Remove(verb) => verb.act(operations, visit).await,
        })
    }
}

impl Add {
    async fn act(self, operations: &Operations, visit: &AdminVisit) -> Result<ExitCode> {
        let settings = match &self.settings {
            None => TenantSettings::default(),
            Some(path) => {
                let text = std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))?;
                let reader = &mut serde_json::Deserializer::from_slice(&text);
                serde_path_to_error::deserialize(reader)
                    .map_err(|error| anyhow!("{}: {}: {}", path.display(), error.path(), error.inner()))?
            }
        };
        let vendor = self.vendor.clone();
        let new = NewTenant {
            slug: self.tenant,
            vendor: self.vendor,
            base_url: self.base_url,
            credentials: credentials::read(self.credentials)?,
            settings,
        };
        let added = operations.add_tenant(visit, new).await;
        let record = added.map_err(|failure| explained(operations, &vendor, &failure))?;
        let name = record.slug.as_str();
        say::result(&format!("{name} is added. Check it with: ponte tenant verify {name}"))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What was wrong, with what would have been right.
fn explained(operations: &Operations, vendor: &str, failure: &Failure) -> anyhow::Error {
    if failure.kind() == FailureKind::Refused(Refusal::AlreadyExists) {
        return anyhow!("there is a tenant of that name already");
    }
    let vendors = operations.vendors();
    let field = failure.field().unwrap_or_default();
    let known = match vendors.iter().find(|known| known.word == vendor) {
        None => vendors.iter().map(|known| format!("\n  {}  {}", known.word, known.product)).collect::<String>(),
        Some(known) if field.starts_with("credentials/") => {
            let field = |field: &ponte_operations::Field| format!("\n  {}  {}", field.name, field.meaning);
            known.credential_fields.iter().map(field).collect()
        }
        Some(known) if field.starts_with("settings/vendor/") => {
            let field = |field: &ponte_operations::Field| format!("\n  {}  {}", field.name, field.meaning);
            known.setting_fields.iter().map(field).collect()
        }
        Some(_) => String::new(),
    };
    let listed = if known.is_empty() { String::new() } else { format!("\nThere are:{known}") };
    anyhow!("{}{listed}", trouble(failure))
}

impl List {
    async fn act(self, operations: &Operations, visit: &AdminVisit) -> Result<ExitCode> {
        let tenants = operations.tenants(visit).await.map_err(|failure| trouble(&failure))?;
        let titles = ["tenant", "vendor", "base_url", "credentials", "company"].map(str::to_owned);
        let row = |tenant: &ponte_operations::TenantRecord| {
            let names = tenant.credentials.names().collect::<Vec<_>>().join(",");
            let company = tenant.settings.company_name.clone().unwrap_or_default();
            [tenant.slug.as_str().to_owned(), tenant.vendor.clone(), tenant.base_url.clone(), names, company]
        };
        let rows: Vec<_> = std::iter::once(titles).chain(tenants.iter().map(row)).collect();
        say::result(&say::columns(&rows))?;
        Ok(ExitCode::SUCCESS)
    }
}

impl Verify {
    async fn act(self, operations: &Operations, visit: &AdminVisit) -> Result<ExitCode> {
        let verification = verify(operations, visit, &self.tenant).await.map_err(|failure| trouble(&failure))?;
        let row = |check: &ponte_operations::Check| match &check.outcome {
            Ok(()) => ["ok".to_owned(), check.name.to_owned(), String::new()],
            Err(failure) => ["no".to_owned(), check.name.to_owned(), trouble(failure).to_string()],
        };
        let rows: Vec<_> = verification.checks.iter().map(row).collect();
        say::result(&say::columns(&rows))?;
        Ok(if verification.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Checks as a platform with a key of its own would, so that the audit trail and the limits are the same; the key
/// lives no longer than the check.
async fn verify(operations: &Operations, visit: &AdminVisit, slug: &TenantSlug) -> Result<Verification, Failure> {
    operations.tenant_record(visit, slug.as_str()).await?;
    let soon = operations.clock().now() + SignedDuration::from_mins(5);
    let new = NewKey {
        name: "ponte tenant verify".to_owned(),
        scopes: vec![Scope::Read],
        tenants: TenantsAllowed::Only(vec![slug.clone()]),
        expires_at: Some(soon),
    };
    let (record, secret) = operations.create_key(visit, new).await?;
    let verified = match operations.authenticate(&secret) {
        None => Err(Failure::internal("The key that was just made is not known.")),
        Some(caller) => operations.tenant(&caller, slug.as_str()).map(|tenant| (caller, tenant)),
    };
    let verified = match verified {
        Err(failure) => Err(failure),
        Ok((caller, tenant)) => {
            let visit = operations.visit(caller, tenant, Arc::clone(&visit.request_id), Freshness::Fresh);
            Ok(operations.verify(&visit).await)
        }
    };
    operations.revoke_key(visit, &record.id).await?;
    verified
}

impl Remove {
    async fn act(self, operations: &Operations, visit: &AdminVisit) -> Result<ExitCode> {
        let name = self.tenant.as_str();
        let failed = |failure: Failure| trouble(&failure);
        if !self.yes {
            operations.tenant_record(visit, name).await.map_err(failed)?;
            bail!(
                "this removes {name} with its idempotency keys, contacts, ratings and evidence of acceptances, for good; say --yes"
            );
        }
        operations.remove_tenant(visit, name).await.map_err(failed)?;
        say::result(&format!("{name} is removed."))?;
        Ok(ExitCode::SUCCESS)
    }
}
