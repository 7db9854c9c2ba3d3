//! Section 4.d: `vd_saida` and `imprimir_nota`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::raw::{call, ixc, press, row, rows};

#[test]
fn notas_are_among_other_sales() {
    let erp = ixc();
    let ana = rows(&erp, "vd_saida", "vd_saida.id_cliente", "101");
    let numbers: Vec<_> = ana.iter().map(|sale| sale["numero_nf"].as_str().unwrap()).collect();
    assert_eq!(numbers, ["", "000012345"]);
    assert_eq!((&ana[1]["status"], &ana[1]["modelo_nf"]), (&json!("F"), &json!("21")));
    assert_eq!(ana[1]["ids_areceber"], "145401");
    assert_eq!(row(&erp, "fn_areceber", "fn_areceber.id", "145401")["id_saida"], ana[1]["id"]);
    assert_eq!(rows(&erp, "vd_saida", "vd_saida.id_cliente", "105").len(), 2);
}

#[test]
fn a_nota_prints_as_base64_text() {
    let erp = ixc();
    let answer = call(&erp, "POST", "imprimir_nota", false, &json!({ "id": "72001", "base64": "S" }));
    let pdf = STANDARD.decode(answer.text()).unwrap();
    assert!(pdf.starts_with(b"%PDF-1.") && pdf.windows(9).any(|part| part == b"Ana Souza"));
    assert_eq!(press(&erp, "imprimir_nota", &json!({ "id": "9", "base64": "S" }))["type"], "error");
}
