//! Release of a reduced speed: the ERP's "partial suspension" (dossier 4.f). No route is made for it: the trust unlock is
//! taken, which ends by itself and obeys the provider's rule; enabling for good is for tenants that ask for it.

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Refusal;
use ponte_domain::reference::ContractRef;
use ponte_domain::unlock::{Eligible, SpeedReleaseReason, SpeedReleaseState, TrustUnlockReason};
use ponte_transport::Method;
use serde::Serialize;
use serde::de::IgnoredAny;

use super::Hubsoft;
use super::contracts::whole;
use super::dialect::{Denial, Need, act, send};
use super::settings::{self, ReleaseAction};
use super::trust_unlock::{self, Used};
use super::words::{Prefix, UnlockDenial, unlock_denial};
use crate::call::Call;
use crate::erp::SpeedRelease;

const CAPABILITY: Capability = Capability::SpeedRelease;
const ENABLE: &str = "cliente/cliente_servico/habilitar";

#[async_trait]
impl SpeedRelease for Hubsoft {
    async fn state(&self, call: &Call<'_>, contract: &ContractRef) -> Result<SpeedReleaseState, Failure> {
        let whole = whole(call, CAPABILITY, contract).await?;
        let used = Used::of(&whole.facts, &call.tenant.settings.trust_unlock, call.today);
        let (reduced, releasable, reason) = verdict(whole.facts.prefix, settings::release_action(call.tenant), &used);
        Ok(SpeedReleaseState { reduced, releasable, reason, contract: whole.contract })
    }

    async fn release(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        before: &SpeedReleaseState,
    ) -> Result<(), Failure> {
        if before.releasable == Eligible::No {
            let reason = before.reason.unwrap_or(SpeedReleaseReason::VendorRule);
            return Err(Failure::refused(
                Refusal::SpeedReleaseNotEligible(reason),
                "The contract's speed cannot be released now.",
            ));
        }
        let outcome = match settings::release_action(call.tenant) {
            ReleaseAction::TrustUnlock => trust_unlock::ask(call, CAPABILITY, contract).await?.map(|_| ()),
            ReleaseAction::Enable => enable(call, contract).await?,
        };
        outcome.map_err(|denial| denial.refused(refusal(&denial.folded()), REFUSED))
    }
}

const REFUSED: &str = "The ERP refuses to release the speed of this contract.";

/// The texts are those of the trust unlock, and as little documented.
fn refusal(folded: &str) -> Refusal {
    let not = Refusal::SpeedReleaseNotEligible;
    match unlock_denial(folded) {
        UnlockDenial::Restricted => not(SpeedReleaseReason::UsedThisPeriod),
        UnlockDenial::SwitchedOff => not(SpeedReleaseReason::Disabled),
        UnlockDenial::Not(reason) => not(release_reason(reason)),
        UnlockDenial::TooManyDays | UnlockDenial::NoContract => not(SpeedReleaseReason::VendorRule),
        UnlockDenial::Other => Refusal::VendorRule,
    }
}

/// Enables the service until the next billing run, whatever is owed.
async fn enable(call: &Call<'_>, contract: &ContractRef) -> Result<Result<(), Denial>, Failure> {
    #[derive(Serialize)]
    struct Body {
        motivo_habilitacao: &'static str,
    }
    let body = Body { motivo_habilitacao: "Liberação de velocidade pedida pelo cliente no atendimento" };
    send(
        call,
        Need::Required(CAPABILITY),
        ENABLE,
        || act(ENABLE, Method::Post).segment(contract.id.as_str()).json(&body),
        |answer| Ok(answer.done::<IgnoredAny>()?.map(|_| ())),
    )
    .await
}

