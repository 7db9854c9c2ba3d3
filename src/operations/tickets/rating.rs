//! Rating a ticket: at the vendor where it has a route for it, and always kept here, shown with the ticket, exported.

use bytes::Bytes;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::{TicketRef, VendorId};
use ponte_domain::ticket::TicketRating;
use ponte_store::{RatingKept, RatingRecord};
use ponte_vendors::call::Call;
use ponte_vendors::erp::{Offer, TicketList, TicketRatings};

use crate::audit::Target;
use crate::export::Table;
use crate::operations::Operations;
use crate::pipeline::deed::{Acted, Deed, Intent, Nothing, Rendered, Settled};
use crate::visit::{Visit, not_supported};

/// Longest comment, characters.
const LONGEST_COMMENT: usize = 2000;
/// Ratings read from the store at once for the export.
const PAGE: u32 = 500;

/// A rating as kept. `Debug` does not show the comment.
#[derive(Clone)]
pub struct TicketRated {
    /// The ticket.
    pub ticket: TicketRef,
    /// The rating.
    pub rating: TicketRating,
}

impl std::fmt::Debug for TicketRated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TicketRated")
            .field("ticket", &self.ticket)
            .field("stars", &self.rating.stars)
            .finish_non_exhaustive()
    }
}

impl Operations {
    /// Rates a ticket, once per key and once per ticket: 1 to 5 stars, with a comment unless 5.
    ///
    /// # Errors
    /// `InvalidInput` for stars and comment; else what must not be replayed: nothing was sent, or the outcome is not
    /// known. `NotFound(Ticket)` and `Refused(AlreadyRated)` are answers.
    pub async fn rate_ticket(
        &self,
        visit: &Visit,
        ticket: &TicketRef,
        rating: TicketRating,
        intent: &Intent,
        present: impl Fn(Result<&TicketRated, &Failure>) -> Rendered + Send + Sync + 'static,
    ) -> Result<Acted, Failure> {
        let erp = visit.erp();
        let at_vendor = match erp.ticket_rating() {
            Offer::Yes(ratings) => Some(ratings),
            Offer::No(_) => None,
        };
        let list = match erp.ticket_list() {
            Offer::Yes(list) => Some(list),
            Offer::No(_) => None,
        };
        if let (None, None, Offer::No(reason)) = (at_vendor, list, erp.ticket_opening()) {
            return Err(not_supported(Capability::TicketRating, reason));
        }
        let rating = checked(rating)?;
        let deed = Rate { operations: self.clone(), at_vendor, list, ticket: ticket.clone(), rating };
        self.act(visit, deed, intent, present).await
    }

    /// All ratings of the tenant as CSV (UTF-8, comma, a header line). `ids` gives the published ids of a ticket and of
    /// its customer; a rating whose contact was erased has neither.
    ///
    /// # Errors
    /// `Internal` when the store does not answer.
    pub async fn ratings_csv(&self, visit: &Visit, ids: impl Fn(&TicketRef) -> [String; 2]) -> Result<Bytes, Failure> {
        let outcome = self.ratings_table(visit.tenant.number(), ids).await;
        self.audit_outcome(visit, "ratings_export", Target::none("ratings"), &outcome);
        outcome
    }

    async fn ratings_table(&self, tenant: u32, ids: impl Fn(&TicketRef) -> [String; 2]) -> Result<Bytes, Failure> {
        let mut table = Table::new(&["ticket_id", "customer_id", "stars", "comment", "rated_at"])?;
        let mut after = None;
        loop {
            let page = self.0.store.ratings_page(tenant, after, PAGE).await?;
            let Some(last) = page.last() else { return table.finish() };
            after = Some(last.number);
            for row in page {
                let [ticket, customer] = row.ticket.as_ref().map(&ids).unwrap_or_default();
                let comment = row.rating.comment.unwrap_or_default();
                table.row(&[&ticket, &customer, &row.rating.stars.to_string(), &comment, &row.at.to_string()])?;
            }
        }
    }
}

