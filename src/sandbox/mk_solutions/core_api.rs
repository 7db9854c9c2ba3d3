//! The Node core API on the same host: plain UTF-8, bare arrays and objects, real HTTP errors, the same session token
//! (sections 1 and 3.3).

use serde_json::{Value, json};

use crate::http::{Request, Response};
use crate::town::Town;
use crate::town::people::Customer;

use super::customers::phone;
use super::dialect::{Outcome, Params};
use super::{diagnostics, session, tickets, work_orders};

/// Answers a call below `/core-api/`.
pub(super) fn answer(town: &mut Town, place: &str, request: &Request) -> Response {
    let params = Params::read(request);
    match session::end_of(town, params.text("token")) {
        None => return message(401, "Token inválido"),
        Some(end) if town.now.as_second() > end => return message(401, "Token expirado"),
        Some(_) => {}
    }
    let body = || serde_json::from_slice::<Value>(&request.body).map_err(|_| no_such_thing("Corpo inválido"));
    let outcome = match (request.method.as_str(), place) {
        ("GET", "pessoas/telefone") => by_phone(town, &params),
        ("GET", "pessoas/id") => by_id(town, &params),
        ("GET", "pessoas/nome") => by_name(town, &params),
        ("GET", "notificacoes/status") => diagnostics::outages(town, &params),
        ("GET", "notificacoes/conexoes-afetadas") => diagnostics::affected(town, &params),
        ("GET", "os/pessoa") => work_orders::of_person(town, &params),
        ("GET", "os/id") => work_orders::by_id(town, &params),
        ("POST", "atendimentos") => body().and_then(|body| tickets::open_by_core(town, &body)),
        ("PUT", "atendimentos/protocolo") => body().and_then(|body| tickets::update(town, &params, &body)),
        (method, _) => Err(message(404, &format!("Cannot {method} /{place}"))),
    };
    match outcome {
        Ok(value) => Response::new(200, "application/json; charset=utf-8", value.to_string()),
        Err(refusal) => refusal,
    }
}

/// A business error.
pub(super) fn no_such_thing(text: &str) -> Response {
    message(400, text)
}

/// A call that the session may not make (section 3.3).
pub(super) fn forbidden() -> Response {
    message(403, "Acesso negado")
}

fn message(status: u16, text: &str) -> Response {
    Response::new(status, "application/json; charset=utf-8", json!({ "message": text }).to_string())
}

/// Area code and number apart, compared as they are stored.
fn by_phone(town: &Town, params: &Params) -> Outcome {
    let wanted = format!("55{}{}", params.text("ddd"), params.text("fone"));
    let first = |one: &&Customer| one.phones.first().is_some_and(|phone| phone.digits() == wanted);
    Ok(town.customers.iter().filter(first).map(person).collect())
}

fn by_id(town: &Town, params: &Params) -> Outcome {
    let customer = params.id("id").and_then(|id| town.customer(id));
    customer.map(|one| json!([person(one)])).ok_or_else(|| message(404, "Pessoa não encontrada"))
}

fn by_name(town: &Town, params: &Params) -> Outcome {
    let wanted = params.text("nome").to_lowercase();
    if wanted.is_empty() {
        return Err(no_such_thing("Informe o nome"));
    }
    Ok(town.customers.iter().filter(|one| one.name.to_lowercase().contains(&wanted)).map(person).collect())
}

/// By likeness with the body that creates a person (section 4.a).
fn person(customer: &Customer) -> Value {
    json!({
        "id": customer.id.number(),
        "nome": customer.name,
        "cpf": customer.document_in_digits().as_str(),
        "email": customer.email,
        "fone": phone(customer),
        "cep": customer.address.postal_code.replace('-', ""),
        "numero": customer.address.number,
    })
}
