//! Rows of tickets, where tickets go, and what proves one.
#![allow(clippy::unwrap_used)]

use ponte_domain::dates::Zone;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::tenant::{TicketRoute, TicketRules};
use ponte_domain::ticket::{NewTicket, TicketFilter, TicketNotices, TicketStatus};
use ponte_domain::{Failure, FailureKind};

use super::opening::{Insert, Said, Topic, Wire};
use super::row::{Found, Row};
use super::topics::{Entry, Row as TopicRow, Topics};
use crate::erp::{TicketList as _, TicketOpening as _};
use crate::mark::marked;
use crate::sgp::Sgp;
use crate::sgp::settings::WorkOrder;
use crate::sgp::testing::Bench;

const LIST: &str = "/api/central/chamado/list/";

fn read(columns: &str) -> Result<Found, Failure> {
    let json = format!(r#"{{"cliente_id":16957,"contrato_id":17402,{columns}}}"#);
    serde_json::from_str::<Row<'_>>(&json).unwrap().read(&Zone::default())
}

#[test]
fn both_formats_of_dates_stand_in_one_row() {
    let ticket = read(
        r#""oc_protocolo":"260820113124","oc_tipo_descricao":"REPARO","oc_data_cadastro":"20/08/2026 11:31:24",
        "oc_data_encerramento":"","oc_conteudo":"Sem conexão","oc_status":0,"oc_status_descricao":"Aberta","os_id":31346,
        "os_servicoprestado":"Conector danificado","os_status":2,"os_data_agendamento":"2026-08-21T09:00:00""#,
    )
    .ok()
    .unwrap()
    .ticket;
    assert_eq!((ticket.reference.id.as_str(), ticket.protocol.as_deref()), ("260820113124", Some("260820113124")));
    assert_eq!(ticket.opened_at.unwrap().to_string(), "2026-08-20T14:31:24Z");
    assert_eq!(ticket.scheduled_for.unwrap().to_string(), "2026-08-21T12:00:00Z");
    assert_eq!((ticket.status.value, ticket.closed_at), (TicketStatus::InProgress, None));
    assert_eq!(ticket.defect_found.as_deref(), Some("Conector danificado"));
    assert_eq!((ticket.subject.as_deref(), ticket.complaint.as_deref()), (Some("REPARO"), Some("Sem conexão")));
}

#[test]
fn a_ticket_without_a_work_order_has_an_empty_id() {
    let ticket = read(
        r#""oc_protocolo":"1","oc_status":1,"oc_data_cadastro":"20/08/2026","oc_data_encerramento":"21/08/2026 10:00:00",
        "os_id":"","os_status":"","os_data_agendamento":"","os_servicoprestado":"""#,
    )
    .ok()
    .unwrap()
    .ticket;
    assert_eq!((ticket.status.value, ticket.defect_found), (TicketStatus::Closed, None));
    assert_eq!(ticket.closed_at.unwrap().to_string(), "2026-08-21T13:00:00Z");
}

#[test]
fn a_row_without_protocol_or_owner_or_with_an_odd_date_is_broken() {
    for columns in [
        r#""oc_protocolo":"""#,
        r#""oc_protocolo":"1","cliente_id":"None""#,
        r#""oc_protocolo":"1","oc_data_cadastro":"ontem""#,
    ] {
        let json = format!("{{{columns}}}");
        let row: Row<'_> = serde_json::from_str(&json).unwrap();
        assert_eq!(row.read(&Zone::default()).err().unwrap().kind(), FailureKind::BrokenAnswer, "{columns}");
    }
}

fn ticket(sector: &str, subject: Option<&str>) -> NewTicket {
    let customer = CustomerRef::new("16957");
    NewTicket {
        contract: Some(customer.contract("17402")),
        customer,
        login: Some(VendorId::from("13169")),
        sector: sector.to_owned(),
        subject: subject.map(str::to_owned),
        text: "Sem internet".to_owned(),
        notices: TicketNotices::StartAndEnd,
        mark: "K7M2".to_owned(),
    }
}

fn topics() -> Topics {
    let entry = |(code, name): (&str, &str)| Entry { code: code.to_owned(), name: name.to_owned() };
    Topics::of(
        [("1", "Comercial"), ("3", "Técnico")].map(entry).into(),
        [("5", "Outros"), ("200", "Reparo")].map(entry).into(),
    )
}

fn sent(rules: &TicketRules, ticket: &NewTicket) -> Result<String, Failure> {
    let topics = topics();
    let topic = Topic::choose(&topics, rules, ticket)?;
    let body = Insert::of(&topic, ticket, ticket.contract.as_ref().unwrap(), "text", WorkOrder::Without)?;
    Ok(serde_json::to_string(&body).unwrap())
}

#[test]
fn a_ticket_goes_where_it_was_asked_to_with_the_codes_of_the_settings() {
    let mut rules = TicketRules::default();
    assert_eq!(
        sent(&rules, &ticket("tecnico", Some("REPARO"))).unwrap(),
        r#"{"contrato":17402,"conteudo":"text","conteudolimpo":1,"setor":3,"ocorrenciatipo":200,"desativa_os":1,"notificar_cliente":1,"tipo_servico":"internet","servico_id":13169}"#
    );
    let route = TicketRoute {
        process: Some("40".to_owned()),
        classification: Some("7".to_owned()),
        sector_id: Some("9".to_owned()),
        subject_id: Some("77".to_owned()),
    };
    rules.sectors.insert("Técnico".to_owned(), route);
    let by_settings = sent(&rules, &ticket("3", None)).unwrap();
    for part in [r#""setor":9"#, r#""ocorrenciatipo":77"#, r#""tipoclassificacoes":[7]"#, r#""motivoos":40"#] {
        assert!(by_settings.contains(part), "{by_settings}");
    }
    assert!(sent(&rules, &ticket("Técnico", Some("200"))).unwrap().contains(r#""ocorrenciatipo":200"#));
    assert_eq!(sent(&rules, &ticket("Cobrança", None)).unwrap_err().field(), Some("sector"));
    assert_eq!(sent(&rules, &ticket("Comercial", Some("x"))).unwrap_err().field(), Some("subject"));
    let odd = TicketRoute { process: Some("abc".to_owned()), ..TicketRoute::default() };
    rules.sectors.insert("Comercial".to_owned(), odd);
    assert_eq!(sent(&rules, &ticket("Comercial", None)).unwrap_err().kind(), FailureKind::TenantMisconfigured);
}

#[test]
fn a_protocol_proves_a_ticket_and_nothing_else_does() {
    let read = |json: &str| serde_json::from_str::<Wire<'_>>(json).unwrap().read();
    let opened = |protocol: &str| Some(Said::Opened(protocol.to_owned()));
    for (json, expected) in [
        (r#"{"status":1,"protocolo":"260928102000","msg":"","id":12400}"#, opened("260928102000")),
        (r#"{"status":0,"protocolo":"26","os_id":2502,"msg":""}"#, opened("26")),
        (r#"[{"os_id":1,"os_protocolo":"27"}]"#, opened("27")),
        (r#"{"status":0,"msg":"contrato inválido","protocolo":""}"#, Some(Said::No("contrato inválido".to_owned()))),
        (r#"{"status":1,"msg":""}"#, None),
        (r#"{"status":1,"msg":"Chamado aberto","protocolo":""}"#, None),
        (r#"{"status":0,"msg":"OS aberta","ocorrencia_id":12400}"#, None),
        (r#"{"msg":"ok"}"#, None),
        ("[]", None),
    ] {
        assert_eq!(read(json), expected, "{json}");
    }
}

#[test]
fn entries_that_are_off_or_nameless_are_not_offered() {
    let read = |json: &str| serde_json::from_str::<TopicRow<'_>>(json).unwrap().read().map(|entry| entry.code);
    assert_eq!(read(r#"{"codigo":200,"descricao":"Reparo"}"#).as_deref(), Some("200"));
    assert_eq!(read(r#"{"id":"7","descricao":"Reparo","ativo":"True"}"#).as_deref(), Some("7"));
    for none in [r#"{"codigo":1,"descricao":"x","ativo":false}"#, r#"{"descricao":"x"}"#, r#"{"codigo":1}"#] {
        assert_eq!(read(none), None, "{none}");
    }
}

#[tokio::test]
async fn a_mark_is_found_in_the_work_orders_text_and_a_missing_list_takes_no_opening_away() {
    let bench = Bench::start().await;
    let text = serde_json::to_string(&marked("Sem internet", "K7M2")).unwrap();
    let rows = format!(r#"[{{"cliente_id":16957,"oc_protocolo":"1","oc_status":0,"os_id":1,"os_conteudo":{text}}}]"#);
    bench.answers(LIST, &rows).await;
    let customer = CustomerRef::new("16957");
    assert!(Sgp.find_by_mark(&bench.call(), &customer, "K7M2").await.unwrap().is_some());
    let bench = Bench::start().await;
    let call = bench.call();
    assert!(Sgp.find_by_mark(&call, &customer, "K7M2").await.is_err());
    assert!(bench.memory.all_missing(call.now).is_empty());
}

#[tokio::test]
async fn tickets_of_others_are_dropped_and_work_orders_of_one_are_joined() {
    let bench = Bench::start().await;
    let text = serde_json::to_string(&marked("Sem internet", "K7M2")).unwrap();
    let rows = format!(
        r#"[{{"cliente_id":16957,"oc_protocolo":"1","oc_status":0,"oc_data_cadastro":"18/11/2026","oc_conteudo":{text},"os_id":1,"os_status":1}},
        {{"cliente_id":16957,"oc_protocolo":"1","oc_status":0,"os_id":2,"os_status":2,"os_servicoprestado":"Fibra rompida"}},
        {{"cliente_id":16957,"oc_protocolo":"2","oc_status":1,"oc_data_cadastro":"19/11/2026"}},
        {{"cliente_id":3,"oc_protocolo":"3","oc_status":0,"oc_conteudo":"[Ponte K7M9]"}}]"#
    );
    bench.answers(LIST, &rows).await;
    let customer = CustomerRef::new("16957");
    let all = Sgp.of_customer(&bench.call(), &customer, TicketFilter::All).await.unwrap();
    let protocols: Vec<_> = all.iter().filter_map(|ticket| ticket.protocol.as_deref()).collect();
    assert_eq!(protocols, ["2", "1"], "newest first");
    assert_eq!(
        (all[1].status.value, all[1].defect_found.as_deref()),
        (TicketStatus::InProgress, Some("Fibra rompida"))
    );
    assert_eq!(Sgp.of_customer(&bench.call(), &customer, TicketFilter::Open).await.unwrap().len(), 1);
    let found = Sgp.find_by_mark(&bench.call(), &customer, "K7M2").await.unwrap().unwrap();
    assert_eq!(found.complaint.as_deref(), Some("Sem internet"));
    assert!(Sgp.find_by_mark(&bench.call(), &customer, "K7M9").await.unwrap().is_none(), "somebody else's");
    assert_eq!(bench.bodies(LIST).await[0], "cliente=16957&app=chatbot&token=00000000-0000-4000-8000-000000000001");
}
