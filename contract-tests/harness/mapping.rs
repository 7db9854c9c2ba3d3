//! WireMock's stub mappings: the part that the harness serves. A key outside it is an error of the case, so that no
//! stub means less here than in WireMock.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use crate::case::read_json;
use crate::compare::includes;
use crate::inbound::Inbound;
use crate::overlap;

/// One stub.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// What `upstream` counts.
    pub name: String,
    /// Lower number first.
    #[serde(default = "default_priority")]
    pub priority: u8,
    /// What it answers to.
    pub request: RequestPattern,
    /// What it answers.
    pub response: ResponseFile,
    /// Scenario that it is part of.
    #[serde(default, rename = "scenarioName")]
    pub scenario: Option<String>,
    /// State that the scenario must have.
    #[serde(default, rename = "requiredScenarioState")]
    pub required_state: Option<String>,
    /// State that the scenario has after it.
    #[serde(default, rename = "newScenarioState")]
    pub new_state: Option<String>,
    /// Ours: operation, outside_spec.
    #[serde(default)]
    pub metadata: Metadata,
    /// The file it stands in, for messages.
    #[serde(skip)]
    pub file: String,
    /// The body to send, made when the case is read.
    #[serde(skip)]
    pub body: Vec<u8>,
}

const fn default_priority() -> u8 {
    5
}

/// Ours, ignored by WireMock.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metadata {
    /// The spec's operationId, where the request pattern alone could be more than one.
    pub operation: Option<String>,
    /// Why the answer may differ from the spec.
    pub outside_spec: Option<String>,
}

/// What a stub answers to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct RequestPattern {
    /// HTTP method, or `ANY`.
    pub method: String,
    /// The exact path.
    pub url_path: Option<String>,
    /// A regular expression for the whole path.
    pub url_path_pattern: Option<String>,
    /// Headers.
    #[serde(default)]
    pub headers: BTreeMap<String, TextPattern>,
    /// Query parameters.
    #[serde(default)]
    pub query_parameters: BTreeMap<String, TextPattern>,
    /// Fields of a form body.
    #[serde(default)]
    pub form_parameters: BTreeMap<String, TextPattern>,
    /// The body; all must hold.
    #[serde(default)]
    pub body_patterns: Vec<BodyPattern>,
}

/// A pattern of a text that may be absent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct TextPattern {
    pub(crate) equal_to: Option<String>,
    pub(crate) case_insensitive: Option<bool>,
    pub(crate) absent: Option<bool>,
    pub(crate) matches: Option<String>,
    pub(crate) contains: Option<String>,
}

/// A pattern of a body.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct BodyPattern {
    pub(crate) equal_to_json: Option<Value>,
    pub(crate) ignore_extra_elements: Option<bool>,
    pub(crate) equal_to: Option<String>,
    pub(crate) contains: Option<String>,
    pub(crate) does_not_contain: Option<String>,
    pub(crate) matches: Option<String>,
    pub(crate) absent: Option<bool>,
}

/// What a stub answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ResponseFile {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Text body.
    pub body: Option<String>,
    /// JSON body.
    pub json_body: Option<Value>,
    /// Base64 of the body.
    pub base64_body: Option<String>,
    /// File under `__files/`.
    pub body_file_name: Option<String>,
    /// Delay before the answer.
    pub fixed_delay_milliseconds: Option<u64>,
    /// WireMock's transformers; of them `response-template` alone, and of its variables `{{request.baseUrl}}`.
    #[serde(default)]
    pub transformers: Vec<String>,
}

/// What a template names the stub server's own address by.
const BASE_URL: &str = "{{request.baseUrl}}";

impl Mapping {
    /// The body as it is sent by a server at this address: a template's `{{request.baseUrl}}` is filled in, since a
    /// vendor's links point back to where it is.
    pub fn body_at(&self, base_url: &str) -> Vec<u8> {
        match std::str::from_utf8(&self.body) {
            Ok(text) if !self.response.transformers.is_empty() => text.replace(BASE_URL, base_url).into_bytes(),
            _ => self.body.clone(),
        }
    }
}

