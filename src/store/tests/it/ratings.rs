//! Ratings of tickets.

use ponte_domain::failure::Subject;
use ponte_domain::reference::CustomerRef;
use ponte_domain::ticket::{TicketNotices, TicketRating};
use ponte_store::{RatingKept, RatingRecord, StoreError};

use crate::harness::{TestStore, at, holds};

fn rating(tenant: u32, customer: &str, ticket: &str, stars: u8) -> RatingRecord {
    let comment = (stars < 5).then(|| "O técnico não veio".to_owned());
    let ticket = CustomerRef::new(customer).ticket(ticket);
    RatingRecord { tenant, ticket, rating: TicketRating { stars, comment }, at: at(i64::from(stars)) }
}

#[tokio::test]
async fn the_first_rating_of_a_ticket_stays() {
    let (test, tenant) = TestStore::with_tenant().await;
    let first = rating(tenant, "1001", "77", 3);
    assert_eq!(test.store.keep_rating(first.clone()).await.unwrap(), RatingKept::New);
    let second = test.store.keep_rating(rating(tenant, "1001", "77", 5)).await.unwrap();
    assert_eq!(second, RatingKept::Known(first.clone()));
    assert_eq!(test.open_again().ratings(tenant, &CustomerRef::new("1001")).await.unwrap(), [first]);
}

#[tokio::test]
async fn a_customer_has_its_own_ratings_the_newest_first() {
    let (test, tenant) = TestStore::with_tenant().await;
    for rating in [rating(tenant, "1001", "1", 2), rating(tenant, "1001", "2", 5), rating(tenant, "1002", "3", 4)] {
        test.store.keep_rating(rating).await.unwrap();
    }
    let stars: Vec<_> = test.store.ratings(tenant, &CustomerRef::new("1001")).await.unwrap();
    assert_eq!(stars.iter().map(|rating| rating.rating.stars).collect::<Vec<_>>(), [5, 2]);
}

#[tokio::test]
async fn the_export_goes_page_by_page() {
    let (test, tenant) = TestStore::with_tenant().await;
    for ticket in 0..5 {
        test.store.keep_rating(rating(tenant, "1001", &ticket.to_string(), 4)).await.unwrap();
    }
    let first = test.store.ratings_page(tenant, None, 3).await.unwrap();
    let second = test.store.ratings_page(tenant, first.last().map(|row| row.number), 3).await.unwrap();
    let tickets: Vec<_> = first.iter().chain(&second).filter_map(|row| row.ticket.clone()).collect();
    let expected: Vec<_> = (0..5).map(|ticket| CustomerRef::new("1001").ticket(ticket.to_string())).collect();
    assert_eq!(tickets, expected);
}

#[tokio::test]
async fn a_customer_whose_id_holds_a_document_is_not_in_the_file() {
    let (test, tenant) = TestStore::with_tenant().await;
    let kept = rating(tenant, "10293.52998224725", "77", 3);
    test.store.keep_rating(kept.clone()).await.unwrap();
    test.store.keep_ticket_notices(tenant, &kept.ticket, TicketNotices::EveryEvent, at(1)).await.unwrap();
    assert_eq!(test.store.ratings(tenant, &kept.ticket.customer).await.unwrap(), std::slice::from_ref(&kept));
    assert_eq!(test.store.ratings_page(tenant, None, 9).await.unwrap()[0].ticket.as_ref(), Some(&kept.ticket));
    assert!(!holds(&test.bytes(), b"52998224725"));
}

#[tokio::test]
async fn notices_are_kept_by_ticket_and_the_last_wish_counts() {
    let (test, tenant) = TestStore::with_tenant().await;
    let (ana, rui) = (CustomerRef::new("1001"), CustomerRef::new("1002"));
    for (ticket, notices) in [
        (ana.ticket("1"), TicketNotices::EveryEvent),
        (rui.ticket("2"), TicketNotices::StartAndEnd),
        (ana.ticket("1"), TicketNotices::None),
    ] {
        test.store.keep_ticket_notices(tenant, &ticket, notices, at(1)).await.unwrap();
    }
    let kept = test.open_again();
    assert_eq!(kept.ticket_notices(tenant, &ana).await.unwrap(), [("1".into(), TicketNotices::None)]);
    assert_eq!(kept.ticket_notices(tenant, &rui).await.unwrap(), [("2".into(), TicketNotices::StartAndEnd)]);
    let gone = test.store.keep_ticket_notices(42, &ana.ticket("3"), TicketNotices::None, at(1)).await;
    assert!(matches!(gone, Err(StoreError::NotFound(Subject::Tenant))));
}

#[tokio::test]
async fn stars_outside_one_to_five_and_unknown_tenants_are_refused() {
    let (test, tenant) = TestStore::with_tenant().await;
    for stars in [0, 6] {
        let kept = test.store.keep_rating(rating(tenant, "1001", "77", stars)).await;
        assert!(matches!(kept, Err(StoreError::Database(_))), "{stars}");
    }
    let kept = test.store.keep_rating(rating(42, "1001", "77", 5)).await;
    assert!(matches!(kept, Err(StoreError::NotFound(Subject::Tenant))));
    assert_eq!(test.count("ratings"), 0);
}
