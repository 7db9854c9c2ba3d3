//! Solicitações: a protocol with an assignment (section 4.i).

use jiff::ToSpan as _;
use serde_json::{Map, Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::id::Id;
use crate::town::network::Login;
use crate::town::tickets::{NewTicket, Ticket, TicketStatus};
use crate::town::writes::WriteKind;

use super::catalogues::type_title;
use super::dialect::{self, Silence, good, moment};
use super::logins;
use super::numbers::{ASSIGNMENTS, CONTRACTS, INCIDENT_TYPES, PEOPLE, SERVICE_TAGS, service_tag};
use super::request::{Asked, Route, Surface, number, text};

pub(super) const ROUTES: &[Route] = &[
    Route { surface: Surface::ThirdParty, method: "GET", path: "solicitationlist/{}", answer: list },
    Route { surface: Surface::ThirdParty, method: "POST", path: "projects/getsolicitationdata", answer: detail },
    Route { surface: Surface::ThirdParty, method: "GET", path: "getsolicitationhistory", answer: history },
    Route { surface: Surface::ThirdParty, method: "POST", path: "opensolicitation", answer: open_simple },
    Route { surface: Surface::ThirdParty, method: "POST", path: "opendetailedsolicitation", answer: open_detailed },
    Route { surface: Surface::ThirdParty, method: "POST", path: "solicitationnewnote", answer: add_note },
    Route { surface: Surface::ThirdParty, method: "POST", path: "projects/createsolicitationreport", answer: report },
    Route { surface: Surface::Portal, method: "GET", path: "portal_solicitations", answer: of_subscriber },
];

/// Code and text of a status; 10 is this provider's own.
fn status(status: TicketStatus) -> (u64, &'static str) {
    match status {
        TicketStatus::New => (1, "Abertura"),
        TicketStatus::InProgress => (2, "Andamento"),
        TicketStatus::Pending => (10, "Aguardando Retorno"),
        TicketStatus::Solved => (4, "Encerramento"),
        TicketStatus::Cancelled => (8, "Cancelado"),
    }
}

fn status_of_code(code: u64) -> Option<TicketStatus> {
    use TicketStatus::{Cancelled, InProgress, New, Pending, Solved};
    [New, InProgress, Pending, Solved, Cancelled].into_iter().find(|one| status(*one).0 == code)
}

fn department(town: &Town, ticket: &Ticket) -> &'static str {
    town.departments.iter().find(|one| Some(one.id) == ticket.department).map_or("", |one| one.name)
}

fn team(town: &Town, ticket: &Ticket) -> String {
    format!("{} - Interno", department(town, ticket))
}

fn protocol(ticket: &Ticket) -> u64 {
    ticket.protocol.parse().unwrap_or(0)
}

/// A day to solve it in: the deadline that stands where one looks for the closing.
fn deadline(ticket: &Ticket) -> String {
    moment(ticket.opened_at.saturating_add(1.day()))
}

fn list(town: &mut Town, asked: &Asked<'_>) -> Response {
    let person = PEOPLE.read(asked.part(0));
    let all = asked.query("allAssignments").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let mut shown: Vec<&Ticket> =
        town.tickets.iter().filter(|one| Some(one.customer) == person && (all || one.status.open())).collect();
    shown.sort_by_key(|ticket| std::cmp::Reverse(ticket.opened_at));
    let row = |one: &&Ticket| {
        json!({
            "assignmentId": ASSIGNMENTS.of(one.id),
            "protocol": protocol(one),
            "title": format!("Protocolo {} - {} - {}", one.protocol, department(town, one), one.title),
            "status": status(one.status).1,
            "team": team(town, one),
            "sectorArea": department(town, one),
            "beginningData": moment(one.opened_at),
            "finalData": deadline(one),
        })
    };
    let rows: Vec<Value> = shown.iter().map(row).collect();
    good(json!({ "data": rows, "totalRecords": rows.len() }), Silence::Null, "PagedResult`1")
}

fn asked_ticket<'t>(town: &'t Town, asked: &Asked<'_>) -> Option<&'t Ticket> {
    let id = asked.query("assignmentId").and_then(|text| ASSIGNMENTS.read(&text));
    id.and_then(|id| town.ticket(id))
}

