//! Trust unlock: by the contract's number, with the ERP's rules of quantity and period, which only the portal shows
//! (dossier 4.e). No answer was ever published, so every word about one is an assumption, kept in `words.rs`.

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::contract::AccessStatus;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::reference::ContractRef;
use ponte_domain::unlock::{Eligible, RestrictionSource, TrustUnlockReason, TrustUnlockState, UnlockGrant};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Method;
use serde::Serialize;

use super::Synsuite;
use super::contracts::{Whole, whole};
use super::dialect::{Denial, Need, Route, ask};
use super::portal_connections::{Attempts, attempts};
use super::words::{Stage, Standing, UnlockDenial, unlock_denial};
use crate::call::Call;
use crate::erp::TrustUnlock;
use crate::unlock_rule;

const CAPABILITY: Capability = Capability::TrustUnlock;
const UNLOCK: Route = Route::of(Method::Post, "contracts/unlock", Need::Required(CAPABILITY));

#[async_trait]
impl TrustUnlock for Synsuite {
    async fn state(&self, call: &Call<'_>, contract: &ContractRef) -> Result<TrustUnlockState, Failure> {
        let (whole, attempts) =
            tokio::join!(whole(call, Need::Core(CAPABILITY), contract), attempts(call, CAPABILITY, contract));
        let whole = whole?;
        // The counts are one more thing to know, for holders who signed in.
        let (eligible, reason) = verdict(&whole, attempts.ok().flatten().as_ref());
        Ok(TrustUnlockState {
            eligible,
            reason,
            // Neither is in any answer of the vendor.
            in_use: None,
            restriction: None,
            days_granted: call.tenant.settings.trust_unlock.days_granted,
            unlocked_until: None,
            contract: whole.contract,
        })
    }

    async fn unlock(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        before: &TrustUnlockState,
    ) -> Result<UnlockGrant, Failure> {
        #[derive(Serialize)]
        struct Nothing {}
        if before.eligible == Eligible::No || before.contract.reference != *contract {
            return Err(refusal(before.reason.unwrap_or(TrustUnlockReason::VendorRule)));
        }
        // The number that people see, zeros in front included; the id is another one.
        let number = before.contract.number.as_str();
        let taken = ask(call, UNLOCK, |route| route.act().segment(number).json(&Nothing {}), |answer| answer.outcome());
        match taken.await? {
            Ok(()) => {
                let rule = &call.tenant.settings.trust_unlock;
                // The vendor tells no days: they are the tenant's own rule.
                let until = unlock_rule::unlocked_until(rule, Some(call.today));
                Ok(UnlockGrant { days_granted: rule.days_granted, unlocked_until: until, at: None })
            }
            Err(denial) => Err(denied(denial)),
        }
    }
}

/// What can be told without acting. The counts tell the rest; without them only the unlock itself does (dossier 4.e).
fn verdict(whole: &Whole, attempts: Option<&Attempts>) -> (Eligible, Option<TrustUnlockReason>) {
    let no = |reason| (Eligible::No, Some(reason));
    if whole.is_over() {
        return no(TrustUnlockReason::ContractCancelled);
    }
    match (whole.standing, whole.stage) {
        (_, Stage::Draft | Stage::InApproval | Stage::Rejected | Stage::Cancelled)
        | (Standing::Blocked, Stage::Live) => no(TrustUnlockReason::VendorRule),
        (Standing::BlockedForDebt, Stage::Live) => match attempts {
            Some(Attempts { left: 0 }) => no(TrustUnlockReason::UsedThisPeriod),
            Some(_) => (Eligible::Yes, None),
            None => (Eligible::Unknown, None),
        },
        // A connection that is blocked under a contract in force was blocked by hand.
        (Standing::InForce, Stage::Live) if whole.contract.access.value == AccessStatus::Blocked => {
            no(TrustUnlockReason::VendorRule)
        }
        (Standing::InForce, Stage::Live) => no(TrustUnlockReason::NotBlocked),
        (Standing::Unknown | Standing::Over, Stage::Live) | (_, Stage::Unknown) => (Eligible::Unknown, None),
    }
}

/// The refusal of an unlock that need not be asked for.
fn refusal(reason: TrustUnlockReason) -> Failure {
    match reason {
        TrustUnlockReason::UsedThisPeriod => Failure::refused(RESTRICTED, RESTRICTED_DETAIL),
        _ => Failure::refused(Refusal::TrustUnlockNotEligible(reason), "The contract cannot be unlocked on trust now."),
    }
}

/// The vendor tells no date; the tenant's rule may, from the last unlock that Ponte knows of.
const RESTRICTED: Refusal = Refusal::TrustUnlockRestricted {
    until: None,
    source: RestrictionSource::Vendor,
    condition: None,
    reason: TrustUnlockReason::UsedThisPeriod,
};
const RESTRICTED_DETAIL: &str = "The month's trust unlocks of this contract are used up.";

fn denied(denial: Denial) -> Failure {
    match unlock_denial(&denial.folded()) {
        UnlockDenial::NoContract => {
            denial.failure(FailureKind::NotFound(Subject::Contract), "The ERP has no such contract.")
        }
        UnlockDenial::Restricted => denial.refused(RESTRICTED, RESTRICTED_DETAIL),
        UnlockDenial::Not(reason) => {
            denial.refused(Refusal::TrustUnlockNotEligible(reason), "The ERP refuses to unlock this contract on trust.")
        }
    }
}

#[cfg(test)]
mod tests {
    use ponte_domain::unlock::{Eligible, TrustUnlockReason};

    use super::verdict;
    use crate::synsuite::portal_connections::Attempts;
    use crate::synsuite::testing::whole;

    #[test]
    fn status_stage_and_counts_say_whether_it_may_be_asked_for() {
        use Eligible::{No, Unknown, Yes};
        use TrustUnlockReason::{ContractCancelled, NotBlocked, UsedThisPeriod, VendorRule};
        for (columns, connection, left, expected) in [
            (r#""contractStatus":6"#, "2", None, (Unknown, None)),
            (r#""contractStatus":6"#, "2", Some(1), (Yes, None)),
            (r#""contractStatus":6"#, "2", Some(0), (No, Some(UsedThisPeriod))),
            (r#""contractStatus":1"#, "1", None, (No, Some(NotBlocked))),
            (r#""contractStatus":1"#, "3", None, (No, Some(NotBlocked))),
            (r#""contractStatus":1"#, "2", None, (No, Some(VendorRule))),
            (r#""contractStatus":7"#, "2", Some(1), (No, Some(VendorRule))),
            (r#""contractStatus":5"#, "2", None, (No, Some(VendorRule))),
            (r#""contractStatus":4"#, "2", None, (No, Some(ContractCancelled))),
            (r#""contractStatus":9"#, "2", None, (No, Some(ContractCancelled))),
            (r#""contractStatus":6,"stage":2"#, "2", None, (No, Some(VendorRule))),
            (r#""contractStatus":6,"stage":5"#, "2", None, (No, Some(ContractCancelled))),
            (r#""contractStatus":42"#, "2", None, (Unknown, None)),
            (r#""contractStatus":6,"stage":6"#, "2", Some(1), (Unknown, None)),
        ] {
            let attempts = left.map(|left| Attempts { left });
            assert_eq!(verdict(&whole(columns, connection), attempts.as_ref()), expected, "{columns} {left:?}");
        }
    }
}
