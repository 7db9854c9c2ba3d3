//! A whole diagnosis, and parts that fail.
#![allow(clippy::unwrap_used)]

use ponte_domain::contract::{AccessStatus, Online, Speed, Technology};
use ponte_domain::customer::CustomerStatus;
use ponte_domain::diagnostics::{Diagnosis, Reading};
use ponte_domain::reference::CustomerRef;

use crate::erp::Diagnostics as _;
use crate::sgp::Sgp;
use crate::sgp::testing::{Bench, contract, contracts, customer};

const FIND: &str = "/api/ura/consultacliente/";
const CUSTOMERS: &str = "/api/ura/clientes/";
const CHECK: &str = "/api/ura/verificaacesso/";
const MAINTENANCE: &str = "/api/ura/manutencao/list/";

async fn diagnose(bench: &Bench) -> Diagnosis {
    Sgp.diagnose(&bench.call(), &CustomerRef::new("16957").contract("17402")).await.unwrap()
}

fn is<T: PartialEq + std::fmt::Debug>(reading: &Reading<T>, expected: &T) {
    let Reading::Is(known) = reading else { unreachable!("{reading:?}") };
    assert_eq!(known.value, *expected);
}

async fn bench(columns: &str) -> Bench {
    let bench = Bench::start().await;
    bench.answers(FIND, &contracts(&contract(17402, columns))).await;
    bench
}

#[tokio::test]
async fn a_sound_contract_is_told_variable_by_variable() {
    let bench =
        bench(r#""contratoStatus":1,"contratoStatusDisplay":"Ativo","promessasPagamentoMes":0,"popId":1"#).await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    bench.answers(CHECK, r#"{"status":1,"msg":"Serviço Online","login":"ana"}"#).await;
    bench
        .answers(
            MAINTENANCE,
            r#"[{"id":1,"ativa":1,"data_final":"2026-11-20 18:00:00","mensagem_central":"Equipe em campo","pops":[{"id":1}]}]"#,
        )
        .await;
    let diagnosis = diagnose(&bench).await;
    is(&diagnosis.customer_status, &CustomerStatus::Active);
    is(&diagnosis.access_status, &AccessStatus::Active);
    is(&diagnosis.speed, &Speed::Normal);
    is(&diagnosis.trust_unlock_in_use, &false);
    is(&diagnosis.trust_unlock_restricted, &false);
    is(&diagnosis.online, &Online::Online);
    is(&diagnosis.technology, &Technology::Fiber);
    is(&diagnosis.in_maintenance_area, &true);
    assert_eq!(diagnosis.outage.unwrap().message.as_deref(), Some("Equipe em campo"));
    assert!(matches!(diagnosis.quota_reached, Reading::NotSupported(_)));
    assert!(matches!(diagnosis.login_status, Reading::NotSupported(_)));
    let asked = bench.bodies(CHECK).await;
    assert!(asked[0].contains("status_all=1") && !asked[0].contains("protocolo_ura"), "{asked:?}");
    diagnose(&bench).await;
    assert_eq!(bench.requests(MAINTENANCE).await.len(), 1, "one list for everybody");
}

#[tokio::test]
async fn a_check_that_fails_is_not_repeated_since_it_may_have_opened_a_work_order() {
    let bench = bench(r#""contratoStatus":1,"promessasPagamentoMes":0"#).await;
    bench.answers(CUSTOMERS, r#"{"clientes":[{"id":16957,"nome":"A","contratos":[]}]}"#).await;
    bench.answers(MAINTENANCE, "[]").await;
    bench.fails(CHECK, 500).await;
    assert!(matches!(diagnose(&bench).await.online, Reading::Unreadable(_)));
    assert_eq!(bench.requests(CHECK).await.len(), 1);
}

#[tokio::test]
async fn an_outage_of_a_box_leaves_it_open_whether_the_contract_is_in_it() {
    let bench = bench(r#""contratoStatus":1,"promessasPagamentoMes":0,"popId":1"#).await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    bench.answers(CHECK, r#"{"status":1}"#).await;
    bench.answers(MAINTENANCE, r#"[{"id":1,"ativa":1,"pops":[],"olts":[],"ctos":[{"id":77}]}]"#).await;
    let diagnosis = diagnose(&bench).await;
    assert!(matches!(diagnosis.in_maintenance_area, Reading::Unreadable(_)), "{:?}", diagnosis.in_maintenance_area);
    assert_eq!(diagnosis.outage, None);
}

#[tokio::test]
async fn a_part_that_is_not_there_or_fails_leaves_the_others() {
    let bench = bench(r#""contratoStatus":4,"promessasPagamentoMes":1,"servico_login":"ana""#).await;
    bench.fails(CUSTOMERS, 404).await;
    bench.fails(CHECK, 404).await;
    bench.answers(MAINTENANCE, "{}").await;
    let diagnosis = diagnose(&bench).await;
    is(&diagnosis.access_status, &AccessStatus::Blocked);
    is(&diagnosis.trust_unlock_restricted, &true);
    is(&diagnosis.technology, &Technology::Fiber);
    assert!(matches!(diagnosis.customer_status, Reading::NotSupported(_)), "{:?}", diagnosis.customer_status);
    assert!(matches!(diagnosis.online, Reading::NotSupported(_)));
    assert!(matches!(diagnosis.in_maintenance_area, Reading::Unreadable(_)));
    assert_eq!(diagnosis.outage, None);
    diagnose(&bench).await;
    assert_eq!(bench.requests(CHECK).await.len(), 1, "a route that is not there is not asked for again");
}
