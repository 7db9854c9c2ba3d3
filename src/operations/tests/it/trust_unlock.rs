//! Trust unlock: refusals with their dates, the tenant's rule, the answer after acting.

use bytes::Bytes;
use jiff::civil::{Date, date};
use ponte_domain::FailureKind;
use ponte_domain::contract::AccessStatus;
use ponte_domain::failure::Refusal;
use ponte_domain::tenant::{TenantSettings, TrustUnlockRule};
use ponte_domain::unlock::{
    Eligible, Restriction, RestrictionCondition, RestrictionSource, TrustUnlockReason, TrustUnlockState, UnlockGrant,
};
use ponte_operations::trust_unlock::TrustUnlockDone;

use crate::people::{b1_ref, blocked, contract, failure, unlocked};
use crate::world::{World, intent, rendered, text};

fn used_up() -> TrustUnlockState {
    TrustUnlockState { eligible: Eligible::No, reason: Some(TrustUnlockReason::UsedThisPeriod), ..blocked() }
}

async fn with_rule() -> World {
    let rule = TrustUnlockRule { days_granted: Some(3), interval_days: Some(30) };
    World::with(TenantSettings { trust_unlock: rule, ..TenantSettings::default() }).await
}

fn show(state: &TrustUnlockState) -> Bytes {
    let until = state.restriction.map(|restriction| (restriction.until, restriction.source));
    Bytes::from(format!("{:?} {until:?} {:?}", state.eligible, state.days_granted))
}

#[tokio::test]
async fn the_vendors_own_date_is_passed_on() {
    let world = with_rule().await;
    let restriction = Restriction {
        until: date(2026, 12, 2),
        source: RestrictionSource::Vendor,
        condition: RestrictionCondition::PaymentOfInvoiceDueAfter,
    };
    world.erp.unlock_state.usually(Ok(TrustUnlockState { restriction: Some(restriction), ..used_up() }));
    let served = world.operations.trust_unlock_state(&world.visit(), &b1_ref(), show).await.unwrap();
    assert_eq!(text(&served.bytes), "No Some((2026-12-02, Vendor)) Some(3)");
    let refused = world.unlock(&intent("k1")).await.unwrap();
    assert!(text(&refused.body).contains("until: Some(2026-12-02), source: Vendor"), "{}", text(&refused.body));
    assert_eq!(refused.status, 409);
}

#[tokio::test]
async fn without_a_date_of_the_vendors_the_tenants_rule_counts_from_the_last_unlock() {
    let world = with_rule().await;
    let last = TrustUnlockState { unlocked_until: Some(Date::constant(2026, 11, 18)), ..used_up() };
    world.erp.unlock_state.then(Ok(last));
    let served = world.operations.trust_unlock_state(&world.visit(), &b1_ref(), show).await.unwrap();
    assert_eq!(text(&served.bytes), "No Some((2026-12-15, TenantRule)) Some(3)");
}

#[tokio::test]
async fn the_last_unlock_is_also_known_from_our_own_trail() {
    let world = with_rule().await;
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    world.unlock(&intent("k1")).await.unwrap();
    world.operations.audit_entries(Default::default(), 1).await.unwrap();
    world.later(std::time::Duration::from_secs(5 * 86_400));
    world.erp.unlock_state.then(Ok(used_up()));
    let served = world.operations.trust_unlock_state(&world.visit(), &b1_ref(), show).await.unwrap();
    assert_eq!(text(&served.bytes), "No Some((2026-12-20, TenantRule)) Some(3)");
}

#[tokio::test]
async fn a_refusal_without_a_date_while_acting_gets_the_rules_date() {
    let world = with_rule().await;
    let before = TrustUnlockState {
        eligible: Eligible::Unknown,
        unlocked_until: Some(Date::constant(2026, 11, 18)),
        ..blocked()
    };
    world.erp.unlock_state.then(Ok(before));
    world.erp.unlock.then(Err(failure(FailureKind::Refused(Refusal::TrustUnlockRestricted {
        until: None,
        source: RestrictionSource::Vendor,
        condition: None,
        reason: TrustUnlockReason::UsedThisPeriod,
    }))));
    let refused = world.unlock(&intent("k1")).await.unwrap();
    assert!(text(&refused.body).contains("until: Some(2026-12-15), source: TenantRule"), "{}", text(&refused.body));
}

