//! Tenants, keys, vendors, the trail, the clock: the operator's side.

use serde_json::{Value, json};

use crate::harness::{ANA, TENANT, TestGateway};

fn tenant(gateway: &TestGateway, name: &str) -> Value {
    json!({
        "tenant": name,
        "vendor": gateway.erp.vendor(),
        "base_url": gateway.erp.base_url(),
        "credentials": gateway.erp.credentials(),
        "settings": { "allow_plain_http": true, "company_name": "Provedor Novo" },
    })
}

#[tokio::test]
async fn a_tenant_is_added_read_changed_verified_and_removed() {
    let gateway = TestGateway::start().await;
    let added = gateway.post("/v1/tenants", &tenant(&gateway, "novo")).send().await;
    assert_eq!((added.status, added.header("location")), (201, "/v1/tenants/novo"));
    let words = added.json();
    assert_eq!(words["settings"]["company_name"], "Provedor Novo");
    assert_eq!(words["credential_names"], json!(["token"]));
    let secret = gateway.erp.credentials()["token"].as_str().unwrap().to_owned();
    assert!(!added.text().contains(&secret), "credentials are never shown");

    let verified = gateway.post("/v1/tenants/novo/verify", &json!({})).send().await.ok();
    assert_eq!(verified["ok"], true, "{verified}");
    assert!(!verified["checks"].as_array().unwrap().is_empty());

    let change = json!({ "settings": { "allow_plain_http": true, "company_name": "Provedor Mudado" } });
    let changed = gateway.call("PATCH", "/v1/tenants/novo").json(&change).send().await.ok();
    assert_eq!(changed["settings"]["company_name"], "Provedor Mudado");
    assert_eq!(gateway.get("/v1/tenants/novo").send().await.ok(), changed);

    let wrong = json!({ "credentials": { "token": format!("1:{}", "0".repeat(64)) } });
    gateway.call("PATCH", "/v1/tenants/novo").json(&wrong).send().await.ok();
    let verified = gateway.post("/v1/tenants/novo/verify", &json!({})).send().await.ok();
    assert_eq!(verified["ok"], false, "{verified}");
    let asked = gateway.post("/v1/tenants/novo/customers/lookup", &json!({ "document": ANA })).send().await;
    asked.problem(502, "upstream-credentials");

    assert_eq!(gateway.call("DELETE", "/v1/tenants/novo").send().await.ok()["tenant"], "novo");
    gateway.get("/v1/tenants/novo").send().await.problem(404, "not-found");
    gateway.call("DELETE", "/v1/tenants/novo").send().await.problem(404, "not-found");
}

#[tokio::test]
async fn a_wrong_tenant_is_refused_naming_the_field() {
    let gateway = TestGateway::start().await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = tenant(&gateway, "novo");
        change(&mut body);
        body
    };
    for (body, field) in [
        (with(&|body| body["tenant"] = json!("Novo Provedor")), "/tenant"),
        (with(&|body| body["vendor"] = json!("no-such-erp")), "/vendor"),
        (with(&|body| body["base_url"] = json!("ftp://erp.example")), "/base_url"),
        (with(&|body| body["base_url"] = json!("https://user:pass@erp.example")), "/base_url"),
        (with(&|body| body["credentials"] = json!({})), "/credentials/token"),
        (with(&|body| body["credentials"]["colour"] = json!("x")), "/credentials/colour"),
        (with(&|body| body["settings"]["limits"] = json!({ "concurrency": 0 })), "/settings/limits/concurrency"),
        (with(&|body| body["settings"]["zone"] = json!("Mars/Olympus")), "/settings/zone"),
        (with(&|body| body["settings"]["colour"] = json!("x")), "/settings/colour"),
        (with(&|body| body["settings"]["vendor"] = json!({ "colour": "x" })), "/settings/vendor/colour"),
    ] {
        let problem = gateway.post("/v1/tenants", &body).send().await.problem(400, "invalid-request");
        assert_eq!(problem["field"], field, "{problem}");
    }
    gateway.post("/v1/tenants", &tenant(&gateway, TENANT)).send().await.problem(409, "already-exists");
    let nothing = gateway.call("PATCH", &format!("/v1/tenants/{TENANT}")).json(&json!({})).send().await;
    nothing.problem(400, "invalid-request");
}

#[tokio::test]
async fn a_key_is_shown_once_and_changed_without_its_secret() {
    let gateway = TestGateway::start().await;
    let new = json!({ "name": "chat platform", "scopes": ["read", "billing"], "tenants": [TENANT] });
    let made = gateway.post("/v1/keys", &new).send().await;
    assert_eq!(made.status, 201, "{}", made.text());
    let made = made.json();
    let (id, secret) = (made["key"]["id"].as_str().unwrap(), made["secret"].as_str().unwrap());
    assert_eq!(secret.len(), 49);
    let path = format!("/v1/keys/{id}");
    let read = gateway.get(&path).send().await;
    assert_eq!(read.ok()["tenants"], json!([TENANT]));
    assert!(!read.text().contains(secret));
    assert!(!gateway.get("/v1/keys").send().await.text().contains(secret));

    let change = json!({ "scopes": ["read"], "tenants": "all" });
    let changed = gateway.call("PATCH", &path).json(&change).send().await.ok();
    assert_eq!((&changed["scopes"], &changed["tenants"]), (&json!(["read"]), &json!("all")));
    assert_eq!(changed["name"], "chat platform");
    assert_eq!(gateway.get("/v1/vendors").key(secret).send().await.status, 200);
}

