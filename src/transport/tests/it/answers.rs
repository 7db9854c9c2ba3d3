//! What comes back over sound HTTP: statuses, hints, redirects, pages in place of data, and what they mean for reads
//! and for acts.

use std::time::Duration;

use ponte_domain::failure::{Failure, FailureKind, Refusal, Retry};
use ponte_transport::{Ask, Looks, Method, Reply};
use wiremock::matchers::{any, method};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::harness::{line, line_to, settings, text, trip};

fn list() -> Ask {
    Ask::read("list", Method::Post, "list").json(&1)
}

fn insert() -> Ask {
    Ask::act("insert", Method::Post, "insert").json(&1)
}

async fn erp_that_says(answer: ResponseTemplate, times: u64) -> MockServer {
    let erp = MockServer::start().await;
    Mock::given(method("POST")).respond_with(answer).expect(times).named("the call").mount(&erp).await;
    erp
}

#[tokio::test]
async fn a_read_survives_a_passing_504() {
    let erp = MockServer::start().await;
    let page = ResponseTemplate::new(504).set_body_raw("<div>time-out</div>", "text/html");
    Mock::given(any()).respond_with(page).up_to_n_times(1).expect(1).named("504").mount(&erp).await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).expect(1).named("200").mount(&erp).await;
    assert!(line_to(erp.uri()).call(&list(), &trip(), text).await.is_ok());
}

#[tokio::test]
async fn a_read_that_stays_overloaded_is_used_up_after_three_tries() {
    let erp = erp_that_says(ResponseTemplate::new(503), 3).await;
    let failure = line_to(erp.uri()).call(&list(), &trip(), text).await.unwrap_err();
    assert_eq!((failure.kind(), failure.retry()), (FailureKind::Overloaded, Retry::Exhausted));
    assert_eq!(failure.upstream().unwrap().http_status, Some(503));
}

#[tokio::test]
async fn refused_credentials_are_not_tried_again() {
    let erp =
        erp_that_says(ResponseTemplate::new(401).set_body_raw("<h1>Authorization Required</h1>", "text/html"), 1).await;
    let failure = line_to(erp.uri()).call(&list(), &trip(), text).await.unwrap_err();
    assert_eq!((failure.kind(), failure.retry()), (FailureKind::CredentialsRefused, Retry::Never));
}

#[tokio::test]
async fn a_long_hint_is_handed_on_and_not_waited_for() {
    let erp = erp_that_says(ResponseTemplate::new(429).insert_header("retry-after", "60"), 1).await;
    let failure = line_to(erp.uri()).call(&list(), &trip(), text).await.unwrap_err();
    assert_eq!((failure.kind(), failure.retry()), (FailureKind::RateLimited, Retry::After(Duration::from_secs(60))));
}

#[tokio::test]
async fn a_504_on_an_act_is_doubt_and_is_not_sent_again() {
    let erp = erp_that_says(ResponseTemplate::new(504), 1).await;
    let failure = line_to(erp.uri()).call(&insert(), &trip(), text).await.unwrap_err();
    assert_eq!((failure.kind(), failure.retry()), (FailureKind::OutcomeUnknown, Retry::OutcomeUnknown));
    assert_eq!(failure.upstream().unwrap().http_status, Some(504));
}

#[tokio::test]
async fn an_act_answered_by_an_html_page_is_doubt() {
    let erp = erp_that_says(ResponseTemplate::new(200).set_body_raw("<h1>Fatal error</h1>", "text/html"), 1).await;
    let reader = |reply: &Reply| reply.json::<u8>();
    let failure = line_to(erp.uri()).call(&insert(), &trip(), reader).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::OutcomeUnknown);
    assert!(failure.context().contains(&("was", "broken_answer".to_owned())), "{failure:?}");
}

#[tokio::test]
async fn an_act_whose_errors_are_definite_keeps_them() {
    let erp = erp_that_says(ResponseTemplate::new(500), 1).await;
    let failure = line_to(erp.uri()).call(&insert().errors_are_definite(), &trip(), text).await.unwrap_err();
    assert_eq!((failure.kind(), failure.retry()), (FailureKind::VendorFault, Retry::Exhausted));
}

