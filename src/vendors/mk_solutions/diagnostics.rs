//! The eleven diagnostics: customer, contract, connections, their sessions and the outages (dossier 4.h).
//!
//! A part that fails is unreadable and leaves the others standing; only without the contract there is no diagnosis.

mod outages;
mod session;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{LoginStatus, Online, Speed, Technology};
use ponte_domain::diagnostics::{Diagnosis, Reading};
use ponte_domain::known::Known;
use ponte_domain::reference::ContractRef;
use ponte_domain::{Failure, FailureKind};

use super::contracts::{self, Connection, Facts};
use super::dialect::{Need, together};
use super::{MkSolutions, customers, words};
use crate::call::Call;
use crate::erp::Diagnostics;

pub(super) use outages::OPEN as OUTAGES;
pub(super) use session::RULE as SESSION;

const CAPABILITY: Capability = Capability::Diagnostics;
const NOT_SAID: &str = "The ERP does not say.";
const NO_CONNECTION: &str = "The contract has no connection.";
const NO_UNLOCK_STATE: &str = "MK Solutions' API does not tell whether a trust unlock is in use or restricted; only the unlock itself is refused.";
const NO_QUOTA: &str = "MK Solutions' API knows no traffic quota.";

#[async_trait]
impl Diagnostics for MkSolutions {
    async fn diagnose(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Diagnosis, Failure> {
        let (found, connections, person) = tokio::join!(
            contracts::found(call, CAPABILITY, contract),
            contracts::connections(call, Need::Optional(CAPABILITY), &contract.customer),
            customers::by_id(call, Need::Optional(CAPABILITY), contract.customer.id.as_str()),
        );
        let found = found?;
        let facts = &found.facts;
        let customer_status = match &person {
            Ok(Some(person)) => Reading::Is(person.status.clone()),
            Ok(None) => Reading::Unreadable("The ERP has no registration of the customer."),
            Err(failure) => unreadable(failure),
        };
        let mine = connections.map(|all| found.own(all));
        let ((in_maintenance_area, outage), online) = match &mine {
            Ok(mine) => tokio::join!(outages::reading(call, mine), online(call, mine)),
            Err(failure) => ((unreadable(failure), None), unreadable(failure)),
        };
        let Parts { access_status, speed, login_status, technology } = Parts::of(&mine, facts);
        Ok(Diagnosis {
            customer_status,
            contract_status: Reading::Is(facts.status.clone()),
            access_status,
            trust_unlock_in_use: Reading::NotSupported(NO_UNLOCK_STATE),
            trust_unlock_restricted: Reading::NotSupported(NO_UNLOCK_STATE),
            speed,
            in_maintenance_area,
            login_status,
            quota_reached: Reading::NotSupported(NO_QUOTA),
            online,
            technology,
            outage,
        })
    }
}

/// What the connections tell by themselves.
struct Parts {
    access_status: Reading<ponte_domain::contract::AccessStatus>,
    speed: Reading<Speed>,
    login_status: Reading<LoginStatus>,
    technology: Reading<Technology>,
}

impl Parts {
    fn of(connections: &Result<Vec<Connection>, Failure>, facts: &Facts) -> Self {
        match connections {
            Ok(mine) => Self {
                access_status: Reading::Is(contracts::access(facts.status.value, mine)),
                speed: speed(mine),
                login_status: login_status(mine),
                technology: technology(mine),
            },
            Err(failure) => Self {
                access_status: unreadable(failure),
                speed: unreadable(failure),
                login_status: unreadable(failure),
                technology: unreadable(failure),
            },
        }
    }
}

/// Why a part is not there: the installation has no such thing, or it cannot be had now.
fn unreadable<T>(failure: &Failure) -> Reading<T> {
    match failure.kind() {
        FailureKind::NotSupported(_) => Reading::NotSupported("This installation does not offer this part of the API."),
        FailureKind::AccessBlocked => {
            Reading::Unreadable("The webservice profile is not authorised for this part of the ERP.")
        }
        FailureKind::TimedOut | FailureKind::Unreachable | FailureKind::Overloaded | FailureKind::RateLimited => {
            Reading::Unreadable("The ERP did not answer this part in time.")
        }
        _ => Reading::Unreadable("The ERP's answer for this part could not be read."),
    }
}

fn speed(mine: &[Connection]) -> Reading<Speed> {
    match contracts::speed(mine) {
        Speed::Unknown if mine.is_empty() => Reading::Unreadable(NO_CONNECTION),
        Speed::Unknown => Reading::Unreadable(NOT_SAID),
        said => Reading::Is(Known::new(said, if said == Speed::Reduced { "Sim" } else { "Não" })),
    }
}

/// A contract's login status is that of the connection that works, if one does.
fn login_status(mine: &[Connection]) -> Reading<LoginStatus> {
    let working = mine.iter().find(|connection| connection.blocked == Some(false)).or(mine.first());
    Reading::Is(working.map_or(Known::without_word(LoginStatus::NoStatus), |connection| connection.login().status))
}

/// The technology of the first connection that has one; older builds have no such column.
fn technology(mine: &[Connection]) -> Reading<Technology> {
    let Some(first) = mine.first() else { return Reading::Unreadable(NO_CONNECTION) };
    let told = mine.iter().find(|connection| !connection.technology.is_empty()).unwrap_or(first);
    if told.technology.is_empty() {
        return Reading::NotSupported("This release of the ERP does not tell the technology of a connection.");
    }
    Reading::Is(words::technology(&told.technology))
}

/// A contract is online when one of its connections is; offline when all that could be asked are.
async fn online(call: &Call<'_>, mine: &[Connection]) -> Reading<Online> {
    let asked = together(mine.iter().map(|connection| session::online(call, &connection.id))).await;
    if asked.is_empty() {
        return Reading::Unreadable(NO_CONNECTION);
    }
    if asked.iter().flatten().any(|online| *online == Online::Online) {
        return Reading::Is(Known::without_word(Online::Online));
    }
    match asked.into_iter().find_map(Result::err) {
        Some(failure) => unreadable(&failure),
        None => Reading::Is(Known::without_word(Online::Offline)),
    }
}

#[cfg(test)]
mod tests {
    use ponte_domain::FailureKind;
    use ponte_domain::contract::{LoginStatus, Speed, Technology};
    use ponte_domain::diagnostics::Reading;

