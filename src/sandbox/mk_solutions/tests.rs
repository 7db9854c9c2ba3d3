//! The skin as a caller meets it, without the wire.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use jiff::ToSpan;
use ponte_domain::boleto::DigitableLine;
use ponte_domain::pix::PixCode;
use serde_json::{Value, json};

use super::{PROFILE_PASSWORD, USER_TOKEN, answer};
use crate::http::{Request, Response};
use crate::town::Town;
use crate::town::writes::WriteKind;

/// A town with a session open on it.
struct Server {
    town: Town,
    token: String,
}

fn asked(town: &mut Town, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    answer(town, &Request::new(method.to_owned(), target.to_owned(), headers, body.to_vec()))
}

fn login(password: &str) -> String {
    format!("/mk/WSAutenticacao.rule?sys=MK0&token={USER_TOKEN}&password={password}&cd_servico=9999")
}

/// The repair of section 2.5: Latin-1, then JSON, then each text's code points as bytes of UTF-8.
fn repaired(bytes: &[u8]) -> Value {
    let latin: String = bytes.iter().copied().map(char::from).collect();
    mended(serde_json::from_str(&latin).unwrap_or_else(|_| panic!("no JSON: {latin}")))
}

fn mended(value: Value) -> Value {
    let text = |text: String| {
        let bytes: Option<Vec<u8>> = text.chars().map(|letter| u8::try_from(u32::from(letter)).ok()).collect();
        bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(text)
    };
    match value {
        Value::String(one) => Value::String(text(one)),
        Value::Array(list) => list.into_iter().map(mended).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (text(key), mended(value))).collect(),
        other => other,
    }
}

impl Server {
    fn new() -> Self {
        let mut town = Town::new().unwrap();
        let told = asked(&mut town, "GET", &login(PROFILE_PASSWORD), &[], b"");
        let token = repaired(&told.body)["Token"].as_str().unwrap().to_owned();
        Self { town, token }
    }

    fn call(&mut self, name: &str, query: &str) -> Response {
        let target = format!("/mk/{name}.rule?sys=MK0&token={}&{query}", self.token);
        asked(&mut self.town, "GET", &target, &[], b"")
    }

    fn rule(&mut self, name: &str, query: &str) -> Value {
        let told = self.call(name, query);
        assert_eq!(told.status, 200, "{name}?{query}");
        repaired(&told.body)
    }

    fn core(&mut self, method: &str, place: &str, query: &str, body: &Value) -> (u16, Value) {
        let target = format!("/core-api/{place}?token={}&{query}", self.token);
        let told = asked(&mut self.town, method, &target, &[], body.to_string().as_bytes());
        (told.status, serde_json::from_slice(&told.body).unwrap())
    }

    fn read(&mut self, place: &str, query: &str) -> Value {
        let (status, body) = self.core("GET", place, query, &Value::Null);
        assert_eq!(status, 200, "{place}?{query}");
        body
    }

    fn count(&self, kind: WriteKind) -> u32 {
        self.town.writes().count(kind)
    }
}

#[test]
fn a_session_is_begun_lives_half_an_hour_and_is_told_to_be_over() {
    let mut town = Town::new().unwrap();
    let wrong = repaired(&asked(&mut town, "GET", &login("nonsense"), &[], b"").body);
    assert_eq!(wrong, json!({"CodToken": 0, "Mensagem": "Token not found.", "Num. ERRO": "999", "status": "ERRO"}));
    let mut server = Server::new();
    assert_eq!(server.token.len(), 39);
    assert_eq!(server.rule("WSMKConsultaDoc", "doc=52998224725")["Nome"], "Ana Souza");
    server.town.now = server.town.now.saturating_add(31.minutes()).unwrap();
    let over = server.rule("WSMKConsultaDoc", "doc=52998224725");
    assert_eq!((&over["Num. ERRO"], &over["Mensagem"]), (&json!("999"), &json!("Token expirado.")));
    assert_eq!(server.core("GET", "os/pessoa", "pessoa=104", &Value::Null).0, 401);
    "stranger".clone_into(&mut server.token);
    assert_eq!(server.rule("WSMKConsultaDoc", "doc=52998224725")["Num. ERRO"], "001");
}

