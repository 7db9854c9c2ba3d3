//! Runs one case: stubs, gateway, steps; every difference, not only the first.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use serde_json::Value;

use crate::case::{CallFile, Case, Count, Step, Upstream};
use crate::compare::{self, Difference, Known};
use crate::inbound::Inbound;
use crate::schema::{Document, essence, response_for};
use crate::spec::Spec;
use crate::stage::{Answer, LogMemory, Setting, Stage, answer};
use crate::stubs::{Hit, Stubs};

/// What came of a case.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Everything that is wrong; empty when the case passed.
    pub faults: Vec<String>,
    /// The exchange, for people: each step's call, answer and upstream calls.
    pub exchange: Vec<String>,
    /// How long it took.
    pub took: Duration,
}

/// The documents that a case is held against.
pub struct Books<'a> {
    /// The vendor's spec.
    pub spec: &'a Spec,
    /// The published API document.
    pub api: &'a Document,
    /// The folder of all suites.
    pub suites: &'a Path,
}

struct Play<'a> {
    case: &'a Case,
    books: &'a Books<'a>,
    stage: Stage,
    stubs: Stubs,
    known: Known,
    faults: Vec<String>,
    exchange: Vec<String>,
}

/// Runs a case.
pub async fn run(case: &Case, books: &Books<'_>) -> Outcome {
    let started = Instant::now();
    let log = LogMemory::captured();
    let mark = log.mark();
    let (mut faults, exchange, answers) = match open(case, books).await {
        Err(error) => (vec![format!("{error:#}")], Vec::new(), String::new()),
        Ok(play) => play.through().await,
    };
    let logged = log.since(mark);
    for text in &case.file.never {
        if logged.contains(text) {
            faults.push(format!("the log has {text:?}"));
        }
    }
    for text in case.file.never.iter().chain(&case.file.never_in_answers) {
        if answers.contains(text) {
            faults.push(format!("an answer has {text:?}"));
        }
    }
    Outcome { faults, exchange, took: started.elapsed() }
}

async fn open<'a>(case: &'a Case, books: &'a Books<'a>) -> Result<Play<'a>> {
    let mut faults = Vec::new();
    for mapping in &case.mappings {
        faults.extend(books.spec.stub_faults(mapping)?);
    }
    let stubs = Stubs::serve(&case.mappings).await;
    let stage = Stage::open(Setting::of_case(case, books.suites, stubs.base_url())?).await?;
    let mut known = Known::default();
    known.values.insert("tenant".to_owned(), crate::stage::TENANT.to_owned());
    for (name, reference) in &case.file.references {
        known.values.insert(name.clone(), stage.handle(crate::stage::TENANT, reference)?);
    }
    Ok(Play { case, books, stage, stubs, known, faults, exchange: Vec::new() })
}

