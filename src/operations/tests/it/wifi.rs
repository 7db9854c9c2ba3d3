//! Wi-Fi password: once per key, settled by asking whether the vendor holds it.

use ponte_domain::failure::Subject;
use ponte_domain::wifi::{WifiPassword, WifiResult};
use ponte_domain::{Failure, FailureKind};
use ponte_operations::{Acted, Rendered};

use crate::people::{b1_ref, failure};
use crate::world::{World, intent, rendered, text};

fn show(outcome: Result<&WifiResult, &Failure>) -> Rendered {
    rendered(outcome, |result| format!("{result:?}"))
}

async fn change(world: &World) -> Result<Acted, Failure> {
    let password = WifiPassword::parse("nova senha 1".to_owned()).unwrap();
    world.operations.change_wifi(&world.visit(), &b1_ref(), None, password, &intent("k1"), show).await
}

#[tokio::test]
async fn the_vendors_word_is_the_answer_and_is_replayed() {
    let world = World::open().await;
    world.erp.wifi.then(Ok(WifiResult::Pending));
    assert_eq!(text(&change(&world).await.unwrap().body), "Pending");
    assert!(change(&world).await.unwrap().replayed);
    assert_eq!(world.erp.wifi.calls(), 1);
}

#[tokio::test]
async fn no_managed_router_is_an_answer() {
    let world = World::open().await;
    world.erp.wifi.then(Err(failure(FailureKind::NotFound(Subject::Device))));
    assert_eq!(text(&change(&world).await.unwrap().body), "NotFound(Device)");
}

#[tokio::test]
async fn a_cut_is_settled_by_what_the_vendor_holds() {
    let world = World::open().await;
    world.erp.wifi.then(Err(failure(FailureKind::OutcomeUnknown)));
    world.erp.wifi_holds.then(Ok(false)).then(Ok(true));
    assert_eq!(change(&world).await.unwrap_err().kind(), FailureKind::OutcomeUnknown);
    assert_eq!(text(&change(&world).await.unwrap().body), "Accepted");
    assert_eq!(world.erp.wifi.calls(), 1);
}

#[tokio::test]
async fn the_password_is_nowhere_in_the_store() {
    let world = World::open().await;
    world.erp.wifi.then(Ok(WifiResult::Accepted));
    change(&world).await.unwrap();
    world.operations.close(std::time::Duration::from_secs(5)).await.unwrap();
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!bytes.windows(12).any(|part| part == b"nova senha 1"));
    }
}
