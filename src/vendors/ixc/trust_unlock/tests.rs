//! What the columns and the vendor's sentences say, and that a no costs no call.
#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::civil::date;
use ponte_domain::FailureKind;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::CustomerRef;
use ponte_domain::tenant::TrustUnlockRule;
use ponte_domain::unlock::{Eligible, RestrictionCondition, RestrictionSource, TrustUnlockReason};

use super::{Said, UnlockAction, restriction, verdict};
use crate::erp::TrustUnlock as _;
use crate::ixc::Ixc;
use crate::ixc::testing::{ABSENT, Bench, facts, page};

const SENTENCE: &str = "O desbloqueio de confiança não está disponível para o contrato 2309, este recurso foi usado no dia 02/11/2026 e não foi realizado o pagamento até o dia 05/11/2026, este recurso será habilitado novamente quando o título que vence após o dia 02/12/2026 for pago.";
const HOLES: &str = "O desbloqueio de confiança não está disponível para o contrato 2309, este recurso foi usado no dia  e não foi realizado o pagamento até o dia 01/01/2022, este recurso será habilitado novamente quando o título que vence após o dia 29/01/0000 for pago.";

#[test]
fn columns_say_whether_an_unlock_makes_sense() {
    use Eligible::{No, Unknown, Yes};
    use TrustUnlockReason::{AlreadyInUse, ContractCancelled, NotBlocked, UsedThisPeriod, VendorRule};
    for (columns, own_right, operator) in [
        (
            r#""status":"A","status_internet":"CA","desbloqueio_confianca":"P","desbloqueio_confianca_ativo":"N","restricao_auto_desbloqueio":"N""#,
            (Yes, None),
            (Yes, None),
        ),
        (r#""status":"A","status_internet":"CA""#, (Yes, None), (Yes, None)),
        (r#""status":"A","status_internet":"CA","desbloqueio_confianca":"N""#, (No, Some(VendorRule)), (Yes, None)),
        (
            r#""status":"A","status_internet":"CA","desbloqueio_confianca_ativo":"S""#,
            (No, Some(AlreadyInUse)),
            (Yes, None),
        ),
        (
            r#""status":"A","status_internet":"A","desbloqueio_confianca_ativo":"S""#,
            (No, Some(AlreadyInUse)),
            (No, Some(NotBlocked)),
        ),
        (
            r#""status":"A","status_internet":"CA","restricao_auto_desbloqueio":"S""#,
            (No, Some(UsedThisPeriod)),
            (Yes, None),
        ),
        (r#""status":"A","status_internet":"A""#, (No, Some(NotBlocked)), (No, Some(NotBlocked))),
        (r#""status":"A","status_internet":"FA""#, (No, Some(NotBlocked)), (No, Some(NotBlocked))),
        (r#""status":"A","status_internet":"CM""#, (Unknown, None), (No, Some(VendorRule))),
        (
            r#""status":"A","status_internet":"CM","restricao_auto_desbloqueio":"S""#,
            (No, Some(UsedThisPeriod)),
            (No, Some(VendorRule)),
        ),
        (r#""status":"A","status_internet":"D""#, (No, Some(VendorRule)), (No, Some(VendorRule))),
        (r#""status":"A","status_internet":"AA""#, (No, Some(VendorRule)), (No, Some(VendorRule))),
        (r#""status":"A","status_internet":"CE""#, (No, Some(VendorRule)), (No, Some(VendorRule))),
        (r#""status":"P","status_internet":"CA""#, (No, Some(VendorRule)), (No, Some(VendorRule))),
        (r#""status":"I","status_internet":"CA""#, (No, Some(ContractCancelled)), (No, Some(ContractCancelled))),
        (r#""status":"N","status_internet":"CA""#, (No, Some(ContractCancelled)), (No, Some(ContractCancelled))),
        (r#""status":"D","status_internet":"CA""#, (No, Some(ContractCancelled)), (No, Some(ContractCancelled))),
    ] {
        let facts = facts(columns);
        assert_eq!(verdict(&facts, UnlockAction::TrustUnlock), own_right, "{columns}");
        assert_eq!(verdict(&facts, UnlockAction::TemporaryRelease), operator, "{columns}");
    }
}

#[test]
fn dates_are_taken_from_the_sentence_and_may_have_holes() {
    let said = Said::read(SENTENCE);
    assert_eq!((said.used_on, said.due_after), (Some(date(2026, 11, 2)), Some(date(2026, 12, 2))));
    let read = said.restriction().unwrap();
    assert_eq!(
        (read.source, read.condition),
        (RestrictionSource::Vendor, RestrictionCondition::PaymentOfInvoiceDueAfter)
    );
    assert_eq!(Said::read(HOLES), Said { used_on: None, due_after: None });
    assert_eq!(Said::read(&SENTENCE.to_uppercase()), said);
    assert_eq!(Said::read("vence após o dia<br /> 02/12/2026, for pago").due_after, Some(date(2026, 12, 2)));
    assert_eq!(Said::read("vence ap&oacute;s o dia 02/12/2026.").due_after, Some(date(2026, 12, 2)));
    assert_eq!(Said::read("vence após o dia 31/02/2026").due_after, None);
    assert_eq!(Said::read("vence após o dia"), Said { used_on: None, due_after: None });
}

#[test]
fn a_restriction_is_the_vendors_date_or_the_tenants_rule() {
    let rule = TrustUnlockRule { days_granted: None, interval_days: Some(30) };
    let restricted = |text: &str, rule: &TrustUnlockRule| {
        let text = serde_json::to_string(text).unwrap();
        let columns = format!(
            r#""status":"A","status_internet":"CA","restricao_auto_desbloqueio":"S","motivo_restricao_auto_desbloq":{text},"dt_ult_des_bloq_conf":"2026-11-02""#
        );
        restriction(&facts(&columns), UnlockAction::TrustUnlock, rule).map(|found| (found.until, found.source))
    };
    assert_eq!(restricted(SENTENCE, &rule), Some((date(2026, 12, 2), RestrictionSource::Vendor)));
    assert_eq!(restricted(HOLES, &rule), Some((date(2026, 12, 2), RestrictionSource::TenantRule)));
    assert_eq!(restricted(HOLES, &TrustUnlockRule::default()), None);
    assert_eq!(
        restriction(&facts(r#""status":"A","motivo_restricao_auto_desbloq":"x""#), UnlockAction::TrustUnlock, &rule),
        None
    );
}

fn contract(columns: &str) -> String {
    page(&format!(r#"{{"id":"2309","id_cliente":"2","status":"A",{columns}}}"#))
}

async fn bench(columns: &str) -> Bench {
    let bench = Bench::start().await;
    bench.lists("cliente_contrato", &contract(columns)).await;
    bench.lists("radusuarios", &page(r#"{"id":"4709","id_cliente":"2","id_contrato":"2309","login":"ana","ativo":"S"},{"id":"4710","id_cliente":"2","id_contrato":"2309","login":"ana2","ativo":"N"}"#)).await;
    for table in ["cliente", "fn_areceber", "view_vd_contratos_produtos_gen", "vd_contratos"] {
        bench.lists(table, ABSENT).await;
    }
    bench
}

async fn unlock(bench: &Bench) -> Result<(), ponte_domain::Failure> {
    let call = bench.call();
    let reference = CustomerRef::new("2").contract("2309");
    let before = Ixc.state(&call, &reference).await?;
    Ixc.unlock(&call, &reference, &before).await.map(|_| ())
}

#[tokio::test]
async fn an_unlock_is_sent_once_and_every_login_reconnected_however_that_goes() {
    let bench = bench(r#""status_internet":"CA""#).await;
    bench.answers("desbloqueio_confianca", r#"{"tipo":"sucesso","mensagem":"ok"}"#).await;
    bench.answers("desconectar_clientes", r#"{"type":"error","message":"Cliente offline"}"#).await;
    unlock(&bench).await.unwrap();
    assert_eq!(bench.bodies("desbloqueio_confianca").await, [serde_json::json!({"id": "2309"})]);
    assert_eq!(
        bench.bodies("desconectar_clientes").await,
        [serde_json::json!({"id": "4709"}), serde_json::json!({"id": "4710"})]
    );
}

#[tokio::test]
async fn what_the_columns_refuse_is_not_sent() {
    for columns in [
        r#""status_internet":"A""#,
        r#""status_internet":"CA","desbloqueio_confianca_ativo":"S""#,
        r#""status_internet":"CA","restricao_auto_desbloqueio":"S""#,
        r#""status_internet":"CA","desbloqueio_confianca":"N""#,
    ] {
        let bench = bench(columns).await;
        assert!(matches!(unlock(&bench).await.unwrap_err().kind(), FailureKind::Refused(_)), "{columns}");
        assert!(bench.requests("desbloqueio_confianca").await.is_empty(), "{columns}");
    }
}

#[tokio::test]
async fn each_code_is_its_own_refusal() {
    let restricted =
        format!(r#"{{"tipo":"erro","codigo":113,"mensagem":{}}}"#, serde_json::to_string(SENTENCE).unwrap());
    let without_code = format!(r#"[{{"tipo":"erro","mensagem":{}}}]"#, serde_json::to_string(SENTENCE).unwrap());
    for body in [restricted, without_code] {
        let bench = bench(r#""status_internet":"CA""#).await;
        bench.answers("desbloqueio_confianca", &body).await;
        let failure = unlock(&bench).await.unwrap_err();
        assert_eq!(
            failure.kind(),
            FailureKind::Refused(Refusal::TrustUnlockRestricted {
                until: Some(date(2026, 12, 2)),
                source: RestrictionSource::Vendor,
                condition: Some(RestrictionCondition::PaymentOfInvoiceDueAfter),
                reason: TrustUnlockReason::UsedThisPeriod,
            })
        );
        assert!(bench.requests("desconectar_clientes").await.is_empty());
    }
    let bench = bench(r#""status_internet":"CA""#).await;
    bench
        .answers("desbloqueio_confianca", r#"{"tipo":"erro","codigo":"106","mensagem":"ID de contrato inexistente"}"#)
        .await;
    let failure = unlock(&bench).await.unwrap_err();
    assert!(matches!(failure.kind(), FailureKind::NotFound(_)));
    assert_eq!(failure.upstream().unwrap().code.as_deref(), Some("106"));
}

#[tokio::test]
async fn a_no_without_dates_is_dated_by_the_tenants_rule_and_the_last_use_of_the_row() {
    let answer = format!(r#"{{"tipo":"erro","codigo":"113","mensagem":{}}}"#, serde_json::to_string(HOLES).unwrap());
    for (interval_days, expected) in [(Some(30), Some(date(2026, 12, 2))), (None, None)] {
        let mut bench = bench(r#""status_internet":"CA","dt_ult_des_bloq_conf":"2026-11-02""#).await;
        bench.tenant.settings.trust_unlock = TrustUnlockRule { days_granted: None, interval_days };
        bench.answers("desbloqueio_confianca", &answer).await;
        let failure = unlock(&bench).await.unwrap_err();
        let FailureKind::Refused(Refusal::TrustUnlockRestricted { until, source, .. }) = failure.kind() else {
            panic!("{failure:?}")
        };
        assert_eq!(until, expected);
        assert_eq!(source == RestrictionSource::TenantRule, expected.is_some());
        assert_eq!(bench.requests("desbloqueio_confianca").await.len(), 1);
    }
}

#[tokio::test]
async fn the_temporary_release_carries_both_names_of_the_id() {
    let bench = bench(r#""status_internet":"CA","restricao_auto_desbloqueio":"S""#)
        .await
        .with("trust_unlock_action", "temporary_release");
    bench.answers("cliente_contrato_btn_lib_temp_24722", r#"{"type":"success","message":""}"#).await;
    bench.answers("desconectar_clientes", r#"{"type":"success"}"#).await;
    unlock(&bench).await.unwrap();
    assert_eq!(
        bench.bodies("cliente_contrato_btn_lib_temp_24722").await,
        [serde_json::json!({"id": "2309", "get_id": "2309"})]
    );
}

#[tokio::test]
async fn days_come_from_the_tenant_and_the_end_from_the_row_before_the_rule() {
    let mut bench =
        bench(r#""status_internet":"A","desbloqueio_confianca_ativo":"S","dt_ult_des_bloq_conf":"2026-11-19""#).await;
    bench.tenant.settings.trust_unlock = TrustUnlockRule { days_granted: Some(3), interval_days: None };
    let reference = CustomerRef::new("2").contract("2309");
    let state = Ixc.state(&bench.call(), &reference).await.unwrap();
    assert_eq!((state.days_granted, state.unlocked_until), (Some(3), Some(date(2026, 11, 22))));
    bench.server.reset().await;
    bench.lists("cliente_contrato", &contract(r#""status_internet":"A","desbloqueio_confianca_ativo":"S","dt_ult_des_bloq_conf":"2026-11-19","dt_retorno_desb_conf":"2026-11-24""#)).await;
    bench.lists("radusuarios", &page("")).await;
    let state = Ixc.state(&bench.call(), &reference).await.unwrap();
    assert_eq!(state.unlocked_until, Some(date(2026, 11, 24)));
}
