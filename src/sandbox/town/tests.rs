//! The town against `sandbox-world.md`, and how writes change it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use jiff::civil::date;
use ponte_domain::boleto::BarCode;
use ponte_domain::money::Cents;
use ponte_domain::pix::PixCode;

use super::acceptance::ActivationRefusal;
use super::contracts::{Access, ReleaseRefusal, Speed, Standing};
use super::network::{Session, Technology};
use super::speed_release::SpeedRefusal;
use super::trust_unlock::UnlockRefusal;
use super::wifi::Push;
use super::*;

fn town() -> Town {
    Town::new().unwrap()
}

fn at(town: &mut Town, instant: &str) {
    town.now = instant.parse().unwrap();
}

fn id_of(town: &Town, label: &str) -> Id<Contract> {
    town.contract_called(label).unwrap().id
}

fn access(town: &Town, label: &str) -> Access {
    town.contract_called(label).unwrap().access_at(town.clock())
}

#[test]
fn the_clock_stands_where_the_world_says() {
    let town = town();
    assert_eq!(town.now_with_offset(), "2026-11-20T12:00:00-03:00");
    assert_eq!(town.today(), date(2026, 11, 20));
}

#[test]
fn the_people_are_those_of_the_world() {
    let town = town();
    let people: Vec<(&str, String, bool, usize)> =
        town.customers.iter().map(|one| (one.name, one.document.formatted(), one.active, one.phones.len())).collect();
    let expected = [
        ("Ana Souza", "529.982.247-25", true, 1),
        ("Bruno Lima", "111.444.777-35", true, 1),
        ("Carla Dias", "390.533.447-05", true, 1),
        ("Davi Rocha", "123.456.789-09", true, 2),
        ("Empresa Exemplo Ltda", "12.ABC.345/01DE-35", true, 1),
        ("Elisa Prado", "987.654.321-00", false, 1),
    ];
    let expected = expected.map(|(name, document, active, phones)| (name, document.to_owned(), active, phones));
    assert_eq!(people, expected);
    let empresa = town.customers.iter().find(|one| one.numeric_twin.is_some()).unwrap();
    assert_eq!(empresa.document_in_digits().formatted(), "11.222.333/0001-81");
    let davi = town.customers.iter().find(|one| one.name == "Davi Rocha").unwrap();
    assert_eq!(davi.mobile().unwrap().national(), "(41) 99123-0001");
    assert_eq!(davi.landline().unwrap().national(), "(41) 3333-0002");
}

#[test]
fn the_contracts_stand_as_the_world_says() {
    let town = town();
    let rows: Vec<(&str, &str, Access)> = town
        .contracts
        .iter()
        .map(|one| (one.label, town.plan(one.plan).unwrap().name, one.access_at(town.clock())))
        .collect();
    assert_eq!(
        rows,
        [
            ("A1", "Fibra 300 Mega", Access::Active),
            ("B1", "Fibra 500 Mega", Access::BlockedForDebt(date(2026, 11, 16))),
            ("C1", "Radio 50 Mega", Access::BlockedForDebt(date(2026, 11, 1))),
            ("D1", "Fibra 700 Mega", Access::Active),
            ("D2", "Fibra 1 Giga", Access::AwaitingSignature),
            ("E1", "Link Dedicado 200", Access::Active),
            ("F1", "Fibra 300 Mega", Access::Disabled),
        ]
    );
    assert_eq!(town.contract_called("D1").unwrap().speed, Speed::Reduced);
    let login = town.logins_of(id_of(&town, "E1")).next().unwrap();
    assert!(login.enabled && login.quota.reached() && login.technology == Technology::Adsl);
    assert!(matches!(login.session, Session::Offline { .. }));
    assert_eq!(town.area_of(login.id).unwrap().expected_return, date(2026, 11, 20).at(18, 0, 0, 0));
    assert!(town.area_of(town.logins[0].id).is_none());
}