    use super::{CAPABILITY, Connection, login_status, speed, technology, unreadable};

    fn connections(columns: &[&str]) -> Vec<Connection> {
        columns.iter().map(|columns| Connection::of(&format!(r#"{{"codconexao":1,{columns}}}"#))).collect()
    }

    #[test]
    fn several_connections_are_one_answer() {
        let value = |columns: &[&str]| match login_status(&connections(columns)) {
            Reading::Is(known) => Some(known.value),
            _ => None,
        };
        assert_eq!(value(&[r#""bloqueada":"Sim""#, r#""bloqueada":"Não""#]), Some(LoginStatus::Active));
        assert_eq!(value(&[r#""bloqueada":"Sim""#]), Some(LoginStatus::Inactive));
        assert_eq!(value(&[]), Some(LoginStatus::NoStatus));
    }

    #[test]
    fn what_the_release_does_not_tell_is_not_invented() {
        let told = |columns: &[&str]| technology(&connections(columns));
        assert!(matches!(
            told(&[r#""tecnologia":"""#, r#""tecnologia":"Ftth""#]),
            Reading::Is(known) if known.value == Technology::Fiber
        ));
        assert!(matches!(told(&[r#""bloqueada":"Não""#]), Reading::NotSupported(_)));
        assert!(matches!(told(&[]), Reading::Unreadable(_)));
        assert!(matches!(speed(&connections(&[r#""bloqueada":"Não""#])), Reading::Unreadable(_)));
        assert!(matches!(
            speed(&connections(&[r#""esta_reduzida":"Não""#, r#""esta_reduzida":"Sim""#])),
            Reading::Is(known) if known.value == Speed::Reduced
        ));
    }

    #[test]
    fn a_part_says_why_it_is_not_there() {
        for (kind, supported) in [
            (FailureKind::NotSupported(CAPABILITY), false),
            (FailureKind::AccessBlocked, true),
            (FailureKind::Overloaded, true),
            (FailureKind::BrokenAnswer, true),
        ] {
            let reading: Reading<bool> = unreadable(&ponte_domain::Failure::new(kind, "x"));
            assert_eq!(matches!(reading, Reading::Unreadable(_)), supported, "{kind:?}");
        }
    }
}
