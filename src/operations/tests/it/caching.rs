//! Reads: one flight for many waiters, freshness, stale answers, invalidation by writes, views.

use std::time::Duration;

use bytes::Bytes;
use ponte_domain::FailureKind;
use ponte_domain::contract::{AccessStatus, Contract};
use ponte_domain::failure::{Retry, Subject};
use ponte_domain::invoice::InvoiceFilter;
use ponte_domain::unlock::UnlockGrant;
use ponte_operations::{CacheState, Freshness, Served, Visit};

use crate::people::{b1_ref, blocked, bruno, bruno_ref, contract, failure, unlocked};
use crate::scripted_erp::Gate;
use crate::world::{World, intent, text, wait};

fn access(contract: &Contract) -> Bytes {
    Bytes::from(format!("{:?}", contract.access.value))
}

async fn read(world: &World, visit: &Visit) -> Result<Served, ponte_domain::Failure> {
    world.operations.contract(visit, &b1_ref(), access).await
}

#[tokio::test]
async fn many_waiters_share_one_vendor_call() {
    let world = World::open().await;
    let gate = Gate::shut();
    world.erp.contract.then_behind(&gate, Ok(contract(AccessStatus::Active)));
    let visit = world.visit();
    let readers = (0..64).map(|_| read(&world, &visit));
    let release = async {
        world.erp.contract.called(1).await;
        gate.open();
    };
    let (served, ()) = tokio::join!(futures_util::future::join_all(readers), release);
    let served: Vec<Served> = served.into_iter().map(Result::unwrap).collect();
    assert_eq!(world.erp.contract.calls(), 1);
    assert!(served.iter().all(|one| one.cache.state == CacheState::Miss && text(&one.bytes) == "Active"));
    assert_eq!(served.iter().filter(|one| one.cache.collapsed).count(), 63);
}

#[tokio::test]
async fn many_waiters_share_one_failure() {
    let world = World::open().await;
    let gate = Gate::shut();
    world.erp.contract.then_behind(&gate, Err(failure(FailureKind::Unreachable)));
    let visit = world.visit();
    let readers = (0..8).map(|_| read(&world, &visit));
    let release = async {
        world.erp.contract.called(1).await;
        gate.open();
    };
    let (served, ()) = tokio::join!(futures_util::future::join_all(readers), release);
    assert!(served.iter().all(|one| one.as_ref().unwrap_err().kind() == FailureKind::Unreachable));
    assert_eq!(world.erp.contract.calls(), 1);
}

#[tokio::test]
async fn an_answer_is_fresh_for_its_time_and_tells_its_age() {
    let world = World::open().await;
    world.erp.contract.usually(Ok(contract(AccessStatus::Active)));
    assert_eq!(read(&world, &world.visit()).await.unwrap().cache.state, CacheState::Miss);
    wait(Duration::from_secs(10)).await;
    let hit = read(&world, &world.visit()).await.unwrap().cache;
    assert_eq!(hit.state, CacheState::Hit);
    assert!(hit.age >= Duration::from_secs(10) && hit.age < Duration::from_secs(15), "{hit:?}");
    assert!(hit.ttl > Duration::from_secs(15) && hit.ttl <= Duration::from_secs(20), "{hit:?}");
    wait(Duration::from_secs(20)).await;
    assert_eq!(read(&world, &world.visit()).await.unwrap().cache.state, CacheState::Miss);
    assert_eq!(world.erp.contract.calls(), 2);
}

#[tokio::test]
async fn no_cache_reads_anew_and_what_it_read_serves_the_next() {
    let world = World::open().await;
    world.erp.contract.then(Ok(contract(AccessStatus::Blocked))).then(Ok(contract(AccessStatus::Active)));
    read(&world, &world.visit()).await.unwrap();
    let fresh = read(&world, &world.fresh()).await.unwrap();
    assert_eq!((fresh.cache.state, text(&fresh.bytes).as_str()), (CacheState::Bypass, "Active"));
    let next = read(&world, &world.visit()).await.unwrap();
    assert_eq!((next.cache.state, text(&next.bytes).as_str()), (CacheState::Hit, "Active"));
}

#[tokio::test]
async fn an_old_answer_stands_in_while_the_erp_fails() {
    let world = World::open().await;
    world.erp.contract.then(Ok(contract(AccessStatus::Active)));
    world.erp.contract.usually(Err(failure(FailureKind::TimedOut).with_retry(Retry::Exhausted)));
    read(&world, &world.visit()).await.unwrap();
    wait(Duration::from_secs(300)).await;
    let stale = read(&world, &world.visit()).await.unwrap();
    assert_eq!((stale.cache.state, text(&stale.bytes).as_str()), (CacheState::Stale, "Active"));
    assert!(stale.cache.age >= Duration::from_secs(300) && stale.cache.ttl.is_zero());
    assert_eq!(
        read(&world, &world.fresh()).await.unwrap_err().kind(),
        FailureKind::TimedOut,
        "no-cache wants the truth"
    );
    wait(Duration::from_secs(331)).await;
    assert_eq!(read(&world, &world.visit()).await.unwrap_err().kind(), FailureKind::TimedOut, "past its time");
}

