//! Trust unlock: what the contract's columns say, and the subscriber's own action (dossier 4.e).

use std::borrow::Cow;

use async_trait::async_trait;
use jiff::civil::Date;
use ponte_domain::capability::Capability;
use ponte_domain::contract::ContractStatus;
use ponte_domain::dates::parse_br_date;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::reference::ContractRef;
use ponte_domain::tenant::TrustUnlockRule;
use ponte_domain::unlock::{
    Eligible, Restriction, RestrictionCondition, RestrictionSource, TrustUnlockReason, TrustUnlockState, UnlockGrant,
};
use ponte_domain::{Failure, FailureKind};
use serde::Serialize;

use super::contracts::{Facts, facts, whole};
use super::dialect::{Denial, Need, Outcome, act};
use super::settings::{self, UnlockAction};
use super::words::{UnlockDenial, unlock_denial};
use super::{Ixc, reconnect};
use crate::call::Call;
use crate::erp::TrustUnlock;
use crate::reading::prose::{clean, fold};
use crate::unlock_rule;

const CAPABILITY: Capability = Capability::TrustUnlock;

#[async_trait]
impl TrustUnlock for Ixc {
    async fn state(&self, call: &Call<'_>, contract: &ContractRef) -> Result<TrustUnlockState, Failure> {
        let whole = whole(call, CAPABILITY, contract).await?;
        let rule = &call.tenant.settings.trust_unlock;
        let action = settings::unlock_action(call.tenant);
        let (eligible, reason) = verdict(&whole.facts, action);
        let in_use = whole.facts.trust.in_use;
        Ok(TrustUnlockState {
            eligible,
            reason,
            in_use,
            restriction: restriction(&whole.facts, action, rule),
            days_granted: rule.days_granted,
            unlocked_until: whole
                .facts
                .unlocked_until
                .or_else(|| unlock_rule::unlocked_until(rule, whole.facts.trust.last_used))
                .filter(|_| in_use == Some(true)),
            contract: whole.contract,
        })
    }

    async fn unlock(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        before: &TrustUnlockState,
    ) -> Result<UnlockGrant, Failure> {
        if before.eligible == Eligible::No {
            return Err(refusal(before));
        }
        match settings::unlock_action(call.tenant) {
            UnlockAction::TrustUnlock => unlock_on_trust(call, contract, before).await?,
            UnlockAction::TemporaryRelease => release_for_a_while(call, contract).await?,
        }
        reconnect::logins(call, CAPABILITY, &before.contract).await;
        Ok(UnlockGrant { days_granted: before.days_granted, unlocked_until: None, at: None })
    }
}

/// The subscriber's own right; the ERP's rules hold.
async fn unlock_on_trust(call: &Call<'_>, contract: &ContractRef, before: &TrustUnlockState) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Body<'a> {
        id: &'a str,
    }
    const ROUTE: &str = "desbloqueio_confianca";
    let body = Body { id: contract.id.as_str() };
    match act(call, Need::Required(CAPABILITY), ROUTE, Cow::Borrowed(ROUTE), &body).await? {
        Outcome::Done { .. } => Ok(()),
        Outcome::Denied(denial) => Err(denied(call, contract, denial, before).await),
    }
}

/// The operator's button. It says "success" for a contract that is not there (dossier 4.e), which is why the contract
/// was read just before. The vendor documents `get_id`, most clients send `id`: both, the other is ignored.
async fn release_for_a_while(call: &Call<'_>, contract: &ContractRef) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Body<'a> {
        id: &'a str,
        get_id: &'a str,
    }
    let button = settings::TEMPORARY_RELEASE;
    let body = Body { id: contract.id.as_str(), get_id: contract.id.as_str() };
    match act(call, Need::Required(CAPABILITY), button.usual, button.route(call.tenant)?, &body).await? {
        Outcome::Done { .. } => Ok(()),
        Outcome::Denied(denial) => Err(denial.refused(
            Refusal::TrustUnlockNotEligible(TrustUnlockReason::VendorRule),
            "The ERP refuses the temporary release of this contract.",
        )),
    }
}

/// What the columns say. "Yes" is "probably": the ERP has rules that only the action tells (dossier 4.e).
fn verdict(facts: &Facts, action: UnlockAction) -> (Eligible, Option<TrustUnlockReason>) {
    let no = |reason| (Eligible::No, Some(reason));
    if facts.is_over() {
        return no(TrustUnlockReason::ContractCancelled);
    }
    if facts.status.value != ContractStatus::Active {
        return no(TrustUnlockReason::VendorRule);
    }
    let own_right = action == UnlockAction::TrustUnlock;
    if own_right && facts.trust.in_use == Some(true) {
        return no(TrustUnlockReason::AlreadyInUse);
    }
    match facts.access_code() {
        "CA" => {}
        // The late-payment notice is shown, nothing is blocked.
        "A" | "FA" => return no(TrustUnlockReason::NotBlocked),
        "CM" if own_right && facts.trust.restricted == Some(true) => return no(TrustUnlockReason::UsedThisPeriod),
        // Blocked by hand, not for a bill: the ERP may refuse, and only it can tell. The operator's button would
        // lift what an operator has blocked.
        "CM" if own_right => return (Eligible::Unknown, None),
        _ => return no(TrustUnlockReason::VendorRule),
    }
    if own_right && facts.trust.allowed == Some(false) {
        return no(TrustUnlockReason::VendorRule);
    }
    if own_right && facts.trust.restricted == Some(true) {
        return no(TrustUnlockReason::UsedThisPeriod);
    }
    (Eligible::Yes, None)
}

