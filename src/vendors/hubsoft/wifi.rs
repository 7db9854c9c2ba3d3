//! The Wi-Fi password (dossier 4.k): a management session with the router is opened, then the parameters that it named
//! are written. The passwords in force come in the clear and end with the parse.

use std::time::Duration;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Retry, Subject};
use ponte_domain::reference::{ContractRef, VendorId};
use ponte_domain::wifi::{WifiPassword, WifiResult};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Method;
use secrecy::ExposeSecret as _;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;

use super::Hubsoft;
use super::contracts::{Facts, facts};
use super::dialect::{Denial, Need, act, is_not_found, look, send};
use crate::call::Call;
use crate::erp::Wifi;
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::{SecretText, Text};

const CAPABILITY: Capability = Capability::Wifi;
const REQUIRED: Need = Need::Required(CAPABILITY);
const OPEN: &str = "rede/cpe/iniciar_gerenciamento";
const WRITE: &str = "rede/cpe/gerenciar";
/// Devices by service, in newer versions.
pub(super) const DEVICES: &str = "rede/cpe/todos";
/// Least rows that the list of devices may be asked for.
const DEVICE_ROWS: &str = "20";
/// Each step waits for the router.
const PATIENCE: Duration = Duration::from_secs(60);
/// The passwords of both bands. A router of one band has no second, and what it did not name must not be written.
const PASSWORDS: [&str; 2] = ["wifi_password", "wifi_password_5ghz"];

#[async_trait]
impl Wifi for Hubsoft {
    async fn change(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        login: Option<&VendorId>,
        password: &WifiPassword,
    ) -> Result<WifiResult, Failure> {
        let session = session(call, contract, login).await?;
        if session.passwords.is_empty() {
            return Err(Failure::not_found(Subject::Device));
        }
        let secret = password.secret().expose_secret();
        let parameters =
            session.passwords.iter().map(|(prefix, _)| Parameter { prefixo: prefix, valor: secret }).collect();
        let body = Write { id_cpe: &session.device, parametros: parameters };
        let outcome = send(
            call,
            REQUIRED,
            WRITE,
            || act(WRITE, Method::Post).attempt_timeout(PATIENCE).json(&body),
            |answer| answer.done::<IgnoredAny>(),
        );
        match outcome.await? {
            Ok(_) => Ok(WifiResult::Accepted),
            Err(denial) => Err(denied(&denial, "The ERP refuses to set the router's password.")),
        }
    }

    async fn holds(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        login: Option<&VendorId>,
        password: &WifiPassword,
    ) -> Result<bool, Failure> {
        // A router that cannot be asked is not seen to hold it: to set the same password once more does no harm.
        let Ok(session) = session(call, contract, login).await else { return Ok(false) };
        let wanted = password.secret().expose_secret().as_bytes();
        let same = |held: &SecretText| bool::from(held.0.expose_secret().as_bytes().ct_eq(wanted));
        Ok(!session.passwords.is_empty() && session.passwords.iter().all(|(_, held)| same(held)))
    }
}

/// What a router named when its session was opened.
struct Session {
    device: String,
    address: String,
    passwords: Vec<(&'static str, SecretText)>,
}

impl Session {
    /// Whether it is with the router that was asked for.
    fn is_of(&self, device: &Device) -> bool {
        match device {
            Device::Number(number) => self.device == *number,
            Device::Address(address) => self.address.is_empty() || self.address.eq_ignore_ascii_case(address),
        }
    }
}

/// How a device is named to the route: by exactly one of the two.
enum Device {
    Number(String),
    Address(String),
}

/// Opens a session with the router of a contract. A GET that acts, so it is sent once; that its answer is lost changes
/// nothing that anybody would notice, so it leaves no doubt.
async fn session(call: &Call<'_>, contract: &ContractRef, login: Option<&VendorId>) -> Result<Session, Failure> {
    let (_, facts) = facts(call, CAPABILITY, contract).await?;
    if login.is_some_and(|login| login.as_str() != facts.id() || facts.login.is_none()) {
        return Err(Failure::invalid("login_id", "The contract has no such connection."));
    }
    let device = device(call, contract, &facts).await?;
    let outcome = send(
        call,
        REQUIRED,
        OPEN,
        || {
            let ask = act(OPEN, Method::Get).attempt_timeout(PATIENCE).errors_are_definite();
            match &device {
                Device::Number(number) => ask.query("id_cpe", number.as_str()),
                Device::Address(address) => ask.query("phy_addr", address.as_str()),
            }
        },
        |answer| match answer.outcome::<Opened<'_>>()? {
            Ok(opened) => answer.promised(opened.cpe.0.read().filter(|session| session.is_of(&device))).map(Ok),
            Err(denial) => Ok(Err(denial)),
        },
    );
    match outcome.await {
        Ok(Ok(session)) => Ok(session),
        Ok(Err(denial)) => Err(denied(&denial, "The ERP could not reach the router; nothing was changed.")),
        Err(failure) => Err(without_doubt(failure)),
    }
}

