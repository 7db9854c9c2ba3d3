//! Plans and contracts, and what a contract's access is at a given moment.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use ponte_domain::money::Cents;

use super::Town;
use super::id::Id;
use super::network::Technology;
use super::people::{Branch, Customer};
use super::writes::WriteKind;

/// How long the operators' temporary release lasts (IXC dossier 4.e: 72 hours, once in 30 days).
const TEMPORARY_RELEASE_HOURS: i64 = 72;
const TEMPORARY_RELEASE_PAUSE_DAYS: i64 = 30;

/// What is sold.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Its number.
    pub id: Id<Plan>,
    /// What it is called.
    pub name: &'static str,
    /// Mbit/s.
    pub download: u32,
    /// Mbit/s.
    pub upload: u32,
    /// A month.
    pub price: Cents,
    /// How it is delivered.
    pub technology: Technology,
}

/// Where a contract is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Agreed on, not yet active.
    PreContract,
    /// Active.
    Active,
    /// Cancelled on this day.
    Cancelled(Date),
}

/// What a contract may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// All of it.
    Active,
    /// Nothing, for unpaid bills, since this day.
    BlockedForDebt(Date),
    /// Nothing, by an operator's hand.
    BlockedByHand,
    /// All of it, with a notice about unpaid bills.
    LateNotice,
    /// Nothing until the contract is signed.
    AwaitingSignature,
    /// Nothing: the contract is over.
    Disabled,
}

/// Whether the speed is the plan's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speed {
    /// As sold.
    Normal,
    /// Slowed down for unpaid bills.
    Reduced,
}

/// Who bought what.
#[derive(Debug, Clone)]
pub struct Contract {
    /// Its number.
    pub id: Id<Contract>,
    /// What `sandbox-world.md` calls it, `A1`. No vendor shows it.
    pub label: &'static str,
    /// Who.
    pub customer: Id<Customer>,
    /// What.
    pub plan: Id<Plan>,
    /// Where it is in its life.
    pub standing: Standing,
    /// What it may use but for unlocks; see [`Contract::access_at`].
    pub base_access: Access,
    /// Whether the speed is the plan's.
    pub speed: Speed,
    /// The day of the month on which its bills fall due.
    pub due_day: u8,
    /// When it was agreed on.
    pub agreed_on: Date,
    /// When it became active.
    pub activated_on: Option<Date>,
    /// The last day on which it was unlocked on trust.
    pub trust_used_on: Option<Date>,
    /// The last moment at which it was released for some hours.
    pub temporarily_released_at: Option<DateTime>,
    /// The last day on which its speed was released.
    pub speed_released_on: Option<Date>,
    /// The office that serves it.
    pub branch: Id<Branch>,
}

/// An entry of a contract's history.
#[derive(Debug, Clone)]
pub struct ContractNote {
    /// Its number.
    pub id: Id<ContractNote>,
    /// Whose contract.
    pub customer: Id<Customer>,
    /// Which contract.
    pub contract: Id<Contract>,
    /// When.
    pub written_on: Date,
    /// What.
    pub text: String,
}

impl Contract {
    /// What it may use at this moment, unlocks counted.
    pub fn access_at(&self, now: DateTime) -> Access {
        match self.base_access {
            Access::BlockedForDebt(_) if self.trust_unlock_runs(now.date()) || self.temporary_release_runs(now) => {
                Access::Active
            }
            access => access,
        }
    }

    fn temporary_release_runs(&self, now: DateTime) -> bool {
        self.temporarily_released_at.is_some_and(|at| now < at.saturating_add(TEMPORARY_RELEASE_HOURS.hours()))
    }
}

/// Why a temporary release did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseRefusal {
    /// No such contract.
    NoSuchContract,
    /// It is not blocked.
    NotBlocked,
    /// Released within the last 30 days.
    TooSoon,
}

impl Town {
    /// Releases a blocked contract for 72 hours, at most once in 30 days.
    pub(crate) fn release_temporarily(&mut self, id: Id<Contract>) -> Result<(), ReleaseRefusal> {
        let now = self.clock();
        let contract = self.contract_mut(id).ok_or(ReleaseRefusal::NoSuchContract)?;
        let recent = contract
            .temporarily_released_at
            .is_some_and(|at| now < at.saturating_add(TEMPORARY_RELEASE_PAUSE_DAYS.days()));
        if recent {
            return Err(ReleaseRefusal::TooSoon);
        }
        if !matches!(contract.access_at(now), Access::BlockedForDebt(_)) {
            return Err(ReleaseRefusal::NotBlocked);
        }
        contract.temporarily_released_at = Some(now);
        self.wrote(WriteKind::TemporaryRelease, Some(id));
        self.dial_in(id);
        Ok(())
    }

    /// Sets the access of an active contract by an operator's hand; false when there is none.
    pub(crate) fn set_access(&mut self, id: Id<Contract>, access: Access) -> bool {
        let Some(contract) = self.contract_mut(id) else { return false };
        if contract.standing != Standing::Active {
            return false;
        }
        contract.base_access = access;
        self.wrote(WriteKind::AccessChange, Some(id));
        if access == Access::Active {
            self.dial_in(id);
        }
        true
    }

    /// Writes into a contract's history.
    pub(crate) fn add_note(
        &mut self,
        customer: Id<Customer>,
        contract: Id<Contract>,
        text: String,
    ) -> Id<ContractNote> {
        let last = self.notes.iter().map(|note| note.id.number()).max().unwrap_or(0);
        let id = Id::new(last + 1);
        let written_on = self.today();
        self.notes.push(ContractNote { id, customer, contract, written_on, text });
        self.wrote(WriteKind::NoteAdded, Some(contract));
        id
    }
}
