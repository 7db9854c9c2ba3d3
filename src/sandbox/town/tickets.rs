//! Tickets, what they are about, and the visits they lead to.

use jiff::civil::DateTime;

use super::Town;
use super::contracts::Contract;
use super::id::Id;
use super::network::Login;
use super::people::Customer;
use super::writes::WriteKind;

/// Who handles tickets.
#[derive(Debug, Clone)]
pub struct Department {
    /// Its number.
    pub id: Id<Department>,
    /// `Comercial`, `Financeiro`, `Técnico`.
    pub name: &'static str,
}

/// What a ticket is about.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Its number.
    pub id: Id<Subject>,
    /// In words.
    pub name: &'static str,
    /// Who handles it.
    pub department: Id<Department>,
}

/// What was found to be wrong (defeito constatado).
#[derive(Debug, Clone)]
pub struct Diagnosis {
    /// Its number.
    pub id: Id<Diagnosis>,
    /// In words.
    pub name: &'static str,
}

/// Where a ticket is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketStatus {
    /// Nobody has looked at it.
    New,
    /// Waiting.
    Pending,
    /// Being worked on.
    InProgress,
    /// Solved.
    Solved,
    /// Dropped.
    Cancelled,
}

impl TicketStatus {
    /// Whether it is not over.
    pub fn open(self) -> bool {
        !matches!(self, Self::Solved | Self::Cancelled)
    }
}

/// A ticket.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its number.
    pub id: Id<Ticket>,
    /// What the customer is told; may be empty where a vendor draws it apart.
    pub protocol: String,
    /// Whose.
    pub customer: Id<Customer>,
    /// About which contract.
    pub contract: Option<Id<Contract>>,
    /// About which connection.
    pub login: Option<Id<Login>>,
    /// Who handles it.
    pub department: Option<Id<Department>>,
    /// What it is about.
    pub subject: Option<Id<Subject>>,
    /// A headline.
    pub title: String,
    /// What the customer says.
    pub complaint: String,
    /// What was found.
    pub defect: Option<Id<Diagnosis>>,
    /// Where it is in its life.
    pub status: TicketStatus,
    /// When it was opened.
    pub opened_at: DateTime,
    /// When it was last touched.
    pub changed_at: DateTime,
    /// When it was closed.
    pub closed_at: Option<DateTime>,
}

/// What was said on a ticket.
#[derive(Debug, Clone)]
pub struct TicketMessage {
    /// Its number.
    pub id: Id<TicketMessage>,
    /// On which ticket.
    pub ticket: Id<Ticket>,
    /// What.
    pub text: String,
    /// Whether the customer sees it.
    pub public: bool,
    /// When.
    pub at: DateTime,
}

/// A technician's visit for a ticket.
#[derive(Debug, Clone)]
pub struct Visit {
    /// Its number.
    pub id: Id<Visit>,
    /// For which ticket.
    pub ticket: Id<Ticket>,
    /// From when to when it is planned.
    pub planned: (DateTime, DateTime),
    /// When it was done.
    pub done_at: Option<DateTime>,
    /// What the technician wrote.
    pub report: &'static str,
}

/// A ticket to be opened.
#[derive(Debug, Clone)]
pub struct NewTicket {
    /// Drawn before, or empty.
    pub protocol: String,
    /// Whose.
    pub customer: Id<Customer>,
    /// About which contract.
    pub contract: Option<Id<Contract>>,
    /// About which connection.
    pub login: Option<Id<Login>>,
    /// Who is to handle it.
    pub department: Option<Id<Department>>,
    /// What it is about.
    pub subject: Option<Id<Subject>>,
    /// A headline.
    pub title: String,
    /// What the customer says.
    pub complaint: String,
    /// New for a chat's ticket.
    pub status: TicketStatus,
}

impl Town {
    /// The ticket with this id.
    pub fn ticket(&self, id: Id<Ticket>) -> Option<&Ticket> {
        self.tickets.iter().find(|one| one.id == id)
    }

    /// Draws the next protocol number: year, month, six digits.
    pub(crate) fn draw_protocol(&mut self) -> String {
        self.last_protocol += 1;
        self.wrote(WriteKind::ProtocolIssued, None);
        format!("{}{:06}", self.today().strftime("%Y%m"), self.last_protocol)
    }

    /// Opens a ticket.
    pub(crate) fn open_ticket(&mut self, new: NewTicket) -> Id<Ticket> {
        let last = self.tickets.iter().map(|ticket| ticket.id.number()).max().unwrap_or(0);
        let id = Id::new(last + 1);
        let now = self.clock();
        self.tickets.push(Ticket {
            id,
            protocol: new.protocol,
            customer: new.customer,
            contract: new.contract,
            login: new.login,
            department: new.department,
            subject: new.subject,
            title: new.title,
            complaint: new.complaint,
            defect: None,
            status: new.status,
            opened_at: now,
            changed_at: now,
            closed_at: (!new.status.open()).then_some(now),
        });
        self.wrote(WriteKind::TicketOpened, new.contract);
        id
    }

    /// Writes on a ticket; none when there is no such ticket.
    pub(crate) fn add_message(&mut self, ticket: Id<Ticket>, text: String, public: bool) -> Option<Id<TicketMessage>> {
        let contract = self.ticket(ticket)?.contract;
        let last = self.messages.iter().map(|message| message.id.number()).max().unwrap_or(0);
        let id = Id::new(last + 1);
        let at = self.clock();
        self.messages.push(TicketMessage { id, ticket, text, public, at });
        self.wrote(WriteKind::TicketMessage, contract);
        Some(id)
    }
}
