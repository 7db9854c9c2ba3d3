//! What the provider sells, to whom, over which connections.

use jiff::civil::{Date, date};
use ponte_domain::money::Cents;

use super::people::{ANA, BRUNO, CARLA, DAVI, ELISA, EMPRESA, HEAD_OFFICE, SOUTH};
use crate::town::acceptance::Term;
use crate::town::contracts::{Access, Contract, Plan, Speed, Standing};
use crate::town::id::Id;
use crate::town::network::{Login, MaintenanceArea, Quota, Session, Technology};
use crate::town::people::{Branch, Customer};
use crate::town::wifi::{AcsDevice, Wifi};

pub(super) const A1: Id<Contract> = Id::new(3101);
pub(super) const B1: Id<Contract> = Id::new(3102);
pub(super) const C1: Id<Contract> = Id::new(3103);
pub(super) const D1: Id<Contract> = Id::new(3104);
pub(super) const D2: Id<Contract> = Id::new(3105);
pub(super) const E1: Id<Contract> = Id::new(3106);
pub(super) const F1: Id<Contract> = Id::new(3107);

const FIBRA_300: Id<Plan> = Id::new(210);
const FIBRA_500: Id<Plan> = Id::new(211);
const RADIO_50: Id<Plan> = Id::new(212);
const FIBRA_700: Id<Plan> = Id::new(213);
const FIBRA_1_GIGA: Id<Plan> = Id::new(214);
const LINK_200: Id<Plan> = Id::new(215);

const LOGIN_A1: Id<Login> = Id::new(4701);
const LOGIN_B1: Id<Login> = Id::new(4702);
const LOGIN_C1: Id<Login> = Id::new(4703);
pub(super) const LOGIN_D1: Id<Login> = Id::new(4704);
const LOGIN_D2: Id<Login> = Id::new(4705);
const LOGIN_E1: Id<Login> = Id::new(4706);
const LOGIN_F1: Id<Login> = Id::new(4707);

const GIGABYTE: u64 = 1_000_000_000;

pub(super) fn plans() -> Vec<Plan> {
    let plan = |id, name, (download, upload), cents, technology| Plan {
        id,
        name,
        download,
        upload,
        price: Cents::new(cents),
        technology,
    };
    vec![
        plan(FIBRA_300, "Fibra 300 Mega", (300, 150), 9_990, Technology::Fiber),
        plan(FIBRA_500, "Fibra 500 Mega", (500, 250), 12_990, Technology::Fiber),
        plan(RADIO_50, "Radio 50 Mega", (50, 25), 7_990, Technology::Radio),
        plan(FIBRA_700, "Fibra 700 Mega", (700, 350), 14_990, Technology::Fiber),
        plan(FIBRA_1_GIGA, "Fibra 1 Giga", (1000, 500), 19_990, Technology::Fiber),
        plan(LINK_200, "Link Dedicado 200", (200, 200), 125_000, Technology::Adsl),
    ]
}

