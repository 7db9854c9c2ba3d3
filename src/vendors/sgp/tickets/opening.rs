//! Opening a ticket: `ura/chamado`, by JSON (dossier 4.i). There is no dry run, and the status says nothing: a
//! protocol proves the ticket.

use ponte_domain::capability::Capability;
use ponte_domain::failure::Refusal;
use ponte_domain::known::Known;
use ponte_domain::reference::ContractRef;
use ponte_domain::tenant::{TicketRoute, TicketRules};
use ponte_domain::ticket::{NewTicket, Ticket, TicketNotices, TicketStatus};
use ponte_domain::{Failure, FailureKind};
use serde::{Deserialize, Serialize};

use super::topics::{Entry, Topics};
use crate::call::Call;
use crate::mark::marked;
use crate::reading::prose::{cleaned, fold, for_log};
use crate::reading::text::Text;
use crate::sgp::dialect::{Need, Request, act_by_json};
use crate::sgp::holder::service_number;
use crate::sgp::settings::{self, WorkOrder};
use crate::sgp::values::{first, given, key};

const REQUIRED: Need = Need::Required(Capability::TicketOpening);

/// Opens a ticket.
pub(super) async fn open(call: &Call<'_>, ticket: &NewTicket) -> Result<Ticket, Failure> {
    let contract = ticket.contract.as_ref().ok_or_else(|| {
        Failure::invalid("contract_id", "Every ticket of SGP belongs to a contract: one must be named.")
    })?;
    let topics = Topics::load(call).await?;
    let topic = Topic::choose(&topics, &call.tenant.settings.tickets, ticket)?;
    let text = marked(&ticket.text, &ticket.mark);
    let body = Insert::of(&topic, ticket, contract, &text, settings::ticket_work_order(call.tenant))?;
    let request = Request::form("chamado", "/api/ura/chamado/");
    let protocol = act_by_json(call, REQUIRED, request, &body, |answer| {
        answer.json(|wire: Wire<'_>| wire.read().map(Said::protocol).transpose())
    })
    .await?;
    Ok(Ticket {
        reference: ticket.customer.ticket(protocol.as_str()),
        contract: Some(contract.id.clone()),
        protocol: Some(protocol),
        opened_at: Some(call.now),
        closed_at: None,
        scheduled_for: None,
        status: Known::without_word(TicketStatus::Open),
        sector: topic.department_name.map(str::to_owned),
        subject: topic.subject.map(|subject| subject.name.clone()),
        complaint: cleaned(&ticket.text),
        defect_found: None,
    })
}

/// Where a ticket goes.
#[derive(Debug)]
pub(super) struct Topic<'t> {
    department: &'t str,
    department_name: Option<&'t str>,
    subject: Option<&'t Entry>,
    /// The subject by the settings' code, where the list does not show it.
    subject_code: Option<&'t str>,
    process: Option<&'t str>,
    classification: Option<&'t str>,
}

impl<'t> Topic<'t> {
    /// The sector and subject that were asked for, with the codes that the tenant's settings give the sector. SGP has
    /// no person groups, so no route goes by them. Without a subject the vendor takes its default type.
    pub(super) fn choose(topics: &'t Topics, rules: &'t TicketRules, ticket: &NewTicket) -> Result<Self, Failure> {
        let asked = topics.department(&ticket.sector);
        let name = asked.map_or(ticket.sector.as_str(), |department| &department.name);
        let route = route(rules, name);
        let code = route.and_then(|route| route.sector_id.as_deref());
        let department = code.or(asked.map(|department| department.code.as_str()));
        let department =
            department.ok_or_else(|| Failure::invalid("sector", "The ERP has no such department for tickets."))?;
        let subject = match &ticket.subject {
            Some(wanted) => Some(
                topics
                    .subject(wanted)
                    .ok_or_else(|| Failure::invalid("subject", "The ERP has no such subject for tickets."))?,
            ),
            None => None,
        };
        let set = route.and_then(|route| route.subject_id.as_deref()).filter(|_| subject.is_none());
        Ok(Self {
            department,
            department_name: topics.department(department).or(asked).map(|department| department.name.as_str()),
            subject: subject.or_else(|| set.and_then(|code| topics.subject(code))),
            subject_code: subject.map(|subject| subject.code.as_str()).or(set),
            process: route.and_then(|route| route.process.as_deref()),
            classification: route.and_then(|route| route.classification.as_deref()),
        })
    }
}

