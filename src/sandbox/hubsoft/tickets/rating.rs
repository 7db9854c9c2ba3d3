//! Ratings of closed tickets, by the questions that the vendor asks (section 4.i).

use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::id::Id;
use crate::town::tickets::Ticket;
use crate::town::writes::WriteKind;

use super::super::ask::{Ask, id};
use super::super::dialect::{Refusal, done, found};
use super::ticket_of;

/// What is asked about every ticket.
const QUESTIONS: [(u32, &str, &str); 2] = [
    (10, "Como você avalia a empresa?", "empresa"),
    (11, "Como você avalia quem abriu o atendimento?", "usuario_abertura"),
];

fn slip(ticket: Id<Ticket>) -> String {
    format!("hubsoft-rating-{ticket}")
}

/// Only a closed ticket that is not rated yet; the texts are stand-ins.
fn rateable(town: &Town, ask: &Ask) -> Result<Id<Ticket>, Refusal> {
    let ticket = ticket_of(town, ask)?;
    if town.ticket(ticket).is_none_or(|one| one.closed_at.is_none()) {
        return Err(Refusal::new("O atendimento ainda não foi fechado"));
    }
    match town.cabinet.kept(&slip(ticket)) {
        Some(_) => Err(Refusal::new("O atendimento já foi avaliado")),
        None => Ok(ticket),
    }
}

pub(super) fn questions(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    rateable(town, ask)?;
    let rows = QUESTIONS
        .iter()
        .map(|(id, text, about)| json!({ "id_avaliacao": id, "questao": text, "tipo_avaliacao": about }))
        .collect();
    Ok(found("questoes", Value::Array(rows)))
}

/// Every question has its grade, from 1 to 5.
pub(super) fn rate(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    ask.requires(&["questoes"])?;
    let ticket = rateable(town, ask)?;
    let sent = ask.field("questoes").and_then(Value::as_array).cloned().unwrap_or_default();
    let grade = |question: u32| {
        let of_it = |one: &&Value| one.get("id_avaliacao").and_then(id) == Some(question);
        let grade = sent.iter().find(of_it)?.get("avaliacao").and_then(id)?;
        (1..=5).contains(&grade).then_some(grade)
    };
    if sent.len() != QUESTIONS.len() || QUESTIONS.iter().any(|(question, ..)| grade(*question).is_none()) {
        return Err(Refusal::fill_in(vec!["O campo questoes não possui um valor válido.".to_owned()]));
    }
    let kept = json!({ "questoes": sent, "comentario": ask.field("comentario") });
    town.cabinet.keep(&slip(ticket), &kept.to_string());
    let contract = town.ticket(ticket).and_then(|one| one.contract);
    town.wrote(WriteKind::TicketChanged, contract);
    Ok(done("Obrigado por avaliar o atendimento!"))
}

pub(super) fn read(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let ticket = ticket_of(town, ask)?;
    let kept = town.cabinet.kept(&slip(ticket)).and_then(|text| serde_json::from_str(text).ok());
    let kept: Value = kept.ok_or_else(|| Refusal::new("O atendimento ainda não foi avaliado"))?;
    Ok(found("avaliacao", kept))
}
