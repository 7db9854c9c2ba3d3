//! Rows of `consultacliente`: one a contract, the holder repeated in each (dossier 4.a).
//!
//! Each row carries the portal's, the PPPoE's and the Wi-Fi's passwords in the clear. No struct here has those columns,
//! so they are dropped while the answer is parsed and can reach neither a log nor an answer.

use ponte_domain::Failure;
use ponte_domain::document::Document;
use ponte_domain::failure::Subject;
use ponte_domain::known::Known;
use ponte_domain::phone::Phone;
use ponte_domain::reference::{ContractRef, CustomerRef};
use serde::Deserialize;

use super::dialect::{FIND_CONTRACTS, Need, Request, look};
use super::values::{count, first, given, is_id, key};
use super::words::{Standing, standing};
use crate::call::Call;
use crate::reading::people;
use crate::reading::prose::{clean, cleaned};
use crate::reading::rows::Rows;
use crate::reading::text::Text;

/// What contracts are searched by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// CPF or CNPJ without punctuation.
    Document,
    /// Contract id.
    Contract,
    /// Phone, digits only.
    Phone,
    /// Mail address.
    Email,
    /// Login of the connection or the portal.
    Login,
}

impl By {
    const fn field(self) -> &'static str {
        match self {
            Self::Document => "cpfcnpj",
            Self::Contract => "contrato",
            Self::Phone => "telefone",
            Self::Email => "email",
            Self::Login => "login",
        }
    }
}

/// A contract with its holder. No `Debug`: it is personal data through and through.
#[derive(Clone)]
pub(super) struct Found {
    /// The contract and its owner.
    pub(super) reference: ContractRef,
    /// The holder's name.
    pub(super) name: String,
    /// The holder's document, where it is a valid one.
    pub(super) document: Option<Document>,
    /// The holder's phones.
    pub(super) phones: Vec<Phone>,
    /// The holder's mail addresses.
    pub(super) emails: Vec<String>,
    /// Status of the contract.
    pub(super) standing: Standing,
    /// The vendor's word for it.
    pub(super) word: Option<String>,
    /// Name of the plan; that of an add-on where it is no internet contract.
    pub(super) plan: String,
    /// Day of the month on which bills fall due.
    pub(super) due_day: Option<u8>,
    /// Where it is installed, in one line; add-ons have no address.
    pub(super) address: Option<String>,
    /// City of the installation.
    pub(super) city: Option<String>,
    /// Login of the connection; add-ons have none.
    pub(super) login: Option<String>,
    /// Login of the portal.
    pub(super) portal_login: Option<String>,
    /// Point of presence.
    pub(super) pop: Option<String>,
    /// Payment promises of this month; none where the version does not say.
    pub(super) promises: Option<u32>,
}

impl Found {
    /// The holder.
    pub(super) const fn customer(&self) -> &CustomerRef {
        &self.reference.customer
    }

    /// What the contract's status means, with the vendor's word for it.
    pub(super) fn known<T>(&self, value: T) -> Known<T> {
        match &self.word {
            Some(word) => Known::new(value, word.as_str()),
            None => Known::without_word(value),
        }
    }
}

/// Contracts by one key, unified ones included; they are left out unless asked for. Nobody is an empty list, whatever
/// the text beside it says. How well a row fits the key is for the caller to check.
pub(super) async fn by(call: &Call<'_>, need: Need, by: By, value: &str) -> Result<Vec<Found>, Failure> {
    // A blank filter may match everybody (dossier 4.a).
    if value.trim().is_empty() {
        return Ok(Vec::new());
    }
    let request =
        Request::form(FIND_CONTRACTS.0, FIND_CONTRACTS.1).with(by.field(), value.trim()).flag("incluir_unificados");
    look(call, need, request, |answer| {
        answer.json(|wire: Wire<'_>| {
            let rows = wire.contratos.map(|rows| rows.0.into_iter().map(Row::read).collect::<Result<Vec<_>, _>>());
            rows.transpose().map(|rows| rows.map(each_once))
        })
    })
    .await
}

/// The row of a contract of this customer.
///
/// # Errors
/// `NotFound(Contract)` where the vendor has none or it is another customer's.
pub(super) async fn contract(call: &Call<'_>, need: Need, contract: &ContractRef) -> Result<Found, Failure> {
    let missing = || Failure::not_found(Subject::Contract);
    if !is_id(contract.id.as_str()) {
        return Err(missing());
    }
    let found = by(call, need, By::Contract, contract.id.as_str()).await?;
    found.into_iter().find(|found| found.reference == *contract).ok_or_else(missing)
}

