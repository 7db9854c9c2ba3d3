//! `ponte openapi`: the API's document.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use super::say;

/// Print the API's OpenAPI document.
///
/// The same document as /openapi.json of a running gateway and openapi/ponte.json of the repository.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ponte openapi > openapi/ponte.json
  ponte openapi | diff openapi/ponte.json -")]
pub(super) struct Openapi {}

impl Openapi {
    pub(super) fn run(&self) -> Result<ExitCode> {
        say::result(&ponte_gateway::openapi::json())?;
        Ok(ExitCode::SUCCESS)
    }
}
