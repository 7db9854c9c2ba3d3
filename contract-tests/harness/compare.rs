//! Compares an answer with what the case expects, and says where they differ.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::mapping::whole_match;

/// What matchers may refer to.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Captures and references by name.
    pub values: BTreeMap<String, String>,
    /// This answer's request id.
    pub request_id: Option<String>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// JSON pointer, or the name of a header.
    pub place: String,
    /// What the case expects.
    pub expected: String,
    /// What came.
    pub got: String,
}

impl Difference {
    fn new(place: &str, expected: impl Into<String>, got: impl Into<String>) -> Self {
        Self {
            place: if place.is_empty() { "/".to_owned() } else { place.to_owned() },
            expected: expected.into(),
            got: got.into(),
        }
    }
}

const ABSENT: &str = "(absent)";

/// All differences between an answer and the whole expected one.
pub fn whole(expected: &Value, got: &Value, known: &Known) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(expected, got, "", known, Keys::All, &mut found);
    found
}

/// Differences where the expectation names only some keys of objects.
pub fn subset(expected: &Value, got: &Value, known: &Known) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(expected, got, "", known, Keys::Named, &mut found);
    found
}

/// Whether `found` has everything that `expected` has (objects by key, arrays by place), without matchers.
pub fn includes(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            expected.iter().all(|(key, value)| found.get(key).is_some_and(|found| includes(found, value)))
        }
        (Value::Array(found), Value::Array(expected)) => {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(found, expected)| includes(found, expected))
        }
        _ => equal(found, expected),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keys {
    All,
    Named,
}

fn compare(expected: &Value, got: &Value, place: &str, known: &Known, keys: Keys, found: &mut Vec<Difference>) {
    match (expected, got) {
        (Value::String(text), _) if text.starts_with("{{") && text.ends_with("}}") => {
            if let Err(expected) = matches(text, Some(got), known) {
                found.push(Difference::new(place, expected, shown(got)));
            }
        }
        (Value::Object(expected), Value::Object(got)) => {
            for (key, value) in expected {
                let place = format!("{place}/{key}");
                match got.get(key) {
                    Some(got) => compare(value, got, &place, known, keys, found),
                    None if value == "{{maybe}}" => {}
                    None => found.push(Difference::new(&place, shown(value), ABSENT)),
                }
            }
            if keys == Keys::All {
                for (key, value) in got.iter().filter(|(key, _)| !expected.contains_key(*key)) {
                    found.push(Difference::new(&format!("{place}/{key}"), ABSENT, shown(value)));
                }
            }
        }
        (Value::Array(expected), Value::Array(got)) => {
            for index in 0..expected.len().max(got.len()) {
                let place = format!("{place}/{index}");
                match (expected.get(index), got.get(index)) {
                    (Some(expected), Some(got)) => compare(expected, got, &place, known, keys, found),
                    (Some(expected), None) => found.push(Difference::new(&place, shown(expected), ABSENT)),
                    (None, Some(got)) => found.push(Difference::new(&place, ABSENT, shown(got))),
                    (None, None) => {}
                }
            }
        }
        _ if equal(expected, got) => {}
        _ => found.push(Difference::new(place, shown(expected), shown(got))),
    }
}

/// Numbers by value: 300 equals 300.0.
fn equal(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => (one - other).abs() < f64::EPSILON,
        _ => one == other,
    }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 400 { text.chars().take(400).chain("…".chars()).collect() } else { text }
}

/// Compares headers; names are case-insensitive.
pub fn headers(
    expected: &BTreeMap<String, Option<String>>,
    got: impl Fn(&str) -> Option<String>,
    known: &Known,
) -> Vec<Difference> {
    let mut found = Vec::new();
    for (name, expected) in expected {
        let value = got(name);
        let difference = match (expected, &value) {
            (None, None) => None,
            (None, Some(value)) => Some((ABSENT.to_owned(), value.clone())),
            (Some(expected), value) => header_difference(name, expected, value.as_deref(), known),
        };
        found.extend(difference.map(|(expected, got)| Difference::new(name, expected, got)));
    }
    found
}

