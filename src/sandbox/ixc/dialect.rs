//! How IXC is spoken: Basic token, JSON with escaped accents, errors under status 200.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::town::Town;

/// What the vendor calls its JSON (section 2.5).
const JSON: &str = "text/x-json; charset=utf-8";

/// A screen button that the API presses.
#[derive(Debug)]
pub(super) struct Action {
    pub(super) name: &'static str,
    pub(super) run: fn(&mut Town, &Fields) -> Response,
}

/// The text fields of a request's JSON object; numbers count as text (section 2.1).
#[derive(Debug, Default)]
pub(super) struct Fields(BTreeMap<String, String>);

impl Fields {
    /// Reads a body; none at all is an empty object. None when it is no JSON object, or not a flat
    /// one (even `grid_param` is a string that holds JSON, section 2.4): the vendor then shows its
    /// red page (section 3.2).
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        if body.iter().all(u8::is_ascii_whitespace) {
            return Some(Self::default());
        }
        let Ok(Value::Object(object)) = serde_json::from_slice(body) else { return None };
        object.into_iter().map(|(name, value)| Some((name, text(&value)?))).collect::<Option<_>>().map(Self)
    }

    /// The field; empty when it is not there.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// The first of these fields that holds something.
    pub(super) fn first(&self, names: &[&str]) -> &str {
        names.iter().map(|name| self.text(name)).find(|value| !value.is_empty()).unwrap_or("")
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Null => Some(String::new()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// Presses a button. `Set-Cookie` comes with actions (section 2.2); nobody needs to keep it.
pub(super) fn act(town: &mut Town, action: &Action, request: &Request) -> Response {
    if !matches!(request.method.as_str(), "POST" | "GET") {
        return not_found();
    }
    match Fields::read(&request.body) {
        Some(fields) => (action.run)(town, &fields).with("Set-Cookie", "IXC_Session=sandbox; path=/; HttpOnly"),
        None => red_page(),
    }
}

/// Section 2.2 and 3.3: Basic with the whole token encoded once; Bearer is 400.
pub(super) fn authorize(request: &Request) -> Result<(), Response> {
    let header = request.header("authorization").unwrap_or_default();
    let (scheme, sent) = header.split_once(' ').unwrap_or((header, ""));
    if scheme.eq_ignore_ascii_case("bearer") {
        return Err(Response::html(400, "<html><head><title>400 Bad Request</title></head></html>"));
    }
    let known = scheme.eq_ignore_ascii_case("basic")
        && STANDARD.decode(sent.trim()).is_ok_and(|token| token == super::TOKEN.as_bytes());
    if known { Ok(()) } else { Err(unauthorized()) }
}

/// Section 3.2: a bad token is an HTML page.
pub(super) fn unauthorized() -> Response {
    Response::html(
        401,
        "<html>\r\n<head><title>401 Authorization Required</title></head>\r\n<body>\r\n\
         <center><h1>401 Authorization Required</h1></center>\r\n<hr><center>nginx</center>\r\n\
         </body>\r\n</html>\r\n",
    )
    .with("WWW-Authenticate", "Basic realm=\"IXC\"")
}

/// Section 3.3: a GET list without its header, and paths outside the API.
pub(super) fn not_found() -> Response {
    Response::html(
        404,
        "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n\
         <center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
    )
}

/// Section 3.2: an unknown column, a missing table prefix, a malformed body.
pub(super) fn red_page() -> Response {
    Response::html(
        200,
        "<div style=\"margin:40px; padding:30px; background:#FF0000; color:#FFF;\">\
         Ocorreu um erro ao processar. Contate o suporte IXC Soft.</div>",
    )
}

/// A business error in the family `type`/`message`.
#[derive(Debug)]
pub(super) struct Refusal {
    message: String,
    log_id: Option<&'static str>,
}

impl Refusal {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), log_id: None }
    }

    /// A required field that is empty.
    pub(super) fn fill_in(label: &str) -> Self {
        Self::new(format!("Preencha {label}"))
    }

    /// The one that says nothing, with a log id.
    pub(super) fn generic() -> Self {
        Self { message: "Ocorreu um erro ao processar. Contate o suporte IXC Soft.".to_owned(), log_id: Some("263521") }
    }

    pub(super) fn response(&self) -> Response {
        json_answer(&match self.log_id {
            Some(id) => json!({ "type": "error", "message": self.message, "id": id }),
            None => json!({ "type": "error", "message": self.message }),
        })
    }
}

/// Success of a write or an action.
pub(super) fn success(message: &str) -> Response {
    json_answer(&json!({ "type": "success", "message": message }))
}

/// Success about one row.
pub(super) fn success_with_id(message: &str, id: &str) -> Response {
    json_answer(&json!({ "type": "success", "message": message, "id": id }))
}

/// A JSON value as the vendor sends it.
pub(super) fn json_answer(value: &Value) -> Response {
    json_text(&value.to_string())
}

/// JSON that is written already, with its accents escaped (section 3.2).
pub(super) fn json_text(json: &str) -> Response {
    Response::new(200, JSON, escaped(json)).with("Server", "nginx").with("Cache-Control", "no-cache, must-revalidate")
}

/// The base64 text itself: no JSON, no quotes (section 4.c).
pub(super) fn base64_text(document: &[u8]) -> Response {
    Response::new(200, "text/html; charset=UTF-8", STANDARD.encode(document)).with("Server", "nginx")
}

/// Letters beyond ASCII as UTF-16 escapes. Only strings hold any, so the JSON stays the same.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0_u16; 2];
    for letter in json.chars() {
        if letter.is_ascii() {
            out.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut units) {
                // Writing to a String does not fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn accents_leave_as_escapes_and_read_back() {
        let text = escaped("{\"m\":\"não 😀\"}");
        assert_eq!(text, "{\"m\":\"n\\u00e3o \\ud83d\\ude00\"}");
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["m"], "não 😀");
    }

    #[test]
    fn fields_take_text_numbers_and_nothing() {
        let fields = Fields::read(br#"{"a":"1","b":2,"c":null}"#).unwrap();
        assert_eq!((fields.text("a"), fields.text("b"), fields.text("c")), ("1", "2", ""));
        assert_eq!(fields.first(&["c", "z", "b"]), "2");
        assert!(Fields::read(b" ").is_some());
        assert!(Fields::read(b"id=1").is_none());
        assert!(Fields::read(b"[]").is_none());
        assert!(Fields::read(br#"{"grid_param":[]}"#).is_none());
    }
}
