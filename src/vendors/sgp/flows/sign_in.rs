//! Signing in at the portal.

use ponte_domain::failure::Refusal;
use ponte_domain::wifi::SignInForm;
use ponte_domain::{Failure, FailureKind};
use secrecy::SecretString;
use wiremock::matchers::path;
use wiremock::{Mock, ResponseTemplate};

use super::FIND;
use crate::erp::{SignIn as _, SignedIn};
use crate::sgp::Sgp;
use crate::sgp::testing::{Bench, contract, contracts};

const PORTAL: &str = "/api/central/contratos";

async fn sign_in(bench: &Bench, login: &str) -> Result<SignedIn, Failure> {
    let form = SignInForm { login: login.to_owned(), password: SecretString::from("Senha#2026") };
    Sgp.sign_in(&bench.call(), &form).await
}

fn is_refused(outcome: Result<SignedIn, Failure>) -> bool {
    outcome.is_err_and(|failure| failure.kind() == FailureKind::Refused(Refusal::SignInFailed))
}

async fn bench() -> Bench {
    let bench = Bench::start().await;
    let rows = [
        contract(17402, r#""contratoStatus":1,"contratoCentralLogin":"ana.souza","contratoCentralSenha":"outra""#),
        r#"{"clienteId":5,"contratoId":9,"cpfCnpj":"529.982.247-25","razaoSocial":"ANA, ANTIGA","contratoStatus":1}"#
            .to_owned(),
    ];
    bench.answers(FIND, &contracts(&rows.join(","))).await;
    bench
}

#[tokio::test]
async fn the_portal_compares_the_password_and_its_contracts_tell_the_customer() {
    let bench = bench().await;
    bench.answers(PORTAL, r#"{"auth":true,"contratos":[{"contrato":17402}]}"#).await;
    let signed_in = sign_in(&bench, "529.982.247-25").await.unwrap();
    assert_eq!(signed_in.customer.reference.id.as_str(), "16957");
    let sent = bench.bodies(PORTAL).await;
    assert_eq!(sent, ["cpfcnpj=52998224725&senha=Senha%232026"], "in the subscriber's name, not the tenant's");
}

#[tokio::test]
async fn a_login_that_is_no_document_leads_to_one() {
    let bench = bench().await;
    bench.answers(PORTAL, r#"[{"contrato":17402}]"#).await;
    assert!(sign_in(&bench, "Ana.Souza").await.is_ok());
    assert!(bench.bodies(FIND).await[0].starts_with("login=Ana.Souza&"));
    assert!(is_refused(sign_in(&bench, "somebody.else").await), "the vendor's filter is compared again");
    assert_eq!(bench.requests(PORTAL).await.len(), 1);
}

#[tokio::test]
async fn a_wrong_password_is_the_subscribers_and_is_tried_once() {
    let bench = bench().await;
    let no = ResponseTemplate::new(403).set_body_raw(r#"{"detail":"As credenciais…"}"#, "application/json");
    Mock::given(path(PORTAL)).respond_with(no).expect(1).mount(&bench.server).await;
    assert!(is_refused(sign_in(&bench, "52998224725").await));
}

#[tokio::test]
async fn trouble_is_no_wrong_password() {
    let bench = bench().await;
    bench.fails(PORTAL, 500).await;
    assert_eq!(sign_in(&bench, "52998224725").await.unwrap_err().kind(), FailureKind::VendorFault);
}

#[tokio::test]
async fn a_good_password_is_never_called_wrong() {
    let bench = Bench::start().await;
    bench.answers(PORTAL, r#"{"auth":true,"contratos":[{"contrato":17402}]}"#).await;
    bench.answers(FIND, &contracts("")).await;
    assert_eq!(sign_in(&bench, "52998224725").await.unwrap_err().kind(), FailureKind::BrokenAnswer);
    let stranger = Bench::start().await;
    let page = ResponseTemplate::new(404).set_body_raw(r#"{"detail":"Not Found"}"#, "application/json");
    Mock::given(path(PORTAL)).respond_with(page).mount(&stranger.server).await;
    let failure = sign_in(&stranger, "52998224725").await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotSupported(ponte_domain::capability::Capability::SignIn));
}
