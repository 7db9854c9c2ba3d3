//! The command line: one file a verb. A verb reads what it was given, calls one room and says what came of it.
//!
//! Results go to standard output, everything said beside them to standard error. Secrets are read from files, from
//! standard input or from the environment, never from arguments, which every user of the machine can see.

mod case_counts;
#[cfg(feature = "qa")]
mod contract;
#[cfg(feature = "qa")]
mod demo;
mod health;
mod key;
mod local;
mod log;
mod loopback;
mod openapi;
#[cfg(feature = "qa")]
mod sandbox;
mod say;
mod serve;
mod stop;
mod tenant;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};

use crate::config::Config;

#[cfg(feature = "qa")]
const EXAMPLES: &str = "\
Try it:
  ponte demo                       the gateway over stand-ins of the ERPs, with calls to paste

Run it:
  ponte key create --name admin --scope admin
  ponte tenant add acme --vendor VENDOR --base-url https://erp.acme.example --credential token=@token.txt
  ponte tenant verify acme
  ponte --config ponte.toml serve

Prove it:
  ponte contract run               every contract case against the gateway

`ponte help VERB` explains a verb. Settings: --config FILE, then the environment (PONTE_<SECTION>_<KEY>).";

#[cfg(not(feature = "qa"))]
const EXAMPLES: &str = "\
Run it:
  ponte key create --name admin --scope admin
  ponte tenant add acme --vendor VENDOR --base-url https://erp.acme.example --credential token=@token.txt
  ponte tenant verify acme
  ponte --config ponte.toml serve

`ponte help VERB` explains a verb. Settings: --config FILE, then the environment (PONTE_<SECTION>_<KEY>).
This build has no sandbox ERPs: the verbs demo, sandbox and contract are in builds with the feature `qa`.";

/// One HTTP API for chat platforms over the ERPs of Brazilian internet providers.
#[derive(Debug, Parser)]
#[command(name = "ponte", version, after_help = EXAMPLES, max_term_width = 100)]
struct Cli {
    /// Settings file (TOML); what it leaves out has its default.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Run the gateway.
    Serve(serve::Serve),
    /// Run the gateway over sandbox ERPs, ready to be tried.
    #[cfg(feature = "qa")]
    Demo(demo::Demo),
    /// Add, list, verify and remove tenants (providers and their ERPs).
    #[command(subcommand)]
    Tenant(tenant::Tenant),
    /// Create, list and revoke API keys.
    #[command(subcommand)]
    Key(key::Key),
    /// Run stand-ins of the ERPs alone.
    #[cfg(feature = "qa")]
    Sandbox(sandbox::Sandbox),
    /// Run the contract cases.
    #[cfg(feature = "qa")]
    #[command(subcommand)]
    Contract(contract::Contract),
    /// Print the API's OpenAPI document.
    Openapi(openapi::Openapi),
    /// Ask the running gateway whether it is ready; the exit code says so.
    Health(health::Health),
}

/// Reads the command line, does what it says, and answers how it ended: 0 done, 1 failed, 2 not understood.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    match cli.act() {
        Ok(code) => code,
        Err(error) if say::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say::beside(&format!("ponte: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

impl Cli {
    fn act(self) -> Result<ExitCode> {
        let config = || Config::load(self.config.as_deref());
        match self.verb {
            Verb::Serve(verb) => verb.run(&config()?),
            #[cfg(feature = "qa")]
            Verb::Demo(verb) => verb.run(self.config.as_deref()),
            Verb::Tenant(verb) => verb.run(&config()?),
            Verb::Key(verb) => verb.run(&config()?),
            #[cfg(feature = "qa")]
            Verb::Sandbox(verb) => verb.run(),
            #[cfg(feature = "qa")]
            Verb::Contract(verb) => verb.run(),
            Verb::Openapi(verb) => verb.run(),
            Verb::Health(verb) => verb.run(&config()?),
        }
    }
}

/// The runtime of verbs that serve or ask.
fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime does not start")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
