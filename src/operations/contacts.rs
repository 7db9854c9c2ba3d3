//! The contact base: whom the platform has talked to, and the ERP customers that each may speak for.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_domain::customer::{Customer, LookupKey};
use ponte_domain::document::Document;
use ponte_domain::failure::Subject as Missing;
use ponte_domain::phone::Phone;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_store::{Account, ContactOrigin, ContactRecord, Erased};

use crate::audit::Target;
use crate::cache::Subject;
use crate::export::Table;
use crate::operations::Operations;
use crate::visit::Visit;

/// Contacts read from the store at once for the export.
const PAGE: u32 = 500;
/// Accounts of one contact.
const MOST_ACCOUNTS: usize = 100;

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

/// Who is to be linked.
#[derive(Clone)]
pub struct LinkForm {
    /// Phone of the channel; both WhatsApp forms are one.
    pub phone: Phone,
    /// CPF or CNPJ; without it the customers of the phone are taken.
    pub document: Option<Document>,
}

impl std::fmt::Debug for LinkForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkForm")
    }
}

/// What came of linking.
#[derive(Debug, Clone)]
pub struct ContactLink {
    /// The contact; `None` when neither the ERP nor the contact base knows anybody.
    pub contact: Option<ContactRecord>,
    /// The customers it was linked to now, the active one first; empty when none was found.
    pub customers: Vec<Customer>,
}

/// An account to be added, or changed when it is there already.
#[derive(Debug, Clone)]
pub struct AccountForm {
    /// The customer.
    pub customer: CustomerRef,
    /// What the contact calls it; `None` takes the customer's name.
    pub label: Option<String>,
    /// Whether it becomes the one spoken about.
    pub activity: Activity,
}

