//! Contracts: the services of a customer (`servicos[]`, dossier 4.b). The vendor's `contratos[]` beside them are the
//! legal documents, which only the acceptance is about.

use std::collections::HashMap;

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{Contract, ContractStatus};
use ponte_domain::failure::Subject;
use ponte_domain::reference::{ContractRef, CustomerRef};

use super::Hubsoft;
use super::billing;
use super::customers::{self, Detail, Person, Search};
use super::dialect::Need;
use crate::call::Call;
use crate::erp::Contracts;

mod address;
pub(super) mod row;

pub(super) use row::Facts;

const CAPABILITY: Capability = Capability::Contracts;

#[async_trait]
impl Contracts for Hubsoft {
    async fn of_customer(&self, call: &Call<'_>, customer: &CustomerRef) -> Result<Vec<Contract>, Failure> {
        let code = customer.id.as_str();
        let (person, due_days) = tokio::join!(
            customers::by_code(call, Need::Required(CAPABILITY), code, Detail::Services),
            billing::due_days(call, CAPABILITY, customer),
        );
        let Some(person) = person? else { return Err(Failure::not_found(Subject::Customer)) };
        let mut contracts: Vec<Contract> =
            person.services.iter().map(|facts| facts.contract(due_days.get(facts.id()).copied())).collect();
        contracts.sort_by_key(|contract| rank(contract.status.value));
        Ok(contracts)
    }

    async fn contract(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Contract, Failure> {
        Ok(whole(call, CAPABILITY, contract).await?.contract)
    }
}

/// A contract with everything that was read on the way.
pub(super) struct Whole {
    /// The holder.
    pub(super) person: Person,
    /// The service.
    pub(super) facts: Facts,
    /// The contract as published.
    pub(super) contract: Contract,
}

/// A contract of this customer, with its due day.
///
/// # Errors
/// `NotFound(Contract)` where the vendor has none or it is another customer's.
pub(super) async fn whole(call: &Call<'_>, capability: Capability, contract: &ContractRef) -> Result<Whole, Failure> {
    let (found, due_days) =
        tokio::join!(facts(call, capability, contract), billing::due_days(call, capability, &contract.customer));
    let (person, facts) = found?;
    let published = facts.contract(due_days.get(facts.id()).copied());
    Ok(Whole { person, facts, contract: published })
}

/// The service of a contract and its holder. The route answers for any id, with all services of whoever owns it or with
/// that one, so both are compared (dossier 4.b).
///
/// # Errors
/// `NotFound(Contract)` where the vendor has none or it is another customer's.
pub(super) async fn facts(
    call: &Call<'_>,
    capability: Capability,
    contract: &ContractRef,
) -> Result<(Person, Facts), Failure> {
    let id = contract.id.as_str();
    if !customers::is_number(id) {
        return Err(Failure::not_found(Subject::Contract));
    }
    let found = customers::people(call, Need::Required(capability), Search::Service(id), Detail::Services).await?;
    let mine = found.into_iter().filter(|person| person.customer.reference == contract.customer);
    for mut person in mine {
        if let Some(at) = person.services.iter().position(|facts| facts.id() == id) {
            let facts = person.services.swap_remove(at);
            return Ok((person, facts));
        }
    }
    Err(Failure::not_found(Subject::Contract))
}

/// Day of the month by service, for `Facts::contract`.
pub(super) type DueDays = HashMap<String, u8>;

/// Those in force first, then those to come, then those that have ended.
const fn rank(status: ContractStatus) -> u8 {
    match status {
        ContractStatus::Active => 0,
        ContractStatus::PreContract => 1,
        ContractStatus::Suspended => 2,
        ContractStatus::Unknown => 3,
        ContractStatus::Inactive
        | ContractStatus::NegativeListed
        | ContractStatus::Withdrawn
        | ContractStatus::Cancelled => 4,
    }
}

#[cfg(test)]
mod tests;
