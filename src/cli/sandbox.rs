//! `ponte sandbox`: stand-ins of the ERPs, alone.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use ponte_sandbox::{SandboxErp, SandboxError, Skin, roster};

use super::serve::not_listening;
use super::stop::Signals;
use super::{log, runtime, say};

/// Run stand-ins of the ERPs alone.
///
/// Each speaks its vendor's wire format about the same invented town, on 127.0.0.1. Writes change the town; the control
/// API under /_sandbox/ of each port shows what was called, sets the clock, injects faults and puts all back.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ponte sandbox
  ponte sandbox --vendor VENDOR --port 9101
  curl -s http://127.0.0.1:9101/_sandbox/
  curl -s -X PUT http://127.0.0.1:9101/_sandbox/faults -d '{\"fault\": \"http_500\", \"times\": 2}'")]
pub(super) struct Sandbox {
    /// One vendor's ERP only.
    #[arg(long)]
    vendor: Option<String>,
    /// Port of the first ERP; the next ones follow. 0 takes free ones.
    #[arg(long, default_value_t = 9101)]
    port: u16,
}

impl Sandbox {
    pub(super) fn run(&self) -> Result<ExitCode> {
        log::of_verb("warn")?;
        let skins: Vec<_> = match &self.vendor {
            None => roster().iter().collect(),
            Some(vendor) => roster().iter().filter(|skin| skin.vendor == vendor).collect(),
        };
        if skins.is_empty() {
            let words: Vec<_> = roster().iter().map(|skin| skin.vendor).collect();
            bail!("there is no sandbox of that vendor; there are: {}", words.join(", "));
        }
        let erps = start(&skins, self.port, "--port")?;
        runtime()?.block_on(async {
            let mut signals = Signals::listen()?;
            say::result(&page(&erps))?;
            signals.next().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}

fn page(erps: &[Running]) -> String {
    let mut page = "Sandbox ERPs: invented people, nothing is kept. Ctrl-C stops them.\n".to_owned();
    for erp in erps {
        let Skin { vendor, product, .. } = erp.skin;
        let (address, credentials, control) = (erp.base_url(), erp.credentials(), erp.control());
        let _ = write!(
            page,
            "\n{vendor}  {product}\n  address      {address}\n  credentials  {credentials}\n  control      {control}\n"
        );
        let settings = erp.settings();
        if settings.as_object().is_some_and(|parts| !parts.is_empty()) {
            let _ = writeln!(page, "  settings     {settings}");
        }
    }
    page
}

/// A running stand-in with what people call it.
pub(super) struct Running {
    /// The vendor.
    pub(super) skin: &'static Skin,
    erp: SandboxErp,
}

impl std::ops::Deref for Running {
    type Target = SandboxErp;

    fn deref(&self) -> &SandboxErp {
        &self.erp
    }
}

impl Running {
    /// Where the control API is.
    pub(super) fn control(&self) -> String {
        format!("http://{}/_sandbox/", self.erp.addr())
    }
}

/// Starts the ERPs on loopback, the first on `port` and the others after it, all on free ports for 0.
///
/// # Errors
/// A busy port, named with the option that sets it.
pub(super) fn start(skins: &[&'static Skin], port: u16, option: &str) -> Result<Vec<Running>> {
    let mut erps = Vec::new();
    for (skin, place) in skins.iter().zip(0_u16..) {
        let port = match port {
            0 => 0,
            first => first.checked_add(place).context("there are not so many ports above the first one")?,
        };
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let erp = SandboxErp::start(skin.vendor, listen).map_err(|error| match error {
            SandboxError::Listen { addr, cause } => not_listening(addr, cause, option),
            error => error.into(),
        })?;
        erps.push(Running { skin, erp });
    }
    Ok(erps)
}
