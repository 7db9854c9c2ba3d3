//! What must hold when an ERP misbehaves, whatever the vendor. What one vendor's API forces to be different stands in
//! its `permitted.json`.

use std::time::Duration;

use ponte_sandbox::FaultKind;

/// What the gateway may say about a fault, as words of the problem types after `/problems/`.
pub(super) fn problems(fault: &FaultKind) -> &'static [&'static str] {
    match fault {
        FaultKind::DelayMs { .. } | FaultKind::SlowBody { .. } => &["upstream-timeout"],
        FaultKind::CutBeforeHeaders | FaultKind::ActThenCut => &["upstream-unreachable"],
        FaultKind::CutAfterHeaders | FaultKind::TruncatedBody { .. } => {
            &["upstream-unreachable", "upstream-broken-answer"]
        }
        FaultKind::EmptyReply
        | FaultKind::Garbage
        | FaultKind::WrongCharset
        | FaultKind::Oversized { .. }
        | FaultKind::DeepJson { .. } => &["upstream-broken-answer"],
        FaultKind::HtmlPage => &["upstream-broken-answer", "upstream-fault"],
        FaultKind::Http500 => &["upstream-fault"],
        // The vendor's own words for "something went wrong" may be those for a refusal.
        FaultKind::VendorError => {
            &["upstream-fault", "upstream-broken-answer", "refused-by-vendor-rule", "ticket-refused"]
        }
        FaultKind::ExpiredToken => &["upstream-credentials"],
        FaultKind::NoPermission => &["upstream-access-blocked", "upstream-credentials", "capability-not-supported"],
        FaultKind::MissingModule => &["capability-not-supported", "upstream-fault"],
        FaultKind::RateLimited { .. } => &["upstream-rate-limited", "upstream-overloaded"],
        FaultKind::RedirectToLogin { .. } => &["tenant-misconfigured", "upstream-credentials"],
    }
}

/// Whether an answer that came all the same may be right: the text was still readable.
pub(super) const fn survivable(fault: &FaultKind) -> bool {
    matches!(fault, FaultKind::WrongCharset)
}

/// How long the tenant waits: not for long where the fault outlasts any wait.
pub(super) const fn deadline(fault: &FaultKind, short: Duration, ample: Duration) -> Duration {
    match fault {
        FaultKind::DelayMs { .. } | FaultKind::SlowBody { .. } => short,
        _ => ample,
    }
}
