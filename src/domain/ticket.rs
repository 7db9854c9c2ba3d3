//! Tickets: topics, opening, list, rating.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::known::Known;
use crate::reference::{ContractRef, CustomerRef, TicketRef, VendorId};

/// State of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// Opened, nobody works on it yet.
    Open,
    /// Worked on.
    InProgress,
    /// Waits for the customer or a third party.
    Pending,
    /// A visit is scheduled.
    Scheduled,
    /// Done.
    Closed,
    /// Cancelled.
    Cancelled,
    /// The vendor's word is not known.
    Unknown,
}

/// Which tickets are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketFilter {
    /// Not closed and not cancelled.
    Open,
    /// Everything.
    All,
}

/// Which notices the customer gets about a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TicketNotices {
    /// None.
    None,
    /// At start and end.
    StartAndEnd,
    /// At every event.
    EveryEvent,
}

/// One ticket.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket {
    /// The vendor's id and owner.
    pub reference: TicketRef,
    /// The contract it is about.
    pub contract: Option<VendorId>,
    /// Protocol number told to the customer.
    pub protocol: Option<String>,
    /// When opened.
    pub opened_at: Option<Timestamp>,
    /// When closed.
    pub closed_at: Option<Timestamp>,
    /// When a visit is scheduled.
    pub scheduled_for: Option<Timestamp>,
    /// State.
    pub status: Known<TicketStatus>,
    /// Sector or department.
    pub sector: Option<String>,
    /// Subject.
    pub subject: Option<String>,
    /// What the customer reported (reclamação).
    pub complaint: Option<String>,
    /// What was found (defeito constatado).
    pub defect_found: Option<String>,
}

impl std::fmt::Debug for Ticket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ticket")
            .field("reference", &self.reference)
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

/// A sector with its subjects, as offered to a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketSector {
    /// The vendor's id.
    pub id: VendorId,
    /// Name.
    pub name: String,
    /// Subjects, in the order to be shown.
    pub subjects: Vec<TicketSubject>,
}

/// A subject of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketSubject {
    /// The vendor's id.
    pub id: VendorId,
    /// Name.
    pub name: String,
    /// Whether a contract must be named.
    pub contract_required: bool,
}

/// What is needed to open a ticket.
#[derive(Clone)]
pub struct NewTicket {
    /// Who opens it.
    pub customer: CustomerRef,
    /// The contract it is about.
    pub contract: Option<ContractRef>,
    /// Login (connection) it is about, where the vendor wants one.
    pub login: Option<VendorId>,
    /// Sector: an id from the topics, or a name (Comercial, Financeiro, Técnico).
    pub sector: String,
    /// Subject: an id or a name from the topics.
    pub subject: Option<String>,
    /// What the customer reports.
    pub text: String,
    /// Notices wanted.
    pub notices: TicketNotices,
    /// A short mark, unique to this intent, that the vendor's ticket text carries so that a read-back can
    /// find the ticket after an unknown outcome.
    pub mark: String,
}

impl std::fmt::Debug for NewTicket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewTicket").field("customer", &self.customer).field("mark", &self.mark).finish_non_exhaustive()
    }
}

/// A rating of a ticket.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketRating {
    /// 1 (bad) to 5 (good).
    pub stars: u8,
    /// Comment; needed unless 5.
    pub comment: Option<String>,
}
