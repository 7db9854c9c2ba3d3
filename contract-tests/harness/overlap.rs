//! Finds stubs of one case that could both answer the same request. WireMock would take the one added last, and nobody
//! should have to know which that is.
//!
//! Two stubs are kept apart by their priority, or by anything in their patterns that no one request can satisfy twice.
//! What cannot be decided (two regular expressions) counts as one that overlaps: a priority says what is meant.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::compare::includes;
use crate::mapping::{BodyPattern, Mapping, RequestPattern, TextPattern, whole_match};

/// Names of the first two stubs of the same priority that could both match one request.
pub fn first(mappings: &[Mapping]) -> Option<(&str, &str)> {
    mappings.iter().enumerate().find_map(|(index, one)| {
        let other = mappings.iter().skip(index + 1).find(|other| overlap(one, other))?;
        Some((one.name.as_str(), other.name.as_str()))
    })
}

fn overlap(one: &Mapping, other: &Mapping) -> bool {
    one.priority == other.priority && states_meet(one, other) && requests_meet(&one.request, &other.request)
}

fn states_meet(one: &Mapping, other: &Mapping) -> bool {
    match (&one.required_state, &other.required_state) {
        (Some(state), Some(wanted)) => one.scenario != other.scenario || state == wanted,
        _ => true,
    }
}

fn requests_meet(one: &RequestPattern, other: &RequestPattern) -> bool {
    let methods = one.method == other.method || one.method == "ANY" || other.method == "ANY";
    methods
        && paths_meet(one, other)
        && texts_meet(&one.headers, &other.headers, str::eq_ignore_ascii_case)
        && texts_meet(&one.query_parameters, &other.query_parameters, |one, other| one == other)
        && texts_meet(&one.form_parameters, &other.form_parameters, |one, other| one == other)
        && one.body_patterns.iter().all(|pattern| other.body_patterns.iter().all(|wanted| bodies_meet(pattern, wanted)))
}

fn paths_meet(one: &RequestPattern, other: &RequestPattern) -> bool {
    match (&one.url_path, &other.url_path) {
        (Some(path), Some(wanted)) => path == wanted,
        (Some(path), None) => other.url_path_pattern.as_deref().is_none_or(|pattern| whole_match(pattern, path)),
        (None, Some(path)) => one.url_path_pattern.as_deref().is_none_or(|pattern| whole_match(pattern, path)),
        (None, None) => true,
    }
}

fn texts_meet(
    one: &BTreeMap<String, TextPattern>,
    other: &BTreeMap<String, TextPattern>,
    same: impl Fn(&str, &str) -> bool,
) -> bool {
    one.iter().all(|(name, pattern)| {
        let wanted = other.iter().find(|(found, _)| same(found, name)).map(|(_, wanted)| wanted);
        wanted.is_none_or(|wanted| patterns_meet(pattern, wanted))
    })
}

fn patterns_meet(one: &TextPattern, other: &TextPattern) -> bool {
    match (one.absent == Some(true), other.absent == Some(true)) {
        (true, true) => true,
        (true, false) | (false, true) => false,
        // A text that one of them names is all that it can be.
        (false, false) => match (&one.equal_to, &other.equal_to) {
            (Some(text), _) => {
                other.holds(Some(text)) || one.case_insensitive == Some(true) && other.equal_to.is_none()
            }
            (None, Some(text)) => one.holds(Some(text)) || other.case_insensitive == Some(true),
            (None, None) => true,
        },
    }
}

fn bodies_meet(one: &BodyPattern, other: &BodyPattern) -> bool {
    if one.absent == Some(true) || other.absent == Some(true) {
        return one.absent == other.absent;
    }
    for (part, whole) in [(one, other), (other, one)] {
        if let (Some(unwanted), Some(wanted)) = (&part.does_not_contain, &whole.contains)
            && wanted.contains(unwanted)
        {
            return false;
        }
        if let Some(text) = &whole.equal_to {
            return part.holds(text.as_bytes());
        }
    }
    match (&one.equal_to_json, &other.equal_to_json) {
        (Some(json), Some(wanted)) => match (one.ignore_extra_elements, other.ignore_extra_elements) {
            (Some(true), Some(true)) => jsons_meet(json, wanted),
            (Some(true), _) => includes(wanted, json),
            (_, Some(true)) => includes(json, wanted),
            _ => json == wanted,
        },
        _ => true,
    }
}

