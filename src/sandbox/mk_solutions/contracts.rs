//! Contracts, and connections, where the access is (section 4.b).

use jiff::ToSpan;
use serde_json::{Value, json};

use crate::town::Town;
use crate::town::contracts::{Access, Contract, Speed, Standing};
use crate::town::network::{Login, Technology};
use crate::town::people::Customer;

use super::dialect::{Outcome, Params, Rule, iso, nothing_found};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "WSMKContratosPorCliente", run: active },
    Rule { name: "WSMKContratosPorClienteV2", run: all },
    Rule { name: "WSMKConexoesPorCliente", run: connections },
    Rule { name: "WSMKConexoesPorClienteV2", run: connections },
];

fn of<'t>(town: &'t Town, customer: &'t Customer) -> impl Iterator<Item = &'t Contract> {
    town.contracts.iter().filter(|one| one.customer == customer.id)
}

/// Active ones only; nobody with one is code 003.
fn active(town: &mut Town, params: &Params) -> Outcome {
    let customer = params.customer(town, "cd_cliente")?;
    let rows: Vec<Value> = of(town, customer).filter_map(|one| active_contract(town, one)).collect();
    if rows.is_empty() {
        return Err(nothing_found());
    }
    Ok(json!({
        "CodigoPessoa": customer.id.number(),
        "ContratosAtivos": rows,
        "Nome": customer.name,
        "status": "OK",
    }))
}

/// A contract as the list of active ones shows it; none when it is not active. The forecast is the end of the term,
/// not a due day.
pub(super) fn active_contract(town: &Town, contract: &Contract) -> Option<Value> {
    if contract.standing != Standing::Active {
        return None;
    }
    let branch = town.branches.iter().find(|one| one.id == contract.branch);
    Some(json!({
        "adesao": iso(contract.agreed_on),
        "cd_empresa": contract.branch.number(),
        "codcontrato": contract.id.number(),
        "nome_empresa": branch.map_or("Todas", |one| one.name),
        "plano_acesso": plan(town, contract),
        "previsao_vencimento": iso(contract.agreed_on.saturating_add(12.months())),
    }))
}

pub(super) fn plan(town: &Town, contract: &Contract) -> &'static str {
    town.plan(contract.plan).map_or("", |plan| plan.name)
}

/// All states, a bare array. The values of the filter are not documented; those of a sibling rule are taken.
fn all(town: &mut Town, params: &Params) -> Outcome {
    let customer = params.customer(town, "cd_cliente")?;
    let wanted = params.text("status").to_lowercase();
    let rows: Vec<Value> = of(town, customer)
        .filter(|one| wanted.is_empty() || state(one).to_lowercase() == wanted)
        .map(|one| {
            json!({
                "codcontrato": one.id.number(),
                "status_contrato": state(one),
                "plano_acesso": plan(town, one),
                "adesao": iso(one.agreed_on),
            })
        })
        .collect();
    if rows.is_empty() { Err(nothing_found()) } else { Ok(Value::Array(rows)) }
}

/// The label of a contract that awaits activation is a guess of the dossier's.
fn state(contract: &Contract) -> &'static str {
    match contract.standing {
        Standing::PreContract => "Aguardando ativação",
        Standing::Active => "Ativo",
        Standing::Cancelled(_) => "Cancelado",
    }
}

/// The second rule of the name takes two filters, the first ignores them: it is never sent any.
fn connections(town: &mut Town, params: &Params) -> Outcome {
    let customer = params.customer(town, "cd_cliente")?;
    let blocked = match params.text("bloqueada") {
        "S" => Some(true),
        "N" => Some(false),
        _ => None,
    };
    let reason = params.text("motivo_bloqueio");
    let rows: Vec<Value> = town
        .logins
        .iter()
        .filter(|login| login.customer == customer.id)
        .filter_map(|login| Some((login, town.contract(login.contract)?)))
        .filter(|(_, contract)| {
            let block = block(town, contract);
            blocked.is_none_or(|wanted| wanted == block.is_some())
                && (reason.is_empty() || block.is_some_and(|block| block.code == reason))
        })
        .map(|(login, contract)| connection(town, customer, login, contract))
        .collect();
    Ok(json!({ "CodigoPessoa": customer.id.number(), "Conexoes": rows, "Nome": customer.name, "status": "OK" }))
}

/// Why a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Block {
    code: &'static str,
    text: &'static str,
}

/// Codes 1, 3 and 5 (section 4.b); only the text of the first was seen.
fn block(town: &Town, contract: &Contract) -> Option<Block> {
    match contract.access_at(town.clock()) {
        Access::Active | Access::LateNotice => None,
        Access::BlockedForDebt(_) => Some(Block { code: "1", text: "Falta de pagamento" }),
        Access::BlockedByHand | Access::Disabled => Some(Block { code: "3", text: "Por tempo indeterminado" }),
        Access::AwaitingSignature => Some(Block { code: "5", text: "Contrato não aceito" }),
    }
}

fn connection(town: &Town, customer: &Customer, login: &Login, contract: &Contract) -> Value {
    let block = block(town, contract);
    json!({
        "bloqueada": yes_no(block.is_some()),
        "cadastro": iso(contract.agreed_on),
        "cep": customer.address.postal_code,
        "codconexao": login.id.number(),
        "contrato": contract.id.number(),
        "endereco": address(town, customer),
        "esta_reduzida": yes_no(contract.speed == Speed::Reduced),
        "latitude": customer.address.latitude,
        "longitude": customer.address.longitude,
        "mac_address": login.mac,
        "motivo_bloqueio": block.map(|block| block.text),
        "tecnologia": technology(login.technology),
        "username": login.username,
    })
}

pub(super) fn yes_no(yes: bool) -> &'static str {
    if yes { "Sim" } else { "Não" }
}

/// The vendor knows three last miles (F, W and U when one is made); a telephone line is copper to it.
fn technology(technology: Technology) -> &'static str {
    match technology {
        Technology::Fiber => "Ftth",
        Technology::Radio => "Wireless",
        Technology::Adsl => "Utp",
    }
}

/// In one line and in capitals, as operators type.
pub(super) fn address(town: &Town, customer: &Customer) -> String {
    let address = &customer.address;
    let city = town.city(address.city).map_or("", |city| city.name);
    format!("{}, {} - {}, {city}", address.street, address.number, address.district).to_uppercase()
}
