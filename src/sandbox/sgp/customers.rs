//! `consultacliente`: a flat list of contracts in which the customer repeats, passwords and all; and `clientes`, by
//! customer (section 4.a).

use ponte_domain::phone::Phone;
use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::network::{Login, Technology};
use crate::town::people::Customer;

use super::billing::short_title;
use super::contracts::{open_titles, promises_this_month, status_of};
use super::diagnostics::connection;
use super::dialect::{Call, Fields, Route, digits, iso, json_answer, page};
use super::places::pop_of;

/// Rows a page of `clientes` (section 2.4).
const PAGE: usize = 100;

pub(super) const ROUTES: &[Route] =
    &[Route::post("/api/ura/consultacliente/", find), Route::post("/api/ura/clientes/", customers)];

/// A blank filter counts for nothing, so a request without any finds everybody (section 4.a, quirk 4).
fn find(town: &mut Town, call: &Call<'_>) -> Response {
    let rows: Vec<Value> = town
        .contracts
        .iter()
        .filter_map(|contract| Some(contract).zip(town.customer(contract.customer)))
        .filter(|(contract, customer)| asked_for(town, contract, customer, &call.fields))
        .map(|(contract, customer)| row(town, contract, customer))
        .collect();
    // The text is for people; versions differ in it.
    let message = if rows.is_empty() { "Nenhum contrato localizado" } else { "Contrato(s) Localizado(s)" };
    json_answer(&json!({ "msg": message, "contratos": rows }))
}

fn asked_for(town: &Town, contract: &Contract, customer: &Customer, fields: &Fields) -> bool {
    let given = |name: &str, fits: &dyn Fn(&str) -> bool| {
        let value = fields.text(name);
        value.is_empty() || fits(value)
    };
    let logins = || town.logins_of(contract.id);
    let code = status_of(town, contract).code.to_string();
    given("cpfcnpj", &|value| customer.document.same_as(value))
        && given("contrato", &|value| contract.id.to_string() == value)
        && given("nome", &|value| customer.name.to_lowercase().contains(&value.to_lowercase()))
        && given("login", &|value| logins().any(|login| login.username == value) || portal_login(customer) == value)
        && given("email", &|value| customer.email.eq_ignore_ascii_case(value))
        && given("telefone", &|value| has_phone(customer, value))
        && given("mac_dhcp", &|value| logins().any(|login| login.mac.eq_ignore_ascii_case(value)))
        && given("onu_serial", &|value| logins().any(|login| login.serial == Some(value)))
        && given("status", &|value| value.split(',').any(|one| one.trim() == code))
}

/// By its digits as they are on record: with area code, without country code.
fn has_phone(customer: &Customer, asked: &str) -> bool {
    customer.phones.iter().any(|phone| digits(&phone.national()) == digits(asked))
}

/// What the portal is entered with: the document unless another login was set.
fn portal_login(customer: &Customer) -> &str {
    customer.portal.as_ref().map_or(customer.document.as_str(), |portal| portal.login.as_str())
}

fn row(town: &Town, contract: &Contract, customer: &Customer) -> Value {
    let mut row = json!({
        "clienteId": customer.id.number(),
        "razaoSocial": customer.name.to_owned(),
        "cpfCnpj": customer.document.formatted(),
        "dataNascimento": customer.born_on.map_or(String::new(), |day| day.to_string()),
        "dataCadastro": customer.registered_on.to_string(),
        "dataAlteracao": "2026-11-12",
        "contratoCentralLogin": portal_login(customer),
        "contratoCentralSenha": customer.portal.as_ref().map_or("", |portal| portal.password.as_str()),
        "telefones": customer.phones.iter().map(phone).collect::<Vec<_>>(),
        "telefones_cargos": [],
        "emails": [{ "tipoContato": "E-Mail", "contato": customer.email, "inscricoes": [] }],
        "tags": [],
        "anotacoes": [],
    });
    for part in [contract_part(town, contract), service_part(town, contract), place_part(town, contract, customer)] {
        if let (Some(row), Value::Object(part)) = (row.as_object_mut(), part) {
            row.extend(part);
        }
    }
    row
}

