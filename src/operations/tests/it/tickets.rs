//! Tickets: which connection, opened once, found again by its mark, rated once.

use std::time::Duration;

use bytes::Bytes;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{AccessStatus, Contract, ContractStatus, LoginStatus};
use ponte_domain::failure::Subject;
use ponte_domain::known::Known;
use ponte_domain::reference::{CustomerRef, TicketRef, VendorId};
use ponte_domain::ticket::{TicketFilter, TicketNotices, TicketRating};
use ponte_domain::{Failure, FailureKind};
use ponte_operations::tickets::{TicketForm, TicketOnFile, TicketRated};
use ponte_operations::{Acted, Rendered};

use crate::people::{bruno_ref, contract, failure, login, ticket};
use crate::world::{SETTLE_AFTER, World, intent, rendered, text};

fn form() -> TicketForm {
    TicketForm {
        sector: " Técnico ".to_owned(),
        subject: None,
        text: "Sem internet desde ontem.".to_owned(),
        contract: None,
        login: None,
        notices: TicketNotices::None,
    }
}

fn show(outcome: Result<&TicketOnFile, &Failure>) -> Rendered {
    rendered(outcome, |filed| filed.ticket.reference.id.as_str().to_owned())
}

async fn open(world: &World, form: TicketForm) -> Result<Acted, Failure> {
    world.operations.open_ticket(&world.visit(), &bruno_ref(), form, &intent("k1"), show).await
}

fn active(id: &str) -> Contract {
    Contract { reference: bruno_ref().contract(id), ..contract(AccessStatus::Active) }
}

#[tokio::test]
async fn the_only_active_connection_is_implied() {
    let world = World::open().await;
    let ended = Contract { status: Known::without_word(ContractStatus::Cancelled), ..active("2") };
    world.erp.contracts.then(Ok(vec![active("1"), ended]));
    world.erp.open.then(Ok(ticket("77")));
    assert_eq!(text(&open(&world, form()).await.unwrap().body), "77");
    let sent = world.erp.opened.lock().unwrap()[0].clone();
    assert_eq!(sent.contract, Some(bruno_ref().contract("1")));
    assert_eq!(sent.login, Some(VendorId::from("1")));
    assert_eq!(sent.sector, "Técnico");
    assert_eq!(sent.mark.len(), 10);
    assert!(sent.mark.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()), "{}", sent.mark);
}

#[tokio::test]
async fn one_of_several_must_be_chosen() {
    let world = World::open().await;
    world.erp.contracts.usually(Ok(vec![active("1"), active("2")]));
    let refused = open(&world, form()).await.unwrap_err();
    assert_eq!((refused.kind(), refused.field()), (FailureKind::InvalidInput, Some("contract_id")));

    let two =
        Contract { logins: vec![login("1", LoginStatus::Active), login("2", LoginStatus::Active)], ..active("2") };
    world.erp.contract.usually(Ok(two));
    let chosen = TicketForm { contract: Some(bruno_ref().contract("2")), ..form() };
    let refused = open(&world, chosen.clone()).await.unwrap_err();
    assert_eq!((refused.kind(), refused.field()), (FailureKind::InvalidInput, Some("login_id")));
    let foreign = TicketForm { login: Some(VendorId::from("9")), ..chosen.clone() };
    assert_eq!(open(&world, foreign).await.unwrap_err().field(), Some("login_id"));

    world.erp.open.then(Ok(ticket("77")));
    let both = TicketForm { login: Some(VendorId::from("2")), ..chosen };
    assert_eq!(open(&world, both).await.unwrap().status, 200);
    assert_eq!(world.erp.open.calls(), 1);
}

#[tokio::test]
async fn somebody_elses_contract_and_blank_texts_are_refused_before_any_call() {
    let world = World::open().await;
    let foreign = TicketForm { contract: Some(CustomerRef::new("999").contract("1")), ..form() };
    assert_eq!(open(&world, foreign).await.unwrap_err().kind(), FailureKind::NotFound(Subject::Contract));
    let blank = TicketForm { text: " \n".to_owned(), ..form() };
    assert_eq!(open(&world, blank).await.unwrap_err().field(), Some("text"));
    let blank = TicketForm { sector: String::new(), ..form() };
    assert_eq!(open(&world, blank).await.unwrap_err().field(), Some("sector"));
}

