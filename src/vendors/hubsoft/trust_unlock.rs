//! Trust unlock (dossier 4.e): a POST whose end date stands in its text only, and whose refusals are texts that nobody
//! documented. So what can be known is found out before: the service's status and its list of unlocks.

use async_trait::async_trait;
use jiff::ToSpan as _;
use jiff::civil::Date;
use ponte_domain::capability::Capability;
use ponte_domain::dates::parse_br_date;
use ponte_domain::failure::{Fault, Refusal, Subject};
use ponte_domain::reference::ContractRef;
use ponte_domain::tenant::TrustUnlockRule;
use ponte_domain::unlock::{
    Eligible, Restriction, RestrictionSource, TrustUnlockReason, TrustUnlockState, UnlockGrant,
};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Method;
use serde::{Deserialize, Serialize};

use super::Hubsoft;
use super::contracts::{Facts, whole};
use super::dialect::{Denial, Need, act, send};
use super::words::{Prefix, UnlockDenial, unlock_denial};
use crate::call::Call;
use crate::erp::TrustUnlock;
use crate::reading::text::Text;
use crate::unlock_rule;

const CAPABILITY: Capability = Capability::TrustUnlock;
const ROUTE: &str = "cliente/desbloqueio_confianca";
/// What the vendor takes where nothing is sent; it is sent all the same.
const VENDORS_DAYS: u16 = 1;

#[async_trait]
impl TrustUnlock for Hubsoft {
    async fn state(&self, call: &Call<'_>, contract: &ContractRef) -> Result<TrustUnlockState, Failure> {
        let whole = whole(call, CAPABILITY, contract).await?;
        let rule = &call.tenant.settings.trust_unlock;
        let used = Used::of(&whole.facts, rule, call.today);
        let (eligible, reason) = verdict(whole.facts.prefix, &used);
        Ok(TrustUnlockState {
            eligible,
            reason,
            in_use: used.in_use(),
            restriction: used.restriction,
            days_granted: Some(days(rule)),
            unlocked_until: used.until,
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
        match ask(call, CAPABILITY, contract).await? {
            Ok(grant) => Ok(grant),
            Err(denial) => Err(denied(&denial, before.restriction)),
        }
    }
}

/// Days that are asked for: the provider's most is in no route, so the tenant's settings must not go beyond it.
fn days(rule: &TrustUnlockRule) -> u16 {
    rule.days_granted.unwrap_or(VENDORS_DAYS)
}

#[derive(Serialize)]
struct Body<'a> {
    id_cliente_servico: &'a str,
    dias_desbloqueio: u16,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Granted<'a> {
    #[serde(default)]
    msg: Text<'a>,
}

/// Asks for an unlock, once.
pub(super) async fn ask(
    call: &Call<'_>,
    capability: Capability,
    contract: &ContractRef,
) -> Result<Result<UnlockGrant, Denial>, Failure> {
    let days = days(&call.tenant.settings.trust_unlock);
    let body = Body { id_cliente_servico: contract.id.as_str(), dias_desbloqueio: days };
    let today = call.today;
    send(
        call,
        Need::Required(capability),
        ROUTE,
        || act(ROUTE, Method::Post).json(&body),
        |answer| {
            Ok(answer.done::<Granted<'_>>()?.map(|granted| UnlockGrant {
                days_granted: Some(days),
                // Without a date in the text it is counted, as the vendor counts it.
                unlocked_until: end_in(granted.msg.as_str()).or_else(|| today.checked_add(i32::from(days).days()).ok()),
                at: None,
            }))
        },
    )
    .await
}

/// The first `dd/mm/yyyy` of a text (`... até a data 15/09/2026`).
fn end_in(text: &str) -> Option<Date> {
    text.split(|c: char| !c.is_ascii_digit() && c != '/')
        .filter(|word| word.len() == 10)
        .find_map(|word| parse_br_date(word).ok().flatten())
}

/// What the list of unlocks tells. The vendor exposes no restriction, so that is the tenant's rule on the vendor's list.
pub(super) struct Used {
    /// Last day of the one in use.
    pub(super) until: Option<Date>,
    /// Until when the next one is restricted.
    pub(super) restriction: Option<Restriction>,
    /// Whether the list is there with an end in each entry, told or counted; older versions have none, and the key of
    /// the end is not confirmed.
    ends_known: bool,
    /// Whether the tenant's rule can tell of a restriction: it is there, and each entry of the list has its day.
    ruled: bool,
}

