//! What is remembered for one tenant between calls: small tables of the ERP, sessions, and what this installation
//! turned out not to have.
//!
//! Nothing here reads a clock: the instant comes with the call. An entry made at a later instant than the present
//! one (a clock that was set back) is stale. An empty memory holds no allocation, so idle tenants cost next to
//! nothing. Nothing that belongs to one customer is kept, but for prices of contracts, lines of slips that may cost
//! the customer a message each time they are asked for, and marks of tickets, and nothing is ever written to disk.

use std::any::Any;
use std::borrow::Cow;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use tokio::sync::Mutex as Flight;

/// How much is remembered, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemorySettings {
    /// How long a capability or route that the installation does not have is not asked for again.
    pub missing_for: Duration,
    /// How long the ERP's own small tables (cities, plans, topics) are kept.
    pub catalogue_for: Duration,
    /// Most entries of one tenant.
    pub entries: usize,
}

impl Default for MemorySettings {
    fn default() -> Self {
        Self { missing_for: Duration::from_secs(15 * 60), catalogue_for: Duration::from_secs(3600), entries: 4096 }
    }
}

/// What an entry is kept under: which table of the ERP, and which row of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// The table, session or other kind of thing.
    pub shelf: &'static str,
    /// Which one; empty for a whole table.
    pub id: Cow<'static, str>,
}

impl Key {
    /// One row of a table.
    pub fn row(shelf: &'static str, id: impl Into<Cow<'static, str>>) -> Self {
        Self { shelf, id: id.into() }
    }

    /// A whole table, or the only one of its kind.
    pub const fn whole(shelf: &'static str) -> Self {
        Self { shelf, id: Cow::Borrowed("") }
    }
}

/// A tenant's memory. Shared by all calls of the tenant.
#[derive(Default)]
pub struct Memory {
    settings: MemorySettings,
    shelves: Mutex<Shelves>,
}

#[derive(Default)]
struct Shelves {
    slots: HashMap<Key, Arc<Slot>>,
    missing: HashMap<Missing, Reason>,
}

/// One entry. Whoever loads it holds `state`; the others wait there.
#[derive(Default)]
struct Slot {
    state: Flight<State>,
    /// The loads that ended, so that a waiter can tell a failure that it waited for from an older one, and the span
    /// in which the value holds, so that old entries are found without waiting for a load.
    record: Mutex<Record>,
}

#[derive(Default, Clone, Copy)]
struct Record {
    loads: u64,
    holds: Option<(Timestamp, Timestamp)>,
}

