//! The "auto-desbloqueio" of a connection (section 4.e), and its second rule, which lifts a reduced speed as well
//! (section 4.f). Both act on a GET.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::json;

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::Speed;
use crate::town::network::Login;
use crate::town::trust_unlock::UnlockRefusal;

use super::dialect::{Outcome, Params, Rule, bad_parameter, br, nothing_found, refused};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "WSMKAutoDesbloqueio", run: unlock },
    Rule { name: "WSMKAutoDesbloqueioV2", run: unlock_or_release },
];

fn connection(town: &Town, params: &Params) -> Result<Login, Response> {
    let id = params.id("cd_conexao").ok_or_else(bad_parameter)?;
    town.login(id).cloned().ok_or_else(nothing_found)
}

fn unlock(town: &mut Town, params: &Params) -> Outcome {
    let login = connection(town, params)?;
    unlocked(town, &login)
}

fn unlock_or_release(town: &mut Town, params: &Params) -> Outcome {
    let login = connection(town, params)?;
    let slow = town.contract(login.contract).is_some_and(|one| one.speed == Speed::Reduced);
    if slow && town.release_speed(login.contract).is_ok() {
        let until = town.today().saturating_add(3.days());
        return Ok(granted(&login, until));
    }
    unlocked(town, &login)
}

/// The two refusals that were seen. The second stands for "used this month" and for "switched off" alike, and tells
/// no date.
fn unlocked(town: &mut Town, login: &Login) -> Outcome {
    match town.unlock_on_trust(login.contract) {
        Ok(until) => Ok(granted(login, until)),
        Err(UnlockRefusal::NoSuchContract) => Err(nothing_found()),
        Err(UnlockRefusal::Restricted { .. }) => Err(refused("Operação indisponível para esta conexão.")),
        Err(UnlockRefusal::NotBlocked | UnlockRefusal::NotForDebt | UnlockRefusal::ContractNotActive) => {
            Err(refused("Status na conexão incompatível para auto-desbloqueio."))
        }
    }
}

/// The connection's number is a text here and a number elsewhere (section 2.6).
fn granted(login: &Login, until: Date) -> serde_json::Value {
    json!({
        "CodigoPessoa": login.customer.number(),
        "Conexao": login.id.to_string(),
        "LimiteExcecao": br(until),
        "Username": login.username,
        "status": "OK",
    })
}
