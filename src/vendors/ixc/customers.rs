//! Customer look-up: `cliente` by document, phone, mail address and id (dossier 4.a).
//!
//! Every row of `cliente` carries the portal password (`senha`). No struct here has that column, so it is dropped
//! while the answer is parsed and can reach neither a log nor an answer.

use async_trait::async_trait;
use futures_util::future::try_join_all;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::customer::{Customer, CustomerStatus, LookupKey};
use ponte_domain::document::Document;
use ponte_domain::failure::Subject;
use ponte_domain::phone::Phone;
use ponte_domain::reference::CustomerRef;
use serde::Deserialize;

use super::Ixc;
use super::catalogue;
use super::contracts::Place;
use super::dialect::{Need, Oper, Query, rows};
use super::words;
use crate::call::Call;
use crate::erp::{Customers, LookupWays};
use crate::reading::people;
use crate::reading::prose::cleaned;
use crate::reading::text::Text;

const LOOKUP: Capability = Capability::CustomerLookup;
const REQUIRED: Need = Need::Required(LOOKUP);
/// Rows that one key may have. More than these would be a search for nobody in particular.
const MOST_ROWS: u16 = 50;

#[async_trait]
impl Customers for Ixc {
    fn ways(&self) -> LookupWays {
        LookupWays { document: true, phone: true, email: true, vendor_id: true }
    }

    async fn lookup(&self, call: &Call<'_>, key: &LookupKey) -> Result<Vec<Customer>, Failure> {
        let mut people = match key {
            LookupKey::Document(document) => by_document(call, REQUIRED, document).await?,
            LookupKey::Phone(phone) => by_phone(call, phone).await?,
            LookupKey::Email(email) => by_email(call, email).await?,
            LookupKey::VendorId(id) => by_id(call, REQUIRED, id.as_str()).await?.into_iter().collect(),
        };
        people.sort_by_key(|person| rank(person.customer.status.value));
        let mut customers = Vec::with_capacity(people.len());
        for person in people {
            customers.push(with_branch(call, person).await);
        }
        Ok(customers)
    }

    async fn customer(&self, call: &Call<'_>, customer: &CustomerRef) -> Result<Customer, Failure> {
        match by_id(call, REQUIRED, customer.id.as_str()).await? {
            Some(person) => Ok(with_branch(call, person).await),
            None => Err(Failure::not_found(Subject::Customer)),
        }
    }
}

/// A row of `cliente` as far as it is used. No `Debug`: it is personal data through and through.
pub(super) struct Person {
    /// The customer, with the branch's id in place of its name.
    pub(super) customer: Customer,
    /// Where the customer lives; the address of most contracts.
    pub(super) place: Place,
    /// The document as the row has it.
    document: String,
}

/// The active row first, then prospects, then former customers (dossier 4.a: several rows for one document).
const fn rank(status: CustomerStatus) -> u8 {
    match status {
        CustomerStatus::Active => 0,
        CustomerStatus::Unknown => 1,
        CustomerStatus::Prospect => 2,
        CustomerStatus::Inactive => 3,
    }
}

/// The row of an id. Ids are numbers; any other text is nobody's.
pub(super) async fn by_id(call: &Call<'_>, need: Need, id: &str) -> Result<Option<Person>, Failure> {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let found = list(call, need, Query::equals("cliente", "id", id).at_most(1)).await?;
    Ok(found.into_iter().find(|person| person.customer.reference.id.as_str() == id))
}