/// The restriction of a restricted contract: the vendor's date out of its text, else the tenant's rule.
fn restriction(facts: &Facts, action: UnlockAction, rule: &TrustUnlockRule) -> Option<Restriction> {
    if action == UnlockAction::TemporaryRelease || facts.trust.restricted != Some(true) {
        return None;
    }
    let said = Said::read(&facts.trust.restriction);
    said.restriction().or_else(|| unlock_rule::restriction(rule, said.used_on.or(facts.trust.last_used)))
}

/// The refusal of an unlock that need not be asked for.
fn refusal(state: &TrustUnlockState) -> Failure {
    let reason = state.reason.unwrap_or(TrustUnlockReason::VendorRule);
    match reason {
        TrustUnlockReason::UsedThisPeriod => restricted(state.restriction),
        _ => Failure::refused(Refusal::TrustUnlockNotEligible(reason), "The contract cannot be unlocked on trust now."),
    }
}

fn restricted(restriction: Option<Restriction>) -> Failure {
    Failure::new(FailureKind::Refused(restricted_refusal(restriction)), RESTRICTED)
}

const RESTRICTED: &str = "The trust unlock was used already and is restricted.";

const fn restricted_refusal(restriction: Option<Restriction>) -> Refusal {
    match restriction {
        Some(Restriction { until, source, condition }) => Refusal::TrustUnlockRestricted {
            until: Some(until),
            source,
            condition: Some(condition),
            reason: TrustUnlockReason::UsedThisPeriod,
        },
        None => Refusal::TrustUnlockRestricted {
            until: None,
            source: RestrictionSource::Vendor,
            condition: None,
            reason: TrustUnlockReason::UsedThisPeriod,
        },
    }
}

/// The vendor's no, by code, and by its words where the code is missing.
async fn denied(call: &Call<'_>, contract: &ContractRef, denial: Denial, before: &TrustUnlockState) -> Failure {
    match unlock_denial(denial.code.as_deref(), &denial.folded()) {
        UnlockDenial::NoContract => {
            denial.failure(FailureKind::NotFound(Subject::Contract), "The ERP has no such contract.")
        }
        UnlockDenial::Not(reason) => {
            denial.refused(Refusal::TrustUnlockNotEligible(reason), "The ERP refuses to unlock this contract on trust.")
        }
        UnlockDenial::Restricted => {
            let (said, rule) = (Said::read(&denial.message), &call.tenant.settings.trust_unlock);
            let known =
                said.restriction().or_else(|| unlock_rule::restriction(rule, said.used_on)).or(before.restriction);
            let found = match known {
                // The sentence has holes in practice; the row knows the last use too (dossier 4.e).
                None if rule.interval_days.is_some() => unlock_rule::restriction(rule, last_used(call, contract).await),
                known => known,
            };
            denial.refused(restricted_refusal(found), RESTRICTED)
        }
    }
}

async fn last_used(call: &Call<'_>, contract: &ContractRef) -> Option<Date> {
    facts(call, CAPABILITY, contract).await.ok()?.trust.last_used
}

/// The dates in the vendor's sentence, which are nowhere else (dossier 4.e). Each may be missing, and the year `0000`.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    /// When it was last used.
    used_on: Option<Date>,
    /// After which a bill must fall due whose payment lifts the restriction.
    due_after: Option<Date>,
}

impl Said {
    fn read(text: &str) -> Self {
        let folded = fold(&clean(text));
        Self { used_on: date_after(&folded, "foi usado no dia"), due_after: date_after(&folded, "vence apos o dia") }
    }

    /// A condition, not a calendar date: the day alone lifts nothing.
    fn restriction(&self) -> Option<Restriction> {
        let condition = RestrictionCondition::PaymentOfInvoiceDueAfter;
        self.due_after.map(|until| Restriction { until, source: RestrictionSource::Vendor, condition })
    }
}

fn date_after(folded: &str, words: &str) -> Option<Date> {
    let (_, behind) = folded.split_once(words)?;
    let word = behind.split_whitespace().next()?.trim_end_matches([',', '.', ';']);
    parse_br_date(word).ok().flatten().filter(|date| date.year() >= 2000)
}

#[cfg(test)]
mod tests;
