//! The store: opened once, shared by clones, closed with the last of them.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex};
use std::thread;

use tokio::sync::oneshot;

use crate::audit::AuditBuffer;
use crate::cells::random_id;
use crate::error::StoreError;
use crate::master_key::MasterKey;
use crate::schema::{open_reader, open_writer};
use crate::threads::{Desk, Doors, Job, Read, Writer, read_envelope, run_reader, write_envelope};
use crate::vault::Vault;

/// Threads that read. Reads are rare next to the in-memory tables above this room, and short.
const READERS: usize = 2;

/// Everything that survives a restart, in one SQLite file. Clones share it.
///
/// A method that writes answers when the write is on disk. Its future may be dropped at any time: a write that was
/// handed over still takes place. Several processes may have the same file open.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    doors: Doors,
    audit: Arc<AuditBuffer>,
    run: String,
    path: PathBuf,
}

impl Store {
    /// Opens the store at `path`, a file that is created when missing (its folder is not), and starts its threads.
    /// Blocks for as long as the schema's steps take.
    ///
    /// # Errors
    /// The file cannot be opened, is not a store, comes from a newer Ponte, or was made with another master key.
    pub fn open(path: impl AsRef<Path>, master: MasterKey) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let vault = Arc::new(Vault::new(&master));
        let audit = Arc::new(AuditBuffer::default());
        let (jobs, jobs_in) = mpsc::channel();
        let (reads, reads_in) = mpsc::channel();
        let db = open_writer(path, &vault)?;
        start_readers(path, &vault, reads_in)?;
        let writer = Writer { db, vault, jobs: jobs_in, audit: Arc::clone(&audit) };
        start(path, "ponte-store-write", move || writer.run())?;
        let inner = Inner { doors: Doors { jobs, reads }, audit, run: random_id("run_"), path: path.to_owned() };
        Ok(Self(Arc::new(inner)))
    }

    /// The name of this opening of the store; the journal notes it as the owner of entries.
    #[must_use]
    pub fn run(&self) -> &str {
        &self.0.run
    }

    /// A number that moves whenever tenants or keys change, also when another process changes them: a reason to read
    /// them again.
    ///
    /// # Errors
    /// The database's.
    pub async fn revision(&self) -> Result<i64, StoreError> {
        self.read(|desk| Ok(desk.db.query_row("SELECT number FROM revision", [], |row| row.get(0))?)).await
    }

    /// Whether the store still writes and reads; for the readiness check.
    ///
    /// # Errors
    /// [`StoreError::Closed`], or the database's.
    pub async fn ready(&self) -> Result<(), StoreError> {
        self.write(|_| Ok(())).await?;
        self.read(|_| Ok(())).await
    }

    /// Answers when everything handed over so far is on disk, audit rows included.
    ///
    /// # Errors
    /// The database's.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.write(|_| Ok(())).await
    }

    /// [`Self::flush`], then leaves one tidy file behind. Call it before the process ends; without it up to a tenth of
    /// a second of audit rows is lost, and nothing else.
    ///
    /// # Errors
    /// The database's.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.flush().await?;
        self.empty_log().await
    }

    /// Removes everything but tenants and keys, for a fresh start in test mode.
    ///
    /// # Errors
    /// The database's.
    pub async fn wipe_records(&self) -> Result<(), StoreError> {
        self.write(|desk| {
            for table in ["journal", "contacts", "ratings", "ticket_notices", "shown_documents", "evidence", "audit"] {
                desk.db.execute(&format!("DELETE FROM {table}"), [])?;
            }
            Ok(())
        })
        .await
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.0.doors.jobs.send(Job::Write(write_envelope(work, reply))).map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Desk<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.0.doors.reads.send(read_envelope(work, reply)).map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }

    /// Empties the write-ahead log, so that what was erased is gone from it as well.
    pub(crate) async fn empty_log(&self) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.0.doors.jobs.send(Job::EmptyLog(reply)).map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)
    }

    pub(crate) fn audit_buffer(&self) -> &AuditBuffer {
        &self.0.audit
    }

    pub(crate) fn wake_for_audit(&self) {
        // A closed store is reported by whatever is asked of it next.
        let _closed = self.0.doors.jobs.send(Job::AuditWaiting);
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("path", &self.0.path).field("run", &self.0.run).finish()
    }
}

fn start_readers(path: &Path, vault: &Arc<Vault>, reads: Receiver<Read>) -> Result<(), StoreError> {
    let reads = Arc::new(Mutex::new(reads));
    for _ in 0..READERS {
        let db = open_reader(path)?;
        let (vault, reads) = (Arc::clone(vault), Arc::clone(&reads));
        start(path, "ponte-store-read", move || run_reader(&db, &vault, &reads))?;
    }
    Ok(())
}

fn start(path: &Path, name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop).map_err(|error| StoreError::file(path, error))
}
