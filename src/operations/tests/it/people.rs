//! The people of the tests and what is true about them.

use jiff::civil::Date;
use ponte_domain::acceptance::{AcceptanceMethod, AcceptancePending, AcceptanceState};
use ponte_domain::contract::{
    AccessStatus, Contract, ContractStatus, Login, LoginStatus, Online, Plan, Speed, Technology,
};
use ponte_domain::customer::{Customer, CustomerStatus};
use ponte_domain::diagnostics::{Diagnosis, Reading};
use ponte_domain::document::Document;
use ponte_domain::failure::Upstream;
use ponte_domain::invoice::{Availability, Invoice, InvoiceStatus, NoBoleto, NoPix, Payment};
use ponte_domain::known::Known;
use ponte_domain::money::Cents;
use ponte_domain::phone::Phone;
use ponte_domain::reference::{ContractRef, CustomerRef, VendorId};
use ponte_domain::ticket::{Ticket, TicketStatus};
use ponte_domain::unlock::{Eligible, SpeedReleaseReason, SpeedReleaseState, TrustUnlockReason, TrustUnlockState};
use ponte_domain::{Failure, FailureKind};

pub const BRUNO: &str = "202";
pub const BRUNO_CPF: &str = "111.444.777-35";
pub const NOBODY_CPF: &str = "168.995.350-09";
pub const BRUNO_PHONE: &str = "+5554981234567";
pub const BRUNO_OLD_WHATSAPP: &str = "555481234567";
pub const NOBODY_PHONE: &str = "+5571977776666";

pub fn document(text: &str) -> Document {
    Document::parse(text).unwrap()
}

pub fn phone(text: &str) -> Phone {
    Phone::parse(text).unwrap()
}

pub fn bruno() -> Customer {
    Customer {
        reference: CustomerRef::new(BRUNO),
        name: "Bruno Lima".to_owned(),
        document: Some(document(BRUNO_CPF)),
        status: Known::new(CustomerStatus::Active, "S"),
        phones: vec![phone(BRUNO_PHONE)],
        emails: vec!["bruno@example.com".to_owned()],
        branch: None,
        person_group: None,
    }
}

pub fn bruno_ref() -> CustomerRef {
    CustomerRef::new(BRUNO)
}

pub fn b1_ref() -> ContractRef {
    bruno_ref().contract("2002")
}

pub fn login(id: &str, status: LoginStatus) -> Login {
    Login {
        id: VendorId::from(id),
        name: format!("login{id}"),
        status: Known::without_word(status),
        online: Known::without_word(Online::Offline),
        technology: Known::without_word(Technology::Fiber),
        quota_reached: None,
    }
}

pub fn contract(access: AccessStatus) -> Contract {
    Contract {
        reference: b1_ref(),
        number: "2002".to_owned(),
        plan: Plan { name: "Fibra 500 Mega".to_owned(), download_mbps: Some(500.0), upload_mbps: Some(250.0) },
        status: Known::new(ContractStatus::Active, "A"),
        access: Known::without_word(access),
        speed: Speed::Normal,
        due_day: Some(5),
        monthly_amount: None,
        address: None,
        logins: vec![login("1", LoginStatus::Active)],
        branch: None,
        activated_on: None,
        cancelled_on: None,
    }
}

pub fn blocked() -> TrustUnlockState {
    TrustUnlockState {
        eligible: Eligible::Yes,
        reason: None,
        in_use: Some(false),
        restriction: None,
        days_granted: None,
        unlocked_until: None,
        contract: contract(AccessStatus::Blocked),
    }
}

pub fn unlocked() -> TrustUnlockState {
    TrustUnlockState {
        eligible: Eligible::No,
        reason: Some(TrustUnlockReason::AlreadyInUse),
        in_use: Some(true),
        unlocked_until: Some(Date::constant(2026, 11, 23)),
        contract: contract(AccessStatus::Active),
        ..blocked()
    }
}

pub fn slow() -> SpeedReleaseState {
    SpeedReleaseState {
        reduced: Some(true),
        releasable: Eligible::Yes,
        reason: None,
        contract: Contract { speed: Speed::Reduced, ..contract(AccessStatus::Active) },
    }
}

pub fn fast() -> SpeedReleaseState {
    SpeedReleaseState {
        reduced: Some(false),
        releasable: Eligible::No,
        reason: Some(SpeedReleaseReason::NotReduced),
        contract: contract(AccessStatus::Active),
    }
}

pub fn pending(state: AcceptanceState) -> AcceptancePending {
    let access =
        if state == AcceptanceState::Awaiting { AccessStatus::AwaitingSignature } else { AccessStatus::Active };
    AcceptancePending {
        state,
        method: AcceptanceMethod::Gateway,
        vendor_link: None,
        registered_phones: vec![phone(BRUNO_PHONE)],
        contract: contract(access),
    }
}

pub fn ticket(id: &str) -> Ticket {
    Ticket {
        reference: bruno_ref().ticket(id),
        contract: None,
        protocol: Some(format!("2026112000{id}")),
        opened_at: None,
        closed_at: None,
        scheduled_for: None,
        status: Known::without_word(TicketStatus::Open),
        sector: Some("Técnico".to_owned()),
        subject: None,
        complaint: Some("Sem conexão".to_owned()),
        defect_found: None,
    }
}

pub fn failure(kind: FailureKind) -> Failure {
    Failure::new(kind, "Scripted.").at(Upstream {
        vendor: "scripted",
        operation: "scripted",
        http_status: None,
        code: None,
    })
}

pub fn incomplete_payment() -> Payment {
    let invoice = Invoice {
        reference: bruno_ref().invoice("7"),
        contract: None,
        number: None,
        description: None,
        amount: Cents::new(12_990),
        updated_amount: None,
        due_date: None,
        issue_date: None,
        status: Known::without_word(InvoiceStatus::Overdue),
        paid_on: None,
        paid_amount: None,
        boleto: Availability::Yes,
        pix: Availability::No,
    };
    Payment {
        invoice,
        boleto: Err(NoBoleto::TemporarilyUnavailable),
        pix: Err(NoPix::BankWithoutPix),
        payment_link: None,
    }
}

pub fn payment() -> Payment {
    Payment { boleto: Err(NoBoleto::InvoiceNotRegistered), ..incomplete_payment() }
}

pub fn diagnosis() -> Diagnosis {
    Diagnosis {
        customer_status: Reading::Is(Known::new(CustomerStatus::Active, "S")),
        contract_status: Reading::Is(Known::new(ContractStatus::Active, "A")),
        access_status: Reading::Is(Known::new(AccessStatus::Active, "A")),
        trust_unlock_in_use: Reading::NotSupported("not scripted"),
        trust_unlock_restricted: Reading::NotSupported("not scripted"),
        speed: Reading::NotSupported("not scripted"),
        in_maintenance_area: Reading::NotSupported("not scripted"),
        login_status: Reading::Is(Known::new(LoginStatus::Active, "S")),
        quota_reached: Reading::Unreadable("not scripted"),
        online: Reading::Is(Known::new(Online::Online, "S")),
        technology: Reading::Is(Known::new(Technology::Fiber, "F")),
        outage: None,
    }
}
