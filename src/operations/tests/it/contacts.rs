//! The contact base: put, link, accounts, erasure, export.

use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::customer::Customer;
use ponte_domain::failure::Subject;
use ponte_domain::reference::CustomerRef;
use ponte_domain::tenant::{CustomerTypes, TenantSettings};
use ponte_operations::contacts::{AccountForm, Activity, ContactForm, LinkForm, Put};
use ponte_operations::{ContactOrigin, ContactRecord};
use ponte_vendors::erp::LookupWays;

use crate::people::{
    BRUNO, BRUNO_CPF, BRUNO_OLD_WHATSAPP, BRUNO_PHONE, NOBODY_CPF, NOBODY_PHONE, bruno, bruno_ref, document, failure,
    phone,
};
use crate::world::{World, text};

const ID: &str = "con_platform1x";

fn form() -> ContactForm {
    ContactForm {
        document: Some(document(BRUNO_CPF)),
        phones: vec![phone(BRUNO_PHONE)],
        name: Some("=Bruno".to_owned()),
        email: Some("bruno@example.com".to_owned()),
        customer_type: None,
        tags: vec!["vip".to_owned()],
    }
}

fn accounts(contact: &ContactRecord) -> Vec<(&str, &str, bool)> {
    contact.accounts.iter().map(|one| (one.customer.as_str(), one.label.as_str(), one.active)).collect()
}

fn second() -> Customer {
    Customer { reference: CustomerRef::new("303"), name: "Bruno Lima ME".to_owned(), ..bruno() }
}

#[tokio::test]
async fn putting_replaces_everything_but_accounts_and_the_beginning() {
    let world = World::open().await;
    world.erp.customer.usually(Ok(bruno()));
    let visit = world.visit();
    let (first, put) = world.operations.put_contact(&visit, ID, form()).await.unwrap();
    assert_eq!(put, Put::Added);
    let account = AccountForm { customer: bruno_ref(), label: Some("Casa".to_owned()), activity: Activity::Unchanged };
    world.operations.put_account(&visit, ID, account).await.unwrap();
    world.later(std::time::Duration::from_secs(60));
    let (second, put) = world.operations.put_contact(&visit, ID, ContactForm::default()).await.unwrap();
    assert_eq!(put, Put::Replaced);
    assert_eq!(accounts(&second), [(BRUNO, "Casa", true)]);
    assert_eq!((second.document, second.name, second.created_at), (None, None, first.created_at));
    assert!(second.updated_at > first.updated_at);
}

#[tokio::test]
async fn an_id_must_not_be_able_to_hide_a_phone_or_a_document() {
    let world = World::open().await;
    for id in [
        "con_5554981234567",
        "con_short",
        "5554981234567",
        "con_a b c d e f",
        "con_",
        &format!("con_{}", "a".repeat(65)),
    ] {
        let refused = world.operations.put_contact(&world.visit(), id, form()).await.unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (FailureKind::InvalidInput, Some("id")), "{id}");
    }
}

#[tokio::test]
async fn a_type_outside_the_tenants_list_is_refused() {
    let customer_types = CustomerTypes { list: vec!["Cliente".to_owned()], when_not_found: None };
    let world = World::with(TenantSettings { customer_types, ..TenantSettings::default() }).await;
    let odd = ContactForm { customer_type: Some("Amigo".to_owned()), ..form() };
    let refused = world.operations.put_contact(&world.visit(), ID, odd).await.unwrap_err();
    assert_eq!(refused.field(), Some("customer_type"));
}

#[tokio::test]
async fn linking_makes_a_contact_of_the_phone_and_speaks_for_every_row() {
    let world = World::open().await;
    world.erp.lookup.usually(Ok(vec![bruno(), second()]));
    let form = LinkForm { phone: phone(BRUNO_OLD_WHATSAPP), document: Some(document(BRUNO_CPF)) };
    let link = world.operations.link_contact(&world.visit(), form.clone()).await.unwrap();
    let contact = link.contact.unwrap();
    assert_eq!(link.customers.len(), 2);
    assert_eq!(contact.origin, ContactOrigin::Linked);
    assert_eq!(contact.document, Some(document(BRUNO_CPF)));
    assert_eq!(accounts(&contact), [(BRUNO, "Bruno Lima", true), ("303", "Bruno Lima ME", false)]);
    let again = world.operations.link_contact(&world.visit(), form).await.unwrap().contact.unwrap();
    assert_eq!((again.id, again.accounts.len()), (contact.id, 2), "the same contact");
}

#[tokio::test]
async fn linking_nobody_makes_nothing() {
    let world = World::open().await;
    world.erp.lookup.usually(Ok(vec![]));
    let form = LinkForm { phone: phone(NOBODY_PHONE), document: Some(document(NOBODY_CPF)) };
    let link = world.operations.link_contact(&world.visit(), form).await.unwrap();
    assert!(link.contact.is_none() && link.customers.is_empty());
    assert_eq!(text(&world.operations.contacts_csv(&world.visit()).await.unwrap()).lines().count(), 1);
}

