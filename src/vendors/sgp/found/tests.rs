//! Oddities of a contract's row.
#![allow(clippy::unwrap_used)]

use super::{Found, Row, each_once};
use crate::sgp::words::Standing;

fn read(columns: &str) -> Found {
    let json = format!(r#"{{"clienteId":16957,"contratoId":17402,{columns}}}"#);
    serde_json::from_str::<Row<'_>>(&json).unwrap().read().ok().unwrap()
}

#[test]
fn a_row_is_a_contract_with_its_holder() {
    let found = read(
        r#""razaoSocial":"MARIA EXEMPLO","cpfCnpj":"529.982.247-25","contratoStatus":1,"contratoStatusDisplay":" Ativo ",
        "cobVencimento":10,"promessasPagamentoMes":"0","servico_plano":"FIBRA 600","servico_login":"maria.exemplo",
        "servico_senha":"x","contratoCentralSenha":"y","contratoCentralLogin":"52998224725","popId":1,
        "endereco_logradouro":"RUA DAS FLORES","endereco_numero":523,"endereco_complemento":"CASA",
        "endereco_bairro":"CENTRO","endereco_cidade":"CIDADE EXEMPLO","endereco_uf":"SP","endereco_cep":"01000-000",
        "telefones":[{"tipoContato":"WhatsApp","contato":"(11) 99999-0001","inscricoes":[]},"(11) 3333-4444"],
        "emails":[{"tipoContato":"E-Mail","contato":"maria@example.com"}]"#,
    );
    assert_eq!((found.customer().id.as_str(), found.reference.id.as_str()), ("16957", "17402"));
    assert_eq!((found.standing, found.word.as_deref()), (Standing::Active, Some("Ativo")));
    assert_eq!(found.address.as_deref(), Some("RUA DAS FLORES, 523, CASA, CENTRO, CIDADE EXEMPLO - SP, 01000-000"));
    let phones: Vec<String> = found.phones.iter().map(ponte_domain::phone::Phone::e164).collect();
    assert_eq!(phones, ["+5511999990001", "+551133334444"]);
    assert_eq!(found.emails, ["maria@example.com"]);
    assert_eq!((found.due_day, found.promises, found.pop.as_deref()), (Some(10), Some(0), Some("1")));
    assert_eq!(found.login.as_deref(), Some("maria.exemplo"));
}

#[test]
fn an_add_on_has_neither_login_nor_address() {
    let found = read(
        r#""contratoStatus":1,"contratoStatusDisplay":"Ativo","servico_plano":"","planointernet":null,"planotv":"TV 100",
        "servico_login":"None","endereco_logradouro":"","endereco_numero":0,"endereco_cep":"01000-000","cobVencimento":0,
        "telefones":null,"emails":"""#,
    );
    assert_eq!(found.plan, "TV 100");
    assert_eq!((found.login, found.address, found.due_day, found.promises), (None, None, None, None));
}

#[test]
fn the_number_speaks_before_the_label_and_the_label_without_one() {
    let label = read(r#""contratoStatusDisplay":" Ativo V. Reduzida ""#);
    assert_eq!((label.standing, label.word.as_deref()), (Standing::Reduced, Some("Ativo V. Reduzida")));
    let unknown = read(r#""contratoStatus":9,"contratoStatusDisplay":"""#);
    assert_eq!((unknown.standing, unknown.word.as_deref()), (Standing::Unknown, Some("9")));
    assert_eq!(read(r#""contratoStatus":"4""#).standing, Standing::Suspended);
}

#[test]
fn a_row_without_ids_is_broken_and_one_contract_is_one() {
    for broken in [r#"{"clienteId":1}"#, r#"{"contratoId":1}"#, r#"{"clienteId":"None","contratoId":1}"#] {
        assert!(serde_json::from_str::<Row<'_>>(broken).unwrap().read().is_err(), "{broken}");
    }
    let rows = vec![read(r#""servico_login":"""#), read(r#""servico_login":"a""#), read(r#""servico_login":"b""#)];
    let once = each_once(rows);
    assert_eq!(once.len(), 1);
    assert_eq!(once[0].login.as_deref(), Some("a"));
}
