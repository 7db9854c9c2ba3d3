//! The contact base: sealed records, found by keyed marks of document, phone, e-mail address and customer.
//!
//! A `Phone` is the same value for both WhatsApp forms of a number, so that one mark a phone finds either form.

use jiff::Timestamp;
use ponte_domain::document::Document;
use ponte_domain::failure::Subject;
use ponte_domain::phone::Phone;
use ponte_domain::reference::VendorId;
use rusqlite::Row;
use serde::{Deserialize, Serialize};

use crate::cells::{At, random_id};
use crate::error::StoreError;
use crate::store::Store;
use crate::tenants::refuse_unknown;
use crate::threads::Desk;
use crate::vault::{Mark, Vault};

const RECORD: &str = "contacts.record";
const SELECT: &str = "SELECT tenant, id, origin, record, created_at, updated_at, expires_at FROM contacts";

/// How a contact came into the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactOrigin {
    /// Filled in because nobody knew the person.
    Lead,
    /// Linked to a customer of the ERP.
    Linked,
    /// Put there by the platform.
    Platform,
}

/// A customer of the ERP that a contact speaks for.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The vendor's id of the customer.
    pub customer: VendorId,
    /// How the contact calls it, such as "Casa".
    pub label: String,
    /// Whether it is the one spoken about now.
    pub active: bool,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("customer", &self.customer)
            .field("active", &self.active)
            .finish_non_exhaustive()
    }
}

/// One contact. `Debug` shows nothing personal.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactRecord {
    /// `con_…`, unique within the tenant; see [`ContactRecord::new_id`].
    pub id: String,
    /// The tenant's number.
    pub tenant: u32,
    /// CPF or CNPJ.
    pub document: Option<Document>,
    /// Phones.
    pub phones: Vec<Phone>,
    /// Name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// One of the tenant's customer types.
    pub customer_type: Option<String>,
    /// How it came into the base.
    pub origin: ContactOrigin,
    /// Customers of the ERP that it speaks for.
    pub accounts: Vec<Account>,
    /// Tags.
    pub tags: Vec<String>,
    /// When it came into the base. A later `put` does not change it.
    pub created_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
    /// When the sweep may remove it; never if `None`.
    pub expires_at: Option<Timestamp>,
}

impl ContactRecord {
    /// A free id.
    #[must_use]
    pub fn new_id() -> String {
        random_id("con_")
    }
}

impl std::fmt::Debug for ContactRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ContactRecord")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

impl ContactOrigin {
    /// The word in exports, equal to the serialized form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Linked => "linked",
            Self::Platform => "platform",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Lead, Self::Linked, Self::Platform].into_iter().find(|origin| origin.word() == word)
    }
}

impl Store {
    /// Adds a contact, or replaces the one of that id.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the tenant is gone.
    pub async fn put_contact(&self, contact: ContactRecord) -> Result<(), StoreError> {
        self.write(move |desk| put(desk, &contact)).await
    }

    /// Adds a contact unless its person is there already, and answers the one that is there now. The same person has
    /// the same document; a phone tells only where the new contact has no document, since families share phones. Of
    /// several look-ups of an unknown person at the same moment one makes the lead.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the tenant is gone.
    pub async fn add_contact_if_unknown(&self, contact: ContactRecord) -> Result<ContactRecord, StoreError> {
        self.write(move |desk| {
            let document = contact.document.iter().map(|document| document_mark(desk.vault, contact.tenant, document));
            let phones = contact.phones.iter().map(|phone| phone_mark(desk.vault, contact.tenant, phone));
            let marks: Vec<Mark> = if contact.document.is_some() { document.collect() } else { phones.collect() };
            for mark in marks {
                if let Some(known) = find_by_mark(desk, mark)? {
                    return Ok(known);
                }
            }
            put(desk, &contact)?;
            Ok(contact)
        })
        .await
    }

    /// Changes a contact with nothing in between, and answers what it is now. `change` may alter anything but id and
    /// tenant, and should set `updated_at`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such contact.
    pub async fn change_contact(
        &self,
        tenant: u32,
        id: &str,
        change: impl FnOnce(&mut ContactRecord) + Send + 'static,
    ) -> Result<ContactRecord, StoreError> {
        let id = id.to_owned();
        self.write(move |desk| {
            let mut contact = find(desk, tenant, &id)?.ok_or(StoreError::NotFound(Subject::Contact))?;
            change(&mut contact);
            contact.id = id;
            contact.tenant = tenant;
            put(desk, &contact)?;
            Ok(contact)
        })
        .await
    }

