//! The dialect against a stub server, and the envelope on plain replies.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::borrow::Cow;

use ponte_domain::capability::Capability;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Reply;
use secrecy::SecretString;
use serde::Deserialize;
use wiremock::matchers::{body_partial_json, method};
use wiremock::{Mock, ResponseTemplate};

use super::{Answer, Need, Outcome, Page, Query, act, all_rows, print, replace, rows};
use crate::ixc::testing::{ABSENT, Bench, ok, page, token};
use crate::reading::text::Text;

const NEED: Need = Need::Required(Capability::Wifi);

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    id: Text<'a>,
}

fn ids(answer: &Answer<'_>) -> Result<Page<String>, Failure> {
    answer.page::<Row<'_>>()?.read(|row| Ok(row.id.word()))
}

fn of(reply: &Reply) -> Answer<'_> {
    Answer::of(reply, Capability::Wifi).unwrap()
}

fn read_ids(body: &str) -> Result<(Vec<String>, Option<u64>), Failure> {
    let reply = Reply::new(200, Some("text/html; charset=ISO-8859-1"), body.to_owned());
    ids(&of(&reply)).map(|page| (page.rows, page.total))
}

#[test]
fn a_list_is_read_in_every_shape_that_was_recorded() {
    for (body, expected, total) in [
        (r#"{"page":"1","total":"1","registros":[{"id":"7"}]}"#, vec!["7"], Some(1)),
        (r#"{"page":1,"total":1,"registros":[{"id":7,"senha":"x"}]}"#, vec!["7"], Some(1)),
        (r#"{"page":"1","total":"2","registros":{"0":{"id":"7"},"1":{"id":"8"}}}"#, vec!["7", "8"], Some(2)),
        (r#"{"page":"1","total":1,"rows":[{"id":"7","cell":["7"]}],"tot":[]}"#, vec!["7"], Some(1)),
        (r#"{"page":"1","total":1,"registros":[],"rows":[{"id":"7"}]}"#, vec!["7"], Some(1)),
        (r#"{"page":"1","total":"0"}"#, vec![], Some(0)),
        (r#"{"page":"1","total":0}"#, vec![], Some(0)),
        (r#"{"page":"1","total":"0","registros":[]}"#, vec![], Some(0)),
        (r#"{"page":"1","total":0,"registros":{}}"#, vec![], Some(0)),
        (r#"{"page":"1","total":0,"registros":null}"#, vec![], Some(0)),
        (r#"{"registros":[{"id":"7"}]}"#, vec!["7"], None),
        ("\u{feff} {\"total\":\"1\",\"registros\":[{\"id\":\"7\"}],\"future\":{\"a\":[1]}}", vec!["7"], Some(1)),
    ] {
        assert_eq!(read_ids(body).unwrap(), (expected.into_iter().map(str::to_owned).collect(), total), "{body}");
    }
}

#[test]
fn what_is_no_list_is_never_an_empty_one() {
    for (body, expected) in [
        (r#"{"type":"success","message":"Registro inserido com sucesso!","id":"5"}"#, FailureKind::BrokenAnswer),
        ("{}", FailureKind::BrokenAnswer),
        ("[]", FailureKind::BrokenAnswer),
        (r#"[{"id":"7"}]"#, FailureKind::BrokenAnswer),
        (r#"[{"tipo":"erro","mensagem":"Token inv\u00e1lido"}]"#, FailureKind::CredentialsRefused),
        ("", FailureKind::BrokenAnswer),
        (r#"{"page":"1","total":"2","registros":[{"id":"#, FailureKind::BrokenAnswer),
        (r#"{"page":"1","total":"2","registros":"none"}"#, FailureKind::BrokenAnswer),
        ("<div style=\"background:#FF0000\">Ocorreu um erro</div>", FailureKind::VendorFault),
        (
            r#"{"type":"error","message":"Ocorreu um erro ao processar. Contate o suporte IXC Soft.","id":"263521"}"#,
            FailureKind::VendorFault,
        ),
        (r#"{"type":"error","message":"Saida j\u00e1 est\u00e1 finalizada!"}"#, FailureKind::VendorFault),
        (r#"{"tipo":"erro","codigo":"999","mensagem":"x"}"#, FailureKind::VendorFault),
        (ABSENT, FailureKind::NotSupported(Capability::Wifi)),
        (
            r#"{"type":"error","message":"Seu IP n\u00e3o est\u00e1 liberado para efetuar login!"}"#,
            FailureKind::AccessBlocked,
        ),
    ] {
        assert_eq!(read_ids(body).unwrap_err().kind(), expected, "{body}");
    }
}

#[test]
fn an_unexpected_error_keeps_its_code_and_tells_the_log_no_names() {
    let failure =
        read_ids(r#"{"tipo":"erro","codigo":"999","mensagem":"Cliente Ana Souza<br /> 529.982.247-25 n\u00e3o pode"}"#)
            .unwrap_err();
    assert_eq!(failure.upstream().unwrap().code.as_deref(), Some("999"));
    assert_eq!(failure.context(), [("vendor_message", "… … … … não pode".to_owned())]);
}

#[test]
fn an_outcome_is_told_by_type_and_never_by_text() {
    let outcome = |body: &str| {
        let reply = Reply::new(200, None, body.to_owned());
        of(&reply).outcome()
    };
    let id = |body| match outcome(body).unwrap() {
        Outcome::Done { id } => id,
        Outcome::Denied(denial) => panic!("{denial:?}"),
    };
    assert_eq!(id(r#"{"type":"success","message":"Record successfully inserted!","id":"5"}"#).as_deref(), Some("5"));
    assert_eq!(id(r#"{"type":"success","message":"","id":2,"atualiza_campos":[{"tipo":"i"}]}"#).as_deref(), Some("2"));
    assert_eq!(id(r#"{"tipo":"sucesso"}"#), None);
    assert_eq!(id(r#"[{"tipo":"sucesso","mensagem":"x"}]"#), None);
    assert_eq!(id(r#"{"shape":"unknown"}"#), None);
    assert_eq!(id("[]"), None);
    for (body, code, message) in [
        (
            r#"{"type":"error","message":"Parcela j\u00e1 est\u00e1 recebida ou cancelada!<br />"}"#,
            None,
            "Parcela já está recebida ou cancelada!",
        ),
        (
            r#"{"tipo":"erro","codigo":"107","mensagem":"O contrato j&aacute; est&aacute; ativo"}"#,
            Some("107"),
            "O contrato já está ativo",
        ),
        (r#"[{"tipo":"erro","codigo":113,"mensagem":"x"}]"#, Some("113"), "x"),
    ] {
        match outcome(body).unwrap() {
            Outcome::Denied(denial) => assert_eq!((denial.code.as_deref(), denial.message.as_str()), (code, message)),
            Outcome::Done { .. } => panic!("{body}"),
        }
    }
    for body in ["", "ok", r#"{"type":"suc"#] {
        assert_eq!(outcome(body).unwrap_err().kind(), FailureKind::BrokenAnswer, "{body}");
    }
    assert_eq!(outcome("<html>").unwrap_err().kind(), FailureKind::VendorFault);
}

#[test]
fn a_document_is_one_by_its_content() {
    let document = |body: &str| {
        let reply = Reply::new(200, Some("text/html"), body.to_owned());
        of(&reply).document().map(|document| document.is_some())
    };
    for (body, expected) in [
        ("JVBERi0xLjQKeA==", true),
        ("JVBERi0xLjQKeA==\n", true),
        ("%PDF-1.4\n", true),
        (r#"{"base64":"JVBERi0xLjQKeA=="}"#, true),
        (r#"{"type":"error","message":"Nenhum boleto"}"#, false),
        ("", false),
        (" \n", false),
    ] {
        assert_eq!(document(body).unwrap(), expected, "{body}");
    }
    for body in ["<div>erro</div>", "Boleto indisponivel", r#"{"base64":"bm90"}"#, r#"{"other":1}"#] {
        assert_eq!(document(body).unwrap_err().kind(), FailureKind::VendorFault, "{body}");
    }
    assert_eq!(document(ABSENT).unwrap_err().kind(), FailureKind::NotSupported(Capability::Wifi));
}

#[test]
fn digits_are_found_in_a_bare_a_quoted_and_a_wrapped_number() {
    let digits = |body: &str| {
        let reply = Reply::new(200, None, body.to_owned());
        of(&reply).digits(8)
    };
    for (body, expected) in [
        ("202603000592", Some("202603000592")),
        ("\"202603000592\"\n", Some("202603000592")),
        (r#"{"type":"success","message":"Protocolo 1","protocolo":"202603000592"}"#, Some("202603000592")),
        (r#"{"type":"success","protocolo":202603000592}"#, Some("202603000592")),
        (r#"{"type":"error","message":"123456789"}"#, None),
        ("1234567", None),
        ("", None),
    ] {
        assert_eq!(digits(body).unwrap().as_deref(), expected, "{body}");
    }
    assert!(digits("<div style=\"background:#FF0000\">12345678</div>").is_err());
}

#[tokio::test]
async fn a_list_has_the_header_and_nothing_else_has() {
    let bench = Bench::start().await;
    bench.lists("cliente", &page(r#"{"id":"7"}"#)).await;
    bench.answers("cliente", r#"{"type":"success","message":"Registro inserido com sucesso!","id":"5"}"#).await;
    bench.answers("cliente/7", r#"{"type":"success","message":"Registro atualizado com sucesso!"}"#).await;
    let call = bench.call();
    assert_eq!(rows(&call, NEED, Query::equals("cliente", "id", "7"), ids).await.unwrap(), ["7"]);
    act(&call, NEED, "cliente.insert", Cow::Borrowed("cliente"), &serde_json::json!({"razao": "x"})).await.unwrap();
    replace(&call, NEED, "cliente.update", "cliente", "7", &serde_json::json!({"razao": "x"})).await.unwrap();
    let posted = bench.requests("cliente").await;
    let listed: Vec<bool> = posted.iter().map(|request| request.headers.contains_key("ixcsoft")).collect();
    assert_eq!(listed, [true, false]);
    let put = bench.requests("cliente/7").await;
    assert_eq!((put[0].method.as_str(), put[0].headers.contains_key("ixcsoft")), ("PUT", false));
    for request in posted.iter().chain(&put) {
        assert_eq!(request.headers["content-type"], "application/json");
        assert!(!request.url.as_str().contains('?'), "{}", request.url);
    }
}

#[tokio::test]
async fn every_shape_of_the_token_gives_the_same_header() {
    use base64::Engine as _;
    let encoded = base64::prelude::BASE64_STANDARD.encode(token());
    for shape in [token(), encoded.clone(), format!("Basic {encoded}")] {
        let mut bench = Bench::start().await;
        bench.tenant.credentials =
            ponte_domain::tenant::Credentials::new([("token".to_owned(), SecretString::from(shape))]);
        bench.lists("filial", &page(r#"{"id":"1"}"#)).await;
        rows(&bench.call(), NEED, Query::equals("filial", "id", "1"), ids).await.unwrap();
        let requests = bench.requests("filial").await;
        assert_eq!(requests[0].headers["authorization"], format!("Basic {encoded}"));
    }
}

#[tokio::test]
async fn all_pages_are_read_and_each_row_is_kept_once() {
    let bench = Bench::start().await;
    let numbered =
        |from: u32, to: u32| (from..to).map(|id| format!(r#"{{"id":"{id}"}}"#)).collect::<Vec<_>>().join(",");
    for (number, rows) in [("1", numbered(0, 100)), ("2", numbered(99, 130))] {
        let body = format!(r#"{{"page":"{number}","total":"131","registros":[{rows}]}}"#);
        let paged = body_partial_json(serde_json::json!({"page": number}));
        Mock::given(method("POST")).and(paged).respond_with(ok(&body)).expect(1).mount(&bench.server).await;
    }
    let found = all_rows(&bench.call(), NEED, Query::equals("fn_areceber", "id_cliente", "2"), |id: &String| id, ids)
        .await
        .unwrap();
    assert_eq!(found.len(), 130);
    assert_eq!(found.last().map(String::as_str), Some("129"));
}

#[tokio::test]
async fn a_vendor_that_ignores_the_page_is_not_asked_for_ever() {
    let bench = Bench::start().await;
    let body = format!(
        r#"{{"total":"500","registros":[{}]}}"#,
        (0..100).map(|id| format!(r#"{{"id":"{id}"}}"#)).collect::<Vec<_>>().join(",")
    );
    bench.lists("fn_areceber", &body).await;
    let found = all_rows(&bench.call(), NEED, Query::equals("fn_areceber", "id_cliente", "2"), |id: &String| id, ids)
        .await
        .unwrap();
    assert_eq!((found.len(), bench.requests("fn_areceber").await.len()), (100, 2));
}

#[tokio::test]
async fn a_page_that_fails_fails_the_list() {
    let bench = Bench::start().await;
    let first = format!(
        r#"{{"total":"130","registros":[{}]}}"#,
        (0..100).map(|id| format!(r#"{{"id":"{id}"}}"#)).collect::<Vec<_>>().join(",")
    );
    let paged = |number: &str| body_partial_json(serde_json::json!({"page": number}));
    Mock::given(paged("1")).respond_with(ok(&first)).mount(&bench.server).await;
    Mock::given(paged("2")).respond_with(ok("<div>Ocorreu um erro</div>")).mount(&bench.server).await;
    let found =
        all_rows(&bench.call(), NEED, Query::equals("fn_areceber", "id_cliente", "2"), |id: &String| id, ids).await;
    assert_eq!(found.unwrap_err().kind(), FailureKind::VendorFault);
}

#[tokio::test]
async fn a_route_that_is_not_there_is_asked_once_and_remembered() {
    let bench = Bench::start().await;
    bench.lists("acs_device_grid", ABSENT).await;
    let call = bench.call();
    let query = || Query::equals("acs_device", "id_login", "9").through("acs_device_grid");
    for _ in 0..2 {
        let failure = rows(&call, NEED, query(), ids).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::NotSupported(Capability::Wifi));
    }
    assert_eq!(bench.requests("acs_device_grid").await.len(), 1);
    assert!(bench.memory.missing(Capability::Wifi, call.now).is_some());
}

#[tokio::test]
async fn an_optional_route_that_is_not_there_leaves_the_capability() {
    let bench = Bench::start().await;
    bench.lists("filial", ABSENT).await;
    let call = bench.call();
    rows(&call, Need::Optional(Capability::Contracts), Query::equals("filial", "id", "1"), ids).await.unwrap_err();
    assert!(bench.memory.missing(Capability::Contracts, call.now).is_none());
    assert!(bench.memory.missing_route("filial", call.now).is_some());
}

#[tokio::test]
async fn a_route_found_missing_in_passing_is_missing_to_whom_it_is_required() {
    let bench = Bench::start().await;
    bench.lists("su_oss_assunto", ABSENT).await;
    let call = bench.call();
    for need in [Need::Optional(Capability::TicketList), Need::Required(Capability::TicketOpening)] {
        let failure = rows(&call, need, Query::equals("su_oss_assunto", "id", "1"), ids).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::NotSupported(need.capability()));
    }
    assert_eq!(bench.requests("su_oss_assunto").await.len(), 1);
    let missing: Vec<_> = bench.memory.all_missing(call.now).into_iter().map(|(capability, _)| capability).collect();
    assert_eq!(missing, [Capability::TicketOpening]);
}

#[tokio::test]
async fn a_permission_that_lacks_is_the_same_trouble_each_time() {
    let bench = Bench::start().await;
    bench.lists("filial", r#"{"type":"error","message":"Usu\u00e1rio sem permiss\u00e3o"}"#).await;
    for _ in 0..2 {
        let need = Need::Optional(Capability::Contracts);
        let failure = rows(&bench.call(), need, Query::equals("filial", "id", "1"), ids).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::AccessBlocked);
        assert_eq!(failure.context(), [("reason", "permission".to_owned())]);
    }
    assert_eq!(bench.requests("filial").await.len(), 1);
}

#[tokio::test]
async fn reads_are_tried_again_and_acts_are_not() {
    let bench = Bench::start().await;
    let once = ResponseTemplate::new(504).set_body_string("<div>504</div>");
    Mock::given(method("POST")).respond_with(once).up_to_n_times(1).mount(&bench.server).await;
    bench.lists("cliente", &page(r#"{"id":"7"}"#)).await;
    assert_eq!(rows(&bench.call(), NEED, Query::equals("cliente", "id", "7"), ids).await.unwrap(), ["7"]);
    bench.server.reset().await;
    Mock::given(method("POST")).respond_with(ResponseTemplate::new(504)).expect(1).mount(&bench.server).await;
    let failure = act(&bench.call(), NEED, "su_ticket.insert", Cow::Borrowed("su_ticket"), &serde_json::json!({}))
        .await
        .unwrap_err();
    assert_eq!(failure.kind(), FailureKind::OutcomeUnknown);
}

#[tokio::test]
async fn a_print_is_read_by_its_content() {
    let bench = Bench::start().await;
    bench.answers("get_boleto", "JVBERi0xLjQKeA==").await;
    let body = serde_json::json!({"boletos": "1"});
    let document = print(&bench.call(), NEED, "get_boleto", Cow::Borrowed("get_boleto"), &body).await.unwrap();
    assert_eq!(document.unwrap().bytes(), b"%PDF-1.4\nx");
}
