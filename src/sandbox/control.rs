//! The control API under `/_sandbox/`, on the same port as the vendor's own paths: it is neither
//! journalled nor hit by faults.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::erp::State;
use crate::faults::Fault;
use crate::http::{Request, Response};

pub(crate) const PREFIX: &str = "/_sandbox";

const HELP: &str = "\
Sandbox ERP: a stand-in with invented people. Control paths:

GET    /_sandbox/          this text
GET    /_sandbox/journal   every call since the start, with what it wrote
DELETE /_sandbox/journal   forget the calls (write counts stay)
GET    /_sandbox/writes    counts per kind of write, in all and per contract
POST   /_sandbox/reset     all as just started: world, clock, journal, counts, faults
GET    /_sandbox/clock     {\"now\": \"2026-11-20T12:00:00-03:00\"}; it stands still
PUT    /_sandbox/clock     the same body sets it
GET    /_sandbox/faults    the faults still to come
PUT    /_sandbox/faults    replaces them: one fault or a list
DELETE /_sandbox/faults    forgets them

A fault: {\"method\": \"POST\", \"path\": \"/a/path*\", \"fault\": \"http_500\", \"times\": 2}
method: absent = any. path: itself and below, * = any characters, absent = all. times: absent = 1.
writing: only calls that would write one of these kinds ([\"ticket_opened\"]); absent = all calls.
fault, with its own parameters (acts = the call still reaches the world):
  delay_ms {ms} (acts), cut_before_headers, cut_after_headers (acts), empty_reply,
  truncated_body {keep} (acts), garbage, slow_body {chunk, every_ms} (acts), html_page, http_500,
  vendor_error, wrong_charset (acts), expired_token, no_permission, missing_module,
  rate_limited {retry_after},
  redirect_to_login {location}, act_then_cut (acts), oversized {bytes}, deep_json {depth}
A delay joins one other fault on the same call.
";

pub(crate) fn answer(state: &mut State, request: &Request) -> Response {
    let place = request.path.strip_prefix(PREFIX).unwrap_or_default().trim_matches('/');
    match (request.method.as_str(), place) {
        ("GET", "") => Response::new(200, "text/plain; charset=utf-8", HELP),
        ("GET", "journal") => journal(state),
        ("DELETE", "journal") => {
            state.journal.clear();
            journal(state)
        }
        ("GET", "writes") => Response::json(200, &json!(state.town.writes())),
        ("POST", "reset") => {
            state.reset();
            clock(state)
        }
        ("GET", "clock") => clock(state),
        ("PUT", "clock") => set_clock(state, request),
        ("GET", "faults") => faults(state),
        ("PUT", "faults") => replace_faults(state, request),
        ("DELETE", "faults") => {
            state.faults.clear();
            faults(state)
        }
        (_, "" | "journal" | "writes" | "reset" | "clock" | "faults") => {
            refusal(405, "this control path has other methods; GET /_sandbox/ lists them")
        }
        _ => refusal(404, "no such control path; GET /_sandbox/ lists them"),
    }
}

fn journal(state: &State) -> Response {
    let value = json!({
        "calls": state.journal.entries(),
        "dropped": state.journal.dropped(),
        "writes": state.town.writes().counts,
    });
    Response::json(200, &value)
}

fn clock(state: &State) -> Response {
    Response::json(200, &json!({ "now": state.town.now_with_offset() }))
}

fn set_clock(state: &mut State, request: &Request) -> Response {
    let now = serde_json::from_slice::<Value>(&request.body)
        .ok()
        .and_then(|body| body.get("now")?.as_str()?.parse::<Timestamp>().ok());
    match now {
        Some(now) => {
            state.town.now = now;
            clock(state)
        }
        None => refusal(400, "expected {\"now\": an RFC 3339 instant with an offset}"),
    }
}

fn faults(state: &State) -> Response {
    Response::json(200, &json!(state.faults.all()))
}

fn replace_faults(state: &mut State, request: &Request) -> Response {
    let asked = match serde_json::from_slice(&request.body) {
        Ok(Value::Array(list)) => list,
        Ok(one @ Value::Object(_)) => vec![one],
        _ => return refusal(400, "expected a fault or a list of faults as JSON"),
    };
    match asked.iter().map(read_fault).collect::<Result<Vec<Fault>, String>>() {
        Ok(list) => {
            state.faults.clear();
            list.into_iter().for_each(|fault| state.faults.add(fault));
            faults(state)
        }
        Err(reason) => refusal(400, &reason),
    }
}

/// A misspelt parameter would silently be another fault than the one meant, so each key must be
/// one that this fault has.
fn read_fault(asked: &Value) -> Result<Fault, String> {
    let fault: Fault = serde_json::from_value(asked.clone()).map_err(|error| error.to_string())?;
    if fault.times == 0 {
        return Err("`times` is at least 1".to_owned());
    }
    let nothing = Map::new();
    let known = serde_json::to_value(&fault).map_err(|error| error.to_string())?;
    let known = known.as_object().unwrap_or(&nothing);
    // An empty list says nothing, so it is not written back.
    let stray = asked
        .as_object()
        .unwrap_or(&nothing)
        .iter()
        .find(|(key, value)| !value.is_null() && *key != "writing" && !known.contains_key(*key));
    match stray {
        Some((key, _)) => Err(format!("`{}` has no parameter `{key}`", fault.kind.word())),
        None => Ok(fault),
    }
}

fn refusal(status: u16, detail: &str) -> Response {
    Response::json(status, &json!({ "error": detail }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_misspelt_parameter_is_named() {
        let asked = json!({"fault": "delay_ms", "ms": 5, "milis": 5});
        assert_eq!(read_fault(&asked).unwrap_err(), "`delay_ms` has no parameter `milis`");
        let asked = json!({"fault": "html_page", "times": 0});
        assert_eq!(read_fault(&asked).unwrap_err(), "`times` is at least 1");
        let asked = json!({"fault": "rate_limited", "retry_after": 2, "method": null});
        assert!(read_fault(&asked).is_ok());
    }
}
