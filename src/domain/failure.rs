//! One failure, from transport to operations.
//!
//! `kind` says what happened, `fault` whose it is, `retry` what may be done about it. Retry is decided where the
//! failure is understood (transport, a vendor's dialect), read where it is acted on, and marked exhausted after
//! the last try so that no outer layer starts again. A failure is cheap to clone: many waiters may share one.
//!
//! Invariant: no field holds personal data, a secret, a body or a vendor's HTML. `detail` may be shown to the
//! caller; `context` is for the log.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use crate::capability::Capability;
use crate::unlock::{RestrictionCondition, RestrictionSource, SpeedReleaseReason, TrustUnlockReason};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The thing asked for is not there.
    NotFound(Subject),
    /// The vendor, or this tenant's installation, does not have the capability.
    NotSupported(Capability),
    /// A rule of the business says no.
    Refused(Refusal),
    /// What the caller sent is not acceptable; `Failure::field` names where.
    InvalidInput,
    /// The vendor's field cannot hold this kind of document.
    UnsupportedDocument,
    /// The vendor refuses the tenant's credentials.
    CredentialsRefused,
    /// The vendor refuses the gateway's address or the credential's permission.
    AccessBlocked,
    /// The vendor's session or token has expired; the dialect renews it.
    LoginExpired,
    /// The vendor, or the tenant's outbound limit, wants fewer calls.
    RateLimited,
    /// The vendor answers that it is overloaded, or the tenant's concurrency cap is full.
    Overloaded,
    /// No connection, or the circuit breaker is open.
    Unreachable,
    /// No answer within the deadline.
    TimedOut,
    /// The answer is not what the vendor's format promises.
    BrokenAnswer,
    /// The vendor answered with an error of its own.
    VendorFault,
    /// A write may or may not have happened.
    OutcomeUnknown,
    /// The tenant's settings are wrong (address, redirect, host, TLS, missing module setting).
    TenantMisconfigured,
    /// A broken invariant of ours.
    Internal,
}

/// What was not found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A customer.
    Customer,
    /// A contract.
    Contract,
    /// An invoice.
    Invoice,
    /// A fiscal invoice.
    FiscalInvoice,
    /// A ticket.
    Ticket,
    /// A PDF or picture.
    Document,
    /// A contact of the contact base.
    Contact,
    /// A tenant.
    Tenant,
    /// An API key.
    Key,
    /// A managed router.
    Device,
}

/// A refusal by a rule of the business, each a problem type of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The trust unlock is restricted, until a date if known.
    TrustUnlockRestricted {
        /// First day on which the next unlock becomes possible.
        until: Option<Date>,
        /// Who says so.
        source: RestrictionSource,
        /// Whether the date alone lifts it.
        condition: Option<RestrictionCondition>,
        /// Why.
        reason: TrustUnlockReason,
    },
    /// The contract cannot or need not be unlocked.
    TrustUnlockNotEligible(TrustUnlockReason),
    /// The speed cannot or need not be released.
    SpeedReleaseNotEligible(SpeedReleaseReason),
    /// The contract does not await acceptance.
    AcceptanceNotAwaiting,
    /// Acceptance takes place on the vendor's own page.
    AcceptanceByVendorLink,
    /// The phone is not the one registered with the holder.
    PhoneMismatch,
    /// Portal login or password is wrong, or sign-in is not allowed for this customer.
    SignInFailed,
    /// Too many sign-in attempts.
    SignInLocked,
    /// The vendor refuses a ticket, for example without a contract.
    TicketRefused,
    /// A rating exists already.
    AlreadyRated,
    /// The vendor's own rule, not known more closely.
    VendorRule,
    /// The same thing exists already (a tenant of that name, for example).
    AlreadyExists,
    /// The same idempotency key is being worked on.
    IntentInProgress,
    /// The idempotency key was used with another request.
    IntentKeyReused,
}

/// Whose fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The vendor's.
    Vendor,
    /// The caller's.
    Caller,
    /// The tenant's settings.
    TenantSettings,
    /// Ours.
    Us,
}

/// What may be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Nothing: the same call fails again.
    Never,
    /// The same read may succeed at once.
    Soon,
    /// The same call may succeed after this time.
    After(Duration),
    /// All tries are used up; the caller may try later.
    Exhausted,
    /// A write that must be settled by reading back, never repeated blindly.
    OutcomeUnknown,
}

/// Where in the vendor's API it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upstream {
    /// The vendor's word (`ixc`, ...).
    pub vendor: &'static str,
    /// The vendor operation.
    pub operation: &'static str,
    /// HTTP status of the vendor's answer.
    pub http_status: Option<u16>,
    /// The vendor's own error code: at most 40 characters of `[A-Za-z0-9_.-]`.
    pub code: Option<String>,
}

