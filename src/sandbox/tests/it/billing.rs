//! Section 4.c: titles, boletos, Pix.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::date;
use ponte_domain::boleto::DigitableLine;
use ponte_domain::money::Cents;
use ponte_domain::pix::PixCode;
use ponte_sandbox::{SandboxErp, WriteKind};
use serde_json::{Value, json};

use crate::raw::{call, ixc, press, row, rows};

fn titles(erp: &SandboxErp, customer: &str) -> Vec<Value> {
    rows(erp, "fn_areceber", "fn_areceber.id_cliente", customer)
}

#[test]
fn bills_are_those_of_the_world_with_codes_that_pay_them() {
    let erp = ixc();
    let ana = titles(&erp, "101");
    let states: Vec<_> = ana.iter().map(|one| (one["status"].as_str(), one["data_vencimento"].as_str())).collect();
    assert_eq!(states, [(Some("R"), Some("2026-11-10")), (Some("A"), Some("2026-12-10"))]);
    assert_eq!((&ana[0]["pagamento_data"], &ana[0]["pagamento_valor"]), (&json!("2026-11-09"), &json!("99.90")));
    assert_eq!(ana[0]["recebido_via_pix"], "S");
    let cases = [("101", 1, 9_990), ("102", 0, 12_990), ("103", 0, 7_990), ("104", 0, 14_990), ("105", 0, 125_000)];
    for (customer, at, cents) in cases {
        let title = &titles(&erp, customer)[at];
        let line = DigitableLine::parse(title["linha_digitavel"].as_str().unwrap()).unwrap();
        let due = date(2026, 11, 20);
        assert_eq!(line.bar_code().amount(), Some(Cents::new(cents)));
        let due = line.bar_code().due_date(due).unwrap();
        assert_eq!(title["data_vencimento"], due.to_string());
    }
    assert!(titles(&erp, "106").is_empty());
}

#[test]
fn a_loose_charge_names_its_contract_in_another_column() {
    let erp = ixc();
    let carla = &titles(&erp, "103")[0];
    assert_eq!((&carla["id_contrato"], &carla["id_contrato_avulso"]), (&json!(""), &json!("3103")));
    let ana = &titles(&erp, "101")[1];
    assert_eq!((&ana["id_contrato"], &ana["id_contrato_avulso"]), (&json!("3101"), &json!("")));
}

#[test]
fn filters_join_with_and() {
    let erp = ixc();
    let body = json!({
        "qtype": "fn_areceber.id_cliente", "query": "101", "oper": "=", "page": "1", "rp": "200",
        "grid_param": r#"[{"TB":"fn_areceber.liberado","OP":"=","P":"S"},{"TB":"fn_areceber.status","OP":"!=","P":"C"},{"TB":"fn_areceber.status","OP":"!=","P":"R"}]"#,
    });
    let open = call(&erp, "POST", "fn_areceber", true, &body).json();
    assert_eq!(open["total"], "1");
    assert_eq!(open["registros"][0]["id"], "145535");
    let paid = row(&erp, "fn_areceber_baixas", "fn_areceber_baixas.id_receber", "145401");
    assert_eq!((&paid["data"], &paid["valor"]), (&json!("2026-11-09"), &json!("99.90")));
}

