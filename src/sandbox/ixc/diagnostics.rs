//! Logins, sessions, optics and maintenance areas (section 4.h).

use serde_json::{Map, Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::id::Id;
use crate::town::network::{Login, Session, Technology};
use crate::town::writes::WriteKind;

use super::dialect::{Action, Fields, Refusal, json_answer, success};
use super::prices::group_id;
use super::row::{Row, br_moment};
use super::table::{Shape, Table, Total, Update};
use super::work_orders::linked_order;

pub(super) const TABLES: &[Table] = &[
    Table::of("radusuarios", logins).updating(Update {
        kind: Some(WriteKind::LoginChanged),
        apply,
        contract: contract_of,
    }),
    Table::of("radacct", sessions).shaped(
        Shape::Grid { cells: session_cells, key: Some("radacctid"), totals: |_| "[]".to_owned() },
        Total::Number,
    ),
    Table::of("radpop_radio_cliente_fibra", optics),
    Table::of("su_oss_chamado_regiao_manutencao_radusuarios", affected),
];

pub(super) const ACTIONS: &[Action] = &[
    Action { name: "desconectar_clientes", run: disconnect },
    Action { name: "radusuarios_25452", run: clear_mac },
    Action { name: "consultar_regiao_manutencao", run: area_at },
];

fn logins(town: &Town) -> Vec<Row> {
    town.logins.iter().map(|login| row(town, login)).collect()
}

fn row(town: &Town, login: &Login) -> Row {
    let contract = town.contract(login.contract);
    let group = contract.and_then(|one| town.plan(one.plan)).map_or(0, group_id);
    let (began, ended, cause) = match login.session {
        Session::Online { since } => (Some(since), None, ""),
        Session::Offline { began, ended, cause } => (Some(began), Some(ended), cause),
        Session::Never => (None, None, ""),
    };
    let seconds = match (began, ended) {
        (Some(began), Some(ended)) => began.duration_until(ended).as_secs(),
        (Some(began), None) => began.duration_until(town.clock()).as_secs(),
        _ => 0,
    };
    let fiber = login.serial.is_some();
    let (latitude, longitude) =
        town.customer(login.customer).map_or(("", ""), |one| (one.address.latitude, one.address.longitude));
    Row::new(login.id)
        .id("id_cliente", login.customer)
        .id("id_contrato", login.contract)
        .put("id_filial", contract.map_or(String::new(), |one| one.branch.to_string()))
        .id("id_grupo", group)
        .put("login", login.username.as_str())
        .put("senha", login.password.as_str())
        .flag("ativo", login.enabled)
        .put("online", online(login.session))
        .put("autenticacao", "L")
        .put("tipo_conexao_mapa", technology(login.technology))
        .put("ip", login.ip)
        .put("mac", login.mac.as_str())
        .put("onu_mac", login.serial.unwrap_or(""))
        .moment("ultima_conexao_inicial", began)
        .moment("ultima_conexao_final", ended)
        .id("tempo_conectado", seconds)
        .put("motivo_desconexao", cause)
        .id("count_desconexao", login.drops)
        .put("tempo_conexao", "")
        .put("concentrador", "BRAS-01")
        .fill("", &["conexao", "tipo_conexao"])
        .id("download_atual", login.quota.downloaded)
        .id("upload_atual", login.quota.uploaded)
        .id("franquia_maximo", login.quota.limit)
        .id("franquia_consumo", login.quota.downloaded)
        .id("franquia_consumo_up", login.quota.uploaded)
        .flag("franquia_atingida", login.quota.reached())
        .put("id_transmissor", if fiber { "7" } else { "0" })
        .put("id_caixa_ftth", if fiber { "31" } else { "0" })
        .put("ftth_porta", if fiber { "4" } else { "" })
        .put("sinal_ultimo_atendimento", "")
        .put("tipo_vinculo_plano", "D")
        .put("tipo_equipamento", "C")
        .put("ssid_router_wifi", login.wifi.ssid.as_str())
        .put("senha_rede_sem_fio", login.wifi.password.as_str())
        .put("ssid_router_wifi_5ghz", login.wifi.ssid_5ghz.as_str())
        .put("senha_rede_sem_fio_5ghz", login.wifi.password_5ghz.as_str())
        .put("endereco_padrao_cliente", "S")
        .put("latitude", latitude)
        .put("longitude", longitude)
        .put("ultima_atualizacao", "2026-11-20 03:12:44")
}

fn online(session: Session) -> &'static str {
    match session {
        Session::Online { .. } => "S",
        Session::Offline { .. } => "N",
        Session::Never => "SS",
    }
}

fn technology(technology: Technology) -> &'static str {
    match technology {
        Technology::Fiber => "F",
        Technology::Radio => "58",
        Technology::Adsl => "A",
    }
}

fn contract_of(town: &Town, row: &str) -> Option<Id<Contract>> {
    Id::read(row).and_then(|id| town.login(id)).map(|login| login.contract)
}

