//! All suites: discovers the cases, knows what each vendor must prove, and makes the cases that nobody needs to write.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::case::{Case, Kind, read_json};
use crate::schema::Document;
use crate::spec::Spec;

/// The folder of suites, the specs and the API document.
pub struct Suites {
    /// `contract-tests/`.
    pub root: PathBuf,
    /// The published API document.
    pub api: Document,
    specs: BTreeMap<String, Spec>,
}

/// A scenario of a dossier that is not a case, with its reason.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotWritten {
    /// Number of the dossier's list.
    pub scenario: u16,
    /// Which part of it, where others are cases.
    #[serde(default)]
    pub part: Option<String>,
    /// Why.
    pub reason: String,
    /// The test that proves it instead.
    #[serde(default)]
    pub proven_by: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NotWrittenFile {
    vendor: String,
    not_written: Vec<NotWritten>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScenariosFile {
    count: u16,
}

/// Which cases are chosen.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// This vendor only.
    pub vendor: Option<String>,
    /// This capability only.
    pub capability: Option<String>,
    /// The case of this id, or whose id ends so.
    pub case: Option<String>,
}

impl Choice {
    fn takes(&self, case: &Case) -> bool {
        self.vendor.as_ref().is_none_or(|vendor| *vendor == case.file.vendor)
            && self.capability.as_ref().is_none_or(|capability| *capability == case.file.capability)
            && self.case.as_ref().is_none_or(|id| case.id == *id || case.id.ends_with(&format!("/{id}")))
    }
}

impl Suites {
    /// Opens the repository's suites.
    ///
    /// # Errors
    /// A document that cannot be read.
    pub fn open(repository: &Path) -> Result<Self> {
        let root = repository.join("contract-tests");
        let api: Value = read_json(&repository.join("openapi/ponte.json"))?;
        let mut specs = BTreeMap::new();
        for entry in std::fs::read_dir(repository.join("erp-specs")).context("erp-specs")?.flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|ending| ending == "yaml") {
                let vendor = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                specs.insert(vendor, Spec::read(&path)?);
            }
        }
        Ok(Self { root, api: Document::new(api), specs })
    }

    /// The vendors that have a spec.
    pub fn vendors(&self) -> impl Iterator<Item = &str> {
        self.specs.keys().map(String::as_str)
    }

    /// A vendor's spec.
    pub fn spec(&self, vendor: &str) -> Option<&Spec> {
        self.specs.get(vendor)
    }

    /// The chosen cases, by id.
    ///
    /// # Errors
    /// The first case that is not as it should be.
    pub fn cases(&self, choice: &Choice) -> Result<Vec<Case>> {
        let mut cases = Vec::new();
        for vendor in self.vendors() {
            for folder in folders(&self.root.join(vendor)) {
                for folder in folders(&folder) {
                    if folder.join("case.json").exists() {
                        let case = Case::read(&self.root, &folder)?;
                        if choice.takes(&case) {
                            cases.push(case);
                        }
                    }
                }
            }
        }
        Ok(cases)
    }

    /// Scenarios of the dossier that are no cases, with their reasons.
    ///
    /// # Errors
    /// A list that is not as it should be.
    pub fn not_written(&self, vendor: &str) -> Result<Vec<NotWritten>> {
        let path = self.root.join(vendor).join("not-written.json");
        if !path.exists() {
            return Ok(Vec::new());
        }
        let file: NotWrittenFile = read_json(&path)?;
        ensure!(file.vendor == vendor, "{}: the vendor is not that of the folder", path.display());
        Ok(file.not_written)
    }

    /// Scenarios of a vendor's dossier that neither a case nor `not-written.json` names, and named ones that the dossier
    /// does not have. `scenarios.json` says how many it has: `{"count": 85}`.
    ///
    /// # Errors
    /// A file that is not as it should be.
    pub fn scenario_faults(&self, vendor: &str, cases: &[Case]) -> Result<Vec<String>> {
        let ScenariosFile { count } = read_json(&self.root.join(vendor).join("scenarios.json"))?;
        let mut named: BTreeMap<u16, String> = BTreeMap::new();
        for case in cases.iter().filter(|case| case.file.vendor == vendor) {
            named.extend(case.file.scenario.iter().map(|number| (*number, case.id.clone())));
        }
        named.extend(self.not_written(vendor)?.iter().map(|entry| (entry.scenario, "not-written.json".to_owned())));
        let missing = (1..=count).filter(|number| !named.contains_key(number));
        let mut faults: Vec<String> = missing
            .map(|number| format!("{vendor}: scenario {number} is in no case and not in not-written.json"))
            .collect();
        let beyond = named.iter().filter(|(number, _)| !(1..=count).contains(*number));
        faults.extend(beyond.map(|(number, by)| format!("{by}: the dossier has no scenario {number}")));
        Ok(faults)
    }

    /// What the vendors' suites lack: for a capability that a vendor offers, a case of a required kind.
    pub fn gaps(&self, cases: &[Case], offered: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
        let mut gaps = Vec::new();
        for (vendor, capabilities) in offered {
            for capability in capabilities {
                let kinds: BTreeSet<Kind> = cases
                    .iter()
                    .filter(|case| case.file.vendor == *vendor && case.file.capability == *capability)
                    .map(|case| case.file.kind)
                    .collect();
                for kind in Kind::REQUIRED.iter().filter(|kind| !kinds.contains(kind)) {
                    gaps.push(format!("{vendor}/{capability}: no case of kind {kind:?}"));
                }
            }
        }
        gaps
    }
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut folders: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::Suites;
    use crate::case::Case;
    use crate::schema::Document;

    fn case(kind: &str, scenario: &[u16]) -> Case {
        let file = json!({
            "title": "A case", "vendor": "erp", "capability": "wifi", "scenario": scenario, "kind": kind,
            "evidence": "seen", "dossier": "1", "steps": [],
        });
        let id = format!("erp/wifi/{kind}");
        Case { folder: id.clone().into(), id, file: serde_json::from_value(file).unwrap(), mappings: Vec::new() }
    }

    #[test]
    fn scenarios_that_nobody_names_and_names_of_none_are_told() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("erp");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("scenarios.json"), json!({"count": 4}).to_string()).unwrap();
        let left_out = json!({"vendor": "erp", "not_written": [{"scenario": 2, "reason": "No way to say it."}]});
        std::fs::write(folder.join("not-written.json"), left_out.to_string()).unwrap();
        let suites = Suites { root: root.path().to_owned(), api: Document::new(Value::Null), specs: BTreeMap::new() };
        let faults = |scenario: &[u16]| suites.scenario_faults("erp", &[case("good", scenario)]).unwrap();
        assert!(faults(&[1, 3, 4]).is_empty());
        assert_eq!(
            faults(&[1, 4, 5]),
            [
                "erp: scenario 3 is in no case and not in not-written.json",
                "erp/wifi/good: the dossier has no scenario 5",
            ]
        );
        let offered = [("erp".to_owned(), ["wifi".to_owned()].into())].into();
        let kinds = ["good", "not_found", "vendor_error", "login_expired", "broken_answer"].map(|kind| case(kind, &[]));
        assert!(suites.gaps(&kinds, &offered).is_empty());
        let all_but_one: Vec<Case> = kinds.into_iter().skip(1).collect();
        assert_eq!(suites.gaps(&all_but_one, &offered), ["erp/wifi: no case of kind Good"]);
    }
}
