//! Linking the contact of a phone to the customers of a document, or to those of the phone.

use ponte_domain::Failure;
use ponte_domain::customer::{Customer, LookupKey};
use ponte_domain::document::Document;
use ponte_domain::phone::Phone;
use ponte_store::{Account, ContactOrigin, ContactRecord};

use super::accounts::{MOST_ACCOUNTS, activate};
use crate::audit::Target;
use crate::customers::{can_search, cannot_search};
use crate::operations::Operations;
use crate::visit::Visit;

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

impl Operations {
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

    async fn link(&self, visit: &Visit, form: LinkForm) -> Result<ContactLink, Failure> {
        let known = self.contact_to_link(visit.tenant.number(), &form).await?;
        let key = match &form.document {
            Some(document) => LookupKey::Document(document.clone()),
            None => LookupKey::Phone(form.phone),
        };
        let erp = self.customers_of(visit)?;
        let customers = match (can_search(erp.ways(), &key), &known) {
            (true, _) => erp.lookup(&self.call(visit), &key).await?,
            (false, Some(_)) => Vec::new(),
            (false, None) => return Err(cannot_search(&key)),
        };
        if customers.is_empty() {
            return Ok(ContactLink { contact: known, customers });
        }
        let tenant = visit.tenant.number();
        let known = match known {
            Some(known) => known,
            None => self.0.store.add_contact_if_unknown(self.new_contact(tenant, form.phone)).await?,
        };
        self.forget_person(visit, &known);
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

    /// The contact of the phone, else of the document.
    async fn contact_to_link(&self, tenant: u32, form: &LinkForm) -> Result<Option<ContactRecord>, Failure> {
        let by_phone = self.0.store.contact_by_phone(tenant, &form.phone).await?;
        Ok(match (by_phone, &form.document) {
            (None, Some(document)) => self.0.store.contact_by_document(tenant, document).await?,
            (by_phone, _) => by_phone,
        })
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
