//! The eleven diagnostics: Portuguese values as existing flows compare them, typed values, verdicts.
//!
//! The table of `product.md` ("Diagnostics") stands here, a variable a function.

use bytes::Bytes;
use ponte_api::diagnostics as words;
use ponte_api::words::ContractId;
use ponte_domain::contract::{AccessStatus, ContractStatus, LoginStatus, Online, Speed, Technology};
use ponte_domain::customer::CustomerStatus;
use ponte_domain::diagnostics::{Diagnosis, DiagnosticVariable, Reading, Verdict};
use ponte_domain::reference::ContractRef;
use ponte_operations::diagnostics::DiagnosticsAnswer;

use super::words::{line, short, text};
use super::{Scene, bytes};

/// What a value is in the two languages, and whether it is good.
struct Said {
    value: Option<&'static str>,
    typed: Option<words::TypedValue>,
    verdict: Verdict,
}

/// A diagnosis.
pub(crate) fn diagnostics(scene: &Scene, contract: &ContractRef, answer: &DiagnosticsAnswer) -> Bytes {
    let variables = items(&answer.diagnosis, answer.expected_technology);
    bytes(&words::Diagnostics {
        contract_id: ContractId(scene.handles().contract(contract)),
        checked_at: scene.instant(answer.checked_at),
        verdict: overall(&variables),
        variables,
        outage: answer.diagnosis.outage.as_ref().map(|outage| words::Outage {
            message: text(outage.message.as_deref()),
            expected_end: outage.expected_end.map(|at| scene.instant(at)),
        }),
    })
}

/// The eleven items in the published order.
fn items(diagnosis: &Diagnosis, expected: Option<Technology>) -> Vec<words::DiagnosticItem> {
    use DiagnosticVariable as V;
    DiagnosticVariable::ALL
        .into_iter()
        .map(|variable| match variable {
            V::CustomerStatus => item(variable, &diagnosis.customer_status, customer_status),
            V::ContractStatus => item(variable, &diagnosis.contract_status, contract_status),
            V::AccessStatus => item(variable, &diagnosis.access_status, access_status),
            V::TrustUnlockInUse => item(variable, &diagnosis.trust_unlock_in_use, |yes| flag(yes, GoodWhen::Yes)),
            V::TrustUnlockRestricted => {
                item(variable, &diagnosis.trust_unlock_restricted, |yes| flag(yes, GoodWhen::No))
            }
            V::ReducedSpeed => item(variable, &diagnosis.speed, reduced_speed),
            V::MaintenanceArea => item(variable, &diagnosis.in_maintenance_area, |yes| flag(yes, GoodWhen::No)),
            V::LoginStatus => item(variable, &diagnosis.login_status, login_status),
            V::QuotaReached => item(variable, &diagnosis.quota_reached, |yes| flag(yes, GoodWhen::No)),
            V::LoginOnline => item(variable, &diagnosis.online, online),
            V::Technology => item(variable, &diagnosis.technology, |is| technology(is, expected)),
        })
        .collect()
}

/// Red when anything that the connection hangs on is red; else unknown when a supported part of it is; else green.
/// The two trust unlock variables say what can be done, not what is wrong: by the table "Sim, in use" is green, so
/// counting them would paint every paying customer red.
fn overall(items: &[words::DiagnosticItem]) -> Verdict {
    let counts = |item: &&words::DiagnosticItem| {
        item.supported
            && !matches!(
                item.variable,
                DiagnosticVariable::TrustUnlockInUse | DiagnosticVariable::TrustUnlockRestricted
            )
    };
    let mut verdicts = items.iter().filter(counts).map(|item| item.verdict).peekable();
    if verdicts.peek().is_none() {
        return Verdict::Unknown;
    }
    verdicts.fold(Verdict::Green, |so_far, verdict| match (so_far, verdict) {
        (Verdict::Red, _) | (_, Verdict::Red) => Verdict::Red,
        (Verdict::Unknown, _) | (_, Verdict::Unknown) => Verdict::Unknown,
        (Verdict::Green, Verdict::Green) => Verdict::Green,
    })
}