#[test]
fn a_form_without_its_charset_is_read_as_latin_1() {
    let mut server = Server::new();
    let target = format!("/mk/WSMKNovoAtendimento.rule?sys=MK0&token={}", server.token);
    let form = "cd_cliente=101&cd_processo=115&cd_classificacao_ate=15&origem_contato=9&info=N%C3%A3o%20h%C3%A1";
    for (content_type, stored) in [
        ("application/x-www-form-urlencoded", "NÃ£o hÃ¡"),
        ("application/x-www-form-urlencoded; charset=UTF-8", "Não há"),
    ] {
        let told = asked(&mut server.town, "POST", &target, &[("Content-Type", content_type)], form.as_bytes());
        assert_eq!(repaired(&told.body)["status"], "OK");
        assert_eq!(server.town.tickets.last().unwrap().complaint, stored);
    }
}

#[test]
fn what_is_not_there_is_tomcats_page() {
    let mut server = Server::new();
    assert_eq!(server.call("WSMKCriarChamado", "").status, 404);
    assert_eq!(asked(&mut server.town, "GET", "/mk/WSMKConsultaDoc.rule?doc=1", &[], b"").status, 500, "no sys");
    assert_eq!(asked(&mut server.town, "GET", "/api/", &[], b"").status, 404);
    assert_eq!(server.call("WSMKSegundaViaCobranca", "cd_fatura=145535,145536").status, 500);
}

#[test]
fn people_are_found_by_document_id_and_phone() {
    let mut server = Server::new();
    let elisa = server.rule("WSMKConsultaDoc", "doc=98765432100");
    assert_eq!((&elisa["Situacao"], &elisa["CodigoPessoa"]), (&json!("Inativo"), &json!(106)));
    assert_eq!(server.rule("WSMKConsultaDoc", "doc=16899535009")["Num. ERRO"], "003");
    assert_eq!(server.rule("WSMKConsultaDoc", "doc=16899535008")["Num. ERRO"], "002");
    assert_eq!(server.rule("WSMKConsultaDoc", "doc=11222333000181")["Nome"], "Empresa Exemplo Ltda");
    assert_eq!(server.rule("WSMKConsultaDoc", "doc=12ABC34501DE35")["Num. ERRO"], "002", "digits only");
    let rows = server.rule("WSMKConsultaClientes", "cd_cliente=105");
    assert_eq!(rows[0]["CPF_CNPJ"], "11.222.333/0001-81");
    assert_eq!(server.rule("WSMKConsultaClientes", "cd_cliente_inicio=105").as_array().unwrap().len(), 2);
    assert_eq!(server.rule("WSMKConsultaClientes", "cd_cliente=9")["CODIGO_ERRO"], "003");
    assert_eq!(server.read("pessoas/telefone", "ddd=54&fone=981234567")[0]["id"], 102);
    assert_eq!(server.read("pessoas/telefone", "ddd=54&fone=81234567"), json!([]), "as it is stored");
    assert_eq!(server.rule("WSMKConsultaNome", "nome=bruno")["CodigoPessoa"], 102);
    assert_eq!(server.rule("WSMKconsultaContratoDoc", "user_sac=ana.souza")["PassSAC"], "Senha#2026");
}

#[test]
fn capitals_go_out_broken_and_come_back_whole() {
    let mut server = Server::new();
    let told = server.call("WSMKConsultaDoc", "doc=52998224725");
    assert_eq!(told.headers[0].1, "text/plain;charset=iso-8859-1");
    assert!(std::str::from_utf8(&told.body).is_err());
    assert_eq!(repaired(&told.body)["Endereco"], "RUA DAS ACÁCIAS, 25 - VILA MARIANA, SÃO PAULO");
}

