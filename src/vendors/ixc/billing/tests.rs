//! Titles, slips and Pix charges.
#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::civil::date;
use ponte_domain::dates::Zone;
use ponte_domain::failure::{Retry, Subject};
use ponte_domain::invoice::{Availability, InvoiceFilter, InvoiceStatus, NoBoleto, NoPix};
use ponte_domain::money::Cents;
use ponte_domain::pix::PixCode;
use ponte_domain::reference::CustomerRef;
use ponte_domain::{Failure, FailureKind};

use super::boleto::{Fields, without_doubt};
use super::pix::{Charge, Said, refusal};
use super::title::{Row, Title};
use crate::erp::Billing as _;
use crate::ixc::Ixc;
use crate::ixc::testing::{ABSENT, Bench, page};

const LINE: &str = "34190906461010000123845678901237116560000009990";
const PIX: &str = "00020101021226830014br.gov.bcb.pix2561pix.example.com.br/qr/v2/7f3c9a52-2f7e-4a8b-9d0e-1c2b3a4d5e6f520400005303986540599.905802BR5921PROVEDOR EXEMPLO LTDA6012PORTO ALEGRE62070503***6304D03F";

fn title(columns: &str) -> Title {
    let json = format!(r#"{{"id":"1","id_cliente":"2","valor":"99.90","data_vencimento":"2026-11-19",{columns}}}"#);
    serde_json::from_str::<Row<'_>>(&json).unwrap().read(date(2026, 11, 20)).unwrap()
}

fn status(columns: &str) -> InvoiceStatus {
    title(columns).invoice.status.value
}

#[test]
fn overdue_is_decided_on_the_civil_date() {
    assert_eq!(status(r#""status":"A""#), InvoiceStatus::Overdue);
    assert_eq!(status(r#""status":"A","data_vencimento_":"" "#), InvoiceStatus::Overdue);
    let due = |day: &str| {
        let json = format!(r#"{{"id":"1","id_cliente":"2","status":"A","valor":"1","data_vencimento":"{day}"}}"#);
        serde_json::from_str::<Row<'_>>(&json).unwrap().read(date(2026, 11, 20)).unwrap().invoice.status.value
    };
    assert_eq!(
        (due("2026-11-20"), due("2026-11-21"), due("0000-00-00")),
        (InvoiceStatus::Open, InvoiceStatus::Open, InvoiceStatus::Open)
    );
}

#[test]
fn amounts_follow_the_state() {
    let amounts = |columns: &str| {
        let invoice = title(columns).invoice;
        (invoice.amount.get(), invoice.updated_amount.map(Cents::get), invoice.paid_amount.map(Cents::get))
    };
    assert_eq!(amounts(r#""status":"A","valor_aberto":"99.90""#), (9990, None, None));
    assert_eq!(
        amounts(r#""status":"A","valor_aberto":"","valor_total_com_juros":"103.45""#),
        (9990, Some(10345), None)
    );
    assert_eq!(amounts(r#""status":"P","valor_aberto":"49.90","valor_recebido":"50.00""#), (4990, None, Some(5000)));
    assert_eq!(amounts(r#""status":"P","valor_aberto":"","valor_recebido":"50.00""#), (4990, None, Some(5000)));
    assert_eq!(amounts(r#""status":"R","valor_aberto":"0.00","pagamento_valor":"101.00""#), (9990, None, Some(10100)));
    assert_eq!(amounts(r#""status":"R","pagamento_valor":"","valor_recebido":"99.90""#), (9990, None, Some(9990)));
    let paid = title(r#""status":"R","pagamento_data":"","baixa_data":"2026-11-10 09:00:00""#).invoice;
    assert_eq!(paid.paid_on, Some(date(2026, 11, 10)));
    for broken in [
        r#""status":"A","valor":"99,90""#,
        r#""status":"A","valor":"""#,
        r#""status":"P","valor":"99.90","valor_aberto":"0.00""#,
        r#""status":"P","valor":"99.90","valor_recebido":"99.90""#,
    ] {
        let json = format!(r#"{{"id":"1","id_cliente":"2",{broken}}}"#);
        let failure = serde_json::from_str::<Row<'_>>(&json).unwrap().read(date(2026, 11, 20)).err().unwrap();
        assert_eq!(failure.kind(), FailureKind::BrokenAnswer, "{broken}");
    }
}

#[test]
fn the_contract_is_in_one_of_three_columns() {
    for (columns, expected) in [
        (r#""id_contrato":"1","id_contrato_avulso":"2","id_contrato_principal":"3""#, Some("1")),
        (r#""id_contrato":"","id_contrato_avulso":"2309","id_contrato_principal":"0""#, Some("2309")),
        (r#""id_contrato":"0","id_contrato_avulso":"","id_contrato_principal":"3""#, Some("3")),
        (r#""id_contrato":"0""#, None),
    ] {
        let columns = format!(r#""status":"A",{columns}"#);
        assert_eq!(title(&columns).invoice.contract.as_ref().map(|id| id.as_str()), expected, "{columns}");
    }
}

#[test]
fn titles_that_a_subscriber_must_not_see_are_hidden() {
    for (columns, expected) in [
        (r#""status":"A","liberado":"S""#, true),
        (r#""status":"A""#, true),
        (r#""status":"A","liberado":"N""#, false),
        (r#""status":"A","titulo_renegociado":"S""#, true),
        (r#""status":"R","titulo_renegociado":"S""#, false),
        (r#""status":"X","id_renegociacao":"5""#, false),
        (r#""status":"A","id_renegociacao":"5""#, true),
        (r#""status":"A","previsao":"S""#, true),
    ] {
        assert_eq!(title(columns).is_shown(), expected, "{columns}");
    }
}

#[test]
fn what_can_be_paid_and_how_is_known_as_far_as_the_row_says() {
    let known = |columns: &str| {
        let title = title(columns);
        (title.is_payable(), title.invoice.boleto, title.invoice.pix)
    };
    use Availability::{No, Unknown, Yes};
    let line = format!(r#""status":"A","tipo_recebimento":"Boleto","linha_digitavel":"{LINE}","pix_txid":"x""#);
    assert_eq!(known(&line), (true, Yes, Yes));
    assert_eq!(known(r#""status":"A","tipo_recebimento":"Boleto","linha_digitavel":"""#), (true, Unknown, Unknown));
    assert_eq!(known(r#""status":"A","tipo_recebimento":"Gateway","gateway_link":"https://pay""#), (true, No, Unknown));
    assert_eq!(known(r#""status":"A","tipo_recebimento":"Cart\u00e3o""#), (true, No, Unknown));
    assert_eq!(known(r#""status":"R""#), (false, No, No));
    assert_eq!(known(r#""status":"A","aguardando_confirmacao_pagamento":"S""#), (false, No, No));
    assert_eq!(title(r#""status":"A","gateway_link":"http://insecure""#).link, None);
}

#[test]
fn slip_data_give_the_line_from_either_code() {
    let read = |json: &str| serde_json::from_str::<Fields<'_>>(json).unwrap().read().unwrap();
    let slip =
        read(r#"{"linha_digitavel":"34190.90646 10100.001238 45678.901237 1 16560000009990","valor_boleto":"103,45"}"#);
    assert_eq!(slip.boleto.unwrap().line.unwrap().as_str(), LINE);
    assert_eq!(slip.updated_amount, Some(Cents::new(10345)));
    let by_bar_code = read(r#"{"linha_digitavel":"","codigo_barras":"34191165600000099900906410100001234567890123"}"#);
    assert_eq!(by_bar_code.boleto.unwrap().line.unwrap().as_str(), LINE);
    assert_eq!(
        read(r#"{"linha_digitavel":"34190.90646 10100.001239 45678.901237 1 16560000009990"}"#).boleto,
        Err(NoBoleto::InvalidCode)
    );
    assert_eq!(read("{}").boleto, Err(NoBoleto::InvoiceNotRegistered));
}

fn said(body: &str) -> Said {
    let now = "2026-11-20T15:00:00Z".parse().unwrap();
    serde_json::from_str::<Charge<'_>>(body).unwrap().read(now, &Zone::default())
}

#[test]
fn a_charge_is_payable_hollow_expired_or_broken() {
    let code = PixCode::parse(PIX).unwrap();
    for body in [
        format!(
            r#"{{"type":"success","pix":{{"qrCode":{{"qrcode":"{PIX}"}},"dadosPix":{{"desconto":[],"expiracaoPix":"08/12/2026 00:00:00"}}}}}}"#
        ),
        format!(
            r#"{{"pix":{{"qrCode":{{"qrcode":""}},"dadosPix":{{"pixCopiaECola":"{PIX}","expiracaoPix":"08/12/2026 00:00:00"}}}}}}"#
        ),
    ] {
        let Said::Charge(pix) = said(&body) else { panic!("{body}") };
        assert_eq!((pix.code, pix.expires_at.unwrap().to_string()), (code.clone(), "2026-12-08T03:00:00Z".to_owned()));
    }
    for hollow in [
        r#"{"pix":{"dadosPix":{"expiracaoPix":"31/12/1969 21:00:00"},"qrCode":{"qrcode":"","imagemSrc":"https://x"}},"type":"success"}"#.to_owned(),
        r#"{"pix":[],"type":"success"}"#.to_owned(),
        r#"{"type":"success"}"#.to_owned(),
        format!(r#"{{"pix":{{"qrCode":{{"qrcode":"{PIX}"}},"dadosPix":{{"expiracaoPix":"31/12/1969 21:00:00"}}}}}}"#),
    ] {
        assert_eq!(said(&hollow), Said::Nothing, "{hollow}");
    }
    let expired =
        format!(r#"{{"pix":{{"qrCode":{{"qrcode":"{PIX}"}},"dadosPix":{{"expiracaoPix":"20/11/2026 11:59:59"}}}}}}"#);
    assert_eq!(said(&expired), Said::None(NoPix::Expired));
    let broken = format!(r#"{{"pix":{{"qrCode":{{"qrcode":"{}"}}}}}}"#, PIX.replace("99.90", "99.91"));
    assert_eq!(said(&broken), Said::None(NoPix::InvalidCode));
    let undated = format!(r#"{{"pix":{{"qrCode":{{"qrcode":"{PIX}"}},"dadosPix":{{"expiracaoPix":"logo"}}}}}}"#);
    assert!(matches!(said(&undated), Said::Charge(pix) if pix.expires_at.is_none()));
}

#[test]
fn an_error_that_names_the_wallet_is_the_banks() {
    assert_eq!(refusal("carteira de cobranca sem integracao pix!"), Said::None(NoPix::BankWithoutPix));
    assert_eq!(refusal("titulo ainda nao registrado"), Said::Nothing);
}

fn bruno(line: &str) -> String {
    page(&format!(
        r#"{{"id":"1","id_cliente":"2","status":"A","liberado":"S","valor":"99.90","data_vencimento":"2026-12-10","tipo_recebimento":"Boleto","linha_digitavel":"{line}","id_carteira_cobranca":"6"}}"#
    ))
}

const HOLLOW: &str =
    r#"{"pix":{"dadosPix":{"expiracaoPix":"31/12/1969 21:00:00"},"qrCode":{"qrcode":""}},"type":"success"}"#;

#[tokio::test]
async fn why_there_is_no_charge_is_asked_of_the_wallet_else_told_by_the_slip() {
    let with_pix = page(r#"{"id":"6","gera_pix_gateway":"S"}"#);
    let without = page(r#"{"id":"6","gera_pix_gateway":"N","pix_chave":""}"#);
    for (line, wallet, expected) in [
        (LINE, with_pix.as_str(), NoPix::InvoiceNotRegistered),
        (LINE, without.as_str(), NoPix::BankWithoutPix),
        (LINE, ABSENT, NoPix::BankWithoutPix),
        ("", ABSENT, NoPix::InvoiceNotRegistered),
    ] {
        let bench = Bench::start().await;
        bench.lists("fn_areceber", &bruno(line)).await;
        bench.lists("fn_carteira_cobranca", wallet).await;
        bench.answers("get_pix", HOLLOW).await;
        bench.answers("get_boleto", r#"{"type":"error","message":"Sem dados"}"#).await;
        let payment = Ixc.payment(&bench.call(), &CustomerRef::new("2").invoice("1")).await.unwrap();
        assert_eq!(payment.pix, Err(expected), "{line} {wallet}");
    }
}

#[tokio::test]
async fn trouble_with_pix_leaves_the_boleto_and_the_other_way_round() {
    let bench = Bench::start().await;
    bench.lists("fn_areceber", &bruno(LINE)).await;
    bench.answers("get_pix", "<div>Ocorreu um erro</div>").await;
    let payment = Ixc.payment(&bench.call(), &CustomerRef::new("2").invoice("1")).await.unwrap();
    assert_eq!((payment.boleto.is_ok(), payment.pix), (true, Err(NoPix::TemporarilyUnavailable)));
    assert!(bench.requests("get_boleto").await.is_empty(), "the title has its line");

    let bench = Bench::start().await;
    bench.lists("fn_areceber", &bruno("")).await;
    bench.answers("get_pix", &format!(r#"{{"pix":{{"qrCode":{{"qrcode":"{PIX}"}}}}}}"#)).await;
    bench.answers("get_boleto", "<div>Ocorreu um erro</div>").await;
    let payment = Ixc.payment(&bench.call(), &CustomerRef::new("2").invoice("1")).await.unwrap();
    assert_eq!((payment.boleto, payment.pix.is_ok()), (Err(NoBoleto::TemporarilyUnavailable), true));
    let asked = bench.bodies("get_boleto").await;
    assert_eq!((asked[0]["tipo_boleto"].as_str(), asked[0]["atualiza_boleto"].as_str()), (Some("dados"), Some("N")));
}

#[tokio::test]
async fn a_charge_is_asked_for_once_whatever_comes_of_it() {
    let bench = Bench::start().await;
    bench.lists("fn_areceber", &bruno(LINE)).await;
    bench.fails("get_pix", 504).await;
    let payment = Ixc.payment(&bench.call(), &CustomerRef::new("2").invoice("1")).await.unwrap();
    assert_eq!((payment.boleto.is_ok(), payment.pix), (true, Err(NoPix::TemporarilyUnavailable)));
    assert_eq!(bench.requests("get_pix").await.len(), 1);
}

#[tokio::test]
async fn a_way_of_paying_that_the_token_may_not_use_leaves_the_other() {
    const FORBIDDEN: &str = r#"{"type":"error","message":"Usu\u00e1rio sem permiss\u00e3o"}"#;
    let pay = async |line: &str, pix: &str| {
        let bench = Bench::start().await;
        bench.lists("fn_areceber", &bruno(line)).await;
        bench.answers("get_pix", pix).await;
        bench.answers("get_boleto", FORBIDDEN).await;
        for _ in 0..2 {
            let payment = Ixc.payment(&bench.call(), &CustomerRef::new("2").invoice("1")).await.unwrap();
            assert!(payment.boleto.is_ok() != payment.pix.is_ok(), "{payment:?}");
        }
        Ixc.payment(&bench.call(), &CustomerRef::new("2").invoice("1")).await.unwrap()
    };
    assert_eq!(pay(LINE, FORBIDDEN).await.pix, Err(NoPix::VendorWithoutPix));
    let charge = format!(r#"{{"pix":{{"qrCode":{{"qrcode":"{PIX}"}}}}}}"#);
    assert_eq!(pay("", &charge).await.boleto, Err(NoBoleto::VendorWithoutBoleto));
}

#[tokio::test]
async fn only_a_late_slip_is_brought_up_to_date_and_that_is_asked_for_once() {
    let print = async |due: &str, setting: &str, status: u16| {
        let bench = Bench::start().await.with("boleto_refresh", setting);
        let row = r#"{"id":"1","id_cliente":"2","status":"A","valor":"9.90","tipo_recebimento":"Boleto""#;
        bench.lists("fn_areceber", &page(&format!(r#"{row},"data_vencimento":"{due}"}}"#))).await;
        bench.fails("get_boleto", status).await;
        let printed = Ixc.boleto_pdf(&bench.call(), &CustomerRef::new("2").invoice("1")).await;
        let asked = bench.bodies("get_boleto").await;
        (printed.unwrap_err().kind(), asked[0]["atualiza_boleto"].as_str().unwrap().to_owned(), asked.len())
    };
    assert_eq!(print("2026-11-19", "yes", 504).await, (FailureKind::Overloaded, "S".to_owned(), 1));
    assert_eq!(print("2026-11-19", "no", 504).await, (FailureKind::Overloaded, "N".to_owned(), 3));
    assert_eq!(print("2026-11-20", "yes", 504).await, (FailureKind::Overloaded, "N".to_owned(), 3));
    let empty = FailureKind::NotFound(Subject::Document);
    assert_eq!(print("2026-11-19", "yes", 200).await, (empty, "S".to_owned(), 1));
}

#[test]
fn a_document_that_did_not_come_is_late_and_not_in_doubt() {
    let told = |kind| without_doubt(Failure::new(kind, "x"));
    assert_eq!(told(FailureKind::OutcomeUnknown).kind(), FailureKind::TimedOut);
    assert_eq!(told(FailureKind::OutcomeUnknown).retry(), Retry::Exhausted);
    assert_eq!(told(FailureKind::VendorFault).kind(), FailureKind::VendorFault);
}

#[tokio::test]
async fn a_list_asks_for_no_charge_and_groups_by_contract_here() {
    let bench = Bench::start().await;
    let row = |id: &str, columns: &str| {
        format!(r#"{{"id":"{id}","id_cliente":"2","status":"A","liberado":"S","valor":"9.90",{columns}}}"#)
    };
    let rows = [
        row("1", r#""id_contrato":"2309","data_vencimento":"2026-12-10""#),
        row("2", r#""id_contrato":"","id_contrato_avulso":"2309","data_vencimento":"2026-11-10""#),
        row("3", r#""id_contrato":"2400","data_vencimento":"2026-11-10""#),
    ];
    bench.lists("fn_areceber", &page(&rows.join(","))).await;
    let found =
        Ixc.of_contract(&bench.call(), &CustomerRef::new("2").contract("2309"), InvoiceFilter::Open).await.unwrap();
    let ids: Vec<_> = found.iter().map(|invoice| invoice.reference.id.as_str()).collect();
    assert_eq!(ids, ["2", "1"], "by due date, one-off charges included");
    let all = bench.server.received_requests().await.unwrap();
    assert!(all.iter().all(|request| request.url.path().ends_with("/fn_areceber")));
    let asked = bench.bodies("fn_areceber").await;
    assert_eq!(asked[0]["qtype"], "fn_areceber.id_cliente");
    assert!(asked[0]["grid_param"].as_str().unwrap().contains(r#"{"TB":"fn_areceber.liberado","OP":"=","P":"S"}"#));
}

#[tokio::test]
async fn an_invoice_of_somebody_else_is_not_found_and_has_no_paper() {
    let bench = Bench::start().await;
    bench.lists("fn_areceber", &bruno(LINE)).await;
    let foreign = CustomerRef::new("3").invoice("1");
    assert!(matches!(Ixc.payment(&bench.call(), &foreign).await.unwrap_err().kind(), FailureKind::NotFound(_)));
    assert!(matches!(Ixc.boleto_pdf(&bench.call(), &foreign).await.unwrap_err().kind(), FailureKind::NotFound(_)));
    assert!(bench.requests("get_boleto").await.is_empty() && bench.requests("get_pix").await.is_empty());
}
