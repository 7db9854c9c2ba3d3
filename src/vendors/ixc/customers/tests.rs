//! Look-up: which rows are found, in which order, with how many calls.
#![allow(clippy::unwrap_used)]

use ponte_domain::FailureKind;
use ponte_domain::customer::{CustomerStatus, LookupKey};
use ponte_domain::document::Document;
use ponte_domain::phone::Phone;
use ponte_domain::reference::{CustomerRef, VendorId};

use super::{Row, tails};
use crate::erp::Customers as _;
use crate::ixc::Ixc;
use crate::ixc::testing::{Bench, page};

const NOBODY: &str = r#"{"page":"1","total":"0"}"#;
const ANA: &str = r#"{"id":"2","ativo":"S","crm":"N","razao":"Ana Souza","cnpj_cpf":"529.982.247-25","senha":"s3cret","telefone_celular":"(11) 98765-4321","whatsapp":"11987654321","email":"outra@example.com; ana@example.com","hotsite_email":"ana@example.com","filial_id":"0","id_tipo_cliente":"3"}"#;

fn document() -> LookupKey {
    LookupKey::Document(Document::parse("52998224725").unwrap())
}

async fn ids(bench: &Bench, key: &LookupKey) -> Vec<String> {
    let found = Ixc.lookup(&bench.call(), key).await.unwrap();
    found.into_iter().map(|customer| customer.reference.id.as_str().to_owned()).collect()
}

#[test]
fn a_row_becomes_a_customer_without_its_password() {
    let person = serde_json::from_str::<Row<'_>>(ANA).unwrap().read().unwrap();
    let customer = &person.customer;
    assert_eq!((customer.name.as_str(), customer.status.value), ("Ana Souza", CustomerStatus::Active));
    assert_eq!(customer.document.as_ref().unwrap().as_str(), "52998224725");
    assert_eq!(customer.phones.iter().map(Phone::e164).collect::<Vec<_>>(), ["+5511987654321"]);
    assert_eq!(customer.emails, ["outra@example.com", "ana@example.com"]);
    assert_eq!((customer.branch.as_deref(), customer.person_group.as_deref()), (None, Some("3")));
}

