//! The subscriber's connections as the portal shows them (dossier 4.h): counts of trust unlocks for two capabilities,
//! passwords in the clear for a third. Each reads its own columns, so that no password is decoded for nothing.

use std::sync::Arc;

use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::reference::ContractRef;
use ponte_transport::{Ask, Method, Reply};
use serde::Deserialize;

use super::dialect::{Part, Subscriber, all_parts, part, session};
use super::reference::Owner;
use crate::call::Call;
use crate::reading::rows::Nested;
use crate::reading::text::Text;

const OPERATION: &str = "portal.authentications";

/// Trust unlocks of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attempts {
    /// Left in this period.
    pub(super) left: u32,
}

/// The contract's column of a connection.
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Contract<'a> {
    id: Text<'a>,
    remaining_unblock_attempts: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Counted<'a> {
    id: Text<'a>,
    contract: Nested<Contract<'a>>,
}

impl Counted<'_> {
    fn attempts(&self, contract: &str) -> Option<Attempts> {
        let column = &self.contract.0;
        let left = column.remaining_unblock_attempts.as_str().parse().ok()?;
        (column.id.as_str() == contract).then_some(Attempts { left })
    }
}

/// The counts of a contract, where its holder has a session and the portal tells them.
pub(super) async fn attempts(
    call: &Call<'_>,
    capability: Capability,
    contract: &ContractRef,
) -> Result<Option<Attempts>, Failure> {
    let subscriber = session(call, capability, Owner::of(&contract.customer)?.person).await?;
    let rows = all(call, capability, &subscriber, |reply| {
        part::<Counted<'_>>(reply)?.read(|row| Ok((row.id.word(), row.attempts(contract.id.as_str()))))
    });
    Ok(rows.await?.into_iter().flatten().next())
}

/// All connections of a subscriber; `read` tells their ids apart from what it makes of them.
pub(super) async fn all<T>(
    call: &Call<'_>,
    capability: Capability,
    subscriber: &Arc<Subscriber>,
    read: impl Fn(&Reply) -> Result<Part<(String, T)>, Failure>,
) -> Result<Vec<T>, Failure> {
    let ask =
        || Ask::read(OPERATION, Method::Get, "/api/people").segment(&subscriber.person).segment("authentications");
    let rows = all_parts(call, capability, subscriber, ask, |(id, _): &(String, T)| id.as_str(), read).await?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Attempts, Counted};

    #[test]
    fn counts_are_those_of_the_contract() {
        let row: Counted<'_> = serde_json::from_str(
            r#"{"id":91001,"password":"x","contract":{"id":45001,"contract_number":"0045001","unblockAttemptCount":1,"remainingUnblockAttempts":0}}"#,
        )
        .unwrap();
        assert_eq!(row.attempts("45001"), Some(Attempts { left: 0 }));
        assert_eq!(row.attempts("45002"), None);
        let silent: Counted<'_> = serde_json::from_str(r#"{"contract":{"id":45001}}"#).unwrap();
        assert_eq!(silent.attempts("45001"), None);
    }
}
