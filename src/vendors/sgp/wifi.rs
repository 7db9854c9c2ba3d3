//! The Wi-Fi password, through the CPE manager of a contract's internet service (dossier 4.k).
//!
//! Only what changes is sent, so the router is looked at first: one that shows a second network gets the password for
//! both. A success means that SGP took it, not that the router has it.

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::reference::{ContractRef, VendorId};
use ponte_domain::wifi::{WifiPassword, WifiResult};
use ponte_domain::{Failure, FailureKind};
use secrecy::ExposeSecret as _;
use serde::Deserialize;
use subtle::ConstantTimeEq as _;

use super::Sgp;
use super::contracts::whole;
use super::dialect::{Need, Request, act_in_secret, look};
use super::holder::{Service, service_number};
use super::values::{first, flag, given};
use crate::call::Call;
use crate::erp::Wifi;
use crate::reading::prose::{fold, for_log};
use crate::reading::rows::Nested;
use crate::reading::text::{SecretText, Text};

const CAPABILITY: Capability = Capability::Wifi;
const PATH: &str = "/api/ura/cpemanage/";

#[async_trait]
impl Wifi for Sgp {
    async fn change(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        login: Option<&VendorId>,
        password: &WifiPassword,
    ) -> Result<WifiResult, Failure> {
        let whole = whole(call, CAPABILITY, contract).await?;
        let service = chosen(&whole.services, login)?;
        service.map(number).transpose()?;
        let second_network = match router(call, contract, service).await {
            Ok(router) => router.ok_or_else(|| Failure::not_found(Subject::Device))?.second_network,
            // One version has no way to look (dossier 4.k): the customer means the whole router.
            Err(failure) if matches!(failure.kind(), FailureKind::NotSupported(_)) => true,
            Err(failure) => return Err(failure),
        };
        let request = of_service(Request::form("cpemanage", PATH), contract, service);
        let mut fields = vec![("nova_senha", password.secret().clone())];
        if second_network {
            fields.push(("nova_senha_5g", password.secret().clone()));
        }
        let need = Need::Required(CAPABILITY);
        act_in_secret(call, need, request, fields, |answer| {
            answer.json(|wire: Said<'_>| wire.read().map(Outcome::result).transpose())
        })
        .await
    }

    async fn holds(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        login: Option<&VendorId>,
        password: &WifiPassword,
    ) -> Result<bool, Failure> {
        let whole = whole(call, CAPABILITY, contract).await?;
        let service = chosen(&whole.services, login)?;
        // What cannot be seen at the router is not there: to set the same password once more does no harm.
        let router = router(call, contract, service).await.ok().flatten();
        Ok(router.is_some_and(|router| router.holds(password)))
    }
}

/// The service whose router is meant. It is named only where the contract has several: then the vendor wants it.
fn chosen<'s>(services: &'s [Service], login: Option<&VendorId>) -> Result<Option<&'s Service>, Failure> {
    let found = match (login, services) {
        (None, [_, _, ..]) => {
            return Err(Failure::invalid("login_id", "The contract has several connections: one must be chosen."));
        }
        (None, _) => None,
        (Some(login), _) => Some(
            services
                .iter()
                .find(|service| service.id == *login)
                .ok_or_else(|| Failure::invalid("login_id", "The contract has no such connection."))?,
        ),
    };
    Ok(found.filter(|_| services.len() > 1))
}

/// The number by which the vendor knows one of several services.
///
/// # Errors
/// Without it the vendor would choose the router by itself, and may choose another one's.
fn number(service: &Service) -> Result<&str, Failure> {
    service_number(&service.id)
        .ok_or_else(|| Failure::broken("The ERP does not show the number of this one of the contract's connections."))
}

fn of_service(request: Request, contract: &ContractRef, service: Option<&Service>) -> Request {
    let request = request.with("contrato", contract.id.as_str());
    match service.and_then(|service| service_number(&service.id)) {
        Some(number) => request.with("servico", number),
        None => request,
    }
}

/// What the CPE manager shows of a router; none where the contract has no manager.
async fn router(call: &Call<'_>, contract: &ContractRef, service: Option<&Service>) -> Result<Option<Router>, Failure> {
    let request = of_service(Request::query("cpemanage.info", PATH), contract, service);
    // The same path is another route by its verb, and some versions have only the one that acts.
    let need = Need::Optional(CAPABILITY);
    look(call, need, request, |answer| {
        answer.json(|wire: Shown<'_>| match (flag(&wire.success), wire.read()) {
            (Some(true), router) => Ok(Some(Some(router))),
            (Some(false), _) if is_no_manager(given(&wire.msg).unwrap_or_default()) => Ok(Some(None)),
            (Some(false), _) => Err(Failure::new(FailureKind::VendorFault, "The ERP cannot show the router.")
                .with("vendor_message", for_log(given(&wire.msg).unwrap_or_default()))),
            (None, _) => Ok(None),
        })
    })
    .await
}

/// A router, its passwords wrapped. No `Debug`.
struct Router {
    passwords: Vec<SecretText>,
    second_network: bool,
}

