//! Access, sessions, ONUs and maintenance (section 4.h).

use jiff::civil::DateTime;
use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::id::Id;
use crate::town::network::{Login, MaintenanceArea, Session, Technology};

use super::contracts::status_of;
use super::dialect::{Call, Login as Credentials, Route, Source, iso, json_answer, page, refused};
use super::places::pop_of;
use super::tickets::open_occurrence;

/// Rows a page of sessions (section 2.4).
const PAGE: usize = 100;

pub(super) const ROUTES: &[Route] = &[
    Route::post("/api/ura/verificaacesso/", check_access),
    // The subscriber's own; section 3 has it as one that refuses `app` and `token`.
    Route::post("/api/central/verificaacesso/", check_access).for_login(Credentials::Subscriber),
    Route::post("/ws/radius/radacct/list/all/", sessions).from(Source::FormOrJson),
    Route::get("/api/fttx/onu/list/", onus),
    Route::get("/api/ura/manutencao/list/", maintenance),
];

/// A login's session in the vendor's terms.
#[derive(Debug, Clone, Copy)]
pub(super) struct Connection {
    pub(super) online: bool,
    pub(super) began: Option<DateTime>,
    pub(super) ended: Option<DateTime>,
    cause: Option<&'static str>,
}

pub(super) fn connection(login: &Login) -> Connection {
    match login.session {
        Session::Online { since } => Connection { online: true, began: Some(since), ended: None, cause: None },
        Session::Offline { began, ended, cause } => {
            Connection { online: false, began: Some(began), ended: Some(ended), cause: Some(cause) }
        }
        Session::Never => Connection { online: false, began: None, ended: None, cause: None },
    }
}

/// 1 online, 2 offline; without `status_all` only active and reduced contracts have a service (section 4.h).
fn check_access(town: &mut Town, call: &Call<'_>) -> Response {
    let Some(contract) = Id::<Contract>::read(call.fields.text("contrato")).and_then(|id| town.contract(id)) else {
        return refused("Nenhum contrato localizado");
    };
    let active = matches!(status_of(town, contract).code, 1 | 7);
    let login = town.logins_of(contract.id).next().filter(|_| active || call.fields.is_set("status_all"));
    let Some(login) = login else { return refused("Nenhum serviço localizado para o contrato") };
    let online = connection(login).online;
    let customer = town.customer(contract.customer);
    let answer = json_answer(&json!({
        "status": if online { 1 } else { 2 },
        "msg": if online { "Serviço Online" } else { "Serviço Offline" },
        "contratoId": contract.id.number(),
        "cpfCnpj": customer.map(|one| one.document.formatted()),
        "razaoSocial": customer.map(|one| one.name),
        "login": login.username,
        "servico_id": login.id.number(),
    }));
    let contract = contract.id;
    if !call.fields.text("protocolo_ura").is_empty() {
        open_occurrence(town, contract, "Verificação de acesso via URA");
    }
    answer
}

fn sessions(town: &mut Town, call: &Call<'_>) -> Response {
    let username = call.fields.text("username");
    let online = call.fields.text("online");
    let rows: Vec<Value> = town
        .logins
        .iter()
        .filter(|login| username.is_empty() || login.username == username)
        .filter(|login| online.is_empty() || connection(login).online == (online == "1"))
        .map(|login| session(town, login))
        .collect();
    let (about, rows) = page(rows, &call.fields, PAGE);
    // Spelled so by the vendor.
    let about = json!({
        "total": about.get("total"), "limit": about.get("limit"),
        "returned": about.get("parcial"), "offset": about.get("offset"),
    });
    json_answer(&json!({ "paggination": about, "result": rows }))
}

/// No session at all is an empty list (section 4.h).
fn session(town: &Town, login: &Login) -> Value {
    let connection = connection(login);
    let plan = town.contract(login.contract).and_then(|one| town.plan(one.plan));
    let sessions: Vec<Value> = connection
        .began
        .map(|began| {
            json!({
                "username": login.username, "framedipaddress": login.ip, "nasipaddress": "10.0.0.2",
                "acctstarttime": iso(began),
                "acctstoptime": connection.ended.map(iso),
                "acctterminatecause": connection.cause,
                "acctinputoctets": login.quota.uploaded, "acctoutputoctets": login.quota.downloaded,
                "password": login.password,
            })
        })
        .into_iter()
        .collect();
    json!({
        "plano": plan.map(|plan| plan.name),
        "nome": town.customer(login.customer).map(|one| one.name),
        "pppoe_login": login.username,
        "servico_id": login.id.number(),
        "online": connection.online,
        "radacct": sessions,
    })
}

fn onus(town: &mut Town, call: &Call<'_>) -> Response {
    let contract = Id::<Contract>::read(call.fields.text("contrato"));
    let row = |login: &Login| {
        let online = connection(login).online;
        json!({
            "id": login.id.number() + 900, "onuid": 3, "olt_name": "OLT-CENTRO", "description": login.username,
            "phy_addr": login.serial, "status": if online { "online" } else { "offline" }, "info_rx": "-20.500",
        })
    };
    let fiber = town.logins.iter().filter(|one| one.technology == Technology::Fiber && Some(one.contract) == contract);
    json_answer(&Value::Array(fiber.map(row).collect()))
}

/// Of the whole provider: the running ones, and one that is over but was never taken off the list.
fn maintenance(town: &mut Town, _: &Call<'_>) -> Response {
    let mut rows: Vec<Value> = town.areas.iter().map(|area| running(town, area)).collect();
    rows.push(json!({
        "id": 12_990, "descricao": "Troca de equipamento", "data_inicial": "2026-11-18 01:00:00",
        "data_final": "2026-11-18 05:00:00", "mensagem_central": "", "mensagem_ura": "Manutenção programada concluída",
        "ativa": 1, "severidade": "Problemas de performance", "status": "Resolvido",
        "pops": [{ "id": 1, "cidade": "SÃO PAULO", "uf": "SP" }],
        "nas": [], "aps": [], "olts": [], "oltpons": [], "ctos": [],
    }));
    json_answer(&Value::Array(rows))
}

fn running(town: &Town, area: &MaintenanceArea) -> Value {
    let mut pops = Vec::new();
    for login in area.logins.iter().filter_map(|id| town.login(*id)) {
        let pop = town.contract(login.contract).and_then(|contract| pop_of(town, contract));
        pops.extend(pop.filter(|pop| !pops.contains(pop)));
    }
    let place = |pop: &super::places::Pop| json!({ "id": pop.id, "cidade": pop.city, "uf": pop.state });
    json!({
        "id": area.id.number(),
        "descricao": area.title,
        "data_inicial": area.opened_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "data_final": area.expected_return.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "mensagem_central": area.message,
        "mensagem_ura": area.message,
        "ativa": 1,
        "severidade": "Indisponibilidade total",
        "status": "Identificado",
        "pops": pops.iter().map(place).collect::<Vec<_>>(),
        "nas": [], "aps": [], "olts": [], "oltpons": [], "ctos": [],
    })
}
