//! The contact base.

use ponte_domain::document::Document;
use ponte_domain::failure::Subject;
use ponte_domain::phone::Phone;
use ponte_store::{ContactOrigin, ContactRecord, StoreError};

use crate::harness::{TestStore, account, ana, ana_document, ana_phone, at, lead, new_tenant};

#[tokio::test]
async fn a_contact_reads_back_as_it_was_put() {
    let (test, tenant) = TestStore::with_tenant().await;
    let mut contact = ana(tenant);
    contact.document = Some(Document::parse("12.ABC.345/01DE-35").unwrap());
    contact.expires_at = Some(at(500));
    contact.accounts.push(account("1002"));
    test.store.put_contact(contact.clone()).await.unwrap();
    assert!(test.open_again().contact(tenant, &contact.id).await.unwrap() == Some(contact));
    assert!(test.store.contact(tenant, "con_none").await.unwrap().is_none());
}

#[tokio::test]
async fn a_contact_is_found_by_document_email_and_either_form_of_its_phone() {
    let (test, tenant) = TestStore::with_tenant().await;
    let contact = ana(tenant);
    test.store.put_contact(contact.clone()).await.unwrap();
    let found = |found: Option<ContactRecord>| found.map(|found| found.id) == Some(contact.id.clone());
    assert!(found(test.store.contact_by_document(tenant, &ana_document()).await.unwrap()));
    for form in ["5554981234567", "555481234567", "(54) 98123-4567", "054 8123-4567"] {
        let phone = Phone::parse(form).unwrap();
        assert!(found(test.store.contact_by_phone(tenant, &phone).await.unwrap()), "{form}");
    }
    assert!(found(test.store.contact_by_email(tenant, "ana.souza@EXAMPLE.com ").await.unwrap()));
    let neighbour = Phone::parse("5551981234567").unwrap();
    assert!(test.store.contact_by_phone(tenant, &neighbour).await.unwrap().is_none(), "another area code");
}

#[tokio::test]
async fn another_tenant_does_not_see_it() {
    let (test, tenant) = TestStore::with_tenant().await;
    let other = test.store.add_tenant(new_tenant("other"), at(0)).await.unwrap().number;
    let contact = ana(tenant);
    test.store.put_contact(contact.clone()).await.unwrap();
    assert!(test.store.contact(other, &contact.id).await.unwrap().is_none());
    assert!(test.store.contact_by_document(other, &ana_document()).await.unwrap().is_none());
    assert!(test.store.contact_by_phone(other, &ana_phone()).await.unwrap().is_none());
    assert!(test.store.contacts(other, None, 10).await.unwrap().is_empty());
    let gone = ContactRecord { tenant: 42, ..contact };
    assert!(matches!(test.store.put_contact(gone).await, Err(StoreError::NotFound(Subject::Tenant))));
}

#[tokio::test]
async fn a_replaced_contact_is_no_longer_found_by_what_it_was() {
    let (test, tenant) = TestStore::with_tenant().await;
    let contact = ana(tenant);
    test.store.put_contact(contact.clone()).await.unwrap();
    let later = ContactRecord { phones: Vec::new(), created_at: at(9), updated_at: at(9), ..contact.clone() };
    test.store.put_contact(later).await.unwrap();
    assert!(test.store.contact_by_phone(tenant, &ana_phone()).await.unwrap().is_none());
    let read = test.store.contact_by_document(tenant, &ana_document()).await.unwrap().unwrap();
    assert_eq!((read.created_at, read.updated_at), (at(0), at(9)));
    assert_eq!(test.count("contacts"), 1);
}