fn contract_part(town: &Town, contract: &Contract) -> Value {
    let status = status_of(town, contract);
    let (open, amount) = open_titles(town, contract.id);
    json!({
        "contratoId": contract.id.number(),
        "contratoStatus": status.code,
        "contratoStatusDisplay": status.label,
        "contratoStatusModo": 1,
        "motivo_status": status.reason,
        "fidelidade": "",
        "cobVencimento": contract.due_day,
        "cobIsento": false,
        "cobPermuta": false,
        "contratoTitulosAReceber": open,
        "contratoValorAberto": amount,
        "promessasPagamentoMes": promises_this_month(town, contract),
        "link_quitacao": "",
    })
}

fn service_part(town: &Town, contract: &Contract) -> Value {
    let plan = town.plan(contract.plan).map_or("", |plan| plan.name);
    let login = town.logins_of(contract.id).next();
    let text = |read: fn(&Login) -> &str| login.map_or("", read);
    json!({
        "servico_plano": plan,
        "planointernet": plan,
        "planotv": "",
        "servico_login": text(|login| &login.username),
        "servico_senha": text(|login| &login.password),
        "servico_mac": text(|login| &login.mac),
        "servico_mac2": "",
        "servico_vlan": "101",
        "servico_grupo": "RESIDENCIAL",
        // How it authenticates, not what it is made of (section 4.h).
        "servico_tipo_conexao": "PPPoE",
        "servico_wifi_ssid": text(|login| &login.wifi.ssid),
        "servico_wifi_ssid_5": text(|login| &login.wifi.ssid_5ghz),
        "servico_wifi_password": text(|login| &login.wifi.password),
        "servico_wifi_password_5": text(|login| &login.wifi.password_5ghz),
        "servico_wifi_channel": "",
        "servico_wifi_channel_5": "",
    })
}

fn place_part(town: &Town, contract: &Contract, customer: &Customer) -> Value {
    let pop = pop_of(town, contract);
    let at = &customer.address;
    let city = town.city(at.city);
    json!({
        "popId": pop.as_ref().map(|pop| pop.id),
        "popNome": pop.as_ref().map_or(String::new(), super::places::Pop::name),
        "endereco_logradouro": at.street,
        "endereco_numero": house_number(at.number),
        "endereco_complemento": at.complement,
        "endereco_bairro": at.district,
        "endereco_cidade": city.map_or("", |city| city.name),
        "endereco_uf": city.map_or("", |city| city.state.code),
        "endereco_cep": at.postal_code,
        "endereco_pontoreferencia": "",
        "endereco_ll": format!("{},{}", at.latitude, at.longitude),
    })
}

/// A number; 0 is none (section 4.a).
fn house_number(text: &str) -> u32 {
    text.parse().unwrap_or(0)
}

fn phone(phone: &Phone) -> Value {
    let kind = if phone.is_mobile() { "WhatsApp Número" } else { "Telefone Residencial" };
    json!({ "tipoContato": kind, "contato": phone.national(), "inscricoes": [] })
}

/// An address as the lists by customer and by contract have it.
pub(super) fn address(town: &Town, customer: &Customer) -> Value {
    let at = &customer.address;
    let city = town.city(at.city);
    json!({
        "logradouro": at.street,
        "numero": house_number(at.number),
        "complemento": at.complement,
        "bairro": at.district,
        "cidade": city.map_or("", |city| city.name),
        "uf": city.map_or("", |city| city.state.code),
        "cep": at.postal_code,
        "latitude": at.latitude,
        "longitude": at.longitude,
    })
}

fn customers(town: &mut Town, call: &Call<'_>) -> Response {
    let fields = &call.fields;
    let all: Vec<Value> = town
        .customers
        .iter()
        .filter(|customer| wanted(town, customer, fields))
        .map(|customer| by_customer(town, customer, call))
        .collect();
    let (about, rows) = page(all, fields, PAGE);
    json_answer(&json!({ "paginacao": about, "clientes": rows }))
}

