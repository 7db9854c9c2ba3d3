//! SGP as a stranger meets it: forms in, Django out (`erp-dossiers/sgp.md`).

use ponte_sandbox::{SandboxErp, WriteKind};
use serde_json::{Value, json};

use crate::raw::{Answer, clock, contract, send};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const KEY: &str = "app=Chatbot&token=00000000-0000-4000-8000-00000000c0de";
const ANA: &str = "cpfcnpj=52998224725&senha=Senha%232026";

fn sgp() -> SandboxErp {
    SandboxErp::start("sgp", ([127, 0, 0, 1], 0).into()).unwrap()
}

/// A form with the right app and token.
fn post(erp: &SandboxErp, path: &str, fields: &str) -> Answer {
    send(erp, "POST", path, &[FORM], format!("{KEY}&{fields}").as_bytes())
}

fn get(erp: &SandboxErp, path: &str) -> Answer {
    let mark = if path.contains('?') { '&' } else { '?' };
    send(erp, "GET", &format!("{path}{mark}{KEY}"), &[], b"")
}

fn rows(erp: &SandboxErp, filter: &str) -> Vec<Value> {
    post(erp, "/api/ura/consultacliente/", filter).json()["contratos"].as_array().unwrap().clone()
}

fn promise(erp: &SandboxErp, label: &str) -> Value {
    post(erp, "/api/ura/liberacaopromessa/", &format!("contrato={}", contract(erp, label))).json()
}

#[test]
fn app_and_token_are_fields_and_only_together() {
    let erp = sgp();
    let path = "/api/ura/consultacliente/";
    let cases = [
        ("cpfcnpj=52998224725", 403),
        ("app=Chatbot&cpfcnpj=52998224725", 403),
        ("app=chatbot&token=00000000-0000-4000-8000-00000000c0de&cpfcnpj=52998224725", 401),
        ("app=Chatbot&token=no&cpfcnpj=52998224725", 401),
    ];
    for (body, status) in cases {
        let answer = send(&erp, "POST", path, &[FORM], body.as_bytes());
        assert_eq!(answer.status, Some(status), "{body}");
        assert!(answer.json()["detail"].is_string());
    }
    let json = json!({ "app": "Chatbot", "token": "00000000-0000-4000-8000-00000000c0de", "contrato": 3101 });
    let headers = [("Content-Type", "application/json")];
    let ignored = send(&erp, "POST", path, &headers, json.to_string().as_bytes());
    assert_eq!(ignored.status, Some(403), "JSON fields are ignored where forms are read");
    let taken = send(&erp, "POST", "/api/central/titulos/", &headers, json.to_string().as_bytes());
    assert_eq!(taken.json()["faturas"].as_array().unwrap().len(), 2);
}

#[test]
fn paths_have_their_slash_or_not() {
    let erp = sgp();
    assert_eq!(post(&erp, "/api/ura/titulos", "contrato=3101").status, Some(200));
    assert_eq!(post(&erp, "/api/central/contratos/", ANA).status, Some(200));
    let moved = get(&erp, "/api/contrato/termoaceite/3105");
    assert_eq!(moved.status, Some(405), "without its slash it is the POST's");
    let moved = get(&erp, "/api/os/ocorrencia/tipo/list");
    assert_eq!((moved.status, moved.header("location")), (Some(301), Some("/api/os/ocorrencia/tipo/list/")));
    let missing = post(&erp, "/api/ura/nada/", "");
    assert_eq!(missing.status, Some(404));
    assert!(missing.text().contains("<h1>Página não encontrada</h1>"));
}

