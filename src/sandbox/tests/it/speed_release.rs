//! Section 4.f: `liberacao_reducao_contrato_29157`.

use ponte_sandbox::WriteKind;
use serde_json::json;

use crate::raw::{contract, contract_row, ixc, press};

#[test]
fn davis_speed_is_released_once() {
    let erp = ixc();
    let body = json!({ "get_id": contract(&erp, "D1") });
    assert_eq!(press(&erp, "liberacao_reducao_contrato_29157", &body)["type"], "success");
    let after = contract_row(&erp, "D1");
    assert_eq!(after["status_velocidade"], "N");
    assert_eq!(after["dt_ult_liberacao_susp_parc"], "2026-11-20");
    assert_eq!(press(&erp, "liberacao_reducao_contrato_29157", &body)["type"], "error");
    assert_eq!(press(&erp, "liberacao_reducao_contrato_29157", &json!({ "get_id": "9" }))["type"], "error");
    assert_eq!(erp.writes().count_of("D1", WriteKind::SpeedRelease), 1);
}
