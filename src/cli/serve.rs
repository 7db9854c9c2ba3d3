//! `ponte serve`: the gateway, until it is told to stop.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use ponte_gateway::{Gateway, Settings, StartError};

use super::stop::Signals;
use super::{case_counts, log, runtime, say};
use crate::config::Config;

/// Run the gateway.
///
/// Listens on server.listen of the settings (127.0.0.1:8080 unless set), logs to standard output, and on SIGTERM or
/// SIGINT stops taking requests, finishes those under way and ends. A second signal ends at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ponte serve
  ponte --config ponte.toml serve
  PONTE_SERVER_LISTEN=0.0.0.0:8080 PONTE_LOG_FORMAT=text ponte serve

The first start makes the database and the master key (store.path and store.master_key_file, or PONTE_MASTER_KEY).
The first key: ponte key create --name admin --scope admin")]
pub(super) struct Serve {}

impl Serve {
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode> {
        let mut settings = config.gateway()?;
        settings.http.cases = case_counts::carried()?;
        let _written_to_the_end = log::of_server(&config.log)?;
        if config.test_mode() {
            say::beside(
                "ponte: TEST MODE. Whoever has a key can set the clock and empty caches and records. Never for production.",
            );
            tracing::warn!(
                "test mode is on: the clock can be set and records be emptied over the API; never for production"
            );
        }
        runtime()?.block_on(serve(settings))?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn serve(settings: Settings) -> Result<()> {
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "ponte starts");
    let mut signals = Signals::listen()?;
    let mut gateway = Gateway::start(settings).await.map_err(|error| not_started(error, "server.listen"))?;
    let signal = tokio::select! {
        signal = signals.next() => signal,
        () = gateway.ended() => bail!("the server ended of itself"),
    };
    tracing::info!(signal, "stopping: requests under way are finished");
    signals.unless_asked_again(gateway.stop()).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Why the gateway did not start; a busy port with what sets it.
pub(super) fn not_started(error: StartError, set_by: &str) -> anyhow::Error {
    match error {
        StartError::Listen { address, cause } => not_listening(address, cause, set_by),
        error => error.into(),
    }
}

/// Why an address cannot be listened on; a busy port with what sets it.
pub(super) fn not_listening(address: SocketAddr, cause: std::io::Error, set_by: &str) -> anyhow::Error {
    if cause.kind() == std::io::ErrorKind::AddrInUse {
        let (ip, port) = (address.ip(), address.port());
        return anyhow!("port {port} on {ip} is in use: take another one with {set_by} (port 0 takes a free one)");
    }
    anyhow::Error::new(cause).context(format!("{address} ({set_by}) cannot be listened on"))
}
