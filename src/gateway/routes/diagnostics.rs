//! Diagnostics.

use actix_web::web::ServiceConfig;
use ponte_api::diagnostics::Diagnostics;
use ponte_domain::reference::ContractRef;

use crate::answer::{JSON, served};
use crate::entry::{Answer, Entry, Read};
use crate::http::Place;
use crate::openapi::{params, problems};
use crate::present::{self, Scene};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(Place::at("/v1/tenants/{tenant}/contracts/{contract}/diagnostics").get(diagnostics));
}

/// Diagnose a contract's connection
///
/// Reads the eleven variables of the connection, each with its value in Portuguese, the same value typed, and a
/// verdict. A part that the ERP cannot give now is `unknown` and does not fail the whole.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/contracts/{contract}/diagnostics",
    operation_id = "getDiagnostics",
    tag = "Diagnostics",
    params(params::Tenant, params::Contract),
    responses((status = 200, description = "The diagnosis.", body = Diagnostics), problems::Read)
)]
pub(crate) async fn diagnostics(entry: Entry<Read, ContractRef>) -> Answer {
    let (scene, contract) = (Scene::of(&entry), entry.target.clone());
    let present = move |answer: &_| present::diagnostics::diagnostics(&scene, &contract, answer);
    Ok(served(entry.house.operations.diagnostics(&entry.visit, &entry.target, present).await?, JSON))
}
