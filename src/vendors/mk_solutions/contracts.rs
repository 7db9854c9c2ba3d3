//! Contracts and their connections, which are the access side: a contract stays active while its connection is cut for
//! a debt (dossier 4.b).

mod connection;

use async_trait::async_trait;
use jiff::civil::Date;
use ponte_domain::capability::Capability;
use ponte_domain::contract::{AccessStatus, Contract, ContractStatus, Plan, Speed};
use ponte_domain::failure::Subject;
use ponte_domain::known::Known;
use ponte_domain::reference::{ContractRef, CustomerRef};
use ponte_domain::{Failure, FailureKind};
use serde::Deserialize;

use super::dialect::{Answer, Need, Rule, look};
use super::{MkSolutions, billing, values, words};
use crate::call::Call;
use crate::erp::Contracts;
use crate::reading::prose::cleaned;
use crate::reading::text::Text;

pub(super) use connection::{Connection, of_customer as connections};

/// Contracts in every state. Older releases and profiles without it have the list of active ones only.
pub(super) const ALL: Rule = Rule::free("WSMKContratosPorClienteV2");
pub(super) const ACTIVE: Rule = Rule::free("WSMKContratosPorCliente");
pub(super) const CONNECTIONS: Rule = connection::RULE;

#[async_trait]
impl Contracts for MkSolutions {
    async fn of_customer(&self, call: &Call<'_>, customer: &CustomerRef) -> Result<Vec<Contract>, Failure> {
        let mut contracts: Vec<Contract> =
            read(call, Capability::Contracts, customer).await?.into_iter().map(|whole| whole.contract).collect();
        contracts.sort_by_key(|contract| rank(contract.status.value));
        Ok(contracts)
    }

