//! One row of `su_ticket`.

use ponte_domain::Failure;
use ponte_domain::dates::Zone;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::ticket::{Ticket, TicketStatus};
use serde::Deserialize;

use crate::ixc::words;
use crate::mark::unmarked;
use crate::reading::date;
use crate::reading::prose::cleaned;
use crate::reading::text::Text;

/// A ticket, and the keys to the names that it still lacks.
pub(super) struct Found {
    pub(super) ticket: Ticket,
    pub(super) department: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) diagnosis: Option<String>,
    mark: Option<String>,
}

impl Found {
    /// Whether the ticket's text carries this mark.
    pub(super) fn carries(&self, mark: &str) -> bool {
        self.mark.as_deref() == Some(mark)
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    id: Text<'a>,
    id_cliente: Text<'a>,
    id_contrato: Text<'a>,
    id_assunto: Text<'a>,
    id_ticket_setor: Text<'a>,
    id_su_diagnostico: Text<'a>,
    protocolo: Text<'a>,
    titulo: Text<'a>,
    menssagem: Text<'a>,
    su_status: Text<'a>,
    data_criacao: Text<'a>,
    data_ultima_alteracao: Text<'a>,
}

impl Row<'_> {
    /// The row in domain words; times are on the tenant's clocks.
    ///
    /// # Errors
    /// A row without its ids, and times that are none.
    pub(super) fn read(self, zone: &Zone) -> Result<Found, Failure> {
        let missing = || Failure::broken("The ERP sent a ticket without its ids.");
        let owner = CustomerRef::new(self.id_cliente.key().ok_or_else(missing)?);
        let status = words::ticket_status(self.su_status.as_str());
        let (text, mark) = unmarked(self.menssagem.as_str());
        let changed_at = date::iso_instant(&self.data_ultima_alteracao, "data_ultima_alteracao", zone)?;
        let closed = matches!(status.value, TicketStatus::Closed | TicketStatus::Cancelled);
        Ok(Found {
            mark: mark.map(str::to_owned),
            ticket: Ticket {
                reference: owner.ticket(self.id.key().ok_or_else(missing)?),
                contract: self.id_contrato.key().map(VendorId::from),
                protocol: self.protocolo.key().map(str::to_owned),
                opened_at: date::iso_instant(&self.data_criacao, "data_criacao", zone)?,
                // There is no column for it; a closed ticket is last changed by its closing.
                closed_at: changed_at.filter(|_| closed),
                scheduled_for: None,
                status,
                sector: None,
                subject: cleaned(self.titulo.as_str()),
                complaint: cleaned(&text),
                defect_found: None,
            },
            department: self.id_ticket_setor.key().map(str::to_owned),
            subject: self.id_assunto.key().map(str::to_owned),
            diagnosis: self.id_su_diagnostico.key().map(str::to_owned),
        })
    }
}
