//! One table from what went wrong to what the caller is told: status, type, title, `retryable`, `user_message`.
//!
//! Everything that is not a success leaves the gateway as `application/problem+json` (RFC 9457) through this file.
//! What the log may know and what the caller may know are different fields: nothing of a vendor's body, no secret
//! and no personal data is in either. The vendor's trouble is 502, 503 or 504, the caller's is 4xx, a refusal by a
//! business rule is 409; an expired vendor token is never the caller's 401.

mod kinds;
mod pages;
mod table;

use std::fmt;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use bytes::Bytes;
use ponte_api::problem as words;
use ponte_domain::Failure;
use ponte_domain::failure::{FailureKind, Refusal, Retry};

pub(crate) use self::kinds::ProblemKind;
pub(crate) use self::table::kind_of;

/// A problem on its way to the caller.
#[derive(Clone)]
pub(crate) struct Problem {
    kind: ProblemKind,
    detail: String,
    field: Option<String>,
    scope: Option<&'static str>,
    allow: Option<String>,
    retry_after_s: Option<u32>,
    failure: Option<Failure>,
}

impl Problem {
    /// A problem of the gateway's own.
    pub(crate) fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), field: None, scope: None, allow: None, retry_after_s: None, failure: None }
    }

    /// Names the part of the request: a JSON pointer, a parameter or a header. Nothing if it is the whole.
    pub(crate) fn in_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into()).filter(|field| !field.is_empty());
        self
    }

    /// Names the scope that is lacking.
    pub(crate) const fn lacking(mut self, scope: &'static str) -> Self {
        self.scope = Some(scope);
        self
    }

    /// Lists the methods that the resource has.
    pub(crate) fn allowing(mut self, methods: impl Into<String>) -> Self {
        self.allow = Some(methods.into());
        self
    }

    /// Says when to come back.
    pub(crate) const fn after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// What kind it is.
    pub(crate) const fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// The failure behind it, for the log.
    pub(crate) const fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// The published words. `type_base` is the public address of the gateway, possibly empty.
    pub(crate) fn words(&self, type_base: &str, request_id: &str) -> words::Problem {
        let refusal = self.failure.as_ref().and_then(|failure| match failure.kind() {
            FailureKind::Refused(refusal) => Some(refusal),
            _ => None,
        });
        let restricted = match refusal {
            Some(Refusal::TrustUnlockRestricted { until, source, condition, .. }) => Some((until, source, condition)),
            _ => None,
        };
        words::Problem {
            problem_type: format!("{type_base}/problems/{}", self.kind.name()),
            title: self.kind.title().to_owned(),
            status: self.kind.status(),
            detail: bounded(&self.detail, 1000),
            instance: instance(request_id),
            retryable: self.retryable(),
            user_message: table::user_message(self.kind, self.failure.as_ref().map(Failure::kind)),
            field: self.field.as_deref().map(|field| bounded(field, 200)),
            upstream: self.failure.as_ref().and_then(upstream),
            restricted_until: restricted.and_then(|(until, ..)| until),
            restriction_source: restricted.filter(|(until, ..)| until.is_some()).map(|(_, source, _)| source),
            restriction_condition: restricted.and_then(|(.., condition)| condition),
            capability: match self.failure.as_ref().map(Failure::kind) {
                Some(FailureKind::NotSupported(capability)) => Some(capability),
                _ => None,
            },
            reason: self.reason(refusal),
            scope: self.scope.map(str::to_owned),
            retry_after_s: self.retry_after(),
        }
    }

    fn reason(&self, refusal: Option<Refusal>) -> Option<String> {
        match self.failure.as_ref().map(Failure::kind) {
            Some(FailureKind::NotSupported(_)) => Some(bounded(&self.detail, 300)),
            _ => refusal.and_then(table::reason_word),
        }
    }

    fn retryable(&self) -> bool {
        match self.failure.as_ref().map(Failure::retry) {
            Some(Retry::Never) | None => self.kind.retryable(),
            Some(Retry::Soon | Retry::After(_) | Retry::Exhausted | Retry::OutcomeUnknown) => true,
        }
    }

    fn retry_after(&self) -> Option<u32> {
        let hinted = match self.failure.as_ref().map(Failure::retry) {
            Some(Retry::After(wait)) => Some(u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)),
            _ => None,
        };
        // A vendor's hint is clamped to a day: nobody waits longer on its word.
        self.retry_after_s.or(hinted).or_else(|| self.kind.retry_after_s()).map(|seconds| seconds.clamp(1, 86_400))
    }

    /// The body alone, for an answer that is stored.
    pub(crate) fn body(&self, type_base: &str, request_id: &str) -> Bytes {
        // Serializing strings and numbers cannot fail; an empty body would still be a problem status.
        Bytes::from(serde_json::to_vec(&self.words(type_base, request_id)).unwrap_or_default())
    }

    /// The whole answer.
    pub(crate) fn response(&self, type_base: &str, request_id: &str) -> HttpResponse {
        let mut response = HttpResponse::build(self.status());
        response.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/problem+json")));
        response.insert_header((CONTENT_LANGUAGE, HeaderValue::from_static("en, pt-BR")));
        if let Some(seconds) = self.retry_after() {
            response.insert_header((RETRY_AFTER, HeaderValue::from(seconds)));
        }
        if let Some(allow) = &self.allow {
            response.insert_header((ALLOW, allow.as_str()));
        }
        if self.kind == ProblemKind::Unauthorized {
            response.insert_header((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"ponte\"")));
        }
        response.body(self.body(type_base, request_id))
    }

    /// HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

fn upstream(failure: &Failure) -> Option<words::Upstream> {
    // A refusal, a missing record or bad input is told as such; where at the vendor it was found is of no use.
    let told = !matches!(failure.kind(), FailureKind::NotFound(_) | FailureKind::InvalidInput);
    failure.upstream().filter(|_| told).map(|upstream| words::Upstream {
        vendor: upstream.vendor.to_owned(),
        operation: bounded(upstream.operation, 80),
        http_status: upstream.http_status.filter(|status| (100..600).contains(status)),
        code: upstream.code.as_deref().map(|code| {
            code.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')).take(40).collect()
        }),
    })
}

/// RFC 9562 names for ids that are UUIDs, as those that the gateway makes.
fn instance(request_id: &str) -> String {
    let is_uuid = request_id.len() == 36 && uuid::Uuid::try_parse(request_id).is_ok();
    if is_uuid { format!("urn:uuid:{request_id}") } else { format!("urn:request:{request_id}") }
}

fn bounded(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self {
            kind: kind_of(failure.kind()),
            detail: table::detail(&failure).to_owned(),
            field: failure.field().filter(|field| !field.is_empty()).map(str::to_owned),
            scope: None,
            allow: None,
            retry_after_s: None,
            failure: Some(failure),
        }
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem").field("kind", &self.kind).field("failure", &self.failure).finish_non_exhaustive()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.title())
    }
}

/// The plain rendering, used where no request id is at hand; the outer middleware renders it anew with the id.
impl actix_web::ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.response("", "unknown")
    }
}
