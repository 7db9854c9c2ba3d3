//! Opening a ticket with its taxonomy, all of whose ids are the provider's own (dossier 4.i).

use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::known::Known;
use ponte_domain::tenant::{TicketRoute, TicketRules};
use ponte_domain::ticket::{NewTicket, Ticket, TicketStatus};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Method;
use serde::{Deserialize, Serialize};

use super::topics::{self, Type, no_taxonomy};
use crate::call::Call;
use crate::mark::marked;
use crate::reading::prose::{cleaned, fold};
use crate::reading::text::Text;
use crate::synsuite::contracts::of_contracts;
use crate::synsuite::dialect::{Need, PAGE_ROWS, Route, Said, all_pages, ask};
use crate::synsuite::reference::{Owner, number};
use crate::synsuite::settings;

const CAPABILITY: Capability = Capability::TicketOpening;
const OPEN: Route = Route::of(Method::Post, "opendetailedsolicitation", Need::Required(CAPABILITY));
const TAGS: Route = Route::of(Method::Get, "contractservicetagspaged", Need::Optional(CAPABILITY));
/// Id of the status "Abertura".
const OPENED: u64 = 1;
const EXTERNAL_MATRIX: u8 = 1;
const INTERNAL_MATRIX: u8 = 2;

/// Opens a ticket. The vendor has no notices of its own per ticket, so `notices` is the gateway's affair.
pub(super) async fn open(call: &Call<'_>, ticket: &NewTicket) -> Result<Ticket, Failure> {
    let taxonomy = Taxonomy::of(call, ticket)?;
    let types = topics::types(call).await?;
    let kind = taxonomy.kind(&types, ticket)?;
    let tag = service_tag(call, ticket).await?;
    let text = marked(&ticket.text, &ticket.mark);
    let name = topics::name(&kind.title, taxonomy.sector);
    let insert = Insert::of(&taxonomy, ticket, kind, tag, &text, name)?;
    let opened = ask(
        call,
        OPEN,
        |route| route.act().json(&insert),
        |answer| match answer.said::<Opened<'_>>()? {
            // A success without a protocol is none (dossier 4.i): whether the ticket is there is found out by its mark.
            Said::Is(opened) => opened.read().map(Ok),
            Said::Denied(denial) => Ok(Err(denial)),
            Said::Nothing(_) => Err(Failure::broken("The ERP does not tell the protocol of the ticket.")),
        },
    );
    let (id, protocol) = match opened.await? {
        Ok(opened) => opened,
        Err(denial) => return Err(denial.refused(Refusal::TicketRefused, "The ERP refuses the ticket.")),
    };
    Ok(Ticket {
        reference: ticket.customer.ticket(id),
        contract: ticket.contract.as_ref().map(|contract| contract.id.clone()),
        protocol: Some(protocol),
        opened_at: Some(call.now),
        closed_at: None,
        scheduled_for: None,
        status: Known::without_word(TicketStatus::Open),
        sector: Some(taxonomy.sector.to_owned()),
        subject: Some(name.to_owned()),
        complaint: cleaned(&ticket.text),
        defect_found: None,
    })
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Opened<'a> {
    assignment_id: Text<'a>,
    protocol: Text<'a>,
}

impl Opened<'_> {
    fn read(self) -> Result<(String, String), Failure> {
        match (self.assignment_id.key(), self.protocol.key()) {
            (Some(id), Some(protocol)) => Ok((id.to_owned(), protocol.to_owned())),
            _ => Err(Failure::broken("The ERP took the ticket without telling its protocol and id.")),
        }
    }
}

/// Where a ticket goes, out of the tenant's settings: checked before anything is asked.
struct Taxonomy<'t> {
    sector: &'t str,
    route: &'t TicketRoute,
    service_level: u64,
    service: u64,
    place: Option<u64>,
}

impl<'t> Taxonomy<'t> {
    /// The route of the sector that was asked for. The vendor's people have no group, so there is none to come first.
    fn of(call: &Call<'t>, ticket: &NewTicket) -> Result<Self, Failure> {
        let rules = &call.tenant.settings.tickets;
        if rules.sectors.is_empty() {
            return Err(no_taxonomy("settings.tickets.sectors"));
        }
        let (sector, route) = sector(rules, &ticket.sector)
            .ok_or_else(|| Failure::invalid("sector", "The provider has no such sector for tickets."))?;
        let level = route.process.as_deref().or(settings::service_level(call.tenant));
        let service = route.classification.as_deref().or(settings::catalogue_service(call.tenant));
        Ok(Self {
            sector,
            route,
            service_level: id_of(level.ok_or_else(|| no_taxonomy("settings.tickets.sectors"))?)?,
            service: service.map_or(Ok(0), id_of)?,
            place: settings::company_place(call.tenant).map(id_of).transpose()?,
        })
    }

    /// The type that was asked for by id or name, else the route's, else the sector's only one.
    fn kind<'k>(&self, types: &'k [Type], ticket: &NewTicket) -> Result<&'k Type, Failure> {
        let mut of_sector = topics::of_sector(types, self.sector);
        if let Some(wanted) = &ticket.subject {
            let unknown = || Failure::invalid("subject", "The ERP has no such type of ticket for this sector.");
            let folded = fold(wanted.trim());
            let is = |one: &&Type| {
                one.id == wanted.trim()
                    || fold(topics::name(&one.title, self.sector)) == folded
                    || fold(&one.title) == folded
            };
            return of_sector.find(is).ok_or_else(unknown);
        }
        if let Some(id) = self.route.subject_id.as_deref() {
            return types.iter().find(|one| one.id == id).ok_or_else(|| {
                Failure::new(
                    FailureKind::TenantMisconfigured,
                    "The tenant's ticket settings name a type of ticket that the ERP does not have.",
                )
                .in_field("settings.tickets.sectors")
            });
        }
        match (of_sector.next(), of_sector.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(Failure::invalid("subject", "One of the sector's subjects must be chosen.")),
        }
    }
}

