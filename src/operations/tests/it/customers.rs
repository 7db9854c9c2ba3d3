//! Look-up: the ERP, the contact base behind it, and the customer type of people whom nobody knows.

use std::time::Duration;

use bytes::Bytes;
use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::customer::LookupKey;
use ponte_domain::tenant::{CustomerTypes, TenantSettings};
use ponte_operations::contacts::ContactForm;
use ponte_operations::customers::LookupAnswer;
use ponte_operations::{CacheState, ContactOrigin};
use ponte_vendors::erp::LookupWays;

use crate::people::{
    BRUNO_CPF, BRUNO_OLD_WHATSAPP, BRUNO_PHONE, NOBODY_CPF, NOBODY_PHONE, bruno, document, failure, phone,
};
use crate::world::{World, text, wait};

fn show(answer: &LookupAnswer) -> Bytes {
    let contact = answer.contact.as_ref().map(|contact| contact.origin);
    let found = (answer.match_source, answer.customer_type.as_deref(), answer.customer_type_source);
    Bytes::from(format!("{found:?} {} {contact:?}", answer.customers.len()))
}

async fn look_up(world: &World, key: LookupKey) -> Result<String, ponte_domain::Failure> {
    world.operations.lookup(&world.visit(), key, show).await.map(|served| text(&served.bytes))
}

fn by_document(cpf: &str) -> LookupKey {
    LookupKey::Document(document(cpf))
}

async fn with_leads() -> World {
    let customer_types = CustomerTypes {
        list: vec!["Cliente".to_owned(), "Não cliente".to_owned()],
        when_not_found: Some("Não cliente".to_owned()),
    };
    World::with(TenantSettings { customer_types, ..TenantSettings::default() }).await
}

fn contact() -> ContactForm {
    ContactForm {
        document: Some(document(NOBODY_CPF)),
        phones: vec![phone(NOBODY_PHONE)],
        customer_type: Some("Cliente".to_owned()),
        ..ContactForm::default()
    }
}

#[tokio::test]
async fn a_customer_of_the_erp_is_found_there() {
    let world = World::open().await;
    world.erp.lookup.then(Ok(vec![bruno()]));
    assert_eq!(look_up(&world, by_document(BRUNO_CPF)).await.unwrap(), "(Erp, None, None) 1 None");
}

#[tokio::test]
async fn both_whatsapp_forms_are_one_key() {
    let world = World::open().await;
    world.erp.lookup.then(Ok(vec![bruno()]));
    for form in [BRUNO_PHONE, BRUNO_OLD_WHATSAPP] {
        assert_eq!(look_up(&world, LookupKey::Phone(phone(form))).await.unwrap(), "(Erp, None, None) 1 None");
    }
    assert_eq!(world.erp.lookup.calls(), 1);
}

#[tokio::test]
async fn nobody_has_no_type_while_the_setting_is_off() {
    let world = World::open().await;
    world.erp.lookup.usually(Ok(vec![]));
    assert_eq!(look_up(&world, by_document(NOBODY_CPF)).await.unwrap(), "(None, None, None) 0 None");
    assert_eq!(contacts(&world).await, 0);
}

#[tokio::test]
async fn nobody_becomes_a_lead_once_while_the_setting_is_on() {
    let world = with_leads().await;
    world.erp.lookup.usually(Ok(vec![]));
    let first = look_up(&world, by_document(NOBODY_CPF)).await.unwrap();
    assert_eq!(first, "(None, Some(\"Não cliente\"), Some(TenantSetting)) 0 Some(Lead)");
    let second = look_up(&world, by_document(NOBODY_CPF)).await.unwrap();
    assert_eq!(second, "(ContactBase, Some(\"Não cliente\"), Some(ContactBase)) 0 Some(Lead)");
    assert_eq!(contacts(&world).await, 1);
    let table = text(&world.operations.contacts_csv(&world.visit()).await.unwrap());
    assert!(table.contains("168.995.350-09") && table.contains("Não cliente,lead"), "{table}");
}

#[tokio::test]
async fn many_look_ups_of_nobody_at_once_make_one_lead() {
    let world = with_leads().await;
    world.erp.lookup.usually(Ok(vec![]));
    let full = world.full().await;
    let visits = [world.visit(), world.fresh(), world.fresh(), full];
    let looks = visits.iter().map(|visit| world.operations.lookup(visit, by_document(NOBODY_CPF), show));
    for answer in futures_util::future::join_all(looks).await {
        assert!(text(&answer.unwrap().bytes).contains("Não cliente"));
    }
    assert_eq!(contacts(&world).await, 1);
}

#[tokio::test]
async fn an_unknown_phone_makes_no_lead() {
    let world = with_leads().await;
    world.erp.lookup.usually(Ok(vec![]));
    assert_eq!(look_up(&world, LookupKey::Phone(phone(NOBODY_PHONE))).await.unwrap(), "(None, None, None) 0 None");
    assert_eq!(contacts(&world).await, 0);
}

#[tokio::test]
async fn an_erp_that_fails_is_an_error_and_nobody_becomes_a_lead() {
    for kind in [FailureKind::Unreachable, FailureKind::TimedOut, FailureKind::BrokenAnswer] {
        let world = with_leads().await;
        world.erp.lookup.then(Err(failure(kind)));
        assert_eq!(look_up(&world, by_document(NOBODY_CPF)).await.unwrap_err().kind(), kind);
        assert_eq!(contacts(&world).await, 0);
    }
}

