//! Whatever goes wrong leaves as a problem that names what is wrong, and bad input never reaches the ERP.

use ponte_sandbox::{Fault, FaultKind};
use serde_json::json;

use crate::harness::{ANA, TENANT, TestGateway};

fn lookup() -> String {
    format!("/v1/tenants/{TENANT}/customers/lookup")
}

#[tokio::test]
async fn paths_that_nobody_serves_are_not_found() {
    let gateway = TestGateway::start().await;
    for path in ["/v1/nothing", "/v1/vendors/", "//v1/vendors", "/v1/tenants/acme/customers/", "/%ff", "/.env"] {
        gateway.get(path).send().await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let gateway = TestGateway::start().await;
    for (method, path, allow) in [
        ("DELETE", "/v1/vendors", "GET, HEAD"),
        ("OPTIONS", "/v1/tenants", "GET, HEAD, POST"),
        ("GET", &*lookup(), "POST"),
        ("TRACE", "/health/live", "GET, HEAD"),
        ("PURGE", "/v1/keys", "GET, HEAD, POST"),
        ("POST", "/", "GET, HEAD"),
    ] {
        let answer = gateway.call(method, path).send().await;
        answer.problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
    }
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let gateway = TestGateway::start().await;
    let json = "application/json";
    for (content_type, body, status, kind, field) in [
        (json, "{", 400, "invalid-json", ""),
        (json, "{\"document\":\"52998224725\"} {}", 400, "invalid-json", ""),
        (json, "{\"document\":52998224725}", 400, "invalid-request", "/document"),
        (json, "{\"cpf\":\"52998224725\"}", 400, "invalid-request", "/cpf"),
        (json, "{\"document\":\"1\",\"document\":\"1\"}", 400, "invalid-request", "/document"),
        (json, "[]", 400, "invalid-request", ""),
        (json, "[\"52998224725\",null,null,null]", 400, "invalid-request", ""),
        (json, "{\"document\":\"529.982.247-25\",\"phone\":null}", 400, "invalid-request", "/phone"),
        (json, "\u{feff}{}", 400, "invalid-json", ""),
        (json, "{}", 400, "invalid-request", ""),
        (json, "{\"document\":\"529.982.247-26\"}", 400, "invalid-request", "/document"),
        (json, "{\"document\":\"529.982.24A-25\"}", 400, "invalid-request", "/document"),
        (json, "{\"phone\":\"98765-4321\"}", 400, "invalid-request", "/phone"),
        (json, "{\"email\":\"ana.example.com\"}", 400, "invalid-request", "/email"),
        ("text/plain", "{\"document\":\"52998224725\"}", 415, "unsupported-media-type", "Content-Type"),
        ("application/x-www-form-urlencoded", "document=52998224725", 415, "unsupported-media-type", "Content-Type"),
    ] {
        let answer = gateway.call("POST", &lookup()).body(content_type, body).send().await;
        let problem = answer.problem(status, kind);
        assert_eq!(problem["field"].as_str().unwrap_or_default(), field, "{body}: {problem}");
        assert!(!problem["detail"].as_str().unwrap().contains("529"), "{problem}");
    }
    let squeezed = gateway.call("POST", &lookup()).header("Content-Encoding", "gzip").body(json, "x").send().await;
    assert_eq!(squeezed.problem(415, "unsupported-media-type")["field"], "Content-Encoding");
    assert_eq!(gateway.erp_calls(), 0);
}

#[tokio::test]
async fn bodies_have_a_limit_with_and_without_a_length() {
    let gateway = TestGateway::start().await;
    let large = vec![b' '; 10 << 20];
    gateway
        .call("POST", &lookup())
        .body("application/json", large.clone())
        .send()
        .await
        .problem(413, "payload-too-large");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n",
        lookup(),
        gateway.key
    );
    let mut chunked = head.into_bytes();
    for _ in 0..40 {
        chunked.extend_from_slice(b"1000\r\n");
        chunked.extend_from_slice(&[b' '; 0x1000]);
        chunked.extend_from_slice(b"\r\n");
    }
    let answer = gateway.raw(chunked).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("/problems/payload-too-large"), "{answer}");
    assert_eq!(gateway.erp_calls(), 0);
}

#[tokio::test]
async fn a_refused_body_does_not_spoil_the_next_request() {
    let gateway = TestGateway::start().await;
    for _ in 0..20 {
        let large = vec![b' '; 100_000];
        gateway.call("POST", &lookup()).body("application/json", large).send().await.problem(413, "payload-too-large");
        assert_eq!(gateway.get("/v1/vendors").send().await.status, 200);
    }
}

