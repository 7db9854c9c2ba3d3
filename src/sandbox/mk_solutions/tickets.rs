//! Tickets, "atendimentos" (section 4.i): opened by a rule or the core API, listed for the whole base and a period.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::id::Id;
use crate::town::network::Login;
use crate::town::people::Customer;
use crate::town::tickets::{NewTicket, Subject, Ticket, TicketStatus};
use crate::town::writes::WriteKind;

use super::charset::with_entities;
use super::core_api::no_such_thing;
use super::dialect::{Outcome, Params, Rule, bad_parameter, iso, nothing_found, refused, servlet_page};
use super::topics::{self, Classification};

pub(super) const RULES: &[Rule] = &[
    Rule { name: "WSMKAtendimentos", run: list },
    Rule { name: "WSMKNovoAtendimento", run: open_by_rule },
    Rule { name: "WSMKAtendimentoComentario", run: comment },
    Rule { name: "WSMKAtendimentoResgate", run: claim },
];

/// Which tickets came by the API.
const BY_API: &str = "mk-solutions tickets by the API";
/// Letters of a comment, HTML entities counted (section 4.i).
const COMMENT: usize = 300;

/// Whether the ticket came by the API, and not from the provider's own staff.
pub(super) fn came_by_api(town: &Town, ticket: &Ticket) -> bool {
    town.cabinet.overwritten(BY_API, &ticket.id.to_string()).is_some()
}

/// `2611.592`: year and month in two digits each, a dot, a number.
pub(super) fn protocol(ticket: &Ticket) -> String {
    match (ticket.protocol.get(2..6), ticket.protocol.get(6..)) {
        (Some(month), Some(number)) => format!("{month}.{}", number.trim_start_matches('0')),
        _ => ticket.protocol.clone(),
    }
}

/// Everybody's tickets of the period, without protocol and complaint. No filter by customer.
fn list(town: &mut Town, params: &Params) -> Outcome {
    let day = |name: &str| params.text(name).parse::<Date>().map_err(|_| bad_parameter());
    let period = day("data_inicio")?..=day("data_termino")?;
    let within = town.tickets.iter().filter(|ticket| period.contains(&ticket.opened_at.date()));
    Ok(within
        .map(|ticket| {
            let open = ticket.status.open();
            json!({
                "codigo_atendente": 12,
                "codigo_atendimento": ticket.id.number(),
                "codigo_cliente": ticket.customer.number(),
                "codigo_status": if open { "A" } else { "F" },
                "contratoid": ticket.contract.map(Id::number),
                "data_abertura": iso(ticket.opened_at.date()),
                "descricao_status": if open { "Aberto" } else { "Finalizado" },
                "hr_abertura": ticket.opened_at.strftime("%H:%M:%S").to_string(),
                "nome_atendente": "CHATBOT",
            })
        })
        .collect())
}

/// What a ticket is opened with, by either way.
struct Wanted {
    customer: Option<Id<Customer>>,
    process: Option<u32>,
    classification: Option<u32>,
    text: String,
    contract: Option<Id<Contract>>,
    login: Option<Id<Login>>,
}

fn open_by_rule(town: &mut Town, params: &Params) -> Outcome {
    let number = |name: &str| params.text(name).parse::<u32>().ok();
    // Mandatory, and the page is what an undocumented lack gets (section 3.3).
    if number("origem_contato").is_none() {
        return Err(servlet_page());
    }
    let wanted = Wanted {
        customer: params.id("cd_cliente"),
        process: number("cd_processo"),
        classification: number("cd_classificacao_ate"),
        text: params.text("info").to_owned(),
        contract: params.id("cd_contrato"),
        login: params.id("conexao_associada"),
    };
    let ticket = open(town, wanted).map_err(refused)?;
    let name = town.customer(ticket.customer).map_or("", |one| one.name);
    Ok(json!({
        "Cliente": name,
        "CodigoAtendimento": ticket.id.number(),
        "CodigoCliente": ticket.customer.number(),
        "Protocolo": protocol(&ticket),
        "status": "OK",
    }))
}

/// `POST /core-api/atendimentos`; contract and company are mandatory here.
pub(super) fn open_by_core(town: &mut Town, body: &Value) -> Outcome {
    let number = |name: &str| body.get(name).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
    if number("contratoId").is_none() || number("empresaId").is_none() {
        return Err(no_such_thing("Contrato e empresa são obrigatórios"));
    }
    let wanted = Wanted {
        customer: number("pessoaId").map(Id::new),
        process: number("processoId"),
        classification: number("classificacaoId"),
        text: body.get("infoCliente").and_then(Value::as_str).unwrap_or_default().to_owned(),
        contract: number("contratoId").map(Id::new),
        login: number("conexaoId").map(Id::new),
    };
    let ticket = open(town, wanted).map_err(no_such_thing)?;
    Ok(core_row(&ticket))
}