fn header_difference(name: &str, expected: &str, got: Option<&str>, known: &Known) -> Option<(String, String)> {
    let shown = || got.unwrap_or(ABSENT).to_owned();
    if expected.starts_with("{{") && expected.ends_with("}}") {
        let value = got.map(|text| Value::String(text.to_owned()));
        return matches(expected, value.as_ref(), known).err().map(|expected| (expected, shown()));
    }
    let whole = name.eq_ignore_ascii_case("content-type") && !expected.contains(';');
    let compared = got.map(|text| if whole { text.split(';').next().unwrap_or_default().trim() } else { text });
    (compared != Some(expected)).then(|| (expected.to_owned(), shown()))
}

/// Whether a value is what a `{{matcher}}` says; else the matcher in words.
fn matches(matcher: &str, got: Option<&Value>, known: &Known) -> Result<(), String> {
    let inner = matcher.trim_start_matches("{{").trim_end_matches("}}");
    let (word, rest) = inner.split_once(':').unwrap_or((inner, ""));
    let text = got.and_then(Value::as_str);
    let filled = text.is_some_and(|text| !text.is_empty());
    let holds = match word {
        "any" => got.is_some(),
        "maybe" => true,
        "string" => filled,
        "number" => got.is_some_and(Value::is_number),
        "boolean" => got.is_some_and(Value::is_boolean),
        "null-or-string" => filled || got == Some(&Value::Null),
        "uuid" => text.is_some_and(|text| whole_match("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)),
        "instant" => text.is_some_and(|text| text.parse::<Timestamp>().is_ok()),
        "date" => text.is_some_and(|text| text.len() == 10 && text.parse::<jiff::civil::Date>().is_ok()),
        "handle" => text.is_some_and(|text| whole_match(&format!("{rest}_[A-Za-z0-9_-]{{22,400}}"), text)),
        "request-id" => {
            text.is_some() && known.request_id.as_deref().is_some_and(|id| text.is_some_and(|text| text.ends_with(id)))
        }
        "url" => text.is_some_and(|text| text.ends_with(rest)),
        "contains" => text.is_some_and(|text| text.contains(rest)),
        "matches" => text.is_some_and(|text| whole_match(rest, text)),
        "captured" => known.values.get(rest).map(String::as_str) == text && text.is_some(),
        _ => return Err(format!("{matcher} is no matcher")),
    };
    if holds { Ok(()) } else { Err(matcher.to_owned()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Known, subset, whole};

    #[test]
    fn an_equal_answer_has_no_difference() {
        let answer = json!({"a": 300, "b": [1, {"c": null}]});
        assert!(whole(&json!({"a": 300.0, "b": [1, {"c": null}]}), &answer, &Known::default()).is_empty());
    }

    #[test]
    fn every_difference_is_placed() {
        let places: Vec<String> = whole(
            &json!({"a": 1, "b": [1, 2], "gone": true}),
            &json!({"a": 2, "b": [1], "more": 0}),
            &Known::default(),
        )
        .into_iter()
        .map(|difference| difference.place)
        .collect();
        assert_eq!(places, ["/a", "/b/1", "/gone", "/more"]);
    }

    #[test]
    fn matchers_are_exact_about_their_kind() {
        for (matcher, good, bad) in [
            ("{{handle:cus}}", json!("cus_aaaaaaaaaaaaaaaaaaaaaaaa"), json!("ctr_aaaaaaaaaaaaaaaaaaaaaaaa")),
            ("{{instant}}", json!("2026-11-20T12:00:00-03:00"), json!("2026-11-20")),
            ("{{date}}", json!("2026-11-20"), json!("20/11/2026")),
            ("{{string}}", json!("x"), json!("")),
            ("{{number}}", json!(1), json!("1")),
            ("{{contains:b}}", json!("abc"), json!("xyz")),
            ("{{nonsense}}", json!(1), json!(1)),
        ] {
            let differs = |got| !whole(&json!(matcher), &got, &Known::default()).is_empty();
            assert!(differs(bad), "{matcher}");
            assert_eq!(differs(good), matcher == "{{nonsense}}", "{matcher}");
        }
    }

    #[test]
    fn a_subset_looks_at_named_keys_only() {
        let found = subset(&json!({"a": {"b": 1}}), &json!({"a": {"b": 1, "c": 2}, "d": 3}), &Known::default());
        assert!(found.is_empty(), "{found:?}");
    }
}
