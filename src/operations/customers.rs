//! Customers: look-up with the contact base behind it, and one customer.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::customer::{Customer, LookupKey};
use ponte_domain::document::Document;
use ponte_domain::reference::CustomerRef;
use ponte_store::{ContactOrigin, ContactRecord};
use ponte_vendors::erp::{Customers, LookupWays};

use crate::audit::Target;
use crate::cache::{ReadKind, Subject};
use crate::contacts::later;
use crate::operations::Operations;
use crate::pipeline::read::{Fetched, Question, Served};
use crate::visit::{Visit, not_supported};

/// Where a look-up found somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchSource {
    /// In the ERP.
    Erp,
    /// Only in the contact base.
    ContactBase,
    /// Nowhere.
    None,
}

/// Where a customer type comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CustomerTypeSource {
    /// From the contact.
    ContactBase,
    /// Filled in by the tenant's setting, since nobody knows the document.
    TenantSetting,
}

/// What a look-up found.
#[derive(Debug, Clone)]
pub struct LookupAnswer {
    /// Where.
    pub match_source: MatchSource,
    /// The person's customer type, one of the tenant's list.
    pub customer_type: Option<String>,
    /// Where that comes from.
    pub customer_type_source: Option<CustomerTypeSource>,
    /// The ERP's rows, the active one first.
    pub customers: Vec<Customer>,
    /// The contact, if there is one; also the lead that was just made.
    pub contact: Option<ContactRecord>,
}

impl Operations {
    /// Looks a person up in the ERP, then in the contact base. Where neither knows a document and the tenant has a
    /// customer type for that, the person is kept as a lead of that type. An ERP that does not answer is an error,
    /// never "not a customer".
    ///
    /// # Errors
    /// What the ERP or the store says; `NotSupported` for a way in which this ERP cannot search, unless the contact
    /// base knows the person.
    pub async fn lookup(
        &self,
        visit: &Visit,
        key: LookupKey,
        present: impl FnOnce(&LookupAnswer) -> Bytes,
    ) -> Result<Served, Failure> {
        let text = key_text(&key);
        let subject = match &key {
            LookupKey::VendorId(id) => Subject::Customer(id.as_str()),
            LookupKey::Document(_) | LookupKey::Phone(_) | LookupKey::Email(_) => Subject::Person(&text),
        };
        let question = Question {
            kind: ReadKind::Lookup,
            subject,
            reference: &[key.kind(), &text],
            target: Target::none(key.kind()),
        };
        let fetch = async {
            let answer = self.look_up(visit, &key).await?;
            let bytes = present(&answer);
            // That the ERP knew nobody must not be told any more once it does not answer.
            Ok(if answer.match_source == MatchSource::Erp { bytes.into() } else { Fetched::fresh_only(bytes) })
        };
        self.read(visit, question, fetch).await
    }

    /// One customer.
    ///
    /// # Errors
    /// `NotFound(Customer)`; what the ERP says.
    pub async fn customer(
        &self,
        visit: &Visit,
        customer: &CustomerRef,
        present: impl FnOnce(&Customer) -> Bytes,
    ) -> Result<Served, Failure> {
        let id = customer.id.as_str();
        let question = Question {
            kind: ReadKind::Customer,
            subject: Subject::Customer(id),
            reference: &[id],
            target: Target::customer(&customer.id),
        };
        let fetch = async {
            let customers = self.customers_of(visit)?;
            Ok(present(&customers.customer(&self.call(visit), customer).await?))
        };
        self.read(visit, question, fetch).await
    }

