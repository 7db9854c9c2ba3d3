//! Keys in doubt: after a crash, a cut, a time-out. Settled by reading back, never acted on blindly.

use std::time::Duration;

use ponte_domain::FailureKind;
use ponte_domain::contract::AccessStatus;
use ponte_domain::failure::{Refusal, Retry};
use ponte_domain::unlock::{Eligible, TrustUnlockReason, TrustUnlockState, UnlockGrant};

use crate::people::{blocked, contract, failure, unlocked};
use crate::scripted_erp::Gate;
use crate::world::{SETTLE_AFTER, World, intent, text};

/// A world whose process was killed while it read the state, before the vendor was asked to act.
async fn crashed_before_sending() -> World {
    let world = World::open().await;
    let never = Gate::shut();
    world.erp.unlock_state.then_behind(&never, Ok(blocked()));
    hang(&world, |world| world.erp.unlock_state.calls() == 1).await;
    world.after_a_crash().await
}

/// A world whose process was killed while the vendor worked on the unlock.
async fn crashed_after_sending() -> World {
    let world = World::open().await;
    let never = Gate::shut();
    world.erp.unlock_state.then(Ok(blocked()));
    world.erp.unlock.then_behind(&never, Ok(UnlockGrant::default()));
    hang(&world, |world| world.erp.unlock.calls() == 1).await;
    world.after_a_crash().await
}

async fn hang(world: &World, until: impl Fn(&World) -> bool) {
    let key = intent("k1");
    let reached = async {
        while !until(world) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        _ = world.unlock(&key) => panic!("the gate is shut"),
        () = reached => {}
    }
}

