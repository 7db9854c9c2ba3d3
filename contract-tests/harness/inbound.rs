//! A request as it reached a stub.

use std::collections::BTreeMap;

use serde_json::Value;

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

    /// A line for people: method, path and the body's head. Stubs hold invented people only.
    pub fn shown(&self) -> String {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(300).collect();
        format!("{} {} {}", self.method, self.path, body)
    }
}
