//! What time it is: the system's, or in test mode a clock that can be set and goes on from there.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use ponte_domain::Failure;

/// The one clock of the process. Rooms below are handed instants, never this.
#[derive(Debug)]
pub struct Clock {
    shift_ms: AtomicI64,
    settable: bool,
}

impl Clock {
    /// The system's clock. It cannot be set.
    #[must_use]
    pub const fn system() -> Self {
        Self { shift_ms: AtomicI64::new(0), settable: false }
    }

    /// A clock that can be set; it starts at `start`, else at the system's time.
    #[must_use]
    pub fn settable(start: Option<Timestamp>) -> Self {
        let clock = Self { shift_ms: AtomicI64::new(0), settable: true };
        if let Some(start) = start {
            clock.shift_to(start);
        }
        clock
    }

    /// The present instant, to the millisecond: what is shown now and read back from the store later is the same.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let system = system_now();
        let shifted = system.as_millisecond().saturating_add(self.shift_ms.load(Ordering::Relaxed));
        Timestamp::from_millisecond(shifted).unwrap_or(system)
    }

    /// Sets the clock; it goes on from `to`.
    ///
    /// # Errors
    /// `InvalidInput` outside test mode.
    pub(crate) fn set(&self, to: Timestamp) -> Result<(), Failure> {
        if !self.settable {
            return Err(Failure::invalid("now", "The clock can be set in test mode only."));
        }
        self.shift_to(to);
        Ok(())
    }

    fn shift_to(&self, to: Timestamp) {
        let shift = to.as_millisecond().saturating_sub(system_now().as_millisecond());
        self.shift_ms.store(shift, Ordering::Relaxed);
    }
}

#[allow(clippy::disallowed_methods, reason = "the one place where the process reads the clock")]
fn system_now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::{SignedDuration, Timestamp};
    use ponte_domain::FailureKind;

    use super::Clock;

    #[test]
    fn a_set_clock_goes_on_from_the_set_instant() {
        let start: Timestamp = "2026-11-20T15:00:00Z".parse().unwrap();
        let clock = Clock::settable(Some(start));
        let gone = clock.now().duration_since(start);
        assert!(gone >= SignedDuration::from_millis(-1) && gone < SignedDuration::from_secs(60), "{gone:?}");
        let later: Timestamp = "2026-12-03T15:00:00Z".parse().unwrap();
        clock.set(later).unwrap();
        assert!(clock.now().duration_since(later) >= SignedDuration::from_millis(-1));
    }

    #[test]
    fn the_systems_clock_cannot_be_set() {
        let refused = Clock::system().set(Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!(refused.kind(), FailureKind::InvalidInput);
        assert_eq!(refused.field(), Some("now"));
    }
}
