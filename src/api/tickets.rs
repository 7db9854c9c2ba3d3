//! Tickets: topics, list, opening, rating.

use ponte_domain::ticket::{TicketNotices, TicketStatus};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::words::{ContractId, CustomerId, Instant, LoginId, TicketId};

/// Tickets of a customer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TicketList {
    /// The tickets, newest first.
    #[schema(max_items = 10_000)]
    pub tickets: Vec<Ticket>,
}

/// One ticket.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ticket {
    /// Opaque id.
    pub id: TicketId,
    /// Who opened it.
    pub customer_id: CustomerId,
    /// The contract it is about.
    #[schema(required)]
    pub contract_id: Option<ContractId>,
    /// Protocol number told to the customer.
    #[schema(required, max_length = 120, examples("20261120000017"))]
    pub protocol: Option<String>,
    /// When opened.
    #[schema(required)]
    pub opened_at: Option<Instant>,
    /// When closed.
    #[schema(required)]
    pub closed_at: Option<Instant>,
    /// When a visit is scheduled.
    #[schema(required)]
    pub scheduled_for: Option<Instant>,
    /// State.
    pub status: TicketStatus,
    /// The vendor's own word for the state.
    #[schema(required, max_length = 120)]
    pub vendor_status: Option<String>,
    /// Sector or department.
    #[schema(required, max_length = 120, examples("Técnico"))]
    pub sector: Option<String>,
    /// Subject.
    #[schema(required, max_length = 300, examples("Sem conexão"))]
    pub subject: Option<String>,
    /// What the customer reported (reclamação).
    #[schema(required, max_length = 8_000, examples("Internet caindo à noite."))]
    pub complaint: Option<String>,
    /// What was found (defeito constatado).
    #[schema(required, max_length = 8_000, examples("Conector oxidado"))]
    pub defect_found: Option<String>,
    /// The customer's rating.
    #[schema(required)]
    pub rating: Option<Rating>,
    /// Notices that the customer wants about it, as chosen when it was opened here; null where it was opened elsewhere.
    /// Sending them is the platform's part.
    #[schema(required)]
    pub notices: Option<TicketNotices>,
}

/// A rating of a ticket.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rating {
    /// 1 (bad) to 5 (good).
    #[schema(minimum = 1, maximum = 5, examples(5))]
    pub stars: u8,
    /// Comment.
    #[schema(required, max_length = 2000)]
    pub comment: Option<String>,
}

/// What a ticket may be about.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TicketTopics {
    /// Sectors with their subjects, in the order to be shown.
    #[schema(max_items = 10_000)]
    pub sectors: Vec<Sector>,
}

/// A sector with its subjects.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sector {
    /// The sector's id in the tenant's catalogue, for opening a ticket.
    #[schema(min_length = 1, max_length = 120, examples("3"))]
    pub id: String,
    /// Name.
    #[schema(max_length = 120, examples("Técnico"))]
    pub name: String,
    /// Subjects.
    #[schema(max_items = 10_000)]
    pub subjects: Vec<TopicSubject>,
}

/// A subject.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TopicSubject {
    /// The subject's id in the tenant's catalogue, for opening a ticket.
    #[schema(min_length = 1, max_length = 120, examples("31"))]
    pub id: String,
    /// Name.
    #[schema(max_length = 300, examples("Sem conexão"))]
    pub name: String,
    /// Whether a contract must be named.
    pub contract_required: bool,
}

/// A ticket to be opened.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TicketRequest {
    /// Sector: an id of the ticket topics, or a name (Comercial, Financeiro, Técnico).
    #[schema(
        min_length = 1,
        max_length = 120,
        pattern = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$",
        examples("Técnico")
    )]
    pub sector: String,
    /// Subject: an id of the ticket topics, or a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 300,
        pattern = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$",
        examples("Sem conexão")
    )]
    pub subject: Option<String>,
    /// What the customer reports.
    #[schema(
        min_length = 1,
        max_length = 4_000,
        pattern = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$",
        examples("Estou sem internet desde ontem à noite.")
    )]
    pub text: String,
    /// The contract it is about. With several active connections one must be chosen, with one it is implied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub contract_id: Option<ContractId>,
    /// The connection it is about, where the contract has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub login_id: Option<LoginId>,
    /// Notices that the customer wants. They are kept and shown with the ticket; sending them is the platform's part.
    #[serde(default = "no_notices")]
    #[schema(default = "none")]
    pub notices: TicketNotices,
}

const fn no_notices() -> TicketNotices {
    TicketNotices::None
}

/// A rating to be given: 5 stars, or 1 to 4 with a comment.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingRequest {
    /// 1 (bad) to 5 (good).
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 5, examples(5))]
    pub stars: u8,
    /// Comment in the customer's own words; needed unless it is 5 stars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        min_length = 1,
        max_length = 2000,
        pattern = "^[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*[^\\s\\x00-\\x1f\\x7f-\\x9f][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$",
        examples("Demorou, mas resolveu.")
    )]
    pub comment: Option<String>,
}

/// A whole number, however it is written: to JSON Schema `2.0` is an integer too.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let number = f64::deserialize(deserializer)?;
    let whole = (0.0..=255.0).contains(&number) && number.fract() == 0.0;
    // In range and whole, as was just seen, so nothing is cut off.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    if whole { Ok(number as u8) } else { Err(Error::custom("expected a whole number")) }
}

/// The rating as kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RatingDone {
    /// The ticket.
    pub ticket_id: TicketId,
    /// 1 (bad) to 5 (good).
    #[schema(minimum = 1, maximum = 5, examples(5))]
    pub stars: u8,
    /// Comment.
    #[schema(required, max_length = 2000)]
    pub comment: Option<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::RatingRequest;

    #[test]
    fn stars_are_a_whole_number_however_it_is_written() {
        for (body, stars) in [(r#"{"stars":5}"#, 5), (r#"{"stars":2.0}"#, 2), (r#"{"stars":1e0}"#, 1)] {
            assert_eq!(serde_json::from_str::<RatingRequest>(body).unwrap().stars, stars);
        }
        for body in
            [r#"{"stars":2.5}"#, r#"{"stars":"5"}"#, r#"{"stars":-1}"#, r#"{"stars":256}"#, r#"{"stars":null}"#, "{}"]
        {
            assert!(serde_json::from_str::<RatingRequest>(body).is_err(), "{body}");
        }
    }
}
