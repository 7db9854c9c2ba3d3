//! Connections: `map/connection/by/userdata`, an array for each contract inside one array (dossier 4.b).

use ponte_domain::Failure;
use ponte_domain::contract::{AccessStatus, Login, LoginStatus, Online, Technology};
use ponte_domain::failure::Subject;
use ponte_domain::known::Known;
use ponte_domain::reference::{CustomerRef, VendorId};
use ponte_transport::Method;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::is_out_of_reach;
use crate::call::Call;
use crate::reading::prose::clean;
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;
use crate::synsuite::dialect::{Need, Route, ask};
use crate::synsuite::reference::{Owner, number};
use crate::synsuite::words::{self, Stage};

/// One connection. No `Debug`: it has the address.
#[derive(Clone)]
pub(in crate::synsuite) struct Connection {
    /// The vendor's id.
    pub(in crate::synsuite) id: String,
    /// Its service tag, by which tickets know it.
    pub(in crate::synsuite) tag: Option<String>,
    /// The contract's id.
    pub(super) contract: String,
    /// Its access.
    pub(super) access: Known<AccessStatus>,
    /// Whether its subscriber is shown the page of a maintenance.
    pub(in crate::synsuite) in_maintenance: bool,
    /// Whether what hangs on it is a part of a fibre network.
    pub(in crate::synsuite) technology: Known<Technology>,
    pub(super) stage: Option<Stage>,
    pub(super) address: Option<String>,
    name: String,
}

impl Connection {
    /// The login. A block is a list of addresses here, so a blocked login still authenticates; sessions are in no API
    /// of the vendor (dossier 4.h). Of a connection whose code is in no table, or that has none, as a removed one, no
    /// status is known.
    pub(super) fn login(&self) -> Login {
        let status = match self.access.value {
            AccessStatus::Unknown => LoginStatus::NoStatus,
            _ => LoginStatus::Active,
        };
        Login {
            id: VendorId::from(self.id.as_str()),
            name: self.name.clone(),
            status: Known { value: status, vendor_word: self.access.vendor_word.clone() },
            online: Known::without_word(Online::Unknown),
            technology: self.technology.clone(),
            quota_reached: None,
        }
    }
}

/// The connections of these contracts. Where the integrator may not see them there are none, and the access is not
/// known; any other trouble is trouble.
pub(in crate::synsuite) async fn of_contracts(
    call: &Call<'_>,
    need: Need,
    customer: &CustomerRef,
    contracts: &[&str],
) -> Result<Vec<Connection>, Failure> {
    match seen_of_contracts(call, need, customer, contracts).await {
        Err(failure) if is_out_of_reach(failure.kind()) => Ok(Vec::new()),
        found => found,
    }
}

/// The connections of these contracts, and nothing else in their place.
pub(in crate::synsuite) async fn seen_of_contracts(
    call: &Call<'_>,
    need: Need,
    customer: &CustomerRef,
    contracts: &[&str],
) -> Result<Vec<Connection>, Failure> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Query {
        contract_ids: Vec<u64>,
        users: [&'static str; 0],
        service_tags: [&'static str; 0],
    }
    if contracts.is_empty() {
        return Ok(Vec::new());
    }
    let owner = Owner::of(customer)?;
    let contract_ids =
        contracts.iter().map(|id| number(id, Subject::Contract)).collect::<Result<Vec<u64>, Failure>>()?;
    let query = Query { contract_ids, users: [], service_tags: [] };
    let route = Route::map(Method::Post, "connection/by/userdata", need);
    let mut found = ask(
        call,
        route,
        |route| route.read().json(&query),
        |answer| {
            let groups = answer.list::<Rows<Row<'_>>>()?;
            Ok(groups.into_iter().flat_map(|group| group.0).filter_map(|row| row.read(owner)).collect::<Vec<_>>())
        },
    )
    .await?;
    found.retain(|one| contracts.contains(&one.contract.as_str()));
    Ok(found)
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Row<'a> {
    id: Text<'a>,
    user: Text<'a>,
    service_tag: Text<'a>,
    equipment_serial_number: Text<'a>,
    status: Text<'a>,
    client: Nested<Client<'a>>,
    address: Nested<Address<'a>>,
    splitter: Option<IgnoredAny>,
    slot_olt: Text<'a>,
    contract: Nested<Contract<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Client<'a> {
    id: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Contract<'a> {
    id: Text<'a>,
    stage: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Address<'a> {
    street_type: Text<'a>,
    street: Text<'a>,
    number: Text<'a>,
    address_complement: Text<'a>,
    neighborhood: Text<'a>,
    city: Text<'a>,
    state: Text<'a>,
    postal_code: Text<'a>,
}

impl Row<'_> {
    /// The connection, unless it is somebody else's: logins and tags are looked up in the whole base (dossier 4.b).
    fn read(self, owner: Owner<'_>) -> Option<Connection> {
        if self.client.0.id.as_str() != owner.person {
            return None;
        }
        let status = self.status.as_str();
        Some(Connection {
            id: self.id.key()?.to_owned(),
            tag: self.service_tag.filled().map(str::to_owned),
            contract: self.contract.0.id.key()?.to_owned(),
            access: words::connection_status(status),
            in_maintenance: words::in_maintenance(status),
            technology: self.technology(),
            stage: self.contract.0.stage.filled().map(words::stage),
            address: self.address.0.line(),
            name: self.user.word(),
        })
    }

    /// No read has the technology; a splitter, a slot of an OLT or the serial number of an ONU is taken for fibre
    /// (an assumption: dossier 4.h).
    fn technology(&self) -> Known<Technology> {
        let fibre =
            self.splitter.is_some() || self.slot_olt.filled().is_some() || self.equipment_serial_number.key().is_some();
        Known::without_word(if fibre { Technology::Fiber } else { Technology::Unknown })
    }
}

