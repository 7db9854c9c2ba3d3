//! Customers: look-up by document, the only key that the API has (dossier 4.a).

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::customer::{Customer, LookupKey};
use ponte_domain::document::Document;
use ponte_domain::failure::Subject;
use ponte_domain::reference::CustomerRef;
use ponte_transport::Method;
use serde::Deserialize;

use super::Synsuite;
use super::contracts;
use super::dialect::{Need, Route, ask};
use super::reference::{Owner, bare};
use super::words;
use crate::call::Call;
use crate::erp::{Customers, LookupWays};
use crate::reading::people;
use crate::reading::prose::clean;
use crate::reading::text::Text;

const CAPABILITY: Capability = Capability::CustomerLookup;

const fn route(need: Need) -> Route {
    Route::of(Method::Get, "people/txid", need)
}

#[async_trait]
impl Customers for Synsuite {
    /// No phone, no e-mail, no id: `getclient` takes such filters and ignores them (dossier 4.a, seen live), and to
    /// page through everybody for one look-up is no look-up.
    fn ways(&self) -> LookupWays {
        LookupWays { document: true, phone: false, email: false, vendor_id: false }
    }

    async fn lookup(&self, call: &Call<'_>, key: &LookupKey) -> Result<Vec<Customer>, Failure> {
        match key {
            // The field takes digits only (dossier 2.3, 4.a): a CNPJ with letters cannot be there.
            LookupKey::Document(document) if document.has_letters() => Err(Failure::new(
                FailureKind::UnsupportedDocument,
                "Synsuite holds numeric documents only: this CNPJ has letters.",
            )),
            LookupKey::Document(document) => {
                let found = by_document(call, Need::Core(CAPABILITY), document.as_str()).await?;
                Ok(found.into_iter().collect())
            }
            LookupKey::Phone(_) | LookupKey::Email(_) | LookupKey::VendorId(_) => Err(Failure::new(
                FailureKind::NotSupported(CAPABILITY),
                "Synsuite's API finds people by CPF or CNPJ only.",
            )),
        }
    }

    async fn customer(&self, call: &Call<'_>, customer: &CustomerRef) -> Result<Customer, Failure> {
        one(call, Need::Core(CAPABILITY), customer).await
    }
}

/// The customer of a reference. The row is found by the document, so its id is compared.
pub(super) async fn one(call: &Call<'_>, need: Need, customer: &CustomerRef) -> Result<Customer, Failure> {
    let owner = Owner::of(customer)?;
    let found = by_document(call, need, owner.document).await?;
    found.filter(|found| found.reference == *customer).ok_or_else(|| Failure::not_found(Subject::Customer))
}

/// The person with this document. An empty 404 is that of somebody who is not there, or of an address that is not the
/// API's (dossier 3): another route of the same API tells which, since an address must never pass for "nobody".
async fn by_document(call: &Call<'_>, need: Need, document: &str) -> Result<Option<Customer>, Failure> {
    match person(call, need, document).await {
        Err(failure) if is_404_of_the_api(&failure) => {
            contracts::is_there(call, need, document).await.map_err(|_| failure)?;
            Ok(None)
        }
        other => other,
    }
}

/// Not of the token server, whose 404 is about another address.
pub(super) fn is_404_of_the_api(failure: &Failure) -> bool {
    let status = failure.upstream().and_then(|upstream| upstream.http_status);
    failure.kind() == FailureKind::TenantMisconfigured && failure.field() == Some("base_url") && status == Some(404)
}

/// The row of a document, compared again: the answer is one object.
async fn person(call: &Call<'_>, need: Need, document: &str) -> Result<Option<Customer>, Failure> {
    ask(
        call,
        route(need),
        |route| route.read().segment(document),
        |answer| match answer.found::<Row<'_>>()? {
            Ok(row) => row.read(document),
            Err(_) => Ok(None),
        },
    )
    .await
}

/// A person, as three routes write one.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
pub(super) struct Row<'a> {
    id: Text<'a>,
    name: Text<'a>,
    tx_id: Text<'a>,
    email: Text<'a>,
    status: Text<'a>,
    phone: Text<'a>,
    cell_phone: Text<'a>,
    cell_phone1: Text<'a>,
}

impl Row<'_> {
    /// The person with this document, or nobody.
    ///
    /// # Errors
    /// A row without its ids.
    fn read(self, document: &str) -> Result<Option<Customer>, Failure> {
        if bare(self.tx_id.as_str()) == document { self.customer().map(Some) } else { Ok(None) }
    }

    /// The person, whoever it is.
    ///
    /// # Errors
    /// A row without its ids.
    pub(super) fn customer(self) -> Result<Customer, Failure> {
        let missing = || Failure::broken("The ERP sent a person without its ids.");
        let person = self.id.key().ok_or_else(missing)?;
        let document = bare(self.tx_id.as_str());
        if document.is_empty() {
            return Err(missing());
        }
        Ok(Customer {
            reference: Owner::reference(person, &document),
            name: clean(self.name.as_str()),
            document: Document::parse(&document).ok(),
            status: words::customer_status(self.status.as_str()),
            phones: people::phones([self.cell_phone.as_str(), self.cell_phone1.as_str(), self.phone.as_str()]),
            emails: people::emails([self.email.as_str()]),
            // Neither is on a person here.
            branch: None,
            person_group: None,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::customer::CustomerStatus;

    use super::Row;

    fn row(json: &str) -> Row<'_> {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_person_is_read_with_phones_in_their_order() {
        let json = r#"{"id":880104,"name":"Davi  Rocha","name2":"","txId":"123.456.789-09","email":"davi@example.com;DAVI@example.com","status":1,
            "phone":"(41) 3333-0002","cellPhone":"(41) 99123-0001","birthDate":null,"mainAddress":null,"titles":[{"id":1}]}"#;
        let davi = row(json).read("12345678909").unwrap().unwrap();
        assert_eq!((davi.reference.id.as_str(), davi.name.as_str()), ("880104.12345678909", "Davi Rocha"));
        assert_eq!(davi.document.unwrap().as_str(), "12345678909");
        let phones: Vec<String> = davi.phones.iter().map(|phone| phone.e164()).collect();
        assert_eq!(phones, ["+5541991230001", "+554133330002"]);
        assert_eq!((davi.emails.len(), davi.status.value), (1, CustomerStatus::Active));
    }

    #[test]
    fn another_document_is_nobody() {
        assert!(row(r#"{"id":1,"name":"X","txId":"11144477735"}"#).read("52998224725").unwrap().is_none());
        assert!(row(r#"{"id":1,"name":"X"}"#).read("52998224725").unwrap().is_none());
    }

    #[test]
    fn a_company_has_letters_and_no_birthday() {
        let json = r#"{"id":"880105","name":"Empresa Exemplo Ltda","name2":"Exemplo","txId":"12.ABC.345/01DE-35","birthDate":null,"status":0}"#;
        let company = row(json).read("12ABC34501DE35").unwrap().unwrap();
        assert_eq!(company.document.unwrap().formatted(), "12.ABC.345/01DE-35");
        assert_eq!(company.status.value, CustomerStatus::Inactive);
    }

    #[test]
    fn a_person_without_an_id_is_broken() {
        let failure = row(r#"{"id":0,"txId":"52998224725"}"#).read("52998224725").unwrap_err();
        assert_eq!(failure.kind(), FailureKind::BrokenAnswer);
    }
}
