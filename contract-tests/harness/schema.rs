//! JSON Schemas out of OpenAPI documents, compiled once per place.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, anyhow};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

/// An OpenAPI document whose schemas can be asked.
pub struct Document {
    /// The whole document.
    pub root: Value,
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Document {
    /// Wraps a document.
    pub fn new(root: Value) -> Self {
        Self { root, compiled: Mutex::default() }
    }

    /// Follows `$ref` of a response, request body or schema.
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        let mut value = value;
        while let Some(target) = value.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#')) {
            match self.root.pointer(target) {
                Some(found) => value = found,
                None => return value,
            }
        }
        value
    }

    /// What is wrong with a value by a schema of this document; at most five faults.
    ///
    /// # Errors
    /// A schema that cannot be compiled.
    pub fn faults(&self, schema: &Value, value: &Value) -> Result<Vec<String>> {
        let validator = self.validator(schema)?;
        Ok(validator
            .iter_errors(value)
            .take(5)
            .map(|error| {
                let text: String = error.to_string().chars().take(300).collect();
                format!("{}: {text}", error.instance_path())
            })
            .collect())
    }

    fn validator(&self, schema: &Value) -> Result<Arc<Validator>> {
        let key = schema.to_string();
        let mut compiled = self.compiled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = compiled.get(&key) {
            return Ok(validator.clone());
        }
        let components = self.root.get("components").cloned().unwrap_or(Value::Null);
        let whole = json!({"allOf": [schema], "components": components});
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .should_validate_formats(true)
            .build(&whole)
            .map_err(|error| anyhow!("a schema cannot be compiled: {error}"))?;
        let validator = Arc::new(validator);
        compiled.insert(key, validator.clone());
        Ok(validator)
    }

    /// The path item for a path: an exact template first, else one whose parameters fit.
    pub fn path_item(&self, path: &str) -> Option<(&str, &Value)> {
        let paths = self.root.get("paths")?.as_object()?;
        if let Some((template, item)) = paths.get_key_value(path) {
            return Some((template, item));
        }
        let parts: Vec<&str> = path.split('/').collect();
        paths
            .iter()
            .filter(|(template, _)| fits(template, &parts))
            .min_by_key(|(template, _)| template.matches('{').count())
            .map(|(template, item)| (template.as_str(), item))
    }
}

fn fits(template: &str, parts: &[&str]) -> bool {
    let mut templates = template.split('/');
    let mut parts = parts.iter();
    loop {
        match (templates.next(), parts.next()) {
            (None, None) => return true,
            (Some(template), Some(part)) if template.starts_with('{') && template.ends_with('}') && !part.is_empty() => {}
            (Some(template), Some(part)) if template == *part => {}
            _ => return false,
        }
    }
}

/// The response object for a status: exact, then its range, then `default`.
pub fn response_for<'a>(document: &'a Document, operation: &'a Value, status: u16) -> Option<&'a Value> {
    let responses = operation.get("responses")?;
    let range = format!("{}XX", status / 100);
    [status.to_string(), range, "default".to_owned()]
        .iter()
        .find_map(|name| responses.get(name))
        .map(|response| document.resolve(response))
}

/// A media type without its parameters, lower case.
pub fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
