//! One file per capability: the operation's words for the OpenAPI document, then the handler.
//!
//! A handler takes what its signature demands (`entry/`), makes one domain value of it, calls operations once and
//! hands the answer on. Deciding happens below, words are made in `present/`.

pub(crate) mod acceptance;
pub(crate) mod audit;
pub(crate) mod billing;
pub(crate) mod capabilities;
pub(crate) mod contacts;
pub(crate) mod contracts;
pub(crate) mod customers;
pub(crate) mod diagnostics;
pub(crate) mod fiscal_invoices;
mod forms;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod sign_in;
pub(crate) mod speed_release;
pub(crate) mod tenants;
pub(crate) mod test_mode;
pub(crate) mod tickets;
pub(crate) mod trust_unlock;
pub(crate) mod vendors;
pub(crate) mod wifi;

use actix_web::web::ServiceConfig;

/// All routes of the API.
pub(crate) fn all(config: &mut ServiceConfig) {
    config.configure(capability_routes).configure(own_routes);
}

/// The routes of the gateway's own: contact base, tenants, keys, health.
fn own_routes(config: &mut ServiceConfig) {
    for routes in [
        contacts::routes,
        vendors::routes,
        capabilities::routes,
        tenants::routes,
        keys::routes,
        audit::routes,
        health::routes,
        test_mode::routes,
    ] {
        config.configure(routes);
    }
}

/// The capabilities' routes, in the order in which they are matched: a longer path before a shorter one that would
/// take it for an id.
fn capability_routes(config: &mut ServiceConfig) {
    for routes in [
        sign_in::routes,
        customers::routes,
        contracts::routes,
        billing::routes,
        fiscal_invoices::routes,
        trust_unlock::routes,
        speed_release::routes,
        acceptance::routes,
        diagnostics::routes,
        tickets::routes,
        wifi::routes,
    ] {
        config.configure(routes);
    }
}
