//! Terms that await acceptance, their signature by two pictures, and activation (section 4.g).

use jiff::ToSpan;
use serde_json::{Value, json};

use crate::town::Town;
use crate::town::contracts::{Contract, Standing};
use crate::town::id::Id;
use crate::town::people::Customer;

use super::contracts::plan;
use super::dialect::{Outcome, Params, Rule, bad_parameter, br, iso, nothing_found, refused, servlet_page};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "WSMKAceiteContratualPendente", run: pending },
    Rule { name: "WSMKPlanosAcesso", run: of_plan },
    Rule { name: "WSMKAceiteSelfieAssinatura", run: accept },
    Rule { name: "WSMKAtivarContrato", run: activate },
];

/// The day of the contract is mandatory; the shape of the answer is the dossier's stand-in.
fn pending(town: &mut Town, params: &Params) -> Outcome {
    if params.text("data_adesao").is_empty() {
        return Err(servlet_page());
    }
    let (person, only) = (params.id::<Customer>("cd_pessoa"), params.id::<Contract>("cd_contrato"));
    let rows: Vec<Value> = town
        .contracts
        .iter()
        .filter(|one| br(one.agreed_on) == params.text("data_adesao"))
        .filter(|one| person.is_none_or(|id| id == one.customer) && only.is_none_or(|id| id == one.id))
        .filter(|one| town.terms_of(one.id).any(|term| term.signed_at.is_none()))
        .map(|one| row(town, one))
        .collect();
    if rows.is_empty() { Err(nothing_found()) } else { Ok(json!({ "Contratos": rows, "status": "OK" })) }
}

fn row(town: &Town, contract: &Contract) -> Value {
    json!({
        "cd_contrato": contract.id.number(),
        "cd_pessoa": contract.customer.number(),
        "nome": town.customer(contract.customer).map_or("", |one| one.name),
        "data_adesao": iso(contract.agreed_on),
    })
}

fn of_plan(town: &mut Town, params: &Params) -> Outcome {
    let wanted = params.id("codigo_plano").ok_or_else(bad_parameter)?;
    let says = |name: &str, fact: bool| match params.text(name) {
        "S" => fact,
        "N" => !fact,
        _ => true,
    };
    let rows: Vec<Value> = town
        .contracts
        .iter()
        .filter(|one| one.plan == wanted)
        .filter(|one| says("cancelado", matches!(one.standing, Standing::Cancelled(_))) && says("suspenso", false))
        .filter(|one| says("aguarda_ativacao", one.standing == Standing::PreContract))
        .map(|one| row(town, one))
        .collect();
    if rows.is_empty() { Err(nothing_found()) } else { Ok(json!({ "Contratos": rows, "status": "OK" })) }
}

/// Both pictures are wanted, as files of a multipart body.
fn accept(town: &mut Town, params: &Params) -> Outcome {
    let id: Id<Contract> = params.id("contrato").ok_or_else(bad_parameter)?;
    if !has_file(params, "selfie") || !has_file(params, "assinatura") {
        return Err(refused("Os arquivos selfie e assinatura são obrigatórios."));
    }
    let unsigned: Vec<_> = town.terms_of(id).filter(|term| term.signed_at.is_none()).map(|term| term.id).collect();
    if unsigned.is_empty() {
        return Err(refused("Nenhum termo pendente de aceite para o contrato."));
    }
    for term in unsigned {
        town.sign_term(term);
    }
    Ok(json!({ "mensagem": "Aceite dos termos realizado com sucesso.", "status": "OK" }))
}

/// Whether the multipart body has a part of this name that is a file.
fn has_file(params: &Params, name: &str) -> bool {
    let head = format!("name=\"{name}\"; filename=");
    params.content_type.starts_with("multipart/form-data")
        && params.body.windows(head.len()).any(|window| window == head.as_bytes())
}

fn activate(town: &mut Town, params: &Params) -> Outcome {
    let id: Id<Contract> = params.id("contrato").ok_or_else(bad_parameter)?;
    let contract = town.contract(id).ok_or_else(nothing_found)?;
    let (customer, due_day) = (contract.customer, i8::try_from(contract.due_day).unwrap_or(1));
    let name = plan(town, contract);
    if town.activate(id).is_err() {
        return Err(refused("Contrato não está aguardando ativação."));
    }
    let next = town.today().saturating_add(1.month());
    let first = next.with().day(due_day).build().unwrap_or(next);
    Ok(json!({
        "conexoes": [],
        "mensagem": format!("Contrato {id} ativado com sucesso."),
        "nome_cliente": town.customer(customer).map_or("", |one| one.name),
        "plano_acesso": name,
        "primeira_parcela": iso(first),
        "status": "OK",
    }))
}