#[tokio::test]
async fn an_erp_that_cannot_search_phones_links_by_document_only() {
    let world = World::open().await;
    *world.erp.ways.lock().unwrap() = LookupWays { document: true, phone: false, email: false, vendor_id: true };
    world.erp.lookup.usually(Ok(vec![bruno()]));
    let by_phone = LinkForm { phone: phone(BRUNO_PHONE), document: None };
    let refused = world.operations.link_contact(&world.visit(), by_phone.clone()).await.unwrap_err();
    assert_eq!(refused.kind(), FailureKind::NotSupported(Capability::CustomerLookup));
    let by_document = LinkForm { document: Some(document(BRUNO_CPF)), ..by_phone.clone() };
    let linked = world.operations.link_contact(&world.visit(), by_document).await.unwrap().contact.unwrap();
    let known = world.operations.link_contact(&world.visit(), by_phone).await.unwrap();
    assert_eq!((known.contact.unwrap().id, known.customers.len()), (linked.id, 0));
    assert_eq!(world.erp.lookup.calls(), 1);
}

#[tokio::test]
async fn linking_while_the_erp_is_down_is_an_error() {
    let world = World::open().await;
    world.erp.lookup.then(Err(failure(FailureKind::Unreachable)));
    let form = LinkForm { phone: phone(NOBODY_PHONE), document: None };
    let outcome = world.operations.link_contact(&world.visit(), form).await;
    assert_eq!(outcome.unwrap_err().kind(), FailureKind::Unreachable);
}

#[tokio::test]
async fn exactly_one_account_is_active() {
    let world = World::open().await;
    let visit = world.visit();
    world.operations.put_contact(&visit, ID, form()).await.unwrap();
    world.erp.customer.then(Ok(bruno())).then(Ok(second()));
    let account =
        |customer: &str, activity| AccountForm { customer: CustomerRef::new(customer), label: None, activity };
    let first = world.operations.put_account(&visit, ID, account(BRUNO, Activity::Unchanged)).await.unwrap();
    assert_eq!(accounts(&first), [(BRUNO, "Bruno Lima", true)]);
    let both = world.operations.put_account(&visit, ID, account("303", Activity::Active)).await.unwrap();
    assert_eq!(accounts(&both), [(BRUNO, "Bruno Lima", false), ("303", "Bruno Lima ME", true)]);
    let back = world.operations.switch_account(&visit, ID, &bruno_ref()).await.unwrap();
    assert_eq!(accounts(&back), [(BRUNO, "Bruno Lima", true), ("303", "Bruno Lima ME", false)]);
    let one = world.operations.remove_account(&visit, ID, &bruno_ref()).await.unwrap();
    assert_eq!(accounts(&one), [("303", "Bruno Lima ME", true)]);
    let missing = world.operations.switch_account(&visit, ID, &bruno_ref()).await.unwrap_err();
    assert_eq!(missing.kind(), FailureKind::NotFound(Subject::Customer));
    assert_eq!(accounts(&world.operations.contact(&visit, ID).await.unwrap()), [("303", "Bruno Lima ME", true)]);
}

#[tokio::test]
async fn an_account_must_be_a_customer_of_the_erp() {
    let world = World::open().await;
    let visit = world.visit();
    world.operations.put_contact(&visit, ID, form()).await.unwrap();
    world.erp.customer.then(Err(failure(FailureKind::NotFound(Subject::Customer))));
    let account = AccountForm { customer: bruno_ref(), label: None, activity: Activity::Active };
    let refused = world.operations.put_account(&visit, ID, account).await.unwrap_err();
    assert_eq!(refused.kind(), FailureKind::NotFound(Subject::Customer));
}

#[tokio::test]
async fn an_erased_contact_is_gone() {
    let world = World::open().await;
    let visit = world.visit();
    world.operations.put_contact(&visit, ID, form()).await.unwrap();
    world.operations.remove_contact(&visit, ID).await.unwrap();
    assert_eq!(world.operations.contact(&visit, ID).await.unwrap_err().kind(), FailureKind::NotFound(Subject::Contact));
    let again = world.operations.remove_contact(&visit, ID).await.unwrap_err();
    assert_eq!(again.kind(), FailureKind::NotFound(Subject::Contact));
}

#[tokio::test]
async fn the_export_is_safe_to_open() {
    let world = World::open().await;
    world.operations.put_contact(&world.visit(), ID, form()).await.unwrap();
    let table = text(&world.operations.contacts_csv(&world.visit()).await.unwrap());
    let row = table.lines().nth(1).unwrap();
    let expected = format!("{ID},111.444.777-35,5554981234567,'=Bruno,bruno@example.com,,platform,0,vip,");
    assert!(row.starts_with(&expected), "{row}");
}
