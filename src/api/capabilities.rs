//! What vendors and tenants support.

use ponte_domain::capability::{Capability, Evidence};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::{TenantName, VendorWord};

/// Support of one capability.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CapabilitySupport {
    /// The capability.
    pub capability: Capability,
    /// Whether it can be called.
    pub supported: bool,
    /// Why not, or what limits it; English.
    #[schema(required, max_length = 300)]
    pub reason: Option<String>,
    /// How well the vendor facts behind it are known.
    pub evidence: Evidence,
    /// Contract cases that prove it; `null` where this build does not carry the count.
    #[schema(required, minimum = 0, maximum = 100_000, examples(12))]
    pub cases: Option<u32>,
}

/// What one tenant supports: the vendor's list, less what this installation was seen to lack.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantCapabilities {
    /// The tenant.
    pub tenant: TenantName,
    /// Its vendor.
    pub vendor: VendorWord,
    /// Every capability, in the order of the matrix.
    #[schema(max_items = 100)]
    pub capabilities: Vec<CapabilitySupport>,
}

/// A named text that a tenant of a vendor must or may give.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TenantField {
    /// Name in the tenant's credentials or vendor settings.
    #[schema(min_length = 1, max_length = 60, pattern = "^[a-z][a-z0-9_]{0,59}$", examples("token"))]
    pub name: String,
    /// What it is and where the operator finds it; English.
    #[schema(max_length = 1000)]
    pub meaning: String,
    /// Whether a tenant without it cannot work.
    pub required: bool,
    /// Value taken when it is absent.
    #[schema(required, max_length = 300)]
    pub default: Option<String>,
}

/// One vendor.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Vendor {
    /// The vendor's word in this API.
    pub vendor: VendorWord,
    /// The product's name.
    #[schema(max_length = 120)]
    pub product: String,
    /// Credentials that a tenant gives.
    #[schema(max_items = 100)]
    pub credential_fields: Vec<TenantField>,
    /// Settings that a tenant may give under `settings.vendor`.
    #[schema(max_items = 100)]
    pub setting_fields: Vec<TenantField>,
    /// Every capability, in the order of the matrix.
    #[schema(max_items = 100)]
    pub capabilities: Vec<CapabilitySupport>,
}

/// The vendors that this gateway speaks to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VendorList {
    /// The vendors.
    #[schema(max_items = 100)]
    pub vendors: Vec<Vendor>,
}