/// Whether an account becomes the one spoken about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// It does.
    Active,
    /// It stays what it is. A contact's first account becomes active by itself.
    Unchanged,
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

    /// Links the contact of a phone to the customers of a document, or without a document to those of the phone. The
    /// contact is made if a customer is found.
    ///
    /// # Errors
    /// What the ERP or the store says.
    pub async fn link_contact(&self, visit: &Visit, form: LinkForm) -> Result<ContactLink, Failure> {
        let outcome = self.link(visit, form).await;
        let customer = outcome.as_ref().ok().and_then(|link| link.customers.first()).map(|first| &first.reference.id);
        let target = customer.map_or(Target::none("contact"), Target::customer);
        self.audit_outcome(visit, "contact_link", target, &outcome);
        outcome
    }

    /// Adds an account to a contact, or changes the one that is there. The customer must be in the ERP.
    ///
    /// # Errors
    /// `NotFound(Contact)`, `NotFound(Customer)`; `InvalidInput` when the contact has too many; what the ERP says.
    pub async fn put_account(&self, visit: &Visit, id: &str, form: AccountForm) -> Result<ContactRecord, Failure> {
        let outcome = self.add_account(visit, id, form).await;
        self.audit_contact(visit, "account_put", id, &outcome);
        outcome
    }

    /// Makes an account the one spoken about.
    ///
    /// # Errors
    /// `NotFound(Contact)`, `NotFound(Customer)` when the contact has no such account; `Internal`.
    pub async fn switch_account(
        &self,
        visit: &Visit,
        id: &str,
        customer: &CustomerRef,
    ) -> Result<ContactRecord, Failure> {
        let outcome = match self.account_of(visit, id, &customer.id).await {
            Ok(()) => {
                let wanted = customer.id.clone();
                self.change(visit, id, move |contact| activate(&mut contact.accounts, &wanted)).await
            }
            Err(failure) => Err(failure),
        };
        self.audit_contact(visit, "account_switch", id, &outcome);
        outcome
    }

    /// Takes an account from a contact. If it was active, the first of the others becomes active.
    ///
    /// # Errors
    /// `NotFound(Contact)`, `NotFound(Customer)` when the contact has no such account; `Internal`.
    pub async fn remove_account(
        &self,
        visit: &Visit,
        id: &str,
        customer: &CustomerRef,
    ) -> Result<ContactRecord, Failure> {
        let outcome = match self.account_of(visit, id, &customer.id).await {
            Ok(()) => {
                let gone = customer.id.clone();
                self.change(visit, id, move |contact| {
                    contact.accounts.retain(|account| account.customer != gone);
                    one_is_active(&mut contact.accounts);
                })
                .await
            }
            Err(failure) => Err(failure),
        };
        self.audit_contact(visit, "account_remove", id, &outcome);
        outcome
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

    async fn link(&self, visit: &Visit, form: LinkForm) -> Result<ContactLink, Failure> {
        let key = match &form.document {
            Some(document) => LookupKey::Document(document.clone()),
            None => LookupKey::Phone(form.phone),
        };
        let customers = self.customers_of(visit)?.lookup(&self.call(visit), &key).await?;
        let tenant = visit.tenant.number();
        let by_phone = self.0.store.contact_by_phone(tenant, &form.phone).await?;
        let known = match (by_phone, &form.document) {
            (None, Some(document)) => self.0.store.contact_by_document(tenant, document).await?,
            (by_phone, _) => by_phone,
        };
        if customers.is_empty() {
            return Ok(ContactLink { contact: known, customers });
        }
        let known = match known {
            Some(known) => known,
            None => self.0.store.add_contact_if_unknown(self.new_contact(tenant, form.phone)).await?,
        };
        let (linked, phone, expires) =
            (customers.clone(), form.phone, self.expiry(ContactOrigin::Linked, self.0.clock.now()));
        let document = form.document;
        let contact = self
            .change(visit, &known.id, move |contact| {
                link_to(contact, &linked, phone, document);
                contact.expires_at = expires;
            })
            .await?;
        Ok(ContactLink { contact: Some(contact), customers })
    }

    fn new_contact(&self, tenant: u32, phone: Phone) -> ContactRecord {
        let now = self.0.clock.now();
        ContactRecord {
            id: ContactRecord::new_id(),
            tenant,
            document: None,
            phones: vec![phone],
            name: None,
            email: None,
            customer_type: None,
            origin: ContactOrigin::Linked,
            accounts: Vec::new(),
            tags: Vec::new(),
            created_at: now,
            updated_at: now,
            expires_at: self.expiry(ContactOrigin::Linked, now),
        }
    }

    async fn add_account(&self, visit: &Visit, id: &str, form: AccountForm) -> Result<ContactRecord, Failure> {
        let contact = self.contact_of(visit, id).await?;
        let there = contact.accounts.iter().any(|account| account.customer == form.customer.id);
        if !there && contact.accounts.len() >= MOST_ACCOUNTS {
            return Err(Failure::invalid("customer_id", format!("A contact has at most {MOST_ACCOUNTS} accounts.")));
        }
        let customer = self.customers_of(visit)?.customer(&self.call(visit), &form.customer).await?;
        let account =
            Account { customer: form.customer.id.clone(), label: form.label.unwrap_or(customer.name), active: false };
        self.change(visit, id, move |contact| {
            let customer = account.customer.clone();
            put_account(&mut contact.accounts, account);
            if form.activity == Activity::Active {
                activate(&mut contact.accounts, &customer);
            }
            one_is_active(&mut contact.accounts);
            contact.origin = ContactOrigin::Linked;
        })
        .await
    }

    async fn account_of(&self, visit: &Visit, id: &str, customer: &VendorId) -> Result<(), Failure> {
        let contact = self.contact_of(visit, id).await?;
        if contact.accounts.iter().any(|account| account.customer == *customer) {
            return Ok(());
        }
        Err(Failure::not_found(Missing::Customer))
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

fn link_to(contact: &mut ContactRecord, customers: &[Customer], phone: Phone, document: Option<Document>) {
    if !contact.phones.iter().any(|known| known.same_subscriber(&phone)) {
        contact.phones.push(phone);
    }
    let theirs = customers.iter().find_map(|customer| customer.document.clone());
    contact.document = document.or(theirs).or(contact.document.take());
    if contact.name.is_none() {
        contact.name = customers.first().map(|customer| customer.name.clone());
    }
    for customer in customers.iter().take(MOST_ACCOUNTS) {
        let id = customer.reference.id.clone();
        if !contact.accounts.iter().any(|account| account.customer == id) && contact.accounts.len() < MOST_ACCOUNTS {
            contact.accounts.push(Account { customer: id, label: customer.name.clone(), active: false });
        }
    }
    if let Some(first) = customers.first() {
        activate(&mut contact.accounts, &first.reference.id);
    }
    contact.origin = ContactOrigin::Linked;
}

fn put_account(accounts: &mut Vec<Account>, account: Account) {
    match accounts.iter_mut().find(|known| known.customer == account.customer) {
        Some(known) => known.label = account.label,
        None => accounts.push(account),
    }
}

fn activate(accounts: &mut [Account], customer: &VendorId) {
    for account in accounts {
        account.active = account.customer == *customer;
    }
}

fn one_is_active(accounts: &mut [Account]) {
    if !accounts.iter().any(|account| account.active)
        && let Some(first) = accounts.first_mut()
    {
        first.active = true;
    }
}

/// So much later; the end of time if that is beyond it.
pub(crate) fn later(from: Timestamp, time: Duration) -> Timestamp {
    from.checked_add(time).unwrap_or(Timestamp::MAX)
}
