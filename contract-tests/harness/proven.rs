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

/// What stands before and after the matrix in the README.
const MARKS: [&str; 2] =
    ["<!-- matrix: cargo run -p ponte-contract-tests --example count writes it anew -->\n", "<!-- end of matrix -->\n"];

/// Fails where the README's matrix is not what the vendors offer and the cases prove.
///
/// # Errors
/// That it is stale, and how to write it anew.
pub fn check_readme(repository: &Path, matrix: &str) -> Result<()> {
    let text = std::fs::read_to_string(repository.join("README.md")).context("README.md")?;
    let [_, kept, _] = parted(&text)?;
    if kept == matrix {
        return Ok(());
    }
    bail!("README.md's matrix is stale; cargo run -p ponte-contract-tests --example count writes it anew")
}

/// Writes the README's matrix.
///
/// # Errors
/// A README that cannot be written, or has no place for it.
pub fn write_readme(repository: &Path, matrix: &str) -> Result<()> {
    let path = repository.join("README.md");
    let text = std::fs::read_to_string(&path).context("README.md")?;
    let [before, _, after] = parted(&text)?;
    std::fs::write(&path, [before, matrix, after].concat()).context("README.md")
}

fn parted(text: &str) -> Result<[&str; 3]> {
    let [begin, end] = MARKS;
    let from = text.find(begin).map(|at| at + begin.len()).context("README.md has no place for the matrix")?;
    let to = text.get(from..).and_then(|rest| rest.find(end)).context("the README's matrix has no end")? + from;
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    Ok([part(0..from), part(from..to), part(to..text.len())])
}

/// The matrix as Markdown: a row per capability, a column per vendor. Each cell is proven by so many cases and rests on
/// facts that are known so well: **official**, *seen*, provisional. What is not offered is a dash; why, and what limits
/// the rest, stands below.
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
    let titles: Vec<String> = vendors.iter().map(|(word, product)| format!("{product} (`{word}`)")).collect();
    let mut text = format!("| capability | {} |\n| --- |{}\n", titles.join(" | "), " --- |".repeat(vendors.len()));
    for capability in capabilities {
        let of = |vendor: &str| offers.iter().find(|offer| offer.vendor == vendor && offer.capability == capability);
        let cells: Vec<String> = vendors.iter().map(|(vendor, _)| cell(of(vendor), proven)).collect();
        let _ = writeln!(text, "| {} | {} |", title(capability), cells.join(" | "));
    }
    text.push_str(&reasons(offers));
    text
}

/// A capability as a reader knows it.
fn title(word: &str) -> &str {
    match word {
        "customer_lookup" => "customer look-up",
        "billing" => "billing (boleto, Pix, QR)",
        "fiscal_invoices" => "fiscal invoice (NF)",
        "trust_unlock" => "trust unlock + restriction date",
        "speed_release" => "reduced-speed release",
        "acceptance" => "electronic acceptance",
        "ticket_opening" => "tickets: open",
        "ticket_list" => "tickets: list",
        "ticket_rating" => "tickets: rate",
        "sign_in" => "subscriber sign-in",
        "wifi" => "router / Wi-Fi password",
        other => other,
    }
}

fn reasons(offers: &[Offer]) -> String {
    let mut text = String::new();
    for offer in offers {
        if let Some(reason) = &offer.reason {
            let _ = writeln!(text, "- {}, {}: {reason}", offer.product, title(&offer.capability));
        }
    }
    match text.is_empty() {
        true => text,
        false => {
            format!("\n<details><summary>What is not there, or only in part, and why</summary>\n\n{text}\n</details>\n")
        }
    }
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
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::{MARKS, Proven, check_readme, matrix, write_readme};
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
        let mut offers = [
            offer("one", "billing", true, "official"),
            offer("one", "wifi", true, "seen"),
            offer("two", "billing", true, "provisional"),
            offer("two", "wifi", false, "seen"),
        ];
        offers[3].reason = Some("No route.".to_owned());
        let counts = [("billing".to_owned(), 12), ("wifi".to_owned(), 3)].into();
        let proven: Proven = [("one".to_owned(), counts)].into();
        assert_eq!(
            matrix(&offers, &proven),
            "| capability | ONE (`one`) | TWO (`two`) |\n| --- | --- | --- |\n\
             | billing (boleto, Pix, QR) | 12 **official** | 0 provisional |\n\
             | router / Wi-Fi password | 3 *seen* | – |\n\n\
             <details><summary>What is not there, or only in part, and why</summary>\n\n\
             - TWO, router / Wi-Fi password: No route.\n\n</details>\n"
        );
    }

    #[test]
    fn the_readmes_matrix_is_written_in_its_place_and_known_when_stale() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("README.md");
        std::fs::write(&path, ["Before\n", MARKS[0], "old\n", MARKS[1], "after\n"].concat()).unwrap();
        assert!(check_readme(folder.path(), "new\n").is_err());
        write_readme(folder.path(), "new\n").unwrap();
        check_readme(folder.path(), "new\n").unwrap();
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            ["Before\n", MARKS[0], "new\n", MARKS[1], "after\n"].concat()
        );
        std::fs::write(&path, "nothing").unwrap();
        assert!(write_readme(folder.path(), "new\n").is_err());
    }
}
