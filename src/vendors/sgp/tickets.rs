//! Tickets ("ocorrências") with their work orders: topics, opening and listing (dossier 4.i).
//!
//! The list shows no id of a ticket, only its protocol and the id of its work order, so the protocol is the id here.

mod opening;
mod row;
mod topics;

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::reference::{ContractRef, CustomerRef, TicketRef};
use ponte_domain::ticket::{NewTicket, Ticket, TicketFilter, TicketSector, TicketStatus};

use super::Sgp;
use super::dialect::{Need, Request, look};
use super::values::is_id;
use crate::call::Call;
use crate::erp::{TicketList, TicketOpening};

use row::{Found, Row};

pub(super) use topics::has_coded_sectors;

const LIST: Need = Need::Required(Capability::TicketList);

#[async_trait]
impl TicketOpening for Sgp {
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
        // Without the list nobody can tell; opening itself hangs on another route.
        let found = of_customer(call, Need::Optional(Capability::TicketOpening), customer).await?;
        Ok(found.into_iter().find(|found| found.carries(mark)).map(|found| found.ticket))
    }
}

#[async_trait]
impl TicketList for Sgp {
    async fn of_customer(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        filter: TicketFilter,
    ) -> Result<Vec<Ticket>, Failure> {
        let found = of_customer(call, LIST, customer).await?;
        let shown = |ticket: &Ticket| filter == TicketFilter::All || ticket.status.value != TicketStatus::Closed;
        Ok(found.into_iter().map(|found| found.ticket).filter(shown).collect())
    }

    async fn ticket(&self, call: &Call<'_>, ticket: &TicketRef) -> Result<Ticket, Failure> {
        let found = of_customer(call, LIST, &ticket.customer).await?;
        let mine = found.into_iter().map(|found| found.ticket).find(|found| found.reference == *ticket);
        mine.ok_or_else(|| Failure::not_found(Subject::Ticket))
    }
}

/// A customer's tickets, newest first.
async fn of_customer(call: &Call<'_>, need: Need, customer: &CustomerRef) -> Result<Vec<Found>, Failure> {
    list(call, need, ("cliente", customer.id.as_str()), customer).await
}

/// A contract's tickets, newest first.
pub(super) async fn of_contract(call: &Call<'_>, need: Need, contract: &ContractRef) -> Result<Vec<Ticket>, Failure> {
    let found = list(call, need, ("contrato", contract.id.as_str()), &contract.customer).await?;
    let tickets = found.into_iter().map(|found| found.ticket);
    Ok(tickets.filter(|ticket| ticket.contract.as_ref() == Some(&contract.id)).collect())
}

/// There is no listing of everybody, but an unknown filter may be ignored, so owners are compared again.
async fn list(
    call: &Call<'_>,
    need: Need,
    (field, id): (&'static str, &str),
    customer: &CustomerRef,
) -> Result<Vec<Found>, Failure> {
    if !is_id(id) {
        return Ok(Vec::new());
    }
    let zone = &call.tenant.settings.zone;
    let request = Request::form("chamado.list", "/api/central/chamado/list/").with(field, id);
    let rows = look(call, need, request, |answer| answer.list(|row: Row<'_>| row.read(zone))).await?;
    let mut found: Vec<Found> = Vec::with_capacity(rows.len());
    for row in rows {
        if row.ticket.reference.customer != *customer {
            continue;
        }
        // A ticket with several work orders is several rows.
        match found.iter_mut().find(|known| known.ticket.reference == row.ticket.reference) {
            Some(known) => known.join(row),
            None => found.push(row),
        }
    }
    found.sort_by_key(|found| std::cmp::Reverse(found.ticket.opened_at));
    Ok(found)
}

#[cfg(test)]
mod tests;
