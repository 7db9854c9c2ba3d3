//! Departments and types of tickets. Codes are each provider's own, and no type belongs to a department.

use std::sync::Arc;

use ponte_domain::capability::Capability;
use ponte_domain::reference::VendorId;
use ponte_domain::ticket::{TicketSector, TicketSubject};
use ponte_domain::{Failure, FailureKind};
use serde::Deserialize;

use crate::call::Call;
use crate::memory::Key;
use crate::reading::prose::{clean, fold};
use crate::reading::text::Text;
use crate::sgp::dialect::{Need, Request, look};
use crate::sgp::values::{first, flag, given};

const CAPABILITY: Capability = Capability::TicketOpening;

/// A department or type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its code.
    pub(super) code: String,
    /// Its name.
    pub(super) name: String,
}

/// What tickets can be about.
pub(super) struct Topics {
    departments: Vec<Entry>,
    types: Arc<Vec<Entry>>,
}

/// Sectors, each with all types.
pub(super) async fn offered(call: &Call<'_>) -> Result<Vec<TicketSector>, Failure> {
    let topics = Topics::load(call).await?;
    let subjects: Vec<TicketSubject> = topics.types.iter().map(subject).collect();
    let sector = |entry: &Entry| TicketSector {
        id: VendorId::from(entry.code.as_str()),
        name: entry.name.clone(),
        subjects: subjects.clone(),
    };
    Ok(topics.departments.iter().map(sector).collect())
}

/// Every ticket is a contract's (`contrato` is required).
fn subject(entry: &Entry) -> TicketSubject {
    TicketSubject { id: VendorId::from(entry.code.as_str()), name: entry.name.clone(), contract_required: true }
}

impl Topics {
    /// Both lists, as far as this installation shows them.
    pub(super) async fn load(call: &Call<'_>) -> Result<Self, Failure> {
        let (departments, types) = tokio::join!(departments(call), types(call));
        let departments = match departments {
            Ok(departments) => departments.to_vec(),
            Err(failure) if is_missing(&failure) => of_settings(call),
            Err(failure) => return Err(failure),
        };
        if departments.is_empty() {
            return Err(Failure::new(
                FailureKind::NotSupported(CAPABILITY),
                "This installation does not list its departments: name them with their codes in the tenant's ticket settings.",
            ));
        }
        let types = match types {
            Err(failure) if is_missing(&failure) => Arc::default(),
            types => types?,
        };
        Ok(Self { departments, types })
    }

    /// A department by its code or name, accents and case aside.
    pub(super) fn department(&self, wanted: &str) -> Option<&Entry> {
        by_code_or_name(&self.departments, wanted)
    }

    /// A type by its code or name.
    pub(super) fn subject(&self, wanted: &str) -> Option<&Entry> {
        by_code_or_name(&self.types, wanted)
    }

    /// Lists of this content.
    #[cfg(test)]
    pub(super) fn of(departments: Vec<Entry>, types: Vec<Entry>) -> Self {
        Self { departments, types: Arc::new(types) }
    }
}

fn by_code_or_name<'e>(entries: &'e [Entry], wanted: &str) -> Option<&'e Entry> {
    let wanted = wanted.trim();
    let by_code = entries.iter().find(|entry| entry.code == wanted);
    by_code.or_else(|| entries.iter().find(|entry| fold(&entry.name) == fold(wanted)))
}

fn is_missing(failure: &Failure) -> bool {
    matches!(failure.kind(), FailureKind::NotSupported(_) | FailureKind::NotFound(_))
}

/// The sectors that the tenant's own settings give a code.
fn of_settings(call: &Call<'_>) -> Vec<Entry> {
    let sectors = call.tenant.settings.tickets.sectors.iter();
    let coded = sectors.filter_map(|(name, route)| Some((name, route.sector_id.as_ref()?)));
    coded.map(|(name, code)| Entry { code: code.clone(), name: name.clone() }).collect()
}

/// Whether tickets can be opened without the installation's own list of departments.
pub(in crate::sgp) fn has_coded_sectors(call: &Call<'_>) -> bool {
    !of_settings(call).is_empty()
}

async fn departments(call: &Call<'_>) -> Result<Arc<Vec<Entry>>, Failure> {
    let request = Request::query("setor.list", "/api/os/ocorrencia/setor/list/");
    kept(call, "sgp.departments", entries(call, request)).await
}

/// By the work orders' family, else by the subscribers', which some tokens are allowed alone.
async fn types(call: &Call<'_>) -> Result<Arc<Vec<Entry>>, Failure> {
    let load = async {
        match entries(call, Request::query("tipo.list", "/api/os/ocorrencia/tipo/list/")).await {
            Err(failure) if is_missing(&failure) => {
                entries(call, Request::form("tipoocorrencia.list", "/api/central/tipoocorrencia/list/")).await
            }
            other => other,
        }
    };
    kept(call, "sgp.ticket_types", load).await
}

async fn kept(
    call: &Call<'_>,
    shelf: &'static str,
    load: impl Future<Output = Result<Vec<Entry>, Failure>> + Send,
) -> Result<Arc<Vec<Entry>>, Failure> {
    // On the heap: two lists are loaded at once, one of them perhaps by two routes.
    call.memory.load_once(Key::whole(shelf), call.memory.catalogue_for(), call.now, Box::pin(load)).await
}

async fn entries(call: &Call<'_>, request: Request) -> Result<Vec<Entry>, Failure> {
    let rows = look(call, Need::Optional(CAPABILITY), request, |answer| answer.list(|row: Row<'_>| Ok(row.read())));
    Ok(rows.await?.into_iter().flatten().collect())
}

/// The key of the code differs between lists.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    codigo: Text<'a>,
    id: Text<'a>,
    descricao: Text<'a>,
    ativo: Text<'a>,
}

impl Row<'_> {
    /// None where it is switched off, or has no code or name to choose it by.
    pub(super) fn read(&self) -> Option<Entry> {
        let code = first(&[&self.codigo, &self.id])?;
        let name = clean(given(&self.descricao)?);
        let offered = flag(&self.ativo) != Some(false) && !name.is_empty();
        offered.then(|| Entry { code: code.to_owned(), name })
    }
}
