//! Notas, from the list to the print.

use ponte_domain::FailureKind;
use ponte_domain::failure::Subject;
use ponte_domain::reference::CustomerRef;

use crate::erp::FiscalInvoices as _;
use crate::ixc::Ixc;
use crate::ixc::testing::{ABSENT, Bench, page};

fn nota(id: &str, columns: &str) -> String {
    format!(
        r#"{{"id":"{id}","id_cliente":"2","status":"F","numero_nf":"{id}","modelo_nf":"21","valor_total":"99.90",{columns}}}"#
    )
}

#[tokio::test]
async fn notas_without_a_contract_get_that_of_their_titles() {
    let bench = Bench::start().await;
    let rows = [
        nota("1", r#""id_contrato":"2309","data_emissao":"2026-10-20""#),
        nota("2", r#""id_contrato":"","data_emissao":"2026-11-20""#),
        nota("3", r#""id_contrato":"","data_emissao":"2026-09-20""#),
        nota("4", r#""id_contrato":"2400","data_emissao":"2026-11-20""#),
    ];
    bench.lists("vd_saida", &page(&rows.join(","))).await;
    let titles = r#"{"id":"9","id_cliente":"2","status":"A","valor":"1","id_saida":"2","id_contrato_avulso":"2309"},{"id":"10","id_cliente":"3","status":"A","valor":"1","id_saida":"3","id_contrato":"2309"}"#;
    bench.lists("fn_areceber", &page(titles)).await;
    let contract = CustomerRef::new("2").contract("2309");
    let found = Ixc.of_contract(&bench.call(), &contract).await.unwrap();
    let numbers: Vec<_> = found.iter().map(|nota| nota.number.as_str()).collect();
    assert_eq!(numbers, ["2", "1"], "newest first; the third one's title is somebody else's");
    let asked = bench.bodies("fn_areceber").await;
    assert_eq!((asked[0]["qtype"].as_str(), asked[0]["query"].as_str()), (Some("fn_areceber.id_saida"), Some("2,3")));
}

#[tokio::test]
async fn titles_that_fail_do_not_make_the_list_shorter_and_titles_that_may_not_be_seen_do() {
    for (titles, expected) in [("<div>Ocorreu um erro</div>", Err(FailureKind::VendorFault)), (ABSENT, Ok(1))] {
        let bench = Bench::start().await;
        let rows = [nota("1", r#""id_contrato":"2309""#), nota("2", r#""id_contrato":"""#)];
        bench.lists("vd_saida", &page(&rows.join(","))).await;
        bench.lists("fn_areceber", titles).await;
        let found = Ixc.of_contract(&bench.call(), &CustomerRef::new("2").contract("2309")).await;
        assert_eq!(found.map(|notas| notas.len()).map_err(|failure| failure.kind()), expected, "{titles}");
    }
}

#[tokio::test]
async fn only_a_finished_nota_of_the_customer_is_printed() {
    for (columns, owner, expected) in
        [(r#""id_contrato":"2309""#, "2", None), (r#""status_":"""#, "3", Some(Subject::FiscalInvoice))]
    {
        let bench = Bench::start().await;
        bench.lists("vd_saida", &page(&nota("1", columns))).await;
        bench.answers("imprimir_nota", "JVBERi0xLjQKeA==").await;
        let printed = Ixc.pdf(&bench.call(), &CustomerRef::new(owner).fiscal_invoice("1")).await;
        assert_eq!(printed.err().map(|failure| failure.kind()), expected.map(FailureKind::NotFound), "{owner}");
    }
    let bench = Bench::start().await;
    bench
        .lists(
            "vd_saida",
            &page(r#"{"id":"1","id_cliente":"2","status":"A","numero_nf":"1","modelo_nf":"21","valor_total":"1.00"}"#),
        )
        .await;
    let failure = Ixc.pdf(&bench.call(), &CustomerRef::new("2").fiscal_invoice("1")).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotFound(Subject::Document));
    assert!(bench.requests("imprimir_nota").await.is_empty());
}

#[tokio::test]
async fn a_print_that_is_not_there_leaves_the_list() {
    let bench = Bench::start().await;
    bench.lists("vd_saida", &page(&nota("1", r#""id_contrato":"2309""#))).await;
    bench.answers("imprimir_nota", ABSENT).await;
    let customer = CustomerRef::new("2");
    Ixc.pdf(&bench.call(), &customer.fiscal_invoice("1")).await.unwrap_err();
    assert!(bench.memory.all_missing(bench.call().now).is_empty());
    assert_eq!(Ixc.of_contract(&bench.call(), &customer.contract("2309")).await.unwrap().len(), 1);
}
