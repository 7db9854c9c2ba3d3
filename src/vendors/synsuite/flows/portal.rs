//! What a subscriber who signed in lends the gateway, and what there is without.

use ponte_domain::capability::Capability;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::{ContractRef, CustomerRef};
use ponte_domain::unlock::{Eligible, TrustUnlockReason};
use ponte_domain::wifi::{SignInForm, WifiPassword, WifiResult};
use ponte_domain::{Failure, FailureKind};
use secrecy::SecretString;
use wiremock::ResponseTemplate;

use crate::erp::{FiscalInvoices as _, SignIn as _, SignedIn, TrustUnlock as _, Wifi as _};
use crate::synsuite::Synsuite;
use crate::synsuite::testing::{Bench, envelope, ok, page, third_party, words};

const LOGIN: &str = "/portal_authentication";
const WHO: &str = "/api/person_users/whoami";
const CONNECTIONS: &str = "/api/people/880123/authentications";
const NOTES: &str = "/api/portal_invoice_notes";
const OPENED: &str = r#"{"access_token":"subscriber-t0ken","expires_in":14400,"token_type":"bearer","scope":null,"person":{"id":880123,"name":"Ana Souza"}}"#;
const ANA: &str = r#"{"data":{"id":880123,"txId":"52998224725","name":"Ana Souza","email":"ana@example.com","cellPhone1":"(11) 98765-4321","status":1},"count":1}"#;

fn contract() -> ContractRef {
    CustomerRef::new("880123.52998224725").contract("45001")
}

async fn bench() -> Bench {
    let bench = Bench::start().await;
    bench.answers("GET", LOGIN, OPENED).await;
    bench.answers("GET", WHO, ANA).await;
    bench
}

async fn sign_in(bench: &Bench) -> Result<SignedIn, Failure> {
    let form = SignInForm { login: "ana.souza".to_owned(), password: SecretString::from("Senha#2026") };
    Synsuite.sign_in(&bench.call(), &form).await
}

fn connections(left: u8, wifi: &str) -> String {
    format!(
        r#"{{"data":[{{"id":91001,"user":"ana","password":"pppoe-s3cret","wifiPassword":"{wifi}","contract":{{"id":45001,"contract_number":"0045001","unblockAttemptCount":1,"remainingUnblockAttempts":{left}}}}}],"count":1,"filtered":1,"total":1}}"#
    )
}

#[tokio::test]
async fn a_subscriber_signs_in_with_both_tokens() {
    let bench = bench().await;
    let signed_in = sign_in(&bench).await.unwrap();
    assert_eq!(signed_in.customer.reference.id.as_str(), "880123.52998224725");
    let asked = &bench.requests(LOGIN).await[0];
    let query: Vec<String> = asked.url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    for name in ["verify_token", "client_id", "client_secret", "grant_type", "username", "password"] {
        assert!(query.iter().any(|one| one == name), "{name}");
    }
    let who = &bench.requests(WHO).await[0];
    assert_eq!(who.headers["authorization"], "Bearer subscriber-t0ken");
    assert_eq!(who.headers["verify-token"], "s3cret-verify");
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_a_session_of_somebody_else_is_broken() {
    let wrong = Bench::start().await;
    let body = r#"{"status":"Invalid credentials.","message":"Bad Credentials (2)"}"#;
    wrong.replies("GET", LOGIN, ResponseTemplate::new(403).set_body_raw(body, "application/json")).await;
    let failure = sign_in(&wrong).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Refused(Refusal::SignInFailed));
    assert!(!format!("{failure:?}").contains("Senha"), "{failure:?}");
    let other = Bench::start().await;
    other.answers("GET", LOGIN, OPENED).await;
    other.answers("GET", WHO, r#"{"data":{"id":880999,"txId":"11144477735","name":"Bruno"}}"#).await;
    assert_eq!(sign_in(&other).await.unwrap_err().kind(), FailureKind::BrokenAnswer);
    let strict = Bench::start().await;
    strict.answers("GET", LOGIN, OPENED).await;
    strict.replies("GET", WHO, ResponseTemplate::new(401)).await;
    assert_eq!(sign_in(&strict).await.unwrap_err().kind(), FailureKind::CredentialsRefused);
}

#[tokio::test]
async fn notas_are_those_of_a_holder_who_signed_in() {
    let bench = bench().await;
    let notes = r#"{"data":[
        {"id":55001,"movementDate":"2026-11-10","documentNumber":"000123","totalAmountService":99.9,"printUrl":"x","contract":{"id":45001}},
        {"id":55002,"movementDate":"2026-10-10","documentNumber":"000122","totalAmountService":99.9,"contract":{"id":45002}}],"count":2,"filtered":2,"total":2}"#;
    bench.answers("GET", NOTES, notes).await;
    let without = Synsuite.of_contract(&bench.call(), &contract()).await.unwrap_err();
    assert_eq!(without.kind(), FailureKind::NotSupported(Capability::FiscalInvoices));
    assert!(bench.requests(NOTES).await.is_empty());
    sign_in(&bench).await.unwrap();
    let found = Synsuite.of_contract(&bench.call(), &contract()).await.unwrap();
    assert_eq!(found.len(), 1);
    let print = "/api/print_invoice_notes/55001";
    bench.replies("GET", print, ResponseTemplate::new(200).set_body_raw("%PDF-1.4", "application/pdf")).await;
    let call = bench.call();
    assert!(Synsuite.pdf(&call, &found[0].reference).await.is_ok());
    let other = contract().customer.fiscal_invoice("99");
    assert!(matches!(Synsuite.pdf(&call, &other).await.unwrap_err().kind(), FailureKind::NotFound(_)));
}

