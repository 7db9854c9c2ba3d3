//! Every code of every table.

use ponte_domain::contract::{AccessStatus, ContractStatus, LoginStatus, Online, Speed, Technology};
use ponte_domain::customer::CustomerStatus;
use ponte_domain::invoice::{FiscalInvoiceStatus, InvoiceStatus};
use ponte_domain::ticket::TicketStatus;
use ponte_domain::unlock::TrustUnlockReason;

use super::{
    UnlockDenial, access_status, contract_status, customer_status, fiscal_status, group_technology, invoice_status,
    login_status, online, order_is_open, speed, technology, ticket_status, unlock_denial,
};

#[test]
fn customers() {
    for (active, prospect, expected) in [
        ("S", "N", CustomerStatus::Active),
        ("S", "", CustomerStatus::Active),
        ("S", "S", CustomerStatus::Prospect),
        ("", "S", CustomerStatus::Prospect),
        ("N", "N", CustomerStatus::Inactive),
        ("N", "S", CustomerStatus::Inactive),
        ("", "", CustomerStatus::Unknown),
        ("X", "N", CustomerStatus::Unknown),
    ] {
        assert_eq!(customer_status(active, prospect).value, expected, "{active} {prospect}");
    }
}

#[test]
fn contracts() {
    for (code, cancelled, suspended, expected) in [
        ("P", false, false, ContractStatus::PreContract),
        ("A", false, false, ContractStatus::Active),
        ("A", false, true, ContractStatus::Suspended),
        ("I", true, false, ContractStatus::Cancelled),
        ("I", false, false, ContractStatus::Inactive),
        ("N", true, false, ContractStatus::NegativeListed),
        ("D", false, false, ContractStatus::Withdrawn),
        ("C", false, false, ContractStatus::Unknown),
    ] {
        let known = contract_status(code, cancelled, suspended);
        assert_eq!((known.value, known.vendor_word.as_deref()), (expected, Some(code)));
    }
}

#[test]
fn access() {
    for (code, expected) in [
        ("A", AccessStatus::Active),
        ("D", AccessStatus::Disabled),
        ("CM", AccessStatus::Blocked),
        ("CA", AccessStatus::Blocked),
        ("FA", AccessStatus::PaymentOverdue),
        ("AA", AccessStatus::AwaitingSignature),
        ("CE", AccessStatus::Unknown),
        ("XX", AccessStatus::Unknown),
    ] {
        let known = access_status(code);
        assert_eq!((known.value, known.vendor_word.as_deref()), (expected, Some(code)));
    }
    assert_eq!(access_status("").vendor_word, None);
    assert_eq!((speed("N").value, speed("R").value, speed("").value), (Speed::Normal, Speed::Reduced, Speed::Unknown));
}

#[test]
fn logins() {
    assert_eq!(login_status("S").value, LoginStatus::Active);
    assert_eq!(login_status("N").value, LoginStatus::Inactive);
    assert_eq!(login_status("").value, LoginStatus::NoStatus);
    for (code, authentication, expected) in [
        ("S", "L", Online::Online),
        ("S", "M", Online::Online),
        ("N", "L", Online::Offline),
        ("N", "H", Online::Offline),
        ("N", "D", Online::Offline),
        ("N", "I", Online::Offline),
        ("N", "M", Online::Unknown),
        ("N", "V", Online::Unknown),
        ("N", "E", Online::Unknown),
        ("SS", "L", Online::Unknown),
        ("I", "L", Online::Unknown),
        ("", "L", Online::Unknown),
    ] {
        assert_eq!(online(code, authentication).value, expected, "{code} {authentication}");
    }
}

