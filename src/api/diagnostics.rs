//! The eleven connection diagnostics.

use ponte_domain::diagnostics::{DiagnosticVariable, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::{ContractId, Instant};

/// A diagnosis of a contract's connection.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Diagnostics {
    /// The contract.
    pub contract_id: ContractId,
    /// When the ERP was asked.
    pub checked_at: Instant,
    /// Overall: red when anything that the connection hangs on is red; green when all of it that is supported is
    /// green. The two trust unlock variables say what can be done, not what is wrong, and do not count.
    pub verdict: Verdict,
    /// The eleven variables, always all, always in this order.
    #[schema(min_items = 11, max_items = 11)]
    pub variables: Vec<DiagnosticItem>,
    /// Outage or maintenance that covers the access, if there is one.
    #[schema(required)]
    pub outage: Option<Outage>,
}

/// One variable of the diagnosis.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DiagnosticItem {
    /// Its published name.
    pub variable: DiagnosticVariable,
    /// Value in Portuguese, as flows compare it; `null` when it is not known.
    #[schema(required, max_length = 40, examples("Ativo"))]
    pub value: Option<String>,
    /// The same value typed: a truth value, or a member of the closed set; `null` when it is not known.
    #[schema(required)]
    pub typed_value: Option<TypedValue>,
    /// The vendor's own word.
    #[schema(required, max_length = 120, examples("A"))]
    pub vendor_value: Option<String>,
    /// Good, bad, or cannot be told.
    pub verdict: Verdict,
    /// Whether the vendor and this tenant have it.
    pub supported: bool,
    /// Why there is no value, English.
    #[schema(required, max_length = 300)]
    pub reason: Option<String>,
}

/// A typed value: a truth value, or a member of the closed set that the variable has elsewhere in this API.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum TypedValue {
    /// Yes or no.
    Flag(bool),
    /// A member of a closed set.
    Word(TypedWord),
}

/// A member of a closed set.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 40, pattern = "^[a-z_]{1,40}$", examples("active"))]
pub struct TypedWord(pub String);

/// An outage or maintenance.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Outage {
    /// Message for the customer, Portuguese.
    #[schema(required, max_length = 8_000)]
    pub message: Option<String>,
    /// Forecast of return.
    #[schema(required)]
    pub expected_end: Option<Instant>,
}