/// Whether one document could have all that both have.
fn jsons_meet(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.iter().all(|(key, value)| other.get(key).is_none_or(|wanted| jsons_meet(value, wanted)))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(value, wanted)| jsons_meet(value, wanted))
        }
        _ => includes(one, other),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::first;
    use crate::mapping::Mapping;

    fn stub(name: &str, more: &Value) -> Mapping {
        let mut stub =
            json!({"name": name, "request": {"method": "POST", "urlPath": "/rows"}, "response": {"status": 200}});
        for (key, value) in more.as_object().unwrap() {
            match key.as_str() {
                "priority" | "scenarioName" | "requiredScenarioState" => stub[key] = value.clone(),
                _ => stub["request"][key] = value.clone(),
            }
        }
        serde_json::from_value(stub).unwrap()
    }

    fn body(pattern: &Value) -> Value {
        json!({"bodyPatterns": [pattern]})
    }

    #[test]
    fn stubs_that_one_request_could_mean_are_found() {
        for (one, other) in [
            (json!({}), json!({})),
            (json!({}), body(&json!({"equalToJson": {"id": "1"}}))),
            (json!({}), json!({"method": "ANY"})),
            (json!({"headers": {"Mode": {"equalTo": "list"}}}), json!({"headers": {"mode": {"contains": "li"}}})),
            (
                body(&json!({"equalToJson": {"id": "1"}, "ignoreExtraElements": true})),
                body(&json!({"equalToJson": {"page": "1"}, "ignoreExtraElements": true})),
            ),
            (
                body(&json!({"equalToJson": {"id": "1"}, "ignoreExtraElements": true})),
                body(&json!({"equalToJson": {"id": "1", "page": "1"}})),
            ),
            (
                json!({"scenarioName": "a", "requiredScenarioState": "Started"}),
                json!({"scenarioName": "b", "requiredScenarioState": "done"}),
            ),
        ] {
            assert_eq!(first(&[stub("one", &one), stub("other", &other)]), Some(("one", "other")), "{one} {other}");
        }
    }

    #[test]
    fn stubs_that_are_kept_apart_are_not() {
        for (one, other) in [
            (json!({}), json!({"priority": 1})),
            (json!({}), json!({"method": "GET"})),
            (json!({}), json!({"urlPath": "/other"})),
            (json!({"headers": {"Mode": {"equalTo": "list"}}}), json!({"headers": {"mode": {"absent": true}}})),
            (json!({"headers": {"Mode": {"equalTo": "list"}}}), json!({"headers": {"mode": {"equalTo": "add"}}})),
            (
                json!({"queryParameters": {"a": {"equalTo": "1"}}}),
                json!({"queryParameters": {"a": {"matches": "[2-9]"}}}),
            ),
            (
                body(&json!({"equalToJson": {"id": "1", "page": "1"}, "ignoreExtraElements": true})),
                body(&json!({"equalToJson": {"id": "1", "page": "2"}, "ignoreExtraElements": true})),
            ),
            (
                body(&json!({"equalToJson": {"id": "1"}, "ignoreExtraElements": true})),
                body(&json!({"equalToJson": {"id": "2", "page": "1"}})),
            ),
            (json!({"formParameters": {"a": {"equalTo": "1"}}}), json!({"formParameters": {"a": {"equalTo": "2"}}})),
            (body(&json!({"contains": "abc"})), body(&json!({"doesNotContain": "b"}))),
            (body(&json!({"equalTo": "a"})), body(&json!({"equalTo": "b"}))),
            (body(&json!({"absent": true})), body(&json!({"contains": "x"}))),
            (
                json!({"scenarioName": "a", "requiredScenarioState": "Started"}),
                json!({"scenarioName": "a", "requiredScenarioState": "done"}),
            ),
        ] {
            assert_eq!(first(&[stub("one", &one), stub("other", &other)]), None, "{one} {other}");
        }
    }
}
