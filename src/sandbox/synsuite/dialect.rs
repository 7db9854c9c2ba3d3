//! How Synsuite answers: the envelope of .NET, words in four shapes, the portal's envelope, empty refusals.

use jiff::civil::{Date, DateTime};
use ponte_domain::money::Cents;
use serde_json::{Value, json};

use crate::http::{Request, Response};

const JSON: &str = "application/json; charset=utf-8";

/// What `messages` is in an answer without words; it really is any of these (section 2.3).
#[derive(Debug, Clone, Copy)]
pub(super) enum Silence {
    Null,
    Empty,
    List,
}

impl Silence {
    fn value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Empty => json!(""),
            Self::List => json!([]),
        }
    }
}

/// A good answer. `kind` is a name of .NET, without meaning.
pub(super) fn good(response: Value, silence: Silence, kind: &str) -> Response {
    envelope(&json!({
        "success": true,
        "messages": silence.value(),
        "response": response,
        "dataResponseType": kind,
        "elapsedTime": null,
    }))
}

/// One page of rows (section 2.4).
pub(super) fn page(rows: &[Value], (page, size): (usize, usize)) -> Response {
    let total = rows.len();
    let shown: Vec<&Value> = rows.iter().skip((page - 1).saturating_mul(size)).take(size).collect();
    let paged = json!({
        "data": shown, "totalRecords": total, "page": page, "pageSize": size, "totalPages": total.div_ceil(size),
    });
    good(paged, Silence::Empty, "PagedResult`1")
}

/// A write that was done, told in words.
pub(super) fn done(message: &str) -> Response {
    envelope(&json!({
        "success": true,
        "messages": [{ "message": message, "code": null, "type": "Success" }],
        "response": null,
        "dataResponseType": null,
        "elapsedTime": null,
    }))
}

/// Words in place of an answer: a refusal under status 200 (section 3, rule 1).
pub(super) fn refused(message: &str) -> Response {
    notice(message, "Error", false)
}

/// "Nothing there" is told with `success` true (section 3, rule 2).
pub(super) fn nothing(message: &str) -> Response {
    notice(message, "Warn", true)
}

fn notice(message: &str, kind: &str, success: bool) -> Response {
    envelope(&json!({
        "success": success,
        "messages": [{ "message": message, "code": null, "type": kind }],
        "response": null,
        "dataResponseType": null,
        "elapsedTime": null,
    }))
}

/// The text for what is not there (section 3).
pub(super) fn not_found() -> Response {
    refused("Registro não encontrado.")
}

/// A JSON body that is none, or without what must be in it. Not in the dossier: .NET's own 400.
pub(super) fn bad_request() -> Response {
    json_with(400, &json!({ "success": false, "messages": "Requisição inválida.", "response": null }))
}

/// A JSON value as an answer with status 200.
pub(super) fn envelope(value: &Value) -> Response {
    json_with(200, value)
}

pub(super) fn json_with(status: u16, value: &Value) -> Response {
    Response::new(status, JSON, value.to_string()).with("Server", "Kestrel")
}

/// The portal's envelope: no `success`, the status tells (section 2.6).
pub(super) fn portal(rows: &[Value]) -> Response {
    let count = rows.len();
    json_with(200, &json!({ "data": rows, "count": count, "filtered": count, "total": count }))
}

/// Refused by the portal for the rights of a subscriber.
pub(super) fn portal_forbidden() -> Response {
    json_with(403, &json!({ "status": "Access Denied.", "message": "Access Denied." }))
}

/// A bearer that is none or no longer one: an empty body (section 3, assumed).
pub(super) fn unauthorized() -> Response {
    let empty = Response { status: 401, headers: Vec::new(), body: Vec::new() };
    empty.with("WWW-Authenticate", "Bearer error=\"invalid_token\"").with("Server", "Kestrel")
}

/// A bearer without the right to a call: an empty body, on the portal with its own words (section 3, assumed).
pub(super) fn forbidden(request: &Request) -> Response {
    if request.path.starts_with("/api/") {
        return portal_forbidden();
    }
    Response { status: 403, headers: Vec::new(), body: Vec::new() }.with("Server", "Kestrel")
}

/// A path that is none, and a module that is not installed.
pub(super) fn nowhere() -> Response {
    Response { status: 404, headers: Vec::new(), body: Vec::new() }.with("Server", "Kestrel")
}

/// A PDF.
pub(super) fn pdf(bytes: Vec<u8>) -> Response {
    Response::new(200, "application/pdf", bytes).with("Server", "Kestrel")
}

/// Reais as a JSON number (section 2.3).
pub(super) fn reais(amount: Cents) -> f64 {
    // No amount of the town has more digits than a double holds.
    let cents = i32::try_from(amount.get()).unwrap_or(i32::MAX);
    f64::from(cents) / 100.0
}

/// `2026-12-10`.
pub(super) fn day(date: Date) -> String {
    date.strftime("%Y-%m-%d").to_string()
}

/// `2026-12-10T00:00:00`.
pub(super) fn midnight(date: Date) -> String {
    moment(date.at(0, 0, 0, 0))
}

/// `2026-12-10T09:12:00`, on the provider's own clocks.
pub(super) fn moment(at: DateTime) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}
