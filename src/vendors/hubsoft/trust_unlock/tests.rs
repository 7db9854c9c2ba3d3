//! What status and history say, what is sent, and each refusal.
#![allow(clippy::unwrap_used)]
use jiff::civil::date;
use ponte_domain::FailureKind;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::CustomerRef;
use ponte_domain::tenant::TrustUnlockRule;
use ponte_domain::unlock::{Eligible, RestrictionSource, TrustUnlockReason, UnlockGrant};
use serde_json::json;

use super::{Used, end_in, verdict};
use crate::erp::TrustUnlock as _;
use crate::hubsoft::Hubsoft;
use crate::hubsoft::testing::{Bench, NO_INVOICES, customer, facts, refusal, service};

const RULE: TrustUnlockRule = TrustUnlockRule { days_granted: Some(3), interval_days: Some(30) };

#[test]
fn the_end_is_found_in_the_text() {
    for (text, expected) in [
        ("Desbloqueio em confiança realizado com sucesso até a data 15/09/2026", Some(date(2026, 9, 15))),
        ("liberado até 15/09/2026.", Some(date(2026, 9, 15))),
        ("até 15/09/2026 23:59", Some(date(2026, 9, 15))),
        ("realizado com sucesso", None),
        ("protocolo 12345678901 de 1/9/26", None),
        ("até 99/99/2026", None),
    ] {
        assert_eq!(end_in(text), expected, "{text}");
    }
}

