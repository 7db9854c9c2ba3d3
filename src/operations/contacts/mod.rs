//! The contact base: whom the platform has talked to, and the ERP customers that each may speak for.

mod accounts;
mod link;

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_domain::document::Document;
use ponte_domain::failure::Subject as Missing;
use ponte_domain::phone::Phone;
use ponte_store::{ContactOrigin, ContactRecord, Erased};

pub use accounts::{AccountForm, Activity};
pub use link::{ContactLink, LinkForm};

use crate::audit::Target;
use crate::cache::Subject;
use crate::export::Table;
use crate::operations::Operations;
use crate::visit::Visit;

/// Contacts read from the store at once for the export.
const PAGE: u32 = 500;

/// A contact as the platform puts it. It replaces what was there, but for the accounts.
#[derive(Clone, Default)]
pub struct ContactForm {
    /// CPF or CNPJ.
    pub document: Option<Document>,
    /// Phones.
    pub phones: Vec<Phone>,
    /// Name.
    pub name: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// One of the tenant's customer types, where it has a list.
    pub customer_type: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
}

impl std::fmt::Debug for ContactForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContactForm")
    }
}

/// Whether a contact was there before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is new.
    Added,
    /// It was replaced.
    Replaced,
}

impl Operations {
    /// One contact.
    ///
    /// # Errors
    /// `NotFound(Contact)`; `Internal` when the store does not answer.
    pub async fn contact(&self, visit: &Visit, id: &str) -> Result<ContactRecord, Failure> {
        let found = self.contact_of(visit, id).await;
        self.audit_contact(visit, "contact", id, &found);
        found
    }

    /// Adds a contact under the platform's id, or replaces it but for its accounts.
    ///
    /// # Errors
    /// `InvalidInput` for an id or a customer type that is not acceptable; `Internal`.
    pub async fn put_contact(
        &self,
        visit: &Visit,
        id: &str,
        form: ContactForm,
    ) -> Result<(ContactRecord, Put), Failure> {
        let outcome = self.replace_contact(visit, id, form).await;
        self.audit_contact(visit, "contact_put", id, &outcome);
        outcome
    }

    /// Erases a contact and the traces of the customers that only it spoke for.
    ///
    /// # Errors
    /// `NotFound(Contact)`; `Internal`.
    pub async fn remove_contact(&self, visit: &Visit, id: &str) -> Result<Erased, Failure> {
        let known = self.contact_of(visit, id).await?;
        let erased = self.0.store.remove_contact(visit.tenant.number(), id).await.map_err(Failure::from);
        self.forget_person(visit, &known);
        // The row must not say again whom the erasure was about.
        self.audit_outcome(visit, "contact_erase", Target::none("contact"), &erased);
        erased
    }

    /// All contacts of the tenant as CSV (UTF-8, comma, a header line).
    ///
    /// # Errors
    /// `Internal` when the store does not answer.
    pub async fn contacts_csv(&self, visit: &Visit) -> Result<Bytes, Failure> {
        let outcome = self.contacts_table(visit.tenant.number()).await;
        self.audit_outcome(visit, "contacts_export", Target::none("contacts"), &outcome);
        outcome
    }

    async fn contact_of(&self, visit: &Visit, id: &str) -> Result<ContactRecord, Failure> {
        let found = self.0.store.contact(visit.tenant.number(), id).await?;
        found.ok_or_else(|| Failure::not_found(Missing::Contact))
    }

    async fn replace_contact(
        &self,
        visit: &Visit,
        id: &str,
        form: ContactForm,
    ) -> Result<(ContactRecord, Put), Failure> {
        check_id(id)?;
        check_type(visit, form.customer_type.as_deref())?;
        let (tenant, now) = (visit.tenant.number(), self.0.clock.now());
        let before = self.0.store.contact(tenant, id).await?;
        let put = if before.is_some() { Put::Replaced } else { Put::Added };
        if let Some(before) = &before {
            self.forget_person(visit, before);
        }
        let contact = ContactRecord {
            id: id.to_owned(),
            tenant,
            document: form.document,
            phones: form.phones,
            name: form.name,
            email: form.email,
            customer_type: form.customer_type,
            origin: before.as_ref().map_or(ContactOrigin::Platform, |contact| match contact.origin {
                ContactOrigin::Linked => ContactOrigin::Linked,
                ContactOrigin::Lead | ContactOrigin::Platform => ContactOrigin::Platform,
            }),
            accounts: before.as_ref().map(|contact| contact.accounts.clone()).unwrap_or_default(),
            tags: form.tags,
            created_at: before.map_or(now, |contact| contact.created_at),
            updated_at: now,
            expires_at: self.expiry(ContactOrigin::Platform, now),
        };
        self.0.store.put_contact(contact.clone()).await?;
        self.forget_person(visit, &contact);
        Ok((contact, put))
    }

