//! Evidence of acceptance.

use ponte_domain::reference::VendorId;
use ponte_store::{EvidenceRecord, ShownDocument};

use crate::harness::{TestStore, ana_phone, at, new_tenant};

fn evidence(tenant: u32) -> EvidenceRecord {
    EvidenceRecord {
        id: EvidenceRecord::new_id(),
        tenant,
        contract: VendorId::from("5003"),
        document_sha256: "ab".repeat(32),
        phone: ana_phone(),
        texts: vec!["Li e aceito o contrato".to_owned()],
        shown_at: Some(at(1)),
        accepted_at: at(2),
        request_ids: vec!["request-1".to_owned(), "request-2".to_owned()],
    }
}

#[tokio::test]
async fn evidence_reads_back_as_it_was_kept_within_its_tenant() {
    let (test, tenant) = TestStore::with_tenant().await;
    let other = test.store.add_tenant(new_tenant("other"), at(0)).await.unwrap().number;
    let kept = evidence(tenant);
    test.store.keep_evidence(kept.clone()).await.unwrap();
    let again = test.open_again();
    assert!(again.evidence(tenant, &kept.id).await.unwrap().as_ref() == Some(&kept));
    assert!(again.evidence_of_contract(tenant, &kept.contract).await.unwrap() == [kept.clone()]);
    assert!(again.evidence(other, &kept.id).await.unwrap().is_none());
    assert!(again.evidence_of_contract(other, &kept.contract).await.unwrap().is_empty());
}

#[tokio::test]
async fn evidence_is_never_changed() {
    let (test, tenant) = TestStore::with_tenant().await;
    let kept = evidence(tenant);
    test.store.keep_evidence(kept.clone()).await.unwrap();
    test.store.keep_evidence(EvidenceRecord { texts: Vec::new(), ..kept.clone() }).await.unwrap();
    assert!(test.store.evidence(tenant, &kept.id).await.unwrap() == Some(kept));
    assert!(test.raw().execute("UPDATE evidence SET accepted_at = 0", []).is_err());
}

#[tokio::test]
async fn the_document_shown_last_is_known_and_so_are_the_others() {
    let (test, tenant) = TestStore::with_tenant().await;
    let contract = VendorId::from("5003");
    assert_eq!(test.store.shown_document(tenant, &contract).await.unwrap(), None);
    for (sha256, shown_at) in [("aa", at(1)), ("bb", at(2)), ("aa", at(3))] {
        test.store.record_shown(tenant, &contract, sha256, shown_at).await.unwrap();
    }
    let shown = |sha256: &str, shown_at| ShownDocument { sha256: sha256.to_owned(), shown_at };
    assert_eq!(test.store.shown_document(tenant, &contract).await.unwrap(), Some(shown("aa", at(3))));
    let all = test.store.shown_documents(tenant, &contract).await.unwrap();
    assert_eq!(all, [shown("aa", at(3)), shown("bb", at(2))]);
    assert_eq!(test.store.shown_document(tenant, &VendorId::from("5004")).await.unwrap(), None);
}
