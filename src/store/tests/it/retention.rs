//! Retention with the instant given.

use std::time::Duration;

use ponte_domain::reference::VendorId;
use ponte_store::{AuditRow, Begun, ContactRecord, EntryId, EvidenceRecord, RetentionSettings, Swept};

use crate::harness::{TestStore, ana, ana_phone, at, intent, lead};

fn settings() -> RetentionSettings {
    let seconds = Duration::from_secs;
    RetentionSettings {
        journal: seconds(10),
        doubts: seconds(50),
        audit: seconds(20),
        shown_documents: seconds(30),
        evidence: None,
    }
}

async fn begin(test: &TestStore, tenant: u32, key: &str) -> EntryId {
    match test.store.begin(intent(tenant, key), at(0)).await.unwrap() {
        Begun::New(id) => id,
        Begun::Known(entry) => panic!("known: {entry:?}"),
    }
}

#[tokio::test]
async fn answers_go_at_their_time_and_doubts_stay_longer() {
    let (test, tenant) = TestStore::with_tenant().await;
    let done = begin(&test, tenant, "done").await;
    test.store.settle(done, 200, Vec::new(), at(5)).await.unwrap();
    let sent = begin(&test, tenant, "sent").await;
    test.store.mark_sent(sent, Vec::new(), at(1)).await.unwrap();

    assert_eq!(test.store.sweep(at(14), &settings()).await.unwrap(), Swept::default());
    assert_eq!(test.store.sweep(at(15), &settings()).await.unwrap(), Swept { journal: 1, ..Swept::default() });
    assert_eq!(test.store.sweep(at(49), &settings()).await.unwrap(), Swept::default());
    assert_eq!(test.store.sweep(at(50), &settings()).await.unwrap(), Swept { doubts: 1, ..Swept::default() });
}

#[tokio::test]
async fn a_doubt_that_somebody_works_on_stays() {
    let (test, tenant) = TestStore::with_tenant().await;
    let sent = begin(&test, tenant, "sent").await;
    test.store.take_over(sent, at(49)).await.unwrap().unwrap();
    assert_eq!(test.store.sweep(at(60), &settings()).await.unwrap().doubts, 0);
}

#[tokio::test]
async fn contacts_go_when_they_themselves_say_so() {
    let (test, tenant) = TestStore::with_tenant().await;
    let short = ContactRecord { expires_at: Some(at(40)), ..lead(tenant) };
    test.store.put_contact(short.clone()).await.unwrap();
    test.store.put_contact(ana(tenant)).await.unwrap();
    assert_eq!(test.store.sweep(at(39), &settings()).await.unwrap().contacts, 0);
    assert_eq!(test.store.sweep(at(40), &settings()).await.unwrap().contacts, 1);
    assert!(test.store.contact(tenant, &short.id).await.unwrap().is_none());
    assert!(test.store.contact_by_document(tenant, &short.document.unwrap()).await.unwrap().is_none());
    assert_eq!(test.count("contacts"), 1);
}

#[tokio::test]
async fn a_long_trail_goes_in_steps_and_the_newer_part_stays() {
    let test = TestStore::new();
    for n in 0..2_500 {
        test.store.audit(AuditRow {
            at: at(if n < 2_100 { 0 } else { 15 }),
            request_id: "request-1".into(),
            caller: None,
            tenant: None,
            operation: "contracts",
            target: None,
            customer: None,
            outcome: "done",
            status: 200,
        });
    }
    test.store.flush().await.unwrap();
    assert_eq!(test.store.sweep(at(20), &settings()).await.unwrap().audit, 2_100);
    assert_eq!(test.count("audit"), 400);
}

#[tokio::test]
async fn evidence_stays_for_good_unless_a_time_is_set() {
    let (test, tenant) = TestStore::with_tenant().await;
    let contract = VendorId::from("5003");
    test.store.record_shown(tenant, &contract, "aa", at(0)).await.unwrap();
    let evidence = EvidenceRecord {
        id: EvidenceRecord::new_id(),
        tenant,
        contract,
        document_sha256: "aa".to_owned(),
        phone: ana_phone(),
        texts: Vec::new(),
        shown_at: None,
        accepted_at: at(0),
        request_ids: Vec::new(),
    };
    test.store.keep_evidence(evidence).await.unwrap();
    let first = test.store.sweep(at(1_000_000), &settings()).await.unwrap();
    assert_eq!(first, Swept { shown_documents: 1, ..Swept::default() });
    let limited = RetentionSettings { evidence: Some(Duration::from_secs(60)), ..settings() };
    assert_eq!(test.store.sweep(at(1_000_000), &limited).await.unwrap().evidence, 1);
}

#[tokio::test]
async fn a_time_longer_than_the_calendar_keeps_everything() {
    let (test, tenant) = TestStore::with_tenant().await;
    let done = begin(&test, tenant, "done").await;
    test.store.settle(done, 200, Vec::new(), at(5)).await.unwrap();
    let forever = RetentionSettings { journal: Duration::MAX, doubts: Duration::MAX, ..settings() };
    assert_eq!(test.store.sweep(at(1_000_000), &forever).await.unwrap(), Swept::default());
}
