//! Connections of a customer, and which contract each belongs to.

use ponte_domain::Failure;
use ponte_domain::contract::{AccessStatus, Login, Online};
use ponte_domain::known::Known;
use ponte_domain::reference::{CustomerRef, VendorId};
use serde::Deserialize;

use crate::call::Call;
use crate::mk_solutions::dialect::{Answer, Need, Rule, look};
use crate::mk_solutions::words::BlockReason;
use crate::mk_solutions::{values, words};
use crate::reading::prose::{cleaned, fold};
use crate::reading::text::Text;

pub(super) const RULE: Rule = Rule::free("WSMKConexoesPorCliente");

/// One connection. Its `Debug` shows no name and no address.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::mk_solutions) struct Connection {
    pub(in crate::mk_solutions) id: String,
    /// The contract that it names; none for a connection without contract.
    contract: Option<String>,
    name: String,
    pub(in crate::mk_solutions) blocked: Option<bool>,
    /// The answer to "is it blocked?", as written.
    blocked_word: String,
    /// Why it is blocked, as written; empty where it is not said.
    pub(in crate::mk_solutions) reason: String,
    /// Whether slowed down for a debt.
    pub(in crate::mk_solutions) reduced: Option<bool>,
    pub(in crate::mk_solutions) technology: String,
    pub(in crate::mk_solutions) address: Option<String>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("id", &self.id).field("blocked", &self.blocked).finish_non_exhaustive()
    }
}

impl Connection {
    /// The access that it gives.
    pub(super) fn access(&self) -> Known<AccessStatus> {
        words::access_status(self.blocked, &self.reason, &self.blocked_word)
    }

    /// Why it is blocked.
    pub(in crate::mk_solutions) fn block_reason(&self) -> BlockReason {
        words::block_reason(&self.reason)
    }

    /// As a login of its contract. Whether it holds a session is another rule's answer, one call a connection, which
    /// diagnostics ask for.
    pub(in crate::mk_solutions) fn login(&self) -> Login {
        Login {
            id: VendorId::from(self.id.as_str()),
            name: self.name.clone(),
            status: words::login_status(self.blocked, &self.reason, &self.blocked_word),
            online: Known::without_word(Online::Unknown),
            technology: words::technology(&self.technology),
            quota_reached: None,
        }
    }

    #[cfg(test)]
    pub(in crate::mk_solutions) fn of(json: &str) -> Self {
        #![allow(clippy::unwrap_used)]
        serde_json::from_str::<Row<'_>>(json).unwrap().read().unwrap()
    }
}

/// All connections of a customer, those without contract too.
pub(in crate::mk_solutions) async fn of_customer(
    call: &Call<'_>,
    need: Need,
    customer: &CustomerRef,
) -> Result<Vec<Connection>, Failure> {
    let id = customer.id.as_str();
    look(call, need, RULE, &[("cd_cliente", id)], |answer| read(answer, id)).await
}

fn read(answer: &Answer<'_>, customer: &str) -> Result<Vec<Connection>, Failure> {
    let rows: Vec<Row<'_>> = answer.rows_of(&["conexoes"], customer)?;
    rows.into_iter().map(Row::read).collect()
}

/// The contract of each connection. One that names none belongs to the contract at whose address it stands, else to
/// the only one in force if that has none of its own; where neither tells, it stays by itself (dossier 4.b).
/// `contracts`: id, whether ended.
pub(super) fn owners(connections: &[Connection], contracts: &[(&str, bool)]) -> Vec<Option<String>> {
    let mut in_force = contracts.iter().filter(|(_, over)| !over).map(|(id, _)| *id);
    let only = in_force.next().filter(|_| in_force.next().is_none());
    let only = only.filter(|id| connections.iter().all(|one| one.contract.as_deref() != Some(*id)));
    let known = |id: &str| contracts.iter().any(|(contract, _)| *contract == id);
    connections
        .iter()
        .map(|connection| match &connection.contract {
            Some(id) => Some(id.clone()),
            None => neighbour(connection, connections).filter(|id| known(id)).or(only).map(str::to_owned),
        })
        .collect()
}

/// The contract that all connections of the same address name.
fn neighbour<'c>(connection: &Connection, all: &'c [Connection]) -> Option<&'c str> {
    let address = fold(connection.address.as_deref()?);
    let mut named = all
        .iter()
        .filter(|other| other.address.as_deref().is_some_and(|other| fold(other) == address))
        .filter_map(|other| other.contract.as_deref());
    let first = named.next()?;
    named.all(|other| other == first).then_some(first)
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    codconexao: Text<'a>,
    contrato: Text<'a>,
    username: Text<'a>,
    bloqueada: Text<'a>,
    motivo_bloqueio: Text<'a>,
    esta_reduzida: Text<'a>,
    tecnologia: Text<'a>,
    endereco: Text<'a>,
}

impl Row<'_> {
    fn read(self) -> Result<Connection, Failure> {
        let id = self.codconexao.key().ok_or_else(|| Failure::broken("The ERP sent a connection without an id."))?;
        Ok(Connection {
            id: id.to_owned(),
            contract: self.contrato.key().map(str::to_owned),
            name: self.username.word(),
            blocked: values::yes_no(&self.bloqueada),
            blocked_word: self.bloqueada.word(),
            reason: cleaned(self.motivo_bloqueio.as_str()).unwrap_or_default(),
            reduced: values::yes_no(&self.esta_reduzida),
            technology: self.tecnologia.word(),
            address: cleaned(self.endereco.as_str()),
        })
    }
}
