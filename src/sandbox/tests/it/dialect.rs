//! Sections 2 and 3 of the dossier: header, token, errors, lists.

use serde_json::json;

use crate::raw::{authorization, call, exchange, ixc, list, rows, send};

const ANA: &str = r#"{"qtype":"cliente.cnpj_cpf","query":"529.982.247-25","oper":"=","page":"1","rp":"20"}"#;

#[test]
fn the_header_tells_a_list_from_an_insert() {
    let erp = ixc();
    let basic = authorization();
    let listed = [("Authorization", basic.as_str()), ("ixcsoft", "listar")];
    let bare = [("Authorization", basic.as_str())];
    let path = "/webservice/v1/cliente";
    for method in ["POST", "GET"] {
        let answer = send(&erp, method, path, &listed, ANA.as_bytes());
        assert_eq!(answer.json()["registros"][0]["razao"], "Ana Souza");
        assert_eq!(answer.header("content-type"), Some("text/x-json; charset=utf-8"));
    }
    assert_eq!(send(&erp, "GET", path, &bare, ANA.as_bytes()).status, Some(404));
    assert!(erp.writes().counts.is_empty());
    let inserted = send(&erp, "POST", path, &bare, ANA.as_bytes()).json();
    assert_eq!(inserted["message"], "Registro inserido com sucesso!");
    assert_eq!(erp.writes().count(ponte_sandbox::WriteKind::RowInserted), 1);
    let stray = rows(&erp, "cliente", "cliente.id", inserted["id"].as_str().unwrap());
    assert_eq!(stray[0]["razao"], "", "the query was taken for a row");
}

#[test]
fn only_the_token_opens_the_door() {
    let erp = ixc();
    let cases = [
        (None, 401),
        (Some("Basic MTE6YWJj"), 401),
        (Some("Basic !!!"), 401),
        (Some(ponte_sandbox::IXC_TOKEN), 401),
        (Some("Bearer abc"), 400),
    ];
    for (value, expected) in cases {
        let headers: Vec<_> =
            value.into_iter().map(|value| ("Authorization", value)).chain([("ixcsoft", "listar")]).collect();
        let answer = send(&erp, "POST", "/webservice/v1/cliente", &headers, ANA.as_bytes());
        assert_eq!(answer.status, Some(expected), "{value:?}");
        assert!(answer.header("content-type").unwrap().starts_with("text/html"));
    }
    let (user, password) = ponte_sandbox::IXC_TOKEN.split_once(':').unwrap();
    assert!(user.parse::<u32>().is_ok() && password.len() == 64 && password.chars().all(|c| c.is_ascii_hexdigit()));
    assert_eq!(erp.credentials(), json!({ "token": ponte_sandbox::IXC_TOKEN }));
}

#[test]
fn what_is_not_there_says_so_under_status_200() {
    let erp = ixc();
    let answer = call(&erp, "POST", "rad", true, &json!({}));
    assert_eq!(answer.status, Some(200));
    assert!(
        answer.text().contains(r#""message":"Recurso rad n\u00e3o est\u00e1 dispon\u00edvel!""#),
        "{}",
        answer.text()
    );
    assert_eq!(answer.json()["type"], "error");
    // The paid signature module is not bought; a DELETE was not opened.
    let answer = call(&erp, "POST", "gerar_documento_assinatura_digital", false, &json!({}));
    assert!(answer.json()["message"].as_str().unwrap().starts_with("Recurso gerar_documento"));
    let answer = call(&erp, "DELETE", "cliente/101", false, &json!({}));
    assert_eq!(answer.json()["message"], "Recurso cliente não está disponível!");
    let basic = authorization();
    let wrong = send(&erp, "POST", "/webservice/v9/cliente", &[("Authorization", &basic)], b"{}").json();
    assert_eq!(wrong["message"], "Versão v9 do webservice não está disponível!");
    assert_eq!(send(&erp, "GET", "/", &[], b"").status, Some(404));
}

#[test]
fn a_bad_query_is_the_red_page_with_status_200() {
    let erp = ixc();
    for body in [
        json!({ "qtype": "cliente.nada", "query": "1", "oper": "=" }),
        json!({ "qtype": "id", "query": "1", "oper": "=" }),
        json!({ "qtype": "cliente.id", "query": "1", "oper": "LIKE" }),
        json!({ "grid_param": [{ "TB": "cliente.id", "OP": "=", "P": "1" }] }),
        json!([]),
    ] {
        let answer = call(&erp, "POST", "cliente", true, &body);
        assert_eq!(answer.status, Some(200));
        assert!(answer.text().contains("background:#FF0000"), "{body}");
    }
}

#[test]
fn lists_page_sort_and_count() {
    let erp = ixc();
    let page = |number: &str| {
        let body = json!({
            "qtype": "cliente_contrato.id", "query": "0", "oper": ">", "page": number, "rp": "3",
            "sortname": "cliente_contrato.id", "sortorder": "desc",
        });
        call(&erp, "POST", "cliente_contrato", true, &body).json()
    };
    let all: Vec<String> = ["1", "2", "3", "4"]
        .iter()
        .flat_map(|number| page(number)["registros"].as_array().unwrap().clone())
        .map(|row| row["id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(all, ["3107", "3106", "3105", "3104", "3103", "3102", "3101"]);
    assert_eq!(page("2")["total"], "7");
    assert_eq!(page("2")["page"], "2");
}

#[test]
fn a_miss_is_an_empty_list_in_either_shape() {
    let erp = ixc();
    assert_eq!(list(&erp, "cliente", "cliente.id", "9"), json!({ "page": "1", "total": "0" }));
    let body = list(&erp, "cliente_contrato", "cliente_contrato.id", "9");
    assert_eq!(body, json!({ "page": "1", "total": "0", "registros": [] }));
    assert_eq!(list(&erp, "cliente", "cliente.id", "101")["total"], 1, "a number where others have text");
}

#[test]
fn a_connection_is_kept_for_the_next_request() {
    let erp = ixc();
    let one = "GET /_sandbox/clock HTTP/1.1\r\nHost: erp\r\n\r\n";
    let last = "GET /_sandbox/clock HTTP/1.1\r\nHost: erp\r\nConnection: close\r\n\r\n";
    let bytes = exchange(erp.addr(), format!("{one}{one}{last}").as_bytes());
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 3);
    assert_eq!(text.matches("Connection: keep-alive").count(), 2);
}

#[test]
fn every_catalogue_has_rows() {
    let erp = ixc();
    for resource in [
        "filial",
        "cidade",
        "uf",
        "cliente_contrato_tipo",
        "condicoes_pagamento",
        "radgrupos",
        "vd_contratos",
        "vd_contratos_produtos",
        "fn_carteira_cobranca",
        "su_oss_assunto",
        "su_ticket_setor",
        "su_diagnostico",
        "wfl_processo",
        "empresa_setor",
    ] {
        let body = call(
            &erp,
            "POST",
            resource,
            true,
            &json!({ "qtype": format!("{resource}.id"), "query": "0", "oper": ">" }),
        );
        assert!(!body.json()["registros"].as_array().unwrap().is_empty(), "{resource}");
    }
}