    pub(crate) fn customers_of(&self, visit: &Visit) -> Result<&'static dyn Customers, Failure> {
        visit.offered(Capability::CustomerLookup, visit.erp().customers(), &self.0.clock)
    }

    async fn look_up(&self, visit: &Visit, key: &LookupKey) -> Result<LookupAnswer, Failure> {
        let erp = self.customers_of(visit)?;
        let searchable = can_search(erp.ways(), key);
        let customers = if searchable { erp.lookup(&self.call(visit), key).await? } else { Vec::new() };
        let contact = self.known_contact(visit, key).await?;
        if !customers.is_empty() {
            return Ok(LookupAnswer::of(MatchSource::Erp, customers, contact));
        }
        match (contact, key) {
            (Some(contact), _) => {
                self.touch(&contact).await?;
                Ok(LookupAnswer::of(MatchSource::ContactBase, customers, Some(contact)))
            }
            (None, _) if !searchable => Err(cannot_search(key)),
            (None, LookupKey::Document(document)) => self.nobody(visit, document).await,
            (None, _) => Ok(LookupAnswer::of(MatchSource::None, customers, None)),
        }
    }

    async fn known_contact(&self, visit: &Visit, key: &LookupKey) -> Result<Option<ContactRecord>, Failure> {
        let (store, tenant) = (&self.0.store, visit.tenant.number());
        Ok(match key {
            LookupKey::Document(document) => store.contact_by_document(tenant, document).await?,
            LookupKey::Phone(phone) => store.contact_by_phone(tenant, phone).await?,
            LookupKey::Email(email) => store.contact_by_email(tenant, email).await?,
            LookupKey::VendorId(_) => None,
        })
    }

    /// Nobody knows the document. Only a document says who somebody is: an unknown phone may be a customer's second.
    async fn nobody(&self, visit: &Visit, document: &Document) -> Result<LookupAnswer, Failure> {
        let nobody = LookupAnswer::of(MatchSource::None, Vec::new(), None);
        let Some(customer_type) = visit.tenant.tenant.settings.customer_types.when_not_found.clone() else {
            return Ok(nobody);
        };
        let lead = self.lead(visit.tenant.number(), document.clone(), customer_type.clone());
        let id = lead.id.clone();
        let kept = self.0.store.add_contact_if_unknown(lead).await?;
        self.0.answers.forget(visit.tenant.serial, Subject::Person(document.as_str()));
        if kept.id != id {
            return Ok(LookupAnswer::of(MatchSource::ContactBase, Vec::new(), Some(kept)));
        }
        Ok(LookupAnswer {
            customer_type: Some(customer_type),
            customer_type_source: Some(CustomerTypeSource::TenantSetting),
            contact: Some(kept),
            ..nobody
        })
    }

    fn lead(&self, tenant: u32, document: Document, customer_type: String) -> ContactRecord {
        let now = self.0.clock.now();
        ContactRecord {
            id: ContactRecord::new_id(),
            tenant,
            document: Some(document),
            phones: Vec::new(),
            name: None,
            email: None,
            customer_type: Some(customer_type),
            origin: ContactOrigin::Lead,
            accounts: Vec::new(),
            tags: Vec::new(),
            created_at: now,
            updated_at: now,
            expires_at: self.expiry(ContactOrigin::Lead, now),
        }
    }

    /// When a contact of that origin is erased unless it is used again.
    pub(crate) fn expiry(&self, origin: ContactOrigin, now: Timestamp) -> Option<Timestamp> {
        let kept = match origin {
            ContactOrigin::Lead => self.0.retention.leads,
            ContactOrigin::Linked | ContactOrigin::Platform => self.0.retention.contacts,
        };
        Some(later(now, kept))
    }

    /// Who is looked up again is not erased yet; a day's difference is not worth a write.
    async fn touch(&self, contact: &ContactRecord) -> Result<(), Failure> {
        const DAY: Duration = Duration::from_secs(86_400);
        let fresh = self.expiry(contact.origin, self.0.clock.now());
        let due = matches!((contact.expires_at, fresh), (Some(old), Some(new)) if later(old, DAY) < new);
        if due {
            self.0.store.change_contact(contact.tenant, &contact.id, move |kept| kept.expires_at = fresh).await?;
        }
        Ok(())
    }
}

impl LookupAnswer {
    fn of(match_source: MatchSource, customers: Vec<Customer>, contact: Option<ContactRecord>) -> Self {
        let customer_type = contact.as_ref().and_then(|contact| contact.customer_type.clone());
        let customer_type_source = customer_type.as_ref().map(|_| CustomerTypeSource::ContactBase);
        Self { match_source, customer_type, customer_type_source, customers, contact }
    }
}

/// The key in canonical form; the same for both WhatsApp forms of a phone.
fn key_text(key: &LookupKey) -> String {
    match key {
        LookupKey::Document(document) => document.as_str().to_owned(),
        LookupKey::Phone(phone) => phone.e164(),
        LookupKey::Email(email) => email.clone(),
        LookupKey::VendorId(id) => id.as_str().to_owned(),
    }
}

pub(crate) fn can_search(ways: LookupWays, key: &LookupKey) -> bool {
    match key {
        LookupKey::Document(_) => ways.document,
        LookupKey::Phone(_) => ways.phone,
        LookupKey::Email(_) => ways.email,
        LookupKey::VendorId(_) => ways.vendor_id,
    }
}

pub(crate) fn cannot_search(key: &LookupKey) -> Failure {
    let reason = format!("This ERP's API cannot search customers by {}.", key.kind().replace('_', " "));
    not_supported(Capability::CustomerLookup, reason)
}
