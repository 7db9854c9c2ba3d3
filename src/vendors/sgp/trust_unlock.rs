//! Trust unlock by a payment promise (dossier 4.e).
//!
//! The API tells how often a contract used it this month, nothing else: not the allowance (a setting), not when the
//! next one is possible (the tenant's rule, from the day of the last one), not whether one is running (a promise this
//! month and an overdue bill on a contract that works).

use async_trait::async_trait;
use jiff::ToSpan as _;
use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Refusal;
use ponte_domain::invoice::InvoiceFilter;
use ponte_domain::reference::ContractRef;
use ponte_domain::unlock::{
    Eligible, Restriction, RestrictionSource, TrustUnlockReason, TrustUnlockState, UnlockGrant,
};

use super::contracts::whole;
use super::dialect::Need;
use super::found::Found;
use super::promise::{self, Promise};
use super::words::Standing;
use super::{Sgp, billing};
use crate::call::Call;
use crate::erp::TrustUnlock;
use crate::unlock_rule;

const CAPABILITY: Capability = Capability::TrustUnlock;
const RESTRICTED: &str = "The trust unlock was used already and is restricted.";

#[async_trait]
impl TrustUnlock for Sgp {
    async fn state(&self, call: &Call<'_>, contract: &ContractRef) -> Result<TrustUnlockState, Failure> {
        let whole = whole(call, CAPABILITY, contract).await?;
        let rule = &call.tenant.settings.trust_unlock;
        let used_up = promise::used_up(call.tenant, &whole.found);
        let in_use = in_use(call, CAPABILITY, &whole.found).await;
        let (eligible, reason) = verdict(whole.found.standing, used_up, in_use);
        let blocked = whole.found.standing == Standing::Suspended;
        let last = match (in_use, blocked && used_up == Some(true)) {
            (Some(true), _) | (_, true) => promise::last_made(call, CAPABILITY, contract).await,
            _ => None,
        };
        // The count is of this month, so an older trace is not the promise that it counts.
        let last = last.filter(|day| day.first_of_month() == call.today.first_of_month());
        Ok(TrustUnlockState {
            eligible,
            reason,
            in_use,
            restriction: unlock_rule::restriction(rule, last).filter(|restriction| {
                reason == Some(TrustUnlockReason::UsedThisPeriod) && restriction.until > call.today
            }),
            days_granted: rule.days_granted,
            unlocked_until: unlock_rule::unlocked_until(rule, last).filter(|_| in_use == Some(true)),
            contract: whole.contract,
        })
    }

    async fn unlock(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        before: &TrustUnlockState,
    ) -> Result<UnlockGrant, Failure> {
        if before.eligible == Eligible::No {
            return Err(refusal(before.reason.unwrap_or(TrustUnlockReason::VendorRule), before.restriction));
        }
        let (promise, upstream) = promise::make(call, CAPABILITY, contract).await?;
        let (reason, restriction) = match promise {
            Promise::Granted { days, until } => {
                return Ok(UnlockGrant {
                    days_granted: days,
                    unlocked_until: until.or_else(|| days.and_then(|days| after(call.today, days))),
                    at: Some(call.now),
                });
            }
            Promise::UsedUp => (TrustUnlockReason::UsedThisPeriod, restriction(call, contract).await),
            // The block may have been lifted by a payment since it was read.
            Promise::NothingToLift => (TrustUnlockReason::NotBlocked, None),
            Promise::OtherRule => (TrustUnlockReason::VendorRule, None),
        };
        Err(refusal(reason, restriction).at(upstream))
    }
}

fn after(today: Date, days: u16) -> Option<Date> {
    today.checked_add(i32::from(days).days()).ok()
}

/// What the tenant's rule makes of the last promise, where the vendor has said that one stands in the way.
async fn restriction(call: &Call<'_>, contract: &ContractRef) -> Option<Restriction> {
    let rule = &call.tenant.settings.trust_unlock;
    rule.interval_days?;
    let last = promise::last_made(call, CAPABILITY, contract).await;
    // A day that has come restricts nothing: then the vendor's reason is another one than the tenant's rule.
    unlock_rule::restriction(rule, last).filter(|restriction| restriction.until > call.today)
}

