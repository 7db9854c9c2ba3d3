//! A sign-in, and who is blamed when it fails.

use ponte_domain::FailureKind;
use ponte_domain::customer::CustomerStatus;
use ponte_domain::failure::Refusal;
use ponte_domain::wifi::SignInForm;
use secrecy::SecretString;
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::erp::{SignIn as _, SignedIn};
use crate::hubsoft::Hubsoft;
use crate::hubsoft::testing::{Bench, customer, refusal};

const ROUTE: &str = "cliente/autenticacao";
const PROBE: &str = "configuracao/servico_status";
const GOOD: &str = r#"{"status":"success","cliente":{"id_cliente":11201,"codigo_cliente":421,"nome_razaosocial":"ANA","cpf_cnpj":"52998224725"}}"#;
const REFUSED: FailureKind = FailureKind::Refused(Refusal::SignInFailed);

async fn sign_in(bench: &Bench, login: &str, password: &str) -> Result<SignedIn, FailureKind> {
    let form = SignInForm { login: login.to_owned(), password: SecretString::from(password) };
    Hubsoft.sign_in(&bench.call(), &form).await.map_err(|failure| failure.kind())
}

#[tokio::test]
async fn the_vendor_compares_and_the_customer_is_read() {
    let bench = Bench::start().await;
    bench.answers(ROUTE, GOOD).await;
    bench.answers("cliente", &customer("")).await;
    let signed_in = sign_in(&bench, " 529.982.247-25 ", "Senha#2026").await.unwrap();
    assert_eq!(signed_in.customer.status.value, CustomerStatus::Active);
    assert_eq!(bench.bodies(ROUTE).await, [json!({"usuario": "52998224725", "senha": "Senha#2026"})]);
}

#[tokio::test]
async fn a_customer_that_cannot_be_read_has_signed_in_all_the_same() {
    let bench = Bench::start().await;
    bench.answers(ROUTE, GOOD).await;
    bench.replies("cliente", ResponseTemplate::new(403).set_body_string("{}")).await;
    let signed_in = sign_in(&bench, "ana.souza", "x").await.unwrap();
    assert_eq!(signed_in.customer.status.value, CustomerStatus::Unknown);
    assert_eq!(signed_in.customer.reference.id.as_str(), "421");
}

#[tokio::test]
async fn wrong_is_wrong_whatever_it_was_and_nothing_is_not_asked() {
    let bench = Bench::start().await;
    bench.answers(ROUTE, &refusal("Usuário ou senha inválidos")).await;
    assert_eq!(sign_in(&bench, "ana.souza", "x").await.err(), Some(REFUSED));
    assert_eq!(sign_in(&bench, "", "x").await.err(), Some(REFUSED));
    assert_eq!(sign_in(&bench, "ana", "").await.err(), Some(REFUSED));
    assert_eq!(bench.requests(ROUTE).await.len(), 1);
}

#[tokio::test]
async fn a_401_that_stays_is_the_subscribers_if_the_token_is_good_elsewhere() {
    let bench = Bench::start().await;
    bench.replies(ROUTE, ResponseTemplate::new(401).set_body_string(r#"{"message":"Unauthenticated."}"#)).await;
    bench.answers(PROBE, r#"{"status":"success","servico_status":[]}"#).await;
    assert_eq!(sign_in(&bench, "ana.souza", "x").await.err(), Some(REFUSED));
    assert_eq!((bench.requests(ROUTE).await.len(), bench.requests(PROBE).await.len()), (2, 1));
    let spoken = Bench::start().await;
    spoken.replies(ROUTE, ResponseTemplate::new(401).set_body_string(refusal("Senha inválida"))).await;
    assert_eq!(sign_in(&spoken, "ana.souza", "x").await.err(), Some(REFUSED));
    assert!(spoken.requests(PROBE).await.is_empty());
}

#[tokio::test]
async fn a_401_everywhere_is_the_tenants() {
    let bench = Bench::start().await;
    for route in [ROUTE, PROBE] {
        bench.replies(route, ResponseTemplate::new(401)).await;
    }
    assert_eq!(sign_in(&bench, "ana.souza", "x").await.err(), Some(FailureKind::CredentialsRefused));
}
