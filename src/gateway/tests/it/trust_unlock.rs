//! Trust unlock over HTTP.

use ponte_sandbox::WriteKind;
use serde_json::json;

use crate::harness::{ANA, BRUNO, TENANT, TestGateway};

const CARLA: &str = "390.533.447-05";

async fn path(gateway: &TestGateway, document: &str) -> String {
    format!("/v1/tenants/{TENANT}/contracts/{}/trust-unlock", gateway.contract(document).await)
}

#[tokio::test]
async fn asking_never_acts() {
    let gateway = TestGateway::start().await;
    let path = path(&gateway, BRUNO).await;
    for _ in 0..3 {
        let state = gateway.get(&path).header("Cache-Control", "no-cache").send().await.ok();
        assert_eq!(state["eligible"], "yes", "{state}");
    }
    assert_eq!(gateway.erp.writes().count(WriteKind::TrustUnlock), 0);
}

#[tokio::test]
async fn bruno_is_unlocked_once_and_the_answer_shows_it() {
    let gateway = TestGateway::start().await;
    let path = path(&gateway, BRUNO).await;
    // Without a body, since there is nothing to say.
    let done = gateway.call("POST", &path).header("Idempotency-Key", "bruno-unlock-1").send().await.ok();
    assert_eq!((&done["result"], &done["in_use"]), (&json!("unlocked"), &json!(true)));
    assert_eq!(done["contract"]["access_status"], "active");
    assert_eq!(gateway.erp.writes().count(WriteKind::TrustUnlock), 1);
    assert_eq!(gateway.get(&path).send().await.ok()["in_use"], true, "the next read is fresh");
}

#[tokio::test]
async fn a_restriction_is_told_with_its_date() {
    let gateway = TestGateway::start().await;
    let path = path(&gateway, CARLA).await;
    let state = gateway.get(&path).send().await.ok();
    assert_eq!((&state["eligible"], &state["restricted_until"]), (&json!("no"), &json!("2026-12-02")));
    let problem = gateway.act(&path, "carla-unlock-1", &json!({})).send().await;
    let problem = problem.problem(409, "trust-unlock-restricted");
    for member in ["restricted_until", "restriction_source", "reason"] {
        assert_eq!(problem[member], state[member], "{member}");
    }
    assert!(problem["user_message"].as_str().unwrap().contains("02/12/2026"), "{problem}");
    assert_eq!(gateway.erp.writes().count(WriteKind::TrustUnlock), 0);
    assert_eq!(gateway.act(&path, "carla-unlock-1", &json!({})).send().await.status, 409);
    let metrics = gateway.get("/metrics").bare().send().await.text();
    let counted = "ponte_problems_total{type=\"trust-unlock-restricted\"} 1";
    assert!(metrics.contains(counted), "a refusal counts, its replay does not\n{metrics}");
}

#[tokio::test]
async fn who_is_not_blocked_is_not_unlocked_and_fields_are_not_taken() {
    let gateway = TestGateway::start().await;
    let path = path(&gateway, ANA).await;
    let refused = gateway.act(&path, "ana-unlock-1", &json!({})).send().await;
    assert_eq!(refused.problem(409, "trust-unlock-not-eligible")["reason"], "not_blocked");
    let field = gateway.act(&path, "ana-unlock-2", &json!({ "days": 30 })).send().await;
    assert_eq!(field.problem(400, "invalid-request")["field"], "/days");
}
