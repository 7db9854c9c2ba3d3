//! Every code of every table.
use ponte_domain::contract::{AccessStatus, ContractStatus, LoginStatus, Online, Speed, Technology};
use ponte_domain::customer::CustomerStatus;
use ponte_domain::invoice::InvoiceStatus;
use ponte_domain::ticket::TicketStatus;
use ponte_domain::unlock::{SpeedReleaseReason, TrustUnlockReason};

use super::{
    BlockReason, UnlockDenial, access_status, block_reason, contract_status, customer_status, invoice_status,
    login_status, online, release_denial, speed, technology, ticket_status, unlock_denial,
};

#[test]
fn every_word_of_a_registration() {
    for (word, expected) in [
        ("Ativo", CustomerStatus::Active),
        ("Inativo", CustomerStatus::Inactive),
        ("INATIVO", CustomerStatus::Inactive),
        ("Bloqueado", CustomerStatus::Unknown),
        ("", CustomerStatus::Unknown),
    ] {
        let status = customer_status(word);
        assert_eq!(status.value, expected, "{word}");
        assert_eq!(status.vendor_word.as_deref(), Some(word).filter(|word| !word.is_empty()));
    }
}

#[test]
fn every_word_of_a_contract() {
    for (word, expected) in [
        ("Ativo", ContractStatus::Active),
        ("Suspenso", ContractStatus::Suspended),
        ("Cancelado", ContractStatus::Cancelled),
        ("Aguardando ativação", ContractStatus::PreContract),
        ("AGUARDA ATIVACAO", ContractStatus::PreContract),
        ("Inativo", ContractStatus::Inactive),
        ("Em análise", ContractStatus::Unknown),
        ("", ContractStatus::Unknown),
    ] {
        assert_eq!(contract_status(word).value, expected, "{word}");
    }
}

#[test]
fn every_reason_of_a_block() {
    for (word, expected) in [
        ("Falta de pagamento", BlockReason::Payment),
        ("FALTA DE PAGAMENTO", BlockReason::Payment),
        ("Inadimplência", BlockReason::Payment),
        ("1", BlockReason::Payment),
        ("Contrato não aceito", BlockReason::NotAccepted),
        ("5", BlockReason::NotAccepted),
        ("Por tempo indeterminado", BlockReason::Other),
        ("3", BlockReason::Other),
        ("", BlockReason::Unsaid),
        ("Sim", BlockReason::Unsaid),
    ] {
        assert_eq!(block_reason(word), expected, "{word}");
    }
}

#[test]
fn the_access_is_the_connections_and_its_word_is_the_reason() {
    for (blocked, reason, word, expected, kept) in [
        (Some(true), "Falta de pagamento", "Sim", AccessStatus::Blocked, Some("Falta de pagamento")),
        (Some(true), "", "Sim", AccessStatus::Blocked, Some("Sim")),
        (Some(true), "Contrato não aceito", "Sim", AccessStatus::AwaitingSignature, Some("Contrato não aceito")),
        (Some(false), "", "Não", AccessStatus::Active, Some("Não")),
        (Some(false), "Falta de pagamento", "Não", AccessStatus::Active, Some("Não")),
        (None, "", "", AccessStatus::Unknown, None),
    ] {
        let status = access_status(blocked, reason, word);
        assert_eq!((status.value, status.vendor_word.as_deref()), (expected, kept), "{blocked:?} {reason}");
    }
    assert_eq!(login_status(Some(true), "Falta de pagamento", "Sim").value, LoginStatus::Inactive);
    assert_eq!(login_status(Some(true), "", "Sim").vendor_word.as_deref(), Some("Sim"));
    assert_eq!(login_status(Some(false), "", "Não").value, LoginStatus::Active);
    assert_eq!(login_status(None, "", "").value, LoginStatus::NoStatus);
}

#[test]
fn every_technology_and_speed() {
    for (word, expected) in [
        ("Ftth", Technology::Fiber),
        ("F", Technology::Fiber),
        ("Fibra", Technology::Fiber),
        ("Wireless", Technology::Radio),
        ("W", Technology::Radio),
        ("Utp", Technology::Cable),
        ("U", Technology::Cable),
        ("Adsl", Technology::Adsl),
        ("", Technology::Unknown),
        ("Pombo", Technology::Unknown),
    ] {
        assert_eq!(technology(word).value, expected, "{word}");
    }
    assert_eq!((speed(Some(true)), speed(Some(false)), speed(None)), (Speed::Reduced, Speed::Normal, Speed::Unknown));
}

#[test]
fn a_session_is_open_with_an_address_and_without_a_stop() {
    for (address, stopped, expected) in [
        ("100.64.10.20", "", Online::Online),
        ("100.64.10.20", "2026-11-20 10:00", Online::Offline),
        ("", "", Online::Offline),
    ] {
        assert_eq!(online(address, stopped), expected, "{address} {stopped}");
    }
}

#[test]
fn every_word_of_an_invoice_and_a_ticket() {
    for (word, late, expected) in [
        ("Aberta", false, InvoiceStatus::Open),
        ("Aberta", true, InvoiceStatus::Overdue),
        ("Pago", true, InvoiceStatus::Paid),
        ("Paga", false, InvoiceStatus::Paid),
        ("Suspensa", true, InvoiceStatus::Unknown),
    ] {
        assert_eq!(invoice_status(word, late).value, expected, "{word}");
    }
    for (code, label, expected, kept) in [
        ("F", "Finalizado", TicketStatus::Closed, Some("Finalizado")),
        ("f", "", TicketStatus::Closed, Some("f")),
        ("A", "Aberto", TicketStatus::Open, Some("Aberto")),
        ("X", "", TicketStatus::Open, Some("X")),
        ("", "", TicketStatus::Open, None),
    ] {
        let status = ticket_status(code, label);
        assert_eq!((status.value, status.vendor_word.as_deref()), (expected, kept), "{code}");
    }
}

#[test]
fn every_refusal_of_an_unlock() {
    use TrustUnlockReason::{NotBlocked, VendorRule};
    for (folded, unlock, release) in [
        (
            "status na conexao incompativel para auto-desbloqueio.",
            UnlockDenial::Not(NotBlocked),
            SpeedReleaseReason::NotReduced,
        ),
        ("operacao indisponivel para esta conexao.", UnlockDenial::Restricted, SpeedReleaseReason::UsedThisPeriod),
        ("erro", UnlockDenial::Not(VendorRule), SpeedReleaseReason::VendorRule),
    ] {
        assert_eq!((unlock_denial(folded), release_denial(folded)), (unlock, release), "{folded}");
    }
}
