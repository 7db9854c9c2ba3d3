//! Opening a ticket (dossier 4.i). The vendor wants a service, a name and a phone with it; process and type come from the
//! tenant's settings where they say so.

use ponte_domain::capability::Capability;
use ponte_domain::contract::ContractStatus;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::phone::Phone;
use ponte_domain::tenant::{TicketRoute, TicketRules};
use ponte_domain::ticket::{NewTicket, Ticket};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Method;
use serde::{Deserialize, Serialize};

use super::row::Row;
use super::topics::{Kind, Topics, among};
use crate::call::Call;
use crate::hubsoft::customers::{self, Detail, Person, without_country};
use crate::hubsoft::dialect::{Need, act, is_not_found, send};
use crate::mark::marked;
use crate::reading::prose::fold;

const ROUTE: &str = "atendimento";
const CAPABILITY: Capability = Capability::TicketOpening;
const REQUIRED: Need = Need::Required(CAPABILITY);

/// Opens a ticket, once. The vendor has no notices of its own per ticket, so `notices` is the gateway's affair.
pub(super) async fn open(call: &Call<'_>, ticket: &NewTicket) -> Result<Ticket, Failure> {
    let (topics, person) = tokio::join!(
        Topics::load(call),
        customers::by_code(call, REQUIRED, ticket.customer.id.as_str(), Detail::People),
    );
    let (topics, person) = (topics?, person?);
    let person = person.ok_or_else(|| Failure::not_found(Subject::Customer))?;
    let rules = &call.tenant.settings.tickets;
    let route = route(rules, person.customer.person_group.as_deref(), &ticket.sector);
    let kind = kind(&topics, route, ticket)?;
    let service = service(&person, ticket)?;
    let phone = phone(&person)?;
    let text = marked(&ticket.text, &ticket.mark);
    let body = Body::of(kind, route, service, (&person, &phone), (&text, &ticket.mark));
    let zone = &call.tenant.settings.zone;
    let outcome = send(
        call,
        REQUIRED,
        ROUTE,
        || act(ROUTE, Method::Post).json(&body),
        |answer| match answer.outcome::<Opened<'_>>()? {
            Ok(opened) => answer.promised(opened.atendimento)?.read(&ticket.customer, zone).map(Ok),
            Err(denial) => Ok(Err(denial)),
        },
    );
    match outcome.await? {
        Ok(Some(found)) => {
            let mut opened = found.ticket;
            // The vendor's department comes from the type and may be none; the sector is what was asked for.
            opened.sector = opened.sector.or_else(|| Some(ticket.sector.trim().to_owned()));
            Ok(opened)
        }
        // Taken, and answered with somebody else's: which is the right one is told by its mark.
        Ok(None) => {
            Err(Failure::new(FailureKind::OutcomeUnknown, "The ERP answered the new ticket with another customer's."))
        }
        Err(denial) if is_not_found(&denial.folded()) => {
            Err(denial
                .refused(Refusal::TicketRefused, "The ERP does not know the contract or the subject of the ticket."))
        }
        Err(denial) => Err(denial.refused(Refusal::TicketRefused, "The ERP refuses the ticket.")),
    }
}

/// The person group's route before the sector's (product.md, tickets).
fn route<'r>(rules: &'r TicketRules, group: Option<&str>, sector: &str) -> Option<&'r TicketRoute> {
    let by_group = group.and_then(|group| rules.person_groups.get(group));
    by_group
        .or_else(|| rules.sectors.iter().find(|(name, _)| fold(name) == fold(sector.trim())).map(|(_, route)| route))
}

/// The type that was asked for, else the settings', else the sector's only one.
fn kind<'t>(topics: &'t Topics, route: Option<&TicketRoute>, ticket: &NewTicket) -> Result<&'t Kind, Failure> {
    let kinds = topics.of_sector(&ticket.sector);
    let kinds = kinds.ok_or_else(|| Failure::invalid("sector", "The provider has no such sector for tickets."))?;
    if let Some(wanted) = &ticket.subject {
        return among(kinds, wanted)
            .ok_or_else(|| Failure::invalid("subject", "The ERP has no such subject for tickets of this sector."));
    }
    if let Some(id) = route.and_then(|route| route.subject_id.as_deref()) {
        return topics.kind(id).ok_or_else(|| {
            Failure::new(
                FailureKind::TenantMisconfigured,
                "The tenant's ticket settings name a subject that the ERP does not have.",
            )
            .in_field("settings.tickets")
        });
    }
    match kinds {
        [only] => Ok(only),
        _ => Err(Failure::invalid("subject", "One of the sector's subjects must be chosen.")),
    }
}

/// The service that the ticket is about; without a choice, the customer's only active one.
fn service<'p>(person: &'p Person, ticket: &NewTicket) -> Result<&'p str, Failure> {
    if let Some(chosen) = &ticket.contract {
        let own = person.services.iter().find(|facts| facts.reference == *chosen);
        return own
            .map(|facts| facts.id())
            .ok_or_else(|| Failure::not_found(Subject::Contract).in_field("contract_id"));
    }
    let mut active = person.services.iter().filter(|facts| facts.prefix.contract() == ContractStatus::Active);
    match (active.next(), active.next()) {
        (Some(only), None) => Ok(only.id()),
        _ => Err(Failure::invalid("contract_id", "A ticket of this ERP needs a contract.")),
    }
}

/// Area code and number in digits; a ticket without a phone is refused by the vendor.
fn phone(person: &Person) -> Result<String, Failure> {
    let phone: Option<&Phone> = person.customer.phones.first();
    phone.map(|phone| without_country(&phone.digits()).to_owned()).ok_or_else(|| {
        Failure::refused(Refusal::TicketRefused, "The ERP wants a phone with each ticket, and the customer has none.")
    })
}

#[derive(Serialize)]
struct Body<'a> {
    id_cliente_servico: &'a str,
    descricao: &'a str,
    nome: &'a str,
    telefone: &'a str,
    // Left out when there is none: an empty one is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    id_tipo_atendimento: &'a str,
    abrir_os: bool,
    parametros: Parameters<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parametros_ordem_servico: Option<WorkOrder<'a>>,
}

#[derive(Serialize)]
struct Parameters<'a> {
    origem: &'static str,
    marca: &'a str,
}

#[derive(Serialize)]
struct WorkOrder<'a> {
    id_tipo_ordem_servico: &'a str,
    status: &'static str,
}

impl<'a> Body<'a> {
    /// A process of the settings is a type of work order, which is opened with the ticket (dossier 4.i, mapping).
    fn of(
        kind: &'a Kind,
        route: Option<&'a TicketRoute>,
        service: &'a str,
        (person, phone): (&'a Person, &'a str),
        (text, mark): (&'a str, &'a str),
    ) -> Self {
        let process = route.and_then(|route| route.process.as_deref());
        Self {
            id_cliente_servico: service,
            descricao: text,
            nome: &person.customer.name,
            telefone: phone,
            email: person.customer.emails.first().map(String::as_str),
            id_tipo_atendimento: &kind.id,
            abrir_os: process.is_some(),
            parametros: Parameters { origem: "ponte", marca: mark },
            parametros_ordem_servico: process
                .map(|process| WorkOrder { id_tipo_ordem_servico: process, status: "aguardando_agendamento" }),
        }
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Opened<'a> {
    #[serde(default)]
    atendimento: Option<Row<'a>>,
}
