//! The readers of tickets, opening, finding and rating.
#![allow(clippy::unwrap_used)]
use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::dates::Zone;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::CustomerRef;
use ponte_domain::tenant::TicketRoute;
use ponte_domain::ticket::{NewTicket, TicketFilter, TicketNotices, TicketRating, TicketStatus};
use serde_json::json;
use wiremock::ResponseTemplate;

use super::row::{Found, Row};
use crate::erp::{TicketList as _, TicketOpening as _, TicketRatings as _};
use crate::hubsoft::Hubsoft;
use crate::hubsoft::testing::{Bench, customer, refusal, service};
use crate::mark::marked;

const MARK: &str = "a1b2c3";

fn read(columns: &str) -> Option<Found> {
    let json = format!(r#"{{"id_atendimento":300,"protocolo":"202609071058216",{columns}}}"#);
    serde_json::from_str::<Row<'_>>(&json).unwrap().read(&CustomerRef::new("421"), &Zone::default()).unwrap()
}

#[test]
fn a_row_is_a_ticket_with_number_and_protocol() {
    let found = read(
        r#""descricao_abertura":"Sem acesso [Ponte a1b2c3] | ATENDIMENTO ABERTO VIA API","tipo_atendimento":"SAC","data_cadastro":"07/09/2026","status":"Aguardando Análise","cliente":{"codigo_cliente":421},"servico":{"id_cliente_servico":"22703"},"setor_responsavel":null"#,
    )
    .unwrap();
    assert!(found.carries(MARK) && !found.carries("a1b2"));
    let ticket = found.ticket;
    assert_eq!(ticket.reference.id.as_str(), "300.202609071058216");
    assert_eq!((ticket.complaint.as_deref(), ticket.subject.as_deref()), (Some("Sem acesso"), Some("SAC")));
    assert_eq!(ticket.contract.unwrap().as_str(), "22703");
    assert_eq!(ticket.opened_at.unwrap().to_string(), "2026-09-07T03:00:00Z");
    assert_eq!((ticket.closed_at, ticket.status.value), (None, TicketStatus::Open));
}

#[test]
fn another_customers_row_is_none_and_a_ticket_may_have_no_service() {
    assert!(read(r#""cliente":{"codigo_cliente":422}"#).is_none());
    let found =
        read(r#""cliente":{"codigo_cliente":421},"servico":[],"data_fechamento":"08/09/2026","status":"Resolvido""#);
    let ticket = found.unwrap().ticket;
    assert_eq!((ticket.contract, ticket.status.value), (None, TicketStatus::Closed));
}

#[test]
fn what_was_found_and_what_is_planned_stand_in_the_work_orders() {
    for (columns, defect, planned) in [
        (r#""ordens_servico":[]"#, None, None),
        (r#""descricao_fechamento":"Resolvido","motivo_fechamento":"Cabo""#, Some("Resolvido"), None),
        (r#""motivo_fechamento":"Cabo""#, Some("Cabo"), None),
        (
            r#""descricao_fechamento":"x","ordens_servico":[{"status":"finalizado","descricao_fechamento":"Conector","data_inicio_programado":"07/09/2026 09:00:00","data_termino_executado":"07/09/2026 10:00:00"},{"status":"pendente","data_inicio_programado":"09/09/2026 14:00:00"}]"#,
            Some("Conector"),
            Some("2026-09-09T17:00:00Z"),
        ),
        (
            r#""ordens_servico":[{"status":"aguardando_agendamento","data_inicio_programado":"07/09/2026 11:58:21"}]"#,
            None,
            None,
        ),
    ] {
        let ticket = read(columns).unwrap().ticket;
        assert_eq!(ticket.defect_found.as_deref(), defect, "{columns}");
        assert_eq!(ticket.scheduled_for.map(|at| at.to_string()).as_deref(), planned, "{columns}");
    }
}

#[test]
fn the_mark_is_found_wherever_a_line_is_added() {
    for text in [marked("Sem acesso ", MARK), format!("{} obs", marked("Sem acesso", MARK))] {
        assert!(read(&format!(r#""descricao_abertura":{}"#, json!(text))).unwrap().carries(MARK), "{text}");
    }
    assert!(!read(r#""descricao_abertura":"Sem acesso [Ponte ]""#).unwrap().carries(""));
}

const TYPES: &str = r#"{"status":"success","tipos_atendimento":[{"id_tipo_atendimento":11,"descricao":"Mudança de plano"},{"id_tipo_atendimento":15,"descricao":"Sem conexão"}]}"#;

fn new_ticket() -> NewTicket {
    let customer = CustomerRef::new("421");
    NewTicket {
        contract: Some(customer.contract("22703")),
        customer,
        login: None,
        sector: "Técnico".to_owned(),
        subject: Some("sem conexao".to_owned()),
        text: "Sem internet".to_owned(),
        notices: TicketNotices::None,
        mark: MARK.to_owned(),
    }
}

async fn ready() -> Bench {
    let bench = Bench::start().await;
    bench.answers("configuracao/tipo_atendimento", TYPES).await;
    bench.answers("cliente", &customer(&service(r#""status_prefixo":"servico_habilitado""#))).await;
    bench
}

fn opened() -> String {
    json!({"status": "success", "msg": "Anote o protocolo: 1", "atendimento": {
        "id_atendimento": 300, "protocolo": "2026", "descricao_abertura": "Sem internet [Ponte a1b2c3] | ATENDIMENTO ABERTO VIA API",
        "tipo_atendimento": "Sem conexão", "data_cadastro": "20/11/2026", "status": "Pendente", "cliente": {"codigo_cliente": 421},
    }})
    .to_string()
}

#[tokio::test]
async fn a_ticket_is_sent_with_everything_that_the_vendor_wants() {
    let bench = ready().await;
    bench.answers("atendimento", &opened()).await;
    let ticket = Hubsoft.open(&bench.call(), &new_ticket()).await.unwrap();
    assert_eq!((ticket.protocol.as_deref(), ticket.sector.as_deref()), (Some("2026"), Some("Técnico")));
    assert_eq!(
        bench.bodies("atendimento").await,
        [json!({
            "id_cliente_servico": "22703", "descricao": "Sem internet\r\n\r\n[Ponte a1b2c3]", "nome": "ANA SOUZA LIMA",
            "telefone": "11987654321", "email": "ana@exemplo.test", "id_tipo_atendimento": "15", "abrir_os": false,
            "parametros": {"origem": "ponte", "marca": "a1b2c3"},
        })]
    );
}

#[tokio::test]
async fn a_process_of_the_settings_opens_a_work_order_and_an_empty_mail_is_left_out() {
    let mut bench = Bench::start().await;
    let route =
        TicketRoute { process: Some("2".to_owned()), subject_id: Some("15".to_owned()), ..TicketRoute::default() };
    bench.tenant.settings.tickets.sectors.insert("tecnico".to_owned(), route);
    bench.answers("configuracao/tipo_atendimento", TYPES).await;
    let row = customer(&service(r#""status_prefixo":"servico_habilitado""#)).replace("ana@exemplo.test", "");
    bench.answers("cliente", &row).await;
    bench.answers("atendimento", &opened()).await;
    let ticket = NewTicket { subject: None, contract: None, ..new_ticket() };
    Hubsoft.open(&bench.call(), &ticket).await.unwrap();
    let body = bench.bodies("atendimento").await.pop().unwrap();
    assert!(body.get("email").is_none());
    assert_eq!(body["abrir_os"], true);
    assert_eq!(
        body["parametros_ordem_servico"],
        json!({"id_tipo_ordem_servico": "2", "status": "aguardando_agendamento"})
    );
    assert_eq!((&body["id_tipo_atendimento"], &body["id_cliente_servico"]), (&json!("15"), &json!("22703")));
}

#[tokio::test]
async fn what_cannot_be_opened_is_not_sent() {
    let bench = ready().await.with("ticket_sectors", "Comercial: 11; Técnico: 15");
    let field = async |ticket: NewTicket| {
        let failure = Hubsoft.open(&bench.call(), &ticket).await.unwrap_err();
        failure.field().map(str::to_owned)
    };
    assert_eq!(field(NewTicket { sector: "Jurídico".to_owned(), ..new_ticket() }).await.as_deref(), Some("sector"));
    let wrong = NewTicket { subject: Some("Mudança de plano".to_owned()), ..new_ticket() };
    assert_eq!(field(wrong).await.as_deref(), Some("subject"));
    let other = NewTicket { contract: Some(CustomerRef::new("421").contract("1")), ..new_ticket() };
    assert_eq!(field(other).await.as_deref(), Some("contract_id"));
    assert!(bench.requests("atendimento").await.is_empty());
}

#[tokio::test]
async fn a_refused_ticket_and_one_in_doubt_are_told_apart() {
    let bench = ready().await;
    bench.answers_once("atendimento", &refusal("Não permitido")).await;
    bench.replies("atendimento", ResponseTemplate::new(500)).await;
    let open = async || Hubsoft.open(&bench.call(), &new_ticket()).await.unwrap_err().kind();
    assert_eq!(open().await, FailureKind::Refused(Refusal::TicketRefused));
    assert_eq!(open().await, FailureKind::OutcomeUnknown);
}

fn list(rows: &str) -> String {
    format!(r#"{{"status":"suscess","atendimentos":[{rows}]}}"#)
}

const OPEN: &str = r#"{"id_atendimento":300,"protocolo":"2026A","data_cadastro":"07/09/2026","descricao_abertura":"x [Ponte a1b2c3]","cliente":{"codigo_cliente":421}}"#;
const CLOSED: &str = r#"{"id_atendimento":299,"protocolo":"2026B","data_cadastro":"01/09/2026","data_fechamento":"02/09/2026","cliente":{"codigo_cliente":421}}"#;

#[tokio::test]
async fn the_lists_defaults_are_not_trusted() {
    let bench = Bench::start().await;
    bench.answers("cliente/atendimento", &list(&[OPEN, CLOSED].join(","))).await;
    let customer = CustomerRef::new("421");
    assert_eq!(Hubsoft.of_customer(&bench.call(), &customer, TicketFilter::All).await.unwrap().len(), 2);
    assert_eq!(Hubsoft.of_customer(&bench.call(), &customer, TicketFilter::Open).await.unwrap().len(), 1);
    assert_eq!(bench.parameters("cliente/atendimento", "apenas_pendente").await, ["nao", "sim"]);
    assert_eq!(bench.parameters("cliente/atendimento", "order_type").await, ["desc", "desc"]);
    assert_eq!(bench.parameters("cliente/atendimento", "limit").await, ["50", "50"]);
    let found = Hubsoft.find_by_mark(&bench.call(), &customer, MARK).await.unwrap();
    assert_eq!(found.unwrap().protocol.as_deref(), Some("2026A"));
    assert!(Hubsoft.find_by_mark(&bench.call(), &customer, "zz").await.unwrap().is_none());
}

#[tokio::test]
async fn a_mark_is_looked_for_in_the_whole_list() {
    let row = |number: u32, text: &str| {
        let (month, day) = (1 + number / 28, 1 + number % 28);
        format!(
            r#"{{"id_atendimento":{},"descricao_abertura":"{text}","data_cadastro":"{day:02}/{month:02}/2026","cliente":{{"codigo_cliente":421}}}}"#,
            1000 + number
        )
    };
    // A version that sorts the other way: the newest ticket is beyond the limit.
    let oldest: Vec<String> = (0..50).map(|number| row(number, "x")).collect();
    let bench = Bench::start().await;
    bench.answers("cliente/atendimento", &list(&oldest.join(","))).await;
    let found = Hubsoft.find_by_mark(&bench.call(), &CustomerRef::new("421"), MARK).await;
    assert_eq!(found.unwrap_err().kind(), FailureKind::BrokenAnswer, "not found is not known");
    let newest: Vec<String> = (1..51).rev().map(|number| row(number, "x")).collect();
    let bench = Bench::start().await;
    bench.answers_once("cliente/atendimento", &list(&newest.join(","))).await;
    bench.answers("cliente/atendimento", &list(&row(0, "Sem acesso [Ponte a1b2c3]"))).await;
    assert!(Hubsoft.find_by_mark(&bench.call(), &CustomerRef::new("421"), MARK).await.unwrap().is_some());
}

#[tokio::test]
async fn a_ticket_is_searched_by_its_protocol_and_its_owner_compared() {
    let bench = Bench::start().await;
    bench.answers("cliente/atendimento", &list(OPEN)).await;
    let (own, other) = (CustomerRef::new("421"), CustomerRef::new("422"));
    Hubsoft.ticket(&bench.call(), &own.ticket("300.2026A")).await.unwrap();
    let failure = Hubsoft.ticket(&bench.call(), &other.ticket("300.2026A")).await.unwrap_err();
    assert!(matches!(failure.kind(), FailureKind::NotFound(_)));
    assert_eq!(bench.parameters("cliente/atendimento", "busca").await, ["protocolo", "protocolo"]);
}

const QUESTIONS: &str =
    r#"{"status":"success","questoes":[{"id_avaliacao":10,"questao":"Empresa?"},{"id_avaliacao":11}]}"#;
const ASKED: &str = "atendimento/299/avaliacao/gerar_questoes_avaliacao";
const RATED: &str = "atendimento/299/avaliacao/avaliar";

async fn rate(bench: &Bench, id: &str) -> Result<(), FailureKind> {
    let rating = TicketRating { stars: 4, comment: Some("Bom".to_owned()) };
    let ticket = CustomerRef::new("421").ticket(id);
    Hubsoft.rate(&bench.call(), &ticket, &rating).await.map_err(|failure| failure.kind())
}

#[tokio::test]
async fn every_question_gets_the_grade() {
    let bench = Bench::start().await;
    bench.answers("cliente/atendimento", &list(CLOSED)).await;
    bench.answers(ASKED, QUESTIONS).await;
    bench.answers(RATED, r#"{"status":"success","msg":"Obrigado por avaliar o atendimento!"}"#).await;
    rate(&bench, "299.2026B").await.unwrap();
    assert_eq!(
        bench.bodies(RATED).await,
        [
            json!({"questoes": [{"id_avaliacao": "10", "avaliacao": 4}, {"id_avaliacao": "11", "avaliacao": 4}], "comentario": "Bom"})
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_rated_is_told_apart() {
    let bench = Bench::start().await;
    bench.answers("cliente/atendimento", &list(&[OPEN, CLOSED].join(","))).await;
    assert_eq!(rate(&bench, "300.2026A").await, Err(FailureKind::Refused(Refusal::VendorRule)), "open");
    assert!(matches!(rate(&bench, "1.x").await, Err(FailureKind::NotFound(_))));
    bench.answers(ASKED, QUESTIONS).await;
    bench.answers_once(RATED, &refusal("Atendimento já avaliado")).await;
    assert_eq!(rate(&bench, "299.2026B").await, Err(FailureKind::Refused(Refusal::AlreadyRated)));
}

#[tokio::test]
async fn an_older_version_cannot_be_rated_in() {
    let bench = Bench::start().await;
    bench.answers("cliente/atendimento", &list(CLOSED)).await;
    bench.replies(ASKED, ResponseTemplate::new(404).set_body_string("<html></html>")).await;
    assert_eq!(rate(&bench, "299.2026B").await, Err(FailureKind::NotSupported(Capability::TicketRating)));
    assert!(bench.requests(RATED).await.is_empty());
}
