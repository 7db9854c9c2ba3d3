//! What becomes known of a request on its way in, kept for its way out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::{HttpMessage as _, HttpRequest};
use ponte_operations::callers::Caller;
use ponte_operations::slots::TenantSlot;
use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::rate_limit::Note;

/// Name of the header.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request's id.
pub(crate) struct RequestId;

impl RequestId {
    /// The caller's, if it is sane: 8 to 64 of `A-Z a-z 0-9 . _ -`, a letter among them, since a number could be a
    /// phone or a document, and ids are logged. Else a new UUID of version 7.
    fn accept_or_make(headers: &HeaderMap) -> Arc<str> {
        let sane = |text: &&str| {
            (8..=64).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
                && text.bytes().any(|b| b.is_ascii_alphabetic())
        };
        match headers.get(X_REQUEST_ID).and_then(|value| value.to_str().ok()).filter(sane) {
            Some(theirs) => Arc::from(theirs),
            None => {
                let mut buffer = [0; Hyphenated::LENGTH];
                Arc::from(&*Uuid::now_v7().as_hyphenated().encode_lower(&mut buffer))
            }
        }
    }

    /// The id of a request.
    pub(crate) fn of(request: &HttpRequest) -> Arc<str> {
        Passage::read(request, |passage| passage.request_id.clone()).unwrap_or_else(|| Arc::from("unknown"))
    }
}

/// What becomes known of a request on its way in.
pub(crate) struct Passage {
    /// Its id.
    pub(crate) request_id: Arc<str>,
    /// Who asked.
    pub(crate) caller: Option<Arc<Caller>>,
    /// About which tenant.
    pub(crate) tenant: Option<Arc<TenantSlot>>,
    /// What is left of the caller's limits.
    pub(crate) limits: Option<Note>,
    started: Instant,
}

impl Passage {
    /// A request comes in.
    pub(crate) fn begin(headers: &HeaderMap) -> Self {
        Self {
            request_id: RequestId::accept_or_make(headers),
            caller: None,
            tenant: None,
            limits: None,
            started: Instant::now(),
        }
    }

    /// How long it has been under way.
    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Reads what is known; none outside the middleware.
    pub(crate) fn read<T>(request: &HttpRequest, read: impl FnOnce(&Self) -> T) -> Option<T> {
        request.extensions().get::<Self>().map(read)
    }

    /// Adds what has become known.
    pub(crate) fn note(request: &HttpRequest, note: impl FnOnce(&mut Self)) {
        if let Some(passage) = request.extensions_mut().get_mut::<Self>() {
            note(passage);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use actix_web::http::header::{HeaderMap, HeaderValue};
    use uuid::Uuid;

    use super::{RequestId, X_REQUEST_ID};

    fn id_for(header: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, HeaderValue::from_static(header));
        RequestId::accept_or_make(&headers).to_string()
    }

    #[test]
    fn a_sane_id_is_kept() {
        for id in ["chat-0001", "a.b_c-D9", "01935f2e-7b7c-7d0a-a1b2-c3d4e5f60718"] {
            assert_eq!(id_for(id), id);
        }
    }

    #[test]
    fn any_other_is_replaced_by_a_new_one() {
        for id in [
            "",
            "short",
            "with space",
            "line\u{9}tab-12345",
            "quote\"12345678",
            "x/../../12345",
            "5511987654321",
            "529.982.247-25",
        ] {
            let made = id_for(id);
            assert_eq!(Uuid::parse_str(&made).unwrap().get_version_num(), 7, "{id} gave {made}");
        }
        let long = "a".repeat(65);
        let mut headers = HeaderMap::new();
        headers.insert(X_REQUEST_ID, HeaderValue::from_str(&long).unwrap());
        assert_ne!(&*RequestId::accept_or_make(&headers), long);
    }
}
