//! The page of each problem type, as Markdown: what happened, what to do, an example.

use super::ProblemKind;

impl ProblemKind {
    /// The page at `/problems/{name}`. No wildcard: a new type stops the build here until it is explained.
    pub(crate) const fn page(self) -> &'static str {
        match self {
            Self::InvalidRequest => include_str!("../../../openapi/problems/invalid-request.md"),
            Self::InvalidJson => include_str!("../../../openapi/problems/invalid-json.md"),
            Self::InvalidId => include_str!("../../../openapi/problems/invalid-id.md"),
            Self::InvalidParameter => include_str!("../../../openapi/problems/invalid-parameter.md"),
            Self::IdempotencyKeyMissing => include_str!("../../../openapi/problems/idempotency-key-missing.md"),
            Self::Unauthorized => include_str!("../../../openapi/problems/unauthorized.md"),
            Self::InsufficientScope => include_str!("../../../openapi/problems/insufficient-scope.md"),
            Self::PhoneMismatch => include_str!("../../../openapi/problems/phone-mismatch.md"),
            Self::SignInFailed => include_str!("../../../openapi/problems/sign-in-failed.md"),
            Self::NotFound => include_str!("../../../openapi/problems/not-found.md"),
            Self::MethodNotAllowed => include_str!("../../../openapi/problems/method-not-allowed.md"),
            Self::NotAcceptable => include_str!("../../../openapi/problems/not-acceptable.md"),
            Self::IdempotencyInProgress => include_str!("../../../openapi/problems/idempotency-in-progress.md"),
            Self::TrustUnlockRestricted => include_str!("../../../openapi/problems/trust-unlock-restricted.md"),
            Self::TrustUnlockNotEligible => include_str!("../../../openapi/problems/trust-unlock-not-eligible.md"),
            Self::SpeedReleaseNotEligible => include_str!("../../../openapi/problems/speed-release-not-eligible.md"),
            Self::AcceptanceNotAwaiting => include_str!("../../../openapi/problems/acceptance-not-awaiting.md"),
            Self::AcceptanceByVendorLink => include_str!("../../../openapi/problems/acceptance-by-vendor-link.md"),
            Self::TicketRefused => include_str!("../../../openapi/problems/ticket-refused.md"),
            Self::AlreadyRated => include_str!("../../../openapi/problems/already-rated.md"),
            Self::AlreadyExists => include_str!("../../../openapi/problems/already-exists.md"),
            Self::RefusedByVendorRule => include_str!("../../../openapi/problems/refused-by-vendor-rule.md"),
            Self::PayloadTooLarge => include_str!("../../../openapi/problems/payload-too-large.md"),
            Self::UnsupportedMediaType => include_str!("../../../openapi/problems/unsupported-media-type.md"),
            Self::IdempotencyKeyReused => include_str!("../../../openapi/problems/idempotency-key-reused.md"),
            Self::UnsupportedDocument => include_str!("../../../openapi/problems/unsupported-document.md"),
            Self::RateLimited => include_str!("../../../openapi/problems/rate-limited.md"),
            Self::HeadersTooLarge => include_str!("../../../openapi/problems/headers-too-large.md"),
            Self::Internal => include_str!("../../../openapi/problems/internal.md"),
            Self::CapabilityNotSupported => include_str!("../../../openapi/problems/capability-not-supported.md"),
            Self::UpstreamBrokenAnswer => include_str!("../../../openapi/problems/upstream-broken-answer.md"),
            Self::UpstreamFault => include_str!("../../../openapi/problems/upstream-fault.md"),
            Self::UpstreamCredentials => include_str!("../../../openapi/problems/upstream-credentials.md"),
            Self::UpstreamAccessBlocked => include_str!("../../../openapi/problems/upstream-access-blocked.md"),
            Self::TenantMisconfigured => include_str!("../../../openapi/problems/tenant-misconfigured.md"),
            Self::UpstreamUnreachable => include_str!("../../../openapi/problems/upstream-unreachable.md"),
            Self::UpstreamOverloaded => include_str!("../../../openapi/problems/upstream-overloaded.md"),
            Self::UpstreamRateLimited => include_str!("../../../openapi/problems/upstream-rate-limited.md"),
            Self::OutcomeUnknown => include_str!("../../../openapi/problems/outcome-unknown.md"),
            Self::Unavailable => include_str!("../../../openapi/problems/unavailable.md"),
            Self::UpstreamTimeout => include_str!("../../../openapi/problems/upstream-timeout.md"),
        }
    }
}