#[tokio::test]
async fn a_failure_that_is_no_outage_is_never_covered_up() {
    for kind in [FailureKind::CredentialsRefused, FailureKind::TenantMisconfigured, FailureKind::Internal] {
        let world = World::open().await;
        world.erp.contract.then(Ok(contract(AccessStatus::Active))).then(Err(failure(kind)));
        read(&world, &world.visit()).await.unwrap();
        wait(Duration::from_secs(31)).await;
        assert_eq!(read(&world, &world.visit()).await.unwrap_err().kind(), kind);
    }
}

#[tokio::test]
async fn what_is_gone_does_not_come_back_when_the_erp_fails_later() {
    let world = World::open().await;
    let gone = FailureKind::NotFound(Subject::Contract);
    world.erp.contract.then(Ok(contract(AccessStatus::Active))).then(Err(failure(gone)));
    world.erp.contract.usually(Err(failure(FailureKind::Unreachable)));
    read(&world, &world.visit()).await.unwrap();
    wait(Duration::from_secs(31)).await;
    assert_eq!(read(&world, &world.visit()).await.unwrap_err().kind(), gone);
    assert_eq!(read(&world, &world.visit()).await.unwrap_err().kind(), FailureKind::Unreachable);
}

#[tokio::test]
async fn what_no_cache_finds_gone_is_gone_for_all() {
    let world = World::open().await;
    let gone = FailureKind::NotFound(Subject::Contract);
    world.erp.contract.then(Ok(contract(AccessStatus::Active))).usually(Err(failure(gone)));
    read(&world, &world.visit()).await.unwrap();
    assert_eq!(read(&world, &world.fresh()).await.unwrap_err().kind(), gone);
    assert_eq!(read(&world, &world.visit()).await.unwrap_err().kind(), gone);
    assert_eq!(world.erp.contract.calls(), 3);
}

#[tokio::test]
async fn a_printed_boleto_makes_the_lists_and_the_payment_old_and_stays_itself() {
    let world = World::open().await;
    let (visit, bill) = (world.visit(), bruno_ref().invoice("7"));
    let pdf = ponte_domain::invoice::Pdf::new(b"%PDF-1.4 boleto".to_vec()).unwrap();
    world.erp.boleto_pdf.usually(Ok(pdf));
    world.erp.payment.usually(Ok(crate::people::payment()));
    world.erp.invoices.usually(Ok(vec![crate::people::payment().invoice]));
    let bills = async || {
        let (operations, show) = (&world.operations, |_: &_| Bytes::from("x"));
        let list = operations.customer_invoices(&visit, &bruno_ref(), InvoiceFilter::Open, show).await.unwrap();
        let payment = operations.payment(&visit, &bill, |_| Bytes::from("x")).await.unwrap();
        [list.cache.state, payment.cache.state]
    };
    assert_eq!(bills().await, [CacheState::Miss, CacheState::Miss]);
    assert_eq!(world.operations.boleto_pdf(&visit, &bill).await.unwrap().cache.state, CacheState::Miss);
    assert_eq!(bills().await, [CacheState::Miss, CacheState::Miss]);
    assert_eq!(world.operations.boleto_pdf(&visit, &bill).await.unwrap().cache.state, CacheState::Hit);
    assert_eq!(bills().await, [CacheState::Hit, CacheState::Hit]);
    assert_eq!(world.operations.boleto_pdf(&world.fresh(), &bill).await.unwrap().cache.state, CacheState::Bypass);
    assert_eq!(bills().await, [CacheState::Miss, CacheState::Miss]);
}

#[tokio::test]
async fn a_boleto_that_an_unreachable_erp_cannot_print_leaves_the_lists_to_stand_in() {
    let world = World::open().await;
    let (visit, bill) = (world.visit(), bruno_ref().invoice("7"));
    world.erp.invoices.usually(Ok(vec![crate::people::payment().invoice]));
    let bruno = bruno_ref();
    let list = || world.operations.customer_invoices(&visit, &bruno, InvoiceFilter::Open, |_| Bytes::from("x"));
    list().await.unwrap();
    for (kind, then) in [(FailureKind::Unreachable, CacheState::Hit), (FailureKind::OutcomeUnknown, CacheState::Miss)] {
        world.erp.boleto_pdf.then(Err(failure(kind)));
        assert_eq!(world.operations.boleto_pdf(&visit, &bill).await.unwrap_err().kind(), kind);
        assert_eq!(list().await.unwrap().cache.state, then);
    }
}

#[tokio::test]
async fn states_that_are_acted_on_are_never_stale() {
    let world = World::open().await;
    world.erp.unlock_state.then(Ok(blocked()));
    world.erp.unlock_state.usually(Err(failure(FailureKind::Unreachable)));
    let visit = world.visit();
    world.operations.trust_unlock_state(&visit, &b1_ref(), |_| Bytes::new()).await.unwrap();
    wait(Duration::from_secs(6)).await;
    let outcome = world.operations.trust_unlock_state(&visit, &b1_ref(), |_| Bytes::new()).await;
    assert_eq!(outcome.unwrap_err().kind(), FailureKind::Unreachable);
}

