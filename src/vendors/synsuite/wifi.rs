//! The Wi-Fi password: a column of a connection's record, written only beside the PPPoE password in force, which the
//! portal alone shows (dossier 4.k). So it is for a holder who signed in. Whether a router is told depends on the
//! provider's own device management: what is reported is that the record has it.

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::reference::{ContractRef, VendorId};
use ponte_domain::wifi::{WifiPassword, WifiResult};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::Synsuite;
use super::dialect::{Need, Route, ask, part, session};
use super::portal_connections;
use super::reference::{Owner, number};
use crate::call::Call;
use crate::erp::Wifi;
use crate::reading::rows::Nested;
use crate::reading::text::{SecretText, Text};

const CAPABILITY: Capability = Capability::Wifi;
const UPDATE: Route = Route::of(Method::Put, "updateconnection", Need::Required(CAPABILITY));

#[async_trait]
impl Wifi for Synsuite {
    async fn change(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        login: Option<&VendorId>,
        password: &WifiPassword,
    ) -> Result<WifiResult, Failure> {
        let router = chosen(routers(call, contract).await?, login)?;
        if router.pppoe.expose_secret().is_empty() {
            // Sent without it, the vendor answers "Senha não informada.": nothing is asked that is known to be refused.
            return Err(Failure::new(
                FailureKind::NotSupported(CAPABILITY),
                "The portal does not show the connection's own password, without which the ERP takes no change.",
            ));
        }
        let id = number(&router.id, Subject::Device)?;
        let change =
            Change { id, password: router.pppoe.expose_secret(), wifi_password: password.secret().expose_secret() };
        let taken = ask(call, UPDATE, |route| route.act().segment(&router.id).json(&change), |answer| answer.outcome());
        match taken.await? {
            Ok(()) => Ok(WifiResult::Pending),
            Err(denial) => {
                Err(denial.refused(Refusal::VendorRule, "The ERP refuses to change the connection's record."))
            }
        }
    }

    async fn holds(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        login: Option<&VendorId>,
        password: &WifiPassword,
    ) -> Result<bool, Failure> {
        let router = chosen(routers(call, contract).await?, login)?;
        Ok(router.wifi.expose_secret().as_bytes().ct_eq(password.secret().expose_secret().as_bytes()).into())
    }
}

/// What is to change, and the PPPoE password in force; nothing else, so that nothing else is overwritten.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    id: u64,
    password: &'a str,
    wifi_password: &'a str,
}

/// A connection with its passwords. No `Debug`.
struct Router {
    id: String,
    pppoe: SecretString,
    wifi: SecretString,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Row<'a> {
    id: Text<'a>,
    password: SecretText,
    wifi_password: SecretText,
    contract: Nested<Contract<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Contract<'a> {
    id: Text<'a>,
}

impl Row<'_> {
    fn read(self, contract: &str) -> Option<Router> {
        let mine = self.contract.0.id.as_str() == contract;
        mine.then_some(Router { id: self.id.key()?.to_owned(), pppoe: self.password.0, wifi: self.wifi_password.0 })
    }
}

/// The connections of a contract whose holder signed in.
async fn routers(call: &Call<'_>, contract: &ContractRef) -> Result<Vec<Router>, Failure> {
    let subscriber = session(call, CAPABILITY, Owner::of(&contract.customer)?.person).await?;
    let rows = portal_connections::all(call, CAPABILITY, &subscriber, |reply| {
        part::<Row<'_>>(reply)?.read(|row| Ok((row.id.word(), row.read(contract.id.as_str()))))
    });
    Ok(rows.await?.into_iter().flatten().collect())
}

/// The connection that was chosen, else the only one.
fn chosen(routers: Vec<Router>, login: Option<&VendorId>) -> Result<Router, Failure> {
    if let Some(login) = login {
        let found = routers.into_iter().find(|router| router.id == login.as_str());
        return found.ok_or_else(|| Failure::invalid("login_id", "The contract has no such connection."));
    }
    let mut routers = routers.into_iter();
    match (routers.next(), routers.next()) {
        (Some(_), Some(_)) => {
            Err(Failure::invalid("login_id", "The contract has several connections: one must be chosen."))
        }
        (only, _) => only.ok_or_else(|| Failure::not_found(Subject::Device)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::failure::Subject;
    use ponte_domain::reference::VendorId;
    use secrecy::ExposeSecret as _;

    use super::{Change, Router, Row, chosen};

    fn routers(ids: &[&str]) -> Vec<Router> {
        let read = |id: &&str| {
            let json = format!(r#"{{"id":{id},"password":" p w ","wifiPassword":"w","contract":{{"id":45001}}}}"#);
            serde_json::from_str::<Row<'_>>(&json).unwrap().read("45001").unwrap()
        };
        ids.iter().map(read).collect()
    }

    #[test]
    fn one_connection_is_chosen_and_its_password_is_kept_whole() {
        assert_eq!(chosen(routers(&["91001"]), None).unwrap().pppoe.expose_secret(), " p w ");
        assert_eq!(chosen(routers(&["1", "2"]), Some(&VendorId::from("2"))).unwrap().id, "2");
        assert_eq!(chosen(routers(&["1", "2"]), None).err().unwrap().field(), Some("login_id"));
        assert_eq!(chosen(routers(&["1"]), Some(&VendorId::from("3"))).err().unwrap().field(), Some("login_id"));
        assert_eq!(chosen(Vec::new(), None).err().unwrap().kind(), FailureKind::NotFound(Subject::Device));
    }

    #[test]
    fn a_connection_of_another_contract_is_not_read() {
        let row: Row<'_> = serde_json::from_str(r#"{"id":1,"password":"x","contract":{"id":45002}}"#).unwrap();
        assert!(row.read("45001").is_none());
    }

    #[test]
    fn only_what_changes_is_sent() {
        let change = Change { id: 91001, password: "p", wifi_password: "nova-senha" };
        assert_eq!(
            serde_json::to_string(&change).unwrap(),
            r#"{"id":91001,"password":"p","wifiPassword":"nova-senha"}"#
        );
    }
}
