//! What a subscriber does: sign in, change the Wi-Fi password, have the speed released, be diagnosed.

use serde_json::json;

use crate::harness::{ANA, TENANT, TestGateway};

const DAVI: &str = "123.456.789-09";
const EMPRESA: &str = "12.ABC.345/01DE-35";

#[tokio::test]
async fn ana_signs_in_and_nothing_says_what_was_wrong() {
    let gateway = TestGateway::start().await;
    let path = format!("/v1/tenants/{TENANT}/customers/sign-in");
    let good = json!({ "login": "ana.souza", "password": "Senha#2026" });
    let signed_in = gateway.post(&path, &good).send().await.ok();
    assert_eq!(signed_in["customer"]["id"], gateway.customer(ANA).await);
    let mut said = Vec::new();
    for (login, password) in [("ana.souza", "senha#2026"), ("ana.souza", "x"), ("nobody", "Senha#2026")] {
        let wrong = gateway.post(&path, &json!({ "login": login, "password": password })).send().await;
        let problem = wrong.problem(403, "sign-in-failed");
        assert!(!problem.to_string().contains(password), "{problem}");
        said.push((problem["detail"].clone(), problem["user_message"].clone()));
    }
    assert!(said.windows(2).all(|two| two[0] == two[1]), "{said:?}");
}

#[tokio::test]
async fn a_wifi_password_is_checked_before_any_call_and_never_repeated() {
    let gateway = TestGateway::start().await;
    let contract = gateway.contract(ANA).await;
    let path = format!("/v1/tenants/{TENANT}/contracts/{contract}/wifi");
    let calls = gateway.erp_calls();
    for (at, password) in ["1234567", "senha ção", "tab\tinside", &"x".repeat(64)].into_iter().enumerate() {
        let refused = gateway.act(&path, &format!("wifi-bad-{at}"), &json!({ "password": password })).send().await;
        let problem = refused.problem(400, "invalid-request");
        assert_eq!(problem["field"], "/password");
        assert!(!problem.to_string().contains(password), "{problem}");
    }
    assert_eq!(gateway.erp_calls(), calls);
    let done = gateway.act(&path, "wifi-good", &json!({ "password": "casa nova 2026" })).send().await.ok();
    assert_eq!(done, json!({ "contract_id": contract, "result": "accepted" }));
}

#[tokio::test]
async fn davis_speed_is_released_and_read_back() {
    let gateway = TestGateway::start().await;
    let path = format!("/v1/tenants/{TENANT}/contracts/{}/speed-release", gateway.contract(DAVI).await);
    let state = gateway.get(&path).send().await.ok();
    assert_eq!((&state["reduced"], &state["releasable"]), (&json!(true), &json!("yes")), "{state}");
    let done = gateway.act(&path, "davi-speed-1", &json!({})).send().await.ok();
    assert_eq!((&done["result"], &done["reduced"]), (&json!("released"), &json!(false)));
    assert_eq!(done["contract"]["speed"], "normal");
}

#[tokio::test]
async fn a_diagnosis_has_all_eleven_variables_and_tells_an_outage() {
    let gateway = TestGateway::start().await;
    let diagnosis = |contract: String| {
        let call = gateway.get(&format!("/v1/tenants/{TENANT}/contracts/{contract}/diagnostics"));
        async move { call.send().await.ok() }
    };
    let ana = diagnosis(gateway.contract(ANA).await).await;
    assert_eq!(ana["variables"].as_array().unwrap().len(), 11);
    assert_eq!((&ana["verdict"], &ana["outage"]), (&json!("green"), &json!(null)), "{ana}");
    let empresa = diagnosis(gateway.contract(EMPRESA).await).await;
    assert_eq!(empresa["verdict"], "red");
    assert_eq!(empresa["outage"]["expected_end"], "2026-11-20T18:00:00-03:00", "{empresa}");
}