fn item<T: Copy>(
    variable: DiagnosticVariable,
    reading: &Reading<T>,
    say: impl FnOnce(T) -> Said,
) -> words::DiagnosticItem {
    let without = |supported, reason: &str| words::DiagnosticItem {
        variable,
        value: None,
        typed_value: None,
        vendor_value: None,
        verdict: Verdict::Unknown,
        supported,
        reason: line(Some(reason)),
    };
    match reading {
        Reading::Is(known) => {
            let said = say(known.value);
            words::DiagnosticItem {
                variable,
                reason: said.value.is_none().then(|| "The vendor's word is not known here.".to_owned()),
                value: said.value.map(str::to_owned),
                typed_value: said.typed,
                vendor_value: short(known.vendor_word.as_deref()),
                verdict: said.verdict,
                supported: true,
            }
        }
        Reading::Unreadable(reason) => without(true, reason),
        Reading::NotSupported(reason) => without(false, reason),
    }
}

/// Which answer of a yes-or-no variable is the good one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum GoodWhen {
    Yes,
    No,
}

fn flag(yes: bool, good: GoodWhen) -> Said {
    Said {
        value: Some(if yes { "Sim" } else { "Não" }),
        typed: Some(words::TypedValue::Flag(yes)),
        verdict: if yes == (good == GoodWhen::Yes) { Verdict::Green } else { Verdict::Red },
    }
}

/// A yes-or-no variable whose vendor word is not known.
const fn flag_unknown() -> Said {
    Said { value: None, typed: None, verdict: Verdict::Unknown }
}

fn good(value: &'static str, typed: &'static str) -> Said {
    said(Some(value), typed, Verdict::Green)
}

fn bad(value: &'static str, typed: &'static str) -> Said {
    said(Some(value), typed, Verdict::Red)
}

fn not_known() -> Said {
    said(None, "unknown", Verdict::Unknown)
}

fn said(value: Option<&'static str>, typed: &'static str, verdict: Verdict) -> Said {
    Said { value, typed: Some(words::TypedValue::Word(typed.to_owned())), verdict }
}

fn customer_status(status: CustomerStatus) -> Said {
    match status {
        CustomerStatus::Active => good("Ativo", "active"),
        CustomerStatus::Inactive => bad("Inativo", "inactive"),
        CustomerStatus::Prospect => bad("Inativo", "prospect"),
        CustomerStatus::Unknown => not_known(),
    }
}

fn contract_status(status: ContractStatus) -> Said {
    match status {
        ContractStatus::Active => good("Ativo", "active"),
        ContractStatus::Inactive => bad("Inativo", "inactive"),
        ContractStatus::PreContract => bad("PreContrato", "pre_contract"),
        ContractStatus::NegativeListed => bad("Negativado", "negative_listed"),
        ContractStatus::Withdrawn => bad("Desistiu", "withdrawn"),
        // The flows' closed list has no word of its own for these two; neither is in force.
        ContractStatus::Cancelled => bad("Inativo", "cancelled"),
        ContractStatus::Suspended => bad("Inativo", "suspended"),
        ContractStatus::Unknown => not_known(),
    }
}

fn access_status(status: AccessStatus) -> Said {
    match status {
        AccessStatus::Active => good("Ativo", "active"),
        AccessStatus::Disabled => bad("Desativado", "disabled"),
        AccessStatus::AwaitingSignature => bad("Aguardando Assinatura", "awaiting_signature"),
        AccessStatus::Blocked => bad("Bloqueado", "blocked"),
        AccessStatus::PaymentOverdue => bad("Financeiro Em Atraso", "payment_overdue"),
        AccessStatus::Unknown => not_known(),
    }
}

