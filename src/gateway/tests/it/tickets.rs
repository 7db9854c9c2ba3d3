//! Tickets over HTTP.

use serde_json::{Value, json};

use crate::harness::{ANA, BRUNO, TENANT, TestGateway};

const DAVI: &str = "123.456.789-09";

async fn of(gateway: &TestGateway, document: &str) -> String {
    format!("/v1/tenants/{TENANT}/customers/{}/tickets", gateway.customer(document).await)
}

#[tokio::test]
async fn what_the_topics_offer_can_be_opened_by_name_and_by_id() {
    let gateway = TestGateway::start().await;
    let topics = gateway.get(&format!("/v1/tenants/{TENANT}/ticket-topics")).send().await.ok();
    let sector = topics["sectors"].as_array().unwrap().iter().find(|one| one["name"] == "Técnico").unwrap();
    let path = of(&gateway, ANA).await;
    for (at, (sector, subject)) in
        [(&sector["id"], &sector["subjects"][0]["id"]), (&sector["name"], &sector["subjects"][0]["name"])]
            .into_iter()
            .enumerate()
    {
        let body = json!({ "sector": sector, "subject": subject, "text": "Sem internet desde ontem." });
        let answer = gateway.act(&path, &format!("ana-opens-{at}"), &body).send().await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        let ticket = answer.json();
        assert_eq!((&ticket["sector"], &ticket["complaint"]), (&json!("Técnico"), &body["text"]));
        assert!(ticket["protocol"].as_str().is_some_and(|protocol| !protocol.is_empty()), "{ticket}");
    }
    let listed = gateway.get(&path).send().await.ok();
    assert_eq!(listed["tickets"].as_array().unwrap().len(), 2, "the writes are seen by the next read");
}

#[tokio::test]
async fn a_contract_or_connection_of_somebody_else_is_refused() {
    let gateway = TestGateway::start().await;
    let path = of(&gateway, ANA).await;
    let bruno = gateway.customer(BRUNO).await;
    let contracts = gateway.get(&format!("/v1/tenants/{TENANT}/customers/{bruno}/contracts")).send().await.ok();
    let foreign = &contracts["contracts"][0];
    let calls = gateway.erp_calls();
    for (at, (field, id)) in
        [("contract_id", &foreign["id"]), ("login_id", &foreign["logins"][0]["id"])].into_iter().enumerate()
    {
        let mut body = json!({ "sector": "Técnico", "text": "Sem internet desde ontem." });
        body[field] = id.clone();
        let problem = gateway.act(&path, &format!("foreign-{at}"), &body).send().await.problem(400, "invalid-request");
        assert!(["/contract_id", "/login_id"].contains(&problem["field"].as_str().unwrap()), "{problem}");
    }
    assert_eq!(gateway.erp_calls(), calls, "none of it reached the ERP");
}

#[tokio::test]
async fn a_rating_needs_a_comment_unless_it_is_full() {
    let gateway = TestGateway::start().await;
    let path = of(&gateway, DAVI).await;
    let all = gateway.get(&format!("{path}?status=all")).send().await.ok();
    let closed = all["tickets"].as_array().unwrap().iter().find(|one| one["status"] == "closed").unwrap();
    let rating = format!("/v1/tenants/{TENANT}/tickets/{}/rating", closed["id"].as_str().unwrap());
    for (at, (body, field)) in [
        (json!({ "stars": 4 }), "/comment"),
        (json!({ "stars": 4, "comment": "  " }), "/comment"),
        (json!({ "stars": 0 }), "/stars"),
        (json!({ "stars": 6 }), "/stars"),
        (json!({}), "/stars"),
    ]
    .into_iter()
    .enumerate()
    {
        let problem =
            gateway.act(&rating, &format!("rates-{at:03}"), &body).send().await.problem(400, "invalid-request");
        assert_eq!(problem["field"], field, "{body}");
    }
    let kept = gateway.act(&rating, "rates-well", &json!({ "stars": 4, "comment": "Demorou." })).send().await.ok();
    assert_eq!(kept, json!({ "ticket_id": closed["id"], "stars": 4, "comment": "Demorou." }));
    let again = gateway.act(&rating, "rates-again", &json!({ "stars": 5 })).send().await;
    again.problem(409, "already-rated");
    let all = gateway.get(&format!("{path}?status=all")).send().await.ok();
    let shown: Vec<&Value> = all["tickets"].as_array().unwrap().iter().filter(|one| !one["rating"].is_null()).collect();
    assert_eq!(shown.len(), 1);
    assert_eq!(shown[0]["rating"], json!({ "stars": 4, "comment": "Demorou." }));

    let table = gateway.get(&format!("/v1/tenants/{TENANT}/ratings/export.csv")).send().await;
    assert!(table.header("content-type").starts_with("text/csv"), "{:?}", table.headers);
    let text = table.text();
    let [ticket, customer] = ["id", "customer_id"].map(|key| closed[key].as_str().unwrap());
    let row = format!("{ticket},{customer},4,Demorou.,2026-11-20T");
    assert!(text.starts_with("ticket_id,customer_id,stars,comment,rated_at\r\n") && text.contains(&row), "{text}");
}
