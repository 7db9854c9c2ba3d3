//! Sessions of connections, and outages (section 4.h).

use jiff::Timestamp;
use jiff::civil::DateTime;
use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::network::{Login, MaintenanceArea, Session};

use super::core_api::no_such_thing;
use super::customers::phone;
use super::dialect::{Outcome, Params, Rule, bad_parameter, nothing_found};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "WSMKConsultaConexaoAutenticada", run: session },
    Rule { name: "WSMKConsultaNotificacaoParada", run: outages_for_orders },
];

/// Two shapes were seen: one object, or an array under a misnomer. This server shows the one or the other by the
/// connection's number, so that both are met. No session at all is code 003.
fn session(town: &mut Town, params: &Params) -> Outcome {
    let login = params.id("codconexao").ok_or_else(bad_parameter)?;
    let login = town.login(login).ok_or_else(nothing_found)?;
    let (began, ended) = match login.session {
        Session::Online { since } => (since, None),
        Session::Offline { began, ended, .. } => (began, Some(ended)),
        Session::Never => return Err(nothing_found()),
    };
    let row = json!({
        "username": login.username,
        "framedip": login.ip,
        "nas": "10.0.0.1",
        "tempo": lasted(began, ended.unwrap_or_else(|| town.clock())),
        "up": "1.2 GB",
        "down": "18.4 GB",
        "dt_hr_parada": ended.map(moment),
        "dt_hr_retorno": null,
    });
    Ok(if login.id.number() % 2 == 0 {
        json!({ "Agendas:": [row], "status": "OK" })
    } else {
        json!({ "conexao": row, "status": "OK" })
    })
}

fn lasted(began: DateTime, ended: DateTime) -> String {
    let seconds = ended.duration_since(began).as_secs().max(0);
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn moment(at: DateTime) -> String {
    at.strftime("%d/%m/%Y %H:%M:%S").to_string()
}

/// `GET /core-api/notificacoes/status`. All open ones with `A`; none has ended here.
pub(super) fn outages(town: &Town, params: &Params) -> Outcome {
    match params.text("status") {
        "A" => Ok(town.areas.iter().map(|area| outage(town, area)).collect()),
        "F" => Ok(json!([])),
        _ => Err(no_such_thing("Status deve ser A ou F")),
    }
}

fn outage(town: &Town, area: &MaintenanceArea) -> Value {
    json!({
        "cod": area.id.number(),
        "descricao": area.title.to_uppercase(),
        "obs": area.message,
        "data_inicio": instant(town, area.opened_at),
        "data_prevista_normalizar": instant(town, area.expected_return),
        "operador_registrou": "noc",
        "motivo": "Rompimento",
        "tipo_equipamento": "OLT",
        "equipamento": "OLT-01",
        "servidor": null,
        "caixa": null,
        "operador_ajustou": null,
    })
}

/// In UTC, as the letter behind it says; that it may be local time is a suspicion of the dossier's.
pub(super) fn instant(town: &Town, at: DateTime) -> Option<String> {
    let at: Timestamp = town.zone.at(at)?;
    Some(at.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string())
}

/// `GET /core-api/notificacoes/conexoes-afetadas`: names, addresses and phones of everybody who is hit.
pub(super) fn affected(town: &Town, params: &Params) -> Outcome {
    let id = params.id("codigo_parada").ok_or_else(|| no_such_thing("Código da parada inválido"))?;
    let Some(area) = town.areas.iter().find(|area| area.id == id) else { return Ok(json!([])) };
    Ok(area.logins.iter().filter_map(|login| town.login(*login)).filter_map(|login| hit(town, area, login)).collect())
}

fn hit(town: &Town, area: &MaintenanceArea, login: &Login) -> Option<Value> {
    let customer = town.customer(login.customer)?;
    let address = &customer.address;
    let digits = |index: usize| customer.phones.get(index).map_or(String::new(), ponte_domain::phone::Phone::digits);
    Some(json!({
        "cd_parada": area.id.number(),
        "codconexao": login.id.number(),
        "username": login.username,
        "mac_address": login.mac,
        "cliente": customer.name,
        "tipopessoa": if customer.born_on.is_some() { "F" } else { "J" },
        "cidade": town.city(address.city).map_or("", |city| city.name),
        "bairro": address.district,
        "logradouro": address.street,
        "numero": address.number,
        "email": customer.email,
        "fone01": phone(customer),
        "fone02": digits(1),
        "fax": "",
    }))
}

/// For work orders; the shape is a guess in the style of the siblings.
fn outages_for_orders(town: &mut Town, _: &Params) -> Result<Value, Response> {
    let rows: Vec<Value> = town
        .areas
        .iter()
        .map(|area| json!({ "codigo": area.id.number(), "descricao": area.title.to_uppercase() }))
        .collect();
    Ok(json!({ "Paradas": rows, "status": "OK" }))
}
