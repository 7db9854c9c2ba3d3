//! Accepting a term: what was shown, what is sent, and taking it up again.

use jiff::Timestamp;
use ponte_domain::acceptance::{AcceptanceEvidence, AcceptanceState};
use ponte_domain::phone::Phone;
use ponte_domain::reference::{ContractRef, CustomerRef};
use ponte_domain::{Failure, FailureKind};
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use super::{CREDENTIALS, CUSTOMERS, FIND};
use crate::erp::Acceptance as _;
use crate::sgp::Sgp;
use crate::sgp::testing::{Bench, contract, contracts, customer};

const TERM: &str = "/api/contrato/termoaceite/17402/";
const ACCEPT: &str = "/api/contrato/termoaceite/17402";
const PRINT: &str = "/api/contratos/print/termoaceite_web";

fn reference() -> ContractRef {
    CustomerRef::new("16957").contract("17402")
}

async fn bench(term: &str) -> Bench {
    let bench = Bench::start().await;
    let row = contract(17402, r#""contratoStatus":6,"telefones":[{"contato":"(41) 99123-0001"}]"#);
    bench.answers(FIND, &contracts(&row)).await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    bench.answers(TERM, term).await;
    bench
}

async fn accept(bench: &Bench) -> Result<(), Failure> {
    let evidence = AcceptanceEvidence {
        evidence_id: "evd_1".to_owned(),
        document_sha256: "00".repeat(32),
        accepted_at: Timestamp::UNIX_EPOCH,
        phone: Phone::parse("41991230001").unwrap(),
    };
    Sgp.accept(&bench.call(), &reference(), &evidence).await
}

#[tokio::test]
async fn a_term_that_nobody_accepted_waits_and_is_accepted_with_one_word() {
    let bench = bench(r#"{"contrato":17402,"aceite_status":false,"html":"<p>…</p>"}"#).await;
    bench.answers_by("POST", ACCEPT, r#"{"success":true,"msg":"Termo aceito"}"#).await;
    let pending = Sgp.pending(&bench.call(), &reference()).await.unwrap();
    assert_eq!((pending.state, pending.registered_phones.len()), (AcceptanceState::Awaiting, 1));
    accept(&bench).await.unwrap();
    assert_eq!(bench.bodies(ACCEPT).await, [format!("aceite=sim&{CREDENTIALS}")]);
}

#[tokio::test]
async fn what_is_accepted_is_not_accepted_again() {
    let bench = bench(r#"{"contrato":17402,"aceite_status":true}"#).await;
    accept(&bench).await.unwrap();
    assert!(bench.requests(ACCEPT).await.is_empty());
    let pending = Sgp.pending(&bench.call(), &reference()).await.unwrap();
    assert_eq!(pending.state, AcceptanceState::Accepted);
}

#[tokio::test]
async fn a_no_counts_only_while_the_term_says_so_too() {
    let bench = bench(r#"{"contrato":17402,"aceite_status":false}"#).await;
    bench.answers_by("POST", ACCEPT, r#"{"success":false,"msg":"prazo vencido"}"#).await;
    assert!(matches!(accept(&bench).await.unwrap_err().kind(), FailureKind::Refused(_)));

    let bench = Bench::start().await;
    bench.answers(FIND, &contracts(&contract(17402, r#""contratoStatus":6"#))).await;
    let accepted = |yes: bool| {
        ResponseTemplate::new(200).set_body_raw(format!(r#"{{"aceite_status":{yes}}}"#), "application/json")
    };
    Mock::given(path(TERM)).respond_with(accepted(false)).up_to_n_times(1).with_priority(1).mount(&bench.server).await;
    Mock::given(path(TERM)).respond_with(accepted(true)).mount(&bench.server).await;
    bench.answers_by("POST", ACCEPT, r#"{"success":false,"msg":"já aceito"}"#).await;
    accept(&bench).await.unwrap();
}

#[tokio::test]
async fn a_contract_without_a_term_has_nothing_to_accept() {
    let bench = Bench::start().await;
    bench.answers(FIND, &contracts(&contract(17402, r#""contratoStatus":1"#))).await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    let none = ResponseTemplate::new(404).set_body_raw(r#"{"detail":"Não encontrado."}"#, "application/json");
    Mock::given(path(TERM)).respond_with(none).mount(&bench.server).await;
    let pending = Sgp.pending(&bench.call(), &reference()).await.unwrap();
    assert_eq!(pending.state, AcceptanceState::NotRequired);
}

#[tokio::test]
async fn the_document_is_asked_by_a_get_with_a_body() {
    let bench = bench("{}").await;
    let document = ResponseTemplate::new(200).set_body_raw("%PDF-1.4", "application/pdf");
    Mock::given(method("GET")).and(path(PRINT)).respond_with(document).mount(&bench.server).await;
    Sgp.document(&bench.call(), &reference()).await.unwrap();
    let asked = bench.requests(PRINT).await;
    assert_eq!(asked[0].url.query(), None);
    assert_eq!(bench.bodies(PRINT).await, [format!("contrato=17402&{CREDENTIALS}")]);
}