#[test]
fn every_boleto_and_pix_carries_its_own_bill() {
    let town = town();
    for invoice in &town.invoices {
        let code = BarCode::parse(invoice.bar_code.as_str()).unwrap();
        assert_eq!(code.amount(), Some(invoice.amount));
        assert_eq!(code.due_date(town.today()), Some(invoice.due_on));
        let bank = town.wallet(invoice.wallet).unwrap();
        assert_eq!(code.bank(), Some(bank.bank));
        assert_eq!(invoice.pix.is_some(), bank.pix);
        if let Some(pix) = &invoice.pix {
            assert_eq!(PixCode::parse(pix.as_str()).unwrap().amount(), Some(invoice.amount));
        }
    }
    let ana = town.invoice(Id::new(145_535)).unwrap();
    assert_eq!((ana.amount, ana.due_on), (Cents::new(9_990), date(2026, 12, 10)));
    let without_pix: Vec<_> = town.invoices.iter().filter(|one| one.pix.is_none()).collect();
    assert_eq!(without_pix.len(), 1);
    assert_eq!(town.customer(without_pix[0].customer).unwrap().name, "Bruno Lima");
}

#[test]
fn trust_unlocks_for_three_days_once_a_month() {
    let mut town = town();
    let bruno = id_of(&town, "B1");
    assert_eq!(town.unlock_on_trust(bruno), Ok(date(2026, 11, 23)));
    assert_eq!(access(&town, "B1"), Access::Active);
    assert!(matches!(town.logins_of(bruno).next().unwrap().session, Session::Online { .. }));
    assert_eq!(town.unlock_on_trust(bruno), Err(UnlockRefusal::NotBlocked));
    at(&mut town, "2026-11-23T23:59:00-03:00");
    assert_eq!(access(&town, "B1"), Access::Active);
    at(&mut town, "2026-11-24T00:01:00-03:00");
    assert!(matches!(access(&town, "B1"), Access::BlockedForDebt(_)));
    let refused = UnlockRefusal::Restricted {
        used_on: date(2026, 11, 20),
        pay_by: date(2026, 11, 23),
        until: date(2026, 12, 20),
    };
    assert_eq!(town.unlock_on_trust(bruno), Err(refused));
    at(&mut town, "2026-12-20T00:01:00-03:00");
    assert_eq!(town.unlock_on_trust(bruno), Ok(date(2026, 12, 23)));
    assert_eq!(town.writes().count_of("B1", WriteKind::TrustUnlock), 2);
}

#[test]
fn carla_is_restricted_until_the_second_of_december() {
    let mut town = town();
    let carla = id_of(&town, "C1");
    let until = town.contract(carla).unwrap().trust_restricted_until(town.today());
    assert_eq!(until, Some(date(2026, 12, 2)));
    assert!(matches!(town.unlock_on_trust(carla), Err(UnlockRefusal::Restricted { .. })));
    at(&mut town, "2026-12-02T09:00:00-03:00");
    assert!(town.unlock_on_trust(carla).is_ok());
}

#[test]
fn who_is_not_blocked_for_debt_is_not_unlocked() {
    let mut town = town();
    let cases = [
        ("A1", UnlockRefusal::NotBlocked),
        ("D1", UnlockRefusal::NotBlocked),
        ("D2", UnlockRefusal::ContractNotActive),
        ("F1", UnlockRefusal::ContractNotActive),
    ];
    for (label, expected) in cases {
        let id = id_of(&town, label);
        assert_eq!(town.unlock_on_trust(id), Err(expected), "{label}");
    }
    assert_eq!(town.unlock_on_trust(Id::new(1)), Err(UnlockRefusal::NoSuchContract));
    assert_eq!(town.writes(), Writes::default());
}