#[tokio::test]
async fn without_a_rule_there_is_no_date_and_none_is_invented() {
    let world = World::open().await;
    world.erp.unlock_state.usually(Ok(used_up()));
    let served = world.operations.trust_unlock_state(&world.visit(), &b1_ref(), show).await.unwrap();
    assert_eq!(text(&served.bytes), "No None None");
    let refused = world.unlock(&intent("k1")).await.unwrap();
    assert!(text(&refused.body).contains("TrustUnlockRestricted { until: None"), "{}", text(&refused.body));
}

#[tokio::test]
async fn each_reason_is_a_refusal_of_its_own_and_nothing_is_sent() {
    use TrustUnlockReason::{AlreadyInUse, ContractCancelled, NotBlocked, OverdueLimit, VendorRule};
    for reason in [AlreadyInUse, ContractCancelled, NotBlocked, OverdueLimit, VendorRule] {
        let world = World::open().await;
        world.erp.unlock_state.then(Ok(TrustUnlockState { eligible: Eligible::No, reason: Some(reason), ..blocked() }));
        let refused = world.unlock(&intent("k1")).await.unwrap();
        assert_eq!(text(&refused.body), format!("Refused(TrustUnlockNotEligible({reason:?}))"));
        assert_eq!(world.erp.unlock.calls(), 0);
    }
}

#[tokio::test]
async fn what_only_acting_can_tell_is_tried() {
    let world = World::open().await;
    world.erp.unlock_state.then(Ok(TrustUnlockState { eligible: Eligible::Unknown, ..blocked() })).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant { days_granted: Some(3), unlocked_until: None, at: None }));
    assert_eq!(world.unlock(&intent("k1")).await.unwrap().status, 200);
}

#[tokio::test]
async fn what_stood_there_before_is_no_proof_of_an_unlock() {
    let restriction = Restriction {
        until: date(2026, 12, 2),
        source: RestrictionSource::Vendor,
        condition: RestrictionCondition::Date,
    };
    // Eligible all the same: the operator's temporary release does not mind either.
    let old = TrustUnlockState { in_use: Some(true), restriction: Some(restriction), ..blocked() };
    let world = World::open().await;
    world.erp.unlock_state.usually(Ok(old.clone()));
    world.erp.unlock.then(Err(failure(FailureKind::OutcomeUnknown)));
    assert_eq!(world.unlock(&intent("k1")).await.unwrap_err().kind(), FailureKind::OutcomeUnknown);

    let world = World::open().await;
    world.erp.unlock_state.usually(Ok(old.clone()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    assert_eq!(text(&world.unlock(&intent("k1")).await.unwrap().body), "Requested Blocked");

    let world = World::open().await;
    world.erp.unlock_state.then(Ok(old)).then(Ok(unlocked()));
    world.erp.unlock.then(Err(failure(FailureKind::OutcomeUnknown)));
    assert_eq!(text(&world.unlock(&intent("k1")).await.unwrap().body), "Confirmed Active");
}

#[tokio::test]
async fn what_was_just_unlocked_is_in_use_where_the_vendor_does_not_say() {
    let cut = || Err(failure(FailureKind::OutcomeUnknown));
    for (grant, access, in_use) in [
        (Ok(UnlockGrant::default()), AccessStatus::Active, "Some(true)"),
        (cut(), AccessStatus::Active, "Some(true)"),
        (Ok(UnlockGrant::default()), AccessStatus::Blocked, "None"),
    ] {
        let world = World::open().await;
        let silent = TrustUnlockState {
            in_use: None,
            reason: None,
            unlocked_until: None,
            contract: contract(access),
            ..unlocked()
        };
        world.erp.unlock_state.then(Ok(blocked())).usually(Ok(silent));
        world.erp.unlock.then(grant);
        let show =
            |outcome: Result<&_, &_>| rendered(outcome, |done: &TrustUnlockDone| format!("{:?}", done.state.in_use));
        let acted = world.operations.trust_unlock(&world.visit(), &b1_ref(), &intent("k1"), show).await.unwrap();
        assert_eq!(text(&acted.body), in_use);
    }
}

#[tokio::test]
async fn a_restriction_that_is_new_is_the_unlocks_doing() {
    let world = World::open().await;
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(used_up()));
    world.erp.unlock.then(Err(failure(FailureKind::OutcomeUnknown)));
    assert_eq!(text(&world.unlock(&intent("k1")).await.unwrap().body), "Requested Blocked");
}
