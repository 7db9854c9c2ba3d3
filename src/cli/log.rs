//! Where log lines go.

use std::io::IsTerminal as _;

use anyhow::{Result, anyhow};
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// Starts the log of a server: to standard output, written by a thread of its own, so that a slow reader of the log
/// does not slow requests down. The guard writes what waits when it is dropped.
///
/// # Errors
/// A filter that is none.
pub(super) fn of_server(log: &Log) -> Result<WorkerGuard> {
    let (writer, guard) = tracing_appender::non_blocking(std::io::stdout());
    let lines = tracing_subscriber::fmt().with_env_filter(filter(&log.filter)?).with_writer(writer);
    let started = match log.format {
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Text => lines.with_ansi(std::io::stdout().is_terminal()).try_init(),
    };
    started.map_err(|error| anyhow!("the log does not start: {error}"))?;
    Ok(guard)
}

/// Starts the log of a verb that somebody watches: for people, on standard error.
///
/// # Errors
/// A filter that is none.
pub(super) fn of_verb(directives: &str) -> Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(filter(directives)?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init()
        .map_err(|error| anyhow!("the log does not start: {error}"))
}

fn filter(directives: &str) -> Result<EnvFilter> {
    EnvFilter::try_new(directives).map_err(|error| {
        anyhow!("the log filter {directives:?} is wrong: {error}; expected a level such as info, or info,ponte_transport=debug")
    })
}
