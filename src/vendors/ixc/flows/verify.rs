//! The checks of a tenant.

use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use wiremock::{Mock, ResponseTemplate, matchers::method};

use crate::erp::Erp as _;
use crate::ixc::Ixc;
use crate::ixc::testing::{ABSENT, Bench, ok, page};

#[tokio::test]
async fn a_token_that_is_refused_ends_the_checks() {
    let bench = Bench::start().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(401)).expect(1).mount(&bench.server).await;
    let checks = Ixc.verify(&bench.call()).await;
    assert_eq!(checks.len(), 1);
    assert_eq!(checks[0].outcome.as_ref().unwrap_err().kind(), FailureKind::CredentialsRefused);
}

#[tokio::test]
async fn each_table_is_a_check_and_what_was_missing_is_asked_again() {
    let bench = Bench::start().await;
    let call = bench.call();
    bench.memory.remember_missing(Capability::Wifi, "No ACS module.", call.now);
    bench.memory.remember_missing_route("cliente", "Not there.", call.now);
    bench.lists("filial", ABSENT).await;
    bench.lists("su_ticket", ABSENT).await;
    bench.lists("radusuarios", ABSENT).await;
    Mock::given(method("POST"))
        .respond_with(ok(&page(r#"{"id":"1","razao":"Ana"}"#)))
        .with_priority(9)
        .mount(&bench.server)
        .await;
    let checks = Ixc.verify(&call).await;
    let failed: Vec<_> = checks.iter().filter(|check| check.outcome.is_err()).map(|check| check.name).collect();
    assert_eq!(failed, ["logins", "tickets"]);
    assert_eq!(checks.len(), 11);
    let missing: Vec<_> = bench.memory.all_missing(call.now).into_iter().map(|(capability, _)| capability).collect();
    assert_eq!(missing, [Capability::TicketList], "logins are a part of several answers, and of none the whole");
    for request in bench.server.received_requests().await.unwrap() {
        assert!(request.headers.contains_key("ixcsoft"), "{}", request.url);
    }
}

#[tokio::test]
async fn an_address_that_is_not_allowed_is_not_a_matter_of_one_table() {
    let bench = Bench::start().await;
    let blocked = r#"{"type":"error","message":"Seu IP n\u00e3o est\u00e1 liberado para efetuar login!"}"#;
    Mock::given(method("POST")).respond_with(ok(blocked)).expect(1).mount(&bench.server).await;
    let checks = Ixc.verify(&bench.call()).await;
    assert_eq!(checks[0].outcome.as_ref().unwrap_err().kind(), FailureKind::AccessBlocked);
}
