//! Every case of every vendor as a test of its own: `cargo test -p ponte-contract-tests --test every_vendor ixc/billing`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use libtest_mimic::{Arguments, Failed, Trial};
use ponte_contract_tests::run::{Books, run};
use ponte_contract_tests::suite::{Choice, Suites};

fn main() -> anyhow::Result<()> {
    let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let suites = Arc::new(Suites::open(&repository)?);
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for case in suites.cases(&Choice::default())? {
        let suites = suites.clone();
        trials.push(Trial::test(case.id.clone(), move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
            runtime.block_on(async {
                let spec = suites.spec(&case.file.vendor).context("the vendor has no spec")?;
                let books = Books { spec, api: &suites.api, suites: &suites.root };
                let outcome = run(&case, &books).await;
                if outcome.faults.is_empty() {
                    return Ok(());
                }
                let line = ponte_contract_tests::report::Line { case: &case, outcome };
                Err(Failed::from(ponte_contract_tests::report::failure(&line)))
            })
        }));
    }
    if !arguments.list {
        for vendor in suites.vendors() {
            let list = suites.not_written(vendor)?;
            print_list(&ponte_contract_tests::report::not_written(vendor, &list));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

#[expect(clippy::print_stdout, reason = "the list of what is no case belongs to the run's output")]
fn print_list(text: &str) {
    print!("{text}");
}
