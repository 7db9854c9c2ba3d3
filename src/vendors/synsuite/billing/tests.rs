//! Titles, their codes and their documents.

#![allow(clippy::unwrap_used)]

use ponte_domain::FailureKind;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{Availability, InvoiceStatus, NoBoleto, NoPix};
use ponte_transport::Reply;

use super::slip::{boleto, document};
use super::title::List;
use super::{pix, title};

const LINE: &str = "34190.90646 10100.001238 45678.901237 1 16560000009990";
const PIX: &str = "00020101021226830014br.gov.bcb.pix2561pix.example.com.br/qr/v2/7f3c9a52-2f7e-4a8b-9d0e-1c2b3a4d5e6f520400005303986540599.905802BR5921PROVEDOR EXEMPLO LTDA6012PORTO ALEGRE62070503***6304D03F";

fn of(billet: &str) -> title::Title {
    title::read(&format!(r#"{{"id":700011,"billet":{{{billet}}}}}"#), List::Open).unwrap()
}

#[test]
fn an_open_title_has_its_nominal_and_its_charged_amount() {
    let found = of(&format!(
        r#""bankTitleNumber":null,"barcode":null,"typefulLine":"{LINE}","pixQRCode":"{PIX}","title":"FAT00000000700011",
        "issueDate":"2026-11-20","expirationDate":"2026-12-10","amount":{{"value":99.90,"finalValue":101.899,"fine":2,"interest":0,"discount":0}}"#
    ));
    let invoice = &found.invoice;
    assert_eq!((invoice.amount.get(), invoice.updated_amount.unwrap().get()), (9990, 10_190));
    assert_eq!((invoice.status.value, invoice.number.as_deref()), (InvoiceStatus::Open, Some("FAT00000000700011")));
    assert_eq!((invoice.boleto, invoice.pix), (Availability::Yes, Availability::Yes));
    let line = boleto(&found).unwrap().line.unwrap();
    assert_eq!(line.bar_code().as_str(), "34191165600000099900906410100001234567890123", "the barcode of the line");
}

#[test]
fn late_is_decided_by_the_tenants_date() {
    for (due, status, expected) in [
        ("2026-11-20", "", InvoiceStatus::Open),
        ("2026-11-19", "", InvoiceStatus::Overdue),
        ("2026-11-19", "Em aberto", InvoiceStatus::Overdue),
        ("2026-11-20", "Vencida", InvoiceStatus::Open),
        ("2026-11-19", "Negociada", InvoiceStatus::Unknown),
    ] {
        let found = of(&format!(r#""status":"{status}","expirationDate":"{due}","amount":{{"finalValue":1}}"#));
        assert_eq!(found.invoice.status.value, expected, "{due} {status}");
    }
}

#[test]
fn the_status_stands_inside_or_beside_and_receipts_tell_the_payment() {
    let amount = r#""amount":{"value":99.90,"originalValue":99.90,"finalValue":0},"receipts":[{"ammount":60,"receiptDate":"2026-11-08"},{"ammount":39.90,"receiptDate":"2026-11-09T00:00:00"}]"#;
    let inside = of(&format!(r#""status":"Paga","expirationDate":"2026-11-10",{amount}"#));
    let beside = format!(r#"{{"id":1,"status":"Paga","billet":{{"expirationDate":"2026-11-10",{amount}}}}}"#);
    let beside = title::read(&beside, List::All).unwrap();
    for found in [inside, beside] {
        let invoice = found.invoice;
        assert_eq!((invoice.status.value, invoice.amount.get()), (InvoiceStatus::Paid, 9990));
        assert_eq!(
            (invoice.paid_amount.unwrap().get(), invoice.paid_on.unwrap().to_string().as_str()),
            (9990, "2026-11-09")
        );
        assert_eq!((invoice.boleto, invoice.pix, invoice.updated_amount), (Availability::No, Availability::No, None));
    }
}

#[test]
fn a_partly_paid_title_is_charged_for_its_rest() {
    let receipts =
        r#""expirationDate":"2026-12-10","amount":{"value":100,"finalValue":70},"receipts":[{"ammount":30}]"#;
    for (billet, rest) in [(format!(r#""balance":65,{receipts}"#), 6500), (receipts.to_owned(), 7000)] {
        let invoice = of(&billet).invoice;
        assert_eq!((invoice.status.value, invoice.amount.get()), (InvoiceStatus::PartiallyPaid, rest));
    }
}

#[test]
fn a_title_that_is_not_registered_or_has_a_wrong_code_has_no_boleto() {
    let base = r#""expirationDate":"2026-12-10","amount":{"value":99.90,"finalValue":99.90}"#;
    let bare = of(&format!(r#""typefulLine":"","pixQRCode":"","barcode":null,{base}"#));
    assert_eq!((bare.invoice.boleto, bare.invoice.pix), (Availability::Unknown, Availability::Unknown));
    assert_eq!(boleto(&bare).unwrap_err(), NoBoleto::InvoiceNotRegistered);
    let wrong = of(&format!(r#""typefulLine":"34190.90646 10100.001238 45678.901237 2 16560000009990",{base}"#));
    assert_eq!((boleto(&wrong).unwrap_err(), wrong.invoice.boleto), (NoBoleto::InvalidCode, Availability::No));
    let by_bars = of(&format!(r#""typefulLine":null,"barcode":"34191165600000099900906410100001234567890123",{base}"#));
    assert_eq!(boleto(&by_bars).unwrap().line.unwrap().as_str(), "34190906461010000123845678901237116560000009990");
}

#[test]
fn what_is_no_amount_date_or_id_is_broken() {
    for json in [
        r#"{"billet":{"expirationDate":"2026-12-10","amount":{"finalValue":1}}}"#,
        r#"{"id":1,"billet":{"amount":{"finalValue":1}}}"#,
        r#"{"id":1,"billet":{"expirationDate":"breve","amount":{"finalValue":1}}}"#,
        r#"{"id":1,"billet":{"expirationDate":"2026-12-10"}}"#,
        r#"{"id":1,"billet":{"expirationDate":"2026-12-10","amount":{"finalValue":"99,90"}}}"#,
        r#"{"id":1}"#,
    ] {
        assert_eq!(title::read(json, List::Open).err().unwrap().kind(), FailureKind::BrokenAnswer, "{json}");
    }
}

#[test]
fn a_pix_code_is_checked() {
    assert_eq!(pix::read(PIX).unwrap().code.amount().unwrap().get(), 9990);
    let wrong = PIX.replace("D03F", "D03E");
    assert_eq!(pix::read(&wrong).unwrap_err(), NoPix::InvalidCode);
    let base = r#""expirationDate":"2026-12-10","amount":{"value":99.90,"finalValue":99.90}"#;
    assert_eq!(of(&format!(r#""pixQRCode":"{wrong}",{base}"#)).invoice.pix, Availability::No);
}

#[test]
fn a_document_is_one_by_its_first_bytes() {
    let pdf = |status: u16, body: &str| document(&Reply::new(status, Some("application/pdf"), body.to_owned()));
    assert!(pdf(200, "%PDF-1.4\n%%EOF").is_ok());
    for (status, body, expected) in [
        (
            200,
            r#"{"success":false,"messages":"Título sem boleto.","response":null}"#,
            FailureKind::NotFound(Subject::Document),
        ),
        (
            200,
            r#"{"success":true,"messages":"Registro não encontrado.","response":null}"#,
            FailureKind::NotFound(Subject::Document),
        ),
        (200, "", FailureKind::NotFound(Subject::Document)),
        (404, "<html>", FailureKind::NotFound(Subject::Document)),
        (200, "<html>", FailureKind::VendorFault),
        (200, r#"{"success":true,"messages":null,"response":{"x":1}}"#, FailureKind::VendorFault),
    ] {
        assert_eq!(pdf(status, body).err().unwrap().kind(), expected, "{body}");
    }
}

#[test]
fn a_title_without_a_status_is_open_on_the_list_of_open_ones_only() {
    let json = r#"{"id":1,"billet":{"expirationDate":"2026-11-10","amount":{"value":99.90,"finalValue":99.90}}}"#;
    let open = title::read(json, List::Open).unwrap();
    assert_eq!((open.invoice.status.value, open.is_payable()), (InvoiceStatus::Overdue, true));
    let all = title::read(json, List::All).unwrap();
    assert_eq!((all.invoice.status.value, all.is_payable()), (InvoiceStatus::Unknown, false));
}
