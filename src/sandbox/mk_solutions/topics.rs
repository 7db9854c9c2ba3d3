//! The catalogues of tickets and work orders (section 4.i). Sectors do not exist: they are the first word of a process'
//! name, by convention.

use serde_json::{Value, json};

use crate::town::Town;
use crate::town::id::Id;
use crate::town::tickets::Subject;

use super::dialect::{Outcome, Params, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "WSMKListaProcessos", run: processes },
    Rule { name: "WSMKListaClassificacoesAte", run: classifications },
    Rule { name: "WSMKOSListaTiposOS", run: |_, _| Ok(json!({ "Tipos": order_kinds(), "status": "OK" })) },
    Rule { name: "WSMKOSListaGruposServico", run: |_, _| Ok(json!({ "Grupos": groups(), "status": "OK" })) },
    Rule { name: "WSMKConsultaEquipes", run: |_, _| Ok(json!({ "Equipes:": teams(), "status": "OK" })) },
    Rule { name: "WSMKOSListaTecnicoResponsavel", run: technicians },
    Rule { name: "WSMKConsultaTecnicos", run: technicians },
];

/// The one team and the one technician of this provider; they fit together.
pub(super) const TEAM: u32 = 5;
pub(super) const TECHNICIAN: u32 = 31;
pub(super) const ORDER_KIND: u32 = 3;
/// Processes are numbered behind subjects, so that one is not taken for the other unnoticed.
const PROCESSES_FROM: u32 = 100;

/// Classifications that close a ticket and cannot open one.
const CLOSING: &[(u32, &str)] = &[(90, "RESOLVIDO"), (91, "CANCELADO PELO CLIENTE")];

/// `TECNICO-SEM-CONEXAO`: one process for each of the town's subjects.
fn processes(town: &mut Town, _: &Params) -> Outcome {
    let rows: Vec<Value> = town
        .subjects
        .iter()
        .map(|subject| {
            json!({
                "codprocesso": subject.id.number() + PROCESSES_FROM,
                "nome_processo": process_name(town, subject),
                "subprocessos": [],
            })
        })
        .collect();
    Ok(json!({ "processos": rows, "status": "OK" }))
}

fn process_name(town: &Town, subject: &Subject) -> String {
    let department = town.departments.iter().find(|one| one.id == subject.department);
    format!("{}-{}", department.map_or("", |one| one.name), subject.name)
        .to_uppercase()
        .chars()
        .map(|letter| match letter {
            'Á' | 'Â' | 'Ã' | 'À' => 'A',
            'É' | 'Ê' => 'E',
            'Í' => 'I',
            'Ó' | 'Ô' | 'Õ' => 'O',
            'Ú' => 'U',
            'Ç' => 'C',
            ' ' => '-',
            other => other,
        })
        .collect()
}

/// The subject whose process this number is.
pub(super) fn of_process(town: &Town, number: u32) -> Option<&Subject> {
    let id = Id::new(number.checked_sub(PROCESSES_FROM)?);
    town.subjects.iter().find(|subject| subject.id == id)
}

/// What a classification does.
pub(super) enum Classification<'t> {
    /// It opens a ticket on this subject.
    Opens(&'t Subject),
    /// It closes one.
    Closes,
}

/// The classification of this number.
pub(super) fn classification(town: &Town, number: u32) -> Option<Classification<'_>> {
    if CLOSING.iter().any(|(code, _)| *code == number) {
        return Some(Classification::Closes);
    }
    town.subjects.iter().find(|subject| subject.id.number() == number).map(Classification::Opens)
}

fn classifications(town: &mut Town, _: &Params) -> Outcome {
    let row = |code: u32, name: &str, closing: &str| json!({ "codigo": code, "descricao": name.to_uppercase(), "encerramento": closing });
    let opening = town.subjects.iter().map(|subject| row(subject.id.number(), subject.name, "Não"));
    let rows: Vec<Value> = opening.chain(CLOSING.iter().map(|(code, name)| row(*code, name, "Sim"))).collect();
    Ok(json!({ "ClassificacoesAtendimento": rows, "status": "OK" }))
}

fn order_kinds() -> Value {
    json!([{ "codostipo": ORDER_KIND, "descricao": "MANUTENÇÃO" }, { "codostipo": 4, "descricao": "INSTALAÇÃO" }])
}

fn groups() -> Value {
    json!([{ "codigo": TEAM, "descricao": "EQUIPE DE CAMPO" }])
}

fn teams() -> Value {
    json!([{ "cd_mestre": TEAM, "nome": "EQUIPE DE CAMPO" }])
}

fn technicians(_: &mut Town, _: &Params) -> Outcome {
    Ok(json!({ "Tecnicos": [{ "codigo": TECHNICIAN, "nome": "TECNICO EXEMPLO", "cd_mestre": TEAM }], "status": "OK" }))
}
