//! Which topic a ticket goes to, and what is sent.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use ponte_domain::FailureKind;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::tenant::{TicketRoute, TicketRules};
use ponte_domain::ticket::{NewTicket, TicketNotices};

use super::{Topic, Topics};
use crate::erp::TicketOpening as _;
use crate::ixc::Ixc;
use crate::ixc::catalogue::{Department, Process, Subject};
use crate::ixc::testing::{ABSENT, Bench, page};

fn ticket(sector: &str, subject: Option<&str>) -> NewTicket {
    let customer = CustomerRef::new("2");
    NewTicket {
        contract: Some(customer.contract("2309")),
        customer,
        login: Some(VendorId::from("4709")),
        sector: sector.to_owned(),
        subject: subject.map(str::to_owned),
        text: "Sem internet".to_owned(),
        notices: TicketNotices::None,
        mark: "K7M2".to_owned(),
    }
}

fn topics() -> Topics {
    let department =
        |id: &str, name: &str| Department { id: id.to_owned(), name: name.to_owned(), offered: true, rank: 0 };
    let subject = |id: &str, name: &str, process: Option<&str>| Subject {
        name: name.to_owned(),
        offered: true,
        process: process.map(str::to_owned),
        ..Subject::plain(id)
    };
    Topics::of(
        vec![department("1", "Comercial"), department("2", "Técnico")],
        vec![subject("12", "Sem conexão", Some("4")), subject("13", "Mudança de plano", None)],
        vec![Process { id: "4".to_owned(), department: Some("2".to_owned()) }],
    )
}

fn chosen(
    rules: &TicketRules,
    group: Option<&str>,
    ticket: &NewTicket,
) -> Result<(String, String, Option<String>), String> {
    let topics = topics();
    let topic = Topic::choose(&topics, rules, group, ticket);
    topic
        .map(|topic| {
            (topic.department.into_owned(), topic.subject.id.clone(), topic.process.map(|process| process.into_owned()))
        })
        .map_err(|failure| failure.field().unwrap_or_default().to_owned())
}

#[test]
fn a_topic_is_named_or_numbered_and_a_subject_belongs_to_its_process_department() {
    let rules = TicketRules::default();
    let choose = |sector: &str, subject: Option<&str>| chosen(&rules, None, &ticket(sector, subject));
    assert_eq!(choose("Técnico", Some("Sem conexão")), Ok(("2".to_owned(), "12".to_owned(), None)));
    assert_eq!(choose("tecnico", Some("12")), Ok(("2".to_owned(), "12".to_owned(), None)));
    assert_eq!(choose("2", Some("SEM CONEXAO")), Ok(("2".to_owned(), "12".to_owned(), None)));
    assert_eq!(choose("Comercial", None), Ok(("1".to_owned(), "13".to_owned(), None)), "the only subject");
    assert_eq!(choose("Comercial", Some("12")), Err("subject".to_owned()), "another department's");
    assert_eq!(choose("Técnico", None), Err("subject".to_owned()));
    assert_eq!(choose("Jurídico", Some("12")), Err("sector".to_owned()));
}

#[test]
fn settings_route_by_person_group_before_sector() {
    let route = |process: &str, sector: Option<&str>, subject: Option<&str>| TicketRoute {
        process: Some(process.to_owned()),
        classification: None,
        sector_id: sector.map(str::to_owned),
        subject_id: subject.map(str::to_owned),
    };
    let rules = TicketRules {
        sectors: BTreeMap::from([
            ("TECNICO".to_owned(), route("7", None, Some("12"))),
            ("Jurídico".to_owned(), route("8", Some("9"), Some("13"))),
        ]),
        person_groups: BTreeMap::from([("3".to_owned(), route("5", Some("1"), Some("13")))]),
    };
    assert_eq!(
        chosen(&rules, None, &ticket("Técnico", None)),
        Ok(("2".to_owned(), "12".to_owned(), Some("7".to_owned())))
    );
    assert_eq!(
        chosen(&rules, Some("3"), &ticket("Técnico", None)),
        Ok(("1".to_owned(), "13".to_owned(), Some("5".to_owned())))
    );
    assert_eq!(
        chosen(&rules, Some("4"), &ticket("Técnico", Some("13"))),
        Ok(("2".to_owned(), "13".to_owned(), Some("7".to_owned())))
    );
    assert_eq!(
        chosen(&rules, None, &ticket("Jurídico", None)),
        Ok(("9".to_owned(), "13".to_owned(), Some("8".to_owned()))),
        "a department that customers do not see"
    );
    let wrong = TicketRules {
        sectors: BTreeMap::from([("Técnico".to_owned(), route("7", None, Some("99")))]),
        ..TicketRules::default()
    };
    assert_eq!(chosen(&wrong, None, &ticket("Técnico", None)), Err("settings.tickets".to_owned()));
}

const OPENED: &str = r#"{"id":"592","id_cliente":"2","id_contrato":"2309","id_assunto":"12","id_ticket_setor":"2","su_status":"N","protocolo":"202611000999","menssagem":"Sem internet","data_criacao":"2026-11-20 12:00:00"}"#;