/// A failure. Cheap to clone.
#[derive(Clone)]
pub struct Failure(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    kind: FailureKind,
    fault: Fault,
    retry: Retry,
    detail: String,
    field: Option<String>,
    upstream: Option<Upstream>,
    context: Vec<(&'static str, String)>,
    cause: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl FailureKind {
    const fn default_fault(self) -> Fault {
        match self {
            Self::NotFound(_) | Self::Refused(_) | Self::InvalidInput | Self::UnsupportedDocument => Fault::Caller,
            Self::NotSupported(_)
            | Self::RateLimited
            | Self::Overloaded
            | Self::Unreachable
            | Self::TimedOut
            | Self::LoginExpired
            | Self::BrokenAnswer
            | Self::VendorFault
            | Self::OutcomeUnknown => Fault::Vendor,
            Self::CredentialsRefused | Self::AccessBlocked | Self::TenantMisconfigured => Fault::TenantSettings,
            Self::Internal => Fault::Us,
        }
    }

    const fn default_retry(self) -> Retry {
        match self {
            Self::Unreachable | Self::TimedOut | Self::Overloaded => Retry::Soon,
            Self::OutcomeUnknown => Retry::OutcomeUnknown,
            _ => Retry::Never,
        }
    }

    /// A short word for logs and metric labels.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotFound(_) => "not_found",
            Self::NotSupported(_) => "not_supported",
            Self::Refused(_) => "refused",
            Self::InvalidInput => "invalid_input",
            Self::UnsupportedDocument => "unsupported_document",
            Self::CredentialsRefused => "credentials_refused",
            Self::AccessBlocked => "access_blocked",
            Self::LoginExpired => "login_expired",
            Self::RateLimited => "rate_limited",
            Self::Overloaded => "overloaded",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed_out",
            Self::BrokenAnswer => "broken_answer",
            Self::VendorFault => "vendor_fault",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::TenantMisconfigured => "tenant_misconfigured",
            Self::Internal => "internal",
        }
    }
}

impl Failure {
    /// A failure of this kind with the kind's usual fault and retry. `detail` is English, one sentence, safe to
    /// show to the caller.
    pub fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            fault: kind.default_fault(),
            retry: kind.default_retry(),
            detail: detail.into(),
            field: None,
            upstream: None,
            context: Vec::new(),
            cause: None,
        }))
    }

    /// Nothing of that kind; the words blame nobody, since a forged id is found out before the vendor is asked.
    #[must_use]
    pub fn not_found(subject: Subject) -> Self {
        let detail = match subject {
            Subject::Document => "There is no such document.",
            Subject::Contact => "The contact base has no such contact.",
            Subject::Tenant => "There is no such tenant, or the key may not reach it.",
            Subject::Key => "There is no such key.",
            Subject::Device => "The contract has no router that the ERP manages.",
            Subject::Customer | Subject::Contract | Subject::Invoice | Subject::FiscalInvoice | Subject::Ticket => {
                "There is no such record for this tenant."
            }
        };
        Self::new(FailureKind::NotFound(subject), detail)
    }

    /// A refusal by a business rule.
    pub fn refused(refusal: Refusal, detail: impl Into<String>) -> Self {
        Self::new(FailureKind::Refused(refusal), detail)
    }

    /// Unacceptable input, naming the field as the caller wrote it (`document`, `phone`, `Idempotency-Key`, ...).
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(FailureKind::InvalidInput, detail).in_field(field)
    }

    /// An answer that is not what the vendor's format promises.
    pub fn broken(detail: impl Into<String>) -> Self {
        Self::new(FailureKind::BrokenAnswer, detail)
    }

    /// A broken invariant of ours.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new(FailureKind::Internal, detail)
    }

    /// Sets whose fault it is.
    #[must_use]
    pub fn with_fault(self, fault: Fault) -> Self {
        self.changed(|inner| inner.fault = fault)
    }

    /// Sets what may be done about it.
    #[must_use]
    pub fn with_retry(self, retry: Retry) -> Self {
        self.changed(|inner| inner.retry = retry)
    }

    /// Names the field of the caller's input.
    #[must_use]
    pub fn in_field(self, field: impl Into<String>) -> Self {
        let field = field.into();
        self.changed(|inner| inner.field = Some(field))
    }

    /// Says where in the vendor's API it happened, unless said already.
    #[must_use]
    pub fn at(self, upstream: Upstream) -> Self {
        self.changed(|inner| {
            inner.upstream.get_or_insert(upstream);
        })
    }

    /// Adds a pair for the log. Never personal data, secrets or bodies.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        self.changed(|inner| inner.context.push((name, value)))
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.changed(|inner| inner.cause = Some(Arc::new(cause)))
    }

    fn changed(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.0.kind
    }

    /// Whose fault it is.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.0.fault
    }

    /// What may be done about it.
    #[must_use]
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// One English sentence, safe to show to the caller.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The caller's field, for unacceptable input.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// Where in the vendor's API it happened.
    #[must_use]
    pub fn upstream(&self) -> Option<&Upstream> {
        self.0.upstream.as_ref()
    }

    /// Pairs for the log.
    #[must_use]
    pub fn context(&self) -> &[(&'static str, String)] {
        &self.0.context
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("kind", &self.0.kind)
            .field("fault", &self.0.fault)
            .field("retry", &self.0.retry)
            .field("detail", &self.0.detail)
            .field("field", &self.0.field)
            .field("upstream", &self.0.upstream)
            .field("context", &self.0.context)
            .finish()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.kind.word(), self.0.detail)
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.cause.as_ref().map(|cause| &**cause as &(dyn std::error::Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::{Failure, FailureKind, Fault, Retry, Subject, Upstream};

    #[test]
    fn a_clone_is_changed_without_touching_the_first() {
        let first = Failure::new(FailureKind::TimedOut, "no answer");
        let second = first.clone().with_retry(Retry::Exhausted);
        assert_eq!(first.retry(), Retry::Soon);
        assert_eq!(second.retry(), Retry::Exhausted);
    }

    #[test]
    fn the_innermost_upstream_wins() {
        let at = |operation| Upstream { vendor: "v", operation, http_status: None, code: None };
        let failure = Failure::not_found(Subject::Customer).at(at("inner")).at(at("outer"));
        assert_eq!(failure.upstream().map(|up| up.operation), Some("inner"));
        assert_eq!(failure.fault(), Fault::Caller);
    }
}
