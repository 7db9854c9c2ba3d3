//! Tickets: topics, list, open, rate.

use actix_web::web::ServiceConfig;
use ponte_api::tickets::{RatingDone, RatingRequest, Ticket, TicketList, TicketRequest, TicketTopics};
use ponte_domain::Failure;
use ponte_domain::reference::{ContractRef, CustomerRef, TicketRef};
use ponte_domain::ticket::{TicketFilter, TicketRating};
use ponte_operations::tickets::TicketForm;
use serde::Deserialize;

use super::forms;
use crate::answer::{self, JSON, acted, served};
use crate::entry::{Answer, Entry, Intended, Tickets};
use crate::handles::{HandleMaker, LoginRef};
use crate::http::Place;
use crate::openapi::files::CsvFile;
use crate::openapi::{params, problems};
use crate::present::{self, Scene};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(Place::at("/v1/tenants/{tenant}/customers/{customer}/tickets").get(tickets).post(open))
        .service(Place::at("/v1/tenants/{tenant}/ticket-topics").get(topics))
        .service(Place::at("/v1/tenants/{tenant}/tickets/{ticket}/rating").post(rate))
        .service(Place::at("/v1/tenants/{tenant}/ratings/export.csv").giving("text/csv").get(export_ratings));
}

/// Which tickets.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TicketQuery {
    #[serde(default = "not_closed")]
    status: TicketFilter,
}

const fn not_closed() -> TicketFilter {
    TicketFilter::Open
}

/// List a customer's tickets
///
/// Lists the tickets, newest first, each with its rating if it has one; by default those still open.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/customers/{customer}/tickets",
    operation_id = "listTickets",
    tag = "Tickets",
    params(params::Tenant, params::Customer, params::TicketStatus),
    responses((status = 200, description = "The tickets.", body = TicketList), problems::Read)
)]
pub(crate) async fn tickets(entry: Entry<Tickets, CustomerRef, TicketQuery>) -> Answer {
    let (scene, filter) = (Scene::of(&entry), entry.query.status);
    let present = move |tickets: &Vec<_>| present::tickets::tickets(&scene, tickets);
    Ok(served(entry.house.operations.tickets(&entry.visit, &entry.target, filter, present).await?, JSON))
}

/// List what a ticket may be about
///
/// Lists the sectors and subjects that a customer may choose from.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/ticket-topics",
    operation_id = "listTicketTopics",
    tag = "Tickets",
    params(params::Tenant),
    responses((status = 200, description = "Sectors and subjects.", body = TicketTopics), problems::Read)
)]
pub(crate) async fn topics(entry: Entry<Tickets>) -> Answer {
    let present = |topics: &Vec<_>| present::tickets::topics(topics);
    Ok(served(entry.house.operations.ticket_topics(&entry.visit, present).await?, JSON))
}

/// Open a ticket
///
/// Opens a ticket for a customer, once, and answers with its protocol. With several active connections one must be
/// chosen; with one it is implied.
#[utoipa::path(
    post,
    path = "/v1/tenants/{tenant}/customers/{customer}/tickets",
    operation_id = "openTicket",
    tag = "Tickets",
    params(params::Tenant, params::Customer, params::IdempotencyKey),
    request_body(content = TicketRequest, description = "What the customer reports."),
    responses(
        (status = 201, description = "Opened.", body = Ticket),
        problems::Act,
    )
)]
pub(crate) async fn open(entry: Entry<Tickets, CustomerRef>, act: Intended<TicketRequest>) -> Answer {
    let (form, scene) = (form(act.body, &entry.target, &entry.handles())?, Scene::of(&entry));
    let present = move |outcome: Result<&_, &_>| present::tickets::opened(&scene, outcome);
    Ok(acted(
        entry
            .house
            .operations
            .open_ticket(&entry.visit, &entry.target, form, &act.intent, present)
            .await
            .map_err(forms::in_body)?,
    ))
}

/// Rate a ticket
///
/// Keeps the customer's rating of a ticket, once: 1 to 5 stars, with a comment unless it is 5.
#[utoipa::path(
    post,
    path = "/v1/tenants/{tenant}/tickets/{ticket}/rating",
    operation_id = "rateTicket",
    tag = "Tickets",
    params(params::Tenant, params::Ticket, params::IdempotencyKey),
    request_body(content = RatingRequest, description = "The rating."),
    responses(
        (status = 200, description = "Kept.", body = RatingDone),
        problems::Act,
    )
)]
pub(crate) async fn rate(entry: Entry<Tickets, TicketRef>, act: Intended<RatingRequest>) -> Answer {
    let (rating, scene) = (rating(act.body)?, Scene::of(&entry));
    let present = move |outcome: Result<&_, &_>| present::tickets::rated(&scene, outcome);
    Ok(acted(
        entry
            .house
            .operations
            .rate_ticket(&entry.visit, &entry.target, rating, &act.intent, present)
            .await
            .map_err(forms::in_body)?,
    ))
}

/// Export the ratings
///
/// Gives all ratings that customers gave to tickets here as a table for spreadsheets, oldest first: also, and above
/// all, where the ERP has no place for ratings. Ratings of an erased contact keep their stars alone.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/ratings/export.csv",
    operation_id = "exportRatings",
    tag = "Tickets",
    params(params::Tenant),
    responses((status = 200, description = "The table.", body = CsvFile, content_type = "text/csv"), problems::Own)
)]
pub(crate) async fn export_ratings(entry: Entry<Tickets>) -> Answer {
    let handles = entry.handles();
    let ids = |ticket: &TicketRef| [handles.ticket(ticket), handles.customer(&ticket.customer)];
    Ok(answer::table(entry.house.operations.ratings_csv(&entry.visit, ids).await?, "ratings.csv"))
}

fn form(request: TicketRequest, customer: &CustomerRef, handles: &HandleMaker<'_>) -> Result<TicketForm, Failure> {
    let mut contract = None;
    if let Some(id) = &request.contract_id {
        contract = Some(forms::handle::<ContractRef>(handles, &id.0, "/contract_id")?);
    }
    let mut login = None;
    if let Some(id) = &request.login_id {
        let chosen: LoginRef = forms::handle(handles, &id.0, "/login_id")?;
        // A connection names its contract: the two must not disagree.
        if *contract.get_or_insert(chosen.contract.clone()) != chosen.contract {
            return Err(Failure::invalid("/login_id", "This connection does not belong to that contract."));
        }
        login = Some(chosen.id);
    }
    if contract.as_ref().is_some_and(|contract| contract.customer != *customer) {
        return Err(Failure::invalid("/contract_id", "This contract does not belong to that customer."));
    }
    Ok(TicketForm {
        contract,
        login,
        sector: forms::text(&request.sector, 1, 120, "/sector")?,
        subject: request.subject.map(|subject| forms::text(&subject, 1, 300, "/subject")).transpose()?,
        text: forms::text(&request.text, 1, 4_000, "/text")?,
        notices: request.notices,
    })
}

fn rating(request: RatingRequest) -> Result<TicketRating, Failure> {
    if !(1..=5).contains(&request.stars) {
        return Err(Failure::invalid("/stars", "A rating has 1 to 5 stars."));
    }
    let comment = request.comment.map(|comment| forms::text(&comment, 1, 2000, "/comment")).transpose()?;
    if comment.is_none() && request.stars < 5 {
        return Err(Failure::invalid("/comment", "Less than 5 stars need a comment."));
    }
    Ok(TicketRating { stars: request.stars, comment })
}
