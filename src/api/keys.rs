//! API keys, for administrators. A key's secret is shown once, when the key is made.

use ponte_domain::scope::Scope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::{Instant, TenantName};

/// The word for every tenant.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EveryTenant {
    /// Every tenant, also those added later.
    All,
}

/// The tenants that a key may reach.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum KeyTenants {
    /// Every tenant.
    All(EveryTenant),
    /// These only.
    Only(NamedTenants),
}

/// Tenants by name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(min_items = 1, max_items = 1_000)]
pub struct NamedTenants(pub Vec<TenantName>);

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
    #[schema(min_length = 1, max_length = 80, pattern = "\\S", examples("chat platform"))]
    pub name: String,
    /// What the key may do.
    #[schema(min_items = 1, max_items = 7)]
    pub scopes: Vec<Scope>,
    /// The tenants that it may reach.
    pub tenants: KeyTenants,
    /// When it stops working; absent: never.
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
