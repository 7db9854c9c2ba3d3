//! Customer look-up. SGP finds contracts, not people: the rows of one person are told by the customer's id in them
//! (dossier 4.a).

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::customer::{Customer, LookupKey};
use ponte_domain::document::Document;
use ponte_domain::failure::Subject;
use ponte_domain::phone::Phone;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_domain::{Failure, FailureKind};

use super::Sgp;
use super::dialect::{Need, together};
use super::found::{By, Found, by};
use super::holder::{self, Holder};
use super::words::{self, rank};
use crate::call::Call;
use crate::erp::{Customers, LookupWays};

const REQUIRED: Need = Need::Required(Capability::CustomerLookup);

#[async_trait]
impl Customers for Sgp {
    fn ways(&self) -> LookupWays {
        LookupWays { document: true, phone: true, email: true, vendor_id: true }
    }

    async fn lookup(&self, call: &Call<'_>, key: &LookupKey) -> Result<Vec<Customer>, Failure> {
        let found = match key {
            LookupKey::Document(document) => by_document(call, REQUIRED, document).await?,
            LookupKey::Phone(phone) => by_phone(call, phone).await?,
            LookupKey::Email(email) => by_email(call, email).await?,
            LookupKey::VendorId(id) => return by_id(call, &CustomerRef::new(id.clone())).await,
        };
        Ok(customers(&found))
    }

    async fn customer(&self, call: &Call<'_>, customer: &CustomerRef) -> Result<Customer, Failure> {
        let holder = holder::of(call, REQUIRED, customer).await?;
        whole(call, &holder).await
    }
}

async fn by_id(call: &Call<'_>, customer: &CustomerRef) -> Result<Vec<Customer>, Failure> {
    match holder::of(call, REQUIRED, customer).await {
        Ok(holder) => Ok(vec![whole(call, &holder).await?]),
        Err(failure) if failure.kind() == FailureKind::NotFound(Subject::Customer) => Ok(Vec::new()),
        Err(failure) => Err(failure),
    }
}

/// The customer with phones and addresses, which only the contracts' rows have. One without any contract has none.
async fn whole(call: &Call<'_>, holder: &Holder) -> Result<Customer, Failure> {
    let found = contracts_of(call, REQUIRED, holder).await?;
    Ok(customers(&found).into_iter().next().unwrap_or_else(|| Customer {
        reference: holder.reference.clone(),
        name: holder.name.clone(),
        document: holder.document.clone(),
        status: words::customer_status(holder.contracts.iter().map(|held| held.standing)),
        phones: Vec::new(),
        emails: Vec::new(),
        branch: None,
        person_group: None,
    }))
}

/// Contracts of a document. The vendor compares loosely or not at all, so each row's is compared again; letters of the
/// new CNPJs count.
///
/// # Errors
/// Rows of which none can be compared are no proof that nobody has the document.
pub(super) async fn by_document(call: &Call<'_>, need: Need, document: &Document) -> Result<Vec<Found>, Failure> {
    let mut found = by(call, need, By::Document, document.as_str()).await?;
    let unreadable = found.iter().any(|row| row.document.is_none());
    found.retain(|row| row.document.as_ref() == Some(document));
    if found.is_empty() && unreadable {
        return Err(Failure::broken("The ERP's answer to a document shows no document to compare."));
    }
    Ok(found)
}

/// Contracts of a customer: by the document, then one by one those that this did not bring.
pub(super) async fn contracts_of(call: &Call<'_>, need: Need, holder: &Holder) -> Result<Vec<Found>, Failure> {
    let mut found = match &holder.document {
        Some(document) => by(call, need, By::Document, document.as_str()).await?,
        None => Vec::new(),
    };
    found.retain(|row| *row.customer() == holder.reference);
    let lacks = |id: &&VendorId| found.iter().all(|row| row.reference.id != **id);
    let left: Vec<&VendorId> = holder.contracts.iter().map(|held| &held.id).filter(lacks).collect();
    let rows = together(left.into_iter().map(|id| by(call, need, By::Contract, id.as_str()))).await;
    for row in rows.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
        let new = found.iter().all(|known| known.reference != row.reference);
        if new && *row.customer() == holder.reference {
            found.push(row);
        }
    }
    Ok(found)
}

/// By the number as it is today, then in the form without the 9 under which old rows and WhatsApp know it. Whose number
/// it really is, area code included, is decided here.
async fn by_phone(call: &Call<'_>, phone: &Phone) -> Result<Vec<Found>, Failure> {
    for form in phone.whatsapp_forms() {
        let national = form.strip_prefix("55").unwrap_or(&form);
        let mut found = by(call, REQUIRED, By::Phone, national).await?;
        found.retain(|row| row.phones.iter().any(|known| known.same_subscriber(phone)));
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Ok(Vec::new())
}

async fn by_email(call: &Call<'_>, email: &str) -> Result<Vec<Found>, Failure> {
    let mut found = by(call, REQUIRED, By::Email, email).await?;
    found.retain(|row| row.emails.iter().any(|known| known.eq_ignore_ascii_case(email)));
    Ok(found)
}

/// The people behind these contracts, the active ones first. What differs between rows of one person adds up.
pub(super) fn customers(found: &[Found]) -> Vec<Customer> {
    let mut people: Vec<Customer> = Vec::new();
    for row in found {
        match people.iter_mut().find(|person| person.reference == *row.customer()) {
            Some(person) => add(person, row),
            None => people.push(person(found, row)),
        }
    }
    people.sort_by_key(|person| rank(person.status.value));
    people
}

fn person(found: &[Found], row: &Found) -> Customer {
    let own = found.iter().filter(|other| other.customer() == row.customer());
    Customer {
        reference: row.customer().clone(),
        name: row.name.clone(),
        document: row.document.clone(),
        status: words::customer_status(own.map(|row| row.standing)),
        phones: row.phones.clone(),
        emails: row.emails.clone(),
        branch: None,
        person_group: None,
    }
}

fn add(person: &mut Customer, row: &Found) {
    for phone in &row.phones {
        if !person.phones.iter().any(|known| known.same_subscriber(phone)) {
            person.phones.push(*phone);
        }
    }
    for email in &row.emails {
        if !person.emails.iter().any(|known| known.eq_ignore_ascii_case(email)) {
            person.emails.push(email.clone());
        }
    }
}