#[test]
fn a_contract_stays_active_while_its_connection_is_cut() {
    let mut server = Server::new();
    assert_eq!(server.rule("WSMKContratosPorClienteV2", "cd_cliente=102&status=")[0]["status_contrato"], "Ativo");
    let bruno = &server.rule("WSMKConexoesPorCliente", "cd_cliente=102")["Conexoes"][0];
    assert_eq!((&bruno["bloqueada"], &bruno["motivo_bloqueio"]), (&json!("Sim"), &json!("Falta de pagamento")));
    let davi = server.rule("WSMKContratosPorClienteV2", "cd_cliente=104");
    assert_eq!(davi[1]["status_contrato"], "Aguardando ativação");
    let lines = server.rule("WSMKConexoesPorCliente", "cd_cliente=104");
    assert_eq!(lines["Conexoes"][0]["esta_reduzida"], "Sim");
    assert_eq!(lines["Conexoes"][1]["motivo_bloqueio"], "Contrato não aceito");
    let unsigned = server.rule("WSMKConexoesPorClienteV2", "cd_cliente=104&bloqueada=S&motivo_bloqueio=5");
    assert_eq!(unsigned["Conexoes"].as_array().unwrap().len(), 1);
    assert_eq!(server.rule("WSMKContratosPorCliente", "cd_cliente=106")["Num. ERRO"], "003");
    assert_eq!(server.rule("WSMKContratosPorCliente", "cd_cliente=101")["ContratosAtivos"][0]["cd_empresa"], 1);
}

#[test]
fn bills_can_be_paid_by_their_codes() {
    let mut server = Server::new();
    let ana = &server.rule("WSMKFaturasPendentes", "cd_cliente=101")["FaturasPendentes"];
    assert_eq!(ana.as_array().unwrap().len(), 1);
    assert_eq!((&ana[0]["data_vencimento"], &ana[0]["valor_total"]), (&json!("10/12/2026"), &json!(99.9)));
    let line = &server.rule("WSMKLDViaSMS", "cd_fatura=145535")["DadosFatura"][0];
    assert!(DigitableLine::parse(line["ld"].as_str().unwrap()).is_ok());
    let code = server.rule("WSMKRetornarCopieColaPix", "CodigoFatura=145535");
    assert!(PixCode::parse(code["texto_qrcode"].as_str().unwrap()).is_ok());
    assert_eq!((&code["status_contrato"], &code["conexão_reduzida"]), (&json!("Não"), &json!("Não")));
    assert_eq!(server.rule("WSMKRetornarCopieColaPix", "CodigoFatura=145536")["codigo_erro"], "004");
    assert_eq!(server.rule("WSMKSegundaViaCobranca", "cd_fatura=145401")["Num. ERRO"], "003", "paid");
    let copy = server.rule("WSMKSegundaViaCobranca", "cd_fatura=145536");
    assert_eq!((&copy["Valor"], &copy["Vcto"]), (&json!("R$ 129,90"), &json!("20/11/2026")));
    let path = copy["PathDownload"].as_str().unwrap().strip_prefix("http://192.168.0.5:8080").unwrap().to_owned();
    assert!(asked(&mut server.town, "GET", &path, &[], b"").body.starts_with(b"%PDF-"));
    server.town.now = server.town.now.saturating_add(16.minutes()).unwrap();
    assert_eq!(asked(&mut server.town, "GET", &path, &[], b"").status, 404, "a temporary file");
}

#[test]
fn only_the_rich_list_proves_a_payment_and_it_covers_one_month_by_itself() {
    let mut server = Server::new();
    let paid = server.rule("WSMKFaturas", "codigo_cliente=101&liquidado=S");
    assert_eq!((&paid[0]["status"], &paid[0]["data_liquidacao"]), (&json!("Pago"), &json!("2026-11-09")));
    assert_eq!(paid[0]["contratos"][0]["adesao"], 1_692_057_600_000_i64);
    server.town.now = "2026-12-05T12:00:00-03:00".parse().unwrap();
    let told = asked(&mut server.town, "GET", &login(PROFILE_PASSWORD), &[], b"");
    repaired(&told.body)["Token"].as_str().unwrap().clone_into(&mut server.token);
    assert_eq!(server.rule("WSMKFaturas", "codigo_cliente=101&liquidado=S")["Num. ERRO"], "003");
    assert!(server.rule("WSMKFaturas", "codigo_cliente=101&liquidado=S&quantidade_meses=2").is_array());
    assert!(server.rule("WSMKFaturas", "codigo_cliente=101&liquidado=S&codigo_fatura=145401").is_array());
    let twice = server.rule("WSMKFaturasAbertas", "dt_venc_inicio=01/12/2026&dt_venc_fim=31/12/2026&cd_pessoa=101");
    assert_eq!(twice["ListaFaturas"].as_array().unwrap().len(), 2);
}

