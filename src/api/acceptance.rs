//! Electronic acceptance of a contract that awaits signature.

use ponte_domain::acceptance::{AcceptanceMethod, AcceptanceState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::contracts::Contract;
use crate::words::ContractId;

/// A text that the holder confirms.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 2000, examples("Li e aceito os termos do contrato."))]
pub struct AcceptanceText(pub String);

/// A registered phone, masked but for area code and last four digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 14, max_length = 15, pattern = "^\\([0-9]{2}\\) \\*{4,5}-[0-9]{4}$", examples("(41) *****-0001"))]
pub struct MaskedPhone(pub String);

/// What is to be accepted, where and by whom.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acceptance {
    /// The contract.
    pub contract_id: ContractId,
    /// State.
    pub state: AcceptanceState,
    /// Where acceptance takes place.
    pub method: AcceptanceMethod,
    /// Where the PDF to be shown can be fetched with the same key; `null` unless it awaits acceptance here.
    #[schema(required, format = "uri-reference", max_length = 600)]
    pub document_link: Option<String>,
    /// Page of the vendor's signature provider, for the method `vendor_link`.
    #[schema(required, format = "uri", max_length = 2000)]
    pub vendor_link: Option<String>,
    /// Phones registered with the holder, always masked. Only from one of them can the contract be accepted.
    #[schema(max_items = 10_000)]
    pub registered_phones: Vec<MaskedPhone>,
    /// Texts that the holder confirms, in the tenant's words.
    #[schema(max_items = 10)]
    pub texts: Vec<AcceptanceText>,
}

/// The holder's acceptance.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptanceRequest {
    /// Phone of the channel on which the holder accepts; both WhatsApp forms match.
    #[schema(
        format = "br-phone",
        min_length = 10,
        max_length = 24,
        pattern = "^[0-9+() -]{10,24}$",
        examples("+5541991230001")
    )]
    pub phone: String,
    /// The texts that were shown and confirmed, word by word.
    #[schema(min_items = 1, max_items = 10)]
    pub texts_confirmed: Vec<AcceptanceText>,
    /// SHA-256 of the PDF that was shown, lower-case hex; absent takes the PDF last fetched here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub document_sha256: Option<String>,
}

/// What came of an acceptance.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AcceptanceResult {
    /// The acceptance was read back.
    Accepted,
    /// The vendor took it; the effect is not visible yet.
    Requested,
}

/// What came of an acceptance, with the contract as read back.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AcceptanceDone {
    /// What came of it.
    pub result: AcceptanceResult,
    /// Id under which the evidence is kept: hash of the PDF, phone, texts, instants, request ids.
    #[schema(
        min_length = 12,
        max_length = 68,
        pattern = "^evd_[A-Za-z0-9_-]{8,64}$",
        examples("evd_01935f2e7b7c7d0aa1b2c3d4e5f60718")
    )]
    pub evidence_id: String,
    /// The state as read back.
    #[serde(flatten)]
    pub state: Acceptance,
    /// The contract as read back.
    pub contract: Contract,
}
