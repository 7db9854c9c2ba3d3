//! The portal's sign-in (sections 2.6 and 4.j).

use serde_json::json;

use crate::http::{Request, Response};
use crate::town::Town;

use super::customers::address;
use super::dialect::{day, json_with, portal_forbidden};
use super::logins::{self, FOUR_HOURS};
use super::numbers::PEOPLE;
use super::request::{Asked, Route, Surface, form_value};
use super::{PORTAL_CLIENT_ID, PORTAL_CLIENT_SECRET, VERIFY_TOKEN};

pub(super) const ROUTES: &[Route] =
    &[Route { surface: Surface::Portal, method: "GET", path: "person_users/whoami", answer: who_am_i }];

/// A GET with all secrets in the query.
pub(super) fn authenticate(town: &mut Town, request: &Request) -> Response {
    if request.method != "GET" {
        return Response::new(405, "text/plain", "");
    }
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let field = |name| form_value(query, name).unwrap_or_default();
    let app = field("verify_token") == VERIFY_TOKEN
        && field("client_id") == PORTAL_CLIENT_ID
        && field("client_secret") == PORTAL_CLIENT_SECRET;
    if !app || field("grant_type") != "client_credentials" {
        return json_with(400, &json!({ "error": "invalid_client" }));
    }
    let (login, password) = (field("username"), field("password"));
    let known = |portal: &crate::town::people::Portal| portal.login == login && portal.password == password;
    let found = town.customers.iter().find(|one| one.portal.as_ref().is_some_and(known));
    let Some((id, name)) = found.map(|one| (one.id, one.name)) else {
        return json_with(403, &json!({ "status": "Invalid credentials.", "message": "Bad Credentials (2)" }));
    };
    let token = logins::subscriber_token(town, id);
    let answer = json!({
        "access_token": token,
        "expires_in": FOUR_HOURS,
        "token_type": "bearer",
        "scope": null,
        "person": { "id": PEOPLE.of(id), "name": name, "nameList": name },
    });
    json_with(200, &answer)
}

/// A few of its many columns.
fn who_am_i(town: &mut Town, asked: &Asked<'_>) -> Response {
    let owner = logins::subscriber(town, asked.request()).and_then(|id| town.customer(id));
    let Some(customer) = owner else { return portal_forbidden() };
    let data = json!({
        "id": PEOPLE.of(customer.id),
        "txId": customer.document_in_digits().formatted(),
        "typeTxId": if customer.born_on.is_some() { 2 } else { 1 },
        "name": customer.name,
        "email": customer.email,
        "cellPhone1": customer.mobile().map(ponte_domain::phone::Phone::national),
        "phone": customer.landline().map(ponte_domain::phone::Phone::national),
        "birthDate": customer.born_on.map(|on| format!("{} 00:00:00", day(on))),
        "status": i32::from(customer.active),
        "situation": 3,
        "client": true,
        "peopleAddress": address(town, customer),
    });
    json_with(200, &json!({ "data": data, "count": 1, "filtered": 1, "total": 1 }))
}
