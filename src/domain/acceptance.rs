//! Electronic acceptance of a contract that awaits signature.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::contract::Contract;
use crate::phone::Phone;

/// State of the acceptance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AcceptanceState {
    /// The contract waits for the holder.
    Awaiting,
    /// Accepted.
    Accepted,
    /// Nothing to accept.
    NotRequired,
    /// The vendor does not say.
    Unknown,
}

/// Where acceptance takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AcceptanceMethod {
    /// Through this gateway.
    Gateway,
    /// On a page of the vendor's signature provider.
    VendorLink,
}

/// What is to be accepted, and by whom.
#[derive(Debug, Clone, PartialEq)]
pub struct AcceptancePending {
    /// State.
    pub state: AcceptanceState,
    /// Where.
    pub method: AcceptanceMethod,
    /// Link of the signature provider, for `VendorLink`.
    pub vendor_link: Option<String>,
    /// Phones registered with the holder in the ERP.
    pub registered_phones: Vec<Phone>,
    /// The contract as read in the same moment.
    pub contract: Contract,
}

/// What the gateway hands to the vendor when the holder accepts.
#[derive(Clone)]
pub struct AcceptanceEvidence {
    /// The gateway's evidence id.
    pub evidence_id: String,
    /// SHA-256 of the PDF that was shown, lower-case hex.
    pub document_sha256: String,
    /// When the holder accepted.
    pub accepted_at: jiff::Timestamp,
    /// The channel's phone of the holder.
    pub phone: Phone,
}

impl std::fmt::Debug for AcceptanceEvidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AcceptanceEvidence").field("evidence_id", &self.evidence_id).finish_non_exhaustive()
    }
}