fn wanted(town: &Town, customer: &Customer, fields: &Fields) -> bool {
    let given = |name: &str, fits: &dyn Fn(&str) -> bool| {
        let value = fields.text(name);
        value.is_empty() || fits(value)
    };
    let contracts = || town.contracts.iter().filter(|one| one.customer == customer.id);
    let has_login = |value: &str| contracts().flat_map(|one| town.logins_of(one.id)).any(|one| one.username == value);
    given("cliente_id", &|value| customer.id.to_string() == value)
        && given("cpfcnpj", &|value| customer.document.same_as(value))
        && given("cliente_nome", &|value| customer.name.to_lowercase().contains(&value.to_lowercase()))
        && given("contrato", &|value| contracts().any(|one| one.id.to_string() == value))
        && given("login", &has_login)
        && given("telefone", &|value| has_phone(customer, value))
}

fn by_customer(town: &Town, customer: &Customer, call: &Call<'_>) -> Value {
    let fields = &call.fields;
    let unless = |flag: &str, rows: Vec<Value>| if fields.is_set(flag) { Vec::new() } else { rows };
    let contracts = town.contracts.iter().filter(|one| one.customer == customer.id);
    let contracts = contracts.map(|one| nested_contract(town, one, customer, fields)).collect();
    let titles = town.invoices.iter().filter(|one| one.customer == customer.id);
    let titles = titles.map(|one| short_title(town, one)).collect();
    json!({
        "id": customer.id.number(),
        "nome": customer.name,
        "cpfcnpj": customer.document.formatted(),
        "dataNascimento": customer.born_on.map_or(String::new(), |day| day.to_string()),
        "endereco": address(town, customer),
        "contratos": unless("omitir_contratos", contracts),
        "titulos": unless("omitir_titulos", titles),
        "contatos": unless("omitir_contatos", customer.phones.iter().map(phone).collect()),
    })
}

fn nested_contract(town: &Town, contract: &Contract, customer: &Customer, fields: &Fields) -> Value {
    let status = status_of(town, contract);
    json!({
        // `id` in live answers, `contrato` in the documents (section 4.0).
        "id": contract.id.number(),
        "status": status.label,
        "motivo_status": status.reason,
        "dataCadastro": contract.agreed_on.to_string(),
        "vencimento": contract.due_day,
        "formaCobranca": "Boleto",
        "pop_id": pop_of(town, contract).map(|pop| pop.id),
        "contratoCentralLogin": portal_login(customer),
        "contratoCentralSenha": customer.portal.as_ref().map_or("", |portal| portal.password.as_str()),
        "servicos": town.logins_of(contract.id).map(|login| service(town, contract, login, fields)).collect::<Vec<_>>(),
    })
}

fn service(town: &Town, contract: &Contract, login: &Login, fields: &Fields) -> Value {
    let plan = town.plan(contract.plan);
    let mut service = json!({
        "id": login.id.number(),
        "tipo": "Internet",
        "plano": { "id": contract.plan.number(), "descricao": plan.map_or("", |plan| plan.name) },
        "login": login.username,
    });
    let detailed = fields.is_set("servicos_dados") || fields.is_set("exibir_conexao");
    if let (Some(service), true, Technology::Fiber) = (service.as_object_mut(), detailed, login.technology) {
        service.insert("onu".to_owned(), onu(login));
    }
    service
}

/// Only fiber has one, which is how the medium shows (section 4.h).
fn onu(login: &Login) -> Value {
    let connection = connection(login);
    json!({
        "id": login.id.number() + 900,
        "serial": login.serial.unwrap_or(""),
        "rx": "-20.500", "tx": "2.100", "slot": 1, "pon": 3, "olt_id": 2, "olt_nome": "OLT-CENTRO",
        "conexao": {
            "status": if connection.online { "online" } else { "offline" },
            "ip": login.ip,
            "data_conexao": connection.began.map_or(String::new(), iso),
            "data_desconexao": connection.ended.map_or(String::new(), iso),
        },
    })
}
