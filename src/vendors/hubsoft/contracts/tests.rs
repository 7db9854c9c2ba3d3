//! The readers of services, and whose they are.
#![allow(clippy::unwrap_used)]
use jiff::civil::date;
use ponte_domain::FailureKind;
use ponte_domain::contract::{AccessStatus, ContractStatus, LoginStatus, Online};
use ponte_domain::reference::CustomerRef;

use super::row::read;
use crate::erp::Contracts as _;
use crate::hubsoft::Hubsoft;
use crate::hubsoft::testing::{Bench, NO_INVOICES, customer, facts, service};

#[test]
fn a_service_is_a_contract_with_both_of_the_vendors_words() {
    let contract = facts(
        r#""valor":89.9,"status":"Suspenso por Débito","status_prefixo":"suspenso_debito","velocidade_download":"500 Mbits","velocidade_upload":"250 Mbits","login":"ana.souza","tecnologia":"FIBRA","data_habilitacao":"2024-02-06 00:00:00""#,
    )
    .contract(Some(10));
    assert_eq!(contract.status.value, ContractStatus::Active);
    assert_eq!(contract.status.vendor_word.as_deref(), Some("Suspenso por Débito"));
    assert_eq!(contract.access.value, AccessStatus::Blocked);
    assert_eq!(contract.access.vendor_word.as_deref(), Some("suspenso_debito"));
    assert_eq!((contract.plan.download_mbps, contract.plan.upload_mbps), (Some(500.0), Some(250.0)));
    assert_eq!((contract.monthly_amount.unwrap().get(), contract.due_day), (8990, Some(10)));
    assert_eq!(contract.activated_on, Some(date(2024, 2, 6)));
    assert_eq!(contract.logins[0].status.value, LoginStatus::Active);
}

#[test]
fn a_status_of_the_tenants_own_is_unknown_and_its_label_passed_on() {
    let contract = facts(r#""status":"Dedicado Suspenso","status_prefixo":"dedicado_suspenso""#).contract(None);
    assert_eq!(contract.status.value, ContractStatus::Unknown);
    assert_eq!(contract.status.vendor_word.as_deref(), Some("Dedicado Suspenso"));
    assert!(contract.logins.is_empty(), "no login, no access");
}

#[test]
fn the_last_connection_is_an_object_or_an_empty_list() {
    for (columns, expected) in [
        (r#""ultima_conexao":{"conectado":true}"#, Online::Online),
        (r#""ultima_conexao":{"conectado":false}"#, Online::Offline),
        (r#""ultima_conexao":[]"#, Online::Unknown),
        (r#""ultima_conexao":null"#, Online::Unknown),
        (r#""ultima_conexao":"""#, Online::Unknown),
        (r#""x":1"#, Online::Unknown),
    ] {
        assert_eq!(facts(columns).online.value, expected, "{columns}");
    }
}

#[test]
fn documents_and_unlocks_that_are_not_listed_are_not_none() {
    let silent = facts(r#""status_prefixo":"servico_habilitado""#);
    assert!(silent.documents.is_none() && silent.unlocks.is_none());
    let empty = facts(r#""contratos":[],"desbloqueios":"""#);
    assert_eq!((empty.documents.unwrap().len(), empty.unlocks.unwrap().len()), (0, 0));
    let listed = facts(
        r#""contratos":[{"id_cliente_servico_contrato":9342,"aceito":false},{"id_cliente_servico_contrato":"9343","aceito":null,"data_aceito":{"date":"2026-09-07 14:35:00.000000"}}],"desbloqueios":[{"data_cadastro":"2026-09-12 09:00:00","data_termino":"2026-09-15"}]"#,
    );
    let accepted: Vec<bool> = listed.documents.unwrap().iter().map(|document| document.accepted).collect();
    assert_eq!(accepted, [false, true]);
    let unlock = listed.unlocks.unwrap()[0];
    assert_eq!((unlock.made_on, unlock.ends_on), (Some(date(2026, 9, 12)), Some(date(2026, 9, 15))));
}

#[test]
fn what_a_service_does_not_bear_is_a_broken_answer() {
    for json in [
        r#"{"nome":"X"}"#,
        r#"{"id_cliente_servico":1,"valor":"89,90"}"#,
        r#"{"id_cliente_servico":1,"data_habilitacao":"ontem"}"#,
        r#"{"id_cliente_servico":1,"desbloqueios":[{"data_cadastro":"ontem"}]}"#,
    ] {
        assert_eq!(read(json).err().unwrap().kind(), FailureKind::BrokenAnswer, "{json}");
    }
}

#[tokio::test]
async fn a_service_of_somebody_else_is_not_found() {
    let bench = Bench::start().await;
    bench.answers("cliente", &customer(&service(r#""status_prefixo":"servico_habilitado""#))).await;
    bench.answers("cliente/financeiro", NO_INVOICES).await;
    let call = bench.call();
    let contract = |owner: &str, id: &str| CustomerRef::new(owner).contract(id);
    Hubsoft.contract(&call, &contract("421", "22703")).await.unwrap();
    for (owner, id) in [("422", "22703"), ("421", "22704"), ("421", "x")] {
        let failure = Hubsoft.contract(&call, &contract(owner, id)).await.unwrap_err();
        assert!(matches!(failure.kind(), FailureKind::NotFound(_)), "{owner} {id}");
    }
    let asked = bench.requests("cliente").await.pop().unwrap().url.query().unwrap_or_default().to_owned();
    for flag in ["incluir_contrato=sim", "incluir_desbloqueios=sim", "ultima_conexao=sim", "cancelado=sim"] {
        assert!(asked.contains(flag), "{flag} in {asked}");
    }
}

#[tokio::test]
async fn the_due_day_is_the_newest_open_invoices() {
    let bench = Bench::start().await;
    let services = [
        service(r#""status_prefixo":"cancelado""#),
        service(r#""status_prefixo":"servico_habilitado""#).replace("22703", "22704"),
    ];
    bench.answers("cliente", &customer(&services.join(","))).await;
    let row = |id: u32, due: &str, service: u32| {
        format!(
            r#"{{"id_fatura":{id},"valor":1,"data_vencimento":"{due}","cliente":{{"codigo_cliente":421,"servico":{{"id_cliente_servico":{service}}}}}}}"#
        )
    };
    let rows = [row(1, "05/11/2026", 22704), row(2, "10/12/2026", 22704)];
    bench.answers("cliente/financeiro", &format!(r#"{{"status":"suscess","faturas":[{}]}}"#, rows.join(","))).await;
    let found = Hubsoft.of_customer(&bench.call(), &CustomerRef::new("421")).await.unwrap();
    let days: Vec<(String, Option<u8>)> =
        found.into_iter().map(|contract| (contract.number, contract.due_day)).collect();
    assert_eq!(days, [("22704".to_owned(), Some(10)), ("22703".to_owned(), None)], "active ones first");
}
