//! One flight for many waiters: equal reads that are under way at the same time share one vendor call.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

type Cell<V> = Arc<OnceCell<V>>;
type Cells<K, V> = Mutex<HashMap<K, Cell<V>>>;

/// The reads under way. The value holds failures too, so that a flight that fails fails once for all who wait.
pub(crate) struct Flights<K: Eq + Hash, V: Clone>(Cells<K, V>);

/// Whether this visitor made the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seat {
    /// It did.
    Pilot,
    /// It waited for another's.
    Passenger,
}

impl<K: Eq + Hash, V: Clone> Default for Flights<K, V> {
    fn default() -> Self {
        Self(Mutex::new(HashMap::new()))
    }
}

impl<K: Eq + Hash + Clone, V: Clone> Flights<K, V> {
    /// Joins the flight of this key, or starts one. When the pilot goes away (its client hung up), a passenger
    /// takes over with a call of its own.
    pub(crate) async fn join(&self, key: &K, fly: impl Future<Output = V>) -> (V, Seat) {
        let boarding = Boarding { flights: self, key: key.clone(), cell: self.cell(key) };
        let mut seat = Seat::Passenger;
        let value = boarding
            .cell
            .get_or_init(|| async {
                seat = Seat::Pilot;
                fly.await
            })
            .await
            .clone();
        (value, seat)
    }

    fn cell(&self, key: &K) -> Cell<V> {
        self.lock().entry(key.clone()).or_default().clone()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Cell<V>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub(crate) fn under_way(&self) -> usize {
        self.lock().len()
    }
}

/// Takes a landed flight off the board, so that the next visitor reads anew; also one that everybody left.
struct Boarding<'a, K: Eq + Hash + Clone, V: Clone> {
    flights: &'a Flights<K, V>,
    key: K,
    cell: Cell<V>,
}

impl<K: Eq + Hash + Clone, V: Clone> Drop for Boarding<'_, K, V> {
    fn drop(&mut self) {
        let mut cells = self.flights.lock();
        let ours = cells.get(&self.key).is_some_and(|cell| Arc::ptr_eq(cell, &self.cell));
        // Two owners are the board and this visitor.
        if ours && (self.cell.initialized() || Arc::strong_count(&self.cell) == 2) {
            cells.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::{Flights, Seat};

    async fn slow(calls: &AtomicUsize) -> usize {
        let call = calls.fetch_add(1, Ordering::SeqCst) + 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
        call
    }

    #[tokio::test(start_paused = true)]
    async fn many_waiters_share_one_call() {
        let (flights, calls) = (Flights::<u8, usize>::default(), AtomicUsize::new(0));
        let waiters = (0..64).map(|_| flights.join(&7, slow(&calls)));
        let landed = futures_util::future::join_all(waiters).await;
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        assert!(landed.iter().all(|(value, _)| *value == 1));
        assert_eq!(landed.iter().filter(|(_, seat)| *seat == Seat::Pilot).count(), 1);
        assert_eq!(flights.under_way(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_visitor_after_landing_flies_anew() {
        let (flights, calls) = (Flights::<u8, usize>::default(), AtomicUsize::new(0));
        assert_eq!(flights.join(&7, slow(&calls)).await, (1, Seat::Pilot));
        assert_eq!(flights.join(&7, slow(&calls)).await, (2, Seat::Pilot));
    }

    #[tokio::test(start_paused = true)]
    async fn a_passenger_takes_over_from_a_pilot_who_went_away() {
        let (flights, calls) = (Flights::<u8, usize>::default(), AtomicUsize::new(0));
        let pilot = tokio::time::timeout(Duration::from_millis(10), flights.join(&7, slow(&calls)));
        let (gone, taken) = tokio::join!(pilot, flights.join(&7, slow(&calls)));
        assert!(gone.is_err());
        assert_eq!(taken, (2, Seat::Pilot));
        assert_eq!(flights.under_way(), 0);
    }
}