#[tokio::test]
async fn a_cut_is_settled_by_the_mark_in_the_ticket() {
    let world = World::open().await;
    world.erp.contracts.usually(Ok(vec![active("1")]));
    world.erp.open.then(Err(failure(FailureKind::OutcomeUnknown)));
    world.erp.find_by_mark.then(Ok(None));
    assert_eq!(open(&world, form()).await.unwrap_err().kind(), FailureKind::OutcomeUnknown);
    let world = world.after_a_crash().await;
    world.erp.find_by_mark.then(Ok(Some(ticket("77"))));
    assert_eq!(text(&open(&world, form()).await.unwrap().body), "77");
    assert_eq!(world.erp.open.calls(), 1);
    let sent = world.erp.opened.lock().unwrap()[0].mark.clone();
    assert_eq!(*world.erp.marks.lock().unwrap(), [sent.clone(), sent]);
}

#[tokio::test]
async fn the_notices_that_are_wanted_are_kept_and_shown_with_the_ticket() {
    let world = World::open().await;
    world.erp.contracts.usually(Ok(vec![active("1")]));
    world.erp.open.then(Ok(ticket("77")));
    open(&world, TicketForm { notices: TicketNotices::EveryEvent, ..form() }).await.unwrap();
    world.erp.tickets.usually(Ok(vec![ticket("78"), ticket("77")]));
    let list = |tickets: &Vec<TicketOnFile>| {
        Bytes::from(format!("{:?}", tickets.iter().map(|one| one.notices).collect::<Vec<_>>()))
    };
    let served = world.operations.tickets(&world.visit(), &bruno_ref(), TicketFilter::All, list).await.unwrap();
    assert_eq!(text(&served.bytes), "[None, Some(EveryEvent)]");
}

#[tokio::test]
async fn a_ticket_that_was_not_opened_is_opened_with_the_same_mark() {
    let world = World::open().await;
    world.erp.contracts.usually(Ok(vec![active("1")]));
    world.erp.open.then(Err(failure(FailureKind::OutcomeUnknown))).then(Ok(ticket("77")));
    world.erp.find_by_mark.usually(Ok(None));
    open(&world, form()).await.unwrap_err();
    world.later(SETTLE_AFTER + Duration::from_secs(1));
    assert_eq!(text(&open(&world, form()).await.unwrap().body), "77");
    let opened = world.erp.opened.lock().unwrap().clone();
    assert_eq!(opened.len(), 2);
    assert_eq!(opened[0].mark, opened[1].mark);
}

fn rate_show(outcome: Result<&TicketRated, &Failure>) -> Rendered {
    rendered(outcome, |rated| rated.rating.stars.to_string())
}

async fn rate(world: &World, key: &str, stars: u8, comment: Option<&str>) -> Result<Acted, Failure> {
    let rating = TicketRating { stars, comment: comment.map(str::to_owned) };
    world.operations.rate_ticket(&world.visit(), &bruno_ref().ticket("77"), rating, &intent(key), rate_show).await
}

async fn kept_by_ponte() -> World {
    let world = World::open().await;
    world.erp.lacks(Capability::TicketRating);
    world.erp.ticket.usually(Ok(ticket("77")));
    world
}

