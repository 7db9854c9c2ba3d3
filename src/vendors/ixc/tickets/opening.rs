//! Opening a ticket: topic, protocol, insert, read-back (dossier 4.i).

use std::borrow::Cow;

use ponte_domain::Failure;
use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Refusal;
use ponte_domain::known::Known;
use ponte_domain::tenant::{TicketRoute, TicketRules};
use ponte_domain::ticket::{NewTicket, Ticket, TicketStatus};
use serde::Serialize;

use super::topics::Topics;
use super::{Orders, TABLE, named, one};
use crate::call::Call;
use crate::ixc::catalogue::{Department, Subject};
use crate::ixc::customers;
use crate::ixc::dialect::{Need, Outcome, act, act_for};
use crate::ixc::settings;
use crate::mark::marked;
use crate::reading::prose::{cleaned, fold};

const CAPABILITY: Capability = Capability::TicketOpening;
const REQUIRED: Need = Need::Required(CAPABILITY);
/// Digits that make a protocol; a shorter run is something else in the answer.
const PROTOCOL_DIGITS: usize = 8;

/// Opens a ticket. The vendor has no notices of its own per ticket, so `notices` is the gateway's affair.
pub(super) async fn open(call: &Call<'_>, ticket: &NewTicket) -> Result<Ticket, Failure> {
    let topics = Topics::load(call).await?;
    let group = person_group(call, ticket).await?;
    let topic = Topic::choose(&topics, &call.tenant.settings.tickets, group.as_deref(), ticket)?;
    topic.check(ticket)?;
    let protocol = protocol(call).await;
    let text = marked(&ticket.text, &ticket.mark);
    let insert = Insert::of(&topic, ticket, &text, settings::ticket_priority(call.tenant), protocol.as_deref());
    let id = match act(call, REQUIRED, "su_ticket.insert", Cow::Borrowed(TABLE), &insert).await? {
        Outcome::Done { id: Some(id) } => id,
        // Taken, but without the id to answer with: it is found by its mark.
        Outcome::Done { id: None } => {
            return Err(Failure::new(FailureKind::OutcomeUnknown, "The ERP took the ticket without telling its id."));
        }
        Outcome::Denied(denial) => return Err(denial.refused(Refusal::TicketRefused, "The ERP refuses the ticket.")),
    };
    let reference = ticket.customer.ticket(id);
    // The ticket is there; a read-back that fails must not look like one that is not.
    match one(call, CAPABILITY, &reference).await {
        Ok(Some(found)) => Ok(named(call, CAPABILITY, found, &Orders::default()).await),
        Ok(None) | Err(_) => Ok(Ticket {
            reference,
            contract: ticket.contract.as_ref().map(|contract| contract.id.clone()),
            protocol,
            opened_at: Some(call.now),
            closed_at: None,
            scheduled_for: None,
            status: Known::new(TicketStatus::Open, "N"),
            sector: topic.department_name.map(str::to_owned),
            subject: Some(topic.subject.name.clone()),
            complaint: cleaned(&ticket.text),
            defect_found: None,
        }),
    }
}

/// The customer's person group, read only where the tenant routes tickets by it.
async fn person_group(call: &Call<'_>, ticket: &NewTicket) -> Result<Option<String>, Failure> {
    if call.tenant.settings.tickets.person_groups.is_empty() {
        return Ok(None);
    }
    let person = customers::by_id(call, Need::Optional(CAPABILITY), ticket.customer.id.as_str()).await?;
    Ok(person.and_then(|person| person.customer.person_group))
}

/// A number told to the customer. The insert makes none by itself; a ticket without one is still a ticket, and the
/// read-back finds the one that a process sets.
async fn protocol(call: &Call<'_>) -> Option<String> {
    #[derive(Serialize)]
    struct Nothing {}
    const ROUTE: &str = "gerar_protocolo_atendimento";
    let drawn =
        act_for(call, Need::Optional(CAPABILITY), ROUTE, &Nothing {}, |answer| answer.digits(PROTOCOL_DIGITS)).await;
    drawn.unwrap_or_else(|failure| {
        tracing::info!(vendor = "ixc", request_id = %call.trip.request_id, reason = failure.kind().word(), "no protocol could be drawn");
        None
    })
}

/// Where a ticket goes.
#[derive(Debug)]
struct Topic<'t> {
    department: Cow<'t, str>,
    department_name: Option<&'t str>,
    subject: &'t Subject,
    process: Option<Cow<'t, str>>,
}