impl Play<'_> {
    async fn through(mut self) -> (Vec<String>, Vec<String>, String) {
        let mut answers = String::new();
        for (index, step) in self.case.file.steps.iter().enumerate() {
            let before = self.faults.len();
            if let Err(error) = self.step(step, &mut answers).await {
                self.faults.push(format!("{error:#}"));
            }
            for fault in self.faults.iter_mut().skip(before) {
                *fault = format!("step {}: {fault}", index + 1);
            }
            if self.faults.len() > before {
                break;
            }
        }
        self.stage.close().await;
        (self.faults, self.exchange, answers)
    }

    async fn step(&mut self, step: &Step, answers: &mut String) -> Result<()> {
        if let Some(clock) = step.clock {
            self.stage.set_clock(clock)?;
        }
        let started = Instant::now();
        for _ in 0..step.repeat.unwrap_or(1) {
            let answer = self.call(&step.call).await?;
            answers.push_str(&String::from_utf8_lossy(&answer.body));
            self.judge(step, &answer)?;
        }
        let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if step.within_ms.is_some_and(|most| took > most) || step.after_ms.is_some_and(|least| took < least) {
            self.faults.push(format!("took {took} ms (within {:?}, after {:?})", step.within_ms, step.after_ms));
        }
        self.judge_upstream(step)
    }

    async fn call(&mut self, call: &CallFile) -> Result<Answer> {
        let path = self.filled(&call.path)?;
        let method = reqwest::Method::from_bytes(call.method.as_bytes())?;
        let mut request = self.stage.client().request(method, self.stage.url(&path));
        let named = |name: &str| call.headers.keys().any(|found| found.eq_ignore_ascii_case(name));
        if !named("authorization") {
            request = request.header("authorization", self.stage.bearer());
        }
        if let Some(body) = &call.body {
            let body = self.filled_json(body)?;
            request = request.body(serde_json::to_vec(&body)?);
            if !named("content-type") {
                request = request.header("content-type", "application/json");
            }
        } else if let Some(raw) = &call.raw {
            request = request.body(raw.clone());
        }
        for (name, value) in &call.headers {
            if let Some(value) = value {
                request = request.header(name, self.filled(value)?);
            }
        }
        let answer = answer(request).await?;
        let shown: String = String::from_utf8_lossy(&answer.body).chars().take(4000).collect();
        self.exchange.push(format!("{} {path}\n{} {shown}", call.method, answer.status));
        Ok(answer)
    }

    fn judge(&mut self, step: &Step, answer: &Answer) -> Result<()> {
        let expect = &step.expect;
        self.known.request_id = answer.header("x-request-id");
        if answer.status != expect.status {
            self.faults.push(format!("status: expected {}, got {}", expect.status, answer.status));
        }
        let headers = compare::headers(&expect.headers, |name| answer.header(name), &self.known);
        self.tell("header ", headers);
        if let Some(expected) = &expect.body {
            match answer.json() {
                Some(got) => {
                    let differences = compare::whole(expected, &got, &self.known);
                    self.tell("", differences);
                }
                None => self.faults.push("the answer is not JSON".to_owned()),
            }
        }
        if let Some(name) = &expect.body_file
            && std::fs::read(self.case.folder.join("__files").join(name))? != answer.body
        {
            self.faults.push(format!("the answer's bytes are not those of __files/{name}"));
        }
        if let Some(start) = &expect.body_starts
            && !answer.body.starts_with(start.as_bytes())
        {
            self.faults.push(format!("the answer does not begin with {start}"));
        }
        let by_document = api_faults(self.books.api, &step.call, answer)?;
        self.faults.extend(by_document);
        self.capture(step, answer)
    }

    fn tell(&mut self, what: &str, differences: Vec<Difference>) {
        for difference in differences {
            self.faults.push(format!(
                "{what}{}\n    expected  {}\n    got       {}",
                difference.place, difference.expected, difference.got
            ));
        }
    }

    fn capture(&mut self, step: &Step, answer: &Answer) -> Result<()> {
        if step.capture.is_empty() || answer.status != step.expect.status {
            return Ok(());
        }
        let body = answer.json().ok_or_else(|| anyhow!("nothing can be captured from an answer that is not JSON"))?;
        for (name, pointer) in &step.capture {
            let value = body.pointer(pointer).and_then(Value::as_str);
            let value =
                value.ok_or_else(|| anyhow!("{pointer} is no text in the answer, so {name} is not captured"))?;
            self.known.values.insert(name.clone(), value.to_owned());
        }
        Ok(())
    }

    fn judge_upstream(&mut self, step: &Step) -> Result<()> {
        let hits = self.stubs.take_hits();
        self.exchange.extend(hits.iter().map(|hit| {
            format!("  upstream {}: {}", hit.mapping.as_deref().unwrap_or("(no stub)"), hit.request.shown())
        }));
        for hit in &hits {
            match &hit.mapping {
                None => {
                    let nearest = nearest(self.case, &hit.request);
                    self.faults.push(format!("no stub matches {}\n    nearest   {nearest}", hit.request.shown()));
                }
                Some(_) => self.faults.extend(self.books.spec.request_faults(&hit.request)?),
            }
        }
        for mapping in &self.case.mappings {
            let of_it: Vec<&Hit> = hits.iter().filter(|hit| hit.mapping.as_deref() == Some(&mapping.name)).collect();
            match step.upstream.iter().find(|upstream| upstream.mapping == mapping.name) {
                None if of_it.is_empty() => {}
                None => {
                    self.faults.push(format!("the stub {} was hit {} times, expected none", mapping.name, of_it.len()))
                }
                Some(upstream) => self.judge_hits(upstream, &of_it),
            }
        }
        Ok(())
    }

    fn judge_hits(&mut self, upstream: &Upstream, hits: &[&Hit]) {
        let name = &upstream.mapping;
        if !upstream.count.fits(hits.len()) {
            let expected = match &upstream.count {
                Count::Exactly(count) => count.to_string(),
                Count::AtLeast { at_least } => format!("at least {at_least}"),
                Count::Word(word) => word.clone(),
            };
            self.faults.push(format!("the stub {name} was hit {} times, expected {expected}", hits.len()));
        }
        for hit in hits {
            let headers =
                compare::headers(&upstream.headers, |name| hit.request.header(name).map(str::to_owned), &self.known);
            self.tell(&format!("upstream {name}: header "), headers);
            let body = hit.request.document().unwrap_or(Value::Null);
            if let Some(expected) = &upstream.body {
                let differences = compare::subset(expected, &body, &self.known);
                self.tell(&format!("upstream {name}: "), differences);
            }
            if let Some(expected) = &upstream.body_exact {
                let differences = compare::whole(expected, &body, &self.known);
                self.tell(&format!("upstream {name}: "), differences);
            }
            let text = String::from_utf8_lossy(&hit.request.body).into_owned();
            for key in upstream.body_keys_absent.iter().filter(|key| body.get(key.as_str()).is_some()) {
                self.faults.push(format!("upstream {name}: the body has the key {key}"));
            }
            for part in upstream.body_contains_not.iter().filter(|part| text.contains(part.as_str())) {
                self.faults.push(format!("upstream {name}: the body has {part:?}"));
            }
        }
    }

    fn filled(&self, text: &str) -> Result<String> {
        let mut filled = text.to_owned();
        for (name, value) in &self.known.values {
            filled = filled.replace(&format!("{{{name}}}"), value);
        }
        match filled.find('{').filter(|_| !text.trim_start().starts_with('{')) {
            Some(at) => bail!("nothing is captured for {}", filled.get(at..).unwrap_or_default()),
            None => Ok(filled),
        }
    }

    fn filled_json(&self, value: &Value) -> Result<Value> {
        Ok(match value {
            Value::String(text) if self.known.values.contains_key(text.trim_matches(['{', '}'])) => {
                Value::String(self.filled_braced(text))
            }
            Value::Array(values) => {
                Value::Array(values.iter().map(|value| self.filled_json(value)).collect::<Result<_>>()?)
            }
            Value::Object(fields) => Value::Object(
                fields.iter().map(|(key, value)| Ok((key.clone(), self.filled_json(value)?))).collect::<Result<_>>()?,
            ),
            other => other.clone(),
        })
    }

    fn filled_braced(&self, text: &str) -> String {
        let name = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
        name.and_then(|name| self.known.values.get(name)).cloned().unwrap_or_else(|| text.to_owned())
    }
}

