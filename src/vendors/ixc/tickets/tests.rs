//! Tickets as listed.
#![allow(clippy::unwrap_used, clippy::panic)]

use ponte_domain::dates::Zone;
use ponte_domain::reference::CustomerRef;
use ponte_domain::ticket::{TicketFilter, TicketStatus};

use super::row::Row;
use crate::erp::{TicketList as _, TicketOpening as _};
use crate::ixc::Ixc;
use crate::ixc::testing::{ABSENT, Bench, page};
use crate::mark::marked;

fn row(id: &str, columns: &str) -> String {
    format!(
        r#"{{"id":"{id}","id_cliente":"2","id_contrato":"2309","id_assunto":"12","id_ticket_setor":"2","protocolo":"20261100{id}","data_criacao":"2026-11-20 09:02:11","data_ultima_alteracao":"2026-11-20 10:00:00",{columns}}}"#
    )
}

async fn bench(tickets: &str, orders: &str) -> Bench {
    let bench = Bench::start().await;
    bench.lists("su_ticket", tickets).await;
    bench.lists("su_oss_chamado", orders).await;
    bench.lists("su_ticket_setor", &page(r#"{"id":"2","setor":"T\u00e9cnico","ativo":"S"}"#)).await;
    bench
        .lists("su_oss_assunto", &page(r#"{"id":"12","assunto":"Sem conex\u00e3o","ativo":"N","finalidade":"AT"}"#))
        .await;
    bench.lists("su_diagnostico", &page(r#"{"id":"21","descricao":"Conector danificado"}"#)).await;
    bench
}

#[test]
fn the_mark_is_found_wherever_the_erp_leaves_it_and_not_shown() {
    let read = |text: &str| {
        let json = row("1", &format!(r#""su_status":"N","menssagem":{}"#, serde_json::to_string(text).unwrap()));
        serde_json::from_str::<Row<'_>>(&json).unwrap().read(&Zone::default()).unwrap()
    };
    let found = read(&marked("Sem internet\n", "K7M2"));
    assert!(found.carries("K7M2") && !found.carries("K7M3"));
    assert_eq!(found.ticket.complaint.as_deref(), Some("Sem internet"));
    for (text, shown) in [
        ("<p>Sem internet</p><br /><br />[Ponte K7M2]</p>", "Sem internet"),
        ("Sem internet\r\n\r\n[Ponte K7M2]\r\nAtendimento pelo chat", "Sem internet Atendimento pelo chat"),
        ("Vi [Ponte ABCD] antes. [Ponte K7M2]", "Vi [Ponte ABCD] antes."),
    ] {
        let found = read(text);
        assert!(found.carries("K7M2") && !found.carries("ABCD"), "{text}");
        assert_eq!(found.ticket.complaint.as_deref(), Some(shown), "{text}");
    }
    for text in ["[Ponte K7M2", "[Ponte ] texto", "[Ponte a b] texto"] {
        assert_eq!(read(text).ticket.complaint.as_deref(), Some(text));
        assert!(!read(text).carries("K7M2"));
    }
}

#[test]
fn a_row_is_read_on_the_tenants_clocks_and_closes_with_its_last_change() {
    let read = |status: &str| {
        let json = row("1", &format!(r#""su_status":"{status}","status":"OSAB""#));
        serde_json::from_str::<Row<'_>>(&json).unwrap().read(&Zone::default()).unwrap().ticket
    };
    assert_eq!(read("N").opened_at.unwrap().to_string(), "2026-11-20T12:02:11Z");
    assert_eq!(read("EP").closed_at, None);
    for closed in ["S", "C"] {
        assert_eq!(read(closed).closed_at.unwrap().to_string(), "2026-11-20T13:00:00Z", "{closed}");
    }
}

#[tokio::test]
async fn tickets_have_names_visits_and_what_was_found() {
    let tickets = page(
        &[row("592", r#""su_status":"EP""#), row("591", r#""su_status":"EP","id_su_diagnostico":"21""#)].join(","),
    );
    let orders =
        page(r#"{"id":"1","id_cliente":"2","id_ticket":"592","status":"AG","data_agenda":"2026-11-23 14:00:00"}"#);
    let bench = bench(&tickets, &orders).await;
    let found = Ixc.of_customer(&bench.call(), &CustomerRef::new("2"), TicketFilter::All).await.unwrap();
    let [visited, defect] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((visited.sector.as_deref(), visited.subject.as_deref()), (Some("Técnico"), Some("Sem conexão")));
    assert_eq!((visited.status.value, visited.status.vendor_word.as_deref()), (TicketStatus::Scheduled, Some("EP")));
    assert_eq!(visited.scheduled_for.unwrap().to_string(), "2026-11-23T17:00:00Z");
    assert_eq!(
        (defect.status.value, defect.defect_found.as_deref()),
        (TicketStatus::InProgress, Some("Conector danificado"))
    );
    assert_eq!(bench.requests("su_ticket_setor").await.len(), 1);
}

#[tokio::test]
async fn a_ticket_keeps_its_own_title_where_the_subjects_cannot_be_read() {
    let bench = Bench::start().await;
    bench.lists("su_ticket", &page(&row("592", r#""su_status":"N","titulo":"Sem conex\u00e3o""#))).await;
    for table in ["su_oss_chamado", "su_ticket_setor", "su_oss_assunto"] {
        bench.lists(table, ABSENT).await;
    }
    let found = Ixc.of_customer(&bench.call(), &CustomerRef::new("2"), TicketFilter::All).await.unwrap();
    assert_eq!((found[0].sector.as_deref(), found[0].subject.as_deref()), (None, Some("Sem conexão")));
}

#[tokio::test]
async fn a_closed_ticket_has_no_visit_and_the_orders_may_be_missing() {
    let tickets = page(&row("592", r#""su_status":"S""#));
    let orders = page(
        r#"{"id":"1","id_cliente":"2","id_ticket":"592","status":"AG","data_agenda":"2026-11-23 14:00:00","id_su_diagnostico":"21"}"#,
    );
    let with_orders = bench(&tickets, &orders).await;
    let found = Ixc.of_customer(&with_orders.call(), &CustomerRef::new("2"), TicketFilter::All).await.unwrap();
    assert_eq!((found[0].status.value, found[0].scheduled_for), (TicketStatus::Closed, None));
    assert_eq!(found[0].defect_found.as_deref(), Some("Conector danificado"), "by the order's own key");
    let without = bench(&tickets, ABSENT).await;
    assert_eq!(Ixc.of_customer(&without.call(), &CustomerRef::new("2"), TicketFilter::All).await.unwrap().len(), 1);
}

#[tokio::test]
async fn open_ones_are_asked_for_and_checked_again() {
    let bench = bench(&page(&[row("1", r#""su_status":"N""#), row("2", r#""su_status":"C""#)].join(",")), ABSENT).await;
    let found = Ixc.of_customer(&bench.call(), &CustomerRef::new("2"), TicketFilter::Open).await.unwrap();
    assert_eq!(found.len(), 1);
    let asked = bench.bodies("su_ticket").await;
    assert_eq!(
        asked[0]["grid_param"],
        r#"[{"TB":"su_ticket.su_status","OP":"!=","P":"S"},{"TB":"su_ticket.su_status","OP":"!=","P":"C"}]"#
    );
}

#[tokio::test]
async fn a_ticket_is_found_again_by_its_mark_and_by_nothing_else() {
    let marked = serde_json::to_string(&marked("Sem internet", "K7M2")).unwrap();
    let other = r#"{"id":"9","id_cliente":"3","su_status":"N","menssagem":"[Ponte K7M9]"}"#;
    let bench =
        bench(&page(&format!("{},{other}", row("592", &format!(r#""su_status":"N","menssagem":{marked}"#)))), ABSENT)
            .await;
    let customer = CustomerRef::new("2");
    let found = Ixc.find_by_mark(&bench.call(), &customer, "K7M2").await.unwrap().unwrap();
    assert_eq!(found.reference, customer.ticket("592"));
    assert!(Ixc.find_by_mark(&bench.call(), &customer, "K7M9").await.unwrap().is_none(), "somebody else's");
    assert!(Ixc.find_by_mark(&bench.call(), &customer, "K7M").await.unwrap().is_none());
}