#[tokio::test]
async fn that_the_erp_knew_nobody_is_not_told_while_it_is_down() {
    let known = World::open().await;
    known.operations.put_contact(&known.visit(), "con_abcdefgh", contact()).await.unwrap();
    for world in [World::open().await, with_leads().await, known] {
        world.erp.lookup.then(Ok(vec![])).usually(Err(failure(FailureKind::Unreachable)));
        let first = look_up(&world, by_document(NOBODY_CPF)).await.unwrap();
        wait(Duration::from_secs(301)).await;
        let down = look_up(&world, by_document(NOBODY_CPF)).await.unwrap_err();
        assert_eq!(down.kind(), FailureKind::Unreachable, "{first}");
    }
}

#[tokio::test]
async fn a_customer_who_was_found_is_told_while_the_erp_is_down() {
    let world = World::open().await;
    world.erp.lookup.then(Ok(vec![bruno()])).usually(Err(failure(FailureKind::Unreachable)));
    look_up(&world, by_document(BRUNO_CPF)).await.unwrap();
    wait(Duration::from_secs(301)).await;
    assert_eq!(look_up(&world, by_document(BRUNO_CPF)).await.unwrap(), "(Erp, None, None) 1 None");
    assert_eq!(world.erp.lookup.calls(), 2);
}

#[tokio::test]
async fn the_contact_base_knows_whom_the_erp_does_not() {
    let world = with_leads().await;
    world.erp.lookup.usually(Ok(vec![]));
    world.operations.put_contact(&world.visit(), "con_abcdefgh", contact()).await.unwrap();
    let expected = "(ContactBase, Some(\"Cliente\"), Some(ContactBase)) 0 Some(Platform)";
    assert_eq!(look_up(&world, by_document(NOBODY_CPF)).await.unwrap(), expected);
    assert_eq!(look_up(&world, LookupKey::Phone(phone("557177776666"))).await.unwrap(), expected);
}

#[tokio::test]
async fn a_contact_that_changes_is_seen_by_the_next_look_up() {
    let world = World::open().await;
    world.erp.lookup.usually(Ok(vec![]));
    let visit = world.visit();
    assert_eq!(look_up(&world, by_document(NOBODY_CPF)).await.unwrap(), "(None, None, None) 0 None");
    world.operations.put_contact(&visit, "con_abcdefgh", contact()).await.unwrap();
    assert!(look_up(&world, by_document(NOBODY_CPF)).await.unwrap().starts_with("(ContactBase"));
    world.operations.remove_contact(&visit, "con_abcdefgh").await.unwrap();
    assert_eq!(look_up(&world, by_document(NOBODY_CPF)).await.unwrap(), "(None, None, None) 0 None");
}

#[tokio::test]
async fn a_way_that_the_erp_cannot_search_is_not_supported_unless_the_contact_base_knows() {
    let world = World::open().await;
    *world.erp.ways.lock().unwrap() = LookupWays { document: true, phone: false, email: false, vendor_id: true };
    let by_phone = || LookupKey::Phone(phone(NOBODY_PHONE));
    let refused = look_up(&world, by_phone()).await.unwrap_err();
    assert_eq!(refused.kind(), FailureKind::NotSupported(Capability::CustomerLookup));
    assert!(refused.detail().contains("by phone"), "{}", refused.detail());
    world.operations.put_contact(&world.visit(), "con_abcdefgh", contact()).await.unwrap();
    assert!(look_up(&world, by_phone()).await.unwrap().starts_with("(ContactBase"));
    assert_eq!(world.erp.lookup.calls(), 0);
}

#[tokio::test]
async fn a_contact_who_is_looked_up_again_is_not_forgotten() {
    let world = with_leads().await;
    world.erp.lookup.usually(Ok(vec![]));
    look_up(&world, by_document(NOBODY_CPF)).await.unwrap();
    world.later(std::time::Duration::from_secs(60 * 86_400));
    look_up(&world, by_document(NOBODY_CPF)).await.unwrap();
    world.later(std::time::Duration::from_secs(60 * 86_400));
    world.operations.sweep().await.unwrap();
    assert_eq!(contacts(&world).await, 1);
    world.later(std::time::Duration::from_secs(60 * 86_400));
    world.operations.sweep().await.unwrap();
    assert_eq!(contacts(&world).await, 0);
}

#[tokio::test]
async fn a_customer_in_the_erp_shows_the_contacts_type_beside_it() {
    let world = World::open().await;
    world.erp.lookup.usually(Ok(vec![bruno()]));
    let form = ContactForm {
        document: Some(document(BRUNO_CPF)),
        customer_type: Some("Cliente".to_owned()),
        ..ContactForm::default()
    };
    world.operations.put_contact(&world.visit(), "con_abcdefgh", form).await.unwrap();
    let served = world.operations.lookup(&world.visit(), by_document(BRUNO_CPF), show).await.unwrap();
    assert_eq!(served.cache.state, CacheState::Miss);
    assert_eq!(text(&served.bytes), "(Erp, Some(\"Cliente\"), Some(ContactBase)) 1 Some(Platform)");
    let kept = world.operations.contact(&world.visit(), "con_abcdefgh").await.unwrap();
    assert_eq!(kept.origin, ContactOrigin::Platform);
}

async fn contacts(world: &World) -> usize {
    let table = text(&world.operations.contacts_csv(&world.visit()).await.unwrap());
    table.lines().count() - 1
}
