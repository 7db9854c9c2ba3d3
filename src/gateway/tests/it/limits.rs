//! Inbound limits, and how they are told.

use ponte_operations::limits::Rate;
use ponte_operations::settings::InboundSettings;

use crate::harness::{TENANT, TestGateway};

async fn slow(per_key: u32, per_tenant: u32) -> TestGateway {
    TestGateway::with(|settings| {
        settings.operations.inbound = InboundSettings {
            per_key: Rate { per_second: 1, burst: per_key },
            per_key_and_tenant: Rate { per_second: 1, burst: per_tenant },
        };
    })
    .await
}

#[tokio::test]
async fn what_is_left_is_told_with_every_answer() {
    let gateway = slow(20, 5).await;
    let answer = gateway.get("/v1/vendors").send().await;
    assert_eq!(answer.header("ratelimit-policy"), "\"key\";q=20;w=20");
    assert_eq!(answer.header("ratelimit"), "\"key\";r=19;t=1");
    let answer = gateway.get(&format!("/v1/tenants/{TENANT}/capabilities")).send().await;
    assert_eq!(answer.header("ratelimit-policy"), "\"key\";q=20;w=20, \"tenant\";q=5;w=5");
    assert_eq!(answer.header("ratelimit"), "\"tenant\";r=4;t=1");
}

#[tokio::test]
async fn a_request_too_many_is_told_when_to_come_back() {
    let gateway = slow(100, 2).await;
    let path = format!("/v1/tenants/{TENANT}/capabilities");
    for _ in 0..2 {
        assert_eq!(gateway.get(&path).send().await.status, 200);
    }
    let answer = gateway.get(&path).send().await;
    let problem = answer.problem(429, "rate-limited");
    assert_eq!(problem["retryable"], true);
    assert_eq!(answer.header("retry-after"), "1");
    assert_eq!(answer.header("ratelimit"), "\"tenant\";r=0;t=1");
    assert_eq!(gateway.get("/v1/vendors").send().await.status, 200, "the key's own limit is another one");
}

#[tokio::test]
async fn keys_do_not_share_a_limit_and_refused_requests_count() {
    let gateway = slow(3, 100).await;
    for _ in 0..3 {
        gateway.get("/v1/tenants/nobody/capabilities").send().await.problem(404, "not-found");
    }
    gateway.get("/v1/vendors").send().await.problem(429, "rate-limited");
    let other = gateway.key_for(&[ponte_domain::scope::Scope::Read], &[]).await;
    assert_eq!(gateway.get("/v1/vendors").key(&other).send().await.status, 200);
}