/// The stub that a request without a match came nearest to: the one with the same path, else the longest shared path.
fn nearest(case: &Case, request: &Inbound) -> String {
    let shared = |path: &str| path.bytes().zip(request.path.bytes()).take_while(|(one, other)| one == other).count();
    case.mappings
        .iter()
        .max_by_key(|mapping| shared(mapping.request.url_path.as_deref().unwrap_or_default()))
        .map_or_else(
            || "(the case has no stubs)".to_owned(),
            |mapping| {
                let path = mapping.request.url_path.as_deref().or(mapping.request.url_path_pattern.as_deref());
                format!("{} ({} {})", mapping.name, mapping.request.method, path.unwrap_or_default())
            },
        )
}

/// Faults of an answer by the published document: path, method, status, content type, schema.
pub(crate) fn api_faults(api: &Document, call: &CallFile, answer: &Answer) -> Result<Vec<String>> {
    let path = call.path.split('?').next().unwrap_or_default();
    let Some((template, item)) = api.path_item(path) else {
        return Ok(if answer.status == 404 { Vec::new() } else { vec![format!("{path} is not in the API document")] });
    };
    let Some(operation) = item.get(call.method.to_ascii_lowercase()) else {
        return Ok(if answer.status == 405 { Vec::new() } else { vec![format!("{template} has no {}", call.method)] });
    };
    let Some(response) = response_for(api, operation, answer.status) else {
        return Ok(vec![format!("the API document has no status {} for {} {template}", answer.status, call.method)]);
    };
    let Some(content) = response.get("content").and_then(Value::as_object) else { return Ok(Vec::new()) };
    let media = answer.header("content-type").map(|value| essence(&value)).unwrap_or_default();
    let Some(entry) = content.get(&media) else {
        return Ok(vec![format!("the API document has no {media} for {} {template} {}", call.method, answer.status)]);
    };
    match (entry.get("schema"), answer.json()) {
        (Some(schema), Some(body)) if media.ends_with("json") => {
            let faults = api.faults(schema, &body)?;
            Ok(faults.into_iter().map(|fault| format!("by the API document: {fault}")).collect())
        }
        _ => Ok(Vec::new()),
    }
}
