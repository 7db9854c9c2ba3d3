//! Release of a contract on reduced speed: is it, and do it.

use bytes::Bytes;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::{ContractRef, VendorId};
use ponte_domain::unlock::{ActResult, Eligible, SpeedReleaseReason, SpeedReleaseState};
use ponte_vendors::call::Call;
use ponte_vendors::erp::SpeedRelease;

use crate::cache::ReadKind;
use crate::contracts::{about_contract, parts};
use crate::operations::Operations;
use crate::pipeline::deed::{Acted, Deed, Intent, Nothing, Rendered, Settled};
use crate::pipeline::read::Served;
use crate::visit::Visit;

/// What came of a release.
#[derive(Debug, Clone)]
pub struct SpeedReleaseDone {
    /// `Confirmed` when the read-back shows it.
    pub result: ActResult,
    /// The state, and the contract, as read back.
    pub state: SpeedReleaseState,
}

impl Operations {
    /// Whether a contract is on reduced speed and may be released. Never acts.
    ///
    /// # Errors
    /// `NotFound(Contract)`; `NotSupported`; what the ERP says.
    pub async fn speed_release_state(
        &self,
        visit: &Visit,
        contract: &ContractRef,
        present: impl FnOnce(&SpeedReleaseState) -> Bytes,
    ) -> Result<Served, Failure> {
        let reference = parts(contract);
        let question = about_contract(ReadKind::SpeedReleaseState, contract, &reference);
        let fetch = async {
            let release = self.speed_release_of(visit)?;
            Ok(present(&release.state(&self.call(visit), contract).await?))
        };
        self.read(visit, question, fetch).await
    }

    /// Releases a contract, once per key.
    ///
    /// # Errors
    /// What must not be replayed: nothing was sent, or the outcome is not known. Refusals are answers.
    pub async fn speed_release(
        &self,
        visit: &Visit,
        contract: &ContractRef,
        intent: &Intent,
        present: impl Fn(Result<&SpeedReleaseDone, &Failure>) -> Rendered + Send + Sync + 'static,
    ) -> Result<Acted, Failure> {
        let deed = Release { release: self.speed_release_of(visit)?, contract: contract.clone() };
        self.act(visit, deed, intent, present).await
    }

    fn speed_release_of(&self, visit: &Visit) -> Result<&'static dyn SpeedRelease, Failure> {
        visit.offered(Capability::SpeedRelease, visit.erp().speed_release(), &self.0.clock)
    }
}

struct Release {
    release: &'static dyn SpeedRelease,
    contract: ContractRef,
}

impl Deed for Release {
    type Done = SpeedReleaseDone;
    type Before = SpeedReleaseState;
    type Receipt = SpeedReleaseState;
    type Context = Nothing;

    const OPERATION: &'static str = "speed_release";
    const ONE_CHANGE: bool = true;

    fn target(&self) -> (&'static str, &VendorId) {
        ("contract", &self.contract.id)
    }

    fn customer(&self) -> &VendorId {
        &self.contract.customer.id
    }

    fn context(&self, _: &Call<'_>) -> Nothing {
        Nothing {}
    }

    async fn prepare(&self, call: &Call<'_>, _: &mut Nothing) -> Result<SpeedReleaseState, Failure> {
        let state = self.release.state(call, &self.contract).await?;
        if state.releasable != Eligible::No {
            return Ok(state);
        }
        let reason = state.reason.unwrap_or(SpeedReleaseReason::VendorRule);
        Err(Failure::refused(Refusal::SpeedReleaseNotEligible(reason), sentence(reason)))
    }

    async fn act(&self, call: &Call<'_>, before: SpeedReleaseState, _: &Nothing) -> Result<SpeedReleaseState, Failure> {
        self.release.release(call, &self.contract, &before).await.map(|()| before)
    }

    async fn finish(
        &self,
        call: &Call<'_>,
        before: SpeedReleaseState,
        _: &Nothing,
    ) -> Result<SpeedReleaseDone, Failure> {
        // The vendor has taken it; a read-back that fails does not undo that.
        let state = match self.release.state(call, &self.contract).await {
            Ok(state) => state,
            Err(_) => before,
        };
        Ok(SpeedReleaseDone { result: result(&state), state })
    }

    async fn settle(&self, call: &Call<'_>, _: &Nothing) -> Result<Settled<SpeedReleaseDone>, Failure> {
        let state = self.release.state(call, &self.contract).await?;
        // It was possible when it was sent. If it is no longer because it was used, it was used by that.
        let used = state.reason == Some(SpeedReleaseReason::UsedThisPeriod);
        Ok(match (result(&state), used, state.reduced) {
            (ActResult::Confirmed, _, _) | (_, true, _) => {
                Settled::Done(SpeedReleaseDone { result: result(&state), state })
            }
            (_, _, Some(_)) => Settled::NotSeen,
            (_, _, None) => Settled::CannotTell,
        })
    }
}

fn result(state: &SpeedReleaseState) -> ActResult {
    if state.reduced == Some(false) || state.reason == Some(SpeedReleaseReason::AlreadyInUse) {
        ActResult::Confirmed
    } else {
        ActResult::Requested
    }
}

const fn sentence(reason: SpeedReleaseReason) -> &'static str {
    match reason {
        SpeedReleaseReason::NotReduced => "The contract is not on reduced speed.",
        SpeedReleaseReason::QuotaReached => {
            "The speed is reduced by an exhausted quota, which a release does not lift."
        }
        SpeedReleaseReason::AlreadyInUse => "A release is in use now.",
        SpeedReleaseReason::UsedThisPeriod => "The release was used already in this period.",
        SpeedReleaseReason::Disabled => "The release is switched off for this contract.",
        SpeedReleaseReason::VendorRule => "A rule of the ERP or the provider does not allow a release.",
    }
}