#[test]
fn a_customer_repeats_in_each_contract() {
    let erp = sgp();
    let davi = rows(&erp, "cpfcnpj=12345678909");
    let shown = |row: &Value| (row["contratoId"].as_u64(), row["contratoStatus"].as_u64(), row["clienteId"].as_u64());
    assert_eq!(
        davi.iter().map(shown).collect::<Vec<_>>(),
        [(Some(3104), Some(7), Some(104)), (Some(3105), Some(6), Some(104)),]
    );
    assert_eq!(davi[0]["contratoStatusDisplay"], " Ativo V. Reduzida ");
    let ana = &rows(&erp, "telefone=11987654321")[0];
    assert_eq!(ana["contratoCentralSenha"], "Senha#2026", "in the clear, as the vendor has it");
    assert_eq!(
        ana["telefones"][0],
        json!({
            "tipoContato": "WhatsApp Número", "contato": "(11) 98765-4321", "inscricoes": []
        })
    );
    let company = &rows(&erp, "cpfcnpj=12ABC34501DE35")[0];
    assert_eq!((&company["cpfCnpj"], &company["endereco_numero"]), (&json!("12.ABC.345/01DE-35"), &json!(100)));
    let none = post(&erp, "/api/ura/consultacliente/", "cpfcnpj=16899535009").json();
    assert_eq!(none, json!({ "msg": "Nenhum contrato localizado", "contratos": [] }));
    assert_eq!(rows(&erp, "cpfcnpj=").len(), 7, "a blank filter finds everybody");
}

#[test]
fn only_fiber_has_an_onu() {
    let erp = sgp();
    let services = |filter: &str| {
        let page = post(&erp, "/api/ura/clientes/", &format!("{filter}&exibir_conexao=1")).json();
        assert_eq!(page["paginacao"]["total"], 1);
        page["clientes"][0]["contratos"][0]["servicos"][0].clone()
    };
    let ana = services("cliente_id=101");
    assert_eq!((&ana["onu"]["conexao"]["status"], &ana["onu"]["serial"]), (&json!("online"), &json!("EXMP0A1B2C01")));
    assert!(services("telefone=21998765432").get("onu").is_none());
    let short = post(&erp, "/api/ura/clientes/", "cliente_id=101&omitir_contratos=1&omitir_titulos=1").json();
    assert_eq!((&short["clientes"][0]["contratos"], &short["clientes"][0]["titulos"]), (&json!([]), &json!([])));
    assert_eq!(get(&erp, "/api/fttx/onu/list/?contrato=3103").json(), json!([]));
}

#[test]
fn titles_come_farthest_first_and_paged() {
    let erp = sgp();
    let titles = |fields: &str| post(&erp, "/api/ura/titulos/", fields).json();
    let all = titles("cliente_id=101");
    let due: Vec<&Value> = all["titulos"].as_array().unwrap().iter().map(|row| &row["dataVencimento"]).collect();
    assert_eq!(due, ["2026-12-10", "2026-11-10"]);
    assert_eq!(all["titulos"][1]["valorPago"], 99.9);
    assert_eq!(titles("contrato=3101&status=abertos")["titulos"][0]["valorPago"], "");
    let second = titles("cliente_id=101&offset=1&limit=1&ordenar=data_vencimento&ordenar_ordem=asc");
    assert_eq!(second["paginacao"], json!({ "offset": 1, "limit": 1, "parcial": 1, "total": 2 }));
    assert_eq!(second["titulos"][0]["dataVencimento"], "2026-12-10");
    let link = all["titulos"][0]["link"].as_str().unwrap();
    let path = link.strip_prefix("http://erp").unwrap();
    assert!(send(&erp, "GET", path, &[], b"").body.starts_with(b"%PDF-"));
    assert_eq!(send(&erp, "GET", "/boleto/145535-0000000000/", &[], b"").status, Some(404));
}

#[test]
fn a_pix_is_made_once_and_not_without_a_bank_that_has_it() {
    let erp = sgp();
    let page = |id: &str| post(&erp, "/api/central/titulos/", &format!("contrato={id}&status=1")).json();
    let before = &page("3101")["faturas"][0];
    assert_eq!((&before["codigopix"], &before["gerapix"]), (&json!(""), &json!(true)));
    let made = post(&erp, "/api/ura/pagamento/pix/145535", "contrato=3101").json();
    assert_eq!((&made["status"], &made["msg"]), (&json!(1), &json!("Dados do Pix")));
    assert_eq!(page("3101")["faturas"][0]["codigopix"], made["pix"]);
    post(&erp, "/api/ura/pagamento/pix/145535", "contrato=3101");
    assert_eq!(erp.writes().count_of("A1", WriteKind::PixCharged), 1);
    assert_eq!(page("3102")["faturas"][0]["gerapix"], false);
    assert_eq!(post(&erp, "/api/ura/pagamento/pix/145536", "contrato=3102").json()["status"], 0);
    assert_eq!(post(&erp, "/api/ura/pagamento/pix/145535", "contrato=3102").json()["status"], 0);
}

