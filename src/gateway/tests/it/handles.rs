//! Ids of answers lead back, at their tenant and for their kind only; others never reach the ERP.

use ponte_domain::reference::CustomerRef;
use ponte_gateway::Reference;

use crate::harness::{ANA, TENANT, TestGateway};

#[tokio::test]
async fn a_handle_is_the_same_in_every_answer_and_hides_the_vendors_id() {
    let gateway = TestGateway::start().await;
    let first = gateway.customer(ANA).await;
    assert_eq!(first, gateway.customer(ANA).await);
    let read = gateway.get(&format!("/v1/tenants/{TENANT}/customers/{first}")).send().await.ok();
    assert_eq!(read["id"], first);
    assert!(first.starts_with("cus_") && first.len() >= 26, "{first}");
}

#[tokio::test]
async fn texts_that_are_no_handles_are_refused() {
    let gateway = TestGateway::start().await;
    for id in
        ["2", "cus_", "cus_short", "ctr_AAAAAAAAAAAAAAAAAAAAAAAA", "cus_AAAAAAAAAAAAAAAAAAAAA%2F", &"c".repeat(600)]
    {
        let answer = gateway.get(&format!("/v1/tenants/{TENANT}/customers/{id}")).send().await;
        assert_eq!(answer.problem(400, "invalid-id")["field"], "customer", "{id}");
    }
    assert_eq!(gateway.erp_calls(), 0);
}

#[tokio::test]
async fn forged_and_foreign_handles_are_not_found() {
    let gateway = TestGateway::start().await;
    gateway.add_tenant("other", &gateway.erp.base_url()).await;
    let ana = gateway.customer(ANA).await;
    let calls = gateway.erp_calls();
    let last = if ana.ends_with('A') { "B" } else { "A" };
    let forged = format!("{}{last}", &ana[..ana.len() - 1]);
    let other_kind = ana.replacen("cus_", "ctr_", 1);
    for path in [
        format!("/v1/tenants/{TENANT}/customers/{forged}"),
        format!("/v1/tenants/other/customers/{ana}"),
        format!("/v1/tenants/{TENANT}/contracts/{other_kind}"),
        format!("/v1/tenants/{TENANT}/customers/cus_{}", "A".repeat(40)),
    ] {
        gateway.get(&path).send().await.problem(404, "not-found");
    }
    assert_eq!(gateway.erp_calls(), calls);
}

#[tokio::test]
async fn test_mode_makes_the_handle_that_answers_carry() {
    let gateway = TestGateway::start().await;
    let ana = gateway.customer(ANA).await;
    let id = gateway.erp.town().customers.iter().find(|customer| customer.name == "Ana Souza").unwrap().id.to_string();
    let made = gateway.gateway.handle_for(TENANT, &Reference::Customer(CustomerRef::new(id))).unwrap();
    assert_eq!(made, ana);
}

#[tokio::test]
async fn without_test_mode_no_handle_is_made_for_the_asking() {
    let gateway = TestGateway::with(|settings| {
        settings.operations.test_mode = false;
        settings.operations.clock = None;
    })
    .await;
    assert!(gateway.gateway.handle_for(TENANT, &Reference::Customer(CustomerRef::new("1"))).is_err());
}
