//! Writes `proven.json` and the README's matrix anew: `cargo run -p ponte-contract-tests --example count`.

use std::path::PathBuf;

use ponte_contract_tests::suite::{Choice, Suites};
use ponte_contract_tests::{offers, proven};

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "the matrix is shown as well")]
async fn main() -> anyhow::Result<()> {
    let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let suites = Suites::open(&repository)?;
    let cases = suites.cases(&Choice::default())?;
    proven::write(&suites.root, &cases)?;
    let matrix = proven::matrix(&offers::ask().await?, &proven::count(&cases));
    proven::write_readme(&repository, &matrix)?;
    print!("{matrix}");
    Ok(())
}
