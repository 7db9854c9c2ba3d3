//! The golden path under fault: each fault class of the sandbox, on each capability's main call, at each vendor.
//!
//! Nobody writes a line of it: the fault classes are the sandbox's, the vendors its roster's, the calls those that
//! `conformance/questions.json` marks as main. A fault stands for as long as the call lasts: on every call to the ERP
//! where the main call reads, on the writing call where it acts. What must hold is in `rules.rs`.

mod cell;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use anyhow::{Result, ensure};
use ponte_sandbox::FaultKind;

use self::cell::Cell;
use crate::conformance::{Asked, Question, Suite};
use crate::run::Outcome;
use crate::schema::Document;
use crate::stage::Stage;

/// One row of one vendor's column: a fault class, over all capabilities that the vendor offers.
#[derive(Debug, Clone)]
pub struct Row {
    /// The vendor's word.
    pub vendor: &'static str,
    /// What is done to the ERP's answers.
    pub fault: FaultKind,
    /// The capabilities that the vendor offers.
    pub offered: BTreeSet<String>,
}

impl Row {
    /// The fault's name in the table; the same class with another parameter is another row.
    pub fn fault_name(&self) -> String {
        match &self.fault {
            FaultKind::RateLimited { retry_after: Some(_) } => "rate_limited_until".to_owned(),
            other => other.word().to_owned(),
        }
    }

    /// How it is named on a command line.
    pub fn id(&self) -> String {
        format!("faults/{}/{}", self.vendor, self.fault_name())
    }
}

/// All rows of all vendors.
pub fn rows(offered: &BTreeMap<String, BTreeSet<String>>) -> Vec<Row> {
    let mut rows = Vec::new();
    for skin in ponte_sandbox::roster() {
        let offered = offered.get(skin.vendor).cloned().unwrap_or_default();
        rows.extend(FaultKind::all().into_iter().map(|fault| Row {
            vendor: skin.vendor,
            fault,
            offered: offered.clone(),
        }));
    }
    rows
}

/// Every capability that a vendor offers has one main call.
///
/// # Errors
/// One that has none, or several.
pub fn check(suite: &Suite, offered: &BTreeMap<String, BTreeSet<String>>) -> Result<()> {
    for capability in offered.values().flatten() {
        let count = mains(suite).filter(|question| question.capability == *capability).count();
        ensure!(count == 1, "{capability} has {count} main questions, and must have one");
    }
    Ok(())
}

fn mains(suite: &Suite) -> impl Iterator<Item = &Question> {
    suite.questions().iter().filter(|question| question.main)
}

/// Makes all calls of a row, side by side, each with an ERP and a tenant of its own. What came of each is in `exchange`.
pub async fn run(suite: &Suite, api: &Document, row: &Row) -> Outcome {
    let started = Instant::now();
    let (faults, exchange) = match told(suite, api, row).await {
        Ok(told) => told,
        Err(error) => (vec![format!("{error:#}")], Vec::new()),
    };
    Outcome { faults, exchange, took: started.elapsed() }
}

async fn told(suite: &Suite, api: &Document, row: &Row) -> Result<(Vec<String>, Vec<String>)> {
    let stage = Stage::empty(suite.clock()).await?;
    let asked = Asked { vendor: row.vendor, offered: true, api };
    let (mut faults, mut exchange, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    let questions: Vec<&Question> =
        mains(suite).filter(|question| row.offered.contains(&question.capability)).collect();
    let cells =
        questions.iter().map(|question| Cell { suite, asked: &asked, stage: &stage, question, fault: &row.fault });
    for (question, told) in questions.iter().zip(futures_util::future::join_all(cells.map(Cell::told)).await) {
        let capability = &question.capability;
        match told {
            Err(error) => faults.push(format!("{capability}: {error:#}")),
            Ok(told) => {
                faults.extend(told.faults.iter().map(|fault| format!("{capability}: {fault}")));
                exchange.push(format!("{capability}: {}", told.came));
                kinds.push((capability.as_str(), told.kind));
            }
        }
    }
    for entry in suite.permitted_under(row.vendor, row.fault.word()) {
        if !kinds.iter().any(|(capability, kind)| entry.covers(capability) && *kind == entry.problem) {
            faults.push(format!("a permitted difference is stale: no call is answered with {}", entry.problem));
        }
    }
    stage.close().await;
    Ok((faults, exchange))
}

/// The table: fault classes down, vendors across, in each cell for how many capabilities it holds.
pub fn table(done: &[(&Row, &Outcome)]) -> String {
    let vendors: Vec<&str> = ponte_sandbox::roster()
        .iter()
        .map(|skin| skin.vendor)
        .filter(|vendor| done.iter().any(|(row, _)| row.vendor == *vendor))
        .collect();
    let mut names: Vec<String> = Vec::new();
    for (row, _) in done {
        if !names.contains(&row.fault_name()) {
            names.push(row.fault_name());
        }
    }
    let cell = |name: &str, vendor: &str| {
        let found = done.iter().find(|(row, _)| row.vendor == vendor && row.fault_name() == name);
        found.map_or_else(String::new, |(row, outcome)| match outcome.faults.len() {
            0 => format!("{} ok", row.offered.len()),
            faults => format!("{faults} FAILED"),
        })
    };
    let width = |vendor: &str| vendor.len().max(9);
    let mut text = format!("{:<20}", "fault");
    for vendor in &vendors {
        text.push_str(&format!(" {vendor:>width$}", width = width(vendor)));
    }
    text.push('\n');
    for name in &names {
        text.push_str(&format!("{name:<20}"));
        for vendor in &vendors {
            text.push_str(&format!(" {:>width$}", cell(name, vendor), width = width(vendor)));
        }
        text.push('\n');
    }
    text
}