fn without_doubt(failure: Failure) -> Failure {
    if failure.kind() != FailureKind::OutcomeUnknown {
        return failure;
    }
    let late = Failure::new(FailureKind::TimedOut, "The router did not answer the ERP; nothing was changed.")
        .with_retry(Retry::Exhausted);
    match failure.upstream() {
        Some(upstream) => late.at(upstream.clone()),
        None => late,
    }
}

/// The vendor's no: the equipment is not known to it, or what `detail` says.
fn denied(denial: &Denial, detail: &'static str) -> Failure {
    if is_not_found(&denial.folded()) {
        denial.failure(FailureKind::NotFound(Subject::Device), "The ERP manages no router of this contract.")
    } else {
        denial.refused(Refusal::VendorRule, detail)
    }
}

/// The device of a service. A service without a serial number, or with a wireless MAC in its place, has none that could
/// be managed. Where this version lists devices by service, the list says whose the device is, and its number is taken.
async fn device(call: &Call<'_>, contract: &ContractRef, facts: &Facts) -> Result<Device, Failure> {
    let Some(address) = facts.device.as_deref().filter(|address| !is_mac(address)) else {
        return Err(Failure::not_found(Subject::Device));
    };
    let listed = match listed(call, contract).await {
        Ok(listed) => listed,
        // An older version, or no permission for the list: the address is the service's own all the same.
        Err(failure) if is_out_of_reach(&failure) => Vec::new(),
        Err(failure) => return Err(failure),
    };
    let code = contract.customer.id.as_str();
    let only = listed.len() == 1;
    // By its address, since a customer may have routers at other services and a filter may be ignored.
    match listed.into_iter().find(|row| only || row.address.eq_ignore_ascii_case(address)) {
        None => Ok(Device::Address(address.to_owned())),
        Some(row) if row.owners.iter().any(|owner| owner == code) => Ok(Device::Number(row.id)),
        Some(_) => Err(Failure::not_found(Subject::Device)),
    }
}

/// Older versions do not know the search word and refuse the query.
fn is_out_of_reach(failure: &Failure) -> bool {
    matches!(failure.kind(), FailureKind::NotSupported(_) | FailureKind::AccessBlocked | FailureKind::VendorFault)
}

/// `02:00:00:AA:BB:01`, `0200.00aa.bb01` and the like: the address of a radio. A serial number has other letters.
fn is_mac(text: &str) -> bool {
    let digits = text.bytes().filter(|byte| !matches!(byte, b':' | b'-' | b'.')).count();
    digits == 12 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'-' | b'.'))
}

/// A device and the codes of the customers whose services hang on it.
struct Listed {
    id: String,
    address: String,
    owners: Vec<String>,
}

