//! `ponte demo`: the gateway over sandbox ERPs, with tenants, a key and calls to paste.

mod story;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;
use jiff::Timestamp;
use ponte_domain::scope::Scope;
use ponte_domain::tenant::{Credentials, CustomerTypes, TenantSettings, TenantSlug, TrustUnlockRule};
use ponte_gateway::{Gateway, HttpSettings, Settings};
use ponte_operations::limits::Rate;
use ponte_operations::settings::{CallSettings, InboundSettings, SignInSettings};
use ponte_operations::{
    AdminVisit, NewKey, NewTenant, Operations, Settings as OperationsSettings, StoreSettings, TenantsAllowed,
};
use ponte_sandbox::roster;
use ponte_store::MasterKey;
use secrecy::SecretString;

use super::local::trouble;
use super::sandbox::{self, Running};
use super::serve::not_started;
use super::stop::Signals;
use super::{case_counts, log, runtime, say};

/// The key of every demo. It is no secret: only test mode takes a key that somebody else has chosen, and only the demo
/// has this one.
pub(super) const KEY: &str = "ponte_only-the-demo-on-your-own-machine-takes-me0";
/// The master key of every demo, so that the handles of its people are the same in every run. It keeps invented people
/// in a folder that is gone when the demo ends.
const MASTER_KEY: &str = "de30de30de30de30de30de30de30de30de30de30de30de30de30de30de30de30";
/// 2026-11-20 12:00 in São Paulo, when the sandbox world begins.
const NOON: Timestamp = Timestamp::constant(1_795_186_800, 0);

/// Run the gateway over sandbox ERPs, ready to be tried.
///
/// One stand-in per vendor, one tenant over each (demo-VENDOR), a key that works nowhere else, a clock that begins on
/// 2026-11-20 at noon, generous limits. Everything is on 127.0.0.1 and in a temporary folder, and gone when it stops.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ponte demo
  ponte demo --port 0 --sandbox-port 0     free ports; the output says which
  ponte demo --log info                    every request on standard error")]
pub(super) struct Demo {
    /// Port of the gateway; 0 takes a free one.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Port of the first sandbox ERP; the next ones follow. 0 takes free ones.
    #[arg(long, default_value_t = 9101)]
    sandbox_port: u16,
    /// What is logged to standard error: error, warn, info, debug, or a filter.
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log: String,
}

impl Demo {
    pub(super) fn run(&self, config: Option<&Path>) -> Result<ExitCode> {
        if config.is_some() {
            bail!("the demo has settings of its own: leave --config out, or run `ponte serve`");
        }
        log::of_verb(&self.log)?;
        runtime()?.block_on(self.serve())?;
        Ok(ExitCode::SUCCESS)
    }

    async fn serve(&self) -> Result<()> {
        let folder = tempfile::Builder::new().prefix("ponte-demo-").tempdir().context("no temporary folder")?;
        let skins: Vec<_> = roster().iter().collect();
        let erps = sandbox::start(&skins, self.sandbox_port, "--sandbox-port")?;
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let started = Gateway::start(settings(folder.path(), listen)?).await;
        let gateway = started.map_err(|error| not_started(error, "--port"))?;
        furnish(gateway.operations(), &erps).await?;
        let page = story::told(gateway.addr(), &erps).await.context("the demo does not answer as it should")?;
        gateway.operations().reset().await.map_err(|failure| trouble(&failure))?;
        erps.iter().for_each(|erp| erp.reset());
        let mut signals = Signals::listen()?;
        say::result(&page)?;
        signals.next().await;
        signals.unless_asked_again(gateway.stop()).await
    }
}

fn settings(folder: &Path, listen: SocketAddr) -> Result<Settings> {
    let master_key = MasterKey::from_hex(&SecretString::from(MASTER_KEY))?;
    let mut operations = OperationsSettings::new(StoreSettings { path: folder.join("demo.db"), master_key });
    operations.test_mode = true;
    operations.clock = Some(NOON);
    let plenty = Rate { per_second: 10_000, burst: 20_000 };
    operations.inbound = InboundSettings { per_key: plenty, per_key_and_tenant: plenty };
    operations.calls = CallSettings { concurrency: 64, per_second: 10_000, burst: 10_000, ..CallSettings::default() };
    operations.sign_in =
        SignInSettings { attempts_per_login: 10_000, attempts_per_source: 10_000, ..SignInSettings::default() };
    Ok(Settings {
        http: HttpSettings { listen, cases: case_counts::carried()?, ..HttpSettings::default() },
        operations,
    })
}

/// Tenants and the key.
async fn furnish(operations: &Operations, erps: &[Running]) -> Result<()> {
    let visit = AdminVisit::local("demo-start");
    for erp in erps {
        let added = operations.add_tenant(&visit, tenant(erp)?).await;
        added.map_err(|failure| trouble(&failure)).with_context(|| format!("tenant of {}", erp.skin.vendor))?;
    }
    let key =
        NewKey { name: "demo".to_owned(), scopes: Scope::ALL.to_vec(), tenants: TenantsAllowed::All, expires_at: None };
    operations.ensure_test_key(key, &SecretString::from(KEY)).await.map_err(|failure| trouble(&failure))
}

fn tenant(erp: &Running) -> Result<NewTenant> {
    let credentials = erp.credentials();
    let fields = credentials.as_object().context("a sandbox's credentials are no object")?;
    let field = |(name, value): (&String, &serde_json::Value)| {
        let secret = value.as_str().ok_or_else(|| anyhow!("the sandbox's credential {name} is no text"))?;
        Ok((name.clone(), SecretString::from(secret)))
    };
    Ok(NewTenant {
        slug: TenantSlug::parse(&tenant_name(erp))?,
        vendor: erp.skin.vendor.to_owned(),
        base_url: erp.base_url(),
        credentials: Credentials::new(fields.iter().map(field).collect::<Result<Vec<_>>>()?),
        settings: settings_with(&erp.settings())?,
    })
}

/// The demo's settings with what the sandbox needs laid over them, part by part.
fn settings_with(needed: &serde_json::Value) -> Result<TenantSettings> {
    let mut settings = serde_json::to_value(tenant_settings())?;
    let parts = needed.as_object().context("a sandbox's settings are no object")?;
    for (name, part) in parts {
        *settings.get_mut(name).with_context(|| format!("no tenant has the setting {name}"))? = part.clone();
    }
    Ok(serde_json::from_value(settings)?)
}

fn tenant_name(erp: &Running) -> String {
    format!("demo-{}", erp.skin.vendor)
}

fn tenant_settings() -> TenantSettings {
    let stranger = "Não cliente".to_owned();
    TenantSettings {
        company_name: Some("Provedor Exemplo".to_owned()),
        allow_plain_http: true,
        // What sandbox-world.md says of every vendor: three days, once a month.
        trust_unlock: TrustUnlockRule { days_granted: Some(3), interval_days: Some(30) },
        customer_types: CustomerTypes {
            list: vec!["Cliente".to_owned(), stranger.clone(), "Ex-cliente".to_owned()],
            when_not_found: Some(stranger),
        },
        acceptance_texts: vec![
            "Li e aceito os termos do contrato de prestação de serviço.".to_owned(),
            "Estou ciente do prazo de permanência e das condições do plano.".to_owned(),
        ],
        ..TenantSettings::default()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{MASTER_KEY, NOON};

    #[test]
    fn the_demo_begins_when_the_sandbox_world_does() {
        assert_eq!(NOON.to_string(), "2026-11-20T15:00:00Z");
        assert_eq!(MASTER_KEY.len(), 64);
    }
}
