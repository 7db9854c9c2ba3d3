//! Tickets: list, open, edit, message, catalogues (section 4.i). Ratings are in `tickets/rating.rs`,
//! work orders in `tickets/work_orders.rs`.

use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::id::Id;
use crate::town::tickets::{NewTicket, Subject, Ticket, TicketStatus};
use crate::town::writes::WriteKind;

use super::ask::{Ask, Route};
use super::contracts::brief;
use super::dialect::{Refusal, done, done_with, found, found_misspelt};
use super::numbers::{customer_code, service, service_id};
use super::wording::{br_date, br_moment, person};

mod rating;
mod work_orders;

pub(super) const ROUTES: &[Route] = &[
    Route::get("cliente/atendimento", list),
    Route::get("cliente/ordem_servico", work_orders::list),
    Route::post("atendimento", open),
    Route::put("atendimento/{}", edit),
    Route::post("atendimento/adicionar_mensagem/{}", add_message),
    Route::get("atendimento/{}/avaliacao/gerar_questoes_avaliacao", rating::questions),
    Route::post("atendimento/{}/avaliacao/avaliar", rating::rate),
    Route::get("atendimento/{}/avaliacao/consultar_avaliacao", rating::read),
    Route::get("configuracao/tipo_atendimento", types),
    Route::get("configuracao/tipo_ordem_servico", work_orders::types),
];

/// The vendor writes this behind every text that comes over the API.
const MARK: &str = " | ATENDIMENTO ABERTO VIA API";
/// The type of a ticket that names none.
const DEFAULT_TYPE: &str = "SAC";

fn list(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let (key, term) = ask.search(&["codigo_cliente", "cpf_cnpj", "id_cliente_servico", "protocolo"])?;
    let limit = ask.limit(20, 50)?;
    let pending = ask.flag("apenas_pendente", "sim")?;
    let (from, to) = (ask.date("data_inicio")?, ask.date("data_fim")?);
    let town = &*town;
    let wanted = |ticket: &&Ticket| {
        let day = ticket.opened_at.date();
        let within = from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to);
        belongs(town, ticket, key, term) && within && !(pending && ticket.closed_at.is_some())
    };
    let mut tickets: Vec<&Ticket> = town.tickets.iter().filter(wanted).collect();
    match ask.query("order_by") {
        "data_fechamento" => tickets.sort_by_key(|one| one.closed_at),
        _ => tickets.sort_by_key(|one| one.opened_at),
    }
    if ask.query("order_type") == "desc" {
        tickets.reverse();
    }
    let rows = tickets.into_iter().take(limit).map(|one| row(town, one)).collect();
    Ok(found_misspelt("atendimentos", Value::Array(rows)))
}

fn belongs(town: &Town, ticket: &Ticket, key: &str, term: &str) -> bool {
    let owner = town.customer(ticket.customer);
    match key {
        "codigo_cliente" => owner.is_some_and(|one| customer_code(one).to_string() == term),
        "cpf_cnpj" => owner.is_some_and(|one| one.document_in_digits().as_str() == term),
        "id_cliente_servico" => ticket.contract.is_some_and(|id| service_id(id).to_string() == term),
        // Whoever owns it.
        "protocolo" => ticket.protocol == term,
        _ => false,
    }
}

fn row(town: &Town, ticket: &Ticket) -> Value {
    let subject = ticket.subject.and_then(|id| town.subjects.iter().find(|one| one.id == id));
    let sector = ticket.department.and_then(|id| town.departments.iter().find(|one| one.id == id));
    let defect = ticket.defect.and_then(|id| town.diagnoses.iter().find(|one| one.id == id)).map(|one| one.name);
    let closed = ticket.closed_at;
    json!({
        "id_atendimento": ticket.id.number(),
        "protocolo": ticket.protocol,
        "descricao_abertura": ticket.complaint,
        "descricao_fechamento": closed.and(defect),
        "tipo_atendimento": subject.map_or(DEFAULT_TYPE, |one| one.name),
        "usuario_abertura": "Integração",
        "usuario_responsavel": "Integração",
        "usuario_fechamento": closed.map(|_| "Integração"),
        "data_cadastro": br_date(ticket.opened_at.date()),
        "data_fechamento": closed.map(|at| br_date(at.date())),
        "setor_responsavel": sector.map(|one| one.name),
        "status_fechamento": closed.map(|_| "concluido"),
        "motivo_fechamento": closed.map(|_| "Problema resolvido"),
        "status": label(ticket.status),
        "cliente": town.customer(ticket.customer).map(person),
        "servico": ticket.contract.and_then(|id| town.contract(id)).map(|one| service_column(brief(town, one))),
        "ordens_servico": work_orders::of_ticket(town, ticket),
    })
}

/// The id is a text in this list (section 4.i).
fn service_column(mut brief: Value) -> Value {
    if let Some(id) = brief.get_mut("id_cliente_servico") {
        *id = Value::String(id.to_string());
    }
    brief
}

