//! Inbound limits: per key, and per key and tenant; and how they are told.
//!
//! `RateLimit` and `RateLimit-Policy` are structured fields as in draft-ietf-httpapi-ratelimit-headers-10: the
//! policies `key` and `tenant`, and of the two the one that is nearer to its end.

use std::fmt::Write as _;
use std::time::Duration;

use actix_web::http::header::HeaderValue;
use ponte_operations::callers::Caller;
use ponte_operations::limits::{Allowance, Rate, TooMany};
use ponte_operations::settings::InboundSettings;
use ponte_operations::slots::TenantSlot;

use crate::problem::{Problem, ProblemKind};

/// The outcome of counting one request.
pub(crate) struct Limits {
    note: Note,
    refused: Option<Duration>,
}

/// What is left of a limit, as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Note {
    policy: Policy,
    /// Whether the tenant's limit was looked at too.
    both: bool,
    remaining: u32,
    reset_s: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Policy {
    Key,
    Tenant,
}

impl Limits {
    /// Counts one request of a key, and of a key at a tenant if it reaches one.
    pub(crate) fn check(caller: &Caller, tenant: Option<&TenantSlot>) -> Self {
        let by_key = caller.check();
        let by_tenant = match (&by_key, tenant) {
            // What the key's own limit refuses does not use up the tenant's.
            (Ok(_), Some(tenant)) => Some(caller.check_at(tenant.number())),
            _ => None,
        };
        Self::of(by_key, by_tenant)
    }

    fn of(by_key: Result<Allowance, TooMany>, by_tenant: Option<Result<Allowance, TooMany>>) -> Self {
        let both = by_tenant.is_some();
        let note = |policy, outcome: &Result<Allowance, TooMany>| match outcome {
            Ok(allowance) => {
                (Note { policy, both, remaining: allowance.remaining, reset_s: seconds(allowance.refill) }, None)
            }
            Err(refusal) => {
                (Note { policy, both, remaining: 0, reset_s: seconds(refusal.wait).max(1) }, Some(refusal.wait))
            }
        };
        let key = note(Policy::Key, &by_key);
        let tenant = by_tenant.map(|outcome| note(Policy::Tenant, &outcome));
        let (note, refused) = match tenant {
            Some(tenant) if tenant.1.is_some() || tenant.0.remaining <= key.0.remaining => tenant,
            _ => key,
        };
        Self { note, refused }
    }

    /// What the answer's headers tell.
    pub(crate) const fn note(&self) -> Note {
        self.note
    }

    /// Lets the request in, or not.
    pub(crate) fn let_in(&self) -> Result<(), Problem> {
        let Some(wait) = self.refused else { return Ok(()) };
        let detail = match self.note.policy {
            Policy::Key => "Too many requests with this key.",
            Policy::Tenant => "Too many requests with this key for this tenant.",
        };
        let after = u32::try_from(seconds(wait).max(1)).unwrap_or(u32::MAX);
        Err(Problem::new(ProblemKind::RateLimited, detail).after(after))
    }
}

impl Policy {
    const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Tenant => "tenant",
        }
    }
}

impl Note {
    /// The field `RateLimit`.
    pub(crate) fn header(&self) -> HeaderValue {
        let mut text = String::with_capacity(32);
        // Writing to a string cannot fail.
        let _ = write!(text, "\"{}\";r={};t={}", self.policy.name(), self.remaining, self.reset_s);
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("\"key\""))
    }
}

/// The field `RateLimit-Policy`, made once: all keys have the same limits.
pub(crate) struct Policies {
    key: HeaderValue,
    both: HeaderValue,
}

impl Policies {
    /// Of the settings.
    pub(crate) fn new(settings: &InboundSettings) -> Self {
        let key = policy(Policy::Key, settings.per_key);
        let both = format!("{key}, {}", policy(Policy::Tenant, settings.per_key_and_tenant));
        let header = |text: String| HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("\"key\""));
        Self { key: header(key), both: header(both) }
    }

    /// The field beside this note.
    pub(crate) fn of(&self, note: &Note) -> HeaderValue {
        if note.both { self.both.clone() } else { self.key.clone() }
    }
}

/// The quota is the burst; its window is the time in which a used-up burst comes back.
fn policy(policy: Policy, rate: Rate) -> String {
    let (burst, per_second) = (rate.burst.max(1), rate.per_second.max(1));
    format!("\"{}\";q={burst};w={}", policy.name(), burst.div_ceil(per_second))
}

fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use ponte_operations::limits::{Allowance, Rate, TooMany};
    use ponte_operations::settings::InboundSettings;

    use super::{Limits, Policies};
    use crate::problem::ProblemKind;

    fn left(remaining: u32) -> Result<Allowance, TooMany> {
        Ok(Allowance { limit: 50, remaining, refill: Duration::from_millis(20) })
    }

    #[test]
    fn the_limit_that_is_nearer_to_its_end_is_told() {
        assert_eq!(Limits::of(left(49), None).note().header(), "\"key\";r=49;t=1");
        assert_eq!(Limits::of(left(49), Some(left(9))).note().header(), "\"tenant\";r=9;t=1");
        assert_eq!(Limits::of(left(3), Some(left(9))).note().header(), "\"key\";r=3;t=1");
    }

    #[test]
    fn a_request_too_many_is_told_when_to_come_back() {
        let refused = Err(TooMany { limit: 50, wait: Duration::from_millis(1200) });
        let limits = Limits::of(left(49), Some(refused));
        assert_eq!(limits.note().header(), "\"tenant\";r=0;t=2");
        let problem = limits.let_in().unwrap_err();
        assert_eq!(problem.kind(), ProblemKind::RateLimited);
        assert_eq!(problem.words("", "r").retry_after_s, Some(2));
    }

    #[test]
    fn policies_name_quota_and_window() {
        let policies = Policies::new(&InboundSettings {
            per_key: Rate { per_second: 100, burst: 200 },
            per_key_and_tenant: Rate { per_second: 30, burst: 100 },
        });
        assert_eq!(policies.of(&Limits::of(left(1), None).note()), "\"key\";q=200;w=2");
        let both = Limits::of(left(1), Some(left(1))).note();
        assert_eq!(policies.of(&both), "\"key\";q=200;w=2, \"tenant\";q=100;w=4");
    }
}
