//! The threads that own the database: one that writes, a few that read.
//!
//! Writes that wait at the same moment share one transaction, and so one wait for the disk; each runs in a savepoint of
//! its own, so that one that fails takes no other with it. Nobody is answered before the transaction is on disk.
//! A write that was handed over is done even if its caller has gone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::audit::{AuditBuffer, append};
use crate::error::StoreError;
use crate::schema::empty_log;
use crate::vault::Vault;

/// Writes that share one transaction at most, so that the first one's wait stays short.
const BATCH: usize = 128;

/// How long audit rows may wait for a write to share a transaction with.
const AUDIT_LINGER: Duration = Duration::from_millis(100);

/// What a piece of work has in front of it.
pub(crate) struct Desk<'a> {
    pub(crate) db: &'a Connection,
    pub(crate) vault: &'a Vault,
}

type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Place<'a, 't> = (&'a mut Transaction<'t>, &'a Vault);

/// A write in its envelope: given a transaction, or the reason why there is none, it does its part and leaves a reply
/// for the moment when the transaction's fate is known.
pub(crate) type Write = Box<dyn FnOnce(Result<Place<'_, '_>, StoreError>) -> Reply + Send>;
/// A read in its envelope.
pub(crate) type Read = Box<dyn FnOnce(&Connection, &Vault) + Send>;

/// What the writing thread is asked.
pub(crate) enum Job {
    Write(Write),
    /// The audit buffer is no longer empty.
    AuditWaiting,
    /// Empty the write-ahead log.
    EmptyLog(oneshot::Sender<()>),
}

/// Puts a write into its envelope.
pub(crate) fn write_envelope<T: Send + 'static>(
    work: impl FnOnce(&Desk<'_>) -> Result<T, StoreError> + Send + 'static,
    reply: oneshot::Sender<Result<T, StoreError>>,
) -> Write {
    Box::new(move |place| {
        let outcome = place.and_then(|(transaction, vault)| {
            unharmed(|| {
                if transaction.is_autocommit() {
                    // The database has given the whole transaction up (disk full, for one): what ran outside of one would
                    // be kept although it is reported as lost.
                    let aborted = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT);
                    return Err(rusqlite::Error::SqliteFailure(aborted, None).into());
                }
                let savepoint = transaction.savepoint()?;
                let done = work(&Desk { db: &savepoint, vault })?;
                savepoint.commit()?;
                Ok(done)
            })
        });
        Box::new(move |committed: Result<(), StoreError>| {
            // A caller that has gone wants no answer.
            let _gone = reply.send(outcome.and_then(|done| committed.map(|()| done)));
        })
    })
}

/// Puts a read into its envelope; it sees one state of the database from its first statement to its last.
pub(crate) fn read_envelope<T: Send + 'static>(
    work: impl FnOnce(&Desk<'_>) -> Result<T, StoreError> + Send + 'static,
    reply: oneshot::Sender<Result<T, StoreError>>,
) -> Read {
    Box::new(move |db, vault| {
        let outcome = unharmed(|| {
            let transaction = db.unchecked_transaction()?;
            work(&Desk { db: &transaction, vault })
        });
        let _gone = reply.send(outcome);
    })
}

/// Runs a piece of work so that a panic in it (it may hold another room's closure) ends that work alone: its savepoint
/// or transaction rolls back while it unwinds, and the thread serves the next.
fn unharmed<T>(work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(StoreError::Panicked))
}

/// The writing thread.
pub(crate) struct Writer {
    pub(crate) db: Connection,
    pub(crate) vault: Arc<Vault>,
    pub(crate) jobs: Receiver<Job>,
    pub(crate) audit: Arc<AuditBuffer>,
}

#[derive(Default)]
struct Batch {
    writes: Vec<Write>,
    emptied: Vec<oneshot::Sender<()>>,
    audit: AuditDue,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum AuditDue {
    #[default]
    No,
    Yes,
}

impl Writer {
    /// Works until every `Store` is gone.
    pub(crate) fn run(mut self) {
        while let Ok(first) = self.jobs.recv() {
            let batch = self.gather(first);
            self.work_off(batch);
        }
        self.work_off(Batch::default());
    }

