//! The readers of invoices, and the walk through a list that is cut at its limit.
#![allow(clippy::unwrap_used)]
use jiff::civil::date;
use ponte_domain::FailureKind;
use ponte_domain::invoice::{Availability, InvoiceFilter, InvoiceStatus, NoBoleto, NoPix};
use ponte_domain::reference::CustomerRef;

use super::title::{Body, Title};
use crate::erp::Billing as _;
use crate::hubsoft::Hubsoft;
use crate::hubsoft::testing::{Bench, ok};
use wiremock::matchers::{path, query_param};
use wiremock::{Mock, ResponseTemplate};

const LINE: &str = "34190.90646 10100.001238 45678.901237 1 16560000009990";
const PIX: &str = "00020101021226830014br.gov.bcb.pix2561pix.example.com.br/qr/v2/7f3c9a52-2f7e-4a8b-9d0e-1c2b3a4d5e6f520400005303986540599.905802BR5921PROVEDOR EXEMPLO LTDA6012PORTO ALEGRE62070503***6304D03F";

fn read(columns: &str) -> Result<Option<Title>, ponte_domain::Failure> {
    let json = format!(r#"{{"faturas":[{{"id_fatura":36403,{columns}}}]}}"#);
    let body: Body<'_> = serde_json::from_str(&json).unwrap();
    let row = body.faturas.unwrap().0.pop().unwrap();
    row.read(&CustomerRef::new("421"), date(2026, 11, 20))
}

fn title(columns: &str) -> Title {
    read(&format!(r#""valor":99.9,"data_vencimento":"10/12/2026",{columns}"#)).unwrap().unwrap()
}

#[test]
fn a_status_is_told_by_flags_and_dates_and_never_by_an_unknown_word() {
    use InvoiceStatus::{Cancelled, Open, Overdue, Paid};
    for (columns, expected) in [
        (r#""data_vencimento":"10/12/2026""#, Open),
        (r#""data_vencimento":"20/11/2026""#, Open),
        (r#""data_vencimento":"19/11/2026""#, Overdue),
        (r#""data_vencimento":"19/11/2026","quitado":false,"status":"vencido""#, Overdue),
        (r#""data_vencimento":"10/12/2026","status":"vencido""#, Open),
        (r#""data_vencimento":"10/12/2026","status":"pago""#, Open),
        (r#""data_vencimento":"19/11/2026","quitado":true"#, Paid),
        (r#""data_vencimento":"19/11/2026","data_pagamento":"18/11/2026""#, Paid),
        (r#""data_vencimento":"19/11/2026","status":"cancelada""#, Cancelled),
    ] {
        let title = read(&format!(r#""valor":89.9,{columns}"#)).unwrap().unwrap();
        assert_eq!(title.invoice.status.value, expected, "{columns}");
    }
    let paid = title(r#""quitado":true,"valor_pago":101.5,"data_pagamento":"12/12/2026""#).invoice;
    assert_eq!(paid.paid_amount.unwrap().get(), 10_150);
    assert_eq!(paid.paid_on, Some(date(2026, 12, 12)));
}

#[test]
fn a_slip_is_its_line_or_its_bars_or_a_reason() {
    let line = title(&format!(r#""linha_digitavel":"{LINE}","link":"https://x.test/pdf/1""#));
    let boleto = line.boleto.unwrap();
    assert_eq!(boleto.line.unwrap().as_str(), LINE.replace(['.', ' '], ""));
    assert_eq!((boleto.pdf, line.invoice.boleto), (Availability::Yes, Availability::Yes));
    let bars = title(r#""codigo_barras":"34191165600000099900906410100001234567890123""#).boleto.unwrap();
    assert_eq!((bars.line.is_some(), bars.pdf), (true, Availability::No));
    for (columns, expected) in [
        (r#""tipo_cobranca":"debito_conta_corrente","linha_digitavel":null,"link":null"#, NoBoleto::OtherPaymentMethod),
        (r#""tipo_cobranca":"boleto_bancario","linha_digitavel":null"#, NoBoleto::InvoiceNotRegistered),
        (r#""linha_digitavel":"34190.90646 10100.001239""#, NoBoleto::InvalidCode),
    ] {
        assert_eq!(title(columns).boleto.unwrap_err(), expected, "{columns}");
    }
}

#[test]
fn a_pix_text_is_there_or_its_absence_has_a_reason() {
    let payable = title(&format!(r#""linha_digitavel":"{LINE}","pix_copia_cola":"{PIX}""#));
    assert_eq!(payable.pix.unwrap().code.amount().unwrap().get(), 9990);
    for (columns, expected) in [
        (format!(r#""linha_digitavel":"{LINE}","pix_copia_cola":null"#), NoPix::BankWithoutPix),
        (format!(r#""linha_digitavel":"{LINE}","pix_copia_cola":"""#), NoPix::BankWithoutPix),
        (r#""linha_digitavel":null,"pix_copia_cola":null"#.to_owned(), NoPix::InvoiceNotRegistered),
        (format!(r#""linha_digitavel":"{LINE}""#), NoPix::VendorWithoutPix),
        (r#""tipo_cobranca":"debito_conta_corrente","pix_copia_cola":null"#.to_owned(), NoPix::BankWithoutPix),
        (format!(r#""pix_copia_cola":"{}""#, PIX.replace("D03F", "D03E")), NoPix::InvalidCode),
    ] {
        assert_eq!(title(&columns).pix.unwrap_err(), expected, "{columns}");
    }
    assert!(title(&format!(r#""pix_copia_e_cola":"{PIX}""#)).pix.is_ok(), "the other route's spelling");
}

#[test]
fn amounts_and_dates_are_strict_and_another_customers_row_is_none() {
    for broken in [
        r#""valor":null,"data_vencimento":"10/12/2026""#,
        r#""valor":"99,90","data_vencimento":"10/12/2026""#,
        r#""valor":99.9,"data_vencimento":"amanhã""#,
        r#""valor":99.9,"data_vencimento":"10/12/2026","data_pagamento":"32/12/2026""#,
    ] {
        assert_eq!(read(broken).err().unwrap().kind(), FailureKind::BrokenAnswer, "{broken}");
    }
    let other = r#""valor":1,"cliente":{"codigo_cliente":422}"#;
    assert!(read(other).unwrap().is_none());
    let own =
        title(r#""cliente":{"codigo_cliente":421,"servico":{"id_cliente_servico":22703,"nome":"FIBRA"}}"#).invoice;
    assert_eq!((own.contract.unwrap().as_str(), own.description.as_deref()), ("22703", Some("FIBRA")));
    assert_eq!(title(r#""cliente":{"codigo_cliente":421,"servico":[]}"#).invoice.contract, None);
}

fn rows(from: usize, count: usize) -> String {
    let row = |number: usize| {
        let day = date(2024, 1, 1).checked_add(jiff::Span::new().days(number as i64)).unwrap();
        format!(r#"{{"id_fatura":{},"valor":10,"data_vencimento":"{}"}}"#, number + 1, day.strftime("%d/%m/%Y"))
    };
    let rows: Vec<String> = (from..from + count).map(row).collect();
    format!(r#"{{"status":"suscess","faturas":[{}]}}"#, rows.join(","))
}

#[tokio::test]
async fn a_list_as_long_as_its_limit_is_asked_on_from_its_last_day() {
    let bench = Bench::start().await;
    bench.answers_once("cliente/financeiro", &rows(0, 50)).await;
    bench.answers("cliente/financeiro", &rows(49, 3)).await;
    let found = Hubsoft.of_customer(&bench.call(), &CustomerRef::new("421"), InvoiceFilter::All).await.unwrap();
    assert_eq!(found.len(), 52);
    assert_eq!(bench.parameters("cliente/financeiro", "data_inicio").await, ["2024-02-19"]);
    assert_eq!(bench.parameters("cliente/financeiro", "apenas_pendente").await, ["nao", "nao"]);
    assert_eq!(bench.parameters("cliente/financeiro", "limit").await, ["50", "50"]);
}

#[tokio::test]
async fn the_pdf_is_fetched_without_the_token() {
    let bench = Bench::start().await;
    let list = format!(
        r#"{{"status":"success","faturas":[{{"id_fatura":7,"valor":10,"data_vencimento":"10/12/2026","link":"{}/pdf/fatura/abc"}}]}}"#,
        bench.server.uri()
    );
    bench.answers("cliente/financeiro", &list).await;
    bench.replies("/pdf/fatura/abc", ResponseTemplate::new(200).set_body_raw("%PDF-1.4\n", "application/pdf")).await;
    let invoice = CustomerRef::new("421").invoice("7");
    Hubsoft.boleto_pdf(&bench.call(), &invoice).await.unwrap();
    let request = bench.requests("/pdf/fatura/abc").await.pop().unwrap();
    assert!(!request.headers.contains_key("authorization"));
}

#[tokio::test]
async fn an_invoice_that_is_not_pending_is_looked_for_among_all() {
    let bench = Bench::start().await;
    let list = |pending: &str, body: &str| {
        Mock::given(path("/api/v1/integracao/cliente/financeiro"))
            .and(query_param("apenas_pendente", pending))
            .respond_with(ok(body))
    };
    list("sim", r#"{"status":"success","faturas":[]}"#).mount(&bench.server).await;
    let paid =
        r#"{"status":"success","faturas":[{"id_fatura":7,"valor":10,"data_vencimento":"10/11/2026","quitado":true}]}"#;
    list("nao", paid).mount(&bench.server).await;
    let payment = Hubsoft.payment(&bench.call(), &CustomerRef::new("421").invoice("7")).await.unwrap();
    assert_eq!(payment.boleto.unwrap_err(), NoBoleto::InvoiceNotPayable);
    let gone = Hubsoft.payment(&bench.call(), &CustomerRef::new("421").invoice("8")).await;
    assert!(matches!(gone.unwrap_err().kind(), FailureKind::NotFound(_)));
}
