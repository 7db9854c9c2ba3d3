//! How many cases prove each capability of each vendor: `contract-tests/proven.json`, which the gateway's build carries
//! and `GET /v1/vendors` tells, and the matrix of the README.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::case::{Case, read_json};
use crate::offers::Offer;

/// Cases by vendor and capability. `transport` is none: what holds for every capability counts for none.
pub type Proven = BTreeMap<String, BTreeMap<String, u32>>;

const NAME: &str = "proven.json";

/// Counts the cases.
pub fn count(cases: &[Case]) -> Proven {
    let mut proven = Proven::new();
    for case in cases.iter().filter(|case| case.file.capability != "transport") {
        let capabilities = proven.entry(case.file.vendor.clone()).or_default();
        *capabilities.entry(case.file.capability.clone()).or_default() += 1;
    }
    proven
}

/// Fails where the kept counts are not those of the cases.
///
/// # Errors
/// The difference, and how to write them anew.
pub fn check(suites: &Path, cases: &[Case]) -> Result<()> {
    let kept: Proven = read_json(&suites.join(NAME))?;
    let counted = count(cases);
    if kept == counted {
        return Ok(());
    }
    bail!(
        "contract-tests/{NAME} is stale; cargo run -p ponte-contract-tests --example count writes it anew\n  \
         kept     {kept:?}\n  counted  {counted:?}"
    )
}

/// Writes the counts.
///
/// # Errors
/// A file that cannot be written.
pub fn write(suites: &Path, cases: &[Case]) -> Result<PathBuf> {
    let path = suites.join(NAME);
    let text = serde_json::to_string_pretty(&count(cases))? + "\n";
    std::fs::write(&path, text).with_context(|| path.display().to_string())?;
    Ok(path)
}

/// The matrix as Markdown: a row per capability, a column per vendor. Each cell is proven by so many cases and rests on
/// facts that are known so well: **official**, *seen*, provisional. What is not offered is a dash.
pub fn matrix(offers: &[Offer], proven: &Proven) -> String {
    let mut vendors: Vec<(&str, &str)> = Vec::new();
    let mut capabilities: Vec<&str> = Vec::new();
    for offer in offers {
        if !vendors.iter().any(|(word, _)| *word == offer.vendor) {
            vendors.push((&offer.vendor, &offer.product));
        }
        if !capabilities.contains(&offer.capability.as_str()) {
            capabilities.push(&offer.capability);
        }
    }
    let products: Vec<&str> = vendors.iter().map(|(_, product)| *product).collect();
    let mut text = format!("| capability | {} |\n| --- |{}\n", products.join(" | "), " --- |".repeat(vendors.len()));
    for capability in capabilities {
        let of = |vendor: &str| offers.iter().find(|offer| offer.vendor == vendor && offer.capability == capability);
        let cells: Vec<String> = vendors.iter().map(|(vendor, _)| cell(of(vendor), proven)).collect();
        let _ = writeln!(text, "| `{capability}` | {} |", cells.join(" | "));
    }
    text
}

fn cell(offer: Option<&Offer>, proven: &Proven) -> String {
    let Some(offer) = offer.filter(|offer| offer.supported) else { return "–".to_owned() };
    let count = proven.get(&offer.vendor).and_then(|counts| counts.get(&offer.capability)).copied().unwrap_or(0);
    let evidence = &offer.evidence;
    match evidence.as_str() {
        "official" => format!("{count} **{evidence}**"),
        "seen" => format!("{count} *{evidence}*"),
        _ => format!("{count} {evidence}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Proven, matrix};
    use crate::offers::Offer;

    fn offer(vendor: &str, capability: &str, supported: bool, evidence: &str) -> Offer {
        Offer {
            vendor: vendor.to_owned(),
            product: vendor.to_uppercase(),
            capability: capability.to_owned(),
            supported,
            reason: None,
            evidence: evidence.to_owned(),
        }
    }

    #[test]
    fn the_matrix_has_a_row_per_capability_and_a_column_per_vendor() {
        let offers = [
            offer("one", "billing", true, "official"),
            offer("one", "wifi", true, "seen"),
            offer("two", "billing", true, "provisional"),
            offer("two", "wifi", false, "seen"),
        ];
        let counts = [("billing".to_owned(), 12), ("wifi".to_owned(), 3)].into();
        let proven: Proven = [("one".to_owned(), counts)].into();
        assert_eq!(
            matrix(&offers, &proven),
            "| capability | ONE | TWO |\n| --- | --- | --- |\n| `billing` | 12 **official** | 0 provisional |\n\
             | `wifi` | 3 *seen* | – |\n"
        );
    }
}
