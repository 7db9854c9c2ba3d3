//! Section 4.h: logins, sessions, maintenance.

use ponte_sandbox::WriteKind;
use serde_json::json;

use crate::raw::{ixc, list, press, row, rows};

#[test]
fn logins_say_online_technology_and_quota() {
    let erp = ixc();
    let cases = [
        ("ana.souza", "S", "S", "F", "N"),
        ("bruno.lima", "S", "N", "F", "N"),
        ("carla.dias", "S", "N", "58", "N"),
        ("davi.rocha", "S", "S", "F", "N"),
        ("davi.rocha2", "N", "SS", "F", "N"),
        ("empresa.exemplo", "S", "N", "A", "S"),
        ("elisa.prado", "N", "N", "F", "N"),
    ];
    for (name, active, online, technology, quota) in cases {
        let login = row(&erp, "radusuarios", "radusuarios.login", name);
        let shown = (&login["ativo"], &login["online"], &login["tipo_conexao_mapa"], &login["franquia_atingida"]);
        assert_eq!(shown, (&json!(active), &json!(online), &json!(technology), &json!(quota)), "{name}");
        assert_eq!(login["senha"], format!("pppoe-{name}"));
    }
    assert_eq!(rows(&erp, "radpop_radio_cliente_fibra", "radpop_radio_cliente_fibra.id_contrato", "3101").len(), 1);
}

#[test]
fn sessions_come_as_a_grid_in_brazilian_formats() {
    let erp = ixc();
    let ana = list(&erp, "radacct", "radacct.username", "ana.souza");
    assert_eq!(ana["total"], 1);
    assert_eq!(ana["rows"][0]["autoincrement"]["campo"], "radacctid");
    let cells = ana["rows"][0]["cell"].as_array().unwrap();
    assert_eq!((cells.len(), &cells[6], &cells[7]), (12, &json!("20/11/2026 06:42:10"), &json!("")));
    let bruno = list(&erp, "radacct", "radacct.username", "bruno.lima");
    assert_eq!(bruno["rows"][0]["cell"][7], "16/11/2026 03:12:44");
}

#[test]
fn the_company_is_inside_an_open_maintenance() {
    let erp = ixc();
    let table = "su_oss_chamado_regiao_manutencao_radusuarios";
    let login = row(&erp, "radusuarios", "radusuarios.login", "empresa.exemplo");
    let link = row(&erp, table, &format!("{table}.id_radusuarios"), login["id"].as_str().unwrap());
    let region = link["id_su_oss_chamado_regiao_manutencao"].as_str().unwrap();
    let order = row(&erp, "su_oss_chamado", "su_oss_chamado.id", region);
    assert_eq!((&order["tipo"], &order["status"]), (&json!("E"), &json!("A")));
    assert_eq!(order["data_prazo_limite"], "2026-11-20 18:00:00");
    let subject = row(&erp, "su_oss_assunto", "su_oss_assunto.id", order["id_assunto"].as_str().unwrap());
    assert!(subject["msg_regiao_manutencao"].as_str().unwrap().contains("18:00"));
    let other = row(&erp, "su_oss_chamado", "su_oss_chamado.id", link["id_su_oss_chamado"].as_str().unwrap());
    assert_eq!((&other["tipo"], &other["status"]), (&json!("C"), &json!("F")), "the wrong column leads here");
    assert!(rows(&erp, table, &format!("{table}.id_radusuarios"), "4701").is_empty());
}

#[test]
fn a_point_is_inside_an_area_or_not() {
    let erp = ixc();
    let inside =
        press(&erp, "consultar_regiao_manutencao", &json!({ "latitude": "-23.6530", "longitude": "-46.7080" }));
    assert_eq!((&inside["success"], &inside["0"]["id"]), (&json!(true), &json!("13044")));
    let outside =
        press(&erp, "consultar_regiao_manutencao", &json!({ "latitude": "-23.5890", "longitude": "-46.6340" }));
    assert_eq!(outside["type"], "error");
    assert_eq!(press(&erp, "consultar_regiao_manutencao", &json!({}))["type"], "error");
}

#[test]
fn a_session_is_dropped_and_a_mac_cleared() {
    let erp = ixc();
    assert_eq!(press(&erp, "desconectar_clientes", &json!({ "id": "4701" }))["type"], "success");
    let after = row(&erp, "radusuarios", "radusuarios.id", "4701");
    assert_eq!((&after["ultima_conexao_inicial"], &after["online"]), (&json!("2026-11-20 12:00:00"), &json!("S")));
    assert_eq!(press(&erp, "radusuarios_25452", &json!({ "get_id": "4701" }))["type"], "success");
    assert_eq!(row(&erp, "radusuarios", "radusuarios.id", "4701")["mac"], "");
    for action in ["desconectar_clientes", "radusuarios_25452"] {
        assert_eq!(press(&erp, action, &json!({ "id": "9" }))["type"], "error");
    }
    assert_eq!(erp.writes().count_of("A1", WriteKind::SessionDropped), 1);
    assert_eq!(erp.writes().count_of("A1", WriteKind::LoginChanged), 1);
}
