//! Work orders, "OS" (section 4.i): what a ticket's complaint and found defect are read from. The core API lists
//! them by person, a rule by person and day, and a rule of the paid module makes one.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::town::Town;
use crate::town::cabinet::Columns;
use crate::town::id::Id;
use crate::town::network::Login;
use crate::town::people::Customer;
use crate::town::tickets::Ticket;
use crate::town::writes::WriteKind;

use super::charset::with_entities;
use super::core_api::no_such_thing;
use super::diagnostics::instant;
use super::dialect::{Outcome, Params, Rule, bad_parameter, br, iso, nothing_found, refused, servlet_page};
use super::tickets::{came_by_api, named, protocol};
use super::topics::{ORDER_KIND, TEAM, TECHNICIAN};

pub(super) const RULES: &[Rule] =
    &[Rule { name: "WSMKConsultaOrdemAgendamento", run: of_day }, Rule { name: "WSMKCriarOrdemServico", run: create }];

/// Orders that the API made.
const MADE: &str = "mk-solutions work orders";
/// Orders of the provider's staff are numbered from here, those of the API from there.
const STAFF_FROM: u32 = 19_000;
const API_FROM: u32 = 234_736;

/// One order, of either origin.
struct Order {
    id: u32,
    customer: Id<Customer>,
    value: Value,
    opened_on: Date,
    scheduled: Value,
}

fn orders(town: &Town) -> Vec<Order> {
    let of_staff =
        town.tickets.iter().filter(|ticket| !came_by_api(town, ticket)).filter_map(|ticket| of(town, ticket));
    of_staff.chain(town.cabinet.inserted(MADE).iter().filter_map(|columns| made(town, columns))).collect()
}

/// The order of a ticket of the provider's own staff.
fn of(town: &Town, ticket: &Ticket) -> Option<Order> {
    let customer = town.customer(ticket.customer)?;
    let id = STAFF_FROM + ticket.id.number();
    let defect = ticket.defect.and_then(|defect| town.diagnoses.iter().find(|one| one.id == defect));
    let visit = town.visits.iter().find(|visit| visit.ticket == ticket.id);
    let value = json!({
        "id": id,
        "protocolo": protocol(ticket),
        "dataAbertura": iso(ticket.opened_at.date()),
        "dataHoraInsert": instant(town, ticket.opened_at),
        "defeitoReclamado": ticket.complaint,
        "defeitoConstatado": defect.map(|one| one.name),
        "operador": "atendente",
        "pessoaId": customer.id.number(),
        "leadId": null,
        "cep": customer.address.postal_code.replace('-', ""),
        "cidadeId": customer.address.city.number(),
        "bairroId": 461,
        "logradouroId": 1784,
        "numero": customer.address.number,
        "encerrado": if ticket.status.open() { "N" } else { "S" },
        "dataEncerramento": ticket.closed_at.and_then(|at| instant(town, at)),
    });
    let planned = visit.map(|visit| visit.planned.0.strftime("%d/%m/%Y %H:%M").to_string());
    Some(Order { id, customer: customer.id, value, opened_on: ticket.opened_at.date(), scheduled: json!(planned) })
}

/// An order that came by the API; its text is stored with HTML entities.
fn made(town: &Town, columns: &Columns) -> Option<Order> {
    let column = |name: &str| columns.get(name).map_or("", String::as_str);
    let customer = town.customer(Id::read(column("customer"))?)?;
    let ticket = Id::<Ticket>::read(column("ticket")).and_then(|id| town.ticket(id));
    let id: u32 = column("id").parse().ok()?;
    let opened_on: Date = column("opened_on").parse().ok()?;
    let value = json!({
        "id": id,
        "protocolo": ticket.map(protocol),
        "dataAbertura": iso(opened_on),
        "dataHoraInsert": column("opened_at"),
        "defeitoReclamado": with_entities(column("text")),
        "defeitoConstatado": null,
        "operador": "chatbot",
        "pessoaId": customer.id.number(),
        "leadId": null,
        "cep": customer.address.postal_code.replace('-', ""),
        "cidadeId": customer.address.city.number(),
        "bairroId": 461,
        "logradouroId": 1784,
        "numero": customer.address.number,
        "encerrado": "N",
    });
    Some(Order { id, customer: customer.id, value, opened_on, scheduled: Value::Null })
}

