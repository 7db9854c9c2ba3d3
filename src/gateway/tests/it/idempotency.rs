//! An acting call happens once per key.

use ponte_sandbox::{Fault, FaultKind, WriteKind};
use serde_json::json;

use crate::harness::{BRUNO, TENANT, TestGateway};

async fn unlock_path(gateway: &TestGateway) -> String {
    format!("/v1/tenants/{TENANT}/contracts/{}/trust-unlock", gateway.contract(BRUNO).await)
}

#[tokio::test]
async fn a_key_is_needed_and_has_a_form() {
    let gateway = TestGateway::start().await;
    let path = unlock_path(&gateway).await;
    let missing = gateway.post(&path, &json!({})).send().await;
    assert_eq!(missing.problem(400, "idempotency-key-missing")["field"], "Idempotency-Key");
    for bad in ["short", "with blank 123", &"k".repeat(129)] {
        let answer = gateway.act(&path, bad, &json!({})).send().await;
        assert_eq!(answer.problem(400, "invalid-request")["field"], "Idempotency-Key", "{bad}");
    }
    let twice = gateway.act(&path, "first-key-1", &json!({})).header("Idempotency-Key", "other-key-2").send().await;
    twice.problem(400, "invalid-request");
    assert_eq!(gateway.erp.writes().count(WriteKind::TrustUnlock), 0);
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_acts_once() {
    let gateway = TestGateway::start().await;
    let path = unlock_path(&gateway).await;
    let first = gateway.act(&path, "unlock-bruno-1", &json!({})).send().await;
    assert_eq!(first.ok()["result"], "unlocked");
    assert_eq!(first.header("idempotent-replayed"), "");
    let again = gateway.act(&path, "\"unlock-bruno-1\"", &json!({})).send().await;
    assert_eq!((again.status, &again.body), (first.status, &first.body));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(gateway.erp.writes().count(WriteKind::TrustUnlock), 1);
}

#[tokio::test]
async fn the_same_key_for_something_else_is_refused() {
    let gateway = TestGateway::start().await;
    let path = unlock_path(&gateway).await;
    gateway.act(&path, "unlock-bruno-1", &json!({})).send().await.ok();
    let other_path = path.replace("trust-unlock", "speed-release");
    gateway.act(&other_path, "unlock-bruno-1", &json!({})).send().await.problem(422, "idempotency-key-reused");
    assert_eq!(gateway.erp.writes().count(WriteKind::TrustUnlock), 1);
}

#[tokio::test]
async fn a_refusal_is_an_answer_too() {
    let gateway = TestGateway::start().await;
    let path = unlock_path(&gateway).await;
    gateway.act(&path, "unlock-bruno-1", &json!({})).send().await.ok();
    let refused = gateway.act(&path, "unlock-bruno-2", &json!({})).send().await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    let again = gateway.act(&path, "unlock-bruno-2", &json!({})).send().await;
    assert_eq!((again.status, &again.body), (409, &refused.body));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.header("content-type"), "application/problem+json");
}

#[tokio::test]
async fn many_at_once_with_one_key_act_once() {
    let gateway = TestGateway::start().await;
    let path = unlock_path(&gateway).await;
    let calls = (0..8).map(|_| gateway.act(&path, "unlock-bruno-1", &json!({})).send());
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().any(|answer| answer.status == 200));
    for answer in &answers {
        if answer.status != 200 {
            answer.problem(409, "idempotency-in-progress");
            assert_eq!(answer.header("retry-after"), "1");
        }
    }
    assert_eq!(gateway.erp.writes().count(WriteKind::TrustUnlock), 1);
}

#[tokio::test]
async fn an_act_whose_answer_is_cut_is_settled_and_never_done_twice() {
    let gateway = TestGateway::start().await;
    let path = unlock_path(&gateway).await;
    gateway.erp.inject(Fault::at("/webservice/v1/desbloqueio_confianca", FaultKind::ActThenCut));
    let answer = gateway.act(&path, "unlock-bruno-1", &json!({})).send().await;
    if answer.status != 200 {
        answer.problem(503, "outcome-unknown");
    }
    let again = gateway.act(&path, "unlock-bruno-1", &json!({})).send().await;
    assert_eq!(again.status, 200, "{}", again.text());
    assert_eq!(gateway.erp.writes().count(WriteKind::TrustUnlock), 1);
}
