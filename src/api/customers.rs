//! Customers: look-up and one customer.

use ponte_domain::customer::CustomerStatus;
use ponte_domain::document::DocumentKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::{ContactId, CustomerId};

/// Whom to look up: exactly one of the four. It stands in the body so that no URL holds personal data.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1, max_properties = 1)]
pub struct LookupRequest {
    /// CPF or CNPJ, with or without punctuation. A CNPJ may have letters in its first twelve characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        format = "br-document",
        min_length = 11,
        max_length = 24,
        pattern = "^[0-9A-Za-z./ -]{11,24}$",
        examples("529.982.247-25")
    )]
    pub document: Option<String>,
    /// Brazilian phone with area code, also as a WhatsApp id with or without the ninth digit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        format = "br-phone",
        min_length = 10,
        max_length = 24,
        pattern = "^[0-9+() -]{10,24}$",
        examples("555481234567")
    )]
    pub phone: Option<String>,
    /// E-mail address; case does not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        format = "email",
        min_length = 6,
        max_length = 254,
        pattern = "^[^@\\s]{1,64}@[^@\\s]{1,185}\\.[^@\\s.]{2,63}$",
        examples("ana@example.com")
    )]
    pub email: Option<String>,
    /// The vendor's own customer id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9._:-]{1,64}$", examples("201"))]
    pub vendor_id: Option<String>,
}

/// Where a look-up found someone.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LookupMatch {
    /// In the ERP.
    Erp,
    /// Only in the local base of contacts.
    ContactBase,
    /// Nowhere. The ERP was asked and answered; an unreachable ERP is an error instead.
    None,
}

/// Where the customer type of a look-up comes from.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomerTypeSource {
    /// From the contact.
    ContactBase,
    /// Filled in by the tenant's setting for people whom nobody knows; the contact is kept as a lead.
    TenantSetting,
}

/// What a look-up found.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LookupAnswer {
    /// Where the match came from.
    #[serde(rename = "match")]
    pub found_in: LookupMatch,
    /// Customer type, one of the tenant's own list.
    #[schema(required, max_length = 120, examples("Não cliente"))]
    pub customer_type: Option<String>,
    /// Where the customer type comes from.
    #[schema(required)]
    pub customer_type_source: Option<CustomerTypeSource>,
    /// The contact of the contact base, if there is one.
    #[schema(required)]
    pub contact_id: Option<ContactId>,
    /// Customer rows, the active one first. Several where the ERP has several rows for one person.
    #[schema(max_items = 10_000)]
    pub customers: Vec<Customer>,
}

/// A CPF or CNPJ in an answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DocumentOnFile {
    /// CPF or CNPJ.
    pub kind: DocumentKind,
    /// Masked form.
    #[schema(
        min_length = 14,
        max_length = 18,
        pattern = "^(\\*{3}\\.[0-9]{3}\\.[0-9]{3}-\\*{2}|\\*{2}\\.[0-9A-Z]{3}\\.[0-9A-Z]{3}/[0-9A-Z]{4}-\\*{2})$",
        examples("***.982.247-**")
    )]
    pub masked: String,
    /// Full form with punctuation; `null` without the scope `personal_data`.
    #[schema(
        required,
        min_length = 14,
        max_length = 18,
        pattern = "^([0-9]{3}\\.[0-9]{3}\\.[0-9]{3}-[0-9]{2}|[0-9A-Z]{2}\\.[0-9A-Z]{3}\\.[0-9A-Z]{3}/[0-9A-Z]{4}-[0-9]{2})$",
        examples("529.982.247-25")
    )]
    pub number: Option<String>,
}

/// A phone on file: E.164 with the scope `personal_data`, else masked but for area code and last four digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(
    min_length = 13,
    max_length = 16,
    pattern = "^(\\+55[0-9]{10,11}|\\([0-9]{2}\\) \\*{4,5}-[0-9]{4})$",
    examples("(11) *****-4321")
)]
pub struct PhoneOnFile(pub String);

/// An e-mail address on file: whole with the scope `personal_data`, else masked but for first letter and domain.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 254, examples("a***@example.com"))]
pub struct EmailOnFile(pub String);

/// One customer row of the ERP.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Customer {
    /// Opaque id.
    pub id: CustomerId,
    /// Full or company name.
    #[schema(max_length = 300, examples("Ana Souza"))]
    pub name: String,
    /// CPF or CNPJ; `null` where the ERP's row has none that passes its check digits.
    #[schema(required)]
    pub document: Option<DocumentOnFile>,
    /// Whether served.
    pub status: CustomerStatus,
    /// The vendor's own word for the status.
    #[schema(required, max_length = 120, examples("S"))]
    pub vendor_status: Option<String>,
    /// Valid phones on file: E.164 (`+5511987654321`) with the scope `personal_data`, else masked (`(11) *****-4321`).
    #[schema(max_items = 10_000)]
    pub phones: Vec<PhoneOnFile>,
    /// E-mail addresses on file; without the scope `personal_data` masked (`a***@example.com`).
    #[schema(max_items = 10_000)]
    pub emails: Vec<EmailOnFile>,
    /// Branch (filial).
    #[schema(required, max_length = 300, examples("Matriz"))]
    pub branch: Option<String>,
    /// Person group (grupo de pessoa), where the vendor has one.
    #[schema(required, max_length = 300)]
    pub person_group: Option<String>,
}