/// What the row says. "Yes" is "probably": the allowance is the provider's, and only asking tells (dossier 4.e). A
/// reduced contract is not blocked: its release is another capability.
const fn verdict(
    standing: Standing,
    used_up: Option<bool>,
    in_use: Option<bool>,
) -> (Eligible, Option<TrustUnlockReason>) {
    match (standing, used_up, in_use) {
        (Standing::Suspended, Some(true), _) => (Eligible::No, Some(TrustUnlockReason::UsedThisPeriod)),
        (Standing::Suspended, Some(false), _) => (Eligible::Yes, None),
        (Standing::Suspended | Standing::Unknown, _, _) => (Eligible::Unknown, None),
        (Standing::Active | Standing::Reduced, _, Some(true)) => (Eligible::No, Some(TrustUnlockReason::AlreadyInUse)),
        (Standing::Active | Standing::Reduced, _, _) => (Eligible::No, Some(TrustUnlockReason::NotBlocked)),
        (Standing::New, _, _) => (Eligible::No, Some(TrustUnlockReason::VendorRule)),
        (Standing::Inactive | Standing::Cancelled | Standing::NotFeasible, _, _) => {
            (Eligible::No, Some(TrustUnlockReason::ContractCancelled))
        }
    }
}

/// Whether an unlock is running: a contract that works, a promise this month, and a bill that is overdue all the same
/// (dossier 4.h). None where the version does not count promises or the bills cannot be read.
pub(super) async fn in_use(call: &Call<'_>, capability: Capability, found: &Found) -> Option<bool> {
    match found.standing {
        Standing::Unknown => return None,
        Standing::Active | Standing::Reduced if found.promises? > 0 => {}
        _ => return Some(false),
    }
    let need = Need::Optional(capability);
    let open = billing::of_contract(call, need, &found.reference, InvoiceFilter::Open).await.ok()?;
    // By the date: a bill that is paid in part is late too.
    Some(open.iter().any(|invoice| invoice.due_date.is_some_and(|due| due < call.today)))
}

fn refusal(reason: TrustUnlockReason, restriction: Option<Restriction>) -> Failure {
    if reason != TrustUnlockReason::UsedThisPeriod {
        return Failure::refused(
            Refusal::TrustUnlockNotEligible(reason),
            "The contract cannot be unlocked on trust now.",
        );
    }
    let refusal = Refusal::TrustUnlockRestricted {
        until: restriction.map(|restriction| restriction.until),
        source: restriction.map_or(RestrictionSource::Vendor, |restriction| restriction.source),
        condition: restriction.map(|restriction| restriction.condition),
        reason,
    };
    Failure::refused(refusal, RESTRICTED)
}

#[cfg(test)]
mod tests {
    use ponte_domain::unlock::{Eligible, TrustUnlockReason};

    use super::verdict;
    use crate::sgp::words::Standing;

    #[test]
    fn the_row_says_whether_asking_makes_sense() {
        use Standing::{Active, Cancelled, Inactive, New, NotFeasible, Reduced, Suspended, Unknown};
        use TrustUnlockReason::{AlreadyInUse, ContractCancelled, NotBlocked, UsedThisPeriod, VendorRule};
        let no = |reason| (Eligible::No, Some(reason));
        for (standing, used_up, in_use, expected) in [
            (Suspended, Some(false), Some(false), (Eligible::Yes, None)),
            (Suspended, Some(true), Some(false), no(UsedThisPeriod)),
            (Suspended, None, None, (Eligible::Unknown, None)),
            (Active, Some(true), Some(true), no(AlreadyInUse)),
            (Active, Some(true), Some(false), no(NotBlocked)),
            (Active, Some(false), None, no(NotBlocked)),
            (Reduced, Some(false), Some(false), no(NotBlocked)),
            (New, Some(false), Some(false), no(VendorRule)),
            (Inactive, None, None, no(ContractCancelled)),
            (Cancelled, Some(true), None, no(ContractCancelled)),
            (NotFeasible, None, None, no(ContractCancelled)),
            (Unknown, Some(false), None, (Eligible::Unknown, None)),
        ] {
            assert_eq!(verdict(standing, used_up, in_use), expected, "{standing:?} {used_up:?} {in_use:?}");
        }
    }
}
