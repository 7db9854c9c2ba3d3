//! Every fault as a client meets it, and whether the write behind it happened.

use std::time::{Duration, Instant};

use ponte_sandbox::{Fault, FaultKind, SandboxErp, WriteKind};
use serde_json::json;

use crate::raw::{Answer, call, contract, contract_row, ixc, row, send};

const UNLOCK: &str = "/webservice/v1/desbloqueio_confianca";

/// Unlocks Bruno under a fault.
fn struck(kind: FaultKind) -> (SandboxErp, Answer) {
    let erp = ixc();
    erp.inject(Fault::at(UNLOCK, kind).method("POST"));
    let answer = call(&erp, "POST", "desbloqueio_confianca", false, &json!({ "id": contract(&erp, "B1") }));
    (erp, answer)
}

/// The same and whether the unlock happened.
fn outcome(kind: FaultKind) -> (Answer, bool) {
    let word = kind.word();
    let (erp, answer) = struck(kind);
    let journal = erp.journal();
    assert_eq!((journal.len(), journal[0].fault.as_deref()), (1, Some(word)));
    assert_eq!(journal[0].status, answer.status);
    let acted = erp.writes().count_of("B1", WriteKind::TrustUnlock) == 1;
    assert_eq!(contract_row(&erp, "B1")["status_internet"], if acted { "A" } else { "CA" });
    (answer, acted)
}

#[test]
fn a_delay_delays() {
    let begun = Instant::now();
    let (answer, acted) = outcome(FaultKind::DelayMs { ms: 300 });
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert_eq!((answer.json()["tipo"].as_str(), acted), (Some("sucesso"), true));
}

#[test]
fn a_cut_before_the_headers_acts_not_and_one_after_the_act_does() {
    let (answer, acted) = outcome(FaultKind::CutBeforeHeaders);
    assert_eq!((answer.status, acted), (None, false));
    let (answer, acted) = outcome(FaultKind::ActThenCut);
    assert_eq!((answer.status, acted), (None, true));
}

#[test]
fn a_cut_after_the_headers_leaves_a_promise() {
    let (answer, acted) = outcome(FaultKind::CutAfterHeaders);
    assert_eq!((answer.status, acted), (Some(200), true));
    assert!(answer.promised() > 0 && answer.body.is_empty());
}

#[test]
fn a_truncated_body_is_shorter_than_its_promise() {
    let (answer, acted) = outcome(FaultKind::TruncatedBody { keep: None });
    assert!(acted && answer.body.len() == answer.promised() / 2);
    assert!(serde_json::from_slice::<serde_json::Value>(&answer.body).is_err());
    let (answer, _) = outcome(FaultKind::TruncatedBody { keep: Some(5) });
    assert_eq!(answer.body.len(), 5);
}

#[test]
fn an_empty_reply_is_a_200_of_nothing() {
    let (answer, acted) = outcome(FaultKind::EmptyReply);
    assert_eq!((answer.status, answer.promised(), answer.body.len(), acted), (Some(200), 0, 0, false));
}

#[test]
fn garbage_is_called_json_and_is_no_text() {
    let (answer, acted) = outcome(FaultKind::Garbage);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(!acted && std::str::from_utf8(&answer.body).is_err());
}

#[test]
fn a_slow_body_drips_to_its_end() {
    let begun = Instant::now();
    let (answer, acted) = outcome(FaultKind::SlowBody { chunk: 10, every_ms: 20 });
    let pieces = u32::try_from(answer.body.len() / 10).unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(20) * pieces);
    assert_eq!((answer.json()["tipo"].as_str(), acted), (Some("sucesso"), true));
}

#[test]
fn pages_and_errors_come_in_place_of_the_answer() {
    let (answer, acted) = outcome(FaultKind::HtmlPage);
    assert!(answer.status == Some(200) && !acted && answer.text().starts_with("<!DOCTYPE html>"));
    let (answer, acted) = outcome(FaultKind::Http500);
    assert!(answer.status == Some(500) && !acted && answer.text().contains("Internal Server Error"));
    let (answer, acted) = outcome(FaultKind::VendorError);
    assert!(answer.status == Some(200) && !acted);
    assert_eq!((&answer.json()["type"], &answer.json()["id"]), (&json!("error"), &json!("263521")));
    let (answer, acted) = outcome(FaultKind::ExpiredToken);
    assert!(answer.status == Some(401) && !acted && answer.text().contains("Authorization Required"));
}

#[test]
fn a_wrong_charset_is_latin_1_called_utf_8() {
    let (answer, acted) = outcome(FaultKind::WrongCharset);
    assert!(acted);
    assert_eq!(answer.header("content-type"), Some("text/x-json; charset=utf-8"));
    assert!(std::str::from_utf8(&answer.body).is_err());
    assert!(answer.body.windows(9).any(|part| part == b"confian\xe7a"));
}

#[test]
fn too_many_requests_say_when_to_come_back_or_not() {
    let (answer, acted) = outcome(FaultKind::RateLimited { retry_after: Some(2) });
    assert_eq!((answer.status, answer.header("retry-after"), acted), (Some(429), Some("2"), false));
    let (answer, _) = outcome(FaultKind::RateLimited { retry_after: None });
    assert_eq!((answer.status, answer.header("retry-after")), (Some(429), None));
}

#[test]
fn a_redirect_leads_to_a_login_form() {
    let erp = ixc();
    erp.inject(Fault::at("*", FaultKind::RedirectToLogin { location: None }));
    let answer = call(&erp, "POST", "cliente", true, &json!({}));
    assert_eq!((answer.status, answer.header("location")), (Some(302), Some("/login")));
    let form = send(&erp, "GET", "/login", &[], b"");
    assert!(form.status == Some(200) && form.text().contains("type=\"password\""));
    let away = FaultKind::RedirectToLogin { location: Some("http://127.0.0.2:9/entrar".into()) };
    assert_eq!(outcome(away).0.header("location"), Some("http://127.0.0.2:9/entrar"));
}

#[test]
fn an_oversized_answer_is_fifty_megabytes_of_json() {
    let (answer, acted) = outcome(FaultKind::Oversized { bytes: 50_000_000 });
    assert!(!acted && answer.promised() == 50_000_000 && answer.body.len() == 50_000_000);
    assert!(answer.body.starts_with(b"{\"filler\":\"") && answer.body.ends_with(b"\"}"));
}

#[test]
fn deep_json_is_deep() {
    let (answer, acted) = outcome(FaultKind::DeepJson { depth: 100_000 });
    assert!(!acted && answer.body.len() == 200_000 && answer.body[99_999] == b'[' && answer.body[100_000] == b']');
}

#[test]
fn a_fault_hits_its_path_and_as_often_as_asked() {
    let erp = ixc();
    erp.inject(Fault::at("/webservice/v1/cliente", FaultKind::Http500).times(2));
    let list = || call(&erp, "POST", "cliente", true, &json!({})).status;
    row(&erp, "cliente_contrato", "cliente_contrato.id", "3101");
    assert_eq!([list(), list(), list()], [Some(500), Some(500), Some(200)]);
    erp.inject(Fault::at("*", FaultKind::Http500));
    erp.clear_faults();
    assert_eq!(list(), Some(200));
}