impl ResponseFile {
    /// The delay.
    pub fn delay(&self) -> Option<Duration> {
        self.fixed_delay_milliseconds.map(Duration::from_millis)
    }

    fn check_transformers(&self) -> Result<()> {
        match self.transformers.iter().find(|name| *name != "response-template") {
            Some(other) => bail!("the transformer {other} is not supported"),
            None => Ok(()),
        }
    }

    fn bytes(&self, folder: &Path) -> Result<Vec<u8>> {
        let given =
            [self.body.is_some(), self.json_body.is_some(), self.base64_body.is_some(), self.body_file_name.is_some()];
        if given.into_iter().filter(|given| *given).count() > 1 {
            bail!("a response has one of body, jsonBody, base64Body, bodyFileName");
        }
        if let Some(text) = &self.body {
            return Ok(text.clone().into_bytes());
        }
        if let Some(json) = &self.json_body {
            return Ok(serde_json::to_vec(json)?);
        }
        if let Some(text) = &self.base64_body {
            return STANDARD.decode(text).context("base64Body");
        }
        match &self.body_file_name {
            Some(name) => std::fs::read(folder.join("__files").join(name)).with_context(|| format!("__files/{name}")),
            None => Ok(Vec::new()),
        }
    }
}

/// All mappings of a case folder, by file name.
///
/// # Errors
/// A mapping outside the supported part, a name that stands twice, or two mappings that could answer the same request.
pub fn read_folder(folder: &Path) -> Result<Vec<Mapping>> {
    let mut paths: Vec<_> = match std::fs::read_dir(folder.join("mappings")) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(_) => Vec::new(),
    };
    paths.sort();
    let mut mappings: Vec<Mapping> = Vec::new();
    for path in paths {
        // Two reads: the untagged enum would hide which key is not supported.
        let value: Value = read_json(&path)?;
        let many = value.get("mappings").is_some();
        let read = if many { strict::<Vec<Mapping>>(&value["mappings"]) } else { strict(&value).map(|one| vec![one]) };
        for mut mapping in read.with_context(|| path.display().to_string())? {
            mapping.file = path.display().to_string();
            mapping.response.check_transformers().with_context(|| path.display().to_string())?;
            mapping.body = mapping.response.bytes(folder).with_context(|| path.display().to_string())?;
            if mappings.iter().any(|other| other.name == mapping.name) {
                bail!("{}: the name {} stands twice", path.display(), mapping.name);
            }
            mappings.push(mapping);
        }
    }
    if let Some((one, other)) = overlap::first(&mappings) {
        let folder = folder.display();
        bail!("{folder}: the stubs {one} and {other} could both answer one request; a priority says which is meant");
    }
    Ok(mappings)
}

fn strict<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T> {
    serde_path_to_error::deserialize(value).map_err(|error| anyhow::anyhow!("{}: {}", error.path(), error.inner()))
}

impl TextPattern {
    /// Whether a value, or its absence, is meant.
    pub fn holds(&self, text: Option<&str>) -> bool {
        if self.absent == Some(true) {
            return text.is_none();
        }
        let Some(text) = text else { return false };
        let equal = self.equal_to.as_deref().is_none_or(|expected| match self.case_insensitive {
            Some(true) => text.eq_ignore_ascii_case(expected),
            _ => text == expected,
        });
        equal
            && self.contains.as_deref().is_none_or(|part| text.contains(part))
            && self.matches.as_deref().is_none_or(|pattern| whole_match(pattern, text))
    }
}

/// Whether the pattern matches the whole text; a pattern that is no regular expression matches nothing.
pub fn whole_match(pattern: &str, text: &str) -> bool {
    regex_lite::Regex::new(&format!("^(?s:{pattern})$")).is_ok_and(|regex| regex.is_match(text))
}

impl BodyPattern {
    /// Whether a body is meant.
    pub fn holds(&self, body: &[u8]) -> bool {
        if self.absent == Some(true) {
            return body.is_empty();
        }
        let text = String::from_utf8_lossy(body);
        self.equal_to_json.as_ref().is_none_or(|expected| self.json_holds(expected, &text))
            && self.equal_to.as_deref().is_none_or(|expected| text == expected)
            && self.contains.as_deref().is_none_or(|part| text.contains(part))
            && self.does_not_contain.as_deref().is_none_or(|part| !text.contains(part))
            && self.matches.as_deref().is_none_or(|pattern| whole_match(pattern, &text))
    }

