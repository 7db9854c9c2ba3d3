//! What is past its time goes, and test mode can start over.

use std::time::Duration;

use ponte_domain::FailureKind;
use ponte_domain::unlock::UnlockGrant;
use ponte_operations::{Operations, Settings, StartError};

use crate::people::{blocked, unlocked};
use crate::world::{START, World, intent};

const DAY: Duration = Duration::from_secs(86_400);

async fn unlock_once(world: &World) {
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    assert!(!world.unlock(&intent("k1")).await.unwrap().replayed);
}

#[tokio::test]
async fn a_key_keeps_its_answer_for_its_time_and_is_free_afterwards() {
    let world = World::open().await;
    unlock_once(&world).await;
    world.later(DAY * 6);
    world.operations.sweep().await.unwrap();
    assert!(world.unlock(&intent("k1")).await.unwrap().replayed);
    world.later(DAY * 2);
    assert_eq!(world.operations.sweep().await.unwrap().journal, 1);
    unlock_once(&world).await;
}

#[tokio::test]
async fn a_reset_starts_over_and_keeps_tenants_and_keys() {
    let world = World::open().await;
    unlock_once(&world).await;
    world.later(DAY);
    world.operations.reset().await.unwrap();
    let start = START.parse().unwrap();
    assert!(world.operations.clock().now().duration_since(start) < jiff::SignedDuration::from_secs(60));
    unlock_once(&world).await;
}

#[tokio::test]
async fn outside_of_test_mode_there_is_no_clock_to_set_and_no_reset() {
    let world = World::open().await;
    let folder = tempfile::tempdir().unwrap();
    let key = ponte_operations::MasterKey::generate();
    let real = || Settings { test_mode: false, clock: None, ..crate::world::settings(&folder, &key, world.erp) };
    let odd = Operations::open(Settings { clock: Some(START.parse().unwrap()), ..real() }).await;
    assert!(matches!(odd, Err(StartError::Settings(_))));
    let operations = Operations::open(real()).await.unwrap();
    assert_eq!(operations.reset().await.unwrap_err().kind(), FailureKind::InvalidInput);
    assert_eq!(operations.set_clock(START.parse().unwrap()).unwrap_err().kind(), FailureKind::InvalidInput);
}

#[tokio::test]
async fn a_wrong_master_key_does_not_open_the_store() {
    let world = World::open().await;
    let other = ponte_operations::MasterKey::generate();
    let wrong = Operations::open(crate::world::settings(&world.folder, &other, world.erp)).await;
    assert!(matches!(wrong, Err(StartError::Store(_))));
}
