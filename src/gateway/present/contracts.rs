//! Contracts and their logins.

use bytes::Bytes;
use ponte_api::contracts as words;
use ponte_api::words::{ContractId, Currency, CustomerId, LoginId};
use ponte_domain::contract::{Contract, Login};
use ponte_domain::money::Cents;

use super::words::{finite, line, list, short};
use super::{Scene, bytes};

/// Contracts of a customer.
pub(crate) fn contracts(scene: &Scene, contracts: &[Contract]) -> Bytes {
    bytes(&words::ContractList { contracts: list(contracts, |contract| words(scene, contract)) })
}

/// One contract.
pub(crate) fn contract(scene: &Scene, contract: &Contract) -> Bytes {
    bytes(&words(scene, contract))
}

/// One contract in the published words.
pub(super) fn words(scene: &Scene, contract: &Contract) -> words::Contract {
    words::Contract {
        id: ContractId(scene.handles().contract(&contract.reference)),
        customer_id: CustomerId(scene.handles().customer(&contract.reference.customer)),
        number: short(Some(&contract.number)).unwrap_or_default(),
        plan: words::Plan {
            name: line(Some(&contract.plan.name)).unwrap_or_default(),
            download_mbps: finite(contract.plan.download_mbps),
            upload_mbps: finite(contract.plan.upload_mbps),
        },
        status: contract.status.value,
        vendor_status: short(contract.status.vendor_word.as_deref()),
        access_status: contract.access.value,
        vendor_access_status: short(contract.access.vendor_word.as_deref()),
        speed: contract.speed,
        due_day: contract.due_day.filter(|day| (1..=31).contains(day)),
        monthly_amount_cents: contract.monthly_amount.map(Cents::get),
        currency: Currency::Brl,
        address: line(contract.address.as_deref()),
        logins: list(&contract.logins, |login| self::login(scene, contract, login)),
        branch: line(contract.branch.as_deref()),
        activated_on: contract.activated_on,
        cancelled_on: contract.cancelled_on,
    }
}

fn login(scene: &Scene, contract: &Contract, login: &Login) -> words::Login {
    words::Login {
        id: LoginId(scene.handles().login(&contract.reference, &login.id)),
        name: short(Some(&login.name)).unwrap_or_default(),
        status: login.status.value,
        vendor_status: short(login.status.vendor_word.as_deref()),
        online: login.online.value,
        technology: login.technology.value,
        vendor_technology: short(login.technology.vendor_word.as_deref()),
        quota_reached: login.quota_reached,
    }
}
