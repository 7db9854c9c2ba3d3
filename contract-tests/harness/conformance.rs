//! The conformance suite: the same questions to the sandbox of every vendor, in the same words, through a gateway.
//! Vendors that pass agree, but for the differences that a vendor's `permitted.json` lists, each with its reason.

mod likeness;
mod permitted;
mod question;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};
use jiff::Timestamp;
use ponte_sandbox::SandboxErp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::case::{CallFile, read_json};
use crate::schema::Document;
use crate::stage::{Setting, TENANT, lay_over};

use self::permitted::VendorFile;
pub use self::permitted::{Permitted, UnderFault};
pub(crate) use self::question::Talk;
pub use self::question::ask;

/// `conformance/questions.json`, with the people's documents and what each vendor is permitted.
#[derive(Debug, Clone)]
pub struct Suite {
    file: QuestionsFile,
    people: BTreeMap<String, Papers>,
    vendors: BTreeMap<String, VendorFile>,
}

/// What a person is looked up by.
#[derive(Debug, Clone)]
struct Papers {
    document: String,
    /// For a CNPJ with letters: the one that vendors hold whose field takes digits only.
    numeric_twin: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionsFile {
    #[serde(rename = "about")]
    _about: String,
    clock: Timestamp,
    tenant: TenantRules,
    handles: BTreeMap<String, HandleRule>,
    questions: Vec<Question>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TenantRules {
    settings: Value,
}

/// How a name becomes an id, by the API alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandleRule {
    call: CallFile,
    list: String,
    #[serde(rename = "where")]
    wanted: BTreeMap<String, Value>,
    take: String,
}

/// One question.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Unique.
    pub name: String,
    /// Where a vendor does not offer it, the question expects to be told so.
    pub capability: String,
    /// Whether it is the call that the capability is there for: the one of each capability that the fault table makes.
    #[serde(default)]
    pub main: bool,
    /// Member of `people.json`, for the report.
    pub person: Option<String>,
    #[serde(default)]
    before: Vec<CallFile>,
    call: CallFile,
    expect: Expectation,
    writes: Option<BTreeMap<String, u32>>,
}

/// What a question expects.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, Option<String>>,
    body: Option<Value>,
    body_starts: Option<String>,
}

#[derive(Deserialize)]
struct PeopleFile {
    people: Vec<Map<String, Value>>,
}

/// What a question is put to: one vendor's sandbox, and whether the vendor offers what is asked for.
pub struct Asked<'a> {
    /// The vendor's word, one of `ponte_sandbox::roster()`.
    pub vendor: &'a str,
    /// Whether `GET /v1/vendors` says that the vendor offers the question's capability.
    pub offered: bool,
    /// The published API document.
    pub api: &'a Document,
}

impl Suite {
    /// Reads the questions and the people.
    ///
    /// # Errors
    /// What is not as `contract-tests/README.md` says: a question that stands twice, a permitted difference of a vendor
    /// without a sandbox or of no question, a person that is none.
    pub fn read(suites: &Path) -> Result<Self> {
        let people: PeopleFile = read_json(&suites.join("people.json"))?;
        let text = |person: &Map<String, Value>, key: &str| person.get(key).and_then(Value::as_str).map(str::to_owned);
        let people = people.people.iter().filter_map(|person| {
            let papers = Papers { document: text(person, "document")?, numeric_twin: text(person, "numeric_twin") };
            Some((text(person, "name")?, papers))
        });
        let path = suites.join("conformance/questions.json");
        let mut suite = Self { file: read_json(&path)?, people: people.collect(), vendors: BTreeMap::new() };
        suite.check().with_context(|| path.display().to_string())?;
        for skin in ponte_sandbox::roster() {
            let path = suites.join(skin.vendor).join("permitted.json");
            if path.exists() {
                let file: VendorFile = read_json(&path)?;
                file.check(skin.vendor, suite.questions()).with_context(|| path.display().to_string())?;
                suite.vendors.insert(skin.vendor.to_owned(), file);
            }
        }
        Ok(suite)
    }

    fn check(&self) -> Result<()> {
        for (index, question) in self.questions().iter().enumerate() {
            let name = &question.name;
            ensure!(!self.questions().iter().skip(index + 1).any(|other| other.name == *name), "{name} stands twice");
            if let Some(person) = &question.person {
                ensure!(self.people.contains_key(person), "{name}: {person} is not in people.json");
            }
        }
        Ok(())
    }

    /// A vendor's tenant at its sandbox.
    pub(crate) fn setting<'a>(&self, erp: &SandboxErp, vendor: &'a str) -> Setting<'a> {
        let mut settings = self.file.tenant.settings.clone();
        lay_over(&mut settings, &erp.settings());
        Setting {
            tenant: TENANT,
            vendor,
            base_url: erp.base_url(),
            clock: self.file.clock,
            credentials: erp.credentials(),
            settings,
            scopes: None,
        }
    }

    /// Where the clock stands.
    pub(crate) const fn clock(&self) -> Timestamp {
        self.file.clock
    }

    /// A person's document as this vendor holds it.
    fn document(&self, vendor: &str, person: &str) -> Option<&str> {
        let papers = self.people.get(person)?;
        let digits_only = self.vendors.get(vendor).is_some_and(|file| file.digits_only_cnpj.is_some());
        Some(papers.numeric_twin.as_ref().filter(|_| digits_only).unwrap_or(&papers.document))
    }

    /// The questions.
    pub fn questions(&self) -> &[Question] {
        &self.file.questions
    }

    fn permitted_for<'a>(&'a self, vendor: &str, question: &'a Question) -> impl Iterator<Item = &'a Permitted> {
        let entries = self.vendors.get(vendor).map(|file| file.permitted.as_slice()).unwrap_or_default();
        entries.iter().filter(move |entry| entry.question == question.name)
    }

    /// What this vendor may be told by under this fault, beside what every vendor may.
    pub(crate) fn permitted_under<'a>(&'a self, vendor: &str, fault: &'a str) -> impl Iterator<Item = &'a UnderFault> {
        let entries = self.vendors.get(vendor).map(|file| file.under_fault.as_slice()).unwrap_or_default();
        entries.iter().filter(move |entry| entry.fault == fault)
    }

    /// The expectation as it is for every vendor, with the documents as this one holds them.
    fn plain(&self, vendor: &str, question: &Question) -> Result<Expectation> {
        let mut plain = question.expect.clone();
        if let Some(body) = &plain.body {
            let mut text = body.to_string();
            for name in question::names(&text) {
                if let Some(document) = name.strip_prefix("document:").and_then(|person| self.document(vendor, person))
                {
                    text = text.replace(&format!("{{{name}}}"), document);
                }
            }
            plain.body = Some(serde_json::from_str(&text)?);
        }
        Ok(plain)
    }
}

/// The permitted differences, for people: one list.
pub fn permitted(suite: &Suite) -> String {
    suite.vendors.iter().map(|(vendor, file)| file.told(vendor)).collect()
}

fn start(vendor: &str) -> Result<SandboxErp> {
    SandboxErp::start(vendor, ([127, 0, 0, 1], 0).into()).map_err(|error| anyhow!("{error}"))
}
