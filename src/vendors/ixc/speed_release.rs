//! Release of the reduced speed ("suspensão parcial", dossier 4.f).

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{ContractStatus, Speed};
use ponte_domain::failure::Refusal;
use ponte_domain::reference::ContractRef;
use ponte_domain::unlock::{Eligible, SpeedReleaseReason, SpeedReleaseState};
use serde::Serialize;

use super::contracts::{Facts, whole};
use super::dialect::{Need, Outcome, act};
use super::{Ixc, reconnect, settings};
use crate::call::Call;
use crate::erp::SpeedRelease;

const CAPABILITY: Capability = Capability::SpeedRelease;

#[async_trait]
impl SpeedRelease for Ixc {
    async fn state(&self, call: &Call<'_>, contract: &ContractRef) -> Result<SpeedReleaseState, Failure> {
        let whole = whole(call, CAPABILITY, contract).await?;
        let quota_reached = whole.logins.iter().any(|login| login.login.quota_reached == Some(true));
        let (releasable, reason) = verdict(&whole.facts, quota_reached);
        let reduced = match whole.facts.speed.value {
            Speed::Reduced => Some(true),
            Speed::Normal => Some(false),
            Speed::Unknown => None,
        };
        Ok(SpeedReleaseState { reduced, releasable, reason, contract: whole.contract })
    }

    async fn release(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        before: &SpeedReleaseState,
    ) -> Result<(), Failure> {
        #[derive(Serialize)]
        struct Body<'a> {
            get_id: &'a str,
        }
        if before.releasable == Eligible::No {
            let reason = before.reason.unwrap_or(SpeedReleaseReason::VendorRule);
            return Err(Failure::refused(
                Refusal::SpeedReleaseNotEligible(reason),
                "The contract's speed cannot be released now.",
            ));
        }
        let button = settings::SPEED_RELEASE;
        let body = Body { get_id: contract.id.as_str() };
        match act(call, Need::Required(CAPABILITY), button.usual, button.route(call.tenant)?, &body).await? {
            Outcome::Done { .. } => {}
            Outcome::Denied(denial) => {
                return Err(denial.refused(
                    Refusal::SpeedReleaseNotEligible(SpeedReleaseReason::VendorRule),
                    "The ERP refuses to release the speed of this contract.",
                ));
            }
        }
        reconnect::logins(call, CAPABILITY, &before.contract).await;
        Ok(())
    }
}

/// What the columns say. A reduction for an exhausted quota is another thing, which this action does not lift.
fn verdict(facts: &Facts, quota_reached: bool) -> (Eligible, Option<SpeedReleaseReason>) {
    let no = |reason| (Eligible::No, Some(reason));
    match facts.speed.value {
        Speed::Reduced => {}
        Speed::Normal if quota_reached => return no(SpeedReleaseReason::QuotaReached),
        Speed::Normal => return no(SpeedReleaseReason::NotReduced),
        Speed::Unknown => return (Eligible::Unknown, None),
    }
    if facts.status.value != ContractStatus::Active {
        return no(SpeedReleaseReason::VendorRule);
    }
    if facts.release.allowed == Some(false) {
        return no(SpeedReleaseReason::Disabled);
    }
    if facts.release.in_use == Some(true) {
        return no(SpeedReleaseReason::AlreadyInUse);
    }
    if facts.release.restricted == Some(true) {
        return no(SpeedReleaseReason::UsedThisPeriod);
    }
    (Eligible::Yes, None)
}

#[cfg(test)]
mod tests {
    use ponte_domain::unlock::{Eligible, SpeedReleaseReason};

    use super::verdict;
    use crate::ixc::testing::facts;

    #[test]
    fn columns_say_whether_a_release_makes_sense() {
        use SpeedReleaseReason::{AlreadyInUse, Disabled, NotReduced, QuotaReached, UsedThisPeriod, VendorRule};
        for (columns, quota, expected) in [
            (r#""status":"A","status_velocidade":"R""#, false, (Eligible::Yes, None)),
            (r#""status":"A","status_velocidade":"R","liberacao_suspensao_parcial":"P""#, true, (Eligible::Yes, None)),
            (r#""status":"A","status_velocidade":"R","liberacao_suspensao_parcial":"H""#, false, (Eligible::Yes, None)),
            (r#""status":"A","status_velocidade":"N""#, false, (Eligible::No, Some(NotReduced))),
            (r#""status":"A","status_velocidade":"N""#, true, (Eligible::No, Some(QuotaReached))),
            (
                r#""status":"A","status_velocidade":"R","liberacao_suspensao_parcial":"D""#,
                false,
                (Eligible::No, Some(Disabled)),
            ),
            (
                r#""status":"A","status_velocidade":"R","utilizando_auto_libera_susp_parc":"S""#,
                false,
                (Eligible::No, Some(AlreadyInUse)),
            ),
            (
                r#""status":"A","status_velocidade":"R","restricao_auto_libera_susp_parcial":"S""#,
                false,
                (Eligible::No, Some(UsedThisPeriod)),
            ),
            (r#""status":"I","status_velocidade":"R""#, false, (Eligible::No, Some(VendorRule))),
            (r#""status":"A""#, false, (Eligible::Unknown, None)),
        ] {
            assert_eq!(verdict(&facts(columns), quota), expected, "{columns}");
        }
    }
}
