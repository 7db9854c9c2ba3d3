//! The eleven diagnostics (dossier 4.h): the contract and its holder, then the access check and the maintenance list.
//!
//! A part that fails is unreadable and leaves the others standing; only without the contract there is no diagnosis.

mod access;
mod maintenance;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{LoginStatus, Technology};
use ponte_domain::diagnostics::{Diagnosis, Reading};
use ponte_domain::known::Known;
use ponte_domain::reference::ContractRef;
use ponte_domain::{Failure, FailureKind};

use super::contracts::{Whole, services, whole_of};
use super::dialect::Need;
use super::found::{self, Found};
use super::holder::{self, Service};
use super::words::{self, Standing};
use super::{Sgp, promise, trust_unlock};
use crate::call::Call;
use crate::erp::Diagnostics;

const CAPABILITY: Capability = Capability::Diagnostics;
const NOT_SAID: &str = "The ERP does not say.";

#[async_trait]
impl Diagnostics for Sgp {
    async fn diagnose(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Diagnosis, Failure> {
        let (found, holder) = tokio::join!(
            found::contract(call, Need::Required(CAPABILITY), contract),
            holder::of(call, Need::Optional(CAPABILITY), &contract.customer),
        );
        let found = found?;
        let customer_status = match &holder {
            Ok(holder) => Reading::Is(words::customer_status(holder.contracts.iter().map(|held| held.standing))),
            Err(failure) => unreadable(failure),
        };
        let listed = holder.map(|holder| holder.services(&contract.id)).unwrap_or_default();
        let services = services(&found, listed);
        // Asked only now that the contract is known to be the customer's: the check may leave a work order behind.
        let (whole, online, maintenance, in_use) = tokio::join!(
            whole_of(call, CAPABILITY, found.clone(), services.clone()),
            access::online(call, &found, &services),
            maintenance::reading(call, &found, &services),
            trust_unlock::in_use(call, CAPABILITY, &found),
        );
        let (in_maintenance_area, outage) = maintenance;
        Ok(Diagnosis {
            customer_status,
            contract_status: contract_status(&found),
            access_status: access_status(&whole),
            trust_unlock_in_use: flag(in_use),
            trust_unlock_restricted: restricted(call, &found),
            speed: Reading::Is(found.known(found.standing.speed())),
            in_maintenance_area,
            login_status: no_login_status(),
            quota_reached: Reading::NotSupported("SGP's API does not say whether a traffic quota is used up."),
            online,
            technology: technology(&found, &services),
            outage,
        })
    }
}

fn contract_status(found: &Found) -> Reading<ponte_domain::contract::ContractStatus> {
    Reading::Is(found.known(found.standing.contract_status()))
}

/// That of a new contract hangs on its term, which may not be readable now.
fn access_status(whole: &Result<Whole, Failure>) -> Reading<ponte_domain::contract::AccessStatus> {
    match whole {
        Ok(whole) => Reading::Is(whole.contract.access.clone()),
        Err(failure) => unreadable(failure),
    }
}

fn no_login_status() -> Reading<LoginStatus> {
    Reading::NotSupported("SGP has no status of a login apart from its contract's.")
}

/// Why a part is not there: the installation has no such thing, or it cannot be had now.
fn unreadable<T>(failure: &Failure) -> Reading<T> {
    match failure.kind() {
        FailureKind::NotSupported(_) => {
            Reading::NotSupported("This installation, or this token, does not offer this part of the API.")
        }
        FailureKind::TimedOut | FailureKind::Unreachable | FailureKind::Overloaded | FailureKind::RateLimited => {
            Reading::Unreadable("The ERP did not answer this part in time.")
        }
        _ => Reading::Unreadable("The ERP's answer for this part could not be read."),
    }
}

fn flag(said: Option<bool>) -> Reading<bool> {
    said.map_or(Reading::Unreadable(NOT_SAID), |yes| Reading::Is(Known::without_word(yes)))
}

/// A block that a promise of this month would have to lift again. The count is all that SGP shows of it.
fn restricted(call: &Call<'_>, found: &Found) -> Reading<bool> {
    match promise::used_up(call.tenant, found) {
        _ if found.standing == Standing::Unknown => Reading::Unreadable(NOT_SAID),
        None => Reading::Unreadable("This version of SGP does not count payment promises."),
        Some(used_up) => Reading::Is(Known::without_word(used_up && found.standing == Standing::Suspended)),
    }
}

/// The technology of the first connection that has one.
fn technology(found: &Found, services: &[Service]) -> Reading<Technology> {
    let known = services.iter().map(|service| service.technology(&found.plan));
    let first = known.into_iter().find(|known| known.value != Technology::Unknown);
    match (first, services.is_empty()) {
        (Some(known), _) => Reading::Is(known),
        (None, true) => Reading::Unreadable("The contract has no login."),
        (None, false) => Reading::Is(Known::without_word(Technology::Unknown)),
    }
}

#[cfg(test)]
mod tests;
