//! The unlock: one GET that writes for each blocked connection.

use jiff::civil::date;
use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::{ContractRef, CustomerRef};
use ponte_domain::unlock::{Eligible, SpeedReleaseReason, TrustUnlockReason};
use wiremock::ResponseTemplate;

use crate::erp::{SpeedRelease as _, TrustUnlock as _};
use crate::mk_solutions::MkSolutions;
use crate::mk_solutions::testing::{Bench, unlicensed};

fn contract() -> ContractRef {
    CustomerRef::new("17645").contract("8139")
}

async fn with_connections(rows: &str) -> Bench {
    let mut bench = Bench::start().await;
    bench.tenant.settings.trust_unlock.days_granted = Some(3);
    bench.answers("WSMKContratosPorClienteV2", r#"[{"codcontrato":8139,"status_contrato":"Ativo"}]"#).await;
    bench.answers("WSMKConexoesPorCliente", &format!(r#"{{"Conexoes":[{rows}],"status":"OK"}}"#)).await;
    bench
}

const BLOCKED: &str = r#"{"codconexao":1,"contrato":8139,"bloqueada":"Sim","motivo_bloqueio":"Falta de pagamento"}"#;
const BY_HAND: &str =
    r#"{"codconexao":2,"contrato":8139,"bloqueada":"Sim","motivo_bloqueio":"Por tempo indeterminado"}"#;
const FREE: &str = r#"{"codconexao":3,"contrato":8139,"bloqueada":"Não"}"#;

#[tokio::test]
async fn each_connection_blocked_for_a_bill_is_unlocked_once() {
    let bench = with_connections(&[BLOCKED, BY_HAND, FREE].join(",")).await;
    bench.answers("WSMKAutoDesbloqueio", r#"{"Conexao":"1","LimiteExcecao":"23/11/2026","status":"OK"}"#).await;
    let call = bench.call();
    let before = crate::erp::TrustUnlock::state(&MkSolutions, &call, &contract()).await.unwrap();
    assert_eq!((before.eligible, before.in_use, before.days_granted), (Eligible::Yes, None, Some(3)));
    let grant = MkSolutions.unlock(&call, &contract(), &before).await.unwrap();
    assert_eq!((grant.days_granted, grant.unlocked_until), (Some(3), Some(date(2026, 11, 23))));
    assert_eq!(bench.params("WSMKAutoDesbloqueio", "cd_conexao").await, ["1"]);
    assert_eq!(bench.params("WSMKAutoDesbloqueio", "diasexcecao").await, ["3"]);
}

#[tokio::test]
async fn a_doubtful_unlock_is_never_sent_twice() {
    let bench = with_connections(BLOCKED).await;
    bench.replies("WSMKAutoDesbloqueio", ResponseTemplate::new(500)).await;
    let call = bench.call();
    let before = crate::erp::TrustUnlock::state(&MkSolutions, &call, &contract()).await.unwrap();
    let failure = MkSolutions.unlock(&call, &contract(), &before).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::OutcomeUnknown);
    assert_eq!(bench.requests("WSMKAutoDesbloqueio").await.len(), 1);
}

#[tokio::test]
async fn an_unlock_that_is_not_licensed_is_remembered() {
    let bench = with_connections(BLOCKED).await;
    bench.replies("WSMKAutoDesbloqueio", unlicensed()).await;
    let call = bench.call();
    let before = crate::erp::TrustUnlock::state(&MkSolutions, &call, &contract()).await.unwrap();
    for _ in 0..2 {
        let failure = MkSolutions.unlock(&call, &contract(), &before).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::NotSupported(Capability::TrustUnlock));
    }
    assert_eq!(bench.requests("WSMKAutoDesbloqueio").await.len(), 1);
    assert!(bench.memory.missing(Capability::TrustUnlock, call.now).is_some());
}

#[tokio::test]
async fn what_is_blocked_by_hand_is_not_asked_for() {
    let bench = with_connections(BY_HAND).await;
    let call = bench.call();
    let before = crate::erp::TrustUnlock::state(&MkSolutions, &call, &contract()).await.unwrap();
    assert_eq!((before.eligible, before.reason), (Eligible::No, Some(TrustUnlockReason::VendorRule)));
    assert!(MkSolutions.unlock(&call, &contract(), &before).await.is_err());
    assert!(bench.requests("WSMKAutoDesbloqueio").await.is_empty());
}

#[tokio::test]
async fn of_several_connections_the_slow_one_is_released() {
    let slow = r#"{"codconexao":4,"contrato":8139,"bloqueada":"Não","esta_reduzida":"Sim"}"#;
    let bench = with_connections(&[FREE, slow].join(",")).await;
    bench.answers("WSMKAutoDesbloqueioV2", r#"{"Conexao":"4","LimiteExcecao":"23/11/2026","status":"OK"}"#).await;
    let call = bench.call();
    let before = crate::erp::SpeedRelease::state(&MkSolutions, &call, &contract()).await.unwrap();
    assert_eq!((before.reduced, before.releasable), (Some(true), Eligible::Yes));
    MkSolutions.release(&call, &contract(), &before).await.unwrap();
    assert_eq!(bench.params("WSMKAutoDesbloqueioV2", "cd_conexao").await, ["4"]);
    let fast = with_connections(r#"{"codconexao":3,"contrato":8139,"bloqueada":"Não","esta_reduzida":"Não"}"#).await;
    let state = crate::erp::SpeedRelease::state(&MkSolutions, &fast.call(), &contract()).await.unwrap();
    assert_eq!(state.reason, Some(SpeedReleaseReason::NotReduced));
}

#[tokio::test]
async fn a_crash_over_an_unlock_is_a_doubt_and_no_missing_module() {
    let bench = with_connections(BLOCKED).await;
    let page = "<html><pre>javax.servlet.ServletException: java.lang.NullPointerException wfr.web.ExternalRulesServlet.process(SourceFile:321)</pre></html>";
    bench.replies("WSMKAutoDesbloqueio", ResponseTemplate::new(500).set_body_raw(page, "text/html")).await;
    let call = bench.call();
    let before = crate::erp::TrustUnlock::state(&MkSolutions, &call, &contract()).await.unwrap();
    let failure = MkSolutions.unlock(&call, &contract(), &before).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::OutcomeUnknown);
    assert_eq!(bench.memory.missing(Capability::TrustUnlock, call.now), None);
}

#[tokio::test]
async fn a_connection_that_does_not_say_is_not_told_to_be_free() {
    for (rows, expected) in [
        (r#"{"codconexao":3,"contrato":8139,"bloqueada":""}"#, TrustUnlockReason::VendorRule),
        ("", TrustUnlockReason::VendorRule),
    ] {
        let bench = with_connections(rows).await;
        let call = bench.call();
        let before = crate::erp::TrustUnlock::state(&MkSolutions, &call, &contract()).await.unwrap();
        assert_eq!((before.eligible, before.reason), (Eligible::Unknown, None));
        let failure = MkSolutions.unlock(&call, &contract(), &before).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::Refused(Refusal::TrustUnlockNotEligible(expected)), "{rows}");
    }
}