#[tokio::test]
async fn of_several_with_one_document_a_linked_one_comes_first_then_the_latest() {
    let (test, tenant) = TestStore::with_tenant().await;
    let old = ana(tenant);
    let new = ContactRecord { updated_at: at(5), ..ana(tenant) };
    let newest_lead = ContactRecord { origin: ContactOrigin::Lead, updated_at: at(9), ..ana(tenant) };
    for contact in [&new, &newest_lead, &old] {
        test.store.put_contact(contact.clone()).await.unwrap();
    }
    let found = test.store.contact_by_document(tenant, &ana_document()).await.unwrap().unwrap();
    assert_eq!(found.id, new.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_look_ups_of_an_unknown_person_make_one_lead() {
    let (test, tenant) = TestStore::with_tenant().await;
    let adds: Vec<_> = (0..8)
        .map(|_| {
            let store = test.store.clone();
            tokio::spawn(async move { store.add_contact_if_unknown(lead(tenant)).await.unwrap().id })
        })
        .collect();
    let mut ids = Vec::new();
    for add in adds {
        ids.push(add.await.unwrap());
    }
    ids.dedup();
    assert_eq!((ids.len(), test.count("contacts")), (1, 1));
}

#[tokio::test]
async fn a_shared_phone_does_not_make_two_people_one() {
    let (test, tenant) = TestStore::with_tenant().await;
    test.store.put_contact(ana(tenant)).await.unwrap();
    let child = ContactRecord { phones: vec![ana_phone()], ..lead(tenant) };
    assert_eq!(test.store.add_contact_if_unknown(child.clone()).await.unwrap().id, child.id);
    let nameless = ContactRecord { document: None, phones: vec![ana_phone()], ..lead(tenant) };
    let known = test.store.add_contact_if_unknown(nameless.clone()).await.unwrap();
    assert_ne!(known.id, nameless.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_at_once_lose_nothing() {
    let (test, tenant) = TestStore::with_tenant().await;
    let contact = ana(tenant);
    test.store.put_contact(contact.clone()).await.unwrap();
    let changes: Vec<_> = (0..16)
        .map(|n| {
            let (store, id) = (test.store.clone(), contact.id.clone());
            tokio::spawn(async move {
                let change = move |contact: &mut ContactRecord| contact.accounts.push(account(&format!("2{n:03}")));
                store.change_contact(tenant, &id, change).await.unwrap();
            })
        })
        .collect();
    for change in changes {
        change.await.unwrap();
    }
    let read = test.store.contact(tenant, &contact.id).await.unwrap().unwrap();
    assert_eq!(read.accounts.len(), 17);
    let missing = test.store.change_contact(tenant, "con_none", |_| {}).await;
    assert!(matches!(missing, Err(StoreError::NotFound(Subject::Contact))));
}

#[tokio::test]
async fn a_change_that_panics_changes_nothing_and_the_store_goes_on() {
    let (test, tenant) = TestStore::with_tenant().await;
    let contact = ana(tenant);
    test.store.put_contact(contact.clone()).await.unwrap();
    let panicked = test.store.change_contact(tenant, &contact.id, |_| std::panic::resume_unwind(Box::new("x"))).await;
    assert!(matches!(panicked, Err(StoreError::Panicked)));
    test.store.ready().await.unwrap();
    assert!(test.store.contact(tenant, &contact.id).await.unwrap() == Some(contact));
}

#[tokio::test]
async fn the_export_goes_page_by_page_without_gap_or_repetition() {
    let (test, tenant) = TestStore::with_tenant().await;
    let mut put = Vec::new();
    for _ in 0..7 {
        let contact = ana(tenant);
        put.push(contact.id.clone());
        test.store.put_contact(contact).await.unwrap();
    }
    put.sort();
    let mut read: Vec<String> = Vec::new();
    loop {
        let page = test.store.contacts(tenant, read.last().map(String::as_str), 3).await.unwrap();
        if page.is_empty() {
            break;
        }
        read.extend(page.into_iter().map(|contact| contact.id));
    }
    assert_eq!(read, put);
}

#[tokio::test]
async fn debug_shows_nothing_personal() {
    let shown = format!("{:?}", ana(1));
    for part in ["Ana", "Souza", "52998224725", "982.247", "4567", "Casa"] {
        assert!(!shown.contains(part), "{part} in {shown}");
    }
}
