//! The checks of a tenant.

use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::customer::LookupKey;
use wiremock::matchers::path;
use wiremock::{Mock, ResponseTemplate, matchers::any};

use super::FIND;
use crate::erp::{Customers as _, Erp as _};
use crate::sgp::Sgp;
use crate::sgp::testing::{Bench, contracts, ok};

#[tokio::test]
async fn credentials_that_are_refused_end_the_checks() {
    let bench = Bench::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(401)).expect(1).mount(&bench.server).await;
    let checks = Sgp.verify(&bench.call()).await;
    assert_eq!(checks.len(), 1);
    assert_eq!(checks[0].outcome.as_ref().unwrap_err().kind(), FailureKind::CredentialsRefused);
}

#[tokio::test]
async fn a_login_page_is_told_as_what_it_is() {
    let bench = Bench::start().await;
    let page = ResponseTemplate::new(200).set_body_raw("<html><form>Entrar</form></html>", "text/html");
    Mock::given(any()).respond_with(page).mount(&bench.server).await;
    let checks = Sgp.verify(&bench.call()).await;
    assert_eq!(checks.len(), 1);
    assert!(checks[0].outcome.as_ref().unwrap_err().detail().contains("login page"));
}

#[tokio::test]
async fn another_sites_json_is_no_sgp() {
    for (status, body) in [(200, r#"{"status":"ok"}"#), (404, r#"{"detail":"Not Found"}"#)] {
        let bench = Bench::start().await;
        let reply = ResponseTemplate::new(status).set_body_raw(body, "application/json");
        Mock::given(any()).respond_with(reply).mount(&bench.server).await;
        let checks = Sgp.verify(&bench.call()).await;
        assert!(checks.len() == 1 && checks[0].outcome.is_err(), "{status} {body}");
        let key = LookupKey::VendorId("16957".into());
        assert!(Sgp.lookup(&bench.call(), &key).await.is_err(), "nobody is there to say that nobody is there");
    }
}

#[tokio::test]
async fn without_departments_of_its_own_or_the_tenants_no_ticket_can_be_opened() {
    let bench = Bench::start().await;
    bench.answers(FIND, &contracts("")).await;
    bench.fails("/api/os/ocorrencia/setor/list/", 404).await;
    Mock::given(any()).respond_with(ok(r#"{"clientes":[],"titulos":[]}"#)).with_priority(9).mount(&bench.server).await;
    let call = bench.call();
    let checks = Sgp.verify(&call).await;
    assert!(checks.iter().any(|check| check.name == "ticket_departments" && check.outcome.is_err()));
    assert!(bench.memory.missing(Capability::TicketOpening, call.now).is_some());
}

#[tokio::test]
async fn each_route_is_a_check_and_what_is_missing_shows_in_the_capabilities() {
    let bench = Bench::start().await;
    let call = bench.call();
    bench.memory.remember_missing(Capability::Wifi, "No manager.", call.now);
    bench.answers(FIND, &contracts("")).await;
    bench.fails("/api/central/chamado/list/", 404).await;
    let row = ResponseTemplate::new(404).set_body_raw(r#"{"detail":"Não encontrado."}"#, "application/json");
    Mock::given(path("/api/contrato/termoaceite/1/")).respond_with(row).mount(&bench.server).await;
    bench.answers("/api/ura/clientes/", r#"{"clientes":[]}"#).await;
    bench.answers("/api/ura/titulos/", r#"{"titulos":[]}"#).await;
    Mock::given(any()).respond_with(ok("[]")).with_priority(9).mount(&bench.server).await;
    let checks = Sgp.verify(&call).await;
    let failed: Vec<_> = checks.iter().filter(|check| check.outcome.is_err()).map(|check| check.name).collect();
    assert_eq!((failed, checks.len()), (vec!["tickets"], 10));
    let missing: Vec<_> = bench.memory.all_missing(call.now).into_iter().map(|(capability, _)| capability).collect();
    assert_eq!(missing, [Capability::TicketList]);
    for request in bench.server.received_requests().await.unwrap() {
        let path = request.url.path();
        assert!(!path.contains("verificaacesso") && !path.contains("fatura2via"), "{path} may open a work order");
    }
}
