//! An acceptance, from the terms to the activation and the note.

use jiff::Timestamp;
use ponte_domain::acceptance::{AcceptanceEvidence, AcceptanceMethod, AcceptanceState};
use ponte_domain::capability::Capability;
use ponte_domain::failure::Refusal;
use ponte_domain::phone::Phone;
use ponte_domain::reference::{ContractRef, CustomerRef};
use ponte_domain::{Failure, FailureKind};

use crate::erp::Acceptance as _;
use crate::ixc::Ixc;
use crate::ixc::testing::{ABSENT, Bench, page};

const TERMS: &str = "cliente_contrato_assinatura_termo";
const DONE: &str = r#"{"type":"success","message":"ok"}"#;

fn contract() -> ContractRef {
    CustomerRef::new("2").contract("2309")
}

fn evidence() -> AcceptanceEvidence {
    AcceptanceEvidence {
        evidence_id: "evd_1".to_owned(),
        document_sha256: "ab".repeat(32),
        accepted_at: "2026-11-20T15:00:00Z".parse::<Timestamp>().unwrap(),
        phone: Phone::parse("41991230001").unwrap(),
    }
}

async fn bench(columns: &str) -> Bench {
    let bench = Bench::start().await;
    bench.lists("cliente_contrato", &page(&format!(r#"{{"id":"2309","id_cliente":"2",{columns}}}"#))).await;
    let open =
        r#"{"id":"71","id_termo":"5","assinado":"N","id_contrato":"2309","token_assinatura_digital":"term-secret"}"#;
    let signed = r#"{"id":"72","assinado":"S","id_contrato":"2309"}"#;
    let foreign = r#"{"id":"73","assinado":"N","id_contrato":"9999"}"#;
    bench.lists(TERMS, &page(&format!("{open},{signed},{foreign}"))).await;
    bench.answers(&format!("{TERMS}/71"), DONE).await;
    bench.answers("cliente_contrato_ativar_cliente", DONE).await;
    bench.answers("cliente_contrato_15464", DONE).await;
    bench.answers("cliente_contrato_historico", DONE).await;
    bench
}

async fn accept(bench: &Bench) -> Result<(), Failure> {
    Ixc.accept(&bench.call(), &contract(), &evidence()).await
}

#[tokio::test]
async fn a_pre_contract_has_its_open_terms_signed_and_is_activated_once() {
    let bench = bench(r#""status":"P","status_internet":"AA""#).await.with("acceptance_note_kind", "G");
    accept(&bench).await.unwrap();
    assert_eq!(
        bench.bodies(&format!("{TERMS}/71")).await,
        [
            serde_json::json!({"id_termo": "5", "assinado": "S", "id_contrato": "2309", "token_assinatura_digital": "term-secret"})
        ]
    );
    assert!(bench.requests(&format!("{TERMS}/73")).await.is_empty(), "another contract's term");
    assert_eq!(bench.bodies("cliente_contrato_ativar_cliente").await, [serde_json::json!({"id_contrato": "2309"})]);
    assert!(bench.requests("cliente_contrato_15464").await.is_empty());
    let note = bench.bodies("cliente_contrato_historico").await.remove(0);
    assert_eq!((note["tipo"].as_str(), note["data"].as_str()), (Some("G"), Some("20/11/2026")));
    let text = note["historico"].as_str().unwrap();
    assert!(text.contains("evd_1") && text.contains("12:00:00") && text.contains("(41) *****-0001"), "{text}");
}

#[tokio::test]
async fn taken_up_again_after_the_activation_nothing_is_sent() {
    let bench = bench(r#""status":"A","status_internet":"A""#).await;
    accept(&bench).await.unwrap();
    let sent = bench.server.received_requests().await.unwrap();
    assert_eq!(sent.len(), 1, "the contract was read, and that is all");
}

#[tokio::test]
async fn an_active_contract_that_waits_is_released_only_where_the_tenant_says_so() {
    let plain = bench(r#""status":"A","status_internet":"AA""#).await;
    accept(&plain).await.unwrap();
    assert!(plain.requests("cliente_contrato_15464").await.is_empty());
    let allowed = bench(r#""status":"A","status_internet":"AA""#).await.with("acceptance_release", "yes");
    accept(&allowed).await.unwrap();
    assert_eq!(allowed.bodies("cliente_contrato_15464").await, [serde_json::json!({"id_contrato": "2309"})]);
    assert!(allowed.requests("cliente_contrato_ativar_cliente").await.is_empty());
    assert!(allowed.requests("cliente_contrato_historico").await.is_empty(), "no kind is set, so no note is written");
}

#[tokio::test]
async fn an_activation_that_is_refused_is_a_refusal_and_terms_may_be_missing() {
    let bench = Bench::start().await;
    bench.lists("cliente_contrato", &page(r#"{"id":"2309","id_cliente":"2","status":"P"}"#)).await;
    bench.lists(TERMS, ABSENT).await;
    bench.answers("cliente_contrato_ativar_cliente", r#"{"type":"error","message":"Contrato sem plano"}"#).await;
    assert_eq!(accept(&bench).await.unwrap_err().kind(), FailureKind::Refused(Refusal::VendorRule));
    assert_eq!(bench.requests("cliente_contrato_ativar_cliente").await.len(), 1);
}

#[tokio::test]
async fn a_link_of_the_signature_provider_is_the_way_while_it_is_waited_for() {
    for (columns, method) in [
        (
            r#""status":"A","status_internet":"AA","url_assinatura_digital":"https://assina.example/x""#,
            AcceptanceMethod::VendorLink,
        ),
        (
            r#""status":"A","status_internet":"A","url_assinatura_digital":"https://assina.example/x""#,
            AcceptanceMethod::Gateway,
        ),
        (r#""status":"A","status_internet":"AA","url_assinatura_digital":"""#, AcceptanceMethod::Gateway),
    ] {
        let bench = bench(columns).await;
        for table in ["radusuarios", "fn_areceber", "view_vd_contratos_produtos_gen"] {
            bench.lists(table, ABSENT).await;
        }
        bench.lists("cliente", &page(r#"{"id":"2","ativo":"S","whatsapp":"(41) 99123-0001"}"#)).await;
        let pending = Ixc.pending(&bench.call(), &contract()).await.unwrap();
        assert_eq!((pending.method, pending.vendor_link.is_some()), (method, method == AcceptanceMethod::VendorLink));
        assert_eq!(pending.registered_phones.len(), 1);
        assert_eq!(pending.state == AcceptanceState::Awaiting, columns.contains("AA"));
    }
}

#[tokio::test]
async fn a_holder_that_cannot_be_read_is_trouble_and_not_a_wrong_phone() {
    for (holder, expected) in [
        ("<div>Ocorreu um erro</div>", FailureKind::VendorFault),
        (ABSENT, FailureKind::NotSupported(Capability::Acceptance)),
    ] {
        let bench = bench(r#""status":"P","status_internet":"AA""#).await;
        for table in ["radusuarios", "fn_areceber", "view_vd_contratos_produtos_gen"] {
            bench.lists(table, ABSENT).await;
        }
        bench.lists("cliente", holder).await;
        assert_eq!(Ixc.pending(&bench.call(), &contract()).await.unwrap_err().kind(), expected, "{holder}");
    }
}

#[tokio::test]
async fn the_document_is_the_contracts_own_and_nobody_elses() {
    let bench = bench(r#""status":"P""#).await;
    bench.answers("cliente_contrato_imprimir_contrato_17678", "JVBERi0xLjQKeA==").await;
    assert!(Ixc.document(&bench.call(), &contract()).await.is_ok());
    let foreign = CustomerRef::new("3").contract("2309");
    assert!(matches!(Ixc.document(&bench.call(), &foreign).await.unwrap_err().kind(), FailureKind::NotFound(_)));
    assert_eq!(bench.bodies("cliente_contrato_imprimir_contrato_17678").await, [serde_json::json!({"id": "2309"})]);
}
