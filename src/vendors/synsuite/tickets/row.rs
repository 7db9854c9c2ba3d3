//! One row of `solicitationlist` (dossier 4.i). The names are the vendor's: `beginningData`, and `finalData`, which is
//! the deadline and not the closing.

use ponte_domain::Failure;
use ponte_domain::dates::Zone;
use ponte_domain::reference::CustomerRef;
use ponte_domain::ticket::Ticket;
use serde::Deserialize;

use crate::reading::prose::{clean, cleaned};
use crate::reading::text::Text;
use crate::synsuite::values::instant;
use crate::synsuite::words;

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
pub(super) struct Row<'a> {
    assignment_id: Text<'a>,
    protocol: Text<'a>,
    title: Text<'a>,
    status: Text<'a>,
    team: Text<'a>,
    sector_area: Text<'a>,
    beginning_data: Text<'a>,
}

impl Row<'_> {
    /// The row in domain words; times are on the provider's clocks.
    ///
    /// # Errors
    /// A row without its id, and times that are none.
    pub(super) fn read(self, customer: &CustomerRef, zone: &Zone) -> Result<Ticket, Failure> {
        let id = self.assignment_id.key().ok_or_else(|| Failure::broken("The ERP sent a ticket without its id."))?;
        let protocol = self.protocol.key().map(str::to_owned);
        Ok(Ticket {
            reference: customer.ticket(id),
            contract: None,
            opened_at: instant(&self.beginning_data, "beginningData", zone)?,
            closed_at: None,
            scheduled_for: None,
            status: words::ticket_status(self.status.as_str()),
            sector: cleaned(self.sector_area.as_str()).or_else(|| cleaned(self.team.as_str())),
            subject: subject(&clean(self.title.as_str()), protocol.as_deref()),
            complaint: None,
            // No answer of the vendor keeps what was found apart from what was written.
            defect_found: None,
            protocol,
        })
    }
}

/// `Protocolo 202603010001 - Suporte - Sem conexão`: what stands behind the protocol and the group.
fn subject(title: &str, protocol: Option<&str>) -> Option<String> {
    let behind = protocol
        .and_then(|protocol| title.strip_prefix("Protocolo ")?.strip_prefix(protocol)?.strip_prefix(" - "))
        .map(|rest| rest.split_once(" - ").map_or(rest, |(_, subject)| subject));
    cleaned(behind.unwrap_or(title))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::dates::Zone;
    use ponte_domain::reference::CustomerRef;
    use ponte_domain::ticket::TicketStatus;

    use super::{Row, subject};

    #[test]
    fn a_row_is_read_and_its_deadline_is_no_closing() {
        let row: Row<'_> = serde_json::from_str(
            r#"{"assignmentId":310001,"protocol":202603010001,"title":"Protocolo 202603010001 - Suporte - Sem conexão","status":"Andamento",
            "team":"Suporte - Interno","sectorArea":"Técnica","beginningData":"2026-03-01T09:12:00","finalData":"2026-03-02T09:12:00"}"#,
        )
        .unwrap();
        let ticket = row.read(&CustomerRef::new("880123.52998224725"), &Zone::default()).unwrap();
        assert_eq!(ticket.protocol.as_deref(), Some("202603010001"));
        assert_eq!((ticket.sector.as_deref(), ticket.subject.as_deref()), (Some("Técnica"), Some("Sem conexão")));
        assert_eq!(ticket.opened_at.unwrap().to_string(), "2026-03-01T12:12:00Z");
        assert_eq!((ticket.status.value, ticket.closed_at), (TicketStatus::InProgress, None));
    }

    #[test]
    fn a_subject_stands_behind_protocol_and_group() {
        for (title, expected) in [
            ("Protocolo 1 - Suporte - Sem conexão", Some("Sem conexão")),
            ("Protocolo 1 - Suporte - Troca - urgente", Some("Troca - urgente")),
            ("Protocolo 1 - Sem conexão", Some("Sem conexão")),
            ("Protocolo 2 - Suporte - Sem conexão", Some("Protocolo 2 - Suporte - Sem conexão")),
            ("Sem conexão", Some("Sem conexão")),
            ("", None),
        ] {
            assert_eq!(subject(title, Some("1")).as_deref(), expected, "{title}");
        }
    }

    #[test]
    fn a_row_without_its_id_or_with_a_broken_time_is_broken() {
        for json in [r#"{"protocol":1}"#, r#"{"assignmentId":1,"beginningData":"ontem"}"#] {
            let row: Row<'_> = serde_json::from_str(json).unwrap();
            let failure = row.read(&CustomerRef::new("1.2"), &Zone::default()).unwrap_err();
            assert_eq!(failure.kind(), FailureKind::BrokenAnswer, "{json}");
        }
    }
}
