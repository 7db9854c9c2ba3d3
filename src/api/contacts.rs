//! The contact base: whom the platform has talked to, customers and leads.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::customers::{DocumentOnFile, EmailOnFile, PhoneOnFile};
use crate::words::{ContactId, CustomerId, Instant};

/// How a contact came into the base.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactOrigin {
    /// Filled in when a look-up knew nobody.
    Lead,
    /// Linked to a customer of the ERP.
    Linked,
    /// Put by the platform.
    Platform,
}

/// A tag of a contact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(
    min_length = 1,
    max_length = 40,
    pattern = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$",
    examples("vip")
)]
pub struct ContactTag(pub String);

/// A phone as sent: Brazilian with area code, also as a WhatsApp id.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(
    format = "br-phone",
    min_length = 10,
    max_length = 24,
    pattern = "^[0-9+() -]{10,24}$",
    examples("5511987654321")
)]
pub struct PhoneText(pub String);

/// A contact to be put: it replaces what was there, but for its accounts.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactRequest {
    /// CPF or CNPJ.
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
    /// Phones; both WhatsApp forms of a number are one.
    #[serde(default)]
    #[schema(max_items = 10)]
    pub phones: Vec<PhoneText>,
    /// Name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 300,
        pattern = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$",
        examples("Ana Souza")
    )]
    pub name: Option<String>,
    /// E-mail address.
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
    /// Customer type, one of the tenant's own list where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 120,
        pattern = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$",
        examples("Cliente")
    )]
    pub customer_type: Option<String>,
    /// Tags.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub tags: Vec<ContactTag>,
}

/// Who is to be linked: the contact of the phone is found or made, and linked to the customers of the document, or
/// without a document to those of the phone.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactLinkRequest {
    /// Phone of the channel, also as a WhatsApp id.
    #[schema(
        format = "br-phone",
        min_length = 10,
        max_length = 24,
        pattern = "^[0-9+() -]{10,24}$",
        examples("555481234567")
    )]
    pub phone: String,
    /// CPF or CNPJ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        format = "br-document",
        min_length = 11,
        max_length = 24,
        pattern = "^[0-9A-Za-z./ -]{11,24}$",
        examples("111.444.777-35")
    )]
    pub document: Option<String>,
}

/// One contact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// Id.
    pub id: ContactId,
    /// CPF or CNPJ.
    #[schema(required)]
    pub document: Option<DocumentOnFile>,
    /// Phones; masked without the scope `personal_data`.
    #[schema(max_items = 100)]
    pub phones: Vec<PhoneOnFile>,
    /// Name.
    #[schema(required, max_length = 300, examples("Ana Souza"))]
    pub name: Option<String>,
    /// E-mail address; masked without the scope `personal_data`.
    #[schema(required)]
    pub email: Option<EmailOnFile>,
    /// Customer type.
    #[schema(required, max_length = 120, examples("Cliente"))]
    pub customer_type: Option<String>,
    /// How it came into the base.
    pub origin: ContactOrigin,
    /// Accounts: the customers that this contact may speak for.
    #[schema(max_items = 100)]
    pub accounts: Vec<Account>,
    /// Tags.
    #[schema(max_items = 50)]
    pub tags: Vec<ContactTag>,
    /// When made.
    pub created_at: Instant,
    /// When last changed.
    pub updated_at: Instant,
    /// When it is erased unless it is used again.
    #[schema(required)]
    pub expires_at: Option<Instant>,
}

/// A contact linked to customers.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactLink {
    /// Whether a customer was found.
    pub linked: bool,
    /// The contact; `null` when neither the ERP nor the contact base knows anybody.
    #[schema(required)]
    pub contact: Option<Contact>,
}

/// A customer that a contact may speak for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Account {
    /// The customer.
    pub customer_id: CustomerId,
    /// What the contact calls it.
    #[schema(max_length = 120, examples("Casa"))]
    pub label: String,
    /// Whether it is the one spoken for now.
    pub active: bool,
}

/// Accounts of a contact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountList {
    /// The accounts; exactly one is active unless there is none.
    #[schema(max_items = 100)]
    pub accounts: Vec<Account>,
}

/// An account to be added, or changed when it is there already.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRequest {
    /// The customer.
    pub customer_id: CustomerId,
    /// What the contact calls it; absent takes the customer's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 120,
        pattern = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$",
        examples("Casa")
    )]
    pub label: Option<String>,
    /// Whether it becomes the one spoken for.
    #[serde(default)]
    pub active: bool,
}

/// What was erased with a contact.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContactErasure {
    /// The contact that is gone.
    pub contact_id: ContactId,
    /// Customers whose traces were erased, since only this contact spoke for them.
    #[schema(minimum = 0, maximum = 1_000_000, examples(1))]
    pub customers: u32,
    /// Ratings that lost ticket, customer and comment.
    #[schema(minimum = 0, maximum = 1_000_000, examples(2))]
    pub ratings: u32,
    /// Entries of the audit trail that lost what they were about.
    #[schema(minimum = 0, maximum = 4_000_000_000_u32, examples(14))]
    pub audit_entries: u32,
}

/// The account that is to be spoken for from now on.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountChoice {
    /// The customer; one of the contact's accounts.
    pub customer_id: CustomerId,
}