#[tokio::test]
async fn a_refusal_of_an_act_is_a_refusal() {
    let erp = erp_that_says(ResponseTemplate::new(200).set_body_string("{\"type\":\"error\"}"), 1).await;
    let no = |_: &Reply| Err::<(), _>(Failure::refused(Refusal::VendorRule, "The ERP says no."));
    let failure = line_to(erp.uri()).call(&insert(), &trip(), no).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Refused(Refusal::VendorRule));
}

#[tokio::test]
async fn a_redirect_is_a_wrong_address_and_is_not_followed() {
    let elsewhere = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(200)).expect(0).named("the target").mount(&elsewhere).await;
    for (location, word) in [
        (format!("{}/login?next=s3cret", elsewhere.uri()), "127.0.0.1"),
        ("https://login.example/adm?cpf=11144477735".to_owned(), "https://login.example;"),
        ("/login.php".to_owned(), "127.0.0.1"),
        ("javascript:alert(1)".to_owned(), "elsewhere"),
    ] {
        for ask in [list(), insert()] {
            let erp = erp_that_says(ResponseTemplate::new(302).insert_header("location", location.as_str()), 1).await;
            let failure = line_to(erp.uri()).call(&ask, &trip(), text).await.unwrap_err();
            assert_eq!((failure.kind(), failure.field()), (FailureKind::TenantMisconfigured, Some("base_url")));
            assert!(failure.detail().contains(word), "{failure:?}");
            let shown = format!("{failure:?}");
            assert!(!shown.contains("s3cret") && !shown.contains("11144477735"), "{shown}");
        }
    }
}

#[tokio::test]
async fn the_body_arrives_whole_and_its_type_is_only_a_hint() {
    let json = r#"{"mensagem":"ok"}"#;
    let erp = erp_that_says(ResponseTemplate::new(200).set_body_raw(json, "text/html; charset=ISO-8859-1"), 1).await;
    let reader = |reply: &Reply| Ok((reply.looks_like(), reply.content_type.clone(), reply.text().to_owned()));
    let (looks, content_type, body) = line_to(erp.uri()).call(&list(), &trip(), reader).await.unwrap();
    assert_eq!((looks, body.as_str()), (Looks::Json, json));
    assert_eq!(content_type.as_deref(), Some("text/html; charset=ISO-8859-1"));
}

#[tokio::test]
async fn an_answer_may_be_as_large_as_the_cap_and_a_document_larger() {
    let mut settings = settings("");
    (settings.max_body, settings.max_document) = (1000, 3000);
    let size = |reply: &Reply| Ok(reply.body.len());
    for (length, ask, fits) in
        [(1000, list(), true), (1001, list(), false), (3000, list().document(), true), (3001, list().document(), false)]
    {
        let erp = erp_that_says(ResponseTemplate::new(200).set_body_string("x".repeat(length)), 1).await;
        settings.base_url = erp.uri();
        match line(settings.clone()).call(&ask, &trip(), size).await {
            Ok(received) => assert!(fits && received == length, "{length}"),
            Err(failure) => {
                assert!(!fits, "{length}: {failure:?}");
                assert_eq!(failure.kind(), FailureKind::BrokenAnswer);
            }
        }
    }
}

#[tokio::test]
async fn a_slow_document_has_more_time_than_a_list() {
    let mut settings = settings("");
    (settings.attempt_timeout, settings.document_timeout) = (Duration::from_millis(100), Duration::from_secs(10));
    settings.retry.max_attempts = 1;
    let erp = erp_that_says(ResponseTemplate::new(200).set_delay(Duration::from_millis(300)), 3).await;
    settings.base_url = erp.uri();
    let line = line(settings);
    assert!(line.call(&list().document(), &trip(), text).await.is_ok());
    assert!(line.call(&list().attempt_timeout(Duration::from_secs(10)), &trip(), text).await.is_ok());
    let failure = line.call(&list(), &trip(), text).await.unwrap_err();
    assert_eq!((failure.kind(), failure.retry()), (FailureKind::TimedOut, Retry::Exhausted));
}

/// The futures of a line may move between threads: the capability traits demand it of the adapters.
#[tokio::test]
async fn a_call_can_be_spawned() {
    let erp = erp_that_says(ResponseTemplate::new(200).set_body_string("[]"), 1).await;
    let line = line_to(erp.uri());
    let wanted = "[]".to_owned();
    let call = tokio::spawn(async move {
        let reader = |reply: &Reply| Ok(reply.text() == wanted);
        line.call(&list(), &trip(), reader).await
    });
    assert!(call.await.unwrap().unwrap());
}
