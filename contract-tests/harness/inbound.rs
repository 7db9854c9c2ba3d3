//! A request as it reached a stub.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::schema::essence;

const FORM: &str = "application/x-www-form-urlencoded";

/// A request that the gateway made.
#[derive(Debug, Clone)]
pub struct Inbound {
    /// HTTP method, upper case.
    pub method: String,
    /// Path without the query.
    pub path: String,
    /// Query parameters.
    pub parameters: Vec<(String, String)>,
    /// Headers by lower-case name.
    pub headers: BTreeMap<String, String>,
    /// Body.
    pub body: Vec<u8>,
}

impl Inbound {
    /// From wiremock's request.
    pub fn of(request: &wiremock::Request) -> Self {
        let headers = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        Self {
            method: request.method.to_string(),
            path: request.url.path().to_owned(),
            parameters: request.url.query_pairs().into_owned().collect(),
            headers,
            body: request.body.clone(),
        }
    }

    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(&name.to_ascii_lowercase()).map(String::as_str)
    }

    /// A query parameter.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON, if it is.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The form fields, if the body is a form.
    pub fn form(&self) -> Option<Vec<(String, String)>> {
        let media = self.header("content-type").map(essence)?;
        (media == FORM).then(|| url::form_urlencoded::parse(&self.body).into_owned().collect())
    }

    /// The body as a document: JSON, or a form as an object of texts. A field that stands several times is a list.
    pub fn document(&self) -> Option<Value> {
        match self.form() {
            Some(fields) => Some(Value::Object(object(fields))),
            None => self.json(),
        }
    }

    /// A line for people: method, path and the body's head. Stubs hold invented people only.
    pub fn shown(&self) -> String {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
        let query: String = match self.parameters.is_empty() {
            true => String::new(),
            false => {
                format!(
                    "?{}",
                    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.parameters).finish()
                )
            }
        };
        format!("{} {}{query} {body}", self.method, self.path)
    }
}

fn object(fields: Vec<(String, String)>) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, text) in fields {
        match object.get_mut(&name) {
            None => {
                object.insert(name, Value::String(text));
            }
            Some(Value::Array(several)) => several.push(Value::String(text)),
            Some(first) => *first = Value::Array(vec![first.take(), Value::String(text)]),
        }
    }
    object
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::Inbound;

    #[test]
    fn a_form_reads_as_an_object_of_texts() {
        let request = |content_type: &str, body: &str| Inbound {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            parameters: vec![("a b".to_owned(), "é".to_owned())],
            headers: [("content-type".to_owned(), content_type.to_owned())].into(),
            body: body.as_bytes().to_vec(),
        };
        let form = request("application/x-www-form-urlencoded; charset=utf-8", "app=x&id%5B%5D=1&id%5B%5D=2&t=a+b");
        assert_eq!(form.document().unwrap(), json!({"app": "x", "id[]": ["1", "2"], "t": "a b"}));
        assert_eq!(request("application/json", "{\"a\":1}").document().unwrap(), json!({"a": 1}));
        assert!(request("text/plain", "a=1").document().is_none());
        assert_eq!(request("text/plain", "a=1").shown(), "POST /?a+b=%C3%A9 a=1");
    }
}