    /// One contact.
    ///
    /// # Errors
    /// The database's; [`StoreError::Unreadable`] for a damaged row.
    pub async fn contact(&self, tenant: u32, id: &str) -> Result<Option<ContactRecord>, StoreError> {
        let id = id.to_owned();
        self.read(move |desk| find(desk, tenant, &id)).await
    }

    /// The contact with that document. Of several: not a lead before a lead, then the one changed last.
    ///
    /// # Errors
    /// As [`Self::contact`].
    pub async fn contact_by_document(
        &self,
        tenant: u32,
        document: &Document,
    ) -> Result<Option<ContactRecord>, StoreError> {
        let document = document.clone();
        self.read(move |desk| find_by_mark(desk, document_mark(desk.vault, tenant, &document))).await
    }

    /// The contact with that phone, in whichever WhatsApp form it was given; of several as by document.
    ///
    /// # Errors
    /// As [`Self::contact`].
    pub async fn contact_by_phone(&self, tenant: u32, phone: &Phone) -> Result<Option<ContactRecord>, StoreError> {
        let phone = *phone;
        self.read(move |desk| find_by_mark(desk, phone_mark(desk.vault, tenant, &phone))).await
    }

    /// The contact with that e-mail address, case aside; of several as by document.
    ///
    /// # Errors
    /// As [`Self::contact`].
    pub async fn contact_by_email(&self, tenant: u32, email: &str) -> Result<Option<ContactRecord>, StoreError> {
        let email = email.to_owned();
        self.read(move |desk| find_by_mark(desk, email_mark(desk.vault, tenant, &email))).await
    }

