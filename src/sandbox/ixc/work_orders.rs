//! `su_oss_chamado`: field work and maintenance regions (sections 4.h and 4.i).

use crate::town::Town;
use crate::town::id::Id;
use crate::town::network::MaintenanceArea;
use crate::town::tickets::Visit;

use super::row::Row;
use super::table::Table;

pub(super) const TABLES: &[Table] = &[
    Table::of("su_oss_chamado", orders).requiring(&[
        ("tipo", "Tipo"),
        ("id_assunto", "Assunto"),
        ("id_cliente", "Cliente"),
        ("id_filial", "Filial"),
        ("origem_endereco", "Origem do endereço"),
        ("prioridade", "Prioridade"),
        ("setor", "Setor"),
        ("status", "Status"),
    ]),
    Table::of("empresa_setor", sectors),
];

/// The subject of maintenance orders, whose text subscribers are told.
pub(super) const MAINTENANCE_SUBJECT: u32 = 31;

/// The field order that repairs an area: not the order of its region.
pub(super) fn linked_order(area: &MaintenanceArea) -> u32 {
    area.id.number() - 43
}

fn orders(town: &Town) -> Vec<Row> {
    let mut rows: Vec<Row> = town.visits.iter().map(|visit| visit_order(town, visit)).collect();
    for area in &town.areas {
        rows.push(field_order(area));
        rows.push(region_order(area));
    }
    rows
}

fn visit_order(town: &Town, visit: &Visit) -> Row {
    let ticket = town.ticket(visit.ticket);
    let number = |id: Option<u32>| id.unwrap_or(0);
    let (from, to) = visit.planned;
    let done = visit.done_at;
    Row::new(visit.id)
        .put("tipo", "C")
        .put("status", if done.is_some() { "F" } else { "AG" })
        .id("id_cliente", number(ticket.map(|one| one.customer.number())))
        .id("id_ticket", visit.ticket)
        .id("id_login", number(ticket.and_then(|one| one.login).map(Id::number)))
        .id("id_contrato_kit", number(ticket.and_then(|one| one.contract).map(Id::number)))
        .id("id_assunto", number(ticket.and_then(|one| one.subject).map(Id::number)))
        .put("id_filial", "2")
        .put("origem_endereco", "C")
        .put("prioridade", "N")
        .put("setor", "1")
        .put("mensagem", ticket.map_or("", |one| one.complaint.as_str()))
        .put("mensagem_resposta", visit.report)
        .id("id_su_diagnostico", number(ticket.and_then(|one| one.defect).map(Id::number)))
        .moment("data_abertura", ticket.map(|one| one.opened_at))
        .moment("data_agenda", Some(from))
        .moment("data_agenda_final", Some(to))
        .moment("data_inicio", done.map(|_| from))
        .moment("data_final", done)
        .moment("data_fechamento", done)
        .put("data_prazo_limite", "0000-00-00 00:00:00")
        .put("regiao_manutencao", "N")
}

/// The open order of the structure: `E` and `A` mean an outage (section 4.h).
fn region_order(area: &MaintenanceArea) -> Row {
    area_row(area, area.id.number(), "E", "A", "S")
}

/// What a reader of the wrong column finds: an order that is over.
fn field_order(area: &MaintenanceArea) -> Row {
    area_row(area, linked_order(area), "C", "F", "N")
}

fn area_row(area: &MaintenanceArea, id: u32, kind: &str, status: &str, region: &str) -> Row {
    const NEVER: &str = "0000-00-00 00:00:00";
    Row::new(id)
        .put("tipo", kind)
        .put("status", status)
        .fill("0", &["id_cliente", "id_ticket", "id_login", "id_contrato_kit"])
        .id("id_assunto", MAINTENANCE_SUBJECT)
        .put("id_filial", "1")
        .put("origem_endereco", "M")
        .put("prioridade", "A")
        .put("setor", "1")
        .put("mensagem", area.title)
        .put("mensagem_resposta", "")
        .put("id_su_diagnostico", "0")
        .moment("data_abertura", Some(area.opened_at))
        .fill(NEVER, &["data_agenda", "data_agenda_final", "data_inicio", "data_final", "data_fechamento"])
        .moment("data_prazo_limite", Some(area.expected_return))
        .put("regiao_manutencao", region)
}

fn sectors(_: &Town) -> Vec<Row> {
    vec![Row::new(1).put("setor", "Campo").put("ativo", "S")]
}
