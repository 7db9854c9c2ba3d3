//! Every code of every table.

use ponte_domain::contract::{AccessStatus, ContractStatus, Speed, Technology};
use ponte_domain::customer::CustomerStatus;
use ponte_domain::invoice::{FiscalInvoiceStatus, InvoiceStatus};
use ponte_domain::ticket::TicketStatus;

use super::{
    Standing, customer_status, fiscal_status, invoice_status, nfcom_status, standing, technology, ticket_status,
};

#[test]
fn every_code_of_a_contract_has_its_three_meanings() {
    use AccessStatus as A;
    use ContractStatus as C;
    for (code, contract, access, speed) in [
        ("1", C::Active, A::Active, Speed::Normal),
        ("2", C::Inactive, A::Disabled, Speed::Normal),
        ("3", C::Cancelled, A::Disabled, Speed::Normal),
        ("4", C::Active, A::Blocked, Speed::Normal),
        ("5", C::Cancelled, A::Disabled, Speed::Normal),
        ("6", C::PreContract, A::Disabled, Speed::Normal),
        ("7", C::Active, A::Active, Speed::Reduced),
        ("9", C::Unknown, A::Unknown, Speed::Unknown),
    ] {
        let standing = standing(Some(code), "Ativo");
        assert_eq!(
            (standing.contract_status(), standing.access_status(), standing.speed()),
            (contract, access, speed),
            "{code}"
        );
    }
}

#[test]
fn a_label_stands_in_for_a_missing_number() {
    for (label, expected) in [
        (" Ativo ", Standing::Active),
        (" Ativo V. Reduzida ", Standing::Reduced),
        ("ATIVO V REDUZIDA", Standing::Reduced),
        ("Suspenso", Standing::Suspended),
        ("Bloqueado", Standing::Suspended),
        ("Cancelado", Standing::Cancelled),
        ("Inativo", Standing::Inactive),
        ("Inviabilidade Técnica", Standing::NotFeasible),
        ("Novo", Standing::New),
        ("Desativado", Standing::Unknown),
        ("", Standing::Unknown),
    ] {
        assert_eq!(standing(None, label), expected, "{label}");
    }
}

#[test]
fn a_customer_is_served_while_a_contract_is() {
    use Standing::{Active, Cancelled, Inactive, New, NotFeasible, Reduced, Suspended, Unknown};
    for (contracts, expected) in [
        (vec![Cancelled, Active], CustomerStatus::Active),
        (vec![Suspended], CustomerStatus::Active),
        (vec![Reduced, New], CustomerStatus::Active),
        (vec![New, Cancelled], CustomerStatus::Prospect),
        (vec![Cancelled, Inactive, NotFeasible], CustomerStatus::Inactive),
        (vec![Cancelled, Unknown], CustomerStatus::Unknown),
        (vec![], CustomerStatus::Unknown),
    ] {
        assert_eq!(customer_status(contracts.clone()).value, expected, "{contracts:?}");
    }
}

#[test]
fn the_name_of_a_plan_is_a_hint_at_its_medium() {
    for (plan, expected) in [
        ("Fibra 300 Mega", Technology::Fiber),
        ("FTTH 500", Technology::Fiber),
        ("Rádio 50 Mega", Technology::Radio),
        ("ADSL 10", Technology::Adsl),
        ("Link Dedicado 200", Technology::Dedicated),
        ("Via Satélite", Technology::Satellite),
        ("Plano 4G", Technology::Lte),
        ("Cabo 30", Technology::Cable),
        ("Plano Ouro", Technology::Unknown),
    ] {
        assert_eq!(technology(plan).value, expected, "{plan}");
    }
}

#[test]
fn every_word_of_a_title_is_known() {
    use InvoiceStatus::{Cancelled, Open, Overdue, Paid, PartiallyPaid, Unknown};
    for (word, late, partly, expected) in [
        ("aberto", false, false, Open),
        ("aberto", true, false, Overdue),
        ("aberto", true, true, PartiallyPaid),
        ("Aberto", false, false, Open),
        ("Gerado", true, false, Overdue),
        ("pago", true, false, Paid),
        ("Pago", false, true, Paid),
        ("cancelado", true, false, Cancelled),
        ("protestado", false, false, Unknown),
    ] {
        let status = invoice_status(word, late, partly);
        assert_eq!((status.value, status.vendor_word.as_deref()), (expected, Some(word)), "{word}");
    }
}

#[test]
fn every_number_of_an_nfcom_is_known() {
    use FiscalInvoiceStatus::{Cancelled, Denied, Issued, Pending, Unknown};
    for (code, expected) in [
        ("1", Issued),
        ("3", Pending),
        ("5", Denied),
        ("8", Cancelled),
        ("9", Issued),
        ("10", Pending),
        ("11", Cancelled),
        ("2", Unknown),
        ("", Unknown),
    ] {
        assert_eq!(nfcom_status(code).value, expected, "{code}");
    }
    assert_eq!(fiscal_status("2").vendor_word.as_deref(), Some("2"));
}

#[test]
fn a_ticket_is_as_far_as_it_and_its_work_order_say() {
    use TicketStatus::{Closed, InProgress, Open, Pending, Unknown};
    for (ticket, order, expected) in [
        ("0", None, Open),
        ("0", Some("0"), Open),
        ("0", Some("1"), Open),
        ("0", Some("2"), InProgress),
        ("0", Some("3"), Pending),
        ("1", Some("0"), Closed),
        ("1", None, Closed),
        ("7", None, Unknown),
        ("", Some("2"), Unknown),
    ] {
        assert_eq!(ticket_status(ticket, order, "").value, expected, "{ticket} {order:?}");
    }
    assert_eq!(ticket_status("0", None, "Aberta").vendor_word.as_deref(), Some("Aberta"));
}
