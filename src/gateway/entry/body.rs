//! JSON bodies, read strictly: type, size, UTF-8, one value, known fields.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{FromRequest, HttpRequest};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;

use super::entry_of::house_of;
use super::strict::Strict;
use crate::problem::{Problem, ProblemKind};

/// What no body at all counts as where there is nothing that must be said.
pub(crate) const EMPTY: Bytes = Bytes::from_static(b"{}");

/// A body of type `T`. It must be there.
pub(crate) struct Body<T>(pub(crate) T);

/// No fields at all: for operations that take no body, so that a body that came is read to its end, and refused if it
/// says anything. An unread one would cost the connection.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// The raw body, within the limit and of the right type; none when there is no body at all.
pub(crate) async fn collect(request: HttpRequest, mut payload: Payload) -> Result<Option<Bytes>, Problem> {
    let house = house_of(&request)?;
    let limit = house.settings.body_limit;
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    let reading = read_whole(&mut payload, limit);
    let patience = house.settings.client_timeout;
    let body = tokio::time::timeout(patience, reading).await.map_err(|_| {
        Problem::new(ProblemKind::InvalidRequest, format!("The body was not sent within {} s.", patience.as_secs()))
    })??;
    if body.is_empty() && !request.headers().contains_key(CONTENT_TYPE) {
        return Ok(None);
    }
    check_type(&request)?;
    Ok(Some(body))
}

async fn read_whole(payload: &mut Payload, limit: usize) -> Result<Bytes, Problem> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk =
            chunk.map_err(|_| Problem::new(ProblemKind::InvalidRequest, "The body could not be read whole."))?;
        if body.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn too_large(limit: usize) -> Problem {
    Problem::new(ProblemKind::PayloadTooLarge, format!("The body is larger than {limit} bytes."))
}

fn check_type(request: &HttpRequest) -> Result<(), Problem> {
    let wrong = |detail: String| Problem::new(ProblemKind::UnsupportedMediaType, detail).in_field("Content-Type");
    if let Some(coding) = request.headers().get(CONTENT_ENCODING)
        && coding.as_bytes() != b"identity"
    {
        return Err(wrong("A compressed body is not read here.".to_owned()).in_field("Content-Encoding"));
    }
    let header = request.headers().get(CONTENT_TYPE);
    let essence = header.and_then(|value| value.to_str().ok()).and_then(|value| value.split(';').next()).map(str::trim);
    match essence {
        Some(essence) if essence.eq_ignore_ascii_case("application/json") => Ok(()),
        _ => Err(wrong("The body must be of type application/json.".to_owned())),
    }
}

/// Reads `T`, naming the place of a fault.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(Strict::new(&mut reader)).map_err(|error| {
        let mut pointer = pointer(error.path());
        // Of a missing or repeated field the path is the object that it is missing from.
        if let Some(name) = field_in(&error.inner().to_string())
            && !pointer.ends_with(&format!("/{name}"))
        {
            pointer = format!("{pointer}/{name}");
        }
        refused(error.inner()).in_field(pointer)
    })?;
    reader.end().map_err(|error| refused(&error))?;
    Ok(value)
}

/// The name in serde's "missing field `name`", "unknown field `name`", "duplicate field `name`".
fn field_in(text: &str) -> Option<String> {
    let named = FIELD_FAULTS.iter().find_map(|fault| text.strip_prefix(fault))?;
    let name = named.trim_start().strip_prefix('`')?.split('`').next()?;
    Some(clip(name))
}

const FIELD_FAULTS: [&str; 3] = ["missing field", "unknown field", "duplicate field"];

fn refused(error: &serde_json::Error) -> Problem {
    if error.is_data() {
        return Problem::new(ProblemKind::InvalidRequest, said(error));
    }
    Problem::new(
        ProblemKind::InvalidJson,
        format!("The body is not valid JSON (line {}, column {}).", error.line(), error.column()),
    )
}

/// What serde says of the fault, without the values that the caller sent: those may be personal data.
fn said(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    if FIELD_FAULTS.iter().any(|fault| text.starts_with(fault)) {
        return format!("The body has a fault: {}.", clip(text));
    }
    match text.split_once("expected ") {
        Some((_, expected)) => format!("A value is not of the expected form: expected {}.", clip(expected)),
        None => "A value is not of the expected form.".to_owned(),
    }
}

fn clip(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// RFC 6901 pointer of serde's path; empty for the whole body.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                pointer.push('/');
                pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { variant } => {
                pointer.push('/');
                pointer.push_str(variant);
            }
            Segment::Unknown => {}
        }
    }
    pointer
}

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = collect(request, payload).await?.ok_or_else(|| {
                Problem::new(ProblemKind::InvalidRequest, "The request needs a body of type application/json.")
            })?;
            Ok(Self(read(&body)?))
        })
    }
}

impl FromRequest for Nothing {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { read(&collect(request, payload).await?.unwrap_or(EMPTY)) })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde::Deserialize;

    use super::read;
    use crate::problem::{Problem, ProblemKind};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Form {
        name: String,
        inner: Option<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Inner {
        count: u8,
    }

    fn fault(body: &str) -> (ProblemKind, Option<String>, String) {
        let problem: Problem = read::<Form>(body.as_bytes()).unwrap_err();
        let words = problem.words("", "r");
        (problem.kind(), words.field, words.detail)
    }

    #[test]
    fn a_fault_names_its_place_and_never_repeats_the_value() {
        let (kind, field, detail) = fault(r#"{"name":"a","inner":{"count":"529.982.247-25"}}"#);
        assert_eq!((kind, field.as_deref()), (ProblemKind::InvalidRequest, Some("/inner/count")));
        assert!(!detail.contains("529"), "{detail}");
    }

    #[test]
    fn unknown_duplicate_and_missing_fields_are_named() {
        for (body, expected) in [
            (r#"{"name":"a","nome":"b"}"#, "unknown field `nome`"),
            (r#"{"name":"a","name":"b"}"#, "duplicate field `name`"),
            ("{}", "missing field `name`"),
        ] {
            let (kind, field, detail) = fault(body);
            assert_eq!(kind, ProblemKind::InvalidRequest);
            assert_eq!(field.as_deref(), Some(if expected.contains("nome") { "/nome" } else { "/name" }));
            assert!(detail.contains(expected), "{detail}");
        }
    }

    #[test]
    fn what_is_not_one_json_value_is_invalid_json() {
        for body in ["", "{", "{\"name\":\"a\"} x", "\u{feff}{}"] {
            assert_eq!(fault(body).0, ProblemKind::InvalidJson, "{body}");
        }
    }
}
