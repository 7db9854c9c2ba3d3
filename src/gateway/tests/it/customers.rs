//! Look-up and one customer.

use serde_json::{Value, json};

use crate::harness::{ANA, TENANT, TestGateway};

fn lookup() -> String {
    format!("/v1/tenants/{TENANT}/customers/lookup")
}

#[tokio::test]
async fn ana_is_found_by_whatever_is_known_of_her() {
    let gateway = TestGateway::start().await;
    let id = gateway.customer(ANA).await;
    for way in [
        json!({ "document": "52998224725" }),
        json!({ "document": " 529.982.247-25 " }),
        json!({ "phone": "(11) 98765-4321" }),
        json!({ "phone": "5511987654321" }),
        json!({ "phone": "551187654321" }),
        json!({ "email": "ANA@example.com" }),
    ] {
        let found = gateway.post(&lookup(), &way).send().await.ok();
        assert_eq!((&found["match"], &found["customers"][0]["id"]), (&json!("erp"), &json!(id)), "{way}");
    }
}

#[tokio::test]
async fn a_look_up_that_cannot_be_is_refused_naming_the_field_and_asks_nobody() {
    let gateway = TestGateway::start().await;
    for (body, field) in [
        (json!({ "document": "529.982.247-26" }), json!("/document")),
        (json!({ "document": "529.982.24A-25" }), json!("/document")),
        (json!({ "document": "111.111.111-11" }), json!("/document")),
        (json!({ "document": "12.ABC.345/01DE-36" }), json!("/document")),
        (json!({ "phone": "98765-4321" }), json!("/phone")),
        (json!({ "phone": "(00) 98765-4321" }), json!("/phone")),
        (json!({ "email": "ana.example.com" }), json!("/email")),
        (json!({ "vendor_id": "1 OR 1=1" }), json!("/vendor_id")),
        (json!({ "document": ANA, "phone": "5511987654321" }), Value::Null),
        (json!({}), Value::Null),
    ] {
        let problem = gateway.post(&lookup(), &body).send().await.problem(400, "invalid-request");
        assert_eq!(problem.get("field").filter(|field| **field != "").unwrap_or(&Value::Null), &field, "{body}");
        for value in body.as_object().unwrap().values() {
            assert!(!problem.to_string().contains(value.as_str().unwrap()), "{problem}");
        }
    }
    assert_eq!(gateway.erp_calls(), 0);
}

#[tokio::test]
async fn a_customer_is_read_by_the_handle_of_the_look_up() {
    let gateway = TestGateway::start().await;
    let found = gateway.post(&lookup(), &json!({ "document": ANA })).send().await.ok();
    let id = found["customers"][0]["id"].as_str().unwrap();
    let customer = gateway.get(&format!("/v1/tenants/{TENANT}/customers/{id}")).send().await.ok();
    assert_eq!(customer, found["customers"][0]);
}
