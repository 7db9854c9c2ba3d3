//! `rede/cpe/todos` and the link of a device to its service (sections 4.h and 4.k).

use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::wifi::AcsDevice;

use super::ask::{Ask, Route};
use super::contracts::status;
use super::dialect::{Refusal, done, found_with, pagination};
use super::numbers::{customer_code, customer_id, service_id};
use super::wording::moment;

pub(super) const ROUTES: &[Route] = &[Route::get("rede/cpe/todos", list), Route::post("cliente/vincular_cpe", link)];

/// Both page parameters are required, from 20 to 500 a page (section 2.4).
fn list(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let (page, size) = ask.page(20)?;
    let town = &*town;
    let wanted = |device: &&AcsDevice| match ask.query("busca") {
        "id_cliente_servico" => of_service(town, device, ask.query("termo_busca")),
        _ => true,
    };
    let all: Vec<&AcsDevice> = town.devices.iter().filter(wanted).collect();
    let rows = all.iter().skip(page.saturating_mul(size)).take(size).map(|device| row(town, device)).collect();
    Ok(found_with([("cpes", Value::Array(rows)), ("paginacao", pagination(page, size, all.len()))]))
}

fn of_service(town: &Town, device: &AcsDevice, id: &str) -> bool {
    town.login(device.login).is_some_and(|login| service_id(login.contract).to_string() == id)
}

fn row(town: &Town, device: &AcsDevice) -> Value {
    let login = town.login(device.login);
    let contract = login.and_then(|login| town.contract(login.contract));
    let customer = contract.and_then(|one| town.customer(one.customer));
    let service = match (contract, customer) {
        (Some(contract), Some(customer)) => json!([{
            "id_cliente": customer_id(customer),
            "codigo_cliente": customer_code(customer),
            "cpf_cnpj": customer.document_in_digits().as_str(),
            "servico": town.plan(contract.plan).map(|plan| plan.name),
            "status": status(town, contract).label,
        }]),
        _ => json!([]),
    };
    json!({
        "id_cpe": super::wifi::device_id(device),
        "phy_addr": device.serial,
        "data_ultima_atualizacao": moment(device.last_inform),
        "historico_parametros": [{ "parametros": { "tx_signal": 2.31, "rx_signal": 19.87 } }],
        "servicos": service,
    })
}

/// By one of the two keys; the device that is there already is linked again.
fn link(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let service = ask.id_field("id_cliente_servico").map(|id| id.to_string());
    let serial = ask.text("phy_addr");
    if service.is_some() != serial.is_empty() {
        return Err(Refusal::fill_in(vec!["Informe id_cliente_servico ou phy_addr.".to_owned()]));
    }
    let known = town.devices.iter().any(|device| match &service {
        Some(id) => of_service(town, device, id),
        None => device.serial == serial,
    });
    if known { Ok(done("CPE vinculado com sucesso!")) } else { Err(Refusal::new("Equipamento não encontrado!")) }
}