    /// Changes a contact; look-ups that showed it are forgotten.
    async fn change(
        &self,
        visit: &Visit,
        id: &str,
        change: impl FnOnce(&mut ContactRecord) + Send + 'static,
    ) -> Result<ContactRecord, Failure> {
        let now = self.0.clock.now();
        let contact = self
            .0
            .store
            .change_contact(visit.tenant.number(), id, move |contact| {
                change(contact);
                contact.updated_at = now;
            })
            .await?;
        self.forget_person(visit, &contact);
        Ok(contact)
    }

    fn forget_person(&self, visit: &Visit, contact: &ContactRecord) {
        let answers = &self.0.answers;
        let forget = |text: &str| answers.forget(visit.tenant.serial, Subject::Person(text));
        contact.document.iter().for_each(|document| forget(document.as_str()));
        contact.phones.iter().for_each(|phone| forget(&phone.e164()));
        contact.email.iter().for_each(|email| forget(&email.trim().to_lowercase()));
    }

    fn audit_contact<T>(&self, visit: &Visit, operation: &'static str, id: &str, outcome: &Result<T, Failure>) {
        let target = Target { kind: "contact", id: Some(id), customer: None };
        self.audit_outcome(visit, operation, target, outcome);
    }

    async fn contacts_table(&self, tenant: u32) -> Result<Bytes, Failure> {
        let mut table = Table::new(&[
            "id",
            "document",
            "phones",
            "name",
            "email",
            "customer_type",
            "origin",
            "accounts",
            "tags",
            "created_at",
            "updated_at",
        ])?;
        let mut after: Option<String> = None;
        loop {
            let page = self.0.store.contacts(tenant, after.as_deref(), PAGE).await?;
            let Some(last) = page.last() else { return table.finish() };
            after = Some(last.id.clone());
            for contact in &page {
                row(&mut table, contact)?;
            }
        }
    }
}

fn row(table: &mut Table, contact: &ContactRecord) -> Result<(), Failure> {
    let joined = |texts: Vec<String>| texts.join(" ");
    table.row(&[
        &contact.id,
        &contact.document.as_ref().map(Document::formatted).unwrap_or_default(),
        // Without the plus sign, which would make the cell a formula.
        &joined(contact.phones.iter().map(Phone::digits).collect()),
        contact.name.as_deref().unwrap_or_default(),
        contact.email.as_deref().unwrap_or_default(),
        contact.customer_type.as_deref().unwrap_or_default(),
        contact.origin.word(),
        &contact.accounts.len().to_string(),
        &contact.tags.join("; "),
        &contact.created_at.to_string(),
        &contact.updated_at.to_string(),
    ])
}

/// `con_` and 8 to 64 letters, digits, `_` or `-`: made by Ponte or by the platform, and no place for a phone number
/// or a document in clear to stand by accident, since the id is part of URLs.
fn check_id(id: &str) -> Result<(), Failure> {
    let random = id.strip_prefix("con_").unwrap_or_default();
    let fits = (8..=64).contains(&random.len())
        && random.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if !fits {
        return Err(Failure::invalid("id", "A contact's id is `con_` and 8 to 64 of A-Z, a-z, 0-9, '_' and '-'."));
    }
    if random.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Failure::invalid("id", "A contact's id must not be a number: it could be a phone or a document."));
    }
    Ok(())
}

fn check_type(visit: &Visit, customer_type: Option<&str>) -> Result<(), Failure> {
    let list = &visit.tenant.tenant.settings.customer_types.list;
    match customer_type {
        Some(given) if !list.is_empty() && !list.iter().any(|known| known == given) => {
            Err(Failure::invalid("customer_type", "This is none of the tenant's customer types."))
        }
        _ => Ok(()),
    }
}

/// So much later; the end of time if that is beyond it.
pub(crate) fn later(from: Timestamp, time: Duration) -> Timestamp {
    from.checked_add(time).unwrap_or(Timestamp::MAX)
}
