//! The eleven diagnostics, nearly all out of the one customer query; beside it the log of connections where that does not
//! tell, and the catalogue of alerts for the forecast (dossier 4.h).

mod alerts;
mod sessions;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{LoginStatus, Online, Speed, Technology};
use ponte_domain::diagnostics::{Diagnosis, Outage, Reading};
use ponte_domain::known::Known;
use ponte_domain::reference::ContractRef;
use ponte_domain::{Failure, FailureKind};

use super::Hubsoft;
use super::contracts::{Facts, facts};
use super::customers::Alert;
use super::trust_unlock::Used;
use crate::call::Call;
use crate::erp::Diagnostics;

pub(super) use alerts::ROUTE as ALERTS;

const CAPABILITY: Capability = Capability::Diagnostics;
const NOT_SAID: &str = "The ERP does not say.";
const NO_HISTORY: &str = "This version of the ERP does not list trust unlocks.";
const NO_RULE: &str =
    "Hubsoft's API does not say whether the trust unlock is restricted, and the tenant has no rule for it.";
const NO_LOGIN: &str = "The contract has no login.";

#[async_trait]
impl Diagnostics for Hubsoft {
    async fn diagnose(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Diagnosis, Failure> {
        let (person, facts) = facts(call, CAPABILITY, contract).await?;
        let (online, outage) = tokio::join!(online(call, &facts), outage(call, &person.alert));
        let used = Used::of(&facts, &call.tenant.settings.trust_unlock, call.today);
        let published = facts.contract(None);
        let prefix = facts.prefix_word();
        Ok(Diagnosis {
            customer_status: match person.active {
                Some(_) => Reading::Is(person.customer.status.clone()),
                None => Reading::Unreadable(NOT_SAID),
            },
            contract_status: Reading::Is(published.status),
            access_status: Reading::Is(published.access),
            trust_unlock_in_use: match used.in_use() {
                Some(in_use) => Reading::Is(Known::without_word(in_use)),
                None if facts.unlocks.is_none() => Reading::NotSupported(NO_HISTORY),
                None => Reading::Unreadable(NOT_SAID),
            },
            trust_unlock_restricted: match used.restricted() {
                Some(restricted) => Reading::Is(Known::without_word(restricted)),
                None if call.tenant.settings.trust_unlock.interval_days.is_none() => Reading::NotSupported(NO_RULE),
                None if facts.unlocks.is_none() => Reading::NotSupported(NO_HISTORY),
                None => Reading::Unreadable(NOT_SAID),
            },
            speed: match facts.prefix.speed() {
                Speed::Unknown => Reading::Unreadable(NOT_SAID),
                speed => Reading::Is(Known::new(speed, prefix)),
            },
            in_maintenance_area: match person.alert.raised {
                Some(raised) => Reading::Is(Known::new(raised, if raised { "true" } else { "false" })),
                None => Reading::Unreadable(NOT_SAID),
            },
            login_status: match facts.login() {
                Some(login) => Reading::Is(login.status),
                None => Reading::Is(Known::without_word(LoginStatus::NoStatus)),
            },
            quota_reached: match facts.prefix.quota_reached() {
                Some(reached) => Reading::Is(Known::new(reached, prefix)),
                None => Reading::Unreadable(NOT_SAID),
            },
            online,
            technology: match facts.technology.value {
                Technology::Unknown if facts.technology.vendor_word.is_none() => Reading::Unreadable(NOT_SAID),
                _ => Reading::Is(facts.technology.clone()),
            },
            outage,
        })
    }
}

/// By the service's own flag; where the concentrator's books are silent, by the newest session of the log.
async fn online(call: &Call<'_>, facts: &Facts) -> Reading<Online> {
    let Some(login) = &facts.login else { return Reading::Unreadable(NO_LOGIN) };
    let told = |online: &Known<Online>| match online.value {
        Online::Unknown => Reading::Unreadable(NOT_SAID),
        Online::Online | Online::Offline => Reading::Is(online.clone()),
    };
    if facts.online.value != Online::Unknown || facts.prefix.is_over() {
        return told(&facts.online);
    }
    match sessions::newest(call, facts, login).await {
        Ok(online) => told(&online),
        Err(failure) => Reading::Unreadable(why(&failure)),
    }
}

/// Why the second source did not tell either.
fn why(failure: &Failure) -> &'static str {
    match failure.kind() {
        FailureKind::NotSupported(_) => NOT_SAID,
        FailureKind::AccessBlocked => "The API user has no permission for this part of the ERP.",
        FailureKind::TimedOut | FailureKind::Unreachable | FailureKind::Overloaded | FailureKind::RateLimited => {
            "The ERP did not answer this part in time."
        }
        _ => "The ERP's answer for this part could not be read.",
    }
}

/// The alerts were matched to the customer by the ERP; what they say is made to be read out.
async fn outage(call: &Call<'_>, alert: &Alert) -> Option<Outage> {
    if alert.raised != Some(true) {
        return None;
    }
    let message = (!alert.messages.is_empty()).then(|| alert.messages.join("\n"));
    let expected_end = if alert.messages.is_empty() { None } else { alerts::end_of(call, &alert.messages).await };
    Some(Outage { message, expected_end })
}

#[cfg(test)]
mod tests;
