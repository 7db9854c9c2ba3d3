//! The audit trail: who asked for what, and every action. Append-only; the schema refuses any other change but
//! forgetting whom a row is about.
//!
//! Rows are handed over without waiting and written in batches, so that a cached read never waits for the disk. Ids of
//! the ERP become keyed marks: small numbers would be guessed from a plain hash.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use ponte_domain::reference::VendorId;
use rusqlite::{Connection, Row, ToSql};

use crate::cells::{At, hex};
use crate::error::StoreError;
use crate::store::Store;
use crate::vault::{Mark, Vault};

/// Rows that may wait while the disk does not answer; a row takes some 200 bytes.
const MOST_WAITING: usize = 65_536;

/// What an operation was about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditTarget {
    /// The kind of thing: `contract`, `invoice`, `contact`, ….
    pub kind: &'static str,
    /// The vendor's id of it, or the gateway's own; kept as a keyed mark.
    pub id: String,
}

impl AuditTarget {
    /// The kind of a contact: erasure finds the rows about a contact by it.
    pub const CONTACT: &str = "contact";

    /// A contact of the contact base.
    #[must_use]
    pub fn contact(id: impl Into<String>) -> Self {
        Self { kind: Self::CONTACT, id: id.into() }
    }
}

/// One row to be appended. Holds no personal data: who is spoken of is known by ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// When.
    pub at: Timestamp,
    /// The request.
    pub request_id: Arc<str>,
    /// Id of the API key; none for an unknown caller or the gateway itself.
    pub caller: Option<String>,
    /// The tenant's number, where one is spoken of.
    pub tenant: Option<u32>,
    /// The operation.
    pub operation: &'static str,
    /// What it was about.
    pub target: Option<AuditTarget>,
    /// The vendor's id of the customer behind the target; by it the row is found when the customer is erased.
    pub customer: Option<VendorId>,
    /// How it ended, in one word.
    pub outcome: &'static str,
    /// HTTP status of the answer.
    pub status: u16,
}

/// One row as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its place in the trail.
    pub number: i64,
    /// When.
    pub at: Timestamp,
    /// The request.
    pub request_id: String,
    /// Id of the API key.
    pub caller: Option<String>,
    /// The tenant's number; the tenant may be gone.
    pub tenant: Option<u32>,
    /// The operation.
    pub operation: String,
    /// The kind of thing that it was about.
    pub target_kind: Option<String>,
    /// Sixteen hexadecimal digits, equal for rows about the same thing; none once erased.
    pub target: Option<String>,
    /// Sixteen hexadecimal digits, equal for rows about the same customer; none once erased.
    pub customer: Option<String>,
    /// How it ended.
    pub outcome: String,
    /// HTTP status of the answer.
    pub status: u16,
}

/// Which rows are wanted; what is `None` does not matter.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// The tenant's number. Needed for `target` and `customer` to find rows of a tenant.
    pub tenant: Option<u32>,
    /// Id of the API key.
    pub caller: Option<String>,
    /// The operation.
    pub operation: Option<String>,
    /// About this.
    pub target: Option<AuditTarget>,
    /// About this customer (the vendor's id).
    pub customer: Option<VendorId>,
    /// From this instant on.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// Before this place in the trail: the last number of the page before.
    pub before: Option<i64>,
}

impl Store {
    /// Appends a row soon, within about a tenth of a second, without waiting for it. [`Store::flush`] waits. Rows are
    /// lost only if the process is killed meanwhile, or the disk fails for so long that too many wait.
    pub fn audit(&self, row: AuditRow) {
        if self.audit_buffer().push(row) == Announce::Now {
            self.wake_for_audit();
        }
    }

    /// Up to `limit` rows, the latest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn audit_entries(&self, filter: AuditFilter, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(move |desk| {
            let (clauses, mut values) = conditions(desk.vault, filter);
            values.push(Box::new(limit));
            let mut rows = desk.db.prepare(&format!(
                "SELECT number, at, request_id, caller, tenant, operation, target_kind, target, subject, outcome, status
                 FROM audit WHERE {clauses} ORDER BY number DESC LIMIT ?"
            ))?;
            let found = rows.query_map(rusqlite::params_from_iter(values), entry)?;
            Ok(found.collect::<Result<_, _>>()?)
        })
        .await
    }
}

/// Rows on their way to the writing thread.
#[derive(Default)]
pub(crate) struct AuditBuffer(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    rows: Vec<AuditRow>,
    announced: bool,
    lost: u64,
}

/// Whether the writing thread must be told.
#[derive(PartialEq, Eq)]
enum Announce {
    Now,
    NotAgain,
}

impl AuditBuffer {
    fn push(&self, row: AuditRow) -> Announce {
        let mut waiting = self.waiting();
        if waiting.rows.len() < MOST_WAITING {
            waiting.rows.push(row);
        } else {
            waiting.lost += 1;
        }
        if std::mem::replace(&mut waiting.announced, true) { Announce::NotAgain } else { Announce::Now }
    }

