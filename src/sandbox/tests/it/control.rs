//! The control API and the in-process handles: they are two doors to the same sandbox.

use ponte_sandbox::{Fault, FaultKind, SandboxErp, SandboxError, WriteKind, roster};
use serde_json::{Value, json};

use crate::raw::{call, contract, contract_row, ixc, press, send};

fn control(erp: &SandboxErp, method: &str, path: &str, body: &Value) -> (Option<u16>, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let answer = send(erp, method, &format!("/_sandbox/{path}"), &[], body.as_bytes());
    (answer.status, answer.json())
}

#[test]
fn the_help_names_every_fault() {
    let erp = ixc();
    let help = send(&erp, "GET", "/_sandbox/", &[], b"");
    assert_eq!(help.status, Some(200));
    for word in ["journal", "writes", "reset", "clock", "delay_ms", "act_then_cut", "deep_json", "rate_limited"] {
        assert!(help.text().contains(word), "{word}");
    }
    assert_eq!(control(&erp, "GET", "nothing", &Value::Null).0, Some(404));
    assert_eq!(control(&erp, "POST", "clock", &Value::Null).0, Some(405));
}

#[test]
fn the_journal_shows_each_call_without_its_secret() {
    let erp = ixc();
    press(&erp, "desbloqueio_confianca", &json!({ "id": contract(&erp, "B1") }));
    call(&erp, "POST", "cliente", true, &json!({ "qtype": "cliente.id", "query": "101", "oper": "=" }));
    let (_, body) = control(&erp, "GET", "journal", &Value::Null);
    let calls = body["calls"].as_array().unwrap();
    assert_eq!(calls.len(), 2, "control calls are not journalled");
    assert_eq!((&calls[0]["seq"], &calls[1]["seq"]), (&json!(1), &json!(2)));
    assert_eq!(calls[0]["path"], "/webservice/v1/desbloqueio_confianca");
    assert_eq!(calls[0]["body"], r#"{"id":"3102"}"#);
    assert_eq!(calls[0]["writes"], json!(["trust_unlock"]));
    assert_eq!(calls[0]["status"], 200);
    let headers = calls[1]["headers"].as_array().unwrap();
    assert!(headers.contains(&json!(["authorization", "Basic [redacted]"])));
    assert!(headers.contains(&json!(["ixcsoft", "listar"])));
    assert_eq!(body["writes"], json!({ "trust_unlock": 1 }));
    assert_eq!(erp.journal().len(), 2);
    control(&erp, "DELETE", "journal", &Value::Null);
    assert!(erp.journal().is_empty());
    assert_eq!(erp.writes().count(WriteKind::TrustUnlock), 1, "clearing the journal keeps the counts");
}

#[test]
fn writes_are_counted_in_all_and_per_contract() {
    let erp = ixc();
    press(&erp, "desbloqueio_confianca", &json!({ "id": contract(&erp, "B1") }));
    press(&erp, "desbloqueio_confianca", &json!({ "id": contract(&erp, "B1") }));
    let (_, body) = control(&erp, "GET", "writes", &Value::Null);
    assert_eq!(body, json!({ "counts": { "trust_unlock": 1 }, "contracts": { "B1": { "trust_unlock": 1 } } }));
}

#[test]
fn the_clock_is_set_and_a_reset_puts_all_back() {
    let erp = ixc();
    assert_eq!(control(&erp, "GET", "clock", &Value::Null).1, json!({ "now": "2026-11-20T12:00:00-03:00" }));
    press(&erp, "desbloqueio_confianca", &json!({ "id": contract(&erp, "B1") }));
    let set = json!({ "now": "2026-12-24T18:00:00-03:00" });
    assert_eq!(control(&erp, "PUT", "clock", &set), (Some(200), set.clone()));
    assert_eq!(erp.now(), "2026-12-24T21:00:00Z".parse().unwrap());
    erp.inject(Fault::at("*", FaultKind::Http500));
    assert_eq!(control(&erp, "PUT", "clock", &json!({ "now": "tomorrow" })).0, Some(400));
    assert_eq!(control(&erp, "POST", "reset", &Value::Null).1["now"], "2026-11-20T12:00:00-03:00");
    assert_eq!(contract_row(&erp, "B1")["status_internet"], "CA");
    assert!(erp.writes().counts.is_empty() && erp.faults().is_empty());
    assert_eq!(erp.journal().len(), 1, "only the call after the reset");
}

#[test]
fn faults_are_asked_for_listed_and_forgotten() {
    let erp = ixc();
    let asked = json!([{ "method": "POST", "path": "/webservice/v1/su_ticket", "fault": "act_then_cut", "times": 2 }]);
    assert_eq!(control(&erp, "PUT", "faults", &asked), (Some(200), asked.clone()));
    assert_eq!(erp.faults(), [Fault::at("/webservice/v1/su_ticket", FaultKind::ActThenCut).method("POST").times(2)]);
    let one = json!({ "fault": "html_page" });
    assert_eq!(control(&erp, "PUT", "faults", &one).1, json!([{ "path": "*", "fault": "html_page", "times": 1 }]));
    for wrong in [json!({ "fault": "meteor" }), json!({ "fault": "html_page", "tims": 2 }), json!("x")] {
        assert_eq!(control(&erp, "PUT", "faults", &wrong).0, Some(400), "{wrong}");
    }
    assert_eq!(erp.faults().len(), 1, "a refused list leaves the old one");
    assert_eq!(control(&erp, "DELETE", "faults", &Value::Null).1, json!([]));
}

#[test]
fn sandboxes_share_nothing_and_stop_when_told() {
    let (one, other) = (ixc(), ixc());
    press(&one, "desbloqueio_confianca", &json!({ "id": contract(&one, "B1") }));
    assert_eq!(contract_row(&other, "B1")["status_internet"], "CA");
    let addr = one.addr();
    let busy = SandboxErp::start("ixc", other.addr());
    assert!(matches!(busy, Err(SandboxError::Listen { .. })));
    assert!(matches!(SandboxErp::start("nada", addr), Err(SandboxError::UnknownVendor(_))));
    one.stop();
    assert!(std::net::TcpStream::connect(addr).is_err());
    assert!(roster().iter().any(|skin| skin.vendor == "ixc"));
    assert_eq!(other.vendor(), "ixc");
}
