//! The report of a run: what is no case, failures with what was exchanged, what is missing, the table, one last line.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use ponte_contract_tests::fault_table;
use ponte_contract_tests::report::{self, Line};
use ponte_contract_tests::run::Outcome;

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
    let under_fault = under_fault(&pairs);
    let all = pairs.len();
    let failed: Vec<_> = pairs.into_iter().filter(|(_, outcome)| !outcome.faults.is_empty()).collect();
    let failures = failed.len();
    for remark in &plan.remarks {
        say::result(remark)?;
    }
    for (item, outcome) in failed {
        say::result(&match item {
            Item::Case(case) => report::failure(&Line { case, outcome }),
            Item::Question { .. } | Item::Verify { .. } | Item::Fault(_) => failure(item, &outcome),
        })?;
    }
    for missing in &plan.missing {
        say::result(&format!("MISSING {missing}"))?;
    }
    say::result(&table)?;
    if let Some(table) = under_fault {
        say::result(&table)?;
    }
    let (passed, missing, seconds) = (all - failures, plan.missing.len(), started.elapsed().as_secs_f64());
    say::result(&format!("{passed} passed, {failures} failed, {left} not run, {missing} missing, in {seconds:.1} s"))?;
    Ok(if failures == 0 && missing == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn failure(item: &Item, outcome: &Outcome) -> String {
    let id = item.id();
    let exchange: String = outcome.exchange.iter().map(|line| format!("  | {line}\n")).collect();
    format!("FAILED {id}\n  - {}\n{exchange}  again: ponte contract run --case {id}\n", outcome.faults.join("\n  - "))
}

/// The fault table; below it, where few rows were run, what came of each call.
fn under_fault(pairs: &[(&Item, Outcome)]) -> Option<String> {
    let rows = pairs.iter().filter_map(|(item, outcome)| match item {
        Item::Fault(row) => Some((row, outcome)),
        Item::Case(_) | Item::Question { .. } | Item::Verify { .. } => None,
    });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        return None;
    }
    let mut text =
        format!("Main calls under fault: for how many capabilities all holds\n{}", fault_table::table(&rows));
    if rows.len() == 1 {
        for line in rows.iter().flat_map(|(_, outcome)| &outcome.exchange) {
            text.push_str(&format!("  {line}\n"));
        }
    }
    Some(text)
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
