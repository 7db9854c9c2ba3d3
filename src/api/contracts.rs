//! Contracts of a customer with their access logins.

use jiff::civil::Date;
use ponte_domain::contract::{AccessStatus, ContractStatus, LoginStatus, Online, Speed, Technology};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::{ContractId, Currency, CustomerId, LoginId};

/// Contracts of a customer.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ContractList {
    /// The contracts, active ones first.
    #[schema(max_items = 10_000)]
    pub contracts: Vec<Contract>,
}

/// The plan sold.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// Name as sold.
    #[schema(max_length = 300, examples("Fibra 300 Mega"))]
    pub name: String,
    /// Download in Mbit/s.
    #[schema(required, minimum = 0, maximum = 10_000_000, examples(300))]
    pub download_mbps: Option<f64>,
    /// Upload in Mbit/s.
    #[schema(required, minimum = 0, maximum = 10_000_000, examples(150))]
    pub upload_mbps: Option<f64>,
}

/// One access login (a connection).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Login {
    /// Opaque id, for choosing this connection.
    pub id: LoginId,
    /// User name of the login.
    #[schema(max_length = 120, examples("ana.souza"))]
    pub name: String,
    /// Whether it may authenticate.
    pub status: LoginStatus,
    /// The vendor's own word for the status.
    #[schema(required, max_length = 120)]
    pub vendor_status: Option<String>,
    /// Whether it holds a session now.
    pub online: Online,
    /// Access technology.
    pub technology: Technology,
    /// The vendor's own word for the technology.
    #[schema(required, max_length = 120)]
    pub vendor_technology: Option<String>,
    /// Whether the traffic quota is used up; `null` where the vendor does not say.
    #[schema(required)]
    pub quota_reached: Option<bool>,
}

/// One contract.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Contract {
    /// Opaque id.
    pub id: ContractId,
    /// The holder.
    pub customer_id: CustomerId,
    /// Number that the holder knows it by.
    #[schema(max_length = 120, examples("2309"))]
    pub number: String,
    /// The plan.
    pub plan: Plan,
    /// State of the contract.
    pub status: ContractStatus,
    /// The vendor's own word for the contract's state.
    #[schema(required, max_length = 120, examples("A"))]
    pub vendor_status: Option<String>,
    /// State of the access.
    pub access_status: AccessStatus,
    /// The vendor's own word for the access.
    #[schema(required, max_length = 120, examples("A"))]
    pub vendor_access_status: Option<String>,
    /// Whether slowed down for an unpaid bill.
    pub speed: Speed,
    /// Day of the month on which invoices fall due.
    #[schema(required, minimum = 1, maximum = 31, examples(10))]
    pub due_day: Option<u8>,
    /// Monthly price in cents.
    #[schema(required, minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64, examples(9990))]
    pub monthly_amount_cents: Option<i64>,
    /// Currency of the amounts.
    pub currency: Currency,
    /// Installation address in one line.
    #[schema(required, max_length = 300)]
    pub address: Option<String>,
    /// Access logins.
    #[schema(max_items = 10_000)]
    pub logins: Vec<Login>,
    /// Branch (filial).
    #[schema(required, max_length = 300, examples("Matriz"))]
    pub branch: Option<String>,
    /// First day in force.
    #[schema(required, examples("2025-03-01"))]
    pub activated_on: Option<Date>,
    /// Day of cancelling.
    #[schema(required)]
    pub cancelled_on: Option<Date>,
}
