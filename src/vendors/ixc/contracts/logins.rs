//! Logins: `radusuarios` (dossier 4.b, 4.h).
//!
//! Each row carries the PPPoE and Wi-Fi passwords; no struct here has those columns, so they end with the parse.

use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{Login, LoginStatus, Technology};
use ponte_domain::reference::{ContractRef, CustomerRef, VendorId};
use serde::Deserialize;

use super::Place;
use crate::call::Call;
use crate::ixc::catalogue;
use crate::ixc::dialect::{Answer, Need, Query, all_rows};
use crate::ixc::words;
use crate::reading::flag::yes_no;
use crate::reading::text::Text;

/// A login with the keys to what else is known about it.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::ixc) struct LoginFacts {
    /// The login as published.
    pub(in crate::ixc) login: Login,
    /// Its holder.
    customer: Option<String>,
    /// Its contract.
    pub(in crate::ixc) contract: Option<String>,
    /// Its branch.
    pub(in crate::ixc) branch: Option<String>,
    /// Its speed group.
    pub(in crate::ixc) group: Option<String>,
    /// Whether it may authenticate.
    pub(in crate::ixc) enabled: bool,
    /// Where it is.
    pub(in crate::ixc) point: Option<(String, String)>,
}

impl LoginFacts {
    /// Whether it is this customer's; rows of some installations do not say whose they are.
    fn is_of(&self, customer: &CustomerRef) -> bool {
        self.customer.as_deref().is_none_or(|owner| owner == customer.id.as_str())
    }
}

/// Logins of a contract of this customer.
pub(in crate::ixc) async fn of_contract(
    call: &Call<'_>,
    capability: Capability,
    contract: &ContractRef,
) -> Result<Vec<LoginFacts>, Failure> {
    let mut found = list(call, capability, "id_contrato", contract.id.as_str()).await?;
    found.retain(|login| login.is_of(&contract.customer) && login.contract.as_deref() == Some(contract.id.as_str()));
    Ok(found)
}

/// Logins of a customer.
pub(in crate::ixc) async fn of_customer(
    call: &Call<'_>,
    capability: Capability,
    customer: &CustomerRef,
) -> Result<Vec<LoginFacts>, Failure> {
    let mut found = list(call, capability, "id_cliente", customer.id.as_str()).await?;
    found.retain(|login| login.is_of(customer));
    Ok(found)
}

async fn list(
    call: &Call<'_>,
    capability: Capability,
    column: &'static str,
    id: &str,
) -> Result<Vec<LoginFacts>, Failure> {
    let read = |answer: &Answer<'_>| answer.page::<Row<'_>>()?.read(Row::read);
    let query = Query::equals("radusuarios", column, id);
    all_rows(call, Need::Optional(capability), query, |login: &LoginFacts| login.login.id.as_str(), read).await
}

/// The logins, those without a technology of their own with their speed group's.
pub(super) async fn published(call: &Call<'_>, capability: Capability, logins: &[LoginFacts]) -> Vec<Login> {
    let mut published = Vec::with_capacity(logins.len());
    for login in logins {
        published.push(with_technology(call, capability, login).await);
    }
    published
}

/// The login, with its speed group's technology where the login itself has none.
async fn with_technology(call: &Call<'_>, capability: Capability, facts: &LoginFacts) -> Login {
    let mut login = facts.login.clone();
    if login.technology.value == Technology::Unknown
        && let Some(id) = &facts.group
        && let Some(group) = catalogue::speed_group(call, capability, id).await
        && let Some(group) = group.as_ref()
        && group.technology.value != Technology::Unknown
    {
        login.technology = group.technology.clone();
    }
    login
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    id: Text<'a>,
    id_cliente: Text<'a>,
    id_contrato: Text<'a>,
    id_filial: Text<'a>,
    id_grupo: Text<'a>,
    login: Text<'a>,
    ativo: Text<'a>,
    online: Text<'a>,
    autenticacao: Text<'a>,
    tipo_conexao_mapa: Text<'a>,
    franquia_atingida: Text<'a>,
    latitude: Text<'a>,
    longitude: Text<'a>,
}

impl Row<'_> {
    /// The row in domain words.
    ///
    /// # Errors
    /// A row without an id is of no use.
    pub(super) fn read(self) -> Result<LoginFacts, Failure> {
        let id = self.id.key().ok_or_else(|| Failure::broken("The ERP sent a login without an id."))?;
        let status = words::login_status(self.ativo.as_str());
        Ok(LoginFacts {
            enabled: status.value == LoginStatus::Active,
            login: Login {
                id: VendorId::from(id),
                name: self.login.word(),
                status,
                online: words::online(self.online.as_str(), self.autenticacao.as_str()),
                technology: words::technology(self.tipo_conexao_mapa.as_str()),
                quota_reached: yes_no(self.franquia_atingida.as_str()),
            },
            customer: self.id_cliente.key().map(str::to_owned),
            contract: self.id_contrato.key().map(str::to_owned),
            branch: self.id_filial.key().map(str::to_owned),
            group: self.id_grupo.key().map(str::to_owned),
            point: Place::point(&self.latitude, &self.longitude),
        })
    }
}
