//! The subscriber's portal login (section 4.j). The exact form of a refusal is a guess of the dossier's; this server
//! shows both that it names.

use serde_json::json;

use crate::town::Town;
use crate::town::people::Customer;

use super::dialect::{Outcome, Params, Rule, bad_parameter, nothing_found};

pub(super) const RULES: &[Rule] = &[Rule { name: "WSMKUserSenhaSAC", run: sign_in }];

fn sign_in(town: &mut Town, params: &Params) -> Outcome {
    let (login, password) = (params.text("user_sac"), params.text("pass_sac"));
    if login.is_empty() || password.is_empty() {
        return Err(bad_parameter());
    }
    let known = |one: &&Customer| one.portal.as_ref().is_some_and(|portal| portal.login == login);
    let customer = town.customers.iter().find(known).ok_or_else(nothing_found)?;
    if customer.portal.as_ref().is_none_or(|portal| portal.password != password) {
        return Ok(json!({ "AcessoSAC": "Não", "status": "OK" }));
    }
    Ok(json!({ "AcessoSAC": "Sim", "CodigoPessoa": customer.id.number(), "Nome": customer.name, "status": "OK" }))
}
