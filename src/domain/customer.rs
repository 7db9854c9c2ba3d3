//! A subscriber as an ERP knows one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::document::Document;
use crate::known::Known;
use crate::phone::Phone;
use crate::reference::CustomerRef;

/// Whether the customer is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerStatus {
    /// Served, or may be served.
    Active,
    /// No longer a customer.
    Inactive,
    /// Registered by sales, not yet a customer.
    Prospect,
    /// The vendor's word is not known.
    Unknown,
}

/// One customer row. Several rows may hold the same document.
#[derive(Clone, PartialEq, Eq)]
pub struct Customer {
    /// The vendor's id.
    pub reference: CustomerRef,
    /// Full or company name.
    pub name: String,
    /// CPF or CNPJ; `None` where the vendor's row has none that passes its check digits.
    pub document: Option<Document>,
    /// Whether served.
    pub status: Known<CustomerStatus>,
    /// Phones that are valid Brazilian numbers, each once, in the vendor's order.
    pub phones: Vec<Phone>,
    /// E-mail addresses, each once, in the vendor's order.
    pub emails: Vec<String>,
    /// Name or id of the branch (filial).
    pub branch: Option<String>,
    /// Person group (grupo de pessoa), where the vendor has one.
    pub person_group: Option<String>,
}

impl std::fmt::Debug for Customer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Customer")
            .field("reference", &self.reference)
            .field("status", &self.status.value)
            .finish_non_exhaustive()
    }
}

/// What a customer is looked up by.
#[derive(Clone, PartialEq, Eq)]
pub enum LookupKey {
    /// CPF or CNPJ.
    Document(Document),
    /// A phone registered with the customer; both WhatsApp forms match.
    Phone(Phone),
    /// An e-mail address registered with the customer, lower case.
    Email(String),
    /// The vendor's own customer id.
    VendorId(crate::reference::VendorId),
}

impl LookupKey {
    /// What kind of key it is, for logs and audit.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Document(_) => "document",
            Self::Phone(_) => "phone",
            Self::Email(_) => "email",
            Self::VendorId(_) => "vendor_id",
        }
    }
}

impl std::fmt::Debug for LookupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind())
    }
}
