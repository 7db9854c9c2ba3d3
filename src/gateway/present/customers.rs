//! Customers.

use bytes::Bytes;
use ponte_api::customers as words;
use ponte_api::words::{ContactId, CustomerId};
use ponte_domain::customer::Customer;
use ponte_domain::document::Document;
use ponte_operations::customers::{CustomerTypeSource, LookupAnswer, MatchSource};

use super::words::{email, line, list, phone, short};
use super::{Scene, bytes};

/// What a look-up found.
pub(crate) fn lookup(scene: &Scene, answer: &LookupAnswer) -> Bytes {
    bytes(&words::LookupAnswer {
        found_in: match answer.match_source {
            MatchSource::Erp => words::LookupMatch::Erp,
            MatchSource::ContactBase => words::LookupMatch::ContactBase,
            MatchSource::None => words::LookupMatch::None,
        },
        customer_type: short(answer.customer_type.as_deref()),
        customer_type_source: answer.customer_type_source.map(|source| match source {
            CustomerTypeSource::ContactBase => words::CustomerTypeSource::ContactBase,
            CustomerTypeSource::TenantSetting => words::CustomerTypeSource::TenantSetting,
        }),
        contact_id: answer.contact.as_ref().map(|contact| ContactId(contact.id.clone())),
        customers: list(&answer.customers, |found| self::words(scene, found)),
    })
}

/// One customer.
pub(crate) fn customer(scene: &Scene, customer: &Customer) -> Bytes {
    bytes(&words(scene, customer))
}

/// One customer in the published words.
pub(super) fn words(scene: &Scene, customer: &Customer) -> words::Customer {
    let full = scene.is_full();
    words::Customer {
        id: CustomerId(scene.handles().customer(&customer.reference)),
        name: line(Some(&customer.name)).unwrap_or_default(),
        document: customer.document.as_ref().map(|document| on_file(document, full)),
        status: customer.status.value,
        vendor_status: short(customer.status.vendor_word.as_deref()),
        phones: list(&customer.phones, |number| words::PhoneOnFile(phone(number, full))),
        emails: list(&customer.emails, |address| words::EmailOnFile(email(address, full))),
        branch: line(customer.branch.as_deref()),
        person_group: line(customer.person_group.as_deref()),
    }
}

/// A document, its number only in the full view.
pub(crate) fn on_file(document: &Document, full: bool) -> words::DocumentOnFile {
    words::DocumentOnFile {
        kind: document.kind(),
        masked: document.masked(),
        number: full.then(|| document.formatted()),
    }
}
