//! The idempotency journal: what was promised before a vendor was called, and what came of it.
//!
//! An entry is **begun** before anything else happens, **sent** right before the vendor's act, **done** with the answer.
//! One that was sent and never settled is in doubt: whether the vendor acted is found out by reading the vendor's
//! state. The owner is the run that works on an entry; whoever settles a doubt takes the entry over first, and of
//! several who try exactly one succeeds. From then on the former owner's [`EntryId`] changes nothing any more.
//!
//! `begin` is on disk when it answers, and is done even if its caller's future is dropped meanwhile: a caller that may
//! be cancelled leaves an entry of its own run that nobody works on.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};

use crate::cells::At;
use crate::error::StoreError;
use crate::store::Store;
use crate::tenants::refuse_unknown;
use crate::threads::Desk;

const FINGERPRINT: &str = "journal.fingerprint";
const CONTEXT: &str = "journal.context";
const ANSWER: &str = "journal.answer";
const SELECT: &str = "SELECT entry, mark, tenant, caller, operation, target, fingerprint, phase, run, claim, begun_at,
        claimed_at, sent_at, done_at, status, context, answer
     FROM journal";

/// What a caller wants to be done exactly once.
#[derive(Clone)]
pub struct Intent {
    /// The tenant's number.
    pub tenant: u32,
    /// Id of the API key that asks.
    pub caller: String,
    /// The caller's idempotency key; kept as a keyed mark together with the caller and the tenant.
    pub key: String,
    /// The operation.
    pub operation: String,
    /// Hash over everything that makes the request; kept sealed.
    pub fingerprint: [u8; 32],
    /// Vendor ids of what is acted on; no personal data.
    pub target: String,
    /// What settling needs; kept sealed.
    pub context: Vec<u8>,
}

impl std::fmt::Debug for Intent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Intent")
            .field("tenant", &self.tenant)
            .field("operation", &self.operation)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// An entry as one owner holds it. Worth nothing once another owner has taken the entry over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntryId {
    entry: i64,
    claim: i64,
}

/// How far an entry has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Kept; the vendor has not been asked to act.
    Begun,
    /// The vendor has been asked to act, or was about to be.
    Sent,
    /// Answered; the answer never changes.
    Done,
}

/// What `begin` found.
#[derive(Debug)]
pub enum Begun {
    /// The key was free: the entry is there now and the caller owns it.
    New(EntryId),
    /// The key was used before.
    Known(Box<Entry>),
}

/// One entry.
#[derive(Clone)]
pub struct Entry {
    /// The entry as its present owner holds it.
    pub id: EntryId,
    /// The tenant's number.
    pub tenant: u32,
    /// Id of the API key that asked.
    pub caller: String,
    /// The operation.
    pub operation: String,
    /// Vendor ids of what is acted on.
    pub target: String,
    /// Hash over everything that made the request.
    pub fingerprint: [u8; 32],
    /// How far it has come.
    pub phase: Phase,
    /// The run ([`Store::run`]) that owns it.
    pub run: String,
    /// When begun.
    pub begun_at: Timestamp,
    /// When the present owner began or took over.
    pub claimed_at: Timestamp,
    /// When the vendor was last asked to act.
    pub sent_at: Option<Timestamp>,
    /// When settled.
    pub done_at: Option<Timestamp>,
    /// HTTP status of the answer.
    pub status: Option<u16>,
    /// The answer, byte by byte.
    pub answer: Option<Vec<u8>>,
    /// What settling needs, as last written.
    pub context: Vec<u8>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("operation", &self.operation)
            .field("target", &self.target)
            .field("phase", &self.phase)
            .field("run", &self.run)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Enters an intent, or finds what became of the same caller's earlier use of the key. Of any number of callers at
    /// the same moment exactly one gets [`Begun::New`].
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the tenant is gone.
    pub async fn begin(&self, intent: Intent, now: Timestamp) -> Result<Begun, StoreError> {
        let run = self.run().to_owned();
        self.write(move |desk| {
            let mark = desk.vault.mark("journal", intent.tenant, &[intent.caller.as_bytes(), intent.key.as_bytes()]);
            let mut known = desk.db.prepare_cached(&format!("{SELECT} WHERE mark = ?1"))?;
            if let Some(entry) = known.query_and_then([mark], |row| read_entry(desk, row))?.next() {
                return Ok(Begun::Known(Box::new(entry?)));
            }
            insert(desk, &intent, &mark, &run, now).map(Begun::New)
        })
        .await
    }