#[test]
fn a_second_copy_leaves_an_occurrence_unless_it_is_told_not_to() {
    let erp = sgp();
    let copy = |fields: &str| post(&erp, "/api/ura/fatura2via/", fields).json();
    let bruno = copy("contrato=3102&nao_gerar_os=1");
    let first = &bruno["links"][0];
    assert_eq!((&first["vencimento"], &first["vencimento_original"]), (&json!("2026-11-20"), &json!("2026-11-05")));
    assert_eq!(erp.writes().count(WriteKind::TicketOpened), 0);
    copy("contrato=3102");
    assert_eq!(erp.writes().count(WriteKind::TicketOpened), 1);
    let several = copy("cpfcnpj=12345678909&nao_gerar_os=1");
    assert!(several["msg"].as_str().unwrap().starts_with("Há mais de um contrato"));
    assert_eq!(copy("contrato=3107&nao_gerar_os=1")["links"], json!([]));
    assert_eq!(post(&erp, "/api/central/fatura2via", "contrato=3102").status, Some(403));
}

#[test]
fn a_promise_unlocks_once_and_tells_three_answers() {
    let erp = sgp();
    let granted = promise(&erp, "B1");
    assert_eq!(
        (&granted["status"], &granted["liberado"], &granted["liberado_dias"]),
        (&json!(1), &json!(true), &json!(3))
    );
    assert_eq!((&granted["data_promessa"], &granted["protocolo"]), (&json!("2026-11-23"), &json!("261120120000")));
    assert!(granted["msg"].as_str().unwrap().contains("Login: bruno.lima"), "the login leaks in the text");
    let after = &rows(&erp, "contrato=3102")[0];
    assert_eq!((&after["contratoStatus"], &after["promessasPagamentoMes"]), (&json!(1), &json!(1)));
    for (label, status) in [("B1", 0), ("C1", 2), ("A1", 0), ("F1", 0), ("D2", 0)] {
        let refused = promise(&erp, label);
        assert_eq!((&refused["status"], &refused["liberado"]), (&json!(status), &json!(false)), "{label}");
    }
    assert_eq!(erp.writes().count(WriteKind::TrustUnlock), 1);
    let left_behind = |id: &str| post(&erp, "/api/central/chamado/list/", &format!("contrato={id}")).json();
    assert_eq!(left_behind("3103")[0]["oc_data_cadastro"], "02/11/2026 10:00:00");
    let bruno = &left_behind("3102")[0];
    assert_eq!((&bruno["oc_protocolo"], &bruno["oc_conteudo"]), (&granted["protocolo"], &granted["msg"]));
    clock(&erp, "2026-12-02T08:00:00-03:00");
    assert_eq!(rows(&erp, "contrato=3103")[0]["promessasPagamentoMes"], 0);
    assert_eq!(promise(&erp, "C1")["status"], 1);
    assert_eq!(post(&erp, "/api/central/promessapagamento/", "contrato=3102").status, Some(403));
}

#[test]
fn a_promise_releases_a_reduced_speed() {
    let erp = sgp();
    assert_eq!(promise(&erp, "D1")["status"], 1);
    assert_eq!(rows(&erp, "contrato=3104")[0]["contratoStatus"], 1);
    assert_eq!((erp.writes().count(WriteKind::SpeedRelease), erp.writes().count(WriteKind::TrustUnlock)), (1, 0));
    assert_eq!(promise(&erp, "D1")["status"], 0);
}