fn login_status(status: LoginStatus) -> Said {
    match status {
        LoginStatus::Active => good("Ativo", "active"),
        LoginStatus::Inactive => bad("Inativo", "inactive"),
        LoginStatus::NoStatus => bad("Sem Status", "no_status"),
    }
}

fn reduced_speed(speed: Speed) -> Said {
    match speed {
        Speed::Normal => flag(false, GoodWhen::No),
        Speed::Reduced => flag(true, GoodWhen::No),
        Speed::Unknown => flag_unknown(),
    }
}

fn online(online: Online) -> Said {
    match online {
        Online::Online => flag(true, GoodWhen::Yes),
        Online::Offline => flag(false, GoodWhen::Yes),
        Online::Unknown => flag_unknown(),
    }
}

/// Green when it is the expected one; with nothing expected, whatever the vendor says is right.
fn technology(is: Technology, expected: Option<Technology>) -> Said {
    let (value, typed) = match is {
        Technology::Fiber => ("Fibra", "fiber"),
        Technology::Radio => ("Radio", "radio"),
        Technology::Cable => ("Cabo", "cable"),
        Technology::Adsl => ("ADSL", "adsl"),
        Technology::Lte => ("LTE", "lte"),
        Technology::Dedicated => ("Dedicado", "dedicated"),
        Technology::Satellite => ("Satelite", "satellite"),
        Technology::Unknown => return not_known(),
    };
    if expected.is_none_or(|expected| expected == is) { good(value, typed) } else { bad(value, typed) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::contract::{AccessStatus, ContractStatus, LoginStatus, Online, Speed, Technology};
    use ponte_domain::customer::CustomerStatus;
    use ponte_domain::diagnostics::{Diagnosis, Reading, Verdict};
    use ponte_domain::known::Known;
    use serde_json::{Value, json};

    use super::{items, overall};

    fn is<T>(value: T) -> Reading<T> {
        Reading::Is(Known::new(value, "w"))
    }

    fn well() -> Diagnosis {
        Diagnosis {
            customer_status: is(CustomerStatus::Active),
            contract_status: is(ContractStatus::Active),
            access_status: is(AccessStatus::Active),
            trust_unlock_in_use: is(false),
            trust_unlock_restricted: is(false),
            speed: is(Speed::Normal),
            in_maintenance_area: Reading::NotSupported("no add-on"),
            login_status: is(LoginStatus::Active),
            quota_reached: is(false),
            online: is(Online::Online),
            technology: is(Technology::Fiber),
            outage: None,
        }
    }

    fn shown(diagnosis: &Diagnosis, expected: Option<Technology>, variable: &str) -> Value {
        let items = serde_json::to_value(items(diagnosis, expected)).unwrap();
        items.as_array().unwrap().iter().find(|item| item["variable"] == variable).cloned().unwrap()
    }

    fn verdict(diagnosis: &Diagnosis) -> Verdict {
        overall(&items(diagnosis, None))
    }

    #[test]
    fn the_eleven_variables_keep_the_published_names_and_order() {
        let items = serde_json::to_value(items(&well(), None)).unwrap();
        let names: Vec<&str> =
            items.as_array().unwrap().iter().map(|item| item["variable"].as_str().unwrap()).collect();
        assert_eq!(
            names,
            [
                "diagnosticoClienteStatus",
                "diagnosticoContratoStatus",
                "diagnosticoContratoStatusAcesso",
                "diagnosticoContratoUsandoDesbloqueioConfianca",
                "diagnosticoContratoRestricaoDesbloquioConfianca",
                "diagnosticoContratoVelocidadeReduzida",
                "diagnosticoClienteEmAreaManutencao",
                "diagnosticoAcessoStatus",
                "diagnosticoAcessoFranquiatindgida",
                "diagnosticoAcessoOnline",
                "diagnosticoAcessoTecnologia",
            ]
        );
    }

    #[test]
    fn every_value_has_its_portuguese_word_and_its_verdict() {
        let status = |status| Diagnosis { contract_status: is(status), ..well() };
        for (diagnosis, variable, value, verdict) in [
            (status(ContractStatus::PreContract), "diagnosticoContratoStatus", "PreContrato", "red"),
            (status(ContractStatus::NegativeListed), "diagnosticoContratoStatus", "Negativado", "red"),
            (status(ContractStatus::Withdrawn), "diagnosticoContratoStatus", "Desistiu", "red"),
            (status(ContractStatus::Cancelled), "diagnosticoContratoStatus", "Inativo", "red"),
            (well(), "diagnosticoContratoStatus", "Ativo", "green"),
            (
                Diagnosis { access_status: is(AccessStatus::PaymentOverdue), ..well() },
                "diagnosticoContratoStatusAcesso",
                "Financeiro Em Atraso",
                "red",
            ),
            (
                Diagnosis { trust_unlock_in_use: is(true), ..well() },
                "diagnosticoContratoUsandoDesbloqueioConfianca",
                "Sim",
                "green",
            ),
            (well(), "diagnosticoContratoUsandoDesbloqueioConfianca", "Não", "red"),
            (Diagnosis { speed: is(Speed::Reduced), ..well() }, "diagnosticoContratoVelocidadeReduzida", "Sim", "red"),
            (
                Diagnosis { login_status: is(LoginStatus::NoStatus), ..well() },
                "diagnosticoAcessoStatus",
                "Sem Status",
                "red",
            ),
            (well(), "diagnosticoAcessoOnline", "Sim", "green"),
        ] {
            let item = shown(&diagnosis, None, variable);
            assert_eq!((item["value"].as_str(), item["verdict"].as_str()), (Some(value), Some(verdict)), "{item}");
        }
    }

    #[test]
    fn a_technology_is_good_when_it_is_the_expected_one_or_nothing_is_expected() {
        for (expected, verdict) in
            [(None, "green"), (Some(Technology::Fiber), "green"), (Some(Technology::Radio), "red")]
        {
            let item = shown(&well(), expected, "diagnosticoAcessoTecnologia");
            assert_eq!((item["value"].as_str(), item["verdict"].as_str()), (Some("Fibra"), Some(verdict)));
        }
    }

    #[test]
    fn what_is_missing_says_why_and_is_never_invented() {
        let item = shown(&well(), None, "diagnosticoClienteEmAreaManutencao");
        assert_eq!(
            item,
            json!({"variable": "diagnosticoClienteEmAreaManutencao", "value": null, "typed_value": null,
                   "vendor_value": null, "verdict": "unknown", "supported": false, "reason": "no add-on"})
        );
        let unknown = Diagnosis { online: is(Online::Unknown), ..well() };
        let item = shown(&unknown, None, "diagnosticoAcessoOnline");
        assert_eq!(
            (&item["value"], &item["typed_value"], &item["vendor_value"]),
            (&Value::Null, &Value::Null, &json!("w"))
        );
        assert_eq!(item["verdict"], "unknown");
    }

    #[test]
    fn the_overall_verdict_counts_what_the_connection_hangs_on() {
        assert_eq!(verdict(&well()), Verdict::Green, "not in use, area unsupported: still well");
        assert_eq!(verdict(&Diagnosis { trust_unlock_restricted: is(true), ..well() }), Verdict::Green);
        assert_eq!(verdict(&Diagnosis { online: is(Online::Offline), ..well() }), Verdict::Red);
        let unreadable = Diagnosis { online: Reading::Unreadable("cut"), ..well() };
        assert_eq!(verdict(&unreadable), Verdict::Unknown);
        let both = Diagnosis { access_status: is(AccessStatus::Blocked), ..unreadable };
        assert_eq!(verdict(&both), Verdict::Red);
    }
}