#[test]
fn an_unlock_acts_once_and_its_refusals_tell_no_date() {
    let mut server = Server::new();
    let done = server.rule("WSMKAutoDesbloqueio", "cd_conexao=4702&diasexcecao=3");
    assert_eq!((&done["LimiteExcecao"], &done["Conexao"]), (&json!("23/11/2026"), &json!("4702")));
    let lines = server.rule("WSMKConexoesPorCliente", "cd_cliente=102");
    assert_eq!(lines["Conexoes"][0]["bloqueada"], "Não");
    let again = server.rule("WSMKAutoDesbloqueio", "cd_conexao=4702");
    assert_eq!(again["mensagem"], "Status na conexão incompatível para auto-desbloqueio.");
    assert_eq!(
        server.rule("WSMKAutoDesbloqueio", "cd_conexao=4703")["mensagem"],
        "Operação indisponível para esta conexão."
    );
    assert_eq!(server.rule("WSMKAutoDesbloqueio", "cd_conexao=9")["Num. ERRO"], "003");
    assert_eq!(server.count(WriteKind::TrustUnlock), 1);
    assert_eq!(server.rule("WSMKAutoDesbloqueioV2", "cd_conexao=4704")["status"], "OK");
    assert_eq!(server.rule("WSMKConexoesPorCliente", "cd_cliente=104")["Conexoes"][0]["esta_reduzida"], "Não");
    assert_eq!(server.count(WriteKind::SpeedRelease), 1);
    assert_eq!(server.rule("WSMKAutoDesbloqueioV2", "cd_conexao=4701")["status"], "ERRO");
}

#[test]
fn a_term_wants_two_pictures_before_the_contract_is_activated() {
    let mut server = Server::new();
    let pending = "data_adesao=18/11/2026&cd_pessoa=104&cd_contrato=3105";
    assert_eq!(server.rule("WSMKAceiteContratualPendente", pending)["Contratos"][0]["cd_contrato"], 3105);
    assert_eq!(server.call("WSMKAceiteContratualPendente", "cd_pessoa=104").status, 500);
    let target = format!("/mk/WSMKAceiteSelfieAssinatura.rule?sys=MK0&token={}&contrato=3105", server.token);
    let part =
        |name: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.jpg\"\r\n\r\nx\r\n");
    let multipart = [("Content-Type", "multipart/form-data; boundary=b")];
    let one = asked(&mut server.town, "POST", &target, &multipart, part("selfie").as_bytes());
    assert_eq!(repaired(&one.body)["status"], "ERRO");
    let both = format!("{}{}--b--\r\n", part("selfie"), part("assinatura"));
    let both = asked(&mut server.town, "POST", &target, &multipart, both.as_bytes());
    assert_eq!(repaired(&both.body)["status"], "OK");
    assert_eq!(server.rule("WSMKAceiteContratualPendente", pending)["Num. ERRO"], "003");
    let waiting = server.rule("WSMKPlanosAcesso", "codigo_plano=214&aguarda_ativacao=S&cancelado=N");
    assert_eq!(waiting["Contratos"][0]["cd_contrato"], 3105);
    let active = server.rule("WSMKAtivarContrato", "contrato=3105&observacao=");
    assert_eq!(active["mensagem"], "Contrato 3105 ativado com sucesso.");
    assert_eq!(active["primeira_parcela"], "2026-12-08");
    assert_eq!(server.rule("WSMKAtivarContrato", "contrato=3105")["status"], "ERRO");
    assert_eq!((server.count(WriteKind::TermSigned), server.count(WriteKind::Activation)), (2, 1));
}

#[test]
fn sessions_come_in_two_shapes_and_outages_with_everybody_whom_they_hit() {
    let mut server = Server::new();
    let ana = &server.rule("WSMKConsultaConexaoAutenticada", "codconexao=4701")["conexao"];
    assert_eq!((&ana["framedip"], &ana["dt_hr_parada"]), (&json!("100.64.10.21"), &Value::Null));
    let company = &server.rule("WSMKConsultaConexaoAutenticada", "codconexao=4706")["Agendas:"][0];
    assert_eq!(company["dt_hr_parada"], "20/11/2026 08:37:19");
    assert_eq!(server.rule("WSMKConsultaConexaoAutenticada", "codconexao=4705")["Num. ERRO"], "003");
    let open = server.read("notificacoes/status", "status=A");
    assert_eq!(open[0]["data_prevista_normalizar"], "2026-11-20T21:00:00.000Z");
    let hit = server.read("notificacoes/conexoes-afetadas", "codigo_parada=13044");
    assert_eq!((&hit[0]["codconexao"], &hit[0]["cliente"]), (&json!(4706), &json!("Empresa Exemplo Ltda")));
    assert_eq!(server.read("notificacoes/status", "status=F"), json!([]));
    assert_eq!(server.rule("WSMKConsultaNotificacaoParada", "")["Paradas"].as_array().unwrap().len(), 1);
}

