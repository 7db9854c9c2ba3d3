//! Contracts by document, with their connections from the map API (dossier 4.b).
//!
//! A contract has two numbers: `id`, which most routes take and which is its reference here, and `contractNumber`, which
//! people see and the unlock takes. Mixing them is the classic fault.

mod connection;
mod row;
mod speed;

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{AccessStatus, Contract, ContractStatus, Plan, Speed};
use ponte_domain::failure::Subject;
use ponte_domain::known::Known;
use ponte_domain::reference::{ContractRef, CustomerRef};
use ponte_transport::Method;
use serde::Serialize;

use super::Synsuite;
use super::dialect::{Need, PAGE_ROWS, Route, all_pages, ask};
use super::reference::Owner;
use super::words::{Stage, Standing};
use crate::call::Call;
use crate::erp::Contracts;

#[cfg(test)]
pub(super) use connection::testing_connection;
pub(super) use connection::{Connection, of_contracts, seen_of_contracts};
pub(super) use row::Facts;

const CAPABILITY: Capability = Capability::Contracts;

const fn route(need: Need) -> Route {
    Route::of(Method::Post, "contract/getpaged", need)
}

#[async_trait]
impl Contracts for Synsuite {
    async fn of_customer(&self, call: &Call<'_>, customer: &CustomerRef) -> Result<Vec<Contract>, Failure> {
        let found = facts_of_customer(call, Need::Core(CAPABILITY), customer).await?;
        let ids: Vec<&str> = found.iter().map(Facts::id).collect();
        let connections = of_contracts(call, Need::Optional(CAPABILITY), customer, &ids).await?;
        let mut contracts: Vec<Contract> =
            found.into_iter().map(|facts| whole_of(facts, &connections).contract).collect();
        contracts.sort_by_key(|contract| rank(contract.status.value));
        Ok(contracts)
    }

