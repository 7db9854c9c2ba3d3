//! Trust unlock and reduced-speed release: may I, and what came of it.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::contract::Contract;

/// Whether something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Eligible {
    /// As far as can be told without acting.
    Yes,
    /// No.
    No,
    /// Only acting can tell.
    Unknown,
}

/// Why a trust unlock is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrustUnlockReason {
    /// The access is not blocked.
    NotBlocked,
    /// One is in use now.
    AlreadyInUse,
    /// Used in this period already.
    UsedThisPeriod,
    /// Too many or too old unpaid invoices.
    OverdueLimit,
    /// The contract has ended.
    ContractCancelled,
    /// Another rule of the vendor or the ISP.
    VendorRule,
}

/// Where a restriction date comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RestrictionSource {
    /// The vendor said so.
    Vendor,
    /// Derived from the tenant's rule, since the vendor only says no.
    TenantRule,
}

/// What lifts a restriction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RestrictionCondition {
    /// The date alone.
    Date,
    /// The payment of the invoice that falls due after the date.
    PaymentOfInvoiceDueAfter,
}

/// Until when a trust unlock is restricted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restriction {
    /// First day on which the next unlock becomes possible.
    pub until: Date,
    /// Who says so.
    pub source: RestrictionSource,
    /// What lifts it.
    pub condition: RestrictionCondition,
}

/// The answer to "may this contract be unlocked on trust?".
#[derive(Debug, Clone, PartialEq)]
pub struct TrustUnlockState {
    /// May it.
    pub eligible: Eligible,
    /// Why not, or what is in the way.
    pub reason: Option<TrustUnlockReason>,
    /// Whether one is in use.
    pub in_use: Option<bool>,
    /// Until when restricted.
    pub restriction: Option<Restriction>,
    /// Days that an unlock grants.
    pub days_granted: Option<u16>,
    /// Until when the present unlock lasts.
    pub unlocked_until: Option<Date>,
    /// The contract as read in the same moment.
    pub contract: Contract,
}

/// What came of an act whose effect is read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActResult {
    /// The effect was read back.
    Confirmed,
    /// The vendor took the request; the effect is not visible yet.
    Requested,
}

/// The answer to "is this contract on reduced speed, and can it be released?".
#[derive(Debug, Clone, PartialEq)]
pub struct SpeedReleaseState {
    /// Whether it is on reduced speed; `None` if the vendor does not say.
    pub reduced: Option<bool>,
    /// Whether a release may be asked for.
    pub releasable: Eligible,
    /// Why not.
    pub reason: Option<SpeedReleaseReason>,
    /// The contract as read in the same moment.
    pub contract: Contract,
}

/// Why a release of reduced speed is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpeedReleaseReason {
    /// The speed is not reduced.
    NotReduced,
    /// The reduction comes from an exhausted quota, which a release does not lift.
    QuotaReached,
    /// A release is in use now.
    AlreadyInUse,
    /// Used in this period already.
    UsedThisPeriod,
    /// Switched off for this contract.
    Disabled,
    /// Another rule of the vendor or the ISP.
    VendorRule,
}

/// What the vendor answered to an unlock, before the read-back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UnlockGrant {
    /// Days granted, if the vendor says.
    pub days_granted: Option<u16>,
    /// Until when it lasts, if the vendor says.
    pub unlocked_until: Option<Date>,
    /// When the vendor took it, if it says.
    pub at: Option<Timestamp>,
}
