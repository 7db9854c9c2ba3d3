//! The idempotency journal: one begin wins, one owner settles, an answer never changes.

use ponte_domain::failure::Subject;
use ponte_store::{Begun, Entry, EntryId, Phase, StoreError};

use crate::harness::{TestStore, at, holds, intent, new_tenant};

fn new(begun: Begun) -> EntryId {
    match begun {
        Begun::New(id) => id,
        Begun::Known(entry) => panic!("known: {entry:?}"),
    }
}

fn known(begun: Begun) -> Entry {
    match begun {
        Begun::Known(entry) => *entry,
        Begun::New(id) => panic!("new: {id:?}"),
    }
}

#[tokio::test]
async fn an_entry_goes_from_begun_to_sent_to_done() {
    let (test, tenant) = TestStore::with_tenant().await;
    let store = &test.store;
    let id = new(store.begin(intent(tenant, "one"), at(1)).await.unwrap());

    let begun = known(store.begin(intent(tenant, "one"), at(2)).await.unwrap());
    assert_eq!((begun.id, begun.phase, begun.begun_at, begun.sent_at), (id, Phase::Begun, at(1), None));
    assert_eq!((begun.run.as_str(), begun.fingerprint), (store.run(), [7; 32]));
    assert_eq!((begun.operation.as_str(), begun.target.as_str()), ("trust_unlock", "contract 5002"));
    assert_eq!((begun.tenant, begun.caller.as_str()), (tenant, "key_caller"));
    assert_eq!(begun.context, b"what settling needs");

    store.mark_sent(id, b"more".to_vec(), at(3)).await.unwrap();
    let sent = store.entry(id).await.unwrap().unwrap();
    assert_eq!((sent.phase, sent.sent_at, sent.context.as_slice()), (Phase::Sent, Some(at(3)), b"more".as_slice()));

    store.settle(id, 200, b"{\"result\":\"unlocked\"}".to_vec(), at(4)).await.unwrap();
    let done = known(store.begin(intent(tenant, "one"), at(5)).await.unwrap());
    assert_eq!((done.phase, done.status, done.done_at), (Phase::Done, Some(200), Some(at(4))));
    assert_eq!(done.answer.as_deref(), Some(b"{\"result\":\"unlocked\"}".as_slice()));
}

#[tokio::test]
async fn a_settled_entry_never_changes() {
    let (test, tenant) = TestStore::with_tenant().await;
    let id = new(test.store.begin(intent(tenant, "one"), at(1)).await.unwrap());
    test.store.settle(id, 409, b"refused".to_vec(), at(2)).await.unwrap();
    let settled = |outcome: Result<(), StoreError>| matches!(outcome, Err(StoreError::AlreadySettled));
    assert!(settled(test.store.settle(id, 200, b"other".to_vec(), at(3)).await));
    assert!(settled(test.store.mark_sent(id, Vec::new(), at(3)).await));
    assert!(settled(test.store.abandon(id).await));
    assert_eq!(test.store.take_over(id, at(3)).await.unwrap(), None);
    let entry = test.store.entry(id).await.unwrap().unwrap();
    assert_eq!((entry.status, entry.answer.as_deref()), (Some(409), Some(b"refused".as_slice())));
}

