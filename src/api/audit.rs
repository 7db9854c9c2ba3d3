//! The audit trail: who asked for what, without personal data.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::keys::KeyId;
use crate::words::{Instant, TenantName};

/// One entry of the audit trail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// When.
    pub at: Instant,
    /// Id of the request.
    #[schema(max_length = 100)]
    pub request_id: String,
    /// The key that asked.
    #[schema(required)]
    pub key_id: Option<KeyId>,
    /// The tenant.
    #[schema(required)]
    pub tenant: Option<TenantName>,
    /// The operation.
    #[schema(max_length = 80, examples("trust_unlock"))]
    pub operation: String,
    /// What kind of thing it was done to.
    #[schema(required, max_length = 40, examples("contract"))]
    pub target_kind: Option<String>,
    /// Keyed hash of that thing's id: the same thing has the same hash, and nobody can read it back.
    #[schema(required, max_length = 64, pattern = "^[0-9a-f]{16,64}$")]
    pub target_hash: Option<String>,
    /// What came of it.
    #[schema(max_length = 60, examples("done"))]
    pub outcome: String,
    /// HTTP status of the answer.
    #[schema(minimum = 100, maximum = 599, examples(200))]
    pub status: u16,
}

/// Entries of the audit trail.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditList {
    /// The entries, newest first.
    #[schema(max_items = 1_000)]
    pub entries: Vec<AuditEntry>,
    /// To be given as `before` for the next page; `null` on the last one.
    #[schema(required, minimum = 1, maximum = 9_007_199_254_740_991_i64, examples(4711))]
    pub next: Option<i64>,
}