/// Whether it is slow, whether that can be lifted, and why not. A reduction for an exhausted quota is another thing,
/// which neither route is meant for (dossier 4.f).
fn verdict(prefix: Prefix, action: ReleaseAction, used: &Used) -> (Option<bool>, Eligible, Option<SpeedReleaseReason>) {
    match prefix {
        Prefix::SuspendedInPart => {
            let (eligible, reason) = match action {
                ReleaseAction::Enable => (Eligible::Yes, None),
                ReleaseAction::TrustUnlock => used.outlook(),
            };
            (Some(true), eligible, reason.map(release_reason))
        }
        Prefix::QuotaExceeded => (Some(true), Eligible::No, Some(SpeedReleaseReason::QuotaReached)),
        // Enabling lasts and asks for no debt: not where nobody knows what the service was stopped for.
        Prefix::AwaitingMigration | Prefix::Unknown if action == ReleaseAction::Enable => {
            (None, Eligible::No, Some(SpeedReleaseReason::VendorRule))
        }
        Prefix::AwaitingMigration | Prefix::Unknown => (None, Eligible::Unknown, None),
        _ => (Some(false), Eligible::No, Some(SpeedReleaseReason::NotReduced)),
    }
}

const fn release_reason(reason: TrustUnlockReason) -> SpeedReleaseReason {
    match reason {
        TrustUnlockReason::AlreadyInUse => SpeedReleaseReason::AlreadyInUse,
        TrustUnlockReason::UsedThisPeriod => SpeedReleaseReason::UsedThisPeriod,
        TrustUnlockReason::NotBlocked => SpeedReleaseReason::NotReduced,
        TrustUnlockReason::OverdueLimit | TrustUnlockReason::ContractCancelled | TrustUnlockReason::VendorRule => {
            SpeedReleaseReason::VendorRule
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use ponte_domain::tenant::TrustUnlockRule;
    use ponte_domain::unlock::{Eligible, SpeedReleaseReason};

    use super::verdict;
    use crate::hubsoft::settings::ReleaseAction;
    use crate::hubsoft::testing::facts;
    use crate::hubsoft::trust_unlock::Used;

    #[test]
    fn the_prefix_and_the_unlocks_say_whether_a_release_makes_sense() {
        use ReleaseAction::{Enable, TrustUnlock};
        use SpeedReleaseReason::{AlreadyInUse, NotReduced, QuotaReached, UsedThisPeriod, VendorRule};
        let rule = TrustUnlockRule { days_granted: Some(3), interval_days: Some(30) };
        for (columns, action, expected) in [
            (
                r#""status_prefixo":"suspenso_parcialmente","desbloqueios":[]"#,
                TrustUnlock,
                (Some(true), Eligible::Yes, None),
            ),
            (r#""status_prefixo":"suspenso_parcialmente""#, TrustUnlock, (Some(true), Eligible::Unknown, None)),
            (r#""status_prefixo":"suspenso_parcialmente""#, Enable, (Some(true), Eligible::Yes, None)),
            (
                r#""status_prefixo":"suspenso_parcialmente","desbloqueios":[{"data_cadastro":"2026-11-02 09:00:00","data_termino":"2026-11-05"}]"#,
                TrustUnlock,
                (Some(true), Eligible::No, Some(UsedThisPeriod)),
            ),
            (
                r#""status_prefixo":"suspenso_parcialmente","desbloqueios":[{"data_cadastro":"2026-11-19 09:00:00","data_termino":"2026-11-22"}]"#,
                TrustUnlock,
                (Some(true), Eligible::No, Some(AlreadyInUse)),
            ),
            (r#""status_prefixo":"franquia_excedida""#, Enable, (Some(true), Eligible::No, Some(QuotaReached))),
            (r#""status_prefixo":"servico_habilitado""#, TrustUnlock, (Some(false), Eligible::No, Some(NotReduced))),
            (r#""status_prefixo":"suspenso_debito""#, TrustUnlock, (Some(false), Eligible::No, Some(NotReduced))),
            (r#""status_prefixo":"cancelado""#, TrustUnlock, (Some(false), Eligible::No, Some(NotReduced))),
            (r#""status_prefixo":"dedicado_suspenso""#, TrustUnlock, (None, Eligible::Unknown, None)),
            (r#""status_prefixo":"dedicado_suspenso""#, Enable, (None, Eligible::No, Some(VendorRule))),
        ] {
            let facts = facts(columns);
            let used = Used::of(&facts, &rule, date(2026, 11, 20));
            assert_eq!(verdict(facts.prefix, action, &used), expected, "{columns}");
        }
    }
}
