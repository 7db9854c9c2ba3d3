//! Tenants, for administrators. Credentials go in and never come out.

use std::collections::BTreeMap;

use ponte_domain::capability::Capability;
use ponte_domain::tenant::TenantSettings;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};

use crate::problem::Problem;
use crate::words::{Instant, TenantName, VendorWord};

/// A credential's value. Write-only.
#[derive(Deserialize, Serialize)]
#[serde(transparent)]
pub struct CredentialValue(pub String);

fn credentials() -> Object {
    let value = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Password)))
        .min_length(Some(1))
        .max_length(Some(8_192));
    ObjectBuilder::new()
        .description(Some("Credentials, all of them, by the names that `GET /v1/vendors` lists. Never shown again."))
        .additional_properties(Some(value))
        .max_properties(Some(20))
        .write_only(true)
        .build()
}

/// A tenant to be added.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTenantRequest {
    /// Name in URLs; cannot be changed later.
    pub tenant: TenantName,
    /// The vendor's word; cannot be changed later.
    pub vendor: VendorWord,
    /// Address of the ERP: `https`, or `http` where the settings allow it; without credentials, query or fragment.
    #[schema(
        format = "uri",
        min_length = 8,
        max_length = 500,
        pattern = "^https?://[^\\s?#@]{1,490}$",
        examples("https://erp.acme.example")
    )]
    pub base_url: String,
    /// Credentials, by the names that `GET /v1/vendors` lists.
    #[schema(schema_with = credentials)]
    pub credentials: BTreeMap<String, CredentialValue>,
    /// Settings; absent ones take their defaults.
    #[serde(default)]
    pub settings: TenantSettings,
}

/// What to change of a tenant. Absent parts stay as they are, given parts are replaced as a whole.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1)]
pub struct TenantChangeRequest {
    /// Address of the ERP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        format = "uri",
        min_length = 8,
        max_length = 500,
        pattern = "^https?://[^\\s?#@]{1,490}$",
        examples("https://erp.acme.example")
    )]
    pub base_url: Option<String>,
    /// Credentials, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, required = false, schema_with = credentials)]
    pub credentials: Option<BTreeMap<String, CredentialValue>>,
    /// Settings, all of them; those left out take their defaults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub settings: Option<TenantSettings>,
}

/// Name of a credential that a tenant holds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_length = 1, max_length = 60, pattern = "^[a-z][a-z0-9_]{0,59}$", examples("token"))]
pub struct CredentialName(pub String);

/// One tenant.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tenant {
    /// Name in URLs.
    pub tenant: TenantName,
    /// The vendor's word.
    pub vendor: VendorWord,
    /// Address of the ERP.
    #[schema(format = "uri", max_length = 500, examples("https://erp.acme.example"))]
    pub base_url: String,
    /// Names of the credentials that are set. Their values are never shown.
    #[schema(max_items = 20)]
    pub credential_names: Vec<CredentialName>,
    /// Settings.
    pub settings: TenantSettings,
    /// When added.
    pub created_at: Instant,
    /// When last changed.
    pub updated_at: Instant,
}

/// Tenants that the key may reach.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TenantList {
    /// The tenants, by name.
    #[schema(max_items = 10_000)]
    pub tenants: Vec<Tenant>,
}

/// A tenant that is gone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantRemoval {
    /// Its name, free to be taken again.
    pub tenant: TenantName,
    /// When it was removed.
    pub removed_at: Instant,
}

/// One check of a tenant's connection.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantCheck {
    /// What was checked.
    #[schema(min_length = 1, max_length = 60, examples("credentials"))]
    pub name: String,
    /// The capability that hangs on it.
    #[schema(required)]
    pub capability: Option<Capability>,
    /// Whether it holds.
    pub ok: bool,
    /// What is wrong.
    #[schema(required)]
    pub problem: Option<Problem>,
}

/// What came of checking a tenant's connection and credentials. Reads only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantVerification {
    /// The tenant.
    pub tenant: TenantName,
    /// Whether every check holds.
    pub ok: bool,
    /// When checked.
    pub checked_at: Instant,
    /// The checks, in the order in which they were made.
    #[schema(max_items = 100)]
    pub checks: Vec<TenantCheck>,
}
