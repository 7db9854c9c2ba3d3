//! The conformance suite: the same questions to the sandbox of every vendor, in the same words, through a gateway.
//! Vendors that pass agree, but for the differences that `questions.json` permits, each with its reason.

mod likeness;
mod question;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use jiff::Timestamp;
use ponte_sandbox::SandboxErp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::case::{CallFile, read_json};
use crate::schema::Document;

pub use self::question::ask;

/// `conformance/questions.json`, with the people's documents.
#[derive(Debug, Clone)]
pub struct Suite {
    file: QuestionsFile,
    documents: BTreeMap<String, String>,
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
    permitted: Vec<Permitted>,
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
    /// Member of `people.json`, for the report.
    pub person: Option<String>,
    #[serde(default)]
    before: Vec<CallFile>,
    call: CallFile,
    expect: Expectation,
    writes: Option<BTreeMap<String, u32>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, Option<String>>,
    body: Option<Value>,
    body_starts: Option<String>,
}

/// A difference that is accepted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permitted {
    /// Whose.
    pub vendor: String,
    /// In which question.
    pub question: String,
    /// Where in the expected body.
    pub pointer: String,
    /// What is expected there instead.
    pub value: Value,
    /// Why.
    pub reason: String,
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
        let documents =
            people.people.iter().filter_map(|person| Some((text(person, "name")?, text(person, "document")?)));
        let path = suites.join("conformance/questions.json");
        let suite = Self { file: read_json(&path)?, documents: documents.collect() };
        suite.check().with_context(|| path.display().to_string())?;
        Ok(suite)
    }

    fn check(&self) -> Result<()> {
        for (index, question) in self.questions().iter().enumerate() {
            let name = &question.name;
            ensure!(!self.questions().iter().skip(index + 1).any(|other| other.name == *name), "{name} stands twice");
            if let Some(person) = &question.person {
                ensure!(self.documents.contains_key(person), "{name}: {person} is not in people.json");
            }
        }
        for Permitted { vendor, question, reason, .. } in self.permitted() {
            ensure!(self.questions().iter().any(|found| found.name == *question), "permitted: no question {question}");
            ensure!(
                ponte_sandbox::roster().iter().any(|skin| skin.vendor == vendor),
                "permitted: no sandbox of {vendor}"
            );
            ensure!(!reason.is_empty(), "permitted: a difference in {question} without a reason");
        }
        Ok(())
    }

    /// The questions.
    pub fn questions(&self) -> &[Question] {
        &self.file.questions
    }

    /// The differences that are accepted.
    pub fn permitted(&self) -> &[Permitted] {
        &self.file.permitted
    }

    fn permitted_for<'a>(&'a self, vendor: &'a str, question: &'a Question) -> impl Iterator<Item = &'a Permitted> {
        self.permitted().iter().filter(move |entry| entry.vendor == vendor && entry.question == question.name)
    }

    /// The expected body as it is for this vendor.
    fn body_for(&self, vendor: &str, question: &Question) -> Result<Option<Value>> {
        let Some(mut body) = question.expect.body.clone() else { return Ok(None) };
        for Permitted { pointer, value, .. } in self.permitted_for(vendor, question) {
            match body.pointer_mut(pointer) {
                Some(slot) => *slot = value.clone(),
                None => bail!("the permitted difference at {pointer} is nowhere in the expected body"),
            }
        }
        Ok(Some(body))
    }
}

/// The permitted differences, for people.
pub fn permitted(suite: &Suite) -> String {
    let line = |entry: &Permitted| {
        let Permitted { vendor, question, pointer, reason, .. } = entry;
        format!("permitted difference: {vendor} in {question} at {pointer}: {reason}\n")
    };
    suite.permitted().iter().map(line).collect()
}

fn start(vendor: &str) -> Result<SandboxErp> {
    SandboxErp::start(vendor, ([127, 0, 0, 1], 0).into()).map_err(|error| anyhow!("{error}"))
}
