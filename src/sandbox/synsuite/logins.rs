//! Tokens: the integrator's, for an hour, and the subscriber's, for four (sections 2.2 and 2.6).

use jiff::{Timestamp, ToSpan as _};
use serde_json::json;

use crate::http::{Request, Response};
use crate::town::Town;
use crate::town::id::Id;
use crate::town::people::Customer;

use super::dialect::{json_with, unauthorized};
use super::request::form_value;
use super::{CLIENT_ID, CLIENT_SECRET, SYNDATA, VERIFY_TOKEN};

const HOUR: i32 = 3_600;
pub(super) const FOUR_HOURS: i32 = 14_400;

/// `connect/token`: a form of exactly five fields.
pub(super) fn issue_token(town: &mut Town, request: &Request) -> Response {
    if request.method != "POST" {
        return Response::new(405, "text/plain", "");
    }
    let form = request.header("content-type").unwrap_or_default();
    let body = String::from_utf8_lossy(&request.body);
    if !form.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        return oauth_error("invalid_request");
    }
    let field = |name| form_value(&body, name).unwrap_or_default();
    if field("client_id") != CLIENT_ID || field("client_secret") != CLIENT_SECRET || field("syndata") != SYNDATA {
        return oauth_error("invalid_client");
    }
    if field("grant_type") != "client_credentials" {
        return oauth_error("unsupported_grant_type");
    }
    if field("scope") != "syngw" {
        return oauth_error("invalid_scope");
    }
    let token = format!("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.{:06x}.c2ln", draw(town));
    keep(town, &token, HOUR, "integrator");
    let answer = json!({ "access_token": token, "expires_in": HOUR, "token_type": "Bearer", "scope": "syngw" });
    json_with(200, &answer)
}

fn oauth_error(word: &str) -> Response {
    json_with(400, &json!({ "error": word }))
}

/// A token for one subscriber.
pub(super) fn subscriber_token(town: &mut Town, customer: Id<Customer>) -> String {
    let token = format!("MzRlYmU0{:06x}", draw(town));
    keep(town, &token, FOUR_HOURS, &customer.to_string());
    token
}

/// The bearer of the two APIs that see everybody.
pub(super) fn check_bearer(town: &Town, request: &Request) -> Result<(), Response> {
    match owner(town, request) {
        Some("integrator") => Ok(()),
        _ => Err(unauthorized()),
    }
}

/// The portal wants the bearer and the provider's token beside it.
pub(super) fn check_subscriber(town: &Town, request: &Request) -> Result<(), Response> {
    let verified = request.header("verify-token") == Some(VERIFY_TOKEN);
    let known = verified && subscriber(town, request).is_some();
    if known { Ok(()) } else { Err(oauth_refusal()) }
}

/// Whose the bearer is.
pub(super) fn subscriber(town: &Town, request: &Request) -> Option<Id<Customer>> {
    owner(town, request).and_then(Id::read)
}

fn oauth_refusal() -> Response {
    let words = json!({ "error": "invalid_grant", "error_description": "The access token provided is invalid." });
    json_with(401, &words)
}

fn owner<'t>(town: &'t Town, request: &Request) -> Option<&'t str> {
    let (scheme, token) = request.header("authorization")?.split_once(' ')?;
    let kept = scheme.eq_ignore_ascii_case("bearer").then(|| town.cabinet.kept(&slip(token.trim())))??;
    let (until, owner) = kept.split_once(' ')?;
    let until: Timestamp = until.parse().ok()?;
    (town.now < until).then_some(owner)
}

/// The next number: two tokens of one second differ.
fn draw(town: &mut Town) -> u32 {
    let drawn = town.cabinet.kept("tokens").and_then(|text| text.parse().ok()).unwrap_or(0_u32).saturating_add(1);
    town.cabinet.keep("tokens", &drawn.to_string());
    drawn
}

fn keep(town: &mut Town, token: &str, seconds: i32, owner: &str) {
    let until = town.now.saturating_add(seconds.seconds()).unwrap_or(Timestamp::MAX);
    town.cabinet.keep(&slip(token), &format!("{until} {owner}"));
}

fn slip(token: &str) -> String {
    format!("token {token}")
}
