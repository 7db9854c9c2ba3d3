//! The eleven connection diagnostics.

use ponte_domain::diagnostics::{DiagnosticVariable, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

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
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum TypedValue {
    /// Yes or no.
    Flag(bool),
    /// A member of a closed set.
    Word(String),
}

// One schema of two types says the same as a choice of two schemas, and is read by more tools.
impl PartialSchema for TypedValue {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::Boolean, Type::String]))
            .min_length(Some(1))
            .max_length(Some(40))
            .pattern(Some("^[a-z_]{1,40}$"))
            .description(Some(
                "A truth value, or a member of the closed set that the variable has elsewhere in this API.",
            ))
            .examples(["active"])
            .into()
    }
}

impl ToSchema for TypedValue {}

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