fn sector<'r>(rules: &'r TicketRules, wanted: &str) -> Option<(&'r str, &'r TicketRoute)> {
    let found = rules.sectors.iter().find(|(name, _)| fold(name) == fold(wanted.trim()));
    found.map(|(name, route)| (name.as_str(), route))
}

fn id_of(text: &str) -> Result<u64, Failure> {
    text.trim().parse().map_err(|_| {
        Failure::new(FailureKind::TenantMisconfigured, "An id of the tenant's ticket settings is not a number.")
            .in_field("settings.tickets.sectors")
    })
}

/// The id of the service tag of the connection that the ticket is about; 0, the vendor's "none", where it has none or
/// the integrator may not see it.
async fn service_tag(call: &Call<'_>, ticket: &NewTicket) -> Result<u64, Failure> {
    let (Some(contract), Some(login)) = (&ticket.contract, &ticket.login) else { return Ok(0) };
    let wanted = [contract.id.as_str()];
    let connections = of_contracts(call, Need::Optional(CAPABILITY), &ticket.customer, &wanted).await?;
    let own = connections.into_iter().find(|one| one.id == login.as_str());
    let Some(tag) = own.and_then(|one| one.tag) else { return Ok(0) };
    match tags(call, ticket).await {
        Ok(tags) => {
            Ok(tags.into_iter().find(|(_, name)| *name == tag).and_then(|(id, _)| id.parse().ok()).unwrap_or(0))
        }
        Err(failure) if matches!(failure.kind(), FailureKind::NotSupported(_) | FailureKind::AccessBlocked) => Ok(0),
        Err(failure) => Err(failure),
    }
}

/// Ids and names of a customer's service tags.
async fn tags(call: &Call<'_>, ticket: &NewTicket) -> Result<Vec<(String, String)>, Failure> {
    #[derive(Deserialize, Default)]
    #[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
    struct Tag<'a> {
        id: Text<'a>,
        service_tag: Text<'a>,
    }
    let document = Owner::of(&ticket.customer)?.document;
    all_pages(
        call,
        TAGS,
        |route, page| {
            route
                .read()
                .query("txId", document)
                .query("Page", page.to_string())
                .query("PageSize", PAGE_ROWS.to_string())
        },
        |(id, _): &(String, String)| id,
        |answer| Ok(answer.rows::<Tag<'_>>()?.iter().map(|tag| (tag.id.word(), tag.service_tag.word())).collect()),
    )
    .await
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Insert<'a> {
    incident_status_id: u64,
    person_id: u64,
    client_id: u64,
    incident_type_id: u64,
    contract_service_tag_id: u64,
    catalog_service_id: u64,
    service_level_agreement_id: u64,
    catalog_service_item_id: u64,
    catalog_service_item_class_id: u64,
    matrix_type: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    team_code: Option<&'a str>,
    assignment: Assignment<'a>,
    contract_service_tag_category: &'static str,
    #[serde(rename = "solicitationServiceCategory1")]
    category1: &'static str,
    #[serde(rename = "solicitationServiceCategory2")]
    category2: &'static str,
    #[serde(rename = "solicitationServiceCategory3")]
    category3: &'static str,
    #[serde(rename = "solicitationServiceCategory4")]
    category4: &'static str,
    #[serde(rename = "solicitationServiceCategory5")]
    category5: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Assignment<'a> {
    title: &'a str,
    description: &'a str,
    priority: u8,
    /// Empty: the ERP sets its own.
    beginning_date: &'static str,
    final_date: &'static str,
    report: Report<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_place_id: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    beginning_date: &'static str,
    final_date: &'static str,
    description: &'a str,
}

impl<'a> Insert<'a> {
    fn of(
        taxonomy: &'a Taxonomy<'_>,
        ticket: &NewTicket,
        kind: &Type,
        tag: u64,
        text: &'a str,
        title: &'a str,
    ) -> Result<Self, Failure> {
        let person = number(Owner::of(&ticket.customer)?.person, Subject::Customer)?;
        let team_code = taxonomy.route.sector_id.as_deref();
        Ok(Self {
            incident_status_id: OPENED,
            person_id: person,
            client_id: person,
            incident_type_id: id_of(&kind.id)?,
            contract_service_tag_id: tag,
            catalog_service_id: taxonomy.service,
            service_level_agreement_id: taxonomy.service_level,
            catalog_service_item_id: 0,
            catalog_service_item_class_id: 0,
            // The external matrix finds the team by itself; a named team wants the internal one.
            matrix_type: if team_code.is_some() { INTERNAL_MATRIX } else { EXTERNAL_MATRIX },
            team_code,
            assignment: Assignment {
                title,
                description: text,
                priority: 0,
                beginning_date: "",
                final_date: "",
                report: Report { beginning_date: "", final_date: "", description: text },
                company_place_id: taxonomy.place,
            },
            contract_service_tag_category: "",
            category1: "",
            category2: "",
            category3: "",
            category4: "",
            category5: "",
        })
    }
}

#[cfg(test)]
mod tests;
