//! Hubsoft's integration API over the town, written from `erp-dossiers/hubsoft.md` (sections in the
//! comments below) with its quirks: refusals under status 200, `suscess`, silent limits, dates in
//! three forms, passwords in every customer, GET requests that act.
//!
//! What this installation is like: ERP 1.117 or newer (unlocks, ratings and device management are
//! there); the API user has all permissions; three days are the most that a trust unlock may ask
//! for; `cpf_cnpj` holds digits only, so a company with letters in its CNPJ is here under its
//! numeric twin.

use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::roster::Skin;
use crate::town::Town;

mod acceptance;
mod ask;
mod billing;
mod contracts;
mod customers;
mod devices;
mod dialect;
mod fiscal_invoices;
mod network;
mod numbers;
mod sign_in;
mod speed_release;
mod tickets;
mod trust_unlock;
mod wifi;
mod wording;

use ask::{Ask, Route};
use dialect::Refusal;

pub(crate) const SKIN: Skin = Skin {
    vendor: "hubsoft",
    product: "HubSoft",
    base_path: "",
    credentials,
    settings,
    answer,
    vendor_error,
    expired_login: dialect::unauthenticated,
    no_permission,
    missing_module: |_| dialect::no_such_route(),
};

/// All under `/api/v1/integracao/`, with a token.
const ROUTES: &[&[Route]] = &[
    customers::ROUTES,
    contracts::ROUTES,
    billing::ROUTES,
    fiscal_invoices::ROUTES,
    trust_unlock::ROUTES,
    speed_release::ROUTES,
    acceptance::ROUTES,
    network::ROUTES,
    devices::ROUTES,
    tickets::ROUTES,
    sign_in::ROUTES,
    wifi::ROUTES,
];

/// Papers behind links: public, by a hash that nobody guesses (section 4.c); and the provider's own site.
const PAPERS: &[&[Route]] = &[billing::PAPERS, fiscal_invoices::PAPERS, acceptance::PAPERS];

fn credentials() -> Value {
    json!({
        "client_id": dialect::CLIENT_ID,
        "client_secret": dialect::CLIENT_SECRET,
        "username": dialect::USERNAME,
        "password": dialect::PASSWORD,
    })
}

/// What the ERP has no route for and a tenant therefore says: where the provider's standard contract is, and which
/// ticket types belong together.
fn settings(base_url: &str) -> Value {
    json!({ "vendor": {
        "contract_document": format!("{base_url}/site/contrato-padrao.pdf"),
        "ticket_sectors": "Comercial: 11, 12; Financeiro: 13, 14; Técnico: 15, 16",
    } })
}

/// A refusal with status 200 and without a code (section 3).
fn vendor_error() -> Response {
    Refusal::new("Não foi possível processar a solicitação. Tente novamente mais tarde.").response()
}

/// The API user's rights are set one by one in the panel (section 3).
fn no_permission(_: &Request) -> Response {
    Refusal::new("Usuário sem permissão para acessar este recurso").response()
}

fn answer(town: &mut Town, request: &Request) -> Response {
    if request.path == "/oauth/token" {
        return dialect::issue_token(town, request);
    }
    // `POST /cliente/autenticacao/` is shown with and without its slash (section 2.2).
    let place = request.path.trim_matches('/');
    if let Some((route, id)) = ask::find(PAPERS, &request.method, place) {
        return run(town, request, route, id);
    }
    let Some(place) = place.strip_prefix("api/v1/integracao/") else { return dialect::no_such_route() };
    if let Err(refused) = dialect::authorize(town, request) {
        return refused;
    }
    match ask::find(ROUTES, &request.method, place) {
        Some((route, id)) => run(town, request, route, id),
        None => dialect::no_such_route(),
    }
}

fn run(town: &mut Town, request: &Request, route: &Route, id: &str) -> Response {
    match Ask::read(request, id) {
        Ok(ask) => (route.run)(town, &ask).unwrap_or_else(|refusal| refusal.response()),
        Err(refusal) => refusal.response(),
    }
}
