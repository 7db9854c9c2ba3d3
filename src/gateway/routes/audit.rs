//! The audit trail, for operators.

use actix_web::web::ServiceConfig;
use ponte_api::audit::{AuditEntry, AuditList};
use ponte_api::keys::KeyId;
use ponte_api::words::{Instant, TenantName};
use ponte_domain::Failure;
use ponte_domain::tenant::TenantSlug;
use ponte_operations::audit::{AuditLine, AuditQuery};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer;
use crate::entry::{Answer, Desk};
use crate::http::Place;
use crate::openapi::problems;
use crate::problem::{Problem, ProblemKind};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(Place::at("/v1/audit").get(audit_trail));
}

/// Which entries, and how many.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AuditParameters {
    /// Of this tenant.
    #[param(inline, min_length = 2, max_length = 40, pattern = "^[a-z][a-z0-9-]{1,39}$")]
    tenant: Option<String>,
    /// By this key.
    #[param(inline, min_length = 12, max_length = 68, pattern = "^key_[A-Za-z0-9_-]{8,64}$")]
    key_id: Option<String>,
    /// Of this operation.
    #[param(inline, min_length = 1, max_length = 80, pattern = "^[a-z][a-z0-9_]{0,79}$", example = "trust_unlock")]
    operation: Option<String>,
    /// From this instant on.
    #[param(inline, format = DateTime, max_length = 35, example = "2026-11-20T00:00:00Z")]
    since: Option<String>,
    /// Before this instant.
    #[param(inline, format = DateTime, max_length = 35, example = "2026-11-21T00:00:00Z")]
    until: Option<String>,
    /// Before this entry: `next` of the page before.
    #[param(inline, minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    before: Option<i64>,
    /// Most entries of the answer; 100 unless told.
    #[param(inline, minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Read the audit trail
///
/// Lists who asked for what and what came of it, newest first, without personal data. Needs a key that reaches every
/// tenant.
#[utoipa::path(
    get,
    path = "/v1/audit",
    operation_id = "readAuditTrail",
    tag = "Tenants",
    params(AuditParameters),
    responses((status = 200, description = "The entries.", body = AuditList), problems::Own)
)]
pub(crate) async fn audit_trail(desk: Desk<AuditParameters>) -> Answer {
    desk.must_reach_all()?;
    let limit = desk.query.limit.unwrap_or(100);
    if !(1..=1000).contains(&limit) {
        return Err(wrong("limit", "a whole number from 1 to 1000"));
    }
    let lines = desk.house.operations.audit_entries(wanted(&desk.query)?, limit).await.map_err(in_query)?;
    let next = lines.last().filter(|_| lines.len() == limit as usize).map(|line| line.entry.number);
    Ok(answer::ok(&AuditList { entries: lines.into_iter().map(words).collect(), next }))
}

fn wanted(query: &AuditParameters) -> Result<AuditQuery, Problem> {
    let instant = |text: &Option<String>, name| match text {
        Some(text) => text.parse().map(Some).map_err(|_| wrong(name, "an RFC 3339 instant")),
        None => Ok(None),
    };
    if query.tenant.as_deref().is_some_and(|tenant| TenantSlug::parse(tenant).is_err()) {
        return Err(wrong("tenant", "a tenant's name"));
    }
    let is_key = |id: &str| {
        id.strip_prefix("key_").is_some_and(|rest| (8..=64).contains(&rest.len()) && rest.bytes().all(is_base64url))
    };
    if query.key_id.as_deref().is_some_and(|id| !is_key(id)) {
        return Err(wrong("key_id", "the id of a key"));
    }
    let is_word = |word: &str| {
        (1..=80).contains(&word.len())
            && word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if query.operation.as_deref().is_some_and(|word| !is_word(word)) {
        return Err(wrong("operation", "an operation's word"));
    }
    if query.before.is_some_and(|before| !(1..=LAST).contains(&before)) {
        return Err(wrong("before", "a number that an answer gave as next"));
    }
    Ok(AuditQuery {
        tenant: query.tenant.clone(),
        key_id: query.key_id.clone(),
        operation: query.operation.clone(),
        since: instant(&query.since, "since")?,
        until: instant(&query.until, "until")?,
        before: query.before,
    })
}

/// Largest whole number that every reader of JSON can hold.
const LAST: i64 = (1 << 53) - 1;

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

fn wrong(name: &'static str, expected: &str) -> Problem {
    Problem::new(ProblemKind::InvalidParameter, format!("The parameter must be {expected}.")).in_field(name)
}

fn in_query(failure: Failure) -> Problem {
    failure.in_field("tenant").into()
}

fn words(line: AuditLine) -> AuditEntry {
    let AuditLine { tenant, entry } = line;
    AuditEntry {
        at: Instant::utc(entry.at),
        request_id: entry.request_id,
        key_id: entry.caller.map(KeyId),
        tenant: tenant.map(TenantName),
        operation: entry.operation,
        target_kind: entry.target_kind,
        target_hash: entry.target,
        outcome: entry.outcome,
        status: entry.status,
    }
}
