//! Which notices a customer wants about a ticket that was opened here.

use jiff::Timestamp;
use ponte_domain::reference::{CustomerRef, TicketRef, VendorId};
use ponte_domain::ticket::TicketNotices;

use crate::cells::At;
use crate::contacts::customer_mark;
use crate::error::StoreError;
use crate::store::Store;
use crate::tenants::refuse_unknown;

const PLACE: &str = "ticket_notices.notices";

impl Store {
    /// Keeps which notices are wanted about a ticket; what was kept before is replaced.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the tenant is gone.
    pub async fn keep_ticket_notices(
        &self,
        tenant: u32,
        ticket: &TicketRef,
        notices: TicketNotices,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let ticket = ticket.clone();
        self.write(move |desk| {
            refuse_unknown(desk, tenant)?;
            desk.db.execute(
                "INSERT OR REPLACE INTO ticket_notices (tenant, ticket, mark, notices, at) VALUES (?1, ?2, ?3, ?4, ?5)",
                (
                    tenant,
                    ticket.id.as_str(),
                    customer_mark(desk.vault, tenant, &ticket.customer.id),
                    word(notices),
                    At(at),
                ),
            )?;
            Ok(())
        })
        .await
    }

    /// The notices that a customer wants, by ticket.
    ///
    /// # Errors
    /// The database's; [`StoreError::Unreadable`] for a damaged row.
    pub async fn ticket_notices(
        &self,
        tenant: u32,
        customer: &CustomerRef,
    ) -> Result<Vec<(VendorId, TicketNotices)>, StoreError> {
        let customer = customer.clone();
        self.read(move |desk| {
            let mut rows =
                desk.db.prepare_cached("SELECT ticket, notices FROM ticket_notices WHERE tenant = ?1 AND mark = ?2")?;
            rows.query_and_then((tenant, customer_mark(desk.vault, tenant, &customer.id)), |row| {
                let (ticket, word): (String, String) = (row.get(0)?, row.get(1)?);
                let notices = notices(&word).ok_or(StoreError::Unreadable { place: PLACE })?;
                Ok((VendorId::from(ticket.as_str()), notices))
            })?
            .collect()
        })
        .await
    }
}

const fn word(notices: TicketNotices) -> &'static str {
    match notices {
        TicketNotices::None => "none",
        TicketNotices::StartAndEnd => "start_and_end",
        TicketNotices::EveryEvent => "every_event",
    }
}

fn notices(word_kept: &str) -> Option<TicketNotices> {
    [TicketNotices::None, TicketNotices::StartAndEnd, TicketNotices::EveryEvent]
        .into_iter()
        .find(|notices| word(*notices) == word_kept)
}
