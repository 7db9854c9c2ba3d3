//! Electronic acceptance over HTTP.

use serde_json::{Value, json};

use crate::harness::{Answer, TENANT, TestGateway};

const DAVI: &str = "123.456.789-09";

/// The path of Davi's contract that awaits his signature.
async fn awaiting(gateway: &TestGateway) -> String {
    let customer = gateway.customer(DAVI).await;
    let contracts = gateway.get(&format!("/v1/tenants/{TENANT}/customers/{customer}/contracts")).send().await.ok();
    let contract =
        contracts["contracts"].as_array().unwrap().iter().find(|one| one["access_status"] == "awaiting_signature");
    format!("/v1/tenants/{TENANT}/contracts/{}/acceptance", contract.unwrap()["id"].as_str().unwrap())
}

async fn accept(gateway: &TestGateway, path: &str, intent: &str, body: Value) -> Answer {
    gateway.act(path, intent, &body).send().await
}

#[tokio::test]
async fn davi_reads_the_contract_and_accepts_it_from_his_phone() {
    let gateway = TestGateway::start().await;
    let path = awaiting(&gateway).await;
    let state = gateway.get(&path).send().await.ok();
    assert_eq!((&state["state"], &state["method"]), (&json!("awaiting"), &json!("gateway")));
    let phones = state["registered_phones"].as_array().unwrap();
    assert!(phones.iter().all(|phone| phone.as_str().unwrap().contains("*-")), "{state}");
    let pdf = gateway.get(state["document_link"].as_str().unwrap()).send().await;
    assert!(pdf.body.starts_with(b"%PDF-"));

    // The old form of the number, as WhatsApp has it.
    let body = json!({ "phone": "554191230001", "texts_confirmed": ["Li e aceito."] });
    let done = accept(&gateway, &path, "davi-accepts-1", body).await.ok();
    assert_eq!((&done["result"], &done["state"]), (&json!("accepted"), &json!("accepted")));
    assert!(done["evidence_id"].as_str().unwrap().starts_with("evd_"));
    assert_eq!((&done["contract"]["status"], &done["contract"]["access_status"]), (&json!("active"), &json!("active")));
    assert_eq!(gateway.get(&path).send().await.ok()["document_link"], Value::Null, "nothing is left to be shown");
}

#[tokio::test]
async fn nobody_else_accepts_it() {
    let gateway = TestGateway::start().await;
    let path = awaiting(&gateway).await;
    gateway.get(&format!("{path}/document.pdf")).send().await;
    let body = json!({ "phone": "5571977776666", "texts_confirmed": ["Li e aceito."] });
    let problem = accept(&gateway, &path, "stranger-1", body).await.problem(403, "phone-mismatch");
    assert!(problem["user_message"].as_str().unwrap().contains("telefone"), "{problem}");
    assert_eq!(gateway.get(&path).header("Cache-Control", "no-cache").send().await.ok()["state"], "awaiting");
}

#[tokio::test]
async fn an_acceptance_that_says_too_little_is_refused_naming_the_field() {
    let gateway = TestGateway::start().await;
    let path = awaiting(&gateway).await;
    for (at, (body, field)) in [
        (json!({ "texts_confirmed": ["a"] }), "/phone"),
        (json!({ "phone": "91230001", "texts_confirmed": ["a"] }), "/phone"),
        (json!({ "phone": "5541991230001", "texts_confirmed": [] }), "/texts_confirmed"),
        (json!({ "phone": "5541991230001", "texts_confirmed": ["a", " "] }), "/texts_confirmed/1"),
        (json!({ "phone": "5541991230001", "texts_confirmed": ["a"], "document_sha256": "ABC" }), "/document_sha256"),
        (json!({ "phone": "5541991230001", "texts_confirmed": ["a"], "name": "Davi" }), "/name"),
    ]
    .into_iter()
    .enumerate()
    {
        let problem = accept(&gateway, &path, &format!("too-little-{at}"), body).await.problem(400, "invalid-request");
        assert_eq!(problem["field"], field, "{problem}");
    }
}
