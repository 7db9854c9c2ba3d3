//! Every case of every vendor as a test of its own: `cargo test -p ponte-contract-tests --test every_vendor ixc/billing`.
//!
//! Beside the cases: one line per capability that a vendor does not offer, what each suite must have, whether
//! `proven.json` is as counted, the conformance questions put to every sandbox, and each fault class at every vendor.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use libtest_mimic::{Arguments, Failed, Trial};
use ponte_contract_tests::case::Case;
use ponte_contract_tests::conformance::{self, Asked};
use ponte_contract_tests::fault_table::{self, Row};
use ponte_contract_tests::offers::{self, Offer};
use ponte_contract_tests::run::{Books, Outcome, run};
use ponte_contract_tests::suite::{Choice, Suites};
use ponte_contract_tests::verification::{self, Wrong};
use ponte_contract_tests::{proven, report};

fn main() -> anyhow::Result<()> {
    let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let suites = Arc::new(Suites::open(&repository)?);
    let questions = Arc::new(conformance::Suite::read(&suites.root)?);
    let cases = Arc::new(suites.cases(&Choice::default())?);
    let offers = runtime()?.block_on(offers::ask())?;
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = cases.iter().map(|case| case_line(&suites, case.clone())).collect();
    trials.extend(offers.iter().filter(|offer| !offer.supported).map(|offer| refusal_line(&suites, offer.clone())));
    trials.extend(suite_lines(&suites, &cases, &offers));
    trials.push(proven_line(&suites, &cases));
    trials.push(readme_line(&suites, &cases, &offers));
    trials.extend(conformance_lines(&suites, &questions, &offers));
    trials.extend(verify_lines(&questions));
    let done = Done::default();
    trials.extend(fault_lines(&suites, &questions, &offers, &done)?);
    if !arguments.list {
        for vendor in suites.vendors() {
            let list = suites.not_written(vendor)?;
            print_list(&report::not_written(vendor, &list));
        }
        print_list(&conformance::permitted(&questions));
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    print_list(&fault_table(&done));
    conclusion.exit();
}

/// The rows of the fault table that were run, in the order in which they ended.
type Done = Arc<Mutex<Vec<(Row, Outcome)>>>;

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()
}

fn case_line(suites: &Arc<Suites>, case: Case) -> Trial {
    let suites = suites.clone();
    Trial::test(case.id.clone(), move || judge(&suites, &case))
}

fn refusal_line(suites: &Arc<Suites>, offer: Offer) -> Trial {
    let suites = suites.clone();
    let name = format!("{}/{}/not-offered", offer.vendor, offer.capability);
    Trial::test(name, move || judge(&suites, &offers::refusal(&offer)?))
}

fn judge(suites: &Suites, case: &Case) -> Result<(), Failed> {
    runtime()?.block_on(async {
        let spec = suites.spec(&case.file.vendor).context("the vendor has no spec")?;
        let books = Books { spec, api: &suites.api, suites: &suites.root };
        let outcome = run(case, &books).await;
        if outcome.faults.is_empty() {
            return Ok(());
        }
        Err(Failed::from(report::failure(&report::Line { case, outcome })))
    })
}

/// What each vendor's suite must have.
fn suite_lines(suites: &Arc<Suites>, cases: &Arc<Vec<Case>>, offers: &[Offer]) -> Vec<Trial> {
    let mut lines = Vec::new();
    for (vendor, capabilities) in offers::offered(offers) {
        let (held, counted) = (suites.clone(), cases.clone());
        let offered = [(vendor.clone(), capabilities)].into();
        lines.push(Trial::test(format!("{vendor}/required-kinds"), move || listed(&held.gaps(&counted, &offered))));
        let (held, counted) = (suites.clone(), cases.clone());
        lines.push(Trial::test(format!("{vendor}/scenarios"), move || {
            listed(&held.scenario_faults(&vendor, &counted)?)
        }));
    }
    lines
}

fn proven_line(suites: &Arc<Suites>, cases: &Arc<Vec<Case>>) -> Trial {
    let (suites, cases) = (suites.clone(), cases.clone());
    Trial::test("proven", move || Ok(proven::check(&suites.root, &cases)?))
}

/// The README's matrix is what the vendors offer and the cases prove.
fn readme_line(suites: &Arc<Suites>, cases: &[Case], offers: &[Offer]) -> Trial {
    let (suites, matrix) = (suites.clone(), proven::matrix(offers, &proven::count(cases)));
    Trial::test("readme", move || Ok(proven::check_readme(&suites.root.join(".."), &matrix)?))
}

/// Each question to each vendor that has a sandbox.
fn conformance_lines(suites: &Arc<Suites>, questions: &Arc<conformance::Suite>, offers: &[Offer]) -> Vec<Trial> {
    let offered = offers::offered(offers);
    let mut lines = Vec::new();
    for skin in ponte_sandbox::roster() {
        for question in questions.questions() {
            let offered = offered.get(skin.vendor).is_some_and(|offered| offered.contains(&question.capability));
            let (suites, questions, question) = (suites.clone(), questions.clone(), question.clone());
            lines.push(Trial::test(format!("conformance/{}/{}", skin.vendor, question.name), move || {
                let asked = Asked { vendor: skin.vendor, offered, api: &suites.api };
                listed(&runtime()?.block_on(conformance::ask(&questions, &question, &asked))?)
            }));
        }
    }
    lines
}

/// What verify says of a good tenant, and of one where something is wrong, at each vendor.
fn verify_lines(questions: &Arc<conformance::Suite>) -> Vec<Trial> {
    let line = |vendor: &'static str, wrong: Wrong| {
        let questions = questions.clone();
        Trial::test(format!("verify/{vendor}/{}", wrong.word()), move || {
            listed(&runtime()?.block_on(verification::ask(&questions, vendor, wrong))?)
        })
    };
    let vendors = ponte_sandbox::roster().iter().map(|skin| skin.vendor);
    vendors.flat_map(|vendor| Wrong::ALL.map(|wrong| line(vendor, wrong))).collect()
}

/// Each fault class at each vendor.
fn fault_lines(
    suites: &Arc<Suites>,
    questions: &Arc<conformance::Suite>,
    offers: &[Offer],
    done: &Done,
) -> anyhow::Result<Vec<Trial>> {
    let offered = offers::offered(offers);
    fault_table::check(questions, &offered)?;
    let line = |row: Row| {
        let (suites, questions, done) = (suites.clone(), questions.clone(), done.clone());
        Trial::test(row.id(), move || {
            let outcome = runtime()?.block_on(fault_table::run(&questions, &suites.api, &row));
            done.lock().unwrap_or_else(PoisonError::into_inner).push((row, outcome.clone()));
            listed(&outcome.faults)
        })
    };
    Ok(fault_table::rows(&offered).into_iter().map(line).collect())
}

/// The fault table of what was run; nothing where no row was.
fn fault_table(done: &Done) -> String {
    let mut done = std::mem::take(&mut *done.lock().unwrap_or_else(PoisonError::into_inner));
    if done.is_empty() {
        return String::new();
    }
    done.sort_by_key(|(row, _)| row.id());
    fault_table::table(&done.iter().map(|(row, outcome)| (row, outcome)).collect::<Vec<_>>())
}

fn listed(faults: &[String]) -> Result<(), Failed> {
    if faults.is_empty() { Ok(()) } else { Err(Failed::from(format!("  - {}", faults.join("\n  - ")))) }
}

#[expect(clippy::print_stdout, reason = "what is no case and what may differ belong to the run's output")]
fn print_list(text: &str) {
    print!("{text}");
}
