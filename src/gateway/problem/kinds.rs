//! The closed set of problem types, each with its page under `/problems/{name}`.

/// A published problem type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum ProblemKind {
    /// A part of the request is not acceptable.
    InvalidRequest,
    /// The body is not JSON.
    InvalidJson,
    /// A path id is not of the form of a handle.
    InvalidId,
    /// A query parameter is unknown or stands twice.
    InvalidParameter,
    /// The vendor cannot hold this kind of document.
    UnsupportedDocument,
    /// No key, or not one of ours.
    Unauthorized,
    /// The key lacks a scope.
    InsufficientScope,
    /// The phone is not the holder's.
    PhoneMismatch,
    /// Portal login or password is wrong.
    SignInFailed,
    /// No such thing.
    NotFound,
    /// The resource does not have this method.
    MethodNotAllowed,
    /// Nothing that the caller accepts can be given.
    NotAcceptable,
    /// The key is being worked on.
    IdempotencyInProgress,
    /// The key was used with another request.
    IdempotencyKeyReused,
    /// An acting call without a key.
    IdempotencyKeyMissing,
    /// The trust unlock is restricted.
    TrustUnlockRestricted,
    /// The contract cannot or need not be unlocked.
    TrustUnlockNotEligible,
    /// The speed cannot or need not be released.
    SpeedReleaseNotEligible,
    /// Nothing to accept.
    AcceptanceNotAwaiting,
    /// To be accepted on the vendor's page.
    AcceptanceByVendorLink,
    /// The vendor refuses the ticket.
    TicketRefused,
    /// Rated already.
    AlreadyRated,
    /// There already.
    AlreadyExists,
    /// A rule of the vendor or the ISP.
    RefusedByVendorRule,
    /// The body is too large.
    PayloadTooLarge,
    /// The body is not of a type that is read here.
    UnsupportedMediaType,
    /// The headers are too large.
    HeadersTooLarge,
    /// Too many requests by this key, or sign-ins by this subscriber.
    RateLimited,
    /// A broken invariant of ours.
    Internal,
    /// The vendor or the tenant does not have it.
    CapabilityNotSupported,
    /// The vendor's answer is not what its format promises.
    UpstreamBrokenAnswer,
    /// The vendor answered with an error of its own.
    UpstreamFault,
    /// The ERP refuses the tenant's credentials.
    UpstreamCredentials,
    /// The ERP refuses the gateway's address or the credential's permission.
    UpstreamAccessBlocked,
    /// The tenant's settings are wrong.
    TenantMisconfigured,
    /// No connection to the ERP.
    UpstreamUnreachable,
    /// The ERP is overloaded, or too many calls to it are under way.
    UpstreamOverloaded,
    /// The ERP wants fewer calls.
    UpstreamRateLimited,
    /// A write may or may not have happened.
    OutcomeUnknown,
    /// The gateway is about to stop, or not ready yet.
    Unavailable,
    /// The ERP did not answer in time.
    UpstreamTimeout,
}

impl ProblemKind {
    /// Every type, by status.
    pub(crate) const ALL: [Self; 41] = [
        Self::InvalidRequest,
        Self::InvalidJson,
        Self::InvalidId,
        Self::InvalidParameter,
        Self::IdempotencyKeyMissing,
        Self::Unauthorized,
        Self::InsufficientScope,
        Self::PhoneMismatch,
        Self::SignInFailed,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::IdempotencyInProgress,
        Self::TrustUnlockRestricted,
        Self::TrustUnlockNotEligible,
        Self::SpeedReleaseNotEligible,
        Self::AcceptanceNotAwaiting,
        Self::AcceptanceByVendorLink,
        Self::TicketRefused,
        Self::AlreadyRated,
        Self::AlreadyExists,
        Self::RefusedByVendorRule,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::IdempotencyKeyReused,
        Self::UnsupportedDocument,
        Self::RateLimited,
        Self::HeadersTooLarge,
        Self::Internal,
        Self::CapabilityNotSupported,
        Self::UpstreamBrokenAnswer,
        Self::UpstreamFault,
        Self::UpstreamCredentials,
        Self::UpstreamAccessBlocked,
        Self::TenantMisconfigured,
        Self::UpstreamUnreachable,
        Self::UpstreamOverloaded,
        Self::OutcomeUnknown,
        Self::Unavailable,
        Self::UpstreamTimeout,
        Self::UpstreamRateLimited,
    ];

