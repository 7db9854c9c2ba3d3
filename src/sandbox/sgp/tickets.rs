//! Occurrences and their work orders (section 4.i): Brazilian dates in the columns of one, ISO dates in those of the
//! other, in the same row.

use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::id::Id;
use crate::town::people::Customer;
use crate::town::tickets::{Department, NewTicket, Subject, Ticket, TicketStatus, Visit};

use super::dialect::{Call, Fields, Login, Route, Source, brazilian, iso, json_answer, page, protocol, refused};
use super::places::pop_of;
use super::trust_unlock;

/// Rows a page of occurrences (section 2.4).
const PAGE: usize = 1000;
/// The type of an occurrence that names none.
const DEFAULT_TYPE: &str = "5";
/// Work orders of tickets that were opened here, by the ticket's id.
const ORDERS: &str = "sgp os";
/// What the IVR writes unless it is told to keep the text clean.
const STANDARD_TEXT: &str = "Ocorrência aberta via URA\n";

pub(super) const ROUTES: &[Route] = &[
    Route::post("/api/central/chamado/list/", list),
    Route::post("/api/ura/ocorrencia/list/", occurrences).from(Source::FormOrJson),
    Route::post("/api/os/list/", work_orders),
    // Arrays travel here, so it is JSON (section 2.2); a form is taken as well.
    Route::post("/api/ura/chamado/", open).from(Source::FormOrJson),
    Route::post("/api/central/chamado/", open_by_central).from(Source::FormOrJson).for_login(Login::AppOrSubscriber),
];

/// A work order: one of the town's visits, or one that came with a ticket.
#[derive(Debug)]
struct Order<'t> {
    id: String,
    visit: Option<&'t Visit>,
}

fn order<'t>(town: &'t Town, ticket: &Ticket) -> Option<Order<'t>> {
    let visit = town.visits.iter().find(|visit| visit.ticket == ticket.id);
    if let Some(visit) = visit {
        return Some(Order { id: visit.id.to_string(), visit: Some(visit) });
    }
    let columns = town.cabinet.overwritten(ORDERS, &ticket.id.to_string())?;
    columns.get("os_id").map(|id| Order { id: id.clone(), visit: None })
}

fn order_status(ticket: &Ticket) -> (u8, &'static str) {
    match ticket.status {
        TicketStatus::Solved | TicketStatus::Cancelled => (1, "Encerrada"),
        TicketStatus::InProgress => (2, "Em execução"),
        TicketStatus::Pending => (3, "Pendente"),
        TicketStatus::New => (0, "Aberta"),
    }
}

/// Of one contract or customer, never of everybody.
fn list(town: &mut Town, call: &Call<'_>) -> Response {
    let fields = &call.fields;
    let contract = Id::<Contract>::read(fields.text("contrato"));
    let customer = Id::<Customer>::read(fields.text("cliente"));
    if contract.is_none() && customer.is_none() {
        return json_answer(&json!([]));
    }
    let open = |ticket: &Ticket| match fields.text("oc_status") {
        "0" => ticket.status.open(),
        "1" => !ticket.status.open(),
        _ => true,
    };
    let rows = town
        .tickets
        .iter()
        .filter(|one| contract.is_none_or(|id| one.contract == Some(id)))
        .filter(|one| customer.is_none_or(|id| one.customer == id))
        .filter(|one| open(one))
        .map(|ticket| row(town, ticket));
    let promised = fields.text("oc_status") != "0";
    let promises = town
        .contracts
        .iter()
        .filter(|one| contract.is_none_or(|id| one.id == id) && customer.is_none_or(|id| one.customer == id))
        .filter(|_| promised)
        .filter_map(|contract| promise(town, contract));
    json_answer(&Value::Array(rows.chain(promises).collect()))
}

/// The closed occurrence that a promise of payment leaves behind (section 4.e), without a work order.
fn promise(town: &Town, contract: &Contract) -> Option<Value> {
    let (protocol, at) = trust_unlock::last_promise(town, contract)?;
    let customer = town.customer(contract.customer);
    let pop = pop_of(town, contract);
    let mut row = json!({
        "oc_protocolo": protocol,
        "oc_tipo_id": 200,
        "oc_tipo_descricao": "LIBERAÇÃO",
        "oc_data_cadastro": brazilian(at),
        "oc_data_encerramento": brazilian(at),
        "oc_conteudo": trust_unlock::occurrence_text(town, contract.id),
        "oc_status": 1,
        "oc_status_descricao": "Encerrada",
        "oc_origem_id": 3,
        "oc_origem_descricao": "URA",
        "cliente": customer.map(|one| one.name),
        "cliente_id": contract.customer.number(),
        "contrato_id": contract.id.number(),
        "contrato_pop_id": pop.as_ref().map(|pop| pop.id),
        "contrato_pop": pop.as_ref().map(super::places::Pop::name),
        "servicos": [],
        "contrato_endereco_ll": "",
    });
    if let (Some(row), Value::Object(none)) = (row.as_object_mut(), no_order()) {
        row.extend(none);
    }
    Some(row)
}

