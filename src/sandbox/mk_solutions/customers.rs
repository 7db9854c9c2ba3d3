//! Registrations (section 4.a).

use ponte_domain::document::Document;
use serde_json::{Value, json};

use crate::town::Town;
use crate::town::people::Customer;

use super::contracts::{active_contract, address};
use super::dialect::{Outcome, Params, Rule, bad_parameter, document_not_found, nothing_found_otherwise};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "WSMKConsultaDoc", run: by_document },
    Rule { name: "WSMKConsultaClientes", run: list },
    Rule { name: "WSMKConsultaNome", run: by_name },
    Rule { name: "WSMKconsultaContratoDoc", run: with_contracts },
];

/// A flat object; other registrations of the document would stand in `Outros`.
fn by_document(town: &mut Town, params: &Params) -> Outcome {
    let customer = holder(town, params.text("doc"))?;
    Ok(found(town, customer))
}

/// The town's customer of a document in digits. One with letters has wrong check digits here.
fn holder<'t>(town: &'t Town, sent: &str) -> Result<&'t Customer, crate::http::Response> {
    let document = Document::parse(sent).ok().filter(|document| !document.has_letters()).ok_or_else(bad_parameter)?;
    town.customers.iter().find(|one| *one.document_in_digits() == document).ok_or_else(document_not_found)
}

fn found(town: &Town, customer: &Customer) -> Value {
    let mut row = registration(town, customer);
    if let Value::Object(columns) = &mut row {
        columns.insert("Outros".to_owned(), json!([]));
        columns.insert("status".to_owned(), json!("OK"));
    }
    row
}

fn registration(town: &Town, customer: &Customer) -> Value {
    json!({
        "CEP": customer.address.postal_code,
        "CodigoPessoa": customer.id.number(),
        "Email": customer.email,
        "Endereco": address(town, customer),
        "Fone": phone(customer),
        "Latitude": customer.address.latitude,
        "Longitude": customer.address.longitude,
        "Nome": customer.name,
        "Situacao": situation(customer),
    })
}

/// There is one column for a phone; further ones are not shown.
pub(super) fn phone(customer: &Customer) -> String {
    customer.phones.first().map_or(String::new(), ponte_domain::phone::Phone::national)
}

fn situation(customer: &Customer) -> &'static str {
    if customer.active { "Ativo" } else { "Inativo" }
}

/// A bare array. Without any filter it is the whole base.
fn list(town: &mut Town, params: &Params) -> Outcome {
    let number = |name: &str| params.text(name).parse::<u32>().ok();
    let document = Document::parse(params.text("doc")).ok();
    if !params.text("doc").is_empty() && document.is_none() {
        return Err(bad_parameter());
    }
    let name = params.text("nome_cliente").to_lowercase();
    let rows: Vec<Value> = town
        .customers
        .iter()
        .filter(|one| number("cd_cliente").is_none_or(|id| id == one.id.number()))
        .filter(|one| number("cd_cliente_inicio").is_none_or(|first| first <= one.id.number()))
        .filter(|one| number("cd_cliente_fim").is_none_or(|last| one.id.number() <= last))
        .filter(|one| document.as_ref().is_none_or(|document| one.document_in_digits() == document))
        .filter(|one| one.name.to_lowercase().contains(&name))
        .map(|one| row(town, one))
        .collect();
    if rows.is_empty() { Err(nothing_found_otherwise()) } else { Ok(Value::Array(rows)) }
}

fn row(town: &Town, customer: &Customer) -> Value {
    let place = |kind: &str| {
        let address = &customer.address;
        let city = town.city(address.city);
        json!({
            "tipo": kind,
            "logradouro": address.street.to_uppercase(),
            "numero": address.number,
            "complemento": address.complement.to_uppercase(),
            "bairro": address.district.to_uppercase(),
            "cidade": city.map_or(String::new(), |city| city.name.to_uppercase()),
            "estado": city.map_or("", |city| city.state.code),
            "cep": address.postal_code,
        })
    };
    json!({
        "CPF_CNPJ": customer.document_in_digits().formatted(),
        "CodigoPessoa": customer.id.number(),
        "Email": customer.email,
        "Fone": phone(customer),
        "Nome": customer.name,
        "Situacao": situation(customer),
        "contratos": [],
        "endereco": [place("INSTALACAO"), place("COBRANCA")],
    })
}

/// One hit as the flat object, several as an array: the key of a list is not known (section 4.a).
fn by_name(town: &mut Town, params: &Params) -> Outcome {
    let name = params.text("nome").to_lowercase();
    if name.is_empty() {
        return Err(bad_parameter());
    }
    let hits: Vec<&Customer> = town.customers.iter().filter(|one| one.name.to_lowercase().contains(&name)).collect();
    match hits.as_slice() {
        [] => Err(document_not_found()),
        [only] => Ok(found(town, only)),
        several => Ok(several.iter().map(|one| registration(town, one)).collect()),
    }
}

/// All in one, the portal password in clear among it (section 3.4).
fn with_contracts(town: &mut Town, params: &Params) -> Outcome {
    let login = params.text("user_sac");
    let customer = if login.is_empty() {
        holder(town, params.text("doc"))?
    } else {
        let of_login = |one: &&Customer| one.portal.as_ref().is_some_and(|portal| portal.login == login);
        town.customers.iter().find(of_login).ok_or_else(document_not_found)?
    };
    let mut row = found(town, customer);
    let contracts: Vec<Value> = town
        .contracts
        .iter()
        .filter(|one| one.customer == customer.id)
        .filter_map(|one| active_contract(town, one))
        .collect();
    if let Value::Object(columns) = &mut row {
        let portal = customer.portal.as_ref();
        columns.insert("AcessoSAC".to_owned(), json!(if portal.is_some() { "Sim" } else { "Não" }));
        columns.insert("UserSAC".to_owned(), json!(portal.map_or("", |portal| &portal.login)));
        columns.insert("PassSAC".to_owned(), json!(portal.map_or("", |portal| &portal.password)));
        columns.insert("ContratosAtivos".to_owned(), Value::Array(contracts));
    }
    Ok(row)
}
