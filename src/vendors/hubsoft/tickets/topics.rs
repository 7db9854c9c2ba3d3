//! What a ticket may be about: the vendor's types (`tipo_atendimento`). They belong to no department, so the sectors that
//! a customer chooses from are the tenant's own grouping, or one for all (dossier 4.i, mapping).

use std::sync::Arc;

use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::reference::VendorId;
use ponte_domain::ticket::{TicketSector, TicketSubject};
use serde::Deserialize;

use crate::call::Call;
use crate::hubsoft::dialect::{Need, look, send};
use crate::hubsoft::settings;
use crate::memory::Key;
use crate::reading::prose::{cleaned, fold};
use crate::reading::rows::Rows;
use crate::reading::text::Text;

pub(in crate::hubsoft) const ROUTE: &str = "configuracao/tipo_atendimento";
const CAPABILITY: Capability = Capability::TicketOpening;
/// The one sector of a tenant that has none of its own.
const ONLY_SECTOR: &str = "Atendimento";

/// The tenant's sectors, each with the numbers of its types in the order to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::hubsoft) struct SectorList(Vec<(String, Vec<String>)>);

impl SectorList {
    /// Reads `Comercial: 11, 12; Técnico: 15`; none where it is not of that form.
    pub(in crate::hubsoft) fn parse(text: &str) -> Option<Self> {
        let sectors = text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(|part| {
            let (name, numbers) = part.split_once(':')?;
            let name = name.trim();
            let numbers: Vec<String> = numbers.split(',').map(|number| number.trim().to_owned()).collect();
            let fits = !name.is_empty()
                && numbers.iter().all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()));
            fits.then(|| (name.to_owned(), numbers))
        });
        let sectors: Vec<(String, Vec<String>)> = sectors.collect::<Option<_>>()?;
        (!sectors.is_empty()).then_some(Self(sectors))
    }
}

/// A type of ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) id: String,
    pub(super) name: String,
}

/// The sectors with their types.
pub(super) struct Topics {
    sectors: Vec<(String, Vec<Kind>)>,
    /// The vendor's own list: a type need not be among those that a customer chooses from.
    kinds: Arc<Vec<Kind>>,
}

/// Sectors with their subjects, as published. A ticket hangs on a service, so each needs a contract.
pub(super) async fn offered(call: &Call<'_>) -> Result<Vec<TicketSector>, Failure> {
    let subject = |kind: Kind| TicketSubject { id: VendorId::from(kind.id), name: kind.name, contract_required: true };
    let topics = Topics::load(call).await?;
    Ok(topics
        .sectors
        .into_iter()
        .map(|(name, kinds)| TicketSector {
            id: VendorId::from(name.as_str()),
            name,
            subjects: kinds.into_iter().map(subject).collect(),
        })
        .collect())
}

impl Topics {
    /// The tenant's sectors over the vendor's types. A number that the vendor no longer has is left out.
    pub(super) async fn load(call: &Call<'_>) -> Result<Self, Failure> {
        let kinds = kinds(call).await?;
        let sectors = match settings::ticket_sectors(call.tenant) {
            None => vec![(ONLY_SECTOR.to_owned(), kinds.to_vec())],
            Some(SectorList(sectors)) => sectors
                .into_iter()
                .map(|(name, numbers)| {
                    let of = |number: &String| kinds.iter().find(|kind| kind.id == *number).cloned();
                    (name, numbers.iter().filter_map(of).collect())
                })
                .collect(),
        };
        Ok(Self { sectors, kinds })
    }

    /// The types of a sector, accents and case aside. Where the tenant has no sectors of its own, a ticket of any sector
    /// may be of any type: the vendor has no departments to be wrong about.
    pub(super) fn of_sector(&self, wanted: &str) -> Option<&[Kind]> {
        let named = self.sectors.iter().find(|(name, _)| fold(name) == fold(wanted.trim()));
        match (named, self.sectors.as_slice()) {
            (Some((_, kinds)), _) => Some(kinds),
            (None, [(only, kinds)]) if only == ONLY_SECTOR => Some(kinds),
            (None, _) => None,
        }
    }

    /// Any type of the vendor's by its number, for the tenant's ticket settings.
    pub(super) fn kind(&self, id: &str) -> Option<&Kind> {
        self.kinds.iter().find(|kind| kind.id == id)
    }
}

/// A type among these by its number or its name.
pub(super) fn among<'k>(kinds: &'k [Kind], wanted: &str) -> Option<&'k Kind> {
    let wanted = wanted.trim();
    kinds.iter().find(|kind| kind.id == wanted).or_else(|| kinds.iter().find(|kind| fold(&kind.name) == fold(wanted)))
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Body<'a> {
    #[serde(default)]
    tipos_atendimento: Option<Rows<Row<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    id_tipo_atendimento: Text<'a>,
    descricao: Text<'a>,
}

/// The vendor's types, kept for a while.
async fn kinds(call: &Call<'_>) -> Result<Arc<Vec<Kind>>, Failure> {
    let load = send(
        call,
        Need::Required(CAPABILITY),
        ROUTE,
        || look(ROUTE),
        |answer| {
            let body: Body<'_> = answer.body()?;
            let rows = answer.promised(body.tipos_atendimento)?.0;
            let kinds = rows.iter().filter_map(|row| {
                Some(Kind { id: row.id_tipo_atendimento.key()?.to_owned(), name: cleaned(row.descricao.as_str())? })
            });
            Ok(kinds.collect::<Vec<_>>())
        },
    );
    call.memory.load_once(Key::whole("hubsoft.ticket_types"), call.memory.catalogue_for(), call.now, load).await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use super::{Kind, SectorList, Topics, among};

    fn kind(id: &str, name: &str) -> Kind {
        Kind { id: id.to_owned(), name: name.to_owned() }
    }

    #[test]
    fn sectors_are_names_with_numbers() {
        let list = SectorList::parse("Comercial: 11, 12; Técnico:15;").unwrap();
        assert_eq!(list.0.len(), 2);
        assert_eq!(list.0[0], ("Comercial".to_owned(), vec!["11".to_owned(), "12".to_owned()]));
        for wrong in ["", ";", "Comercial", "Comercial:", ": 11", "Comercial: onze", "Comercial: 11,"] {
            assert!(SectorList::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_sector_and_a_type_are_found_without_accents() {
        let topics = Topics {
            sectors: vec![
                ("Comercial".to_owned(), vec![kind("11", "Mudança de plano")]),
                ("Técnico".to_owned(), vec![kind("15", "Sem conexão")]),
            ],
            kinds: Arc::new(vec![kind("11", "Mudança de plano"), kind("99", "Corporativo")]),
        };
        let kinds = topics.of_sector("tecnico").unwrap();
        assert_eq!(among(kinds, "sem conexao").unwrap().id, "15");
        assert_eq!(among(kinds, "15").unwrap().name, "Sem conexão");
        assert!(among(kinds, "Mudança de plano").is_none());
        assert!(topics.of_sector("Financeiro").is_none());
        assert_eq!(topics.kind("99").unwrap().name, "Corporativo", "for the settings alone");
        assert!(topics.kind("15").is_none(), "the vendor has it no longer");
    }

    #[test]
    fn without_sectors_of_its_own_a_tenant_takes_any() {
        let sectors = vec![("Atendimento".to_owned(), vec![kind("1", "SAC")])];
        let topics = Topics { sectors, kinds: Arc::default() };
        assert_eq!(topics.of_sector("Técnico").unwrap().len(), 1);
    }
}
