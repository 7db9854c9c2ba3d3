//! `su_ticket`, its messages and catalogues (section 4.i).

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::id::Id;
use crate::town::people::Customer;
use crate::town::tickets::{Department, Diagnosis, NewTicket, Subject, Ticket, TicketMessage, TicketStatus};
use crate::town::writes::WriteKind;

use super::dialect::{Action, Fields, Refusal, json_text};
use super::row::Row;
use super::table::{Table, Update, require};
use super::work_orders::MAINTENANCE_SUBJECT;

pub(super) const TABLES: &[Table] = &[
    Table::of("su_ticket", tickets).inserting(open).updating(Update {
        kind: Some(WriteKind::TicketChanged),
        apply,
        contract: |town, row| Id::read(row).and_then(|id| town.ticket(id)).and_then(|ticket| ticket.contract),
    }),
    Table::of("su_mensagens", messages).inserting(add_message),
    Table::of("su_oss_assunto", subjects),
    Table::of("su_ticket_setor", departments),
    Table::of("su_diagnostico", diagnoses),
    Table::of("wfl_processo", processes),
];

pub(super) const ACTIONS: &[Action] = &[Action { name: "gerar_protocolo_atendimento", run: protocol }];

/// Required on insert, with the labels of the vendor's form.
const REQUIRED: &[(&str, &str)] = &[
    ("tipo", "Tipo"),
    ("id_cliente", "Cliente"),
    ("id_assunto", "Assunto"),
    ("titulo", "Título"),
    ("id_ticket_setor", "Departamento"),
    ("prioridade", "Prioridade"),
    ("menssagem", "Mensagem"),
    ("su_status", "Status"),
];

/// Columns that an insert may set and the town has no word for.
const LEFTOVERS: &[&str] = &[
    "tipo",
    "id_filial",
    "id_wfl_processo",
    "id_responsavel_tecnico",
    "prioridade",
    "origem_endereco",
    "id_ticket_origem",
    "interacao_pendente",
    "melhor_horario_reserva",
    "origem_cadastro",
];

fn tickets(town: &Town) -> Vec<Row> {
    town.tickets.iter().map(|ticket| row(town, ticket)).collect()
}

fn row(town: &Town, ticket: &Ticket) -> Row {
    let customer = town.customer(ticket.customer);
    let branch = customer.map_or(String::new(), |one| one.branch.to_string());
    let address = customer.map_or(String::new(), |one| format!("{}, {}", one.address.street, one.address.number));
    Row::new(ticket.id)
        .put("tipo", "C")
        .put("protocolo", ticket.protocol.as_str())
        .id("id_cliente", ticket.customer)
        .put("id_login", number(ticket.login))
        .put("id_contrato", number(ticket.contract))
        .put("id_filial", branch)
        .put("id_assunto", number(ticket.subject))
        .put("titulo", ticket.title.as_str())
        .put("menssagem", ticket.complaint.as_str())
        .put("id_ticket_setor", number(ticket.department))
        .fill("0", &["id_wfl_processo", "id_responsavel_tecnico"])
        .put("prioridade", "M")
        .put("su_status", status(ticket.status))
        // Obsolete by the vendor's own word; kept as it stands at the opening.
        .put("status", "T")
        .put("status_sla", "")
        .fill("I", &["interacao_pendente", "id_ticket_origem"])
        .put("id_usuarios", "11")
        .put("id_canal_atendimento", "0")
        .put("origem_endereco", "C")
        .put("origem_cadastro", "P")
        .put("endereco", address)
        .fill("", &["latitude", "longitude"])
        .moment("data_criacao", Some(ticket.opened_at))
        .moment("data_ultima_alteracao", Some(ticket.changed_at))
        .put("data_reservada", "0000-00-00 00:00:00")
        .put("melhor_horario_reserva", "Q")
        .put("id_su_diagnostico", number(ticket.defect))
        .fill("0", &["id_resposta", "mensagens_nao_lida_cli", "mensagens_nao_lida_sup"])
        .put("token", "")
        .moment("ultima_atualizacao", Some(ticket.changed_at))
}

fn number<T>(id: Option<Id<T>>) -> String {
    id.map_or("0".to_owned(), |id| id.to_string())
}

fn status(status: TicketStatus) -> &'static str {
    match status {
        TicketStatus::New => "N",
        TicketStatus::Pending => "P",
        TicketStatus::InProgress => "EP",
        TicketStatus::Solved => "S",
        TicketStatus::Cancelled => "C",
    }
}

fn read_status(code: &str) -> Option<TicketStatus> {
    [TicketStatus::New, TicketStatus::Pending, TicketStatus::InProgress, TicketStatus::Solved, TicketStatus::Cancelled]
        .into_iter()
        .find(|one| status(*one) == code)
}

/// The insert draws no protocol; it keeps the one that was drawn before.
fn open(town: &mut Town, fields: &Fields) -> Result<String, Refusal> {
    require(fields, REQUIRED)?;
    let customer = Id::<Customer>::read(fields.text("id_cliente")).filter(|id| town.customer(*id).is_some());
    let customer = customer.ok_or_else(|| Refusal::fill_in("Cliente"))?;
    let subject = Id::<Subject>::read(fields.text("id_assunto"));
    let subject =
        town.subjects.iter().find(|one| Some(one.id) == subject).ok_or_else(|| Refusal::fill_in("Assunto"))?;
    let department = Id::<Department>::read(fields.text("id_ticket_setor"));
    let department = town
        .departments
        .iter()
        .find(|one| Some(one.id) == department)
        .ok_or_else(|| Refusal::fill_in("Departamento"))?;
    let contract = Id::<Contract>::read(fields.text("id_contrato")).filter(|id| town.contract(*id).is_some());
    if contract.is_none() && needs_contract(town, subject) {
        return Err(Refusal::fill_in("Contrato"));
    }
    let new = NewTicket {
        protocol: fields.text("protocolo").to_owned(),
        customer,
        contract,
        login: Id::read(fields.text("id_login")).filter(|id| town.login(*id).is_some()),
        department: Some(department.id),
        subject: Some(subject.id),
        title: fields.text("titulo").to_owned(),
        complaint: fields.text("menssagem").to_owned(),
        status: read_status(fields.text("su_status")).ok_or_else(|| Refusal::fill_in("Status"))?,
    };
    let id = town.open_ticket(new).to_string();
    for column in LEFTOVERS.iter().filter(|column| !fields.text(column).is_empty()) {
        town.cabinet.overwrite("su_ticket", &id, column, fields.text(column));
    }
    Ok(id)
}

