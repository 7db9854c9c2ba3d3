//! A case as it stands in its folder, read strictly: an unknown key is an error of the case.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::mapping::{self, Mapping};

/// What a case proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The good path.
    Good,
    /// Nothing found.
    NotFound,
    /// The vendor's own error shape.
    VendorError,
    /// The vendor's login or token is refused.
    LoginExpired,
    /// The answer is not what the format promises.
    BrokenAnswer,
    /// The caller's input is refused.
    BadInput,
    /// An oddity.
    Edge,
}

impl Kind {
    /// What each offered capability must have at least one of.
    pub const REQUIRED: [Self; 5] =
        [Self::Good, Self::NotFound, Self::VendorError, Self::LoginExpired, Self::BrokenAnswer];
}

/// `case.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// The sentence that the case proves.
    pub title: String,
    /// The vendor's word.
    pub vendor: String,
    /// The capability, or `transport`.
    pub capability: String,
    /// Numbers of the dossier's scenario list.
    pub scenario: Vec<u16>,
    /// What it proves.
    pub kind: Kind,
    /// The weakest evidence that the stubs rest on.
    pub evidence: String,
    /// The dossier's section.
    pub dossier: String,
    /// The gateway's clock.
    #[serde(default = "sandbox_noon")]
    pub clock: Timestamp,
    /// What differs from the suite's tenant.
    #[serde(default)]
    pub tenant: TenantChange,
    /// The key's scopes.
    #[serde(default)]
    pub caller: Option<CallerFile>,
    /// Handles that no earlier step has returned.
    #[serde(default)]
    pub references: BTreeMap<String, ReferenceFile>,
    /// The calls.
    pub steps: Vec<Step>,
    /// Texts that may occur neither in answers nor in the log.
    #[serde(default)]
    pub never: Vec<String>,
    /// Texts that may not occur in answers.
    #[serde(default)]
    pub never_in_answers: Vec<String>,
}

/// Where the sandbox world stands, and a case's clock when it names none.
pub(crate) fn sandbox_noon() -> Timestamp {
    // 2026-11-20T12:00:00-03:00, where the sandbox world stands.
    Timestamp::constant(1_795_186_800, 0)
}

/// Credentials and settings over the vendor's own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TenantChange {
    /// Credentials, by field.
    #[serde(default)]
    pub credentials: serde_json::Map<String, Value>,
    /// Settings, to any depth.
    #[serde(default)]
    pub settings: Value,
}

/// The key of the case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallerFile {
    /// Scopes.
    pub scopes: Vec<String>,
}

/// A handle to be sealed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceFile {
    /// `customer`, `contract`, `invoice`, `fiscal_invoice`, `ticket`.
    pub kind: String,
    /// The owner's vendor id; absent for a customer.
    pub customer: Option<String>,
    /// The vendor's id.
    pub id: String,
}

/// One call and what must come of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What is sent.
    pub call: CallFile,
    /// Sets the gateway's clock before the call.
    #[serde(default)]
    pub clock: Option<Timestamp>,
    /// How many times it is sent.
    #[serde(default)]
    pub repeat: Option<u32>,
    /// What must come back.
    pub expect: Expect,
    /// Name to JSON pointer into the answer.
    #[serde(default)]
    pub capture: BTreeMap<String, String>,
    /// Hits of the stubs.
    #[serde(default)]
    pub upstream: Vec<Upstream>,
    /// Upper bound of the step's time, milliseconds.
    #[serde(default)]
    pub within_ms: Option<u64>,
    /// Lower bound of the step's time, milliseconds.
    #[serde(default)]
    pub after_ms: Option<u64>,
}

/// What is sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallFile {
    /// HTTP method.
    pub method: String,
    /// Path and query, with `{name}` of references and captures.
    pub path: String,
    /// Headers; `null` leaves out one that the harness would send.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// JSON body.
    #[serde(default)]
    pub body: Option<Value>,
    /// Text body, as it is.
    #[serde(default)]
    pub raw: Option<String>,
}

/// What must come back.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// HTTP status.
    pub status: u16,
    /// Headers; `null` must be absent.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// The whole JSON answer.
    #[serde(default)]
    pub body: Option<Value>,
    /// The answer's bytes are those of this file.
    #[serde(default)]
    pub body_file: Option<String>,
    /// The answer's text begins so.
    #[serde(default)]
    pub body_starts: Option<String>,
}

/// Hits of one stub.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// Name of the mapping.
    pub mapping: String,
    /// How many.
    pub count: Count,
    /// Each hit's headers.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// Each hit's body has these keys with these values.
    #[serde(default)]
    pub body: Option<Value>,
    /// Each hit's whole body.
    #[serde(default)]
    pub body_exact: Option<Value>,
    /// Keys that no hit's body has.
    #[serde(default)]
    pub body_keys_absent: Vec<String>,
    /// Texts that no hit's body has.
    #[serde(default)]
    pub body_contains_not: Vec<String>,
}

/// How many hits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Count {
    /// Exactly.
    Exactly(usize),
    /// As many as the vendor folder likes: `"any"`.
    Word(String),
    /// At least.
    AtLeast {
        /// So many.
        at_least: usize,
    },
}

impl Count {
    /// Whether so many hits are right.
    pub fn fits(&self, hits: usize) -> bool {
        match self {
            Self::Exactly(count) => hits == *count,
            Self::Word(_) => true,
            Self::AtLeast { at_least } => hits >= *at_least,
        }
    }
}

/// A case with its stubs.
#[derive(Debug, Clone)]
pub struct Case {
    /// Its folder.
    pub folder: PathBuf,
    /// `vendor/capability/folder`: how it is named on a command line.
    pub id: String,
    /// `case.json`.
    pub file: CaseFile,
    /// The stub mappings.
    pub mappings: Vec<Mapping>,
}

impl Case {
    /// Reads a case folder.
    ///
    /// # Errors
    /// The first thing that is not as `contract-tests/README.md` says, with its file.
    pub fn read(root: &Path, folder: &Path) -> Result<Self> {
        let id = folder.strip_prefix(root).unwrap_or(folder).to_string_lossy().replace('\\', "/");
        let file: CaseFile = read_json(&folder.join("case.json"))?;
        let mappings = mapping::read_folder(folder)?;
        let case = Self { folder: folder.to_owned(), id, file, mappings };
        case.check().with_context(|| case.folder.join("case.json").display().to_string())?;
        Ok(case)
    }

    fn check(&self) -> Result<()> {
        let parts: Vec<&str> = self.id.split('/').collect();
        if parts.first() != Some(&self.file.vendor.as_str()) || parts.get(1) != Some(&self.file.capability.as_str()) {
            bail!("vendor and capability are not those of the folder");
        }
        if self.file.steps.is_empty() {
            bail!("a case without steps proves nothing");
        }
        if !["official", "seen", "provisional"].contains(&self.file.evidence.as_str()) {
            bail!("evidence is official, seen or provisional");
        }
        for step in &self.file.steps {
            for upstream in &step.upstream {
                if !self.mappings.iter().any(|mapping| mapping.name == upstream.mapping) {
                    bail!("upstream names the mapping {}, which is not there", upstream.mapping);
                }
                if let Count::Word(word) = &upstream.count
                    && word != "any"
                {
                    bail!("a count is a number, \"any\" or {{\"at_least\": n}}");
                }
            }
        }
        Ok(())
    }
}

/// Reads JSON, naming the file and the place of a fault.
///
/// # Errors
/// As said.
pub fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}
