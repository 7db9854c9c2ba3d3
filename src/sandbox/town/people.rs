//! The provider, where it is, and its customers.

use jiff::civil::Date;
use ponte_domain::document::Document;
use ponte_domain::phone::Phone;

use super::id::Id;

/// The internet provider whose ERP the sandbox plays.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Legal name, plain letters so that it fits a Pix code.
    pub name: &'static str,
    /// The name it is known by.
    pub trade_name: &'static str,
    /// Its CNPJ.
    pub document: Document,
}

/// An office of the provider.
#[derive(Debug, Clone)]
pub struct Branch {
    /// Its number.
    pub id: Id<Branch>,
    /// What it is called.
    pub name: &'static str,
    /// Its CNPJ.
    pub document: Document,
    /// Where it is.
    pub city: Id<City>,
}

/// A state of Brazil.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// The number that some vendors give it: IBGE's.
    pub number: u32,
    /// Two letters, `SP`.
    pub code: &'static str,
    /// In full.
    pub name: &'static str,
}

/// A city.
#[derive(Debug, Clone)]
pub struct City {
    /// Its number in the ERP.
    pub id: Id<City>,
    /// Its name.
    pub name: &'static str,
    /// The state it is in.
    pub state: State,
    /// Its IBGE code.
    pub ibge: u32,
}

/// Where a customer lives and is connected.
#[derive(Debug, Clone)]
pub struct Address {
    /// With its kind, `Rua das Acácias`.
    pub street: &'static str,
    /// House number.
    pub number: &'static str,
    /// Flat or room; may be empty.
    pub complement: &'static str,
    /// Bairro.
    pub district: &'static str,
    /// The city.
    pub city: Id<City>,
    /// CEP with its hyphen, `01310-100`.
    pub postal_code: &'static str,
    /// Degrees, as text.
    pub latitude: &'static str,
    /// Degrees, as text.
    pub longitude: &'static str,
}

/// What a subscriber signs in to the portal with.
#[derive(Debug, Clone)]
pub struct Portal {
    /// The login.
    pub login: String,
    /// In clear; a vendor that hashes does so in its skin.
    pub password: String,
}

/// A person or company.
#[derive(Debug, Clone)]
pub struct Customer {
    /// Its number in the ERP.
    pub id: Id<Customer>,
    /// Full or legal name.
    pub name: &'static str,
    /// CPF or CNPJ.
    pub document: Document,
    /// For a CNPJ with letters: the one that vendors hold whose field takes no letters.
    pub numeric_twin: Option<Document>,
    /// Birth date; companies have none.
    pub born_on: Option<Date>,
    /// When it became a customer.
    pub registered_on: Date,
    /// Whether it is one still.
    pub active: bool,
    /// In the ERP's order. Mobile ones are WhatsApp numbers too.
    pub phones: Vec<Phone>,
    /// One address.
    pub email: &'static str,
    /// Where it lives.
    pub address: Address,
    /// The office that serves it.
    pub branch: Id<Branch>,
    /// What it signs in with; none: no password is set.
    pub portal: Option<Portal>,
}

impl Customer {
    /// The document for vendors whose field takes digits only.
    pub fn document_in_digits(&self) -> &Document {
        self.numeric_twin.as_ref().unwrap_or(&self.document)
    }

    /// The first mobile phone.
    pub fn mobile(&self) -> Option<&Phone> {
        self.phones.iter().find(|phone| phone.is_mobile())
    }

    /// The first landline.
    pub fn landline(&self) -> Option<&Phone> {
        self.phones.iter().find(|phone| !phone.is_mobile())
    }
}
