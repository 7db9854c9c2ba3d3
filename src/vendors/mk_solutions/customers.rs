//! Customer look-up: registrations of a document, by id, and by phone through the core API (dossier 4.a).

use std::collections::HashSet;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::customer::{Customer, CustomerStatus, LookupKey};
use ponte_domain::document::Document;
use ponte_domain::failure::Subject;
use ponte_domain::phone::Phone;
use ponte_domain::reference::CustomerRef;
use ponte_domain::{Failure, FailureKind};
use serde::Deserialize;

use super::MkSolutions;
use super::contracts::connections;
use super::dialect::{Answer, Need, Rule, look, together};
use super::{values, words};
use crate::call::Call;
use crate::erp::{Customers, LookupWays};
use crate::reading::people;
use crate::reading::prose::cleaned;
use crate::reading::rows::Rows;
use crate::reading::text::Text;

pub(super) const BY_DOCUMENT: Rule = Rule::free("WSMKConsultaDoc");
pub(super) const BY_ID: Rule = Rule::free("WSMKConsultaClientes");
const BY_PHONE: Rule = Rule::core("core-api/pessoas/telefone");

const REQUIRED: Need = Need::Required(Capability::CustomerLookup);
const OPTIONAL: Need = Need::Optional(Capability::CustomerLookup);
/// People that one phone may have. More than these would be a search for nobody in particular.
const MOST_PEOPLE: usize = 20;

#[async_trait]
impl Customers for MkSolutions {
    fn ways(&self) -> LookupWays {
        LookupWays { document: true, phone: true, email: false, vendor_id: true }
    }

    async fn lookup(&self, call: &Call<'_>, key: &LookupKey) -> Result<Vec<Customer>, Failure> {
        match key {
            LookupKey::Document(document) => by_document(call, document).await,
            LookupKey::Phone(phone) => by_phone(call, phone).await,
            LookupKey::VendorId(id) => Ok(by_id(call, REQUIRED, id.as_str()).await?.into_iter().collect()),
            LookupKey::Email(_) => Err(Failure::new(
                FailureKind::NotSupported(Capability::CustomerLookup),
                "MK Solutions' API cannot search customers by e-mail.",
            )),
        }
    }

    async fn customer(&self, call: &Call<'_>, customer: &CustomerRef) -> Result<Customer, Failure> {
        by_id(call, REQUIRED, customer.id.as_str()).await?.ok_or_else(|| Failure::not_found(Subject::Customer))
    }
}

/// All registrations of a document, the live one first: the first one of the answer is not always it.
async fn by_document(call: &Call<'_>, document: &Document) -> Result<Vec<Customer>, Failure> {
    let params = [("doc", document.as_str())];
    let mut found = look(call, REQUIRED, BY_DOCUMENT, &params, |answer| registrations(answer, document)).await?;
    put_live_first(call, &mut found).await;
    Ok(found)
}

fn registrations(answer: &Answer<'_>, document: &Document) -> Result<Vec<Customer>, Failure> {
    match answer.denial() {
        Some(denial) if denial.nothing_there() => return Ok(Vec::new()),
        Some(denial) if denial.code.as_deref() == Some("002") && document.has_letters() => {
            return Err(denial
                .failure(FailureKind::UnsupportedDocument, "This installation does not take a CNPJ with letters."));
        }
        Some(denial) if denial.code.as_deref() == Some("002") => {
            let refused = denial.failure(FailureKind::InvalidInput, "The ERP takes this for no valid document.");
            return Err(refused.in_field("document"));
        }
        Some(denial) => return Err(denial.unexpected()),
        None => {}
    }
    let found: Found<'_> = answer.object()?;
    let Found { main, outros } = found;
    // The document is not echoed: these are its registrations because the vendor was asked for them.
    let customers: Result<Vec<_>, _> =
        std::iter::once(main).chain(outros.0).map(|row| row.read(Some(document.clone()))).collect();
    let mut seen = HashSet::new();
    Ok(customers?.into_iter().filter(|customer| seen.insert(customer.reference.id.as_str().to_owned())).collect())
}

/// Active registrations first. Where that does not single one out, those with connections come before those without:
/// many active people have no contract at all (dossier 4.a).
async fn put_live_first(call: &Call<'_>, found: &mut Vec<Customer>) {
    found.sort_by_key(|customer| rank(customer.status.value));
    let actives = found.iter().filter(|customer| customer.status.value == CustomerStatus::Active).count();
    if found.len() < 2 || actives == 1 {
        return;
    }
    let candidates = if actives == 0 { found.len() } else { actives };
    let connected = together(found.iter().take(candidates).map(|customer| async move {
        connections(call, OPTIONAL, &customer.reference).await.is_ok_and(|all| !all.is_empty())
    }))
    .await;
    let rest = found.split_off(candidates);
    let mut live: Vec<(bool, Customer)> = connected.into_iter().zip(found.drain(..)).collect();
    live.sort_by_key(|(connected, _)| !connected);
    found.extend(live.into_iter().map(|(_, customer)| customer));
    found.extend(rest);
}

const fn rank(status: CustomerStatus) -> u8 {
    match status {
        CustomerStatus::Active => 0,
        CustomerStatus::Unknown => 1,
        CustomerStatus::Prospect => 2,
        CustomerStatus::Inactive => 3,
    }
}

