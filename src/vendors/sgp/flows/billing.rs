//! Paying a title, whose codes may be on three routes, and its slip.

use ponte_domain::invoice::{Invoice, InvoiceFilter, NoBoleto, NoPix, Payment};
use ponte_domain::reference::{CustomerRef, InvoiceRef};
use wiremock::matchers::path;
use wiremock::{Mock, ResponseTemplate};

use super::{CREDENTIALS, CUSTOMERS, TITLES};
use crate::erp::Billing as _;
use crate::sgp::Sgp;
use crate::sgp::testing::{Bench, customer};

const DETAILS: &str = "/api/central/titulos/";
const COPY: &str = "/api/ura/fatura2via/";
const CHARGE: &str = "/api/ura/pagamento/pix/72554";
const LINE: &str = "34190906461010000123845678901237116560000009990";
const PIX: &str = "00020101021226830014br.gov.bcb.pix2561pix.example.com.br/qr/v2/7f3c9a52-2f7e-4a8b-9d0e-1c2b3a4d5e6f520400005303986540599.905802BR5921PROVEDOR EXEMPLO LTDA6012PORTO ALEGRE62070503***6304D03F";

async fn bench(columns: &str) -> Bench {
    let bench = Bench::start().await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    let title = format!(
        r#"{{"paginacao":{{"total":1}},"titulos":[{{"id":72554,"clienteContrato":17402,"clienteCpfcnpj":"529.982.247-25","numeroDocumento":5101,"status":"aberto","valor":99.9,"dataVencimento":"2026-11-10",{columns}}}]}}"#
    );
    bench.answers(TITLES, &title).await;
    bench
}

