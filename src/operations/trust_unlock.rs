//! Trust unlock: may I, and do it.

use bytes::Bytes;
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use ponte_domain::capability::Capability;
use ponte_domain::contract::AccessStatus;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::{ContractRef, VendorId};
use ponte_domain::unlock::{
    ActResult, Eligible, Restriction, RestrictionCondition, RestrictionSource, TrustUnlockReason, TrustUnlockState,
    UnlockGrant,
};
use ponte_domain::{Failure, FailureKind};
use ponte_store::{AuditFilter, AuditTarget};
use ponte_vendors::call::Call;
use ponte_vendors::erp::TrustUnlock;
use serde::{Deserialize, Serialize};

use crate::cache::ReadKind;
use crate::contracts::{about_contract, parts};
use crate::operations::Operations;
use crate::pipeline::deed::{Acted, Deed, Intent, Rendered, Settled};
use crate::pipeline::read::Served;
use crate::visit::Visit;

/// What came of an unlock.
#[derive(Debug, Clone)]
pub struct TrustUnlockDone {
    /// `Confirmed` when the read-back shows it.
    pub result: ActResult,
    /// The state, and the contract, as read back.
    pub state: TrustUnlockState,
}

impl Operations {
    /// Whether a contract may be unlocked. Never acts.
    ///
    /// # Errors
    /// `NotFound(Contract)`; `NotSupported`; what the ERP says.
    pub async fn trust_unlock_state(
        &self,
        visit: &Visit,
        contract: &ContractRef,
        present: impl FnOnce(&TrustUnlockState) -> Bytes,
    ) -> Result<Served, Failure> {
        let reference = parts(contract);
        let question = about_contract(ReadKind::TrustUnlockState, contract, &reference);
        let fetch = async {
            let unlock = self.trust_unlock_of(visit)?;
            let call = self.call(visit);
            let state = unlock.state(&call, contract).await?;
            Ok(present(&self.by_tenant_rule(&call, state).await?))
        };
        self.read(visit, question, fetch).await
    }

    /// Unlocks a contract, once per key.
    ///
    /// # Errors
    /// What must not be replayed: nothing was sent, or the outcome is not known. Refusals are answers.
    pub async fn trust_unlock(
        &self,
        visit: &Visit,
        contract: &ContractRef,
        intent: &Intent,
        present: impl Fn(Result<&TrustUnlockDone, &Failure>) -> Rendered + Send + Sync + 'static,
    ) -> Result<Acted, Failure> {
        let unlock = self.trust_unlock_of(visit)?;
        let deed = Unlock { operations: self.clone(), unlock, contract: contract.clone() };
        self.act(visit, deed, intent, present).await
    }

    fn trust_unlock_of(&self, visit: &Visit) -> Result<&'static dyn TrustUnlock, Failure> {
        visit.offered(Capability::TrustUnlock, visit.erp().trust_unlock(), &self.0.clock)
    }

    /// Fills in what the vendor does not say from the tenant's rule: the days that an unlock grants, and the day of
    /// the next one, counted from the last one that the vendor or our own trail knows of.
    async fn by_tenant_rule(&self, call: &Call<'_>, mut state: TrustUnlockState) -> Result<TrustUnlockState, Failure> {
        let rule = &call.tenant.settings.trust_unlock;
        state.days_granted = state.days_granted.or(rule.days_granted);
        let used = matches!(state.reason, Some(TrustUnlockReason::UsedThisPeriod | TrustUnlockReason::AlreadyInUse));
        if used
            && state.restriction.is_none()
            && let Some(interval) = rule.interval_days
            && let Some(last) = self.last_unlock(call, &state).await?
        {
            state.restriction = restriction_after(last, interval);
        }
        Ok(state)
    }

    async fn last_unlock(&self, call: &Call<'_>, state: &TrustUnlockState) -> Result<Option<Date>, Failure> {
        if let (Some(until), Some(days)) = (state.unlocked_until, state.days_granted) {
            return Ok(until.checked_sub(days_span(days)).ok());
        }
        let filter = AuditFilter {
            tenant: Some(call.tenant.number),
            operation: Some(Unlock::OPERATION.to_owned()),
            target: Some(AuditTarget { kind: "contract", id: state.contract.reference.id.as_str().to_owned() }),
            ..AuditFilter::default()
        };
        let rows = self.0.store.audit_entries(filter, 20).await?;
        let last = rows.into_iter().find(|row| row.outcome == "done");
        Ok(last.map(|row| call.tenant.settings.zone.today(row.at)))
    }
}

