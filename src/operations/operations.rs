//! The room's one value: opened once, shared by clones, closed at the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_store::{Store, StoreError};
use ponte_transport::{Wire, WireSettings};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

use crate::cache::{Answers, Key, Landed};
use crate::callers::Keyring;
use crate::clock::Clock;
use crate::flights::Flights;
use crate::observer::{FromTransport, Observer};
use crate::pipeline::act::Working;
use crate::settings::{AuditReads, IdempotencySettings, InboundSettings, RetentionSettings, Settings};
use crate::sign_in::Attempts;
use crate::slots::{Directory, SlotMaker};
use crate::turns::Turns;

/// How often another process's changes of tenants and keys (the command line's) are looked for.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often the last use of keys is written down.
const NOTE_EVERY: Duration = Duration::from_secs(30);

/// Everything that happens around a vendor call. Clones share it.
#[derive(Clone)]
pub struct Operations(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) clock_start: Option<Timestamp>,
    pub(crate) test_mode: bool,
    pub(crate) answers: Answers,
    pub(crate) flights: Flights<Key, Landed>,
    pub(crate) key_turns: Turns<[u8; 32]>,
    pub(crate) target_turns: Turns<(u32, String)>,
    pub(crate) working: Working,
    pub(crate) drain: Drain,
    pub(crate) runtime: Handle,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) keyring: ArcSwap<Keyring>,
    pub(crate) directory: ArcSwap<Directory>,
    pub(crate) maker: SlotMaker,
    pub(crate) attempts: Attempts,
    pub(crate) inbound: InboundSettings,
    pub(crate) idempotency: IdempotencySettings,
    pub(crate) retention: RetentionSettings,
    pub(crate) audit_reads: AuditReads,
    pub(crate) status_of: fn(&Failure) -> u16,
    /// One reload at a time, so that an older table never replaces a newer one.
    reloading: tokio::sync::Mutex<()>,
    revision: AtomicI64,
}