/// Labels that a provider edits; open or closed is told by the date.
fn label(status: TicketStatus) -> &'static str {
    match status {
        TicketStatus::New | TicketStatus::Pending => "Pendente",
        TicketStatus::InProgress => "Aguardando Análise",
        TicketStatus::Solved | TicketStatus::Cancelled => "Resolvido",
    }
}

fn open(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    ask.requires(&["id_cliente_servico", "descricao", "nome", "telefone"])?;
    check_contact(ask)?;
    let id = ask.id_field("id_cliente_servico").unwrap_or_default();
    let contract = service(town, id).ok_or_else(|| Refusal::not_found("Serviço", &id.to_string()))?;
    let (contract, customer) = (contract.id, contract.customer);
    let subject = subject(town, ask)?;
    let (login, now) = (town.logins_of(contract).next().map(|login| login.id), town.clock());
    let new = NewTicket {
        protocol: format!("{}{}", now.strftime("%Y%m%d%H%M"), town.tickets.len() + 210),
        customer,
        contract: Some(contract),
        login,
        department: subject.as_ref().map(|one| one.department),
        subject: subject.as_ref().map(|one| one.id),
        title: subject.map_or(DEFAULT_TYPE, |one| one.name).to_owned(),
        complaint: format!("{}{MARK}", ask.text("descricao")),
        status: TicketStatus::New,
    };
    let ticket = town.open_ticket(new);
    if ask.field("abrir_os").and_then(Value::as_bool) == Some(true) {
        work_orders::open(town, ticket, ask);
    }
    let ticket = town.ticket(ticket).ok_or_else(|| Refusal::new("Não foi possível abrir o atendimento"))?;
    let msg = format!("Atendimento aberto com sucesso. Anote o protocolo: {}. ", ticket.protocol);
    Ok(done_with(&msg, [("atendimento", row(town, ticket))]))
}

/// Ten or eleven digits without country code; an e-mail that is one, or none at all.
fn check_contact(ask: &Ask) -> Result<(), Refusal> {
    let phone = ask.text("telefone");
    if !matches!(phone.len(), 10 | 11) || !phone.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::fill_in(vec!["O campo telefone não possui um valor válido.".to_owned()]));
    }
    match ask.field("email") {
        Some(Value::String(email)) if email.contains('@') => Ok(()),
        None => Ok(()),
        Some(_) => Err(Refusal::fill_in(vec!["O campo email deve ser um endereço de e-mail válido.".to_owned()])),
    }
}

fn subject(town: &Town, ask: &Ask) -> Result<Option<Subject>, Refusal> {
    let Some(sent) = ask.field("id_tipo_atendimento") else { return Ok(None) };
    let id = ask.id_field("id_tipo_atendimento");
    match town.subjects.iter().find(|one| Some(one.id.number()) == id) {
        Some(subject) => Ok(Some(subject.clone())),
        None => Err(Refusal::not_found("Tipo de atendimento", sent.to_string().trim_matches('"'))),
    }
}

fn ticket_of(town: &Town, ask: &Ask) -> Result<Id<Ticket>, Refusal> {
    let found = Id::read(&ask.id).filter(|id| town.ticket(*id).is_some());
    found.ok_or_else(|| Refusal::not_found("Atendimento", &ask.id))
}

/// The answer is the raw row, not the shape of the list.
fn edit(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let id = ticket_of(town, ask)?;
    let now = town.clock();
    let contract = town.ticket(id).and_then(|one| one.contract);
    if let Some(ticket) = town.tickets.iter_mut().find(|one| one.id == id) {
        if !ask.text("descricao").is_empty() {
            ask.text("descricao").clone_into(&mut ticket.complaint);
        }
        if ask.field("fechar_atendimento").and_then(Value::as_bool) == Some(true) {
            ticket.status = TicketStatus::Solved;
            ticket.closed_at = ticket.closed_at.or(Some(now));
        }
        ticket.changed_at = now;
    }
    town.wrote(WriteKind::TicketChanged, contract);
    let raw = town.ticket(id).map(|ticket| {
        json!({
            "id_atendimento": ticket.id.number(),
            "id_tipo_atendimento": ticket.subject.map(Id::number),
            "protocolo": ticket.protocol,
            "data_cadastro_br": br_moment(ticket.opened_at),
            "data_fechamento_br": ticket.closed_at.map(br_moment),
            "tempo_restante": null,
        })
    });
    Ok(done_with("Atendimento editado com sucesso", [("atendimento", raw.unwrap_or_default())]))
}

fn add_message(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    ask.requires(&["mensagem"])?;
    let id = ticket_of(town, ask)?;
    town.add_message(id, ask.text("mensagem").to_owned(), true);
    Ok(done("Mensagem adicionada com sucesso"))
}

fn types(town: &mut Town, _: &Ask) -> Result<Response, Refusal> {
    let row = |one: &Subject| json!({ "id_tipo_atendimento": one.id.number(), "descricao": one.name });
    Ok(found("tipos_atendimento", town.subjects.iter().map(row).collect()))
}