#[test]
fn a_temporary_release_lasts_72_hours_once_in_30_days() {
    let mut town = town();
    let bruno = id_of(&town, "B1");
    let ana = id_of(&town, "A1");
    assert_eq!(town.release_temporarily(ana), Err(ReleaseRefusal::NotBlocked));
    assert_eq!(town.release_temporarily(bruno), Ok(()));
    assert_eq!(access(&town, "B1"), Access::Active);
    at(&mut town, "2026-11-23T12:00:00-03:00");
    assert!(matches!(access(&town, "B1"), Access::BlockedForDebt(_)));
    assert_eq!(town.release_temporarily(bruno), Err(ReleaseRefusal::TooSoon));
    at(&mut town, "2026-12-20T12:00:00-03:00");
    assert_eq!(town.release_temporarily(bruno), Ok(()));
}

#[test]
fn a_reduced_speed_is_released_once() {
    let mut town = town();
    let davi = id_of(&town, "D1");
    assert_eq!(town.release_speed(davi), Ok(()));
    assert_eq!(town.release_speed(davi), Err(SpeedRefusal::NotReduced));
    assert_eq!(town.writes().count(WriteKind::SpeedRelease), 1);
}

#[test]
fn a_signed_contract_becomes_active_whole() {
    let mut town = town();
    let d2 = id_of(&town, "D2");
    let terms: Vec<_> = town.terms_of(d2).map(|term| term.id).collect();
    assert_eq!(terms.len(), 2);
    for term in terms {
        assert!(town.sign_term(term));
        assert!(town.sign_term(term), "signing again is no error");
    }
    assert_eq!(town.activate(d2), Ok(()));
    let contract = town.contract(d2).unwrap();
    assert_eq!((contract.standing, contract.base_access), (Standing::Active, Access::Active));
    assert!(town.logins_of(d2).all(|login| login.enabled));
    assert_eq!(town.activate(d2), Err(ActivationRefusal::NotPreContract));
    assert_eq!(town.writes().count_of("D2", WriteKind::TermSigned), 2);
    assert_eq!(town.writes().count_of("D2", WriteKind::Activation), 1);
}

#[test]
fn an_unsigned_contract_is_activated_but_goes_on_waiting() {
    let mut town = town();
    let d2 = id_of(&town, "D2");
    assert_eq!(town.activate(d2), Ok(()));
    assert_eq!(access(&town, "D2"), Access::AwaitingSignature);
    assert!(town.set_access(d2, Access::Active));
    assert_eq!(access(&town, "D2"), Access::Active);
}

#[test]
fn wifi_reaches_a_router_that_is_on_and_waits_for_one_that_is_off() {
    let mut town = town();
    for login in &mut town.logins {
        login.wifi.password = "nova-senha-2026".to_owned();
    }
    let devices: Vec<_> = town.devices.iter().map(|device| device.id).collect();
    assert_eq!(town.push_wifi(devices[0]), Some(Push::Applied));
    assert_eq!(town.push_wifi(devices[1]), Some(Push::Pending));
    assert_eq!(town.push_wifi(Id::new(1)), None);
    assert_eq!(town.devices[0].wifi.password, "nova-senha-2026");
    assert_ne!(town.devices[1].wifi.password, "nova-senha-2026");
    assert_eq!(town.devices[1].pending.as_ref().unwrap().password, "nova-senha-2026");
}

#[test]
fn a_dropped_session_comes_back_only_where_nothing_is_blocked() {
    let mut town = town();
    let (ana, bruno) = (town.logins[0].id, town.logins[1].id);
    assert!(town.drop_session(ana));
    assert_eq!(town.logins[0].session, Session::Online { since: town.clock() });
    assert!(town.drop_session(bruno));
    assert!(matches!(town.logins[1].session, Session::Offline { .. }));
    assert!(!town.drop_session(Id::new(1)));
}

#[test]
fn a_protocol_is_never_drawn_twice() {
    let mut town = town();
    assert_eq!(town.draw_protocol(), "202611000593");
    assert_eq!(town.draw_protocol(), "202611000594");
}
