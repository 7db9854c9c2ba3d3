//! Opening: routes by person group and sector, and texts.
#![allow(clippy::unwrap_used)]
use jiff::Timestamp;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::tenant::{TicketRoute, TicketRules};
use ponte_domain::ticket::{NewTicket, TicketNotices};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Reply;

use super::{Catalogue, Opened, RULE, Rules, Sent, Topic, read, since};
use crate::erp::TicketOpening as _;
use crate::mk_solutions::MkSolutions;
use crate::mk_solutions::dialect::Answer;
use crate::mk_solutions::testing::{Bench, EXPIRED, session};

fn customer() -> CustomerRef {
    CustomerRef::new("17645")
}

fn ticket(sector: &str, subject: Option<&str>) -> NewTicket {
    NewTicket {
        customer: customer(),
        contract: Some(customer().contract("8139")),
        login: Some(VendorId::from("23818")),
        sector: sector.to_owned(),
        subject: subject.map(str::to_owned),
        text: "Não há sinal\n".to_owned(),
        notices: TicketNotices::None,
        mark: "AB12".to_owned(),
    }
}

fn route(process: &str, classification: &str) -> TicketRoute {
    TicketRoute {
        process: Some(process.to_owned()).filter(|text| !text.is_empty()),
        classification: Some(classification.to_owned()).filter(|text| !text.is_empty()),
        ..TicketRoute::default()
    }
}

fn catalogue() -> Catalogue {
    Catalogue::of(
        &[("12", "TECNICO-SEM-CONEXAO"), ("13", "TECNICO-LENTIDAO"), ("20", "FINANCEIRO-SEGUNDA-VIA")],
        &[("3", "SEM CONEXÃO", false), ("4", "SEGUNDA VIA", false), ("7", "RESOLVIDO", true)],
    )
}

struct Case {
    sector: Option<TicketRoute>,
    group: Option<TicketRoute>,
    classification: Option<&'static str>,
}

fn choose(case: &Case, sector: &str, subject: Option<&str>) -> Result<(String, String), Failure> {
    let mut rules = TicketRules::default();
    rules.person_groups.extend(case.group.clone().map(|route| ("Condomínio".to_owned(), route)));
    let catalogue = catalogue();
    let rules = Rules { tickets: &rules, sector: case.sector.as_ref(), classification: case.classification };
    let topic = Topic::choose(Some(&catalogue), &rules, Some("CONDOMINIO"), &ticket(sector, subject))?;
    Ok((topic.process.into_owned(), topic.classification.into_owned()))
}

#[test]
fn the_person_group_goes_before_the_sector_and_both_before_the_catalogue() {
    let case = |sector, group, classification| Case { sector, group, classification };
    for (case, sector, subject, expected) in [
        (case(None, None, None), "Técnico", Some("Sem conexão"), ("12", "3")),
        (case(None, None, None), "Financeiro", None, ("20", "4")),
        (case(Some(route("13", "4")), None, None), "Técnico", None, ("13", "4")),
        (case(Some(route("13", "4")), None, None), "Técnico", Some("Sem conexão"), ("13", "4")),
        (case(Some(route("13", "")), None, None), "Técnico", Some("Sem conexão"), ("13", "3")),
        (case(Some(route("13", "4")), Some(route("20", "3")), None), "Técnico", Some("Sem conexão"), ("20", "3")),
        (case(Some(route("13", "4")), Some(route("20", "")), None), "Técnico", None, ("20", "4")),
        (case(Some(route("13", "")), None, Some("3")), "Técnico", None, ("13", "3")),
    ] {
        let expected = (expected.0.to_owned(), expected.1.to_owned());
        assert_eq!(choose(&case, sector, subject).unwrap(), expected, "{sector} {subject:?}");
    }
}

#[test]
fn what_cannot_be_routed_is_named() {
    let none = || Case { sector: None, group: None, classification: None };
    for (case, sector, subject, field) in [
        (none(), "Técnico", None, "subject"),
        (none(), "Técnico", Some("Segunda via"), "subject"),
        (none(), "Comercial", None, "sector"),
        (none(), "Comercial", Some("Sem conexão"), "sector"),
        (none(), "Técnico", Some("Lentidão"), "settings.tickets"),
        (Case { sector: Some(route("12", "7")), ..none() }, "Técnico", None, "settings.tickets"),
        (Case { sector: Some(route("99", "3")), ..none() }, "Técnico", None, "settings.tickets"),
        (Case { sector: Some(route("", "3")), ..none() }, "Comercial", None, "settings.tickets"),
    ] {
        let failure = choose(&case, sector, subject).unwrap_err();
        assert_eq!(failure.field(), Some(field), "{sector} {subject:?}");
    }
}