/// `GET /core-api/os/pessoa`.
pub(super) fn of_person(town: &Town, params: &Params) -> Outcome {
    let customer = params.id("pessoa").ok_or_else(|| no_such_thing("Pessoa inválida"))?;
    Ok(orders(town).into_iter().filter(|order| order.customer == customer).map(|order| order.value).collect())
}

/// `GET /core-api/os/id`.
pub(super) fn by_id(town: &Town, params: &Params) -> Outcome {
    let wanted = params.text("id").parse::<u32>().ok();
    let order = orders(town).into_iter().find(|order| Some(order.id) == wanted);
    order.map(|order| json!([order.value])).ok_or_else(|| no_such_thing("OS não encontrada"))
}

/// One day a call, and the list under a key with a colon.
fn of_day(town: &mut Town, params: &Params) -> Outcome {
    let customer = params.customer(town, "cliente")?;
    let day = Date::strptime("%d/%m/%Y", params.text("DataAbertura")).map_err(|_| servlet_page())?;
    let mine = orders(town).into_iter().filter(|order| order.customer == customer.id && order.opened_on == day);
    let rows: Vec<Value> = mine
        .map(|order| {
            json!({
                "Cliente": customer.name,
                "Data": br(order.opened_on),
                "Data_agendamento": order.scheduled,
                "Descricao_os": order.value.get("defeitoReclamado"),
                "Protocolo": order.value.get("protocolo"),
                "Técnico": "TECNICO EXEMPLO",
                "bairro": customer.address.district.to_uppercase(),
                "cep": customer.address.postal_code,
                "codCliente": customer.id.number(),
                "codos": order.id,
                "codpessoa": customer.id.number(),
                "logradouro": customer.address.street.to_uppercase(),
                "siglaestado": town.city(customer.address.city).map_or("", |city| city.state.code),
                "status": 1,
            })
        })
        .collect();
    if rows.is_empty() { Err(nothing_found()) } else { Ok(json!({ "Agendas:": rows, "status": "OK" })) }
}

/// Without a connection this build fails with its page; category 1 is mandatory from release 74 on; technician and
/// team must fit together. The number is in the text only.
fn create(town: &mut Town, params: &Params) -> Outcome {
    let customer = params.customer(town, "CodigoCliente")?.id;
    let own = |login: &&Login| login.customer == customer;
    let login = params.id("CodigoConexao").and_then(|id| town.login(id)).filter(own).ok_or_else(servlet_page)?;
    let contract = login.contract;
    let number = |name: &str| params.text(name).parse::<u32>().ok();
    if params.text("categoria") != "1" || params.text("DescricaoProblema").is_empty() {
        return Err(servlet_page());
    }
    if number("CodigoTipoOS").is_none_or(|kind| kind != ORDER_KIND && kind != ORDER_KIND + 1) {
        return Err(refused("Tipo de OS inválido."));
    }
    match (number("CodigoTecnico"), number("CodigoGrupoServico")) {
        (None, None) | (Some(TECHNICIAN), Some(TEAM)) | (None, Some(TEAM)) => {}
        _ => return Err(refused("Técnico não pertence ao grupo de serviço.")),
    }
    let ticket = named(town, params, "CodigoAtendimento")?.map(|ticket| ticket.id);
    let id = API_FROM + u32::try_from(town.cabinet.inserted(MADE).len()).map_err(|_| bad_parameter())?;
    let columns = [
        ("id", id.to_string()),
        ("customer", customer.to_string()),
        ("ticket", ticket.map_or(String::new(), |id| id.to_string())),
        ("text", params.text("DescricaoProblema").to_owned()),
        ("opened_on", iso(town.today())),
        ("opened_at", instant(town, town.clock()).unwrap_or_default()),
    ];
    let columns = columns.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    town.cabinet.insert(MADE, columns);
    town.wrote(WriteKind::RowInserted, Some(contract));
    Ok(json!({ "mensagem": format!("OS {id} criada com sucesso."), "status": "OK" }))
}