/// A POST that only asks, of whosever ticket it is.
fn detail(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(ticket) = asked_ticket(town, asked) else { return dialect::not_found() };
    let person = town.customer(ticket.customer).map(|one| json!({ "id": PEOPLE.of(one.id), "name": one.name }));
    let subject = town.subjects.iter().find(|one| Some(one.id) == ticket.subject);
    let (code, word) = status(ticket.status);
    let detail = json!({
        "protocol": protocol(ticket),
        "assignmentId": ASSIGNMENTS.of(ticket.id),
        "incidentType": subject.map(|one| json!({ "id": INCIDENT_TYPES.of(one.id), "title": type_title(town, one) })),
        "incidentStatus": { "id": code, "title": word },
        "requestor": person,
        "client": person,
        "beginningDate": moment(ticket.opened_at),
        "finalDate": deadline(ticket),
        "criticity": "Normal",
        "contractServiceTag": ticket.login.map(|login| json!({
            "id": SERVICE_TAGS.of(login), "title": "Internet", "serviceTag": service_tag(login),
        })),
        "catalogService": null,
        "catalogServiceItem": null,
        "catalogServiceItemClass": null,
        "sectorArea": { "id": ticket.department.map(Id::number), "title": department(town, ticket) },
        "team": { "id": ticket.department.map(Id::number), "title": team(town, ticket) },
        "responsible": null,
        "companyPlace": { "id": 1, "title": town.provider.trade_name },
    });
    good(detail, Silence::Null, "SolicitationData")
}

/// In four shapes, by the last digit of the assignment.
fn history(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(ticket) = asked_ticket(town, asked) else { return dialect::not_found() };
    let entries = json!(entries(town, ticket));
    match ASSIGNMENTS.of(ticket.id) % 4 {
        0 => dialect::envelope(&entries),
        1 => dialect::envelope(&json!({ "success": true, "messages": null, "response": { "data": entries } })),
        2 => dialect::envelope(&json!({ "success": true, "messages": null, "response": entries })),
        _ => dialect::envelope(&json!({ "data": entries })),
    }
}

fn entries(town: &Town, ticket: &Ticket) -> Vec<Value> {
    let number = ASSIGNMENTS.of(ticket.id) * 10;
    let person = town.customer(ticket.customer).map(|one| one.name);
    let entry = |offset: u32, title: &str, description: &str, at: jiff::civil::DateTime, private: bool| {
        json!({
            "id": number + offset,
            "typeOperation": if offset == 0 { 1 } else { 2 },
            "title": title,
            "description": description,
            "beginningDate": moment(at),
            "finalDate": moment(at),
            "private": private,
            "personId": PEOPLE.of(ticket.customer),
            "person": { "name": person },
            "teamId": ticket.department.map(Id::number),
            "team": { "name": team(town, ticket) },
        })
    };
    let mut entries = vec![
        entry(0, "Abertura", &ticket.complaint, ticket.opened_at, false),
        entry(1, "Triagem", "Anotação interna da equipe.", ticket.opened_at.saturating_add(1.minute()), true),
    ];
    let messages = town.messages.iter().filter(|message| message.ticket == ticket.id);
    entries.extend(messages.zip(2..).map(|(one, offset)| entry(offset, "Relato", &one.text, one.at, !one.public)));
    if let Some(closed) = ticket.closed_at {
        let visit = town.visits.iter().find(|visit| visit.ticket == ticket.id && visit.done_at.is_some());
        entries.push(entry(9, "Encerramento", visit.map_or("Solicitação encerrada.", |one| one.report), closed, false));
    }
    entries
}

/// Of the integrator's own type.
fn open_simple(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(body) = asked.body() else { return dialect::bad_request() };
    let Some(description) = text(&body, "description") else { return dialect::refused("Descrição não informada.") };
    let title = "Solicitação de integração".to_owned();
    let subject = town.subjects.first().map(|one| one.id);
    open(town, &body, subject, title, description.to_owned())
}

