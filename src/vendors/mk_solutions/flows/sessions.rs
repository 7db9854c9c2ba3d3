//! The life of a session, and rules that are not there.

use futures_util::future::join_all;
use ponte_domain::capability::Capability;
use ponte_domain::reference::CustomerRef;
use ponte_domain::wifi::SignInForm;
use ponte_domain::{Failure, FailureKind};
use secrecy::SecretString;
use wiremock::ResponseTemplate;

use crate::erp::{Customers as _, SignIn as _};
use crate::mk_solutions::MkSolutions;
use crate::mk_solutions::testing::{Bench, EXPIRED, REFUSED, ok, session, unlicensed};

const ANA: &str = r#"{"Clientes":[{"CodigoPessoa":1,"Nome":"ANA","Situacao":"Ativo"}]}"#;

async fn ask(bench: &Bench) -> Result<(), FailureKind> {
    let read = MkSolutions.customer(&bench.call(), &CustomerRef::new("1")).await;
    read.map(|_| ()).map_err(|failure: Failure| failure.kind())
}

#[tokio::test]
async fn one_login_serves_many_and_its_secrets_are_sent_there_only() {
    let bench = Bench::start().await;
    bench.answers("WSMKConsultaClientes", ANA).await;
    let asked = join_all((0..20).map(|_| ask(&bench))).await;
    assert!(asked.iter().all(Result::is_ok));
    assert_eq!(bench.params("WSAutenticacao", "token").await, ["user-token"]);
    assert_eq!(bench.params("WSAutenticacao", "password").await, ["contra-senha"]);
    for request in bench.requests("WSMKConsultaClientes").await {
        let query = request.url.query().unwrap();
        assert!(query.contains("sys=MK0") && query.contains("token=t0") && !query.contains("contra-senha"), "{query}");
    }
}

#[tokio::test]
async fn a_session_that_is_over_is_opened_anew_once() {
    for refusal in [ok(EXPIRED), ok(REFUSED), ResponseTemplate::new(401), ResponseTemplate::new(403)] {
        let bench = Bench::start().await;
        bench.answers_once("WSAutenticacao", &session("old", 0)).await;
        let once = wiremock::Mock::given(wiremock::matchers::query_param("token", "old"));
        let once = once.and(wiremock::matchers::path("/mk/WSMKConsultaClientes.rule"));
        once.respond_with(refusal).with_priority(1).mount(&bench.server).await;
        bench.answers("WSMKConsultaClientes", ANA).await;
        assert_eq!(ask(&bench).await, Ok(()));
        assert_eq!(bench.params("WSMKConsultaClientes", "token").await, ["old", "t0"]);
    }
}

#[tokio::test]
async fn two_refused_sessions_are_the_end() {
    for (body, expected) in [(EXPIRED, FailureKind::CredentialsRefused), (REFUSED, FailureKind::AccessBlocked)] {
        let bench = Bench::start().await;
        bench.answers("WSMKConsultaClientes", body).await;
        assert_eq!(ask(&bench).await, Err(expected));
        assert_eq!(bench.requests("WSMKConsultaClientes").await.len(), 2);
        assert_eq!(bench.requests("WSAutenticacao").await.len(), 2);
    }
}

#[tokio::test]
async fn a_profile_of_one_use_or_of_three_logs_in_in_time() {
    let once = Bench::start().await.with("one_shot", "yes");
    once.answers("WSMKConsultaClientes", ANA).await;
    let thrice = Bench::without_login().await;
    thrice.answers("WSAutenticacao", &session("t", 3)).await;
    thrice.answers("WSMKConsultaClientes", ANA).await;
    for _ in 0..4 {
        assert_eq!(ask(&once).await, Ok(()));
        assert_eq!(ask(&thrice).await, Ok(()));
    }
    assert_eq!(once.requests("WSAutenticacao").await.len(), 4);
    assert_eq!(thrice.requests("WSAutenticacao").await.len(), 2);
}

#[tokio::test]
async fn wrong_credentials_are_not_tried_twice() {
    let bench = Bench::without_login().await;
    bench
        .answers("WSAutenticacao", r#"{"CodToken":0,"Mensagem":"Token not found.","Num. ERRO":"999","status":"ERRO"}"#)
        .await;
    assert_eq!(ask(&bench).await, Err(FailureKind::CredentialsRefused));
    assert_eq!(bench.requests("WSAutenticacao").await.len(), 1);
}

#[tokio::test]
async fn a_page_of_a_free_rule_is_a_fault_and_nobody_is_not_found_by_it() {
    let bench = Bench::start().await;
    bench.replies("WSMKConsultaClientes", unlicensed()).await;
    assert_eq!(ask(&bench).await, Err(FailureKind::VendorFault));
    assert_eq!(bench.memory.missing(Capability::CustomerLookup, bench.call().now), None);
}

#[tokio::test]
async fn a_password_travels_in_a_form_and_its_owner_is_read() {
    let bench = Bench::start().await;
    bench.answers("WSMKUserSenhaSAC", r#"{"AcessoSAC":"Sim","CodigoPessoa":1,"status":"OK"}"#).await;
    bench.answers("WSMKConsultaClientes", ANA).await;
    let form = SignInForm { login: "529.982.247-25".into(), password: SecretString::from("Sênha#2026") };
    let signed_in = MkSolutions.sign_in(&bench.call(), &form).await.unwrap();
    assert_eq!(signed_in.customer.name, "ANA");
    let sent = bench.requests("WSMKUserSenhaSAC").await.remove(0);
    assert_eq!(String::from_utf8(sent.body).unwrap(), "user_sac=52998224725&pass_sac=S%C3%AAnha%232026");
    assert!(!sent.url.as_str().contains("pass_sac"), "{}", sent.url);
}
