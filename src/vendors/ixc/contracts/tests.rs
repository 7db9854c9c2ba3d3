//! Contracts: rows, and how they are put together.
#![allow(clippy::unwrap_used)]

use ponte_domain::FailureKind;
use ponte_domain::contract::{AccessStatus, ContractStatus, Speed, Technology};
use ponte_domain::money::Cents;
use ponte_domain::reference::CustomerRef;

use super::{logins, row};
use crate::erp::Contracts as _;
use crate::ixc::Ixc;
use crate::ixc::testing::{ABSENT, Bench, facts, page};

const CONTRACT: &str = r#"{"id":"2309","id_cliente":"2","id_filial":"1","status":"A","status_internet":"A","status_velocidade":"N","contrato":"FIBRA 300 MEGA","id_vd_contrato":"210","id_tipo_contrato":"3","data_ativacao":"2023-08-16","data_cancelamento":"0000-00-00","endereco_padrao_cliente":"S"}"#;
const LOGIN: &str = r#"{"id":"4709","id_cliente":"2","id_contrato":"2309","id_grupo":"44","login":"ana","senha":"pppoe-secret","ativo":"S","online":"S","autenticacao":"L","tipo_conexao_mapa":"F","franquia_atingida":"N"}"#;
const PERSON: &str = r#"{"id":"2","ativo":"S","razao":"Ana","endereco":"Rua das Ac\u00e1cias","numero":"25","bairro":"Centro","cidade":"3828","uf":"0","cep":"89801-000"}"#;

