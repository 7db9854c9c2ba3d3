//! Release of reduced speed, by the same payment promise as an unlock. That the vendor's rules count a reduction as a
//! stage of blocking is an assumption; where they do not, the answer says so and is remembered (dossier 4.f).

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::contract::Speed;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::ContractRef;
use ponte_domain::unlock::{Eligible, SpeedReleaseReason, SpeedReleaseState};
use ponte_domain::{Failure, FailureKind};

use super::contracts::whole;
use super::promise::{self, Promise};
use super::words::Standing;
use super::{Sgp, settings};
use crate::call::Call;
use crate::erp::SpeedRelease;

const CAPABILITY: Capability = Capability::SpeedRelease;
const NOT_SWITCHED_ON: &str = "Releasing reduced speed by a payment promise is an assumption that the tenant has not switched on (setting speed_release).";
const NOT_BY_PROMISE: &str = "This installation does not lift reduced speed by a payment promise.";

#[async_trait]
impl SpeedRelease for Sgp {
    async fn state(&self, call: &Call<'_>, contract: &ContractRef) -> Result<SpeedReleaseState, Failure> {
        switched_on(call)?;
        let whole = whole(call, CAPABILITY, contract).await?;
        let used_up = promise::used_up(call.tenant, &whole.found);
        let (releasable, reason) = verdict(whole.found.standing, used_up);
        let reduced = match whole.contract.speed {
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
        switched_on(call)?;
        if before.releasable == Eligible::No {
            return Err(refusal(before.reason.unwrap_or(SpeedReleaseReason::VendorRule)));
        }
        let (promise, upstream) = promise::make(call, CAPABILITY, contract).await?;
        let failure = match promise {
            Promise::Granted { .. } => return Ok(()),
            Promise::UsedUp => refusal(SpeedReleaseReason::UsedThisPeriod),
            Promise::OtherRule => refusal(SpeedReleaseReason::VendorRule),
            Promise::NothingToLift => {
                call.memory.remember_missing(CAPABILITY, NOT_BY_PROMISE, call.now);
                Failure::new(FailureKind::NotSupported(CAPABILITY), NOT_BY_PROMISE)
            }
        };
        Err(failure.at(upstream))
    }
}

/// No source says that a promise lifts a reduction, and trying spends the month's promise: only a tenant that knows it
/// of its own installation has the capability (dossier 4.f).
fn switched_on(call: &Call<'_>) -> Result<(), Failure> {
    if settings::releases_speed(call.tenant) {
        return Ok(());
    }
    call.memory.remember_missing(CAPABILITY, NOT_SWITCHED_ON, call.now);
    Err(Failure::new(FailureKind::NotSupported(CAPABILITY), NOT_SWITCHED_ON))
}

/// What the row says.
const fn verdict(standing: Standing, used_up: Option<bool>) -> (Eligible, Option<SpeedReleaseReason>) {
    match (standing, used_up) {
        (Standing::Reduced, Some(true)) => (Eligible::No, Some(SpeedReleaseReason::UsedThisPeriod)),
        (Standing::Reduced, Some(false)) => (Eligible::Yes, None),
        (Standing::Reduced, None) | (Standing::Unknown, _) => (Eligible::Unknown, None),
        _ => (Eligible::No, Some(SpeedReleaseReason::NotReduced)),
    }
}

fn refusal(reason: SpeedReleaseReason) -> Failure {
    Failure::refused(Refusal::SpeedReleaseNotEligible(reason), "The contract's speed cannot be released now.")
}

#[cfg(test)]
mod tests {
    use ponte_domain::unlock::{Eligible, SpeedReleaseReason};

    use super::verdict;
    use crate::sgp::words::Standing;

    #[test]
    fn only_a_reduced_contract_can_be_released() {
        use SpeedReleaseReason::{NotReduced, UsedThisPeriod};
        for (standing, used_up, expected) in [
            (Standing::Reduced, Some(false), (Eligible::Yes, None)),
            (Standing::Reduced, Some(true), (Eligible::No, Some(UsedThisPeriod))),
            (Standing::Reduced, None, (Eligible::Unknown, None)),
            (Standing::Active, Some(false), (Eligible::No, Some(NotReduced))),
            (Standing::Suspended, Some(false), (Eligible::No, Some(NotReduced))),
            (Standing::Cancelled, None, (Eligible::No, Some(NotReduced))),
            (Standing::Unknown, Some(false), (Eligible::Unknown, None)),
        ] {
            assert_eq!(verdict(standing, used_up), expected, "{standing:?} {used_up:?}");
        }
    }
}
