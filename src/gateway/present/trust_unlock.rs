//! Trust unlock.

use bytes::Bytes;
use ponte_api::trust_unlock as words;
use ponte_api::words::ContractId;
use ponte_domain::Failure;
use ponte_domain::unlock::{ActResult, TrustUnlockState};
use ponte_operations::Rendered;
use ponte_operations::trust_unlock::TrustUnlockDone;

use super::{Scene, bytes, contracts};

/// Whether a contract may be unlocked.
pub(crate) fn state(scene: &Scene, state: &TrustUnlockState) -> Bytes {
    bytes(&words(scene, state))
}

/// What came of an unlock.
pub(crate) fn done(scene: &Scene, outcome: Result<&TrustUnlockDone, &Failure>) -> Rendered {
    scene.acted(outcome, 200, |done| words::TrustUnlockDone {
        result: match done.result {
            ActResult::Confirmed => words::TrustUnlockResult::Unlocked,
            ActResult::Requested => words::TrustUnlockResult::Requested,
        },
        state: words(scene, &done.state),
        contract: contracts::words(scene, &done.state.contract),
    })
}

fn words(scene: &Scene, state: &TrustUnlockState) -> words::TrustUnlock {
    words::TrustUnlock {
        contract_id: ContractId(scene.handles().contract(&state.contract.reference)),
        eligible: state.eligible,
        reason: state.reason,
        in_use: state.in_use,
        restricted_until: state.restriction.map(|restriction| restriction.until),
        restriction_source: state.restriction.map(|restriction| restriction.source),
        restriction_condition: state.restriction.map(|restriction| restriction.condition),
        days_granted: state.days_granted.filter(|days| *days <= 3_660),
        unlocked_until: state.unlocked_until,
    }
}
