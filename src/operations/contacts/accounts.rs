//! Accounts of a contact: the ERP customers that it may speak for, one of them active.

use ponte_domain::Failure;
use ponte_domain::failure::Subject as Missing;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_store::{Account, ContactOrigin, ContactRecord};

use crate::operations::Operations;
use crate::visit::Visit;

/// Accounts of one contact.
pub(super) const MOST_ACCOUNTS: usize = 100;

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

impl Operations {
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
}

fn put_account(accounts: &mut Vec<Account>, account: Account) {
    match accounts.iter_mut().find(|known| known.customer == account.customer) {
        Some(known) => known.label = account.label,
        None => accounts.push(account),
    }
}

pub(super) fn activate(accounts: &mut [Account], customer: &VendorId) {
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
