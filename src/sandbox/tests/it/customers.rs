//! Section 4.a and 4.j: `cliente`.

use serde_json::{Value, json};

use crate::raw::{call, ixc, row, rows};

#[test]
fn people_are_found_by_the_document_as_their_row_holds_it() {
    let erp = ixc();
    let cases = [
        ("529.982.247-25", "Ana Souza"),
        ("11144477735", "Bruno Lima"),
        ("39053344705", "Carla Dias"),
        ("123.456.789-09", "Davi Rocha"),
        ("12.ABC.345/01DE-35", "Empresa Exemplo Ltda"),
        ("12abc34501de35", "Empresa Exemplo Ltda"),
        ("98765432100", "Elisa Prado"),
    ];
    for (document, name) in cases {
        assert_eq!(row(&erp, "cliente", "cliente.cnpj_cpf", document)["razao"], name);
    }
    for document in ["52998224725", "111.444.777-35", "168.995.350-09", "11.222.333/0001-81"] {
        assert!(rows(&erp, "cliente", "cliente.cnpj_cpf", document).is_empty(), "{document}");
    }
}

#[test]
fn phones_are_free_text_in_four_columns() {
    let erp = ixc();
    let cases = [
        ("telefone_celular", "(11) 98765-4321", "Ana Souza"),
        ("whatsapp", "54981234567", "Bruno Lima"),
        ("fone", "(41) 3333-0002", "Davi Rocha"),
        ("telefone_comercial", "(11) 3333-4444", "Empresa Exemplo Ltda"),
    ];
    for (column, phone, name) in cases {
        assert_eq!(row(&erp, "cliente", &format!("cliente.{column}"), phone)["razao"], name);
    }
    let tail = json!({ "qtype": "cliente.telefone_celular", "query": "98765-4321", "oper": "L" });
    assert_eq!(call(&erp, "POST", "cliente", true, &tail).json()["registros"][0]["razao"], "Ana Souza");
}

#[test]
fn rows_carry_the_portal_password_and_text_only() {
    let erp = ixc();
    let ana = row(&erp, "cliente", "cliente.hotsite_email", "ana.souza");
    assert_eq!(ana["senha"], "Senha#2026");
    assert_eq!(ana["senha_hotsite_md5"], "N");
    assert!(ana.as_object().unwrap().values().all(Value::is_string));
    for document in ["11144477735", "123.456.789-09"] {
        assert_eq!(row(&erp, "cliente", "cliente.cnpj_cpf", document)["senha"], "");
    }
    assert_eq!(row(&erp, "cliente", "cliente.cnpj_cpf", "98765432100")["ativo"], "N");
}

#[test]
fn a_city_is_a_number_and_a_state_may_be_missing() {
    let erp = ixc();
    let ana = row(&erp, "cliente", "cliente.id", "101");
    let city = row(&erp, "cidade", "cidade.id", ana["cidade"].as_str().unwrap());
    assert_eq!(city["nome"], "São Paulo");
    assert_eq!(row(&erp, "uf", "uf.id", city["uf"].as_str().unwrap())["sigla"], "SP");
    assert_eq!(row(&erp, "cliente", "cliente.id", "102")["uf"], "0");
}

#[test]
fn a_put_changes_the_password_and_empties_what_it_leaves_out() {
    let erp = ixc();
    let mut whole = row(&erp, "cliente", "cliente.id", "101");
    let fields = whole.as_object_mut().unwrap();
    fields.remove("id");
    fields.remove("bairro");
    fields.insert("senha".into(), json!("outra"));
    let answer = call(&erp, "PUT", "cliente/101", false, &whole).json();
    assert_eq!(answer["type"], "success");
    let after = row(&erp, "cliente", "cliente.id", "101");
    assert_eq!((&after["senha"], &after["bairro"]), (&json!("outra"), &json!("")));
    assert_eq!(after["razao"], "Ana Souza");
    assert_eq!(erp.town().customers[0].portal.as_ref().unwrap().password, "outra");
    let missing = call(&erp, "PUT", "cliente/9", false, &whole).json();
    assert_eq!(missing["type"], "error");
}
