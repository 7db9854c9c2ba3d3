//! Nothing secret or personal shows up in `Debug`, in a failure with all its causes, or in what is logged at the
//! finest level.

use std::error::Error;
use std::io::Write;
use std::sync::{Arc, Mutex};

use ponte_domain::failure::Failure;
use ponte_transport::{Ask, Line, Method, Reply};
use secrecy::SecretString;
use serde_json::json;
use tracing_subscriber::util::SubscriberInitExt as _;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::harness::{Play, Server, line_to, nobody, text, trip};

const HIDDEN: [&str; 7] =
    ["s3cret-header", "s3cret-query", "s3cret-form", "czNjcmV0", "11144477735", "Maria da Silva", "5511987654321"];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn asks() -> [Ask; 2] {
    let dressed = |ask: Ask| {
        ask.segment("11144477735")
            .query("cpf", "11144477735")
            .header("x-name", "Maria da Silva")
            .secret_header("x-token", SecretString::from("s3cret-header"))
            .basic(SecretString::from("s3cret"))
            .secret_query("token", SecretString::from("s3cret-query"))
    };
    [
        dressed(Ask::read("cliente.list", Method::Post, "cliente")).json(&json!({"fone": "5511987654321"})),
        dressed(Ask::act("cliente.insert", Method::Post, "cliente"))
            .form(&[("fone", "5511987654321")])
            .secret_form("senha", SecretString::from("s3cret-form")),
    ]
}

/// Everything that a failure could ever show.
fn whole(failure: &Failure) -> String {
    let mut shown = format!("{failure} {failure:?} {failure:#?}");
    let mut cause = failure.source();
    while let Some(error) = cause {
        shown.push_str(&format!(" {error} {error:?}"));
        cause = error.source();
    }
    shown
}

fn assert_clean(shown: &str) {
    for hidden in HIDDEN {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}

fn odd(reply: &Reply) -> Result<u8, Failure> {
    reply.json::<u8>()
}

#[tokio::test]
async fn no_log_line_and_no_failure_holds_what_was_sent_or_received() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = subscriber.set_default();

    let erp = MockServer::start().await;
    let body = r#"{"nome":"Maria da Silva","cpf":"11144477735","fone":"5511987654321"}"#;
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_string(body)).mount(&erp).await;
    let cut = Server::playing([Play::Say(b"")]).await;
    let half = Server::playing([Play::Say(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nMaria da Silva")]).await;
    let garbage = Server::playing([Play::Say(b"Maria da Silva 11144477735\r\n\r\n")]).await;
    let odd_header = Server::playing([Play::Say(b"HTTP/1.1 200 OK\r\nMaria da Silva\r\n\r\n")]).await;
    let addresses =
        [erp.uri(), cut.url.clone(), half.url.clone(), garbage.url.clone(), odd_header.url.clone(), nobody().await];
    for address in addresses {
        let line: Line = line_to(address);
        assert_clean(&format!("{line:?}"));
        for ask in asks() {
            assert_clean(&format!("{ask:?} {ask:#?}"));
            assert_clean(&whole(&line.call(&ask, &trip(), odd).await.unwrap_err()));
        }
    }
    assert!(line_to(erp.uri()).call(&asks()[0], &trip(), text).await.is_ok());

    let logged = log.text();
    assert!(logged.contains("cliente.list") && logged.contains("req_test"), "the calls were logged at all: {logged}");
    // The mock server runs in threads of its own, so what it logs of its requests is not among these lines.
    assert_clean(&logged);
}

#[tokio::test]
async fn a_reply_and_its_settings_show_no_content() {
    let erp = MockServer::start().await;
    let answer = ResponseTemplate::new(200).insert_header("x-name", "Maria da Silva").set_body_string("11144477735");
    Mock::given(any()).respond_with(answer).mount(&erp).await;
    let shown = |reply: &Reply| Ok(format!("{reply:?}"));
    assert_clean(&line_to(erp.uri()).call(&asks()[0], &trip(), shown).await.unwrap());
}
