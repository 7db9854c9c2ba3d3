//! The eleven diagnostics: customer, contract with its connections, equipment, and what the portal tells of a holder
//! who signed in (dossier 4.h). Sessions, quota and reduced speed are in no API of the vendor.
//!
//! A part that fails is unreadable and leaves the others standing; only without the contract there is no diagnosis.

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{AccessStatus, Login, LoginStatus, Technology};
use ponte_domain::dates::Zone;
use ponte_domain::diagnostics::{Diagnosis, Outage, Reading};
use ponte_domain::known::Known;
use ponte_domain::reference::ContractRef;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Method;
use serde::Deserialize;

use super::contracts::{Connection, facts, seen_of_contracts, whole_of};
use super::dialect::{Need, Route, ask};
use super::portal_connections::{Attempts, attempts};
use super::values::instant;
use super::{Synsuite, customers};
use crate::call::Call;
use crate::erp::Diagnostics;
use crate::reading::flag::yes_no;
use crate::reading::prose::cleaned;
use crate::reading::rows::Nested;
use crate::reading::text::Text;

const CAPABILITY: Capability = Capability::Diagnostics;
const EQUIPMENT: Route = Route::of(Method::Get, "getaccesspointstatusbycontract", Need::Item(CAPABILITY));
const NO_SPEED: &str = "No API of Synsuite shows whether the speed is reduced.";
const NO_QUOTA: &str = "No API of Synsuite shows whether a quota is reached.";
const NO_SESSIONS: &str = "No API of Synsuite shows the subscriber's session.";
const NO_UNLOCK: &str = "No API of Synsuite shows whether a trust unlock is in use.";
const NO_COUNTS: &str = "Only the subscriber's portal tells this: the subscriber must sign in first.";
const NO_TECHNOLOGY: &str = "No API of Synsuite names the technology; only fibre shows, by its equipment.";

