//! A subscriber's contract, its access and its logins.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::known::Known;
use crate::money::Cents;
use crate::reference::{ContractRef, VendorId};

/// State of the contract itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContractStatus {
    /// In force.
    Active,
    /// Not in force, without a cancelling date.
    Inactive,
    /// Signed or to be signed, not yet activated.
    PreContract,
    /// Ended for debt and listed at a credit bureau.
    NegativeListed,
    /// Given up before installation.
    Withdrawn,
    /// Ended.
    Cancelled,
    /// Suspended at the customer's request.
    Suspended,
    /// The vendor's word is not known.
    Unknown,
}

/// State of the internet access of a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccessStatus {
    /// Works.
    Active,
    /// Switched off; also the access of a cancelled or inactive contract.
    Disabled,
    /// Waits for the holder's signature.
    AwaitingSignature,
    /// Blocked, by hand or for an unpaid bill.
    Blocked,
    /// Works with a late-payment notice.
    PaymentOverdue,
    /// The vendor's word is not known.
    Unknown,
}

/// Whether the contract runs slower than its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Speed {
    /// As the plan says.
    Normal,
    /// Slowed down for an unpaid bill.
    Reduced,
    /// The vendor does not say.
    Unknown,
}

/// Technology of the access line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Technology {
    /// Optical fibre.
    Fiber,
    /// Radio (any band).
    Radio,
    /// Copper cable (UTP or coaxial).
    Cable,
    /// ADSL.
    Adsl,
    /// Mobile network.
    Lte,
    /// Dedicated link.
    Dedicated,
    /// Satellite.
    Satellite,
    /// The vendor's word is not known.
    Unknown,
}

/// Whether a login holds a session now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Online {
    /// A session is open.
    Online,
    /// No session.
    Offline,
    /// The vendor does not say.
    Unknown,
}

/// Whether a login may authenticate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LoginStatus {
    /// Enabled.
    Active,
    /// Disabled.
    Inactive,
    /// The vendor has no status for it.
    NoStatus,
}

/// The plan sold.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Name as sold.
    pub name: String,
    /// Download in Mbit/s.
    pub download_mbps: Option<f64>,
    /// Upload in Mbit/s.
    pub upload_mbps: Option<f64>,
}

/// One access login (PPPoE, IPoE, ...).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The vendor's id of the login.
    pub id: VendorId,
    /// User name of the login.
    pub name: String,
    /// Whether it may authenticate.
    pub status: Known<LoginStatus>,
    /// Whether it holds a session.
    pub online: Known<Online>,
    /// Access technology.
    pub technology: Known<Technology>,
    /// Whether the traffic quota is used up; `None` where the vendor does not say.
    pub quota_reached: Option<bool>,
}

/// One contract.
#[derive(Clone, PartialEq)]
pub struct Contract {
    /// The vendor's id and owner.
    pub reference: ContractRef,
    /// Number that the holder knows it by.
    pub number: String,
    /// The plan.
    pub plan: Plan,
    /// State of the contract.
    pub status: Known<ContractStatus>,
    /// State of the access.
    pub access: Known<AccessStatus>,
    /// Whether slowed down.
    pub speed: Speed,
    /// Day of the month on which invoices fall due, 1 to 31.
    pub due_day: Option<u8>,
    /// Monthly price.
    pub monthly_amount: Option<Cents>,
    /// Installation address in one line.
    pub address: Option<String>,
    /// Access logins.
    pub logins: Vec<Login>,
    /// Name or id of the branch (filial).
    pub branch: Option<String>,
    /// First day in force.
    pub activated_on: Option<Date>,
    /// Day of cancelling.
    pub cancelled_on: Option<Date>,
}

impl std::fmt::Debug for Contract {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Contract")
            .field("reference", &self.reference)
            .field("status", &self.status)
            .field("access", &self.access)
            .field("speed", &self.speed)
            .finish_non_exhaustive()
    }
}
