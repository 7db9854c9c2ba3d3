//! One at a time per key: a map of small locks that forgets a key when nobody holds or waits for it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

type Locks<K> = Mutex<HashMap<K, Arc<tokio::sync::Mutex<()>>>>;

/// The locks.
pub(crate) struct Turns<K: Eq + Hash + Clone>(Arc<Locks<K>>);

/// A turn; it ends when dropped.
pub(crate) struct Turn<K: Eq + Hash + Clone> {
    locks: Arc<Locks<K>>,
    key: K,
    held: Option<OwnedMutexGuard<()>>,
}

impl<K: Eq + Hash + Clone> Default for Turns<K> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(HashMap::new())))
    }
}

impl<K: Eq + Hash + Clone> Turns<K> {
    /// Waits until nobody else has the key's turn. Waiters come in order.
    pub(crate) async fn take(&self, key: K) -> Turn<K> {
        // The turn exists before the wait, so that a waiter who gives up also tidies.
        let lock = lock(&self.0).entry(key.clone()).or_default().clone();
        let mut turn = Turn { locks: self.0.clone(), key, held: None };
        turn.held = Some(lock.lock_owned().await);
        turn
    }

    #[cfg(test)]
    pub(crate) fn keys(&self) -> usize {
        lock(&self.0).len()
    }
}

fn lock<K>(locks: &Locks<K>) -> MutexGuard<'_, HashMap<K, Arc<tokio::sync::Mutex<()>>>> {
    locks.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<K: Eq + Hash + Clone> Drop for Turn<K> {
    fn drop(&mut self) {
        self.held = None;
        let mut locks = lock(&self.locks);
        if locks.get(&self.key).is_some_and(|lock| Arc::strong_count(lock) == 1) {
            locks.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::Turns;

    #[tokio::test(start_paused = true)]
    async fn one_key_is_held_once_and_forgotten_afterwards() {
        let turns = Arc::new(Turns::<u8>::default());
        let inside = Arc::new(AtomicUsize::new(0));
        let visits = (0..10).map(|_| {
            let (turns, inside) = (turns.clone(), inside.clone());
            async move {
                let _turn = turns.take(1).await;
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                tokio::time::sleep(Duration::from_millis(5)).await;
                inside.fetch_sub(1, Ordering::SeqCst);
            }
        });
        futures_util::future::join_all(visits).await;
        assert_eq!(turns.keys(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiter_who_gives_up_leaves_nothing_behind() {
        let turns = Turns::<u8>::default();
        let first = turns.take(1).await;
        let second = tokio::time::timeout(Duration::from_millis(5), turns.take(1)).await;
        assert!(second.is_err());
        drop(second);
        drop(first);
        assert_eq!(turns.keys(), 0);
    }
}
