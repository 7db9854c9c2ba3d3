//! People: registrations, phones and what is masked.
#![allow(clippy::unwrap_used)]
use ponte_domain::customer::{Customer, CustomerStatus, LookupKey};
use ponte_domain::document::Document;
use ponte_domain::phone::Phone;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Reply;

use super::{BY_DOCUMENT, local_forms, registrations};
use crate::erp::Customers as _;
use crate::mk_solutions::MkSolutions;
use crate::mk_solutions::dialect::Answer;
use crate::mk_solutions::testing::{Bench, NOTHING};

fn read(body: &str, document: &str) -> Result<Vec<Customer>, Failure> {
    let reply = Reply::new(200, None, body.to_owned());
    let answer = Answer::of(&reply, BY_DOCUMENT, ponte_domain::capability::Capability::CustomerLookup)?;
    registrations(&answer, &Document::parse(document).unwrap())
}

const TWO: &str = r#"{"CEP":"96800-000","CodigoPessoa":20311,"Email":"maria@example.com; m@example.com","Fone":"(51) 99999-0001","Nome":"MARIA",
    "Outros":[{"CodigoPessoa":"17645","Nome":"MARIA","Fone":"","Situacao":"Ativo"},{"CodigoPessoa":20311,"Nome":"MARIA","Situacao":"Inativo"}],
    "PassSAC":"segredo","Situacao":"Inativo","status":"OK"}"#;

#[test]
fn all_registrations_of_a_document_are_read_once_each() {
    let found = read(TWO, "529.982.247-25").unwrap();
    let told: Vec<_> = found.iter().map(|one| (one.reference.id.as_str(), one.status.value)).collect();
    assert_eq!(told, [("20311", CustomerStatus::Inactive), ("17645", CustomerStatus::Active)]);
    assert_eq!(found[0].document.as_ref().unwrap().as_str(), "52998224725", "copied, since it is not echoed");
    assert_eq!(found[0].emails, ["maria@example.com", "m@example.com"]);
    assert_eq!(found[0].phones[0].e164(), "+5551999990001");
    assert!(!format!("{found:?}").contains("MARIA"));
}

#[test]
fn nobody_and_a_document_that_the_erp_does_not_take_are_told_apart() {
    let invalid = r#"{"Mensagem":"Documento inválido.","Num. ERRO":"002","status":"ERRO"}"#;
    assert_eq!(read(NOTHING, "529.982.247-25").unwrap(), []);
    let failure = read(invalid, "529.982.247-25").unwrap_err();
    assert_eq!((failure.kind(), failure.field()), (FailureKind::InvalidInput, Some("document")));
    assert_eq!(read(invalid, "12.ABC.345/01DE-35").unwrap_err().kind(), FailureKind::UnsupportedDocument);
    assert_eq!(read(r#"{"status":"OK"}"#, "529.982.247-25").unwrap_err().kind(), FailureKind::BrokenAnswer);
}

#[test]
fn a_mobile_is_asked_for_with_its_ninth_digit_and_without() {
    let forms = |text: &str| local_forms(&Phone::parse(text).unwrap());
    assert_eq!(forms("+55 54 98123-4567"), ["981234567", "81234567"]);
    assert_eq!(forms("555481234567"), ["981234567", "81234567"]);
    assert_eq!(forms("(41) 3333-0002"), ["33330002"]);
}

#[tokio::test]
async fn of_two_active_registrations_the_one_with_connections_is_first() {
    let bench = Bench::start().await;
    bench
        .answers(
            "WSMKConsultaDoc",
            r#"{"CodigoPessoa":1,"Nome":"ANA","Situacao":"Ativo","Outros":[{"CodigoPessoa":2,"Nome":"ANA","Situacao":"Ativo"}],"status":"OK"}"#,
        )
        .await;
    bench.answers_once("WSMKConexoesPorCliente", r#"{"Conexoes":[],"status":"OK"}"#).await;
    bench.answers("WSMKConexoesPorCliente", r#"{"Conexoes":[{"codconexao":9}],"status":"OK"}"#).await;
    let key = LookupKey::Document(Document::parse("529.982.247-25").unwrap());
    let found = MkSolutions.lookup(&bench.call(), &key).await.unwrap();
    let asked = bench.params("WSMKConexoesPorCliente", "cd_cliente").await;
    // Both are asked at once: whoever came first at the server got the empty list.
    let connected = if asked[0] == "1" { "2" } else { "1" };
    assert_eq!(found[0].reference.id.as_str(), connected);
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn a_person_found_by_phone_is_read_again_and_must_hold_the_phone() {
    let bench = Bench::start().await;
    bench.answers("core-api/pessoas/telefone", r#"[{"id":1,"fone":"5481234567"},{"codpessoa":"2","fone":""}]"#).await;
    bench
        .answers(
            "WSMKConsultaClientes",
            r#"{"Clientes":[{"CodigoPessoa":1,"Nome":"BRUNO","CPF_CNPJ":"111.444.777-35","Situacao":"Ativo"},{"CodigoPessoa":2,"Nome":"OUTRO","Fone":"(54) 98000-0000","Situacao":"Ativo"}]}"#,
        )
        .await;
    let key = LookupKey::Phone(Phone::parse("+5554981234567").unwrap());
    let found = MkSolutions.lookup(&bench.call(), &key).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].name.as_str(), found[0].document.is_some()), ("BRUNO", true));
    assert_eq!(bench.params("core-api/pessoas/telefone", "fone").await, ["981234567", "81234567"]);
    assert_eq!(bench.params("core-api/pessoas/telefone", "ddd").await, ["54", "54"]);
}

#[tokio::test]
async fn without_the_core_api_a_phone_cannot_be_looked_up_and_a_document_can() {
    let bench = Bench::start().await;
    bench.answers("WSMKConsultaDoc", NOTHING).await;
    let call = bench.call();
    let phone = LookupKey::Phone(Phone::parse("+5554981234567").unwrap());
    let failure = MkSolutions.lookup(&call, &phone).await.unwrap_err();
    assert!(matches!(failure.kind(), FailureKind::NotSupported(_)), "{failure:?}");
    assert!(MkSolutions.lookup(&call, &phone).await.is_err());
    assert_eq!(bench.requests("core-api/pessoas/telefone").await.len(), 1, "remembered");
    let document = LookupKey::Document(Document::parse("529.982.247-25").unwrap());
    assert!(MkSolutions.lookup(&call, &document).await.unwrap().is_empty());
    assert!(bench.memory.all_missing(call.now).is_empty());
}

#[tokio::test]
async fn a_list_that_ignores_the_number_is_no_answer_and_strangers_are_not_read() {
    let bench = Bench::start().await;
    let person = |id: u32, phone: &str| format!(r#"{{"id":{id},"fone":"{phone}"}}"#);
    let strangers: Vec<String> = (1..40).map(|id| person(id, "54980000000")).collect();
    bench.answers_once("core-api/pessoas/telefone", &format!("[{}]", strangers.join(","))).await;
    bench.answers("core-api/pessoas/telefone", "[]").await;
    let key = LookupKey::Phone(Phone::parse("+5554981234567").unwrap());
    assert!(MkSolutions.lookup(&bench.call(), &key).await.unwrap().is_empty());
    assert!(bench.requests("WSMKConsultaClientes").await.is_empty());
    let silent = Bench::start().await;
    let people: Vec<String> = (1..40).map(|id| person(id, "")).collect();
    silent.answers("core-api/pessoas/telefone", &format!("[{}]", people.join(","))).await;
    let failure = MkSolutions.lookup(&silent.call(), &key).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::BrokenAnswer);
}
