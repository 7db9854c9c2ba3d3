//! Opening a ticket: where it goes, the form, and how it is found again after a doubt (dossier 4.i).

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use jiff::{Span, Timestamp, ToSpan as _};
use ponte_domain::failure::Refusal;
use ponte_domain::known::Known;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::tenant::{TicketRoute, TicketRules};
use ponte_domain::ticket::{NewTicket, Ticket, TicketStatus};
use ponte_domain::{Failure, FailureKind};
use serde::Deserialize;

use super::catalogue::{Catalogue, sector_route};
use super::listed::Listed;
use super::{OPENING, listed, orders};
use crate::call::Call;
use crate::mark::marked;
use crate::memory::Key;
use crate::mk_solutions::contracts::is_out_of_reach;
use crate::mk_solutions::dialect::{Answer, Need, Rule, act_by_form};
use crate::mk_solutions::settings::{self, misrouted};
use crate::mk_solutions::{customers, values};
use crate::reading::prose::{cleaned, fold};
use crate::reading::text::Text;

const RULE: Rule = Rule::free("WSMKNovoAtendimento");
const REQUIRED: Need = Need::Required(OPENING);
/// The shelf on which it is noted when a ticket was sent, by its mark.
const SENT: &str = "ticket_sent";
/// The shelf on which it is noted which mark an opened ticket has, by its id.
const OPENED: &str = "ticket_opened";
/// How long both are remembered.
const NOTED_FOR: Duration = Duration::from_secs(2 * 86_400);
/// Days of tickets that are looked through where it is not known when one was sent: the vendor's longest window.
const LONGEST_DOUBT: i32 = 30;
/// Minutes by which clocks that are kept right may differ.
const CLOCKS_AGREE: i32 = 2;
/// Minutes by which a clock that nobody minds may be wrong.
const CLOCKS_DIFFER: i32 = 15;

/// Opens a ticket. The vendor has no notices of its own per ticket, so `notices` is the gateway's affair.
pub(super) async fn open(call: &Call<'_>, ticket: &NewTicket) -> Result<Ticket, Failure> {
    let catalogue = match Catalogue::load(call, Need::Optional(OPENING)).await {
        // Settings that say it all need no catalogue.
        Err(failure) if is_out_of_reach(failure.kind()) => None,
        other => Some(other?),
    };
    let group = person_group(call, ticket).await?;
    let rules = Rules {
        tickets: &call.tenant.settings.tickets,
        sector: sector_route(call.tenant, &ticket.sector),
        classification: settings::ticket_classification(call.tenant),
    };
    let topic = Topic::choose(catalogue.as_ref(), &rules, group.as_deref(), ticket)?;
    let text = marked(&ticket.text, &ticket.mark);
    let mut fields = vec![
        ("cd_cliente", ticket.customer.id.as_str()),
        ("cd_processo", &topic.process),
        ("cd_classificacao_ate", &topic.classification),
        ("origem_contato", settings::contact_origin(call.tenant)),
        ("info", text.as_str()),
    ];
    fields.extend(ticket.contract.as_ref().map(|contract| ("cd_contrato", contract.id.as_str())));
    fields.extend(ticket.login.as_ref().map(|login| ("conexao_associada", login.as_str())));
    fields.extend(topic.viewers.as_deref().map(|group| ("cd_grupo_visualizadores", group)));
    fields.extend(settings::opening_operator(call.tenant).map(|operator| ("op_abertura", operator)));
    note_sent(call, ticket).await;
    let opened = act_by_form(call, REQUIRED, RULE, &fields, |answer| read(answer, &ticket.customer)).await?;
    note_opened(call, &opened.id, &ticket.mark).await;
    Ok(Ticket {
        reference: ticket.customer.ticket(opened.id),
        contract: ticket.contract.as_ref().map(|contract| contract.id.clone()),
        protocol: opened.protocol,
        opened_at: Some(call.now),
        closed_at: None,
        scheduled_for: None,
        status: Known::without_word(TicketStatus::Open),
        sector: Some(topic.sector),
        subject: topic.subject,
        complaint: cleaned(&ticket.text),
        defect_found: None,
    })
}

/// The customer's person group, read only where the tenant routes tickets by it.
async fn person_group(call: &Call<'_>, ticket: &NewTicket) -> Result<Option<String>, Failure> {
    if call.tenant.settings.tickets.person_groups.is_empty() {
        return Ok(None);
    }
    let customer = customers::by_id(call, Need::Optional(OPENING), ticket.customer.id.as_str()).await?;
    Ok(customer.and_then(|customer| customer.person_group))
}

/// What the tenant says about where tickets go.
struct Rules<'r> {
    tickets: &'r TicketRules,
    sector: Option<&'r TicketRoute>,
    classification: Option<&'r str>,
}

impl<'r> Rules<'r> {
    fn of_group(&self, group: Option<&str>) -> Option<&'r TicketRoute> {
        let wanted = fold(group?);
        self.tickets.person_groups.iter().find(|(name, _)| fold(name) == wanted).map(|(_, route)| route)
    }
}

