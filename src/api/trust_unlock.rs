//! Trust unlock: may I, and what came of it.

use jiff::civil::Date;
use ponte_domain::unlock::{Eligible, RestrictionCondition, RestrictionSource, TrustUnlockReason};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::contracts::Contract;
use crate::words::ContractId;

/// Whether a contract may be unlocked on trust.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrustUnlock {
    /// The contract.
    pub contract_id: ContractId,
    /// Whether it may be unlocked, as far as can be told without acting.
    pub eligible: Eligible,
    /// Why not, or what is in the way.
    #[schema(required)]
    pub reason: Option<TrustUnlockReason>,
    /// Whether an unlock is in use now; `null` where the vendor does not say.
    #[schema(required)]
    pub in_use: Option<bool>,
    /// First day on which the next unlock becomes possible.
    #[schema(required, examples("2026-12-02"))]
    pub restricted_until: Option<Date>,
    /// Where that date comes from.
    #[schema(required)]
    pub restriction_source: Option<RestrictionSource>,
    /// What lifts the restriction.
    #[schema(required)]
    pub restriction_condition: Option<RestrictionCondition>,
    /// Days that an unlock grants.
    #[schema(required, minimum = 0, maximum = 3_660, examples(3))]
    pub days_granted: Option<u16>,
    /// Until when the present unlock lasts.
    #[schema(required, examples("2026-11-23"))]
    pub unlocked_until: Option<Date>,
}

/// Asking for a trust unlock takes no fields; the body may also be absent.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(max_properties = 0)]
pub struct TrustUnlockRequest {}

/// What came of a trust unlock.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrustUnlockResult {
    /// The unlock was read back.
    Unlocked,
    /// The vendor took the request; the effect is not visible yet.
    Requested,
}

/// What came of a trust unlock, with the state and the contract as read back.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TrustUnlockDone {
    /// What came of it.
    pub result: TrustUnlockResult,
    /// The state as read back.
    #[serde(flatten)]
    pub state: TrustUnlock,
    /// The contract as read back.
    pub contract: Contract,
}
