//! Reduced speed and its release.

use bytes::Bytes;
use ponte_api::speed_release as words;
use ponte_api::words::ContractId;
use ponte_domain::Failure;
use ponte_domain::unlock::{ActResult, SpeedReleaseState};
use ponte_operations::Rendered;
use ponte_operations::speed_release::SpeedReleaseDone;

use super::{Scene, bytes, contracts};

/// Whether a contract is slowed down and can be released.
pub(crate) fn state(scene: &Scene, state: &SpeedReleaseState) -> Bytes {
    bytes(&words(scene, state))
}

/// What came of a release.
pub(crate) fn done(scene: &Scene, outcome: Result<&SpeedReleaseDone, &Failure>) -> Rendered {
    scene.acted(outcome, 200, |done| words::SpeedReleaseDone {
        result: match done.result {
            ActResult::Confirmed => words::SpeedReleaseResult::Released,
            ActResult::Requested => words::SpeedReleaseResult::Requested,
        },
        state: words(scene, &done.state),
        contract: contracts::words(scene, &done.state.contract),
    })
}

fn words(scene: &Scene, state: &SpeedReleaseState) -> words::SpeedRelease {
    words::SpeedRelease {
        contract_id: ContractId(scene.handles().contract(&state.contract.reference)),
        reduced: state.reduced,
        releasable: state.releasable,
        reason: state.reason,
    }
}
