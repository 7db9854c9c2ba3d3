//! What every answer carries.

use crate::harness::TestGateway;

#[tokio::test]
async fn a_sane_request_id_is_kept_and_any_other_replaced() {
    let gateway = TestGateway::start().await;
    let kept = gateway.get("/v1/vendors").header("X-Request-Id", "chat-4711.a_b").send().await;
    assert_eq!(kept.header("x-request-id"), "chat-4711.a_b");
    let problem = gateway.get("/v1/nothing").header("X-Request-Id", "chat-4711.a_b").send().await;
    assert_eq!(problem.problem(404, "not-found")["instance"], "urn:request:chat-4711.a_b");
    for odd in ["short", "has blank inside", "<script>alert(1)</script>"] {
        let made = gateway.get("/v1/nothing").header("X-Request-Id", odd).send().await;
        let id = uuid::Uuid::parse_str(made.header("x-request-id")).unwrap();
        assert_eq!(made.problem(404, "not-found")["instance"], format!("urn:uuid:{id}"));
    }
}

#[tokio::test]
async fn answers_may_not_be_sniffed_framed_or_kept_on_the_way() {
    let gateway = TestGateway::start().await;
    for path in ["/v1/vendors", "/v1/nothing", "/health/live"] {
        let answer = gateway.get(path).send().await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let gateway = TestGateway::start().await;
    let get = gateway.get("/v1/vendors").send().await;
    let head = gateway.call("HEAD", "/v1/vendors").send().await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), get.body.len().to_string());
    let missing = gateway.call("HEAD", "/v1/nothing").send().await;
    assert_eq!((missing.status, missing.body.len()), (404, 0));
}

#[tokio::test]
async fn a_request_that_is_no_http_is_refused() {
    let gateway = TestGateway::start().await;
    let answer = gateway.raw(b"NOT HTTP AT ALL\r\n\r\n".to_vec()).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let length = gateway.raw(b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n".to_vec()).await;
    assert!(length.starts_with("HTTP/1.1 400"), "{length}");
}