/// Masked first, as most bases hold it, then bare. The vendor compares loosely, so each row's document is compared
/// again; letters of the new CNPJs count (dossier 4.a).
pub(super) async fn by_document(call: &Call<'_>, need: Need, document: &Document) -> Result<Vec<Person>, Failure> {
    for form in [document.formatted(), document.as_str().to_owned()] {
        let mut found = list(call, need, Query::equals("cliente", "cnpj_cpf", form).at_most(MOST_ROWS)).await?;
        found.retain(|person| document.same_as(&person.document));
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// Four free-text columns and no "or" (dossier 4.a). The last eight digits, with and without their hyphen, occur in
/// every way in which either WhatsApp form is written, so two searches a column find them all; whose number it
/// really is, area code included, is decided here. The columns of the likelier kind are asked first, together, and
/// the others only if nobody was found.
async fn by_phone(call: &Call<'_>, phone: &Phone) -> Result<Vec<Person>, Failure> {
    const MOBILE: [&str; 2] = ["telefone_celular", "whatsapp"];
    const FIXED: [&str; 2] = ["fone", "telefone_comercial"];
    let rounds = if phone.is_mobile() { [MOBILE, FIXED] } else { [FIXED, MOBILE] };
    let tails = tails(phone);
    for columns in rounds {
        let searches = columns.iter().flat_map(|column| {
            tails
                .iter()
                .map(|tail| list(call, REQUIRED, Query::of("cliente", column, Oper::Contains, tail).at_most(MOST_ROWS)))
        });
        let mut found: Vec<Person> = Vec::new();
        for person in try_join_all(searches).await?.into_iter().flatten() {
            let holds = person.customer.phones.iter().any(|known| known.same_subscriber(phone));
            if holds && found.iter().all(|known| known.customer.reference != person.customer.reference) {
                found.push(person);
            }
        }
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

/// `8123-4567` and `81234567`.
fn tails(phone: &Phone) -> [String; 2] {
    let digits = phone.digits();
    let bare = digits.split_at_checked(digits.len().saturating_sub(8)).map_or("", |(_, tail)| tail);
    let (front, back) = bare.split_at_checked(4).unwrap_or((bare, ""));
    [format!("{front}-{back}"), bare.to_owned()]
}

/// The contact address, which may hold several, then the portal's.
async fn by_email(call: &Call<'_>, email: &str) -> Result<Vec<Person>, Failure> {
    for (column, oper) in [("email", Oper::Contains), ("hotsite_email", Oper::Is)] {
        let mut found = list(call, REQUIRED, Query::of("cliente", column, oper, email).at_most(MOST_ROWS)).await?;
        found.retain(|person| person.customer.emails.iter().any(|known| known.eq_ignore_ascii_case(email)));
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

async fn list(call: &Call<'_>, need: Need, query: Query) -> Result<Vec<Person>, Failure> {
    rows(call, need, query, |answer| answer.page::<Row<'_>>()?.read(Row::read)).await
}

/// The customer with the branch's name.
pub(super) async fn with_branch(call: &Call<'_>, person: Person) -> Customer {
    let mut customer = person.customer;
    if let Some(id) = customer.branch.take() {
        customer.branch = Some(catalogue::branch(call, LOOKUP, &id).await);
    }
    customer
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    id: Text<'a>,
    razao: Text<'a>,
    fantasia: Text<'a>,
    cnpj_cpf: Text<'a>,
    ativo: Text<'a>,
    crm: Text<'a>,
    whatsapp: Text<'a>,
    telefone_celular: Text<'a>,
    fone: Text<'a>,
    telefone_comercial: Text<'a>,
    email: Text<'a>,
    hotsite_email: Text<'a>,
    filial_id: Text<'a>,
    id_tipo_cliente: Text<'a>,
    endereco: Text<'a>,
    numero: Text<'a>,
    complemento: Text<'a>,
    bloco: Text<'a>,
    apartamento: Text<'a>,
    bairro: Text<'a>,
    cidade: Text<'a>,
    uf: Text<'a>,
    cep: Text<'a>,
    latitude: Text<'a>,
    longitude: Text<'a>,
}

impl Row<'_> {
    /// The row in domain words.
    ///
    /// # Errors
    /// A row without an id is of no use.
    pub(super) fn read(self) -> Result<Person, Failure> {
        let id = self.id.key().ok_or_else(|| Failure::broken("The ERP sent a customer without an id."))?;
        let customer = Customer {
            reference: CustomerRef::new(id),
            name: cleaned(self.razao.as_str()).or_else(|| cleaned(self.fantasia.as_str())).unwrap_or_default(),
            document: Document::parse(self.cnpj_cpf.as_str()).ok(),
            status: words::customer_status(self.ativo.as_str(), self.crm.as_str()),
            phones: people::phones([
                self.telefone_celular.as_str(),
                self.whatsapp.as_str(),
                self.fone.as_str(),
                self.telefone_comercial.as_str(),
            ]),
            emails: people::emails([self.email.as_str(), self.hotsite_email.as_str()]),
            branch: self.filial_id.key().map(str::to_owned),
            person_group: self.id_tipo_cliente.key().map(str::to_owned),
        };
        let place = Place {
            street: self.endereco.word(),
            number: self.numero.word(),
            complement: self.complement(),
            district: self.bairro.word(),
            city: self.cidade.key().map(str::to_owned),
            state: self.uf.key().map(str::to_owned),
            zip: self.cep.word(),
            point: Place::point(&self.latitude, &self.longitude),
        };
        Ok(Person { customer, place, document: self.cnpj_cpf.word() })
    }

    fn complement(&self) -> String {
        Place::complement(&self.complemento, &self.bloco, &self.apartamento)
    }
}

#[cfg(test)]
mod tests;