#[test]
fn a_protocol_keeps_its_last_zero_and_a_refusal_is_one() {
    let said = |body: &'static str| {
        let reply = Reply::new(200, None, body);
        let answer = Answer::of(&reply, RULE, Capability::TicketOpening).unwrap();
        read(&answer, &customer()).map_err(|failure| failure.kind())
    };
    assert_eq!(
        said(
            r#"{"Cliente":"MARIA","CodigoAtendimento":14758,"CodigoCliente":17645,"Protocolo":"2609.1040","status":"OK"}"#
        ),
        Ok(Opened { id: "14758".into(), protocol: Some("2609.1040".into()) })
    );
    assert_eq!(
        said(r#"{"status":"ERRO","Mensagem":"Cliente inativo."}"#),
        Err(FailureKind::Refused(Refusal::TicketRefused))
    );
    assert_eq!(said(r#"{"CodigoAtendimento":1,"CodigoCliente":2,"status":"OK"}"#), Err(FailureKind::BrokenAnswer));
    assert_eq!(said(r#"{"status":"OK"}"#), Err(FailureKind::BrokenAnswer));
}

async fn with_catalogues() -> Bench {
    let bench = Bench::start().await;
    bench
        .answers(
            "WSMKListaProcessos",
            r#"{"processos":[{"codprocesso":12,"nome_processo":"TECNICO-SEM-CONEXAO"}],"status":"OK"}"#,
        )
        .await;
    bench
        .answers(
            "WSMKListaClassificacoesAte",
            r#"{"ClassificacoesAtendimento":[{"codigo":3,"descricao":"SEM CONEXÃO","encerramento":"Não"}],"status":"OK"}"#,
        )
        .await;
    bench
}

const OPENED: &str = r#"{"CodigoAtendimento":14758,"CodigoCliente":17645,"Protocolo":"2611.1040","status":"OK"}"#;

#[tokio::test]
async fn a_ticket_is_sent_as_a_form_that_says_its_charset() {
    let bench = with_catalogues().await;
    bench.answers("WSMKNovoAtendimento", OPENED).await;
    let opened = MkSolutions.open(&bench.call(), &ticket("Técnico", None)).await.unwrap();
    assert_eq!((opened.reference.id.as_str(), opened.protocol.as_deref()), ("14758", Some("2611.1040")));
    assert_eq!((opened.subject.as_deref(), opened.complaint.as_deref()), (Some("Sem conexão"), Some("Não há sinal")));
    let sent = bench.requests("WSMKNovoAtendimento").await.remove(0);
    assert_eq!(sent.headers["content-type"], "application/x-www-form-urlencoded; charset=UTF-8");
    let body = String::from_utf8(sent.body).unwrap();
    for field in [
        "cd_cliente=17645",
        "cd_processo=12",
        "cd_classificacao_ate=3",
        "origem_contato=9",
        "cd_contrato=8139",
        "conexao_associada=23818",
        "info=N%C3%A3o+h%C3%A1+sinal%0D%0A%0D%0A%5BPonte+AB12%5D",
    ] {
        assert!(body.contains(field), "{field} in {body}");
    }
    assert!(!sent.url.as_str().contains("info"), "{}", sent.url);
}

#[tokio::test]
async fn a_session_that_was_over_before_any_work_lets_the_ticket_be_sent_again() {
    let bench = with_catalogues().await;
    bench.answers_once("WSMKNovoAtendimento", EXPIRED).await;
    bench.answers("WSMKNovoAtendimento", OPENED).await;
    bench.answers_once("WSAutenticacao", &session("t9", 0)).await;
    assert!(MkSolutions.open(&bench.call(), &ticket("Técnico", None)).await.is_ok());
    assert_eq!(bench.requests("WSMKNovoAtendimento").await.len(), 2);
}

#[tokio::test]
async fn a_ticket_in_doubt_is_the_one_that_came_since_it_was_sent() {
    let bench = with_catalogues().await;
    bench.answers("WSMKNovoAtendimento", r#"{"status":"OK"}"#).await;
    let failure = MkSolutions.open(&bench.call(), &ticket("Técnico", None)).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::OutcomeUnknown);
    let rows = |hour: &str| {
        format!(
            r#"[{{"codigo_atendimento":14758,"codigo_cliente":17645,"codigo_status":"A","data_abertura":"2026-11-20","hr_abertura":"{hour}"}}]"#
        )
    };
    bench.answers_once("WSMKAtendimentos", &rows("09:00:00")).await;
    let find = async || MkSolutions.find_by_mark(&bench.call(), &customer(), "AB12").await;
    assert!(find().await.unwrap().is_none(), "it was there before");
    bench.answers("WSMKAtendimentos", &rows("12:00:01")).await;
    assert_eq!(find().await.unwrap().unwrap().reference.id.as_str(), "14758");
    let unknown = MkSolutions.find_by_mark(&bench.call(), &customer(), "ZZ99").await;
    assert!(unknown.is_err(), "after a restart nobody can tell, and nothing is opened twice");
}

#[tokio::test]
async fn a_work_order_that_carries_the_mark_is_the_ticket() {
    let bench = Bench::start().await;
    bench.answers("WSMKAtendimentos", "[]").await;
    bench
        .answers("core-api/os/pessoa", r#"[{"id":7,"pessoaId":17645,"defeitoReclamado":"Sem sinal [Ponte AB12]"}]"#)
        .await;
    let find = async |mark: &str| MkSolutions.find_by_mark(&bench.call(), &customer(), mark).await.unwrap();
    assert_eq!(find("AB12").await.unwrap().reference.id.as_str(), "os-7");
    assert!(find("ZZ99").await.is_none());
}

#[test]
fn no_tickets_at_all_is_a_clear_no() {
    let sent: Timestamp = "2026-11-20T15:00:00Z".parse().unwrap();
    assert!(since(Vec::new(), Some(&Sent { at: sent, contract: None })).unwrap().is_none());
    assert!(since(Vec::new(), None).unwrap().is_none());
}

/// A bench whose ticket of the mark AB12, about contract 8139, was sent at 12:00 and is in doubt.
async fn in_doubt() -> Bench {
    let bench = with_catalogues().await;
    bench.answers("WSMKNovoAtendimento", r#"{"status":"OK"}"#).await;
    MkSolutions.open(&bench.call(), &ticket("Técnico", None)).await.unwrap_err();
    bench
}

#[tokio::test]
async fn a_list_that_leaves_a_doubt_is_no_clear_no() {
    const OTHER: &str = r#"{"codigo_atendimento":14759,"codigo_cliente":17645,"codigo_status":"A","contratoid":8139,"data_abertura":"2026-11-20","hr_abertura":"12:00:09"}"#;
    let row = |columns: &str| {
        format!(r#"{{"codigo_atendimento":14758,"codigo_cliente":17645,"codigo_status":"A",{columns}}}"#)
    };
    for (rows, why) in [
        (row(r#""data_abertura":"2026-11-20","hr_abertura":null"#), "it may be of any hour of the day"),
        (row(r#""data_abertura":null"#), "it tells no day"),
        (row(r#""data_abertura":"2026-11-20","hr_abertura":"11:50:00""#), "the server's clock may be late"),
        (row(r#""contratoid":9999,"data_abertura":"2026-11-20","hr_abertura":"12:00:05""#), "of another contract"),
        (row(r#""data_abertura":"2026-11-20","hr_abertura":"12:00:05""#) + "," + OTHER, "there are two"),
    ] {
        let bench = in_doubt().await;
        bench.answers("WSMKAtendimentos", &format!("[{rows}]")).await;
        let failure = MkSolutions.find_by_mark(&bench.call(), &customer(), "AB12").await.unwrap_err();
        assert_eq!(failure.kind(), FailureKind::OutcomeUnknown, "{why}");
    }
}

#[tokio::test]
async fn a_ticket_that_another_request_opened_is_not_taken_for_the_one_in_doubt() {
    let bench = with_catalogues().await;
    bench.answers_once("WSMKNovoAtendimento", r#"{"status":"OK"}"#).await;
    bench.answers("WSMKNovoAtendimento", OPENED).await;
    MkSolutions.open(&bench.call(), &ticket("Técnico", None)).await.unwrap_err();
    let other = NewTicket { mark: "CD34".to_owned(), ..ticket("Técnico", None) };
    assert!(MkSolutions.open(&bench.call(), &other).await.is_ok());
    let row = r#"[{"codigo_atendimento":14758,"codigo_cliente":17645,"codigo_status":"A","data_abertura":"2026-11-20","hr_abertura":"12:00:01"}]"#;
    bench.answers("WSMKAtendimentos", row).await;
    let found = MkSolutions.find_by_mark(&bench.call(), &customer(), "AB12").await.unwrap();
    assert!(found.is_none(), "14758 is known to be the other one");
}

#[tokio::test]
async fn the_days_that_are_looked_through_reach_past_every_clock_and_every_restart() {
    let bench = in_doubt().await;
    bench.answers("WSMKAtendimentos", "[]").await;
    assert!(MkSolutions.find_by_mark(&bench.call(), &customer(), "AB12").await.unwrap().is_none());
    assert!(MkSolutions.find_by_mark(&bench.call(), &customer(), "ZZ99").await.unwrap().is_none());
    assert_eq!(bench.params("WSMKAtendimentos", "data_inicio").await, ["2026-11-19", "2026-10-21"]);
    assert_eq!(bench.params("WSMKAtendimentos", "data_termino").await, ["2026-11-21", "2026-11-21"]);
}
