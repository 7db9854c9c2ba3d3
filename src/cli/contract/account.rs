//! The report of a run: what is no case, failures with what was exchanged, what is missing, the table, one last line.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use ponte_contract_tests::report::{self, Line};

use super::crew::Done;
use super::plan::{Item, Plan};
use crate::cli::say;

/// Tells the report; the exit code says whether all is well.
pub(super) fn told(plan: &Plan, mut done: Vec<Done>, started: Instant) -> Result<ExitCode> {
    done.sort_by_key(|one| one.place);
    let pairs: Vec<_> = done.into_iter().filter_map(|one| Some((plan.items.get(one.place)?, one.outcome))).collect();
    let left = plan.items.len() - pairs.len();
    let marks: Vec<_> = pairs.iter().map(|(item, outcome)| (*item, outcome.faults.is_empty(), outcome.took)).collect();
    let table = table(&marks);
    let all = pairs.len();
    let failed: Vec<_> = pairs.into_iter().filter(|(_, outcome)| !outcome.faults.is_empty()).collect();
    let failures = failed.len();
    for remark in &plan.remarks {
        say::result(remark)?;
    }
    for (item, outcome) in failed {
        say::result(&match item {
            Item::Case(case) => report::failure(&Line { case, outcome }),
            Item::Question { .. } => format!(
                "FAILED {}\n  - {}\n  again: ponte contract run --case {}\n",
                item.id(),
                outcome.faults.join("\n  - "),
                item.id()
            ),
        })?;
    }
    for missing in &plan.missing {
        say::result(&format!("MISSING {missing}"))?;
    }
    say::result(&table)?;
    let (passed, missing, seconds) = (all - failures, plan.missing.len(), started.elapsed().as_secs_f64());
    say::result(&format!("{passed} passed, {failures} failed, {left} not run, {missing} missing, in {seconds:.1} s"))?;
    Ok(if failures == 0 && missing == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A row per vendor and capability.
fn table(lines: &[(&Item, bool, Duration)]) -> String {
    let mut sums: BTreeMap<(&str, &str), (usize, usize, Duration)> = BTreeMap::new();
    for (item, passed, took) in lines {
        let sum = sums.entry(item.row()).or_default();
        if *passed {
            sum.0 += 1
        } else {
            sum.1 += 1
        }
        sum.2 += *took;
    }
    let titles = ["vendor", "capability", "passed", "failed", "seconds"].map(str::to_owned);
    let row = |((vendor, capability), (passed, failed, took)): (&(&str, &str), &(usize, usize, Duration))| {
        let seconds = format!("{:>7.1}", took.as_secs_f64());
        [(*vendor).to_owned(), (*capability).to_owned(), format!("{passed:>6}"), format!("{failed:>6}"), seconds]
    };
    say::columns(&std::iter::once(titles).chain(sums.iter().map(row)).collect::<Vec<_>>())
}