impl Router {
    /// Whether every network that it shows has this password, in a time that does not tell where they differ.
    fn holds(&self, password: &WifiPassword) -> bool {
        let same = |stored: &SecretText| {
            bool::from(stored.0.expose_secret().as_bytes().ct_eq(password.secret().expose_secret().as_bytes()))
        };
        !self.passwords.is_empty() && self.passwords.iter().all(same)
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Shown<'a> {
    success: Text<'a>,
    msg: Text<'a>,
    info: Nested<Networks<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Networks<'a> {
    wifi_ssid_5ghz: Text<'a>,
    ssid_5g: Text<'a>,
    wifi_password: SecretText,
    wifi_password_5ghz: SecretText,
}

impl Shown<'_> {
    fn read(&self) -> Router {
        let networks = &self.info.0;
        let passwords = [&networks.wifi_password, &networks.wifi_password_5ghz];
        Router {
            passwords: passwords.into_iter().filter(|one| !one.0.expose_secret().is_empty()).cloned().collect(),
            second_network: first(&[&networks.wifi_ssid_5ghz, &networks.ssid_5g]).is_some(),
        }
    }
}

/// What the vendor said to a change.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Taken,
    NoManager,
    /// No, in words for the log.
    No(String),
}

impl Outcome {
    fn result(self) -> Result<WifiResult, Failure> {
        match self {
            Self::Taken => Ok(WifiResult::Accepted),
            Self::NoManager => Err(Failure::not_found(Subject::Device)),
            Self::No(words) => {
                let detail = "The ERP refuses to change the router's Wi-Fi password.";
                Err(Failure::refused(Refusal::VendorRule, detail).with("vendor_message", words))
            }
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Said<'a> {
    success: Text<'a>,
    msg: Text<'a>,
}

impl Said<'_> {
    fn read(&self) -> Option<Outcome> {
        let message = given(&self.msg).unwrap_or_default();
        Some(match flag(&self.success)? {
            true => Outcome::Taken,
            false if is_no_manager(message) => Outcome::NoManager,
            false => Outcome::No(for_log(message)),
        })
    }
}

/// "O Serviço de internet não possui Gerenciador de CPE configurado".
fn is_no_manager(message: &str) -> bool {
    fold(message).contains("nao possui gerenciador de cpe")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::reference::VendorId;
    use ponte_domain::wifi::WifiPassword;

    use super::{Outcome, Said, Shown, chosen};
    use crate::sgp::holder::Service;

    #[test]
    fn success_is_taken_and_a_missing_manager_is_a_missing_device() {
        let read = |json: &str| serde_json::from_str::<Said<'_>>(json).unwrap().read();
        for (json, expected) in [
            (r#"{"success":true,"msg":"Alterado"}"#, Some(Outcome::Taken)),
            (r#"{"success":"True"}"#, Some(Outcome::Taken)),
            (
                r#"{"success":false,"msg":"O Serviço de internet NÃO possui Gerenciador de CPE configurado"}"#,
                Some(Outcome::NoManager),
            ),
            (r#"{"success":false,"msg":"senha curta"}"#, Some(Outcome::No("senha curta".to_owned()))),
            (r#"{"msg":"x"}"#, None),
        ] {
            assert_eq!(read(json), expected, "{json}");
        }
    }

    #[test]
    fn a_router_holds_a_password_on_every_network_that_it_shows() {
        let password = WifiPassword::parse("casa nova 2026".to_owned()).unwrap();
        for (info, holds, second) in [
            (r#"{"wifi_ssid":"A","wifi_password":"casa nova 2026"}"#, true, false),
            (
                r#"{"wifi_ssid_5ghz":"A5","wifi_password":"casa nova 2026","wifi_password_5ghz":"casa nova 2026"}"#,
                true,
                true,
            ),
            (r#"{"ssid_5g":"A5","wifi_password":"casa nova 2026","wifi_password_5ghz":"antiga 1"}"#, false, true),
            (r#"{"wifi_ssid":"A"}"#, false, false),
            ("[]", false, false),
        ] {
            let json = format!(r#"{{"success":true,"info":{info}}}"#);
            let router = serde_json::from_str::<Shown<'_>>(&json).unwrap().read();
            assert_eq!((router.holds(&password), router.second_network), (holds, second), "{info}");
        }
    }

    #[test]
    fn of_several_connections_one_must_be_chosen() {
        let services = [Service::named("a"), Service::named("b")];
        assert_eq!(chosen(&services, None).err().unwrap().field(), Some("login_id"));
        assert!(chosen(&services, Some(&VendorId::from("login:b"))).unwrap().is_some_and(|one| one.login == "b"));
        assert!(chosen(&services, Some(&VendorId::from("9"))).is_err());
        assert!(chosen(&services[..1], None).unwrap().is_none(), "the only one needs no name");
        assert!(chosen(&services[..1], Some(&VendorId::from("login:a"))).unwrap().is_none());
        assert!(chosen(&[], None).unwrap().is_none());
    }
}
