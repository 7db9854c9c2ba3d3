//! Who is let in, to what, and where.

use ponte_domain::scope::Scope;
use serde_json::json;

use crate::harness::{ANA, TENANT, TestGateway};

#[tokio::test]
async fn without_a_good_key_nobody_is_let_in() {
    let gateway = TestGateway::start().await;
    let path = format!("/v1/tenants/{TENANT}/customers/lookup");
    let foreign = format!("Bearer ponte_{}", "A".repeat(43));
    for header in [None, Some("Bearer"), Some("Bearer "), Some("Basic dXNlcjpwYXNz"), Some("nonsense"), Some(&*foreign)]
    {
        let mut call = gateway.post(&path, &json!({ "document": ANA })).bare();
        if let Some(header) = header {
            call = call.header("Authorization", header);
        }
        let answer = call.send().await;
        assert_eq!(answer.problem(401, "unauthorized")["field"], "Authorization", "{header:?}");
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{header:?}");
    }
    let twice = gateway.get("/v1/vendors").header("Authorization", &foreign).send().await;
    twice.problem(401, "unauthorized");
    assert_eq!(gateway.erp_calls(), 0);
}

#[tokio::test]
async fn a_revoked_or_expired_key_is_unknown() {
    let gateway = TestGateway::start().await;
    let new = json!({ "name": "short", "scopes": ["read"], "tenants": "all", "expires_at": "2026-11-20T15:10:00Z" });
    let made = gateway.post("/v1/keys", &new).send().await.ok();
    let secret = made["secret"].as_str().unwrap();
    assert_eq!(gateway.get("/v1/vendors").key(secret).send().await.status, 200);
    let later = json!({ "now": "2026-11-20T15:10:01Z" });
    gateway.call("PUT", "/v1/test/clock").json(&later).send().await.ok();
    gateway.get("/v1/vendors").key(secret).send().await.problem(401, "unauthorized");

    let made =
        gateway.post("/v1/keys", &json!({ "name": "k", "scopes": ["read"], "tenants": "all" })).send().await.ok();
    let (id, secret) = (made["key"]["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    assert_eq!(gateway.get("/v1/vendors").key(secret).send().await.status, 200);
    let revoked = gateway.call("DELETE", &format!("/v1/keys/{id}")).send().await.ok();
    assert!(revoked["revoked_at"].is_string(), "{revoked}");
    gateway.get("/v1/vendors").key(secret).send().await.problem(401, "unauthorized");
}

#[tokio::test]
async fn a_key_without_the_scope_is_told_which_one() {
    let gateway = TestGateway::start().await;
    let contract = gateway.contract(ANA).await;
    let calls = gateway.erp_calls();
    let base = format!("/v1/tenants/{TENANT}");
    for (method, path, scope) in [
        ("GET", format!("{base}/contracts/{contract}"), Scope::Read),
        ("GET", format!("{base}/contracts/{contract}/invoices"), Scope::Billing),
        ("POST", format!("{base}/contracts/{contract}/trust-unlock"), Scope::Act),
        ("GET", format!("{base}/ticket-topics"), Scope::Tickets),
        ("GET", format!("{base}/contacts/con_0123456x"), Scope::PersonalData),
        ("GET", "/v1/tenants".to_owned(), Scope::Admin),
        ("GET", "/v1/keys".to_owned(), Scope::Admin),
        ("POST", format!("{base}/verify"), Scope::Admin),
        ("GET", "/v1/audit".to_owned(), Scope::Admin),
    ] {
        let others: Vec<Scope> = Scope::ALL.into_iter().filter(|other| *other != scope).collect();
        let key = gateway.key_for(&others, &[]).await;
        let answer = gateway.call(method, &path).header("Idempotency-Key", "scope-test-1").key(&key).send().await;
        assert_eq!(answer.problem(403, "insufficient-scope")["scope"], scope.word(), "{path}");
    }
    assert_eq!(gateway.erp_calls(), calls);
}

#[tokio::test]
async fn a_tenant_out_of_reach_looks_like_none() {
    let gateway = TestGateway::start().await;
    gateway.add_tenant("other", &gateway.erp.base_url()).await;
    let key = gateway.key_for(&Scope::ALL, &["other"]).await;
    let ask = |tenant: &str| gateway.get(&format!("/v1/tenants/{tenant}/capabilities")).key(&key);
    assert_eq!(ask("other").send().await.status, 200);
    let (out_of_reach, unknown) = (ask(TENANT).send().await, ask("nobody").send().await);
    let (a, b) = (out_of_reach.problem(404, "not-found"), unknown.problem(404, "not-found"));
    assert_eq!((&a["detail"], &a["field"]), (&b["detail"], &b["field"]));
    let listed = gateway.get("/v1/tenants").key(&key).send().await.ok();
    assert_eq!(listed["tenants"].as_array().unwrap().len(), 1);
    gateway.get(&format!("/v1/tenants/{TENANT}")).key(&key).send().await.problem(404, "not-found");
}

#[tokio::test]
async fn an_operator_of_some_tenants_makes_no_keys_for_all() {
    let gateway = TestGateway::start().await;
    let key = gateway.key_for(&[Scope::Admin], &[TENANT]).await;
    let new = json!({ "name": "more", "scopes": ["admin"], "tenants": "all" });
    gateway.post("/v1/keys", &new).key(&key).send().await.problem(403, "insufficient-scope");
    gateway.get("/v1/keys").key(&key).send().await.problem(403, "insufficient-scope");
    gateway.get("/v1/audit").key(&key).send().await.problem(403, "insufficient-scope");
    assert_eq!(gateway.get(&format!("/v1/tenants/{TENANT}")).key(&key).send().await.status, 200);
}

#[tokio::test]
async fn personal_data_is_masked_without_its_scope() {
    let gateway = TestGateway::start().await;
    let narrow = gateway.key_for(&[Scope::Read], &[]).await;
    let path = format!("/v1/tenants/{TENANT}/customers/lookup");
    let masked = gateway.post(&path, &json!({ "document": ANA })).key(&narrow).send().await.ok();
    let full = gateway.post(&path, &json!({ "document": ANA })).send().await.ok();
    let (masked, full) = (&masked["customers"][0], &full["customers"][0]);
    assert_eq!(masked["document"]["number"], serde_json::Value::Null);
    assert_eq!(masked["phones"][0], "(11) *****-4321");
    assert_eq!(full["document"]["number"], ANA);
    assert_eq!(full["phones"][0], "+5511987654321");
}