/// The columns that are facts. Online, sessions and counters come from the network and are no
/// login's to write; what a PUT says of them lies over them, as at the vendor.
fn apply(town: &mut Town, row: &str, column: &str, value: &str) -> bool {
    let Some(login) = Id::read(row).and_then(|id| town.login_mut(id)) else { return false };
    let field = match column {
        "ativo" => {
            login.enabled = value == "S";
            return true;
        }
        "login" => &mut login.username,
        "senha" => &mut login.password,
        "mac" => &mut login.mac,
        "ssid_router_wifi" => &mut login.wifi.ssid,
        "senha_rede_sem_fio" => &mut login.wifi.password,
        "ssid_router_wifi_5ghz" => &mut login.wifi.ssid_5ghz,
        "senha_rede_sem_fio_5ghz" => &mut login.wifi.password_5ghz,
        _ => return false,
    };
    value.clone_into(field);
    true
}

fn sessions(town: &Town) -> Vec<Row> {
    let row = |login: &Login| {
        let (began, ended) = match login.session {
            Session::Online { since } => (since, String::new()),
            Session::Offline { began, ended, .. } => (began, br_moment(ended)),
            Session::Never => return None,
        };
        let row = Row::new(2_070_000 + login.id.number())
            .put("username", login.username.as_str())
            .put("callingstationid", login.mac.as_str())
            .put("framedipaddress", login.ip)
            .put("nasipaddress", "192.0.2.6")
            .put("nasportid", "PPPoE_1")
            .put("acctstarttime", br_moment(began))
            .put("acctstoptime", ended)
            .id("acctinputoctets", login.quota.uploaded);
        Some(row)
    };
    town.logins.iter().filter_map(row).collect()
}

/// By position, in the order of the sample in section 4.h.
fn session_cells(row: &Row) -> Vec<String> {
    let mut cells: Vec<String> = row.columns().iter().map(|(_, value)| value.clone()).collect();
    cells.extend([String::new(), String::new(), String::new()]);
    cells
}

fn optics(town: &Town) -> Vec<Row> {
    let row = |login: &Login| {
        let serial = login.serial?;
        let row = Row::new(login.id.number() + 5000)
            .id("id_login", login.id)
            .id("id_contrato", login.contract)
            .put("mac", serial)
            .put("sinal_rx", "-21.45")
            .put("sinal_tx", "2.31")
            .put("temperatura", "47")
            .put("voltagem", "3.26")
            .put("data_sinal", "2026-11-20 11:30:00")
            .put("causa_ultima_queda", "")
            .put("onu_tipo", "EX-1200")
            .put("distancia_onu", "2140")
            .put("id_caixa_ftth", "31")
            .put("ponid", "0/1/3");
        Some(row)
    };
    town.logins.iter().filter_map(row).collect()
}

/// The logins in an area. The column with the region is the last but two; `id_su_oss_chamado` is
/// another order (section 4.h).
fn affected(town: &Town) -> Vec<Row> {
    let mut rows = Vec::new();
    for area in &town.areas {
        for login in &area.logins {
            let row = Row::new(area.id.number() - 12_956)
                .id("id_radusuarios", login)
                .id("id_su_oss_chamado", linked_order(area))
                .id("id_su_oss_chamado_regiao_manutencao", area.id)
                .put("id_desconto_adicional", "0")
                .put("valor_desconto_por_area", "0.00");
            rows.push(row);
        }
    }
    rows
}

fn disconnect(town: &mut Town, fields: &Fields) -> Response {
    match Id::read(fields.first(&["id", "get_id"])) {
        Some(id) if town.drop_session(id) => success("Cliente desconectado com sucesso!"),
        _ => Refusal::generic().response(),
    }
}

fn clear_mac(town: &mut Town, fields: &Fields) -> Response {
    let id = fields.first(&["get_id", "id"]).to_owned();
    if !apply(town, &id, "mac", "") {
        return Refusal::generic().response();
    }
    let contract = contract_of(town, &id);
    town.wrote(WriteKind::LoginChanged, contract);
    success("MAC removido com sucesso!")
}

/// The answer is not documented: shaped like its sibling `viabilidade_tecnica`, numbered entries
/// and a flag (section 4.h).
fn area_at(town: &mut Town, fields: &Fields) -> Response {
    let Some(point) = point(fields.text("latitude"), fields.text("longitude")) else {
        return Refusal::fill_in("Latitude e Longitude").response();
    };
    let hit = |login: &Id<Login>| {
        let address = &town.login(*login).and_then(|login| town.customer(login.customer))?.address;
        let (latitude, longitude) = self::point(address.latitude, address.longitude)?;
        // About 500 metres.
        Some((latitude - point.0).abs() < 0.005 && (longitude - point.1).abs() < 0.005)
    };
    let entries: Vec<Value> = town
        .areas
        .iter()
        .filter(|area| area.logins.iter().any(|login| hit(login) == Some(true)))
        .map(|area| json!({ "id": area.id.to_string(), "descricao": area.title, "mensagem": area.message }))
        .collect();
    if entries.is_empty() {
        return Refusal::new("Nenhuma região de manutenção encontrada!").response();
    }
    let numbered = entries.into_iter().enumerate().map(|(at, entry)| (at.to_string(), entry));
    let mut answer: Map<String, Value> = numbered.collect();
    answer.insert("success".to_owned(), Value::Bool(true));
    json_answer(&Value::Object(answer))
}

fn point(latitude: &str, longitude: &str) -> Option<(f64, f64)> {
    Some((latitude.parse().ok()?, longitude.parse().ok()?))
}
