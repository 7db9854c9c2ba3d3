//! Connections: the last one of a login, the log of sessions, alerts, and dropping a session
//! (section 4.h).

use jiff::civil::DateTime;
use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::network::{Login, MaintenanceArea, Session};

use super::ask::{Ask, Route};
use super::contracts::brief;
use super::dialect::{Refusal, done_with, found_with, json_answer};
use super::numbers::service;
use super::wording::{br_moment, moment, moment_with_offset, person};

pub(super) const ROUTES: &[Route] = &[
    Route::get("cliente/extrato_conexao", sessions),
    Route::get("configuracao/alerta/paginado/{}", alerts),
    Route::get("cliente/solicitar_desconexao/{}", disconnect),
];

const CONCENTRATOR: &str = "192.0.2.20";

/// When the last session began and ended; never connected: neither.
fn span(login: &Login) -> (Option<DateTime>, Option<DateTime>) {
    match login.session {
        Session::Online { since } => (Some(since), None),
        Session::Offline { began, ended, .. } => (Some(began), Some(ended)),
        Session::Never => (None, None),
    }
}

/// `ultima_conexao`: an object when known, an empty array when not.
pub(super) fn last_connection(town: &Town, login: &Login) -> Value {
    let (began, ended) = span(login);
    let Some(began) = began else { return json!([]) };
    let short = match ended {
        None => format!("CONECTADO HÁ {}", lasting(began, town.clock())),
        Some(ended) => format!("DESCONECTADO HÁ {}", lasting(ended, town.clock())),
    };
    json!({
        "conectado": ended.is_none(),
        "ultima_conexao_datetime": moment_with_offset(town, began),
        "ultima_desconexao_datetime": ended.and_then(|ended| moment_with_offset(town, ended)),
        "ultima_conexao": br_moment(began),
        "ultima_desconexao": ended.map(br_moment),
        "ultimo_ipv4": login.ip,
        "ultimo_nas_ip": CONCENTRATOR,
        "status_txt": format!("{short} - {}({CONCENTRATOR})", login.ip),
        "status_txt_resumido": short,
    })
}

fn lasting(from: DateTime, to: DateTime) -> String {
    let minutes = from.duration_until(to).as_mins().max(0);
    let (days, hours) = (minutes / 1440, minutes / 60 % 24);
    format!("{} MES(ES), {} DIA(S), {hours} HORA(S) e {} MINUTO(S)", days / 30, days % 30, minutes % 60)
}

/// The search word is `login` here. The order of the rows is not documented; one session a login.
fn sessions(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let (key, term) = ask.search(&["login", "ipv4", "ipv6_wan", "ipv6_lan", "mac"])?;
    let limit = ask.limit(20, 50)?;
    let town = &*town;
    let wanted = |login: &&Login| match key {
        "login" => login.username == term,
        "ipv4" => login.ip == term,
        "mac" => login.mac.eq_ignore_ascii_case(term),
        _ => false,
    };
    let rows: Vec<Value> =
        town.logins.iter().filter(wanted).filter_map(|login| session(town, login)).take(limit).collect();
    let total = rows.len();
    Ok(found_with([("registros", Value::Array(rows)), ("estatisticas", json!({ "total_conexoes": total }))]))
}

fn session(town: &Town, login: &Login) -> Option<Value> {
    let (began, ended) = span(login);
    let began = began?;
    Some(json!({
        "acctstarttime": moment_with_offset(town, began),
        "acctstarttimebr": br_moment(began),
        "acctstoptime": ended.and_then(|ended| moment_with_offset(town, ended)),
        "acctstoptimebr": ended.map(br_moment),
        "calledstationid": "service2",
        "callingstationid": login.mac,
        "download_megabytes": login.quota.downloaded / 1_000_000,
        "upload_megabytes": login.quota.uploaded / 1_000_000,
        "framedipaddress": login.ip,
        "nasipaddress": CONCENTRATOR,
        "nasportid": "ether3",
        "nasporttype": "Ethernet",
        "username": login.username,
        "servico": town.contract(login.contract).map(|one| brief(town, one)),
        "cliente": town.customer(login.customer).map(person),
    }))
}

/// Laravel's own paginator, with an address in it that leads nowhere (section 2.4).
fn alerts(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let invalid = || Refusal::invalid("O número de itens por página não é válido.".to_owned());
    let size: usize = ask.id.parse().ok().filter(|size| *size > 0).ok_or_else(invalid)?;
    let page: usize = ask.query("page").parse().unwrap_or(1).max(1);
    let total = town.areas.len();
    let skip = (page - 1).saturating_mul(size);
    let rows: Vec<Value> = town.areas.iter().skip(skip).take(size).map(alert).collect();
    let path = format!("http://localhost:8000/api/v1/integracao/configuracao/alerta/paginado/{size}");
    let last = total.div_ceil(size).max(1);
    Ok(json_answer(
        200,
        &json!({
            "status": "success",
            "msg": "Dados consultados com sucesso",
            "alertas": {
                "current_page": page,
                "from": if rows.is_empty() { Value::Null } else { json!(skip + 1) },
                "to": if rows.is_empty() { Value::Null } else { json!(skip + rows.len()) },
                "last_page": last,
                "per_page": size.to_string(),
                "total": total,
                "path": path,
                "first_page_url": format!("{path}?page=1"),
                "next_page_url": (page < last).then(|| format!("{path}?page={}", page + 1)),
                "data": rows,
            },
        }),
    ))
}

fn alert(area: &MaintenanceArea) -> Value {
    json!({
        "id_alerta": area.id.number(),
        "descricao": area.title,
        "texto_alerta": area.message,
        "data_inicio": moment(area.opened_at),
        "data_fim": moment(area.expected_return),
        "visivel_via_api": true,
        "deleted_at": null,
        "bairros": [],
        "cidades": [],
        "grupos_cliente": [],
        "grupos_cliente_servico": [],
        "interfaces_conexao": [],
        "caixa_optica": [],
        "servico_status": [],
    })
}

/// A GET that acts. The concentrator obeys only for a session that is there.
fn disconnect(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let contract = ask.id.parse().ok().and_then(|id| service(town, id)).map(|one| one.id);
    let contract = contract.ok_or_else(|| Refusal::not_found("Serviço", &ask.id))?;
    let login = town.logins_of(contract).next();
    let login = login.ok_or_else(|| Refusal::new("O serviço não possui dados de autenticação"))?;
    let (id, name, online) = (login.id, login.username.clone(), matches!(login.session, Session::Online { .. }));
    if !online || !town.drop_session(id) {
        return Err(Refusal::new(format!("A desconexão não foi bem sucedida para o login {name}!")));
    }
    let msg = format!("A desconexão foi bem sucedida para o login {name}!");
    Ok(done_with(&msg, [("login", json!(name))]))
}
