//! Trust unlock: what the connections say, and the unlock of each by a GET that writes (dossier 4.e).
//!
//! The vendor tells neither whether an unlock is possible nor when the next one is: only the unlock itself is refused.
//! The date after a refusal is the tenant's rule, and is said to be.

use async_trait::async_trait;
use jiff::civil::Date;
use jiff::{Span, ToSpan as _};
use ponte_domain::capability::Capability;
use ponte_domain::contract::{Contract, ContractStatus, LoginStatus};
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::reference::ContractRef;
use ponte_domain::unlock::{
    Eligible, RestrictionCondition, RestrictionSource, TrustUnlockReason, TrustUnlockState, UnlockGrant,
};
use ponte_domain::{Failure, FailureKind};
use serde::Deserialize;

use super::contracts::{Connection, is_over, whole};
use super::dialect::{Answer, Denial, Need, Params, Rule, act};
use super::settings::{self, UnlockRenewal};
use super::words::{self, BlockReason, UnlockDenial};
use super::{MkSolutions, values};
use crate::call::Call;
use crate::erp::TrustUnlock;
use crate::reading::text::Text;

const RULE: Rule = Rule::special("WSMKAutoDesbloqueio");
const CAPABILITY: Capability = Capability::TrustUnlock;

#[async_trait]
impl TrustUnlock for MkSolutions {
    async fn state(&self, call: &Call<'_>, contract: &ContractRef) -> Result<TrustUnlockState, Failure> {
        let whole = whole(call, CAPABILITY, contract).await?;
        let (eligible, reason) = verdict(whole.contract.status.value, &whole.connections);
        Ok(TrustUnlockState {
            eligible,
            reason,
            // Neither can be read: an unlocked connection looks like one that was never blocked (dossier 4.e, 4.h).
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
        if before.eligible == Eligible::No {
            let reason = before.reason.unwrap_or(TrustUnlockReason::VendorRule);
            return Err(not_eligible(reason));
        }
        let connections = blocked_for_a_bill(&before.contract);
        if connections.is_empty() {
            tracing::debug!(vendor = "mk-solutions", contract = ?contract.id, "no connection is left to unlock");
            return Err(not_eligible(nothing_to_unlock(&before.contract)));
        }
        let mut granted: Option<UnlockGrant> = None;
        for connection in connections {
            match unlock_one(call, connection).await {
                Ok(grant) => granted = Some(granted.map_or(grant, |first| shorter(first, grant))),
                // The first one was granted. The read-back shows what is still blocked.
                Err(failure) if granted.is_some() => {
                    tracing::warn!(
                        vendor = "mk-solutions",
                        request_id = %call.trip.request_id,
                        reason = failure.kind().word(),
                        "one of a contract's connections was unlocked and another was not"
                    );
                }
                Err(failure) => return Err(failure),
            }
        }
        granted.ok_or_else(|| Failure::internal("An unlock came to nothing and was not refused."))
    }
}

/// What the connections say. "Yes" is "probably": the limit of one unlock a month, and the switch of a connection, only
/// the unlock itself tells.
fn verdict(status: ContractStatus, connections: &[Connection]) -> (Eligible, Option<TrustUnlockReason>) {
    let no = |reason| (Eligible::No, Some(reason));
    if is_over(status) {
        return no(TrustUnlockReason::ContractCancelled);
    }
    if status != ContractStatus::Active {
        return no(TrustUnlockReason::VendorRule);
    }
    let blocked = || connections.iter().filter(|connection| connection.blocked == Some(true));
    let has = |reason: BlockReason| blocked().any(|connection| connection.block_reason() == reason);
    if blocked().next().is_none() {
        let unsaid = connections.is_empty() || connections.iter().any(|connection| connection.blocked.is_none());
        return if unsaid { (Eligible::Unknown, None) } else { no(TrustUnlockReason::NotBlocked) };
    }
    if has(BlockReason::Payment) {
        return (Eligible::Yes, None);
    }
    // Blocked, and not said why: only the ERP can tell.
    if has(BlockReason::Unsaid) {
        return (Eligible::Unknown, None);
    }
    no(TrustUnlockReason::VendorRule)
}

/// The connections that an unlock is for, as the contract shows them: those blocked for a bill, or for nothing said.
fn blocked_for_a_bill(contract: &Contract) -> Vec<&str> {
    let logins = contract.logins.iter().filter(|login| login.status.value == LoginStatus::Inactive);
    let payable = logins.filter(|login| {
        let reason = words::block_reason(login.status.vendor_word.as_deref().unwrap_or_default());
        matches!(reason, BlockReason::Payment | BlockReason::Unsaid)
    });
    payable.map(|login| login.id.as_str()).collect()
}

/// Why there is nothing to unlock. Only connections that say so are not blocked.
fn nothing_to_unlock(contract: &Contract) -> TrustUnlockReason {
    let mut logins = contract.logins.iter().peekable();
    let told = logins.peek().is_some() && logins.all(|login| login.status.value == LoginStatus::Active);
    if told { TrustUnlockReason::NotBlocked } else { TrustUnlockReason::VendorRule }
}

/// Unlocks one connection: a GET that writes, sent once.
async fn unlock_one(call: &Call<'_>, connection: &str) -> Result<UnlockGrant, Failure> {
    let days = call.tenant.settings.trust_unlock.days_granted.map(|days| days.to_string());
    let both: [(&'static str, &str); 2] = [("cd_conexao", connection), ("diasexcecao", days.as_deref().unwrap_or(""))];
    // Without days the ERP's own settings say how long.
    let params: Params<'_> = if days.is_some() { &both } else { both.split_at(1).0 };
    let renewal = settings::unlock_renewal(call.tenant);
    act(call, Need::Required(CAPABILITY), RULE, params, |answer| read(answer, call.today, renewal)).await
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Unlocked<'a> {
    status: Text<'a>,
    limiteexcecao: Text<'a>,
}

fn read(answer: &Answer<'_>, today: Date, renewal: UnlockRenewal) -> Result<UnlockGrant, Failure> {
    if let Some(denial) = answer.denial() {
        return Err(refusal(denial, today, renewal));
    }
    let unlocked: Unlocked<'_> = answer.object()?;
    if !unlocked.status.as_str().eq_ignore_ascii_case("OK") {
        return Err(answer.broken("The ERP's answer to an unlock says neither yes nor no."));
    }
    // It was granted; a last day that cannot be read does not undo that.
    let until = values::br_date(&unlocked.limiteexcecao, "LimiteExcecao").unwrap_or_default();
    let days = until.and_then(|until| u16::try_from(until.duration_since(today).as_hours() / 24).ok());
    Ok(UnlockGrant { days_granted: days, unlocked_until: until, at: None })
}

fn refusal(denial: &Denial, today: Date, renewal: UnlockRenewal) -> Failure {
    if denial.nothing_there() {
        return denial.failure(FailureKind::NotFound(Subject::Contract), "The ERP has no such connection.");
    }
    match words::unlock_denial(&denial.folded()) {
        UnlockDenial::Restricted => denial.failure(
            FailureKind::Refused(restricted(today, renewal)),
            "The trust unlock was used already, or the provider has switched it off for this connection.",
        ),
        UnlockDenial::Not(reason) => {
            denial.refusal(Refusal::TrustUnlockNotEligible(reason), "The ERP refuses to unlock this contract on trust.")
        }
    }
}

/// The ERP says no and no date. By the calendar month the next unlock is one of the next month; by the tenant's
/// interval it is counted from the last unlock that Ponte knows of, which is not known here.
fn restricted(today: Date, renewal: UnlockRenewal) -> Refusal {
    let until = match renewal {
        UnlockRenewal::CalendarMonth => {
            let month: Span = 1.month();
            today.first_of_month().checked_add(month).ok()
        }
        UnlockRenewal::TenantRule => None,
    };
    Refusal::TrustUnlockRestricted {
        until,
        source: if until.is_some() { RestrictionSource::TenantRule } else { RestrictionSource::Vendor },
        condition: until.map(|_| RestrictionCondition::Date),
        reason: TrustUnlockReason::UsedThisPeriod,
    }
}

fn not_eligible(reason: TrustUnlockReason) -> Failure {
    Failure::refused(Refusal::TrustUnlockNotEligible(reason), "The contract cannot be unlocked on trust now.")
}

/// A contract with several connections is unlocked until the first of them is blocked again.
fn shorter(one: UnlockGrant, other: UnlockGrant) -> UnlockGrant {
    match (one.unlocked_until, other.unlocked_until) {
        (Some(first), Some(second)) if second < first => other,
        (None, Some(_)) => other,
        _ => one,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;
    use ponte_domain::contract::ContractStatus;
    use ponte_domain::failure::{Refusal, Subject};
    use ponte_domain::unlock::{Eligible, RestrictionCondition, RestrictionSource, TrustUnlockReason, UnlockGrant};
    use ponte_domain::{Failure, FailureKind};
    use ponte_transport::Reply;

    use super::{CAPABILITY, RULE, read, verdict};
    use crate::mk_solutions::contracts::Connection;
    use crate::mk_solutions::dialect::Answer;
    use crate::mk_solutions::settings::UnlockRenewal;

    fn connection(columns: &str) -> Connection {
        Connection::of(&format!(r#"{{"codconexao":23818,"contrato":8139,{columns}}}"#))
    }

    #[test]
    fn the_connections_say_whether_an_unlock_makes_sense() {
        use TrustUnlockReason::{ContractCancelled, NotBlocked, VendorRule};
        const FREE: &str = r#""bloqueada":"Não""#;
        const BILL: &str = r#""bloqueada":"Sim","motivo_bloqueio":"Falta de pagamento""#;
        const HAND: &str = r#""bloqueada":"Sim","motivo_bloqueio":"Por tempo indeterminado""#;
        const TERM: &str = r#""bloqueada":"Sim","motivo_bloqueio":"Contrato não aceito""#;
        const UNSAID: &str = r#""bloqueada":"Sim","motivo_bloqueio":null"#;
        for (status, columns, expected) in [
            (ContractStatus::Active, vec![BILL], (Eligible::Yes, None)),
            (ContractStatus::Active, vec![FREE, BILL], (Eligible::Yes, None)),
            (ContractStatus::Active, vec![FREE], (Eligible::No, Some(NotBlocked))),
            (ContractStatus::Active, vec![HAND], (Eligible::No, Some(VendorRule))),
            (ContractStatus::Active, vec![TERM], (Eligible::No, Some(VendorRule))),
            (ContractStatus::Active, vec![UNSAID], (Eligible::Unknown, None)),
            (ContractStatus::Active, vec![], (Eligible::Unknown, None)),
            (ContractStatus::Active, vec![r#""bloqueada":"""#], (Eligible::Unknown, None)),
            (ContractStatus::Suspended, vec![BILL], (Eligible::No, Some(VendorRule))),
            (ContractStatus::PreContract, vec![TERM], (Eligible::No, Some(VendorRule))),
            (ContractStatus::Cancelled, vec![BILL], (Eligible::No, Some(ContractCancelled))),
        ] {
            let connections: Vec<Connection> = columns.iter().map(|columns| connection(columns)).collect();
            assert_eq!(verdict(status, &connections), expected, "{status:?} {columns:?}");
        }
    }

    fn said(body: &str, renewal: UnlockRenewal) -> Result<UnlockGrant, Failure> {
        let reply = Reply::new(200, None, body.to_owned());
        Answer::of(&reply, RULE, CAPABILITY).and_then(|answer| read(&answer, date(2026, 9, 10), renewal))
    }

    #[test]
    fn a_grant_tells_its_last_day() {
        let grant = |limit: &str| {
            let body = format!(r#"{{"CodigoPessoa":17645,"Conexao":"23818","LimiteExcecao":"{limit}","status":"OK"}}"#);
            said(&body, UnlockRenewal::TenantRule).unwrap()
        };
        assert_eq!(
            grant("13/09/2026"),
            UnlockGrant { days_granted: Some(3), unlocked_until: Some(date(2026, 9, 13)), at: None }
        );
        assert_eq!(grant(""), UnlockGrant::default());
        assert_eq!(grant("logo"), UnlockGrant::default());
    }

    #[test]
    fn each_refusal_has_its_reason() {
        let kind = |body: &str, renewal| said(body, renewal).unwrap_err().kind();
        let used = r#"{"status":"ERRO","mensagem":"Operação indisponível para esta conexão."}"#;
        let until = |until, source, condition| {
            let reason = TrustUnlockReason::UsedThisPeriod;
            FailureKind::Refused(Refusal::TrustUnlockRestricted { until, source, condition, reason })
        };
        assert_eq!(
            kind(used, UnlockRenewal::CalendarMonth),
            until(Some(date(2026, 10, 1)), RestrictionSource::TenantRule, Some(RestrictionCondition::Date))
        );
        assert_eq!(kind(used, UnlockRenewal::TenantRule), until(None, RestrictionSource::Vendor, None));
        for (body, expected) in [
            (
                r#"{"status":"ERRO","mensagem":"Status na conexão incompatível para auto-desbloqueio."}"#,
                FailureKind::Refused(Refusal::TrustUnlockNotEligible(TrustUnlockReason::NotBlocked)),
            ),
            (
                r#"{"status":"ERRO","mensagem":"Qualquer outra coisa."}"#,
                FailureKind::Refused(Refusal::TrustUnlockNotEligible(TrustUnlockReason::VendorRule)),
            ),
            (
                r#"{"Mensagem":"Dados não localizados.","Num. ERRO":"003","status":"ERRO"}"#,
                FailureKind::NotFound(Subject::Contract),
            ),
            (r#"{"Conexao":"23818"}"#, FailureKind::BrokenAnswer),
        ] {
            assert_eq!(kind(body, UnlockRenewal::TenantRule), expected, "{body}");
        }
    }
}
