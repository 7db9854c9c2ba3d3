//! A release of reduced speed, in its two ways.

use ponte_domain::FailureKind;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::CustomerRef;
use ponte_domain::unlock::SpeedReleaseReason;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::erp::SpeedRelease as _;
use crate::hubsoft::Hubsoft;
use crate::hubsoft::testing::{Bench, NO_INVOICES, customer, refusal, service};

const UNLOCK: &str = "cliente/desbloqueio_confianca";
const ENABLE: &str = "cliente/cliente_servico/habilitar/22703";

async fn slow() -> Bench {
    let bench = Bench::start().await;
    bench.answers("cliente", &customer(&service(r#""status_prefixo":"suspenso_parcialmente""#))).await;
    bench.answers("cliente/financeiro", NO_INVOICES).await;
    bench
}

async fn release(bench: &Bench) -> Result<(), FailureKind> {
    let (call, contract) = (bench.call(), CustomerRef::new("421").contract("22703"));
    let before = Hubsoft.state(&call, &contract).await.unwrap();
    Hubsoft.release(&call, &contract, &before).await.map_err(|failure| failure.kind())
}

#[tokio::test]
async fn the_trust_unlock_is_taken_unless_the_tenant_wants_it_enabled_for_good() {
    let bench = slow().await;
    bench.answers(UNLOCK, r#"{"status":"success","msg":"ok"}"#).await;
    release(&bench).await.unwrap();
    assert_eq!(bench.bodies(UNLOCK).await, [json!({"id_cliente_servico": "22703", "dias_desbloqueio": 1})]);
    let bench = slow().await.with("speed_release_action", "enable");
    bench.answers(ENABLE, r#"{"status":"success","msg":"Serviço habilitado com sucesso ","cliente_servico":{}}"#).await;
    release(&bench).await.unwrap();
    assert!(bench.bodies(ENABLE).await[0]["motivo_habilitacao"].is_string());
    assert!(bench.requests(UNLOCK).await.is_empty());
}

#[tokio::test]
async fn a_no_and_a_missing_permission_are_told_apart() {
    for (msg, expected) in [
        ("O serviço não está suspenso", Refusal::SpeedReleaseNotEligible(SpeedReleaseReason::NotReduced)),
        (
            "O cliente já utilizou o desbloqueio em confiança neste período",
            Refusal::SpeedReleaseNotEligible(SpeedReleaseReason::UsedThisPeriod),
        ),
        ("Tente mais tarde", Refusal::VendorRule),
    ] {
        let bench = slow().await;
        bench.answers(UNLOCK, &refusal(msg)).await;
        assert_eq!(release(&bench).await, Err(FailureKind::Refused(expected)), "{msg}");
    }
    for response in [
        ResponseTemplate::new(403).set_body_string(r#"{"message":"This action is unauthorized."}"#),
        ResponseTemplate::new(200).set_body_string(refusal("Usuário sem permissão")),
    ] {
        let bench = slow().await.with("speed_release_action", "enable");
        bench.replies(ENABLE, response).await;
        assert_eq!(release(&bench).await, Err(FailureKind::AccessBlocked));
    }
}
