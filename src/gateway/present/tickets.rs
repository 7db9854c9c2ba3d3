//! Tickets and what they may be about.

use bytes::Bytes;
use ponte_api::tickets as words;
use ponte_api::words::{ContractId, CustomerId, TicketId};
use ponte_domain::Failure;
use ponte_domain::ticket::{TicketRating, TicketSector};
use ponte_operations::Rendered;
use ponte_operations::tickets::{TicketOnFile, TicketRated};

use super::words::{line, list, short, text};
use super::{Scene, bytes};

/// Tickets of a customer.
pub(crate) fn tickets(scene: &Scene, tickets: &[TicketOnFile]) -> Bytes {
    bytes(&words::TicketList { tickets: list(tickets, |filed| ticket_words(scene, filed)) })
}

/// Sectors and subjects.
pub(crate) fn topics(sectors: &[TicketSector]) -> Bytes {
    bytes(&words::TicketTopics {
        sectors: list(sectors, |sector| words::Sector {
            id: short(Some(sector.id.as_str())).unwrap_or_default(),
            name: short(Some(&sector.name)).unwrap_or_default(),
            subjects: list(&sector.subjects, |subject| words::TopicSubject {
                id: short(Some(subject.id.as_str())).unwrap_or_default(),
                name: line(Some(&subject.name)).unwrap_or_default(),
                contract_required: subject.contract_required,
            }),
        }),
    })
}

/// The ticket that was opened.
pub(crate) fn opened(scene: &Scene, outcome: Result<&TicketOnFile, &Failure>) -> Rendered {
    scene.acted(outcome, 201, |filed| ticket_words(scene, filed))
}

/// The rating as kept.
pub(crate) fn rated(scene: &Scene, outcome: Result<&TicketRated, &Failure>) -> Rendered {
    scene.acted(outcome, 200, |rated| words::RatingDone {
        ticket_id: TicketId(scene.handles().ticket(&rated.ticket)),
        stars: rated.rating.stars.clamp(1, 5),
        comment: rated.rating.comment.clone(),
    })
}

fn ticket_words(scene: &Scene, filed: &TicketOnFile) -> words::Ticket {
    let ticket = &filed.ticket;
    let owner = &ticket.reference.customer;
    words::Ticket {
        id: TicketId(scene.handles().ticket(&ticket.reference)),
        customer_id: CustomerId(scene.handles().customer(owner)),
        contract_id: ticket.contract.clone().map(|id| ContractId(scene.handles().contract(&owner.contract(id)))),
        protocol: short(ticket.protocol.as_deref()),
        opened_at: ticket.opened_at.map(|at| scene.instant(at)),
        closed_at: ticket.closed_at.map(|at| scene.instant(at)),
        scheduled_for: ticket.scheduled_for.map(|at| scene.instant(at)),
        status: ticket.status.value,
        vendor_status: short(ticket.status.vendor_word.as_deref()),
        sector: short(ticket.sector.as_deref()),
        subject: line(ticket.subject.as_deref()),
        complaint: text(ticket.complaint.as_deref()),
        defect_found: text(ticket.defect_found.as_deref()),
        rating: filed.rating.as_ref().map(rating_words),
        notices: filed.notices,
    }
}

fn rating_words(rating: &TicketRating) -> words::Rating {
    words::Rating { stars: rating.stars.clamp(1, 5), comment: rating.comment.clone() }
}
