//! How a server is told to stop.

use std::future::Future;

use anyhow::{Context as _, Result};
use ponte_domain::Failure;

use super::local::trouble;

/// SIGINT (Ctrl-C) and SIGTERM, caught from the moment of listening on.
#[cfg(unix)]
pub(super) struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Begins to listen. To be called before anybody is told that the server runs.
    ///
    /// # Errors
    /// The system does not hand signals over.
    pub(super) fn listen() -> Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        let interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be listened for")?;
        let terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")?;
        Ok(Self { interrupt, terminate })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

/// Ctrl-C, caught from the moment of listening on.
#[cfg(windows)]
pub(super) struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
}

#[cfg(windows)]
impl Signals {
    /// Begins to listen. To be called before anybody is told that the server runs.
    ///
    /// # Errors
    /// The system does not hand signals over.
    pub(super) fn listen() -> Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c().context("Ctrl-C cannot be listened for")? })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> &'static str {
        self.interrupt.recv().await;
        "Ctrl-C"
    }
}

impl Signals {
    /// Lets the gateway come to its end, unless a second signal asks to stop at once.
    ///
    /// # Errors
    /// What the gateway says of its end.
    pub(super) async fn unless_asked_again(mut self, ending: impl Future<Output = Result<(), Failure>>) -> Result<()> {
        tokio::select! {
            ended = ending => ended.map_err(|failure| trouble(&failure)),
            signal = self.next() => {
                tracing::warn!(signal, "asked again: what is under way is cut");
                Ok(())
            }
        }
    }
}
