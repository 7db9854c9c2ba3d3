//! API keys, for administrators. A key's secret is shown once, when the key is made.

use ponte_domain::scope::Scope;
use serde::{Deserialize, Serialize};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{Array, ArrayBuilder, SchemaType};
use utoipa::openapi::{RefOr, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::words::{Instant, TenantName};

/// The word for every tenant.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EveryTenant {
    /// Every tenant, also those added later.
    All,
}

/// The tenants that a key may reach: `"all"`, or a list of names.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KeyTenants {
    /// Every tenant.
    All(EveryTenant),
    /// These only.
    Only(NamedTenants),
}

/// Tenants by name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NamedTenants(pub Vec<TenantName>);

// One schema of two types says the same as a choice of two schemas, and is read by more tools.
impl PartialSchema for KeyTenants {
    fn schema() -> RefOr<Schema> {
        tenants().into()
    }
}

fn tenants() -> ArrayBuilder {
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Array]))
        .items(TenantName::schema())
        .max_items(Some(1_000))
        .description(Some("`all`, also of tenants added later; or a list of names."))
        // One only: utoipa keeps extensions in no order, and the document is the same bytes in every build.
        .extensions(Some(Extensions::from_iter([("pattern", "^all$")])))
        .examples(["all"])
}

/// As they are asked for: a key without any tenant is what is left when its tenants are gone, not what one makes.
fn wanted_tenants() -> Array {
    tenants().min_items(Some(1)).build()
}

impl ToSchema for KeyTenants {}

/// Id of a key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(
    min_length = 12,
    max_length = 68,
    pattern = "^key_[A-Za-z0-9_-]{8,64}$",
    examples("key_01935f2e7b7c7d0aa1b2c3d4e5f60718")
)]
pub struct KeyId(pub String);

/// A key to be made.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKeyRequest {
    /// Name for people; not unique.
    #[schema(
        min_length = 1,
        max_length = 80,
        pattern = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$",
        examples("chat platform")
    )]
    pub name: String,
    /// What the key may do.
    #[schema(min_items = 1, max_items = 7)]
    pub scopes: Vec<Scope>,
    /// The tenants that it may reach.
    #[schema(schema_with = wanted_tenants)]
    pub tenants: KeyTenants,
    /// When it stops working; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub expires_at: Option<Instant>,
}

/// What to change of a key. Absent parts stay as they are, given parts are replaced as a whole.
#[derive(Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(min_properties = 1)]
pub struct KeyChangeRequest {
    /// Name for people; not unique.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 80,
        pattern = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$",
        examples("chat platform")
    )]
    pub name: Option<String>,
    /// What the key may do, all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 1, max_items = 7)]
    pub scopes: Option<Vec<Scope>>,
    /// The tenants that it may reach, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, schema_with = wanted_tenants)]
    pub tenants: Option<KeyTenants>,
    /// When it stops working.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub expires_at: Option<Instant>,
}

/// One key, without its secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Key {
    /// Id.
    pub id: KeyId,
    /// Name for people.
    #[schema(max_length = 80, examples("chat platform"))]
    pub name: String,
    /// What it may do.
    #[schema(max_items = 7)]
    pub scopes: Vec<Scope>,
    /// The tenants that it may reach.
    pub tenants: KeyTenants,
    /// When made.
    pub created_at: Instant,
    /// When it stops working.
    #[schema(required)]
    pub expires_at: Option<Instant>,
    /// When revoked.
    #[schema(required)]
    pub revoked_at: Option<Instant>,
    /// When last used, to the minute.
    #[schema(required)]
    pub last_used_at: Option<Instant>,
}

/// A key just made.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct NewKey {
    /// The key.
    pub key: Key,
    /// Its secret, to be sent as `Authorization: Bearer <secret>`. Shown this once.
    #[schema(
        min_length = 49,
        max_length = 49,
        pattern = "^ponte_[A-Za-z0-9_-]{43}$",
        examples("ponte_kJ3v0rZ8mQ1xW5bT7nYcL9hA2sD4fG6uE0iOpRtV3yX")
    )]
    pub secret: String,
}

/// The keys.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeyList {
    /// The keys, newest first.
    #[schema(max_items = 10_000)]
    pub keys: Vec<Key>,
}
