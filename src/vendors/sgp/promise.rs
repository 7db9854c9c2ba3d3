//! The payment promise: `liberacaopromessa`, which lifts a block and, as far as anybody knows, reduced speed (dossier
//! 4.e, 4.f). Asking is doing: there is no dry run and no question of eligibility.

use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Upstream;
use ponte_domain::reference::ContractRef;
use ponte_domain::tenant::Tenant;
use serde::Deserialize;

use super::dialect::{Need, Request, act};
use super::found::Found;
use super::settings;
use super::tickets;
use super::values::{count, day, flag, given};
use crate::call::Call;
use crate::reading::prose::fold;
use crate::reading::text::Text;

/// Words in the ticket that a promise leaves behind; both, since a customer may write about promises too. That its text
/// is that of the answer (`Liberação via URA`, `Motivo: Promessa de Pagamento`) is an assumption: the answer was seen,
/// the ticket was not (dossier 4.e).
const TICKET_WORDS: [&str; 2] = ["liberacao via", "motivo: promessa de pagamento"];

/// What the vendor said to a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Promise {
    /// Unlocked.
    Granted {
        /// Days, if it says.
        days: Option<u16>,
        /// Until when, if it says.
        until: Option<Date>,
    },
    /// The allowance is used up. It does not say until when.
    UsedUp,
    /// There is no block to lift.
    NothingToLift,
    /// Another status; the message goes nowhere, since it carries the login.
    OtherRule,
}

/// Makes a promise for a contract, once. The date is left out, so that the provider's rule decides.
///
/// # Errors
/// What the vendor says; an answer that does not say whether anything was lifted leaves the outcome open.
pub(super) async fn make(
    call: &Call<'_>,
    capability: Capability,
    contract: &ContractRef,
) -> Result<(Promise, Upstream), Failure> {
    let request =
        Request::form("liberacaopromessa", "/api/ura/liberacaopromessa/").with("contrato", contract.id.as_str());
    act(call, Need::Required(capability), request, |answer| {
        answer.json(|wire: Wire<'_>| {
            let upstream = answer.upstream_code(given(&wire.status).unwrap_or_default());
            Ok(wire.read().map(|promise| (promise, upstream)))
        })
    })
    .await
}

/// Whether the month's allowance is used up; none where the version does not count.
pub(super) fn used_up(tenant: &Tenant, found: &Found) -> Option<bool> {
    found.promises.map(|promises| promises >= settings::promises_per_month(tenant))
}

/// The day of the last promise, by the newest ticket that one left behind. None where there is none, or tickets cannot
/// be read: SGP has no column for it.
pub(super) async fn last_made(call: &Call<'_>, capability: Capability, contract: &ContractRef) -> Option<Date> {
    let tickets = tickets::of_contract(call, Need::Optional(capability), contract).await.ok()?;
    let mine = tickets.into_iter().filter(|ticket| ticket.complaint.as_deref().is_some_and(is_of_a_promise));
    let last = mine.filter_map(|ticket| ticket.opened_at).max()?;
    Some(call.tenant.settings.zone.today(last))
}

fn is_of_a_promise(complaint: &str) -> bool {
    let folded = fold(complaint);
    TICKET_WORDS.iter().all(|words| folded.contains(words))
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Wire<'a> {
    status: Text<'a>,
    liberado: Text<'a>,
    liberado_dias: Text<'a>,
    data_promessa: Text<'a>,
}

impl Wire<'_> {
    /// Numbers and booleans may come as texts. `liberado` proves the effect, `status` tells why there is none.
    fn read(&self) -> Option<Promise> {
        Some(match (flag(&self.liberado), given(&self.status)) {
            (Some(true), _) => Promise::Granted {
                days: count(&self.liberado_dias).and_then(|days| u16::try_from(days).ok()).filter(|days| *days > 0),
                // It is done; a date that cannot be read must not make it look undone.
                until: day(&self.data_promessa, "data_promessa").ok().flatten(),
            },
            (Some(false), Some("2")) => Promise::UsedUp,
            (Some(false), Some("0")) => Promise::NothingToLift,
            (Some(false), _) => Promise::OtherRule,
            (None, _) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;

    use super::{Promise, Wire, is_of_a_promise};

    #[test]
    fn a_customers_own_words_are_no_trace_of_a_promise() {
        assert!(is_of_a_promise("Liberação via URA - Serviço ID: 1, Login: ana Motivo: Promessa de Pagamento"));
        assert!(!is_of_a_promise("Quero fazer uma promessa de pagamento"));
    }

    #[test]
    fn what_was_lifted_proves_a_promise() {
        let granted = |days, until| Some(Promise::Granted { days, until });
        for (json, expected) in [
            (
                r#"{"status":1,"liberado":true,"liberado_dias":3,"data_promessa":"2026-11-23","msg":"Login: x"}"#,
                granted(Some(3), Some(date(2026, 11, 23))),
            ),
            (r#"{"status":"1","liberado":"True","liberado_dias":"3"}"#, granted(Some(3), None)),
            (r#"{"status":1,"liberado":1,"data_promessa":"logo"}"#, granted(None, None)),
            (r#"{"status":2,"liberado":false,"msg":"já atingiu quantidade permitida"}"#, Some(Promise::UsedUp)),
            (r#"{"status":"0","liberado":"False","msg":""}"#, Some(Promise::NothingToLift)),
            (r#"{"status":5,"liberado":0}"#, Some(Promise::OtherRule)),
            (r#"{"liberado":false}"#, Some(Promise::OtherRule)),
            (r#"{"status":1}"#, None),
            (r#"{"msg":"x"}"#, None),
        ] {
            let read = serde_json::from_str::<Wire<'_>>(json).unwrap().read();
            assert_eq!(read, expected, "{json}");
        }
    }
}