#[derive(Default)]
struct State {
    value: Option<Arc<dyn Any + Send + Sync>>,
    failure: Option<Failure>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Missing {
    Capability(Capability),
    Route(Cow<'static, str>),
}

struct Reason {
    text: Arc<str>,
    from: Timestamp,
    until: Timestamp,
}

impl Memory {
    /// An empty memory.
    pub fn new(settings: MemorySettings) -> Self {
        Self { settings, shelves: Mutex::default() }
    }

    /// How long small tables are kept.
    pub const fn catalogue_for(&self) -> Duration {
        self.settings.catalogue_for
    }

    /// The value under a key: kept, or loaded by one flight for all who ask meanwhile. A failure is not kept, but
    /// those who waited for the flight share it, so that a vendor in trouble is not asked once for each of them.
    ///
    /// `load` must not ask for the same key. Where the caller that loads gives up (a deadline), the next one loads.
    ///
    /// # Errors
    /// What `load` says; `Internal` when the key is used for values of another type.
    pub async fn load_once<T, L>(&self, key: Key, ttl: Duration, now: Timestamp, load: L) -> Result<Arc<T>, Failure>
    where
        T: Any + Send + Sync,
        L: Future<Output = Result<T, Failure>> + Send,
    {
        self.load_once_until(key, now, async { Ok((load.await?, after(now, ttl))) }).await
    }

    /// The same for a value that brings its own end, such as a session token.
    ///
    /// # Errors
    /// As [`load_once`](Self::load_once).
    pub async fn load_once_until<T, L>(&self, key: Key, now: Timestamp, load: L) -> Result<Arc<T>, Failure>
    where
        T: Any + Send + Sync,
        L: Future<Output = Result<(T, Timestamp), Failure>> + Send,
    {
        let slot = self.slot(key, now);
        let before = locked(&slot.record).loads;
        let mut state = slot.state.lock().await;
        let record = *locked(&slot.record);
        if let Some(value) = state.value.as_ref().filter(|_| record.holds_at(now)) {
            return typed(value);
        }
        if let Some(failure) = state.failure.as_ref().filter(|_| record.loads != before) {
            return Err(failure.clone());
        }
        let loaded = load.await;
        let mut record = locked(&slot.record);
        record.loads = record.loads.wrapping_add(1);
        match loaded {
            Ok((value, until)) => {
                let value = Arc::new(value);
                state.value = Some(Arc::clone(&value) as Arc<dyn Any + Send + Sync>);
                state.failure = None;
                record.holds = Some((now, until));
                Ok(value)
            }
            Err(failure) => {
                state.value = None;
                state.failure = Some(failure.clone());
                record.holds = None;
                Err(failure)
            }
        }
    }

    /// Drops a value that turned out to be no good (a session that the vendor ended), unless another call has
    /// replaced it meanwhile.
    pub async fn forget<T: Any + Send + Sync>(&self, key: &Key, value: &Arc<T>) {
        let slot = locked(&self.shelves).slots.get(key).map(Arc::clone);
        let Some(slot) = slot else { return };
        let mut state = slot.state.lock().await;
        let same = state.value.as_ref().is_some_and(|held| std::ptr::addr_eq(Arc::as_ptr(held), Arc::as_ptr(value)));
        if same {
            state.value = None;
            locked(&slot.record).holds = None;
        }
    }

    /// Remembers that this installation does not have a capability. `reason`: English, one sentence, published.
    pub fn remember_missing(&self, capability: Capability, reason: impl Into<Arc<str>>, now: Timestamp) {
        self.remember(Missing::Capability(capability), reason.into(), now);
    }

    /// Why a capability is not asked for at present.
    pub fn missing(&self, capability: Capability, now: Timestamp) -> Option<Arc<str>> {
        self.recall(&Missing::Capability(capability), now)
    }

    /// All capabilities that this installation is known not to have, each with its reason.
    pub fn all_missing(&self, now: Timestamp) -> Vec<(Capability, Arc<str>)> {
        Capability::ALL
            .into_iter()
            .filter_map(|capability| Some((capability, self.missing(capability, now)?)))
            .collect()
    }

    /// Remembers that this installation does not have a route of the vendor's API.
    pub fn remember_missing_route(
        &self,
        route: impl Into<Cow<'static, str>>,
        reason: impl Into<Arc<str>>,
        now: Timestamp,
    ) {
        self.remember(Missing::Route(route.into()), reason.into(), now);
    }

    /// Why a route is not asked for at present.
    pub fn missing_route(&self, route: impl Into<Cow<'static, str>>, now: Timestamp) -> Option<Arc<str>> {
        self.recall(&Missing::Route(route.into()), now)
    }

    /// Forgets what was missing, so that the next calls ask again: an operator has verified the tenant anew.
    pub fn forget_missing(&self) {
        locked(&self.shelves).missing.clear();
    }

    /// Forgets everything: the tenant's address, credentials or settings changed.
    pub fn clear(&self) {
        let mut shelves = locked(&self.shelves);
        shelves.slots.clear();
        shelves.missing.clear();
    }

    fn slot(&self, key: Key, now: Timestamp) -> Arc<Slot> {
        let mut shelves = locked(&self.shelves);
        if !shelves.slots.contains_key(&key) {
            shelves.make_room(self.settings.entries, now);
        }
        Arc::clone(shelves.slots.entry(key).or_default())
    }

    fn remember(&self, what: Missing, text: Arc<str>, now: Timestamp) {
        let reason = Reason { text, from: now, until: after(now, self.settings.missing_for) };
        locked(&self.shelves).missing.insert(what, reason);
    }

    fn recall(&self, what: &Missing, now: Timestamp) -> Option<Arc<str>> {
        let shelves = locked(&self.shelves);
        let reason = shelves.missing.get(what)?;
        (reason.from <= now && now < reason.until).then(|| Arc::clone(&reason.text))
    }
}

impl Shelves {
    /// Makes room for one more: stale entries go first, then those that end soonest. Entries that somebody is
    /// loading or reading stay.
    fn make_room(&mut self, entries: usize, now: Timestamp) {
        if self.slots.len() < entries.max(1) {
            return;
        }
        let in_use = |slot: &Arc<Slot>| Arc::strong_count(slot) > 1;
        self.slots.retain(|_, slot| in_use(slot) || locked(&slot.record).holds_at(now));
        if self.slots.len() < entries.max(1) {
            return;
        }
        let mut ends: Vec<Timestamp> =
            self.slots.values().filter_map(|slot| Some(locked(&slot.record).holds?.1)).collect();
        ends.sort_unstable();
        // An eighth at once, so that a full memory is not sorted for each new entry.
        let Some(soon) = ends.get(entries / 8).copied() else { return };
        self.slots.retain(|_, slot| in_use(slot) || locked(&slot.record).holds.is_some_and(|(_, until)| until > soon));
    }
}

impl Record {
    fn holds_at(&self, now: Timestamp) -> bool {
        self.holds.is_some_and(|(from, until)| from <= now && now < until)
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").field("settings", &self.settings).finish_non_exhaustive()
    }
}

fn typed<T: Any + Send + Sync>(value: &Arc<dyn Any + Send + Sync>) -> Result<Arc<T>, Failure> {
    Arc::clone(value).downcast().map_err(|_| Failure::internal("One key of a tenant's memory is used for two types."))
}

fn after(now: Timestamp, span: Duration) -> Timestamp {
    now.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// The data under the lock are whole between any two statements, so a panic elsewhere does not spoil them.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use jiff::Timestamp;
    use ponte_domain::capability::Capability;
    use ponte_domain::{Failure, FailureKind};

    use super::{Key, Memory, MemorySettings};

    const HOUR: Duration = Duration::from_secs(3600);
    const CITY: Key = Key::whole("city");

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    async fn load(memory: &Memory, counter: &AtomicU32, now: Timestamp) -> Arc<u32> {
        memory.load_once(CITY, HOUR, now, async { Ok(counter.fetch_add(1, Ordering::SeqCst)) }).await.unwrap()
    }

    #[tokio::test]
    async fn a_value_is_loaded_once_until_it_ends_or_the_clock_goes_back() {
        let (memory, counter) = (Memory::default(), AtomicU32::new(0));
        assert_eq!(*load(&memory, &counter, at(0)).await, 0);
        assert_eq!(*load(&memory, &counter, at(3599)).await, 0);
        assert_eq!(*load(&memory, &counter, at(3600)).await, 1);
        assert_eq!(*load(&memory, &counter, at(10)).await, 2, "made after the present instant");
    }

    #[tokio::test(start_paused = true)]
    async fn one_flight_serves_all_who_wait() {
        let (memory, counter) = (Memory::default(), AtomicU32::new(0));
        let slow = || {
            memory.load_once(CITY, HOUR, at(0), async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Ok(counter.fetch_add(1, Ordering::SeqCst))
            })
        };
        let (a, b, c) = tokio::join!(slow(), slow(), slow());
        assert_eq!((*a.unwrap(), *b.unwrap(), *c.unwrap()), (0, 0, 0));
        assert_eq!(counter.load(Ordering::SeqCst), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_shared_by_those_who_waited_and_not_kept() {
        let (memory, counter) = (Memory::default(), AtomicU32::new(0));
        let failing = || {
            memory.load_once::<u32, _>(CITY, HOUR, at(0), async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                counter.fetch_add(1, Ordering::SeqCst);
                Err(Failure::new(FailureKind::TimedOut, "no answer"))
            })
        };
        let (a, b, c) = tokio::join!(failing(), failing(), failing());
        for failure in [a.unwrap_err(), b.unwrap_err(), c.unwrap_err()] {
            assert_eq!(failure.kind(), FailureKind::TimedOut);
        }
        assert_eq!(counter.load(Ordering::SeqCst), 1);
        assert_eq!(*load(&memory, &counter, at(0)).await, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn when_the_loader_gives_up_the_next_one_loads() {
        let (memory, counter) = (Memory::default(), AtomicU32::new(7));
        let stuck = memory.load_once::<u32, _>(CITY, HOUR, at(0), std::future::pending());
        assert!(tokio::time::timeout(Duration::from_secs(1), stuck).await.is_err());
        assert_eq!(*load(&memory, &counter, at(0)).await, 7);
    }

    #[tokio::test]
    async fn only_the_value_that_failed_is_forgotten() {
        let (memory, counter) = (Memory::default(), AtomicU32::new(0));
        let first = load(&memory, &counter, at(0)).await;
        memory.forget(&CITY, &first).await;
        let second = load(&memory, &counter, at(0)).await;
        assert_eq!(*second, 1);
        memory.forget(&CITY, &first).await;
        assert_eq!(*load(&memory, &counter, at(0)).await, 1, "a late complaint about the first leaves the second");
    }

    #[tokio::test]
    async fn a_session_ends_at_its_own_instant() {
        let memory = Memory::default();
        let login = async |now, token: &'static str, until| {
            *memory.load_once_until(Key::whole("session"), now, async move { Ok((token, until)) }).await.unwrap()
        };
        assert_eq!(login(at(0), "first", at(60)).await, "first");
        assert_eq!(login(at(59), "second", at(120)).await, "first");
        assert_eq!(login(at(60), "second", at(120)).await, "second");
    }

    #[tokio::test]
    async fn one_key_is_for_one_type() {
        let memory = Memory::default();
        memory.load_once(CITY, HOUR, at(0), async { Ok(1_u32) }).await.unwrap();
        let other = memory.load_once(CITY, HOUR, at(0), async { Ok("text") }).await;
        assert_eq!(other.unwrap_err().kind(), FailureKind::Internal);
    }

    #[tokio::test]
    async fn a_full_memory_drops_what_ends_first() {
        let memory = Memory::new(MemorySettings { entries: 8, ..MemorySettings::default() });
        for id in 0..20_u32 {
            let ttl = Duration::from_secs(100 + u64::from(id));
            memory.load_once(Key::row("city", id.to_string()), ttl, at(0), async { Ok(id) }).await.unwrap();
        }
        let newest = memory.load_once(Key::row("city", "19"), HOUR, at(1), async { Ok(99_u32) }).await.unwrap();
        let oldest = memory.load_once(Key::row("city", "0"), HOUR, at(1), async { Ok(99_u32) }).await.unwrap();
        assert_eq!((*newest, *oldest), (19, 99));
    }

    #[test]
    fn what_is_missing_is_remembered_for_a_while() {
        let memory = Memory::new(MemorySettings { missing_for: Duration::from_secs(60), ..MemorySettings::default() });
        memory.remember_missing(Capability::Wifi, "No ACS module.", at(0));
        memory.remember_missing_route("acs_device_grid", "Not there.", at(0));
        assert_eq!(memory.missing(Capability::Wifi, at(59)).as_deref(), Some("No ACS module."));
        assert_eq!(memory.missing_route("acs_device_grid", at(59)).as_deref(), Some("Not there."));
        assert_eq!(memory.all_missing(at(1)).len(), 1);
        assert_eq!(memory.missing(Capability::Wifi, at(60)), None);
        assert_eq!(memory.missing(Capability::Billing, at(1)), None);
        memory.forget_missing();
        assert_eq!(memory.missing(Capability::Wifi, at(1)), None);
    }
}
