//! Changing the Wi-Fi password.

use ponte_domain::failure::Subject;
use ponte_domain::reference::{ContractRef, CustomerRef, VendorId};
use ponte_domain::wifi::{WifiPassword, WifiResult};
use ponte_domain::{Failure, FailureKind};

use super::{CREDENTIALS, CUSTOMERS, FIND};
use crate::erp::Wifi as _;
use crate::sgp::Sgp;
use crate::sgp::testing::{Bench, contract, contracts, customer};

const ROUTER: &str = "/api/ura/cpemanage/";
const TAKEN: &str = r#"{"success":true,"msg":"ok"}"#;

fn reference() -> ContractRef {
    CustomerRef::new("16957").contract("17402")
}

fn password() -> WifiPassword {
    WifiPassword::parse("casa nova 2026".to_owned()).unwrap()
}

async fn bench() -> Bench {
    let bench = Bench::start().await;
    bench.answers(FIND, &contracts(&contract(17402, r#""contratoStatus":1"#))).await;
    bench.answers(CUSTOMERS, &customer(&[17402])).await;
    bench
}

async fn change(bench: &Bench) -> Result<WifiResult, Failure> {
    Sgp.change(&bench.call(), &reference(), None, &password()).await
}

async fn sent(bench: &Bench) -> String {
    bench.bodies(ROUTER).await.into_iter().find(|body| !body.is_empty()).unwrap_or_default()
}

#[tokio::test]
async fn a_router_of_one_network_gets_one_password_and_no_other_field() {
    let bench = bench().await;
    bench.answers_by("GET", ROUTER, r#"{"success":true,"info":{"wifi_ssid":"CASA","wifi_password":"antiga 1"}}"#).await;
    bench.answers_by("POST", ROUTER, TAKEN).await;
    assert_eq!(change(&bench).await.unwrap(), WifiResult::Accepted);
    assert_eq!(sent(&bench).await, format!("contrato=17402&{CREDENTIALS}&nova_senha=casa+nova+2026"));
}

#[tokio::test]
async fn a_second_network_gets_it_too_also_where_the_version_cannot_show_it() {
    let shown = bench().await;
    shown.answers_by("GET", ROUTER, r#"{"success":true,"info":{"wifi_ssid_5ghz":"CASA-5G"}}"#).await;
    shown.answers_by("POST", ROUTER, TAKEN).await;
    change(&shown).await.unwrap();
    let hidden = bench().await;
    hidden.answers_by("POST", ROUTER, TAKEN).await;
    change(&hidden).await.unwrap();
    for bench in [shown, hidden] {
        assert!(sent(&bench).await.ends_with("&nova_senha=casa+nova+2026&nova_senha_5g=casa+nova+2026"));
    }
}

#[tokio::test]
async fn of_several_services_one_without_a_number_is_not_changed() {
    let bench = Bench::start().await;
    bench.answers(FIND, &contracts(&contract(17402, r#""contratoStatus":1"#))).await;
    let rows =
        r#"{"clientes":[{"id":16957,"nome":"A","contratos":[{"id":17402,"servicos":[{"login":"a"},{"login":"b"}]}]}]}"#;
    bench.answers(CUSTOMERS, rows).await;
    let login = VendorId::from("login:b");
    let failure = Sgp.change(&bench.call(), &reference(), Some(&login), &password()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::BrokenAnswer);
    assert!(bench.requests(ROUTER).await.is_empty(), "the vendor would choose a router by itself");
}

#[tokio::test]
async fn a_contract_without_a_manager_has_no_device_and_nothing_is_sent() {
    let bench = bench().await;
    let none = r#"{"success":false,"msg":"O Serviço de internet não possui Gerenciador de CPE configurado"}"#;
    bench.answers(ROUTER, none).await;
    assert_eq!(change(&bench).await.unwrap_err().kind(), FailureKind::NotFound(Subject::Device));
    assert_eq!(bench.requests(ROUTER).await.len(), 1);
}

#[tokio::test]
async fn after_doubt_the_router_tells_what_it_has() {
    let bench = bench().await;
    bench.answers_by("GET", ROUTER, r#"{"success":true,"info":{"wifi_password":"casa nova 2026"}}"#).await;
    let call = bench.call();
    assert!(Sgp.holds(&call, &reference(), None, &password()).await.unwrap());
    let other = WifiPassword::parse("outra senha".to_owned()).unwrap();
    assert!(!Sgp.holds(&call, &reference(), None, &other).await.unwrap());
    let stranger = VendorId::from("999");
    assert!(Sgp.holds(&call, &reference(), Some(&stranger), &password()).await.is_err());
}