#[tokio::test]
async fn a_rating_is_1_to_5_and_below_5_it_needs_a_comment() {
    let world = kept_by_ponte().await;
    for (stars, comment, field) in
        [(0, Some("ruim"), "stars"), (6, Some("ótimo"), "stars"), (4, None, "comment"), (1, Some("  "), "comment")]
    {
        let refused = rate(&world, "k1", stars, comment).await.unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (FailureKind::InvalidInput, Some(field)), "{stars} {comment:?}");
    }
    let long = "x".repeat(2001);
    assert_eq!(rate(&world, "k1", 5, Some(&long)).await.unwrap_err().field(), Some("comment"));
    assert_eq!(rate(&world, "k1", 5, None).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_rating_that_the_vendor_has_no_route_for_is_kept_shown_and_exported() {
    let world = kept_by_ponte().await;
    assert_eq!(rate(&world, "k1", 4, Some("demorou, \"mas\" resolveu")).await.unwrap().status, 200);
    world.erp.tickets.usually(Ok(vec![ticket("78"), ticket("77")]));
    let list = |tickets: &Vec<TicketOnFile>| {
        Bytes::from(format!("{:?}", tickets.iter().map(|one| one.rating.as_ref().map(|r| r.stars)).collect::<Vec<_>>()))
    };
    let served = world.operations.tickets(&world.visit(), &bruno_ref(), TicketFilter::All, list).await.unwrap();
    assert_eq!(text(&served.bytes), "[None, Some(4)]");
    let ids =
        |ticket: &TicketRef| [format!("tck_{}", ticket.id.as_str()), format!("cus_{}", ticket.customer.id.as_str())];
    let table = text(&world.operations.ratings_csv(&world.visit(), ids).await.unwrap());
    assert!(
        table.starts_with(
            "ticket_id,customer_id,stars,comment,rated_at\r\ntck_77,cus_202,4,\"demorou, \"\"mas\"\" resolveu\",2026-11-20T"
        ),
        "{table}"
    );
}

#[tokio::test]
async fn a_ticket_is_rated_once() {
    let world = kept_by_ponte().await;
    rate(&world, "k1", 5, None).await.unwrap();
    let again = rate(&world, "k2", 3, Some("pensando bem")).await.unwrap();
    assert_eq!((again.status, text(&again.body).as_str()), (409, "Refused(AlreadyRated)"));
    let replay = rate(&world, "k1", 5, None).await.unwrap();
    assert_eq!((replay.status, replay.replayed), (200, true));
}

#[tokio::test]
async fn a_ticket_that_is_not_there_is_not_rated() {
    let world = World::open().await;
    world.erp.lacks(Capability::TicketRating);
    world.erp.ticket.then(Err(failure(FailureKind::NotFound(Subject::Ticket))));
    let missing = rate(&world, "k1", 5, None).await.unwrap();
    assert_eq!(text(&missing.body), "NotFound(Ticket)");
}

#[tokio::test]
async fn where_the_vendor_takes_ratings_it_gets_them_and_a_cut_stays_unknown() {
    let world = World::open().await;
    world.erp.ticket.usually(Ok(ticket("77")));
    world.erp.rate.then(Err(failure(FailureKind::OutcomeUnknown)));
    assert_eq!(rate(&world, "k1", 5, None).await.unwrap_err().kind(), FailureKind::OutcomeUnknown);
    world.later(SETTLE_AFTER * 10);
    assert_eq!(rate(&world, "k1", 5, None).await.unwrap_err().kind(), FailureKind::OutcomeUnknown, "no route tells");
    assert_eq!(world.erp.rate.calls(), 1);
    world.erp.rate.then(Ok(()));
    assert_eq!(rate(&world, "k2", 5, None).await.unwrap().status, 200);
}

#[tokio::test]
async fn without_any_tickets_there_is_nothing_to_rate() {
    let world = World::open().await;
    for lacking in [Capability::TicketRating, Capability::TicketOpening, Capability::TicketList] {
        world.erp.lacks(lacking);
    }
    let refused = rate(&world, "k1", 5, None).await.unwrap_err();
    assert_eq!(refused.kind(), FailureKind::NotSupported(Capability::TicketRating));
}

#[tokio::test]
async fn a_ticket_in_doubt_does_not_hold_up_the_customers_next_one() {
    let world = World::open().await;
    world.erp.contracts.usually(Ok(vec![active("1")]));
    world.erp.find_by_mark.usually(Ok(None));
    world.erp.open.then(Err(failure(FailureKind::OutcomeUnknown))).then(Ok(ticket("78")));
    open(&world, form()).await.unwrap_err();
    let second = world.operations.open_ticket(&world.visit(), &bruno_ref(), form(), &intent("k2"), show).await;
    assert_eq!(text(&second.unwrap().body), "78");
}