#[tokio::test]
async fn a_crash_between_journal_and_vendor_is_taken_up_again() {
    let world = crashed_before_sending().await;
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    let acted = world.unlock(&intent("k1")).await.unwrap();
    assert_eq!((acted.status, acted.replayed), (200, false));
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn a_crash_after_sending_is_settled_by_what_the_vendor_shows() {
    let world = crashed_after_sending().await;
    world.erp.unlock_state.then(Ok(unlocked()));
    let acted = world.unlock(&intent("k1")).await.unwrap();
    assert_eq!((acted.status, text(&acted.body).as_str()), (200, "Confirmed Active"));
    let again = world.unlock(&intent("k1")).await.unwrap();
    assert_eq!((again.body, again.replayed), (acted.body, true));
    assert_eq!(world.erp.unlock.calls(), 1, "never a second unlock");
}

#[tokio::test]
async fn what_is_not_seen_yet_stays_unknown_and_is_repeated_once_after_its_time() {
    let world = crashed_after_sending().await;
    world.erp.unlock_state.then(Ok(blocked()));
    let unknown = world.unlock(&intent("k1")).await.unwrap_err();
    assert_eq!(unknown.kind(), FailureKind::OutcomeUnknown);
    let Retry::After(wait) = unknown.retry() else { panic!("{unknown:?}") };
    assert!(wait <= SETTLE_AFTER && wait > Duration::from_secs(30), "{wait:?}");
    assert_eq!(world.erp.unlock.calls(), 1);

    world.later(SETTLE_AFTER + Duration::from_secs(1));
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    let acted = world.unlock(&intent("k1")).await.unwrap();
    assert_eq!((acted.status, acted.replayed), (200, false));
    assert_eq!(world.erp.unlock.calls(), 2);
}

#[tokio::test]
async fn what_cannot_be_told_stays_unknown_however_long_it_takes() {
    let world = crashed_after_sending().await;
    let dark = TrustUnlockState {
        eligible: Eligible::Unknown,
        in_use: None,
        contract: contract(AccessStatus::Unknown),
        ..blocked()
    };
    world.erp.unlock_state.usually(Ok(dark));
    world.later(SETTLE_AFTER * 100);
    let unknown = world.unlock(&intent("k1")).await.unwrap_err();
    assert_eq!(unknown.kind(), FailureKind::OutcomeUnknown);
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn an_erp_that_is_down_leaves_the_doubt_as_it_is() {
    let world = crashed_after_sending().await;
    world.later(SETTLE_AFTER * 2);
    world.erp.unlock_state.then(Err(failure(FailureKind::Unreachable))).then(Ok(unlocked()));
    assert_eq!(world.unlock(&intent("k1")).await.unwrap_err().kind(), FailureKind::OutcomeUnknown);
    assert_eq!(world.unlock(&intent("k1")).await.unwrap().status, 200);
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn of_many_who_settle_a_doubt_one_repeats_the_act() {
    let world = crashed_after_sending().await;
    world.later(SETTLE_AFTER + Duration::from_secs(1));
    let gate = Gate::shut();
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then_behind(&gate, Ok(UnlockGrant::default()));
    let key = intent("k1");
    let requests = (0..8).map(|_| world.unlock(&key));
    let release = async {
        world.erp.unlock.called(2).await;
        gate.open();
    };
    let (outcomes, ()) = tokio::join!(futures_util::future::join_all(requests), release);
    assert_eq!(world.erp.unlock.calls(), 2, "the one that was cut, and one more");
    for failed in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert_eq!(failed.kind(), FailureKind::Refused(Refusal::IntentInProgress));
    }
}

#[tokio::test]
async fn a_process_that_lost_its_entry_cannot_answer_for_it_any_more() {
    let world = World::open().await;
    let gate = Gate::shut();
    world.erp.unlock_state.then(Ok(blocked()));
    world.erp.unlock.then_behind(&gate, Err(failure(FailureKind::Refused(Refusal::VendorRule))));
    hang(&world, |world| world.erp.unlock.calls() == 1).await;
    let second = world.after_a_crash().await;
    second.erp.unlock_state.then(Ok(unlocked()));
    let settled = second.unlock(&intent("k1")).await.unwrap();
    gate.open();
    world.operations.close(Duration::from_secs(10)).await.unwrap();
    let third = second.after_a_crash().await.unlock(&intent("k1")).await.unwrap();
    assert_eq!((third.status, third.body), (200, settled.body));
}

#[tokio::test]
async fn an_act_without_an_answer_is_settled_at_once_when_the_state_shows_it() {
    for kind in [FailureKind::OutcomeUnknown, FailureKind::TimedOut, FailureKind::BrokenAnswer] {
        let world = World::open().await;
        world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
        world.erp.unlock.then(Err(failure(kind)));
        let acted = world.unlock(&intent("k1")).await.unwrap();
        assert_eq!((acted.status, text(&acted.body).as_str()), (200, "Confirmed Active"), "{kind:?}");
        assert_eq!(world.erp.unlock.calls(), 1);
    }
}

#[tokio::test]
async fn an_act_without_an_answer_that_the_state_does_not_show_is_unknown_and_settled_later() {
    let world = World::open().await;
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(blocked()));
    world.erp.unlock.then(Err(failure(FailureKind::OutcomeUnknown)));
    let unknown = world.unlock(&intent("k1")).await.unwrap_err();
    assert_eq!(unknown.kind(), FailureKind::OutcomeUnknown);
    assert_eq!(unknown.retry(), Retry::After(SETTLE_AFTER));
    assert_eq!(unknown.upstream().map(|up| up.vendor), Some("scripted"));
    world.erp.unlock_state.then(Ok(unlocked()));
    let acted = world.unlock(&intent("k1")).await.unwrap();
    assert_eq!((acted.status, acted.replayed), (200, false));
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn another_key_waits_until_the_doubt_about_the_contract_is_over() {
    let world = crashed_after_sending().await;
    world.erp.unlock_state.then(Ok(blocked()));
    let waits = world.unlock(&intent("k2")).await.unwrap_err();
    assert_eq!(waits.kind(), FailureKind::OutcomeUnknown);
    let Retry::After(wait) = waits.retry() else { panic!("{waits:?}") };
    assert!(wait <= SETTLE_AFTER && wait > Duration::from_secs(30), "{wait:?}");
    assert_eq!(world.erp.unlock.calls(), 1, "the one in doubt");

    world.later(SETTLE_AFTER + Duration::from_secs(1));
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    assert_eq!(world.unlock(&intent("k2")).await.unwrap().status, 200);
    assert_eq!(world.erp.unlock.calls(), 2);
}

#[tokio::test]
async fn another_key_acts_at_once_when_the_doubt_is_settled() {
    let world = crashed_after_sending().await;
    world.erp.unlock_state.then(Ok(unlocked()));
    world.unlock(&intent("k1")).await.unwrap();
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    assert_eq!(world.unlock(&intent("k2")).await.unwrap().status, 200);
    assert_eq!(world.erp.unlock.calls(), 2);
}

#[tokio::test]
async fn the_time_to_settle_counts_from_when_the_act_may_last_have_been_under_way() {
    let world = World::open().await;
    let gate = Gate::shut();
    world.erp.unlock_state.usually(Ok(blocked()));
    world.erp.unlock.then_behind(&gate, Err(failure(FailureKind::OutcomeUnknown)));
    let key = intent("k1");
    let slow_erp = async {
        world.erp.unlock.called(1).await;
        world.later(Duration::from_secs(50));
        gate.open();
    };
    let (cut, ()) = tokio::join!(world.unlock(&key), slow_erp);
    assert_eq!(cut.unwrap_err().kind(), FailureKind::OutcomeUnknown);
    world.later(Duration::from_secs(20));
    let unknown = world.unlock(&key).await.unwrap_err();
    assert_eq!(unknown.kind(), FailureKind::OutcomeUnknown);
    let Retry::After(wait) = unknown.retry() else { panic!("{unknown:?}") };
    assert!(wait > Duration::from_secs(30) && wait <= Duration::from_secs(40), "{wait:?}");
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn a_slow_read_before_the_act_does_not_count_as_time_to_settle() {
    let world = World::open().await;
    let (gate, never) = (Gate::shut(), Gate::shut());
    world.erp.unlock_state.then_behind(&gate, Ok(blocked()));
    world.erp.unlock.then_behind(&never, Ok(UnlockGrant::default()));
    let key = intent("k1");
    let slow_erp = async {
        world.erp.unlock_state.called(1).await;
        world.later(Duration::from_secs(50));
        gate.open();
        world.erp.unlock.called(1).await;
    };
    tokio::select! {
        _ = world.unlock(&key) => panic!("the gate is shut"),
        () = slow_erp => {}
    }
    let world = world.after_a_crash().await;
    world.later(Duration::from_secs(70));
    world.erp.unlock_state.usually(Ok(blocked()));
    let unknown = world.unlock(&key).await.unwrap_err();
    assert!(matches!(unknown.retry(), Retry::After(wait) if wait > Duration::from_secs(30)), "{unknown:?}");
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn a_refusal_that_is_the_doing_of_the_act_in_doubt_is_its_success() {
    let world = crashed_after_sending().await;
    world.later(SETTLE_AFTER + Duration::from_secs(1));
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked())).then(Ok(unlocked()));
    let acted = world.unlock(&intent("k1")).await.unwrap();
    assert_eq!((acted.status, text(&acted.body).as_str()), (200, "Confirmed Active"));
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn a_refusal_after_a_doubt_that_the_state_does_not_show_is_final() {
    let world = crashed_after_sending().await;
    world.later(SETTLE_AFTER + Duration::from_secs(1));
    let refused =
        TrustUnlockState { eligible: Eligible::No, reason: Some(TrustUnlockReason::OverdueLimit), ..blocked() };
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(refused.clone())).then(Ok(refused));
    let acted = world.unlock(&intent("k1")).await.unwrap();
    assert_eq!(text(&acted.body), "Refused(TrustUnlockNotEligible(OverdueLimit))");
    assert!(world.unlock(&intent("k1")).await.unwrap().replayed);
}

#[tokio::test]
async fn an_erp_that_goes_down_before_the_repeat_leaves_the_doubt_as_it_is() {
    let world = crashed_after_sending().await;
    world.later(SETTLE_AFTER + Duration::from_secs(1));
    world.erp.unlock_state.then(Ok(blocked())).then(Err(failure(FailureKind::Unreachable))).then(Ok(unlocked()));
    assert_eq!(world.unlock(&intent("k1")).await.unwrap_err().kind(), FailureKind::OutcomeUnknown);
    assert_eq!(world.unlock(&intent("k1")).await.unwrap().status, 200);
    assert_eq!(world.erp.unlock.calls(), 1);
}

#[tokio::test]
async fn what_surely_was_not_sent_is_not_in_doubt_though_the_read_back_fails_too() {
    for kind in [FailureKind::Unreachable, FailureKind::RateLimited, FailureKind::Overloaded] {
        let world = World::open().await;
        world.erp.unlock_state.then(Ok(blocked())).then(Err(failure(FailureKind::Unreachable)));
        world.erp.unlock.then(Err(failure(kind)));
        assert_eq!(world.unlock(&intent("k1")).await.unwrap_err().kind(), kind);
        world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
        world.erp.unlock.then(Ok(UnlockGrant::default()));
        assert_eq!(world.unlock(&intent("k1")).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn what_the_vendor_may_have_had_is_in_doubt_when_the_read_back_fails_too() {
    for kind in [FailureKind::BrokenAnswer, FailureKind::VendorFault, FailureKind::TimedOut] {
        let world = World::open().await;
        world.erp.unlock_state.then(Ok(blocked())).then(Err(failure(FailureKind::Unreachable)));
        world.erp.unlock.then(Err(failure(kind)));
        assert_eq!(world.unlock(&intent("k1")).await.unwrap_err().kind(), FailureKind::OutcomeUnknown);
    }
}
