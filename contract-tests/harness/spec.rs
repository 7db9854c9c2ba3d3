//! A vendor's spec: which operation a request is, and whether request and answer are what the spec knows.
//!
//! The rules are those at the top of each file in `erp-specs/`.

mod query;

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use serde_json::Value;

use crate::inbound::Inbound;
use crate::mapping::Mapping;
use crate::schema::{Document, essence, response_for};

/// A vendor's wire format.
pub struct Spec {
    document: Document,
}

impl Spec {
    /// Reads `erp-specs/<vendor>.yaml`.
    ///
    /// # Errors
    /// A file that is absent or no YAML.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let root: Value = serde_yaml_ng::from_str(&text).with_context(|| path.display().to_string())?;
        Ok(Self { document: Document::new(root) })
    }

    /// How many operations it has, by evidence of the request: official, seen, provisional.
    pub fn operations_by_evidence(&self) -> [usize; 3] {
        let mut counts = [0; 3];
        for operation in self.operations() {
            match operation.get("x-evidence").and_then(Value::as_str) {
                Some("official") => counts[0] += 1,
                Some("seen") => counts[1] += 1,
                _ => counts[2] += 1,
            }
        }
        counts
    }

    fn operations(&self) -> Vec<&Value> {
        let paths = self.document.root.get("paths").and_then(Value::as_object);
        paths
            .into_iter()
            .flat_map(serde_json::Map::values)
            .filter_map(Value::as_object)
            .flat_map(serde_json::Map::values)
            .filter(|operation| operation.get("responses").is_some())
            .flat_map(variants)
            .collect()
    }

    /// Faults of a stub: its request selects no operation, or its answer is not one that the operation knows.
    ///
    /// # Errors
    /// A schema that cannot be compiled.
    pub fn stub_faults(&self, mapping: &Mapping) -> Result<Vec<String>> {
        let operations = self.stub_operations(mapping);
        if operations.is_empty() {
            return Ok(vec![format!("the stub {} selects no operation of the spec", mapping.name)]);
        }
        if mapping.metadata.outside_spec.is_some() {
            return Ok(Vec::new());
        }
        let content_type = mapping
            .response
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"))
            .map(|(_, value)| value.as_str());
        let body = mapping.body_at("https://erp.example");
        let mut first = None;
        for operation in operations {
            let faults = self.answer_faults(operation, mapping.response.status, content_type, &body)?;
            if faults.is_empty() {
                return Ok(faults);
            }
            first.get_or_insert(faults);
        }
        let faults = first.unwrap_or_default();
        Ok(faults.into_iter().map(|fault| format!("the stub {}: {fault}", mapping.name)).collect())
    }

    fn stub_operations(&self, mapping: &Mapping) -> Vec<&Value> {
        let pattern = &mapping.request;
        if let Some(name) = &mapping.metadata.operation {
            return self
                .operations()
                .into_iter()
                .filter(|operation| operation["operationId"] == name.as_str())
                .collect();
        }
        let method = pattern.method.to_ascii_lowercase();
        let header = |name: &str| pattern.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        let items: Vec<&Value> = match &pattern.url_path {
            Some(path) => self.document.path_item(path).map(|(_, item)| item).into_iter().collect(),
            None => self.items_like(pattern.url_path_pattern.as_deref().unwrap_or_default()),
        };
        items
            .into_iter()
            .filter_map(|item| item.get(&method))
            .flat_map(variants)
            .filter(|operation| {
                when(operation, |name, wanted| match (header(name), wanted) {
                    (None, _) => true,
                    (Some((_, pattern)), wanted) => pattern.holds(wanted),
                })
            })
            .collect()
    }

    fn items_like(&self, pattern: &str) -> Vec<&Value> {
        let Some(paths) = self.document.root.get("paths").and_then(Value::as_object) else { return Vec::new() };
        // A pattern stands for every path that an example of its template fits: digits stand for ids.
        paths
            .iter()
            .filter(|(template, _)| {
                let example: Vec<&str> =
                    template.split('/').map(|part| if part.starts_with('{') { "1234" } else { part }).collect();
                crate::mapping::whole_match(pattern, &example.join("/"))
            })
            .map(|(_, item)| item)
            .collect()
    }

    /// Faults of a request that the gateway really made.
    ///
    /// # Errors
    /// A schema that cannot be compiled.
    pub fn request_faults(&self, request: &Inbound) -> Result<Vec<String>> {
        let Some(operation) = self.operation_of(request) else {
            return Ok(vec![format!("{} {} is no operation of the spec", request.method, request.path)]);
        };
        let mut faults = query::faults(&self.document, operation, self.shared_parameters(request), request)?;
        faults.extend(self.body_faults(operation, request)?);
        Ok(faults)
    }

    /// Parameters that stand at the path, for all its operations.
    fn shared_parameters(&self, request: &Inbound) -> &[Value] {
        let item = self.document.path_item(&request.path).map(|(_, item)| item);
        item.and_then(|item| item.get("parameters")).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn body_faults(&self, operation: &Value, request: &Inbound) -> Result<Vec<String>> {
        let Some(body) = operation.get("requestBody").map(|body| self.document.resolve(body)) else {
            return Ok(Vec::new());
        };
        let content =
            body.get("content").and_then(Value::as_object).ok_or_else(|| anyhow!("a request without content"))?;
        let media = request.header("content-type").map(essence).unwrap_or_default();
        let Some(schema) = content.get(&media).and_then(|media| media.get("schema")) else {
            let required = body.get("required").and_then(Value::as_bool).unwrap_or(false);
            let empty = request.body.is_empty() && !required;
            return Ok(if empty {
                Vec::new()
            } else {
                vec![format!("{}: the content type {media} is not the spec's", request.path)]
            });
        };
        let value = match media.as_str() {
            // A form is held against the schema as an object of texts.
            "application/x-www-form-urlencoded" => request.document(),
            // The parts of a multipart body are asserted in the case.
            "multipart/form-data" => return Ok(Vec::new()),
            _ => request.json(),
        };
        let Some(value) = value else {
            return Ok(vec![format!("{}: the body is not JSON", request.path)]);
        };
        let faults = self.document.faults(schema, &value)?;
        Ok(faults.into_iter().map(|fault| format!("{} {}: request{fault}", request.method, request.path)).collect())
    }

    fn operation_of(&self, request: &Inbound) -> Option<&Value> {
        let (_, item) = self.document.path_item(&request.path)?;
        let operation = item.get(request.method.to_ascii_lowercase())?;
        variants(operation).into_iter().find(|variant| when(variant, |name, wanted| request.header(name) == wanted))
    }

    fn answer_faults(
        &self,
        operation: &Value,
        status: u16,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Result<Vec<String>> {
        let Some(response) = response_for(&self.document, operation, status) else {
            return Ok(vec![format!("the status {status} is not one of the spec's")]);
        };
        let Some(content) = response.get("content").and_then(Value::as_object) else { return Ok(Vec::new()) };
        let media = content_type.map(essence).unwrap_or_default();
        let Some(entry) = content.get(&media).or_else(|| content.get("*/*")) else {
            return Ok(vec![format!("the content type {media} is not one of the spec's for {status}")]);
        };
        if body.starts_with(b"%PDF") {
            let binary = ["application/pdf", "application/octet-stream"].contains(&media.as_str());
            return Ok(if binary { Vec::new() } else { vec![format!("a PDF under {media}")] });
        }
        let Some(schema) = entry.get("schema") else { return Ok(Vec::new()) };
        self.document.faults(schema, &decoded(body))
    }
}

/// JSON if it is, else the body as one text; a body that is no UTF-8 is read as Latin-1.
fn decoded(body: &[u8]) -> Value {
    let text = match std::str::from_utf8(body) {
        Ok(text) => text.to_owned(),
        Err(_) => body.iter().map(|byte| char::from(*byte)).collect(),
    };
    serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or(Value::String(text))
}

/// The operation, or its variants.
fn variants(operation: &Value) -> Vec<&Value> {
    match operation.get("x-variants").and_then(Value::as_array) {
        Some(variants) => variants.iter().collect(),
        None => vec![operation],
    }
}

/// Whether all headers of `when` hold.
fn when(operation: &Value, holds: impl Fn(&str, Option<&str>) -> bool) -> bool {
    let headers = operation.pointer("/when/header").and_then(Value::as_object);
    headers.is_none_or(|headers| headers.iter().all(|(name, wanted)| holds(name, wanted.as_str())))
}
