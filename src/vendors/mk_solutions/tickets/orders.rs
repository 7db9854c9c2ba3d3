//! Work orders of a person, of the core API: protocol, complaint and found defect (dossier 4.i).

use jiff::Timestamp;
use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::dates::Zone;
use ponte_domain::known::Known;
use ponte_domain::reference::CustomerRef;
use ponte_domain::ticket::{Ticket, TicketStatus};
use serde::Deserialize;

use super::end_of;
use crate::call::Call;
use crate::mark::unmarked;
use crate::mk_solutions::dialect::{Answer, Need, Rule, look};
use crate::mk_solutions::values;
use crate::reading::prose::{cleaned, fold};
use crate::reading::text::Text;

const RULE: Rule = Rule::core("core-api/os/pessoa");

/// A work order as a ticket, and the mark in its complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) ticket: Ticket,
    mark: Option<String>,
    latest: Option<Timestamp>,
}

impl Order {
    /// The last instant at which it may have been opened: of an order that tells its day only, the day's end.
    pub(super) fn latest(&self) -> Option<Timestamp> {
        self.latest
    }

    /// Whether the complaint carries this mark.
    pub(super) fn carries(&self, mark: &str) -> bool {
        self.mark.as_deref() == Some(mark)
    }
}

/// The work orders of one customer.
pub(super) async fn of_customer(call: &Call<'_>, need: Need, customer: &CustomerRef) -> Result<Vec<Order>, Failure> {
    let params = [("pessoa", customer.id.as_str())];
    look(call, need, RULE, &params, |answer| read(answer, customer, &call.tenant.settings.zone)).await
}

fn read(answer: &Answer<'_>, customer: &CustomerRef, zone: &Zone) -> Result<Vec<Order>, Failure> {
    let rows: Vec<Row<'_>> = answer.rows(&["os", "ordens"])?;
    let own = |row: &Row<'_>| row.pessoaid.key().is_none_or(|person| person == customer.id.as_str());
    rows.into_iter().filter(own).map(|row| row.read(customer, zone)).collect()
}

/// The columns are from a picture in the vendor's documents, but for the closing marks, whose names are assumed.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    id: Text<'a>,
    protocolo: Text<'a>,
    pessoaid: Text<'a>,
    dataabertura: Text<'a>,
    datahorainsert: Text<'a>,
    defeitoreclamado: Text<'a>,
    defeitoconstatado: Text<'a>,
    encerrado: Text<'a>,
    dataencerramento: Text<'a>,
    datafechamento: Text<'a>,
    status: Text<'a>,
}

impl Row<'_> {
    fn read(self, customer: &CustomerRef, zone: &Zone) -> Result<Order, Failure> {
        let id = self.id.key().ok_or_else(|| Failure::broken("The ERP sent a work order without an id."))?;
        let day = values::any_date(&self.dataabertura, "dataAbertura", zone)?;
        let inserted = self.inserted(day, zone)?;
        let opened_at = inserted.or_else(|| day.and_then(|day| zone.at(day.at(0, 0, 0, 0))));
        let ended = self.dataencerramento.filled().map_or(&self.datafechamento, |_| &self.dataencerramento);
        let closed_at = instant(ended, "dataEncerramento", zone)?;
        let (complaint, mark) = unmarked(self.defeitoreclamado.as_str());
        let status = self.status(closed_at.is_some());
        Ok(Order {
            mark: mark.map(str::to_owned),
            latest: self.local_insert(zone)?.max(inserted).or_else(|| day.and_then(|day| end_of(day, zone))),
            ticket: Ticket {
                reference: customer.ticket(format!("os-{id}")),
                contract: None,
                // A text: as a number it would lose its last zero.
                protocol: self.protocolo.filled().map(str::to_owned),
                opened_at,
                closed_at: closed_at.filter(|_| status.value == TicketStatus::Closed),
                scheduled_for: None,
                status,
                sector: None,
                subject: None,
                complaint: cleaned(&complaint),
                defect_found: cleaned(self.defeitoconstatado.as_str()),
            },
        })
    }

    /// When it was written. The letter Z stands on local time on some builds: where only that reading gives the day of
    /// `dataAbertura`, it is taken (provisional).
    fn inserted(&self, day: Option<Date>, zone: &Zone) -> Result<Option<Timestamp>, Failure> {
        let told = instant(&self.datahorainsert, "dataHoraInsert", zone)?;
        let local = self.local_insert(zone)?;
        let is_of_day = |at: Option<Timestamp>| at.is_some_and(|at| Some(zone.today(at)) == day);
        Ok(if is_of_day(local) && !is_of_day(told) { local } else { told })
    }

    /// The same as if it were local time.
    fn local_insert(&self, zone: &Zone) -> Result<Option<Timestamp>, Failure> {
        if self.datahorainsert.as_str().contains('/') {
            return Ok(None);
        }
        Ok(values::civil(&self.datahorainsert, "dataHoraInsert")?.and_then(|civil| zone.at(civil)))
    }

    fn status(&self, has_end: bool) -> Known<TicketStatus> {
        // As a number the meanings of `status` are not published.
        let word = fold(self.status.as_str());
        let ended = has_end || ["encerr", "fecha", "finaliz", "conclu"].iter().any(|stem| word.starts_with(stem));
        let told_open = ["abert", "andamento", "pendente"].iter().any(|stem| word.contains(stem));
        let value = match values::yes_no(&self.encerrado) {
            Some(true) => TicketStatus::Closed,
            Some(false) => TicketStatus::Open,
            None if ended => TicketStatus::Closed,
            None if told_open => TicketStatus::Open,
            // None of the marks that are looked for is there: nobody knows.
            None => TicketStatus::Unknown,
        };
        match self.encerrado.filled().or(self.status.filled()) {
            Some(word) => Known::new(value, word),
            None => Known::without_word(value),
        }
    }
}

