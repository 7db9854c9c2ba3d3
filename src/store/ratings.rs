//! Ratings of tickets, where the vendor has no place for them. Comments are sealed.

use jiff::Timestamp;
use ponte_domain::reference::{CustomerRef, TicketRef};
use ponte_domain::ticket::TicketRating;
use rusqlite::Row;

use crate::cells::At;
use crate::contacts::customer_mark;
use crate::error::StoreError;
use crate::store::Store;
use crate::tenants::refuse_unknown;
use crate::threads::Desk;

const COMMENT: &str = "ratings.comment";
const OWNER: &str = "ratings.owner";
const SELECT: &str = "SELECT number, tenant, ticket, customer, owner, stars, comment, at FROM ratings";

/// A rating to be kept. `Debug` does not show the comment.
#[derive(Clone, PartialEq, Eq)]
pub struct RatingRecord {
    /// The tenant's number.
    pub tenant: u32,
    /// The ticket and its owner.
    pub ticket: TicketRef,
    /// The rating.
    pub rating: TicketRating,
    /// When it was given.
    pub at: Timestamp,
}

impl std::fmt::Debug for RatingRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RatingRecord")
            .field("ticket", &self.ticket)
            .field("stars", &self.rating.stars)
            .finish_non_exhaustive()
    }
}

/// What became of a rating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RatingKept {
    /// Kept.
    New,
    /// The ticket had been rated; that rating stays.
    Known(RatingRecord),
}

/// A rating in the export. `Debug` does not show the comment.
#[derive(Clone, PartialEq, Eq)]
pub struct RatingRow {
    /// Number to go on from on the next page.
    pub number: i64,
    /// The ticket and its owner; none once its contact was erased.
    pub ticket: Option<TicketRef>,
    /// The rating; without comment once its contact was erased.
    pub rating: TicketRating,
    /// When it was given.
    pub at: Timestamp,
}

impl std::fmt::Debug for RatingRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RatingRow")
            .field("number", &self.number)
            .field("stars", &self.rating.stars)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Keeps the first rating of a ticket.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the tenant is gone; the database's for stars outside 1 to 5.
    pub async fn keep_rating(&self, record: RatingRecord) -> Result<RatingKept, StoreError> {
        self.write(move |desk| {
            if let Some(known) = find(desk, &record)? {
                return Ok(RatingKept::Known(known));
            }
            refuse_unknown(desk, record.tenant)?;
            insert(desk, &record)?;
            Ok(RatingKept::New)
        })
        .await
    }

    /// The ratings that a customer gave, the newest first.
    ///
    /// # Errors
    /// The database's; [`StoreError::Unreadable`] for a damaged row.
    pub async fn ratings(&self, tenant: u32, customer: &CustomerRef) -> Result<Vec<RatingRecord>, StoreError> {
        let customer = customer.clone();
        self.read(move |desk| {
            let mut rows = desk.db.prepare_cached(&format!(
                "{SELECT} WHERE tenant = ?1 AND (mark = ?2 OR customer = ?3) ORDER BY at DESC, number DESC"
            ))?;
            let known = (tenant, customer_mark(desk.vault, tenant, &customer.id), customer.id.as_str());
            let found = rows.query_and_then(known, |row| read_row(desk, row))?;
            found.filter_map(|row| row.map(|row| row.into_record(tenant)).transpose()).collect()
        })
        .await
    }

    /// Up to `limit` ratings of a tenant in the order they came, those after `after` if given: page by page for the
    /// export.
    ///
    /// # Errors
    /// As [`Self::ratings`].
    pub async fn ratings_page(
        &self,
        tenant: u32,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<RatingRow>, StoreError> {
        self.read(move |desk| {
            let mut rows = desk
                .db
                .prepare_cached(&format!("{SELECT} WHERE tenant = ?1 AND number > ?2 ORDER BY number LIMIT ?3"))?;
            rows.query_and_then((tenant, after.unwrap_or(0), limit), |row| read_row(desk, row))?.collect()
        })
        .await
    }
}

impl RatingRow {
    fn into_record(self, tenant: u32) -> Option<RatingRecord> {
        Some(RatingRecord { tenant, ticket: self.ticket?, rating: self.rating, at: self.at })
    }
}

fn insert(desk: &Desk<'_>, record: &RatingRecord) -> Result<(), StoreError> {
    let ticket = record.ticket.id.as_str();
    let seal = |comment: &String| desk.vault.seal(COMMENT, &row_name(record.tenant, ticket), comment.as_bytes());
    let comment = record.rating.comment.as_ref().map(seal).transpose()?;
    let customer = &record.ticket.customer.id;
    let owner = desk.vault.seal(OWNER, &row_name(record.tenant, ticket), customer.as_str().as_bytes())?;
    let mark = customer_mark(desk.vault, record.tenant, customer);
    desk.db.execute(
        "INSERT INTO ratings (tenant, ticket, customer, mark, owner, stars, comment, at)
         VALUES (?1, ?2, '', ?3, ?4, ?5, ?6, ?7)",
        (record.tenant, ticket, mark, owner, record.rating.stars, comment, At(record.at)),
    )?;
    Ok(())
}

fn find(desk: &Desk<'_>, wanted: &RatingRecord) -> Result<Option<RatingRecord>, StoreError> {
    let mut rows = desk.db.prepare_cached(&format!("{SELECT} WHERE tenant = ?1 AND ticket = ?2"))?;
    let mut found = rows.query_and_then((wanted.tenant, wanted.ticket.id.as_str()), |row| read_row(desk, row))?;
    Ok(found.next().transpose()?.and_then(|row| row.into_record(wanted.tenant)))
}

fn read_row(desk: &Desk<'_>, row: &Row<'_>) -> Result<RatingRow, StoreError> {
    let tenant: u32 = row.get("tenant")?;
    let ticket: Option<String> = row.get("ticket")?;
    let customer: Option<String> = row.get("customer")?;
    let opened = |place: &'static str| -> Result<Option<String>, StoreError> {
        let cell: Option<Vec<u8>> = row.get(place.trim_start_matches("ratings."))?;
        let (Some(ticket), Some(cell)) = (&ticket, cell) else { return Ok(None) };
        let text = desk.vault.open(place, &row_name(tenant, ticket), &cell)?;
        let text = std::str::from_utf8(&text).map_err(|_| StoreError::Unreadable { place })?;
        Ok(Some(text.to_owned()))
    };
    let (comment, customer) = (opened(COMMENT)?, opened(OWNER)?.or(customer));
    Ok(RatingRow {
        number: row.get("number")?,
        ticket: ticket.zip(customer).map(|(ticket, customer)| CustomerRef::new(customer).ticket(ticket)),
        rating: TicketRating { stars: row.get("stars")?, comment },
        at: row.get::<_, At>("at")?.0,
    })
}

fn row_name(tenant: u32, ticket: &str) -> Vec<u8> {
    [&tenant.to_be_bytes(), ticket.as_bytes()].concat()
}
