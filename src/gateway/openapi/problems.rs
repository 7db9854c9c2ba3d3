//! Every problem once: shared responses by status, and the sets that operations name in their `responses(...)`.

use std::collections::BTreeMap;

use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::{FailureKind, Refusal, Upstream};
use ponte_domain::unlock::{RestrictionCondition, RestrictionSource, SpeedReleaseReason, TrustUnlockReason};
use utoipa::IntoResponses;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::headers;
use crate::problem::{Problem, ProblemKind};

/// A shared response: its name, what it says, the problem types that it may carry.
struct Shared(&'static str, &'static str, &'static [ProblemKind]);

const SHARED: [Shared; 21] = [
    Shared(
        "BadRequest",
        "A part of the request is not acceptable; `field` names it.",
        &[ProblemKind::InvalidRequest, ProblemKind::InvalidJson, ProblemKind::InvalidId, ProblemKind::InvalidParameter],
    ),
    Shared(
        "BadActRequest",
        "A part of the request is not acceptable, or the idempotency key is missing.",
        &[
            ProblemKind::InvalidRequest,
            ProblemKind::InvalidJson,
            ProblemKind::InvalidId,
            ProblemKind::InvalidParameter,
            ProblemKind::IdempotencyKeyMissing,
        ],
    ),
    Shared("Unauthorized", "The key is missing, unknown, expired or revoked.", &[ProblemKind::Unauthorized]),
    Shared("Forbidden", "The key lacks the scope.", &[ProblemKind::InsufficientScope]),
    Shared(
        "HolderForbidden",
        "The key lacks the scope, or the phone or the password is not the holder's.",
        &[ProblemKind::InsufficientScope, ProblemKind::PhoneMismatch, ProblemKind::SignInFailed],
    ),
    Shared(
        "NotFound",
        "There is no such thing for this tenant, or the key does not reach the tenant.",
        &[ProblemKind::NotFound],
    ),
    Shared("NotAcceptable", "Nothing that the request accepts can be given.", &[ProblemKind::NotAcceptable]),
    Shared(
        "ActRefused",
        "The same key is being worked on, the ticket is refused or rated already, or a rule of the vendor says no.",
        &[
            ProblemKind::IdempotencyInProgress,
            ProblemKind::TicketRefused,
            ProblemKind::AlreadyRated,
            ProblemKind::RefusedByVendorRule,
        ],
    ),
    Shared(
        "TrustUnlockRefused",
        "The contract cannot be unlocked now, or the same key is being worked on.",
        &[
            ProblemKind::TrustUnlockRestricted,
            ProblemKind::TrustUnlockNotEligible,
            ProblemKind::RefusedByVendorRule,
            ProblemKind::IdempotencyInProgress,
        ],
    ),
    Shared(
        "SpeedReleaseRefused",
        "The speed cannot be released now, or the same key is being worked on.",
        &[ProblemKind::SpeedReleaseNotEligible, ProblemKind::RefusedByVendorRule, ProblemKind::IdempotencyInProgress],
    ),
    Shared(
        "AcceptanceRefused",
        "The contract cannot be accepted here, or the same key is being worked on.",
        &[
            ProblemKind::AcceptanceNotAwaiting,
            ProblemKind::AcceptanceByVendorLink,
            ProblemKind::RefusedByVendorRule,
            ProblemKind::IdempotencyInProgress,
        ],
    ),
    Shared("AlreadyExists", "The same thing exists already.", &[ProblemKind::AlreadyExists]),
    Shared("PayloadTooLarge", "The body is too large.", &[ProblemKind::PayloadTooLarge]),
    Shared("UnsupportedMediaType", "The body is not JSON by its content type.", &[ProblemKind::UnsupportedMediaType]),
    Shared("UnsupportedDocument", "The vendor cannot hold this kind of document.", &[ProblemKind::UnsupportedDocument]),
    Shared("KeyReused", "The idempotency key was used with another request.", &[ProblemKind::IdempotencyKeyReused]),
    Shared(
        "TooManyRequests",
        "Too many requests by this key, or sign-ins by this subscriber.",
        &[ProblemKind::RateLimited],
    ),
    Shared("InternalError", "A fault of the gateway.", &[ProblemKind::Internal]),
    Shared(
        "CapabilityNotSupported",
        "The vendor or the tenant does not have it; `reason` says why.",
        &[ProblemKind::CapabilityNotSupported],
    ),
    Shared(
        "BadGateway",
        "The ERP's answer cannot be used, or the tenant's settings do not fit it.",
        &[
            ProblemKind::UpstreamBrokenAnswer,
            ProblemKind::UpstreamFault,
            ProblemKind::UpstreamCredentials,
            ProblemKind::UpstreamAccessBlocked,
            ProblemKind::TenantMisconfigured,
        ],
    ),
    Shared("GatewayTimeout", "The ERP did not answer in time.", &[ProblemKind::UpstreamTimeout]),
];

const UNAVAILABLE: Shared = Shared(
    "Unavailable",
    "The ERP cannot be reached or wants a pause, or the gateway is about to stop.",
    &[
        ProblemKind::UpstreamUnreachable,
        ProblemKind::UpstreamOverloaded,
        ProblemKind::UpstreamRateLimited,
        ProblemKind::Unavailable,
    ],
);

const ACT_UNAVAILABLE: Shared = Shared(
    "ActUnavailable",
    "As for reads; or nobody can tell yet whether the act happened: repeat it with the same key.",
    &[
        ProblemKind::OutcomeUnknown,
        ProblemKind::UpstreamUnreachable,
        ProblemKind::UpstreamOverloaded,
        ProblemKind::UpstreamRateLimited,
        ProblemKind::Unavailable,
    ],
);

/// The shared responses.
pub(super) fn shared() -> BTreeMap<String, RefOr<Response>> {
    SHARED
        .iter()
        .chain([&UNAVAILABLE, &ACT_UNAVAILABLE])
        .map(|shared| (shared.0.to_owned(), RefOr::T(response(shared))))
        .collect()
}

fn response(shared: &Shared) -> Response {
    let Shared(_, about, kinds) = shared;
    let examples = kinds.iter().map(|kind| {
        let words = sample(*kind).words("", SAMPLE_REQUEST);
        let value = serde_json::to_value(words).unwrap_or_default();
        (kind.name(), ExampleBuilder::new().summary(kind.title()).value(Some(value)).build())
    });
    let content = ContentBuilder::new()
        .schema(Some(RefOr::Ref(Ref::from_schema_name("Problem"))))
        .examples_from_iter(examples)
        .build();
    let waits = kinds.iter().any(|kind| kind.retry_after_s().is_some());
    let fields = ["X-Request-Id"].into_iter().chain(waits.then_some("Retry-After"));
    let mut response = ResponseBuilder::new().description(*about).content("application/problem+json", content);
    for (field, at) in fields.filter_map(headers::reference) {
        response = response.header_ref(field, at);
    }
    response.build()
}

/// Request id of the examples.
const SAMPLE_REQUEST: &str = "01935f2e-7b7c-7d0a-a1b2-c3d4e5f60718";

/// A problem of this kind as a caller meets it.
fn sample(kind: ProblemKind) -> Problem {
    use ProblemKind as K;
    let at = |http_status, code: Option<&str>| Upstream {
        vendor: "example-erp",
        operation: "contract",
        http_status,
        code: code.map(str::to_owned),
    };
    let failed = |failure: FailureKind, detail: &str| Failure::new(failure, detail);
    let refused = |refusal, detail: &str| Problem::from(Failure::refused(refusal, detail));
    match kind {
        K::InvalidRequest => Problem::new(kind, "The check digits do not fit.").in_field("/document"),
        K::InvalidJson => Problem::new(kind, "The body is not valid JSON (line 1, column 14)."),
        K::InvalidId => Problem::new(
            kind,
            "The id in the path is not of the form ctr_ followed by at least 22 base64url characters.",
        )
        .in_field("contract"),
        K::InvalidParameter => Problem::new(kind, "A query parameter is not known here.").in_field("page"),
        K::IdempotencyKeyMissing => {
            Problem::new(kind, "An acting call needs the header Idempotency-Key, unique to the intent.")
                .in_field("Idempotency-Key")
        }
        K::Unauthorized => {
            Problem::new(kind, "The key is not known, has expired or was revoked.").in_field("Authorization")
        }
        K::InsufficientScope => Problem::new(kind, "The key lacks the scope act.").lacking("act"),
        K::PhoneMismatch => {
            refused(Refusal::PhoneMismatch, "The phone is not one of those registered with the holder.")
        }
        K::SignInFailed => refused(Refusal::SignInFailed, "Login and password do not fit."),
        K::NotFound => Problem::from(Failure::not_found(ponte_domain::failure::Subject::Contract)),
        K::MethodNotAllowed => Problem::new(kind, "The resource does not have this method."),
        K::NotAcceptable => Problem::new(kind, "This resource is given as application/json only."),
        K::IdempotencyInProgress => {
            refused(Refusal::IntentInProgress, "A request with the same idempotency key is being worked on.")
        }
        K::TrustUnlockRestricted => refused(
            Refusal::TrustUnlockRestricted {
                until: Some(jiff::civil::date(2026, 12, 2)),
                source: RestrictionSource::Vendor,
                condition: Some(RestrictionCondition::Date),
                reason: TrustUnlockReason::UsedThisPeriod,
            },
            "The trust unlock was used in this period.",
        ),
        K::TrustUnlockNotEligible => {
            refused(Refusal::TrustUnlockNotEligible(TrustUnlockReason::NotBlocked), "The access is not blocked.")
        }
        K::SpeedReleaseNotEligible => {
            refused(Refusal::SpeedReleaseNotEligible(SpeedReleaseReason::NotReduced), "The speed is not reduced.")
        }
        K::AcceptanceNotAwaiting => refused(Refusal::AcceptanceNotAwaiting, "The contract does not await acceptance."),
        K::AcceptanceByVendorLink => refused(
            Refusal::AcceptanceByVendorLink,
            "The contract is accepted on the page of the vendor's signature provider.",
        ),
        K::TicketRefused => refused(Refusal::TicketRefused, "The vendor wants a contract for this subject."),
        K::AlreadyRated => refused(Refusal::AlreadyRated, "The ticket has a rating."),
        K::AlreadyExists => refused(Refusal::AlreadyExists, "There is a tenant of this name."),
        K::RefusedByVendorRule => refused(Refusal::VendorRule, "A rule of the vendor or the provider says no."),
        K::PayloadTooLarge => Problem::new(kind, "The body is larger than 65536 bytes."),
        K::UnsupportedMediaType => {
            Problem::new(kind, "The body must be of type application/json.").in_field("Content-Type")
        }
        K::HeadersTooLarge => Problem::new(kind, "The header fields are too large."),
        K::IdempotencyKeyReused => {
            refused(Refusal::IntentKeyReused, "The idempotency key was used with another request.")
        }
        K::UnsupportedDocument => {
            failed(FailureKind::UnsupportedDocument, "The ERP's field cannot hold a CNPJ with letters.")
                .in_field("/document")
                .into()
        }
        K::RateLimited => Problem::new(kind, "The key has used up its limit.").after(1),
        K::Internal => failed(FailureKind::Internal, "A fault of the gateway; the log has the request id.").into(),
        K::CapabilityNotSupported => {
            failed(FailureKind::NotSupported(Capability::Wifi), "This installation has no device management.").into()
        }
        K::UpstreamBrokenAnswer => failed(FailureKind::BrokenAnswer, "The ERP answered with a page instead of JSON.")
            .at(at(Some(200), None))
            .into(),
        K::UpstreamFault => {
            failed(FailureKind::VendorFault, "The ERP answered with an error.").at(at(Some(500), None)).into()
        }
        K::UpstreamCredentials => failed(FailureKind::CredentialsRefused, "The ERP refuses the tenant's credentials.")
            .at(at(Some(401), None))
            .into(),
        K::UpstreamAccessBlocked => failed(
            FailureKind::AccessBlocked,
            "The ERP refuses the gateway's address or the permission of the credentials.",
        )
        .at(at(Some(403), None))
        .into(),
        K::TenantMisconfigured => failed(
            FailureKind::TenantMisconfigured,
            "The ERP redirects to another host; the tenant's base_url is wrong.",
        )
        .at(at(Some(302), None))
        .into(),
        K::UpstreamUnreachable => {
            failed(FailureKind::Unreachable, "No connection to the ERP.").at(at(None, None)).into()
        }
        K::UpstreamOverloaded => {
            failed(FailureKind::Overloaded, "The ERP is overloaded.").at(at(Some(503), None)).into()
        }
        K::UpstreamRateLimited => {
            failed(FailureKind::RateLimited, "The ERP wants fewer calls.").at(at(Some(429), None)).into()
        }
        K::OutcomeUnknown => failed(FailureKind::OutcomeUnknown, "The connection was cut after the request was sent.")
            .at(at(None, None))
            .into(),
        K::Unavailable => Problem::new(kind, "The gateway is about to stop."),
        K::UpstreamTimeout => {
            failed(FailureKind::TimedOut, "The ERP did not answer within the deadline.").at(at(None, None)).into()
        }
    }
}

/// Statuses and the shared response that each refers to.
type Set = BTreeMap<String, RefOr<Response>>;

fn set(statuses: &[(u16, &str)]) -> Set {
    statuses.iter().map(|(status, name)| (status.to_string(), RefOr::Ref(Ref::from_response_name(*name)))).collect()
}

/// Of every operation that needs a key.
pub(crate) struct Own;

impl IntoResponses for Own {
    fn responses() -> Set {
        set(&[
            (400, "BadRequest"),
            (401, "Unauthorized"),
            (403, "Forbidden"),
            (404, "NotFound"),
            (406, "NotAcceptable"),
            (429, "TooManyRequests"),
            (500, "InternalError"),
        ])
    }
}

/// Of operations that need no key.
pub(crate) struct Public;

impl IntoResponses for Public {
    fn responses() -> Set {
        set(&[(400, "BadRequest"), (500, "InternalError")])
    }
}

/// Of pages that may not be there.
pub(crate) struct PublicPage;

impl IntoResponses for PublicPage {
    fn responses() -> Set {
        Public::responses().into_iter().chain(set(&[(404, "NotFound")])).collect()
    }
}

/// Of the readiness check.
pub(crate) struct Readiness;

impl IntoResponses for Readiness {
    fn responses() -> Set {
        Public::responses().into_iter().chain(set(&[(503, "Unavailable")])).collect()
    }
}

/// Of operations of the gateway's own that take a body.
pub(crate) struct OwnWrite;

impl IntoResponses for OwnWrite {
    fn responses() -> Set {
        let more = [(413, "PayloadTooLarge"), (415, "UnsupportedMediaType")];
        Own::responses().into_iter().chain(set(&more)).collect()
    }
}

/// Of reads of the ERP.
pub(crate) struct Read;

impl IntoResponses for Read {
    fn responses() -> Set {
        let more =
            [(501, "CapabilityNotSupported"), (502, "BadGateway"), (503, "Unavailable"), (504, "GatewayTimeout")];
        Own::responses().into_iter().chain(set(&more)).collect()
    }
}

/// Of POSTs that read the ERP.
pub(crate) struct Ask;

impl IntoResponses for Ask {
    fn responses() -> Set {
        Read::responses().into_iter().chain(OwnWrite::responses()).collect()
    }
}

/// Of acts.
pub(crate) struct Act;

impl IntoResponses for Act {
    fn responses() -> Set {
        let more = [(400, "BadActRequest"), (409, "ActRefused"), (422, "KeyReused"), (503, "ActUnavailable")];
        Ask::responses().into_iter().chain(set(&more)).collect()
    }
}

/// A document that the vendor cannot hold.
pub(crate) struct UnsupportedDocument;

impl IntoResponses for UnsupportedDocument {
    fn responses() -> Set {
        set(&[(422, "UnsupportedDocument")])
    }
}

/// Something of that name exists.
pub(crate) struct Exists;

impl IntoResponses for Exists {
    fn responses() -> Set {
        set(&[(409, "AlreadyExists")])
    }
}

/// Refusals of a trust unlock.
pub(crate) struct TrustUnlockConflict;

impl IntoResponses for TrustUnlockConflict {
    fn responses() -> Set {
        set(&[(409, "TrustUnlockRefused")])
    }
}

/// Refusals of a speed release.
pub(crate) struct SpeedReleaseConflict;

impl IntoResponses for SpeedReleaseConflict {
    fn responses() -> Set {
        set(&[(409, "SpeedReleaseRefused")])
    }
}

/// Refusals of an acceptance.
pub(crate) struct AcceptanceConflict;

impl IntoResponses for AcceptanceConflict {
    fn responses() -> Set {
        set(&[(403, "HolderForbidden"), (409, "AcceptanceRefused")])
    }
}

/// Refusals of a sign-in.
pub(crate) struct SignInRefused;

impl IntoResponses for SignInRefused {
    fn responses() -> Set {
        set(&[(403, "HolderForbidden")])
    }
}
