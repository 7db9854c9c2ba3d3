//! `cliente`: customers with their services (section 4.a).

use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::{Contract, Standing};
use crate::town::people::Customer;

use super::ask::{Ask, Route};
use super::contracts::{self, status};
use super::dialect::{Refusal, found};
use super::numbers::{customer_code, customer_id, service_id};
use super::wording::{midnight, phones};

pub(super) const ROUTES: &[Route] = &[Route::get("cliente", find)];

/// What can be searched by here. `login` is none of them: it is `login_radius` (section 4.a).
const KEYS: &[&str] = &[
    "nome_razaosocial",
    "nome_fantasia",
    "cpf_cnpj",
    "codigo_cliente",
    "telefone",
    "login_radius",
    "ipv4",
    "mac",
    "id_cliente_servico",
    "id_cliente",
];

/// An unknown birth date (section 2.3).
const UNKNOWN_BIRTH: &str = "1969-12-31 04:00:00";

fn find(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let (key, term) = ask.search(KEYS)?;
    let limit = ask.limit(5, 100)?;
    let wanted = match ask.query("inativo") {
        "" | "nao" => |customer: &Customer| customer.active,
        "sim" => |customer: &Customer| !customer.active,
        "todos" => |_: &Customer| true,
        _ => return Err(Refusal::invalid("O campo inativo deve ser sim, nao ou todos.".to_owned())),
    };
    let town = &*town;
    let rows: Vec<Value> = town
        .customers
        .iter()
        .filter(|customer| wanted(customer) && matches(town, customer, key, term))
        .take(limit)
        .map(|customer| row(town, customer, ask))
        .collect();
    Ok(found("clientes", Value::Array(rows)))
}

fn matches(town: &Town, customer: &Customer, key: &str, term: &str) -> bool {
    let mut services = town.contracts.iter().filter(|one| one.customer == customer.id);
    let mut logins = town.logins.iter().filter(|one| one.customer == customer.id);
    match key {
        // Whether a name is contained or begun with is not documented: contained, in any case.
        "nome_razaosocial" | "nome_fantasia" => customer.name.to_lowercase().contains(&term.to_lowercase()),
        "cpf_cnpj" => customer.document_in_digits().as_str() == term,
        "codigo_cliente" => customer_code(customer).to_string() == term,
        "id_cliente" => customer_id(customer).to_string() == term,
        "telefone" => phones(customer).iter().any(|phone| !phone.is_empty() && phone == term),
        "login_radius" => logins.any(|login| login.username == term),
        "ipv4" => logins.any(|login| login.ip == term),
        "mac" => logins.any(|login| login.mac.eq_ignore_ascii_case(term)),
        "id_cliente_servico" => services.any(|one| service_id(one.id).to_string() == term),
        _ => false,
    }
}

fn row(town: &Town, customer: &Customer, ask: &Ask) -> Value {
    let [first, second, third] = phones(customer);
    let born = customer.born_on.map_or(UNKNOWN_BIRTH.to_owned(), midnight);
    let alerts: Vec<&str> = alerts(town, customer);
    json!({
        "id_cliente": customer_id(customer),
        "codigo_cliente": customer_code(customer),
        "ativo": customer.active,
        "nome_razaosocial": customer.name,
        "nome_fantasia": null,
        "tipo_pessoa": if customer.document.as_str().len() == 11 { "pf" } else { "pj" },
        "cpf_cnpj": customer.document_in_digits().as_str(),
        "telefone_primario": first,
        "telefone_secundario": second,
        "telefone_terciario": third,
        "email_principal": customer.email,
        "email_secundario": null,
        "rg": null,
        "rg_emissao": null,
        "inscricao_municipal": null,
        "inscricao_estadual": null,
        "data_cadastro": midnight(customer.registered_on),
        "data_nascmento": born,
        "data_nascimento": born,
        "alerta": !alerts.is_empty(),
        "alerta_mensagens": alerts,
        "grupos": [],
        "servicos": services(town, customer, ask),
    })
}

/// What the ERP has matched to this customer (section 4.h).
fn alerts<'a>(town: &'a Town, customer: &Customer) -> Vec<&'a str> {
    let mine = town.logins.iter().filter(|login| login.customer == customer.id);
    let mut messages: Vec<&str> = mine.filter_map(|login| town.area_of(login.id)).map(|area| area.message).collect();
    messages.dedup();
    messages
}

fn services(town: &Town, customer: &Customer, ask: &Ask) -> Vec<Value> {
    let prefixes: Vec<&str> = ask.query("servico_status").split(',').filter(|one| !one.is_empty()).collect();
    let shown = |one: &&Contract| {
        let cancelled = matches!(one.standing, Standing::Cancelled(_));
        let listed = prefixes.is_empty() || prefixes.contains(&status(town, one).prefix);
        (!cancelled || ask.says_yes("cancelado")) && listed
    };
    let mine = town.contracts.iter().filter(|one| one.customer == customer.id);
    // The number of the plan counts all of a customer's services, the hidden ones too.
    let numbered: Vec<(usize, &Contract)> = mine.enumerate().collect();
    numbered
        .into_iter()
        .filter(|(_, one)| shown(one))
        .map(|(at, one)| contracts::row(town, customer, one, at + 1, ask))
        .collect()
}
