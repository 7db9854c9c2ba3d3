//! An acceptance, from the documents to the activation.

use ponte_domain::FailureKind;
use ponte_domain::acceptance::{AcceptanceEvidence, AcceptanceState};
use ponte_domain::failure::Refusal;
use ponte_domain::phone::Phone;
use ponte_domain::reference::{ContractRef, CustomerRef};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::erp::Acceptance as _;
use crate::hubsoft::Hubsoft;
use crate::hubsoft::testing::{Bench, NO_INVOICES, customer, refusal, service};

const ACCEPT: &str = "cliente/contrato/aceitar_contrato";
const ACTIVATE: &str = "cliente/cliente_servico/ativar/22703";
const OPEN: &str = r#""status_prefixo":"aguardando_assinatura_contrato","contratos":[{"id_cliente_servico_contrato":9342,"aceito":false},{"id_cliente_servico_contrato":9343}]"#;
const SIGNED: &str = r#""status_prefixo":"aguardando_assinatura_contrato","contratos":[{"id_cliente_servico_contrato":9342,"aceito":true},{"id_cliente_servico_contrato":9343,"aceito":true}]"#;
const ACTIVE: &str =
    r#""status_prefixo":"servico_habilitado","contratos":[{"id_cliente_servico_contrato":9342,"aceito":true}]"#;
const BOTH: &str = r#"{"status":"success","itens_aceito":[{"id_cliente_servico_contrato":9342,"aceito":true},{"id_cliente_servico_contrato":9343,"aceito":true}]}"#;

fn contract() -> ContractRef {
    CustomerRef::new("421").contract("22703")
}

async fn accept(bench: &Bench) -> Result<(), FailureKind> {
    let evidence = AcceptanceEvidence {
        evidence_id: "evd_1".to_owned(),
        document_sha256: "ab".repeat(32),
        accepted_at: "2026-11-20T15:05:09Z".parse().unwrap(),
        phone: Phone::parse("+5541991230001").unwrap(),
    };
    Hubsoft.accept(&bench.call(), &contract(), &evidence).await.map_err(|failure| failure.kind())
}

/// The service as it stands at each look.
async fn stands(bench: &Bench, looks: &[&str]) {
    for look in looks {
        bench.answers_once("cliente", &customer(&service(look))).await;
    }
    bench.answers("cliente/financeiro", NO_INVOICES).await;
}

