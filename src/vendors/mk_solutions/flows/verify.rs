//! The checks of a tenant.

use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::tenant::TicketRoute;
use wiremock::matchers::{method, path_regex};
use wiremock::{Mock, ResponseTemplate};

use crate::erp::{Check, Erp as _};
use crate::mk_solutions::MkSolutions;
use crate::mk_solutions::testing::{Bench, NOTHING, ok, unlicensed};

/// A server with the core API and the paid module that knows nobody.
async fn complete() -> Bench {
    let bench = Bench::start().await;
    bench.answers("core-api/notificacoes/status", "[]").await;
    bench
        .answers(
            "WSMKListaProcessos",
            r#"{"processos":[{"codprocesso":12,"nome_processo":"TECNICO-SEM-CONEXAO"}],"status":"OK"}"#,
        )
        .await;
    bench
        .answers(
            "WSMKListaClassificacoesAte",
            r#"{"ClassificacoesAtendimento":[{"codigo":3,"descricao":"SEM CONEXÃO","encerramento":"Não"},{"codigo":7,"descricao":"RESOLVIDO","encerramento":"Sim"}],"status":"OK"}"#,
        )
        .await;
    bench
}

async fn rest(bench: &Bench) {
    Mock::given(path_regex("^/mk/WSMK.*")).respond_with(ok(NOTHING)).with_priority(9).mount(&bench.server).await;
}

fn failed(checks: &[Check]) -> Vec<(&'static str, FailureKind)> {
    let kind = |check: &Check| Some((check.name, check.outcome.as_ref().err()?.kind()));
    checks.iter().filter_map(kind).collect()
}

#[tokio::test]
async fn a_complete_installation_passes_without_a_write() {
    let bench = complete().await;
    rest(&bench).await;
    let checks = MkSolutions.verify(&bench.call()).await;
    assert_eq!(failed(&checks), []);
    assert!(checks.len() > 15, "{}", checks.len());
    for request in bench.server.received_requests().await.unwrap() {
        let path = request.url.path();
        let writes = ["AutoDesbloqueio", "NovoAtendimento", "LDViaSMS", "Aceite", "Ativar"];
        assert!(!writes.iter().any(|rule| path.contains(rule)) || path.contains("Pendente"), "{path}");
    }
}

#[tokio::test]
async fn a_module_that_is_not_licensed_takes_what_acts_with_it() {
    let bench = complete().await;
    for rule in ["WSMKFaturas", "WSMKRetornarCopieColaPix", "WSMKAceiteContratualPendente"] {
        bench.replies(rule, unlicensed()).await;
    }
    rest(&bench).await;
    let checks = MkSolutions.verify(&bench.call()).await;
    let names: Vec<_> = failed(&checks).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["trust_unlock", "speed_release", "paid_invoices", "pix", "pending_terms"]);
    let of = |name| checks.iter().find(|check| check.name == name).unwrap();
    assert_eq!(of("trust_unlock").capability, Some(Capability::TrustUnlock));
    assert_eq!(of("paid_invoices").capability, None, "open bills stand without it");
}

#[tokio::test]
async fn one_rule_that_is_not_set_up_is_not_the_module() {
    let bench = complete().await;
    bench.replies("WSMKRetornarCopieColaPix", unlicensed()).await;
    rest(&bench).await;
    let checks = MkSolutions.verify(&bench.call()).await;
    assert_eq!(failed(&checks), [("pix", FailureKind::NotSupported(Capability::Billing))]);
}

#[tokio::test]
async fn a_rule_that_is_not_ticked_and_a_core_api_that_is_not_there_are_named() {
    let bench = Bench::start().await;
    bench.answers("WSMKAtendimentos", crate::mk_solutions::testing::REFUSED).await;
    rest(&bench).await;
    let checks = MkSolutions.verify(&bench.call()).await;
    assert_eq!(
        failed(&checks),
        [("tickets", FailureKind::AccessBlocked), ("core_api", FailureKind::NotSupported(Capability::Diagnostics)),]
    );
    let said = checks.iter().find(|check| check.name == "tickets").unwrap().outcome.clone().unwrap_err();
    assert!(said.detail().contains("WSMKAtendimentos"), "{}", said.detail());
}

#[tokio::test]
async fn a_route_to_a_classification_that_closes_is_found() {
    let mut bench = complete().await;
    rest(&bench).await;
    let route = TicketRoute { process: Some("12".into()), classification: Some("7".into()), ..TicketRoute::default() };
    bench.tenant.settings.tickets.sectors.insert("Técnico".into(), route);
    let checks = MkSolutions.verify(&bench.call()).await;
    assert_eq!(failed(&checks), [("ticket_routes", FailureKind::TenantMisconfigured)]);
}

#[tokio::test]
async fn wrong_credentials_and_another_product_end_the_checks() {
    for (reply, kind, field) in [
        (
            ok(r#"{"CodToken":0,"Mensagem":"Token not found.","Num. ERRO":"999","status":"ERRO"}"#),
            FailureKind::CredentialsRefused,
            None,
        ),
        (ok("<html>MK-AUTH</html>"), FailureKind::BrokenAnswer, Some("base_url")),
        (ok(r#"{"mensagem":"unauthorised"}"#), FailureKind::BrokenAnswer, Some("base_url")),
        (ResponseTemplate::new(404), FailureKind::TenantMisconfigured, Some("base_url")),
    ] {
        let bench = Bench::without_login().await;
        Mock::given(method("GET")).respond_with(reply).mount(&bench.server).await;
        let checks = MkSolutions.verify(&bench.call()).await;
        assert_eq!(checks.len(), 1);
        let failure = checks[0].outcome.as_ref().unwrap_err();
        assert_eq!((failure.kind(), failure.field()), (kind, field));
    }
}
