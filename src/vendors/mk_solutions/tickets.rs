//! Tickets: the vendor has two things, a ticket with a protocol ("atendimento") and a work order with complaint and
//! found defect ("OS"), and no way to ask for either by the other (dossier 4.i).
//!
//! A customer's work orders come from the core API, with protocol, complaint and found defect. Tickets come from the list
//! of all customers' tickets of the last days, with neither; a ticket that has no order yet must still be shown. The
//! two are matched by time: an order is that of the last ticket opened in the two days before it (provisional). A ticket
//! that is still open is never hidden behind an order that is done.
//!
//! Ids: a ticket's is its number, an order's is `os-` and its number.

mod catalogue;
mod listed;
mod opening;
mod orders;

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{Span, Timestamp, ToSpan as _};
use ponte_domain::capability::Capability;
use ponte_domain::dates::Zone;
use ponte_domain::failure::Subject;
use ponte_domain::reference::{CustomerRef, TicketRef};
use ponte_domain::ticket::{NewTicket, Ticket, TicketFilter, TicketSector, TicketStatus};
use ponte_domain::{Failure, FailureKind};

use super::contracts::is_out_of_reach;
use super::dialect::Need;
use super::{MkSolutions, settings, values};
use crate::call::Call;
use crate::erp::{TicketList, TicketOpening};

pub(super) use catalogue::{CLASSIFICATIONS, PROCESSES, check_routes};
use listed::Listed;
pub(super) use listed::RULE as LISTED;
use orders::Order;

const LIST: Capability = Capability::TicketList;
const OPENING: Capability = Capability::TicketOpening;
/// Hours between a ticket and the order that is taken for its own. A match over more would hide tickets about something
/// else; a ticket that is shown beside its own order is the smaller harm.
const TOGETHER_HOURS: i64 = 48;

#[async_trait]
impl TicketOpening for MkSolutions {
    async fn topics(&self, call: &Call<'_>) -> Result<Vec<TicketSector>, Failure> {
        catalogue::topics(call).await
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
        opening::find(call, customer, mark).await
    }
}

#[async_trait]
impl TicketList for MkSolutions {
    async fn of_customer(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        filter: TicketFilter,
    ) -> Result<Vec<Ticket>, Failure> {
        if !values::is_id(customer.id.as_str()) {
            return Ok(Vec::new());
        }
        let mut tickets = joined(call, customer).await?.shown();
        tickets.retain(|ticket| filter == TicketFilter::All || is_open(ticket));
        tickets.sort_by_key(|ticket| std::cmp::Reverse(ticket.opened_at));
        Ok(tickets)
    }

    async fn ticket(&self, call: &Call<'_>, ticket: &TicketRef) -> Result<Ticket, Failure> {
        let missing = || Failure::not_found(Subject::Ticket);
        if !values::is_id(ticket.customer.id.as_str()) {
            return Err(missing());
        }
        joined(call, &ticket.customer).await?.one(ticket).ok_or_else(missing)
    }
}

fn is_open(ticket: &Ticket) -> bool {
    !matches!(ticket.status.value, TicketStatus::Closed | TicketStatus::Cancelled)
}

/// A customer's work orders and tickets, matched.
struct Joined {
    orders: Vec<Order>,
    /// Tickets of the last days, each with the place of its order in `orders`.
    tickets: Vec<(Ticket, Option<usize>)>,
}

/// Reads both lists. Without the core API the tickets stand alone, with what their list does not tell left open; without
/// the other list the orders do.
async fn joined(call: &Call<'_>, customer: &CustomerRef) -> Result<Joined, Failure> {
    let (from, to) = window(call);
    let (orders, tickets) = tokio::join!(
        orders::of_customer(call, Need::Optional(LIST), customer),
        listed::of_customer(call, Need::Optional(LIST), customer, from, to),
    );
    let (orders, tickets) = match (orders, tickets) {
        (Ok(orders), Ok(tickets)) => (orders, tickets),
        (Ok(orders), Err(failure)) if is_out_of_reach(failure.kind()) => (orders, Vec::new()),
        (Err(failure), Ok(tickets)) if is_out_of_reach(failure.kind()) => (Vec::new(), tickets),
        // Neither is there: then the installation has no list at all.
        (Err(failure), Err(other)) if is_out_of_reach(failure.kind()) && is_out_of_reach(other.kind()) => {
            if let FailureKind::NotSupported(_) = other.kind() {
                call.memory.remember_missing(LIST, other.detail(), call.now);
            }
            return Err(other);
        }
        (Err(failure), Err(other)) if is_out_of_reach(failure.kind()) => return Err(other),
        (Err(failure), _) | (_, Err(failure)) => return Err(failure),
    };
    Ok(Joined::of(orders, tickets))
}

impl Joined {
    fn of(mut orders: Vec<Order>, tickets: Vec<Listed>) -> Self {
        orders.sort_by_key(|order| order.ticket.opened_at);
        let mut tickets: Vec<(Ticket, Option<usize>)> =
            tickets.into_iter().map(|listed| (listed.ticket, None)).collect();
        for (place, order) in orders.iter().enumerate() {
            let Some(latest) = order.latest() else { continue };
            let earliest = latest.checked_sub(TOGETHER_HOURS.hours()).unwrap_or(latest);
            let before = tickets.iter_mut().filter(|(ticket, taken)| {
                taken.is_none()
                    && ticket.opened_at.is_some_and(|opened| (earliest..=latest).contains(&opened))
                    && (is_open(&order.ticket) || !is_open(ticket))
            });
            if let Some((_, taken)) = before.max_by_key(|(ticket, _)| ticket.opened_at) {
                *taken = Some(place);
            }
        }
        Self { orders, tickets }
    }

    /// Every order, and every ticket without one.
    fn shown(self) -> Vec<Ticket> {
        let mut contracts: Vec<_> = self.orders.iter().map(|_| None).collect();
        let mut alone = Vec::new();
        for (ticket, order) in self.tickets {
            match order {
                Some(place) => {
                    if let Some(contract) = contracts.get_mut(place) {
                        *contract = ticket.contract;
                    }
                }
                None => alone.push(ticket),
            }
        }
        let orders = self.orders.into_iter().zip(contracts);
        let orders = orders.map(|(order, contract)| Ticket { contract, ..order.ticket });
        orders.chain(alone).collect()
    }

    /// One ticket by either of its ids; of a ticket with an order, what both tell.
    fn one(self, wanted: &TicketRef) -> Option<Ticket> {
        if let Some((ticket, order)) = self.tickets.iter().find(|(ticket, _)| ticket.reference == *wanted) {
            let order = order.and_then(|place| self.orders.get(place));
            return Some(match order {
                Some(order) => {
                    Ticket { reference: wanted.clone(), contract: ticket.contract.clone(), ..order.ticket.clone() }
                }
                None => ticket.clone(),
            });
        }
        self.shown().into_iter().find(|ticket| ticket.reference == *wanted)
    }
}

/// The days whose tickets are read: the vendor's list is of all customers, so the window is small.
fn window(call: &Call<'_>) -> (Date, Date) {
    let days: Span = settings::ticket_window(call.tenant).days();
    (call.today.checked_sub(days).unwrap_or(call.today), call.today)
}

/// The last instant of a day on the tenant's clocks.
fn end_of(day: Date, zone: &Zone) -> Option<Timestamp> {
    zone.at(day.at(23, 59, 59, 0))
}

#[cfg(test)]
mod tests;
