//! The integrator's token: how it is asked for, shared, renewed, and which server it comes from.

use std::collections::BTreeMap;

use ponte_domain::FailureKind;
use ponte_domain::customer::LookupKey;
use ponte_domain::document::Document;
use wiremock::ResponseTemplate;

use crate::erp::Customers as _;
use crate::synsuite::Synsuite;
use crate::synsuite::testing::{Bench, ok, third_party, words};

const NOT_FOUND: &str = "Registro não encontrado.";

fn key() -> LookupKey {
    LookupKey::Document(Document::parse("529.982.247-25").unwrap())
}

fn people() -> String {
    third_party("people/txid/52998224725")
}

#[tokio::test]
async fn a_token_is_asked_for_by_a_form_of_five_fields_and_serves_many_calls() {
    let bench = Bench::start().await;
    bench.answers("GET", &people(), &words(false, NOT_FOUND)).await;
    let (call, wanted) = (bench.call(), key());
    let look = || Synsuite.lookup(&call, &wanted);
    let (a, b, c, d) = tokio::join!(look(), look(), look(), look());
    for found in [a, b, c, d] {
        assert!(found.unwrap().is_empty());
    }
    let asked = bench.requests("/connect/token").await;
    assert_eq!(asked.len(), 1, "one flight for all");
    let form = String::from_utf8(asked[0].body.clone()).unwrap();
    let fields: BTreeMap<&str, &str> = form.split('&').filter_map(|field| field.split_once('=')).collect();
    assert_eq!(
        fields,
        BTreeMap::from([
            ("grant_type", "client_credentials"),
            ("scope", "syngw"),
            ("client_id", "ponte"),
            ("client_secret", "s3cret-client"),
            ("syndata", "s3cret-syndata%3D%3D"),
        ])
    );
    let sent = bench.requests(&people()).await;
    assert!(sent.iter().all(|request| request.headers["authorization"] == "Bearer t0ken"));
}

#[tokio::test]
async fn a_token_that_is_no_longer_taken_is_renewed_once() {
    let bench = Bench::start().await;
    bench.replies_once("GET", &people(), ResponseTemplate::new(401)).await;
    bench.answers("GET", &people(), &words(true, NOT_FOUND)).await;
    assert!(Synsuite.lookup(&bench.call(), &key()).await.unwrap().is_empty());
    assert_eq!(bench.requests("/connect/token").await.len(), 2);

    let refusing = Bench::start().await;
    refusing.replies("GET", &people(), ResponseTemplate::new(401)).await;
    let failure = Synsuite.lookup(&refusing.call(), &key()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::CredentialsRefused);
    assert_eq!(refusing.requests("/connect/token").await.len(), 2);
    assert_eq!(refusing.requests(&people()).await.len(), 2, "one replay and no more");
}

#[tokio::test]
async fn refused_keys_are_not_tried_again_and_not_shown() {
    let bench = Bench::bare().await;
    bench
        .replies("POST", "/connect/token", ResponseTemplate::new(400).set_body_string(r#"{"error":"invalid_client"}"#))
        .await;
    let failure = Synsuite.lookup(&bench.call(), &key()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::CredentialsRefused);
    assert_eq!(bench.requests("/connect/token").await.len(), 1);
    assert!(!format!("{failure:?}").contains("s3cret"), "{failure:?}");
}

#[tokio::test]
async fn tokens_and_data_are_of_two_servers() {
    let (tokens, data) = (Bench::start().await, Bench::bare().await);
    data.answers("GET", &people(), &words(false, NOT_FOUND)).await;
    let data = data.with("token_url", &tokens.tenant.base_url);
    assert!(Synsuite.lookup(&data.call(), &key()).await.unwrap().is_empty());
    assert_eq!(tokens.requests("/connect/token").await.len(), 1);
    assert!(data.requests("/connect/token").await.is_empty());

    let crossed = Bench::bare().await;
    let failure = Synsuite.lookup(&crossed.call(), &key()).await.unwrap_err();
    assert_eq!(
        (failure.kind(), failure.field()),
        (FailureKind::TenantMisconfigured, Some("settings.vendor.token_url"))
    );
}

#[tokio::test]
async fn the_older_grant_and_the_static_token_are_sent_where_the_tenant_has_them() {
    use ponte_domain::tenant::Credentials;
    use secrecy::SecretString;
    let mut bench = Bench::start().await.with("grant", "password");
    let extra = [("username", "user"), ("password", "pass"), ("syn_v1_token", "fixed")];
    let own: Vec<(String, SecretString)> =
        bench.tenant.credentials.fields().map(|(name, secret)| (name.to_owned(), secret.clone())).collect();
    let more = extra.map(|(name, value)| (name.to_owned(), SecretString::from(value)));
    bench.tenant.credentials = Credentials::new(own.into_iter().chain(more));
    bench.answers("GET", &people(), &words(false, NOT_FOUND)).await;
    Synsuite.lookup(&bench.call(), &key()).await.unwrap();
    let form = String::from_utf8(bench.requests("/connect/token").await[0].body.clone()).unwrap();
    for field in ["grant_type=password", "scope=syngw+synpaygw+offline_access", "username=user", "password=pass"] {
        assert!(form.contains(field), "{form}");
    }
    assert_eq!(bench.requests(&people()).await[0].headers["syn-v1-token"], "fixed");
}

#[tokio::test]
async fn a_plain_text_503_is_an_overload_and_is_tried_again() {
    let bench = Bench::start().await;
    let down = ResponseTemplate::new(503)
        .set_body_raw("Serviço temporariamente indisponível. Tente novamente em instantes.", "text/plain");
    bench.replies_once("GET", &people(), down).await;
    bench.replies("GET", &people(), ok(&words(false, NOT_FOUND))).await;
    assert!(Synsuite.lookup(&bench.call(), &key()).await.unwrap().is_empty());
    assert_eq!(bench.requests(&people()).await.len(), 2);
}
