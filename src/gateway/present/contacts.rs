//! Contacts of the contact base.

use ponte_api::contacts as words;
use ponte_api::customers::{EmailOnFile, PhoneOnFile};
use ponte_api::words::{ContactId, CustomerId};
use ponte_domain::reference::CustomerRef;
use ponte_operations::{Account, ContactOrigin, ContactRecord};

use super::Scene;
use super::customers::on_file;
use super::words::{email, line, list, phone, short};

/// One contact.
pub(crate) fn contact(scene: &Scene, contact: &ContactRecord) -> words::Contact {
    let full = scene.is_full();
    words::Contact {
        id: ContactId(contact.id.clone()),
        document: contact.document.as_ref().map(|document| on_file(document, full)),
        phones: contact.phones.iter().take(100).map(|number| PhoneOnFile(phone(number, full))).collect(),
        name: line(contact.name.as_deref()),
        email: contact.email.as_deref().map(|address| EmailOnFile(email(address, full))),
        customer_type: short(contact.customer_type.as_deref()),
        origin: match contact.origin {
            ContactOrigin::Lead => words::ContactOrigin::Lead,
            ContactOrigin::Linked => words::ContactOrigin::Linked,
            ContactOrigin::Platform => words::ContactOrigin::Platform,
        },
        accounts: account_list(scene, contact),
        tags: contact.tags.iter().take(50).map(|tag| words::ContactTag(tag.clone())).collect(),
        created_at: scene.instant(contact.created_at),
        updated_at: scene.instant(contact.updated_at),
        expires_at: contact.expires_at.map(|end| scene.instant(end)),
    }
}

/// A contact's accounts.
pub(crate) fn accounts(scene: &Scene, contact: &ContactRecord) -> words::AccountList {
    words::AccountList { accounts: account_list(scene, contact) }
}

fn account_list(scene: &Scene, contact: &ContactRecord) -> Vec<words::Account> {
    list(&contact.accounts, |account: &Account| words::Account {
        customer_id: CustomerId(scene.handles().customer(&CustomerRef::new(account.customer.clone()))),
        label: short(Some(&account.label)).unwrap_or_default(),
        active: account.active,
    })
}