/// Where a ticket goes.
#[derive(Debug, PartialEq, Eq)]
struct Topic<'r> {
    process: Cow<'r, str>,
    classification: Cow<'r, str>,
    viewers: Option<Cow<'r, str>>,
    sector: String,
    subject: Option<String>,
}

impl<'r> Topic<'r> {
    /// Process: the person group's, else the sector's, else the subject that was asked for, else the only one of the
    /// sector. Classification: the person group's, else the sector's, else the settings', else the one of the subject's
    /// name (product.md, tickets).
    fn choose(
        catalogue: Option<&'r Catalogue>,
        rules: &Rules<'r>,
        group: Option<&str>,
        ticket: &NewTicket,
    ) -> Result<Self, Failure> {
        let routes = [rules.of_group(group), rules.sector];
        let first = |field: fn(&'r TicketRoute) -> Option<&'r str>| routes.into_iter().flatten().find_map(field);
        let chosen = chosen_subject(catalogue, rules, ticket)?;
        let only = || catalogue.and_then(|all| all.only_subject(&ticket.sector)).map(|process| process.id.as_str());
        let process = first(process_of).or(chosen).or_else(only);
        let Some(process) = process else { return Err(no_process(catalogue, rules, ticket)) };
        let classification = first(|route| route.classification.as_deref()).or(rules.classification);
        let named_like = chosen.unwrap_or(process);
        let by_name = || catalogue.and_then(|all| all.opening(named_like)).map(|one| one.id.as_str());
        let classification = classification.or_else(by_name).ok_or_else(|| {
            misrouted("The ticket settings name no classification for this sector, and the ERP has none of its name.")
        })?;
        if let Some(catalogue) = catalogue {
            catalogue.check(process, classification)?;
        }
        let named = catalogue
            .and_then(|all| all.processes.iter().find(|one| one.id == named_like).map(|process| all.name(process)));
        Ok(Self {
            process: Cow::Borrowed(process),
            classification: Cow::Borrowed(classification),
            viewers: first(|route| route.sector_id.as_deref()).map(Cow::Borrowed),
            sector: ticket.sector.clone(),
            subject: named.filter(|name| !name.is_empty()),
        })
    }
}

/// What other vendors call a subject is a process here.
fn process_of(route: &TicketRoute) -> Option<&str> {
    route.process.as_deref().or(route.subject_id.as_deref())
}

/// The process that the customer chose as a subject.
fn chosen_subject<'r>(
    catalogue: Option<&'r Catalogue>,
    rules: &Rules<'_>,
    ticket: &NewTicket,
) -> Result<Option<&'r str>, Failure> {
    let (Some(catalogue), Some(wanted)) = (catalogue, ticket.subject.as_deref()) else { return Ok(None) };
    match catalogue.subject(&ticket.sector, wanted) {
        Some(process) => Ok(Some(process.id.as_str())),
        None if catalogue.processes.iter().any(|process| process.is_of(&ticket.sector)) => {
            Err(Failure::invalid("subject", "The ERP has no such subject for tickets of this sector."))
        }
        // A sector of the settings alone has no subjects to choose from.
        None if rules.sector.is_some() => Ok(None),
        None => Err(no_process(Some(catalogue), rules, ticket)),
    }
}

/// Why no process was found: the sector is nobody's, or one of its subjects must be chosen.
fn no_process(catalogue: Option<&Catalogue>, rules: &Rules<'_>, ticket: &NewTicket) -> Failure {
    let known = catalogue.is_some_and(|all| all.processes.iter().any(|process| process.is_of(&ticket.sector)));
    if known {
        return Failure::invalid("subject", "One of the sector's subjects must be chosen.");
    }
    if rules.sector.is_some() || catalogue.is_none() {
        return misrouted("The ticket settings name no process for this sector.");
    }
    Failure::invalid("sector", "Neither the ERP's processes nor the ticket settings have such a sector.")
}

/// What the vendor answers to a ticket that it took.
#[derive(Debug, PartialEq, Eq)]
struct Opened {
    id: String,
    protocol: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct OpenedRow<'a> {
    codigoatendimento: Text<'a>,
    codigocliente: Text<'a>,
    protocolo: Text<'a>,
}

fn read(answer: &Answer<'_>, customer: &CustomerRef) -> Result<Opened, Failure> {
    if let Some(denial) = answer.denial() {
        // Inactive customers, foreign contracts, closed processes: the texts were not captured.
        return Err(denial.refusal(Refusal::TicketRefused, "The ERP refuses the ticket."));
    }
    let row: OpenedRow<'_> = answer.object()?;
    if row.codigocliente.key().is_some_and(|owner| owner != customer.id.as_str()) {
        return Err(answer.broken("The ERP answered with the ticket of another customer."));
    }
    match row.codigoatendimento.key() {
        Some(id) => Ok(Opened { id: id.to_owned(), protocol: row.protocolo.filled().map(str::to_owned) }),
        // Taken, or something else entirely: it is looked for.
        None => Err(answer.broken("The ERP's answer to a ticket does not tell its number.")),
    }
}

