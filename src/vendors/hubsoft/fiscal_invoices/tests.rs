//! The readers of notas, the windows and the PDF.
#![allow(clippy::unwrap_used)]
use jiff::civil::date;
use ponte_domain::FailureKind;
use ponte_domain::invoice::FiscalInvoiceStatus;
use ponte_domain::reference::CustomerRef;

use super::nota::Body;
use super::windows;
use crate::erp::FiscalInvoices as _;
use crate::hubsoft::Hubsoft;
use crate::hubsoft::testing::{Bench, customer, service};
use wiremock::ResponseTemplate;

#[test]
fn windows_are_sixty_days_at_most_and_leave_no_gap() {
    let found = windows(date(2026, 9, 7), 180);
    assert_eq!(
        found,
        [
            (date(2026, 7, 10), date(2026, 9, 7)),
            (date(2026, 5, 11), date(2026, 7, 9)),
            (date(2026, 3, 12), date(2026, 5, 10)),
        ]
    );
    assert_eq!(windows(date(2026, 9, 7), 70).last().copied(), Some((date(2026, 6, 30), date(2026, 7, 9))));
}

#[test]
fn three_arrays_with_three_sets_of_keys_are_notas() {
    let body: Body<'_> = serde_json::from_str(
        r#"{"cliente":{"codigo_cliente":421},
        "notas_fiscais":[{"id_nota_fiscal":3064,"numero_nota":427,"serie_nota":"U","valor":"89.9","data_emissao_br":"25/08/2026","cancelado":false,"tipo_documento_fiscal":{"codigo":"21"},"link":"http://x.test/n.pdf"},
                         {"id_nota_fiscal":3065,"numero_nota":428,"valor":"5","data_emissao_br":"26/08/2026","cancelado":true,"tipo_documento_fiscal":[]}],
        "nfes":[{"id_nfe":351,"modelo":"55","serie":"1","numero_nf":60,"status":"efetivada","data_emissao_br":"25/08/2026 09:07:06","link":"http://x.test/e.pdf"}],
        "nfses":[{"id_nfse":106,"numero":"14890","serie":"LAL","valor":"89.9","data_cadastro":"2026-08-26 10:22:51","status":"autorizado","link_pdf":""}]}"#,
    )
    .unwrap();
    let notas = body.read(&CustomerRef::new("421")).unwrap();
    let ids: Vec<&str> = notas.iter().map(|nota| nota.invoice.reference.id.as_str()).collect();
    assert_eq!(ids, ["telecom-3064", "telecom-3065", "nfse-106"], "an amount is never made up: the nfe has none");
    assert_eq!((notas[0].invoice.amount.get(), notas[0].invoice.model.as_deref()), (8990, Some("21")));
    assert_eq!(notas[0].invoice.issued_on, Some(date(2026, 8, 25)));
    assert_eq!(notas[1].invoice.status.value, FiscalInvoiceStatus::Cancelled);
    assert_eq!((notas[2].link.as_deref(), notas[2].invoice.model.as_deref()), (None, Some("NFS-e")));
}