fn days_span(days: u16) -> Span {
    i32::from(days).days()
}

fn restriction_after(last: Date, interval: u16) -> Option<Restriction> {
    let until = last.checked_add(days_span(interval)).ok()?;
    Some(Restriction { until, source: RestrictionSource::TenantRule, condition: RestrictionCondition::Date })
}

struct Unlock {
    operations: Operations,
    unlock: &'static dyn TrustUnlock,
    contract: ContractRef,
}

/// What stood in the state when the unlock was found possible: only what changed since is its doing.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Earlier {
    #[serde(default)]
    marks: Option<Marks>,
}

/// What an unlock leaves in a state. In use is what the reason says: the flag alone stands also for an unlock that
/// does not keep the one asked for from acting (IXC's temporary release, dossier 4.e).
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Marks {
    active: bool,
    in_use: bool,
    restricted: bool,
}

impl Marks {
    fn of(state: &TrustUnlockState) -> Self {
        Self {
            active: state.contract.access.value == AccessStatus::Active,
            in_use: state.reason == Some(TrustUnlockReason::AlreadyInUse),
            restricted: state.reason == Some(TrustUnlockReason::UsedThisPeriod) || state.restriction.is_some(),
        }
    }
}

impl Earlier {
    /// The marks that are new in a state. Where it is not known what stood there before, only the access counts.
    fn new_in(self, state: &TrustUnlockState) -> Marks {
        let now = Marks::of(state);
        let before = self.marks.unwrap_or(Marks { active: false, in_use: true, restricted: true });
        Marks {
            active: now.active && !before.active,
            in_use: now.in_use && !before.in_use,
            restricted: now.restricted && !before.restricted,
        }
    }

    fn result(self, state: &TrustUnlockState) -> ActResult {
        let new = self.new_in(state);
        if new.active || new.in_use { ActResult::Confirmed } else { ActResult::Requested }
    }
}

impl Deed for Unlock {
    type Done = TrustUnlockDone;
    type Before = TrustUnlockState;
    type Receipt = (TrustUnlockState, UnlockGrant);
    type Context = Earlier;

    const OPERATION: &'static str = "trust_unlock";
    const ONE_CHANGE: bool = true;

    fn target(&self) -> (&'static str, &VendorId) {
        ("contract", &self.contract.id)
    }

    fn customer(&self) -> &VendorId {
        &self.contract.customer.id
    }

    fn context(&self, _: &Call<'_>) -> Earlier {
        Earlier::default()
    }

    async fn prepare(&self, call: &Call<'_>, earlier: &mut Earlier) -> Result<TrustUnlockState, Failure> {
        let state = self.state(call).await?;
        match refusal(&state) {
            Some(refusal) => Err(Failure::refused(refusal, sentence(refusal))),
            None => {
                // A repeat keeps what stood before the first try.
                earlier.marks.get_or_insert(Marks::of(&state));
                Ok(state)
            }
        }
    }

    async fn act(
        &self,
        call: &Call<'_>,
        before: TrustUnlockState,
        _: &Earlier,
    ) -> Result<(TrustUnlockState, UnlockGrant), Failure> {
        match self.unlock.unlock(call, &self.contract, &before).await {
            Ok(grant) => Ok((before, grant)),
            Err(failure) => Err(self.dated(call, before, failure).await),
        }
    }

    async fn finish(
        &self,
        call: &Call<'_>,
        (before, grant): (TrustUnlockState, UnlockGrant),
        earlier: &Earlier,
    ) -> Result<TrustUnlockDone, Failure> {
        // The vendor has taken it; a read-back that fails does not undo that.
        let mut state = match self.state(call).await {
            Ok(state) => state,
            Err(_) => before,
        };
        state.days_granted = grant.days_granted.or(state.days_granted);
        state.unlocked_until = grant.unlocked_until.or(state.unlocked_until);
        let result = earlier.result(&state);
        Ok(TrustUnlockDone { result, state: in_use_by_it(result, state) })
    }

