//! People (section 4.a).

use ponte_domain::document::DocumentKind;
use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::people::Customer;

use super::billing;
use super::dialect::{self, Silence, day, good};
use super::numbers::PEOPLE;
use super::request::{Asked, Route, Surface};

pub(super) const ROUTES: &[Route] = &[
    Route { surface: Surface::ThirdParty, method: "GET", path: "people/txid/{}", answer: by_document },
    Route { surface: Surface::ThirdParty, method: "GET", path: "getclient", answer: everybody },
];

/// The customer of a document; the field takes digits only.
pub(super) fn of_document<'t>(town: &'t Town, digits: &str) -> Option<&'t Customer> {
    town.customers.iter().find(|one| one.document_in_digits().as_str() == digits)
}

/// One object, with the open titles in it. Who is not there is told with `success` true.
fn by_document(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(customer) = of_document(town, asked.part(0)) else {
        return dialect::nothing("Registro não encontrado.");
    };
    good(person(town, customer), Silence::Null, "List<Int64>")
}

fn person(town: &Town, customer: &Customer) -> Value {
    let (kind, street) = customer.address.street.split_once(' ').unwrap_or(("", customer.address.street));
    let mut address = address(town, customer);
    for (name, value) in [("streetType", kind), ("street", street), ("addressReference", "")] {
        address[name] = json!(value);
    }
    json!({
        "id": PEOPLE.of(customer.id),
        "name": customer.name,
        "name2": trade_name(customer),
        "txId": customer.document_in_digits().formatted(),
        "email": customer.email,
        "status": i32::from(customer.active),
        "phone": customer.landline().map_or(String::new(), ponte_domain::phone::Phone::national),
        "birthDate": customer.born_on.map(day),
        "cellPhone": customer.mobile().map_or(String::new(), ponte_domain::phone::Phone::national),
        "mainAddress": address,
        "titles": billing::titles_of_person(town, customer.id),
    })
}

/// The same address as every part of the API shows it: the kind of street is in its name.
pub(super) fn address(town: &Town, customer: &Customer) -> Value {
    let address = &customer.address;
    let city = town.city(address.city);
    json!({
        "street": address.street,
        "postalCode": address.postal_code,
        "number": address.number,
        "neighborhood": address.district,
        "city": city.map_or("", |city| city.name),
        "codeCityId": city.map(|city| city.ibge),
        "state": city.map_or("", |city| city.state.code),
        "latitude": address.latitude,
        "longitude": address.longitude,
        "addressComplement": address.complement,
    })
}

fn trade_name(customer: &Customer) -> &'static str {
    if customer.born_on.is_none() { "Empresa Exemplo" } else { "" }
}

/// Everybody: a filter in the query is accepted and ignored.
fn everybody(town: &mut Town, asked: &Asked<'_>) -> Response {
    let rows: Vec<Value> = town.customers.iter().map(|customer| row(town, customer)).collect();
    dialect::page(&rows, asked.paging())
}

fn row(town: &Town, customer: &Customer) -> Value {
    let document = customer.document_in_digits();
    let mut row = address(town, customer);
    let columns = json!({
        "id": PEOPLE.of(customer.id),
        "name": customer.name,
        "name2": trade_name(customer),
        "txId": document.as_str(),
        "txIdFormated": document.formatted(),
        // 1 is a company here and a person in some filters.
        "typeTxId": if document.kind() == DocumentKind::Cnpj { 1 } else { 2 },
        "email": customer.email,
        "emailNfe": customer.email,
        "phone": customer.landline().map(ponte_domain::phone::Phone::national),
        "cellPhone1": customer.mobile().map(ponte_domain::phone::Phone::national),
        "cellPhone2": null,
        "birthDate": customer.born_on.map(dialect::midnight),
        "country": "Brasil",
        "client": true,
        "situation": 3,
        "status": i32::from(customer.active),
        "companyPlaceId": customer.branch.number(),
        "userId": null,
    });
    if let (Some(row), Value::Object(columns)) = (row.as_object_mut(), columns) {
        row.extend(columns);
    }
    row
}
