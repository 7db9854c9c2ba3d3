//! The Wi-Fi password: the login's record first, then the managed device (dossier 4.k).
//!
//! An update replaces the whole row, passwords of the PPPoE login included, so the row goes back as it came, unread,
//! with the two Wi-Fi columns changed. It is read as late as possible: operators edit the same row.

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::reference::{ContractRef, VendorId};
use ponte_domain::wifi::{WifiPassword, WifiResult};
use ponte_domain::{FailureKind, failure::Fault};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::Ixc;
use super::contracts::{LoginFacts, logins_of_contract};
use super::dialect::{Denial, Need, Outcome, Query, act, replace, rows};
use super::settings;
use crate::call::Call;
use crate::erp::Wifi;
use crate::reading::flag::yes_no;
use crate::reading::opaque::OpaqueRow;
use crate::reading::text::{SecretText, Text};

const CAPABILITY: Capability = Capability::Wifi;
const REQUIRED: Need = Need::Required(CAPABILITY);
/// The columns of both bands, in the login's record.
const COLUMNS: [&str; 2] = ["senha_rede_sem_fio", "senha_rede_sem_fio_5ghz"];

#[async_trait]
impl Wifi for Ixc {
    async fn change(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        login: Option<&VendorId>,
        password: &WifiPassword,
    ) -> Result<WifiResult, Failure> {
        let logins = logins_of_contract(call, CAPABILITY, contract).await?;
        let (login, device) = device(call, &logins, login).await?;
        let before = record(call, contract, &login).await?;
        let mut row = before.clone();
        for column in COLUMNS {
            row = row.set(column, password.secret().expose_secret())?;
        }
        match update(call, &login, row).await? {
            Outcome::Done { .. } => {}
            Outcome::Denied(denial) => {
                return Err(denial.refused(Refusal::VendorRule, "The ERP refuses to change the login's record."));
            }
        }
        match push(call, &device).await {
            Ok(Outcome::Done { .. }) if device.online => Ok(WifiResult::Accepted),
            Ok(Outcome::Done { .. }) => Ok(WifiResult::Pending),
            Ok(Outcome::Denied(denial)) => Err(put_back(call, &login, before, untold(denial)).await),
            // The device may have been told, so the record stays as it is; `holds` looks at the device.
            Err(failure) if failure.kind() == FailureKind::OutcomeUnknown => Err(failure),
            Err(failure) => Err(put_back(call, &login, before, failure).await),
        }
    }

    async fn holds(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        login: Option<&VendorId>,
        password: &WifiPassword,
    ) -> Result<bool, Failure> {
        let query = Query::equals("radusuarios", "id_contrato", contract.id.as_str());
        let found = rows(call, REQUIRED, query, |answer| {
            answer.page::<Stored<'_>>()?.read(|row| {
                let mine = row.id_contrato.as_str() == contract.id.as_str()
                    && login.is_none_or(|login| login.as_str() == row.id.as_str());
                Ok((mine && same(&row.senha_rede_sem_fio, password)).then(|| VendorId::from(row.id.as_str())))
            })
        });
        let recorded: Vec<VendorId> = found.await?.into_iter().flatten().collect();
        if recorded.is_empty() {
            return Ok(false);
        }
        // The record alone proves nothing: it is written first, and the device may never have been told (dossier
        // 4.k). To set the same password once more does no harm, so what is not seen at the device is not there.
        let found = rows(call, REQUIRED, devices_of(recorded.iter()), |answer| {
            answer.page::<Told<'_>>()?.read(|row| {
                let mine = recorded.iter().any(|login| login.as_str() == row.id_login.as_str());
                Ok(mine && same(&row.senha_router_wifi, password))
            })
        });
        Ok(found.await?.contains(&true))
    }
}

/// A router that the ERP manages.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Device {
    id: String,
    login: String,
    primary: bool,
    online: bool,
}

/// The login and its device. Without a choice it is the one login that has a device.
async fn device(
    call: &Call<'_>,
    logins: &[LoginFacts],
    chosen: Option<&VendorId>,
) -> Result<(VendorId, Device), Failure> {
    let wanted: Vec<&VendorId> =
        logins.iter().map(|login| &login.login.id).filter(|id| chosen.is_none_or(|chosen| chosen == *id)).collect();
    if wanted.is_empty() {
        return Err(match chosen {
            Some(_) => Failure::invalid("login_id", "The contract has no such connection."),
            None => Failure::not_found(Subject::Device),
        });
    }
    let query = devices_of(wanted.iter().copied());
    let found = rows(call, REQUIRED, query, |answer| answer.page::<Row<'_>>()?.read(|row| Ok(row.read()))).await?;
    let mut with_device =
        wanted.into_iter().filter_map(|login| Some((login.clone(), preferred(&found, login)?.clone())));
    match (with_device.next(), with_device.next()) {
        (Some(_), Some(_)) => {
            Err(Failure::invalid("login_id", "The contract has several routers: one connection must be chosen."))
        }
        (only, _) => only.ok_or_else(|| Failure::not_found(Subject::Device)),
    }
}

fn devices_of<'l>(logins: impl Iterator<Item = &'l VendorId>) -> Query {
    Query::any_of("acs_device", "id_login", logins.map(|login| login.as_str())).through("acs_device_grid")
}