#[test]
fn the_answer_for_another_customer_is_no_answer() {
    let json =
        r#"{"cliente":{"codigo_cliente":422},"notas_fiscais":[{"id_nota_fiscal":1,"numero_nota":1,"valor":"1"}]}"#;
    let body: Body<'_> = serde_json::from_str(json).unwrap();
    assert_eq!(body.read(&CustomerRef::new("421")).err().unwrap().kind(), FailureKind::BrokenAnswer);
    let broken: Body<'_> =
        serde_json::from_str(r#"{"notas_fiscais":[{"id_nota_fiscal":1,"numero_nota":1,"valor":"x"}]}"#).unwrap();
    assert_eq!(broken.read(&CustomerRef::new("421")).err().unwrap().kind(), FailureKind::BrokenAnswer);
}

const NONE: &str = r#"{"status":"success","notas_fiscais":[],"nfes":[],"nfses":[]}"#;
const ROUTE: &str = "cliente/nota_fiscal";

#[tokio::test]
async fn the_internal_id_is_asked_for_window_by_window() {
    let bench = Bench::start().await;
    bench.answers("cliente", &customer(&service(r#""status_prefixo":"servico_habilitado""#))).await;
    bench.answers(ROUTE, NONE).await;
    let contract = CustomerRef::new("421").contract("22703");
    assert!(Hubsoft.of_contract(&bench.call(), &contract).await.unwrap().is_empty());
    assert_eq!(bench.parameters(ROUTE, "termo_busca").await, ["11201", "11201", "11201"]);
    let mut ends = bench.parameters(ROUTE, "data_fim").await;
    ends.sort();
    assert_eq!(ends, ["2026-07-23", "2026-09-21", "2026-11-20"]);
    let other = CustomerRef::new("421").contract("1");
    assert!(matches!(Hubsoft.of_contract(&bench.call(), &other).await.unwrap_err().kind(), FailureKind::NotFound(_)));
}

#[tokio::test]
async fn out_of_the_issuers_month_only_the_customers_own_are_taken() {
    let bench = Bench::start().await.with("nfcom_issuer", "11.222.333/0001-81").with("fiscal_invoice_days", "60");
    bench.answers("cliente", &customer(&service(r#""status_prefixo":"servico_habilitado""#))).await;
    bench.answers(ROUTE, NONE).await;
    let row = |id: u32, taker: &str| {
        format!(
            r#"{{"id_nfcom":{id},"numero_nf":{id},"serie":1,"status":"efetivada","valor":"99.9","cliente":{taker}}}"#
        )
    };
    let page = |rows: &[String], last: u32| {
        format!(
            r#"{{"status":"success","nfcoms":[{}],"paginacao":{{"ultima_pagina":{last},"total_registros":4}}}}"#,
            rows.join(",")
        )
    };
    let first = [row(1, r#"{"codigo_cliente":421}"#), row(2, r#"{"codigo_cliente":422,"cpf_cnpj":"52998224725"}"#)];
    let second = [row(3, r#"{"cpf_cnpj":"52998224725"}"#), row(4, "[]")];
    bench.answers_once("nota_fiscal/nfcom", &page(&first, 1)).await;
    bench.answers("nota_fiscal/nfcom", &page(&second, 1)).await;
    let contract = CustomerRef::new("421").contract("22703");
    let found = Hubsoft.of_contract(&bench.call(), &contract).await.unwrap();
    let ids: Vec<&str> = found.iter().map(|invoice| invoice.reference.id.as_str()).collect();
    assert_eq!(ids, ["nfcom-1", "nfcom-3"]);
    assert_eq!(bench.parameters("nota_fiscal/nfcom", "pagina").await, ["0", "1"]);
    assert_eq!(bench.parameters("nota_fiscal/nfcom", "documento").await[0], "11222333000181");
}

#[tokio::test]
async fn a_nota_without_a_link_has_no_document() {
    let bench = Bench::start().await.with("fiscal_invoice_days", "60");
    bench.answers("cliente", &customer("")).await;
    let uri = bench.server.uri();
    let notas = format!(
        r#"{{"status":"success","notas_fiscais":[{{"id_nota_fiscal":1,"numero_nota":1,"valor":"1","link":"{uri}/nota/1.pdf"}}],"nfes":[],"nfses":[{{"id_nfse":2,"numero":"2","valor":"1","status":"autorizado","link_pdf":""}}]}}"#
    );
    bench.answers(ROUTE, &notas).await;
    bench.replies("/nota/1.pdf", ResponseTemplate::new(200).set_body_raw("%PDF-1.4\n", "application/pdf")).await;
    let customer = CustomerRef::new("421");
    Hubsoft.pdf(&bench.call(), &customer.fiscal_invoice("telecom-1")).await.unwrap();
    for id in ["nfse-2", "telecom-9"] {
        let failure = Hubsoft.pdf(&bench.call(), &customer.fiscal_invoice(id)).await.unwrap_err();
        assert!(matches!(failure.kind(), FailureKind::NotFound(_)), "{id}");
    }
}
