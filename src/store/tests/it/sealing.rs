//! Nothing secret or personal is in the files in the clear.

use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::scope::Scope;
use ponte_domain::ticket::TicketRating;
use ponte_store::{Begun, EvidenceRecord, NewKey, RatingRecord, TenantsAllowed};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use crate::harness::{TestStore, ana, ana_document, ana_phone, at, holds, intent, lead};

/// What must not be found, in every way in which it might be written.
fn secrets(test: &TestStore) -> Vec<(String, Vec<u8>)> {
    let texts = [
        "token-of-the-erp",
        "52998224725",
        "529.982.247-25",
        "39053344705",
        "5554981234567",
        "54981234567",
        "981234567",
        "555481234567",
        "Ana Paula",
        "Souza",
        "example.com\"",
        "ana.souza",
        "Casa",
        "vip",
        "cliente",
        "comentário da Ana",
        "Li e aceito",
        "conta da Ana",
    ];
    let mut secrets: Vec<_> = texts.iter().map(|text| ((*text).to_owned(), text.as_bytes().to_vec())).collect();
    for text in ["52998224725", "5554981234567", "+5554981234567", "54981234567"] {
        // A plain hash of a document or phone is as good as the document: there are few enough to try them all.
        secrets.push((format!("SHA-256 of {text}"), Sha256::digest(text).to_vec()));
    }
    secrets.push(("master key".to_owned(), test.master.to_hex().expose_secret().as_bytes().to_vec()));
    secrets
}

#[tokio::test]
async fn neither_the_file_nor_its_log_shows_a_person_or_a_secret() {
    let (test, tenant) = TestStore::with_tenant().await;
    let store = &test.store;
    store.put_contact(ana(tenant)).await.unwrap();
    store.put_contact(lead(tenant)).await.unwrap();
    let ticket = CustomerRef::new("1001").ticket("77");
    let rating = TicketRating { stars: 1, comment: Some("comentário da Ana Paula".to_owned()) };
    store.keep_rating(RatingRecord { tenant, ticket, rating, at: at(1) }).await.unwrap();
    let evidence = EvidenceRecord {
        id: EvidenceRecord::new_id(),
        tenant,
        contract: VendorId::from("5003"),
        document_sha256: "ab".repeat(32),
        phone: ana_phone(),
        texts: vec!["Li e aceito".to_owned()],
        shown_at: None,
        accepted_at: at(2),
        request_ids: Vec::new(),
    };
    store.keep_evidence(evidence).await.unwrap();
    let mut told = intent(tenant, "5554981234567");
    told.context = ana_document().as_str().as_bytes().to_vec();
    let Begun::New(id) = store.begin(told, at(3)).await.unwrap() else { panic!("known") };
    store.settle(id, 200, "conta da Ana Paula".as_bytes().to_vec(), at(4)).await.unwrap();
    let key =
        NewKey { name: "Chat".to_owned(), scopes: vec![Scope::Read], tenants: TenantsAllowed::All, expires_at: None };
    let (_, secret) = store.create_key(key, at(5)).await.unwrap();

    let mut secrets = secrets(&test);
    secrets.push(("API key".to_owned(), secret.expose_secret().as_bytes().to_vec()));
    for moment in ["in the log", "in the file"] {
        let bytes = test.bytes();
        assert!(holds(&bytes, b"https://erp.example.com"), "the search finds what is in the clear {moment}");
        for (name, part) in &secrets {
            assert!(!holds(&bytes, part), "{name} {moment}");
        }
        store.close().await.unwrap();
    }
}
