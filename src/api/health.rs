//! Whether the gateway lives and takes requests.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// State of the gateway or of a part of it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// Works.
    Ok,
    /// Shuts down; new requests go elsewhere.
    Draining,
}

/// Health of the gateway.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Whether it works.
    pub status: HealthStatus,
    /// The gateway's version.
    #[schema(max_length = 40, examples("0.1.0"))]
    pub version: String,
}
