//! A request's query against what the spec lists: no parameter that it does not know, none missing that it requires,
//! and each value as its schema says.

use anyhow::Result;
use serde_json::Value;

use crate::inbound::Inbound;
use crate::schema::Document;

/// Faults of a request's query. `shared` are the parameters that stand at the path.
pub(super) fn faults(
    document: &Document,
    operation: &Value,
    shared: &[Value],
    request: &Inbound,
) -> Result<Vec<String>> {
    let own = operation.get("parameters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let known: Vec<&Value> = own
        .iter()
        .chain(shared)
        .map(|parameter| document.resolve(parameter))
        .filter(|parameter| parameter["in"] == "query")
        .collect();
    let named = |name: &str| known.iter().find(|parameter| parameter["name"] == name);
    let keys = keys(document, operation);
    let place = format!("{} {}", request.method, request.path);
    let mut faults = Vec::new();
    for (name, text) in &request.parameters {
        let Some(parameter) = named(name) else {
            if keys.contains(&name.as_str()) {
                continue;
            }
            faults.push(format!("{place}: the query parameter {name} is not the spec's"));
            continue;
        };
        if let Some(schema) = parameter.get("schema") {
            faults.extend(
                value_faults(document, schema, text)?.into_iter().map(|fault| format!("{place}: {name}{fault}")),
            );
        }
    }
    let missing = known.iter().filter(|parameter| parameter["required"] == true).filter_map(|parameter| {
        let name = parameter["name"].as_str()?;
        request.query(name).is_none().then(|| format!("{place}: the query parameter {name} is missing"))
    });
    faults.extend(missing);
    Ok(faults)
}

/// The query parameters in which the operation takes a key, as its security says or, where it says nothing, the
/// document's. Such a key may travel elsewhere as well (in a form), so it is never missing here.
fn keys<'a>(document: &'a Document, operation: &'a Value) -> Vec<&'a str> {
    let wanted = operation.get("security").or_else(|| document.root.get("security"));
    let names = wanted.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object).flatten();
    names
        .filter_map(|(name, _)| document.root.pointer(&format!("/components/securitySchemes/{name}")))
        .filter(|scheme| scheme["in"] == "query")
        .filter_map(|scheme| scheme["name"].as_str())
        .collect()
}

/// In a query all is text; a number or a flag is meant where the schema takes one.
fn value_faults(document: &Document, schema: &Value, text: &str) -> Result<Vec<String>> {
    let as_text = document.faults(schema, &Value::String(text.to_owned()))?;
    if as_text.is_empty() {
        return Ok(as_text);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.is_number() || value.is_boolean() => document.faults(schema, &value),
        _ => Ok(as_text),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::faults;
    use crate::inbound::Inbound;
    use crate::schema::Document;

    #[test]
    fn a_query_is_held_against_the_parameters() {
        let document = Document::new(json!({"components": {"parameters": {
            "Token": {"in": "query", "name": "token", "required": true, "schema": {"type": "string", "minLength": 1}},
        }}}));
        let shared = [json!({"$ref": "#/components/parameters/Token"})];
        let operation = json!({"parameters": [
            {"in": "query", "name": "id", "schema": {"type": "integer"}},
            {"in": "header", "name": "Mode", "required": true},
        ]});
        let told = |query: &[(&str, &str)]| {
            let parameters = query.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
            let request = Inbound {
                method: "GET".to_owned(),
                path: "/a".to_owned(),
                parameters,
                headers: std::collections::BTreeMap::new(),
                body: Vec::new(),
            };
            faults(&document, &operation, &shared, &request).unwrap().len()
        };
        assert_eq!(told(&[("token", "x"), ("id", "12")]), 0);
        assert_eq!(told(&[("token", "x"), ("id", "twelve")]), 1);
        assert_eq!(told(&[("token", "x"), ("other", "1")]), 1);
        assert_eq!(told(&[("token", "")]), 1);
        assert_eq!(told(&[]), 1);
    }

    #[test]
    fn a_key_of_the_documents_security_is_known_unless_the_operation_takes_none() {
        let document = Document::new(json!({
            "security": [{"session": []}],
            "components": {"securitySchemes": {"session": {"type": "apiKey", "in": "query", "name": "token"}}},
        }));
        let told = |operation: serde_json::Value| {
            let request = Inbound {
                method: "GET".to_owned(),
                path: "/a".to_owned(),
                parameters: vec![("token".to_owned(), "x".to_owned())],
                headers: std::collections::BTreeMap::new(),
                body: Vec::new(),
            };
            faults(&document, &operation, &[], &request).unwrap().len()
        };
        assert_eq!(told(json!({})), 0);
        assert_eq!(told(json!({"security": []})), 1);
    }
}