#[test]
fn a_ticket_is_opened_by_either_way_and_only_if_its_parts_fit() {
    let mut server = Server::new();
    let good =
        "cd_cliente=101&cd_processo=115&cd_classificacao_ate=15&origem_contato=9&info='Sem sinal'&cd_contrato=3101";
    let opened = server.rule("WSMKNovoAtendimento", good);
    assert_eq!((&opened["Protocolo"], &opened["CodigoCliente"]), (&json!("2611.593"), &json!(101)));
    assert_eq!(server.town.tickets.last().unwrap().complaint, "Sem sinal");
    assert!(server.town.tickets.last().unwrap().login.is_some(), "the only connection is bound by itself");
    for (wrong, right) in [
        ("cd_cliente=106", "cd_cliente=101"),
        ("cd_processo=99", "cd_processo=115"),
        ("cd_classificacao_ate=90", "cd_classificacao_ate=15"),
        ("cd_contrato=3102", "cd_contrato=3101"),
        ("cd_contrato=3101&conexao_associada=4702", "cd_contrato=3101"),
    ] {
        assert_eq!(server.rule("WSMKNovoAtendimento", &good.replace(right, wrong))["status"], "ERRO", "{wrong}");
    }
    assert_eq!(server.call("WSMKNovoAtendimento", &good.replace("origem_contato=9&", "")).status, 500);
    let body = json!({"pessoaId": 104, "contratoId": 3104, "empresaId": 2, "processoId": 115, "classificacaoId": 15,
        "infoCliente": "Não navega"});
    let (status, core) = server.core("POST", "atendimentos", "", &body);
    assert_eq!((status, &core["protocolo"], &core["conexaoId"]), (200, &json!("2611.594"), &json!(4704)));
    assert_eq!(server.count(WriteKind::TicketOpened), 2);
}

#[test]
fn tickets_are_everybodys_and_work_orders_have_what_they_lack() {
    let mut server = Server::new();
    let period = "data_inicio=2026-10-01&data_termino=2026-11-20";
    let all = server.rule("WSMKAtendimentos", period);
    let states: Vec<_> = all.as_array().unwrap().iter().map(|row| row["codigo_status"].as_str().unwrap()).collect();
    assert_eq!(states, ["F", "A", "A"]);
    assert_eq!(all[0].get("protocolo"), None);
    let orders = server.read("os/pessoa", "pessoa=104");
    assert_eq!((&orders[0]["encerrado"], &orders[1]["protocolo"]), (&json!("S"), &json!("2611.591")));
    assert!(orders[1]["defeitoConstatado"].is_string() && orders[2]["defeitoConstatado"].is_null());
    let day = server.rule("WSMKConsultaOrdemAgendamento", "cliente=104&DataAbertura=18/11/2026");
    assert_eq!(
        (&day["Agendas:"][0]["Técnico"], &day["Agendas:"][0]["codos"]),
        (&json!("TECNICO EXEMPLO"), &json!(19591))
    );
    assert_eq!(server.read("os/id", "id=19590")[0]["id"], 19590);
    assert_eq!(server.core("GET", "os/id", "id=1", &Value::Null).0, 400);
}

