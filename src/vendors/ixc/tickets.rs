//! Tickets: topics, opening and listing `su_ticket`, with the work orders and diagnoses beside them (dossier 4.i).

mod opening;
mod orders;
mod row;
mod topics;

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::reference::{CustomerRef, TicketRef};
use ponte_domain::ticket::{NewTicket, Ticket, TicketFilter, TicketSector, TicketStatus};

use super::Ixc;
use super::catalogue;
use super::dialect::{Answer, Need, Oper, Query, all_rows, rows};
use crate::call::Call;
use crate::erp::{TicketList, TicketOpening};

use orders::Orders;
use row::{Found, Row};

const TABLE: &str = "su_ticket";
const LIST: Capability = Capability::TicketList;
/// Newest tickets among which one is looked for by its mark.
const RECENT: u16 = 50;

#[async_trait]
impl TicketOpening for Ixc {
    async fn topics(&self, call: &Call<'_>) -> Result<Vec<TicketSector>, Failure> {
        topics::offered(call).await
    }

    async fn open(&self, call: &Call<'_>, ticket: &NewTicket) -> Result<Ticket, Failure> {
        opening::open(call, ticket).await
    }

    async fn find_by_mark(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        mark: &str,
    ) -> Result<Option<Ticket>, Failure> {
        let capability = Capability::TicketOpening;
        let query = Query::equals(TABLE, "id_cliente", customer.id.as_str()).newest_first().at_most(RECENT);
        let zone = &call.tenant.settings.zone;
        let found = rows(call, Need::Required(capability), query, |answer| {
            answer.page::<Row<'_>>()?.read(|row| row.read(zone))
        })
        .await?;
        let mine = found.into_iter().find(|found| found.ticket.reference.customer == *customer && found.carries(mark));
        match mine {
            Some(found) => Ok(Some(named(call, capability, found, &Orders::default()).await)),
            None => Ok(None),
        }
    }
}

#[async_trait]
impl TicketList for Ixc {
    async fn of_customer(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        filter: TicketFilter,
    ) -> Result<Vec<Ticket>, Failure> {
        let (found, orders) = tokio::join!(list(call, customer, filter), orders::of_customer(call, customer));
        let mut tickets = Vec::new();
        for found in found? {
            tickets.push(named(call, LIST, found, &orders).await);
        }
        Ok(tickets)
    }

    async fn ticket(&self, call: &Call<'_>, ticket: &TicketRef) -> Result<Ticket, Failure> {
        let (found, orders) = tokio::join!(one(call, LIST, ticket), orders::of_customer(call, &ticket.customer));
        let found = found?.ok_or_else(|| Failure::not_found(Subject::Ticket))?;
        Ok(named(call, LIST, found, &orders).await)
    }
}

/// A customer's tickets, newest first.
async fn list(call: &Call<'_>, customer: &CustomerRef, filter: TicketFilter) -> Result<Vec<Found>, Failure> {
    let query = Query::equals(TABLE, "id_cliente", customer.id.as_str()).newest_first();
    let query = match filter {
        TicketFilter::Open => query.and("su_status", Oper::IsNot, "S").and("su_status", Oper::IsNot, "C"),
        TicketFilter::All => query,
    };
    let zone = &call.tenant.settings.zone;
    let read = |answer: &Answer<'_>| answer.page::<Row<'_>>()?.read(|row| row.read(zone));
    let mut found =
        all_rows(call, Need::Required(LIST), query, |found: &Found| found.ticket.reference.id.as_str(), read).await?;
    found.retain(|found| {
        let closed = matches!(found.ticket.status.value, TicketStatus::Closed | TicketStatus::Cancelled);
        found.ticket.reference.customer == *customer && !(closed && filter == TicketFilter::Open)
    });
    Ok(found)
}

/// One ticket of this customer.
async fn one(call: &Call<'_>, capability: Capability, ticket: &TicketRef) -> Result<Option<Found>, Failure> {
    let query = Query::equals(TABLE, "id", ticket.id.as_str()).at_most(1);
    let zone = &call.tenant.settings.zone;
    let found =
        rows(call, Need::Required(capability), query, |answer| answer.page::<Row<'_>>()?.read(|row| row.read(zone)))
            .await?;
    Ok(found.into_iter().find(|found| found.ticket.reference == *ticket))
}

/// The ticket with the names behind its keys, as far as their tables can be read, and with what its work orders tell.
async fn named(call: &Call<'_>, capability: Capability, found: Found, orders: &Orders) -> Ticket {
    let need = Need::Optional(capability);
    let Found { mut ticket, department, subject, diagnosis, .. } = found;
    if let Some(id) = department {
        let all = catalogue::departments(call, need).await.unwrap_or_default();
        ticket.sector = all.iter().find(|department| department.id == id).map(|department| department.name.clone());
    }
    if let Some(id) = subject {
        let all = catalogue::subjects(call, need).await.unwrap_or_default();
        let name = all.iter().find(|subject| subject.id == id).map(|subject| subject.name.clone());
        ticket.subject = name.or(ticket.subject);
    }
    let order = orders.tell(&mut ticket);
    if let Some(id) = diagnosis.or(order) {
        ticket.defect_found = catalogue::diagnosis(call, capability, &id).await;
    }
    ticket
}

#[cfg(test)]
mod tests;
