//! The vendor's numbers of the town's things. A contract has two, which have nothing in common (section 4.b).

use std::marker::PhantomData;

use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::id::Id;
use crate::town::network::Login;
use crate::town::people::Customer;
use crate::town::tickets::{Subject, Ticket};

/// Numbers that begin after some others.
#[derive(Debug)]
pub(super) struct Numbers<T> {
    before: u32,
    of: PhantomData<fn() -> T>,
}

pub(super) const PEOPLE: Numbers<Customer> = Numbers::after(880_000);
pub(super) const CONTRACTS: Numbers<Contract> = Numbers::after(42_000);
pub(super) const CONNECTIONS: Numbers<Login> = Numbers::after(86_300);
pub(super) const SERVICE_TAGS: Numbers<Login> = Numbers::after(300);
pub(super) const ASSIGNMENTS: Numbers<Ticket> = Numbers::after(310_000);
pub(super) const INCIDENT_TYPES: Numbers<Subject> = Numbers::after(1_000);

impl<T> Numbers<T> {
    const fn after(before: u32) -> Self {
        Self { before, of: PhantomData }
    }

    /// As the vendor shows it.
    pub(super) fn of(&self, id: Id<T>) -> u32 {
        self.before.saturating_add(id.number())
    }

    /// The town's id behind a number.
    pub(super) fn id(&self, number: u64) -> Option<Id<T>> {
        u32::try_from(number).ok()?.checked_sub(self.before).map(Id::new)
    }

    /// The same from a part of a path.
    pub(super) fn read(&self, text: &str) -> Option<Id<T>> {
        self.id(text.parse().ok()?)
    }
}

/// The number that people see, with zeros in front. It is not the id's digits.
pub(super) fn contract_number(id: Id<Contract>) -> String {
    format!("{:07}", id.number().saturating_sub(1_900))
}

/// The contract of such a number, zeros included.
pub(super) fn contract_numbered<'t>(town: &'t Town, number: &str) -> Option<&'t Contract> {
    town.contracts.iter().find(|one| contract_number(one.id) == number)
}

/// A text of ten hexadecimal digits for a link, the same each time.
pub(super) fn hash(number: u32) -> String {
    format!("{:010x}", u64::from(number).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 24)
}

/// The service tag of a connection.
pub(super) fn service_tag(id: Id<Login>) -> String {
    format!("4XD6GA{:02}", id.number() % 100)
}
