//! The one shape of every error: RFC 9457 problem details.

use jiff::civil::Date;
use ponte_domain::capability::Capability;
use ponte_domain::unlock::{RestrictionCondition, RestrictionSource};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where in the vendor's API an error happened.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Upstream {
    /// The vendor's word.
    #[schema(min_length = 2, max_length = 40, pattern = "^[a-z][a-z0-9-]{1,39}$")]
    pub vendor: String,
    /// The vendor operation.
    #[schema(min_length = 1, max_length = 80)]
    pub operation: String,
    /// HTTP status of the vendor's answer; `null` when there was none.
    #[schema(required, minimum = 100, maximum = 599, examples(500))]
    pub http_status: Option<u16>,
    /// The vendor's own error code.
    #[schema(required, max_length = 40, pattern = "^[A-Za-z0-9_.-]{0,40}$")]
    pub code: Option<String>,
}

/// A problem (RFC 9457). `type` is the address of a page that explains it; branch on `type`, show `user_message`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Address of the page that explains this type of problem; the last part is the type's stable name.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", min_length = 1, max_length = 300, examples("/problems/not-found"))]
    pub problem_type: String,
    /// Short name of the type, English.
    #[schema(min_length = 1, max_length = 120, examples("Not found"))]
    pub title: String,
    /// HTTP status.
    #[schema(minimum = 400, maximum = 599, examples(404))]
    pub status: u16,
    /// What happened this time, English, one sentence. For developers.
    #[schema(min_length = 1, max_length = 1000, examples("There is no such record for this tenant."))]
    pub detail: String,
    /// Id of the request, as in the header `X-Request-Id`.
    #[schema(min_length = 1, max_length = 100, examples("urn:uuid:01935f2e-7b7c-7d0a-a1b2-c3d4e5f60718"))]
    pub instance: String,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// A sentence that may be shown to a customer, Portuguese.
    #[schema(min_length = 1, max_length = 500, examples("Não encontramos esse registro."))]
    pub user_message: String,
    /// The part of the request that is not acceptable: a JSON pointer into the body, or the name of a parameter or header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 200, examples("/document"))]
    pub field: Option<String>,
    /// The vendor's part in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub upstream: Option<Upstream>,
    /// First day on which the next trust unlock becomes possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("2026-12-02"))]
    pub restricted_until: Option<Date>,
    /// Where that date comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub restriction_source: Option<RestrictionSource>,
    /// What lifts the restriction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub restriction_condition: Option<RestrictionCondition>,
    /// The capability that is not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub capability: Option<Capability>,
    /// Why: of a refusal a word of that capability's reasons, of a missing capability an English sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 300, examples("used_this_period"))]
    pub reason: Option<String>,
    /// The scope that the key lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_length = 40, examples("act"))]
    pub scope: Option<String>,
    /// Seconds to wait before the next try, as in the header `Retry-After`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 0, maximum = 86_400, examples(2))]
    pub retry_after_s: Option<u32>,
}
