//! Writes `proven.json` anew and prints the README's matrix: `cargo run -p ponte-contract-tests --example count`.

use std::path::PathBuf;

use ponte_contract_tests::suite::{Choice, Suites};
use ponte_contract_tests::{offers, proven};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "the matrix is what this prints")]
async fn main() -> anyhow::Result<()> {
    let suites = Suites::open(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(".."))?;
    let cases = suites.cases(&Choice::default())?;
    proven::write(&suites.root, &cases)?;
    print!("{}", proven::matrix(&offers::ask().await?, &proven::count(&cases)));
    Ok(())
}