#[test]
fn odd_rows_are_read_as_far_as_they_go() {
    let read = |json| serde_json::from_str::<Row<'_>>(json).unwrap().read();
    let bare = read(r#"{"id":7,"razao":"","fantasia":"Loja &amp; Cia<br/>","cnpj_cpf":"","filial_id":1,"ativo":null,"telefone_celular":[]}"#).unwrap();
    assert_eq!((bare.customer.name.as_str(), bare.customer.branch.as_deref()), ("Loja & Cia", Some("1")));
    assert_eq!((bare.customer.document, bare.customer.status.value), (None, CustomerStatus::Unknown));
    assert_eq!(read(r#"{"razao":"x"}"#).err().unwrap().kind(), FailureKind::BrokenAnswer);
}

#[tokio::test]
async fn a_document_is_asked_masked_first_and_bare_only_after_a_miss() {
    let bench = Bench::start().await;
    bench.lists_by("cliente", "cliente.cnpj_cpf", "529.982.247-25", &page(ANA)).await;
    assert_eq!(ids(&bench, &document()).await, ["2"]);
    assert_eq!(bench.requests("cliente").await.len(), 1);

    let bench = Bench::start().await;
    bench.lists_by("cliente", "cliente.cnpj_cpf", "529.982.247-25", NOBODY).await;
    bench.lists_by("cliente", "cliente.cnpj_cpf", "52998224725", &page(ANA)).await;
    assert_eq!(ids(&bench, &document()).await, ["2"]);
    assert_eq!(bench.requests("cliente").await.len(), 2);
}

#[tokio::test]
async fn a_row_with_another_document_is_not_the_one() {
    let bench = Bench::start().await;
    bench.lists("cliente", &page(r#"{"id":"9","ativo":"S","cnpj_cpf":"111.444.777-35"}"#)).await;
    assert!(ids(&bench, &document()).await.is_empty());
}

#[tokio::test]
async fn of_several_rows_the_active_one_comes_first() {
    let bench = Bench::start().await;
    let row = |id: &str, active: &str, prospect: &str| {
        format!(r#"{{"id":"{id}","ativo":"{active}","crm":"{prospect}","cnpj_cpf":"529.982.247-25"}}"#)
    };
    bench.lists("cliente", &page(&[row("1", "N", "N"), row("2", "S", "S"), row("3", "S", "N")].join(","))).await;
    assert_eq!(ids(&bench, &document()).await, ["3", "2", "1"]);
}

#[tokio::test]
async fn letters_of_a_cnpj_are_sent_and_compared() {
    let bench = Bench::start().await;
    bench
        .lists_by(
            "cliente",
            "cliente.cnpj_cpf",
            "12.ABC.345/01DE-35",
            &page(r#"{"id":"5","ativo":"S","cnpj_cpf":"12.abc.345/01de-35"}"#),
        )
        .await;
    assert_eq!(ids(&bench, &LookupKey::Document(Document::parse("12abc34501de35").unwrap())).await, ["5"]);
}

#[test]
fn the_tail_occurs_in_every_way_of_writing_either_form() {
    let [hyphen, bare] = tails(&Phone::parse("555481234567").unwrap());
    assert_eq!((hyphen.as_str(), bare.as_str()), ("8123-4567", "81234567"));
    for written in ["(54) 98123-4567", "(54) 8123-4567", "54981234567", "+55 54 9 8123-4567", "5481234567"] {
        assert!(written.contains(&hyphen) || written.contains(&bare), "{written}");
    }
}

#[tokio::test]
async fn a_phone_is_verified_with_its_area_code_in_both_forms() {
    let bench = Bench::start().await;
    let same_tail = r#"{"id":"8","ativo":"S","whatsapp":"(51) 98123-4567"}"#;
    let old_form = r#"{"id":"3","ativo":"S","whatsapp":"5481234567"}"#;
    bench.lists_by("cliente", "cliente.whatsapp", "81234567", &page(&format!("{same_tail},{old_form}"))).await;
    bench.lists_by("cliente", "cliente.whatsapp", "8123-4567", &page(same_tail)).await;
    bench.lists("cliente", NOBODY).await;
    let key = LookupKey::Phone(Phone::parse("(54) 98123-4567").unwrap());
    assert_eq!(ids(&bench, &key).await, ["3"]);
    assert_eq!(bench.requests("cliente").await.len(), 4, "the columns of landlines are not asked after a hit");
}

#[tokio::test]
async fn an_address_is_one_among_several_or_the_portals() {
    let bench = Bench::start().await;
    bench.lists_by("cliente", "cliente.email", "ana@example.com", &page(ANA)).await;
    assert_eq!(ids(&bench, &LookupKey::Email("ana@example.com".to_owned())).await, ["2"]);
    bench.lists_by("cliente", "cliente.email", "na@example.com", &page(ANA)).await;
    bench.lists_by("cliente", "cliente.hotsite_email", "na@example.com", NOBODY).await;
    assert!(
        ids(&bench, &LookupKey::Email("na@example.com".to_owned())).await.is_empty(),
        "a part of an address is none"
    );
}

#[tokio::test]
async fn an_id_that_is_no_number_is_nobodys_and_is_not_asked() {
    let bench = Bench::start().await;
    bench.lists("cliente", &page(ANA)).await;
    assert!(ids(&bench, &LookupKey::VendorId(VendorId::from("2 or 1=1"))).await.is_empty());
    assert!(bench.requests("cliente").await.is_empty());
    assert!(Ixc.customer(&bench.call(), &CustomerRef::new("2")).await.is_ok());
    let other = Ixc.customer(&bench.call(), &CustomerRef::new("3")).await;
    assert!(matches!(other.unwrap_err().kind(), FailureKind::NotFound(_)), "the filter was ignored");
}

#[tokio::test]
async fn the_name_of_a_branch_is_asked_once() {
    let bench = Bench::start().await;
    bench.lists("cliente", &page(r#"{"id":"2","ativo":"S","filial_id":"1"}"#)).await;
    bench.lists("filial", &page(r#"{"id":"1","fantasia":"Centro"}"#)).await;
    for _ in 0..2 {
        let customer = Ixc.customer(&bench.call(), &CustomerRef::new("2")).await.unwrap();
        assert_eq!(customer.branch.as_deref(), Some("Centro"));
    }
    assert_eq!(bench.requests("filial").await.len(), 1);
}
