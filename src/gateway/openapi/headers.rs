//! Header fields of answers: shared definitions, and which answer carries which.

use std::collections::BTreeMap;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Header, Ref, RefOr};

use super::params::IDEMPOTENCY_KEY;

/// Field, name of its definition, what it says, and an example.
const FIELDS: [(&str, &str, &str, Shape); 7] = [
    (
        "X-Request-Id",
        "RequestId",
        "Id of the request: the caller's own if it is 8 to 64 characters of `A-Z a-z 0-9 . _ -`, else a new one.",
        Shape::Text("01935f2e-7b7c-7d0a-a1b2-c3d4e5f60718"),
    ),
    (
        "RateLimit",
        "RateLimit",
        "What is left of the limits, as a structured field (draft-ietf-httpapi-ratelimit-headers).",
        Shape::Text("\"key\";r=49;t=1"),
    ),
    (
        "RateLimit-Policy",
        "RateLimitPolicy",
        "The limits, as a structured field (draft-ietf-httpapi-ratelimit-headers).",
        Shape::Text("\"key\";q=50;w=1"),
    ),
    ("Cache-Status", "CacheStatus", "How the cache was used (RFC 9211).", Shape::Text("ponte; hit; ttl=42")),
    ("Age", "Age", "Age of the answer in seconds.", Shape::Seconds(18)),
    (
        "Idempotent-Replayed",
        "IdempotentReplayed",
        "`true` on an answer that was given before for the same key.",
        Shape::Text("true"),
    ),
    ("Retry-After", "RetryAfter", "Seconds to wait before the next try.", Shape::Seconds(2)),
];

/// What a field's value is.
#[derive(Clone, Copy)]
enum Shape {
    /// A text like this.
    Text(&'static str),
    /// Seconds like this.
    Seconds(u32),
}

/// The shared definitions.
pub(super) fn shared() -> BTreeMap<String, RefOr<Header>> {
    FIELDS
        .into_iter()
        .map(|(_, name, about, shape)| {
            let schema = match shape {
                Shape::Text(example) => {
                    ObjectBuilder::new().schema_type(Type::String).max_length(Some(300)).examples([example])
                }
                Shape::Seconds(example) => ObjectBuilder::new()
                    .schema_type(Type::Integer)
                    .minimum(Some(0))
                    .maximum(Some(86_400))
                    .examples([example]),
            };
            let header = HeaderBuilder::new().schema(Some(schema)).description(Some(about)).build();
            (name.to_owned(), RefOr::T(header))
        })
        .collect()
}

/// The reference to a field's shared definition.
pub(super) fn reference(field: &str) -> Option<(String, Ref)> {
    let (field, name, ..) = FIELDS.into_iter().find(|(name, ..)| *name == field)?;
    Some((field.to_owned(), Ref::new(format!("#/components/headers/{name}"))))
}

/// Names the fields that the operation's good answers carry.
pub(super) fn add(operation: &mut Operation) {
    let needs_key = operation.security.as_ref().is_none_or(|security| !security.is_empty());
    let asks_erp = operation.responses.responses.contains_key("501");
    let acts = operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Header && parameter.name == IDEMPOTENCY_KEY,
        RefOr::Ref(_) => false,
    });
    let mut fields = vec!["X-Request-Id"];
    if needs_key {
        fields.extend(["RateLimit", "RateLimit-Policy"]);
    }
    if acts {
        fields.push("Idempotent-Replayed");
    } else if asks_erp {
        fields.extend(["Cache-Status", "Age"]);
    }
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            response
                .headers
                .extend(fields.iter().filter_map(|field| reference(field)).map(|(field, at)| (field, RefOr::Ref(at))));
        }
    }
}