#[tokio::test]
async fn a_portals_page_may_be_smaller_than_was_asked_for() {
    let bench = bench().await;
    let page_of = |id: u32| {
        let note =
            format!(r#"{{"id":{id},"movementDate":"2026-11-10","totalAmountService":99.9,"contract":{{"id":45001}}}}"#);
        format!(r#"{{"data":[{note}],"count":1,"filtered":2,"total":2}}"#)
    };
    bench.replies_once("GET", NOTES, ok(&page_of(55001))).await;
    bench.answers("GET", NOTES, &page_of(55002)).await;
    sign_in(&bench).await.unwrap();
    assert_eq!(Synsuite.of_contract(&bench.call(), &contract()).await.unwrap().len(), 2);

    let of_another = r#"{"data":[{"id":1,"password":"p","contract":{"id":45009}}],"count":1,"filtered":2,"total":2}"#;
    bench.replies_once("GET", CONNECTIONS, ok(of_another)).await;
    bench.answers("GET", CONNECTIONS, &connections(1, "casa nova 2026")).await;
    let password = WifiPassword::parse("casa nova 2026".to_owned()).unwrap();
    assert!(Synsuite.holds(&bench.call(), &contract(), None, &password).await.unwrap(), "on the second page");

    let still = self::bench().await;
    still.answers("GET", NOTES, &page_of(55001)).await;
    sign_in(&still).await.unwrap();
    let failure = Synsuite.of_contract(&still.call(), &contract()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::BrokenAnswer, "part of a list is not the list");
}

#[tokio::test]
async fn a_new_sign_in_takes_the_place_of_the_one_before() {
    let bench = Bench::start().await;
    bench.answers("GET", WHO, ANA).await;
    bench.replies_once("GET", LOGIN, ok(OPENED)).await;
    bench.answers("GET", LOGIN, &OPENED.replace("subscriber-t0ken", "second-t0ken")).await;
    bench.answers("GET", NOTES, r#"{"data":[],"count":0,"filtered":0,"total":0}"#).await;
    sign_in(&bench).await.unwrap();
    sign_in(&bench).await.unwrap();
    Synsuite.of_contract(&bench.call(), &contract()).await.unwrap();
    assert_eq!(bench.requests(NOTES).await[0].headers["authorization"], "Bearer second-t0ken");
}

#[tokio::test]
async fn a_print_that_is_none_is_looked_for_at_the_notes_own_address() {
    let bench = bench().await;
    let url = format!("{}/invoice_notes/print/0a1b2c", bench.server.uri());
    let notes = format!(
        r#"{{"data":[{{"id":55001,"movementDate":"2026-11-10","totalAmountService":99.9,"printUrl":"{url}","contract":{{"id":45001}}}}]}}"#
    );
    bench.answers("GET", NOTES, &notes).await;
    bench.replies("GET", "/api/print_invoice_notes/55001", ok("<html>")).await;
    let pdf = ResponseTemplate::new(200).set_body_raw("%PDF-1.4", "application/pdf");
    bench.replies("GET", "/invoice_notes/print/0a1b2c", pdf).await;
    sign_in(&bench).await.unwrap();
    let note = contract().customer.fiscal_invoice("55001");
    assert!(Synsuite.pdf(&bench.call(), &note).await.is_ok());
}

#[tokio::test]
async fn a_session_that_has_ended_is_no_session() {
    let bench = bench().await;
    sign_in(&bench).await.unwrap();
    bench.replies("GET", NOTES, ResponseTemplate::new(401)).await;
    for _ in 0..2 {
        let failure = Synsuite.of_contract(&bench.call(), &contract()).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::NotSupported(Capability::FiscalInvoices));
    }
    assert_eq!(bench.requests(NOTES).await.len(), 1, "it is given up");
}

#[tokio::test]
async fn counts_of_unlocks_are_known_of_a_holder_who_signed_in() {
    for (left, eligible, reason) in
        [(1, Eligible::Yes, None), (0, Eligible::No, Some(TrustUnlockReason::UsedThisPeriod))]
    {
        let bench = bench().await;
        let row = r#"{"id":45001,"contractNumber":"0045001","contractStatus":6}"#;
        bench.answers("POST", &third_party("contract/getpaged"), &page(row)).await;
        bench.answers("POST", "/external/map/connection/by/userdata", &envelope("[]")).await;
        bench.answers("GET", CONNECTIONS, &connections(left, "old")).await;
        let unknown = Synsuite.state(&bench.call(), &contract()).await.unwrap();
        assert_eq!(unknown.eligible, Eligible::Unknown);
        sign_in(&bench).await.unwrap();
        let known = Synsuite.state(&bench.call(), &contract()).await.unwrap();
        assert_eq!((known.eligible, known.reason), (eligible, reason));
    }
}

#[tokio::test]
async fn a_wifi_password_is_written_beside_the_password_in_force() {
    let update = third_party("updateconnection/91001");
    let password = WifiPassword::parse("casa nova 2026".to_owned()).unwrap();
    let bench = bench().await;
    bench.answers("GET", CONNECTIONS, &connections(1, "casa nova 2026")).await;
    bench.answers("PUT", &update, &envelope("true")).await;
    let without = Synsuite.change(&bench.call(), &contract(), None, &password).await.unwrap_err();
    assert_eq!(without.kind(), FailureKind::NotSupported(Capability::Wifi));
    sign_in(&bench).await.unwrap();
    let result = Synsuite.change(&bench.call(), &contract(), None, &password).await.unwrap();
    assert_eq!(result, WifiResult::Pending, "recorded; that a router was told is not known");
    let sent: serde_json::Value = bench.requests(&update).await[0].body_json().unwrap();
    assert_eq!(sent, serde_json::json!({"id": 91001, "password": "pppoe-s3cret", "wifiPassword": "casa nova 2026"}));
    assert!(Synsuite.holds(&bench.call(), &contract(), None, &password).await.unwrap());

    let refusing = self::bench().await;
    refusing.answers("GET", CONNECTIONS, &connections(1, "old")).await;
    refusing.answers("PUT", &update, &words(false, "Senha não informada.")).await;
    sign_in(&refusing).await.unwrap();
    let failure = Synsuite.change(&refusing.call(), &contract(), None, &password).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Refused(Refusal::VendorRule));
    assert!(!format!("{failure:?}").contains("s3cret"), "{failure:?}");
    assert!(!Synsuite.holds(&refusing.call(), &contract(), None, &password).await.unwrap());
}