fn apply(town: &mut Town, row: &str, column: &str, value: &str) -> bool {
    let (now, id) = (town.clock(), Id::<Ticket>::read(row));
    let Some(ticket) = town.tickets.iter_mut().find(|one| Some(one.id) == id) else { return false };
    match column {
        "protocolo" => value.clone_into(&mut ticket.protocol),
        "titulo" => value.clone_into(&mut ticket.title),
        "menssagem" => value.clone_into(&mut ticket.complaint),
        "id_assunto" => ticket.subject = Id::read(value),
        "id_ticket_setor" => ticket.department = Id::read(value),
        "id_su_diagnostico" => ticket.defect = Id::read(value).filter(|id: &Id<Diagnosis>| id.number() > 0),
        "su_status" => {
            let Some(status) = read_status(value) else { return false };
            ticket.status = status;
            ticket.changed_at = now;
            ticket.closed_at = if status.open() { None } else { ticket.closed_at.or(Some(now)) };
        }
        _ => return false,
    }
    true
}

fn messages(town: &Town) -> Vec<Row> {
    let row = |message: &TicketMessage| {
        let ticket = town.ticket(message.ticket);
        Row::new(message.id)
            .id("id_ticket", message.ticket)
            .put("id_cliente", ticket.map_or(String::new(), |one| one.customer.to_string()))
            .put("mensagem", message.text.as_str())
            .put("visibilidade_mensagens", if message.public { "PU" } else { "PR" })
            .put("su_status", ticket.map_or("", |one| status(one.status)))
            .put("existe_pendencia_externa", "N")
            .moment("data", Some(message.at))
    };
    town.messages.iter().map(row).collect()
}

fn add_message(town: &mut Town, fields: &Fields) -> Result<String, Refusal> {
    require(
        fields,
        &[
            ("id_ticket", "Atendimento"),
            ("id_cliente", "Cliente"),
            ("mensagem", "Mensagem"),
            ("visibilidade_mensagens", "Visibilidade"),
            ("su_status", "Status"),
        ],
    )?;
    let public = fields.text("visibilidade_mensagens") != "PR";
    Id::read(fields.text("id_ticket"))
        .and_then(|ticket| town.add_message(ticket, fields.text("mensagem").to_owned(), public))
        .map(|id| id.to_string())
        .ok_or_else(Refusal::generic)
}

/// Technical subjects need a contract here.
fn needs_contract(town: &Town, subject: &Subject) -> bool {
    town.departments.iter().any(|one| one.id == subject.department && one.name == "Técnico")
}

/// The town's subjects; one for maintenance orders and one no longer in use, which a chat must
/// not offer.
fn subjects(town: &Town) -> Vec<Row> {
    let row = |id: u32, name: &str, active, purpose: &str, contract, message: &str| {
        Row::new(id)
            .put("assunto", name)
            .flag("ativo", active)
            .put("finalidade", purpose)
            .put("mostra_hotsite", "S")
            .put("login_obrigatorio", "N")
            .flag("contrato_obrigatorio", contract)
            .put("obrigar_processo_atendimento", "N")
            .put("id_processo", "0")
            .put("permite_abrir_cliente_atraso", "S")
            .put("msg_regiao_manutencao", message)
    };
    let mut rows: Vec<Row> = town
        .subjects
        .iter()
        .map(|subject| {
            let technical = needs_contract(town, subject);
            let purpose = if technical { "AM" } else { "AT" };
            row(subject.id.number(), subject.name, true, purpose, technical, "")
        })
        .collect();
    let message = town.areas.first().map_or("", |area| area.message);
    rows.push(row(MAINTENANCE_SUBJECT, "Manutenção na rede", true, "OS", false, message));
    rows.push(row(40, "Cadastro antigo", false, "AT", false, ""));
    rows
}

fn departments(town: &Town) -> Vec<Row> {
    let row = |department: &Department| {
        Row::new(department.id)
            .put("setor", department.name)
            .fill("S", &["ativo", "presta_atendimento", "mostra_hotsite"])
            .id("ordem", department.id)
    };
    town.departments.iter().map(row).collect()
}

/// What a ticket's `id_su_diagnostico` points to; public clients read `descricao` and `ativo`.
fn diagnoses(town: &Town) -> Vec<Row> {
    let row = |diagnosis: &Diagnosis| Row::new(diagnosis.id).put("descricao", diagnosis.name).put("ativo", "S");
    town.diagnoses.iter().map(row).collect()
}

fn processes(_: &Town) -> Vec<Row> {
    vec![Row::new(1).put("descricao", "Atendimento padrão").put("id_depto", "3").put("ativo", "S")]
}

/// A bare number (section 4.i).
fn protocol(town: &mut Town, _: &Fields) -> Response {
    json_text(&town.draw_protocol())
}
