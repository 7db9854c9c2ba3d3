//! Work orders of a ticket (section 4.i): the visits of the town, and those opened with a ticket.

use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::cabinet::Columns;
use crate::town::id::Id;
use crate::town::tickets::{Ticket, TicketStatus, Visit};

use super::super::ask::Ask;
use super::super::dialect::{Refusal, found, found_misspelt};
use super::super::wording::br_moment;
use super::belongs;

const OPENED: &str = "hubsoft-work-orders";
const DEFAULT_TYPE: u32 = 1;
const FIRST_OPENED: usize = 13_100;

pub(super) fn types(_: &mut Town, _: &Ask) -> Result<Response, Refusal> {
    let row =
        |id: u32, name: &str| json!({ "id_tipo_ordem_servico": id, "descricao": name, "destino": "cliente_servico" });
    Ok(found("tipos_ordem_servico", json!([row(DEFAULT_TYPE, "ABERTURA VIA API"), row(2, "VISITA TÉCNICA")])))
}

/// Opens one with its ticket; it waits to be scheduled unless said otherwise.
pub(super) fn open(town: &mut Town, ticket: Id<Ticket>, ask: &Ask) {
    let wanted = ask.field("parametros_ordem_servico");
    let status = wanted.and_then(|one| one.get("status")).and_then(Value::as_str).unwrap_or("aguardando_agendamento");
    let number = FIRST_OPENED + town.cabinet.inserted(OPENED).len();
    let columns = [
        ("id", number.to_string()),
        ("ticket", ticket.to_string()),
        ("status", status.to_owned()),
        ("at", br_moment(town.clock())),
        ("text", ask.text("descricao").to_owned()),
    ];
    town.cabinet.insert(OPENED, Columns::from(columns.map(|(name, value)| (name.to_owned(), value))));
}

/// What a technician found stands in the order that was finished, also while the ticket is open.
pub(super) fn of_ticket(town: &Town, ticket: &Ticket) -> Vec<Value> {
    let mut rows: Vec<Value> = Vec::new();
    let defect = ticket.defect.and_then(|id| town.diagnoses.iter().find(|one| one.id == id)).map(|one| one.name);
    if let (Some(defect), TicketStatus::InProgress) = (defect, ticket.status) {
        rows.push(inspection(ticket, defect));
    }
    rows.extend(town.visits.iter().filter(|visit| visit.ticket == ticket.id).map(|visit| row(ticket, visit, defect)));
    let mine = |one: &&Columns| one.get("ticket") == Some(&ticket.id.to_string());
    rows.extend(town.cabinet.inserted(OPENED).iter().filter(mine).map(opened));
    rows
}

/// The first visit, which found the defect that the next one is to repair.
fn inspection(ticket: &Ticket, defect: &str) -> Value {
    let at = br_moment(ticket.changed_at);
    json!({
        "id_ordem_servico": ticket.id.number() + 12_000,
        "numero_ordem_servico": (ticket.id.number() + 11_000).to_string(),
        "data_cadastro": br_moment(ticket.opened_at),
        "tipo": "VISITA TÉCNICA",
        "data_inicio_programado": at, "data_termino_programado": at,
        "data_inicio_executado": at, "data_termino_executado": at,
        "descricao_abertura": ticket.complaint,
        "descricao_servico": ticket.complaint,
        "descricao_fechamento": defect,
        "usuario_abertura": "Integração",
        "usuario_fechamento": "Técnico 1",
        "status": "finalizado",
        "status_fechamento": "concluido",
    })
}

fn row(ticket: &Ticket, visit: &Visit, defect: Option<&str>) -> Value {
    let done = visit.done_at;
    let (from, to) = visit.planned;
    json!({
        "id_ordem_servico": visit.id.number(),
        "numero_ordem_servico": (visit.id.number() - 1_000).to_string(),
        "data_cadastro": br_moment(ticket.opened_at),
        "tipo": "VISITA TÉCNICA",
        "data_inicio_programado": br_moment(from), "data_termino_programado": br_moment(to),
        "data_inicio_executado": done.map(|_| br_moment(from)), "data_termino_executado": done.map(br_moment),
        "descricao_abertura": ticket.complaint,
        "descricao_servico": ticket.complaint,
        "descricao_fechamento": done.and(defect),
        "usuario_abertura": "Integração",
        "usuario_fechamento": done.map(|_| "Técnico 1"),
        "status": if done.is_some() { "finalizado" } else { "pendente" },
        "status_fechamento": done.map(|_| "concluido"),
    })
}

fn opened(columns: &Columns) -> Value {
    let text = |name: &str| columns.get(name).cloned().unwrap_or_default();
    json!({
        "id_ordem_servico": text("id").parse::<u32>().ok(),
        "numero_ordem_servico": text("id"),
        "data_cadastro": text("at"),
        "tipo": "ABERTURA VIA API",
        "data_inicio_programado": null, "data_termino_programado": null,
        "data_inicio_executado": null, "data_termino_executado": null,
        "descricao_abertura": text("text"),
        "descricao_servico": text("text"),
        "descricao_fechamento": null,
        "usuario_abertura": "Integração",
        "usuario_fechamento": null,
        "status": text("status"),
        "status_fechamento": null,
    })
}

/// `cliente/ordem_servico`: all of them unless a status is asked for.
pub(super) fn list(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let keys = ["codigo_cliente", "cpf_cnpj", "id_cliente_servico", "protocolo", "numero_ordem_servico"];
    let (key, term) = ask.search(&keys)?;
    let limit = ask.limit(20, 50)?;
    let town = &*town;
    let tickets = town.tickets.iter().filter(|one| key == "numero_ordem_servico" || belongs(town, one, key, term));
    let column = |row: &Value, name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let wanted = |row: &Value| {
        (key != "numero_ordem_servico" || column(row, "numero_ordem_servico") == term)
            && (ask.query("status").is_empty() || column(row, "status") == ask.query("status"))
    };
    let mut rows: Vec<Value> = tickets.flat_map(|one| of_ticket(town, one)).filter(wanted).collect();
    if ask.query("order_type") != "asc" {
        rows.reverse();
    }
    rows.truncate(limit);
    Ok(found_misspelt("ordens_servico", Value::Array(rows)))
}
