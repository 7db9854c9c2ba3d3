//! Release of the reduced speed: the second generation of the unlock lifts it, connection by connection (dossier 4.f).

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{ContractStatus, Speed};
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::reference::ContractRef;
use ponte_domain::unlock::{Eligible, SpeedReleaseReason, SpeedReleaseState};
use ponte_domain::{Failure, FailureKind};
use serde::Deserialize;

use super::contracts::{Connection, whole};
use super::dialect::{Answer, Need, Params, Rule, act};
use super::{MkSolutions, words};
use crate::call::Call;
use crate::erp::SpeedRelease;
use crate::reading::text::Text;

const RULE: Rule = Rule::special("WSMKAutoDesbloqueioV2");
const CAPABILITY: Capability = Capability::SpeedRelease;

#[async_trait]
impl SpeedRelease for MkSolutions {
    async fn state(&self, call: &Call<'_>, contract: &ContractRef) -> Result<SpeedReleaseState, Failure> {
        let whole = whole(call, CAPABILITY, contract).await?;
        let (releasable, reason) = verdict(whole.contract.status.value, whole.contract.speed);
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
        if before.releasable == Eligible::No {
            return Err(not_eligible(before.reason.unwrap_or(SpeedReleaseReason::VendorRule)));
        }
        let mut released = false;
        for connection in reduced(call, contract, before).await? {
            match release_one(call, &connection).await {
                Ok(()) => released = true,
                // The first one was released. The read-back shows what is still reduced.
                Err(failure) if released => tracing::warn!(
                    vendor = "mk-solutions",
                    request_id = %call.trip.request_id,
                    reason = failure.kind().word(),
                    "one of a contract's connections was released and another was not"
                ),
                Err(failure) => return Err(failure),
            }
        }
        if released { Ok(()) } else { Err(not_eligible(SpeedReleaseReason::NotReduced)) }
    }
}

/// The connections to release. A contract does not show which of several is slow, so they are read again.
async fn reduced(call: &Call<'_>, contract: &ContractRef, before: &SpeedReleaseState) -> Result<Vec<String>, Failure> {
    if let [only] = before.contract.logins.as_slice() {
        return Ok(vec![only.id.as_str().to_owned()]);
    }
    let slow = |connection: &&Connection| connection.reduced == Some(true);
    let whole = whole(call, CAPABILITY, contract).await?;
    Ok(whole.connections.iter().filter(slow).map(|connection| connection.id.clone()).collect())
}

/// A GET that writes, sent once.
async fn release_one(call: &Call<'_>, connection: &str) -> Result<(), Failure> {
    let days = call.tenant.settings.trust_unlock.days_granted.map(|days| days.to_string());
    let both: [(&'static str, &str); 2] = [("cd_conexao", connection), ("diasexcecao", days.as_deref().unwrap_or(""))];
    let params: Params<'_> = if days.is_some() { &both } else { both.split_at(1).0 };
    act(call, Need::Required(CAPABILITY), RULE, params, read).await
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Released<'a> {
    status: Text<'a>,
}

fn read(answer: &Answer<'_>) -> Result<(), Failure> {
    match answer.denial() {
        Some(denial) if denial.nothing_there() => {
            return Err(denial.failure(FailureKind::NotFound(Subject::Contract), "The ERP has no such connection."));
        }
        Some(denial) => {
            let reason = words::release_denial(&denial.folded());
            let refusal = Refusal::SpeedReleaseNotEligible(reason);
            return Err(denial.refusal(refusal, "The ERP refuses to release the speed of this contract."));
        }
        None => {}
    }
    let released: Released<'_> = answer.object()?;
    if released.status.as_str().eq_ignore_ascii_case("OK") {
        Ok(())
    } else {
        Err(answer.broken("The ERP's answer to a release says neither yes nor no."))
    }
}

fn verdict(status: ContractStatus, speed: Speed) -> (Eligible, Option<SpeedReleaseReason>) {
    match (status, speed) {
        (ContractStatus::Active, Speed::Reduced) => (Eligible::Yes, None),
        (_, Speed::Reduced) => (Eligible::No, Some(SpeedReleaseReason::VendorRule)),
        (_, Speed::Normal) => (Eligible::No, Some(SpeedReleaseReason::NotReduced)),
        (ContractStatus::Active, Speed::Unknown) => (Eligible::Unknown, None),
        (_, Speed::Unknown) => (Eligible::No, Some(SpeedReleaseReason::VendorRule)),
    }
}

fn not_eligible(reason: SpeedReleaseReason) -> Failure {
    Failure::refused(Refusal::SpeedReleaseNotEligible(reason), "The contract's speed cannot be released now.")
}

#[cfg(test)]
mod tests {
    use ponte_domain::FailureKind;
    use ponte_domain::contract::{ContractStatus, Speed};
    use ponte_domain::failure::{Refusal, Subject};
    use ponte_domain::unlock::{Eligible, SpeedReleaseReason};
    use ponte_transport::Reply;

    use super::{CAPABILITY, RULE, read, verdict};
    use crate::mk_solutions::dialect::Answer;

    #[test]
    fn only_a_slow_contract_in_force_can_be_released() {
        use SpeedReleaseReason::{NotReduced, VendorRule};
        for (status, speed, expected) in [
            (ContractStatus::Active, Speed::Reduced, (Eligible::Yes, None)),
            (ContractStatus::Active, Speed::Normal, (Eligible::No, Some(NotReduced))),
            (ContractStatus::Active, Speed::Unknown, (Eligible::Unknown, None)),
            (ContractStatus::Cancelled, Speed::Reduced, (Eligible::No, Some(VendorRule))),
            (ContractStatus::Cancelled, Speed::Unknown, (Eligible::No, Some(VendorRule))),
        ] {
            assert_eq!(verdict(status, speed), expected, "{status:?} {speed:?}");
        }
    }

    #[test]
    fn an_answer_is_yes_or_a_refusal() {
        let said = |body: &'static str| {
            let reply = Reply::new(200, None, body);
            Answer::of(&reply, RULE, CAPABILITY).and_then(|answer| read(&answer)).map_err(|failure| failure.kind())
        };
        let refused = |reason| Err(FailureKind::Refused(Refusal::SpeedReleaseNotEligible(reason)));
        assert_eq!(said(r#"{"Conexao":"23818","LimiteExcecao":"13/09/2026","status":"OK"}"#), Ok(()));
        assert_eq!(
            said(r#"{"status":"ERRO","mensagem":"Operação indisponível para esta conexão."}"#),
            refused(SpeedReleaseReason::UsedThisPeriod)
        );
        assert_eq!(said(r#"{"status":"ERRO","mensagem":"Outra."}"#), refused(SpeedReleaseReason::VendorRule));
        assert_eq!(
            said(r#"{"CODIGO_ERRO":"003","Mensagem":"Dados não localizados.","status":"ERRO"}"#),
            Err(FailureKind::NotFound(Subject::Contract))
        );
        assert_eq!(said("{}"), Err(FailureKind::BrokenAnswer));
    }
}
