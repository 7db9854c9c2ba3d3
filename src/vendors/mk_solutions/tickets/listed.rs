//! `WSMKAtendimentos`: tickets of all customers in a period, without protocol and complaint (dossier 4.i).

use jiff::Timestamp;
use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::dates::{Zone, parse_iso_datetime};
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::ticket::Ticket;
use serde::Deserialize;

use super::end_of;
use crate::call::Call;
use crate::mk_solutions::dialect::{Answer, Need, Rule, look};
use crate::mk_solutions::words;
use crate::reading::text::Text;

pub(in crate::mk_solutions) const RULE: Rule = Rule::free("WSMKAtendimentos");

/// A ticket of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) ticket: Ticket,
    /// The last instant at which it may have been opened: of one that tells its day only, the day's end. None where it
    /// does not tell even that.
    pub(super) latest: Option<Timestamp>,
}

/// The tickets of one customer that were opened in a period. Those of others are dropped where they are read.
pub(super) async fn of_customer(
    call: &Call<'_>,
    need: Need,
    customer: &CustomerRef,
    from: Date,
    to: Date,
) -> Result<Vec<Listed>, Failure> {
    let (from, to) = (from.to_string(), to.to_string());
    let params = [("data_inicio", from.as_str()), ("data_termino", to.as_str())];
    look(call, need, RULE, &params, |answer| read(answer, customer, &call.tenant.settings.zone)).await
}

fn read(answer: &Answer<'_>, customer: &CustomerRef, zone: &Zone) -> Result<Vec<Listed>, Failure> {
    let rows: Vec<Row<'_>> = answer.rows(&["atendimentos"])?;
    let mine = rows.into_iter().filter(|row| row.codigo_cliente.as_str() == customer.id.as_str());
    mine.map(|row| row.read(customer, zone)).collect()
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    codigo_atendimento: Text<'a>,
    codigo_cliente: Text<'a>,
    codigo_status: Text<'a>,
    descricao_status: Text<'a>,
    contratoid: Text<'a>,
    data_abertura: Text<'a>,
    hr_abertura: Text<'a>,
}

impl Row<'_> {
    fn read(self, customer: &CustomerRef, zone: &Zone) -> Result<Listed, Failure> {
        let id = self.codigo_atendimento.key();
        let id = id.ok_or_else(|| Failure::broken("The ERP sent a ticket without an id."))?;
        let opened = format!("{} {}", self.data_abertura.as_str(), self.hr_abertura.as_str());
        let opened = parse_iso_datetime(opened.trim()).map_err(|error| {
            Failure::broken("The ERP sent a date that cannot be read.").with("column", "data_abertura").because(error)
        })?;
        let opened_at = opened.and_then(|opened| zone.at(opened));
        let latest = match opened {
            Some(opened) if self.hr_abertura.filled().is_none() => end_of(opened.date(), zone),
            _ => opened_at,
        };
        let ticket = Ticket {
            reference: customer.ticket(id),
            contract: self.contratoid.key().map(VendorId::from),
            protocol: None,
            opened_at,
            closed_at: None,
            scheduled_for: None,
            status: words::ticket_status(self.codigo_status.as_str(), self.descricao_status.as_str()),
            sector: None,
            subject: None,
            complaint: None,
            defect_found: None,
        };
        Ok(Listed { ticket, latest })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::capability::Capability;
    use ponte_domain::dates::Zone;
    use ponte_domain::reference::CustomerRef;
    use ponte_domain::ticket::TicketStatus;
    use ponte_transport::Reply;

    use super::{RULE, read};
    use crate::mk_solutions::dialect::Answer;

    #[test]
    fn only_ones_own_tickets_are_kept() {
        let body = r#"[
            {"codigo_atendimento":14758,"codigo_cliente":17645,"codigo_status":"A","contratoid":8139,"data_abertura":"2026-09-08","descricao_status":"Aberto","hr_abertura":"14:20:11","nome_atendente":"CHATBOT"},
            {"codigo_atendimento":14759,"codigo_cliente":99999,"codigo_status":"A","data_abertura":"2026-09-08"},
            {"codigo_atendimento":"14760","codigo_cliente":"17645","codigo_status":"F","data_abertura":"2026-09-09","hr_abertura":null}]"#;
        let reply = Reply::new(200, None, body);
        let answer = Answer::of(&reply, RULE, Capability::TicketList).unwrap();
        let tickets = read(&answer, &CustomerRef::new("17645"), &Zone::default()).unwrap();
        let told: Vec<_> = tickets
            .iter()
            .map(|one| &one.ticket)
            .map(|ticket| (ticket.reference.id.as_str(), ticket.status.value, ticket.opened_at.unwrap().to_string()))
            .collect();
        assert_eq!(
            told,
            [
                ("14758", TicketStatus::Open, "2026-09-08T17:20:11Z".to_owned()),
                ("14760", TicketStatus::Closed, "2026-09-09T03:00:00Z".to_owned())
            ]
        );
        let first = &tickets[0].ticket;
        assert_eq!(first.contract.as_ref().unwrap().as_str(), "8139");
        assert_eq!((&first.protocol, &first.complaint), (&None, &None));
        let latest: Vec<_> = tickets.iter().map(|one| one.latest.unwrap().to_string()).collect();
        assert_eq!(
            latest,
            ["2026-09-08T17:20:11Z", "2026-09-10T02:59:59Z"],
            "without an hour it may be the day's last"
        );
    }
}
