//! Contracts.

use actix_web::web::ServiceConfig;
use ponte_api::contracts::{Contract, ContractList};
use ponte_domain::reference::{ContractRef, CustomerRef};

use crate::answer::{JSON, served};
use crate::entry::{Answer, Entry, Read};
use crate::http::Place;
use crate::openapi::{params, problems};
use crate::present::{self, Scene};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(Place::at("/v1/tenants/{tenant}/customers/{customer}/contracts").get(contracts))
        .service(Place::at("/v1/tenants/{tenant}/contracts/{contract}").get(contract));
}

/// List a customer's contracts
///
/// Lists all contracts with plan, state, access, address and logins, the active ones first.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/customers/{customer}/contracts",
    operation_id = "listCustomerContracts",
    tag = "Contracts",
    params(params::Tenant, params::Customer),
    responses((status = 200, description = "The contracts.", body = ContractList), problems::Read)
)]
pub(crate) async fn contracts(entry: Entry<Read, CustomerRef>) -> Answer {
    let scene = Scene::of(&entry);
    let present = move |contracts: &Vec<_>| present::contracts::contracts(&scene, contracts);
    Ok(served(entry.house.operations.contracts(&entry.visit, &entry.target, present).await?, JSON))
}

/// Read a contract
///
/// Reads one contract with its logins.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/contracts/{contract}",
    operation_id = "getContract",
    tag = "Contracts",
    params(params::Tenant, params::Contract),
    responses((status = 200, description = "The contract.", body = Contract), problems::Read)
)]
pub(crate) async fn contract(entry: Entry<Read, ContractRef>) -> Answer {
    let scene = Scene::of(&entry);
    let present = move |contract: &_| present::contracts::contract(&scene, contract);
    Ok(served(entry.house.operations.contract(&entry.visit, &entry.target, present).await?, JSON))
}
