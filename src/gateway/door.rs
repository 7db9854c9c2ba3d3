//! Doors for harnesses that start a gateway in their own process and may not import the rooms below it.

use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_domain::reference::CustomerRef;
use ponte_domain::scope::Scope;
use ponte_operations::{AdminVisit, NewKey, TenantsAllowed};
use secrecy::SecretString;

use crate::server::{Gateway, Reference};

impl Gateway {
    /// A new key for all tenants with these scopes, by their published words.
    ///
    /// # Errors
    /// `InvalidInput` for a word that is no scope, or none at all; `Internal`.
    pub async fn new_key(&self, name: &str, scopes: &[&str]) -> Result<SecretString, Failure> {
        let scopes = scopes
            .iter()
            .map(|word| Scope::parse(word).ok_or_else(|| Failure::invalid("scopes", format!("{word} is no scope."))))
            .collect::<Result<Vec<_>, _>>()?;
        let new = NewKey { name: name.to_owned(), scopes, tenants: TenantsAllowed::All, expires_at: None };
        let (_, secret) = self.operations().create_key(&AdminVisit::local("harness"), new).await?;
        Ok(secret)
    }

    /// Sets the test clock.
    ///
    /// # Errors
    /// `InvalidInput` outside test mode.
    pub fn set_clock(&self, to: Timestamp) -> Result<(), Failure> {
        self.operations().set_clock(to)
    }
}

impl Reference {
    /// A reference by its kind's word (`customer`, `contract`, `invoice`, `fiscal_invoice`, `ticket`), its owner and
    /// the vendor's id; `None` for another word, or a missing owner where one is needed.
    #[must_use]
    pub fn named(kind: &str, customer: Option<&str>, id: &str) -> Option<Self> {
        if kind == "customer" {
            return Some(Self::Customer(CustomerRef::new(id)));
        }
        let customer = CustomerRef::new(customer?);
        match kind {
            "contract" => Some(Self::Contract(customer.contract(id))),
            "invoice" => Some(Self::Invoice(customer.invoice(id))),
            "fiscal_invoice" => Some(Self::FiscalInvoice(customer.fiscal_invoice(id))),
            "ticket" => Some(Self::Ticket(customer.ticket(id))),
            _ => None,
        }
    }
}