    /// Everything that waits.
    pub(crate) fn take(&self) -> Vec<AuditRow> {
        let mut waiting = self.waiting();
        waiting.announced = false;
        let lost = std::mem::take(&mut waiting.lost);
        let rows = std::mem::take(&mut waiting.rows);
        drop(waiting);
        if lost > 0 {
            tracing::error!(lost, "audit rows were lost because the store could not write");
        }
        rows
    }

    /// Returns rows that could not be written; the next write tries again.
    pub(crate) fn put_back(&self, mut rows: Vec<AuditRow>) {
        let mut waiting = self.waiting();
        rows.append(&mut waiting.rows);
        waiting.rows = rows;
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes rows as part of a transaction.
pub(crate) fn append(db: &Connection, vault: &Vault, rows: &[AuditRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO audit (at, request_id, caller, tenant, operation, target_kind, target, subject, outcome, status)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    for row in rows {
        let tenant = row.tenant.unwrap_or(0);
        insert.execute((
            At(row.at),
            &*row.request_id,
            &row.caller,
            row.tenant,
            row.operation,
            row.target.as_ref().map(|target| target.kind),
            row.target.as_ref().map(|target| target_mark(vault, tenant, target)),
            row.customer.as_ref().map(|customer| subject_mark(vault, tenant, customer)),
            row.outcome,
            row.status,
        ))?;
    }
    Ok(())
}

pub(crate) fn target_mark(vault: &Vault, tenant: u32, target: &AuditTarget) -> Mark {
    vault.mark("audit.target", tenant, &[target.kind.as_bytes(), target.id.as_bytes()])
}

pub(crate) fn subject_mark(vault: &Vault, tenant: u32, customer: &VendorId) -> Mark {
    vault.mark("audit.subject", tenant, &[customer.as_str().as_bytes()])
}

/// SQL with one `?` per value; only what is asked for, so that each index can be used.
fn conditions(vault: &Vault, filter: AuditFilter) -> (String, Vec<Box<dyn ToSql>>) {
    let tenant = filter.tenant.unwrap_or(0);
    let target = filter.target.map(|target| target_mark(vault, tenant, &target));
    let customer = filter.customer.map(|customer| subject_mark(vault, tenant, &customer));
    let all: [(&str, Option<Box<dyn ToSql>>); 8] = [
        ("tenant = ?", filter.tenant.map(boxed)),
        ("caller = ?", filter.caller.map(boxed)),
        ("operation = ?", filter.operation.map(boxed)),
        ("target = ?", target.map(boxed)),
        ("subject = ?", customer.map(boxed)),
        ("at >= ?", filter.since.map(At).map(boxed)),
        ("at < ?", filter.until.map(At).map(boxed)),
        ("number < ?", filter.before.map(boxed)),
    ];
    let (mut clauses, mut values) = (vec!["true"], Vec::new());
    for (clause, value) in all {
        if let Some(value) = value {
            clauses.push(clause);
            values.push(value);
        }
    }
    (clauses.join(" AND "), values)
}

fn boxed<T: ToSql + 'static>(value: T) -> Box<dyn ToSql> {
    Box::new(value)
}

fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    let short =
        |mark: Option<Mark>| mark.map(|mark| hex(mark.first_chunk::<8>().map_or(&[], |start| start.as_slice())));
    Ok(AuditEntry {
        number: row.get("number")?,
        at: row.get::<_, At>("at")?.0,
        request_id: row.get("request_id")?,
        caller: row.get("caller")?,
        tenant: row.get("tenant")?,
        operation: row.get("operation")?,
        target_kind: row.get("target_kind")?,
        target: short(row.get("target")?),
        customer: short(row.get("subject")?),
        outcome: row.get("outcome")?,
        status: row.get("status")?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Announce, AuditBuffer, AuditRow, MOST_WAITING};

    fn row(status: u16) -> AuditRow {
        AuditRow {
            at: Timestamp::UNIX_EPOCH,
            request_id: "request-1".into(),
            caller: None,
            tenant: None,
            operation: "lookup",
            target: None,
            customer: None,
            outcome: "ok",
            status,
        }
    }

    #[test]
    fn the_writer_is_told_once_per_batch() {
        let buffer = AuditBuffer::default();
        assert!(buffer.push(row(1)) == Announce::Now);
        assert!(buffer.push(row(2)) == Announce::NotAgain);
        assert_eq!(buffer.take().len(), 2);
        assert!(buffer.push(row(3)) == Announce::Now);
    }

    #[test]
    fn rows_that_could_not_be_written_come_first_the_next_time() {
        let buffer = AuditBuffer::default();
        buffer.push(row(1));
        let rows = buffer.take();
        buffer.push(row(2));
        buffer.put_back(rows);
        assert_eq!(buffer.take().iter().map(|row| row.status).collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_disk_that_never_answers_does_not_take_all_memory() {
        let buffer = AuditBuffer::default();
        for _ in 0..MOST_WAITING + 5 {
            buffer.push(row(1));
        }
        assert_eq!(buffer.take().len(), MOST_WAITING);
    }
}
