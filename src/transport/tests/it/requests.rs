//! What goes out: paths, queries, headers, bodies, and secrets to the tenant's own origin only.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ponte_domain::failure::FailureKind;
use ponte_transport::{Ask, Line, Method};
use secrecy::SecretString;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use wiremock::matchers::{any, body_json, body_string, header, header_exists, method, path, query_param};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::harness::{OK, Play, Server, line, line_to, read_request, settings, text, trip, wire};

fn ok() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_string("{}")
}

#[tokio::test]
async fn a_read_goes_out_as_it_was_asked() {
    let erp = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/webservice/v1/cliente/7%2F8"))
        .and(query_param("page", "1 & 2"))
        .and(header("ixcsoft", "listar"))
        .and(header("authorization", "Basic Nzpz"))
        .and(header("content-type", "application/json"))
        .and(header("user-agent", concat!("ponte/", env!("CARGO_PKG_VERSION"))))
        .and(body_json(json!({"qtype": "cliente.id"})))
        .respond_with(ok())
        .expect(1)
        .named("the read")
        .mount(&erp)
        .await;
    let ask = Ask::read("cliente.list", Method::Post, "cliente")
        .segment("7/8")
        .query("page", "1 & 2")
        .header("ixcsoft", "listar")
        .basic(SecretString::from("7:s"))
        .json(&json!({"qtype": "cliente.id"}));
    let line = line_to(format!("{}/webservice/v1/", erp.uri()));
    assert_eq!(line.call(&ask, &trip(), text).await.unwrap(), "{}");
}

#[tokio::test]
async fn a_form_carries_its_secrets_beside_its_fields() {
    let erp = MockServer::start().await;
    Mock::given(method("PUT"))
        .and(path("/login"))
        .and(header("content-type", "application/x-www-form-urlencoded"))
        .and(body_string("login=ana+maria&senha=p%26s"))
        .and(query_param("token", "t/1"))
        .respond_with(ok())
        .expect(1)
        .named("the form")
        .mount(&erp)
        .await;
    let ask = Ask::read("login", Method::Put, "login")
        .form(&[("login", "ana maria")])
        .secret_form("senha", SecretString::from("p&s"))
        .secret_query("token", SecretString::from("t/1"));
    assert!(line_to(erp.uri()).call(&ask, &trip(), text).await.is_ok());
}

#[tokio::test]
async fn a_post_without_a_body_says_that_it_is_empty() {
    let erp = Server::playing([Play::Say(OK)]).await;
    let line = line_to(&erp.url);
    line.call(&Ask::act("reset", Method::Post, "reset"), &trip(), text).await.unwrap();
    line.call(&Ask::read("list", Method::Get, "list"), &trip(), text).await.unwrap();
    let requests = erp.requests();
    assert!(requests[0].to_ascii_lowercase().contains("\r\ncontent-length: 0\r\n"), "{requests:?}");
    assert!(!requests[1].to_ascii_lowercase().contains("content-length"), "{requests:?}");
}

#[tokio::test]
async fn a_link_on_the_tenants_origin_gets_the_credentials_and_a_listed_host_does_not() {
    let (erp, files) = (MockServer::start().await, MockServer::start().await);
    Mock::given(path("/b.pdf")).and(header_exists("authorization")).respond_with(ok()).expect(1).mount(&erp).await;
    Mock::given(any()).respond_with(ok()).expect(1).named("the listed host").mount(&files).await;
    let mut settings = settings(erp.uri());
    settings.link_hosts = vec![files.address().to_string()];
    let line = line(settings);
    for server in [&erp, &files] {
        let ask = Ask::link("boleto.pdf", format!("{}/b.pdf?k=1", server.uri()))
            .bearer(SecretString::from("s3cret"))
            .secret_header("x-token", SecretString::from("s3cret"))
            .secret_query("token", SecretString::from("s3cret"))
            .document();
        assert!(line.call(&ask, &trip(), text).await.is_ok());
    }
    let seen = files.received_requests().await.unwrap();
    let shown = format!("{:?} {}", seen[0].headers, seen[0].url);
    assert!(!shown.contains("s3cret") && shown.contains("k=1"), "{shown}");
}

#[tokio::test]
async fn a_link_to_another_host_is_refused_before_any_connection() {
    let (erp, other) = (MockServer::start().await, MockServer::start().await);
    Mock::given(any()).respond_with(ok()).expect(0).named("not a listed host").mount(&other).await;
    let ask = Ask::link("boleto.pdf", format!("{}/b.pdf", other.uri()));
    let failure = line_to(erp.uri()).call(&ask, &trip(), text).await.unwrap_err();
    assert_eq!((failure.kind(), failure.field()), (FailureKind::TenantMisconfigured, Some("link_hosts")));
    assert_eq!(failure.upstream().unwrap().operation, "boleto.pdf");
}

#[tokio::test]
async fn a_credential_that_no_header_can_carry_is_a_wrong_setting() {
    let erp = MockServer::start().await;
    let ask = Ask::act("x", Method::Post, "x").bearer(SecretString::from("s3cret\r\nx-evil: 1"));
    let failure = line_to(erp.uri()).call(&ask, &trip(), text).await.unwrap_err();
    assert_eq!((failure.kind(), failure.field()), (FailureKind::TenantMisconfigured, Some("credentials")));
    assert!(!format!("{failure:?}").contains("s3cret"));
    assert!(erp.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_cannot_be_built_is_our_fault_and_sends_nothing() {
    let erp = MockServer::start().await;
    let line = line_to(erp.uri());
    for ask in [
        Ask::act("x", Method::Post, "a?b"),
        Ask::act("x", Method::Post, "x").header("bad name", "v"),
        Ask::act("x", Method::Post, "x").header("name", "bad\nvalue"),
        Ask::act("x", Method::Post, "x").json(&std::collections::BTreeMap::from([((1, 2), 3)])),
        Ask::link("x", "/x").segment("y"),
    ] {
        assert_eq!(line.call(&ask, &trip(), text).await.unwrap_err().kind(), FailureKind::Internal, "{ask:?}");
    }
    assert!(erp.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_connection_is_kept_and_shared_by_tenants() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                while read_request(&mut stream).await.is_ok() {
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await.unwrap();
                }
            });
        }
    });
    let wire = wire();
    let (one, two) = (Line::open(&wire, settings(&url)).unwrap(), Line::open(&wire, settings(&url)).unwrap());
    for line in [&one, &two, &one, &two] {
        line.call(&Ask::read("list", Method::Get, "list"), &trip(), text).await.unwrap();
        // The client takes a connection back in a task of its own.
        tokio::task::yield_now().await;
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}
