//! From what operations served to the HTTP answer: cache fields, replays, content types.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    AGE, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION,
};
use bytes::Bytes;
use ponte_operations::{Acted, CacheState, CacheUse, Served};
use serde::Serialize;

const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Type of the answers of `/v1`.
pub(crate) const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Type of PDFs.
pub(crate) const PDF: HeaderValue = HeaderValue::from_static("application/pdf");
/// Type of the QR picture as vectors.
pub(crate) const SVG: HeaderValue = HeaderValue::from_static("image/svg+xml");
/// Type of the QR picture as pixels.
pub(crate) const PNG: HeaderValue = HeaderValue::from_static("image/png");
const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");
const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// RFC 9211. What personal data an answer holds must not stay in a cache on the way, so `Cache-Control` says
/// `private`; this gateway's own cache is told of here.
fn cache_status(used: &CacheUse) -> HeaderValue {
    let ttl = used.ttl.as_millis().div_ceil(1000);
    // What is incomplete is answered but not stored.
    let stored = if used.ttl.is_zero() { "" } else { "; stored" };
    let text = match (used.state, used.collapsed) {
        (CacheState::Hit, _) => format!("ponte; hit; ttl={ttl}"),
        (CacheState::Miss, true) => format!("ponte; fwd=uri-miss; collapsed; ttl={ttl}"),
        (CacheState::Miss, false) => format!("ponte; fwd=uri-miss{stored}; ttl={ttl}"),
        (CacheState::Bypass, _) => format!("ponte; fwd=request{stored}; ttl={ttl}"),
        (CacheState::Stale, _) => return HeaderValue::from_static("ponte; fwd=stale; detail=\"stale-if-error\""),
    };
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("ponte"))
}

/// A read's answer.
pub(crate) fn served(served: Served, content_type: HeaderValue) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((CONTENT_TYPE, content_type));
    response.insert_header((CACHE_STATUS, cache_status(&served.cache)));
    response.insert_header((CACHE_CONTROL, PRIVATE));
    response.insert_header((AGE, HeaderValue::from(served.cache.age.as_secs())));
    response.body(served.bytes)
}

/// A PDF or picture, with the name to save it under.
pub(crate) fn document(answer: Served, content_type: HeaderValue, file_name: &'static str) -> HttpResponse {
    let mut response = served(answer, content_type);
    let disposition = HeaderValue::from_str(&format!("inline; filename=\"{file_name}\""));
    if let Ok(disposition) = disposition {
        response.headers_mut().insert(CONTENT_DISPOSITION, disposition);
    }
    response
}

/// An act's answer, first or replayed.
pub(crate) fn acted(acted: Acted) -> HttpResponse {
    let status = StatusCode::from_u16(acted.status).unwrap_or(StatusCode::OK);
    let mut response = HttpResponse::build(status);
    let content_type = if status.is_success() { JSON } else { PROBLEM };
    response.insert_header((CONTENT_TYPE, content_type)).insert_header((CACHE_CONTROL, NO_STORE));
    if acted.replayed {
        response.insert_header((IDEMPOTENT_REPLAYED, HeaderValue::from_static("true")));
    }
    response.body(acted.body)
}

/// An answer of the gateway's own.
pub(crate) fn ok(answer: &impl Serialize) -> HttpResponse {
    own(StatusCode::OK, answer)
}

/// An answer made below that is never kept.
pub(crate) fn uncached(body: Bytes) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, JSON)).insert_header((CACHE_CONTROL, NO_STORE)).body(body)
}

/// Something was made; `place` is its path.
pub(crate) fn created(place: &str, answer: &impl Serialize) -> HttpResponse {
    let mut response = own(StatusCode::CREATED, answer);
    if let Ok(place) = HeaderValue::from_str(place) {
        response.headers_mut().insert(LOCATION, place);
    }
    response
}

/// A table to be saved.
pub(crate) fn table(table: Bytes, file_name: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, CSV))
        .insert_header((CACHE_CONTROL, NO_STORE))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{file_name}\"")))
        .body(table)
}

fn own(status: StatusCode, answer: &impl Serialize) -> HttpResponse {
    // The answers' structs have string keys and finite numbers only, so writing them cannot fail.
    let body = serde_json::to_vec(answer).unwrap_or_default();
    HttpResponse::build(status).insert_header((CONTENT_TYPE, JSON)).insert_header((CACHE_CONTROL, NO_STORE)).body(body)
}