    /// Up to `limit` contacts of a tenant, by id, those after `after` if given: page by page for the export.
    ///
    /// # Errors
    /// As [`Self::contact`].
    pub async fn contacts(
        &self,
        tenant: u32,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<ContactRecord>, StoreError> {
        let after = after.unwrap_or_default().to_owned();
        self.read(move |desk| {
            let mut rows =
                desk.db.prepare_cached(&format!("{SELECT} WHERE tenant = ?1 AND id > ?2 ORDER BY id LIMIT ?3"))?;
            rows.query_and_then((tenant, after, limit), |row| record(desk, row))?.collect()
        })
        .await
    }
}

/// What is sealed. Fields may be added with a default; none may change its meaning.
#[derive(Serialize, Deserialize)]
struct Sealed {
    document: Option<String>,
    phones: Vec<String>,
    name: Option<String>,
    email: Option<String>,
    customer_type: Option<String>,
    accounts: Vec<SealedAccount>,
    tags: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct SealedAccount {
    customer: String,
    label: String,
    active: bool,
}

fn put(desk: &Desk<'_>, contact: &ContactRecord) -> Result<(), StoreError> {
    refuse_unknown(desk, contact.tenant)?;
    let cell = desk.vault.seal_json(RECORD, &row_name(contact.tenant, &contact.id), &sealed(contact))?;
    desk.db
        .prepare_cached(
            "INSERT INTO contacts (tenant, id, origin, record, created_at, updated_at, expires_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (tenant, id) DO UPDATE SET origin = excluded.origin, record = excluded.record,
                 updated_at = excluded.updated_at, expires_at = excluded.expires_at",
        )?
        .execute((
            contact.tenant,
            &contact.id,
            contact.origin.word(),
            cell,
            At(contact.created_at),
            At(contact.updated_at),
            contact.expires_at.map(At),
        ))?;
    desk.db
        .prepare_cached("DELETE FROM contact_marks WHERE tenant = ?1 AND contact = ?2")?
        .execute((contact.tenant, &contact.id))?;
    let mut add =
        desk.db.prepare_cached("INSERT OR IGNORE INTO contact_marks (mark, tenant, contact) VALUES (?1, ?2, ?3)")?;
    for mark in marks(desk.vault, contact) {
        add.execute((mark, contact.tenant, &contact.id))?;
    }
    Ok(())
}

pub(crate) fn find(desk: &Desk<'_>, tenant: u32, id: &str) -> Result<Option<ContactRecord>, StoreError> {
    let mut rows = desk.db.prepare_cached(&format!("{SELECT} WHERE tenant = ?1 AND id = ?2"))?;
    rows.query_and_then((tenant, id), |row| record(desk, row))?.next().transpose()
}

fn find_by_mark(desk: &Desk<'_>, mark: Mark) -> Result<Option<ContactRecord>, StoreError> {
    let mut rows = desk.db.prepare_cached(&format!(
        "{SELECT} WHERE (tenant, id) IN (SELECT tenant, contact FROM contact_marks WHERE mark = ?1)
         ORDER BY origin = 'lead', updated_at DESC, id LIMIT 1"
    ))?;
    rows.query_and_then([mark], |row| record(desk, row))?.next().transpose()
}

fn record(desk: &Desk<'_>, row: &Row<'_>) -> Result<ContactRecord, StoreError> {
    let unreadable = || StoreError::Unreadable { place: RECORD };
    let tenant: u32 = row.get("tenant")?;
    let id: String = row.get("id")?;
    let origin: String = row.get("origin")?;
    let cell: Vec<u8> = row.get("record")?;
    let sealed: Sealed = desk.vault.open_json(RECORD, &row_name(tenant, &id), &cell)?;
    let document = sealed.document.map(|text| Document::parse(&text)).transpose().map_err(|_| unreadable())?;
    let phones: Result<_, _> = sealed.phones.iter().map(|text| Phone::parse(text)).collect();
    Ok(ContactRecord {
        id,
        tenant,
        document,
        phones: phones.map_err(|_| unreadable())?,
        name: sealed.name,
        email: sealed.email,
        customer_type: sealed.customer_type,
        origin: ContactOrigin::parse(&origin).ok_or_else(unreadable)?,
        accounts: sealed.accounts.into_iter().map(account).collect(),
        tags: sealed.tags,
        created_at: row.get::<_, At>("created_at")?.0,
        updated_at: row.get::<_, At>("updated_at")?.0,
        expires_at: row.get::<_, Option<At>>("expires_at")?.map(|at| at.0),
    })
}

fn sealed(contact: &ContactRecord) -> Sealed {
    Sealed {
        document: contact.document.as_ref().map(|document| document.as_str().to_owned()),
        phones: contact.phones.iter().map(Phone::e164).collect(),
        name: contact.name.clone(),
        email: contact.email.clone(),
        customer_type: contact.customer_type.clone(),
        accounts: contact
            .accounts
            .iter()
            .map(|account| SealedAccount {
                customer: account.customer.as_str().to_owned(),
                label: account.label.clone(),
                active: account.active,
            })
            .collect(),
        tags: contact.tags.clone(),
    }
}

fn account(sealed: SealedAccount) -> Account {
    Account { customer: VendorId::from(sealed.customer), label: sealed.label, active: sealed.active }
}

fn row_name(tenant: u32, id: &str) -> Vec<u8> {
    [&tenant.to_be_bytes(), id.as_bytes()].concat()
}

/// Everything by which a contact is found.
fn marks(vault: &Vault, contact: &ContactRecord) -> Vec<Mark> {
    let tenant = contact.tenant;
    let documents = contact.document.iter().map(|document| document_mark(vault, tenant, document));
    let phones = contact.phones.iter().map(|phone| phone_mark(vault, tenant, phone));
    let emails = contact.email.iter().map(|email| email_mark(vault, tenant, email));
    let customers = contact.accounts.iter().map(|account| customer_mark(vault, tenant, &account.customer));
    documents.chain(phones).chain(emails).chain(customers).collect()
}

fn document_mark(vault: &Vault, tenant: u32, document: &Document) -> Mark {
    vault.mark("contact.document", tenant, &[document.as_str().as_bytes()])
}

fn phone_mark(vault: &Vault, tenant: u32, phone: &Phone) -> Mark {
    vault.mark("contact.phone", tenant, &[phone.e164().as_bytes()])
}

fn email_mark(vault: &Vault, tenant: u32, email: &str) -> Mark {
    vault.mark("contact.email", tenant, &[email.trim().to_lowercase().as_bytes()])
}

pub(crate) fn customer_mark(vault: &Vault, tenant: u32, customer: &VendorId) -> Mark {
    vault.mark("contact.customer", tenant, &[customer.as_str().as_bytes()])
}
