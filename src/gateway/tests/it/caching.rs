//! What the cache does is told, and never harms.

use ponte_domain::scope::Scope;
use ponte_sandbox::{Fault, FaultKind};
use serde_json::json;

use crate::harness::{ANA, BRUNO, TENANT, TestGateway};

#[tokio::test]
async fn a_second_read_is_a_hit_with_its_age() {
    let gateway = TestGateway::start().await;
    let path = format!("/v1/tenants/{TENANT}/contracts/{}", gateway.contract(ANA).await);
    let first = gateway.get(&path).send().await;
    assert_eq!(first.header("cache-status"), "ponte; fwd=uri-miss; stored; ttl=30");
    assert_eq!(first.header("age"), "0");
    let calls = gateway.erp_calls();
    let second = gateway.get(&path).send().await;
    assert!(second.header("cache-status").starts_with("ponte; hit; ttl="), "{}", second.header("cache-status"));
    assert_eq!(second.body, first.body);
    assert_eq!(second.header("cache-control"), "private, no-cache");
    assert_eq!(gateway.erp_calls(), calls);
}

#[tokio::test]
async fn no_cache_asks_the_erp() {
    let gateway = TestGateway::start().await;
    let path = format!("/v1/tenants/{TENANT}/contracts/{}", gateway.contract(ANA).await);
    gateway.get(&path).send().await.ok();
    let calls = gateway.erp_calls();
    let fresh = gateway.get(&path).header("Cache-Control", "no-cache").send().await;
    assert_eq!(fresh.header("cache-status"), "ponte; fwd=request; stored; ttl=30");
    assert!(gateway.erp_calls() > calls);
}

#[tokio::test]
async fn a_write_is_seen_by_the_next_read() {
    let gateway = TestGateway::start().await;
    let contract = format!("/v1/tenants/{TENANT}/contracts/{}", gateway.contract(BRUNO).await);
    assert_eq!(gateway.get(&contract).send().await.ok()["access_status"], "blocked");
    gateway.act(&format!("{contract}/trust-unlock"), "unlock-bruno-1", &json!({})).send().await.ok();
    let after = gateway.get(&contract).send().await;
    assert_eq!(after.ok()["access_status"], "active");
}

#[tokio::test]
async fn views_do_not_mix() {
    let gateway = TestGateway::start().await;
    let narrow = gateway.key_for(&[Scope::Read], &[]).await;
    let path = format!("/v1/tenants/{TENANT}/customers/{}", gateway.customer(ANA).await);
    let full = gateway.get(&path).send().await.ok();
    let masked = gateway.get(&path).key(&narrow).send().await.ok();
    assert_ne!(full["phones"], masked["phones"]);
    assert_eq!(gateway.get(&path).send().await.ok(), full);
}

#[tokio::test]
async fn an_old_answer_stands_in_while_the_erp_fails() {
    let gateway = TestGateway::with(|settings| {
        settings.operations.cache.contracts = std::time::Duration::from_millis(1);
    })
    .await;
    let path = format!("/v1/tenants/{TENANT}/contracts/{}", gateway.contract(ANA).await);
    let first = gateway.get(&path).send().await;
    gateway.erp.inject(Fault::at("*", FaultKind::Http500).times(100));
    let mut stale = gateway.get(&path).send().await;
    while stale.header("cache-status").contains("hit") {
        stale = gateway.get(&path).send().await;
    }
    assert_eq!(stale.header("cache-status"), "ponte; fwd=stale; detail=\"stale-if-error\"");
    assert_eq!(stale.body, first.body);
}