fn row(town: &Town, ticket: &Ticket) -> Value {
    let subject = town.subjects.iter().find(|one| Some(one.id) == ticket.subject);
    let contract = ticket.contract.and_then(|id| town.contract(id));
    let customer = town.customer(ticket.customer);
    let pop = contract.and_then(|contract| pop_of(town, contract));
    let closed = !ticket.status.open();
    let mut row = json!({
        "oc_protocolo": ticket.protocol,
        "oc_tipo_id": subject.map(|one| one.id.number()),
        "oc_tipo_descricao": subject.map_or(ticket.title.as_str(), |one| one.name),
        "oc_data_cadastro": brazilian(ticket.opened_at),
        "oc_data_encerramento": ticket.closed_at.map_or(String::new(), brazilian),
        "oc_conteudo": ticket.complaint,
        "oc_status": u8::from(closed),
        "oc_status_descricao": if closed { "Encerrada" } else { "Aberta" },
        "oc_origem_id": 3,
        "oc_origem_descricao": "URA",
        "cliente": customer.map(|one| one.name),
        "cliente_id": ticket.customer.number(),
        "contrato_id": ticket.contract.map(Id::number),
        "contrato_pop_id": pop.as_ref().map(|pop| pop.id),
        "contrato_pop": pop.as_ref().map(super::places::Pop::name),
        "servicos": [],
        "contrato_endereco_ll": customer.map(|one| format!("{},{}", one.address.latitude, one.address.longitude)),
    });
    if let (Some(row), Value::Object(order)) = (row.as_object_mut(), order_columns(town, ticket)) {
        row.extend(order);
    }
    row
}

/// Empty texts when there is no work order; its id is a number when there is one (section 2.3).
fn order_columns(town: &Town, ticket: &Ticket) -> Value {
    let Some(order) = order(town, ticket) else { return no_order() };
    let (code, label) = order_status(ticket);
    let found = town.diagnoses.iter().find(|one| Some(one.id) == ticket.defect);
    json!({
        "os_id": order.id.parse::<u32>().ok(),
        "os_conteudo": ticket.complaint,
        "os_servicoprestado": found.map_or("", |one| one.name),
        "os_observacao": order.visit.map_or("", |visit| visit.report),
        "os_data_cadastro": iso(ticket.opened_at),
        "os_data_agendamento": order.visit.map_or(String::new(), |visit| iso(visit.planned.0)),
        "os_motivo_id": 40,
        "os_motivo_descricao": "SUPORTE",
        "os_status": code,
        "os_status_descricao": label,
        "os_tecnico_responsavel": order.visit.map_or("", |_| "joana.campo"),
        "os_tecnicos_auxiliares": [],
    })
}

fn no_order() -> Value {
    json!({
        "os_id": "", "os_conteudo": "", "os_servicoprestado": "", "os_observacao": "", "os_data_cadastro": "",
        "os_data_agendamento": "", "os_motivo_id": "", "os_motivo_descricao": "", "os_status": "",
        "os_status_descricao": "", "os_tecnico_responsavel": "", "os_tecnicos_auxiliares": [],
    })
}

fn occurrences(town: &mut Town, call: &Call<'_>) -> Response {
    let contract = Id::<Contract>::read(call.fields.text("contrato"));
    let number = call.fields.text("ocorrencia");
    let rows: Vec<Value> = town
        .tickets
        .iter()
        .filter(|one| contract.is_none_or(|id| one.contract == Some(id)))
        .filter(|one| number.is_empty() || one.id.to_string() == number || one.protocol == number)
        .map(|ticket| occurrence(town, ticket))
        .collect();
    let (_, rows) = page(rows, &call.fields, PAGE);
    json_answer(&json!({ "ocorrencias": rows }))
}

fn occurrence(town: &Town, ticket: &Ticket) -> Value {
    let subject = town.subjects.iter().find(|one| Some(one.id) == ticket.subject);
    let comments = town.messages.iter().filter(|one| one.ticket == ticket.id && one.public);
    let comments = comments.map(|one| json!({ "comentario": one.text, "data": iso(one.at) }));
    json!({
        "id": ticket.id.number(),
        "numero": ticket.protocol,
        "status": if ticket.status.open() { "Aberta" } else { "Encerrada" },
        "status_id": u8::from(!ticket.status.open()),
        "tipo": subject.map(|one| one.name),
        "conteudo": ticket.complaint,
        "data_cadastro": iso(ticket.opened_at),
        "data_agendamento": order(town, ticket).and_then(|one| one.visit).map(|visit| iso(visit.planned.0)),
        "data_finalizacao": ticket.closed_at.map(iso),
        "responsavel": null,
        "metodo": "URA",
        "contrato": ticket.contract.map(Id::number),
        "comentarios": comments.collect::<Vec<_>>(),
        "ordens_servicos": order(town, ticket).map(|one| json!({ "os_id": one.id })).into_iter().collect::<Vec<_>>(),
    })
}

