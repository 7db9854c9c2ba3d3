//! Tickets: topics, list with ratings, opening, rating, and the export of ratings.

mod opening;
mod rating;

use bytes::Bytes;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::reference::CustomerRef;
use ponte_domain::ticket::{Ticket, TicketFilter, TicketNotices, TicketRating, TicketSector};
use ponte_vendors::erp::{TicketList, TicketOpening};

pub use opening::TicketForm;
pub use rating::TicketRated;

use crate::audit::Target;
use crate::cache::{ReadKind, Subject};
use crate::operations::Operations;
use crate::pipeline::read::{Question, Served};
use crate::visit::Visit;

/// A ticket with what Ponte keeps about it. `Debug` does not show the rating's comment.
#[derive(Clone)]
pub struct TicketOnFile {
    /// The ticket.
    pub ticket: Ticket,
    /// The rating, if the customer gave one here.
    pub rating: Option<TicketRating>,
    /// The notices that the customer wants, if the ticket was opened here.
    pub notices: Option<TicketNotices>,
}

impl std::fmt::Debug for TicketOnFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TicketOnFile").field("ticket", &self.ticket).finish_non_exhaustive()
    }
}

impl Operations {
    /// Tickets of a customer, newest first, each with its rating and the notices wanted.
    ///
    /// # Errors
    /// `NotSupported`; what the ERP or the store says.
    pub async fn tickets(
        &self,
        visit: &Visit,
        customer: &CustomerRef,
        filter: TicketFilter,
        present: impl FnOnce(&Vec<TicketOnFile>) -> Bytes,
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
            Ok(present(&self.on_file(visit, customer, tickets).await?))
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

    async fn on_file(
        &self,
        visit: &Visit,
        customer: &CustomerRef,
        tickets: Vec<Ticket>,
    ) -> Result<Vec<TicketOnFile>, Failure> {
        let tenant = visit.tenant.number();
        let ratings = self.0.store.ratings(tenant, customer).await?;
        let wishes = self.0.store.ticket_notices(tenant, customer).await?;
        let on_file = |ticket: Ticket| {
            let rated = ratings.iter().find(|kept| kept.ticket.id == ticket.reference.id);
            let wish = wishes.iter().find(|(id, _)| *id == ticket.reference.id);
            TicketOnFile { rating: rated.map(|kept| kept.rating.clone()), notices: wish.map(|(_, wish)| *wish), ticket }
        };
        Ok(tickets.into_iter().map(on_file).collect())
    }

    fn ticket_list_of(&self, visit: &Visit) -> Result<&'static dyn TicketList, Failure> {
        visit.offered(Capability::TicketList, visit.erp().ticket_list(), &self.0.clock)
    }

    fn ticket_opening_of(&self, visit: &Visit) -> Result<&'static dyn TicketOpening, Failure> {
        visit.offered(Capability::TicketOpening, visit.erp().ticket_opening(), &self.0.clock)
    }
}
