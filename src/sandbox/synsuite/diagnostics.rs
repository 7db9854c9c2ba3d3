//! Equipment and its maintenance; the subscriber's connections on the portal (section 4.h).

use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::{Access, Contract};
use crate::town::network::{Login, Technology};

use super::contracts::{by_id, has_connection, status};
use super::dialect::{self, Silence, good, moment, portal};
use super::logins;
use super::numbers::{CONNECTIONS, CONTRACTS, PEOPLE, SERVICE_TAGS, contract_number, service_tag};
use super::request::{Asked, Route, Surface};
use super::trust_unlock::attempts;

pub(super) const ROUTES: &[Route] = &[
    Route {
        surface: Surface::ThirdParty,
        method: "GET",
        path: "getaccesspointstatusbycontract/{}",
        answer: of_contract,
    },
    Route { surface: Surface::ThirdParty, method: "GET", path: "getaccesspointstatusbyclient/{}", answer: of_person },
    Route { surface: Surface::Portal, method: "GET", path: "people/{}/authentications", answer: of_subscriber },
];

/// What a connection hangs on.
fn access_point(login: &Login) -> (u32, &'static str) {
    match login.technology {
        Technology::Fiber => (3, "OLT-CENTRO"),
        Technology::Radio => (5, "TORRE-SUL"),
        Technology::Adsl => (7, "DSLAM-SANTO-AMARO"),
    }
}

/// Of the equipment: whether the subscriber is online is nowhere.
fn point_row(town: &Town, login: &Login) -> Value {
    let area = town.area_of(login.id);
    json!({
        "title": access_point(login).1,
        "inMaintenance": area.is_some(),
        "maintenance": area.map(|area| json!({
            "title": area.title,
            "description": area.message,
            "beginningDate": moment(area.opened_at),
            "finalDate": moment(area.expected_return),
        })),
        "active": true,
    })
}

fn of_contract(town: &mut Town, asked: &Asked<'_>) -> Response {
    let contract = by_id(town, asked.part(0)).filter(|one| has_connection(one));
    match contract.and_then(|one| town.logins_of(one.id).next()) {
        Some(login) => good(point_row(town, login), Silence::Null, "AccessPointStatus"),
        None => dialect::not_found(),
    }
}

fn of_person(town: &mut Town, asked: &Asked<'_>) -> Response {
    let person = PEOPLE.read(asked.part(0));
    let contracts = town.contracts.iter().filter(|one| Some(one.customer) == person && has_connection(one));
    let rows: Vec<Value> =
        contracts.flat_map(|one| town.logins_of(one.id)).map(|login| point_row(town, login)).collect();
    good(json!(rows), Silence::Null, "List`1")
}

/// With three passwords in the clear, and the counts of trust unlocks.
fn of_subscriber(town: &mut Town, asked: &Asked<'_>) -> Response {
    let owner = PEOPLE.read(asked.part(0));
    if owner.is_none() || owner != logins::subscriber(town, asked.request()) {
        return dialect::portal_forbidden();
    }
    let town: &Town = town;
    let contracts = town.contracts.iter().filter(|one| Some(one.customer) == owner && has_connection(one));
    let rows: Vec<Value> =
        contracts.flat_map(|one| town.logins_of(one.id).map(move |login| row(town, one, login))).collect();
    portal(&rows)
}

fn row(town: &Town, contract: &Contract, login: &Login) -> Value {
    let (used, left) = attempts(town, contract.id);
    let (point, point_title) = access_point(login);
    let address = town.customer(login.customer).map(|one| &one.address);
    let city = address.and_then(|one| town.city(one.city));
    json!({
        "id": CONNECTIONS.of(login.id),
        "user": login.username,
        "password": login.password,
        "equipmentPassword": "admin-do-equipamento",
        "ipType": 2,
        "ipTypeAsText": "Pelo CE",
        "active": login.enabled,
        "serviceTagId": SERVICE_TAGS.of(login.id),
        "contract": {
            "id": CONTRACTS.of(contract.id),
            "contract_number": contract_number(contract.id),
            "description": format!("Contrato {}", contract_number(contract.id)),
            "status": status(town, contract).0,
            "unblockAttemptCount": used,
            "remainingUnblockAttempts": left,
        },
        "serviceProduct": town.plan(contract.plan).map(|plan| json!({ "id": plan.id.number(), "title": plan.name })),
        "authenticationAddressList": address_list(contract.access_at(town.clock())),
        "authenticationConcentrator": { "id": 1, "title": "BNG-01" },
        "authenticationAccessPoint": { "id": point, "title": point_title },
        "ipAuthentication": { "id": 9, "ip": login.ip },
        "contractServiceTag": {
            "id": SERVICE_TAGS.of(login.id), "description": "Internet", "serviceTag": service_tag(login.id),
        },
        "slotOlt": login.serial.map(|_| 1),
        "portOlt": login.serial.map(|_| 4),
        "equipmentSerialNumber": login.serial,
        "wifiName": login.wifi.ssid,
        "wifiPassword": login.wifi.password,
        "street": address.map(|one| one.street),
        "streetNumber": address.map(|one| one.number),
        "neighborhood": address.map(|one| one.district),
        "city": city.map(|one| one.name),
        "state": city.map(|one| one.state.code),
        "postalCode": address.map(|one| one.postal_code),
    })
}

/// 2 is by analogy with the connection's codes.
fn address_list(access: Access) -> Value {
    let (id, title) = match access {
        Access::Active => (1, "Normal"),
        Access::LateNotice => (3, "Aviso de Bloqueio"),
        Access::BlockedForDebt(_) | Access::BlockedByHand | Access::AwaitingSignature | Access::Disabled => {
            (2, "Bloqueado")
        }
    };
    json!({ "id": id, "title": title })
}