fn route<'r>(rules: &'r TicketRules, sector: &str) -> Option<&'r TicketRoute> {
    rules.sectors.iter().find(|(name, _)| fold(name) == fold(sector)).map(|(_, route)| route)
}

/// What is sent. What is not known is left out.
#[derive(Serialize)]
pub(super) struct Insert<'a> {
    contrato: u64,
    conteudo: &'a str,
    /// Without the standard text of the IVR.
    conteudolimpo: u8,
    setor: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ocorrenciatipo: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tipoclassificacoes: Vec<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    motivoos: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    desativa_os: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notificar_cliente: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tipo_servico: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    servico_id: Option<u64>,
}

impl<'a> Insert<'a> {
    /// # Errors
    /// `TenantMisconfigured` where a code of the settings is no number, which is all that this route takes.
    pub(super) fn of(
        topic: &Topic<'_>,
        ticket: &NewTicket,
        contract: &ContractRef,
        text: &'a str,
        order: WorkOrder,
    ) -> Result<Self, Failure> {
        let service = ticket.login.as_ref().and_then(service_number).and_then(|id| id.parse().ok());
        Ok(Self {
            contrato: number(contract.id.as_str())?,
            conteudo: text,
            conteudolimpo: 1,
            setor: number(topic.department)?,
            ocorrenciatipo: topic.subject_code.map(number).transpose()?,
            tipoclassificacoes: topic.classification.map(number).transpose()?.into_iter().collect(),
            motivoos: topic.process.map(number).transpose()?,
            desativa_os: (order == WorkOrder::Without).then_some(1),
            notificar_cliente: (ticket.notices != TicketNotices::None).then_some(1),
            tipo_servico: service.map(|_: u64| "internet"),
            servico_id: service,
        })
    }
}

fn number(code: &str) -> Result<u64, Failure> {
    code.parse().map_err(|_| {
        Failure::new(FailureKind::TenantMisconfigured, "A code of SGP's tickets is a number.")
            .in_field("settings.tickets")
    })
}

/// What the vendor said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// The protocol.
    Opened(String),
    /// No, in words for the log.
    No(String),
}

impl Said {
    fn protocol(self) -> Result<String, Failure> {
        match self {
            Self::Opened(protocol) => Ok(protocol),
            Self::No(words) => {
                Err(Failure::refused(Refusal::TicketRefused, "The ERP refuses the ticket.")
                    .with("vendor_message", words))
            }
        }
    }
}

/// An object, or a list whose first entry it is.
#[derive(Deserialize)]
#[serde(untagged, bound(deserialize = "'de: 'a"))]
pub(super) enum Wire<'a> {
    List(Vec<Row<'a>>),
    One(Row<'a>),
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    status: Text<'a>,
    msg: Text<'a>,
    protocolo: Text<'a>,
    os_protocolo: Text<'a>,
    id: Text<'a>,
    ocorrencia_id: Text<'a>,
    os_id: Text<'a>,
}

impl Wire<'_> {
    /// None where it neither names a protocol nor says no: then nobody knows. A message beside an id or a status of 1
    /// may be about a ticket that is there, so it is no "no": whoever believed it would open a second one.
    pub(super) fn read(&self) -> Option<Said> {
        let row = match self {
            Self::List(rows) => rows.first()?,
            Self::One(row) => row,
        };
        if let Some(protocol) = first(&[&row.protocolo, &row.os_protocolo]) {
            return Some(Said::Opened(protocol.to_owned()));
        }
        let may_be_there = [&row.id, &row.ocorrencia_id, &row.os_id].into_iter().any(|id| key(id).is_some());
        match given(&row.status)? {
            "1" => None,
            _ if may_be_there => None,
            _ => Some(Said::No(for_log(given(&row.msg)?))),
        }
    }
}
