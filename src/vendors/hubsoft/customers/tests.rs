//! The readers of customers, and how they are searched.
#![allow(clippy::unwrap_used)]
use ponte_domain::FailureKind;
use ponte_domain::customer::{CustomerStatus, LookupKey};
use ponte_domain::dates::Zone;
use ponte_domain::document::Document;
use ponte_domain::phone::Phone;
use wiremock::Mock;
use wiremock::matchers::{path, query_param};

use super::row::{Person, Row};
use crate::erp::Customers as _;
use crate::hubsoft::Hubsoft;
use crate::hubsoft::testing::{Bench, customer, ok, service};

fn read(columns: &str) -> Result<Person, ponte_domain::Failure> {
    serde_json::from_str::<Row<'_>>(&format!(r#"{{"id_cliente":11201,{columns}}}"#)).unwrap().read(&Zone::default())
}

#[test]
fn empty_relations_of_all_forms_and_old_columns_are_read() {
    for columns in [
        r#""codigo_cliente":421,"servicos":[],"alerta_mensagens":[]"#,
        r#""codigo_cliente":"421","servicos":null,"alerta_mensagens":null,"grupos":null"#,
        r#""codigo_cliente":421,"servicos":"","alerta_mensagens":"","data_nascmento":"1969-12-31 04:00:00""#,
        r#""codigo_cliente":421,"grupos":[7,"x",{"id":1}]"#,
    ] {
        let person = read(columns).unwrap();
        assert_eq!((person.code(), person.services.len()), ("421", 0), "{columns}");
        assert_eq!(person.customer.status.value, CustomerStatus::Unknown);
    }
    assert_eq!(read(r#""nome_razaosocial":"X""#).err().unwrap().kind(), FailureKind::BrokenAnswer);
    let grouped = read(r#""codigo_cliente":1,"grupos":[{"id_grupo":3,"descricao":"Corporativo"}]"#).unwrap();
    assert_eq!(grouped.customer.person_group.as_deref(), Some("Corporativo"));
}

#[test]
fn names_phones_and_addresses_are_those_that_are_filled() {
    let person = read(
        r#""codigo_cliente":421,"ativo":true,"nome_razaosocial":"ANA SOUZA","cpf_cnpj":"52998224725","telefone_primario":"11999990001","telefone_secundario":"","telefone_terciario":null,"email_principal":"a@x.test","email_secundario":null"#,
    )
    .unwrap();
    assert_eq!(person.customer.status.value, CustomerStatus::Active);
    assert_eq!(person.customer.phones.len(), 1);
    assert_eq!(person.customer.emails, ["a@x.test"]);
    assert_eq!(person.customer.document.unwrap().as_str(), "52998224725");
}

#[tokio::test]
async fn every_default_is_written_out() {
    let bench = Bench::start().await;
    bench.answers("cliente", &customer("")).await;
    let key = LookupKey::Document(Document::parse("529.982.247-25").unwrap());
    assert_eq!(Hubsoft.lookup(&bench.call(), &key).await.unwrap().len(), 1);
    for (name, value) in [
        ("busca", "cpf_cnpj"),
        ("termo_busca", "52998224725"),
        ("limit", "100"),
        ("inativo", "todos"),
        ("cancelado", "sim"),
    ] {
        assert_eq!(bench.parameters("cliente", name).await, [value], "{name}");
    }
}

#[tokio::test]
async fn a_phone_is_searched_in_both_forms_and_compared_again() {
    let bench = Bench::start().await;
    bench.answers("cliente", &customer("")).await;
    let own = Phone::parse("+55 11 98765-4321").unwrap();
    assert_eq!(Hubsoft.lookup(&bench.call(), &LookupKey::Phone(own)).await.unwrap().len(), 1, "found twice, told once");
    let mut sent = bench.parameters("cliente", "termo_busca").await;
    sent.sort();
    assert_eq!(sent, ["1187654321", "11987654321"]);
    let other = Phone::parse("+55 21 98765-4321").unwrap();
    assert!(Hubsoft.lookup(&bench.call(), &LookupKey::Phone(other)).await.unwrap().is_empty());
}

#[tokio::test]
async fn where_the_row_does_not_say_the_inactive_are_asked_for() {
    for (inactive, expected) in
        [(r#"{"status":"success","clientes":[]}"#, CustomerStatus::Active), ("", CustomerStatus::Inactive)]
    {
        let bench = Bench::start().await;
        let old = customer("").replace(r#""ativo":true,"#, "");
        let inactive = if inactive.is_empty() { old.as_str() } else { inactive };
        for (state, body) in [("todos", old.as_str()), ("sim", inactive)] {
            Mock::given(path("/api/v1/integracao/cliente"))
                .and(query_param("inativo", state))
                .respond_with(ok(body))
                .mount(&bench.server)
                .await;
        }
        let key = LookupKey::Document(Document::parse("52998224725").unwrap());
        let found = Hubsoft.lookup(&bench.call(), &key).await.unwrap();
        assert_eq!(found[0].status.value, expected);
    }
}

#[tokio::test]
async fn what_cannot_be_searched_is_said_and_nothing_is_sent() {
    let bench = Bench::start().await;
    let letters = LookupKey::Document(Document::parse("12.ABC.345/01DE-35").unwrap());
    let failure = Hubsoft.lookup(&bench.call(), &letters).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::UnsupportedDocument);
    let word = LookupKey::VendorId("ana".into());
    assert!(Hubsoft.lookup(&bench.call(), &word).await.unwrap().is_empty());
    assert!(bench.requests("cliente").await.is_empty());
}

#[tokio::test]
async fn a_list_at_its_limit_is_no_whole_list() {
    let bench = Bench::start().await;
    let row = r#"{"id_cliente":1,"codigo_cliente":421,"ativo":true,"cpf_cnpj":"52998224725"}"#;
    let full = format!(r#"{{"status":"success","clientes":[{}]}}"#, vec![row; 100].join(","));
    bench.answers("cliente", &full).await;
    let key = LookupKey::Document(Document::parse("52998224725").unwrap());
    assert_eq!(Hubsoft.lookup(&bench.call(), &key).await.unwrap_err().kind(), FailureKind::BrokenAnswer);
}

#[test]
fn a_service_has_no_password_to_show() {
    let person = read(&format!(r#""codigo_cliente":421,"servicos":[{}]"#, service(r#""status_prefixo":"cancelado""#)));
    let shown = format!("{:?}", person.unwrap().services[0].contract(None));
    assert!(!shown.contains("segredo"), "{shown}");
}