    async fn contract(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Contract, Failure> {
        Ok(whole(call, Need::Core(CAPABILITY), contract).await?.contract)
    }
}

/// A contract with what other capabilities need of it. No `Debug`: it has the address.
pub(super) struct Whole {
    /// As published.
    pub(super) contract: Contract,
    /// What its status says of the access.
    pub(super) standing: Standing,
    /// How far it is on its way into force.
    pub(super) stage: Stage,
    /// Its own connections.
    pub(super) connections: Vec<Connection>,
}

impl Whole {
    /// Whether it has ended or was dropped before it began.
    pub(super) fn is_over(&self) -> bool {
        self.standing == Standing::Over || self.stage.is_dropped()
    }
}

/// One contract with its connections, both asked for at once.
pub(super) async fn whole(call: &Call<'_>, need: Need, contract: &ContractRef) -> Result<Whole, Failure> {
    let wanted = [contract.id.as_str()];
    let optional = Need::Optional(CAPABILITY);
    let (found, connections) =
        tokio::join!(facts(call, need, contract), of_contracts(call, optional, &contract.customer, &wanted),);
    let found = found?;
    Ok(whole_of(found, &connections?))
}

/// The row of one contract.
pub(super) async fn facts(call: &Call<'_>, need: Need, contract: &ContractRef) -> Result<Facts, Failure> {
    let found = facts_of_customer(call, need, &contract.customer).await?;
    found.into_iter().find(|facts| facts.reference == *contract).ok_or_else(|| Failure::not_found(Subject::Contract))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Query<'a> {
    tx_id: &'a str,
    only_active_contracts: bool,
    page: u32,
    page_size: u16,
}

/// Whether the route answers at all.
pub(super) async fn is_there(call: &Call<'_>, need: Need, document: &str) -> Result<(), Failure> {
    let query = Query { tx_id: document, only_active_contracts: false, page: 1, page_size: 5 };
    ask(call, route(need), |route| route.read().json(&query), |_| Ok(())).await
}

/// The rows of a customer's contracts, ended ones too. Rows of another document are dropped.
pub(super) async fn facts_of_customer(
    call: &Call<'_>,
    need: Need,
    customer: &CustomerRef,
) -> Result<Vec<Facts>, Failure> {
    let owner = Owner::of(customer)?;
    let query = |page| Query { tx_id: owner.document, only_active_contracts: false, page, page_size: PAGE_ROWS };
    let found = all_pages(
        call,
        route(need),
        |route, page| route.read().json(&query(page)),
        |(facts, _): &(Facts, bool)| facts.id(),
        |answer| answer.rows::<row::Row<'_>>()?.into_iter().map(|row| row.read(customer, owner)).collect(),
    )
    .await?;
    Ok(found.into_iter().filter(|(_, mine)| *mine).map(|(facts, _)| facts).collect())
}

/// A row and the connections that are its own.
pub(super) fn whole_of(facts: Facts, connections: &[Connection]) -> Whole {
    let own: Vec<Connection> = connections.iter().filter(|one| one.contract == facts.id()).cloned().collect();
    let stage = facts.stage.unwrap_or_else(|| own.iter().find_map(|one| one.stage).unwrap_or(Stage::Live));
    let (status, access) = standing(&facts, stage, &own);
    let address = own.iter().find_map(|one| one.address.clone());
    let standing = facts.standing;
    let (name, speed) = facts.plan();
    let contract = Contract {
        // The API has no speed: it is read off the service's title, and none where that says nothing.
        plan: Plan { name, download_mbps: speed, upload_mbps: None },
        status,
        access,
        // No surface of the vendor tells a reduced speed (dossier 4.f).
        speed: Speed::Unknown,
        due_day: facts.due_day,
        monthly_amount: facts.monthly_amount,
        address,
        logins: own.iter().map(Connection::login).collect(),
        branch: None,
        activated_on: facts.begins,
        // The end of a contract in force is that of its term.
        cancelled_on: facts.ends.filter(|_| standing == Standing::Over),
        number: facts.number,
        reference: facts.reference,
    };
    Whole { contract, standing, stage, connections: own }
}

/// State and access of a contract. What its own status says comes first, then its stage, then its connections.
fn standing(facts: &Facts, stage: Stage, connections: &[Connection]) -> (Known<ContractStatus>, Known<AccessStatus>) {
    let said = |status: ContractStatus, access: AccessStatus| {
        let word = worst(connections).vendor_word;
        (Known { value: status, ..facts.status.clone() }, Known { value: access, vendor_word: word })
    };
    let status = facts.status.value;
    match (facts.standing, stage) {
        (Standing::Over, _) => said(status, AccessStatus::Disabled),
        (_, Stage::Draft | Stage::InApproval) => said(ContractStatus::PreContract, AccessStatus::AwaitingSignature),
        (_, Stage::Rejected) => said(ContractStatus::Withdrawn, AccessStatus::Disabled),
        (_, Stage::Cancelled) => said(ContractStatus::Cancelled, AccessStatus::Disabled),
        // Only stage 3 is in force (dossier 4.b).
        (_, Stage::Unknown) => said(ContractStatus::Unknown, worst(connections).value),
        (Standing::Blocked | Standing::BlockedForDebt, Stage::Live) => said(status, AccessStatus::Blocked),
        (Standing::InForce | Standing::Unknown, Stage::Live) => (facts.status.clone(), worst(connections)),
    }
}

/// The access of several connections is that of the worst; of none it is not known.
fn worst(connections: &[Connection]) -> Known<AccessStatus> {
    let weight = |status: AccessStatus| match status {
        AccessStatus::Blocked => 4,
        AccessStatus::PaymentOverdue => 3,
        AccessStatus::Unknown => 2,
        AccessStatus::Active => 1,
        AccessStatus::Disabled | AccessStatus::AwaitingSignature => 0,
    };
    let worst = connections.iter().max_by_key(|one| weight(one.access.value));
    worst.map_or(Known::without_word(AccessStatus::Unknown), |one| one.access.clone())
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

/// Trouble with a part that leaves the rest standing for good: the installation or the integrator does not have it.
const fn is_out_of_reach(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::NotSupported(_) | FailureKind::AccessBlocked)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) use tests::testing_whole;