#[tokio::test]
async fn documents_are_accepted_with_their_evidence_and_the_service_activated() {
    let bench = Bench::start().await;
    stands(&bench, &[OPEN, SIGNED]).await;
    bench.answers(ACCEPT, BOTH).await;
    bench.answers(ACTIVATE, r#"{"status":"success","msg":"ok "}"#).await;
    accept(&bench).await.unwrap();
    let body = bench.bodies(ACCEPT).await.pop().unwrap();
    assert_eq!(body["ids_cliente_servico_contrato"], json!(["9342", "9343"]));
    assert_eq!((&body["data_aceito"], &body["hora_aceito"]), (&json!("2026-11-20"), &json!("12:05")));
    let note = body["observacao"].as_str().unwrap();
    assert!(note.contains("evd_1") && note.contains("12:05:09") && !note.contains("99123"), "{note}");
    assert_eq!(bench.bodies(ACTIVATE).await, [json!({})]);
    assert_eq!(bench.requests(ACCEPT).await[0].method.as_str(), "PUT");
}

#[tokio::test]
async fn taken_up_again_only_the_rest_is_done() {
    let bench = Bench::start().await;
    stands(&bench, &[SIGNED, SIGNED]).await;
    bench.answers(ACTIVATE, r#"{"status":"success"}"#).await;
    accept(&bench).await.unwrap();
    assert_eq!((bench.requests(ACCEPT).await.len(), bench.requests(ACTIVATE).await.len()), (0, 1));
    let done = Bench::start().await;
    stands(&done, &[ACTIVE, ACTIVE]).await;
    accept(&done).await.unwrap();
    assert!(done.requests(ACTIVATE).await.is_empty());
}

#[tokio::test]
async fn a_part_is_not_the_whole_and_a_no_is_a_no() {
    const HALF: &str = r#"{"status":"success","itens_aceito":[{"id_cliente_servico_contrato":9342,"aceito":true},{"id_cliente_servico_contrato":9343,"aceito":false}]}"#;
    for answer in [HALF, r#"{"status":"success","itens_aceito":[]}"#, &refusal("Serviço Aguardando Instalação")] {
        let bench = Bench::start().await;
        stands(&bench, &[OPEN]).await;
        bench.answers(ACCEPT, answer).await;
        assert_eq!(accept(&bench).await, Err(FailureKind::Refused(Refusal::VendorRule)), "{answer}");
        assert!(bench.requests(ACTIVATE).await.is_empty());
    }
}

#[tokio::test]
async fn a_success_that_names_no_document_leaves_doubt() {
    for answer in ["{}", r#"{"status":"success","msg":"1 contrato(s) foi(ram) aceito(s) com sucesso!"}"#] {
        let bench = Bench::start().await;
        stands(&bench, &[OPEN]).await;
        bench.answers(ACCEPT, answer).await;
        assert_eq!(accept(&bench).await, Err(FailureKind::OutcomeUnknown), "{answer}");
        assert_eq!(bench.requests(ACCEPT).await.len(), 1);
    }
}

#[tokio::test]
async fn an_acceptance_stands_without_the_activation_and_the_next_try_says_why() {
    let forbidden = || ResponseTemplate::new(403).set_body_string("{}");
    let bench = Bench::start().await;
    stands(&bench, &[OPEN, SIGNED]).await;
    bench.answers(ACCEPT, BOTH).await;
    bench.replies(ACTIVATE, forbidden()).await;
    accept(&bench).await.unwrap();
    assert_eq!(bench.requests(ACTIVATE).await.len(), 1);
    let again = Bench::start().await;
    stands(&again, &[SIGNED, SIGNED]).await;
    again.replies(ACTIVATE, forbidden()).await;
    assert_eq!(accept(&again).await, Err(FailureKind::AccessBlocked));
    let refused = Bench::start().await;
    stands(&refused, &[SIGNED, SIGNED]).await;
    refused.answers(ACTIVATE, &refusal("Serviço já habilitado")).await;
    assert_eq!(accept(&refused).await, Err(FailureKind::Refused(Refusal::VendorRule)));
}

#[tokio::test]
async fn an_activation_in_doubt_is_doubt() {
    let bench = Bench::start().await;
    stands(&bench, &[OPEN, SIGNED]).await;
    bench.answers(ACCEPT, BOTH).await;
    bench.replies(ACTIVATE, ResponseTemplate::new(500)).await;
    assert_eq!(accept(&bench).await, Err(FailureKind::OutcomeUnknown));
}

#[tokio::test]
async fn a_tenant_that_does_not_activate_accepts_only() {
    let bench = Bench::start().await.with("acceptance_activation", "no");
    stands(&bench, &[OPEN]).await;
    bench.answers(ACCEPT, BOTH).await;
    accept(&bench).await.unwrap();
    assert!(bench.requests(ACTIVATE).await.is_empty());
}

#[tokio::test]
async fn the_document_is_the_providers_own_where_it_says_where_it_is() {
    let bench = Bench::start().await;
    stands(&bench, &[OPEN, OPEN]).await;
    let failure = Hubsoft.document(&bench.call(), &contract()).await.unwrap_err();
    assert!(matches!(failure.kind(), FailureKind::NotSupported(_)), "{failure:?}");
    let link = format!("{}/contrato.pdf", bench.server.uri());
    let bench = bench.with("contract_document", &link);
    bench.replies("/contrato.pdf", ResponseTemplate::new(200).set_body_raw("%PDF-1.4\n", "application/pdf")).await;
    Hubsoft.document(&bench.call(), &contract()).await.unwrap();
    let pending = Hubsoft.pending(&bench.call(), &contract()).await.unwrap();
    assert_eq!((pending.state, pending.registered_phones.len()), (AcceptanceState::Awaiting, 1));
}