impl Address<'_> {
    fn line(&self) -> Option<String> {
        let street = clean(self.street.as_str());
        if street.is_empty() && self.city.filled().is_none() {
            return None;
        }
        let kind = clean(self.street_type.as_str());
        let street = if kind.is_empty() || street.to_lowercase().starts_with(&format!("{} ", kind.to_lowercase())) {
            street
        } else {
            format!("{kind} {street}")
        };
        let (city, state) = (clean(self.city.as_str()), clean(self.state.as_str()));
        let place = match (city.is_empty(), state.is_empty()) {
            (false, false) => format!("{city} - {state}"),
            _ => format!("{city}{state}"),
        };
        let parts = [
            street,
            clean(self.number.as_str()),
            clean(self.address_complement.as_str()),
            clean(self.neighborhood.as_str()),
            place,
            clean(self.postal_code.as_str()),
        ];
        let line: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Some(line.join(", "))
    }
}

/// A connection of customer 880123 with this status.
#[cfg(test)]
pub(in crate::synsuite) fn testing_connection(contract: &str, status: &str) -> Connection {
    let json = format!(
        r#"{{"id":91001,"user":"ana.souza","status":{status},"client":{{"id":880123}},"contract":{{"id":{contract}}}}}"#
    );
    let row: Option<Row<'_>> = serde_json::from_str(&json).ok();
    let owner = Owner { person: "880123", document: "52998224725" };
    row.and_then(|row| row.read(owner)).unwrap_or_else(|| unreachable!("a connection that is read"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::contract::{AccessStatus, LoginStatus, Technology};

    use super::Row;
    use crate::synsuite::reference::Owner;

    const OWNER: Owner<'static> = Owner { person: "880123", document: "52998224725" };

    fn read(columns: &str) -> Option<super::Connection> {
        let json =
            format!(r#"{{"id":91001,"user":"ana.souza","contract":{{"id":45001,"status":1,"stage":3}},{columns}}}"#);
        serde_json::from_str::<Row<'_>>(&json).unwrap().read(OWNER)
    }

    #[test]
    fn a_connection_of_somebody_else_is_dropped() {
        assert!(read(r#""status":1,"client":{"id":880123}"#).is_some());
        assert!(read(r#""status":1,"client":{"id":880999}"#).is_none());
        assert!(read(r#""status":1,"client":null"#).is_none());
    }

    #[test]
    fn a_connection_has_access_address_and_perhaps_a_technology() {
        let one = read(
            r#""status":2,"client":{"id":880123},"serviceTag":"4XD6GA26","equipmentSerialNumber":"EXMP00000001","splitter":null,
            "address":{"streetType":"Rua","street":"das Acácias","number":"120","neighborhood":"Centro","city":"Santa Maria","state":"RS","postalCode":"97010-000","addressComplement":null}"#,
        )
        .unwrap();
        assert_eq!((one.access.value, one.access.vendor_word.as_deref()), (AccessStatus::Blocked, Some("2")));
        assert_eq!(one.technology.value, Technology::Fiber);
        assert_eq!(one.address.as_deref(), Some("Rua das Acácias, 120, Centro, Santa Maria - RS, 97010-000"));
        let bare = read(r#""status":4,"client":{"id":880123},"address":null"#).unwrap();
        assert_eq!((bare.technology.value, bare.address, bare.in_maintenance), (Technology::Unknown, None, true));
        for (status, expected) in
            [("2", LoginStatus::Active), ("9", LoginStatus::NoStatus), ("null", LoginStatus::NoStatus)]
        {
            let one = read(&format!(r#""status":{status},"client":{{"id":880123}}"#)).unwrap();
            assert_eq!(one.login().status.value, expected, "{status}");
        }
        assert_eq!(read(r#""client":{"id":880123},"splitter":{"id":1}"#).unwrap().technology.value, Technology::Fiber);
    }
}
