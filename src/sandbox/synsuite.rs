//! Synsuite's (ERPVoalle's) wire format over the town, written from `erp-dossiers/synsuite.md` (sections in the
//! comments below) and `erp-specs/synsuite.yaml`, with its quirks: a token server and two APIs with one bearer, a portal
//! with another, refusals under status 200, words in four shapes, a contract with an id and a number that differ,
//! a customer list that ignores its filters, a trust unlock that tells no date.
//!
//! What this installation is like: one host serves what a real one has on two ports and a third host. The field for
//! documents takes digits only, so a CNPJ with letters stands there under its numeric twin. Boletos of the monthly run
//! carry their Pix, one made apart from it gets one when it is asked for, and the bank of the southern branch has none.
//! Contracts are signed on another site, so a signature cannot be put here. The portal's own tickets and the recovery of
//! its password are not played.

use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::roster::Skin;
use crate::town::Town;

mod acceptance;
mod billing;
mod catalogues;
mod contracts;
mod customers;
mod diagnostics;
mod dialect;
mod fiscal_invoices;
mod logins;
mod numbers;
mod request;
mod sign_in;
mod tickets;
mod trust_unlock;
mod wifi;

use request::{Asked, Route, Surface};

/// Client id of the sandbox's integrator user. It opens nothing but sandboxes.
const CLIENT_ID: &str = "6f1c2b7a-integrador-ponte";
/// Its secret.
const CLIENT_SECRET: &str = "f3b0c442-98fc-4c14-9afb-f4c8996fb924";
/// The provider's own token, a field of the token request.
const SYNDATA: &str = "TWpNMU9EYzVaakk1T0dSaU1USmxaalprWldReE9UbGxNMlE1WWpRPTpaWGhsYlhCc2J3PT0=";
/// The portal's verify token.
const VERIFY_TOKEN: &str = "c0ffee5a1d4e4b7f9a2e6d8c3b1f0a99";
/// Client id of the portal's app.
const PORTAL_CLIENT_ID: &str = "9_2kq8xw7m1zs0sc4";
/// Its secret.
const PORTAL_CLIENT_SECRET: &str = "4y6vxv8w2nk0co8sgc0ks8ow";

pub(crate) const SKIN: Skin = Skin {
    vendor: "synsuite",
    product: "Synsuite (ERPVoalle)",
    base_path: "",
    credentials,
    settings,
    answer,
    vendor_error,
    expired_login: dialect::unauthorized,
    no_permission: dialect::forbidden,
    missing_module: |_| dialect::nowhere(),
};

const ROUTES: &[&[Route]] = &[
    customers::ROUTES,
    contracts::ROUTES,
    billing::ROUTES,
    fiscal_invoices::ROUTES,
    trust_unlock::ROUTES,
    acceptance::ROUTES,
    diagnostics::ROUTES,
    tickets::ROUTES,
    catalogues::ROUTES,
    sign_in::ROUTES,
    wifi::ROUTES,
];

fn credentials() -> Value {
    json!({
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "syndata": SYNDATA,
        "portal_verify_token": VERIFY_TOKEN,
        "portal_client_id": PORTAL_CLIENT_ID,
        "portal_client_secret": PORTAL_CLIENT_SECRET,
    })
}

/// The ids that a ticket needs are each provider's own (section 4.i).
fn settings(_base_url: &str) -> Value {
    json!({ "tickets": { "sectors": catalogues::routes_of_sectors() } })
}

/// A refusal that says nothing, under status 200 (section 3, rule 1).
fn vendor_error() -> Response {
    dialect::refused("Ocorreu um erro ao processar a requisição.")
}

fn answer(town: &mut Town, request: &Request) -> Response {
    let path = request.path.to_ascii_lowercase();
    if path == "/connect/token" {
        return logins::issue_token(town, request);
    }
    if path == "/portal_authentication" {
        return sign_in::authenticate(town, request);
    }
    let Some((surface, rest)) = Surface::of(&request.path) else { return dialect::nowhere() };
    let refused = match surface {
        Surface::ThirdParty | Surface::Map => logins::check_bearer(town, request),
        Surface::Portal => logins::check_subscriber(town, request),
        Surface::Web => Ok(()),
    };
    if let Err(refused) = refused {
        return refused;
    }
    let routes = || ROUTES.iter().copied().flatten().filter(|route| route.surface == surface);
    let found = routes().find_map(|route| {
        let parts = route.parts(rest)?;
        (route.method == request.method).then_some((route, parts))
    });
    match found {
        Some((route, parts)) => (route.answer)(town, &Asked::new(request, parts)),
        None if routes().any(|route| route.parts(rest).is_some()) => Response::new(405, "text/plain", ""),
        None => dialect::nowhere(),
    }
}
