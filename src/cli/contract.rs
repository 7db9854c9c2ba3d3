//! `ponte contract`: the contract cases, for QA.

mod crew;

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use ponte_contract_tests::case::Case;
use ponte_contract_tests::report::{self, Line};
use ponte_contract_tests::suite::{Choice, Suites};
use ponte_vendors::erp::support;
use ponte_vendors::registry::Registry;

use self::crew::Crew;
use super::say;

/// Run the contract cases.
#[derive(Debug, Subcommand)]
pub(super) enum Contract {
    Run(Run),
}

/// Run contract cases: a gateway of its own for each, over stubs of the vendor's API.
///
/// The cases are data under contract-tests/ of a checkout (its README.md says how to write one). Each stub is checked
/// against the vendor's spec, each answer against openapi/ponte.json. Exit code 0: all passed and nothing required is
/// missing; 1 otherwise.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  ponte contract run
  ponte contract run --vendor VENDOR --capability billing
  ponte contract run --case trust_unlock/already-used --fail-fast
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
        let suites = Arc::new(Suites::open(&self.repository()?)?);
        let choice = Choice { vendor: self.vendor, capability: self.capability, case: self.case };
        let everything = choice.vendor.is_none() && choice.capability.is_none() && choice.case.is_none();
        let cases = Arc::new(suites.cases(&choice)?);
        if cases.is_empty() {
            bail!("no case fits; `ponte contract run --list` shows all");
        }
        if self.list {
            let rows: Vec<_> = cases.iter().map(|case| [case.id.clone(), case.file.title.clone()]).collect();
            say::result(&say::columns(&rows))?;
            return Ok(ExitCode::SUCCESS);
        }
        let crew = Crew { suites: Arc::clone(&suites), cases: Arc::clone(&cases), fail_fast: self.fail_fast };
        let started = Instant::now();
        let lines = watched(&crew, self.jobs.map_or_else(cores, usize::from), cases.len())?;
        let gaps = if everything { suites.gaps(&cases, &offered(&suites)) } else { Vec::new() };
        told(&suites, &cases, &choice, lines, &gaps, started)
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

/// What every vendor offers and therefore must prove.
fn offered(suites: &Suites) -> BTreeMap<String, std::collections::BTreeSet<String>> {
    let registry = Registry::default();
    let of = |vendor: &str| {
        let offers = registry.find(vendor).map(support).unwrap_or_default();
        offers.into_iter().filter(|offer| offer.supported).map(|offer| offer.capability.word().to_owned()).collect()
    };
    suites.vendors().map(|vendor| (vendor.to_owned(), of(vendor))).collect()
}

/// Runs the cases and shows on standard error how far it is: one changing line on a terminal, a line per failure
/// elsewhere.
fn watched(crew: &Crew, jobs: usize, all: usize) -> Result<Vec<crew::Done>> {
    let live = std::io::stderr().is_terminal();
    let mut done = Vec::new();
    let mut failed = 0_usize;
    crew.work(jobs, |one| {
        let case = crew.cases.get(one.case).map(|case| case.id.as_str()).unwrap_or_default();
        let bad = !one.outcome.faults.is_empty();
        failed += usize::from(bad);
        let count = done.len() + 1;
        let mut err = std::io::stderr().lock();
        // Nobody may be listening there; the result is on standard output.
        let _ = if live {
            let shown: String = case.chars().take(70).collect();
            write!(err, "\r\x1b[K[{count}/{all}] {failed} failed  {shown}").and_then(|()| err.flush())
        } else if bad {
            writeln!(err, "[{count}/{all}] FAILED {case}")
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

/// The report: failures with their exchange, what is no case, what is missing, the table, one last line.
fn told(
    suites: &Suites,
    cases: &[Case],
    choice: &Choice,
    done: Vec<crew::Done>,
    gaps: &[String],
    started: Instant,
) -> Result<ExitCode> {
    let mut lines: Vec<_> =
        done.into_iter().filter_map(|one| Some(Line { case: cases.get(one.case)?, outcome: one.outcome })).collect();
    lines.sort_by(|one, other| one.case.id.cmp(&other.case.id));
    let failed: Vec<_> = lines.iter().filter(|line| !line.outcome.faults.is_empty()).collect();
    for line in &failed {
        say::result(&report::failure(line))?;
    }
    for vendor in suites.vendors().filter(|vendor| choice.vendor.as_deref().is_none_or(|chosen| chosen == *vendor)) {
        let list = suites.not_written(vendor)?;
        if choice.capability.is_none() && choice.case.is_none() && !list.is_empty() {
            say::result(&report::not_written(vendor, &list))?;
        }
    }
    for gap in gaps {
        say::result(&format!("MISSING {gap}"))?;
    }
    say::result(&report::table(&lines))?;
    let left = cases.len() - lines.len();
    say::result(&format!(
        "{} passed, {} failed, {left} not run, {} missing, in {:.1} s",
        lines.len() - failed.len(),
        failed.len(),
        gaps.len(),
        started.elapsed().as_secs_f64(),
    ))?;
    Ok(if failed.is_empty() && gaps.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