    /// Notes that the vendor is asked to act now, and what settling needs. To be called before the vendor is; again
    /// before a second try.
    ///
    /// # Errors
    /// [`StoreError::TakenOver`], [`StoreError::AlreadySettled`]: do not call the vendor.
    pub async fn mark_sent(&self, id: EntryId, context: Vec<u8>, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |desk| {
            let mark = owned_mark(desk, id)?;
            let context = desk.vault.seal(CONTEXT, &mark, &context)?;
            desk.db
                .prepare_cached("UPDATE journal SET phase = 'sent', sent_at = ?2, context = ?3 WHERE entry = ?1")?
                .execute((id.entry, At(now), context))?;
            Ok(())
        })
        .await
    }

    /// Keeps the answer, for good. Every later use of the key gets it byte by byte.
    ///
    /// # Errors
    /// [`StoreError::TakenOver`]; [`StoreError::AlreadySettled`]: the answer kept before is the one that counts.
    pub async fn settle(&self, id: EntryId, status: u16, answer: Vec<u8>, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |desk| {
            let mark = owned_mark(desk, id)?;
            let answer = desk.vault.seal(ANSWER, &mark, &answer)?;
            desk.db
                .prepare_cached(
                    "UPDATE journal SET phase = 'done', done_at = ?2, status = ?3, answer = ?4 WHERE entry = ?1",
                )?
                .execute((id.entry, At(now), status, answer))?;
            Ok(())
        })
        .await
    }

    /// Forgets an entry of which it is certain that nothing was done: the key is free again.
    ///
    /// # Errors
    /// [`StoreError::TakenOver`], [`StoreError::AlreadySettled`].
    pub async fn abandon(&self, id: EntryId) -> Result<(), StoreError> {
        self.write(move |desk| {
            owned_mark(desk, id)?;
            desk.db.prepare_cached("DELETE FROM journal WHERE entry = ?1")?.execute([id.entry])?;
            Ok(())
        })
        .await
    }

    /// Makes this run the owner of an entry, provided that it is still as it was read: neither settled nor taken over
    /// since. Answers the id to go on with, or none when somebody else was faster.
    ///
    /// # Errors
    /// The database's.
    pub async fn take_over(&self, seen: EntryId, now: Timestamp) -> Result<Option<EntryId>, StoreError> {
        let run = self.run().to_owned();
        self.write(move |desk| {
            let taken = desk
                .db
                .prepare_cached(
                    "UPDATE journal SET run = ?3, claim = claim + 1, claimed_at = ?4
                     WHERE entry = ?1 AND claim = ?2 AND phase <> 'done'",
                )?
                .execute((seen.entry, seen.claim, run, At(now)))?;
            Ok((taken == 1).then_some(EntryId { entry: seen.entry, claim: seen.claim + 1 }))
        })
        .await
    }

    /// An entry as it is now; none when it was abandoned, swept or its tenant removed.
    ///
    /// # Errors
    /// The database's; [`StoreError::Unreadable`] for a damaged row.
    pub async fn entry(&self, id: EntryId) -> Result<Option<Entry>, StoreError> {
        self.read(move |desk| {
            let mut rows = desk.db.prepare_cached(&format!("{SELECT} WHERE entry = ?1"))?;
            rows.query_and_then([id.entry], |row| read_entry(desk, row))?.next().transpose()
        })
        .await
    }

    /// When the vendor was last asked to act by another entry of the same tenant, operation and target that is not
    /// settled yet; none when there is none.
    ///
    /// # Errors
    /// The database's.
    pub async fn sent_beside(&self, id: EntryId) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |desk| {
            // `phase <> 'done'` is what the index of the unsettled entries is told by.
            let sent: Option<At> = desk
                .db
                .prepare_cached(
                    "SELECT MAX(other.sent_at) FROM journal AS mine
                     JOIN journal AS other ON other.tenant = mine.tenant AND other.operation = mine.operation
                         AND other.target = mine.target AND other.entry <> mine.entry
                     WHERE mine.entry = ?1 AND other.phase <> 'done' AND other.phase = 'sent'",
                )?
                .query_row([id.entry], |row| row.get(0))?;
            Ok(sent.map(|at| at.0))
        })
        .await
    }

    /// Every entry that is not settled, the oldest first: those in doubt, and those being worked on at this moment,
    /// which only their run can tell apart.
    ///
    /// # Errors
    /// As [`Self::entry`].
    pub async fn in_doubt(&self) -> Result<Vec<Entry>, StoreError> {
        self.read(|desk| {
            let mut rows =
                desk.db.prepare_cached(&format!("{SELECT} WHERE phase <> 'done' ORDER BY begun_at, entry"))?;
            rows.query_and_then([], |row| read_entry(desk, row))?.collect()
        })
        .await
    }
}