/// Whether a stored password is this one, in a time that does not tell where they differ.
fn same(stored: &SecretText, password: &WifiPassword) -> bool {
    stored.0.expose_secret().as_bytes().ct_eq(password.secret().expose_secret().as_bytes()).into()
}

/// The primary device of a login, else its first. The owner is compared again: filters are loose.
fn preferred<'d>(devices: &'d [Device], login: &VendorId) -> Option<&'d Device> {
    let mut own = devices.iter().filter(|device| device.login == login.as_str() && !device.id.is_empty());
    own.clone().find(|device| device.primary).or_else(|| own.next())
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    id: Text<'a>,
    id_login: Text<'a>,
    device_primary: Text<'a>,
    status: Text<'a>,
}

impl Row<'_> {
    fn read(self) -> Device {
        Device {
            id: self.id.word(),
            login: self.id_login.word(),
            primary: yes_no(self.device_primary.as_str()) == Some(true),
            online: self.status.as_str().eq_ignore_ascii_case("online"),
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Stored<'a> {
    id: Text<'a>,
    id_contrato: Text<'a>,
    senha_rede_sem_fio: SecretText,
}

/// What the management server has for a device; the column's name is not the login's (dossier 4.k).
#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Told<'a> {
    id_login: Text<'a>,
    senha_router_wifi: SecretText,
}

/// The login's whole row.
async fn record(call: &Call<'_>, contract: &ContractRef, login: &VendorId) -> Result<OpaqueRow, Failure> {
    let query = Query::equals("radusuarios", "id", login.as_str()).at_most(1);
    let found = rows(call, REQUIRED, query, |answer| {
        let mut heads = answer.page::<Stored<'_>>()?.rows.into_iter();
        answer.page::<OpaqueRow>()?.read(|row| {
            let head = heads.next().unwrap_or_default();
            let mine = head.id.as_str() == login.as_str() && head.id_contrato.as_str() == contract.id.as_str();
            Ok(Some(row).filter(|_| mine))
        })
    });
    let row = found.await?.into_iter().flatten().next().ok_or_else(|| Failure::not_found(Subject::Device))?;
    if COLUMNS.iter().any(|column| row.has(column)) {
        Ok(row.without("id"))
    } else {
        // An older version without the columns: the record could not be changed, so the device is not told either.
        Err(Failure::new(
            FailureKind::NotSupported(CAPABILITY),
            "This version of the ERP keeps no Wi-Fi password with a login.",
        )
        .with_fault(Fault::Vendor))
    }
}

async fn update(call: &Call<'_>, login: &VendorId, row: OpaqueRow) -> Result<Outcome, Failure> {
    replace(call, REQUIRED, "radusuarios.update", "radusuarios", login.as_str(), &row).await
}

/// Tells the device; it takes the password over at its next contact.
async fn push(call: &Call<'_>, device: &Device) -> Result<Outcome, Failure> {
    #[derive(Serialize)]
    struct Body<'a> {
        id: &'a str,
    }
    let button = settings::WIFI_PUSH;
    act(call, REQUIRED, button.usual, button.route(call.tenant)?, &Body { id: &device.id }).await
}

/// The vendor's no to telling the device.
fn untold(denial: Denial) -> Failure {
    denial.refused(Refusal::VendorRule, "The ERP could not tell the router; nothing was changed.")
}

/// The device was not told, so the record gets its old password again: whoever reads it must see what the device has.
async fn put_back(call: &Call<'_>, login: &VendorId, before: OpaqueRow, trouble: Failure) -> Failure {
    if let Ok(Outcome::Done { .. }) = update(call, login, before).await {
        return trouble;
    }
    let failure = Failure::refused(
        Refusal::VendorRule,
        "The ERP's record was changed, but the router was not told and the record could not be put back.",
    )
    .with("put_back", "failed")
    .with("was", trouble.kind().word());
    match trouble.upstream() {
        Some(upstream) => failure.at(upstream.clone()),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::reference::VendorId;

    use super::{Row, preferred};

    fn devices(json: &str) -> Vec<super::Device> {
        serde_json::from_str::<Vec<Row<'_>>>(json).unwrap().into_iter().map(Row::read).collect()
    }

    #[test]
    fn the_primary_device_of_the_login_is_taken() {
        let found = devices(
            r#"[{"id":"1","id_login":"9","device_primary":"S"},{"id":"2","id_login":"7","device_primary":"N"},{"id":3,"id_login":7,"device_primary":"S","status":"Online"}]"#,
        );
        let device = preferred(&found, &VendorId::from("7")).unwrap();
        assert_eq!((device.id.as_str(), device.online), ("3", true));
        assert_eq!(preferred(&found, &VendorId::from("8")), None);
        let only = devices(r#"[{"id":"2","id_login":"7","status":"offline"}]"#);
        assert!(!preferred(&only, &VendorId::from("7")).unwrap().online);
    }
}
