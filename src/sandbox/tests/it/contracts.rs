//! Section 4.b and the buttons of 4.e: `cliente_contrato`.

use ponte_sandbox::WriteKind;
use serde_json::{Value, json};

use crate::raw::{call, clock, contract, contract_row, ixc, list, press, row, rows};

#[test]
fn contracts_show_their_codes() {
    let erp = ixc();
    let cases = [
        ("A1", "A", "A", "N"),
        ("B1", "A", "CA", "N"),
        ("C1", "A", "CA", "N"),
        ("D1", "A", "A", "R"),
        ("D2", "P", "AA", "N"),
        ("E1", "A", "A", "N"),
        ("F1", "I", "D", "N"),
    ];
    for (label, status, access, speed) in cases {
        let shown = contract_row(&erp, label);
        assert_eq!(
            (&shown["status"], &shown["status_internet"], &shown["status_velocidade"]),
            (&json!(status), &json!(access), &json!(speed)),
            "{label}"
        );
    }
    assert_eq!(contract_row(&erp, "F1")["data_cancelamento"], "2026-08-31");
    assert_eq!(contract_row(&erp, "A1")["data_cancelamento"], "0000-00-00");
    let davi = rows(&erp, "cliente_contrato", "cliente_contrato.id_cliente", "104");
    assert_eq!(davi.len(), 2);
}

#[test]
fn the_due_day_the_speed_and_the_price_are_elsewhere() {
    let erp = ixc();
    let ana = contract_row(&erp, "A1");
    let text = |row: &Value, column: &str| row[column].as_str().unwrap().to_owned();
    let kind = row(&erp, "cliente_contrato_tipo", "cliente_contrato_tipo.id", &text(&ana, "id_tipo_contrato"));
    let terms = row(&erp, "condicoes_pagamento", "condicoes_pagamento.id", &text(&kind, "id_condicoes_pagamento"));
    assert_eq!(terms["dia_fixo"], "10");
    let plan = row(&erp, "vd_contratos", "vd_contratos.id", &text(&ana, "id_vd_contrato"));
    assert_eq!((&plan["nome"], &plan["valor_contrato"]), (&json!("Fibra 300 Mega"), &json!("99.90")));
    let login = row(&erp, "radusuarios", "radusuarios.id_contrato", &text(&ana, "id"));
    let group = row(&erp, "radgrupos", "radgrupos.id", &text(&login, "id_grupo"));
    assert_eq!((&group["download"], &group["upload"]), (&json!("300M"), &json!("150M")));
    let view = list(
        &erp,
        "view_vd_contratos_produtos_gen",
        "view_vd_contratos_produtos_gen.cliente_contrato_id",
        &text(&ana, "id"),
    );
    assert_eq!(view["tot"], json!(["99,90", false, false, "99,90"]));
    assert_eq!(view["rows"][0]["cell"].as_array().unwrap().len(), 15);
    assert_eq!(view["rows"][0]["cell"][5], "91,00");
    let products = rows(&erp, "vd_contratos_produtos", "vd_contratos_produtos.id_vd_contrato", "210");
    assert_eq!(products[0]["valor_unit"], "91.000000000");
}

#[test]
fn a_temporary_release_is_a_success_even_for_nobody() {
    let erp = ixc();
    let nobody = press(&erp, "cliente_contrato_btn_lib_temp_24722", &json!({ "id": "-1", "get_id": "-1" }));
    assert_eq!(nobody["type"], "success");
    assert!(erp.writes().counts.is_empty());
    let bruno = contract(&erp, "B1");
    let body = json!({ "id": bruno, "get_id": bruno });
    assert_eq!(press(&erp, "cliente_contrato_btn_lib_temp_24722", &body)["type"], "success");
    assert_eq!(contract_row(&erp, "B1")["status_internet"], "A");
    assert_eq!(contract_row(&erp, "B1")["dt_ult_liberacao_temporaria"], "2026-11-20 12:00:00");
    clock(&erp, "2026-11-23T12:00:01-03:00");
    assert_eq!(contract_row(&erp, "B1")["status_internet"], "CA");
    assert_eq!(press(&erp, "cliente_contrato_btn_lib_temp_24722", &body)["type"], "error");
    assert_eq!(erp.writes().count_of("B1", WriteKind::TemporaryRelease), 1);
}

#[test]
fn operators_set_the_access_by_hand() {
    let erp = ixc();
    let body = json!({ "id_contrato": contract(&erp, "A1") });
    for (action, code) in [
        ("cliente_contrato_15300", "CM"),
        ("cliente_contrato_15463", "FA"),
        ("cliente_contrato_23529", "AA"),
        ("cliente_contrato_15464", "A"),
    ] {
        assert_eq!(press(&erp, action, &body)["type"], "success");
        assert_eq!(contract_row(&erp, "A1")["status_internet"], code);
    }
    let over = json!({ "id_contrato": contract(&erp, "F1") });
    assert_eq!(press(&erp, "cliente_contrato_15464", &over)["type"], "error");
    assert_eq!(erp.writes().count_of("A1", WriteKind::AccessChange), 4);
}

#[test]
fn a_note_is_kept_in_the_history() {
    let erp = ixc();
    let id = contract(&erp, "D2");
    let note = json!({ "tipo": "A", "data": "20/11/2026", "historico": "Aceite pelo chat", "id_cliente": "104", "id_contrato": id });
    let inserted = call(&erp, "POST", "cliente_contrato_historico", false, &note).json();
    assert_eq!(inserted["message"], "Registro inserido com sucesso!");
    let kept = row(&erp, "cliente_contrato_historico", "cliente_contrato_historico.id_contrato", &id);
    assert_eq!(kept["historico"], "Aceite pelo chat");
    assert_eq!(erp.writes().count_of("D2", WriteKind::NoteAdded), 1);
    let empty = call(&erp, "POST", "cliente_contrato_historico", false, &json!({ "id_cliente": "104" })).json();
    assert_eq!(empty["message"], "Preencha Contrato");
}