    /// The stable name, last part of `type`.
    pub(crate) const fn name(self) -> &'static str {
        self.facts().0
    }

    /// HTTP status.
    pub(crate) const fn status(self) -> u16 {
        self.facts().1
    }

    /// Short English name.
    pub(crate) const fn title(self) -> &'static str {
        self.facts().2
    }

    /// Whether the same request may succeed later.
    pub(crate) const fn retryable(self) -> bool {
        matches!(self.facts().3, Again::Later)
    }

    /// Seconds to wait, where nobody gave a better hint.
    pub(crate) const fn retry_after_s(self) -> Option<u32> {
        self.facts().4
    }

    const fn facts(self) -> (&'static str, u16, &'static str, Again, Option<u32>) {
        match self {
            Self::InvalidRequest => ("invalid-request", 400, "Invalid request", Again::Never, None),
            Self::InvalidJson => ("invalid-json", 400, "Invalid JSON", Again::Never, None),
            Self::InvalidId => ("invalid-id", 400, "Invalid id", Again::Never, None),
            Self::InvalidParameter => ("invalid-parameter", 400, "Invalid parameter", Again::Never, None),
            Self::IdempotencyKeyMissing => {
                ("idempotency-key-missing", 400, "Idempotency key missing", Again::Never, None)
            }
            Self::Unauthorized => ("unauthorized", 401, "Unauthorized", Again::Never, None),
            Self::InsufficientScope => ("insufficient-scope", 403, "Insufficient scope", Again::Never, None),
            Self::PhoneMismatch => ("phone-mismatch", 403, "Phone mismatch", Again::Never, None),
            Self::SignInFailed => ("sign-in-failed", 403, "Sign-in failed", Again::Never, None),
            Self::NotFound => ("not-found", 404, "Not found", Again::Never, None),
            Self::MethodNotAllowed => ("method-not-allowed", 405, "Method not allowed", Again::Never, None),
            Self::NotAcceptable => ("not-acceptable", 406, "Not acceptable", Again::Never, None),
            Self::IdempotencyInProgress => {
                ("idempotency-in-progress", 409, "Idempotency key in progress", Again::Later, Some(1))
            }
            Self::TrustUnlockRestricted => {
                ("trust-unlock-restricted", 409, "Trust unlock restricted", Again::Never, None)
            }
            Self::TrustUnlockNotEligible => {
                ("trust-unlock-not-eligible", 409, "Trust unlock not possible", Again::Never, None)
            }
            Self::SpeedReleaseNotEligible => {
                ("speed-release-not-eligible", 409, "Speed release not possible", Again::Never, None)
            }
            Self::AcceptanceNotAwaiting => {
                ("acceptance-not-awaiting", 409, "Contract does not await acceptance", Again::Never, None)
            }
            Self::AcceptanceByVendorLink => {
                ("acceptance-by-vendor-link", 409, "Acceptance takes place on the vendor's page", Again::Never, None)
            }
            Self::TicketRefused => ("ticket-refused", 409, "Ticket refused", Again::Never, None),
            Self::AlreadyRated => ("already-rated", 409, "Already rated", Again::Never, None),
            Self::AlreadyExists => ("already-exists", 409, "Already exists", Again::Never, None),
            Self::RefusedByVendorRule => {
                ("refused-by-vendor-rule", 409, "Refused by a rule of the vendor", Again::Never, None)
            }
            Self::PayloadTooLarge => ("payload-too-large", 413, "Payload too large", Again::Never, None),
            Self::UnsupportedMediaType => ("unsupported-media-type", 415, "Unsupported media type", Again::Never, None),
            Self::IdempotencyKeyReused => ("idempotency-key-reused", 422, "Idempotency key reused", Again::Never, None),
            Self::UnsupportedDocument => ("unsupported-document", 422, "Unsupported document", Again::Never, None),
            Self::RateLimited => ("rate-limited", 429, "Too many requests", Again::Later, Some(1)),
            Self::HeadersTooLarge => ("headers-too-large", 431, "Headers too large", Again::Never, None),
            Self::Internal => ("internal", 500, "Internal error", Again::Never, None),
            Self::CapabilityNotSupported => {
                ("capability-not-supported", 501, "Capability not supported", Again::Never, None)
            }
            Self::UpstreamBrokenAnswer => {
                ("upstream-broken-answer", 502, "The ERP's answer is broken", Again::Later, None)
            }
            Self::UpstreamFault => ("upstream-fault", 502, "The ERP answered with an error", Again::Later, None),
            Self::UpstreamCredentials => {
                ("upstream-credentials", 502, "The ERP refuses the credentials", Again::Never, None)
            }
            Self::UpstreamAccessBlocked => {
                ("upstream-access-blocked", 502, "The ERP refuses access", Again::Never, None)
            }
            Self::TenantMisconfigured => {
                ("tenant-misconfigured", 502, "The tenant's settings are wrong", Again::Never, None)
            }
            Self::UpstreamUnreachable => {
                ("upstream-unreachable", 503, "The ERP cannot be reached", Again::Later, Some(10))
            }
            Self::UpstreamOverloaded => ("upstream-overloaded", 503, "The ERP is overloaded", Again::Later, Some(5)),
            Self::UpstreamRateLimited => {
                ("upstream-rate-limited", 503, "The ERP wants fewer calls", Again::Later, Some(5))
            }
            Self::OutcomeUnknown => ("outcome-unknown", 503, "Outcome unknown", Again::Later, Some(10)),
            Self::Unavailable => ("unavailable", 503, "Not available now", Again::Later, Some(5)),
            Self::UpstreamTimeout => ("upstream-timeout", 504, "The ERP did not answer in time", Again::Later, None),
        }
    }
}

/// Whether the same request may succeed later.
enum Again {
    Never,
    Later,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::ProblemKind;

    #[test]
    fn names_are_unique_and_statuses_are_errors() {
        let names: BTreeSet<_> = ProblemKind::ALL.into_iter().map(ProblemKind::name).collect();
        assert_eq!(names.len(), ProblemKind::ALL.len());
        assert!(ProblemKind::ALL.into_iter().all(|kind| (400..600).contains(&kind.status())));
    }
}