#[tokio::test]
async fn heads_have_a_limit() {
    let gateway = TestGateway::start().await;
    let long = "a".repeat(20_000);
    gateway.get("/v1/vendors").header("X-Long", &long).send().await.problem(431, "headers-too-large");
    gateway.get(&format!("/v1/vendors?x={long}")).send().await.problem(431, "headers-too-large");
    let mut many = gateway.get("/v1/vendors");
    for n in 0..70 {
        many = many.header(&format!("X-{n}"), "1");
    }
    many.send().await.problem(431, "headers-too-large");
}

#[tokio::test]
async fn query_parameters_are_read_strictly() {
    let gateway = TestGateway::start().await;
    let contract = gateway.contract(ANA).await;
    let calls = gateway.erp_calls();
    let invoices = format!("/v1/tenants/{TENANT}/contracts/{contract}/invoices");
    for (query, field) in
        [("stat=open", "stat"), ("status=open&status=open", "status"), ("status=late", "status"), ("status=%ff", "")]
    {
        let answer = gateway.get(&format!("{invoices}?{query}")).send().await;
        assert_eq!(answer.problem(400, "invalid-parameter")["field"].as_str().unwrap_or_default(), field, "{query}");
    }
    for path in ["/v1/vendors?x=1", "/v1/keys?x=1", "/health/live?x=1"] {
        assert_eq!(gateway.get(path).send().await.problem(400, "invalid-parameter")["field"], "x");
    }
    assert_eq!(gateway.erp_calls(), calls);
}

#[tokio::test]
async fn what_is_not_accepted_is_not_done() {
    let gateway = TestGateway::start().await;
    let answer = gateway.get("/v1/vendors").header("Accept", "text/html").send().await;
    assert_eq!(answer.problem(406, "not-acceptable")["field"], "Accept");
    for accept in ["application/json", "application/*", "text/html, */*;q=0.1"] {
        assert_eq!(gateway.get("/v1/vendors").header("Accept", accept).send().await.status, 200, "{accept}");
    }
}

#[tokio::test]
async fn an_erp_that_fails_is_the_right_problem_and_never_not_found() {
    let gateway = TestGateway::with(|settings| {
        settings.operations.calls.attempt_timeout = std::time::Duration::from_millis(300);
        settings.operations.calls.deadline = std::time::Duration::from_secs(2);
        settings.operations.calls.breaker.consecutive_failures = 1000;
    })
    .await;
    for (kind, status, problem) in [
        (FaultKind::HtmlPage, 502, "upstream-fault"),
        (FaultKind::Http500, 502, "upstream-fault"),
        (FaultKind::TruncatedBody { keep: None }, 502, "upstream-broken-answer"),
        (FaultKind::Garbage, 502, "upstream-broken-answer"),
        (FaultKind::Oversized { bytes: 50_000_000 }, 502, "upstream-broken-answer"),
        (FaultKind::RedirectToLogin { location: None }, 502, "tenant-misconfigured"),
        (FaultKind::DelayMs { ms: 1500 }, 504, "upstream-timeout"),
        (FaultKind::RateLimited { retry_after: Some(7) }, 503, "upstream-rate-limited"),
    ] {
        gateway.erp.inject(Fault::at("*", kind.clone()).times(100));
        let answer = gateway.post(&lookup(), &json!({ "document": ANA })).send().await;
        gateway.erp.clear_faults();
        assert_eq!(answer.status, status, "{kind:?}: {}", answer.text());
        let said = answer.problem(status, problem);
        assert_eq!(said["upstream"]["vendor"], "ixc", "{kind:?}: {said}");
        assert!(!answer.text().contains('<'), "{}", answer.text());
    }
}

#[tokio::test]
async fn an_erp_that_is_down_says_so_with_a_time_to_come_back() {
    let gateway = TestGateway::start().await;
    gateway.add_tenant("gone", "http://127.0.0.1:9").await;
    let answer = gateway.post("/v1/tenants/gone/customers/lookup", &json!({ "document": ANA })).send().await;
    let problem = answer.problem(503, "upstream-unreachable");
    assert_eq!(problem["retryable"], true);
    assert_eq!(answer.header("retry-after"), problem["retry_after_s"].to_string());
}

#[tokio::test]
async fn problem_types_are_absolute_when_the_public_address_is_known() {
    let gateway = TestGateway::with(|settings| settings.http.public_url = "https://ponte.example".to_owned()).await;
    let answer = gateway.get("/v1/nothing").send().await;
    assert_eq!(answer.json()["type"], "https://ponte.example/problems/not-found");
}