/// Why the room does not open.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store does not open.
    #[error("the store does not open: {0}")]
    Store(#[from] StoreError),
    /// The way to the ERPs does not open.
    #[error("the HTTP client cannot be made: {0}")]
    Wire(Failure),
    /// Settings contradict each other.
    #[error("{0}")]
    Settings(&'static str),
}

impl Operations {
    /// Opens the store, reads tenants and keys, and starts the background work (sweep, noting of key use, looking for
    /// changes by other processes). Acts run on the runtime that this is called on.
    ///
    /// # Errors
    /// `StartError` says what is wrong.
    pub async fn open(settings: Settings) -> Result<Self, StartError> {
        if settings.clock.is_some() && !settings.test_mode {
            return Err(StartError::Settings("the clock can be set in test mode only"));
        }
        let store = Store::open(&settings.store.path, settings.store.master_key.clone())?;
        let wire = Wire::new(WireSettings {
            connect_timeout: settings.calls.connect_timeout,
            observer: Arc::new(FromTransport(settings.observer.clone())),
            ..WireSettings::default()
        })
        .map_err(StartError::Wire)?;
        let operations = Self(Arc::new(Inner::new(settings, store, wire)));
        operations.refresh().await?;
        operations.report_doubts().await?;
        operations.start_background();
        Ok(operations)
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Whether the clock can be set and the records be emptied.
    #[must_use]
    pub fn test_mode(&self) -> bool {
        self.0.test_mode
    }

    /// Whether the store still writes and reads, for the readiness check.
    ///
    /// # Errors
    /// `Internal` when it does not.
    pub async fn ready(&self) -> Result<(), Failure> {
        Ok(self.0.store.ready().await?)
    }

    /// Sets the clock, in test mode. What was read at the old time is forgotten.
    ///
    /// # Errors
    /// `InvalidInput` outside test mode.
    pub fn set_clock(&self, to: Timestamp) -> Result<(), Failure> {
        self.0.clock.set(to)?;
        self.forget_what_was_read();
        Ok(())
    }

    /// Back to the start, in test mode: clock, caches, journal, contacts, ratings, evidence, trail. Tenants and keys
    /// stay.
    ///
    /// # Errors
    /// `InvalidInput` outside test mode; `Internal` when the store does not answer.
    pub async fn reset(&self) -> Result<(), Failure> {
        self.0.clock.set(self.0.clock_start.unwrap_or_else(|| Clock::system().now()))?;
        self.0.store.wipe_records().await?;
        self.0.attempts.forget_all();
        self.forget_what_was_read();
        Ok(())
    }

    fn forget_what_was_read(&self) {
        self.0.answers.forget_all();
        for slot in self.0.directory.load().slots() {
            slot.memory.clear();
        }
    }

    /// Reads tenants and keys again if any changed.
    ///
    /// # Errors
    /// The store's.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let _alone = self.0.reloading.lock().await;
        let revision = self.0.store.revision().await?;
        if self.0.revision.load(Ordering::Acquire) == revision {
            return Ok(());
        }
        let records = self.0.store.tenants().await?;
        let keys = self.0.store.all_key_hashes().await?;
        let directory = Directory::of(&records, &self.0.directory.load(), &self.0.maker);
        let keyring = Keyring::of(keys, &self.0.keyring.load(), self.0.inbound);
        self.0.directory.store(Arc::new(directory));
        self.0.keyring.store(Arc::new(keyring));
        self.0.revision.store(revision, Ordering::Release);
        Ok(())
    }

    /// Waits for acts under way, at most so long, then writes down what waits. The last call of a process.
    ///
    /// # Errors
    /// `Internal` when the store does not answer.
    pub async fn close(&self, wait: Duration) -> Result<(), Failure> {
        if !self.0.drain.empty(wait).await {
            tracing::warn!("acts are still under way; their keys are settled by reading back after the next start");
        }
        self.note_key_use().await?;
        Ok(self.0.store.close().await?)
    }

    async fn report_doubts(&self) -> Result<(), StoreError> {
        let doubts = self.0.store.in_doubt().await?.len();
        if doubts > 0 {
            tracing::warn!(doubts, "acts were cut by the last stop; each is settled when its key is used again");
        }
        Ok(())
    }

    async fn note_key_use(&self) -> Result<(), StoreError> {
        let uses = self.0.keyring.load().uses();
        if uses.is_empty() { Ok(()) } else { self.0.store.note_key_use(uses).await }
    }

    /// The background work ends with the last clone.
    fn start_background(&self) {
        let weak = Arc::downgrade(&self.0);
        let sweep_every = self.0.retention.sweep_every;
        self.0.runtime.spawn(async move {
            let (mut look, mut note) = (every(LOOK_EVERY), every(NOTE_EVERY));
            let mut sweep = every(sweep_every.max(Duration::from_secs(1)));
            loop {
                let work = tokio::select! {
                    _ = look.tick() => Background::Look,
                    _ = note.tick() => Background::Note,
                    _ = sweep.tick() => Background::Sweep,
                };
                let Some(inner) = weak.upgrade() else { return };
                Self(inner).work(work).await;
            }
        });
    }

    async fn work(&self, work: Background) {
        let done = match work {
            Background::Look => self.refresh().await,
            Background::Note => self.note_key_use().await,
            Background::Sweep => self.sweep().await.map(drop),
        };
        if let Err(trouble) = done {
            tracing::error!(error = %trouble, "background work on the store failed; it is tried again");
        }
    }
}

/// A machine that slept does not make up for what it missed.
fn every(period: Duration) -> Interval {
    let mut interval = tokio::time::interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

#[derive(Clone, Copy)]
enum Background {
    Look,
    Note,
    Sweep,
}

impl Inner {
    fn new(settings: Settings, store: Store, wire: Wire) -> Self {
        let clock = if settings.test_mode { Clock::settable(settings.clock) } else { Clock::system() };
        Self {
            store,
            clock,
            clock_start: settings.clock,
            test_mode: settings.test_mode,
            answers: Answers::new(settings.cache),
            flights: Flights::default(),
            key_turns: Turns::default(),
            target_turns: Turns::default(),
            working: Working::default(),
            drain: Drain::default(),
            runtime: Handle::current(),
            observer: settings.observer,
            keyring: ArcSwap::default(),
            directory: ArcSwap::default(),
            maker: SlotMaker {
                wire,
                registry: settings.registry,
                calls: settings.calls,
                master_key: settings.store.master_key,
                next_serial: AtomicU32::new(1),
            },
            attempts: Attempts::new(settings.sign_in),
            inbound: settings.inbound,
            idempotency: settings.idempotency,
            retention: settings.retention,
            audit_reads: settings.audit_reads,
            status_of: settings.status_of,
            reloading: tokio::sync::Mutex::new(()),
            revision: AtomicI64::new(i64::MIN),
        }
    }
}

/// Counts acts under way, so that a stop can wait for them.
#[derive(Clone)]
pub(crate) struct Drain(watch::Sender<usize>);

/// One act under way.
pub(crate) struct UnderWay(watch::Sender<usize>);

impl Default for Drain {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Drain {
    pub(crate) fn enter(&self) -> UnderWay {
        self.0.send_modify(|acts| *acts += 1);
        UnderWay(self.0.clone())
    }

    async fn empty(&self, wait: Duration) -> bool {
        let mut acts = self.0.subscribe();
        let empty = acts.wait_for(|acts| *acts == 0);
        tokio::time::timeout(wait, empty).await.is_ok()
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.send_modify(|acts| *acts = acts.saturating_sub(1));
    }
}

impl std::fmt::Debug for Operations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Operations")
    }
}