#[async_trait]
impl Diagnostics for Synsuite {
    async fn diagnose(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Diagnosis, Failure> {
        let wanted = [contract.id.as_str()];
        let (facts, connections, person, equipment) = tokio::join!(
            facts(call, Need::Core(CAPABILITY), contract),
            seen_of_contracts(call, Need::Optional(CAPABILITY), &contract.customer, &wanted),
            customers::one(call, Need::Core(CAPABILITY), &contract.customer),
            equipment(call, contract),
        );
        let facts = facts?;
        let (connections, unseen) = match connections {
            Ok(connections) => (connections, None),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        let whole = whole_of(facts, &connections);
        let attempts = attempts(call, CAPABILITY, contract).await;
        let (in_maintenance_area, outage) = maintenance(&whole.connections, equipment);
        Ok(Diagnosis {
            customer_status: person.map_or_else(|failure| unreadable(&failure), |person| Reading::Is(person.status)),
            contract_status: Reading::Is(whole.contract.status),
            access_status: access(whole.contract.access, unseen.as_ref()),
            trust_unlock_in_use: Reading::NotSupported(NO_UNLOCK),
            trust_unlock_restricted: restricted(attempts),
            speed: Reading::NotSupported(NO_SPEED),
            in_maintenance_area,
            // A removed connection is in a list of the whole base only (dossier 4.h), which no one diagnosis pages
            // through: it shows as a contract without a login.
            login_status: login_status(&whole.contract.logins, unseen.as_ref()),
            quota_reached: Reading::NotSupported(NO_QUOTA),
            online: Reading::NotSupported(NO_SESSIONS),
            technology: technology(&whole.connections, unseen.as_ref()),
            outage,
        })
    }
}

/// The access, as far as the contract's own status tells it where the connections could not be read.
fn access(said: Known<AccessStatus>, unseen: Option<&Failure>) -> Reading<AccessStatus> {
    match unseen {
        Some(failure) if said.value == AccessStatus::Unknown => unreadable(failure),
        _ => Reading::Is(said),
    }
}

fn login_status(logins: &[Login], unseen: Option<&Failure>) -> Reading<LoginStatus> {
    let known = || logins.first().map_or(Known::without_word(LoginStatus::NoStatus), |login| login.status.clone());
    unseen.map_or_else(|| Reading::Is(known()), unreadable)
}

/// Why a part is not there: the installation has no such thing, or it cannot be had now.
fn unreadable<T>(failure: &Failure) -> Reading<T> {
    match failure.kind() {
        FailureKind::NotSupported(_) => Reading::NotSupported("This installation does not offer this part of the API."),
        FailureKind::AccessBlocked => Reading::Unreadable("The integrator has no right to this part of the API."),
        FailureKind::NotFound(_) => Reading::Unreadable("The ERP knows nothing of the kind."),
        FailureKind::TimedOut | FailureKind::Unreachable | FailureKind::Overloaded | FailureKind::RateLimited => {
            Reading::Unreadable("The ERP did not answer this part in time.")
        }
        _ => Reading::Unreadable("The ERP's answer for this part could not be read."),
    }
}

fn restricted(attempts: Result<Option<Attempts>, Failure>) -> Reading<bool> {
    match attempts {
        Ok(Some(Attempts { left })) => Reading::Is(Known::new(left == 0, left.to_string())),
        Ok(None) => Reading::Unreadable("The portal does not tell how many trust unlocks are left."),
        Err(failure) if matches!(failure.kind(), FailureKind::NotSupported(_)) => Reading::NotSupported(NO_COUNTS),
        Err(failure) => unreadable(&failure),
    }
}

fn technology(connections: &[Connection], unseen: Option<&Failure>) -> Reading<Technology> {
    if let Some(failure) = unseen {
        return unreadable(failure);
    }
    let known = connections.iter().find(|one| one.technology.value != Technology::Unknown);
    known.map_or(Reading::NotSupported(NO_TECHNOLOGY), |one| Reading::Is(one.technology.clone()))
}

/// What the equipment says: of itself, not of the subscriber's session.
struct Equipment {
    in_maintenance: bool,
    down: bool,
    outage: Outage,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Row<'a> {
    in_maintenance: Text<'a>,
    active: Text<'a>,
    maintenance: Nested<Notice<'a>>,
}

/// `MAINTENANCE_SHAPE` (dossier 6.0): the inner shape is not known. What is there under these names is shown, and
/// nothing else hangs on it.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Notice<'a> {
    title: Text<'a>,
    description: Text<'a>,
    final_date: Text<'a>,
}

impl Row<'_> {
    fn read(self, zone: &Zone) -> Result<Equipment, Failure> {
        let in_maintenance = yes_no(self.in_maintenance.as_str())
            .ok_or_else(|| Failure::broken("The ERP does not say whether the equipment is in maintenance."))?;
        let notice = &self.maintenance.0;
        Ok(Equipment {
            in_maintenance,
            down: yes_no(self.active.as_str()) == Some(false),
            outage: Outage {
                message: cleaned(notice.description.as_str()).or_else(|| cleaned(notice.title.as_str())),
                expected_end: instant(&notice.final_date, "finalDate", zone).ok().flatten(),
            },
        })
    }
}

/// The equipment that a contract hangs on; none where the ERP names none.
async fn equipment(call: &Call<'_>, contract: &ContractRef) -> Result<Option<Equipment>, Failure> {
    let zone = &call.tenant.settings.zone;
    ask(
        call,
        EQUIPMENT,
        |route| route.read().segment(contract.id.as_str()),
        |answer| answer.found::<Row<'_>>()?.ok().map(|row| row.read(zone)).transpose(),
    )
    .await
}

