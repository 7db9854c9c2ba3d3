//! The report of a run, for a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use crate::case::Case;
use crate::run::Outcome;
use crate::suite::NotWritten;

/// Case and what came of it.
pub struct Line<'a> {
    /// The case.
    pub case: &'a Case,
    /// What came of it.
    pub outcome: Outcome,
}

/// One table per vendor: capabilities down, passed and failed across.
pub fn table(lines: &[Line<'_>]) -> String {
    let mut rows: BTreeMap<(&str, &str), (usize, usize, Duration)> = BTreeMap::new();
    for line in lines {
        let row = rows.entry((&line.case.file.vendor, &line.case.file.capability)).or_default();
        if line.outcome.faults.is_empty() {
            row.0 += 1
        } else {
            row.1 += 1
        }
        row.2 += line.outcome.took;
    }
    let mut text = format!("{:<14} {:<18} {:>7} {:>7} {:>8}\n", "vendor", "capability", "passed", "failed", "seconds");
    for ((vendor, capability), (passed, failed, took)) in rows {
        let _ = writeln!(text, "{vendor:<14} {capability:<18} {passed:>7} {failed:>7} {:>8.1}", took.as_secs_f64());
    }
    text
}

/// A failed case: its faults, then the whole exchange.
pub fn failure(line: &Line<'_>) -> String {
    let mut text = format!("FAILED {}\n  {}\n", line.case.id, line.case.file.title);
    for fault in &line.outcome.faults {
        let _ = writeln!(text, "  - {}", fault.replace('\n', "\n  "));
    }
    for part in &line.outcome.exchange {
        let _ = writeln!(text, "  | {}", part.replace('\n', "\n  | "));
    }
    let _ = writeln!(text, "  again: ponte contract run --case {}", line.case.id);
    text
}

/// The scenarios that are no cases.
pub fn not_written(vendor: &str, list: &[NotWritten]) -> String {
    let mut text = String::new();
    for entry in list {
        let part = entry.part.as_deref().map(|part| format!(" ({part})")).unwrap_or_default();
        let proven = entry.proven_by.as_deref().map(|test| format!(" Proven by {test}.")).unwrap_or_default();
        let _ = writeln!(text, "not a case: {vendor} scenario {}{part}: {}{proven}", entry.scenario, entry.reason);
    }
    text
}
