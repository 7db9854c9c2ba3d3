//! Hubsoft's skin against its dossier: the login, the envelope, the silent limits, and that every
//! write shows in the next read.

use ponte_sandbox::{Fault, FaultKind, SandboxErp, WriteKind};
use serde_json::{Value, json};

use crate::raw::{Answer, clock, send};

const API: &str = "/api/v1/integracao";

struct Hubsoft {
    erp: SandboxErp,
    token: String,
}

fn erp() -> SandboxErp {
    SandboxErp::start("hubsoft", ([127, 0, 0, 1], 0).into()).unwrap()
}

fn log_in(erp: &SandboxErp, password: Option<&str>) -> Answer {
    let mut body = erp.credentials();
    body["grant_type"] = json!("password");
    if let Some(password) = password {
        body["password"] = json!(password);
    }
    let headers = [("Content-Type", "application/json"), ("Accept", "application/json")];
    send(erp, "POST", "/oauth/token", &headers, body.to_string().as_bytes())
}

impl Hubsoft {
    fn start() -> Self {
        let erp = erp();
        let token = log_in(&erp, None).json()["access_token"].as_str().unwrap().to_owned();
        Self { erp, token }
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.token);
        let headers = [("Authorization", bearer.as_str()), ("Accept", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        send(&self.erp, method, &format!("{API}/{path}"), &headers, body.as_bytes())
    }

    fn get(&self, path: &str) -> Value {
        self.call("GET", path, &Value::Null).json()
    }

    fn post(&self, path: &str, body: Value) -> Value {
        self.call("POST", path, &body).json()
    }

    /// The customer with this document, everything asked for.
    fn customer(&self, document: &str) -> Value {
        let all = "cancelado=sim&inativo=todos&ultima_conexao=sim&incluir_contrato=sim&incluir_desbloqueios=sim";
        let mut found = self.get(&format!("cliente?busca=cpf_cnpj&termo_busca={document}&limit=100&{all}"));
        found["clientes"][0].take()
    }

    /// The only, or the chosen, service of a customer.
    fn service(&self, document: &str, at: usize) -> Value {
        self.customer(document)["servicos"][at].clone()
    }
}

const ANA: &str = "52998224725";
const BRUNO: &str = "11144477735";
const CARLA: &str = "39053344705";
const DAVI: &str = "12345678909";
const EMPRESA: &str = "11222333000181";
const ELISA: &str = "98765432100";

#[test]
fn a_token_is_given_for_the_five_fields_and_ends_after_thirty_days() {
    let hub = Hubsoft::start();
    assert_eq!(log_in(&hub.erp, None).json()["expires_in"], 2_592_000);
    let refused = log_in(&hub.erp, Some("wrong"));
    assert_eq!((refused.status, &refused.json()["error"]), (Some(401), &json!("invalid_credentials")));
    assert_eq!(hub.get("configuracao/servico_status")["status"], "success");
    clock(&hub.erp, "2026-12-20T12:00:01-03:00");
    let expired = hub.call("GET", "configuracao/servico_status", &Value::Null);
    assert_eq!((expired.status, expired.json()), (Some(401), json!({ "message": "Unauthenticated." })));
    let browser = send(&hub.erp, "GET", &format!("{API}/configuracao/servico_status"), &[], b"");
    assert_eq!((browser.status, browser.header("location")), (Some(302), Some("/login")));
}

#[test]
fn refusals_come_with_status_200_and_no_code() {
    let hub = Hubsoft::start();
    let missing = hub.get("cliente");
    assert_eq!(missing["errors"], json!(["O campo busca é obrigatório.", "O campo termo_busca é obrigatório."]));
    let wrong = hub.get("cliente?busca=login&termo_busca=ana.souza");
    assert_eq!((&wrong["status"], &wrong["msg"]), (&json!("error"), &json!("Os dados fornecidos são inválidos")));
    assert!(wrong["errors"][0].as_str().unwrap().contains("(login) não é válido | Valores aceitos"));
    assert_eq!(hub.get("cliente?busca=cpf_cnpj&termo_busca=16899535009")["clientes"], json!([]));
    let nowhere = hub.call("GET", "rede/pop", &Value::Null);
    assert_eq!((nowhere.status, nowhere.json()), (Some(404), json!({ "message": "" })));
    hub.erp.inject(Fault::at("*", FaultKind::VendorError));
    let broken = hub.call("GET", "cliente", &Value::Null);
    assert_eq!((broken.status, &broken.json()["status"]), (Some(200), &json!("error")));
}

#[test]
fn each_person_is_what_the_world_says() {
    let hub = Hubsoft::start();
    let cases = [
        (ANA, 0, "servico_habilitado", "FIBRA"),
        (BRUNO, 0, "suspenso_debito", "FIBRA"),
        (CARLA, 0, "suspenso_debito", "WIRELESS"),
        (DAVI, 0, "suspenso_parcialmente", "FIBRA"),
        (DAVI, 1, "aguardando_assinatura_contrato", "FIBRA"),
        (EMPRESA, 0, "franquia_excedida", "ADSL"),
        (ELISA, 0, "cancelado", "FIBRA"),
    ];
    for (document, at, prefix, technology) in cases {
        let service = hub.service(document, at);
        assert_eq!((&service["status_prefixo"], &service["tecnologia"]), (&json!(prefix), &json!(technology)));
    }
    let ana = hub.customer(ANA);
    assert_eq!((&ana["id_cliente"], &ana["codigo_cliente"]), (&json!(11_201), &json!(421)));
    assert_eq!((&ana["telefone_primario"], &ana["telefone_secundario"]), (&json!("11987654321"), &json!("")));
    let place = &ana["servicos"][0]["endereco_instalacao"];
    assert_eq!((&place["estado"], &place["uf"]), (&json!("SP"), &json!("SÃO PAULO")));
    let company = hub.customer(EMPRESA);
    assert_eq!((&company["alerta"], &company["data_nascmento"]), (&json!(true), &json!("1969-12-31 04:00:00")));
    assert_eq!(
        hub.get("configuracao/alerta/paginado/10?page=1")["alertas"]["data"][0]["data_fim"],
        "2026-11-20 18:00:00"
    );
    assert_eq!(hub.customer(ELISA)["ativo"], false);
}

#[test]
fn nothing_beyond_the_defaults_comes_unasked() {
    let hub = Hubsoft::start();
    assert_eq!(hub.get(&format!("cliente?busca=cpf_cnpj&termo_busca={ELISA}"))["clientes"], json!([]));
    let elisa = hub.get(&format!("cliente?busca=cpf_cnpj&termo_busca={ELISA}&inativo=todos"));
    assert_eq!(elisa["clientes"][0]["servicos"], json!([]));
    let davi = hub.get(&format!("cliente?busca=cpf_cnpj&termo_busca={DAVI}"));
    let service = &davi["clientes"][0]["servicos"][1];
    assert_eq!((&service["contratos"], &service["ultima_conexao"]), (&json!([]), &json!([])));
    assert_eq!(service["senhas"].as_array().unwrap().len(), 1);
    let plain = hub.get(&format!("cliente?busca=cpf_cnpj&termo_busca={DAVI}&relacoes=endereco_instalacao"));
    assert_eq!(plain["clientes"][0]["servicos"][0].get("senhas"), None);
    assert_eq!(
        hub.get("cliente?busca=nome_razaosocial&termo_busca=a&limit=2")["clientes"].as_array().unwrap().len(),
        2
    );
}

#[test]
fn invoices_come_in_two_spellings_and_their_papers_need_no_token() {
    let hub = Hubsoft::start();
    let open = hub.get(&format!("cliente/financeiro?busca=cpf_cnpj&termo_busca={ANA}"));
    assert_eq!(open["status"], "suscess");
    let bill = &open["faturas"][0];
    assert_eq!((&bill["valor"], &bill["data_vencimento"]), (&json!(99.9), &json!("10/12/2026")));
    assert!(bill["pix_copia_cola"].as_str().unwrap().starts_with("000201"));
    let all =
        hub.get(&format!("cliente/financeiro?busca=cpf_cnpj&termo_busca={ANA}&apenas_pendente=nao&order_type=desc"));
    assert_eq!(all["faturas"][1]["data_pagamento"], "09/11/2026");
    let bruno = hub.get(&format!("cliente/financeiro?busca=cpf_cnpj&termo_busca={BRUNO}"));
    assert_eq!(
        (&bruno["faturas"][0]["pix_copia_cola"], &bruno["faturas"][0]["status"]),
        (&Value::Null, &json!("vencido"))
    );
    let link = bill["link"].as_str().unwrap().strip_prefix("http://erp").unwrap();
    assert!(send(&hub.erp, "GET", link, &[], b"").body.starts_with(b"%PDF-"));
    assert_eq!(send(&hub.erp, "GET", "/pdf/fatura/0", &[], b"").status, Some(404));
    let page = "financeiro/fatura?busca=id_cliente&termo_busca=11201&pagina=0&itens_por_pagina=1";
    assert_eq!(hub.get(page)["paginacao"]["total_registros"], 1, "the last ten days only");
    let long = hub.get(&format!("{page}&data_inicio=2026-01-01&data_fim=2027-01-01&exibir_pix_copia_cola=sim"));
    assert_eq!((&long["paginacao"]["ultima_pagina"], &long["faturas"][0]["valor"]), (&json!(1), &json!("99.9")));
    let text = hub.call("GET", page, &Value::Null);
    assert!(text.text().contains(r"http:\/\/erp\/pdf"), "slashes are escaped");
}

#[test]
fn bruno_is_unlocked_once_for_as_many_days_as_asked() {
    let hub = Hubsoft::start();
    let id = hub.service(BRUNO, 0)["id_cliente_servico"].clone();
    let ask = |days: u32| {
        hub.post("cliente/desbloqueio_confianca", json!({ "id_cliente_servico": id, "dias_desbloqueio": days }))
    };
    assert!(ask(10)["msg"].as_str().unwrap().contains("ultrapassa o máximo"));
    assert_eq!(ask(2)["msg"], "Desbloqueio em confiança realizado com sucesso até a data 22/11/2026");
    let after = hub.service(BRUNO, 0);
    assert_eq!(
        (&after["status_prefixo"], &after["ultima_conexao"]["conectado"]),
        (&json!("servico_habilitado"), &json!(true))
    );
    assert_eq!(after["desbloqueios"][0]["data_termino"], "2026-11-22");
    assert_eq!(ask(1)["msg"], "O serviço não está suspenso");
    clock(&hub.erp, "2026-11-23T08:00:00-03:00");
    assert_eq!(hub.service(BRUNO, 0)["status_prefixo"], "suspenso_debito");
    assert!(ask(1)["msg"].as_str().unwrap().contains("já utilizou"));
    assert_eq!(hub.erp.writes().count_of("B1", WriteKind::TrustUnlock), 1);
    let unknown = hub.post("cliente/desbloqueio_confianca", json!({ "id_cliente_servico": "999" }));
    assert_eq!(unknown["msg"], "Serviço de ID 999 não encontrado");
}

#[test]
fn carla_has_used_hers_and_davi_gets_his_speed_back() {
    let hub = Hubsoft::start();
    let carla = hub.service(CARLA, 0);
    assert_eq!(carla["desbloqueios"][0]["data_termino"], "2026-11-05");
    let body = json!({ "id_cliente_servico": carla["id_cliente_servico"] });
    assert!(hub.post("cliente/desbloqueio_confianca", body)["msg"].as_str().unwrap().contains("já utilizou"));
    let id = hub.service(DAVI, 0)["id_cliente_servico"].clone();
    hub.post("cliente/desbloqueio_confianca", json!({ "id_cliente_servico": id, "dias_desbloqueio": 3 }));
    assert_eq!(hub.service(DAVI, 0)["status_prefixo"], "servico_habilitado");
    let enabled =
        hub.post(&format!("cliente/cliente_servico/habilitar/{id}"), json!({ "motivo_habilitacao": "teste" }));
    assert_eq!(enabled["msg"], "O serviço não está suspenso");
    let without_reason = hub.post(&format!("cliente/cliente_servico/habilitar/{id}"), json!({}));
    assert_eq!(without_reason["errors"], json!(["O campo motivo_habilitacao é obrigatório."]));
    assert_eq!(hub.erp.writes().count_of("D1", WriteKind::SpeedRelease), 1);
}

#[test]
fn acceptance_and_activation_are_two_calls() {
    let hub = Hubsoft::start();
    let service = hub.service(DAVI, 1);
    let ids: Vec<&Value> =
        service["contratos"].as_array().unwrap().iter().map(|one| &one["id_cliente_servico_contrato"]).collect();
    let body = json!({ "ids_cliente_servico_contrato": ids, "data_aceito": "2026-11-20", "hora_aceito": "12:01", "observacao": "chat" });
    let accepted = hub.call("PUT", "cliente/contrato/aceitar_contrato", &body).json();
    assert_eq!(accepted["itens_aceito"][1]["data_aceito_br"], "20/11/2026 12:01");
    let after = hub.service(DAVI, 1);
    assert_eq!(
        (&after["status_prefixo"], &after["contratos"][0]["aceito"]),
        (&json!("aguardando_assinatura_contrato"), &json!(true))
    );
    let path = format!("cliente/cliente_servico/ativar/{}", service["id_cliente_servico"]);
    assert_eq!(hub.post(&path, json!({}))["status"], "success");
    assert_eq!(hub.service(DAVI, 1)["status_prefixo"], "servico_habilitado");
    assert_eq!(hub.post(&path, json!({}))["status"], "error");
    assert_eq!(hub.erp.writes().count_of("D2", WriteKind::Activation), 1);
}

#[test]
fn tickets_are_opened_listed_and_rated() {
    let hub = Hubsoft::start();
    let list = |rest: &str| hub.get(&format!("cliente/atendimento?busca=cpf_cnpj&termo_busca={rest}"));
    assert_eq!(list(DAVI)["atendimentos"].as_array().unwrap().len(), 2, "pending ones only");
    let all = list(&format!("{DAVI}&apenas_pendente=nao"));
    assert_eq!((&all["status"], &all["atendimentos"][0]["status"]), (&json!("suscess"), &json!("Resolvido")));
    assert_eq!(all["atendimentos"][1]["servico"]["id_cliente_servico"], "22704", "a text here");
    let new = json!({ "id_cliente_servico": 22_701, "descricao": "Sem internet", "nome": "Ana Souza", "telefone": "11987654321", "id_tipo_atendimento": 15, "abrir_os": true });
    let opened = hub.post("atendimento", new.clone());
    assert_eq!(opened["atendimento"]["descricao_abertura"], "Sem internet | ATENDIMENTO ABERTO VIA API");
    assert_eq!(opened["atendimento"]["ordens_servico"][0]["status"], "aguardando_agendamento");
    assert_eq!(list(ANA)["atendimentos"][0]["protocolo"], opened["atendimento"]["protocolo"]);
    let mut wrong = new;
    wrong["telefone"] = json!("5511987654321");
    assert_eq!(hub.post("atendimento", wrong)["status"], "error");
    assert_eq!(hub.get("atendimento/592/avaliacao/gerar_questoes_avaliacao")["status"], "error", "still open");
    let questions = hub.get("atendimento/590/avaliacao/gerar_questoes_avaliacao");
    let grades: Vec<Value> = questions["questoes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| json!({ "id_avaliacao": one["id_avaliacao"], "avaliacao": 5 }))
        .collect();
    let rating = json!({ "questoes": grades });
    assert_eq!(
        hub.post("atendimento/590/avaliacao/avaliar", rating.clone())["msg"],
        "Obrigado por avaliar o atendimento!"
    );
    assert_eq!(hub.post("atendimento/590/avaliacao/avaliar", rating)["status"], "error");
    assert_eq!(hub.erp.writes().count(WriteKind::TicketOpened), 1);
}

#[test]
fn notas_are_asked_for_sixty_days_at_most() {
    let hub = Hubsoft::start();
    let notas = |from: &str, to: &str| {
        hub.get(&format!("cliente/nota_fiscal?busca=id_cliente&termo_busca=11205&data_inicio={from}&data_fim={to}"))
    };
    assert_eq!(notas("2026-01-01", "2026-11-20")["status"], "error");
    assert_eq!(notas("2026-09-22", "2026-11-20")["notas_fiscais"].as_array().unwrap().len(), 2);
    assert_eq!(notas("2026-11-01", "2026-11-20")["notas_fiscais"][0]["valor"], "1250");
}

#[test]
fn portal_sessions_and_devices() {
    let hub = Hubsoft::start();
    let sign_in =
        |password: &str| hub.post("cliente/autenticacao/", json!({ "usuario": "ana.souza", "senha": password }));
    assert_eq!(sign_in("Senha#2026")["cliente"]["nome_razaosocial"], "Ana Souza");
    assert_eq!(sign_in("Senha#2025")["status"], "error");
    let log = hub.get("cliente/extrato_conexao?busca=login&termo_busca=ana.souza");
    assert_eq!(
        (&log["registros"][0]["acctstoptime"], &log["registros"][0]["acctstarttime"]),
        (&Value::Null, &json!("2026-11-20 06:42:10-03"))
    );
    assert_eq!(hub.service(EMPRESA, 0)["ultima_conexao"]["conectado"], false);
    assert_eq!(hub.get("cliente/solicitar_desconexao/22701")["login"], "ana.souza");
    assert_eq!(hub.get("cliente/solicitar_desconexao/22702")["status"], "error", "Bruno is not connected");
    let device = hub.get("rede/cpe/todos?busca=id_cliente_servico&termo_busca=22701&pagina=0&itens_por_pagina=20");
    assert_eq!(device["cpes"][0]["servicos"][0]["cpf_cnpj"], ANA);
    let started = hub.get("rede/cpe/iniciar_gerenciamento?phy_addr=EXMP0A1B2C01");
    let id = started["cpe"]["id_cpe"].clone();
    let write = json!({ "id_cpe": id, "parametros": [{ "prefixo": "wifi_password", "valor": "NovaSenha2026" }] });
    assert_eq!(hub.post("rede/cpe/gerenciar", write)["msg"], "Parâmetros alterados com sucesso!");
    let again = hub.get(&format!("rede/cpe/iniciar_gerenciamento?id_cpe={id}"));
    assert_eq!(again["cpe"]["parametros"][1]["valor"], "NovaSenha2026");
    assert_eq!(hub.get("rede/cpe/iniciar_gerenciamento?phy_addr=EXMP0A1B2C02")["msg"], "Equipamento não encontrado!");
    assert_eq!(hub.erp.writes().count_of("A1", WriteKind::WifiPushed), 1);
}
