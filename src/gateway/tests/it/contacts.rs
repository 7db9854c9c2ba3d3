//! The contact base.

use serde_json::{Value, json};

use crate::harness::{ANA, BRUNO, TENANT, TestGateway};

const NOBODY: &str = "168.995.350-09";

fn contacts(rest: &str) -> String {
    format!("/v1/tenants/{TENANT}/contacts/{rest}")
}

#[tokio::test]
async fn a_contact_is_put_read_replaced_and_erased() {
    let gateway = TestGateway::start().await;
    let body = json!({ "document": NOBODY, "phones": ["5571977776666"], "name": "Rui Neto", "tags": ["lead"] });
    let path = contacts("con_platform_1");
    let put = gateway.call("PUT", &path).json(&body).send().await;
    assert_eq!((put.status, put.header("location")), (201, &*path));
    let read = gateway.get(&path).send().await.ok();
    assert_eq!(read, put.json());
    assert_eq!((&read["name"], &read["origin"]), (&json!("Rui Neto"), &json!("platform")));
    assert_eq!(read["document"]["number"], NOBODY);
    let replaced = gateway.call("PUT", &path).json(&json!({ "name": "Rui" })).send().await;
    assert_eq!((replaced.status, &replaced.json()["phones"]), (200, &json!([])));
    let erased = gateway.call("DELETE", &path).send().await.ok();
    assert_eq!(erased["contact_id"], "con_platform_1", "{erased}");
    gateway.get(&path).send().await.problem(404, "not-found");
    gateway.call("DELETE", &path).send().await.problem(404, "not-found");
}

#[tokio::test]
async fn a_wrong_contact_is_refused_naming_the_field() {
    let gateway = TestGateway::start().await;
    for (body, field) in [
        (json!({ "document": "168.995.350-08" }), "/document"),
        (json!({ "phones": ["5571977776666", "98123-4567"] }), "/phones/1"),
        (json!({ "email": "nobody" }), "/email"),
        (json!({ "name": "" }), "/name"),
        (json!({ "tags": [" "] }), "/tags/0"),
        (json!({ "vip": true }), "/vip"),
    ] {
        let answer = gateway.call("PUT", &contacts("con_platform_1")).json(&body).send().await;
        assert_eq!(answer.problem(400, "invalid-request")["field"], field);
    }
    for id in ["con_1", "cus_platform_1", "con_16899535009"] {
        let answer = gateway.call("PUT", &contacts(id)).json(&json!({})).send().await;
        assert_eq!(answer.problem(400, "invalid-id")["field"], "contact", "{id}");
    }
}

#[tokio::test]
async fn a_look_up_finds_the_contact_base_when_the_erp_knows_nobody() {
    let gateway = TestGateway::start().await;
    let lookup = format!("/v1/tenants/{TENANT}/customers/lookup");
    let ask = || gateway.post(&lookup, &json!({ "document": NOBODY })).header("Cache-Control", "no-cache").send();
    assert_eq!(ask().await.ok()["match"], "none");
    gateway.call("PUT", &contacts("con_platform_1")).json(&json!({ "document": NOBODY })).send().await.ok();
    let found = ask().await.ok();
    assert_eq!((&found["match"], &found["contact_id"]), (&json!("contact_base"), &json!("con_platform_1")));
}

#[tokio::test]
async fn the_whatsapp_number_links_to_the_holder() {
    let gateway = TestGateway::start().await;
    let linked = gateway.post(&contacts("link"), &json!({ "phone": "555481234567" })).send().await.ok();
    assert_eq!(linked["linked"], true, "{linked}");
    let contact = &linked["contact"];
    assert_eq!((&contact["name"], &contact["origin"]), (&json!("Bruno Lima"), &json!("linked")));
    assert_eq!(contact["accounts"][0]["customer_id"], gateway.customer(BRUNO).await);
    assert_eq!(contact["accounts"][0]["active"], true);
    let again = gateway.post(&contacts("link"), &json!({ "phone": "54 98123-4567" })).send().await.ok();
    assert_eq!(again["contact"]["id"], contact["id"], "both forms of the number are one contact");
    let nobody = gateway.post(&contacts("link"), &json!({ "phone": "71977776666" })).send().await.ok();
    assert_eq!((&nobody["linked"], &nobody["contact"]), (&json!(false), &Value::Null));
}

#[tokio::test]
async fn accounts_are_added_switched_and_taken_away() {
    let gateway = TestGateway::start().await;
    let contact = gateway.post(&contacts("link"), &json!({ "phone": "555481234567" })).send().await.ok();
    let accounts = contacts(&format!("{}/accounts", contact["contact"]["id"].as_str().unwrap()));
    let (ana, bruno) = (gateway.customer(ANA).await, gateway.customer(BRUNO).await);
    let added = gateway.post(&accounts, &json!({ "customer_id": ana, "label": "Casa da mãe" })).send().await.ok();
    assert_eq!(added["accounts"].as_array().unwrap().len(), 2, "{added}");
    let active = |list: &Value| -> String {
        let mut active = list["accounts"].as_array().unwrap().iter().filter(|account| account["active"] == true);
        let one = active.next().unwrap()["customer_id"].as_str().unwrap().to_owned();
        assert!(active.next().is_none(), "exactly one is active");
        one
    };
    assert_eq!(active(&added), bruno);
    let switched = gateway.call("PUT", &format!("{accounts}/active")).json(&json!({ "customer_id": ana })).send().await;
    assert_eq!(active(&switched.ok()), ana);
    assert_eq!(active(&gateway.get(&accounts).send().await.ok()), ana);
    let removed = gateway.call("DELETE", &format!("{accounts}/{ana}")).send().await.ok();
    assert_eq!((active(&removed), removed["accounts"].as_array().unwrap().len()), (bruno, 1));
    let foreign = format!("cus_{}", "A".repeat(30));
    let answer = gateway.post(&accounts, &json!({ "customer_id": foreign })).send().await;
    assert_eq!(answer.problem(404, "not-found")["field"], "/customer_id");
}

#[tokio::test]
async fn the_export_is_a_table() {
    let gateway = TestGateway::start().await;
    let body = json!({ "name": "Souza, Rui", "phones": ["5571977776666"], "tags": ["=cmd()"] });
    gateway.call("PUT", &contacts("con_platform_1")).json(&body).send().await.ok();
    let table = gateway.get(&contacts("export.csv")).send().await;
    assert!(table.header("content-type").starts_with("text/csv"));
    assert_eq!(table.header("content-disposition"), "attachment; filename=\"contacts.csv\"");
    let text = table.text();
    assert!(text.starts_with("id,document,phones,name") && text.contains("\"Souza, Rui\""), "{text}");
    assert!(!text.contains(",=cmd()"), "{text}");
}