    async fn contract(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Contract, Failure> {
        whole(call, Capability::Contracts, contract).await.map(|whole| whole.contract)
    }
}

/// A contract with its connections.
pub(super) struct Whole {
    /// The contract.
    pub(super) contract: Contract,
    /// Its connections.
    pub(super) connections: Vec<Connection>,
    /// Day of joining, by which pending terms are asked for.
    pub(super) joined_on: Option<Date>,
}

/// Reads a contract of this customer.
///
/// # Errors
/// `NotFound(Contract)` where the vendor has none or it is another customer's.
pub(super) async fn whole(call: &Call<'_>, capability: Capability, contract: &ContractRef) -> Result<Whole, Failure> {
    let all = read(call, capability, &contract.customer).await?;
    all.into_iter()
        .find(|whole| whole.contract.reference == *contract)
        .ok_or_else(|| Failure::not_found(Subject::Contract))
}

async fn read(call: &Call<'_>, capability: Capability, customer: &CustomerRef) -> Result<Vec<Whole>, Failure> {
    if !values::is_id(customer.id.as_str()) {
        return Ok(Vec::new());
    }
    let (rows, connections, days, companies) = tokio::join!(
        rows(call, Need::Required(capability), customer),
        connections(call, Need::Required(capability), customer),
        billing::due_days(call, capability, customer),
        companies(call, capability, customer),
    );
    let (mut rows, connections) = (rows?, connections?);
    for facts in &mut rows {
        let company = companies.iter().find(|other| other.id == facts.id).and_then(|other| other.company.clone());
        facts.company = facts.company.take().or(company);
    }
    let owners = connection::owners(&connections, &rows.iter().map(Facts::bound).collect::<Vec<_>>());
    Ok(rows
        .into_iter()
        .map(|facts| {
            let mine = connections.iter().zip(&owners).filter(|(_, owner)| owner.as_deref() == Some(facts.id.as_str()));
            let mine: Vec<Connection> = mine.map(|(connection, _)| connection.clone()).collect();
            let due_day = if facts.is_over() { None } else { days.of(&facts.id) };
            facts.assemble(customer, mine, due_day)
        })
        .collect())
}

/// The row of a contract, and what tells whose its holder's connections are.
pub(super) struct Found {
    pub(super) facts: Facts,
    /// All contracts of the holder: id, and whether ended.
    all: Vec<(String, bool)>,
}

impl Found {
    /// Those of the holder's connections that are this contract's.
    pub(super) fn own(&self, connections: Vec<Connection>) -> Vec<Connection> {
        let all: Vec<(&str, bool)> = self.all.iter().map(|(id, over)| (id.as_str(), *over)).collect();
        let owners = connection::owners(&connections, &all);
        let own = |owner: &Option<String>| owner.as_deref() == Some(self.facts.id.as_str());
        connections.into_iter().zip(owners).filter(|(_, owner)| own(owner)).map(|(connection, _)| connection).collect()
    }
}

/// Finds a contract alone, for what must go on without its connections.
///
/// # Errors
/// `NotFound(Contract)` where the vendor has none or it is another customer's.
pub(super) async fn found(call: &Call<'_>, capability: Capability, contract: &ContractRef) -> Result<Found, Failure> {
    let rows = if values::is_id(contract.customer.id.as_str()) {
        rows(call, Need::Required(capability), &contract.customer).await?
    } else {
        Vec::new()
    };
    let all = rows.iter().map(|facts| (facts.id.clone(), facts.is_over())).collect();
    let facts = rows.into_iter().find(|facts| facts.id == contract.id.as_str());
    facts.map(|facts| Found { facts, all }).ok_or_else(|| Failure::not_found(Subject::Contract))
}

/// Ids of all contracts of a customer. What asks for them can do without.
pub(super) async fn ids(
    call: &Call<'_>,
    capability: Capability,
    customer: &CustomerRef,
) -> Result<Vec<String>, Failure> {
    Ok(rows(call, Need::Optional(capability), customer).await?.into_iter().map(|facts| facts.id).collect())
}

async fn rows(call: &Call<'_>, need: Need, customer: &CustomerRef) -> Result<Vec<Facts>, Failure> {
    let params = [("cd_cliente", customer.id.as_str())];
    let id = customer.id.as_str();
    match look(call, Need::Optional(need.capability()), ALL, &params, |answer| facts_of_all(answer, id)).await {
        Err(failure) if is_out_of_reach(failure.kind()) => {
            look(call, need, ACTIVE, &params, |answer| facts_of_active(answer, id)).await
        }
        other => other,
    }
}

/// The list of active contracts, which alone names the company of each. The rest of the answer stands without it.
async fn companies(call: &Call<'_>, capability: Capability, customer: &CustomerRef) -> Vec<Facts> {
    let params = [("cd_cliente", customer.id.as_str())];
    let read = |answer: &Answer<'_>| facts_of_active(answer, customer.id.as_str());
    match look(call, Need::Optional(capability), ACTIVE, &params, read).await {
        Ok(active) => active,
        Err(failure) => {
            tracing::debug!(vendor = "mk-solutions", reason = failure.kind().word(), "companies could not be read");
            Vec::new()
        }
    }
}

/// Whether a rule cannot be had here at all: not in this release, or not ticked in the profile.
pub(super) const fn is_out_of_reach(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::NotSupported(_) | FailureKind::AccessBlocked)
}

/// What the vendor says of a contract itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) id: String,
    pub(super) status: Known<ContractStatus>,
    plan: Option<String>,
    joined_on: Option<Date>,
    company: Option<String>,
}

impl Facts {
    /// Whether the contract has ended.
    pub(super) const fn is_over(&self) -> bool {
        is_over(self.status.value)
    }

    fn bound(&self) -> (&str, bool) {
        (&self.id, self.is_over())
    }

