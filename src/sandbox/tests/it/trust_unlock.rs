//! Section 4.e: `desbloqueio_confianca`.

use ponte_sandbox::WriteKind;
use serde_json::{Value, json};

use crate::raw::{call, clock, contract, contract_row, ixc, press, row};

fn unlock(erp: &ponte_sandbox::SandboxErp, label: &str) -> Value {
    press(erp, "desbloqueio_confianca", &json!({ "id": contract(erp, label) }))
}

#[test]
fn bruno_is_unlocked_once() {
    let erp = ixc();
    assert_eq!(unlock(&erp, "B1")["tipo"], "sucesso");
    let after = contract_row(&erp, "B1");
    assert_eq!((&after["status_internet"], &after["desbloqueio_confianca_ativo"]), (&json!("A"), &json!("S")));
    assert_eq!(after["dt_ult_des_bloq_conf"], "2026-11-20");
    assert_eq!(row(&erp, "radusuarios", "radusuarios.login", "bruno.lima")["online"], "S");
    assert_eq!(unlock(&erp, "B1")["codigo"], "107");
    assert_eq!(erp.writes().count_of("B1", WriteKind::TrustUnlock), 1);
}

#[test]
fn after_three_days_bruno_is_blocked_and_restricted() {
    let erp = ixc();
    unlock(&erp, "B1");
    clock(&erp, "2026-11-24T09:00:00-03:00");
    let after = contract_row(&erp, "B1");
    assert_eq!((&after["status_internet"], &after["desbloqueio_confianca_ativo"]), (&json!("CA"), &json!("N")));
    assert_eq!(after["restricao_auto_desbloqueio"], "S");
    let refused = unlock(&erp, "B1");
    assert_eq!(refused["codigo"], "113");
    assert_eq!(refused["mensagem"], after["motivo_restricao_auto_desbloq"]);
    assert!(refused["mensagem"].as_str().unwrap().contains("vence após o dia 20/12/2026"));
}

#[test]
fn carla_is_restricted_with_the_dates_in_the_text() {
    let erp = ixc();
    let id = contract(&erp, "C1");
    let answer = call(&erp, "POST", "desbloqueio_confianca", false, &json!({ "id": id }));
    assert!(answer.text().contains(r"confian\u00e7a n\u00e3o est\u00e1"), "accents are escaped");
    let expected = format!(
        "O desbloqueio de confiança não está disponível para o contrato {id}, este recurso foi usado no dia \
         02/11/2026 e não foi realizado o pagamento até o dia 05/11/2026, este recurso será habilitado novamente \
         quando o título que vence após o dia 02/12/2026 for pago."
    );
    assert_eq!(answer.json(), json!({ "tipo": "erro", "codigo": "113", "mensagem": expected }));
    assert_eq!(contract_row(&erp, "C1")["motivo_restricao_auto_desbloq"], expected);
    clock(&erp, "2026-12-02T08:00:00-03:00");
    assert_eq!(contract_row(&erp, "C1")["restricao_auto_desbloqueio"], "N");
    assert_eq!(unlock(&erp, "C1")["tipo"], "sucesso");
}

#[test]
fn the_other_codes_are_those_of_the_dossier() {
    let erp = ixc();
    for (label, code) in [("A1", "107"), ("F1", "109"), ("D2", "109")] {
        assert_eq!(unlock(&erp, label)["codigo"], code, "{label}");
    }
    press(&erp, "cliente_contrato_15300", &json!({ "id_contrato": contract(&erp, "B1") }));
    assert_eq!(unlock(&erp, "B1")["codigo"], "108");
    for id in [json!("9"), json!(9), json!("x"), json!(null)] {
        assert_eq!(press(&erp, "desbloqueio_confianca", &json!({ "id": id }))["codigo"], "106");
    }
    assert_eq!(erp.writes().count(WriteKind::TrustUnlock), 0);
}
