//! The subscriber's connections as the portal shows them (dossier 4.h): counts of trust unlocks for two capabilities,
//! passwords in the clear for a third. Each reads its own columns, so that no password is decoded for nothing.

use std::sync::Arc;

use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::reference::ContractRef;
use ponte_transport::{Ask, Method};
use serde::Deserialize;

use super::dialect::{Subscriber, ask_portal, data, session};
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
    ask_portal(call, capability, &subscriber, ask(&subscriber), |reply| {
        let rows: Vec<Counted<'_>> = data(reply)?;
        Ok(rows.iter().find_map(|row| row.attempts(contract.id.as_str())))
    })
    .await
}

/// The request for a subscriber's connections.
pub(super) fn ask(subscriber: &Arc<Subscriber>) -> Ask {
    Ask::read(OPERATION, Method::Get, "/api/people").segment(&subscriber.person).segment("authentications")
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
