//! A change of the Wi-Fi password, from the service to the router.

use ponte_domain::FailureKind;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::wifi::{WifiPassword, WifiResult};
use serde_json::json;
use wiremock::ResponseTemplate;

use crate::erp::Wifi as _;
use crate::hubsoft::Hubsoft;
use crate::hubsoft::testing::{Bench, customer, refusal, service};

const DEVICES: &str = "rede/cpe/todos";
const OPEN: &str = "rede/cpe/iniciar_gerenciamento";
const WRITE: &str = "rede/cpe/gerenciar";
const MINE: &str = r#"{"status":"success","cpes":[{"id_cpe":71524,"servicos":[{"codigo_cliente":421}]}],"paginacao":{"ultima_pagina":0,"total_registros":1}}"#;
const NO_DEVICE: FailureKind = FailureKind::NotFound(Subject::Device);

async fn bench(serial: &str, devices: &str) -> Bench {
    let bench = Bench::start().await;
    let columns = format!(r#""status_prefixo":"servico_habilitado","phy_addr":{serial}"#);
    bench.answers("cliente", &customer(&service(&columns))).await;
    bench.answers(DEVICES, devices).await;
    bench
}

fn session(parameters: &str) -> String {
    format!(r#"{{"status":"success","cpe":{{"id_cpe":71524,"phy_addr":"HWTC00000001","parametros":[{parameters}]}}}}"#)
}

const TWO_BANDS: &str = r#"{"prefixo":"wifi_ssid","valor":"CASA"},{"prefixo":"wifi_password","valor":"segredo24"},{"prefixo":"wifi_password_5ghz","valor":"segredo5g"}"#;
const ONE_BAND: &str = r#"{"prefixo":"wifi_password","valor":"segredo24"}"#;

async fn change(bench: &Bench, login: Option<&str>) -> Result<WifiResult, FailureKind> {
    let contract = CustomerRef::new("421").contract("22703");
    let password = WifiPassword::parse("NovaSenha2026".to_owned()).unwrap();
    let login = login.map(VendorId::from);
    Hubsoft.change(&bench.call(), &contract, login.as_ref(), &password).await.map_err(|failure| failure.kind())
}

#[tokio::test]
async fn only_what_the_router_named_is_written() {
    for (parameters, written) in
        [(TWO_BANDS, &["wifi_password", "wifi_password_5ghz"][..]), (ONE_BAND, &["wifi_password"])]
    {
        let bench = bench(r#""HWTC00000001""#, MINE).await;
        bench.answers(OPEN, &session(parameters)).await;
        bench.answers(WRITE, r#"{"status":"success","msg":"Parâmetros alterados com sucesso!"}"#).await;
        assert_eq!(change(&bench, Some("22703")).await.unwrap(), WifiResult::Accepted);
        let wanted: Vec<_> =
            written.iter().map(|prefix| json!({"prefixo": prefix, "valor": "NovaSenha2026"})).collect();
        assert_eq!(bench.bodies(WRITE).await, [json!({"id_cpe": "71524", "parametros": wanted})]);
        assert_eq!(bench.parameters(OPEN, "id_cpe").await, ["71524"]);
        assert!(bench.parameters(OPEN, "phy_addr").await.is_empty(), "exactly one of the two");
    }
}

#[tokio::test]
async fn an_older_version_is_asked_by_the_services_own_address() {
    let bench = bench(r#""HWTC00000001""#, &refusal("O tipo de busca não é válido | Valores aceitos: x")).await;
    bench.answers(OPEN, &session(ONE_BAND)).await;
    bench.answers(WRITE, r#"{"status":"success"}"#).await;
    change(&bench, None).await.unwrap();
    assert_eq!(bench.parameters(OPEN, "phy_addr").await, ["HWTC00000001"]);
}

#[tokio::test]
async fn of_several_devices_the_services_own_is_taken() {
    let row = |id: u32, address: &str, owner: u32| {
        format!(r#"{{"id_cpe":{id},"phy_addr":"{address}","servicos":[{{"codigo_cliente":{owner}}}]}}"#)
    };
    let list = |rows: &[String]| {
        format!(r#"{{"status":"success","cpes":[{}],"paginacao":{{"total_registros":2}}}}"#, rows.join(","))
    };
    let (other, own) = (row(1, "HWTC00000009", 421), row(71524, "hwtc00000001", 421));
    let found = bench(r#""HWTC00000001""#, &list(&[other.clone(), own])).await;
    found.answers(OPEN, &session(ONE_BAND)).await;
    found.answers(WRITE, r#"{"status":"success"}"#).await;
    change(&found, None).await.unwrap();
    assert_eq!(found.bodies(WRITE).await[0]["id_cpe"], "71524");
    let theirs = bench(r#""HWTC00000001""#, &list(&[other.clone(), row(2, "HWTC00000001", 422)])).await;
    assert_eq!(change(&theirs, None).await, Err(NO_DEVICE));
    let ignored = bench(r#""HWTC00000001""#, &list(&[other, row(2, "HWTC00000008", 422)])).await;
    ignored.answers(OPEN, &session(ONE_BAND)).await;
    ignored.answers(WRITE, r#"{"status":"success"}"#).await;
    change(&ignored, None).await.unwrap();
    assert_eq!(ignored.parameters(OPEN, "phy_addr").await, ["HWTC00000001"]);
}

#[tokio::test]
async fn a_session_with_another_router_is_not_written_to() {
    let bench = bench(r#""HWTC00000001""#, MINE).await;
    bench.answers(OPEN, &session(ONE_BAND).replace("71524", "71525")).await;
    assert_eq!(change(&bench, None).await, Err(FailureKind::BrokenAnswer));
    assert!(bench.requests(WRITE).await.is_empty());
}

#[tokio::test]
async fn pages_that_count_from_one_are_found() {
    let empty = r#"{"status":"success","cpes":[],"paginacao":{"ultima_pagina":0,"total_registros":1}}"#;
    let bench = Bench::start().await;
    bench.answers("cliente", &customer(&service(r#""phy_addr":"HWTC00000001""#))).await;
    bench.answers_once(DEVICES, empty).await;
    bench.answers(DEVICES, MINE).await;
    bench.answers(OPEN, &session(ONE_BAND)).await;
    bench.answers(WRITE, r#"{"status":"success"}"#).await;
    change(&bench, None).await.unwrap();
    assert_eq!(bench.parameters(DEVICES, "pagina").await, ["0", "1"]);
}

#[tokio::test]
async fn a_router_that_cannot_be_managed_is_not_found_and_not_asked() {
    const THEIRS: &str = r#"{"status":"success","cpes":[{"id_cpe":1,"servicos":[{"codigo_cliente":422}]}]}"#;
    for (serial, devices) in [("null", MINE), (r#""02:00:00:AA:BB:01""#, MINE), (r#""HWTC00000001""#, THEIRS)] {
        let bench = bench(serial, devices).await;
        assert_eq!(change(&bench, None).await, Err(NO_DEVICE), "{serial}");
        assert!(bench.requests(OPEN).await.is_empty());
    }
    let unknown = bench(r#""HWTC00000001""#, MINE).await;
    unknown.answers(OPEN, &refusal("Equipamento não encontrado!")).await;
    assert_eq!(change(&unknown, None).await, Err(NO_DEVICE));
    let silent = bench(r#""HWTC00000001""#, MINE).await;
    silent.answers(OPEN, &session(r#"{"prefixo":"wifi_ssid","valor":"A"}"#)).await;
    assert_eq!(change(&silent, None).await, Err(NO_DEVICE));
    assert_eq!(change(&silent, Some("1")).await, Err(FailureKind::InvalidInput));
    assert!(silent.requests(WRITE).await.is_empty());
}

#[tokio::test]
async fn an_offline_router_is_a_no_and_a_lost_session_leaves_no_doubt() {
    let offline = bench(r#""HWTC00000001""#, MINE).await;
    offline.answers(OPEN, &refusal("Não foi possível comunicar com o equipamento")).await;
    assert_eq!(change(&offline, None).await, Err(FailureKind::Refused(Refusal::VendorRule)));
    let down = bench(r#""HWTC00000001""#, MINE).await;
    down.replies(OPEN, ResponseTemplate::new(500)).await;
    assert_eq!(change(&down, None).await, Err(FailureKind::VendorFault));
    assert_eq!(down.requests(OPEN).await.len(), 1, "a GET that acts is sent once");
}

#[tokio::test]
async fn a_write_in_doubt_is_settled_by_what_the_router_holds() {
    let bench = bench(r#""HWTC00000001""#, MINE).await;
    bench.answers_once(OPEN, &session(TWO_BANDS)).await;
    bench.replies(WRITE, ResponseTemplate::new(500)).await;
    assert_eq!(change(&bench, None).await, Err(FailureKind::OutcomeUnknown));
    bench.answers_once(OPEN, &session(&TWO_BANDS.replace("segredo24", "NovaSenha2026"))).await;
    bench
        .answers(OPEN, &session(&TWO_BANDS.replace("segredo24", "NovaSenha2026").replace("segredo5g", "NovaSenha2026")))
        .await;
    let contract = CustomerRef::new("421").contract("22703");
    let password = WifiPassword::parse("NovaSenha2026".to_owned()).unwrap();
    assert!(!Hubsoft.holds(&bench.call(), &contract, None, &password).await.unwrap(), "one band only");
    assert!(Hubsoft.holds(&bench.call(), &contract, None, &password).await.unwrap());
}
