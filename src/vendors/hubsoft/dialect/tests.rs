//! The token, its renewal, and each shape of answer.
#![allow(clippy::unwrap_used)]
use std::time::Duration;

use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Failure;
use ponte_transport::{Method, Reply};
use serde::de::IgnoredAny;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, ResponseTemplate};

use super::{Answer, Need, act, look, search, send};
use crate::hubsoft::testing::{Bench, ok, refusal};

const NEED: Need = Need::Required(Capability::TicketRating);
const ROUTE: &str = "configuracao/servico_status";

async fn ask(bench: &Bench) -> Result<(), Failure> {
    send(&bench.call(), NEED, ROUTE, || look(ROUTE), |answer| answer.body::<IgnoredAny>()).await.map(|_| ())
}

fn kind(result: Result<(), Failure>) -> Option<FailureKind> {
    result.err().map(|failure| failure.kind())
}

#[tokio::test]
async fn one_token_serves_many_calls_and_each_says_what_it_accepts() {
    let bench = Bench::start().await;
    Mock::given(header("authorization", "Bearer token-1"))
        .and(header("accept", "application/json"))
        .and(path("/api/v1/integracao/configuracao/servico_status"))
        .respond_with(ok(r#"{"status":"success","servico_status":[]}"#))
        .expect(2)
        .mount(&bench.server)
        .await;
    ask(&bench).await.unwrap();
    ask(&bench).await.unwrap();
    let tokens = bench.bodies("/oauth/token").await;
    assert_eq!(
        tokens,
        [serde_json::json!({
            "grant_type": "password", "client_id": "7", "client_secret": "s3cr3t", "username": "api@x.test", "password": "pw"
        })]
    );
}

/// Refuses the first token and takes the second.
async fn voided() -> Bench {
    let bench = Bench::without_token().await;
    Mock::given(method("POST"))
        .and(path("/oauth/token"))
        .respond_with(ok(r#"{"expires_in":2592000,"access_token":"token-1"}"#))
        .up_to_n_times(1)
        .mount(&bench.server)
        .await;
    bench.issues(2, 2_592_000).await;
    Mock::given(header("authorization", "Bearer token-1"))
        .respond_with(ResponseTemplate::new(401).set_body_raw(r#"{"message":"Unauthenticated."}"#, "application/json"))
        .mount(&bench.server)
        .await;
    bench
}

#[tokio::test]
async fn many_refused_at_once_renew_the_token_by_one_flight() {
    let bench = voided().await;
    bench.answers(ROUTE, r#"{"status":"success"}"#).await;
    let answers = futures_util::future::join_all((0..10).map(|_| ask(&bench))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(bench.requests("/oauth/token").await.len(), 2, "the first one and its renewal");
}

#[tokio::test]
async fn an_act_is_repeated_once_after_a_renewal() {
    let bench = voided().await;
    bench.answers("atendimento", r#"{"status":"success"}"#).await;
    let call = bench.call();
    let acted = send(
        &call,
        NEED,
        "atendimento",
        || act("atendimento", Method::Post),
        |answer| Ok(answer.outcome::<IgnoredAny>()?.is_ok()),
    );
    assert!(acted.await.unwrap());
    assert_eq!(bench.requests("atendimento").await.len(), 2);
}

#[tokio::test]
async fn a_second_refusal_is_the_credentials_and_no_loop() {
    let bench = Bench::start().await;
    bench.replies(ROUTE, ResponseTemplate::new(401)).await;
    assert_eq!(kind(ask(&bench).await), Some(FailureKind::CredentialsRefused));
    assert_eq!(bench.requests(ROUTE).await.len(), 2);
    assert_eq!(bench.requests("/oauth/token").await.len(), 2);
}

#[tokio::test]
async fn refused_credentials_end_before_the_call_and_name_no_secret() {
    let bench = Bench::without_token().await;
    bench
        .replies("/oauth/token", ResponseTemplate::new(401).set_body_string(r#"{"error":"invalid_credentials"}"#))
        .await;
    let failure = ask(&bench).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::CredentialsRefused);
    let shown = format!("{failure:?}");
    assert!(!shown.contains("s3cr3t") && !shown.contains("pw") && !shown.contains("api@"), "{shown}");
    assert!(bench.requests(ROUTE).await.is_empty());
}

#[tokio::test]
async fn a_token_that_is_about_to_end_is_renewed_before_it_is_used() {
    let bench = Bench::without_token().await;
    bench.issues(1, 30).await;
    bench.answers(ROUTE, r#"{"status":"success"}"#).await;
    ask(&bench).await.unwrap();
    ask(&bench).await.unwrap();
    assert_eq!(bench.requests("/oauth/token").await.len(), 2);
}

#[tokio::test]
async fn a_route_that_is_not_there_is_remembered_for_the_tenant() {
    let bench = Bench::start().await;
    bench.replies(ROUTE, ResponseTemplate::new(404).set_body_string("<html></html>")).await;
    let missing = Some(FailureKind::NotSupported(Capability::TicketRating));
    assert_eq!((kind(ask(&bench).await), kind(ask(&bench).await)), (missing, missing));
    assert_eq!(bench.requests(ROUTE).await.len(), 1);
    assert!(bench.memory.missing(Capability::TicketRating, bench.call().now).is_some());
}

#[tokio::test]
async fn a_404_of_a_route_that_every_version_has_takes_nothing_from_the_tenant() {
    let bench = Bench::start().await;
    bench.replies(ROUTE, ResponseTemplate::new(404).set_body_string(r#"{"message":""}"#)).await;
    let call = bench.call();
    for _ in 0..2 {
        let need = Need::Always(Capability::Billing);
        let asked = send(&call, need, ROUTE, || look(ROUTE), |answer| answer.body::<IgnoredAny>()).await;
        assert_eq!(kind(asked.map(|_| ())), Some(FailureKind::VendorFault));
    }
    assert_eq!(bench.requests(ROUTE).await.len(), 2, "it is asked again");
    assert!(bench.memory.missing(Capability::Billing, call.now).is_none());
}

#[tokio::test]
async fn an_act_is_done_where_the_answer_says_so() {
    for (body, expected) in [
        (r#"{"status":"success","msg":"ok"}"#, Ok(true)),
        (r#"{"status":"suscess"}"#, Ok(true)),
        (r#"{"status":"error","msg":"x"}"#, Ok(false)),
        ("{}", Err(FailureKind::OutcomeUnknown)),
        ("[]", Err(FailureKind::OutcomeUnknown)),
        (r#"{"message":"Server Error"}"#, Err(FailureKind::OutcomeUnknown)),
        (r#"{"status":"warning","msg":"x"}"#, Err(FailureKind::OutcomeUnknown)),
    ] {
        let bench = Bench::start().await;
        bench.answers("atendimento", body).await;
        let call = bench.call();
        let acted = send(
            &call,
            NEED,
            "atendimento",
            || act("atendimento", Method::Post),
            |answer| Ok(answer.done::<IgnoredAny>()?.is_ok()),
        );
        assert_eq!(acted.await.map_err(|failure| failure.kind()), expected, "{body}");
        assert_eq!(bench.requests("atendimento").await.len(), 1, "{body}");
    }
}

#[tokio::test]
async fn a_search_takes_404_for_nobody_and_a_page_for_the_wrong_host() {
    for (body, expected) in [
        (r#"{"message":""}"#, Some(FailureKind::VendorFault)),
        (r#"{"message":"Cliente inexistente"}"#, None),
        (r#"{"status":"error","msg":"Cliente não encontrado"}"#, None),
        (r#"{"status":"error","msg":"Usuário sem permissão"}"#, Some(FailureKind::AccessBlocked)),
        ("", Some(FailureKind::TenantMisconfigured)),
        ("default backend - 404", Some(FailureKind::TenantMisconfigured)),
        ("<html></html>", Some(FailureKind::TenantMisconfigured)),
    ] {
        let bench = Bench::start().await;
        bench.replies("cliente", ResponseTemplate::new(404).set_body_string(body)).await;
        let call = bench.call();
        let found = search(
            &call,
            NEED,
            || look("cliente"),
            |answer| answer.found::<IgnoredAny>().map(|found| found.map(|_| ())),
        );
        let found = found.await;
        assert_eq!(found.as_ref().err().map(Failure::kind), expected, "{body}");
        if expected.is_none() {
            assert!(found.unwrap().is_none());
        }
    }
}

#[tokio::test(start_paused = false)]
async fn reads_are_retried_when_the_server_is_down_for_a_moment() {
    let bench = Bench::start().await;
    Mock::given(path("/api/v1/integracao/configuracao/servico_status"))
        .respond_with(ResponseTemplate::new(502).set_body_string("<html></html>").set_delay(Duration::from_millis(1)))
        .up_to_n_times(1)
        .mount(&bench.server)
        .await;
    bench.answers(ROUTE, r#"{"status":"success"}"#).await;
    ask(&bench).await.unwrap();
}

fn body(status: u16, body: &str) -> Option<FailureKind> {
    let reply = Reply::new(status, None, body.to_owned());
    let read = Answer::of(&reply, Capability::Billing).and_then(|answer| answer.body::<IgnoredAny>());
    read.err().map(|failure| failure.kind())
}

#[test]
fn every_shape_of_answer_has_its_class() {
    let validation =
        r#"{"status":"error","msg":"Favor preencher os campos obrigatórios","errors":["O campo x é obrigatório."]}"#;
    for (status, text, expected) in [
        (200, r#"{"status":"success","faturas":[]}"#, None),
        (200, r#"{"status":"suscess","faturas":[]}"#, None),
        (200, r#"{"faturas":[]}"#, None),
        (200, validation, Some(FailureKind::VendorFault)),
        (422, validation, Some(FailureKind::VendorFault)),
        (400, validation, Some(FailureKind::VendorFault)),
        (200, r#"{"status":"error","msg":"Usuário sem permissão para esta ação"}"#, Some(FailureKind::AccessBlocked)),
        (200, "<html>Login</html>", Some(FailureKind::BrokenAnswer)),
        (200, "", Some(FailureKind::BrokenAnswer)),
        (200, r#"{"status":"#, Some(FailureKind::BrokenAnswer)),
        (401, r#"{"message":"Unauthenticated."}"#, Some(FailureKind::LoginExpired)),
        (403, r#"{"message":"This action is unauthorized."}"#, Some(FailureKind::AccessBlocked)),
        (403, "<html></html>", Some(FailureKind::AccessBlocked)),
        (404, r#"{"message":""}"#, Some(FailureKind::NotSupported(Capability::Billing))),
        (405, "{}", Some(FailureKind::VendorFault)),
        (429, "{}", Some(FailureKind::RateLimited)),
        (500, r#"{"message":"Server Error"}"#, Some(FailureKind::VendorFault)),
        (502, "<html></html>", Some(FailureKind::Overloaded)),
        (503, "<html></html>", Some(FailureKind::Overloaded)),
    ] {
        assert_eq!(body(status, text), expected, "{status} {text}");
    }
}

#[test]
fn nothing_found_is_told_in_three_forms() {
    for (status, text, expected) in [
        (200, refusal("Cliente não encontrado"), Some(false)),
        (404, refusal("Nenhum cliente foi encontrado: cliente não encontrado!"), Some(false)),
        (200, r#"{"status":"success","clientes":[]}"#.to_owned(), Some(true)),
        (200, refusal("Ocorreu um erro"), None),
        (200, refusal("Os dados fornecidos são inválidos: cliente não encontrado"), None),
        (200, refusal("Permissão não encontrada"), None),
    ] {
        let reply = Reply::new(status, None, text.clone());
        let answer = Answer::of(&reply, Capability::Billing).ok().unwrap();
        let found = answer.found::<IgnoredAny>().ok().map(|found| found.is_some());
        assert_eq!(found, expected, "{status} {text}");
    }
}

#[test]
fn a_denial_keeps_its_words_to_itself() {
    let text =
        r#"{"status":"error","msg":"A desconexão não foi bem sucedida para o login ana.souza!","errors":["Ana"]}"#;
    let reply = Reply::new(200, None, text);
    let answer = Answer::of(&reply, Capability::Billing).ok().unwrap();
    let denial = answer.outcome::<IgnoredAny>().ok().unwrap().err().unwrap();
    assert!(denial.folded().contains("desconexao nao foi bem sucedida"));
    let shown = format!("{denial:?}");
    assert!(!shown.contains("ana"), "{shown}");
}