    async fn settle(&self, call: &Call<'_>, earlier: &Earlier) -> Result<Settled<TrustUnlockDone>, Failure> {
        let state = self.state(call).await?;
        let result = earlier.result(&state);
        // It was possible when it was sent. If it is no longer because it was used since, it was used by that.
        Ok(match (result, earlier.new_in(&state).restricted, state.contract.access.value) {
            (ActResult::Confirmed, _, _) | (_, true, _) => {
                Settled::Done(TrustUnlockDone { result, state: in_use_by_it(result, state) })
            }
            (_, _, AccessStatus::Unknown) => Settled::CannotTell,
            _ => Settled::NotSeen,
        })
    }
}

impl Unlock {
    async fn state(&self, call: &Call<'_>) -> Result<TrustUnlockState, Failure> {
        let state = self.unlock.state(call, &self.contract).await?;
        self.operations.by_tenant_rule(call, state).await
    }

    /// A refusal of the vendor's without a date gets the tenant rule's, if that gives one.
    async fn dated(&self, call: &Call<'_>, before: TrustUnlockState, failure: Failure) -> Failure {
        let FailureKind::Refused(Refusal::TrustUnlockRestricted { until: None, reason, .. }) = failure.kind() else {
            return failure;
        };
        let refused = TrustUnlockState { reason: Some(TrustUnlockReason::UsedThisPeriod), ..before };
        match self.operations.by_tenant_rule(call, refused).await.ok().and_then(|state| state.restriction) {
            Some(restriction) => restated(&failure, restricted(restriction, reason)),
            None => failure,
        }
    }
}

/// Some vendors show no difference between an access that was unlocked and one that was never blocked. One that is free
/// since it was unlocked is in use.
fn in_use_by_it(result: ActResult, mut state: TrustUnlockState) -> TrustUnlockState {
    if result == ActResult::Confirmed {
        state.in_use.get_or_insert(true);
    }
    state
}

fn restated(failure: &Failure, refusal: Refusal) -> Failure {
    let anew = Failure::refused(refusal, failure.detail());
    match failure.upstream() {
        Some(upstream) => anew.at(upstream.clone()),
        None => anew,
    }
}

fn restricted(restriction: Restriction, reason: TrustUnlockReason) -> Refusal {
    Refusal::TrustUnlockRestricted {
        until: Some(restriction.until),
        source: restriction.source,
        condition: Some(restriction.condition),
        reason,
    }
}

/// Why a state is refused before the vendor is asked to act; none where only acting can tell.
fn refusal(state: &TrustUnlockState) -> Option<Refusal> {
    use TrustUnlockReason::{AlreadyInUse, ContractCancelled, NotBlocked, OverdueLimit, UsedThisPeriod, VendorRule};
    if state.eligible != Eligible::No {
        return None;
    }
    let reason = state.reason.unwrap_or(VendorRule);
    Some(match (reason, state.restriction) {
        (AlreadyInUse | NotBlocked | ContractCancelled, _) | (OverdueLimit | VendorRule, None) => {
            Refusal::TrustUnlockNotEligible(reason)
        }
        (UsedThisPeriod | OverdueLimit | VendorRule, Some(restriction)) => restricted(restriction, reason),
        (UsedThisPeriod, None) => {
            Refusal::TrustUnlockRestricted { until: None, source: RestrictionSource::Vendor, condition: None, reason }
        }
    })
}

fn sentence(refusal: Refusal) -> &'static str {
    use TrustUnlockReason::{AlreadyInUse, ContractCancelled, NotBlocked, OverdueLimit, UsedThisPeriod, VendorRule};
    match refusal {
        Refusal::TrustUnlockRestricted { .. } => "The trust unlock was used already and is restricted.",
        Refusal::TrustUnlockNotEligible(reason) => match reason {
            NotBlocked => "The contract's access is not blocked.",
            AlreadyInUse => "A trust unlock is in use now.",
            UsedThisPeriod => "The trust unlock was used already in this period.",
            OverdueLimit => "Too many or too old invoices are unpaid.",
            ContractCancelled => "The contract has ended.",
            VendorRule => "A rule of the ERP or the provider does not allow a trust unlock.",
        },
        _ => "The trust unlock is not possible.",
    }
}