#[tokio::test]
async fn an_abandoned_key_is_free_again_and_its_old_owner_is_powerless() {
    let (test, tenant) = TestStore::with_tenant().await;
    let old = new(test.store.begin(intent(tenant, "one"), at(1)).await.unwrap());
    test.store.mark_sent(old, Vec::new(), at(2)).await.unwrap();
    test.store.abandon(old).await.unwrap();
    let next = new(test.store.begin(intent(tenant, "one"), at(3)).await.unwrap());
    assert_ne!(old, next);
    let late = test.store.settle(old, 200, Vec::new(), at(4)).await;
    assert!(matches!(late, Err(StoreError::TakenOver)));
    assert_eq!(test.store.entry(next).await.unwrap().unwrap().phase, Phase::Begun);
    assert!(test.store.entry(old).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_begins_at_once_exactly_one_is_new() {
    let (test, tenant) = TestStore::with_tenant().await;
    let other = test.open_again();
    for round in 0..10 {
        let key = format!("round {round}");
        let begins: Vec<_> = (0..8)
            .map(|n| {
                let store = if n % 2 == 0 { test.store.clone() } else { other.clone() };
                let intent = intent(tenant, &key);
                tokio::spawn(async move { store.begin(intent, at(1)).await.unwrap() })
            })
            .collect();
        let mut won = 0;
        for begin in begins {
            won += usize::from(matches!(begin.await.unwrap(), Begun::New(_)));
        }
        assert_eq!(won, 1, "{key}");
    }
}

#[tokio::test]
async fn the_same_key_of_another_caller_or_tenant_is_another_key() {
    let (test, tenant) = TestStore::with_tenant().await;
    let other = test.store.add_tenant(new_tenant("other"), at(0)).await.unwrap().number;
    new(test.store.begin(intent(tenant, "one"), at(1)).await.unwrap());
    new(test.store.begin(intent(other, "one"), at(1)).await.unwrap());
    let mut foreign = intent(tenant, "one");
    foreign.caller = "key_other".to_owned();
    new(test.store.begin(foreign, at(1)).await.unwrap());
}

#[tokio::test]
async fn a_tenant_that_is_gone_begins_nothing() {
    let test = TestStore::new();
    let begun = test.store.begin(intent(42, "one"), at(1)).await;
    assert!(matches!(begun, Err(StoreError::NotFound(Subject::Tenant))));
}

#[tokio::test]
async fn a_doubt_is_taken_over_once_and_only_as_it_was_read() {
    let (test, tenant) = TestStore::with_tenant().await;
    let crashed = new(test.store.begin(intent(tenant, "one"), at(1)).await.unwrap());
    test.store.mark_sent(crashed, b"context".to_vec(), at(2)).await.unwrap();

    let restarted = test.open_again();
    let seen = known(restarted.begin(intent(tenant, "one"), at(10)).await.unwrap());
    assert_ne!(seen.run, restarted.run());
    let mine = restarted.take_over(seen.id, at(11)).await.unwrap().unwrap();
    assert_eq!(restarted.take_over(seen.id, at(11)).await.unwrap(), None, "the second of two who saw the same");

    let entry = restarted.entry(mine).await.unwrap().unwrap();
    assert_eq!((entry.id, entry.run.as_str(), entry.claimed_at), (mine, restarted.run(), at(11)));
    assert_eq!((entry.phase, entry.sent_at, entry.context), (Phase::Sent, Some(at(2)), b"context".to_vec()));

    let late = test.store.settle(crashed, 200, Vec::new(), at(12)).await;
    assert!(matches!(late, Err(StoreError::TakenOver)), "the former owner's answer comes too late");
    let late = test.store.mark_sent(crashed, Vec::new(), at(12)).await;
    assert!(matches!(late, Err(StoreError::TakenOver)), "and it must not act again");
    restarted.settle(mine, 200, b"settled".to_vec(), at(13)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_takers_exactly_one_succeeds_even_within_one_run() {
    let (test, tenant) = TestStore::with_tenant().await;
    let id = new(test.store.begin(intent(tenant, "one"), at(1)).await.unwrap());
    test.store.mark_sent(id, Vec::new(), at(2)).await.unwrap();
    let takers: Vec<_> = (0..8)
        .map(|_| {
            let store = test.store.clone();
            tokio::spawn(async move { store.take_over(id, at(3)).await.unwrap() })
        })
        .collect();
    let mut taken = Vec::new();
    for taker in takers {
        taken.extend(taker.await.unwrap());
    }
    assert_eq!(taken.len(), 1);
}

#[tokio::test]
async fn what_is_not_settled_is_listed_the_oldest_first() {
    let (test, tenant) = TestStore::with_tenant().await;
    let first = new(test.store.begin(intent(tenant, "one"), at(1)).await.unwrap());
    let second = new(test.store.begin(intent(tenant, "two"), at(2)).await.unwrap());
    let third = new(test.store.begin(intent(tenant, "three"), at(3)).await.unwrap());
    test.store.mark_sent(third, Vec::new(), at(4)).await.unwrap();
    test.store.settle(second, 200, Vec::new(), at(5)).await.unwrap();
    let doubts: Vec<_> =
        test.store.in_doubt().await.unwrap().into_iter().map(|entry| (entry.id, entry.phase)).collect();
    assert_eq!(doubts, [(first, Phase::Begun), (third, Phase::Sent)]);
}

#[tokio::test]
async fn keys_fingerprints_contexts_and_answers_are_not_in_the_file() {
    let (test, tenant) = TestStore::with_tenant().await;
    let mut told = intent(tenant, "unlock-of-54981234567");
    told.fingerprint = *b"fingerprint of a body, 32 bytes!";
    let id = new(test.store.begin(told, at(1)).await.unwrap());
    test.store.mark_sent(id, b"context with Ana Paula Souza".to_vec(), at(2)).await.unwrap();
    test.store.settle(id, 200, b"answer with Ana Paula Souza".to_vec(), at(3)).await.unwrap();
    for part in ["54981234567", "fingerprint of", "what settling needs", "context with", "answer with", "Ana Paula"] {
        assert!(!holds(&test.bytes(), part.as_bytes()), "{part}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_that_share_a_transaction_fail_alone() {
    let (test, tenant) = TestStore::with_tenant().await;
    let writes: Vec<_> = (0..64)
        .map(|n| {
            let store = test.store.clone();
            let gone = if n % 4 == 0 { 1_000 } else { 0 };
            tokio::spawn(async move { store.begin(intent(tenant + gone, &format!("key {n}")), at(n)).await })
        })
        .collect();
    let mut refused = 0;
    for write in writes {
        refused += usize::from(write.await.unwrap().is_err());
    }
    assert_eq!((refused, test.count("journal")), (16, 48));
}

#[tokio::test]
async fn what_was_sent_for_the_same_target_under_another_key_is_known() {
    let (test, tenant) = TestStore::with_tenant().await;
    let store = &test.store;
    let first = new(store.begin(intent(tenant, "one"), at(1)).await.unwrap());
    let second = new(store.begin(intent(tenant, "two"), at(2)).await.unwrap());
    assert_eq!(store.sent_beside(second).await.unwrap(), None, "begun is not sent");
    store.mark_sent(first, Vec::new(), at(3)).await.unwrap();
    assert_eq!(store.sent_beside(second).await.unwrap(), Some(at(3)));
    assert_eq!(store.sent_beside(first).await.unwrap(), None, "an entry does not stand beside itself");

    let elsewhere = ponte_store::Intent { target: "contract 5003".to_owned(), ..intent(tenant, "three") };
    let otherwise = ponte_store::Intent { operation: "speed_release".to_owned(), ..intent(tenant, "four") };
    let other_tenant = test.store.add_tenant(new_tenant("other"), at(1)).await.unwrap().number;
    for apart in [elsewhere, otherwise, intent(other_tenant, "five")] {
        let apart = new(store.begin(apart, at(4)).await.unwrap());
        assert_eq!(store.sent_beside(apart).await.unwrap(), None);
    }
    store.settle(first, 200, Vec::new(), at(5)).await.unwrap();
    assert_eq!(store.sent_beside(second).await.unwrap(), None);
}