impl Used {
    /// Reads the list on a day.
    pub(super) fn of(facts: &Facts, rule: &TrustUnlockRule, today: Date) -> Self {
        let listed = facts.unlocks.is_some();
        let entries = facts.unlocks.as_deref().unwrap_or_default();
        let end = |entry: &super::contracts::row::UnlockEntry| {
            entry.ends_on.or_else(|| unlock_rule::unlocked_until(rule, entry.made_on))
        };
        let last = entries.iter().filter_map(|entry| entry.made_on).max();
        Self {
            until: entries.iter().filter_map(end).filter(|end| *end >= today).max(),
            restriction: unlock_rule::restriction(rule, last).filter(|restriction| restriction.until > today),
            ends_known: listed && entries.iter().all(|entry| end(entry).is_some()),
            ruled: listed && rule.interval_days.is_some() && entries.iter().all(|entry| entry.made_on.is_some()),
        }
    }

    /// Whether one is in use; none where nobody knows.
    pub(super) fn in_use(&self) -> Option<bool> {
        match self.until {
            Some(_) => Some(true),
            None => self.ends_known.then_some(false),
        }
    }

    /// Whether the next one is restricted; none where neither the vendor nor the tenant's rule tells.
    pub(super) fn restricted(&self) -> Option<bool> {
        match self.restriction {
            Some(_) => Some(true),
            None => self.ruled.then_some(false),
        }
    }

    /// Whether one could be had now, as far as the list tells.
    pub(super) fn outlook(&self) -> (Eligible, Option<TrustUnlockReason>) {
        if self.until.is_some() {
            (Eligible::No, Some(TrustUnlockReason::AlreadyInUse))
        } else if self.restriction.is_some() {
            (Eligible::No, Some(TrustUnlockReason::UsedThisPeriod))
        } else if (self.in_use(), self.restricted()) == (Some(false), Some(false)) {
            (Eligible::Yes, None)
        } else {
            // There is no route that tells; only acting does (dossier 4.e).
            (Eligible::Unknown, None)
        }
    }
}

fn verdict(prefix: Prefix, used: &Used) -> (Eligible, Option<TrustUnlockReason>) {
    let no = |reason| (Eligible::No, Some(reason));
    match prefix {
        Prefix::Cancelled | Prefix::Inactive => no(TrustUnlockReason::ContractCancelled),
        _ if used.until.is_some() && prefix != Prefix::SuspendedForDebt => no(TrustUnlockReason::AlreadyInUse),
        Prefix::SuspendedForDebt => used.outlook(),
        // Slowed down is not blocked; the release of the speed is for that.
        Prefix::Enabled | Prefix::SuspendedInPart | Prefix::QuotaExceeded => no(TrustUnlockReason::NotBlocked),
        Prefix::SuspendedAtRequest | Prefix::AwaitingSignature | Prefix::AwaitingInstallation => {
            no(TrustUnlockReason::VendorRule)
        }
        Prefix::AwaitingMigration | Prefix::Unknown => (Eligible::Unknown, None),
    }
}

/// The refusal of an unlock that need not be asked for.
fn refusal(state: &TrustUnlockState) -> Failure {
    match state.reason.unwrap_or(TrustUnlockReason::VendorRule) {
        TrustUnlockReason::UsedThisPeriod => Failure::refused(restricted(state.restriction), RESTRICTED),
        reason => {
            Failure::refused(Refusal::TrustUnlockNotEligible(reason), "The contract cannot be unlocked on trust now.")
        }
    }
}

const RESTRICTED: &str = "The trust unlock was used already and is restricted.";

const fn restricted(restriction: Option<Restriction>) -> Refusal {
    let reason = TrustUnlockReason::UsedThisPeriod;
    match restriction {
        Some(Restriction { until, source, condition }) => {
            Refusal::TrustUnlockRestricted { until: Some(until), source, condition: Some(condition), reason }
        }
        None => {
            Refusal::TrustUnlockRestricted { until: None, source: RestrictionSource::Vendor, condition: None, reason }
        }
    }
}

/// The vendor's no, by its words.
fn denied(denial: &Denial, restriction: Option<Restriction>) -> Failure {
    let not = |reason| {
        denial.refused(Refusal::TrustUnlockNotEligible(reason), "The ERP refuses to unlock this contract on trust.")
    };
    match unlock_denial(&denial.folded()) {
        UnlockDenial::NoContract => {
            denial.failure(FailureKind::NotFound(Subject::Contract), "The ERP has no such contract.")
        }
        UnlockDenial::TooManyDays => denial
            .refused(
                Refusal::TrustUnlockNotEligible(TrustUnlockReason::VendorRule),
                "The provider allows fewer days than the tenant's trust-unlock rule asks for.",
            )
            .with_fault(Fault::TenantSettings),
        UnlockDenial::Restricted => denial.refused(restricted(restriction), RESTRICTED),
        UnlockDenial::SwitchedOff => denial.failure(
            FailureKind::NotSupported(CAPABILITY),
            "The provider has switched the trust unlock off in its ERP.",
        ),
        UnlockDenial::Not(reason) => not(reason),
        UnlockDenial::Other => denial.refused(Refusal::VendorRule, "The ERP refuses to unlock this contract on trust."),
    }
}

#[cfg(test)]
mod tests;