#[test]
fn technologies() {
    for (code, expected) in [
        ("F", Technology::Fiber),
        ("58", Technology::Radio),
        ("24", Technology::Radio),
        ("L", Technology::Cable),
        ("A", Technology::Adsl),
        ("LTE", Technology::Lte),
        ("LDD", Technology::Dedicated),
        ("", Technology::Unknown),
        ("Q", Technology::Unknown),
    ] {
        assert_eq!(technology(code).value, expected, "{code}");
    }
    for (text, expected) in [
        ("Fibra óptica", Technology::Fiber),
        ("Rádio spread spectrum", Technology::Radio),
        ("xDSL", Technology::Adsl),
        ("Satélite", Technology::Satellite),
        ("Cabo coaxial / HFC", Technology::Cable),
        ("Link dedicado", Technology::Dedicated),
        ("4G LTE", Technology::Lte),
        ("", Technology::Unknown),
    ] {
        assert_eq!(group_technology(text).value, expected, "{text}");
    }
}

#[test]
fn invoices() {
    for (code, confirmed, late, expected) in [
        ("A", false, false, InvoiceStatus::Open),
        ("A", false, true, InvoiceStatus::Overdue),
        ("A", true, true, InvoiceStatus::BeingConfirmed),
        ("P", false, true, InvoiceStatus::PartiallyPaid),
        ("P", true, false, InvoiceStatus::BeingConfirmed),
        ("R", true, true, InvoiceStatus::Paid),
        ("C", false, true, InvoiceStatus::Cancelled),
        ("X", false, false, InvoiceStatus::Unknown),
    ] {
        assert_eq!(invoice_status(code, confirmed, late).value, expected, "{code} {confirmed} {late}");
    }
    for (code, expected) in [
        ("A", FiscalInvoiceStatus::Pending),
        ("F", FiscalInvoiceStatus::Issued),
        ("C", FiscalInvoiceStatus::Cancelled),
        ("D", FiscalInvoiceStatus::Denied),
        ("AP", FiscalInvoiceStatus::Pending),
        ("PE", FiscalInvoiceStatus::Failed),
        ("Z", FiscalInvoiceStatus::Unknown),
    ] {
        assert_eq!(fiscal_status(code).value, expected, "{code}");
    }
}

#[test]
fn tickets_and_orders() {
    for (code, expected) in [
        ("N", TicketStatus::Open),
        ("P", TicketStatus::Pending),
        ("EP", TicketStatus::InProgress),
        ("S", TicketStatus::Closed),
        ("C", TicketStatus::Cancelled),
        ("OSAB", TicketStatus::Unknown),
    ] {
        assert_eq!(ticket_status(code).value, expected, "{code}");
    }
    for code in ["A", "AN", "EN", "AS", "AG", "DS", "EX", "RAG", "NEW"] {
        assert!(order_is_open(code), "{code}");
    }
    assert!(!order_is_open("F") && !order_is_open(""));
}

#[test]
fn trust_unlock_by_code_and_by_text() {
    use TrustUnlockReason::{ContractCancelled, NotBlocked, VendorRule};
    for (code, text, expected) in [
        (Some("106"), "", UnlockDenial::NoContract),
        (Some("107"), "", UnlockDenial::Not(NotBlocked)),
        (Some("109"), "", UnlockDenial::Not(ContractCancelled)),
        (Some("113"), "", UnlockDenial::Restricted),
        (Some("108"), "", UnlockDenial::Not(VendorRule)),
        (Some("111"), "foi usado no dia", UnlockDenial::Not(VendorRule)),
        (None, "id de contrato inexistente na base de dados.", UnlockDenial::NoContract),
        (None, "o contrato ja encontra-se ativo, nao e necessario utilizar", UnlockDenial::Not(NotBlocked)),
        (
            None,
            "nao e possivel utilizar o desbloqueio de confianca, o contrato esta inativo.",
            UnlockDenial::Not(ContractCancelled),
        ),
        (None, "este recurso foi usado no dia  e nao foi realizado", UnlockDenial::Restricted),
        (None, "desabilitado para este contrato", UnlockDenial::Not(VendorRule)),
        (None, "nao pode ser desbloqueado", UnlockDenial::Not(VendorRule)),
    ] {
        assert_eq!(unlock_denial(code, text), expected, "{code:?} {text}");
    }
}
