//! Tickets ("solicitações"): the list of a person, each one's history, and opening one (dossier 4.i).

mod history;
mod opening;
mod row;
mod topics;

use std::cmp::Reverse;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::reference::{CustomerRef, TicketRef};
use ponte_domain::ticket::{NewTicket, Ticket, TicketFilter, TicketSector, TicketStatus};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Method;

use super::Synsuite;
use super::dialect::{Need, Route, ask, together};
use super::reference::Owner;
use crate::call::Call;
use crate::erp::{TicketList, TicketOpening};

use row::Row;

/// Newest tickets whose history is read along, one call each: what a conversation shows. Older ones are listed without complaint and closing.
const RECENT: usize = 20;
/// Tickets so young are all looked through for a mark, however many: one that is missed is opened twice.
const MARKED_WITHIN: Duration = Duration::from_secs(7 * 24 * 3600);

#[async_trait]
impl TicketOpening for Synsuite {
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
        let found = list(call, capability, customer, TicketFilter::All).await?;
        let since = call.now.checked_sub(MARKED_WITHIN).unwrap_or(Timestamp::MIN);
        let (late, early): (Vec<Ticket>, Vec<Ticket>) =
            found.into_iter().partition(|ticket| ticket.opened_at.is_none_or(|at| at >= since));
        let spare = RECENT.saturating_sub(late.len());
        let candidates = late.into_iter().chain(early.into_iter().take(spare));
        let read = candidates.map(|ticket| with_history(call, capability, ticket));
        for ticket in together(read).await {
            let (ticket, carried) = ticket?;
            if carried.iter().any(|carried| carried == mark) {
                return Ok(Some(ticket));
            }
        }
        Ok(None)
    }
}

#[async_trait]
impl TicketList for Synsuite {
    async fn of_customer(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        filter: TicketFilter,
    ) -> Result<Vec<Ticket>, Failure> {
        let mut found = list(call, Capability::TicketList, customer, filter).await?;
        let older = found.split_off(found.len().min(RECENT));
        let read = found.into_iter().map(|ticket| told(call, ticket));
        let mut tickets = Vec::new();
        for ticket in together(read).await {
            tickets.push(ticket?);
        }
        tickets.extend(older);
        Ok(tickets)
    }

    /// Ids are global: the ticket is looked for in the customer's own list before anything else is read of it.
    async fn ticket(&self, call: &Call<'_>, ticket: &TicketRef) -> Result<Ticket, Failure> {
        let found = list(call, Capability::TicketList, &ticket.customer, TicketFilter::All).await?;
        let found = found.into_iter().find(|found| found.reference == *ticket);
        let found = found.ok_or_else(|| Failure::not_found(Subject::Ticket))?;
        told(call, found).await
    }
}

/// A person's tickets, newest first, as the list shows them.
async fn list(
    call: &Call<'_>,
    capability: Capability,
    customer: &CustomerRef,
    filter: TicketFilter,
) -> Result<Vec<Ticket>, Failure> {
    let route = Route::of(Method::Get, "solicitationlist", Need::Required(capability));
    let person = Owner::of(customer)?.person;
    let closed_too = match filter {
        TicketFilter::Open => "False",
        TicketFilter::All => "True",
    };
    let zone = &call.tenant.settings.zone;
    let mut found = ask(
        call,
        route,
        |route| route.read().segment(person).query("allAssignments", closed_too),
        |answer| {
            answer.all_rows::<Row<'_>>()?.into_iter().map(|row| row.read(customer, zone)).collect::<Result<Vec<_>, _>>()
        },
    )
    .await?;
    found.retain(|ticket| {
        let closed = matches!(ticket.status.value, TicketStatus::Closed | TicketStatus::Cancelled);
        !(closed && filter == TicketFilter::Open)
    });
    found.sort_by_key(|ticket| Reverse(ticket.opened_at));
    Ok(found)
}

/// The ticket with what its history tells; as the list shows it where the installation or the integrator does not have
/// the histories.
async fn told(call: &Call<'_>, ticket: Ticket) -> Result<Ticket, Failure> {
    match with_history(call, Capability::TicketList, ticket.clone()).await {
        Ok((told, _)) => Ok(told),
        Err(failure) if matches!(failure.kind(), FailureKind::NotSupported(_) | FailureKind::AccessBlocked) => {
            Ok(ticket)
        }
        Err(failure) => Err(failure),
    }
}

/// The ticket with what its history tells, and the marks that it carries.
async fn with_history(
    call: &Call<'_>,
    capability: Capability,
    ticket: Ticket,
) -> Result<(Ticket, Vec<String>), Failure> {
    let story = history::of(call, capability, ticket.reference.id.as_str()).await?;
    let over = matches!(ticket.status.value, TicketStatus::Closed | TicketStatus::Cancelled);
    let closed_at = story.last_at.filter(|_| over);
    Ok((Ticket { complaint: story.complaint, closed_at, ..ticket }, story.marks))
}