/// Several services of one contract may come as several rows; the first with a login stands for them.
fn each_once(rows: Vec<Found>) -> Vec<Found> {
    let mut once: Vec<Found> = Vec::with_capacity(rows.len());
    for row in rows {
        match once.iter_mut().find(|known| known.reference == row.reference) {
            Some(known) if known.login.is_none() && row.login.is_some() => *known = row,
            Some(_) => {}
            None => once.push(row),
        }
    }
    once
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Wire<'a> {
    #[serde(default)]
    contratos: Option<Rows<Row<'a>>>,
}

/// Versions differ in the case of names, and other routes' names occur (dossier 4.0).
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    cliente_id: Text<'a>,
    razao_social: Text<'a>,
    razaosocial: Text<'a>,
    cpf_cnpj: Text<'a>,
    cpfcnpj: Text<'a>,
    contrato_id: Text<'a>,
    contrato: Text<'a>,
    contrato_status: Text<'a>,
    contrato_status_display: Text<'a>,
    cob_vencimento: Text<'a>,
    promessas_pagamento_mes: Text<'a>,
    #[serde(rename = "servico_plano")]
    servico_plano: Text<'a>,
    planointernet: Text<'a>,
    planotv: Text<'a>,
    #[serde(rename = "servico_login")]
    servico_login: Text<'a>,
    contrato_central_login: Text<'a>,
    pop_id: Text<'a>,
    #[serde(rename = "endereco_logradouro")]
    street: Text<'a>,
    #[serde(rename = "endereco_numero")]
    number: Text<'a>,
    #[serde(rename = "endereco_complemento")]
    complement: Text<'a>,
    #[serde(rename = "endereco_bairro")]
    district: Text<'a>,
    #[serde(rename = "endereco_cidade")]
    city: Text<'a>,
    #[serde(rename = "endereco_uf")]
    state: Text<'a>,
    #[serde(rename = "endereco_cep")]
    zip: Text<'a>,
    telefones: Rows<Contact<'a>>,
    emails: Rows<Contact<'a>>,
}

impl Row<'_> {
    /// The row in domain words.
    ///
    /// # Errors
    /// A row without its ids is of no use.
    pub(super) fn read(self) -> Result<Found, Failure> {
        let missing = || Failure::broken("The ERP sent a contract without its ids.");
        let owner = CustomerRef::new(key(&self.cliente_id).ok_or_else(missing)?);
        let label = given(&self.contrato_status_display).unwrap_or_default();
        let code = given(&self.contrato_status);
        let standing = standing(code, label);
        if standing == Standing::Unknown {
            tracing::debug!(vendor = "sgp", code, "a contract status that no table knows");
        }
        let plan = first(&[&self.servico_plano, &self.planointernet, &self.planotv]);
        Ok(Found {
            reference: owner.contract(key(&self.contrato_id).or_else(|| key(&self.contrato)).ok_or_else(missing)?),
            name: first(&[&self.razao_social, &self.razaosocial]).map(clean).unwrap_or_default(),
            document: first(&[&self.cpf_cnpj, &self.cpfcnpj]).and_then(|text| Document::parse(text).ok()),
            phones: people::phones(self.telefones.0.iter().map(Contact::text)),
            emails: people::emails(self.emails.0.iter().map(Contact::text)),
            standing,
            word: Some(label).filter(|label| !label.is_empty()).or(code).map(str::to_owned),
            plan: plan.map(clean).unwrap_or_default(),
            due_day: given(&self.cob_vencimento)
                .and_then(|day| day.parse().ok())
                .filter(|day: &u8| (1..=31).contains(day)),
            address: self.address(),
            city: given(&self.city).and_then(cleaned),
            login: given(&self.servico_login).map(str::to_owned),
            portal_login: given(&self.contrato_central_login).map(str::to_owned),
            pop: key(&self.pop_id).map(str::to_owned),
            promises: count(&self.promessas_pagamento_mes),
        })
    }

    /// In one line; the house number 0 is none.
    fn address(&self) -> Option<String> {
        let part = |text: &Text<'_>| given(text).and_then(cleaned);
        let place = match (part(&self.city), part(&self.state)) {
            (Some(city), Some(state)) => Some(format!("{city} - {state}")),
            (city, state) => city.or(state),
        };
        let number = part(&self.number).filter(|number| number != "0");
        // Without a street or a city what is left tells nobody where it is.
        part(&self.street).as_ref().or(place.as_ref())?;
        let parts = [part(&self.street), number, part(&self.complement), part(&self.district), place, part(&self.zip)];
        Some(parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// A phone or mail address: an object, or the bare text in older versions.
#[derive(Deserialize)]
#[serde(untagged, bound(deserialize = "'de: 'a"))]
enum Contact<'a> {
    Object {
        #[serde(default)]
        contato: Text<'a>,
    },
    Text(Text<'a>),
}

impl Contact<'_> {
    fn text(&self) -> &str {
        match self {
            Self::Object { contato: text } | Self::Text(text) => given(text).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests;
