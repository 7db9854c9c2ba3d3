//! One row of `atendimentos[]`.

use jiff::Timestamp;
use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::dates::Zone;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::ticket::Ticket;
use serde::Deserialize;

use crate::hubsoft::moment::Moment;
use crate::hubsoft::words::{self, Progress};
use crate::mark::unmarked;
use crate::reading::prose::cleaned;
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;

/// What the vendor appends to the text of a ticket that came over its API.
const APPENDED: &str = "| ATENDIMENTO ABERTO VIA API";
/// Between a ticket's number and its protocol in our own reference.
const JOIN: char = '.';

/// A ticket with what is not published of it.
pub(super) struct Found {
    pub(super) ticket: Ticket,
    /// Day of opening; the row has no time of it.
    pub(super) opened_on: Option<Date>,
    mark: Option<String>,
}

impl Found {
    /// Whether the ticket's text carries this mark.
    pub(super) fn carries(&self, mark: &str) -> bool {
        self.mark.as_deref() == Some(mark)
    }
}

/// The number by which a ticket is rated.
pub(super) fn number_of(id: &VendorId) -> &str {
    id.as_str().split_once(JOIN).map_or(id.as_str(), |(number, _)| number)
}

/// The protocol by which a ticket is searched.
pub(super) fn protocol_of(id: &VendorId) -> Option<&str> {
    id.as_str().split_once(JOIN).map(|(_, protocol)| protocol)
}

/// The text without what the vendor appended to it.
fn as_written(text: &str) -> &str {
    let text = text.trim_end();
    text.strip_suffix(APPENDED).unwrap_or(text)
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Body<'a> {
    #[serde(default)]
    pub(super) atendimentos: Option<Rows<Row<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    id_atendimento: Text<'a>,
    protocolo: Text<'a>,
    descricao_abertura: Text<'a>,
    descricao_fechamento: Text<'a>,
    motivo_fechamento: Text<'a>,
    tipo_atendimento: Text<'a>,
    data_cadastro: Moment<'a>,
    data_fechamento: Moment<'a>,
    setor_responsavel: Text<'a>,
    status: Text<'a>,
    cliente: Nested<Owner<'a>>,
    servico: Nested<Service<'a>>,
    ordens_servico: Rows<WorkOrder<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Owner<'a> {
    codigo_cliente: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Service<'a> {
    id_cliente_servico: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct WorkOrder<'a> {
    status: Text<'a>,
    data_inicio_programado: Moment<'a>,
    data_termino_executado: Moment<'a>,
    descricao_fechamento: Text<'a>,
}

impl Row<'_> {
    /// The row in domain words, on the tenant's clocks; none where it names another customer. A date without a time is
    /// its midnight: the list has no time, and the protocol's digits are not to be read (dossier 4.i).
    ///
    /// # Errors
    /// A row without its number, and times that are none.
    pub(super) fn read(self, customer: &CustomerRef, zone: &Zone) -> Result<Option<Found>, Failure> {
        if self.cliente.0.codigo_cliente.key().is_some_and(|code| code != customer.id.as_str()) {
            return Ok(None);
        }
        let number = self.id_atendimento.key();
        let number = number.ok_or_else(|| Failure::broken("The ERP sent a ticket without its number."))?;
        let protocol = self.protocolo.filled();
        let id = protocol.map_or_else(|| number.to_owned(), |protocol| format!("{number}{JOIN}{protocol}"));
        let (text, mark) = unmarked(as_written(self.descricao_abertura.as_str()));
        let closed_at = self.data_fechamento.instant("data_fechamento", zone)?;
        let visit = self.planned_visit(zone)?.filter(|_| closed_at.is_none());
        let progress = match (closed_at, visit) {
            (Some(_), _) => Progress::Closed,
            (None, Some(_)) => Progress::VisitPlanned,
            (None, None) => Progress::Open,
        };
        Ok(Some(Found {
            mark: mark.map(str::to_owned),
            opened_on: self.data_cadastro.date("data_cadastro")?,
            ticket: Ticket {
                reference: customer.ticket(id),
                contract: self.servico.0.id_cliente_servico.key().map(VendorId::from),
                protocol: protocol.map(str::to_owned),
                opened_at: self.data_cadastro.instant("data_cadastro", zone)?,
                closed_at,
                scheduled_for: visit,
                status: words::ticket_status(self.status.as_str(), progress),
                sector: cleaned(self.setor_responsavel.as_str()),
                subject: cleaned(self.tipo_atendimento.as_str()),
                complaint: cleaned(&text),
                defect_found: self.defect(),
            },
        }))
    }

    /// What was found stands in the last work order that was finished, else where the ticket was closed.
    fn defect(&self) -> Option<String> {
        let by_order =
            self.ordens_servico.0.iter().rev().find_map(|order| cleaned(order.descricao_fechamento.as_str()));
        by_order
            .or_else(|| cleaned(self.descricao_fechamento.as_str()))
            .or_else(|| cleaned(self.motivo_fechamento.as_str()))
    }

    /// The first visit that is planned and not done. An order that waits to be scheduled carries a slot of the system's
    /// own, which is no appointment.
    fn planned_visit(&self, zone: &Zone) -> Result<Option<Timestamp>, Failure> {
        let mut first: Option<Timestamp> = None;
        for order in &self.ordens_servico.0 {
            if order.status.as_str() != "pendente" || order.data_termino_executado.is_given() {
                continue;
            }
            let planned = order.data_inicio_programado.instant("data_inicio_programado", zone)?;
            first = first.into_iter().chain(planned).min();
        }
        Ok(first)
    }
}