/// What is noted of a ticket when it is first sent.
#[derive(Debug)]
struct Sent {
    at: Timestamp,
    contract: Option<VendorId>,
}

/// Notes when a ticket was first sent, since no list tells its text.
async fn note_sent(call: &Call<'_>, ticket: &NewTicket) {
    let key = Key::row(SENT, ticket.mark.clone());
    let sent = Sent { at: call.now, contract: ticket.contract.as_ref().map(|contract| contract.id.clone()) };
    // A note that cannot be kept makes a later doubt last, and nothing worse.
    let _ = call.memory.load_once(key, NOTED_FOR, call.now, async { Ok(sent) }).await;
}

async fn sent(call: &Call<'_>, mark: &str) -> Option<Arc<Sent>> {
    let unknown = async { Err(Failure::internal("It is not known when a ticket was sent.")) };
    call.memory.load_once::<Sent, _>(Key::row(SENT, mark.to_owned()), Duration::ZERO, call.now, unknown).await.ok()
}

/// Notes which mark a ticket has that was opened without a doubt: it is no other mark's.
async fn note_opened(call: &Call<'_>, id: &str, mark: &str) {
    let mark = mark.to_owned();
    let _ = call.memory.load_once(Key::row(OPENED, id.to_owned()), NOTED_FOR, call.now, async { Ok(mark) }).await;
}

/// Whether a ticket is known to be of another mark.
async fn is_anothers(call: &Call<'_>, id: &str, mark: &str) -> bool {
    let unknown = async { Err(Failure::internal("It is not known who opened a ticket.")) };
    let key = Key::row(OPENED, id.to_owned());
    let opened = call.memory.load_once::<String, _>(key, Duration::ZERO, call.now, unknown).await;
    opened.is_ok_and(|owner| *owner != mark)
}

/// The ticket that came of a doubt. A work order may carry the mark in its complaint; the list of tickets has no text,
/// so there the only one that the customer got since it was sent is taken for it. Where it is not known when that was
/// (a restart since), or several came, a ticket may be it or not: nobody can tell, and none is opened twice.
pub(super) async fn find(call: &Call<'_>, customer: &CustomerRef, mark: &str) -> Result<Option<Ticket>, Failure> {
    if !values::is_id(customer.id.as_str()) {
        return Ok(None);
    }
    let sent = sent(call, mark).await;
    let (from, to) = period(call, sent.as_deref());
    let (orders, tickets) = tokio::join!(
        orders::of_customer(call, Need::Optional(OPENING), customer),
        listed::of_customer(call, Need::Optional(OPENING), customer, from, to),
    );
    let orders = match orders {
        Err(failure) if is_out_of_reach(failure.kind()) => Vec::new(),
        other => other?,
    };
    if let Some(order) = orders.into_iter().find(|order| order.carries(mark)) {
        return Ok(Some(order.ticket));
    }
    let mut possible = Vec::new();
    for ticket in tickets? {
        if !is_anothers(call, ticket.ticket.reference.id.as_str(), mark).await {
            possible.push(ticket);
        }
    }
    since(possible, sent.as_deref())
}

/// The days in which a ticket in doubt may stand, by a clock that is not ours: the next day may have begun there.
fn period(call: &Call<'_>, sent: Option<&Sent>) -> (Date, Date) {
    let (day, longest): (Span, Span) = (1.day(), LONGEST_DOUBT.days());
    let from = match sent {
        Some(sent) => call.tenant.settings.zone.today(sent.at).checked_sub(day),
        None => call.today.checked_sub(longest),
    };
    (from.unwrap_or(call.today), call.today.checked_add(day).unwrap_or(call.today))
}

/// The one ticket that came since it was sent. Clocks of two servers differ: what came shortly before may be it too.
fn since(tickets: Vec<Listed>, sent: Option<&Sent>) -> Result<Option<Ticket>, Failure> {
    let start = sent.and_then(|sent| sent.at.checked_sub(CLOCKS_DIFFER.minutes()).ok());
    let mut possible = tickets.into_iter().filter(|one| match (one.latest, start) {
        (Some(latest), Some(start)) => latest >= start,
        _ => true,
    });
    let Some(only) = possible.next() else { return Ok(None) };
    let alone = possible.next().is_none();
    match sent {
        Some(sent) if alone && is_it(&only.ticket, sent) => Ok(Some(only.ticket)),
        _ => Err(Failure::new(
            FailureKind::OutcomeUnknown,
            "The ERP's list of tickets has no texts, so it cannot be told whether this ticket is among them.",
        )),
    }
}

fn is_it(ticket: &Ticket, sent: &Sent) -> bool {
    let start = sent.at.checked_sub(CLOCKS_AGREE.minutes()).unwrap_or(sent.at);
    let same_contract = match (&ticket.contract, &sent.contract) {
        (Some(told), Some(wanted)) => told == wanted,
        _ => true,
    };
    same_contract && ticket.opened_at.is_some_and(|opened| opened >= start)
}

#[cfg(test)]
mod tests;
