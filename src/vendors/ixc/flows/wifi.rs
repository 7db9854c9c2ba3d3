//! The Wi-Fi password, from the login's record to the device and back.

use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::reference::{ContractRef, CustomerRef, VendorId};
use ponte_domain::wifi::{WifiPassword, WifiResult};
use ponte_domain::{Failure, FailureKind};
use serde_json::Value;

use crate::erp::Wifi as _;
use crate::ixc::Ixc;
use crate::ixc::testing::{ABSENT, Bench, page};

const LOGIN: &str = r#"{"id":"4709","id_cliente":"2","id_contrato":"2309","login":"ana","senha":"pppoe-secret","ativo":"S","senha_rede_sem_fio":"old-secret","senha_rede_sem_fio_5ghz":"old-secret","coluna_desta_instalacao":"x"}"#;
const DONE: &str = r#"{"type":"success","message":"ok"}"#;

fn contract() -> ContractRef {
    CustomerRef::new("2").contract("2309")
}

fn password() -> WifiPassword {
    WifiPassword::parse("Nova#Senha1".to_owned()).unwrap()
}

async fn bench(devices: &str, push: &str) -> Bench {
    let bench = Bench::start().await;
    bench.lists("radusuarios", &page(LOGIN)).await;
    bench.lists("acs_device_grid", devices).await;
    bench.answers("radusuarios/4709", DONE).await;
    bench.answers("botaoAjax_30774", push).await;
    bench
}

async fn change(bench: &Bench) -> Result<WifiResult, Failure> {
    Ixc.change(&bench.call(), &contract(), None, &password()).await
}

fn device(status: &str) -> String {
    device_with(status, "old-secret")
}

fn device_with(status: &str, password: &str) -> String {
    page(&format!(
        r#"{{"id":"15","id_login":"4709","device_primary":"S","status":"{status}","senha_router_wifi":"{password}"}}"#
    ))
}

/// The row as it must come back: every column but the id.
fn row(password: &str) -> Value {
    let mut row: Value = serde_json::from_str(LOGIN).unwrap();
    row.as_object_mut().unwrap().remove("id");
    row["senha_rede_sem_fio"] = password.into();
    row["senha_rede_sem_fio_5ghz"] = password.into();
    row
}

#[tokio::test]
async fn the_whole_row_goes_back_and_then_the_device_is_told() {
    for (status, expected) in [("online", WifiResult::Accepted), ("offline", WifiResult::Pending)] {
        let bench = bench(&device(status), DONE).await;
        assert_eq!(change(&bench).await.unwrap(), expected);
        assert_eq!(bench.bodies("radusuarios/4709").await, [row("Nova#Senha1")]);
        assert_eq!(bench.bodies("botaoAjax_30774").await, [serde_json::json!({"id": "15"})]);
    }
}

#[tokio::test]
async fn without_a_device_or_the_module_nothing_is_changed() {
    for (devices, expected) in [
        (page(""), FailureKind::NotFound(Subject::Device)),
        (page(r#"{"id":"15","id_login":"9999"}"#), FailureKind::NotFound(Subject::Device)),
        (ABSENT.to_owned(), FailureKind::NotSupported(Capability::Wifi)),
    ] {
        let bench = bench(&devices, DONE).await;
        assert_eq!(change(&bench).await.unwrap_err().kind(), expected);
        assert!(bench.requests("radusuarios/4709").await.is_empty(), "{devices}");
    }
}

#[tokio::test]
async fn a_push_that_is_refused_puts_the_record_back() {
    let bench = bench(&device("online"), r#"{"type":"error","message":"Falha"}"#).await;
    let failure = change(&bench).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Refused(Refusal::VendorRule));
    assert_eq!(bench.bodies("radusuarios/4709").await, [row("Nova#Senha1"), row("old-secret")]);
    let shown = format!("{failure:?}");
    assert!(!shown.contains("secret") && !shown.contains("Nova#"), "{shown}");
}

#[tokio::test]
async fn a_connection_that_is_not_the_contracts_is_refused() {
    let bench = bench(&device("online"), DONE).await;
    let foreign = VendorId::from("4710");
    let failure = Ixc.change(&bench.call(), &contract(), Some(&foreign), &password()).await.unwrap_err();
    assert_eq!((failure.kind(), failure.field()), (FailureKind::InvalidInput, Some("login_id")));
    let other = CustomerRef::new("3").contract("2309");
    let failure = Ixc.change(&bench.call(), &other, None, &password()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::NotFound(Subject::Device));
    assert!(bench.requests("radusuarios/4709").await.is_empty());
}

#[tokio::test]
async fn a_push_that_cannot_be_made_puts_the_record_back_and_one_in_doubt_leaves_it() {
    let absent = bench(&device("online"), ABSENT).await;
    assert_eq!(change(&absent).await.unwrap_err().kind(), FailureKind::NotSupported(Capability::Wifi));
    assert_eq!(absent.bodies("radusuarios/4709").await, [row("Nova#Senha1"), row("old-secret")]);
    let doubtful = bench(&device("online"), "<div>Ocorreu um erro</div>").await;
    assert_eq!(change(&doubtful).await.unwrap_err().kind(), FailureKind::OutcomeUnknown);
    assert_eq!(doubtful.bodies("radusuarios/4709").await, [row("Nova#Senha1")]);
    assert_eq!(doubtful.requests("botaoAjax_30774").await.len(), 1);
}

#[tokio::test]
async fn a_record_that_cannot_be_put_back_is_told() {
    let bench = Bench::start().await;
    bench.lists("radusuarios", &page(LOGIN)).await;
    bench.lists("acs_device_grid", &device("online")).await;
    bench.answers_once("radusuarios/4709", DONE).await;
    bench.answers("botaoAjax_30774", r#"{"type":"error","message":"Falha"}"#).await;
    let failure = change(&bench).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Refused(Refusal::VendorRule));
    assert!(failure.detail().contains("could not be put back"), "{failure:?}");
    assert_eq!(failure.upstream().map(|upstream| upstream.operation), Some("botaoAjax_30774"));
}

#[tokio::test]
async fn after_an_unknown_outcome_record_and_device_tell() {
    let old = || WifiPassword::parse("old-secret".to_owned()).unwrap();
    let agreed = bench(&device("online"), DONE).await;
    assert!(agreed.holds(&old()).await);
    assert!(!agreed.holds(&password()).await);
    for devices in [device_with("online", "even-older"), page(r#"{"id":"15","id_login":"4709"}"#), page("")] {
        let untold = bench(&devices, DONE).await;
        assert!(!untold.holds(&old()).await, "the record has it, the device does not: {devices}");
    }
}

impl Bench {
    async fn holds(&self, password: &WifiPassword) -> bool {
        Ixc.holds(&self.call(), &contract(), None, password).await.unwrap()
    }
}
