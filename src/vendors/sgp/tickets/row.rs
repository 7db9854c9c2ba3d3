//! One row of `central/chamado/list`: a ticket in `oc_` columns with Brazilian dates, its work order in `os_` columns
//! with ISO dates (dossier 4.i).

use ponte_domain::Failure;
use ponte_domain::dates::Zone;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::ticket::{Ticket, TicketStatus};
use serde::Deserialize;

use crate::mark::unmarked;
use crate::reading::prose::cleaned;
use crate::reading::text::Text;
use crate::sgp::values::{given, instant, key};
use crate::sgp::words;

/// A ticket and the mark in its text.
pub(super) struct Found {
    pub(super) ticket: Ticket,
    mark: Option<String>,
}

impl Found {
    /// Whether the ticket's text carries this mark.
    pub(super) fn carries(&self, mark: &str) -> bool {
        self.mark.as_deref() == Some(mark)
    }

    /// Takes over what another row of the same ticket knows: the mark, the work order that is under way, a visit, a
    /// defect.
    pub(super) fn join(&mut self, other: Self) {
        self.mark = self.mark.take().or(other.mark);
        let (ticket, other) = (&mut self.ticket, other.ticket);
        if ticket.status.value == TicketStatus::Open {
            ticket.status = other.status;
        }
        ticket.scheduled_for = ticket.scheduled_for.or(other.scheduled_for);
        ticket.defect_found = ticket.defect_found.take().or(other.defect_found);
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    oc_protocolo: Text<'a>,
    oc_tipo_descricao: Text<'a>,
    oc_data_cadastro: Text<'a>,
    oc_data_encerramento: Text<'a>,
    oc_conteudo: Text<'a>,
    oc_status: Text<'a>,
    oc_status_descricao: Text<'a>,
    os_id: Text<'a>,
    os_status: Text<'a>,
    os_conteudo: Text<'a>,
    os_servicoprestado: Text<'a>,
    os_data_agendamento: Text<'a>,
    cliente_id: Text<'a>,
    contrato_id: Text<'a>,
}

impl Row<'_> {
    /// The row in domain words; times are on the provider's clocks.
    ///
    /// # Errors
    /// A row without protocol or owner, and times that are none.
    pub(super) fn read(self, zone: &Zone) -> Result<Found, Failure> {
        let missing = || Failure::broken("The ERP sent a ticket without its protocol or owner.");
        let owner = CustomerRef::new(key(&self.cliente_id).ok_or_else(missing)?);
        let protocol = given(&self.oc_protocolo).ok_or_else(missing)?;
        // `os_id` is a number where there is a work order, and an empty text where there is none.
        let order = key(&self.os_id).and_then(|_| given(&self.os_status));
        let label = given(&self.oc_status_descricao).unwrap_or_default();
        let status = words::ticket_status(self.oc_status.as_str(), order, label);
        let closed = status.value == TicketStatus::Closed;
        let (text, mark) = unmarked(given(&self.oc_conteudo).unwrap_or_default());
        // The work order repeats the text, and may be the only one that has it whole.
        let mark = mark.or_else(|| unmarked(given(&self.os_conteudo)?).1);
        Ok(Found {
            mark: mark.map(str::to_owned),
            ticket: Ticket {
                reference: owner.ticket(protocol),
                contract: key(&self.contrato_id).map(VendorId::from),
                protocol: Some(protocol.to_owned()),
                opened_at: instant(&self.oc_data_cadastro, "oc_data_cadastro", zone)?,
                closed_at: instant(&self.oc_data_encerramento, "oc_data_encerramento", zone)?.filter(|_| closed),
                scheduled_for: instant(&self.os_data_agendamento, "os_data_agendamento", zone)?.filter(|_| !closed),
                status,
                sector: None,
                subject: given(&self.oc_tipo_descricao).and_then(cleaned),
                complaint: cleaned(&text),
                defect_found: given(&self.os_servicoprestado).and_then(cleaned),
            },
        })
    }
}