#[test]
fn an_order_is_made_with_its_number_in_the_text_and_stored_with_entities() {
    let mut server = Server::new();
    let good = "CodigoCliente=101&CodigoConexao=4701&DescricaoProblema=Não%20há&CodigoTipoOS=3&CodigoTecnico=31&CodigoGrupoServico=5&categoria=1";
    assert_eq!(server.rule("WSMKCriarOrdemServico", good)["mensagem"], "OS 234736 criada com sucesso.");
    assert_eq!(server.read("os/pessoa", "pessoa=101")[0]["defeitoReclamado"], "N&atilde;o h&aacute;");
    assert_eq!(server.call("WSMKCriarOrdemServico", &good.replace("categoria=1", "")).status, 500);
    assert_eq!(
        server.call("WSMKCriarOrdemServico", &good.replace("CodigoConexao=4701", "CodigoConexao=4702")).status,
        500
    );
    let stranger = server.rule("WSMKCriarOrdemServico", &good.replace("CodigoTecnico=31", "CodigoTecnico=32"));
    assert_eq!(stranger["status"], "ERRO");
    assert_eq!(server.count(WriteKind::RowInserted), 1);
}

#[test]
fn comments_are_for_open_tickets_and_short() {
    let mut server = Server::new();
    let said = server.rule("WSMKAtendimentoComentario", "cd_atendimento=591&comentario=ol%C3%A1&tipo=2");
    assert_eq!(said, json!({"CodigoAtendimento": 591, "Comentario": "ol&aacute;", "status": "OK"}));
    assert_eq!(server.rule("WSMKAtendimentoComentario", "cd_atendimento=590&comentario=oi")["Num. ERRO"], "003");
    let long = format!("cd_atendimento=591&comentario={}", "ã".repeat(40));
    assert_eq!(server.call("WSMKAtendimentoComentario", &long).status, 500, "40 letters, 320 with entities");
    assert_eq!(
        server.rule("WSMKAtendimentoResgate", "protocolo=2611.591&operacao=1"),
        json!({"message": "Atendimento resgatado"})
    );
    let close = json!({"finalizado": "S", "classificacaoEncerramento": 90});
    assert_eq!(server.core("PUT", "atendimentos/protocolo", "protocolo=2611.592", &close).1["finalizado"], "S");
    assert_eq!(server.core("PUT", "atendimentos/protocolo", "protocolo=2611.592", &close).0, 400);
    assert_eq!((server.count(WriteKind::TicketMessage), server.count(WriteKind::TicketChanged)), (1, 2));
}

#[test]
fn catalogues_follow_the_conventions() {
    let mut server = Server::new();
    let processes = server.rule("WSMKListaProcessos", "");
    assert_eq!(processes["processos"][4]["nome_processo"], "TECNICO-SEM-CONEXAO");
    let kinds = server.rule("WSMKListaClassificacoesAte", "");
    let closing = |row: &&Value| row["encerramento"] == "Sim";
    assert_eq!(kinds["ClassificacoesAtendimento"].as_array().unwrap().iter().filter(closing).count(), 2);
    for name in ["WSMKOSListaTiposOS", "WSMKOSListaGruposServico", "WSMKConsultaEquipes", "WSMKConsultaTecnicos"] {
        assert_eq!(server.rule(name, "")["status"], "OK", "{name}");
    }
}

#[test]
fn rights_and_modules_are_refused_each_in_its_way() {
    let call = |path: &str| Request::new("GET".to_owned(), path.to_owned(), Vec::new(), Vec::new());
    let (doc, paid, core) = ("/mk/WSMKConsultaDoc.rule", "/mk/WSMKFaturas.rule", "/core-api/os/pessoa");
    assert_eq!(repaired(&super::no_permission(&call(doc)).body)["Num. ERRO"], "001");
    assert_eq!(super::no_permission(&call(core)).status, 403);
    assert_eq!(repaired(&super::no_permission(&call("/mk/WSAutenticacao.rule")).body)["status"], "ERRO");
    let missing = [doc, paid, core].map(|path| super::missing_module(&call(path)).status);
    assert_eq!(missing, [404, 500, 404]);
}

#[test]
fn the_portal_login_is_compared_as_it_is() {
    let mut server = Server::new();
    assert_eq!(server.rule("WSMKUserSenhaSAC", "user_sac=ana.souza&pass_sac=Senha%232026")["CodigoPessoa"], 101);
    assert_eq!(server.rule("WSMKUserSenhaSAC", "user_sac=ana.souza&pass_sac=senha%232026")["AcessoSAC"], "Não");
    assert_eq!(server.rule("WSMKUserSenhaSAC", "user_sac=bruno.lima&pass_sac=x")["Num. ERRO"], "003");
}
