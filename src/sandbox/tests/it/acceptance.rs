//! Section 4.g: papers, terms, activation.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ponte_sandbox::WriteKind;
use serde_json::json;

use crate::raw::{call, contract, contract_row, ixc, press, row, rows};

#[test]
fn the_paper_names_who_signs_what() {
    let erp = ixc();
    let body = json!({ "id": contract(&erp, "D2") });
    let answer = call(&erp, "POST", "cliente_contrato_imprimir_contrato_17678", false, &body);
    let pdf = STANDARD.decode(answer.text()).unwrap();
    let holds = |text: &[u8]| pdf.windows(text.len()).any(|part| part == text);
    assert!(pdf.starts_with(b"%PDF-1.") && holds(b"Davi Rocha") && holds(b"Fibra 1 Giga"));
    let answer = call(&erp, "POST", "botao_rel_28088", false, &json!({ "id": "802" }));
    assert!(STANDARD.decode(answer.text()).unwrap().starts_with(b"%PDF-1."));
    for action in ["cliente_contrato_imprimir_contrato_17678", "botao_rel_28088"] {
        assert_eq!(press(&erp, action, &json!({ "id": "9" }))["type"], "error");
    }
}

#[test]
fn signing_all_terms_and_activating_opens_the_contract() {
    let erp = ixc();
    let id = contract(&erp, "D2");
    let terms = rows(&erp, "cliente_contrato_assinatura_termo", "cliente_contrato_assinatura_termo.id_contrato", &id);
    assert_eq!(terms.len(), 2);
    for mut term in terms {
        assert_eq!(term["assinado"], "N");
        let fields = term.as_object_mut().unwrap();
        let number = fields.remove("id").unwrap();
        fields.insert("assinado".into(), json!("S"));
        let resource = format!("cliente_contrato_assinatura_termo/{}", number.as_str().unwrap());
        assert_eq!(call(&erp, "PUT", &resource, false, &term).json()["type"], "success");
        let signed = row(
            &erp,
            "cliente_contrato_assinatura_termo",
            "cliente_contrato_assinatura_termo.id",
            number.as_str().unwrap(),
        );
        assert_eq!((&signed["assinado"], &signed["id_contrato"]), (&json!("S"), &json!(id)));
    }
    let answer = press(&erp, "cliente_contrato_ativar_cliente", &json!({ "id_contrato": id }));
    assert_eq!(answer["type"], "success");
    let after = contract_row(&erp, "D2");
    assert_eq!((&after["status"], &after["status_internet"]), (&json!("A"), &json!("A")));
    assert_eq!(after["data_ativacao"], "2026-11-20");
    assert_eq!(row(&erp, "radusuarios", "radusuarios.id_contrato", &id)["ativo"], "S");
    let again = press(&erp, "cliente_contrato_ativar_cliente", &json!({ "id_contrato": id }));
    assert_eq!(again["type"], "error");
    let writes = erp.writes();
    assert_eq!(writes.count_of("D2", WriteKind::TermSigned), 2);
    assert_eq!(writes.count_of("D2", WriteKind::Activation), 1);
}

#[test]
fn activating_unsigned_leaves_it_waiting_until_it_is_released_by_hand() {
    let erp = ixc();
    let body = json!({ "id_contrato": contract(&erp, "D2") });
    press(&erp, "cliente_contrato_ativar_cliente", &body);
    let after = contract_row(&erp, "D2");
    assert_eq!((&after["status"], &after["status_internet"]), (&json!("A"), &json!("AA")));
    press(&erp, "cliente_contrato_15464", &body);
    assert_eq!(contract_row(&erp, "D2")["status_internet"], "A");
}