fn insert(desk: &Desk<'_>, intent: &Intent, mark: &[u8; 32], run: &str, now: Timestamp) -> Result<EntryId, StoreError> {
    refuse_unknown(desk, intent.tenant)?;
    let fingerprint = desk.vault.seal(FINGERPRINT, mark, &intent.fingerprint)?;
    let context = desk.vault.seal(CONTEXT, mark, &intent.context)?;
    desk.db
        .prepare_cached(
            "INSERT INTO journal (mark, tenant, caller, operation, target, fingerprint, phase, run, claim, begun_at,
                                  claimed_at, context)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'begun', ?7, 1, ?8, ?8, ?9)",
        )?
        .execute((
            mark,
            intent.tenant,
            &intent.caller,
            &intent.operation,
            &intent.target,
            fingerprint,
            run,
            At(now),
            context,
        ))?;
    Ok(EntryId { entry: desk.db.last_insert_rowid(), claim: 1 })
}

/// The row's mark, if the entry is still this owner's to change.
fn owned_mark(desk: &Desk<'_>, id: EntryId) -> Result<[u8; 32], StoreError> {
    let found: Option<([u8; 32], i64, String)> = desk
        .db
        .prepare_cached("SELECT mark, claim, phase FROM journal WHERE entry = ?1")?
        .query_row([id.entry], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    match found {
        Some((_, _, phase)) if phase == "done" => Err(StoreError::AlreadySettled),
        Some((mark, claim, _)) if claim == id.claim => Ok(mark),
        _ => Err(StoreError::TakenOver),
    }
}

fn read_entry(desk: &Desk<'_>, row: &Row<'_>) -> Result<Entry, StoreError> {
    let mark: [u8; 32] = row.get("mark")?;
    let open = |place, cell: Vec<u8>| desk.vault.open(place, &mark, &cell).map(|value| value.to_vec());
    let fingerprint = open(FINGERPRINT, row.get("fingerprint")?)?;
    let answer: Option<Vec<u8>> = row.get("answer")?;
    let phase: String = row.get("phase")?;
    Ok(Entry {
        id: EntryId { entry: row.get("entry")?, claim: row.get("claim")? },
        tenant: row.get("tenant")?,
        caller: row.get("caller")?,
        operation: row.get("operation")?,
        target: row.get("target")?,
        fingerprint: fingerprint.try_into().map_err(|_| StoreError::Unreadable { place: FINGERPRINT })?,
        phase: match phase.as_str() {
            "begun" => Phase::Begun,
            "sent" => Phase::Sent,
            "done" => Phase::Done,
            _ => return Err(StoreError::Unreadable { place: "journal.phase" }),
        },
        run: row.get("run")?,
        begun_at: row.get::<_, At>("begun_at")?.0,
        claimed_at: row.get::<_, At>("claimed_at")?.0,
        sent_at: row.get::<_, Option<At>>("sent_at")?.map(|at| at.0),
        done_at: row.get::<_, Option<At>>("done_at")?.map(|at| at.0),
        status: row.get("status")?,
        answer: answer.map(|cell| open(ANSWER, cell)).transpose()?,
        context: open(CONTEXT, row.get("context")?)?,
    })
}
