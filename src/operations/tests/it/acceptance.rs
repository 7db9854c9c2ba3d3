//! Electronic acceptance: who may accept, what was shown, and the evidence.

use std::time::Duration;

use ponte_domain::acceptance::{AcceptanceMethod, AcceptancePending, AcceptanceState};
use ponte_domain::contract::ContractStatus;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::Pdf;
use ponte_domain::known::Known;
use ponte_domain::tenant::TenantSettings;
use ponte_domain::{Failure, FailureKind};
use ponte_operations::acceptance::{AcceptanceDone, AcceptanceForm};
use ponte_operations::{Acted, Rendered};
use sha2::{Digest, Sha256};

use crate::people::{BRUNO_OLD_WHATSAPP, BRUNO_PHONE, NOBODY_PHONE, b1_ref, failure, pending, phone};
use crate::world::{SETTLE_AFTER, World, intent, rendered, text};

const PDF: &[u8] = b"%PDF-1.4 contract";

fn pdf() -> Pdf {
    Pdf::new(PDF.to_vec()).unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn form(from: &str) -> AcceptanceForm {
    AcceptanceForm {
        phone: phone(from),
        texts_confirmed: vec!["Li e aceito os termos.".to_owned()],
        document_sha256: None,
    }
}

fn show(outcome: Result<&AcceptanceDone, &Failure>) -> Rendered {
    rendered(outcome, |done| format!("{:?} {:?} {}", done.result, done.pending.state, done.evidence_id))
}

async fn accept(world: &World, form: AcceptanceForm) -> Result<Acted, Failure> {
    world.operations.accept(&world.visit(), &b1_ref(), form, &intent("k1"), show).await
}

#[tokio::test]
async fn the_evidence_holds_what_was_shown() {
    let world = World::open().await;
    world.erp.document.then(Ok(pdf()));
    world.erp.pending.then(Ok(pending(AcceptanceState::Awaiting))).then(Ok(pending(AcceptanceState::Accepted)));
    world.erp.accept.then(Ok(()));
    let shown = world.operations.acceptance_document(&world.visit(), &b1_ref()).await.unwrap();
    assert_eq!(&shown.bytes[..], PDF);
    let acted = accept(&world, form(BRUNO_PHONE)).await.unwrap();
    let body = text(&acted.body);
    let evidence_id = body.split(' ').next_back().unwrap();
    assert!(body.starts_with("Confirmed Accepted evd_"), "{body}");
    let handed = world.erp.evidence.lock().unwrap().clone();
    assert_eq!(handed.len(), 1);
    assert_eq!((handed[0].evidence_id.as_str(), &handed[0].document_sha256), (evidence_id, &sha256(PDF)));
    assert_eq!(world.erp.document.calls(), 1, "what was shown is not fetched again");

    let kept = world.operations.evidence(&world.visit(), evidence_id).await.unwrap();
    assert_eq!(kept.document_sha256, sha256(PDF));
    assert_eq!(kept.texts, ["Li e aceito os termos."]);
    assert!(kept.shown_at.is_some_and(|shown_at| shown_at <= kept.accepted_at));
    assert_eq!(kept.request_ids, ["req-00000001"]);
}

#[tokio::test]
async fn both_whatsapp_forms_of_the_registered_number_match_and_no_other() {
    let world = World::open().await;
    world.erp.document.usually(Ok(pdf()));
    world.erp.pending.then(Ok(pending(AcceptanceState::Awaiting))).then(Ok(pending(AcceptanceState::Accepted)));
    world.erp.accept.then(Ok(()));
    assert_eq!(accept(&world, form(BRUNO_OLD_WHATSAPP)).await.unwrap().status, 200);

    let world = World::open().await;
    world.erp.pending.then(Ok(pending(AcceptanceState::Awaiting)));
    let refused = accept(&world, form(NOBODY_PHONE)).await.unwrap();
    assert_eq!((refused.status, text(&refused.body).as_str()), (409, "Refused(PhoneMismatch)"));
    assert_eq!(world.erp.accept.calls(), 0);
}

#[tokio::test]
async fn only_a_contract_that_awaits_it_here_is_accepted() {
    let elsewhere = AcceptancePending { method: AcceptanceMethod::VendorLink, ..pending(AcceptanceState::Awaiting) };
    for (state, expected) in [
        (pending(AcceptanceState::Accepted), "Refused(AcceptanceNotAwaiting)"),
        (pending(AcceptanceState::NotRequired), "Refused(AcceptanceNotAwaiting)"),
        (elsewhere, "Refused(AcceptanceByVendorLink)"),
    ] {
        let world = World::open().await;
        world.erp.pending.then(Ok(state));
        assert_eq!(text(&accept(&world, form(BRUNO_PHONE)).await.unwrap().body), expected);
    }
}

#[tokio::test]
async fn every_text_of_the_tenant_must_be_confirmed_word_by_word() {
    let texts = vec!["Li e aceito os termos.".to_owned(), "Autorizo a instalação.".to_owned()];
    let world = World::with(TenantSettings { acceptance_texts: texts, ..TenantSettings::default() }).await;
    let refused = accept(&world, form(BRUNO_PHONE)).await.unwrap_err();
    assert_eq!((refused.kind(), refused.field()), (FailureKind::InvalidInput, Some("texts_confirmed")));
    assert_eq!(world.erp.pending.calls(), 0);
}

#[tokio::test]
async fn another_document_than_the_one_shown_is_not_accepted() {
    let world = World::open().await;
    world.erp.document.usually(Ok(pdf()));
    world.erp.pending.usually(Ok(pending(AcceptanceState::Awaiting)));
    let other = AcceptanceForm { document_sha256: Some(sha256(b"other")), ..form(BRUNO_PHONE) };
    let refused = accept(&world, other).await.unwrap_err();
    assert_eq!((refused.kind(), refused.field()), (FailureKind::InvalidInput, Some("document_sha256")));
    assert_eq!(world.erp.accept.calls(), 0);
    let named = AcceptanceForm { document_sha256: Some(sha256(PDF)), ..form(BRUNO_PHONE) };
    world.erp.accept.then(Ok(()));
    assert_eq!(accept(&world, named).await.unwrap().status, 200, "an input that was refused does not use up the key");
}

#[tokio::test]
async fn a_cut_is_settled_with_the_evidence_of_the_first_time() {
    let world = World::open().await;
    world.erp.document.usually(Ok(pdf()));
    world.erp.pending.then(Ok(pending(AcceptanceState::Awaiting))).then(Ok(pending(AcceptanceState::Awaiting)));
    world.erp.accept.then(Err(failure(FailureKind::OutcomeUnknown)));
    assert_eq!(accept(&world, form(BRUNO_PHONE)).await.unwrap_err().kind(), FailureKind::OutcomeUnknown);
    let world = world.after_a_crash().await;
    world.erp.pending.then(Ok(pending(AcceptanceState::Accepted)));
    let body = text(&accept(&world, form(BRUNO_PHONE)).await.unwrap().body);
    let first = world.erp.evidence.lock().unwrap()[0].evidence_id.clone();
    assert_eq!(body, format!("Confirmed Accepted {first}"));
    assert_eq!(world.operations.evidence(&world.visit(), &first).await.unwrap().document_sha256, sha256(PDF));
    assert_eq!(world.erp.accept.calls(), 1);
}

#[tokio::test]
async fn an_acceptance_that_did_not_happen_is_taken_up_with_the_same_evidence() {
    let world = World::open().await;
    world.erp.document.usually(Ok(pdf()));
    world.erp.pending.usually(Ok(pending(AcceptanceState::Awaiting)));
    world.erp.accept.then(Err(failure(FailureKind::OutcomeUnknown))).then(Ok(()));
    accept(&world, form(BRUNO_PHONE)).await.unwrap_err();
    world.later(SETTLE_AFTER + Duration::from_secs(1));
    assert_eq!(accept(&world, form(BRUNO_PHONE)).await.unwrap().status, 200);
    let handed = world.erp.evidence.lock().unwrap().clone();
    assert_eq!(handed.len(), 2);
    assert_eq!(handed[0].evidence_id, handed[1].evidence_id);
    assert_eq!(handed[0].accepted_at, handed[1].accepted_at);
}

#[tokio::test]
async fn a_contract_that_ended_was_not_accepted_by_that() {
    for status in [ContractStatus::Cancelled, ContractStatus::Inactive, ContractStatus::Withdrawn] {
        let world = World::open().await;
        world.erp.document.usually(Ok(pdf()));
        let mut ended = pending(AcceptanceState::NotRequired);
        ended.contract.status = Known::without_word(status);
        world.erp.pending.then(Ok(pending(AcceptanceState::Awaiting))).then(Ok(ended));
        world.erp.accept.then(Err(failure(FailureKind::OutcomeUnknown)));
        assert_eq!(accept(&world, form(BRUNO_PHONE)).await.unwrap_err().kind(), FailureKind::OutcomeUnknown);
        let id = world.erp.evidence.lock().unwrap()[0].evidence_id.clone();
        let none = world.operations.evidence(&world.visit(), &id).await.unwrap_err();
        assert_eq!(none.kind(), FailureKind::NotFound(Subject::Document), "{status:?}");
    }
}

#[tokio::test]
async fn a_repeat_keeps_the_document_that_was_shown_first() {
    let world = World::open().await;
    world.erp.document.then(Ok(pdf())).usually(Ok(Pdf::new(b"%PDF-1.4 another".to_vec()).unwrap()));
    world.erp.pending.usually(Ok(pending(AcceptanceState::Awaiting)));
    world.erp.accept.then(Err(failure(FailureKind::OutcomeUnknown))).then(Ok(()));
    world.operations.acceptance_document(&world.visit(), &b1_ref()).await.unwrap();
    accept(&world, form(BRUNO_PHONE)).await.unwrap_err();
    world.later(SETTLE_AFTER + Duration::from_secs(1));
    world.operations.acceptance_document(&world.fresh(), &b1_ref()).await.unwrap();
    assert_eq!(accept(&world, form(BRUNO_PHONE)).await.unwrap().status, 200);
    let handed = world.erp.evidence.lock().unwrap().clone();
    assert_eq!([&handed[0].document_sha256, &handed[1].document_sha256], [&sha256(PDF), &sha256(PDF)]);
    let kept = world.operations.evidence(&world.visit(), &handed[0].evidence_id).await.unwrap();
    assert_eq!(kept.document_sha256, sha256(PDF));
    assert!(kept.shown_at.is_some_and(|shown_at| shown_at <= kept.accepted_at));
}
