//! What a ticket may be about: the tenant's sectors and the ERP's types of ticket.
//!
//! The API names no sectors: the ERP's service matrix decides which team gets a ticket (dossier 4.i). So the sectors are
//! those of the tenant's settings. A type whose title begins with a sector's name belongs to it; where none does, all
//! types may be chosen.

use std::sync::Arc;

use ponte_domain::capability::Capability;
use ponte_domain::reference::VendorId;
use ponte_domain::ticket::{TicketSector, TicketSubject};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Method;
use serde::Deserialize;

use crate::call::Call;
use crate::memory::Key;
use crate::reading::flag::yes_no;
use crate::reading::prose::{cleaned, fold};
use crate::reading::text::Text;
use crate::synsuite::dialect::{Need, PAGE_ROWS, Route, all_pages};

const TYPES: Route = Route::of(Method::Get, "incidenttypespaged", Need::Required(Capability::TicketOpening));
const SHELF: Key = Key::whole("synsuite.incident_types");

/// A type of ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Type {
    /// The vendor's id.
    pub(super) id: String,
    /// Its title, the sector in front included.
    pub(super) title: String,
}

/// Sectors with their subjects.
pub(super) async fn offered(call: &Call<'_>) -> Result<Vec<TicketSector>, Failure> {
    let sectors = &call.tenant.settings.tickets.sectors;
    if sectors.is_empty() {
        return Err(no_taxonomy("settings.tickets.sectors"));
    }
    let types = types(call).await?;
    let sector = |name: &String| TicketSector {
        id: VendorId::from(name.as_str()),
        name: name.clone(),
        subjects: of_sector(&types, name).map(|one| published(one, name)).collect(),
    };
    Ok(sectors.keys().map(sector).collect())
}

/// The tenant has not said how its tickets are sorted, and the vendor's ids cannot be guessed.
pub(super) fn no_taxonomy(field: &'static str) -> Failure {
    Failure::new(
        FailureKind::TenantMisconfigured,
        "Tickets need the provider's own sectors with their service level (process), and types of ticket.",
    )
    .in_field(field)
}

/// The types that belong to a sector.
pub(super) fn of_sector<'t>(types: &'t [Type], sector: &str) -> impl Iterator<Item = &'t Type> {
    let sector = sector.to_owned();
    let any = types.iter().any(|one| short(&one.title, &sector).is_some());
    types.iter().filter(move |one| !any || short(&one.title, &sector).is_some())
}

/// The title without the sector in front, where it has it.
pub(super) fn name<'t>(title: &'t str, sector: &str) -> &'t str {
    short(title, sector).unwrap_or(title)
}

fn short<'t>(title: &'t str, sector: &str) -> Option<&'t str> {
    let (front, back) = title.split_once(" - ")?;
    (fold(front.trim()) == fold(sector.trim())).then_some(back.trim())
}

fn published(one: &Type, sector: &str) -> TicketSubject {
    TicketSubject {
        id: VendorId::from(one.id.as_str()),
        name: name(&one.title, sector).to_owned(),
        contract_required: false,
    }
}

/// All types of ticket, kept for a while: they change when the provider changes them.
pub(super) async fn types(call: &Call<'_>) -> Result<Arc<Vec<Type>>, Failure> {
    let load = async {
        let make = |route: Route, page: u32| {
            route
                .read()
                .query("Page", page.to_string())
                .query("PageSize", PAGE_ROWS.to_string())
                .query("Filter", "")
                .query("OrderBy", "")
                .query("incident", "true")
        };
        let read = all_pages(
            call,
            TYPES,
            make,
            |(one, _): &(Type, bool)| &one.id,
            |answer| answer.rows::<Row<'_>>()?.into_iter().map(Row::read).collect(),
        );
        let found = read.await?;
        Ok(found.into_iter().filter(|(_, offered)| *offered).map(|(one, _)| one).collect::<Vec<Type>>())
    };
    call.memory.load_once(SHELF, call.memory.catalogue_for(), call.now, load).await
}

/// The columns are assumed: no source shows them (dossier 4.i).
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    id: Text<'a>,
    title: Text<'a>,
    description: Text<'a>,
    active: Text<'a>,
}

impl Row<'_> {
    /// The type, and whether it may be chosen.
    fn read(self) -> Result<(Type, bool), Failure> {
        let id = self.id.key().ok_or_else(|| Failure::broken("The ERP sent a type of ticket without its id."))?;
        let title = cleaned(self.title.as_str()).or_else(|| cleaned(self.description.as_str()));
        let offered = title.is_some() && yes_no(self.active.as_str()) != Some(false);
        Ok((Type { id: id.to_owned(), title: title.unwrap_or_default() }, offered))
    }
}

#[cfg(test)]
mod tests {
    use super::{Type, name, of_sector};

    fn types(titles: &[&str]) -> Vec<Type> {
        titles.iter().zip(1..).map(|(title, id)| Type { id: id.to_string(), title: (*title).to_owned() }).collect()
    }

    #[test]
    fn types_belong_to_the_sector_in_front_of_their_title() {
        let all = types(&["Técnico - Sem conexão", "Financeiro - Segunda via", "Mudança de endereço"]);
        let of = |sector: &str| of_sector(&all, sector).map(|one| name(&one.title, sector)).collect::<Vec<_>>();
        assert_eq!(of("tecnico"), ["Sem conexão"]);
        assert_eq!(of("Financeiro"), ["Segunda via"]);
        assert_eq!(of("Comercial").len(), 3, "where no title names it, any type may be chosen");
    }
}