    fn gather(&self, first: Job) -> Batch {
        let mut batch = Batch::default();
        batch.take(first);
        if batch.audit == AuditDue::Yes {
            match self.jobs.recv_timeout(AUDIT_LINGER) {
                Ok(job) => batch.take(job),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
        }
        while batch.writes.len() < BATCH {
            match self.jobs.try_recv() {
                Ok(job) => batch.take(job),
                Err(_) => break,
            }
        }
        batch
    }

    fn work_off(&mut self, batch: Batch) {
        let rows = self.audit.take();
        if !rows.is_empty() || !batch.writes.is_empty() {
            let mut replies = Vec::with_capacity(batch.writes.len());
            let committed = self.commit(&rows, batch.writes, &mut replies);
            if let Err(error) = &committed {
                let cause = std::error::Error::source(error).map(ToString::to_string);
                tracing::error!(cause, rows = rows.len(), "the store cannot write; audit rows wait");
                self.audit.put_back(rows);
            }
            for reply in replies {
                reply(committed.clone());
            }
        }
        if !batch.emptied.is_empty() {
            if let Err(error) = empty_log(&self.db) {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(cause, "the store's write-ahead log could not be emptied");
            }
            for waiting in batch.emptied {
                let _gone = waiting.send(());
            }
        }
    }

    /// Audit rows first: an erasure in the same batch must find them.
    fn commit(
        &mut self,
        rows: &[crate::AuditRow],
        writes: Vec<Write>,
        replies: &mut Vec<Reply>,
    ) -> Result<(), StoreError> {
        let begun = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)
            .and_then(|transaction| append(&transaction, &self.vault, rows).map(|()| transaction));
        match begun {
            Ok(mut transaction) => {
                replies.extend(writes.into_iter().map(|write| write(Ok((&mut transaction, &self.vault)))));
                Ok(transaction.commit()?)
            }
            Err(error) => {
                replies.extend(writes.into_iter().map(|write| write(Err(error.clone()))));
                Err(error)
            }
        }
    }
}

impl Batch {
    fn take(&mut self, job: Job) {
        match job {
            Job::Write(write) => self.writes.push(write),
            Job::AuditWaiting => self.audit = AuditDue::Yes,
            Job::EmptyLog(reply) => self.emptied.push(reply),
        }
    }
}

/// A reading thread: takes the next read whenever it is free.
pub(crate) fn run_reader(db: &Connection, vault: &Vault, reads: &Mutex<Receiver<Read>>) {
    loop {
        let next = reads.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(read) => read(db, vault),
            Err(_) => return,
        }
    }
}

/// The two ends by which work is handed in.
pub(crate) struct Doors {
    pub(crate) jobs: Sender<Job>,
    pub(crate) reads: Sender<Read>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;
    use std::sync::mpsc::{self, Sender};
    use std::time::Duration;

    use jiff::Timestamp;
    use rusqlite::Connection;
    use tempfile::TempDir;
    use tokio::sync::oneshot::{self, Receiver};

    use super::{BATCH, Job, Writer, write_envelope};
    use crate::audit::AuditBuffer;
    use crate::schema::open_writer;
    use crate::vault::Vault;
    use crate::{AuditRow, MasterKey, StoreError};

    fn writer() -> (Writer, Sender<Job>, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let vault = Arc::new(Vault::new(&MasterKey::generate()));
        let db = open_writer(&folder.path().join("ponte.db"), &vault).unwrap();
        db.busy_timeout(Duration::ZERO).unwrap();
        let (sender, jobs) = mpsc::channel();
        (Writer { db, vault, jobs, audit: Arc::new(AuditBuffer::default()) }, sender, folder)
    }

