//! What a 403 and a missing route mean, and how pages are read.

use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::customer::LookupKey;
use ponte_domain::document::Document;
use ponte_domain::failure::Retry;
use ponte_domain::invoice::InvoiceFilter;
use ponte_domain::phone::Phone;
use ponte_domain::reference::CustomerRef;
use wiremock::matchers::{body_string_contains, path};
use wiremock::{Mock, ResponseTemplate};

use super::{CREDENTIALS, CUSTOMERS, FIND, TITLES};
use crate::erp::{Billing, Contracts, Customers as _};
use crate::sgp::Sgp;
use crate::sgp::testing::{Bench, contract, contracts, customer, ok};

const FORBIDDEN: &str = r#"{"detail":"As credenciais de autenticação não foram fornecidas."}"#;

fn forbidden() -> ResponseTemplate {
    ResponseTemplate::new(403).set_body_raw(FORBIDDEN.as_bytes().to_vec(), "application/json")
}

fn ana() -> LookupKey {
    LookupKey::Document(Document::parse("529.982.247-25").unwrap())
}

#[tokio::test]
async fn credentials_travel_in_the_body_and_passwords_go_nowhere() {
    let bench = Bench::start().await;
    let row = contract(17402, r#""contratoStatus":1,"contratoCentralSenha":"s3nha","servico_senha":"s3nha""#);
    bench.answers(FIND, &contracts(&row)).await;
    let found = Sgp.lookup(&bench.call(), &ana()).await.unwrap();
    assert_eq!(found.len(), 1);
    let sent = bench.bodies(FIND).await;
    assert_eq!(sent, [format!("cpfcnpj=52998224725&incluir_unificados=1&{CREDENTIALS}")]);
}

#[tokio::test]
async fn nobody_is_an_empty_list_and_a_row_of_somebody_else_is_nobody() {
    for body in [
        r#"{"msg":"Nenhum contrato localizado","contratos":[]}"#,
        r#"{"msg":"Nada encontrado","contratos":[]}"#,
        r#"{"contratos":[{"clienteId":1,"contratoId":2,"cpfCnpj":"111.444.777-35"}]}"#,
    ] {
        let bench = Bench::start().await;
        bench.answers(FIND, body).await;
        assert!(Sgp.lookup(&bench.call(), &ana()).await.unwrap().is_empty(), "{body}");
    }
    let bench = Bench::start().await;
    bench.answers(FIND, r#"{"msg":"Nenhum contrato localizado"}"#).await;
    let failure = Sgp.lookup(&bench.call(), &ana()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::BrokenAnswer, "without a list it is no answer");
}

#[tokio::test]
async fn a_phone_is_searched_in_both_forms_and_compared_again() {
    let bench = Bench::start().await;
    let row = |phone: &str| contract(17402, &format!(r#""contratoStatus":1,"telefones":[{{"contato":"{phone}"}}]"#));
    bench.answers_to(FIND, "telefone=54981234567&", &contracts(&row("(11) 98123-4567"))).await;
    bench.answers_to(FIND, "telefone=5481234567&", &contracts(&row("(54) 8123-4567"))).await;
    let key = LookupKey::Phone(Phone::parse("555481234567").unwrap());
    assert_eq!(Sgp.lookup(&bench.call(), &key).await.unwrap().len(), 1);
    assert_eq!(bench.requests(FIND).await.len(), 2, "the same last digits in another area are somebody else");
}

#[tokio::test]
async fn one_403_is_waited_for_and_one_that_stays_is_the_credentials() {
    let bench = Bench::start().await;
    Mock::given(path(FIND)).respond_with(forbidden()).up_to_n_times(1).with_priority(1).mount(&bench.server).await;
    bench.answers(FIND, &contracts("")).await;
    assert!(Sgp.lookup(&bench.call(), &ana()).await.unwrap().is_empty());

    let bench = Bench::start().await;
    Mock::given(path(FIND)).respond_with(forbidden()).expect(3).mount(&bench.server).await;
    let failure = Sgp.lookup(&bench.call(), &ana()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::CredentialsRefused);
    assert!(bench.memory.all_missing(bench.call().now).is_empty(), "nothing is missing, the token is bad");
}

#[tokio::test]
async fn a_token_that_works_elsewhere_is_restricted_and_that_is_remembered() {
    let bench = Bench::start().await;
    bench.answers(FIND, &contracts("")).await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    Mock::given(path(TITLES)).respond_with(forbidden()).expect(3).mount(&bench.server).await;
    let (call, customer) = (bench.call(), CustomerRef::new("16957"));
    Sgp.lookup(&call, &ana()).await.unwrap();
    for _ in 0..2 {
        let failure = Billing::of_customer(&Sgp, &call, &customer, InvoiceFilter::Open).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::NotSupported(Capability::Billing));
    }
    assert!(bench.memory.missing(Capability::Billing, call.now).unwrap().contains("token panel"));
}

#[tokio::test]
async fn a_token_that_was_revoked_is_not_called_restricted() {
    let bench = Bench::start().await;
    let found = ok(&contracts(""));
    Mock::given(path(FIND)).respond_with(found).up_to_n_times(1).with_priority(1).mount(&bench.server).await;
    Mock::given(path(FIND)).respond_with(forbidden()).expect(1).mount(&bench.server).await;
    Mock::given(path(CUSTOMERS)).respond_with(forbidden()).mount(&bench.server).await;
    let call = bench.call();
    Sgp.lookup(&call, &ana()).await.unwrap();
    let failure = Contracts::of_customer(&Sgp, &call, &CustomerRef::new("16957")).await.unwrap_err();
    assert_eq!((failure.kind(), failure.retry()), (FailureKind::CredentialsRefused, Retry::Exhausted));
    assert!(bench.memory.all_missing(call.now).is_empty(), "nothing is missing once the token is good again");
}

#[tokio::test]
async fn a_route_that_served_before_is_not_called_missing_for_a_403() {
    let bench = Bench::start().await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    Mock::given(path(TITLES))
        .respond_with(ok(r#"{"titulos":[],"paginacao":{"total":0}}"#))
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&bench.server)
        .await;
    Mock::given(path(TITLES)).respond_with(forbidden()).mount(&bench.server).await;
    let (call, ana) = (bench.call(), CustomerRef::new("16957"));
    assert!(Billing::of_customer(&Sgp, &call, &ana, InvoiceFilter::Open).await.unwrap().is_empty());
    let failure = Billing::of_customer(&Sgp, &call, &ana, InvoiceFilter::Open).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::CredentialsRefused);
    assert!(bench.memory.missing(Capability::Billing, call.now).is_none());
}

#[tokio::test]
async fn an_address_without_the_look_up_is_no_sgp() {
    let bench = Bench::start().await;
    bench.fails(FIND, 404).await;
    let failure = Sgp.lookup(&bench.call(), &ana()).await.unwrap_err();
    assert_eq!((failure.kind(), failure.field()), (FailureKind::TenantMisconfigured, Some("base_url")));
}

fn titles(ids: std::ops::Range<u32>, total: u32) -> String {
    let row = |id: u32| {
        format!(
            r#"{{"id":{id},"clienteContrato":17402,"clienteCpfcnpj":"529.982.247-25","status":"aberto","valor":1,"dataVencimento":"2026-12-10"}}"#
        )
    };
    let rows: Vec<String> = ids.map(row).collect();
    format!(r#"{{"paginacao":{{"total":{total}}},"titulos":[{}]}}"#, rows.join(","))
}

#[tokio::test]
async fn pages_go_on_by_the_rows_received_until_all_are_there() {
    let bench = Bench::start().await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    for (offset, ids) in [(0, 1..4), (3, 4..7), (6, 7..8)] {
        Mock::given(path(TITLES))
            .and(body_string_contains(format!("offset={offset}&limit=250")))
            .respond_with(ok(&titles(ids, 7)))
            .expect(1)
            .mount(&bench.server)
            .await;
    }
    let found =
        Billing::of_customer(&Sgp, &bench.call(), &CustomerRef::new("16957"), InvoiceFilter::Open).await.unwrap();
    assert_eq!(found.len(), 7);
}

#[tokio::test]
async fn without_a_total_a_short_page_is_not_the_last() {
    let bench = Bench::start().await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    for (offset, ids) in [(0, 1..4), (3, 4..6), (5, 6..6)] {
        Mock::given(path(TITLES))
            .and(body_string_contains(format!("offset={offset}&")))
            .respond_with(ok(&titles(ids, 0).replace(r#""total":0"#, r#""parcial":3"#)))
            .expect(1)
            .mount(&bench.server)
            .await;
    }
    let found =
        Billing::of_customer(&Sgp, &bench.call(), &CustomerRef::new("16957"), InvoiceFilter::Open).await.unwrap();
    assert_eq!(found.len(), 5);
}

#[tokio::test]
async fn strangers_in_place_of_a_customer_are_no_proof_that_there_is_none() {
    let bench = Bench::start().await;
    let rows = r#"{"paginacao":{"total":812},"clientes":[{"id":1,"nome":"A"},{"id":2,"nome":"B"}]}"#;
    bench.answers(CUSTOMERS, rows).await;
    bench.answers(TITLES, r#"{"paginacao":{"total":0},"titulos":[]}"#).await;
    let (call, customer) = (bench.call(), CustomerRef::new("16957"));
    let contracts = Contracts::of_customer(&Sgp, &call, &customer).await.unwrap_err();
    let bills = Billing::of_customer(&Sgp, &call, &customer, InvoiceFilter::Open).await.unwrap_err();
    let found = Sgp.lookup(&call, &LookupKey::VendorId("16957".into())).await.unwrap_err();
    for failure in [contracts, bills, found] {
        assert_eq!(failure.kind(), FailureKind::BrokenAnswer);
    }
    let bench = Bench::start().await;
    bench.answers(FIND, &contracts_of_nobody()).await;
    assert_eq!(Sgp.lookup(&bench.call(), &ana()).await.unwrap_err().kind(), FailureKind::BrokenAnswer);
}

/// A row whose document is masked: it may be the one that was asked for.
fn contracts_of_nobody() -> String {
    contracts(r#"{"clienteId":1,"contratoId":2,"cpfCnpj":"***.982.247-**"}"#)
}

#[tokio::test]
async fn contracts_that_the_document_does_not_bring_are_asked_for_one_by_one() {
    let bench = Bench::start().await;
    bench.answers(CUSTOMERS, &customer(&[17402, 17403])).await;
    let row = |id: u32| contracts(&contract(id, r#""contratoStatus":1,"contratoStatusDisplay":"Ativo""#));
    bench.answers_to(FIND, "cpfcnpj=", &row(17402)).await;
    bench.answers_to(FIND, "contrato=17403&", &row(17403)).await;
    let found = Contracts::of_customer(&Sgp, &bench.call(), &CustomerRef::new("16957")).await.unwrap();
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn a_vendor_that_repeats_a_page_is_not_believed_and_not_asked_for_ever() {
    let bench = Bench::start().await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    Mock::given(path(TITLES)).respond_with(ok(&titles(1..4, 7))).expect(2).mount(&bench.server).await;
    let failure =
        Billing::of_customer(&Sgp, &bench.call(), &CustomerRef::new("16957"), InvoiceFilter::Open).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::BrokenAnswer);
}

#[tokio::test]
async fn contracts_have_their_connections_and_a_new_one_waits_for_its_term() {
    let bench = Bench::start().await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    let rows = [
        contract(17403, r#""contratoStatus":6,"contratoStatusDisplay":"Novo""#),
        contract(17402, r#""contratoStatus":1,"contratoStatusDisplay":"Ativo","servico_login":"ana.17402""#),
    ];
    bench.answers(FIND, &contracts(&rows.join(","))).await;
    bench.answers("/api/contrato/termoaceite/17403/", r#"{"contrato":17403,"aceite_status":false}"#).await;
    let found = Contracts::of_customer(&Sgp, &bench.call(), &CustomerRef::new("16957")).await.unwrap();
    let numbers: Vec<_> = found.iter().map(|contract| contract.number.as_str()).collect();
    assert_eq!(numbers, ["17402", "17403"], "those in force first");
    assert_eq!(found[0].logins[0].id.as_str(), "117402");
    assert_eq!(found[1].access.value, ponte_domain::contract::AccessStatus::AwaitingSignature);
    let somebody = CustomerRef::new("9").contract("17402");
    assert!(Sgp.contract(&bench.call(), &somebody).await.is_err(), "another customer's");
}
