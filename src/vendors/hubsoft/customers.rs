//! Customer look-up: one route for people and services alike (dossier 4.a).
//!
//! It answers five customers, without cancelled services and without inactive people, unless told otherwise, so every
//! default is written out. Each service carries the PPPoE password and a list of noted ones; no struct here has those
//! columns, so they end with the parse.

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::customer::{Customer, CustomerStatus, LookupKey};
use ponte_domain::document::Document;
use ponte_domain::failure::Subject;
use ponte_domain::phone::Phone;
use ponte_domain::reference::CustomerRef;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Ask;

use super::Hubsoft;
use super::dialect::{Need, look, search, together};
use super::words;
use crate::call::Call;
use crate::erp::{Customers, LookupWays};

mod row;

use row::Body;
pub(super) use row::{Alert, Person, Row as PersonRow};

/// The route of people and services.
pub(super) const ROUTE: &str = "cliente";
const LOOKUP: Capability = Capability::CustomerLookup;
const REQUIRED: Need = Need::Required(LOOKUP);
/// The most that the route gives; what is beyond is cut in silence (dossier 2.4).
const MOST_ROWS: usize = 100;

/// What people are searched by.
#[derive(Clone, Copy)]
pub(super) enum Search<'s> {
    /// CPF or CNPJ, bare.
    Document(&'s str),
    /// The number that people see.
    Code(&'s str),
    /// A phone, area code and number.
    Phone(&'s str),
    /// A service, whoever owns it.
    Service(&'s str),
}

impl Search<'_> {
    const fn words(&self) -> (&'static str, &str) {
        match self {
            Self::Document(term) => ("cpf_cnpj", term),
            Self::Code(term) => ("codigo_cliente", term),
            Self::Phone(term) => ("telefone", term),
            Self::Service(term) => ("id_cliente_servico", term),
        }
    }
}

/// How much of the services is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Whom they belong to.
    People,
    /// Also connection, legal documents and unlocks. Without their flags those are absent or empty, which must not be
    /// read as "none" (dossier 4.g).
    Services,
}

#[async_trait]
impl Customers for Hubsoft {
    fn ways(&self) -> LookupWays {
        LookupWays { document: true, phone: true, email: false, vendor_id: true }
    }

    async fn lookup(&self, call: &Call<'_>, key: &LookupKey) -> Result<Vec<Customer>, Failure> {
        let mut people = match key {
            LookupKey::Document(document) => by_document(call, document).await?,
            LookupKey::Phone(phone) => by_phone(call, phone).await?,
            LookupKey::VendorId(id) => {
                by_code(call, REQUIRED, id.as_str(), Detail::People).await?.into_iter().collect()
            }
            LookupKey::Email(_) => {
                return Err(Failure::new(
                    FailureKind::NotSupported(LOOKUP),
                    "Hubsoft's API cannot search customers by e-mail address.",
                ));
            }
        };
        people.sort_by_key(|person| rank(person.customer.status.value));
        Ok(people.into_iter().map(|person| person.customer).collect())
    }

    async fn customer(&self, call: &Call<'_>, customer: &CustomerRef) -> Result<Customer, Failure> {
        let found = by_code(call, REQUIRED, customer.id.as_str(), Detail::People).await?;
        found.map(|person| person.customer).ok_or_else(|| Failure::not_found(Subject::Customer))
    }
}

const fn rank(status: CustomerStatus) -> u8 {
    match status {
        CustomerStatus::Active => 0,
        CustomerStatus::Unknown => 1,
        CustomerStatus::Prospect => 2,
        CustomerStatus::Inactive => 3,
    }
}

/// The customer of a code. Codes are numbers; any other text is nobody's.
pub(super) async fn by_code(
    call: &Call<'_>,
    need: Need,
    code: &str,
    detail: Detail,
) -> Result<Option<Person>, Failure> {
    if !is_number(code) {
        return Ok(None);
    }
    let found = people(call, need, Search::Code(code), detail).await?;
    Ok(found.into_iter().find(|person| person.code() == code))
}

/// Whether a text can be an id of this vendor's.
pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// One document can own several customers (dossier 4.a): all of them, compared again.
async fn by_document(call: &Call<'_>, document: &Document) -> Result<Vec<Person>, Failure> {
    if document.has_letters() {
        return Err(Failure::new(
            FailureKind::UnsupportedDocument,
            "Hubsoft keeps documents as digits; a CNPJ with letters cannot be searched.",
        )
        .in_field("document"));
    }
    let mut found = people(call, REQUIRED, Search::Document(document.as_str()), Detail::People).await?;
    found.retain(|person| document.same_as(&person.document));
    Ok(found)
}

/// With and without the ninth digit, since nobody knows how the vendor compares (dossier 4.a); whose number it really is
/// is decided here.
async fn by_phone(call: &Call<'_>, phone: &Phone) -> Result<Vec<Person>, Failure> {
    let forms: Vec<String> = phone.whatsapp_forms().iter().map(|form| without_country(form).to_owned()).collect();
    let searches = forms.iter().map(|form| people(call, REQUIRED, Search::Phone(form), Detail::People));
    let mut found: Vec<Person> = Vec::new();
    for answer in together(searches).await {
        for person in answer? {
            let holds = person.customer.phones.iter().any(|known| known.same_subscriber(phone));
            if holds && found.iter().all(|known| known.code() != person.code()) {
                found.push(person);
            }
        }
    }
    Ok(found)
}

/// The digits without the country's 55, as the vendor wants them (dossier 2.3).
pub(super) fn without_country(digits: &str) -> &str {
    digits.strip_prefix("55").unwrap_or(digits)
}

/// Everybody whom a search finds, with every default written out.
pub(super) async fn people(
    call: &Call<'_>,
    need: Need,
    by: Search<'_>,
    detail: Detail,
) -> Result<Vec<Person>, Failure> {
    let mut found = rows(call, need, by, detail, "todos").await?;
    // Older versions do not say who is active; they can list those who are not (dossier 4.h).
    if found.iter().any(|person| person.active.is_none()) {
        let inactive = rows(call, need, by, Detail::People, "sim").await?;
        for person in found.iter_mut().filter(|person| person.active.is_none()) {
            let active = inactive.iter().all(|known| known.code() != person.code());
            person.customer.status = words::customer_status(Some(active));
            person.active = Some(active);
        }
    }
    Ok(found)
}

async fn rows(
    call: &Call<'_>,
    need: Need,
    by: Search<'_>,
    detail: Detail,
    inactive: &'static str,
) -> Result<Vec<Person>, Failure> {
    let zone = &call.tenant.settings.zone;
    let found = search(
        call,
        need,
        || query(by, detail, inactive),
        |answer| {
            let Some(body) = answer.found::<Body<'_>>()? else { return Ok(None) };
            let rows = answer.promised(body.clientes)?.0;
            if rows.len() >= MOST_ROWS {
                return Err(Failure::broken("The ERP's list is as long as its limit, so part of it may be missing."));
            }
            rows.into_iter().map(|row: PersonRow<'_>| row.read(zone)).collect::<Result<Vec<_>, _>>().map(Some)
        },
    );
    Ok(found.await?.unwrap_or_default())
}

fn query(by: Search<'_>, detail: Detail, inactive: &'static str) -> Ask {
    let (column, term) = by.words();
    let ask = look(ROUTE)
        .query("busca", column)
        .query("termo_busca", term)
        .query("limit", MOST_ROWS.to_string())
        .query("inativo", inactive)
        .query("cancelado", "sim");
    match detail {
        Detail::People => ask,
        Detail::Services => {
            ask.query("ultima_conexao", "sim").query("incluir_contrato", "sim").query("incluir_desbloqueios", "sim")
        }
    }
}

#[cfg(test)]
mod tests;
