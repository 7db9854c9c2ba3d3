//! Invoices, ways to pay, PDFs and pictures.

use serde_json::{Value, json};

use crate::harness::{ANA, BRUNO, TENANT, TestGateway};

async fn invoice(gateway: &TestGateway, document: &str) -> String {
    let customer = gateway.customer(document).await;
    let open = gateway.get(&format!("/v1/tenants/{TENANT}/customers/{customer}/invoices")).send().await.ok();
    format!("/v1/tenants/{TENANT}/invoices/{}", open["invoices"][0]["id"].as_str().unwrap())
}

#[tokio::test]
async fn the_filter_chooses_and_open_is_what_is_meant_without_one() {
    let gateway = TestGateway::start().await;
    let customer = gateway.customer(ANA).await;
    let list = |query: &str| {
        let call = gateway.get(&format!("/v1/tenants/{TENANT}/customers/{customer}/invoices{query}"));
        async move {
            let invoices = call.send().await.ok()["invoices"].clone();
            invoices.as_array().unwrap().iter().map(|one| one["status"].clone()).collect::<Vec<_>>()
        }
    };
    assert_eq!(list("").await, ["open"]);
    assert_eq!(list("?status=open").await, ["open"]);
    assert_eq!(list("?status=paid").await, ["paid"]);
    assert_eq!(list("?status=overdue").await, Vec::<Value>::new());
    assert_eq!(list("?status=all").await, ["paid", "open"]);
    let path = format!("/v1/tenants/{TENANT}/customers/{customer}/invoices?status=late");
    let problem = gateway.get(&path).send().await.problem(400, "invalid-parameter");
    assert_eq!(problem["field"], "status");
}

#[tokio::test]
async fn the_links_of_a_payment_lead_to_the_documents() {
    let gateway = TestGateway::start().await;
    let payment = gateway.get(&format!("{}/payment", invoice(&gateway, ANA).await)).send().await.ok();
    let text = payment["pix"]["copy_paste"].as_str().unwrap();
    for (link, media_type, beginning) in [
        (&payment["boleto"]["pdf_link"], "application/pdf", b"%PDF-".as_slice()),
        (&payment["pix"]["svg_link"], "image/svg+xml", b"<svg "),
        (&payment["pix"]["png_link"], "image/png", b"\x89PNG"),
    ] {
        let document = gateway.get(link.as_str().unwrap()).send().await;
        assert_eq!((document.status, document.header("content-type")), (200, media_type), "{}", document.text());
        assert!(document.body.starts_with(beginning), "{media_type}");
        assert!(!document.text().contains(text), "a picture does not carry the text beside the code");
    }
}

#[tokio::test]
async fn without_pix_the_reason_is_told_and_there_is_no_picture() {
    let gateway = TestGateway::start().await;
    let invoice = invoice(&gateway, BRUNO).await;
    let payment = gateway.get(&format!("{invoice}/payment")).send().await.ok();
    assert_eq!(payment["pix"]["reason"], "bank_without_pix", "{payment}");
    for (member, value) in payment["pix"].as_object().unwrap() {
        let told = ["available", "reason", "currency"].contains(&member.as_str());
        assert!(told || value.is_null(), "{member}: {value}");
    }
    for picture in ["pix.svg", "pix.png"] {
        let problem = gateway.get(&format!("{invoice}/{picture}")).send().await.problem(404, "not-found");
        assert_eq!(problem["retryable"], json!(false));
    }
}
