//! Acts: once per key, the same answer again, refusals, keys in use.

use ponte_domain::FailureKind;
use ponte_domain::failure::{Refusal, Retry};
use ponte_domain::unlock::{Eligible, TrustUnlockReason, TrustUnlockState, UnlockGrant};
use ponte_operations::Intent;

use crate::people::{b1_ref, blocked, failure, unlocked};
use crate::scripted_erp::Gate;
use crate::world::{World, intent, text};

#[tokio::test]
async fn the_same_key_gives_the_same_answer_and_acts_once() {
    let world = World::open().await;
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    let first = world.unlock(&intent("k1")).await.unwrap();
    let second = world.unlock(&intent("k1")).await.unwrap();
    assert_eq!((first.status, text(&first.body).as_str(), first.replayed), (200, "Confirmed Active", false));
    assert_eq!((second.status, &second.body, second.replayed), (200, &first.body, true));
    assert_eq!(world.erp.unlock.calls(), 1);
    assert_eq!(world.erp.unlock_state.calls(), 2, "a replay asks the ERP nothing");
}

#[tokio::test]
async fn the_answer_survives_a_restart() {
    let world = World::open().await;
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    let first = world.unlock(&intent("k1")).await.unwrap();
    let again = world.after_a_crash().await.unlock(&intent("k1")).await.unwrap();
    assert_eq!((again.body, again.replayed), (first.body, true));
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn a_key_with_another_request_is_refused() {
    let world = World::open().await;
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    world.unlock(&intent("k1")).await.unwrap();
    let other = Intent { key: "k1".to_owned(), fingerprint: [8; 32] };
    let refused = world.unlock(&other).await.unwrap_err();
    assert_eq!(refused.kind(), FailureKind::Refused(Refusal::IntentKeyReused));
    let elsewhere = world
        .operations
        .speed_release(&world.visit(), &b1_ref(), &intent("k1"), |_| panic!("nothing to show"))
        .await
        .unwrap_err();
    assert_eq!(
        elsewhere.kind(),
        FailureKind::Refused(Refusal::IntentKeyReused),
        "the operation is part of the request"
    );
}

#[tokio::test]
async fn keys_belong_to_the_caller_who_chose_them() {
    let world = World::open().await;
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    world.unlock(&intent("k1")).await.unwrap();
    let somebody = crate::world::caller(&world.operations, &[ponte_domain::scope::Scope::Act]).await;
    let visit = world.visit_as(somebody, ponte_operations::Freshness::Cached);
    let acted =
        world.operations.trust_unlock(&visit, &b1_ref(), &intent("k1"), crate::world::show_unlock).await.unwrap();
    assert_eq!((acted.status, acted.replayed), (409, false), "already in use, found out by reading");
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn many_requests_with_one_key_make_exactly_one_vendor_act() {
    let world = World::open().await;
    let gate = Gate::shut();
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then_behind(&gate, Ok(UnlockGrant::default()));
    let key = intent("k1");
    let requests = (0..16).map(|_| world.unlock(&key));
    let release = async {
        world.erp.unlock.called(1).await;
        while busy(&world).await.is_none() {}
        gate.open();
    };
    let (outcomes, ()) = tokio::join!(futures_util::future::join_all(requests), release);
    assert_eq!(world.erp.unlock.calls(), 1);
    let done = outcomes.iter().filter(|outcome| outcome.as_ref().is_ok_and(|acted| acted.status == 200)).count();
    assert!(done >= 1);
    for failed in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert_eq!(failed.kind(), FailureKind::Refused(Refusal::IntentInProgress));
        assert!(matches!(failed.retry(), Retry::After(_)));
    }
}

/// One more request with the key while the first one is with the vendor.
async fn busy(world: &World) -> Option<()> {
    let refused = world.unlock(&intent("k1")).await.err()?;
    (refused.kind() == FailureKind::Refused(Refusal::IntentInProgress)).then_some(())
}

#[tokio::test]
async fn two_keys_for_one_contract_act_one_after_the_other() {
    let world = World::open().await;
    let gate = Gate::shut();
    world.erp.unlock_state.then(Ok(blocked()));
    world.erp.unlock_state.usually(Ok(unlocked()));
    world.erp.unlock.then_behind(&gate, Ok(UnlockGrant::default()));
    let (one, two) = (intent("k1"), intent("k2"));
    let release = async {
        world.erp.unlock.called(1).await;
        gate.open();
    };
    let (first, second, ()) = tokio::join!(world.unlock(&one), world.unlock(&two), release);
    let mut statuses = [first.unwrap().status, second.unwrap().status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "the second finds the unlock of the first in use");
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn a_refusal_by_the_state_is_stored_and_replayed() {
    let world = World::open().await;
    let used = TrustUnlockState { eligible: Eligible::No, reason: Some(TrustUnlockReason::OverdueLimit), ..blocked() };
    world.erp.unlock_state.then(Ok(used));
    let first = world.unlock(&intent("k1")).await.unwrap();
    let second = world.unlock(&intent("k1")).await.unwrap();
    assert_eq!(first.status, 409);
    assert_eq!(text(&first.body), "Refused(TrustUnlockNotEligible(OverdueLimit))");
    assert_eq!((second.body, second.replayed), (first.body, true));
    assert_eq!(world.erp.unlock.calls(), 0);
}

#[tokio::test]
async fn a_refusal_by_the_vendor_is_stored_and_replayed() {
    let world = World::open().await;
    world.erp.unlock_state.then(Ok(blocked()));
    world.erp.unlock.then(Err(failure(FailureKind::Refused(Refusal::VendorRule))));
    let first = world.unlock(&intent("k1")).await.unwrap();
    let second = world.unlock(&intent("k1")).await.unwrap();
    assert_eq!((first.status, text(&first.body).as_str()), (409, "Refused(VendorRule)"));
    assert_eq!((second.body, second.replayed), (first.body, true));
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn a_failure_before_anything_was_sent_frees_the_key() {
    for kind in [FailureKind::Unreachable, FailureKind::TimedOut, FailureKind::BrokenAnswer, FailureKind::RateLimited] {
        let world = World::open().await;
        world.erp.unlock_state.then(Err(failure(kind))).then(Ok(blocked())).then(Ok(unlocked()));
        world.erp.unlock.then(Ok(UnlockGrant::default()));
        assert_eq!(world.unlock(&intent("k1")).await.unwrap_err().kind(), kind);
        let acted = world.unlock(&intent("k1")).await.unwrap();
        assert_eq!((acted.status, acted.replayed), (200, false));
    }
}

#[tokio::test]
async fn an_act_that_was_refused_before_it_was_sent_frees_the_key() {
    let world = World::open().await;
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(blocked())).then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Err(failure(FailureKind::Unreachable))).then(Ok(UnlockGrant::default()));
    assert_eq!(world.unlock(&intent("k1")).await.unwrap_err().kind(), FailureKind::Unreachable);
    assert_eq!(world.unlock(&intent("k1")).await.unwrap().status, 200);
    assert_eq!(world.erp.unlock.calls(), 2);
}

#[tokio::test]
async fn what_claims_to_be_unsent_is_not_believed_when_the_state_says_otherwise() {
    let world = World::open().await;
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Err(failure(FailureKind::Unreachable)));
    let acted = world.unlock(&intent("k1")).await.unwrap();
    assert_eq!((acted.status, text(&acted.body).as_str()), (200, "Confirmed Active"));
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_cut_the_act() {
    let world = World::open().await;
    let gate = Gate::shut();
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then_behind(&gate, Ok(UnlockGrant::default()));
    let key = intent("k1");
    tokio::select! {
        _ = world.unlock(&key) => panic!("the gate is shut"),
        () = world.erp.unlock.called(1) => {}
    }
    gate.open();
    world.operations.close(std::time::Duration::from_secs(10)).await.unwrap();
    let acted = world.after_a_crash().await.unlock(&intent("k1")).await.unwrap();
    assert_eq!((acted.status, acted.replayed), (200, true));
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn a_read_back_that_fails_makes_the_answer_requested_not_failed() {
    let world = World::open().await;
    world.erp.unlock_state.then(Ok(blocked())).then(Err(failure(FailureKind::Unreachable)));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    let acted = world.unlock(&intent("k1")).await.unwrap();
    assert_eq!((acted.status, text(&acted.body).as_str()), (200, "Requested Blocked"));
}
