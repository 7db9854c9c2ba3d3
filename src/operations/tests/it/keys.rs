//! Keys: known by their secret alone, until they end.

use std::time::Duration;

use ponte_domain::FailureKind;
use ponte_domain::failure::Subject;
use ponte_domain::scope::Scope;
use ponte_domain::tenant::TenantSlug;
use ponte_operations::{KeyChange, NewKey, TenantsAllowed};
use secrecy::SecretString;

use crate::world::{World, admin};

fn new_key() -> NewKey {
    NewKey { name: "platform".to_owned(), scopes: vec![Scope::Read], tenants: TenantsAllowed::All, expires_at: None }
}

#[tokio::test]
async fn a_key_is_known_by_its_secret_until_it_is_revoked() {
    let world = World::open().await;
    let (record, secret) = world.operations.create_key(&admin(), new_key()).await.unwrap();
    let caller = world.operations.authenticate(&secret).unwrap();
    assert_eq!(caller.key_id, record.id);
    assert!(caller.may(Scope::Read) && !caller.may(Scope::Act));
    assert!(world.operations.authenticate(&SecretString::from("ponte_nonsense")).is_none());
    world.operations.revoke_key(&admin(), &record.id).await.unwrap();
    assert!(world.operations.authenticate(&secret).is_none());
    let unknown = world.operations.revoke_key(&admin(), "key_nope").await.unwrap_err();
    assert_eq!(unknown.kind(), FailureKind::NotFound(Subject::Key));
}

#[tokio::test]
async fn a_key_ends_at_its_instant() {
    let world = World::open().await;
    let end = world.operations.clock().now().checked_add(Duration::from_secs(3600)).unwrap();
    let (_, secret) =
        world.operations.create_key(&admin(), NewKey { expires_at: Some(end), ..new_key() }).await.unwrap();
    assert!(world.operations.authenticate(&secret).is_some());
    world.later(Duration::from_secs(3600));
    assert!(world.operations.authenticate(&secret).is_none());
}

#[tokio::test]
async fn each_fault_of_a_new_key_is_named() {
    let world = World::open().await;
    let past = "2020-01-01T00:00:00Z".parse().unwrap();
    let nowhere = TenantsAllowed::Only(vec![TenantSlug::parse("nowhere").unwrap()]);
    for (new, field) in [
        (NewKey { name: " ".to_owned(), ..new_key() }, "name"),
        (NewKey { scopes: vec![], ..new_key() }, "scopes"),
        (NewKey { expires_at: Some(past), ..new_key() }, "expires_at"),
        (NewKey { tenants: nowhere, ..new_key() }, "tenants"),
    ] {
        let refused = world.operations.create_key(&admin(), new).await.unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (FailureKind::InvalidInput, Some(field)));
    }
}

#[tokio::test]
async fn a_changed_key_has_its_new_scopes_at_once() {
    let world = World::open().await;
    let (record, secret) = world.operations.create_key(&admin(), new_key()).await.unwrap();
    let change = KeyChange { scopes: Some(vec![Scope::Act]), ..KeyChange::default() };
    world.operations.change_key(&admin(), &record.id, change).await.unwrap();
    let caller = world.operations.authenticate(&secret).unwrap();
    assert!(caller.may(Scope::Act) && !caller.may(Scope::Read));
}

#[tokio::test]
async fn limits_are_counted_per_key_and_per_key_and_tenant() {
    let world = World::open().await;
    let (_, secret) = world.operations.create_key(&admin(), new_key()).await.unwrap();
    let caller = world.operations.authenticate(&secret).unwrap();
    let whole = caller.check().unwrap();
    assert_eq!((whole.limit, whole.remaining), (200, 199));
    let (one, other) = (caller.check_at(1).unwrap(), caller.check_at(2).unwrap());
    assert_eq!((one.limit, one.remaining, other.remaining), (100, 99, 99));
    // What is used comes back with time, so much is used before the count is looked at.
    let again = world.operations.authenticate(&secret).unwrap();
    for _ in 0..50 {
        again.check_at(1).unwrap();
    }
    assert!(again.check_at(1).unwrap().remaining < 98, "the same key's next request");
    let refused = std::iter::repeat_with(|| caller.check_at(1)).take(5000).find_map(Result::err).unwrap();
    assert!(refused.wait <= Duration::from_secs(1), "{refused:?}");
}

#[tokio::test]
async fn an_unchanged_key_keeps_what_is_left_of_its_limit() {
    let world = World::open().await;
    let (_, secret) = world.operations.create_key(&admin(), new_key()).await.unwrap();
    let caller = world.operations.authenticate(&secret).unwrap();
    // So much that it does not come back while another key is made.
    while caller.check().unwrap().remaining > 0 {}
    world.operations.create_key(&admin(), new_key()).await.unwrap();
    let left = world.operations.authenticate(&secret).unwrap().check();
    assert!(left.is_err() || left.unwrap().remaining < 199);
}

#[tokio::test]
async fn the_last_use_is_written_down() {
    let world = World::open().await;
    let (record, secret) = world.operations.create_key(&admin(), new_key()).await.unwrap();
    world.operations.authenticate(&secret).unwrap();
    world.operations.close(Duration::from_secs(1)).await.unwrap();
    let keys = world.after_a_crash().await.operations.keys(&admin()).await.unwrap();
    let kept = keys.into_iter().find(|key| key.id == record.id).unwrap();
    assert!(kept.last_used.is_some());
}

#[tokio::test]
async fn the_example_key_is_for_test_mode() {
    let world = World::open().await;
    let secret = SecretString::from(format!("ponte_{}", "d".repeat(43)));
    for _ in 0..2 {
        world.operations.ensure_test_key(new_key(), &secret).await.unwrap();
    }
    assert!(world.operations.authenticate(&secret).is_some());
    let bad = world.operations.ensure_test_key(new_key(), &SecretString::from("demo")).await.unwrap_err();
    assert_eq!(bad.kind(), FailureKind::InvalidInput);
}
