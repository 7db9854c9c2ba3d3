//! Puts one question to one vendor: a sandbox and a gateway of its own, names made ids, the answer compared.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, anyhow, bail};
use ponte_sandbox::SandboxErp;
use serde_json::{Value, json};

use super::permitted::Change;
use super::{Asked, Expectation, HandleRule, Question, Suite, likeness, start};
use crate::case::{CallFile, ReferenceFile};
use crate::compare::{self, Known};
use crate::mapping::whole_match;
use crate::run::api_faults;
use crate::stage::{Answer, Stage, TENANT, answer};

/// What is wrong with a vendor's answer to a question; nothing when it is as expected.
///
/// # Errors
/// A question that could not be put: no sandbox, no gateway, a name that finds nothing.
pub async fn ask(suite: &Suite, question: &Question, asked: &Asked<'_>) -> Result<Vec<String>> {
    let erp = start(asked.vendor)?;
    erp.set_clock(suite.file.clock);
    let stage = Stage::open(suite.setting(&erp, asked.vendor)).await?;
    let faults = Talk::new(suite, asked, &stage, TENANT).judged(question, &erp).await;
    stage.close().await;
    erp.stop();
    faults
}

/// Questions put to one tenant.
pub(crate) struct Talk<'a> {
    suite: &'a Suite,
    asked: &'a Asked<'a>,
    stage: &'a Stage,
    tenant: &'a str,
    names: BTreeMap<String, String>,
}

impl<'a> Talk<'a> {
    /// With one tenant of a gateway.
    pub(crate) fn new(suite: &'a Suite, asked: &'a Asked<'a>, stage: &'a Stage, tenant: &'a str) -> Self {
        Self { suite, asked, stage, tenant, names: BTreeMap::new() }
    }

    /// Makes the question ready to be put: what comes before it is called, and each name that it has is resolved.
    pub(crate) async fn prepare(&mut self, question: &'a Question) -> Result<()> {
        for call in self.before(question) {
            self.call(call, &[]).await?;
        }
        let call = &question.call;
        self.filled(&call.path).await?;
        if let Some(body) = &call.body {
            self.filled(&body.to_string()).await?;
        }
        Ok(())
    }

    /// Puts the question, with further headers.
    pub(crate) async fn put(&mut self, question: &Question, headers: &[(&str, &str)]) -> Result<Answer> {
        self.call(&question.call, headers).await
    }

    async fn judged(&mut self, question: &'a Question, erp: &SandboxErp) -> Result<Vec<String>> {
        if !self.asked.offered {
            let answer = self.call(&question.call, &[]).await?;
            // Input that no vendor could take is refused before anybody asks what this one offers.
            return if question.expect.status == 400 {
                let known = Known { request_id: answer.header("x-request-id"), ..Known::default() };
                self.answer_faults(question, &answer, &known)
            } else {
                Ok(refusal_faults(question, &answer))
            };
        }
        if let Some(nameless) = self.nameless(question) {
            let found = self.resolved(&nameless).await;
            return Ok(match found {
                Err(error) if error.downcast_ref::<Nameless>().is_some() => Vec::new(),
                Err(error) => return Err(error),
                Ok(_) => vec![format!("a permitted difference is stale: {nameless} has a name")],
            });
        }
        for call in self.before(question) {
            self.call(call, &[]).await?;
        }
        let answer = self.call(&question.call, &[]).await?;
        let known = Known { request_id: answer.header("x-request-id"), ..Known::default() };
        let mut faults = self.answer_faults(question, &answer, &known)?;
        faults.extend(api_faults(self.asked.api, &question.call, &answer)?);
        faults.extend(self.write_faults(question, erp));
        if !faults.is_empty() {
            let shown: String = String::from_utf8_lossy(&answer.body).chars().take(3000).collect();
            faults.push(format!("the answer was {} {shown}", answer.status));
        }
        Ok(faults)
    }

