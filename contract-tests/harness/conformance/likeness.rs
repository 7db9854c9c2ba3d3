//! Compares an answer with a subset of it: named keys of objects, members of arrays in any order.

use serde_json::{Map, Value};

use crate::compare::{Difference, Known, subset};

/// All differences between the answer and what is named of it.
pub(super) fn differences(expected: &Value, got: &Value, known: &Known) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(expected, got, "", known, &mut found);
    found
}

fn compare(expected: &Value, got: &Value, place: &str, known: &Known, found: &mut Vec<Difference>) {
    match (expected, got) {
        (Value::Object(named), Value::Array(got)) if contained(named).is_some() => {
            members(contained(named).unwrap_or_default(), got, place, known, found);
        }
        (Value::Object(named), Value::Object(got)) => {
            for (key, expected) in named {
                let place = format!("{place}/{key}");
                match got.get(key) {
                    Some(got) => compare(expected, got, &place, known, found),
                    None => found.push(absent(&place, expected)),
                }
            }
        }
        (Value::Array(expected), Value::Array(got)) => {
            if expected.len() == got.len() {
                members(expected, got, place, known, found);
            } else {
                let (expected, members) = (format!("{} members", expected.len()), format!("{} members", got.len()));
                let got = format!("{members}: {}", short(&Value::Array(got.clone())));
                found.push(Difference { place: place.to_owned(), expected, got });
            }
        }
        _ => found.extend(subset(expected, got, known).into_iter().map(|difference| at(place, difference))),
    }
}

/// `{"contains": [...]}` in place of an array.
fn contained(named: &Map<String, Value>) -> Option<&[Value]> {
    let only = named.len() == 1;
    named.get("contains").filter(|_| only).and_then(Value::as_array).map(Vec::as_slice)
}

/// Each expected member takes a member of its own; where none is left for one, the nearest is shown.
fn members(expected: &[Value], got: &[Value], place: &str, known: &Known, found: &mut Vec<Difference>) {
    let fits: Vec<Vec<bool>> = expected
        .iter()
        .map(|expected| got.iter().map(|got| differences(expected, got, known).is_empty()).collect())
        .collect();
    let mut taken: Vec<Option<usize>> = vec![None; got.len()];
    for (index, expected) in expected.iter().enumerate() {
        if place_one(index, &fits, &mut vec![false; got.len()], &mut taken) {
            continue;
        }
        let place = format!("{place}/(member like {index})");
        let free = taken.iter().zip(got).filter(|(taken, _)| taken.is_none()).map(|(_, got)| got);
        let nearest = free.map(|got| differences(expected, got, known)).min_by_key(Vec::len);
        match nearest {
            Some(nearest) => found.extend(nearest.into_iter().map(|difference| at(&place, difference))),
            None => found.push(absent(&place, expected)),
        }
    }
}

/// Gives an expected member a place, moving others to where they fit as well.
fn place_one(index: usize, fits: &[Vec<bool>], seen: &mut [bool], taken: &mut [Option<usize>]) -> bool {
    for member in 0..taken.len() {
        let fitting = fits.get(index).and_then(|row| row.get(member)) == Some(&true);
        let Some(seen_here) = seen.get_mut(member).filter(|seen| fitting && !**seen) else { continue };
        *seen_here = true;
        let holder = taken.get(member).copied().flatten();
        if holder.is_none_or(|holder| place_one(holder, fits, seen, taken)) {
            if let Some(slot) = taken.get_mut(member) {
                *slot = Some(index);
            }
            return true;
        }
    }
    false
}

fn absent(place: &str, expected: &Value) -> Difference {
    Difference { place: place.to_owned(), expected: short(expected), got: "(absent)".to_owned() }
}

fn at(place: &str, difference: Difference) -> Difference {
    let inner = if difference.place == "/" { "" } else { difference.place.as_str() };
    Difference { place: format!("{place}{inner}"), ..difference }
}

fn short(value: &Value) -> String {
    value.to_string().chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::differences;
    use crate::compare::Known;

    fn places(expected: &Value, got: &Value) -> Vec<String> {
        differences(expected, got, &Known::default()).into_iter().map(|difference| difference.place).collect()
    }

    #[test]
    fn keys_that_are_not_named_and_the_order_of_members_are_free() {
        let got = json!({"rows": [{"a": 1, "b": 2}, {"a": 2}], "more": true});
        assert!(places(&json!({"rows": [{"a": 2}, {"a": 1}]}), &got).is_empty());
        assert!(places(&json!({"rows": {"contains": [{"a": 2}]}}), &got).is_empty());
    }

    #[test]
    fn a_member_is_found_its_place_even_where_another_fits_it_first() {
        let got = json!([{"a": 1, "b": 1}, {"a": 1}]);
        assert!(places(&json!([{"a": 1}, {"b": 1}]), &got).is_empty());
        assert!(!places(&json!([{"b": 1}, {"b": 1}]), &got).is_empty());
    }

    #[test]
    fn what_is_missing_or_too_many_is_told_where_it_is() {
        assert_eq!(places(&json!({"rows": [{"a": 1}]}), &json!({"rows": []})), ["/rows"]);
        assert_eq!(places(&json!([{"a": 1}, {"a": 3}]), &json!([{"a": 1}, {"a": 2}])), ["/(member like 1)/a"]);
        assert_eq!(places(&json!({"rows": {"contains": [1]}}), &json!({"rows": [2]})), ["/rows/(member like 0)"]);
        assert_eq!(places(&json!({"a": {"b": 1}}), &json!({"a": {}})), ["/a/b"]);
    }
}
