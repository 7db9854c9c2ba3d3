//! Contract and term papers, signing and activation (section 4.g). The paid signature module is
//! not bought, so its routes are not here.

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::acceptance::{ActivationRefusal, Term};
use crate::town::contracts::Contract;
use crate::town::id::Id;

use super::dialect::{Action, Fields, Refusal, base64_text, success};
use super::row::Row;
use super::table::{Table, Update};

pub(super) const TABLES: &[Table] = &[Table::of("cliente_contrato_assinatura_termo", terms)
    // Signing counts itself, so that a PUT which signs nothing is no signature.
    .updating(Update { kind: None, apply, contract: |_, _| None })];

pub(super) const ACTIONS: &[Action] = &[
    Action { name: "cliente_contrato_imprimir_contrato_17678", run: print_contract },
    Action { name: "botao_rel_28088", run: print_term },
    Action { name: "cliente_contrato_ativar_cliente", run: activate },
];

fn terms(town: &Town) -> Vec<Row> {
    let row = |term: &Term| {
        Row::new(term.id)
            .id("id_termo", term.id.number() % 10)
            .flag("assinado", term.signed_at.is_some())
            .put("id_cliente_contrato_modelo", "1")
            .id("id_contrato", term.contract)
            .fill("", &["token_assinatura_digital", "url_assinatura_digital"])
    };
    town.terms.iter().map(row).collect()
}

fn apply(town: &mut Town, row: &str, column: &str, value: &str) -> bool {
    match (column, Id::<Term>::read(row)) {
        ("assinado", Some(id)) if value == "S" => town.sign_term(id),
        ("assinado", Some(id)) => town.unsign_term(id),
        _ => false,
    }
}

fn print_contract(town: &mut Town, fields: &Fields) -> Response {
    let contract = Id::<Contract>::read(fields.first(&["id", "get_id"])).and_then(|id| town.contract(id));
    match contract {
        Some(contract) => base64_text(&paper::contract(town, contract)),
        None => Refusal::generic().response(),
    }
}

fn print_term(town: &mut Town, fields: &Fields) -> Response {
    let id = Id::<Term>::read(fields.text("id"));
    match town.terms.iter().find(|term| Some(term.id) == id) {
        Some(term) => base64_text(&paper::term(town, term)),
        None => Refusal::generic().response(),
    }
}

/// The answers are not documented: stand-ins.
fn activate(town: &mut Town, fields: &Fields) -> Response {
    match Id::read(fields.text("id_contrato")).map(|id| town.activate(id)) {
        Some(Ok(())) => success("Contrato ativado com sucesso!"),
        Some(Err(ActivationRefusal::NotPreContract)) => {
            Refusal::new("Somente pré-contratos podem ser ativados!").response()
        }
        Some(Err(ActivationRefusal::NoSuchContract)) | None => Refusal::generic().response(),
    }
}
