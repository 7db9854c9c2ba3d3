//! IXC Provedor's wire format over the town, written from `erp-dossiers/ixc.md` (sections in the
//! comments below) with its quirks: rows of text columns, list or insert by a header, passwords in
//! every row, success that is none, errors under status 200.
//!
//! What this installation is like: API token of user 11; the paid signature module is not bought
//! (its routes are "not available"), the ACS and map modules are; customers registered before 2023
//! came from an older ERP with unformatted documents and phones; neither interest nor fine is
//! charged, so `get_boleto` has nothing to bring up to date.

use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::roster::{self, Skin};
use crate::town::Town;

mod acceptance;
mod billing;
mod catalogues;
mod contracts;
mod customers;
mod diagnostics;
mod dialect;
mod fiscal_invoices;
mod list;
mod prices;
mod query;
mod row;
mod speed_release;
mod table;
mod tickets;
mod trust_unlock;
mod wifi;
mod work_orders;

use dialect::{Action, Refusal};
use table::Table;

/// The API token of the sandbox's IXC, as the ERP shows it. It opens nothing but sandboxes.
pub const TOKEN: &str = "11:5a9d0c7b3e1f48266a41c0d2e5b7f8939f0e1d2c3b4a59687786950a1b2c3d4e";

pub(crate) const SKIN: Skin = Skin {
    vendor: "ixc",
    product: "IXC Provedor",
    base_path: "",
    credentials,
    settings: roster::no_settings,
    answer,
    vendor_error,
    expired_login: dialect::unauthorized,
    no_permission: |_| Refusal::new("Usuário sem permissão para acessar este recurso!").response(),
    missing_module: |request| {
        let resource = request.path.split('/').nth(3).unwrap_or_default();
        not_available(resource)
    },
};

const TABLES: &[&[Table]] = &[
    customers::TABLES,
    contracts::TABLES,
    prices::TABLES,
    catalogues::TABLES,
    billing::TABLES,
    fiscal_invoices::TABLES,
    acceptance::TABLES,
    diagnostics::TABLES,
    tickets::TABLES,
    work_orders::TABLES,
    wifi::TABLES,
];

const ACTIONS: &[&[Action]] = &[
    billing::ACTIONS,
    fiscal_invoices::ACTIONS,
    trust_unlock::ACTIONS,
    speed_release::ACTIONS,
    contracts::ACTIONS,
    acceptance::ACTIONS,
    diagnostics::ACTIONS,
    tickets::ACTIONS,
    wifi::ACTIONS,
];

fn credentials() -> Value {
    json!({ "token": TOKEN })
}

/// The generic error with a log id, section 3.2.
fn vendor_error() -> Response {
    Refusal::generic().response()
}

fn answer(town: &mut Town, request: &Request) -> Response {
    let Some(place) = request.path.strip_prefix("/webservice/") else {
        return dialect::not_found();
    };
    if let Err(refused) = dialect::authorize(request) {
        return refused;
    }
    // A trailing slash before an empty id is accepted (section 2.1).
    let mut parts = place.trim_end_matches('/').splitn(3, '/');
    let (version, resource, id) = (parts.next(), parts.next(), parts.next());
    let version = version.unwrap_or_default();
    if version != "v1" {
        return Refusal::new(format!("Versão {version} do webservice não está disponível!")).response();
    }
    let resource = resource.unwrap_or_default();
    if let Some(action) = ACTIONS.iter().copied().flatten().find(|action| action.name == resource) {
        return dialect::act(town, action, request);
    }
    match TABLES.iter().copied().flatten().find(|table| table.name == resource) {
        Some(table) => over_table(town, table, id, request),
        None => not_available(resource),
    }
}

/// The header, not the verb, tells a list from an insert (section 2.1).
fn over_table(town: &mut Town, table: &Table, id: Option<&str>, request: &Request) -> Response {
    let listed = request.header("ixcsoft").is_some_and(|value| value.trim().eq_ignore_ascii_case("listar"));
    match (request.method.as_str(), id) {
        ("GET" | "POST", None) if listed => list::answer(town, table, request),
        ("GET", None) => dialect::not_found(),
        ("POST", None) => table::insert(town, table, request),
        ("PUT", Some(id)) => table::update(town, table, id, request),
        _ => not_available(table.name),
    }
}

/// Section 3.2: a route that does not exist or was not opened for this installation.
fn not_available(resource: &str) -> Response {
    Refusal::new(format!("Recurso {resource} não está disponível!")).response()
}