#[test]
fn a_boleto_comes_in_every_form() {
    let erp = ixc();
    let ask = |kind: &str, base64: &str, ids: &str| {
        let body = json!({ "boletos": ids, "juro": "S", "multa": "S", "atualiza_boleto": "S",
            "tipo_boleto": kind, "base64": base64, "layout_impressao": "" });
        call(&erp, "POST", "get_boleto", false, &body)
    };
    let text = ask("arquivo", "S", "145535");
    assert!(text.text().starts_with("JVBERi0xL"));
    assert!(STANDARD.decode(text.text()).unwrap().starts_with(b"%PDF-1."));
    let binary = ask("arquivo", "N", "145535,145539");
    assert_eq!(binary.header("content-type"), Some("application/pdf"));
    assert!(binary.body.starts_with(b"%PDF-1."));
    let data = ask("dados", "S", "145536").json();
    assert_eq!(data[0]["valor_boleto"], "129,90");
    assert_eq!(data[0]["data_vencimento"], "05/11/2026");
    assert_eq!(data[0]["CPF"], "111.444.777-35");
    let line = DigitableLine::parse(data[0]["linha_digitavel"].as_str().unwrap()).unwrap();
    assert_eq!(data[0]["codigo_barras"], line.bar_code().as_str());
    let mail = ask("mail", "S", "145535");
    assert_eq!(mail.header("content-type"), Some("text/html; charset=ISO-8859-1"));
    assert_eq!(mail.json(), json!({ "registros": [{ "sucesso": true }] }));
    assert_eq!(erp.writes().count_of("A1", WriteKind::BoletoSent), 1);
}

#[test]
fn a_boleto_that_cannot_be_is_an_error_under_200() {
    let erp = ixc();
    let paid = press(&erp, "get_boleto", &json!({ "boletos": "145401", "tipo_boleto": "arquivo", "base64": "S" }));
    assert_eq!(paid["message"], "Parcela já está recebida ou cancelada!<br />");
    for ids in ["9", "", "145535,9"] {
        let answer = press(&erp, "get_boleto", &json!({ "boletos": ids, "tipo_boleto": "dados" }));
        assert_eq!((&answer["type"], &answer["id"]), (&json!("error"), &json!("263521")), "{ids}");
    }
}

#[test]
fn a_pix_pays_the_bill_and_is_charged_once() {
    let erp = ixc();
    assert_eq!(row(&erp, "fn_areceber", "fn_areceber.id", "145535")["pix_txid"], "");
    let answer = press(&erp, "get_pix", &json!({ "id_areceber": "145535" }));
    assert_eq!(answer, press(&erp, "get_pix", &json!({ "id_areceber": 145_535 })));
    let code = PixCode::parse(answer["pix"]["qrCode"]["qrcode"].as_str().unwrap()).unwrap();
    assert_eq!(code.amount(), Some(Cents::new(9_990)));
    assert_eq!(answer["pix"]["dadosPix"]["pixCopiaECola"], code.as_str());
    assert_eq!(answer["pix"]["dadosPix"]["expiracaoPix"], "10/03/2027 00:00:00");
    assert_eq!(answer["pix"]["dadosPix"]["devedor"], json!({ "cpf": "52998224725", "nome": "Ana Souza" }));
    let picture = STANDARD.decode(answer["pix"]["qrCode"]["imagemQrcode"].as_str().unwrap()).unwrap();
    assert!(picture.starts_with(b"\x89PNG"));
    assert_eq!(row(&erp, "fn_areceber", "fn_areceber.id", "145535")["pix_txid"], "ixc145535x20261120");
    assert_eq!(erp.writes().count_of("A1", WriteKind::PixCharged), 1);
}

#[test]
fn brunos_bank_has_no_pix_and_says_success() {
    let erp = ixc();
    let answer = press(&erp, "get_pix", &json!({ "id_areceber": "145536" }));
    assert_eq!(answer["type"], "success");
    assert_eq!(answer["pix"]["qrCode"]["qrcode"], "");
    assert_eq!(answer["pix"]["dadosPix"], json!({ "expiracaoPix": "31/12/1969 21:00:00" }));
    let wallet = row(&erp, "fn_areceber", "fn_areceber.id", "145536")["id_carteira_cobranca"].clone();
    let wallet = row(&erp, "fn_carteira_cobranca", "fn_carteira_cobranca.id", wallet.as_str().unwrap());
    assert_eq!((&wallet["gera_pix_gateway"], &wallet["pix_gateway"]), (&json!("N"), &json!("")));
    assert!(erp.writes().counts.is_empty());
    assert_eq!(press(&erp, "get_pix", &json!({ "id_areceber": "9" }))["type"], "error");
}