/// The checks of section 4.i, in its order; the words of the refusals were not captured.
fn open(town: &mut Town, wanted: Wanted) -> Result<Ticket, &'static str> {
    let customer = wanted.customer.and_then(|id| town.customer(id)).ok_or("Cliente não localizado.")?;
    if !customer.active {
        return Err("Cliente inativo não pode abrir atendimento.");
    }
    let customer = customer.id;
    let contract = match wanted.contract {
        None => None,
        Some(id) => {
            let own = town.contract(id).filter(|one| one.customer == customer);
            Some(own.ok_or("Contrato não pertence ao cliente.")?.id)
        }
    };
    let process = wanted.process.and_then(|number| topics::of_process(town, number));
    let department = process.ok_or("Processo de atendimento inválido.")?.department;
    let subject: &Subject = match wanted.classification.and_then(|number| topics::classification(town, number)) {
        Some(Classification::Opens(subject)) => subject,
        Some(Classification::Closes) => return Err("Classificação de encerramento não pode abrir atendimento."),
        None => return Err("Classificação de atendimento inválida."),
    };
    if wanted.text.is_empty() {
        return Err("Informe a descrição do atendimento.");
    }
    let mut candidates = town
        .logins
        .iter()
        .filter(|login| login.customer == customer && contract.is_none_or(|id| id == login.contract))
        .map(|login| login.id);
    let login = match wanted.login {
        Some(id) => Some(candidates.find(|own| *own == id).ok_or("Conexão não pertence ao contrato.")?),
        // The only one is bound by itself, of several none is.
        None => candidates.next().filter(|_| candidates.next().is_none()),
    };
    let (subject, title) = (subject.id, subject.name.to_owned());
    let new = NewTicket {
        protocol: town.draw_protocol(),
        customer,
        contract,
        login,
        department: Some(department),
        subject: Some(subject),
        title,
        complaint: wanted.text,
        status: TicketStatus::New,
    };
    let id = town.open_ticket(new);
    town.cabinet.overwrite(BY_API, &id.to_string(), "by", "api");
    town.ticket(id).cloned().ok_or("Atendimento não localizado.")
}

/// On an open ticket only; an overlong one is the servlet's page (section 4.i).
fn comment(town: &mut Town, params: &Params) -> Outcome {
    let text = params.text("comentario");
    let stored = with_entities(text);
    if text.is_empty() || stored.chars().count() > COMMENT {
        return Err(servlet_page());
    }
    let id: Id<Ticket> = params.id("cd_atendimento").ok_or_else(bad_parameter)?;
    town.ticket(id).filter(|ticket| ticket.status.open()).ok_or_else(nothing_found)?;
    town.add_message(id, text.to_owned(), params.text("tipo") == "2").ok_or_else(nothing_found)?;
    Ok(json!({ "CodigoAtendimento": id.number(), "Comentario": stored, "status": "OK" }))
}

/// No `status` in the good answer (section 3.2).
fn claim(town: &mut Town, params: &Params) -> Outcome {
    let message = match params.text("operacao") {
        "1" => "Atendimento resgatado",
        "2" => "Atendimento liberado",
        _ => return Err(bad_parameter()),
    };
    let wanted = params.text("protocolo");
    let contract = town.tickets.iter().find(|ticket| protocol(ticket) == wanted).ok_or_else(nothing_found)?.contract;
    town.wrote(WriteKind::TicketChanged, contract);
    Ok(json!({ "message": message }))
}

/// `PUT /core-api/atendimentos/protocolo`: alters or closes an open ticket.
pub(super) fn update(town: &mut Town, params: &Params, body: &Value) -> Outcome {
    let now = town.clock();
    let wanted = params.text("protocolo");
    let ticket = town
        .tickets
        .iter_mut()
        .find(|ticket| protocol(ticket) == wanted && ticket.status.open())
        .ok_or_else(|| no_such_thing("Atendimento não encontrado ou já finalizado"))?;
    match body.get("finalizado").and_then(Value::as_str) {
        Some("S") if body.get("classificacaoEncerramento").is_some() => {
            ticket.status = TicketStatus::Solved;
            ticket.closed_at = Some(now);
        }
        Some("N") => {
            if let Some(text) = body.get("infoCliente").and_then(Value::as_str) {
                text.clone_into(&mut ticket.complaint);
            }
        }
        _ => return Err(no_such_thing("Informe finalizado e, para encerrar, classificacaoEncerramento")),
    }
    ticket.changed_at = now;
    let (row, contract) = (core_row(ticket), ticket.contract);
    town.wrote(WriteKind::TicketChanged, contract);
    Ok(row)
}

fn core_row(ticket: &Ticket) -> Value {
    let closed = !ticket.status.open();
    json!({
        "id": ticket.id.number(),
        "dataAbertura": iso(ticket.opened_at.date()),
        "horaAbertura": ticket.opened_at.strftime("%H:%M:%S").to_string(),
        "protocolo": protocol(ticket),
        "infoCliente": ticket.complaint,
        "finalizado": if closed { "S" } else { "N" },
        "situacao": "I",
        "pessoaId": ticket.customer.number(),
        "conexaoId": ticket.login.map(Id::number),
        "contratoId": ticket.contract.map(Id::number),
        "processoAtendimentoId": null,
        "classificacaoAtendimentoId": ticket.subject.map(Id::number),
        "subprocessoId": null,
        "operadorAbertura": "chatbot",
        "operadorEncerramento": if closed { json!("chatbot") } else { Value::Null },
        "comoFoiContato": 9,
    })
}

/// The ticket of a parameter, open or not.
pub(super) fn named<'t>(town: &'t Town, params: &Params, name: &str) -> Result<Option<&'t Ticket>, Response> {
    if params.text(name).is_empty() {
        return Ok(None);
    }
    let id = params.id(name).ok_or_else(bad_parameter)?;
    town.ticket(id).map(Some).ok_or_else(nothing_found)
}