/// The devices of a service. Whether pages count from 0 or from 1 is not certain (dossier 2.4): an empty page 0 with a
/// total is asked for again as page 1.
async fn listed(call: &Call<'_>, contract: &ContractRef) -> Result<Vec<Listed>, Failure> {
    let mut found = Vec::new();
    for page in ["0", "1"] {
        let (rows, total) = send(
            call,
            Need::Optional(CAPABILITY),
            DEVICES,
            || {
                look(DEVICES)
                    .query("busca", "id_cliente_servico")
                    .query("termo_busca", contract.id.as_str())
                    .query("pagina", page)
                    .query("itens_por_pagina", DEVICE_ROWS)
            },
            |answer| {
                let Some(body) = answer.found::<List<'_>>()? else { return Ok((Vec::new(), 0)) };
                let total = body.paginacao.0.total_registros.as_str().parse::<u64>().unwrap_or(0);
                let rows = answer.promised(body.cpes)?.0;
                Ok((rows.into_iter().filter_map(DeviceRow::read).collect::<Vec<_>>(), total))
            },
        )
        .await?;
        found = rows;
        if !found.is_empty() || total == 0 {
            break;
        }
    }
    Ok(found)
}

#[derive(Serialize)]
struct Write<'a> {
    id_cpe: &'a str,
    parametros: Vec<Parameter<'a>>,
}

#[derive(Serialize)]
struct Parameter<'a> {
    prefixo: &'a str,
    valor: &'a str,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Opened<'a> {
    #[serde(default)]
    cpe: Nested<Managed<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Managed<'a> {
    id_cpe: Text<'a>,
    phy_addr: Text<'a>,
    parametros: Rows<Named<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Named<'a> {
    prefixo: Text<'a>,
    valor: SecretText,
}

impl Managed<'_> {
    fn read(self) -> Option<Session> {
        let device = self.id_cpe.key()?.to_owned();
        let passwords = self.parametros.0.into_iter().filter_map(|named| {
            let prefix = PASSWORDS.into_iter().find(|prefix| *prefix == named.prefixo.as_str())?;
            Some((prefix, named.valor))
        });
        Some(Session { device, address: self.phy_addr.word(), passwords: passwords.collect() })
    }
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct List<'a> {
    #[serde(default)]
    cpes: Option<Rows<DeviceRow<'a>>>,
    #[serde(default)]
    paginacao: Nested<Pages<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Pages<'a> {
    total_registros: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct DeviceRow<'a> {
    id_cpe: Text<'a>,
    phy_addr: Text<'a>,
    servicos: Rows<Owner<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Owner<'a> {
    codigo_cliente: Text<'a>,
}

impl DeviceRow<'_> {
    fn read(self) -> Option<Listed> {
        let owners = self.servicos.0.iter().filter_map(|owner| owner.codigo_cliente.key().map(str::to_owned));
        Some(Listed { id: self.id_cpe.key()?.to_owned(), address: self.phy_addr.word(), owners: owners.collect() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Managed, is_mac};

    #[test]
    fn a_radio_is_known_by_its_mac_and_an_optical_terminal_by_its_serial() {
        for (text, expected) in [
            ("02:00:00:AA:BB:01", true),
            ("0200.00aa.bb01", true),
            ("02-00-00-AA-BB-01", true),
            ("020000AABB01", true),
            ("HWTC00000001", false),
            ("EXMP0A1B2C01", false),
            ("48575443AABBCCDD", false),
            ("", false),
        ] {
            assert_eq!(is_mac(text), expected, "{text}");
        }
    }

    #[test]
    fn only_the_passwords_that_the_router_named_are_known() {
        let read = |json: &str| {
            let session = serde_json::from_str::<Managed<'_>>(json).unwrap().read().unwrap();
            session.passwords.iter().map(|(prefix, _)| *prefix).collect::<Vec<_>>()
        };
        assert_eq!(
            read(
                r#"{"id_cpe":1,"parametros":[{"prefixo":"wifi_ssid","valor":"A"},{"prefixo":"wifi_password","valor":"x"},{"prefixo":"wifi_password_5ghz","valor":"y"}]}"#
            ),
            ["wifi_password", "wifi_password_5ghz"]
        );
        assert_eq!(
            read(r#"{"id_cpe":"1","parametros":[{"prefixo":"wifi_password","valor":null}]}"#),
            ["wifi_password"]
        );
        assert!(read(r#"{"id_cpe":1,"parametros":[]}"#).is_empty());
        assert!(serde_json::from_str::<Managed<'_>>("{}").unwrap().read().is_none());
    }
}
