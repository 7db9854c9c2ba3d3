//! The payment promise: what is known before it, and what comes of it.

use jiff::civil::date;
use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::diagnostics::Reading;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::{ContractRef, CustomerRef};
use ponte_domain::unlock::{Eligible, RestrictionSource, TrustUnlockReason};

use super::{CREDENTIALS, CUSTOMERS, FIND, TICKETS, TITLES};
use crate::erp::{SpeedRelease, TrustUnlock};
use crate::sgp::Sgp;
use crate::sgp::testing::{Bench, contract, contracts, customer};

const PROMISE: &str = "/api/ura/liberacaopromessa/";
/// What a promise leaves behind.
const TRACE: &str = r#"[{"cliente_id":16957,"contrato_id":17402,"oc_protocolo":"1","oc_status":1,"oc_data_cadastro":"02/11/2026 10:00:00","oc_conteudo":"Liberação via URA -\nServiço ID: 1, Login: ana\nMotivo: Promessa de Pagamento\n"}]"#;

fn reference() -> ContractRef {
    CustomerRef::new("16957").contract("17402")
}

async fn bench(status: u8, promises: u8) -> Bench {
    let mut bench = Bench::start().await;
    bench.tenant.settings.trust_unlock.days_granted = Some(3);
    bench.tenant.settings.trust_unlock.interval_days = Some(30);
    let row = contract(17402, &format!(r#""contratoStatus":{status},"promessasPagamentoMes":{promises}"#));
    bench.answers(FIND, &contracts(&row)).await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    bench
}

#[tokio::test]
async fn a_block_without_a_promise_this_month_is_lifted_once_and_without_a_date() {
    let bench = bench(4, 0).await;
    let answer = r#"{"status":1,"liberado":true,"liberado_dias":3,"data_promessa":"2026-11-23","protocolo":"1","msg":"Login: ana.souza"}"#;
    bench.answers(PROMISE, answer).await;
    let before = TrustUnlock::state(&Sgp, &bench.call(), &reference()).await.unwrap();
    assert_eq!((before.eligible, before.restriction), (Eligible::Yes, None));
    let grant = Sgp.unlock(&bench.call(), &reference(), &before).await.unwrap();
    assert_eq!((grant.days_granted, grant.unlocked_until), (Some(3), Some(date(2026, 11, 23))));
    assert_eq!(bench.bodies(PROMISE).await, [format!("contrato=17402&{CREDENTIALS}")]);
}

#[tokio::test]
async fn a_grant_without_a_date_is_dated_by_its_days() {
    let bench = bench(4, 0).await;
    bench.answers(PROMISE, r#"{"status":"1","liberado":"True","liberado_dias":"3"}"#).await;
    let before = TrustUnlock::state(&Sgp, &bench.call(), &reference()).await.unwrap();
    let grant = Sgp.unlock(&bench.call(), &reference(), &before).await.unwrap();
    assert_eq!((grant.days_granted, grant.unlocked_until), (Some(3), Some(date(2026, 11, 23))));
}

#[tokio::test]
async fn a_used_promise_restricts_until_the_tenants_rule_allows_the_next() {
    let bench = bench(4, 1).await;
    bench.answers(TICKETS, TRACE).await;
    let state = TrustUnlock::state(&Sgp, &bench.call(), &reference()).await.unwrap();
    assert_eq!((state.eligible, state.reason), (Eligible::No, Some(TrustUnlockReason::UsedThisPeriod)));
    let restriction = state.restriction.unwrap();
    assert_eq!((restriction.until, restriction.source), (date(2026, 12, 2), RestrictionSource::TenantRule));
    let failure = Sgp.unlock(&bench.call(), &reference(), &state).await.unwrap_err();
    assert!(matches!(failure.kind(), FailureKind::Refused(Refusal::TrustUnlockRestricted { until: Some(_), .. })));
    assert!(bench.requests(PROMISE).await.is_empty(), "what is known is not asked");
}

#[tokio::test]
async fn a_provider_that_allows_two_is_asked_for_the_second() {
    let bench = bench(4, 1).await.with("promises_per_month", "2");
    bench.answers(PROMISE, r#"{"status":2,"liberado":false,"msg":"já atingiu quantidade permitida"}"#).await;
    bench.fails(TICKETS, 404).await;
    let before = TrustUnlock::state(&Sgp, &bench.call(), &reference()).await.unwrap();
    assert_eq!(before.eligible, Eligible::Yes);
    let failure = Sgp.unlock(&bench.call(), &reference(), &before).await.unwrap_err();
    let FailureKind::Refused(Refusal::TrustUnlockRestricted { until, reason, .. }) = failure.kind() else {
        unreachable!("{failure:?}")
    };
    assert_eq!((until, reason), (None, TrustUnlockReason::UsedThisPeriod), "no date is made up");
    assert_eq!(failure.upstream().unwrap().code.as_deref(), Some("2"));
}

#[tokio::test]
async fn an_answer_that_says_nothing_leaves_the_outcome_open() {
    let bench = bench(4, 0).await;
    bench.answers(PROMISE, "").await;
    let before = TrustUnlock::state(&Sgp, &bench.call(), &reference()).await.unwrap();
    let failure = Sgp.unlock(&bench.call(), &reference(), &before).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::OutcomeUnknown);
    assert_eq!(bench.requests(PROMISE).await.len(), 1);
}

#[tokio::test]
async fn a_running_unlock_is_a_promise_with_an_overdue_bill_on_a_contract_that_works() {
    for (due, expected) in [("2026-11-05", Some(true)), ("2026-12-10", Some(false))] {
        let bench = bench(1, 1).await;
        let rows = format!(
            r#"{{"titulos":[{{"id":1,"clienteContrato":17402,"clienteCpfcnpj":"529.982.247-25","status":"aberto","valor":1,"dataVencimento":"{due}"}}]}}"#
        );
        bench.answers(TITLES, &rows).await;
        bench.answers(TICKETS, TRACE).await;
        let state = TrustUnlock::state(&Sgp, &bench.call(), &reference()).await.unwrap();
        assert_eq!(state.in_use, expected, "{due}");
        let until = (expected == Some(true)).then_some(date(2026, 11, 5));
        assert_eq!(state.unlocked_until, until, "by the day of the promise and the tenant's rule");
    }
}

#[tokio::test]
async fn what_is_not_known_is_neither_used_nor_running() {
    let bench = bench(9, 1).await;
    bench.fails("/api/ura/manutencao/list/", 404).await;
    let state = TrustUnlock::state(&Sgp, &bench.call(), &reference()).await.unwrap();
    assert_eq!((state.eligible, state.in_use), (Eligible::Unknown, None));
    let diagnosis = crate::erp::Diagnostics::diagnose(&Sgp, &bench.call(), &reference()).await.unwrap();
    let unreadable = |reading: &Reading<bool>| matches!(reading, Reading::Unreadable(_));
    assert!(unreadable(&diagnosis.trust_unlock_restricted) && unreadable(&diagnosis.trust_unlock_in_use));
}

#[tokio::test]
async fn a_day_that_has_come_restricts_nothing_and_an_older_trace_is_another_promise() {
    let used = r#"{"status":2,"liberado":false,"msg":"já atingiu quantidade permitida"}"#;
    let old = TRACE.replace("02/11/2026", "02/09/2026");
    let bench = bench(4, 0).await;
    bench.answers(PROMISE, used).await;
    bench.answers(TICKETS, &old).await;
    let before = TrustUnlock::state(&Sgp, &bench.call(), &reference()).await.unwrap();
    let failure = Sgp.unlock(&bench.call(), &reference(), &before).await.unwrap_err();
    assert!(matches!(failure.kind(), FailureKind::Refused(Refusal::TrustUnlockRestricted { until: None, .. })));
    let running = self::bench(1, 1).await;
    let rows = r#"{"paginacao":{"total":1},"titulos":[{"id":1,"clienteContrato":17402,"status":"aberto","valor":9,"valorPagoParcial":1,"dataVencimento":"2026-11-05"}]}"#;
    running.answers(TITLES, rows).await;
    running.answers(TICKETS, &old).await;
    let state = TrustUnlock::state(&Sgp, &running.call(), &reference()).await.unwrap();
    assert_eq!((state.in_use, state.unlocked_until), (Some(true), None), "a bill paid in part is late too");
}

#[tokio::test]
async fn reduced_speed_is_lifted_by_the_same_promise_where_the_vendor_does_so() {
    let bench = bench(7, 0).await.with("speed_release", "promise");
    bench.answers(PROMISE, r#"{"status":1,"liberado":true,"liberado_dias":3}"#).await;
    let call = bench.call();
    let before = SpeedRelease::state(&Sgp, &call, &reference()).await.unwrap();
    assert_eq!((before.reduced, before.releasable), (Some(true), Eligible::Yes));
    Sgp.release(&call, &reference(), &before).await.unwrap();
}

#[tokio::test]
async fn reduced_speed_stays_where_the_tenant_has_not_switched_it_on() {
    let bench = bench(7, 0).await;
    let call = bench.call();
    let failure = SpeedRelease::state(&Sgp, &call, &reference()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotSupported(Capability::SpeedRelease));
    assert!(bench.memory.missing(Capability::SpeedRelease, call.now).is_some());
    assert!(bench.requests(PROMISE).await.is_empty());
}

#[tokio::test]
async fn a_vendor_that_does_not_lift_reduced_speed_is_remembered() {
    let bench = bench(7, 0).await.with("speed_release", "promise");
    bench.answers(PROMISE, r#"{"status":0,"liberado":false,"msg":""}"#).await;
    let call = bench.call();
    let before = SpeedRelease::state(&Sgp, &call, &reference()).await.unwrap();
    let failure = Sgp.release(&call, &reference(), &before).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotSupported(Capability::SpeedRelease));
    assert!(bench.memory.missing(Capability::SpeedRelease, call.now).is_some());
}