async fn full() -> Bench {
    let bench = Bench::start().await;
    bench.lists("cliente_contrato", &page(CONTRACT)).await;
    bench.lists("radusuarios", &page(LOGIN)).await;
    bench.lists("cliente", &page(PERSON)).await;
    bench.lists("cidade", &page(r#"{"id":"3828","nome":"Chapec\u00f3","uf":"42"}"#)).await;
    bench.lists("uf", &page(r#"{"id":"42","sigla":"SC"}"#)).await;
    bench.lists("filial", &page(r#"{"id":"1","fantasia":"Centro"}"#)).await;
    bench.lists("radgrupos", &page(r#"{"id":"44","download":"300M","upload":"150M"}"#)).await;
    bench.lists("cliente_contrato_tipo", &page(r#"{"id":"3","id_condicoes_pagamento":"7"}"#)).await;
    bench.lists("condicoes_pagamento", &page(r#"{"id":"7","dia_fixo":"10"}"#)).await;
    let price = r#"{"page":"1","total":"1","rows":[{"id":"13","cell":["13"]}],"tot":["99,90",false]}"#;
    bench.lists("view_vd_contratos_produtos_gen", price).await;
    bench
}

#[test]
fn a_row_is_read_with_every_oddity_of_its_columns() {
    let read = facts(
        r#""status":"I","status_internet":"A","status_velocidade":"R","data_cancelamento":"2026-01-31","contrato":"Fibra &amp; TV<br />","assinatura_digital":"P","url_assinatura_digital":"http://insecure""#,
    );
    assert_eq!(read.status.value, ContractStatus::Cancelled);
    assert_eq!((read.access.value, read.access_code()), (AccessStatus::Disabled, "A"));
    assert_eq!((read.speed.value, read.plan_name.as_deref()), (Speed::Reduced, Some("Fibra & TV")));
    assert_eq!(read.cancelled_on.unwrap().to_string(), "2026-01-31");
    assert_eq!((read.signature_demanded, read.signature_link), (None, None));
    let bare = facts(r#""status":"A""#);
    assert_eq!((bare.access.value, bare.activated_on, bare.plan), (AccessStatus::Unknown, None, None));
    for broken in
        [r#"{"id":"1"}"#, r#"{"id_cliente":"2"}"#, r#"{"id":"1","id_cliente":"2","data_cancelamento":"31/01/2026"}"#]
    {
        assert_eq!(row::read(broken).err().unwrap().kind(), FailureKind::BrokenAnswer, "{broken}");
    }
}

#[test]
fn a_login_is_read_without_its_passwords() {
    let login = serde_json::from_str::<logins::Row<'_>>(LOGIN).unwrap().read().unwrap();
    assert_eq!((login.login.name.as_str(), login.enabled, login.group.as_deref()), ("ana", true, Some("44")));
    assert_eq!((login.login.technology.value, login.login.quota_reached), (Technology::Fiber, Some(false)));
}

#[tokio::test]
async fn a_contract_is_put_together_from_its_tables_and_asks_for_them_once() {
    let bench = full().await;
    let reference = CustomerRef::new("2").contract("2309");
    for _ in 0..2 {
        let contract = Ixc.contract(&bench.call(), &reference).await.unwrap();
        assert_eq!(contract.address.as_deref(), Some("Rua das Acácias, 25, Centro, Chapecó - SC, 89801-000"));
        assert_eq!((contract.due_day, contract.monthly_amount), (Some(10), Some(Cents::new(9990))));
        assert_eq!((contract.plan.download_mbps, contract.plan.upload_mbps), (Some(300.0), Some(150.0)));
        assert_eq!((contract.branch.as_deref(), contract.logins.len()), (Some("Centro"), 1));
    }
    for table in [
        "cidade",
        "uf",
        "filial",
        "radgrupos",
        "cliente_contrato_tipo",
        "condicoes_pagamento",
        "view_vd_contratos_produtos_gen",
    ] {
        assert_eq!(bench.requests(table).await.len(), 1, "{table}");
    }
}

#[tokio::test]
async fn tables_that_cannot_be_read_leave_their_fields_unknown() {
    let bench = Bench::start().await;
    bench.lists("cliente_contrato", &page(CONTRACT)).await;
    for table in
        ["radusuarios", "cliente", "filial", "cliente_contrato_tipo", "view_vd_contratos_produtos_gen", "vd_contratos"]
    {
        bench.lists(table, ABSENT).await;
    }
    let title = r#"{"id":"1","id_cliente":"2","id_contrato_avulso":"2309","status":"A","valor":"99.90","data_vencimento":"2026-12-15"}"#;
    bench.lists("fn_areceber", &page(title)).await;
    let contract = Ixc.contract(&bench.call(), &CustomerRef::new("2").contract("2309")).await.unwrap();
    assert_eq!(contract.due_day, Some(15), "the day of the newest open invoice");
    assert_eq!((contract.address, contract.monthly_amount, contract.plan.download_mbps), (None, None, None));
    assert_eq!((contract.branch.as_deref(), contract.logins.len()), (Some("1"), 0));
}

#[tokio::test]
async fn logins_that_fail_are_not_passed_off_as_none() {
    let bench = Bench::start().await;
    bench.lists("cliente_contrato", &page(CONTRACT)).await;
    bench.lists("cliente", &page(PERSON)).await;
    bench.lists("radusuarios", "<div>Ocorreu um erro</div>").await;
    let failure = Ixc.contract(&bench.call(), &CustomerRef::new("2").contract("2309")).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::VendorFault);
}

#[tokio::test]
async fn the_plans_price_and_name_stand_in_for_the_contracts() {
    let bench = full().await;
    bench.server.reset().await;
    bench.lists("cliente_contrato", &page(r#"{"id":"2309","id_cliente":"2","status":"A","status_internet":"A","id_vd_contrato":"210","endereco_padrao_cliente":"N"}"#)).await;
    bench.lists("radusuarios", &page("")).await;
    bench.lists("cliente", &page(PERSON)).await;
    bench.lists("fn_areceber", &page("")).await;
    bench.lists("view_vd_contratos_produtos_gen", r#"{"page":"1","total":0,"rows":[],"tot":[]}"#).await;
    bench.lists("vd_contratos", &page(r#"{"id":"210","nome":"Fibra 300","valor_contrato":"119.900000000"}"#)).await;
    bench.lists("cidade", &page("")).await;
    let contract = Ixc.contract(&bench.call(), &CustomerRef::new("2").contract("2309")).await.unwrap();
    assert_eq!((contract.plan.name.as_str(), contract.monthly_amount), ("Fibra 300", Some(Cents::new(11990))));
    assert_eq!((contract.plan.download_mbps, contract.address), (None, None), "the holder's address is not its own");
}

#[tokio::test]
async fn contracts_of_a_customer_come_with_their_own_logins_active_ones_first() {
    let bench = full().await;
    bench.server.reset().await;
    let ended = r#"{"id":"2400","id_cliente":"2","status":"I","status_internet":"D","data_cancelamento":"2026-01-31","endereco":"Rua Nova","endereco_padrao_cliente":"N"}"#;
    let other = r#"{"id":"9","id_cliente":"3","status":"A","status_internet":"A"}"#;
    bench.lists("cliente_contrato", &page(&format!("{ended},{other},{CONTRACT}"))).await;
    bench.lists("radusuarios", &page(LOGIN)).await;
    bench.lists("cliente", &page(PERSON)).await;
    for table in [
        "cidade",
        "filial",
        "radgrupos",
        "cliente_contrato_tipo",
        "fn_areceber",
        "view_vd_contratos_produtos_gen",
        "vd_contratos",
    ] {
        bench.lists(table, ABSENT).await;
    }
    let contracts = Ixc.of_customer(&bench.call(), &CustomerRef::new("2")).await.unwrap();
    let ids: Vec<_> = contracts.iter().map(|contract| (contract.number.as_str(), contract.logins.len())).collect();
    assert_eq!(ids, [("2309", 1), ("2400", 0)]);
    assert_eq!(contracts[1].address.as_deref(), Some("Rua Nova"));
}

#[tokio::test]
async fn a_contract_of_somebody_else_is_not_found() {
    let bench = full().await;
    let failure = Ixc.contract(&bench.call(), &CustomerRef::new("3").contract("2309")).await.unwrap_err();
    assert!(matches!(failure.kind(), FailureKind::NotFound(_)));
}
