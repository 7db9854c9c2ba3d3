//! `cliente/desbloqueio_confianca` and the history of unlocks (section 4.e). The texts of refusals
//! are not documented: those here are the dossier's stand-ins.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::{Access, Contract, Speed, Standing};
use crate::town::id::Id;
use crate::town::trust_unlock::UnlockRefusal;

use super::ask::{Ask, Route};
use super::contracts::status;
use super::dialect::{Refusal, done};
use super::numbers::service;
use super::wording::{br_date, moment};

pub(super) const ROUTES: &[Route] = &[Route::post("cliente/desbloqueio_confianca", unlock)];

/// What the provider has set in the panel; no route tells it.
const MOST_DAYS: u32 = 3;

/// Where the cabinet keeps the last day of an unlock that was asked for with fewer days.
const ENDS: &str = "hubsoft-unlock-ends";

fn unlock(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    ask.requires(&["id_cliente_servico"])?;
    let sent = ask.field("id_cliente_servico").map_or(String::new(), Value::to_string);
    let found = ask.id_field("id_cliente_servico").and_then(|id| service(town, id));
    let contract = found.ok_or_else(|| Refusal::not_found("Serviço", sent.trim_matches('"')))?;
    let (id, slowed) = (contract.id, contract.speed == Speed::Reduced && contract.standing == Standing::Active);
    let days = days(ask)?;
    let last = town.today().saturating_add(i64::from(days).days());
    if slowed {
        town.release_speed(id).map_err(|_| not_suspended())?;
    } else {
        release(town, id, last)?;
    }
    Ok(done(&format!("Desbloqueio em confiança realizado com sucesso até a data {}", br_date(last))))
}

/// One day when nothing is said; more than the provider allows is refused, not cut.
fn days(ask: &Ask) -> Result<u32, Refusal> {
    let days = match ask.field("dias_desbloqueio") {
        None => return Ok(1),
        Some(_) => ask.id_field("dias_desbloqueio").filter(|days| *days > 0),
    };
    let days = days.ok_or_else(|| {
        Refusal::fill_in(vec!["O campo dias_desbloqueio deve ser um número inteiro maior que 0.".to_owned()])
    })?;
    if days > MOST_DAYS {
        let text = format!("A quantidade de dias informada ({days}) ultrapassa o máximo permitido ({MOST_DAYS})");
        return Err(Refusal::new(text));
    }
    Ok(days)
}

fn release(town: &mut Town, id: Id<Contract>, last: Date) -> Result<(), Refusal> {
    let used = || Refusal::new("O cliente já utilizou o desbloqueio em confiança neste período");
    // One that ended early is over here while the town still counts its three days.
    if town.contract(id).is_some_and(|one| {
        status(town, one).prefix == "suspenso_debito" && one.access_at(town.clock()) == Access::Active
    }) {
        return Err(used());
    }
    match town.unlock_on_trust(id) {
        Ok(_) => {
            town.cabinet.overwrite(ENDS, &id.to_string(), "last", &last.to_string());
            Ok(())
        }
        Err(UnlockRefusal::Restricted { .. }) => Err(used()),
        Err(_) => Err(not_suspended()),
    }
}

fn not_suspended() -> Refusal {
    Refusal::new("O serviço não está suspenso")
}

/// What a service may use: an unlock lasts as long as it was asked for.
pub(super) fn access(town: &Town, contract: &Contract) -> Access {
    match (town.cabinet.overwritten(ENDS, &contract.id.to_string()), contract.base_access) {
        (Some(columns), Access::BlockedForDebt(since))
            if contract.trust_unlock_runs(town.today()) && columns.get("last").is_some_and(|last| over(town, last)) =>
        {
            Access::BlockedForDebt(since)
        }
        _ => contract.access_at(town.clock()),
    }
}

fn over(town: &Town, last: &str) -> bool {
    last.parse::<Date>().is_ok_and(|last| last < town.today())
}

/// `desbloqueios[]`: one entry, the last. The key of its end is a guess (section 4.e).
pub(super) fn history(town: &Town, contract: &Contract) -> Value {
    let Some(used_on) = contract.trust_used_on else { return json!([]) };
    let short = town.cabinet.overwritten(ENDS, &contract.id.to_string()).and_then(|columns| columns.get("last"));
    let end = short.cloned().or_else(|| contract.unlocked_until().map(|day| day.to_string()));
    json!([{
        "id_cliente_servico_desbloqueio": contract.id.number() % 100 + 50,
        "observacao": "DESBLOQUEIO VIA API",
        "data_cadastro": moment(used_on.at(9, 0, 0, 0)),
        "data_termino": end,
    }])
}
