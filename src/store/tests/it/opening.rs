//! Opening, reopening, the wrong key, and what is left when nobody closed it.

use std::sync::Arc;

use ponte_store::{MasterKey, Store, StoreError};

use crate::harness::{TestStore, at, intent, new_tenant, slug};

#[tokio::test]
async fn reopening_changes_nothing_and_finds_everything() {
    let (test, _) = TestStore::with_tenant().await;
    let before: Vec<String> = tables(&test);
    for _ in 0..3 {
        let again = test.open_again();
        assert_eq!(again.tenants().await.unwrap().len(), 1);
        assert_ne!(again.run(), test.store.run(), "every opening is a run of its own");
    }
    assert_eq!(tables(&test), before);
}

fn tables(test: &TestStore) -> Vec<String> {
    let raw = test.raw();
    let mut rows = raw.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[tokio::test]
async fn the_wrong_master_key_is_named_as_such_and_harms_nothing() {
    let (test, _) = TestStore::with_tenant().await;
    let error = Store::open(test.path(), MasterKey::generate()).unwrap_err();
    assert!(matches!(error, StoreError::WrongMasterKey), "{error}");
    assert_eq!(error.to_string(), "the master key is not the one that this store was made with");
    assert!(test.open_again().tenant(&slug("acme")).await.unwrap().is_some());
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_crash() {
    let (test, tenant) = TestStore::with_tenant().await;
    test.store.begin(intent(tenant, "one"), at(1)).await.unwrap();
    // What a machine finds after its power went: the files as they are at this instant, the store never closed.
    let after = tempfile::tempdir().unwrap();
    for file in ["ponte.db", "ponte.db-wal"] {
        std::fs::copy(test.path().with_file_name(file), after.path().join(file)).unwrap();
    }
    let found = Store::open(after.path().join("ponte.db"), test.master.clone()).unwrap();
    assert_eq!(found.in_doubt().await.unwrap().len(), 1);
    assert!(found.tenant(&slug("acme")).await.unwrap().is_some());
}

#[tokio::test]
async fn half_a_write_at_the_end_of_the_log_is_dropped_and_the_rest_is_kept() {
    let (test, tenant) = TestStore::with_tenant().await;
    test.store.begin(intent(tenant, "one"), at(1)).await.unwrap();
    let whole = std::fs::metadata(test.path().with_file_name("ponte.db-wal")).unwrap().len();
    test.store.begin(intent(tenant, "two"), at(2)).await.unwrap();
    let after = tempfile::tempdir().unwrap();
    for file in ["ponte.db", "ponte.db-wal"] {
        std::fs::copy(test.path().with_file_name(file), after.path().join(file)).unwrap();
    }
    let log = std::fs::OpenOptions::new().write(true).open(after.path().join("ponte.db-wal")).unwrap();
    log.set_len(whole + 100).unwrap();
    let found = Store::open(after.path().join("ponte.db"), test.master.clone()).unwrap();
    assert_eq!(found.in_doubt().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_write_takes_place_although_its_caller_has_gone() {
    let (test, tenant) = TestStore::with_tenant().await;
    {
        let begin = test.store.begin(intent(tenant, "one"), at(1));
        let gone = tokio::time::timeout(std::time::Duration::ZERO, begin).await;
        drop(gone);
    }
    test.store.flush().await.unwrap();
    assert_eq!(test.store.in_doubt().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_at_once_make_one_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = Arc::new(folder.path().join("ponte.db"));
    let master = MasterKey::generate();
    let starts: Vec<_> = (0..6)
        .map(|_| {
            let (path, master) = (Arc::clone(&path), master.clone());
            tokio::task::spawn_blocking(move || Store::open(path.as_ref(), master))
        })
        .collect();
    let mut stores = Vec::new();
    for start in starts {
        stores.push(start.await.unwrap().unwrap());
    }
    stores[0].add_tenant(new_tenant("acme"), at(0)).await.unwrap();
    for store in &stores {
        assert!(store.tenant(&slug("acme")).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn the_revision_moves_with_tenants_and_keys_also_when_another_process_changes_them() {
    let test = TestStore::new();
    let other = test.open_again();
    let first = test.store.revision().await.unwrap();
    other.add_tenant(new_tenant("acme"), at(0)).await.unwrap();
    let second = test.store.revision().await.unwrap();
    assert!(second > first);
    test.store.begin(intent(1, "one"), at(1)).await.unwrap();
    assert_eq!(test.store.revision().await.unwrap(), second, "acts do not make anybody read tenants again");
    other.remove_tenant(&slug("acme")).await.unwrap();
    assert!(test.store.revision().await.unwrap() > second);
}

#[tokio::test]
async fn a_closed_store_leaves_one_file_and_an_empty_log() {
    let (test, _) = TestStore::with_tenant().await;
    assert!(std::fs::metadata(test.path().with_file_name("ponte.db-wal")).unwrap().len() > 0);
    test.store.close().await.unwrap();
    assert_eq!(std::fs::metadata(test.path().with_file_name("ponte.db-wal")).unwrap().len(), 0);
    test.store.ready().await.unwrap();
}

#[tokio::test]
async fn test_mode_starts_afresh_with_tenants_and_keys_kept() {
    let (test, tenant) = TestStore::with_tenant().await;
    test.store.begin(intent(tenant, "one"), at(1)).await.unwrap();
    test.store.put_contact(crate::harness::ana(tenant)).await.unwrap();
    test.store.wipe_records().await.unwrap();
    assert_eq!((test.count("journal"), test.count("contacts"), test.count("contact_marks")), (0, 0, 0));
    assert_eq!(test.count("tenants"), 1);
}
