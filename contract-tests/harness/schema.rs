//! JSON Schemas out of OpenAPI documents, compiled once per place.

use std::cmp::Reverse;
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

    /// The path item for a path: an exact template first, else the one that fits with the fewest parameters and the
    /// most letters of its own, so that `/invoices/{id}.pdf` goes before `/invoices/{id}`.
    pub fn path_item(&self, path: &str) -> Option<(&str, &Value)> {
        let paths = self.root.get("paths")?.as_object()?;
        if let Some((template, item)) = paths.get_key_value(path) {
            return Some((template, item));
        }
        let parts: Vec<&str> = path.split('/').collect();
        paths
            .iter()
            .filter(|(template, _)| fits(template, &parts))
            .min_by_key(|(template, _)| (template.matches('{').count(), Reverse(own_letters(template))))
            .map(|(template, item)| (template.as_str(), item))
    }
}

fn fits(template: &str, parts: &[&str]) -> bool {
    let segments: Vec<&str> = template.split('/').collect();
    segments.len() == parts.len() && segments.iter().zip(parts).all(|(segment, part)| segment_fits(segment, part))
}

/// Whether a segment is the template's: word for word, or a parameter that holds something, between the letters that
/// the template has before and after it (`{id}.pdf`).
fn segment_fits(template: &str, part: &str) -> bool {
    let parameter = template.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?.1)));
    match parameter {
        Some((before, after)) => {
            part.strip_prefix(before).and_then(|rest| rest.strip_suffix(after)).is_some_and(|held| !held.is_empty())
        }
        None => template == part,
    }
}

/// How much of a template is no parameter.
fn own_letters(template: &str) -> usize {
    let mut held = false;
    template
        .chars()
        .filter(|letter| {
            let own = !held && *letter != '{';
            held = match letter {
                '{' => true,
                '}' => false,
                _ => held,
            };
            own
        })
        .count()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Document;

    #[test]
    fn a_path_finds_its_own_template() {
        let document = Document::new(json!({"paths": {
            "/notes": {}, "/notes/last": {}, "/notes/{note}": {}, "/notes/{note}.pdf": {}, "/notes/{note}/lines/{line}": {},
        }}));
        for (path, template) in [
            ("/notes", Some("/notes")),
            ("/notes/last", Some("/notes/last")),
            ("/notes/7", Some("/notes/{note}")),
            ("/notes/7.pdf", Some("/notes/{note}.pdf")),
            ("/notes/{fis}.pdf", Some("/notes/{note}.pdf")),
            ("/notes/.pdf", Some("/notes/{note}")),
            ("/notes/7/lines/1", Some("/notes/{note}/lines/{line}")),
            ("/notes/", None),
            ("/notes/7/lines", None),
        ] {
            assert_eq!(document.path_item(path).map(|(template, _)| template), template, "{path}");
        }
    }
}