    /// What is called before the question: first what this vendor wants, then what the question itself does.
    fn before(&self, question: &'a Question) -> Vec<&'a CallFile> {
        let wanted = self.suite.permitted_for(self.asked.vendor, question).filter_map(|entry| match &entry.change {
            Change::After { after } => Some(after),
            Change::Place { .. } | Change::Whole { .. } | Change::Writes { .. } | Change::Nameless { .. } => None,
        });
        wanted.flatten().chain(&question.before).collect()
    }

    /// The name that this vendor is permitted not to have.
    fn nameless(&self, question: &Question) -> Option<String> {
        self.suite.permitted_for(self.asked.vendor, question).find_map(|entry| match &entry.change {
            Change::Nameless { nameless } => Some(nameless.clone()),
            Change::Place { .. } | Change::Whole { .. } | Change::Writes { .. } | Change::After { .. } => None,
        })
    }

    /// What is wrong with an answer.
    pub(crate) fn answer_faults(&self, question: &Question, answer: &Answer, known: &Known) -> Result<Vec<String>> {
        let vendor = self.asked.vendor;
        let plain = self.suite.plain(vendor, question)?;
        let mut expect = plain.clone();
        let mut permitted = false;
        for entry in self.suite.permitted_for(vendor, question) {
            permitted |= !matches!(entry.change, Change::Writes { .. } | Change::After { .. });
            expect = entry.change.over(expect)?;
        }
        let mut faults = expectation_faults(&expect, answer, known);
        if permitted && expectation_faults(&plain, answer, known).is_empty() {
            faults.push("a permitted difference is stale: the answer is the same as every vendor's".to_owned());
        }
        Ok(faults)
    }

    fn write_faults(&self, question: &Question, erp: &SandboxErp) -> Vec<String> {
        let Some(plain) = &question.writes else { return Vec::new() };
        let permitted = self.suite.permitted_for(self.asked.vendor, question).find_map(|entry| match &entry.change {
            Change::Writes { writes } => Some(writes),
            Change::Place { .. } | Change::Whole { .. } | Change::After { .. } | Change::Nameless { .. } => None,
        });
        match permitted {
            None => write_faults(plain, erp),
            Some(_) if write_faults(plain, erp).is_empty() => {
                vec!["a permitted difference is stale: the same is written as with every vendor".to_owned()]
            }
            Some(permitted) => write_faults(permitted, erp),
        }
    }

    async fn call(&mut self, call: &CallFile, more: &[(&str, &str)]) -> Result<Answer> {
        let path = self.filled(&call.path).await?;
        let method = reqwest::Method::from_bytes(call.method.as_bytes())?;
        let mut request = self.stage.client().request(method, self.stage.url(&path));
        request = request.header("authorization", self.stage.bearer());
        for (name, value) in &call.headers {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        if let Some(body) = &call.body {
            let body = self.filled(&body.to_string()).await?;
            request = request.header("content-type", "application/json").body(body);
        }
        answer(request).await
    }

    /// The text with its names in braces made documents and ids. Neither has a letter that JSON would escape.
    async fn filled(&mut self, text: &str) -> Result<String> {
        let mut filled = text.to_owned();
        for name in names(text) {
            if !self.names.contains_key(&name) {
                let value = Box::pin(self.resolved(&name)).await.with_context(|| format!("{{{name}}}"))?;
                self.names.insert(name.clone(), value);
            }
            let value = self.names.get(&name).map(String::as_str).unwrap_or_default();
            filled = filled.replace(&format!("{{{name}}}"), value);
        }
        Ok(filled)
    }

    async fn resolved(&mut self, name: &str) -> Result<String> {
        if name == "tenant" {
            return Ok(self.tenant.to_owned());
        }
        let (kind, person) = name.split_once(':').ok_or_else(|| anyhow!("no kind of name"))?;
        if kind == "document" {
            let document = self.suite.document(self.asked.vendor, person);
            return document.map(str::to_owned).ok_or_else(|| anyhow!("not in people.json"));
        }
        if !self.asked.offered {
            // What is not offered is refused before anybody looks whose the id is.
            let customer = (kind != "customer").then(|| "1".to_owned());
            return self
                .stage
                .handle(self.tenant, &ReferenceFile { kind: kind.to_owned(), customer, id: "1".to_owned() });
        }
        let rule = self.suite.file.handles.get(name).ok_or_else(|| anyhow!("not in handles"))?;
        let answer = self.call(&rule.call, &[]).await?;
        match (answer.status, answer.json()) {
            (200, Some(body)) => rule.taken(&body),
            (status, _) => bail!("{} answers {status}: {}", rule.call.path, String::from_utf8_lossy(&answer.body)),
        }
    }
}

/// A list was answered, and what was looked for is not in it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Nameless(String);

impl HandleRule {
    fn taken(&self, body: &Value) -> Result<String> {
        let list =
            body.pointer(&self.list).and_then(Value::as_array).ok_or_else(|| anyhow!("{} is no list", self.list))?;
        let wanted = |member: &&Value| {
            self.wanted.iter().all(|(pointer, value)| member.pointer(pointer).is_some_and(|found| found == value))
        };
        let member =
            list.iter().find(wanted).ok_or_else(|| Nameless(format!("none is {:?} in {body}", self.wanted)))?;
        let value = member.pointer(&self.take).and_then(Value::as_str);
        value.map(str::to_owned).ok_or_else(|| anyhow!("{} is no text", self.take))
    }
}

/// The names in braces, in the order they are met.
pub(super) fn names(text: &str) -> Vec<String> {
    let parts = text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name);
    parts.filter(|name| whole_match("tenant|[a-z_]+:[A-Za-z0-9-]+", name)).map(str::to_owned).collect()
}

fn expectation_faults(expect: &Expectation, answer: &Answer, known: &Known) -> Vec<String> {
    let mut faults = Vec::new();
    if answer.status != expect.status {
        faults.push(format!("status: expected {}, got {}", expect.status, answer.status));
    }
    let mut differences = compare::headers(&expect.headers, |name| answer.header(name), known);
    match (&expect.body, answer.json()) {
        (Some(expected), Some(got)) => differences.extend(likeness::differences(expected, &got, known)),
        (Some(_), None) => faults.push("the answer is not JSON".to_owned()),
        (None, _) => {}
    }
    faults.extend(differences.into_iter().map(|difference| {
        format!("{}\n    expected  {}\n    got       {}", difference.place, difference.expected, difference.got)
    }));
    if let Some(start) = &expect.body_starts
        && !answer.body.starts_with(start.as_bytes())
    {
        faults.push(format!("the answer does not begin with {start}"));
    }
    faults
}

fn refusal_faults(question: &Question, answer: &Answer) -> Vec<String> {
    let body = json!({
        "type": "{{url:/problems/capability-not-supported}}",
        "capability": question.capability,
        "reason": "{{string}}",
    });
    let expect = Expectation { status: 501, headers: BTreeMap::new(), body: Some(body), body_starts: None };
    expectation_faults(&expect, answer, &Known::default())
}

/// Kinds that are named must have that count; an empty list means that nothing at all was written.
fn write_faults(wanted: &BTreeMap<String, u32>, erp: &SandboxErp) -> Vec<String> {
    let word = |kind| serde_json::to_value(kind).ok().and_then(|word| word.as_str().map(str::to_owned));
    let counts: BTreeMap<String, u32> =
        erp.writes().counts.iter().filter_map(|(kind, count)| Some((word(kind)?, *count))).collect();
    if wanted.is_empty() && !counts.is_empty() {
        return vec![format!("nothing should have been written, but {counts:?} was")];
    }
    let count = |kind: &String| counts.get(kind).copied().unwrap_or(0);
    let wrong = wanted.iter().filter(|(kind, wanted)| count(kind) != **wanted);
    wrong.map(|(kind, wanted)| format!("writes of {kind}: expected {wanted}, got {}", count(kind))).collect()
}
