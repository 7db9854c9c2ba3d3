//! Work orders (`su_oss_chamado`) as far as they tell about a ticket: the visit, and what was found.

use std::collections::HashMap;

use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_domain::dates::Zone;
use ponte_domain::reference::CustomerRef;
use ponte_domain::ticket::{Ticket, TicketStatus};
use serde::Deserialize;

use super::LIST;
use crate::call::Call;
use crate::ixc::dialect::{Answer, Need, Query, all_rows};
use crate::reading::date;
use crate::reading::text::Text;

/// A customer's work orders by their ticket.
#[derive(Default)]
pub(super) struct Orders(HashMap<String, Vec<Order>>);

pub(super) struct Order {
    id: String,
    customer: Option<String>,
    ticket: Option<String>,
    /// When a visit is scheduled.
    visit: Option<Timestamp>,
    diagnosis: Option<String>,
}

/// The orders of a customer; none where they cannot be read: the tickets stand without them.
pub(super) async fn of_customer(call: &Call<'_>, customer: &CustomerRef) -> Orders {
    let query = Query::equals("su_oss_chamado", "id_cliente", customer.id.as_str()).newest_first();
    let zone = &call.tenant.settings.zone;
    let read = |answer: &Answer<'_>| answer.page::<Row<'_>>()?.read(|row| row.read(zone));
    let found =
        all_rows(call, Need::Optional(LIST), query, |order: &Order| &order.id, read).await.unwrap_or_else(|failure| {
            tracing::debug!(vendor = "ixc", reason = failure.kind().word(), "work orders could not be read");
            Vec::new()
        });
    let mut orders = Orders::default();
    for mut order in found {
        let mine = order.customer.as_deref().is_none_or(|owner| owner == customer.id.as_str());
        if let Some(ticket) = order.ticket.take().filter(|_| mine) {
            orders.0.entry(ticket).or_default().push(order);
        }
    }
    orders
}

impl Orders {
    /// Tells an unfinished ticket its visit, and answers what the newest order found, as a key.
    pub(super) fn tell(&self, ticket: &mut Ticket) -> Option<String> {
        let orders = self.0.get(ticket.reference.id.as_str())?;
        let closed = matches!(ticket.status.value, TicketStatus::Closed | TicketStatus::Cancelled);
        let visit = orders.iter().filter_map(|order| order.visit).min();
        if let (Some(visit), false) = (visit, closed) {
            ticket.scheduled_for = Some(visit);
            ticket.status.value = TicketStatus::Scheduled;
        }
        orders.iter().find_map(|order| order.diagnosis.clone())
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    id: Text<'a>,
    id_cliente: Text<'a>,
    id_ticket: Text<'a>,
    status: Text<'a>,
    data_agenda: Text<'a>,
    id_su_diagnostico: Text<'a>,
}

impl Row<'_> {
    fn read(self, zone: &Zone) -> Result<Order, Failure> {
        let date = date::iso_instant(&self.data_agenda, "data_agenda", zone)?;
        Ok(Order {
            id: self.id.word(),
            customer: self.id_cliente.key().map(str::to_owned),
            ticket: self.id_ticket.key().map(str::to_owned),
            // Scheduled (`AG`) and on the way (`DS`); an order to be scheduled anew (`RAG`) has an old date.
            visit: date.filter(|_| matches!(self.status.as_str(), "AG" | "DS")),
            diagnosis: self.id_su_diagnostico.key().map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::dates::Zone;

    use super::Row;

    #[test]
    fn only_a_scheduled_order_is_a_visit() {
        let visit = |status: &str| {
            let json =
                format!(r#"{{"id":"1","id_ticket":"592","status":"{status}","data_agenda":"2026-11-23 14:00:00"}}"#);
            serde_json::from_str::<Row<'_>>(&json).unwrap().read(&Zone::default()).unwrap().visit
        };
        for scheduled in ["AG", "DS"] {
            assert_eq!(visit(scheduled).unwrap().to_string(), "2026-11-23T17:00:00Z", "{scheduled}");
        }
        for other in ["A", "AN", "EN", "AS", "EX", "F", "RAG"] {
            assert_eq!(visit(other), None, "{other}");
        }
    }
}