fn detail(columns: &str) -> String {
    format!(r#"{{"faturas":[{{"id":999,"statusid":1,"valor":99.9,"vencimento":"2026-11-10",{columns}}}]}}"#)
}

fn invoice() -> InvoiceRef {
    CustomerRef::new("16957").invoice("72554")
}

async fn pay(bench: &Bench) -> Payment {
    Sgp.payment(&bench.call(), &invoice()).await.unwrap()
}

fn pix(payment: &Payment) -> Result<&str, NoPix> {
    payment.pix.as_ref().map(|pix| pix.code.as_str()).map_err(|reason| *reason)
}

#[tokio::test]
async fn a_title_with_both_codes_is_paid_by_them_and_nothing_else_is_asked() {
    let bench = bench(&format!(r#""linhaDigitavel":"{LINE}","codigoPix":"{PIX}""#)).await;
    let payment = pay(&bench).await;
    assert_eq!(payment.boleto.as_ref().unwrap().line.as_ref().unwrap().as_str(), LINE);
    assert_eq!(pix(&payment), Ok(PIX));
    assert_eq!(bench.server.received_requests().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_bank_without_pix_is_known_by_the_list_and_no_charge_is_made() {
    let bench = bench(&format!(r#""linhaDigitavel":"{LINE}","codigoPix":"""#)).await;
    bench.answers(DETAILS, &detail(r#""gerapix":false"#)).await;
    assert_eq!(pix(&pay(&bench).await), Err(NoPix::BankWithoutPix));
    assert!(bench.requests(CHARGE).await.is_empty());
    let asked = bench.bodies(DETAILS).await;
    assert_eq!(asked, [format!("contrato=17402&status=1&nao_gerar_os=1&{CREDENTIALS}")]);
}

#[tokio::test]
async fn a_charge_is_made_once_where_no_code_is_there() {
    let bench = bench(&format!(r#""linhaDigitavel":"{LINE}""#)).await;
    bench.answers(DETAILS, &detail(r#""gerapix":true,"codigopix":"""#)).await;
    bench.answers(CHARGE, &format!(r#"{{"status":1,"msg":"Dados do Pix","pix":"{PIX}"}}"#)).await;
    assert_eq!(pix(&pay(&bench).await), Ok(PIX));
    assert_eq!(bench.bodies(CHARGE).await, [format!("contrato=17402&{CREDENTIALS}")]);
}

#[tokio::test]
async fn a_charge_that_fails_leaves_the_bill() {
    let line = format!(r#""linhaDigitavel":"{LINE}""#);
    let bench = bench(&line).await;
    bench.fails(DETAILS, 500).await;
    Mock::given(path(CHARGE)).respond_with(ResponseTemplate::new(500)).expect(1).mount(&bench.server).await;
    let payment = pay(&bench).await;
    assert_eq!((payment.boleto.is_ok(), pix(&payment)), (true, Err(NoPix::TemporarilyUnavailable)));
}

#[tokio::test]
async fn a_list_that_is_refused_to_the_token_leaves_the_bill() {
    let bench = bench(&format!(r#""linhaDigitavel":"{LINE}""#)).await;
    bench.fails(DETAILS, 403).await;
    bench.answers(CHARGE, &format!(r#"{{"status":1,"pix":"{PIX}"}}"#)).await;
    let payment = pay(&bench).await;
    assert_eq!((payment.boleto.is_ok(), pix(&payment)), (true, Ok(PIX)));
}

#[tokio::test]
async fn a_fresh_title_gets_its_line_from_the_second_copy_which_opens_no_work_order() {
    let bench = bench(&format!(r#""linhaDigitavel":"","codigoBarras":"","codigoPix":"{PIX}""#)).await;
    bench.answers(DETAILS, &detail(r#""linhadigitavel":"""#)).await;
    let copy = format!(
        r#"{{"status":1,"links":[{{"id":999,"fatura":5101,"vencimento":"2026-11-20","vencimento_original":"2026-11-10","valor":102.1,"valor_original":99.9,"linhadigitavel":"{LINE}","codigopix":""}}]}}"#
    );
    bench.answers(COPY, &copy).await;
    let payment = pay(&bench).await;
    assert_eq!(payment.boleto.unwrap().line.unwrap().as_str(), LINE);
    let Invoice { due_date, updated_amount, .. } = payment.invoice;
    assert_eq!(due_date.unwrap().to_string(), "2026-11-10", "the first due date, not the reissue's");
    assert_eq!(updated_amount.unwrap().get(), 10210);
    let asked = bench.bodies(COPY).await;
    assert_eq!(asked, [format!("contrato=17402&nao_gerar_os=1&faturas_abertas_todas=1&{CREDENTIALS}")]);
}

#[tokio::test]
async fn a_placeholder_is_never_offered() {
    let placeholder = format!("99999{}", "0".repeat(39));
    let bench = bench(&format!(r#""codigoBarras":"{placeholder}","codigoPix":"{PIX}""#)).await;
    bench.answers(DETAILS, r#"{"faturas":[]}"#).await;
    bench.answers(COPY, r#"{"status":0,"links":[]}"#).await;
    assert_eq!(pay(&bench).await.boleto, Err(NoBoleto::InvoiceNotRegistered));
}

#[tokio::test]
async fn a_picture_in_the_first_column_does_not_hide_the_code_in_the_next() {
    let bench = bench(&format!(r#""linhaDigitavel":"{LINE}""#)).await;
    bench.answers(DETAILS, &detail(r#""gerapix":true"#)).await;
    bench.answers(CHARGE, &format!(r#"{{"status":1,"codigo":5101,"qrcode":"iVBORw0KGgo=","emv":"{PIX}"}}"#)).await;
    assert_eq!(pix(&pay(&bench).await), Ok(PIX));
}

#[tokio::test]
async fn a_link_that_is_refused_says_nothing_of_the_credentials() {
    let bench = Bench::start().await;
    let base = bench.server.uri();
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    let title = format!(
        r#"{{"paginacao":{{"total":1}},"titulos":[{{"id":72554,"clienteContrato":17402,"status":"aberto","valor":99.9,"dataVencimento":"2026-11-10","link":"{base}/boleto/1-A/"}}]}}"#
    );
    bench.answers(TITLES, &title).await;
    bench.fails("/boleto/1-A/", 403).await;
    bench.answers(COPY, r#"{"status":0,"links":[]}"#).await;
    let failure = Sgp.boleto_pdf(&bench.call(), &invoice()).await.unwrap_err();
    assert_eq!(failure.kind(), ponte_domain::FailureKind::VendorFault);
}

#[tokio::test]
async fn a_bill_without_its_contract_is_not_left_out_of_the_contracts_bills() {
    let bench = Bench::start().await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    let rows = r#"{"paginacao":{"total":1},"titulos":[{"id":1,"clienteCpfcnpj":"529.982.247-25","status":"aberto","valor":1,"dataVencimento":"2026-11-10"}]}"#;
    bench.answers(TITLES, rows).await;
    let contract = CustomerRef::new("16957").contract("17402");
    let failure = Sgp.of_contract(&bench.call(), &contract, InvoiceFilter::Open).await.unwrap_err();
    assert_eq!(failure.kind(), ponte_domain::FailureKind::BrokenAnswer);
}

#[tokio::test]
async fn somebody_elses_title_is_not_there() {
    let bench = bench(r#""clienteNome":"x""#).await;
    let other = r#"{"clientes":[{"id":9,"nome":"B","cpfcnpj":"111.444.777-35","contratos":[]}]}"#;
    let stranger = Bench::start().await;
    stranger.answers(CUSTOMERS, other).await;
    let rows = r#"{"titulos":[{"id":72554,"clienteContrato":17402,"clienteCpfcnpj":"529.982.247-25","status":"aberto","valor":1,"dataVencimento":"2026-11-10"}]}"#;
    stranger.answers(TITLES, rows).await;
    let failure = Sgp.payment(&stranger.call(), &CustomerRef::new("9").invoice("72554")).await.unwrap_err();
    assert!(matches!(failure.kind(), ponte_domain::FailureKind::NotFound(_)));
    let odd = Sgp.payment(&bench.call(), &CustomerRef::new("16957").invoice("../1")).await.unwrap_err();
    assert!(matches!(odd.kind(), ponte_domain::FailureKind::NotFound(_)));
}

#[tokio::test]
async fn a_page_in_place_of_the_slip_is_gone_round_by_the_second_copys_link() {
    let bench = Bench::start().await;
    let base = bench.server.uri();
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    let title = format!(
        r#"{{"titulos":[{{"id":72554,"clienteContrato":17402,"status":"aberto","valor":99.9,"dataVencimento":"2026-11-10","link":"{base}/boleto/1-A/"}}]}}"#
    );
    bench.answers(TITLES, &title).await;
    let page = ResponseTemplate::new(200).set_body_raw("<html>Boleto</html>", "text/html");
    Mock::given(path("/boleto/1-A/")).respond_with(page).mount(&bench.server).await;
    let copy = format!(
        r#"{{"status":1,"links":[{{"vencimento_original":"2026-11-10","valor":99.9,"valor_original":99.9,"link":"{base}/boleto/1-A.pdf"}}]}}"#
    );
    bench.answers(COPY, &copy).await;
    let document = ResponseTemplate::new(200).set_body_raw("%PDF-1.4 x", "application/pdf");
    Mock::given(path("/boleto/1-A.pdf")).respond_with(document).mount(&bench.server).await;
    let slip = Sgp.boleto_pdf(&bench.call(), &invoice()).await.unwrap();
    assert!(slip.bytes().starts_with(b"%PDF-"));
    assert!(bench.bodies(COPY).await[0].contains("link_pdf=1"));
    let fetched = bench.requests("/boleto/1-A/").await;
    assert!(fetched[0].url.query().is_none() && fetched[0].body.is_empty(), "a public link takes no credentials");
}
