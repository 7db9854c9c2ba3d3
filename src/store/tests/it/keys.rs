//! API keys: shown once, kept as hashes.

use ponte_domain::failure::Subject;
use ponte_domain::scope::Scope;
use ponte_store::{KeyChange, NewKey, StoreError, TenantsAllowed, key_hash};
use secrecy::{ExposeSecret, SecretString};

use crate::harness::{TestStore, at, holds, new_tenant, slug};

fn new_key(tenants: TenantsAllowed) -> NewKey {
    NewKey { name: "Chat".to_owned(), scopes: vec![Scope::Act, Scope::Read], tenants, expires_at: Some(at(100)) }
}

#[tokio::test]
async fn a_key_is_256_random_bits_of_which_only_the_hash_is_kept() {
    let test = TestStore::new();
    let (record, secret) = test.store.create_key(new_key(TenantsAllowed::All), at(0)).await.unwrap();
    let (_, other) = test.store.create_key(new_key(TenantsAllowed::All), at(1)).await.unwrap();
    let text = secret.expose_secret();
    assert!(text.starts_with("ponte_") && text.len() == 6 + 43, "{} characters", text.len());
    assert_ne!(text, other.expose_secret());
    assert!(record.id.starts_with("key_"));
    assert!(!holds(&test.bytes(), text.as_bytes()) && !holds(&test.bytes(), &text.as_bytes()[6..]));

    let table = test.store.all_key_hashes().await.unwrap();
    assert_eq!(table.len(), 2);
    assert_eq!(table[0], (key_hash(&secret), record));
}

#[tokio::test]
async fn a_key_reads_back_as_it_was_made() {
    let (test, _) = TestStore::with_tenant().await;
    let (record, _) = test.store.create_key(new_key(TenantsAllowed::Only(vec![slug("acme")])), at(3)).await.unwrap();
    assert_eq!(record.scopes, [Scope::Read, Scope::Act]);
    assert_eq!(record.tenants, TenantsAllowed::Only(vec![slug("acme")]));
    assert_eq!((record.created_at, record.expires_at, record.revoked_at), (at(3), Some(at(100)), None));
    assert_eq!(test.open_again().keys().await.unwrap(), [record]);
}

#[tokio::test]
async fn an_unknown_tenant_makes_no_key() {
    let test = TestStore::new();
    let made = test.store.create_key(new_key(TenantsAllowed::Only(vec![slug("none")])), at(0)).await;
    assert!(matches!(made, Err(StoreError::NotFound(Subject::Tenant))));
    assert_eq!(test.count("api_keys"), 0);
}

#[tokio::test]
async fn a_key_of_a_removed_tenant_reaches_nobody_not_even_a_namesake() {
    let (test, _) = TestStore::with_tenant().await;
    test.store.create_key(new_key(TenantsAllowed::Only(vec![slug("acme")])), at(0)).await.unwrap();
    test.store.remove_tenant(&slug("acme")).await.unwrap();
    test.store.add_tenant(new_tenant("acme"), at(1)).await.unwrap();
    assert_eq!(test.store.keys().await.unwrap()[0].tenants, TenantsAllowed::Only(Vec::new()));
}

#[tokio::test]
async fn expiry_and_revocation_end_a_key() {
    let test = TestStore::new();
    let (record, _) = test.store.create_key(new_key(TenantsAllowed::All), at(0)).await.unwrap();
    assert!(record.is_valid(at(99)) && !record.is_valid(at(100)));
    let revoked = test.store.revoke_key(&record.id, at(50)).await.unwrap();
    assert!(!revoked.is_valid(at(51)));
    assert_eq!(test.store.revoke_key(&record.id, at(60)).await.unwrap().revoked_at, Some(at(50)));
    let missing = test.store.revoke_key("key_none", at(60)).await.unwrap_err();
    assert!(matches!(missing, StoreError::NotFound(Subject::Key)), "{missing}");
}

#[tokio::test]
async fn a_change_touches_what_it_names() {
    let (test, _) = TestStore::with_tenant().await;
    let (record, secret) = test.store.create_key(new_key(TenantsAllowed::All), at(0)).await.unwrap();
    let change = KeyChange {
        scopes: Some(vec![Scope::Admin]),
        tenants: Some(TenantsAllowed::Only(vec![slug("acme")])),
        expires_at: Some(None),
        ..KeyChange::default()
    };
    let changed = test.store.change_key(&record.id, change).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.scopes.as_slice()), ("Chat", [Scope::Admin].as_slice()));
    assert_eq!((changed.tenants.clone(), changed.expires_at), (TenantsAllowed::Only(vec![slug("acme")]), None));
    let table = test.store.all_key_hashes().await.unwrap();
    assert_eq!(table, [(key_hash(&secret), changed)]);
}

#[tokio::test]
async fn a_secret_known_beforehand_is_taken_once_and_only_in_form() {
    let test = TestStore::new();
    let secret = SecretString::from(format!("ponte_{}", "demo_".repeat(8) + "key"));
    test.store.add_key(new_key(TenantsAllowed::All), &secret, at(0)).await.unwrap();
    let twice = test.store.add_key(new_key(TenantsAllowed::All), &secret, at(0)).await.unwrap_err();
    assert!(matches!(twice, StoreError::AlreadyExists(Subject::Key)), "{twice}");
    for bad in ["", "ponte_short", &"x".repeat(49), &format!("ponte_{}", "!".repeat(43))] {
        let bad = SecretString::from(bad);
        let error = test.store.add_key(new_key(TenantsAllowed::All), &bad, at(0)).await.unwrap_err();
        assert!(matches!(error, StoreError::KeySecretFormat), "{error}");
    }
}

#[tokio::test]
async fn the_last_use_only_moves_forward_and_is_no_new_revision() {
    let test = TestStore::new();
    let (record, _) = test.store.create_key(new_key(TenantsAllowed::All), at(0)).await.unwrap();
    let revision = test.store.revision().await.unwrap();
    test.store.note_key_use(vec![(record.id.clone(), at(9)), (record.id, at(4))]).await.unwrap();
    assert_eq!(test.store.keys().await.unwrap()[0].last_used, Some(at(9)));
    assert_eq!(test.store.revision().await.unwrap(), revision);
}
