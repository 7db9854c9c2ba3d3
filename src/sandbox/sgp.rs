//! SGP's (TSMX) wire format over the town, written from `erp-dossiers/sgp.md` (sections in the comments below) with
//! its quirks: reads by POST, credentials as fields of the form, one flat row per contract, a `status` that means
//! another thing on each route, dates in two formats in one row, passwords in the clear.
//!
//! What this installation is like: all documented routes are there, the token is restricted to none of them; the
//! routes of the subscriber refuse it. Neither interest nor fine is charged, so a title brought up to date is worth
//! what it was worth. A title that was issued today has no Pix code until somebody asks for one. The radius of a
//! maintenance is a POP. Contracts are activated in the back office only.

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
mod places;
mod sign_in;
mod tickets;
mod trust_unlock;
mod wifi;

use dialect::Route;

/// The application's exact name and its token, as the panel shows them. They open nothing but sandboxes.
const APP: &str = "Chatbot";
const TOKEN: &str = "00000000-0000-4000-8000-00000000c0de";

pub(crate) const SKIN: Skin = Skin {
    vendor: "sgp",
    product: "SGP (TSMX)",
    base_path: "",
    credentials,
    settings: |_| json!({ "vendor": { "speed_release": "promise" } }),
    answer,
    vendor_error: dialect::server_error,
    expired_login: dialect::forbidden,
    // A revoked token, a restricted one and one that calls too often get the same 403 (section 2.1, 3).
    no_permission: |_| dialect::forbidden(),
    missing_module: |_| dialect::not_found(),
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
    json!({ "app": APP, "token": TOKEN })
}

fn answer(town: &mut Town, request: &Request) -> Response {
    dialect::answer(town, request, ROUTES)
}