fn checked(rating: TicketRating) -> Result<TicketRating, Failure> {
    let comment = rating.comment.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    match (rating.stars, &comment) {
        (1..=5, Some(text)) if text.chars().count() > LONGEST_COMMENT => {
            Err(Failure::invalid("comment", format!("A comment has at most {LONGEST_COMMENT} characters.")))
        }
        (5, _) | (1..=4, Some(_)) => Ok(TicketRating { stars: rating.stars, comment }),
        (1..=4, None) => Err(Failure::invalid("comment", "A rating below 5 needs a comment.")),
        _ => Err(Failure::invalid("stars", "A rating is 1 to 5.")),
    }
}

struct Rate {
    operations: Operations,
    at_vendor: Option<&'static dyn TicketRatings>,
    list: Option<&'static dyn TicketList>,
    ticket: TicketRef,
    rating: TicketRating,
}

impl Deed for Rate {
    type Done = TicketRated;
    type Before = ();
    type Receipt = ();
    type Context = Nothing;

    const OPERATION: &'static str = "ticket_rating";

    fn target(&self) -> (&'static str, &VendorId) {
        ("ticket", &self.ticket.id)
    }

    fn customer(&self) -> &VendorId {
        &self.ticket.customer.id
    }

    fn context(&self, _: &Call<'_>) -> Nothing {
        Nothing {}
    }

    async fn prepare(&self, call: &Call<'_>, _: &mut Nothing) -> Result<(), Failure> {
        if let Some(list) = self.list {
            list.ticket(call, &self.ticket).await?;
        }
        match self.kept(call).await? {
            Some(_) => Err(already_rated()),
            None => Ok(()),
        }
    }

    async fn act(&self, call: &Call<'_>, (): (), _: &Nothing) -> Result<(), Failure> {
        match self.at_vendor {
            Some(ratings) => ratings.rate(call, &self.ticket, &self.rating).await,
            None => Ok(()),
        }
    }

    async fn finish(&self, call: &Call<'_>, (): (), _: &Nothing) -> Result<TicketRated, Failure> {
        let record = RatingRecord {
            tenant: call.tenant.number,
            ticket: self.ticket.clone(),
            rating: self.rating.clone(),
            at: call.now,
        };
        match (self.operations.0.store.keep_rating(record).await, self.at_vendor) {
            (Ok(RatingKept::New), _) => Ok(self.done()),
            (Ok(RatingKept::Known(kept)), _) if kept.rating == self.rating => Ok(self.done()),
            (Ok(RatingKept::Known(_)), _) => Err(already_rated()),
            // The vendor has it and no route tells so later: an answer now is the only one there can be.
            (Err(trouble), Some(_)) => {
                tracing::error!(error = %trouble, "a rating that the ERP took could not be kept here as well");
                Ok(self.done())
            }
            (Err(trouble), None) => Err(trouble.into()),
        }
    }

    /// A rating is kept after the vendor took it. What is kept here tells all where the vendor has no route.
    async fn settle(&self, call: &Call<'_>, _: &Nothing) -> Result<Settled<TicketRated>, Failure> {
        Ok(match (self.kept(call).await?, self.at_vendor) {
            (Some(kept), _) if kept == self.rating => Settled::Done(self.done()),
            (_, None) => Settled::NeverSent,
            (_, Some(_)) => Settled::CannotTell,
        })
    }
}

impl Rate {
    fn done(&self) -> TicketRated {
        TicketRated { ticket: self.ticket.clone(), rating: self.rating.clone() }
    }

    async fn kept(&self, call: &Call<'_>) -> Result<Option<TicketRating>, Failure> {
        let kept = self.operations.0.store.ratings(call.tenant.number, &self.ticket.customer).await?;
        Ok(kept.into_iter().find(|record| record.ticket.id == self.ticket.id).map(|record| record.rating))
    }
}

fn already_rated() -> Failure {
    Failure::refused(Refusal::AlreadyRated, "The ticket was rated already.")
}