/// Maintenance as the equipment or the connection's own warning page tells it. Equipment that is down is an outage too,
/// without being a maintenance.
fn maintenance(
    connections: &[Connection],
    equipment: Result<Option<Equipment>, Failure>,
) -> (Reading<bool>, Option<Outage>) {
    let warned = connections.iter().any(|one| one.in_maintenance);
    match equipment {
        Ok(Some(equipment)) if equipment.in_maintenance || warned => {
            (Reading::Is(Known::without_word(true)), Some(equipment.outage))
        }
        Ok(Some(equipment)) if equipment.down => {
            let message = "O equipamento que atende este endereço está fora de operação.".to_owned();
            let outage = Outage { message: Some(message), expected_end: None };
            (Reading::Is(Known::without_word(false)), Some(outage))
        }
        Ok(Some(_)) => (Reading::Is(Known::without_word(false)), None),
        _ if warned => (Reading::Is(Known::new(true, "4")), Some(Outage { message: None, expected_end: None })),
        Ok(None) => (Reading::Unreadable("The ERP names no equipment for this contract."), None),
        Err(failure) => (unreadable(&failure), None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::Failure;
    use ponte_domain::dates::Zone;
    use ponte_domain::diagnostics::Reading;
    use ponte_domain::failure::FailureKind;

    use super::{Equipment, Row, maintenance, restricted};
    use crate::synsuite::portal_connections::Attempts;
    use crate::synsuite::testing::connection;

    fn read(json: &str) -> Result<Equipment, Failure> {
        serde_json::from_str::<Row<'_>>(json).unwrap().read(&Zone::default())
    }

    fn is(reading: &Reading<bool>) -> Option<bool> {
        match reading {
            Reading::Is(known) => Some(known.value),
            Reading::Unreadable(_) | Reading::NotSupported(_) => None,
        }
    }

    #[test]
    fn a_maintenance_is_told_with_whatever_its_notice_says() {
        for (notice, message, end) in [
            (
                r#"{"title":"Manutenção","description":"Rompimento de fibra","finalDate":"2026-11-20T18:00:00"}"#,
                Some("Rompimento de fibra"),
                true,
            ),
            (r#"{"title":"Manutenção","finalDate":"em breve"}"#, Some("Manutenção"), false),
            (r#"{"previsao":"x"}"#, None, false),
            (r#""texto""#, None, false),
            ("null", None, false),
        ] {
            let json = format!(r#"{{"title":"OLT","inMaintenance":true,"maintenance":{notice},"active":true}}"#);
            let (reading, outage) = maintenance(&[], read(&json).map(Some));
            let outage = outage.unwrap();
            assert_eq!(
                (is(&reading), outage.message.as_deref(), outage.expected_end.is_some()),
                (Some(true), message, end)
            );
        }
    }

    #[test]
    fn equipment_that_is_down_is_an_outage_and_no_maintenance() {
        let down = read(r#"{"title":"OLT","inMaintenance":false,"maintenance":null,"active":false}"#);
        let (reading, outage) = maintenance(&[], down.map(Some));
        assert_eq!(is(&reading), Some(false));
        assert!(outage.unwrap().message.is_some());
        let well = read(r#"{"inMaintenance":false,"active":true}"#);
        assert!(maintenance(&[], well.map(Some)).1.is_none());
    }

    #[test]
    fn a_warning_page_of_the_connection_counts_where_the_equipment_says_nothing() {
        let warned = [connection("45001", "4")];
        assert_eq!(is(&maintenance(&warned, Ok(None)).0), Some(true));
        assert_eq!(is(&maintenance(&[connection("45001", "1")], Ok(None)).0), None);
        let failed = || Err(Failure::new(FailureKind::TimedOut, "no answer"));
        assert_eq!(is(&maintenance(&warned, failed()).0), Some(true));
        assert_eq!(is(&maintenance(&[], failed()).0), None);
        assert_eq!(read(r#"{"title":"OLT"}"#).err().unwrap().kind(), FailureKind::BrokenAnswer);
    }

    #[test]
    fn no_unlock_left_is_a_restriction() {
        assert_eq!(is(&restricted(Ok(Some(Attempts { left: 0 })))), Some(true));
        assert_eq!(is(&restricted(Ok(Some(Attempts { left: 2 })))), Some(false));
        assert_eq!(is(&restricted(Ok(None))), None);
    }
}
