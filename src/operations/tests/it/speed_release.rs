//! Reduced-speed release: refused by the state, done, settled.

use ponte_domain::FailureKind;
use ponte_domain::unlock::{Eligible, SpeedReleaseReason, SpeedReleaseState};
use ponte_operations::speed_release::SpeedReleaseDone;
use ponte_operations::{Acted, Rendered};

use crate::people::{b1_ref, failure, fast, slow};
use crate::world::{World, intent, rendered, text};

fn show(outcome: Result<&SpeedReleaseDone, &ponte_domain::Failure>) -> Rendered {
    rendered(outcome, |done| format!("{:?} {:?}", done.result, done.state.reduced))
}

async fn release(world: &World) -> Result<Acted, ponte_domain::Failure> {
    world.operations.speed_release(&world.visit(), &b1_ref(), &intent("k1"), show).await
}

#[tokio::test]
async fn a_released_contract_is_read_back() {
    let world = World::open().await;
    world.erp.speed_state.then(Ok(slow())).then(Ok(fast()));
    world.erp.release.then(Ok(()));
    assert_eq!(text(&release(&world).await.unwrap().body), "Confirmed Some(false)");
    assert!(release(&world).await.unwrap().replayed);
}

#[tokio::test]
async fn an_effect_that_is_not_visible_yet_is_requested() {
    let world = World::open().await;
    world.erp.speed_state.usually(Ok(slow()));
    world.erp.release.then(Ok(()));
    assert_eq!(text(&release(&world).await.unwrap().body), "Requested Some(true)");
}

#[tokio::test]
async fn what_cannot_be_released_is_refused_before_the_vendor_is_asked() {
    for reason in [SpeedReleaseReason::NotReduced, SpeedReleaseReason::QuotaReached, SpeedReleaseReason::Disabled] {
        let world = World::open().await;
        let state = SpeedReleaseState { releasable: Eligible::No, reason: Some(reason), ..slow() };
        world.erp.speed_state.then(Ok(state));
        let refused = release(&world).await.unwrap();
        assert_eq!(text(&refused.body), format!("Refused(SpeedReleaseNotEligible({reason:?}))"));
        assert_eq!(world.erp.release.calls(), 0);
    }
}

#[tokio::test]
async fn a_cut_is_settled_by_the_speed_that_is_read_back() {
    let world = World::open().await;
    world.erp.speed_state.then(Ok(slow())).then(Ok(slow()));
    world.erp.release.then(Err(failure(FailureKind::OutcomeUnknown)));
    assert_eq!(release(&world).await.unwrap_err().kind(), FailureKind::OutcomeUnknown);
    world.erp.speed_state.then(Ok(fast()));
    assert_eq!(text(&release(&world).await.unwrap().body), "Confirmed Some(false)");
    assert_eq!(world.erp.release.calls(), 1);
}