/// An instant of the core API; a date alone is its midnight on the tenant's clocks.
fn instant(text: &Text<'_>, field: &'static str, zone: &Zone) -> Result<Option<Timestamp>, Failure> {
    if text.as_str().contains('/') {
        return Ok(values::any_date(text, field, zone)?.and_then(|day| zone.at(day.at(0, 0, 0, 0))));
    }
    let civil = values::civil(text, field)?;
    let utc = Zone::parse("UTC").ok().filter(|_| text.as_str().ends_with('Z'));
    Ok(civil.and_then(|civil| utc.as_ref().unwrap_or(zone).at(civil)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::capability::Capability;
    use ponte_domain::dates::Zone;
    use ponte_domain::reference::CustomerRef;
    use ponte_domain::ticket::TicketStatus;
    use ponte_transport::Reply;

    use super::{Order, RULE, read};
    use crate::mk_solutions::dialect::Answer;

    fn orders(rows: &str) -> Vec<Order> {
        let reply = Reply::new(200, None, format!("[{rows}]"));
        let answer = Answer::of(&reply, RULE, Capability::TicketList).unwrap();
        read(&answer, &CustomerRef::new("17645"), &Zone::default()).unwrap()
    }

    #[test]
    fn an_order_tells_protocol_complaint_and_found_defect() {
        let all = orders(
            r#"{"id":19795,"protocolo":"2609.1040","dataAbertura":"2026-09-08","dataHoraInsert":"2026-09-08T14:20:11.000Z","defeitoReclamado":"SEM CONEX&Atilde;O [Ponte AB12]","defeitoConstatado":null,"pessoaId":17645,"encerrado":"N"},
               {"id":19796,"protocolo":"2609.1041","dataAbertura":"2026-09-09","defeitoConstatado":"CABO ROMPIDO","pessoaId":"17645","encerrado":"S","dataEncerramento":"2026-09-10T12:00:00.000Z"},
               {"id":1,"pessoaId":99999}"#,
        );
        assert_eq!(all.len(), 2, "orders of other people are dropped");
        let open = &all[0].ticket;
        assert_eq!((open.reference.id.as_str(), open.protocol.as_deref()), ("os-19795", Some("2609.1040")));
        assert_eq!((open.complaint.as_deref(), open.status.value), (Some("SEM CONEXÃO"), TicketStatus::Open));
        assert_eq!(open.opened_at.unwrap().to_string(), "2026-09-08T14:20:11Z");
        assert!(all[0].carries("AB12") && !all[1].carries("AB12"));
        let closed = &all[1].ticket;
        assert_eq!((closed.defect_found.as_deref(), closed.status.value), (Some("CABO ROMPIDO"), TicketStatus::Closed));
        assert_eq!(closed.closed_at.unwrap().to_string(), "2026-09-10T12:00:00Z");
        assert_eq!(closed.opened_at.unwrap().to_string(), "2026-09-09T03:00:00Z");
        assert_eq!(all[1].latest().unwrap().to_string(), "2026-09-10T02:59:59Z");
    }

    #[test]
    fn the_end_closes_an_order_where_no_flag_does() {
        for (columns, expected) in [
            (r#""dataEncerramento":"2026-09-10""#, TicketStatus::Closed),
            (r#""dataFechamento":"10/09/2026""#, TicketStatus::Closed),
            (r#""encerrado":"N","dataFechamento":"2026-09-10""#, TicketStatus::Open),
            (r#""encerrado":"Sim""#, TicketStatus::Closed),
            (r#""status":"Encerrado""#, TicketStatus::Closed),
            (r#""status":"Em andamento""#, TicketStatus::Open),
            (r#""status":1"#, TicketStatus::Unknown),
            (r#""encerrado":null"#, TicketStatus::Unknown),
        ] {
            assert_eq!(orders(&format!(r#"{{"id":1,{columns}}}"#))[0].ticket.status.value, expected, "{columns}");
        }
    }

    #[test]
    fn local_time_under_the_letter_z_is_seen_where_the_day_tells() {
        for (columns, expected) in [
            (r#""dataAbertura":"2026-09-08","dataHoraInsert":"2026-09-08T14:20:11.000Z""#, "2026-09-08T14:20:11Z"),
            (r#""dataAbertura":"2026-09-08","dataHoraInsert":"2026-09-08T01:20:11.000Z""#, "2026-09-08T04:20:11Z"),
            (r#""dataAbertura":"2026-09-08","dataHoraInsert":"2026-09-09T01:20:11.000Z""#, "2026-09-09T01:20:11Z"),
        ] {
            let opened = orders(&format!(r#"{{"id":1,{columns}}}"#))[0].ticket.opened_at.unwrap();
            assert_eq!(opened.to_string(), expected, "{columns}");
        }
    }
}