#[tokio::test]
async fn a_wrong_key_is_refused_naming_the_field() {
    let gateway = TestGateway::start().await;
    for (body, field) in [
        (json!({ "name": " ", "scopes": ["read"], "tenants": "all" }), "/name"),
        (json!({ "name": "k", "scopes": [], "tenants": "all" }), "/scopes"),
        (json!({ "name": "k", "scopes": ["everything"], "tenants": "all" }), "/scopes/0"),
        (json!({ "name": "k", "scopes": ["read"], "tenants": ["nobody-here"] }), "/tenants"),
        (json!({ "name": "k", "scopes": ["read"], "tenants": [] }), "/tenants"),
        (json!({ "name": "k", "scopes": ["read"], "tenants": "all", "expires_at": "tomorrow" }), "/expires_at"),
        (
            json!({ "name": "k", "scopes": ["read"], "tenants": "all", "expires_at": "2020-01-01T00:00:00Z" }),
            "/expires_at",
        ),
    ] {
        let problem = gateway.post("/v1/keys", &body).send().await.problem(400, "invalid-request");
        assert_eq!(problem["field"], field, "{problem}");
    }
    gateway.get("/v1/keys/key_00000000").send().await.problem(404, "not-found");
}

#[tokio::test]
async fn vendors_and_capabilities_say_what_there_is_and_why_not() {
    let gateway = TestGateway::start().await;
    let vendors = gateway.get("/v1/vendors").send().await.ok();
    let vendor = &vendors["vendors"][0];
    assert_eq!(vendor["vendor"], "ixc");
    assert!(vendor["credential_fields"].as_array().unwrap().iter().any(|field| field["name"] == "token"));
    for listed in [vendor, &gateway.get(&format!("/v1/tenants/{TENANT}/capabilities")).send().await.ok()] {
        let capabilities = listed["capabilities"].as_array().unwrap();
        assert_eq!(capabilities.len(), ponte_domain::capability::Capability::ALL.len());
        for capability in capabilities {
            assert!(capability["supported"] == true || capability["reason"].is_string(), "{capability}");
        }
    }
}

#[tokio::test]
async fn the_trail_tells_who_did_what_page_by_page() {
    let gateway = TestGateway::start().await;
    let lookup = format!("/v1/tenants/{TENANT}/customers/lookup");
    for _ in 0..3 {
        // A look-up from the cache leaves no second row.
        gateway.post(&lookup, &json!({ "document": ANA })).header("Cache-Control", "no-cache").send().await.ok();
    }
    let page = gateway.get(&format!("/v1/audit?tenant={TENANT}&operation=customer_lookup&limit=2")).send().await.ok();
    let entries = page["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "{page}");
    assert_eq!(entries[0]["outcome"], "ok");
    let next = &page["next"];
    let rest = gateway.get(&format!("/v1/audit?tenant={TENANT}&operation=customer_lookup&limit=2&before={next}"));
    let rest = rest.send().await.ok();
    assert_eq!((rest["entries"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null), "{rest}");
    for (query, field) in [("limit=0", "limit"), ("limit=x", "limit"), ("since=now", "since"), ("page=1", "page")] {
        let problem = gateway.get(&format!("/v1/audit?{query}")).send().await.problem(400, "invalid-parameter");
        assert_eq!(problem["field"], field);
    }
}

#[tokio::test]
async fn the_clock_is_set_and_reset_in_test_mode_only() {
    let gateway = TestGateway::start().await;
    let set = json!({ "now": "2026-12-03T12:00:00-03:00" });
    let clock = gateway.call("PUT", "/v1/test/clock").json(&set).send().await.ok();
    assert!(clock["now"].as_str().unwrap().starts_with("2026-12-03T15:00:0"), "{clock}");
    gateway.call("PUT", "/v1/test/clock").json(&json!({ "now": "soon" })).send().await.problem(400, "invalid-request");
    let clock = gateway.post("/v1/test/reset", &json!({})).send().await.ok();
    assert!(clock["now"].as_str().unwrap().starts_with("2026-11-20T15:00:"), "{clock}");

    let real = TestGateway::with(|settings| {
        settings.operations.test_mode = false;
        settings.operations.clock = None;
    })
    .await;
    real.get("/v1/test/clock").send().await.problem(404, "not-found");
    real.call("PUT", "/v1/test/clock").json(&set).send().await.problem(404, "not-found");
    real.post("/v1/test/reset", &json!({})).send().await.problem(404, "not-found");
}
