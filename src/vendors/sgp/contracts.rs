//! Contracts: rows of `consultacliente`, their connections out of `clientes`, and the term of a new one (dossier 4.b).
//!
//! Speed, price and the dates of activation and cancelling are in no row of this API; they stay unknown.

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{AccessStatus, Contract, ContractStatus, Plan};
use ponte_domain::failure::Subject;
use ponte_domain::reference::{ContractRef, CustomerRef};

use super::dialect::{Need, together};
use super::found::{self, Found};
use super::holder::{self, Service};
use super::words::Standing;
use super::{Sgp, customers, term};
use crate::call::Call;
use crate::erp::Contracts;

#[async_trait]
impl Contracts for Sgp {
    async fn of_customer(&self, call: &Call<'_>, customer: &CustomerRef) -> Result<Vec<Contract>, Failure> {
        let need = Need::Required(Capability::Contracts);
        let holder = match holder::of(call, need, customer).await {
            Ok(holder) => holder,
            Err(failure) if failure.kind() == ponte_domain::FailureKind::NotFound(Subject::Customer) => {
                return Ok(Vec::new());
            }
            Err(failure) => return Err(failure),
        };
        let found = customers::contracts_of(call, need, &holder).await?;
        let contracts = found.iter().map(|row| {
            let services = services(row, holder.services(&row.reference.id));
            async move { assemble(call, Capability::Contracts, row, &services).await }
        });
        let mut contracts = together(contracts).await.into_iter().collect::<Result<Vec<Contract>, Failure>>()?;
        contracts.sort_by_key(|contract| rank(contract.status.value));
        Ok(contracts)
    }

    async fn contract(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Contract, Failure> {
        whole(call, Capability::Contracts, contract).await.map(|whole| whole.contract)
    }
}

/// A contract with everything that was read for it. No `Debug`: it holds the person.
pub(super) struct Whole {
    /// The row.
    pub(super) found: Found,
    /// Its connections.
    pub(super) services: Vec<Service>,
    /// The contract.
    pub(super) contract: Contract,
}

/// Reads a contract of this customer with its connections.
///
/// # Errors
/// `NotFound(Contract)` where the vendor has none or it is another customer's.
pub(super) async fn whole(call: &Call<'_>, capability: Capability, contract: &ContractRef) -> Result<Whole, Failure> {
    let (found, holder) = tokio::join!(
        found::contract(call, Need::Required(capability), contract),
        holder::if_there(call, capability, &contract.customer),
    );
    let (found, holder) = (found?, holder?);
    let services = services(&found, holder.map(|holder| holder.services(&contract.id)).unwrap_or_default());
    whole_of(call, capability, found, services).await
}

/// The same out of parts that were read already.
///
/// # Errors
/// What keeps the term of a new contract from being read.
pub(super) async fn whole_of(
    call: &Call<'_>,
    capability: Capability,
    found: Found,
    services: Vec<Service>,
) -> Result<Whole, Failure> {
    let contract = assemble(call, capability, &found, &services).await?;
    Ok(Whole { found, services, contract })
}

/// The connections, or the one that the row itself names where the list of them says nothing.
pub(super) fn services(found: &Found, listed: Vec<Service>) -> Vec<Service> {
    match (&found.login, listed.is_empty()) {
        (Some(login), true) => vec![Service::named(login)],
        _ => listed,
    }
}

async fn assemble(
    call: &Call<'_>,
    capability: Capability,
    found: &Found,
    services: &[Service],
) -> Result<Contract, Failure> {
    Ok(Contract {
        reference: found.reference.clone(),
        number: found.reference.id.as_str().to_owned(),
        plan: Plan { name: found.plan.clone(), download_mbps: None, upload_mbps: None },
        status: found.known(found.standing.contract_status()),
        access: found.known(access(call, capability, found).await?),
        speed: found.standing.speed(),
        due_day: found.due_day,
        monthly_amount: None,
        address: found.address.clone(),
        logins: services.iter().map(|service| service.published(&found.plan)).collect(),
        branch: None,
        activated_on: None,
        cancelled_on: None,
    })
}

/// A new contract whose term nobody has accepted waits for the holder; one that was accepted, or that has no term, for
/// the provider.
async fn access(call: &Call<'_>, capability: Capability, found: &Found) -> Result<AccessStatus, Failure> {
    if found.standing != Standing::New {
        return Ok(found.standing.access_status());
    }
    let waits = term::if_there(call, capability, &found.reference.id).await?.is_some_and(|term| !term.accepted);
    Ok(if waits { AccessStatus::AwaitingSignature } else { found.standing.access_status() })
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
