//! MK Solutions' wire format over the town, written from `erp-dossiers/mk-solutions.md` and
//! `erp-specs/mk-solutions.yaml` (sections in the comments below): rules that are asked and also act by GET, the
//! session token in the query, errors under status 200, and UTF-8 that calls itself Latin-1 and is broken.
//!
//! What this installation is like: release 109.53 with the paid module and the core API; sessions of 30 minutes
//! without a limit of uses; documents in digits only, so the company stands under its numeric twin; neither fine nor
//! interest is charged; every ticket of its own staff has a work order, those that come by the API have none until
//! somebody makes one; `diasexcecao` never gives more than the three days of its settings.

use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::roster::{self, Skin};
use crate::town::Town;

mod acceptance;
mod billing;
mod charset;
mod contracts;
mod core_api;
mod customers;
mod diagnostics;
mod dialect;
mod papers;
mod session;
mod sign_in;
mod tickets;
mod topics;
mod trust_unlock;
mod work_orders;

use dialect::{Params, Rule};

/// The permanent token of the ERP user, and the password of the webservice profile (section 2.1). They open nothing
/// but sandboxes.
const USER_TOKEN: &str = "5f0c1e7d9a3b48266a41c0d2e5b7f893";
const PROFILE_PASSWORD: &str = "contra-senha-exemplo-2026";

pub(crate) const SKIN: Skin = Skin {
    vendor: "mk-solutions",
    product: "MK Solutions",
    base_path: "",
    credentials,
    settings: roster::no_settings,
    answer,
    vendor_error,
    expired_login: dialect::session_over,
    no_permission,
    missing_module,
};

/// The rules of the paid module (section 1, and "special" in the sections of the capabilities).
const SPECIAL: &[&str] = &[
    "WSMKconsultaContratoDoc",
    "WSMKFaturas",
    "WSMKRetornarCopieColaPix",
    "WSMKAutoDesbloqueio",
    "WSMKAutoDesbloqueioV2",
    "WSMKAceiteContratualPendente",
    "WSMKAceiteSelfieAssinatura",
    "WSMKAtivarContrato",
    "WSMKAtendimentoComentario",
    "WSMKAtendimentoResgate",
    "WSMKCriarOrdemServico",
];

const RULES: &[&[Rule]] = &[
    customers::RULES,
    contracts::RULES,
    billing::RULES,
    trust_unlock::RULES,
    acceptance::RULES,
    diagnostics::RULES,
    tickets::RULES,
    topics::RULES,
    work_orders::RULES,
    sign_in::RULES,
];

fn credentials() -> Value {
    json!({ "token": USER_TOKEN, "password": PROFILE_PASSWORD })
}

/// A refusal without a code, as in section 3.2.
fn vendor_error() -> Response {
    dialect::refused("Erro ao processar a solicitação.")
}

/// A service that is not ticked in the profile is refused like a token that is not known, though the login was good;
/// at the login itself it is the list of addresses (section 3.3, both assumed).
fn no_permission(request: &Request) -> Response {
    if request.path.starts_with("/core-api/") {
        return core_api::forbidden();
    }
    match rule_name(request) {
        Some("WSAutenticacao") => dialect::refused("IP não autorizado para consumo de serviços."),
        _ => dialect::unknown_token(),
    }
}

/// Section 3.3: the servlet's page for a rule of the paid module, Tomcat's for a rule that this release does not have
/// and for the core API where it is not installed.
fn missing_module(request: &Request) -> Response {
    match rule_name(request) {
        Some(name) if SPECIAL.contains(&name) => dialect::servlet_page(),
        _ => dialect::no_such_page(),
    }
}

fn rule_name(request: &Request) -> Option<&str> {
    request.path.strip_prefix("/mk/")?.strip_suffix(".rule")
}

fn answer(town: &mut Town, request: &Request) -> Response {
    if let Some(place) = request.path.strip_prefix("/core-api/") {
        return core_api::answer(town, place, request);
    }
    if let Some(file) = request.path.strip_prefix("/mk/tmp/") {
        return papers::answer(town, file, &request.method);
    }
    let Some(name) = rule_name(request) else { return dialect::no_such_page() };
    if !matches!(request.method.as_str(), "GET" | "POST") {
        return dialect::no_such_page();
    }
    let params = Params::read(request);
    if params.text("sys") != "MK0" {
        return dialect::servlet_page();
    }
    if name == "WSAutenticacao" {
        return dialect::told(session::log_in(town, &params));
    }
    let Some(rule) = RULES.iter().copied().flatten().find(|rule| rule.name == name) else {
        return dialect::no_such_page();
    };
    match session::check(town, params.text("token")) {
        Ok(()) => dialect::told((rule.run)(town, &params)),
        Err(refusal) => refusal,
    }
}

#[cfg(test)]
mod tests;