#[test]
fn status_and_history_say_whether_an_unlock_makes_sense() {
    use TrustUnlockReason::{AlreadyInUse, ContractCancelled, NotBlocked, UsedThisPeriod, VendorRule};
    let no = |reason| (Eligible::No, Some(reason));
    const USED: &str = r#""desbloqueios":[{"data_cadastro":"2026-11-02 09:00:00","data_termino":"2026-11-05"}]"#;
    const IN_USE: &str = r#""desbloqueios":[{"data_cadastro":"19/11/2026 09:00","data_fim":"22/11/2026"}]"#;
    const LAST_DAY: &str =
        r#""desbloqueios":[{"data_cadastro":"2026-11-17 09:00:00","data_desbloqueio":"2026-11-20"}]"#;
    const LONG_AGO: &str = r#""desbloqueios":[{"data_cadastro":"2026-10-01 09:00:00","data_termino":"2026-10-04"}]"#;
    const NEVER: &str = r#""desbloqueios":[]"#;
    const OLD_VERSION: &str = r#""x":1"#;
    for (prefix, history, expected) in [
        ("suspenso_debito", NEVER, (Eligible::Yes, None)),
        ("suspenso_debito", LONG_AGO, (Eligible::Yes, None)),
        ("suspenso_debito", OLD_VERSION, (Eligible::Unknown, None)),
        ("suspenso_debito", USED, no(UsedThisPeriod)),
        ("suspenso_debito", IN_USE, no(AlreadyInUse)),
        ("servico_habilitado", IN_USE, no(AlreadyInUse)),
        ("servico_habilitado", LAST_DAY, no(AlreadyInUse)),
        ("servico_habilitado", USED, no(NotBlocked)),
        ("suspenso_parcialmente", NEVER, no(NotBlocked)),
        ("franquia_excedida", NEVER, no(NotBlocked)),
        ("suspenso_pedido_cliente", NEVER, no(VendorRule)),
        ("aguardando_instalacao", NEVER, no(VendorRule)),
        ("cancelado", IN_USE, no(ContractCancelled)),
        ("inativo", NEVER, no(ContractCancelled)),
        ("dedicado_suspenso", NEVER, (Eligible::Unknown, None)),
    ] {
        let facts = facts(&format!(r#""status_prefixo":"{prefix}",{history}"#));
        let used = Used::of(&facts, &RULE, date(2026, 11, 20));
        assert_eq!(verdict(facts.prefix, &used), expected, "{prefix} {history}");
    }
}

#[test]
fn a_restriction_is_the_tenants_rule_on_the_vendors_list() {
    let facts = facts(
        r#""status_prefixo":"suspenso_debito","desbloqueios":[{"data_cadastro":"2026-11-02 09:00:00","data_termino":"2026-11-05"},{"data_cadastro":"2026-01-02 09:00:00"}]"#,
    );
    let used = Used::of(&facts, &RULE, date(2026, 11, 20));
    let restriction = used.restriction.unwrap();
    assert_eq!((restriction.until, restriction.source), (date(2026, 12, 2), RestrictionSource::TenantRule));
    assert_eq!((used.in_use(), used.restricted()), (Some(false), Some(true)));
    assert_eq!(Used::of(&facts, &RULE, date(2026, 12, 2)).restriction, None, "possible again on that day");
    let unruled = Used::of(&facts, &TrustUnlockRule::default(), date(2026, 11, 20));
    assert_eq!((unruled.restriction, unruled.restricted()), (None, None));
}

#[test]
fn without_an_end_in_the_list_it_is_counted() {
    let facts =
        facts(r#""status_prefixo":"servico_habilitado","desbloqueios":[{"data_cadastro":"2026-11-19 09:00:00"}]"#);
    let used = Used::of(&facts, &RULE, date(2026, 11, 20));
    assert_eq!(used.until, Some(date(2026, 11, 22)));
}

#[test]
fn an_unlock_whose_end_or_day_is_not_told_is_no_no() {
    let of = |entry: &str, rule: &TrustUnlockRule| {
        let facts = facts(&format!(r#""status_prefixo":"suspenso_debito","desbloqueios":[{entry}]"#));
        let used = Used::of(&facts, rule, date(2026, 11, 20));
        (used.in_use(), used.restricted(), used.outlook().0)
    };
    const OTHER_KEY: &str = r#"{"data_cadastro":"2026-10-01 09:00:00","validade":"2026-11-30"}"#;
    let days_alone = TrustUnlockRule { days_granted: None, interval_days: Some(30) };
    assert_eq!(of(OTHER_KEY, &days_alone), (None, Some(false), Eligible::Unknown));
    assert_eq!(of(OTHER_KEY, &RULE), (Some(false), Some(false), Eligible::Yes), "counted by the rule");
    assert_eq!(of(r#"{"data_termino":"2026-11-05"}"#, &RULE), (Some(false), None, Eligible::Unknown));
}

async fn unlock(bench: &Bench) -> Result<UnlockGrant, ponte_domain::Failure> {
    let contract = CustomerRef::new("421").contract("22703");
    let call = bench.call();
    let before = Hubsoft.state(&call, &contract).await.unwrap();
    Hubsoft.unlock(&call, &contract, &before).await
}

async fn blocked() -> Bench {
    let mut bench = Bench::start().await;
    bench.tenant.settings.trust_unlock = RULE;
    bench.answers("cliente", &customer(&service(r#""status_prefixo":"suspenso_debito","desbloqueios":[]"#))).await;
    bench.answers("cliente/financeiro", NO_INVOICES).await;
    bench
}

const ROUTE: &str = "cliente/desbloqueio_confianca";

#[tokio::test]
async fn the_days_are_sent_and_the_end_is_read_or_counted() {
    for (msg, expected) in [("até a data 22/11/2026", date(2026, 11, 22)), ("realizado", date(2026, 11, 23))] {
        let bench = blocked().await;
        bench.answers(ROUTE, &json!({"status": "success", "msg": msg}).to_string()).await;
        let grant = unlock(&bench).await.unwrap();
        assert_eq!((grant.days_granted, grant.unlocked_until), (Some(3), Some(expected)), "{msg}");
        assert_eq!(bench.bodies(ROUTE).await, [json!({"id_cliente_servico": "22703", "dias_desbloqueio": 3})]);
    }
}

#[tokio::test]
async fn a_refusal_is_the_right_one_and_its_words_stay_here() {
    let denied = |reason| FailureKind::Refused(Refusal::TrustUnlockNotEligible(reason));
    for (msg, expected) in [
        (
            "A quantidade de dias informada (10) ultrapassa o máximo permitido (3)",
            denied(TrustUnlockReason::VendorRule),
        ),
        ("O serviço não está suspenso", denied(TrustUnlockReason::NotBlocked)),
        ("Ana Souza não pode", FailureKind::Refused(Refusal::VendorRule)),
        ("Serviço de ID 22703 não encontrado", FailureKind::NotFound(ponte_domain::failure::Subject::Contract)),
        (
            "Desbloqueio em confiança não está habilitado",
            FailureKind::NotSupported(ponte_domain::capability::Capability::TrustUnlock),
        ),
        ("Usuário sem permissão", FailureKind::AccessBlocked),
    ] {
        let bench = blocked().await;
        bench.answers(ROUTE, &refusal(msg)).await;
        let failure = unlock(&bench).await.unwrap_err();
        assert_eq!(failure.kind(), expected, "{msg}");
        assert!(!format!("{failure:?}").contains("Ana"), "{failure:?}");
    }
    let bench = blocked().await;
    bench.answers(ROUTE, &refusal("O cliente já utilizou o desbloqueio em confiança neste período")).await;
    let failure = unlock(&bench).await.unwrap_err();
    assert!(matches!(failure.kind(), FailureKind::Refused(Refusal::TrustUnlockRestricted { until: None, .. })));
}

#[tokio::test]
async fn what_is_not_blocked_is_not_asked_for() {
    let bench = Bench::start().await;
    bench.answers("cliente", &customer(&service(r#""status_prefixo":"servico_habilitado""#))).await;
    bench.answers("cliente/financeiro", NO_INVOICES).await;
    let failure = unlock(&bench).await.unwrap_err();
    let expected = Refusal::TrustUnlockNotEligible(TrustUnlockReason::NotBlocked);
    assert_eq!(failure.kind(), FailureKind::Refused(expected));
    assert!(bench.requests(ROUTE).await.is_empty());
}

#[tokio::test]
async fn an_answer_that_breaks_off_leaves_doubt_and_is_not_repeated() {
    let bench = blocked().await;
    bench.answers(ROUTE, r#"{"status":"succ"#).await;
    assert_eq!(unlock(&bench).await.unwrap_err().kind(), FailureKind::OutcomeUnknown);
    assert_eq!(bench.requests(ROUTE).await.len(), 1);
}