#[test]
fn a_term_is_accepted_and_the_contract_stays_new() {
    let erp = sgp();
    let shown = || get(&erp, "/api/contrato/termoaceite/3105/").json();
    assert_eq!((&shown()["aceite_status"], &shown()["aceite_data"]), (&json!(false), &Value::Null));
    let accept = || post(&erp, "/api/contrato/termoaceite/3105", "aceite=sim").json();
    assert_eq!(accept()["success"], true);
    assert_eq!((&shown()["aceite_status"], &shown()["aceite_data"]), (&json!(true), &json!("2026-11-20T12:00:00")));
    assert_eq!(accept()["success"], false, "a second call is refused");
    assert_eq!(rows(&erp, "contrato=3105")[0]["contratoStatus"], 6);
    assert_eq!(erp.writes().count_of("D2", WriteKind::TermSigned), 2);
    assert_eq!(get(&erp, "/api/contrato/termoaceite/9/").status, Some(404));
}

#[test]
fn a_print_is_a_get_with_a_body() {
    let erp = sgp();
    let body = format!("{KEY}&contrato=3105");
    let pdf = send(&erp, "GET", "/api/contratos/print/termoaceite_web", &[FORM], body.as_bytes());
    assert!(pdf.body.starts_with(b"%PDF-"));
    assert_eq!(get(&erp, "/api/contratos/print/contrato?contrato=3105").status, Some(403));
    assert_eq!(send(&erp, "GET", "/api/contratos/print/receita", &[FORM], body.as_bytes()).status, Some(404));
}

#[test]
fn access_sessions_and_maintenance_tell_the_line() {
    let erp = sgp();
    let access = |fields: &str| post(&erp, "/api/ura/verificaacesso/", fields).json()["status"].clone();
    assert_eq!([access("contrato=3101"), access("contrato=3106"), access("contrato=3102")], [1, 2, 0]);
    assert_eq!(access("contrato=3102&status_all=1"), 2);
    assert_eq!(erp.writes().count(WriteKind::TicketOpened), 0);
    let sessions = |name: &str| post(&erp, "/ws/radius/radacct/list/all/", &format!("username={name}")).json();
    assert_eq!(sessions("davi.rocha2")["result"][0]["radacct"], json!([]));
    let ana = sessions("ana.souza");
    assert_eq!(
        (&ana["paggination"]["returned"], &ana["result"][0]["radacct"][0]["acctstoptime"]),
        (&json!(1), &Value::Null)
    );
    let list = get(&erp, "/api/ura/manutencao/list/").json();
    let pop = &rows(&erp, "contrato=3106")[0]["popId"];
    assert_eq!((&list[0]["pops"][0]["id"], &list[0]["data_final"]), (pop, &json!("2026-11-20 18:00:00")));
    assert_ne!(pop, &rows(&erp, "contrato=3101")[0]["popId"]);
}

#[test]
fn tickets_mix_their_dates_and_status_0_can_be_a_success() {
    let erp = sgp();
    let list = |fields: &str| post(&erp, "/api/central/chamado/list/", fields).json();
    let davi = list("cliente=104");
    let columns = |row: &Value| json!([row["oc_data_cadastro"], row["os_data_cadastro"], row["os_id"]]);
    assert_eq!(columns(&davi[1]), json!(["18/11/2026 09:15:00", "2026-11-18T09:15:00", 12_990]));
    assert_eq!(columns(&davi[2]), json!(["19/11/2026 16:30:00", "", ""]));
    assert_eq!(list("oc_status=0"), json!([]), "never of everybody");
    let body = json!({
        "app": "Chatbot", "token": "00000000-0000-4000-8000-00000000c0de", "contrato": 3101, "conteudo": "Sem conexão",
        "conteudolimpo": 1, "ocorrenciatipo": 15, "setor": 3, "tipoclassificacoes": [7],
    });
    let headers = [("Content-Type", "application/json")];
    let opened = send(&erp, "POST", "/api/ura/chamado/", &headers, body.to_string().as_bytes()).json();
    assert_eq!((&opened["status"], &opened["protocolo"]), (&json!(1), &json!("261120120000")));
    let central = post(&erp, "/api/central/chamado/", "contrato=3101&conteudo=Lento&sem_os=1").json();
    assert_eq!((&central["status"], &central["protocolo"]), (&json!(0), &json!("261120120001")));
    let ana = list("contrato=3101");
    assert_eq!((&ana[0]["oc_conteudo"], &ana[0]["oc_tipo_descricao"]), (&json!("Sem conexão"), &json!("Sem conexão")));
    assert_eq!((&ana[1]["oc_conteudo"], &ana[1]["os_id"]), (&json!("Ocorrência aberta via URA\nLento"), &json!("")));
    assert_eq!(erp.writes().count_of("A1", WriteKind::TicketOpened), 2);
}

