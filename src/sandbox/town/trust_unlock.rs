//! Trust unlock: 3 days, once a month.

use jiff::ToSpan;
use jiff::civil::Date;

use super::Town;
use super::contracts::{Access, Contract, Standing};
use super::id::Id;
use super::writes::WriteKind;

/// Days that an unlock lasts; the last one is still unlocked.
const DAYS: i64 = 3;

/// Why an unlock was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnlockRefusal {
    /// No such contract.
    NoSuchContract,
    /// The contract is not active.
    ContractNotActive,
    /// Its access is not blocked.
    NotBlocked,
    /// It is blocked by an operator's hand, or not yet signed: trust does not help.
    NotForDebt,
    /// Used within a month.
    Restricted {
        /// When it was used.
        used_on: Date,
        /// By when the bill should have been paid.
        pay_by: Date,
        /// The first day on which it may be used again.
        until: Date,
    },
}

impl Contract {
    /// The last day of the last unlock.
    pub fn unlocked_until(&self) -> Option<Date> {
        self.trust_used_on.map(|used| used.saturating_add(DAYS.days()))
    }

    /// Whether an unlock is running on this day.
    pub fn trust_unlock_runs(&self, today: Date) -> bool {
        matches!(self.base_access, Access::BlockedForDebt(_)) && self.unlocked_until().is_some_and(|last| today <= last)
    }

    /// The first day on which an unlock is possible again, when that is not this day. A month after
    /// the last one: used on 2026-11-02, again on 2026-12-02.
    pub fn trust_restricted_until(&self, today: Date) -> Option<Date> {
        let again = self.trust_used_on?.saturating_add(1.month());
        (today < again).then_some(again)
    }
}

impl Town {
    /// Unlocks a contract blocked for debt; gives the last day of the unlock.
    pub(crate) fn unlock_on_trust(&mut self, id: Id<Contract>) -> Result<Date, UnlockRefusal> {
        let (now, today) = (self.clock(), self.today());
        let contract = self.contract_mut(id).ok_or(UnlockRefusal::NoSuchContract)?;
        if contract.standing != Standing::Active {
            return Err(UnlockRefusal::ContractNotActive);
        }
        match contract.access_at(now) {
            Access::BlockedForDebt(_) => {}
            Access::Active | Access::LateNotice => return Err(UnlockRefusal::NotBlocked),
            Access::BlockedByHand | Access::AwaitingSignature | Access::Disabled => {
                return Err(UnlockRefusal::NotForDebt);
            }
        }
        if let (Some(until), Some(used_on)) = (contract.trust_restricted_until(today), contract.trust_used_on) {
            let pay_by = used_on.saturating_add(DAYS.days());
            return Err(UnlockRefusal::Restricted { used_on, pay_by, until });
        }
        contract.trust_used_on = Some(today);
        self.wrote(WriteKind::TrustUnlock, Some(id));
        self.dial_in(id);
        Ok(today.saturating_add(DAYS.days()))
    }
}