/// An active contract with nothing special about it.
fn contract(
    (id, label): (Id<Contract>, &'static str),
    (customer, branch): (Id<Customer>, Id<Branch>),
    plan: Id<Plan>,
    due_day: u8,
    agreed_on: Date,
) -> Contract {
    Contract {
        id,
        label,
        customer,
        plan,
        standing: Standing::Active,
        base_access: Access::Active,
        speed: Speed::Normal,
        due_day,
        agreed_on,
        activated_on: agreed_on.tomorrow().ok(),
        trust_used_on: None,
        temporarily_released_at: None,
        speed_released_on: None,
        branch,
    }
}

pub(super) fn contracts() -> Vec<Contract> {
    vec![
        contract((A1, "A1"), (ANA, HEAD_OFFICE), FIBRA_300, 10, date(2023, 8, 15)),
        Contract {
            base_access: Access::BlockedForDebt(date(2026, 11, 16)),
            ..contract((B1, "B1"), (BRUNO, SOUTH), FIBRA_500, 5, date(2022, 3, 7))
        },
        Contract {
            base_access: Access::BlockedForDebt(date(2026, 11, 1)),
            // Used on the 2nd: possible again a month later, on 2026-12-02.
            trust_used_on: Some(date(2026, 11, 2)),
            ..contract((C1, "C1"), (CARLA, HEAD_OFFICE), RADIO_50, 1, date(2021, 6, 18))
        },
        Contract { speed: Speed::Reduced, ..contract((D1, "D1"), (DAVI, SOUTH), FIBRA_700, 8, date(2024, 1, 10)) },
        Contract {
            standing: Standing::PreContract,
            base_access: Access::AwaitingSignature,
            activated_on: None,
            ..contract((D2, "D2"), (DAVI, SOUTH), FIBRA_1_GIGA, 8, date(2026, 11, 18))
        },
        contract((E1, "E1"), (EMPRESA, HEAD_OFFICE), LINK_200, 30, date(2026, 8, 3)),
        Contract {
            standing: Standing::Cancelled(date(2026, 8, 31)),
            base_access: Access::Disabled,
            ..contract((F1, "F1"), (ELISA, HEAD_OFFICE), FIBRA_300, 15, date(2019, 2, 1))
        },
    ]
}

pub(super) fn terms() -> Vec<Term> {
    let signed = Some(date(2023, 8, 15).at(10, 0, 0, 0));
    vec![
        Term { id: Id::new(801), contract: A1, title: "Contrato de prestação de serviço SCM", signed_at: signed },
        Term { id: Id::new(802), contract: D2, title: "Contrato de prestação de serviço SCM", signed_at: None },
        Term { id: Id::new(803), contract: D2, title: "Termo de permanência de 12 meses", signed_at: None },
    ]
}

fn wifi(name: &str, password: &str) -> Wifi {
    Wifi {
        ssid: format!("{name}-2G"),
        password: password.to_owned(),
        ssid_5ghz: format!("{name}-5G"),
        password_5ghz: password.to_owned(),
    }
}

/// A fiber login, online since this morning.
fn login(id: Id<Login>, customer: Id<Customer>, contract: Id<Contract>, name: &str) -> Login {
    let octet = id.number() % 100;
    Login {
        id,
        customer,
        contract,
        username: name.to_owned(),
        password: format!("pppoe-{name}"),
        enabled: true,
        session: Session::Online { since: date(2026, 11, 20).at(6, 42, 10, 0) },
        drops: 1,
        technology: Technology::Fiber,
        ip: "100.64.10.21",
        mac: format!("02:00:5E:10:00:{octet:02}"),
        serial: Some("EXMP0A1B2C01"),
        quota: Quota { limit: 0, downloaded: 84_300_512_000, uploaded: 6_120_448_000 },
        wifi: wifi(&name.replace('.', "-").to_uppercase(), &format!("wifi-{name}-2026")),
    }
}

pub(super) fn logins() -> Vec<Login> {
    let offline = |began, ended, cause| Session::Offline { began, ended, cause };
    vec![
        login(LOGIN_A1, ANA, A1, "ana.souza"),
        Login {
            ip: "100.64.10.22",
            serial: Some("EXMP0A1B2C02"),
            session: offline(date(2026, 11, 12).at(8, 11, 2, 0), date(2026, 11, 16).at(3, 12, 44, 0), "Admin-Reset"),
            ..login(LOGIN_B1, BRUNO, B1, "bruno.lima")
        },
        Login {
            ip: "100.64.10.23",
            serial: None,
            technology: Technology::Radio,
            session: offline(date(2026, 11, 3).at(7, 5, 0, 0), date(2026, 11, 6).at(3, 10, 1, 0), "Admin-Reset"),
            ..login(LOGIN_C1, CARLA, C1, "carla.dias")
        },
        Login { ip: "100.64.10.24", serial: Some("EXMP0A1B2C04"), ..login(LOGIN_D1, DAVI, D1, "davi.rocha") },
        Login {
            ip: "100.64.10.25",
            serial: Some("EXMP0A1B2C05"),
            enabled: false,
            session: Session::Never,
            quota: Quota { limit: 0, downloaded: 0, uploaded: 0 },
            drops: 0,
            ..login(LOGIN_D2, DAVI, D2, "davi.rocha2")
        },
        Login {
            ip: "100.64.10.26",
            serial: None,
            technology: Technology::Adsl,
            session: offline(date(2026, 11, 17).at(9, 0, 0, 0), date(2026, 11, 20).at(8, 37, 19, 0), "Lost-Carrier"),
            quota: Quota { limit: 500 * GIGABYTE, downloaded: 480 * GIGABYTE, uploaded: 20 * GIGABYTE },
            drops: 4,
            ..login(LOGIN_E1, EMPRESA, E1, "empresa.exemplo")
        },
        Login {
            ip: "100.64.10.27",
            serial: Some("EXMP0A1B2C07"),
            enabled: false,
            session: offline(date(2026, 8, 20).at(10, 0, 0, 0), date(2026, 8, 31).at(18, 0, 0, 0), "User-Request"),
            ..login(LOGIN_F1, ELISA, F1, "elisa.prado")
        },
    ]
}

pub(super) fn areas() -> Vec<MaintenanceArea> {
    vec![MaintenanceArea {
        id: Id::new(13_044),
        title: "Rompimento de cabo na Avenida Santo Amaro",
        message: "Há um rompimento de cabo na sua região. A equipe já está no local e a previsão de \
                  retorno é 20/11/2026 às 18:00.",
        opened_at: date(2026, 11, 20).at(8, 40, 0, 0),
        expected_return: date(2026, 11, 20).at(18, 0, 0, 0),
        logins: vec![LOGIN_E1],
    }]
}

pub(super) fn devices() -> Vec<AcsDevice> {
    let device = |id, login, serial, online, wifi| AcsDevice {
        id: Id::new(id),
        login,
        serial,
        manufacturer: "Exemplo",
        model: "EX-1200",
        online,
        wifi,
        pending: None,
        last_inform: date(2026, 11, 20).at(11, 58, 0, 0),
    };
    let of = |id| logins().into_iter().find(|login| login.id == id).map(|login| login.wifi);
    let ana = of(LOGIN_A1).map(|wifi| device(15, LOGIN_A1, "EXMP0A1B2C01", true, wifi));
    // Davi's router is switched off: what is sent to it waits.
    let davi = of(LOGIN_D1).map(|wifi| AcsDevice {
        last_inform: date(2026, 11, 19).at(22, 15, 0, 0),
        ..device(16, LOGIN_D1, "EXMP0A1B2C04", false, wifi)
    });
    ana.into_iter().chain(davi).collect()
}
