//! `ponte health`: for the container's health check and for people.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::loopback::{self, Request};
use super::say;
use crate::config::Config;

/// Ask the running gateway whether it is ready.
///
/// Asks /health/ready of the listener that the settings name. Exit code 0: ready; 1: not ready (draining, or the store
/// does not answer), or nobody listens.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ponte health
  ponte --config /etc/ponte/ponte.toml health && echo ready")]
pub(super) struct Health {}

impl Health {
    pub(super) fn run(&self, config: &Config) -> Result<ExitCode> {
        let answer = loopback::ask(config.server.listen, Request::get("/health/ready"))?;
        say::result(answer.body.trim())?;
        Ok(if answer.status == 200 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
