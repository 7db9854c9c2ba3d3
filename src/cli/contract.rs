//! `ponte contract`: the contract cases, for QA.

mod account;
mod crew;
mod plan;

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use ponte_contract_tests::suite::Choice;

use self::crew::{Crew, Done};
use self::plan::Plan;
use super::say;

/// Run the contract cases.
#[derive(Debug, Subcommand)]
pub(super) enum Contract {
    Run(Run),
}

/// Run contract cases: a gateway of its own for each, over stubs of the vendor's API.
///
/// The cases are data under contract-tests/ of a checkout (its README.md says how to write one). Each stub is checked
/// against the vendor's spec, each answer against openapi/ponte.json. With them come the conformance questions, put to
/// the vendor's sandbox (ids that begin with conformance/), what verify says of good and bad tenants (verify/),
/// the main calls under each fault class (faults/), and what each suite must have. Exit code 0: all passed and nothing required is missing; 1 otherwise.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ponte contract run
  ponte contract run --vendor VENDOR --capability billing
  ponte contract run --case trust_unlock/NAME --fail-fast
  ponte contract run --list")]
pub(super) struct Run {
    /// One vendor's cases only.
    #[arg(long)]
    vendor: Option<String>,
    /// One capability's cases only.
    #[arg(long)]
    capability: Option<String>,
    /// One case: its id (VENDOR/CAPABILITY/NAME), or the end of it.
    #[arg(long, value_name = "ID")]
    case: Option<String>,
    /// Stop at the first failure.
    #[arg(long)]
    fail_fast: bool,
    /// List the cases that would run.
    #[arg(long)]
    list: bool,
    /// Cases at once; one per core unless given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,
    /// The checkout; without it the nearest one from here upward.
    #[arg(long, value_name = "FOLDER")]
    checkout: Option<PathBuf>,
}

impl Contract {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::Run(verb) => verb.run(),
        }
    }
}

impl Run {
    fn run(self) -> Result<ExitCode> {
        let repository = self.repository()?;
        let choice = Choice { vendor: self.vendor, capability: self.capability, case: self.case };
        let plan = Plan::made(&repository, choice)?;
        if plan.items.is_empty() {
            bail!("no case fits; `ponte contract run --list` shows all");
        }
        if self.list {
            let rows: Vec<_> = plan.items.iter().map(|item| [item.id(), item.title()]).collect();
            say::result(&say::columns(&rows))?;
            return Ok(ExitCode::SUCCESS);
        }
        let started = Instant::now();
        let crew = Crew { plan: &plan, fail_fast: self.fail_fast };
        let done = watched(&crew, self.jobs.map_or_else(cores, usize::from))?;
        account::told(&plan, done, started)
    }

    fn repository(&self) -> Result<PathBuf> {
        if let Some(folder) = &self.checkout {
            return Ok(folder.clone());
        }
        let here = std::env::current_dir().context("the current folder is not known")?;
        let is_checkout = |folder: &&Path| folder.join("contract-tests").is_dir() && folder.join("erp-specs").is_dir();
        let found = here.ancestors().find(is_checkout).map(Path::to_owned);
        found.context("the cases are not found from here upward: run it in a checkout, or name one with --checkout")
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Runs the plan and shows on standard error how far it is: one changing line on a terminal; elsewhere a line per
/// failure and one now and then.
fn watched(crew: &Crew<'_>, jobs: usize) -> Result<Vec<Done>> {
    let live = std::io::stderr().is_terminal();
    let all = crew.plan.items.len();
    let mut done = Vec::new();
    let mut failed = 0_usize;
    crew.work(jobs, |one| {
        let bad = !one.outcome.faults.is_empty();
        failed += usize::from(bad);
        let (count, id) = (done.len() + 1, crew.plan.items.get(one.place).map(plan::Item::id).unwrap_or_default());
        let mut err = std::io::stderr().lock();
        // Nobody may be listening there; the result is on standard output.
        let _ = if live {
            let shown: String = id.chars().take(70).collect();
            write!(err, "\r\x1b[K[{count}/{all}] {failed} failed  {shown}").and_then(|()| err.flush())
        } else if bad {
            writeln!(err, "[{count}/{all}] FAILED {id}")
        } else if count % 50 == 0 {
            writeln!(err, "[{count}/{all}] {failed} failed")
        } else {
            Ok(())
        };
        done.push(one);
    })?;
    if live {
        say::beside("\r\x1b[K");
    }
    Ok(done)
}
