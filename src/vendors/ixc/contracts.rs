//! Contracts: `cliente_contrato` with its logins, its address and what other tables know of it (dossier 4.b).

mod address;
mod logins;
mod price;
pub(super) mod row;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{AccessStatus, Contract, ContractStatus, Plan};
use ponte_domain::failure::Subject;
use ponte_domain::reference::{ContractRef, CustomerRef};
use ponte_domain::{Failure, FailureKind};

use super::Ixc;
use super::billing;
use super::catalogue;
use super::customers::{self, Person};
use super::dialect::{Answer, Need, Query, all_rows, rows, together};
use crate::call::Call;
use crate::erp::Contracts;

pub(super) use address::Place;
pub(super) use logins::{LoginFacts, of_contract as logins_of_contract, of_customer as logins_of_customer};
pub(super) use row::{Facts, Flags};

#[async_trait]
impl Contracts for Ixc {
    async fn of_customer(&self, call: &Call<'_>, customer: &CustomerRef) -> Result<Vec<Contract>, Failure> {
        let capability = Capability::Contracts;
        let (facts, logins, person) = tokio::join!(
            list(call, capability, customer),
            logins_of_customer(call, capability, customer),
            customers::by_id(call, Need::Optional(capability), customer.id.as_str()),
        );
        let (facts, logins, person) = (facts?, readable(logins)?, person.ok().flatten());
        let prices = together(facts.iter().map(|facts| price::monthly(call, capability, facts))).await;
        let mut contracts = Vec::with_capacity(facts.len());
        for (facts, price) in facts.into_iter().zip(prices) {
            let own: Vec<LoginFacts> =
                logins.iter().filter(|login| login.contract.as_deref() == Some(facts.id())).cloned().collect();
            let mut contract = assemble(call, capability, &facts, &own, person.as_ref()).await;
            contract.monthly_amount = price;
            contracts.push(contract);
        }
        contracts.sort_by_key(|contract| rank(contract.status.value));
        Ok(contracts)
    }

