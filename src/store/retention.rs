//! Retention: what is past its time goes.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use crate::cells::At;
use crate::error::StoreError;
use crate::store::Store;

/// Rows removed by one write, so that a large sweep does not hold up acts.
const BATCH: usize = 1_000;
const DAY: Duration = Duration::from_secs(86_400);

/// How long things are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionSettings {
    /// Answers to idempotency keys, from the answer on: for so long a repeated key is recognized.
    pub journal: Duration,
    /// Journal entries whose outcome never became known, from their beginning on. Longer than any caller repeats a key.
    pub doubts: Duration,
    /// Audit rows.
    pub audit: Duration,
    /// Which PDFs were shown before acceptance.
    pub shown_documents: Duration,
    /// Evidence of acceptance; for good if `None`.
    pub evidence: Option<Duration>,
}

impl Default for RetentionSettings {
    /// A day for answers, 30 days for doubts and shown PDFs, 180 days for audit (what Marco Civil, article 15, asks of
    /// application providers), evidence for good.
    fn default() -> Self {
        Self { journal: DAY, doubts: DAY * 30, audit: DAY * 180, shown_documents: DAY * 30, evidence: None }
    }
}

/// Rows that a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Settled journal entries.
    pub journal: usize,
    /// Journal entries whose outcome never became known.
    pub doubts: usize,
    /// Contacts, leads included, past their own `expires_at`.
    pub contacts: usize,
    /// Audit rows.
    pub audit: usize,
    /// Notes of shown PDFs.
    pub shown_documents: usize,
    /// Evidence of acceptance.
    pub evidence: usize,
}

impl Swept {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.journal + self.doubts + self.contacts + self.audit + self.shown_documents + self.evidence
    }
}

/// A rule removes up to `?2` rows of a table whose instant is not later than `?1`.
type Rule = &'static str;

const JOURNAL: Rule = "DELETE FROM journal WHERE entry IN
        (SELECT entry FROM journal WHERE phase = 'done' AND done_at <= ?1 ORDER BY done_at LIMIT ?2)";
const DOUBTS: Rule = "DELETE FROM journal WHERE entry IN
        (SELECT entry FROM journal WHERE phase <> 'done' AND max(begun_at, claimed_at) <= ?1 LIMIT ?2)";
const CONTACTS: Rule = "DELETE FROM contacts WHERE rowid IN
        (SELECT rowid FROM contacts WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";
const AUDIT: Rule = "DELETE FROM audit WHERE number IN (SELECT number FROM audit WHERE at <= ?1 ORDER BY at LIMIT ?2)";
const SHOWN_DOCUMENTS: Rule = "DELETE FROM shown_documents WHERE (tenant, contract, sha256) IN
        (SELECT tenant, contract, sha256 FROM shown_documents WHERE shown_at <= ?1 ORDER BY shown_at LIMIT ?2)";
const EVIDENCE: Rule = "DELETE FROM evidence WHERE id IN
        (SELECT id FROM evidence WHERE accepted_at <= ?1 ORDER BY accepted_at LIMIT ?2)";

impl Store {
    /// Removes what is past its time at `now`, in small steps between other writes, and says how much it was.
    ///
    /// # Errors
    /// The database's; what was removed until then stays removed.
    pub async fn sweep(&self, now: Timestamp, settings: &RetentionSettings) -> Result<Swept, StoreError> {
        let mut swept = Swept {
            journal: self.apply(JOURNAL, before(now, settings.journal)).await?,
            doubts: self.apply(DOUBTS, before(now, settings.doubts)).await?,
            contacts: self.apply(CONTACTS, now).await?,
            audit: self.apply(AUDIT, before(now, settings.audit)).await?,
            shown_documents: self.apply(SHOWN_DOCUMENTS, before(now, settings.shown_documents)).await?,
            evidence: 0,
        };
        if let Some(kept) = settings.evidence {
            swept.evidence = self.apply(EVIDENCE, before(now, kept)).await?;
        }
        if swept.total() > 0 {
            self.empty_log().await?;
        }
        Ok(swept)
    }

    async fn apply(&self, rule: Rule, border: Timestamp) -> Result<usize, StoreError> {
        let mut removed = 0;
        loop {
            let step = self.write(move |desk| remove(desk.db, rule, border)).await?;
            removed += step;
            if step < BATCH {
                return Ok(removed);
            }
        }
    }
}

fn remove(db: &Connection, rule: Rule, border: Timestamp) -> Result<usize, StoreError> {
    Ok(db.prepare_cached(rule)?.execute((At(border), BATCH as i64))?)
}

/// So long ago; nothing is older than time itself.
fn before(now: Timestamp, kept: Duration) -> Timestamp {
    now.checked_sub(kept).unwrap_or(Timestamp::MIN)
}
