//! Named examples about the sandbox people, as data under `openapi/examples/`, one file per capability.
//!
//! A file is `operation id -> example name -> Example`. The example's name is the same in parameters, request and
//! response, so that tools pair them. A test of the gateway plays every one of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{self, RefOr};

const FILES: [&str; 18] = [
    include_str!("../../../openapi/examples/customers.json"),
    include_str!("../../../openapi/examples/contracts.json"),
    include_str!("../../../openapi/examples/billing.json"),
    include_str!("../../../openapi/examples/fiscal_invoices.json"),
    include_str!("../../../openapi/examples/trust_unlock.json"),
    include_str!("../../../openapi/examples/speed_release.json"),
    include_str!("../../../openapi/examples/acceptance.json"),
    include_str!("../../../openapi/examples/diagnostics.json"),
    include_str!("../../../openapi/examples/tickets.json"),
    include_str!("../../../openapi/examples/sign_in.json"),
    include_str!("../../../openapi/examples/wifi.json"),
    include_str!("../../../openapi/examples/contacts.json"),
    include_str!("../../../openapi/examples/capabilities.json"),
    include_str!("../../../openapi/examples/tenants.json"),
    include_str!("../../../openapi/examples/keys.json"),
    include_str!("../../../openapi/examples/health.json"),
    include_str!("../../../openapi/examples/documentation.json"),
    include_str!("../../../openapi/examples/testing.json"),
];

/// One call and its answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    /// One line.
    summary: String,
    /// Path, query and header parameters.
    #[serde(default)]
    parameters: BTreeMap<String, Value>,
    /// JSON body of the request.
    request: Option<Value>,
    /// HTTP status of the answer.
    status: u16,
    /// Body of the answer: JSON, or the beginning of a file as text.
    response: Option<Value>,
}

type Examples = BTreeMap<String, BTreeMap<String, Example>>;

// The files are part of the build; the test below reads each of them.
static EXAMPLES: LazyLock<Examples> = LazyLock::new(|| FILES.into_iter().flat_map(read).collect());

fn read(text: &str) -> Examples {
    serde_json::from_str(text).unwrap_or_default()
}

/// Adds the examples of an operation.
pub(super) fn add(operation: &mut Operation) {
    let id = operation.operation_id.clone().unwrap_or_default();
    let Some(examples) = EXAMPLES.get(&id) else { return };
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let named: serde_json::Map<String, Value> = examples
            .iter()
            .filter_map(|(name, example)| {
                let value = example.parameters.get(&parameter.name)?;
                Some((name.clone(), json!({"summary": example.summary, "value": value})))
            })
            .collect();
        if !named.is_empty() {
            // utoipa's parameters have no field for named examples; its extensions are written beside the fields.
            parameter.extensions = Some(Extensions::from_iter([("examples", Value::Object(named))]));
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for content in body.content.values_mut() {
            name_in(content, examples.iter().map(|(name, example)| (name, example, example.request.as_ref())));
        }
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let of_status = || examples.iter().filter(|(_, example)| *status == example.status.to_string());
        for content in response.content.values_mut() {
            name_in(content, of_status().map(|(name, example)| (name, example, example.response.as_ref())));
        }
    }
}

fn name_in<'a>(
    content: &mut RefOr<openapi::Content>,
    examples: impl Iterator<Item = (&'a String, &'a Example, Option<&'a Value>)>,
) {
    let RefOr::T(content) = content else { return };
    for (name, example, value) in examples {
        if let Some(value) = value {
            let shown = ExampleBuilder::new().summary(&example.summary).value(Some(value.clone())).build();
            content.examples.insert(name.clone(), RefOr::T(shown));
        }
    }
}

/// Every operation that has examples, for the test that each is there.
#[cfg(test)]
pub(super) fn operations() -> Vec<String> {
    EXAMPLES.keys().cloned().collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, clippy::unwrap_used)]
    use utoipa::openapi::RefOr;

    use super::{EXAMPLES, Examples, FILES};
    use crate::openapi::{document, operations};

    #[test]
    fn every_file_of_examples_can_be_read() {
        for file in FILES {
            let examples: Examples = serde_json::from_str(file).unwrap();
            assert!(!examples.is_empty());
        }
    }

    #[test]
    fn every_operation_has_an_example_with_all_its_required_parameters() {
        let mut document = document();
        for operation in operations(&mut document) {
            let id = operation.operation_id.as_deref().unwrap();
            let examples = EXAMPLES.get(id).unwrap_or_else(|| panic!("{id} has no example"));
            for (name, example) in examples {
                for parameter in operation.parameters.iter().flatten() {
                    let RefOr::T(parameter) = parameter else { continue };
                    let required = parameter.required == utoipa::openapi::Required::True;
                    let given = example.parameters.contains_key(&parameter.name);
                    assert!(given || !required, "{id}/{name}: {} is missing", parameter.name);
                }
                let known = |wanted: &str| {
                    let mut all = operation.parameters.iter().flatten();
                    all.any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == wanted))
                };
                let strangers: Vec<_> = example.parameters.keys().filter(|name| !known(name)).collect();
                assert!(strangers.is_empty(), "{id}/{name}: {strangers:?}");
                let status = example.status.to_string();
                assert!(operation.responses.responses.contains_key(&status), "{id}/{name}: {status}");
            }
        }
    }
}