impl<'t> Topic<'t> {
    /// The sector and subject that were asked for, with what the tenant's settings say: the person group's route
    /// before the sector's (product.md, tickets).
    fn choose(
        topics: &'t Topics,
        rules: &'t TicketRules,
        group: Option<&str>,
        ticket: &NewTicket,
    ) -> Result<Self, Failure> {
        let asked = topics.department(&ticket.sector);
        let route = route(rules, group, asked.map_or(ticket.sector.as_str(), |department| &department.name));
        let department = route.and_then(|route| route.sector_id.as_deref());
        let (id, department) = match (department, asked) {
            (Some(id), _) => (Cow::Borrowed(id), topics.department(id)),
            (None, Some(department)) => (Cow::Borrowed(department.id.as_str()), Some(department)),
            (None, None) => return Err(Failure::invalid("sector", "The ERP has no such department for tickets.")),
        };
        let subject = subject(topics, department.or(asked), route, ticket)?;
        let process = route.and_then(|route| route.process.as_deref());
        let process = process.or(subject.process.as_deref().filter(|_| subject.process_required));
        Ok(Self {
            department: id,
            department_name: department.map(|department| department.name.as_str()),
            subject,
            process: process.map(Cow::Borrowed),
        })
    }

    /// What the subject demands.
    fn check(&self, ticket: &NewTicket) -> Result<(), Failure> {
        if self.subject.contract_required && ticket.contract.is_none() {
            return Err(Failure::invalid("contract_id", "Tickets on this subject need a contract."));
        }
        if self.subject.login_required && ticket.login.is_none() {
            return Err(Failure::invalid("login_id", "Tickets on this subject need a connection."));
        }
        Ok(())
    }
}

fn route<'r>(rules: &'r TicketRules, group: Option<&str>, sector: &str) -> Option<&'r TicketRoute> {
    let by_group = group.and_then(|group| rules.person_groups.get(group));
    by_group.or_else(|| rules.sectors.iter().find(|(name, _)| fold(name) == fold(sector)).map(|(_, route)| route))
}

/// The subject that was asked for, else the settings', else the department's only one.
fn subject<'t>(
    topics: &'t Topics,
    department: Option<&Department>,
    route: Option<&TicketRoute>,
    ticket: &NewTicket,
) -> Result<&'t Subject, Failure> {
    let unknown = || Failure::invalid("subject", "The ERP has no such subject for tickets of this department.");
    if let Some(wanted) = &ticket.subject {
        return department.and_then(|department| topics.subject(department, wanted)).ok_or_else(unknown);
    }
    if let Some(id) = route.and_then(|route| route.subject_id.as_deref()) {
        return topics.subject_of_settings(id).ok_or_else(|| {
            Failure::new(
                FailureKind::TenantMisconfigured,
                "The tenant's ticket settings name a subject that the ERP does not have.",
            )
            .in_field("settings.tickets")
        });
    }
    let only = department.and_then(|department| topics.only_subject(department));
    only.ok_or_else(|| Failure::invalid("subject", "One of the department's subjects must be chosen."))
}

/// The row, with the vendor's spelling of `menssagem`. What is not known is left out, except for the eight columns
/// that the vendor requires.
#[derive(Serialize)]
struct Insert<'a> {
    tipo: &'static str,
    id_cliente: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_contrato: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_login: Option<&'a str>,
    id_assunto: &'a str,
    titulo: &'a str,
    id_ticket_setor: &'a str,
    id_wfl_processo: &'a str,
    prioridade: &'a str,
    origem_endereco: &'static str,
    id_ticket_origem: &'static str,
    menssagem: &'a str,
    interacao_pendente: &'static str,
    su_status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocolo: Option<&'a str>,
}

impl<'a> Insert<'a> {
    fn of(
        topic: &'a Topic<'_>,
        ticket: &'a NewTicket,
        text: &'a str,
        priority: &'a str,
        protocol: Option<&'a str>,
    ) -> Self {
        Self {
            tipo: "C",
            id_cliente: ticket.customer.id.as_str(),
            id_contrato: ticket.contract.as_ref().map(|contract| contract.id.as_str()),
            id_login: ticket.login.as_ref().map(|login| login.as_str()),
            id_assunto: &topic.subject.id,
            titulo: &topic.subject.name,
            id_ticket_setor: &topic.department,
            id_wfl_processo: topic.process.as_deref().unwrap_or_default(),
            prioridade: priority,
            origem_endereco: "C",
            id_ticket_origem: "I",
            menssagem: text,
            interacao_pendente: "I",
            su_status: "N",
            protocolo: protocol,
        }
    }
}

#[cfg(test)]
mod tests;
