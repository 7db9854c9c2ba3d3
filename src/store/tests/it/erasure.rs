//! Erasure of one contact.

use ponte_domain::failure::Subject;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::ticket::{TicketNotices, TicketRating};
use ponte_store::{AuditFilter, AuditRow, AuditTarget, ContactRecord, Erased, RatingKept, RatingRecord, StoreError};

use crate::harness::{TestStore, ana, ana_document, ana_phone, at, holds};

fn about(tenant: u32, customer: Option<&str>, target: AuditTarget) -> AuditRow {
    AuditRow {
        at: at(1),
        request_id: "request-1".into(),
        caller: Some("key_caller".to_owned()),
        tenant: Some(tenant),
        operation: "trust_unlock",
        target: Some(target),
        customer: customer.map(VendorId::from),
        outcome: "done",
        status: 200,
    }
}

fn contract(id: &str) -> AuditTarget {
    AuditTarget { kind: "contract", id: id.to_owned() }
}

async fn rate(test: &TestStore, tenant: u32, customer: &str, ticket: &str) {
    let kept = test.store.keep_rating(RatingRecord {
        tenant,
        ticket: CustomerRef::new(customer).ticket(ticket),
        rating: TicketRating { stars: 2, comment: Some("Ana waited".to_owned()) },
        at: at(1),
    });
    assert_eq!(kept.await.unwrap(), RatingKept::New);
}

#[tokio::test]
async fn an_erased_contact_leaves_no_way_to_it() {
    let (test, tenant) = TestStore::with_tenant().await;
    let contact = ana(tenant);
    test.store.put_contact(contact.clone()).await.unwrap();
    rate(&test, tenant, "1001", "77").await;
    let ticket = CustomerRef::new("1001").ticket("77");
    test.store.keep_ticket_notices(tenant, &ticket, TicketNotices::EveryEvent, at(1)).await.unwrap();
    test.store.audit(about(tenant, Some("1001"), contract("5001")));
    test.store.audit(about(tenant, None, AuditTarget::contact(&contact.id)));
    test.store.audit(about(tenant, Some("9999"), contract("5009")));

    let erased = test.store.remove_contact(tenant, &contact.id).await.unwrap();
    assert_eq!(erased, Erased { customers: 1, ratings: 1, audit_rows: 2 });

    assert!(test.store.contact(tenant, &contact.id).await.unwrap().is_none());
    assert!(test.store.contact_by_document(tenant, &ana_document()).await.unwrap().is_none());
    assert!(test.store.contact_by_phone(tenant, &ana_phone()).await.unwrap().is_none());
    assert_eq!((test.count("contact_marks"), test.count("ticket_notices")), (0, 0));
    assert!(test.store.ratings(tenant, &CustomerRef::new("1001")).await.unwrap().is_empty());
    let again = test.store.remove_contact(tenant, &contact.id).await;
    assert!(matches!(again, Err(StoreError::NotFound(Subject::Contact))));
}

#[tokio::test]
async fn the_trail_keeps_what_was_done_but_not_about_whom() {
    let (test, tenant) = TestStore::with_tenant().await;
    let contact = ana(tenant);
    test.store.put_contact(contact.clone()).await.unwrap();
    test.store.audit(about(tenant, Some("1001"), contract("5001")));
    test.store.audit(about(tenant, Some("9999"), contract("5009")));
    test.store.remove_contact(tenant, &contact.id).await.unwrap();

    let trail = test.store.audit_entries(AuditFilter::default(), 10).await.unwrap();
    let marks: Vec<_> = trail.iter().map(|row| (row.target.is_some(), row.customer.is_some())).collect();
    assert_eq!(marks, [(true, true), (false, false)]);
    assert_eq!((trail[1].operation.as_str(), trail[1].at, trail[1].status), ("trust_unlock", at(1), 200));
    assert_eq!(trail[1].target_kind.as_deref(), Some("contract"));
}

#[tokio::test]
async fn ratings_keep_their_stars_alone() {
    let (test, tenant) = TestStore::with_tenant().await;
    let contact = ana(tenant);
    test.store.put_contact(contact.clone()).await.unwrap();
    rate(&test, tenant, "1001", "77").await;
    rate(&test, tenant, "9999", "78").await;
    test.store.remove_contact(tenant, &contact.id).await.unwrap();

    let rows = test.store.ratings_page(tenant, None, 10).await.unwrap();
    assert_eq!((&rows[0].ticket, rows[0].rating.stars, rows[0].rating.comment.is_some()), (&None, 2, false));
    assert!(rows[1].ticket.is_some() && rows[1].rating.comment.is_some());
}

#[tokio::test]
async fn a_customer_that_another_contact_speaks_for_keeps_its_trace() {
    let (test, tenant) = TestStore::with_tenant().await;
    let (contact, spouse) = (ana(tenant), ContactRecord { document: None, ..ana(tenant) });
    test.store.put_contact(contact.clone()).await.unwrap();
    test.store.put_contact(spouse).await.unwrap();
    rate(&test, tenant, "1001", "77").await;
    let erased = test.store.remove_contact(tenant, &contact.id).await.unwrap();
    assert_eq!(erased, Erased::default());
    assert_eq!(test.store.ratings(tenant, &CustomerRef::new("1001")).await.unwrap().len(), 1);
}

#[tokio::test]
async fn not_even_the_sealed_row_is_left_in_the_files() {
    let (test, tenant) = TestStore::with_tenant().await;
    let contact = ana(tenant);
    test.store.put_contact(contact.clone()).await.unwrap();
    let sealed: Vec<u8> = test.raw().query_row("SELECT record FROM contacts", [], |row| row.get(0)).unwrap();
    assert!(holds(&test.bytes(), &sealed[..64]));
    test.store.remove_contact(tenant, &contact.id).await.unwrap();
    assert!(!holds(&test.bytes(), &sealed[..64]));
    assert!(!holds(&test.bytes(), contact.id.as_bytes()));
}