#[tokio::test]
async fn a_write_drops_what_was_cached_about_the_customer_and_nothing_else() {
    let world = World::open().await;
    world.erp.contract.usually(Ok(contract(AccessStatus::Blocked)));
    world.erp.customer.usually(Ok(bruno()));
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    let other = ponte_domain::reference::CustomerRef::new("901").contract("9001");
    read(&world, &world.visit()).await.unwrap();
    world.operations.contract(&world.visit(), &other, access).await.unwrap();
    world.operations.customer(&world.visit(), &bruno_ref(), |_| Bytes::new()).await.unwrap();
    world.unlock(&intent("k1")).await.unwrap();
    let states = [
        read(&world, &world.visit()).await.unwrap().cache.state,
        world.operations.customer(&world.visit(), &bruno_ref(), |_| Bytes::new()).await.unwrap().cache.state,
        world.operations.contract(&world.visit(), &other, access).await.unwrap().cache.state,
    ];
    assert_eq!(states, [CacheState::Miss, CacheState::Miss, CacheState::Hit]);
}

#[tokio::test]
async fn a_read_that_was_under_way_during_a_write_is_not_served_after_it() {
    let world = World::open().await;
    let gate = Gate::shut();
    world.erp.contract.then_behind(&gate, Ok(contract(AccessStatus::Blocked)));
    world.erp.contract.then(Ok(contract(AccessStatus::Active)));
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    let visit = world.visit();
    let write = async {
        world.erp.contract.called(1).await;
        world.unlock(&intent("k1")).await.unwrap();
        gate.open();
    };
    let (old, ()) = tokio::join!(read(&world, &visit), write);
    assert_eq!(text(&old.unwrap().bytes), "Blocked");
    let new = read(&world, &world.visit()).await.unwrap();
    assert_eq!((new.cache.state, text(&new.bytes).as_str()), (CacheState::Miss, "Active"));
}

#[tokio::test]
async fn the_masked_and_the_full_view_are_kept_apart() {
    let world = World::open().await;
    world.erp.customer.usually(Ok(bruno()));
    let (masked, full) = (world.visit(), world.full().await);
    let show = |visit: &Visit| format!("{:?}", visit.view());
    for visit in [&masked, &full, &masked, &full] {
        let served = world.operations.customer(visit, &bruno_ref(), |_| Bytes::from(show(visit))).await.unwrap();
        assert_eq!(text(&served.bytes), show(visit));
    }
    assert_eq!(world.erp.customer.calls(), 2);
}

#[tokio::test]
async fn a_changed_tenant_or_clock_starts_with_nothing_cached() {
    let world = World::open().await;
    world.erp.contract.usually(Ok(contract(AccessStatus::Active)));
    read(&world, &world.visit()).await.unwrap();
    let change =
        ponte_operations::TenantChange { base_url: Some("https://other.example".to_owned()), ..Default::default() };
    world.operations.change_tenant(&crate::world::admin(), "acme", change).await.unwrap();
    assert_eq!(read(&world, &world.visit()).await.unwrap().cache.state, CacheState::Miss);
    world.later(Duration::from_secs(1));
    assert_eq!(read(&world, &world.visit()).await.unwrap().cache.state, CacheState::Miss);
    assert_eq!(read(&world, &world.visit()).await.unwrap().cache.state, CacheState::Hit);
}

#[tokio::test]
async fn an_answer_with_a_part_missing_for_now_is_not_kept() {
    use crate::people::incomplete_payment;
    let world = World::open().await;
    world.erp.payment.usually(Ok(incomplete_payment()));
    let invoice = bruno_ref().invoice("7");
    for _ in 0..2 {
        let served = world.operations.payment(&world.visit(), &invoice, |_| Bytes::from("x")).await.unwrap();
        assert_eq!(served.cache.state, CacheState::Miss);
    }
}

#[tokio::test]
async fn an_error_of_the_presenter_is_the_answer_and_is_not_kept() {
    let world = World::open().await;
    world.erp.payment.usually(Ok(crate::people::incomplete_payment()));
    let invoice = bruno_ref().invoice("7");
    let picture = ponte_operations::billing::PixPicture::Svg;
    let none = || Err(failure(FailureKind::NotFound(Subject::Document)));
    let outcome = world.operations.pix_picture(&world.visit(), &invoice, picture, |_| none()).await;
    assert_eq!(outcome.unwrap_err().kind(), FailureKind::NotFound(Subject::Document));
}

#[tokio::test]
async fn reads_can_be_sent_between_threads() {
    fn sendable<T: Send>(future: T) -> T {
        future
    }
    let world = World::open().await;
    world.erp.contract.usually(Ok(contract(AccessStatus::Active)));
    let (operations, visit) = (world.operations.clone(), world.visit_as(world.visit().caller, Freshness::Cached));
    let served = tokio::spawn(sendable(async move { operations.contract(&visit, &b1_ref(), access).await }));
    assert_eq!(text(&served.await.unwrap().unwrap().bytes), "Active");
}