async fn bench(protocol: &str, insert: &str) -> Bench {
    let bench = Bench::start().await;
    bench.lists("su_ticket_setor", &page(r#"{"id":"2","setor":"T\u00e9cnico","ativo":"S"}"#)).await;
    bench.lists("su_oss_assunto", &page(r#"{"id":"12","assunto":"Sem conex\u00e3o","ativo":"S","finalidade":"AT"},{"id":"13","assunto":"Plano","ativo":"S","finalidade":"AT","contrato_obrigatorio":"S","login_obrigatorio":"S"}"#)).await;
    bench.lists("su_ticket", &page(OPENED)).await;
    bench.answers("gerar_protocolo_atendimento", protocol).await;
    bench.answers("su_ticket", insert).await;
    bench
}

#[tokio::test]
async fn a_ticket_is_inserted_with_the_vendors_spelling_and_read_back() {
    let bench = bench("\"202611000592\"", r#"{"type":"success","message":"ok","id":592}"#).await;
    let opened = Ixc.open(&bench.call(), &ticket("Técnico", Some("12"))).await.unwrap();
    assert_eq!(
        (opened.reference.id.as_str(), opened.protocol.as_deref()),
        ("592", Some("202611000999")),
        "a process may set another"
    );
    let inserted = bench.bodies("su_ticket").await.into_iter().next().unwrap();
    assert_eq!(
        inserted,
        serde_json::json!({
            "tipo": "C", "id_cliente": "2", "id_contrato": "2309", "id_login": "4709", "id_assunto": "12", "titulo": "Sem conexão",
            "id_ticket_setor": "2", "id_wfl_processo": "", "prioridade": "M", "origem_endereco": "C", "id_ticket_origem": "I",
            "menssagem": "Sem internet\r\n\r\n[Ponte K7M2]", "interacao_pendente": "I", "su_status": "N", "protocolo": "202611000592",
        })
    );
    assert!(bench.requests("wfl_processo").await.is_empty(), "no subject has a process");
}

#[tokio::test]
async fn without_a_protocol_the_ticket_is_opened_all_the_same() {
    for protocol in [ABSENT, "<div style=\"background:#FF0000\">Ocorreu um erro 12345678</div>", ""] {
        let bench = bench(protocol, r#"{"type":"success","id":"592"}"#).await;
        Ixc.open(&bench.call(), &ticket("Técnico", Some("12"))).await.unwrap();
        let inserted = bench.bodies("su_ticket").await.into_iter().next().unwrap();
        assert!(inserted.get("protocolo").is_none(), "{protocol}");
    }
}

#[tokio::test]
async fn a_ticket_that_is_there_is_answered_also_when_it_cannot_be_read_back() {
    let bench = bench("202611000592", r#"{"type":"success","id":"592"}"#).await;
    bench.server.reset().await;
    bench.lists("su_ticket_setor", &page(r#"{"id":"2","setor":"T\u00e9cnico","ativo":"S"}"#)).await;
    bench.lists("su_oss_assunto", &page(r#"{"id":"12","assunto":"Sem conex\u00e3o","ativo":"S"}"#)).await;
    bench.lists("su_ticket", "<div>Ocorreu um erro</div>").await;
    bench.answers("gerar_protocolo_atendimento", "202611000592").await;
    bench.answers("su_ticket", r#"{"type":"success","id":"592"}"#).await;
    let opened = Ixc.open(&bench.call(), &ticket("Técnico", Some("12"))).await.unwrap();
    assert_eq!(
        (opened.reference.id.as_str(), opened.protocol.as_deref(), opened.sector.as_deref()),
        ("592", Some("202611000592"), Some("Técnico"))
    );
}

#[tokio::test]
async fn what_a_subject_demands_is_checked_before_any_insert() {
    let bench = bench("202611000592", r#"{"type":"success","id":"592"}"#).await;
    let without_contract = NewTicket { contract: None, ..ticket("Técnico", Some("Plano")) };
    let without_login = NewTicket { login: None, ..ticket("Técnico", Some("Plano")) };
    for (ticket, field) in [(without_contract, "contract_id"), (without_login, "login_id")] {
        let failure = Ixc.open(&bench.call(), &ticket).await.unwrap_err();
        assert_eq!((failure.kind(), failure.field()), (FailureKind::InvalidInput, Some(field)));
    }
    assert!(
        bench.requests("su_ticket").await.is_empty() && bench.requests("gerar_protocolo_atendimento").await.is_empty()
    );
}

#[tokio::test]
async fn the_vendors_no_is_a_refusal_and_a_success_without_id_is_settled_later() {
    let refused = bench("202611000592", r#"{"type":"error","message":"Preencha Assunto"}"#).await;
    let failure = Ixc.open(&refused.call(), &ticket("Técnico", Some("12"))).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Refused(Refusal::TicketRefused));
    let hollow = bench("202611000592", r#"{"type":"success","message":""}"#).await;
    let failure = Ixc.open(&hollow.call(), &ticket("Técnico", Some("12"))).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::OutcomeUnknown);
}