#[test]
fn the_portal_takes_document_and_password_only() {
    let erp = sgp();
    let sign_in = |body: &str| send(&erp, "POST", "/api/central/contratos", &[FORM], body.as_bytes());
    let ana = sign_in(ANA).json();
    assert_eq!((&ana["auth"], &ana["contratos"][0]["status"]), (&json!(true), &json!(" Ativo ")));
    assert_eq!(ana["contratos"][0]["planointernet_valor"], "99.90");
    for wrong in ["cpfcnpj=52998224725&senha=Senha%232025", "cpfcnpj=11144477735&senha=", KEY] {
        let answer = sign_in(wrong);
        assert_eq!(answer.status, Some(403));
        assert_eq!(answer.json()["detail"], "As credenciais de autenticação não foram fornecidas.");
    }
}

#[test]
fn the_wifi_of_a_managed_router_changes_and_others_say_why_not() {
    let erp = sgp();
    let change = |fields: &str| post(&erp, "/api/ura/cpemanage/", fields).json();
    assert_eq!(change("contrato=3101&nova_senha=casa+nova+2026")["success"], true);
    let info = get(&erp, "/api/ura/cpemanage/?contrato=3101").json()["info"].clone();
    assert_eq!((&info["wifi_password"], &info["wifi_ssid"]), (&json!("casa nova 2026"), &json!("ANA-SOUZA-2G")));
    assert_ne!(info["wifi_password_5ghz"], "casa nova 2026", "what was not sent stays");
    let none = change("contrato=3103&nova_senha=casa+nova+2026");
    assert!(none["msg"].as_str().unwrap().contains("não possui Gerenciador de CPE"));
    assert!(change("contrato=3103")["msg"].as_str().unwrap().contains("um ou mais dos seguintes parâmetros"));
    assert_eq!(erp.writes().count(WriteKind::WifiPushed), 1);
}

#[test]
fn notas_have_a_link_and_the_younger_lists_are_empty() {
    let erp = sgp();
    let notas = post(&erp, "/api/central/notafiscal/list/", "contrato=3106").json();
    assert_eq!(notas.as_array().unwrap().len(), 2);
    let path = notas[0]["link"].as_str().unwrap().strip_prefix("http://erp").unwrap().to_owned();
    assert!(send(&erp, "GET", &path, &[], b"").body.starts_with(b"%PDF-"));
    assert_eq!(post(&erp, "/api/central/nfcom/list", "contrato=3106").json(), json!([]));
    assert_eq!(send(&erp, "POST", "/api/central/notafiscal/list/", &[FORM], b"contrato=3106").status, Some(403));
}

#[test]
fn catalogues_have_rows_and_codes() {
    let erp = sgp();
    for path in ["tipo", "motivo", "metodo", "setor"] {
        let list = get(&erp, &format!("/api/os/ocorrencia/{path}/list/")).json();
        assert!(list[0]["codigo"].is_number() && list[0]["descricao"].is_string(), "{path}");
    }
    assert_eq!(post(&erp, "/api/ura/tecnicos/", "").json()[0]["username"], "joana.campo");
    let plans = get(&erp, "/api/ura/consultaplano/").json();
    assert_eq!(plans["planos"][0]["preco"], "99.90");
    let contracts = post(&erp, "/api/ura/listacontrato/", "contrato=3101&exibir_endereco=1").json();
    assert_eq!(contracts[0]["endereco"]["bairro"], "Vila Mariana");
}
