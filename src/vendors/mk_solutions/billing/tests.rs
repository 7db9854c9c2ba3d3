//! Bills: odd rows, lines, Pix and the pages of the provider.
#![allow(clippy::unwrap_used)]
use jiff::civil::date;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{InvoiceFilter, InvoiceStatus, NoBoleto, NoPix};
use ponte_domain::money::Cents;
use ponte_domain::reference::CustomerRef;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Reply;
use wiremock::ResponseTemplate;

use super::{Bill, CAPABILITY, DueDays, PENDING, read};
use crate::call::Call;
use crate::erp::Billing as _;
use crate::mk_solutions::MkSolutions;
use crate::mk_solutions::dialect::Answer;
use crate::mk_solutions::testing::{Bench, NOTHING, ok, unlicensed};

fn customer() -> CustomerRef {
    CustomerRef::new("17645")
}

fn bills(rows: &str) -> Result<Vec<Bill>, Failure> {
    let reply = Reply::new(200, None, format!(r#"{{"FaturasPendentes":[{rows}],"status":"OK"}}"#));
    let answer = Answer::of(&reply, PENDING, CAPABILITY).unwrap();
    read(&answer, &customer(), date(2026, 11, 20))
}

fn row(code: u32, due: &str, contracts: &str) -> String {
    format!(
        r#"{{"codfatura":{code},"contas":"Provimento de acesso \ufffd internet","contratos":"{contracts}","data_vencimento":"{due}","descricao":"Mensalidade","valor_total":99.9}}"#
    )
}

#[test]
fn a_bill_is_late_by_its_date_and_its_amount_exact() {
    for (due, expected) in [
        ("19/11/2026", InvoiceStatus::Overdue),
        ("20/11/2026", InvoiceStatus::Open),
        ("10/12/2026", InvoiceStatus::Open),
    ] {
        let bill = bills(&row(1, due, "8139")).unwrap().remove(0);
        assert_eq!((bill.invoice.status.value, bill.invoice.amount), (expected, Cents::new(9990)), "{due}");
        assert_eq!(bill.invoice.contract.as_ref().unwrap().as_str(), "8139");
    }
    for broken in [
        r#"{"codfatura":1}"#,
        &row(1, "2026-11-19", "1"),
        r#"{"codfatura":1,"data_vencimento":"19/11/2026","valor_total":"grátis"}"#,
    ] {
        assert_eq!(bills(broken).unwrap_err().kind(), FailureKind::BrokenAnswer, "{broken}");
    }
}

#[test]
fn contracts_are_codes_or_numbers_in_a_text() {
    let mut bill = bills(&row(1, "10/12/2026", "Fibra 600 (8139)")).unwrap().remove(0);
    assert!(!bill.is_bound());
    bill.bind_to(&["8139".to_owned(), "5120".to_owned()]);
    assert_eq!(bill.contracts, ["8139"]);
    assert_eq!(bill.invoice.contract.as_ref().unwrap().as_str(), "8139");
    let mut stranger = bills(&row(1, "10/12/2026", "Plano 600")).unwrap().remove(0);
    stranger.bind_to(&["8139".to_owned()]);
    assert_eq!(stranger.invoice.contract, None);
    assert_eq!(bills(&row(1, "10/12/2026", "8139, 5120")).unwrap()[0].contracts, ["8139", "5120"]);
    assert!(bills(&row(1, "10/12/2026", "")).unwrap()[0].is_bound());
    let mut dated = bills(&row(1, "10/12/2026", "12/2026 - 8139")).unwrap().remove(0);
    dated.bind_to(&["8139".to_owned()]);
    assert_eq!(dated.contracts, ["8139"], "a month is no contract");
}

#[test]
fn the_due_day_is_that_of_the_next_bill_else_of_the_last_late_one() {
    let days = |dues: &[(u32, i16, i8, i8)]| {
        let bills = dues.iter().map(|(id, year, month, day)| (id.to_string(), date(*year, *month, *day))).collect();
        DueDays { bills, today: date(2026, 11, 20) }.of("1")
    };
    assert_eq!(days(&[(1, 2026, 11, 5), (1, 2027, 1, 15), (1, 2026, 12, 10)]), Some(10));
    assert_eq!(days(&[(1, 2026, 10, 4), (1, 2026, 11, 5)]), Some(5));
    assert_eq!(days(&[(2, 2026, 12, 10)]), None);
}

async fn with_bills(rows: &str) -> Bench {
    let bench = Bench::start().await;
    bench.answers("WSMKFaturasPendentes", &format!(r#"{{"FaturasPendentes":[{rows}],"status":"OK"}}"#)).await;
    bench
}

#[tokio::test]
async fn open_bills_stand_without_the_paid_module_and_paid_ones_do_not() {
    let bench = with_bills(&[row(2, "10/12/2026", "8139"), row(1, "05/11/2026", "8139")].join(",")).await;
    bench.replies("WSMKFaturas", unlicensed()).await;
    let call = bench.call();
    let open = MkSolutions.of_customer(&call, &customer(), InvoiceFilter::Open).await.unwrap();
    assert_eq!(open.iter().map(|one| one.reference.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    let overdue = MkSolutions.of_customer(&call, &customer(), InvoiceFilter::Overdue).await.unwrap();
    assert_eq!(overdue.len(), 1);
    for filter in [InvoiceFilter::Paid, InvoiceFilter::All] {
        let failure = MkSolutions.of_customer(&call, &customer(), filter).await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::NotSupported(CAPABILITY));
    }
    assert!(bench.memory.all_missing(call.now).is_empty(), "billing itself is there");
}

#[tokio::test]
async fn a_bill_of_two_contracts_is_each_ones() {
    let bench = with_bills(&row(1, "10/12/2026", "8139 / 5120")).await;
    for id in ["8139", "5120"] {
        let contract = customer().contract(id);
        let found = MkSolutions.of_contract(&bench.call(), &contract, InvoiceFilter::Open).await.unwrap();
        assert_eq!(found[0].contract.as_ref().unwrap().as_str(), id);
    }
    let other = customer().contract("1");
    assert!(MkSolutions.of_contract(&bench.call(), &other, InvoiceFilter::Open).await.unwrap().is_empty());
}

#[tokio::test]
async fn the_parts_of_a_payment_fail_alone() {
    let bench = with_bills(&row(391_901, "10/12/2026", "8139")).await;
    bench.replies("WSMKLDViaSMS", ResponseTemplate::new(500)).await;
    bench
        .answers(
            "WSMKSegundaViaCobranca",
            r#"{"CodigoPessoa":17645,"Fatura":"391901","PathDownload":"http://192.168.0.5:8080/mk/tmp/b.pdf","Valor":"R$ 101,90","status":"OK"}"#,
        )
        .await;
    bench.replies("WSMKRetornarCopieColaPix", unlicensed()).await;
    let invoice = customer().invoice("391901");
    let payment = MkSolutions.payment(&bench.call(), &invoice).await.unwrap();
    assert_eq!(payment.boleto.unwrap().line, None);
    assert_eq!(payment.pix.unwrap_err(), NoPix::VendorWithoutPix);
    assert_eq!(payment.invoice.updated_amount, Some(Cents::new(10_190)));
    assert_eq!(bench.requests("WSMKLDViaSMS").await.len(), 1, "it may send an SMS, so it is asked once");
}

#[tokio::test]
async fn a_paid_bill_is_not_payable_and_a_strangers_is_not_found() {
    let bench = Bench::start().await;
    bench.answers("WSMKFaturasPendentes", NOTHING).await;
    bench
        .answers(
            "WSMKFaturas",
            r#"[{"codfatura":7,"status":"Pago","data_vencimento":"2026-11-10","data_liquidacao":"2026-11-09","valor_total_faturas":"99.90","valor_pago":"99.90"}]"#,
        )
        .await;
    let payment = MkSolutions.payment(&bench.call(), &customer().invoice("7")).await.unwrap();
    assert_eq!(
        (payment.boleto.unwrap_err(), payment.pix.unwrap_err()),
        (NoBoleto::InvoiceNotPayable, NoPix::InvoiceNotPayable)
    );
    assert_eq!(bench.params("WSMKFaturas", "quantidade_meses").await, ["12"]);
    let failure = MkSolutions.payment(&bench.call(), &customer().invoice("8")).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotFound(Subject::Invoice));
}

#[tokio::test]
async fn a_pdf_on_an_internal_address_is_fetched_from_the_tenants() {
    let bench = with_bills(&row(391_901, "10/12/2026", "8139")).await;
    bench
        .answers(
            "WSMKSegundaViaCobranca",
            r#"{"Fatura":"391901","PathDownload":"http://192.168.0.5:8080/mk/tmp/b.rule","status":"OK"}"#,
        )
        .await;
    bench.replies("tmp/b", ok("%PDF-1.4 small")).await;
    let pdf = MkSolutions.boleto_pdf(&bench.call(), &customer().invoice("391901")).await.unwrap();
    assert!(pdf.bytes().starts_with(b"%PDF-"));
    assert!(!bench.requests("tmp/b").await[0].url.as_str().contains("token"));
}

#[tokio::test]
async fn paid_bills_of_other_people_are_dropped_by_their_document() {
    let bench = Bench::start().await;
    let row = |code: u32, document: &str| {
        format!(
            r#"{{"codfatura":{code},"status":"Pago","cpf_cnpj":"{document}","data_vencimento":"2026-11-10","valor_total_faturas":"1.00"}}"#
        )
    };
    let rows = [row(1, "111.444.777-35"), row(2, "529.982.247-25")];
    bench.answers("WSMKFaturas", &format!("[{}]", rows.join(","))).await;
    bench
        .answers_once("WSMKConsultaClientes", r#"[{"CodigoPessoa":17645,"Nome":"ANA","CPF_CNPJ":"52998224725"}]"#)
        .await;
    bench.answers("WSMKConsultaClientes", r#"[{"CodigoPessoa":17645,"Nome":"ANA"}]"#).await;
    let paid = async || MkSolutions.of_customer(&bench.call(), &customer(), InvoiceFilter::Paid).await;
    let own = paid().await.unwrap();
    assert_eq!(own.iter().map(|one| one.reference.id.as_str()).collect::<Vec<_>>(), ["2"]);
    assert_eq!(paid().await.unwrap_err().kind(), FailureKind::BrokenAnswer, "whose is whose is not known");
}

#[tokio::test]
async fn a_bill_that_names_no_contract_is_the_only_contracts_own() {
    for (contracts, expected) in [
        (r#"[{"codcontrato":8139,"status_contrato":"Ativo"}]"#, 1),
        (r#"[{"codcontrato":8139,"status_contrato":"Ativo"},{"codcontrato":5120,"status_contrato":"Ativo"}]"#, 0),
    ] {
        for text in ["", "Mensalidade"] {
            let bench = with_bills(&row(1, "10/12/2026", text)).await;
            bench.answers("WSMKContratosPorClienteV2", contracts).await;
            let contract = customer().contract("8139");
            let found = MkSolutions.of_contract(&bench.call(), &contract, InvoiceFilter::Open).await.unwrap();
            assert_eq!(found.len(), expected, "{contracts} {text}");
        }
    }
}

#[tokio::test]
async fn without_the_lists_of_contracts_billing_is_still_there() {
    let bench = with_bills(&row(1, "10/12/2026", "Fibra 600")).await;
    let call = bench.call();
    assert_eq!(MkSolutions.of_customer(&call, &customer(), InvoiceFilter::Open).await.unwrap().len(), 1);
    assert_eq!(bench.memory.missing(CAPABILITY, call.now), None);
}

#[tokio::test]
async fn a_list_of_another_customers_bills_is_no_answer() {
    let bench = Bench::start().await;
    bench
        .answers(
            "WSMKFaturasPendentes",
            &format!(r#"{{"CodigoPessoa":20311,"FaturasPendentes":[{}],"status":"OK"}}"#, row(1, "10/12/2026", "8139")),
        )
        .await;
    let failure = MkSolutions.of_customer(&bench.call(), &customer(), InvoiceFilter::Open).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::BrokenAnswer);
}

#[tokio::test]
async fn a_line_that_may_cost_an_sms_is_asked_for_once() {
    const GOOD: &str = "34190.90646 10100.001238 45678.901237 1 16560000009990";
    let bench = with_bills(&row(391_901, "10/12/2026", "8139")).await;
    let line = |ld: &str| {
        format!(r#"{{"DadosFatura":[{{"codfatura":391901,"codigopessoa":17645,"ld":"{ld}"}}],"status":"OK"}}"#)
    };
    bench.answers("WSMKLDViaSMS", &line(GOOD)).await;
    let invoice = customer().invoice("391901");
    let call = bench.call();
    let (text, picture) = tokio::join!(MkSolutions.payment(&call, &invoice), MkSolutions.payment(&call, &invoice));
    for payment in [text, picture, MkSolutions.payment(&call, &invoice).await] {
        assert!(payment.unwrap().boleto.unwrap().line.is_some());
    }
    assert_eq!(bench.requests("WSMKLDViaSMS").await.len(), 1);
    bench.memory.clear();
    bench.answers_once("WSMKLDViaSMS", &line("")).await;
    let later = |seconds: i64| Call { now: call.now + jiff::Span::new().seconds(seconds), ..bench.call() };
    for (seconds, there) in [(0, false), (90, true), (600, true)] {
        let boleto = MkSolutions.payment(&later(seconds), &invoice).await.unwrap().boleto;
        assert_eq!(boleto.is_ok_and(|boleto| boleto.line.is_some()), there, "{seconds}");
    }
    assert_eq!(bench.requests("WSMKLDViaSMS").await.len(), 3, "none, and the line that was registered since");
}