fn work_orders(town: &mut Town, call: &Call<'_>) -> Response {
    let contract = Id::<Contract>::read(call.fields.text("contrato_id"));
    let customer = Id::<Customer>::read(call.fields.text("cliente_id"));
    let asked = |one: &&Ticket| one.contract == contract || Some(one.customer) == customer;
    let row = |ticket: &Ticket| {
        let order = order(town, ticket)?;
        let (code, label) = order_status(ticket);
        Some(json!({
            "os_id": order.id.parse::<u32>().ok(), "os_protocolo": ticket.protocol, "os_status": code,
            "os_status_txt": label, "os_conteudo": ticket.complaint, "os_servicoprestado": "",
            "os_data_cadastro": iso(ticket.opened_at), "os_data_finalizacao": ticket.closed_at.map_or(String::new(), iso),
            "os_tecnico_responsavel": "joana.campo", "contrato_id": ticket.contract.map(Id::number),
        }))
    };
    let named = contract.is_some() || customer.is_some();
    let rows = town.tickets.iter().filter(|one| named && asked(one)).filter_map(row);
    json_answer(&Value::Array(rows.collect()))
}

/// No dry run: this opens one (section 3). How a refusal looks was not captured: a stand-in.
fn open(town: &mut Town, call: &Call<'_>) -> Response {
    let Some((id, contract)) = opened(town, &call.fields, "desativa_os") else {
        return refused("Contrato não localizado");
    };
    let customer = town.contract(contract).and_then(|one| town.customer(one.customer));
    json_answer(&json!({
        "status": 1,
        "razaoSocial": customer.map(|one| one.name),
        "protocolo": town.ticket(id).map(|one| one.protocol.as_str()),
        "cpfCnpj": customer.map(|one| one.document.formatted()),
        "msg": "",
        "contratoId": contract.number(),
        "id": id.number(),
    }))
}

/// Status 0 is a success here.
fn open_by_central(town: &mut Town, call: &Call<'_>) -> Response {
    let Some((id, contract)) = opened(town, &call.fields, "sem_os") else {
        return refused("Contrato não localizado");
    };
    let customer = town.contract(contract).and_then(|one| town.customer(one.customer));
    let order = town.ticket(id).and_then(|ticket| order(town, ticket)).and_then(|order| order.id.parse::<u32>().ok());
    json_answer(&json!({
        "status": 0,
        "razaosocial": customer.map(|one| one.name),
        "protocolo": town.ticket(id).map(|one| one.protocol.as_str()),
        "ocorrencia_id": id.number(),
        "cpfcnpj": customer.map(|one| one.document.formatted()),
        "os_id": order.map_or_else(|| json!(""), |order| json!(order)),
        "contrato": contract.number(),
        "msg": "",
    }))
}

/// Opens the ticket of a request, and its work order unless the flag of this name is set.
fn opened(town: &mut Town, fields: &Fields, without_order: &str) -> Option<(Id<Ticket>, Id<Contract>)> {
    let contract = Id::<Contract>::read(fields.text("contrato")).filter(|id| town.contract(*id).is_some())?;
    let kind = if fields.text("ocorrenciatipo").is_empty() { DEFAULT_TYPE } else { fields.text("ocorrenciatipo") };
    let content = fields.text("conteudo");
    let complaint =
        if fields.is_set("conteudolimpo") { content.to_owned() } else { format!("{STANDARD_TEXT}{content}") };
    let closed = fields.is_set("status_encerrado");
    let new = Opening {
        contract,
        subject: Id::read(kind),
        department: Id::read(fields.text("setor")),
        complaint,
        status: if closed { TicketStatus::Solved } else { TicketStatus::New },
    };
    let id = file(town, new)?;
    if !fields.is_set(without_order) {
        let number = (id.number() + 12_400).to_string();
        town.cabinet.overwrite(ORDERS, &id.to_string(), "os_id", &number);
    }
    Some((id, contract))
}

struct Opening {
    contract: Id<Contract>,
    subject: Option<Id<Subject>>,
    department: Option<Id<Department>>,
    complaint: String,
    status: TicketStatus,
}

fn file(town: &mut Town, opening: Opening) -> Option<Id<Ticket>> {
    let customer = town.contract(opening.contract)?.customer;
    let login = town.logins_of(opening.contract).next().map(|login| login.id);
    let subject = opening.subject.and_then(|id| town.subjects.iter().find(|one| one.id == id));
    let title = subject.map_or("Atendimento", |one| one.name).to_owned();
    let subject = subject.map(|one| one.id);
    let department = opening.department.filter(|id| town.departments.iter().any(|one| one.id == *id));
    let protocol = protocol(town);
    Some(town.open_ticket(NewTicket {
        protocol,
        customer,
        contract: Some(opening.contract),
        login,
        department,
        subject,
        title,
        complaint: opening.complaint,
        status: opening.status,
    }))
}

/// The occurrence that some reads leave behind (section 3, side effects).
pub(super) fn open_occurrence(town: &mut Town, contract: Id<Contract>, text: &str) {
    let opening =
        Opening { contract, subject: None, department: None, complaint: text.to_owned(), status: TicketStatus::Solved };
    file(town, opening);
}
