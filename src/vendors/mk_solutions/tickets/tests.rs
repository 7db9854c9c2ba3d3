//! Tickets and work orders: rows, marks and states.
#![allow(clippy::unwrap_used)]
use ponte_domain::FailureKind;
use ponte_domain::failure::Subject;
use ponte_domain::reference::CustomerRef;
use ponte_domain::ticket::{Ticket, TicketFilter, TicketStatus};
use wiremock::ResponseTemplate;

use crate::erp::TicketList as _;
use crate::mk_solutions::MkSolutions;
use crate::mk_solutions::testing::{Bench, REFUSED};

fn customer() -> CustomerRef {
    CustomerRef::new("17645")
}

const ORDERS: &str = r#"[
    {"id":19795,"protocolo":"2611.1040","dataAbertura":"2026-11-18","dataHoraInsert":"2026-11-18T13:00:00.000Z","defeitoReclamado":"SEM CONEXÃO","defeitoConstatado":"CABO ROMPIDO","pessoaId":17645,"encerrado":"N"},
    {"id":19700,"protocolo":"2609.0100","dataAbertura":"2026-09-01","pessoaId":17645,"encerrado":"S"}]"#;
const TICKETS: &str = r#"[
    {"codigo_atendimento":100,"codigo_cliente":17645,"codigo_status":"A","contratoid":8139,"data_abertura":"2026-11-18","hr_abertura":"09:58:00"},
    {"codigo_atendimento":101,"codigo_cliente":17645,"codigo_status":"A","contratoid":8140,"data_abertura":"2026-11-19","hr_abertura":"10:00:00"},
    {"codigo_atendimento":102,"codigo_cliente":1,"codigo_status":"A","data_abertura":"2026-11-19","hr_abertura":"10:00:00"}]"#;

async fn list(bench: &Bench, filter: TicketFilter) -> Result<Vec<Ticket>, FailureKind> {
    MkSolutions.of_customer(&bench.call(), &customer(), filter).await.map_err(|failure| failure.kind())
}

fn ids(tickets: &[Ticket]) -> Vec<&str> {
    tickets.iter().map(|ticket| ticket.reference.id.as_str()).collect()
}

#[tokio::test]
async fn orders_and_tickets_without_one_are_listed_newest_first() {
    let bench = Bench::start().await;
    bench.answers("core-api/os/pessoa", ORDERS).await;
    bench.answers("WSMKAtendimentos", TICKETS).await;
    let all = list(&bench, TicketFilter::All).await.unwrap();
    assert_eq!(ids(&all), ["101", "os-19795", "os-19700"], "ticket 100 became order 19795");
    assert_eq!(all[1].contract.as_ref().unwrap().as_str(), "8139", "the ticket knows the contract");
    assert_eq!((all[1].protocol.as_deref(), all[1].defect_found.as_deref()), (Some("2611.1040"), Some("CABO ROMPIDO")));
    assert_eq!(ids(&list(&bench, TicketFilter::Open).await.unwrap()), ["101", "os-19795"]);
    assert_eq!(bench.params("WSMKAtendimentos", "data_inicio").await[0], "2026-10-21");
    assert_eq!(bench.params("WSMKAtendimentos", "data_termino").await[0], "2026-11-20");
}

#[tokio::test]
async fn one_ticket_is_found_by_either_of_its_ids() {
    let bench = Bench::start().await;
    bench.answers("core-api/os/pessoa", ORDERS).await;
    bench.answers("WSMKAtendimentos", TICKETS).await;
    let ticket = async |id: &str| MkSolutions.ticket(&bench.call(), &customer().ticket(id)).await;
    let by_number = ticket("100").await.unwrap();
    assert_eq!((by_number.reference.id.as_str(), by_number.protocol.as_deref()), ("100", Some("2611.1040")));
    assert_eq!(ticket("os-19795").await.unwrap().protocol.as_deref(), Some("2611.1040"));
    assert_eq!(ticket("101").await.unwrap().status.value, TicketStatus::Open);
    for stranger in ["102", "os-1", "", "x"] {
        assert_eq!(ticket(stranger).await.unwrap_err().kind(), FailureKind::NotFound(Subject::Ticket), "{stranger}");
    }
}

#[tokio::test]
async fn without_the_core_api_tickets_stand_alone_and_what_is_not_told_is_open() {
    let bench = Bench::start().await;
    bench.answers("WSMKAtendimentos", TICKETS).await;
    let all = list(&bench, TicketFilter::All).await.unwrap();
    assert_eq!(ids(&all), ["101", "100"]);
    assert!(all.iter().all(|ticket| ticket.protocol.is_none() && ticket.complaint.is_none()));
}

#[tokio::test]
async fn an_order_list_alone_is_a_list_and_none_at_all_is_told() {
    let bench = Bench::start().await;
    bench.answers("WSMKAtendimentos", REFUSED).await;
    bench.answers("core-api/os/pessoa", ORDERS).await;
    assert_eq!(ids(&list(&bench, TicketFilter::All).await.unwrap()), ["os-19795", "os-19700"]);
    let bare = Bench::start().await;
    let failure = list(&bare, TicketFilter::All).await.unwrap_err();
    assert!(matches!(failure, FailureKind::NotSupported(_)), "{failure:?}");
    assert_eq!(bare.memory.all_missing(bare.call().now).len(), 1);
}

#[tokio::test]
async fn half_a_list_is_not_passed_off_as_the_whole() {
    let bench = Bench::start().await;
    bench.answers("WSMKAtendimentos", TICKETS).await;
    bench.replies("core-api/os/pessoa", ResponseTemplate::new(502)).await;
    assert_eq!(list(&bench, TicketFilter::All).await.unwrap_err(), FailureKind::Overloaded);
}

#[tokio::test]
async fn a_ticket_is_not_hidden_behind_an_order_of_something_else() {
    let order = |columns: &str| format!(r#"[{{"id":19795,"pessoaId":17645,{columns}}}]"#);
    let ticket = |day: &str| {
        format!(
            r#"[{{"codigo_atendimento":100,"codigo_cliente":17645,"codigo_status":"A","data_abertura":"{day}","hr_abertura":"09:00:00"}}]"#
        )
    };
    for (columns, day, expected) in [
        (r#""dataAbertura":"2026-11-18","encerrado":"N""#, "2026-11-18", vec!["os-19795"]),
        (r#""dataAbertura":"2026-11-18","encerrado":"N""#, "2026-10-25", vec!["os-19795", "100"]),
        (r#""dataAbertura":"2026-11-18","encerrado":"S""#, "2026-11-18", vec!["100"]),
        // The letter Z may stand on local time: 09:05 of the server's clock is an order after the ticket.
        (r#""dataHoraInsert":"2026-11-18T09:05:00.000Z","encerrado":"N""#, "2026-11-18", vec!["os-19795"]),
    ] {
        let bench = Bench::start().await;
        bench.answers("core-api/os/pessoa", &order(columns)).await;
        bench.answers("WSMKAtendimentos", &ticket(day)).await;
        assert_eq!(ids(&list(&bench, TicketFilter::Open).await.unwrap()), expected, "{columns} {day}");
    }
}