    fn json_holds(&self, expected: &Value, text: &str) -> bool {
        // WireMock takes the expectation as an object or as a text that holds JSON.
        let expected = match expected {
            Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| expected.clone()),
            other => other.clone(),
        };
        let Ok(found) = serde_json::from_str::<Value>(text) else { return false };
        if self.ignore_extra_elements == Some(true) { includes(&found, &expected) } else { found == expected }
    }
}

impl RequestPattern {
    /// Whether a request is meant.
    pub fn holds(&self, request: &Inbound) -> bool {
        (self.method == "ANY" || self.method == request.method)
            && self.url_path.as_deref().is_none_or(|path| path == request.path)
            && self.url_path_pattern.as_deref().is_none_or(|pattern| whole_match(pattern, &request.path))
            && self.headers.iter().all(|(name, pattern)| pattern.holds(request.header(name)))
            && self.query_parameters.iter().all(|(name, pattern)| pattern.holds(request.query(name)))
            && self.form_holds(request)
            && self.body_patterns.iter().all(|pattern| pattern.holds(&request.body))
    }

    fn form_holds(&self, request: &Inbound) -> bool {
        if self.form_parameters.is_empty() {
            return true;
        }
        let fields = request.form().unwrap_or_default();
        let field = |name: &str| fields.iter().find(|(found, _)| found == name).map(|(_, text)| text.as_str());
        self.form_parameters.iter().all(|(name, pattern)| pattern.holds(field(name)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::read_folder;

    fn read(stubs: &[serde_json::Value]) -> Result<usize, String> {
        let folder = tempfile::tempdir().unwrap();
        let mappings = folder.path().join("mappings");
        std::fs::create_dir(&mappings).unwrap();
        std::fs::write(mappings.join("all.json"), json!({"mappings": stubs}).to_string()).unwrap();
        read_folder(folder.path()).map(|read| read.len()).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn a_template_names_the_servers_own_address() {
        let folder = tempfile::tempdir().unwrap();
        let mappings = folder.path().join("mappings");
        std::fs::create_dir(&mappings).unwrap();
        let body = json!({"link": "{{request.baseUrl}}/a.pdf"});
        let stub = |name: &str, transformers: serde_json::Value| json!({"name": name, "request": {"method": "GET", "urlPath": format!("/{name}")}, "response": {"status": 200, "jsonBody": body, "transformers": transformers}});
        let all = json!({"mappings": [stub("filled", json!(["response-template"])), stub("plain", json!([]))]});
        std::fs::write(mappings.join("all.json"), all.to_string()).unwrap();
        let read = read_folder(folder.path()).unwrap();
        assert_eq!(read[0].body_at("http://127.0.0.1:9"), br#"{"link":"http://127.0.0.1:9/a.pdf"}"#);
        assert_eq!(read[1].body_at("http://127.0.0.1:9"), body.to_string().as_bytes());
    }

    #[test]
    fn stubs_that_mean_less_or_more_than_they_say_are_errors() {
        let stub = |name: &str, priority: u8| json!({"name": name, "priority": priority, "request": {"method": "GET", "urlPath": "/"}, "response": {"status": 200}});
        assert_eq!(read(&[stub("one", 5), stub("other", 6)]), Ok(2));
        let mut unknown = stub("one", 5);
        unknown["request"]["cookies"] = json!({});
        let mut transformed = stub("one", 5);
        transformed["response"]["transformers"] = json!(["random"]);
        for (stubs, fault) in [
            (vec![stub("one", 5), stub("other", 5)], "the stubs one and other could both answer one request"),
            (vec![stub("one", 5), stub("one", 6)], "the name one stands twice"),
            (vec![unknown], "unknown field `cookies`"),
            (vec![transformed], "the transformer random is not supported"),
        ] {
            let told = read(&stubs).unwrap_err();
            assert!(told.contains(fault), "{told}");
        }
    }
}
