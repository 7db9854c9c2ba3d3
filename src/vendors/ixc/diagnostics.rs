//! The eleven diagnostics: customer, contract and logins together, then maintenance (dossier 4.h).
//!
//! A part that fails is unreadable and leaves the others standing; only without the contract there is no diagnosis.

mod maintenance;
mod sessions;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{LoginStatus, Online, Technology};
use ponte_domain::diagnostics::{Diagnosis, Reading};
use ponte_domain::known::Known;
use ponte_domain::reference::ContractRef;
use ponte_domain::{Failure, FailureKind};

use super::Ixc;
use super::catalogue;
use super::contracts::{Flags, LoginFacts, facts, logins_of_contract};
use super::customers::{self, Person};
use super::dialect::{Need, together};
use super::settings;
use crate::call::Call;
use crate::erp::Diagnostics;

const CAPABILITY: Capability = Capability::Diagnostics;
const NOT_SAID: &str = "The ERP does not say.";

#[async_trait]
impl Diagnostics for Ixc {
    async fn diagnose(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Diagnosis, Failure> {
        let (facts, logins, person) = tokio::join!(
            facts(call, CAPABILITY, contract),
            logins_of_contract(call, CAPABILITY, contract),
            customers::by_id(call, Need::Optional(CAPABILITY), contract.customer.id.as_str()),
        );
        let facts = facts?;
        let customer_status = match &person {
            Ok(Some(person)) => Reading::Is(person.customer.status.clone()),
            Ok(None) => Reading::Unreadable("The ERP has no row of the customer."),
            Err(failure) => unreadable(failure),
        };
        let points = points(
            logins.as_deref().unwrap_or_default(),
            &facts.place.point,
            person.as_ref().ok().and_then(Option::as_ref),
        );
        let ((in_maintenance_area, outage), (online, technology)) =
            tokio::join!(maintenance::reading(call, logins.as_deref().ok(), &points), async {
                match &logins {
                    Ok(logins) => tokio::join!(online(call, logins), technology(call, logins)),
                    Err(failure) => (unreadable(failure), unreadable(failure)),
                }
            },);
        Ok(Diagnosis {
            customer_status,
            contract_status: Reading::Is(facts.status.clone()),
            access_status: Reading::Is(facts.access.clone()),
            trust_unlock_in_use: flag(facts.trust.in_use),
            trust_unlock_restricted: restricted(&facts.trust),
            speed: Reading::Is(facts.speed.clone()),
            in_maintenance_area,
            login_status: logins.as_ref().map_or_else(unreadable, |logins| login_status(logins)),
            quota_reached: logins.as_ref().map_or_else(unreadable, |logins| quota_reached(logins)),
            online,
            technology,
            outage,
        })
    }
}

/// Why a part is not there: the installation has no such thing, or it cannot be had now.
fn unreadable<T>(failure: &Failure) -> Reading<T> {
    match failure.kind() {
        FailureKind::NotSupported(_) => Reading::NotSupported("This installation does not offer this part of the API."),
        FailureKind::AccessBlocked => Reading::Unreadable("The token has no permission for this part of the ERP."),
        FailureKind::TimedOut | FailureKind::Unreachable | FailureKind::Overloaded | FailureKind::RateLimited => {
            Reading::Unreadable("The ERP did not answer this part in time.")
        }
        _ => Reading::Unreadable("The ERP's answer for this part could not be read."),
    }
}

/// A yes or no of the contract's row, with the vendor's letter beside it.
fn flag(said: Option<bool>) -> Reading<bool> {
    said.map_or(Reading::Unreadable(NOT_SAID), |yes| Reading::Is(Known::new(yes, if yes { "S" } else { "N" })))
}

fn restricted(flags: &Flags) -> Reading<bool> {
    flag(flags.restricted)
}

/// A contract's login status is that of the login that works, if one does.
fn login_status(logins: &[LoginFacts]) -> Reading<LoginStatus> {
    let working = logins.iter().find(|login| login.login.status.value == LoginStatus::Active).or(logins.first());
    working.map_or(Reading::Is(Known::without_word(LoginStatus::NoStatus)), |login| {
        Reading::Is(login.login.status.clone())
    })
}

/// The quota of a contract is reached when that of one login is.
fn quota_reached(logins: &[LoginFacts]) -> Reading<bool> {
    let said: Vec<bool> = logins.iter().filter_map(|login| login.login.quota_reached).collect();
    if said.is_empty() { Reading::Unreadable(NOT_SAID) } else { flag(Some(said.contains(&true))) }
}

/// A contract is online when one of its logins is; offline when all say so.
async fn online(call: &Call<'_>, logins: &[LoginFacts]) -> Reading<Online> {
    let check = settings::session_check(call.tenant);
    let said = logins.iter().map(|login| async move {
        match login.login.online.value {
            Online::Unknown if check => {
                sessions::online(call, &login.login.name).await.unwrap_or_else(|| login.login.online.clone())
            }
            _ => login.login.online.clone(),
        }
    });
    let said = together(said).await;
    summary(&said)
}

fn summary(logins: &[Known<Online>]) -> Reading<Online> {
    let first = |value: Online| logins.iter().find(|login| login.value == value).cloned();
    let told = first(Online::Online).or_else(|| first(Online::Unknown)).or_else(|| first(Online::Offline));
    told.map_or(Reading::Unreadable("The contract has no login."), Reading::Is)
}

/// The technology of the first login that has one; else that of its speed group.
async fn technology(call: &Call<'_>, logins: &[LoginFacts]) -> Reading<Technology> {
    if let Some(login) = logins.iter().find(|login| login.login.technology.value != Technology::Unknown) {
        return Reading::Is(login.login.technology.clone());
    }
    for group in logins.iter().filter_map(|login| login.group.as_deref()) {
        if let Some(group) = catalogue::speed_group(call, CAPABILITY, group).await
            && let Some(group) = group.as_ref()
            && group.technology.value != Technology::Unknown
        {
            return Reading::Is(group.technology.clone());
        }
    }
    logins
        .first()
        .map_or(Reading::Unreadable("The contract has no login."), |login| Reading::Is(login.login.technology.clone()))
}

/// Where the access is: the login's coordinates, else the contract's, else the customer's (dossier 4.h).
fn points(
    logins: &[LoginFacts],
    contract: &Option<(String, String)>,
    person: Option<&Person>,
) -> Option<(String, String)> {
    let login = logins.iter().find_map(|login| login.point.clone());
    login.or_else(|| contract.clone()).or_else(|| person.and_then(|person| person.place.point.clone()))
}

#[cfg(test)]
mod tests;
