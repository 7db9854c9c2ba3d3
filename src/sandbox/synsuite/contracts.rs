//! Contracts and their connections (section 4.b).

use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::{Access, Contract, Standing};
use crate::town::network::Login;

use super::customers::{address, of_document};
use super::dialect::{self, Silence, good, midnight, portal, reais};
use super::logins;
use super::numbers::{CONNECTIONS, CONTRACTS, PEOPLE, contract_number, contract_numbered, service_tag};
use super::request::{Asked, Route, Surface, number, text};

pub(super) const ROUTES: &[Route] = &[
    Route { surface: Surface::ThirdParty, method: "POST", path: "contract/getpaged", answer: paged },
    Route { surface: Surface::Map, method: "POST", path: "connection/by/userdata", answer: by_user_data },
    Route { surface: Surface::Map, method: "GET", path: "connection/all/deleted", answer: removed },
    Route { surface: Surface::Map, method: "GET", path: "connection/all/deleted/paged", answer: removed_paged },
    Route { surface: Surface::Portal, method: "GET", path: "people/{}/contracts", answer: of_subscriber },
];

/// Code and text of a contract's status: the table of section 4.b.
pub(super) fn status(town: &Town, contract: &Contract) -> (u8, &'static str) {
    match (contract.standing, contract.access_at(town.clock())) {
        (Standing::Cancelled(_), _) => (4, "Cancelado"),
        (_, Access::BlockedForDebt(_)) => (6, "Bloqueio Financeiro"),
        (_, Access::BlockedByHand) => (7, "Bloqueio Administrativo"),
        (_, Access::Active | Access::LateNotice | Access::AwaitingSignature | Access::Disabled) => (1, "Normal"),
    }
}

fn stage(contract: &Contract) -> (u8, &'static str) {
    match contract.standing {
        Standing::PreContract => (2, "Em aprovação"),
        Standing::Active | Standing::Cancelled(_) => (3, "Aprovado"),
    }
}

/// Status of a connection; 3 still passes traffic.
fn connection_status(town: &Town, contract: &Contract) -> u8 {
    match contract.access_at(town.clock()) {
        Access::Active => 1,
        Access::LateNotice => 3,
        Access::BlockedForDebt(_) | Access::BlockedByHand | Access::AwaitingSignature | Access::Disabled => 2,
    }
}

/// A connection is made when the contract is approved, and removed when it ends.
pub(super) fn has_connection(contract: &Contract) -> bool {
    contract.standing == Standing::Active
}

fn paged(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(body) = asked.body() else { return dialect::bad_request() };
    let digits = text(&body, "txId");
    let wanted = text(&body, "contractNumber");
    let active_only = body.get("onlyActiveContracts").and_then(Value::as_bool).unwrap_or(false);
    let owner = digits.map(|digits| of_document(town, digits).map(|one| one.id));
    let rows: Vec<Value> = town
        .contracts
        .iter()
        .filter(|one| owner.is_none_or(|owner| owner == Some(one.customer)))
        .filter(|one| wanted.is_none_or(|wanted| contract_number(one.id) == wanted))
        .filter(|one| !active_only || !matches!(one.standing, Standing::Cancelled(_)))
        .map(|one| contract(town, one))
        .collect();
    let size = number(&body, "pageSize").and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
    let page = number(&body, "page").and_then(|page| usize::try_from(page).ok()).filter(|page| *page > 0);
    // A document or a number frees from paging.
    let free = digits.is_some() || wanted.is_some();
    match (page, size) {
        (Some(page), Some(size)) => dialect::page(&rows, (page, size)),
        _ if free => dialect::page(&rows, (1, rows.len().max(1))),
        _ => dialect::refused("Informe a página e o tamanho da página."),
    }
}

fn contract(town: &Town, contract: &Contract) -> Value {
    let customer = town.customer(contract.customer);
    let plan = town.plan(contract.plan);
    json!({
        "id": CONTRACTS.of(contract.id),
        "contractNumber": contract_number(contract.id),
        "contractStatus": status(town, contract).0,
        "collectionDay": contract.due_day,
        "clientInformation": {
            "clientTxId": customer.map(|one| one.document_in_digits().formatted()),
            "name": customer.map(|one| one.name),
            "email": customer.map(|one| one.email),
        },
        "servicesInformation": plan.map(|plan| vec![json!({
            "code": format!("1.{}", plan.id),
            "description": plan.name,
            "amount": reais(plan.price),
        })]),
        "stage": stage(contract).0,
        "beginningDate": contract.activated_on.map(midnight),
        "finalDate": final_date(contract),
    })
}

