//! The ISP's own trust-unlock rule, for what a vendor does not say.

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use ponte_domain::tenant::TrustUnlockRule;
use ponte_domain::unlock::{Restriction, RestrictionCondition, RestrictionSource};

/// The first day on which the next unlock becomes possible, so many days after the last one. None without a rule or
/// without a last one.
pub(crate) fn restriction(rule: &TrustUnlockRule, last_used: Option<Date>) -> Option<Restriction> {
    let until = later(last_used?, rule.interval_days?)?;
    Some(Restriction { until, source: RestrictionSource::TenantRule, condition: RestrictionCondition::Date })
}

/// Until when an unlock of that day lasts.
pub(crate) fn unlocked_until(rule: &TrustUnlockRule, used: Option<Date>) -> Option<Date> {
    later(used?, rule.days_granted?)
}

fn later(day: Date, days: u16) -> Option<Date> {
    let span: Span = i32::from(days).days();
    day.checked_add(span).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;
    use ponte_domain::tenant::TrustUnlockRule;

    use super::{restriction, unlocked_until};

    #[test]
    fn dates_are_counted_from_the_last_use() {
        let rule = TrustUnlockRule { days_granted: Some(3), interval_days: Some(30) };
        let used = Some(date(2026, 11, 2));
        assert_eq!(restriction(&rule, used).unwrap().until, date(2026, 12, 2));
        assert_eq!(unlocked_until(&rule, used), Some(date(2026, 11, 5)));
        assert_eq!(restriction(&rule, None), None);
        assert_eq!(restriction(&TrustUnlockRule::default(), used), None);
        assert_eq!(unlocked_until(&TrustUnlockRule::default(), used), None);
    }
}