    fn assemble(self, customer: &CustomerRef, connections: Vec<Connection>, due_day: Option<u8>) -> Whole {
        let contract = Contract {
            reference: customer.contract(self.id.as_str()),
            number: self.id,
            plan: Plan { name: self.plan.unwrap_or_default(), download_mbps: None, upload_mbps: None },
            access: access(self.status.value, &connections),
            speed: speed(&connections),
            due_day,
            monthly_amount: None,
            address: connections.iter().find_map(|connection| connection.address.clone()),
            logins: connections.iter().map(Connection::login).collect(),
            branch: self.company,
            activated_on: self.joined_on.filter(|_| self.status.value != ContractStatus::PreContract),
            cancelled_on: None,
            status: self.status,
        };
        Whole { contract, connections, joined_on: self.joined_on }
    }
}

/// Whether a contract of this status has ended.
pub(super) const fn is_over(status: ContractStatus) -> bool {
    matches!(
        status,
        ContractStatus::Inactive
            | ContractStatus::NegativeListed
            | ContractStatus::Withdrawn
            | ContractStatus::Cancelled
    )
}

/// The access of a contract: that of its blocked connection, if one is blocked; else that of any.
pub(super) fn access(status: ContractStatus, connections: &[Connection]) -> Known<AccessStatus> {
    if is_over(status) {
        return Known::without_word(AccessStatus::Disabled);
    }
    let blocked = connections.iter().find(|connection| connection.blocked == Some(true));
    let told = blocked.or_else(|| connections.first());
    told.map_or(Known::without_word(AccessStatus::Unknown), Connection::access)
}

/// Reduced where one connection is.
pub(super) fn speed(connections: &[Connection]) -> Speed {
    let said: Vec<bool> = connections.iter().filter_map(|connection| connection.reduced).collect();
    words::speed(if said.is_empty() { None } else { Some(said.contains(&true)) })
}

/// Those in force first, then those to come, then those that have ended.
const fn rank(status: ContractStatus) -> u8 {
    match status {
        ContractStatus::Active => 0,
        ContractStatus::PreContract => 1,
        ContractStatus::Suspended => 2,
        ContractStatus::Unknown => 3,
        ContractStatus::Inactive
        | ContractStatus::NegativeListed
        | ContractStatus::Withdrawn
        | ContractStatus::Cancelled => 4,
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    codcontrato: Text<'a>,
    status_contrato: Text<'a>,
    plano_acesso: Text<'a>,
    adesao: Text<'a>,
    cd_empresa: Text<'a>,
    nome_empresa: Text<'a>,
}

/// A bare array; accepted also under a key (dossier 4.b).
fn facts_of_all(answer: &Answer<'_>, customer: &str) -> Result<Vec<Facts>, Failure> {
    let rows: Vec<Row<'_>> = answer.rows_of(&["contratos", "contratosativos"], customer)?;
    rows.into_iter().map(|row| row.read(None)).collect()
}

/// The list whose contracts are active by definition.
fn facts_of_active(answer: &Answer<'_>, customer: &str) -> Result<Vec<Facts>, Failure> {
    let rows: Vec<Row<'_>> = answer.rows_of(&["contratosativos"], customer)?;
    rows.into_iter().map(|row| row.read(Some(ContractStatus::Active))).collect()
}

impl Row<'_> {
    /// The row in domain words. `previsao_vencimento` is the end of the term, not the due day, and is not read.
    fn read(self, by_definition: Option<ContractStatus>) -> Result<Facts, Failure> {
        let id = self.codcontrato.key().ok_or_else(|| Failure::broken("The ERP sent a contract without an id."))?;
        let status = match by_definition {
            Some(status) if self.status_contrato.filled().is_none() => Known::without_word(status),
            _ => words::contract_status(self.status_contrato.as_str()),
        };
        Ok(Facts {
            id: id.to_owned(),
            status,
            plan: cleaned(self.plano_acesso.as_str()),
            joined_on: values::any_date(&self.adesao, "adesao", &ponte_domain::dates::Zone::default())?,
            // Without its code the name is a word for "all companies".
            company: self.cd_empresa.key().and_then(|_| cleaned(self.nome_empresa.as_str())),
        })
    }
}

#[cfg(test)]
mod tests;