    async fn contract(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Contract, Failure> {
        whole(call, Capability::Contracts, contract).await.map(|whole| whole.contract)
    }
}

/// A contract with everything that was read for it. No `Debug`: it holds the person.
pub(super) struct Whole {
    /// Columns of the row that the published contract does not have.
    pub(super) facts: Facts,
    /// The contract.
    pub(super) contract: Contract,
    /// Its logins.
    pub(super) logins: Vec<LoginFacts>,
    /// Its holder, where the row could be read.
    pub(super) person: Option<Person>,
}

/// Reads a contract of this customer, with logins and address, in as few rounds as the vendor allows.
///
/// # Errors
/// `NotFound(Contract)` where the vendor has none or it is another customer's.
pub(super) async fn whole(call: &Call<'_>, capability: Capability, contract: &ContractRef) -> Result<Whole, Failure> {
    let (facts, logins, person) = tokio::join!(
        facts(call, capability, contract),
        logins_of_contract(call, capability, contract),
        customers::by_id(call, Need::Optional(capability), contract.customer.id.as_str()),
    );
    let (facts, logins, person) = (facts?, readable(logins)?, person.ok().flatten());
    let (mut contract, price) = tokio::join!(
        assemble(call, capability, &facts, &logins, person.as_ref()),
        price::monthly(call, capability, &facts),
    );
    contract.monthly_amount = price;
    Ok(Whole { facts, contract, logins, person })
}

/// The row of a contract of this customer alone.
///
/// # Errors
/// `NotFound(Contract)` where the vendor has none or it is another customer's.
pub(super) async fn facts(call: &Call<'_>, capability: Capability, contract: &ContractRef) -> Result<Facts, Failure> {
    let query = Query::equals("cliente_contrato", "id", contract.id.as_str()).at_most(1);
    let found =
        rows(call, Need::Required(capability), query, |answer| answer.page::<row::Row<'_>>()?.read(row::Row::read))
            .await?;
    found.into_iter().find(|facts| facts.reference == *contract).ok_or_else(|| Failure::not_found(Subject::Contract))
}

async fn list(call: &Call<'_>, capability: Capability, customer: &CustomerRef) -> Result<Vec<Facts>, Failure> {
    let query = Query::equals("cliente_contrato", "id_cliente", customer.id.as_str()).newest_first();
    let read = |answer: &Answer<'_>| answer.page::<row::Row<'_>>()?.read(row::Row::read);
    let mut found = all_rows(call, Need::Required(capability), query, |facts: &Facts| facts.id(), read).await?;
    found.retain(|facts| facts.reference.customer == *customer);
    Ok(found)
}

/// Logins that the token may not see are none; any other trouble is trouble, or an outage would show a contract that
/// seems to have no connection.
fn readable(logins: Result<Vec<LoginFacts>, Failure>) -> Result<Vec<LoginFacts>, Failure> {
    match logins {
        Err(failure) if matches!(failure.kind(), FailureKind::NotSupported(_) | FailureKind::AccessBlocked) => {
            Ok(Vec::new())
        }
        other => other,
    }
}

/// The contract without its price.
async fn assemble(
    call: &Call<'_>,
    capability: Capability,
    facts: &Facts,
    logins: &[LoginFacts],
    person: Option<&Person>,
) -> Contract {
    // Where the row says that the address is its own, an empty one is not filled with the holder's.
    let place = match (person, facts.address_of_customer) {
        (Some(person), Some(true)) => &person.place,
        (Some(person), None) if facts.place.is_empty() => &person.place,
        _ => &facts.place,
    };
    let branch = async {
        match &facts.branch {
            Some(id) => Some(catalogue::branch(call, capability, id).await),
            None => None,
        }
    };
    let (address, branch, due_day, plan, logins) = tokio::join!(
        place.line(call, capability),
        branch,
        Box::pin(due_day(call, capability, facts)),
        plan(call, capability, facts, logins),
        logins::published(call, capability, logins),
    );
    Contract {
        reference: facts.reference.clone(),
        number: facts.id().to_owned(),
        plan,
        status: facts.status.clone(),
        access: facts.access.clone(),
        speed: facts.speed.value,
        due_day,
        monthly_amount: None,
        address,
        logins,
        branch,
        activated_on: facts.activated_on,
        cancelled_on: facts.cancelled_on,
    }
}

/// Day of the payment terms; where their tables cannot be read, the day of the newest open invoice (dossier 4.b).
async fn due_day(call: &Call<'_>, capability: Capability, facts: &Facts) -> Option<u8> {
    let by_terms = match &facts.kind {
        Some(kind) => catalogue::due_day(call, capability, kind).await,
        None => None,
    };
    match by_terms {
        Some(day) => Some(day),
        None if facts.is_over() => None,
        None => billing::newest_due_day(call, capability, &facts.reference).await,
    }
}

/// Name by the contract's own text, else by the plan; rates by the speed group of the first login that may connect.
async fn plan(call: &Call<'_>, capability: Capability, facts: &Facts, logins: &[LoginFacts]) -> Plan {
    let group =
        logins.iter().find(|login| login.enabled).or_else(|| logins.first()).and_then(|login| login.group.as_deref());
    let speeds = match group {
        Some(id) => catalogue::speed_group(call, capability, id).await,
        None => None,
    };
    let speeds = speeds.as_deref().and_then(Option::as_ref);
    let name = match (&facts.plan_name, &facts.plan) {
        (Some(name), _) => Some(name.clone()),
        (None, Some(id)) => catalogue::sales_plan(call, capability, id)
            .await
            .as_deref()
            .and_then(Option::as_ref)
            .and_then(|plan| plan.name.clone()),
        (None, None) => None,
    };
    Plan {
        name: name.unwrap_or_default(),
        download_mbps: speeds.and_then(|group| group.download),
        upload_mbps: speeds.and_then(|group| group.upload),
    }
}

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

impl Facts {
    /// Whether the contract has ended or was never begun.
    pub(super) const fn is_over(&self) -> bool {
        matches!(
            self.status.value,
            ContractStatus::Inactive
                | ContractStatus::NegativeListed
                | ContractStatus::Withdrawn
                | ContractStatus::Cancelled
        )
    }

    /// Whether the access waits for the holder's signature, or the contract for its activation (dossier 4.g).
    pub(super) const fn awaits_signature(&self) -> bool {
        matches!(self.access.value, AccessStatus::AwaitingSignature)
            || matches!(self.status.value, ContractStatus::PreContract)
    }
}

#[cfg(test)]
mod tests;
