//! Idempotency keys (draft-ietf-httpapi-idempotency-key-header-07) and the fingerprint of what they stand for.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use ponte_operations::Intent;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use super::body;
use crate::problem::{Problem, ProblemKind};

/// Name of the header.
pub(crate) const HEADER: &str = "Idempotency-Key";

/// An act as the caller means it: the key, the fingerprint of the request, and the body.
pub(crate) struct Intended<T> {
    /// Key and fingerprint.
    pub(crate) intent: Intent,
    /// The body.
    pub(crate) body: T,
}

/// The key: 8 to 128 visible ASCII characters; quotes of a structured-field string are taken off.
fn key(request: &HttpRequest) -> Result<String, Problem> {
    let refused = |kind, detail: &str| Problem::new(kind, detail).in_field(HEADER);
    let mut headers = request.headers().get_all(HEADER);
    let Some(header) = headers.next() else {
        return Err(refused(
            ProblemKind::IdempotencyKeyMissing,
            "An acting call needs the header Idempotency-Key, unique to the intent.",
        ));
    };
    if headers.next().is_some() {
        return Err(refused(ProblemKind::InvalidRequest, "The header Idempotency-Key stands more than once."));
    }
    let text = header.to_str().unwrap_or_default().trim();
    let key = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    if (8..=128).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\') {
        return Ok(key.to_owned());
    }
    Err(refused(ProblemKind::InvalidRequest, "The idempotency key must have 8 to 128 visible ASCII characters."))
}

/// What the key stands for: method, path and body. The query string of an act is empty.
fn fingerprint(request: &HttpRequest, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(request.method().as_str());
    hash.update([0]);
    hash.update(request.path());
    hash.update([0]);
    hash.update(body);
    hash.finalize().into()
}

impl<T: DeserializeOwned + 'static> FromRequest for Intended<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let key = key(&request)?;
            let raw = body::collect(request.clone(), payload).await?.unwrap_or(body::EMPTY);
            let body = body::read(&raw)?;
            Ok(Self { intent: Intent { key, fingerprint: fingerprint(&request, &raw) }, body })
        })
    }
}
