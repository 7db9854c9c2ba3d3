//! Tickets: topics, list with ratings, opening, rating, and the export of ratings.

mod opening;
mod rating;

use bytes::Bytes;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::reference::CustomerRef;
use ponte_domain::ticket::{Ticket, TicketFilter, TicketRating, TicketSector};
use ponte_vendors::erp::{TicketList, TicketOpening};

pub use opening::TicketForm;
pub use rating::TicketRated;

use crate::audit::Target;
use crate::cache::{ReadKind, Subject};
use crate::operations::Operations;
use crate::pipeline::read::{Question, Served};
use crate::visit::Visit;

/// A ticket with the rating that Ponte keeps. `Debug` does not show the comment.
#[derive(Clone)]
pub struct RatedTicket {
    /// The ticket.
    pub ticket: Ticket,
    /// The rating, if the customer gave one here.
    pub rating: Option<TicketRating>,
}

impl std::fmt::Debug for RatedTicket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RatedTicket").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}

impl Operations {
    /// Tickets of a customer, newest first, each with its rating.
    ///
    /// # Errors
    /// `NotSupported`; what the ERP or the store says.
    pub async fn tickets(
        &self,
        visit: &Visit,
        customer: &CustomerRef,
        filter: TicketFilter,
        present: impl FnOnce(&Vec<RatedTicket>) -> Bytes,
    ) -> Result<Served, Failure> {
        let id = customer.id.as_str();
        let word = match filter {
            TicketFilter::Open => "open",
            TicketFilter::All => "all",
        };
        let question = Question {
            kind: ReadKind::Tickets,
            subject: Subject::Customer(id),
            reference: &[id, word],
            target: Target::customer(&customer.id),
        };
        let fetch = async {
            let list = self.ticket_list_of(visit)?;
            let tickets = list.of_customer(&self.call(visit), customer, filter).await?;
            Ok(present(&self.rated(visit, customer, tickets).await?))
        };
        self.read(visit, question, fetch).await
    }

    /// Sectors and subjects that a customer may choose from.
    ///
    /// # Errors
    /// `NotSupported`; what the ERP says.
    pub async fn ticket_topics(
        &self,
        visit: &Visit,
        present: impl FnOnce(&Vec<TicketSector>) -> Bytes,
    ) -> Result<Served, Failure> {
        let question = Question {
            kind: ReadKind::TicketTopics,
            subject: Subject::Tenant,
            reference: &[],
            target: Target::none("ticket_topics"),
        };
        let fetch = async {
            let opening = self.ticket_opening_of(visit)?;
            Ok(present(&opening.topics(&self.call(visit)).await?))
        };
        self.read(visit, question, fetch).await
    }

    async fn rated(
        &self,
        visit: &Visit,
        customer: &CustomerRef,
        tickets: Vec<Ticket>,
    ) -> Result<Vec<RatedTicket>, Failure> {
        let ratings = self.0.store.ratings(visit.tenant.number(), customer).await?;
        let of = |ticket: &Ticket| ratings.iter().find(|kept| kept.ticket.id == ticket.reference.id);
        Ok(tickets
            .into_iter()
            .map(|ticket| RatedTicket { rating: of(&ticket).map(|kept| kept.rating.clone()), ticket })
            .collect())
    }

    fn ticket_list_of(&self, visit: &Visit) -> Result<&'static dyn TicketList, Failure> {
        visit.offered(Capability::TicketList, visit.erp().ticket_list(), &self.0.clock)
    }

    fn ticket_opening_of(&self, visit: &Visit) -> Result<&'static dyn TicketOpening, Failure> {
        visit.offered(Capability::TicketOpening, visit.erp().ticket_opening(), &self.0.clock)
    }
}
