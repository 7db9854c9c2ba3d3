//! Titles and their codes, and the rows of other routes that are theirs.
#![allow(clippy::unwrap_used)]

use jiff::civil::date;
use ponte_domain::FailureKind;
use ponte_domain::invoice::{Availability, InvoiceFilter, InvoiceStatus};
use ponte_domain::reference::CustomerRef;

use super::passes;
use super::pix::Wire as PixWire;
use super::second_copy::{Reissue, Wire as CopyWire};
use super::title::{Alike, Code, Row, Title};
use crate::reading::text::Text;

const LINE: &str = "34190906461010000123845678901237116560000009990";
const BAR: &str = "34191165600000099900906410100001234567890123";

fn row(columns: &str) -> Result<Title, ponte_domain::Failure> {
    let json = format!(r#"{{"id":72554,"clienteContrato":17402,"dataVencimento":"2026-12-10",{columns}}}"#);
    let row: Row<'_> = serde_json::from_str(&json).unwrap();
    row.read(&CustomerRef::new("16957"), date(2026, 11, 20))
}

fn title(columns: &str) -> Title {
    row(columns).ok().unwrap()
}

#[test]
fn a_title_is_late_by_the_date_alone() {
    for (due, status, expected) in [
        ("2026-11-19", "aberto", InvoiceStatus::Overdue),
        ("2026-11-20", "aberto", InvoiceStatus::Open),
        ("2026-11-21", "aberto", InvoiceStatus::Open),
        ("2026-11-01", "pago", InvoiceStatus::Paid),
        ("2026-11-01", "cancelado", InvoiceStatus::Cancelled),
    ] {
        let json =
            format!(r#"{{"id":1,"clienteContrato":1,"status":"{status}","valor":89.9,"dataVencimento":"{due}"}}"#);
        let row: Row<'_> = serde_json::from_str(&json).unwrap();
        let title = row.read(&CustomerRef::new("1"), date(2026, 11, 20)).ok().unwrap();
        assert_eq!(title.invoice.status.value, expected, "{due} {status}");
    }
}

#[test]
fn a_version_may_call_its_columns_otherwise() {
    let read = |json: &str| {
        let row: Row<'_> = serde_json::from_str(json).unwrap();
        row.read(&CustomerRef::new("16957"), date(2026, 11, 20))
    };
    let other = format!(
        r#"{{"id":1,"cpfcnpj":"529.982.247-25","contrato":17402,"status":"aberto","valor":99.9,"vencimento":"2026-12-10",
        "linhadigitavel":"{LINE}","codigopix":"000201x"}}"#
    );
    let title = read(&other).ok().unwrap();
    assert_eq!(title.invoice.contract.as_ref().map(|id| id.as_str()), Some("17402"));
    assert_eq!(title.invoice.due_date, Some(date(2026, 12, 10)));
    assert_eq!((title.document.as_deref(), title.pix.as_deref()), (Some("529.982.247-25"), Some("000201x")));
    assert!(title.code.is_payable());
    let nobodys = read(r#"{"id":1,"status":"aberto","valor":1,"dataVencimento":"2026-12-10"}"#);
    assert_eq!(nobodys.err().unwrap().kind(), FailureKind::BrokenAnswer, "nobody's bill is not nobody has a bill");
}

#[test]
fn amounts_are_nominal_corrected_paid_and_left() {
    let open = title(r#""status":"aberto","valor":89.9,"valorCorrigido":92.1,"valorPago":"","valorPagoParcial":0"#);
    assert_eq!((open.invoice.amount.get(), open.invoice.updated_amount.unwrap().get()), (8990, 9210));
    assert_eq!((open.invoice.paid_amount, open.invoice.paid_on), (None, None));
    let paid = title(
        r#""status":"pago","valor":"100.00","valorCorrigido":100,"valorPago":"100.00","dataPagamento":"2026-11-09""#,
    );
    assert_eq!((paid.invoice.paid_amount.unwrap().get(), paid.invoice.updated_amount), (10000, None));
    assert_eq!(paid.invoice.paid_on.unwrap(), date(2026, 11, 9));
    assert_eq!((paid.invoice.boleto, paid.invoice.pix), (Availability::No, Availability::No));
    let part = title(r#""status":"aberto","valor":89.9,"valorCorrigido":92.1,"valorPagoParcial":"39.90""#);
    assert_eq!(part.invoice.updated_amount, None, "the whole again, as far as anybody knows");
    assert_eq!(part.invoice.status.value, InvoiceStatus::PartiallyPaid);
    assert_eq!((part.invoice.amount.get(), part.invoice.paid_amount.unwrap().get()), (5000, 3990));
    for broken in [
        r#""status":"aberto""#,
        r#""status":"aberto","valor":"89,90""#,
        r#""status":"aberto","valor":89.9,"valorPagoParcial":89.9"#,
        r#""status":"aberto","valor":89.9,"dataEmissao":"ontem""#,
    ] {
        assert_eq!(row(broken).err().unwrap().kind(), FailureKind::BrokenAnswer, "{broken}");
    }
}

#[test]
fn a_code_is_the_line_else_the_bar_code_and_no_placeholder() {
    let placeholder = format!("99999{}", "0".repeat(39));
    let cut = &BAR[..43];
    for (line, bar, expected) in [
        (LINE, "", "payable"),
        ("34190.90646 10100.001238 45678.901237 1 16560000009990", "", "payable"),
        ("", BAR, "payable"),
        ("None", BAR, "payable"),
        ("34190906461010000123845678901237116560000009991", BAR, "payable"),
        ("34190906461010000123845678901237116560000009991", "", "invalid"),
        ("", cut, "invalid"),
        ("", &placeholder, "absent"),
        ("", "", "absent"),
    ] {
        let code = Code::read(&Text::from(line), &Text::from(bar));
        let found = match &code {
            Code::Payable(line) => {
                assert_eq!(line.as_str(), LINE);
                "payable"
            }
            Code::Invalid => "invalid",
            Code::Absent => "absent",
        };
        assert_eq!(found, expected, "{line} {bar}");
    }
    let open = title(&format!(r#""status":"aberto","valor":99.9,"linhaDigitavel":"{LINE}","codigoPix":"""#));
    assert_eq!((open.invoice.boleto, open.invoice.pix), (Availability::Yes, Availability::Unknown));
}

#[test]
fn links_for_people_are_encrypted_ones_only() {
    let plain = title(r#""status":"aberto","valor":1,"link":"http://a/1/","link_cobranca":"http://a/c/1/""#);
    assert_eq!((plain.link.as_deref(), plain.payment_link), (Some("http://a/1/"), None));
    let safe = title(r#""status":"aberto","valor":1,"link_cobranca":"https://a/c/1/""#);
    assert_eq!(safe.payment_link.as_deref(), Some("https://a/c/1/"));
}

#[test]
fn a_row_of_another_route_is_matched_by_date_and_amount_before_ids() {
    let title = title(r#""status":"aberto","valor":99.9,"numeroDocumento":5101"#);
    let rows = |rows: &[(i8, i64, &'static str)]| {
        rows.iter().map(|(day, cents, name)| (*day, *cents, *name)).collect::<Vec<_>>()
    };
    fn facts<'r>(row: &'r (i8, i64, &'static str)) -> Alike<'r> {
        let nominal = Some(ponte_domain::money::Cents::new(row.1));
        Alike { due: Some(date(2026, 12, row.0)), nominal, names: [Some(row.2), None] }
    }
    for (given, expected) in [
        (rows(&[(10, 9990, "999")]), Some("999")),
        (rows(&[(10, 9990, "999"), (11, 9990, "72554")]), Some("999")),
        (rows(&[(10, 9990, "1"), (10, 9990, "5101")]), Some("5101")),
        (rows(&[(10, 9990, "1"), (10, 9990, "2")]), None),
        (rows(&[(11, 9990, "72554")]), None),
        (rows(&[(10, 9991, "72554")]), None),
        (rows(&[]), None),
    ] {
        assert_eq!(title.among(given.clone(), facts).map(|row| row.2), expected, "{given:?}");
    }
}

#[test]
fn a_second_copy_has_the_first_due_date_and_the_amount_of_today() {
    let read = |json: &str| serde_json::from_str::<CopyWire<'_>>(json).unwrap().read();
    let json = format!(
        r#"{{"status":1,"links":[{{"id":999,"fatura":5101,"vencimento":"2026-11-20","vencimento_original":"2026-12-10",
        "valor":103.1,"valor_original":99.9,"linhadigitavel":"{LINE}","codigopix":"","link":"https://a/b/"}}]}}"#
    );
    let copies = read(&json).ok().unwrap().unwrap();
    let title = title(r#""status":"aberto","valor":99.9"#);
    let copy: Reissue = title.among(copies, |copy| copy.alike()).unwrap();
    assert_eq!((copy.amount.unwrap().get(), copy.pix.as_deref()), (10310, None));
    assert!(copy.code.is_payable());
    assert_eq!(read(r#"{"status":0,"links":[]}"#).ok().unwrap().unwrap().len(), 0);
    assert_eq!(read(r#"{"status":0,"msg":"Há mais de um contrato"}"#).ok().unwrap().unwrap().len(), 0);
    assert!(read("{}").ok().unwrap().is_none(), "no answer");
}

#[test]
fn a_pix_code_has_six_names() {
    for name in ["pix", "codigoPix", "codigopix", "codigo", "qrcode", "emv"] {
        let json = format!(r#"{{"status":1,"{name}":"000201x"}}"#);
        let wire: PixWire<'_> = serde_json::from_str(&json).unwrap();
        assert_eq!(wire.read(), Some(Some(vec!["000201x".to_owned()])), "{name}");
    }
    let read = |json: &str| serde_json::from_str::<PixWire<'_>>(json).unwrap().read();
    assert_eq!(read(r#"{"status":0,"msg":"Título sem Pix"}"#), Some(None));
    assert_eq!(read(r#"{"pix":""}"#), None);
}

#[test]
fn a_filter_shows_what_it_says() {
    use InvoiceStatus::{Cancelled, Open, Overdue, Paid, PartiallyPaid, Unknown};
    for (filter, shown) in [
        (InvoiceFilter::Open, vec![Open, Overdue, PartiallyPaid]),
        (InvoiceFilter::Overdue, vec![Overdue]),
        (InvoiceFilter::Paid, vec![Paid]),
        (InvoiceFilter::All, vec![Open, Overdue, PartiallyPaid, Paid, Unknown]),
    ] {
        for status in [Open, Overdue, PartiallyPaid, Paid, Cancelled, Unknown] {
            assert_eq!(passes(filter, status), shown.contains(&status), "{filter:?} {status:?}");
        }
    }
}