    /// Hands over a write that adds a row to `meta`.
    fn hand_over(sender: &Sender<Job>, name: &'static str) -> Receiver<Result<(), StoreError>> {
        let (reply, answer) = oneshot::channel();
        let write = write_envelope(
            move |desk| {
                desk.db.execute("INSERT INTO meta (name, value) VALUES (?1, x'')", [name])?;
                Ok(())
            },
            reply,
        );
        sender.send(Job::Write(write)).unwrap();
        answer
    }

    fn work_off(writer: &mut Writer) {
        let first = writer.jobs.recv().unwrap();
        let batch = writer.gather(first);
        writer.work_off(batch);
    }

    fn row() -> AuditRow {
        AuditRow {
            at: Timestamp::UNIX_EPOCH,
            request_id: "request-1".into(),
            caller: None,
            tenant: None,
            operation: "lookup",
            target: None,
            customer: None,
            outcome: "ok",
            status: 200,
        }
    }

    fn count(db: &Connection, table: &str) -> i64 {
        db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn writes_that_wait_share_a_transaction_up_to_a_limit() {
        let (mut writer, sender, _folder) = writer();
        let answers: Vec<_> = (0..BATCH + 3).map(|_| hand_over(&sender, "same")).collect();
        let first = writer.jobs.recv().unwrap();
        let batch = writer.gather(first);
        assert_eq!(batch.writes.len(), BATCH);
        writer.work_off(batch);
        work_off(&mut writer);
        let kept = answers.into_iter().filter_map(|mut answer| answer.try_recv().unwrap().ok()).count();
        assert_eq!(kept, 1, "one row of that name, and every other write was told that its own failed");
    }

    #[test]
    fn nobody_is_answered_before_the_transaction_is_on_disk() {
        let (mut writer, sender, folder) = writer();
        let mut answer = hand_over(&sender, "a");
        let Job::Write(write) = writer.jobs.recv().unwrap() else { unreachable!() };
        let mut replies = Vec::new();
        writer.commit(&[], vec![write], &mut replies).unwrap();
        assert!(answer.try_recv().is_err(), "committed, not yet told");
        let other = Connection::open(folder.path().join("ponte.db")).unwrap();
        assert_eq!(count(&other, "meta"), 2);
        replies.into_iter().for_each(|reply| reply(Ok(())));
        assert!(answer.try_recv().unwrap().is_ok());
    }

    #[test]
    fn a_file_that_cannot_be_written_is_reported_and_audit_rows_wait_for_it() {
        let (mut writer, sender, folder) = writer();
        let other = Connection::open(folder.path().join("ponte.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        writer.audit.put_back(vec![row()]);
        let mut refused = hand_over(&sender, "a");
        work_off(&mut writer);
        assert!(matches!(refused.try_recv().unwrap(), Err(StoreError::Database(_))));

        other.execute_batch("ROLLBACK").unwrap();
        let mut kept = hand_over(&sender, "a");
        work_off(&mut writer);
        assert!(kept.try_recv().unwrap().is_ok());
        assert_eq!((count(&other, "audit"), count(&other, "meta")), (1, 2));
    }

    #[test]
    fn what_runs_after_the_transaction_was_given_up_is_not_kept() {
        let (mut writer, sender, folder) = writer();
        let (reply, _answer) = oneshot::channel();
        let give_up = write_envelope(
            |desk| {
                // What the database does by itself when the disk is full.
                desk.db.execute_batch("ROLLBACK")?;
                Ok(())
            },
            reply,
        );
        sender.send(Job::Write(give_up)).unwrap();
        let mut lost = hand_over(&sender, "a");
        work_off(&mut writer);
        assert!(matches!(lost.try_recv().unwrap(), Err(StoreError::Database(_))));
        let other = Connection::open(folder.path().join("ponte.db")).unwrap();
        assert_eq!(count(&other, "meta"), 1);
    }

    #[test]
    fn the_last_audit_rows_are_written_when_every_store_is_gone() {
        let (writer, sender, folder) = writer();
        writer.audit.put_back(vec![row(), row()]);
        drop(sender);
        writer.run();
        let other = Connection::open(folder.path().join("ponte.db")).unwrap();
        assert_eq!(count(&other, "audit"), 2);
    }
}