/// The registration of an id. Ids are numbers; any other text is nobody's.
pub(super) async fn by_id(call: &Call<'_>, need: Need, id: &str) -> Result<Option<Customer>, Failure> {
    if !values::is_id(id) {
        return Ok(None);
    }
    look(call, need, BY_ID, &[("cd_cliente", id)], |answer| {
        let rows: Vec<Row<'_>> = answer.rows(&["clientes"])?;
        let mine = rows.into_iter().find(|row| row.codigopessoa.as_str() == id);
        mine.map(|row| row.read(None)).transpose()
    })
    .await
}

/// A stored number may lack the ninth digit, so both forms are asked; whose number it is, area code included, is
/// decided here. The core API's people are read again by id, for their document and state.
async fn by_phone(call: &Call<'_>, phone: &Phone) -> Result<Vec<Customer>, Failure> {
    let ddd = phone.ddd().to_string();
    let mut people: Vec<CorePerson> = Vec::new();
    for number in local_forms(phone) {
        let params = [("ddd", ddd.as_str()), ("fone", number.as_str())];
        for person in look(call, OPTIONAL, BY_PHONE, &params, core_people).await? {
            if people.iter().all(|known| known.id != person.id) {
                people.push(person);
            }
        }
    }
    people.retain(|person| person.phones.is_empty() || person.phones.iter().any(|known| known.same_subscriber(phone)));
    if people.len() > MOST_PEOPLE {
        // The number was ignored. Whoever was looked for may be behind the first ones.
        return Err(Failure::broken("The ERP lists more people of one phone than there can be."));
    }
    let read = people.into_iter().map(|person| async move {
        let mut customer = by_id(call, REQUIRED, &person.id).await?;
        if let Some(customer) = &mut customer {
            for known in person.phones {
                if !customer.phones.iter().any(|phone| phone.same_subscriber(&known)) {
                    customer.phones.push(known);
                }
            }
        }
        Ok::<_, Failure>(customer)
    });
    let mut found = Vec::new();
    for customer in together(read).await {
        found.extend(customer?.filter(|customer| customer.phones.iter().any(|known| known.same_subscriber(phone))));
    }
    put_live_first(call, &mut found).await;
    Ok(found)
}

/// The number without its area code: of a mobile with its ninth digit and without.
fn local_forms(phone: &Phone) -> Vec<String> {
    let digits = phone.digits();
    // `digits` is 55, the area code, the number.
    let local: String = digits.chars().skip(4).collect();
    match (phone.is_mobile(), local.strip_prefix('9')) {
        (true, Some(short)) if local.len() == 9 => vec![local.clone(), short.to_owned()],
        _ => vec![local],
    }
}

/// The flat object of a document: the first registration and the others.
#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Found<'a> {
    #[serde(flatten)]
    main: Row<'a>,
    #[serde(default)]
    outros: Rows<Row<'a>>,
}

/// A registration. `PassSAC`, which one rule adds, has no field here.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    codigopessoa: Text<'a>,
    nome: Text<'a>,
    situacao: Text<'a>,
    cpf_cnpj: Text<'a>,
    email: Text<'a>,
    fone: Text<'a>,
    // Neither page of the documentation shows a registration's group; these are the names that its siblings would
    // give it. Provisional: without any of them the sector's route decides.
    grupo_pessoa: Text<'a>,
    cd_grupo_pessoa: Text<'a>,
    grupo: Text<'a>,
}

impl Row<'_> {
    /// The registration in domain words; `document` where the row does not have it.
    fn read(self, document: Option<Document>) -> Result<Customer, Failure> {
        let id = self.codigopessoa.key().ok_or_else(|| Failure::broken("The ERP sent a customer without an id."))?;
        let group = [&self.cd_grupo_pessoa, &self.grupo_pessoa, &self.grupo].into_iter().find_map(|group| group.key());
        Ok(Customer {
            reference: CustomerRef::new(id),
            name: cleaned(self.nome.as_str()).unwrap_or_default(),
            document: document.or_else(|| Document::parse(self.cpf_cnpj.as_str()).ok()),
            status: words::customer_status(self.situacao.as_str()),
            phones: people::phones([self.fone.as_str()]),
            emails: people::emails([self.email.as_str()]),
            branch: None,
            person_group: group.and_then(cleaned),
        })
    }
}

/// What the core API knows of a person; its answer was not captured (dossier 4.a, provisional).
struct CorePerson {
    id: String,
    phones: Vec<Phone>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct CoreRow<'a> {
    id: Text<'a>,
    codpessoa: Text<'a>,
    fone: Text<'a>,
    fone01: Text<'a>,
    fone02: Text<'a>,
    celular: Text<'a>,
}

fn core_people(answer: &Answer<'_>) -> Result<Vec<CorePerson>, Failure> {
    let rows: Vec<CoreRow<'_>> = answer.rows(&["pessoas"])?;
    let read = |row: CoreRow<'_>| {
        Some(CorePerson {
            id: row.id.key().or(row.codpessoa.key())?.to_owned(),
            phones: people::phones([row.fone.as_str(), row.fone01.as_str(), row.fone02.as_str(), row.celular.as_str()]),
        })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

#[cfg(test)]
mod tests;