fn final_date(contract: &Contract) -> Option<String> {
    match contract.standing {
        Standing::Cancelled(on) => Some(midnight(on)),
        Standing::PreContract | Standing::Active => None,
    }
}

/// An array for each contract inside one array.
fn by_user_data(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(body) = asked.body() else { return dialect::bad_request() };
    let list = |name: &str| body.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let (contracts, users, tags) = (list("contractIds"), list("users"), list("serviceTags"));
    let asked_for = |login: &Login| {
        contracts.contains(&json!(CONTRACTS.of(login.contract)))
            || users.contains(&json!(login.username))
            || tags.contains(&json!(service_tag(login.id)))
    };
    let groups: Vec<Vec<Value>> = town
        .contracts
        .iter()
        .filter(|one| has_connection(one))
        .map(|one| {
            town.logins_of(one.id).filter(|login| asked_for(login)).map(|login| connection(town, one, login)).collect()
        })
        .filter(|group: &Vec<Value>| !group.is_empty())
        .collect();
    good(json!(groups), Silence::Null, "GroupedEnumerable`2")
}

fn connection(town: &Town, contract: &Contract, login: &Login) -> Value {
    let mut row = bare_connection(town, contract, login);
    row["status"] = json!(connection_status(town, contract));
    row
}

fn bare_connection(town: &Town, contract: &Contract, login: &Login) -> Value {
    let customer = town.customer(login.customer);
    let (status, status_text) = status(town, contract);
    let (stage, stage_text) = stage(contract);
    json!({
        "id": CONNECTIONS.of(login.id),
        "user": login.username,
        "integrationCode": null,
        "serviceTag": service_tag(login.id),
        "equipmentSerialNumber": login.serial,
        "mac": login.mac,
        "integrationCodeMap": null,
        "client": {
            "id": PEOPLE.of(login.customer),
            "name": customer.map(|one| one.name),
            "txId": customer.map(|one| one.document_in_digits().as_str().to_owned()),
        },
        "address": customer.map(|one| address(town, one)),
        "splitter": login.serial.map(|_| json!({ "id": 12, "title": "CTO-12", "port": login.id.number() % 8 + 1 })),
        "contract": {
            "id": CONTRACTS.of(contract.id),
            "status": status,
            "statusDescription": status_text,
            "stage": stage,
            "stageDescription": stage_text,
        },
        "authenticationAccessPoint": null,
    })
}

fn removed_rows(town: &Town) -> Vec<Value> {
    let ended = town.contracts.iter().filter(|one| matches!(one.standing, Standing::Cancelled(_)));
    ended.flat_map(|one| town.logins_of(one.id).map(|login| bare_connection(town, one, login))).collect()
}

/// Connections that were removed have no status of their own (section 4.h).
fn removed(town: &mut Town, _: &Asked<'_>) -> Response {
    good(json!(removed_rows(town)), Silence::Null, "List`1")
}

fn removed_paged(town: &mut Town, asked: &Asked<'_>) -> Response {
    dialect::page(&removed_rows(town), asked.paging())
}

/// The subscriber's contracts on the portal, whose dates are PHP's.
fn of_subscriber(town: &mut Town, asked: &Asked<'_>) -> Response {
    let owner = PEOPLE.read(asked.part(0));
    if owner.is_none() || owner != logins::subscriber(town, asked.request()) {
        return dialect::portal_forbidden();
    }
    let row = |one: &Contract| {
        json!({
            "id": CONTRACTS.of(one.id),
            "contractNumber": contract_number(one.id),
            "status": status(town, one).0,
            "contractType": { "id": 3, "title": "Internet residencial" },
            "collectionDay": one.due_day,
            "automaticBlocking": true,
            "beginningDate": one.activated_on.map(|on| json!({
                "date": format!("{} 00:00:00.000000", dialect::day(on)),
                "timezone_type": 3,
                "timezone": "America/Sao_Paulo",
            })),
            "finalDate": final_date(one).map(|text| text.replace('T', " ")),
        })
    };
    let rows: Vec<Value> = town.contracts.iter().filter(|one| Some(one.customer) == owner).map(row).collect();
    portal(&rows)
}

/// The contract of an id in a path.
pub(super) fn by_id<'t>(town: &'t Town, id: &str) -> Option<&'t Contract> {
    CONTRACTS.read(id).and_then(|id| town.contract(id))
}

/// The contract of a number in a path.
pub(super) fn by_number<'t>(town: &'t Town, number: &str) -> Option<&'t Contract> {
    contract_numbered(town, number)
}
