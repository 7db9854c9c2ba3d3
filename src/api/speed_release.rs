//! Reduced speed: is it, and what came of releasing it.

use ponte_domain::unlock::{Eligible, SpeedReleaseReason};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::contracts::Contract;
use crate::words::ContractId;

/// Whether a contract is on reduced speed and can be released.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SpeedRelease {
    /// The contract.
    pub contract_id: ContractId,
    /// Whether it is on reduced speed; `null` where the vendor does not say.
    #[schema(required)]
    pub reduced: Option<bool>,
    /// Whether a release may be asked for.
    pub releasable: Eligible,
    /// Why not.
    #[schema(required)]
    pub reason: Option<SpeedReleaseReason>,
}

/// Asking for a release takes no fields; the body may also be absent.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(max_properties = 0)]
pub struct SpeedReleaseRequest {}

/// What came of a release.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpeedReleaseResult {
    /// Normal speed was read back.
    Released,
    /// The vendor took the request; the effect is not visible yet.
    Requested,
}

/// What came of a release, with the state and the contract as read back.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SpeedReleaseDone {
    /// What came of it.
    pub result: SpeedReleaseResult,
    /// The state as read back.
    #[serde(flatten)]
    pub state: SpeedRelease,
    /// The contract as read back.
    pub contract: Contract,
}
