//! The checks of a tenant.

use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use wiremock::matchers::method;
use wiremock::{Mock, ResponseTemplate};

use crate::erp::Erp as _;
use crate::hubsoft::Hubsoft;
use crate::hubsoft::testing::{Bench, customer, ok, refusal};

#[tokio::test]
async fn credentials_that_are_refused_end_the_checks() {
    let bench = Bench::without_token().await;
    bench.replies("/oauth/token", ResponseTemplate::new(401)).await;
    let checks = Hubsoft.verify(&bench.call()).await;
    assert_eq!(checks.len(), 1);
    assert_eq!(checks[0].outcome.as_ref().unwrap_err().kind(), FailureKind::CredentialsRefused);
}

#[tokio::test]
async fn a_host_that_is_not_the_api_is_said_to_be_another() {
    let bench = Bench::without_token().await;
    let checks = Hubsoft.verify(&bench.call()).await;
    let failure = checks[0].outcome.as_ref().unwrap_err();
    assert_eq!((failure.kind(), failure.field()), (FailureKind::TenantMisconfigured, Some("base_url")));
}

#[tokio::test]
async fn each_part_is_a_check_and_what_was_missing_is_asked_again() {
    let bench = Bench::start().await;
    let call = bench.call();
    bench.memory.remember_missing(Capability::Wifi, "Not there.", call.now);
    bench.memory.remember_missing_route("cliente", "Not there.", call.now);
    bench.answers("cliente", &customer("")).await;
    bench.replies("cliente/financeiro", ResponseTemplate::new(404).set_body_string(r#"{"message":""}"#)).await;
    bench.answers("cliente/atendimento", &refusal("Usuário sem permissão")).await;
    bench.replies("configuracao/tipo_atendimento", ResponseTemplate::new(404).set_body_string("<html>")).await;
    Mock::given(method("GET")).respond_with(ok(r#"{"status":"success"}"#)).with_priority(9).mount(&bench.server).await;
    let checks = Hubsoft.verify(&call).await;
    let failed: Vec<_> =
        checks.iter().filter_map(|check| Some((check.name, check.outcome.as_ref().err()?.kind()))).collect();
    assert_eq!(
        failed,
        [
            ("invoices", FailureKind::VendorFault),
            ("tickets", FailureKind::AccessBlocked),
            ("ticket_types", FailureKind::NotSupported(Capability::TicketOpening)),
        ]
    );
    assert_eq!(checks.len(), 9);
    let missing: Vec<_> = bench.memory.all_missing(call.now).into_iter().map(|(capability, _)| capability).collect();
    assert_eq!(missing, [Capability::TicketOpening]);
    assert_eq!(bench.parameters("cliente/atendimento", "termo_busca").await, ["421"], "somebody, not nobody");
    assert_eq!(bench.parameters("cliente/nota_fiscal", "termo_busca").await, ["11201"]);
    let written = bench.server.received_requests().await.unwrap();
    assert!(written.iter().all(|request| request.method.as_str() == "GET" || request.url.path() == "/oauth/token"));
}