/// With the provider's own taxonomy.
fn open_detailed(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(body) = asked.body() else { return dialect::bad_request() };
    let subject = number(&body, "incidentTypeId").and_then(|id| INCIDENT_TYPES.id(id));
    let Some(subject) = subject.filter(|id| town.subjects.iter().any(|one| one.id == *id)) else {
        return dialect::refused("Tipo de solicitação não encontrado.");
    };
    if !number(&body, "serviceLevelAgreementId").is_some_and(super::catalogues::is_service_level) {
        return dialect::refused("SLA não encontrado.");
    }
    if !matches!(number(&body, "matrixType"), Some(1 | 2)) {
        return dialect::refused("Tipo de matriz inválido.");
    }
    let assignment = body.get("assignment").and_then(Value::as_object);
    let words = assignment.and_then(|one| Some((text(one, "title")?, text(one, "description")?)));
    let Some((title, description)) = words else {
        return dialect::refused("Título e descrição são obrigatórios.");
    };
    open(town, &body, Some(subject), title.to_owned(), description.to_owned())
}

fn open(
    town: &mut Town,
    body: &Map<String, Value>,
    subject: Option<Id<crate::town::tickets::Subject>>,
    title: String,
    complaint: String,
) -> Response {
    let customer = number(body, "clientId").and_then(|id| PEOPLE.id(id)).filter(|id| town.customer(*id).is_some());
    let Some(customer) = customer else { return dialect::refused("Cliente não encontrado.") };
    let tag = number(body, "contractServiceTagId").filter(|id| *id > 0);
    let login = tag.and_then(|id| SERVICE_TAGS.id(id)).and_then(|id| town.login(id));
    if tag.is_some() && login.is_none_or(|one: &Login| one.customer != customer) {
        return dialect::refused("Etiqueta de serviço não pertence ao cliente.");
    }
    let contract = number(body, "contractId").and_then(|id| CONTRACTS.id(id)).or(login.map(|one| one.contract));
    let department = town.subjects.iter().find(|one| Some(one.id) == subject).map(|one| one.department);
    let login = login.map(|one| one.id);
    let protocol = town.draw_protocol();
    let answer = json!(protocol.parse::<u64>().unwrap_or(0));
    let new = NewTicket {
        protocol,
        customer,
        contract,
        login,
        department,
        subject,
        title,
        complaint,
        status: TicketStatus::New,
    };
    let id = town.open_ticket(new);
    good(json!({ "assignmentId": ASSIGNMENTS.of(id), "protocol": answer }), Silence::Null, "OpenedSolicitation")
}

fn add_note(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(body) = asked.body() else { return dialect::bad_request() };
    let ticket = number(&body, "assignmentId").and_then(|id| ASSIGNMENTS.id(id));
    let written =
        ticket.zip(text(&body, "description")).and_then(|(id, text)| town.add_message(id, text.to_owned(), true));
    match written {
        Some(_) => dialect::done("Anotação registrada com sucesso."),
        None => dialect::not_found(),
    }
}

/// A report, and with it another status.
fn report(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(body) = asked.body() else { return dialect::bad_request() };
    let id = number(&body, "assignmentId").and_then(|id| ASSIGNMENTS.id(id)).filter(|id| town.ticket(*id).is_some());
    let status = number(&body, "incidentStatusId").and_then(status_of_code);
    let (Some(id), Some(status), Some(words)) = (id, status, text(&body, "description")) else {
        return dialect::not_found();
    };
    let public = body.get("privateReport").and_then(Value::as_bool) != Some(true);
    town.add_message(id, words.to_owned(), public);
    let now = town.clock();
    let changed = town.tickets.iter_mut().find(|one| one.id == id).filter(|one| one.status != status);
    if let Some(ticket) = changed {
        ticket.status = status;
        ticket.changed_at = now;
        ticket.closed_at = (!status.open()).then_some(now);
        let contract = ticket.contract;
        town.wrote(WriteKind::TicketChanged, contract);
    }
    dialect::done("Relato registrado com sucesso.")
}

/// The portal's list, with the columns of a survey that nobody has answered.
fn of_subscriber(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(owner) = logins::subscriber(town, asked.request()) else { return dialect::portal_forbidden() };
    let row = |one: &Ticket| {
        json!({
            "id": ASSIGNMENTS.of(one.id),
            "protocol": protocol(one),
            "title": one.title,
            "feedbackStatus": null,
            "feedbackScore": null,
            "feedbackDescription": null,
            "feedbackDate": null,
        })
    };
    let rows: Vec<Value> = town.tickets.iter().filter(|one| one.customer == owner).map(row).collect();
    dialect::portal(&rows)
}
