//! The due factor: four digits that count days since 1997-10-07, in use from 1000 (2000-07-03) to 9999 (2025-02-21) and
//! then from 1000 again (2025-02-22), so that one factor names a date every 9000 days.

use jiff::civil::{Date, date};
use jiff::{SignedDuration, ToSpan};

/// Day 0 of the count.
const BASE: Date = date(1997, 10, 7);
/// The smallest factor; below it only 0000, "no due date", is in use.
const FIRST: i64 = 1000;
/// Factors from 1000 to 9999, hence days between two dates of the same factor.
const CYCLE: i64 = 9000;

/// The factor of a date; none before 2000-07-03.
pub(super) fn of(due: Date) -> Option<u16> {
    let days = days_between(BASE, due);
    if days < FIRST {
        return None;
    }
    u16::try_from(FIRST + (days - FIRST) % CYCLE).ok()
}

/// The date of a factor that lies nearest to `near`, never before 2000-07-03; none for factors below 1000.
pub(super) fn nearest(factor: u16, near: Date) -> Option<Date> {
    let factor = i64::from(factor);
    if factor < FIRST {
        return None;
    }
    let distance = days_between(BASE, near) - factor;
    let cycles = (distance + CYCLE / 2).div_euclid(CYCLE).max(0);
    let later = |cycles: i64| BASE.checked_add((factor + cycles * CYCLE).days()).ok();
    // The calendar ends with the year 9999; there the cycle before is the nearest that exists.
    later(cycles).or_else(|| later(cycles - 1))
}

fn days_between(from: Date, to: Date) -> i64 {
    let duration: SignedDuration = to.duration_since(from);
    duration.as_hours() / 24
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_factor_restarts_at_1000_the_day_after_9999() {
        for (due, factor) in [
            (date(2000, 7, 3), 1000),
            (date(2000, 7, 5), 1002),
            (date(2025, 2, 21), 9999),
            (date(2025, 2, 22), 1000),
            (date(2026, 12, 10), 1656),
            (date(2049, 10, 13), 9999),
            (date(2049, 10, 14), 1000),
        ] {
            assert_eq!(of(due), Some(factor), "{due}");
            assert_eq!(nearest(factor, due), Some(due), "{due}");
        }
    }

    #[test]
    fn a_date_before_the_first_factor_has_none() {
        assert_eq!(of(date(2000, 7, 2)), None);
        assert_eq!(of(BASE), None);
        assert_eq!(of(Date::MIN), None);
    }

    #[test]
    fn factors_below_1000_are_no_date() {
        for factor in [0, 1, 999] {
            assert_eq!(nearest(factor, date(2026, 1, 1)), None, "{factor}");
        }
    }

    #[test]
    fn the_same_factor_is_read_by_the_invoices_own_date() {
        assert_eq!(nearest(5000, date(2011, 6, 1)), Some(date(2011, 6, 16)));
        assert_eq!(nearest(5000, date(2036, 1, 1)), Some(date(2036, 2, 5)));
        assert_eq!(nearest(1000, date(1990, 1, 1)), Some(date(2000, 7, 3)));
    }

    fn any_due() -> impl Strategy<Value = Date> {
        (1000..40_000_i64).prop_map(|days| BASE.checked_add(days.days()).unwrap())
    }

    proptest! {
        #[test]
        fn a_date_known_within_half_a_cycle_comes_back_from_its_factor(due in any_due(), off in -4499..4499_i64) {
            let near = due.checked_add(off.days()).unwrap();
            prop_assert_eq!(nearest(of(due).unwrap(), near), Some(due));
        }

        #[test]
        fn no_date_of_the_same_factor_is_nearer(factor in 1000..=9999_u16, days in 5500..2_900_000_i64) {
            let near = BASE.checked_add(days.days()).unwrap();
            let read = nearest(factor, near).unwrap();
            prop_assert_eq!(of(read), Some(factor));
            prop_assert!(days_between(near, read).abs() <= CYCLE / 2);
        }

        #[test]
        fn any_day_and_factor_are_read_without_panic(factor: u16, year in -9999..=9999_i16, day in 1..=365_i16) {
            let near = date(year, 1, 1).checked_add(i64::from(day - 1).days()).unwrap();
            let _ = of(near);
            prop_assert_eq!(nearest(factor, near).is_some(), factor >= 1000);
        }
    }
}
