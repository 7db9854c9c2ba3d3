//! Tickets: types, opening, listing and rating (dossier 4.i).
//!
//! The list gives pending ones, the oldest first, and twenty, unless told otherwise. A ticket is known by its number and
//! its protocol together: only the protocol can be searched, only the number be rated.

mod opening;
mod rating;
mod row;
pub(super) mod topics;

use async_trait::async_trait;
use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::reference::{CustomerRef, TicketRef};
use ponte_domain::ticket::{NewTicket, Ticket, TicketFilter, TicketRating, TicketSector, TicketStatus};
use ponte_transport::Ask;

use super::Hubsoft;
use super::customers::is_number;
use super::dialect::{Need, look, send};
use super::paging;
use crate::call::Call;
use crate::erp::{TicketList, TicketOpening, TicketRatings};

use row::{Body, Found};

pub(super) const ROUTE: &str = "cliente/atendimento";
const LIST: Capability = Capability::TicketList;

#[async_trait]
impl TicketOpening for Hubsoft {
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
        // The whole list: a ticket that is overlooked would be opened twice.
        let all = list(call, Need::Always(Capability::TicketOpening), customer, TicketFilter::All).await?;
        Ok(all.into_iter().find(|found| found.carries(mark)).map(|found| found.ticket))
    }
}

#[async_trait]
impl TicketList for Hubsoft {
    async fn of_customer(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        filter: TicketFilter,
    ) -> Result<Vec<Ticket>, Failure> {
        let found = list(call, Need::Always(LIST), customer, filter).await?;
        Ok(found.into_iter().map(|found| found.ticket).collect())
    }

    async fn ticket(&self, call: &Call<'_>, ticket: &TicketRef) -> Result<Ticket, Failure> {
        one(call, LIST, ticket).await
    }
}

#[async_trait]
impl TicketRatings for Hubsoft {
    async fn rate(&self, call: &Call<'_>, ticket: &TicketRef, rating: &TicketRating) -> Result<(), Failure> {
        rating::rate(call, ticket, rating).await
    }
}

/// A customer's tickets, newest first.
async fn list(
    call: &Call<'_>,
    need: Need,
    customer: &CustomerRef,
    filter: TicketFilter,
) -> Result<Vec<Found>, Failure> {
    if !is_number(customer.id.as_str()) {
        return Err(Failure::not_found(Subject::Customer));
    }
    let mut found = paging::whole(
        |until| page(call, need, customer, filter, until),
        |found: &Found| found.ticket.reference.id.as_str(),
        |found| found.opened_on,
    )
    .await?;
    found.retain(|found| {
        let closed = matches!(found.ticket.status.value, TicketStatus::Closed | TicketStatus::Cancelled);
        !(closed && filter == TicketFilter::Open)
    });
    Ok(found)
}

/// One ticket of this customer: by its protocol, which is answered whoever owns it, so the owner is compared.
async fn one(call: &Call<'_>, capability: Capability, ticket: &TicketRef) -> Result<Ticket, Failure> {
    let need = Need::Always(capability);
    let found = match row::protocol_of(&ticket.id) {
        Some(protocol) => {
            rows(call, need, &ticket.customer, || by_protocol(protocol)).await?.into_iter().flatten().collect()
        }
        // A ticket that came without a protocol.
        None => list(call, need, &ticket.customer, TicketFilter::All).await?,
    };
    let mine = found.into_iter().find(|found| found.ticket.reference == *ticket);
    mine.map(|found| found.ticket).ok_or_else(|| Failure::not_found(Subject::Ticket))
}

async fn page(
    call: &Call<'_>,
    need: Need,
    customer: &CustomerRef,
    filter: TicketFilter,
    until: Option<Date>,
) -> Result<Vec<Option<Found>>, Failure> {
    rows(call, need, customer, || by_customer(customer, filter, until)).await
}

/// The rows of an answer; those of other customers are `None`.
async fn rows(
    call: &Call<'_>,
    need: Need,
    customer: &CustomerRef,
    ask: impl Fn() -> Ask,
) -> Result<Vec<Option<Found>>, Failure> {
    let zone = &call.tenant.settings.zone;
    send(call, need, ROUTE, ask, |answer| {
        let Some(body) = answer.found::<Body<'_>>()? else { return Ok(Vec::new()) };
        let rows = answer.promised(body.atendimentos)?.0;
        rows.into_iter().map(|row| row.read(customer, zone)).collect()
    })
    .await
}

fn by_customer(customer: &CustomerRef, filter: TicketFilter, until: Option<Date>) -> Ask {
    let pending = match filter {
        TicketFilter::Open => "sim",
        TicketFilter::All => "nao",
    };
    let ask = look(ROUTE)
        .query("busca", "codigo_cliente")
        .query("termo_busca", customer.id.as_str())
        .query("apenas_pendente", pending)
        .query("limit", paging::MOST_ROWS.to_string())
        .query("order_by", "data_cadastro")
        .query("order_type", "desc");
    match until {
        None => ask,
        Some(until) => ask.query("data_inicio", paging::LONG_AGO.to_string()).query("data_fim", until.to_string()),
    }
}

fn by_protocol(protocol: &str) -> Ask {
    look(ROUTE)
        .query("busca", "protocolo")
        .query("termo_busca", protocol)
        .query("apenas_pendente", "nao")
        .query("limit", paging::MOST_ROWS.to_string())
}

#[cfg(test)]
mod tests;
