//! Every code of every table.

use ponte_domain::contract::{AccessStatus, ContractStatus};
use ponte_domain::customer::CustomerStatus;
use ponte_domain::invoice::InvoiceStatus;
use ponte_domain::ticket::TicketStatus;
use ponte_domain::unlock::TrustUnlockReason;

use super::{
    Signature, Stage, Standing, UnlockDenial, connection_status, contract_status, customer_status, in_maintenance,
    signature, stage, ticket_status, title_status, unlock_denial,
};

#[test]
fn customers() {
    for (code, expected) in [
        ("1", CustomerStatus::Active),
        ("0", CustomerStatus::Inactive),
        ("2", CustomerStatus::Unknown),
        ("", CustomerStatus::Unknown),
    ] {
        let known = customer_status(code);
        assert_eq!(known.value, expected, "{code}");
        assert_eq!(known.vendor_word.as_deref(), Some(code).filter(|code| !code.is_empty()));
    }
}

#[test]
fn contracts() {
    for (code, status, standing) in [
        ("1", ContractStatus::Active, Standing::InForce),
        ("2", ContractStatus::Active, Standing::InForce),
        ("3", ContractStatus::Active, Standing::InForce),
        ("4", ContractStatus::Cancelled, Standing::Over),
        ("5", ContractStatus::Suspended, Standing::Blocked),
        ("6", ContractStatus::Active, Standing::BlockedForDebt),
        ("7", ContractStatus::Active, Standing::Blocked),
        ("8", ContractStatus::Cancelled, Standing::Over),
        ("9", ContractStatus::Cancelled, Standing::Over),
        ("42", ContractStatus::Unknown, Standing::Unknown),
        ("", ContractStatus::Unknown, Standing::Unknown),
    ] {
        let (known, found) = contract_status(code);
        assert_eq!((known.value, found), (status, standing), "{code}");
    }
    for (code, expected) in [
        ("1", Stage::Draft),
        ("2", Stage::InApproval),
        ("3", Stage::Live),
        ("4", Stage::Rejected),
        ("5", Stage::Cancelled),
        ("", Stage::Live),
        ("9", Stage::Unknown),
    ] {
        assert_eq!(stage(code), expected, "{code}");
    }
}

#[test]
fn connections() {
    for (code, expected, maintenance) in [
        ("1", AccessStatus::Active, false),
        ("2", AccessStatus::Blocked, false),
        ("3", AccessStatus::PaymentOverdue, false),
        ("4", AccessStatus::Active, true),
        ("5", AccessStatus::Unknown, false),
        ("", AccessStatus::Unknown, false),
    ] {
        assert_eq!((connection_status(code).value, in_maintenance(code)), (expected, maintenance), "{code}");
    }
}

#[test]
fn titles() {
    for (word, late, expected) in [
        ("Em aberto", false, InvoiceStatus::Open),
        ("Em aberto", true, InvoiceStatus::Overdue),
        ("Vencida", true, InvoiceStatus::Overdue),
        ("Vencida", false, InvoiceStatus::Open),
        ("", false, InvoiceStatus::Open),
        ("", true, InvoiceStatus::Overdue),
        ("Paga", true, InvoiceStatus::Paid),
        ("Cancelada", true, InvoiceStatus::Cancelled),
        ("Negociada", true, InvoiceStatus::Unknown),
    ] {
        assert_eq!(title_status(word, late).value, expected, "{word} {late}");
    }
}

#[test]
fn signatures_by_code_and_by_text() {
    for (words, expected) in [
        (&["2", "8", "Aguardando Assinaturas", "Pendência"][..], Signature::Awaited),
        (&["3", "7", "Concluído"], Signature::Done),
        (&["4", "5", "6", "Arquivado", "Cancelado", "Expirado"], Signature::Void),
        (&["1", "Em Construção", "", "Outro"], Signature::Unknown),
    ] {
        for word in words {
            assert_eq!(signature(word), expected, "{word}");
        }
    }
}

#[test]
fn tickets() {
    for (words, expected) in [
        (&["Abertura", "aberto", "Em aberto", "Reaberto", "Aguardando classificação"][..], TicketStatus::Open),
        (&["Andamento", "em andamento", "Em Análise"], TicketStatus::InProgress),
        (&["Pendente", "Aguardando Retorno", "Cliente Ausente"], TicketStatus::Pending),
        (
            &["Encerramento", "Encerrado", "Fechada", "Fechamento", "Concluído", "Resolvido", "Finalizada", ""],
            TicketStatus::Closed,
        ),
        (&["Cancelado", "Cancelada", "Cancelamento"], TicketStatus::Cancelled),
        (&["Em Homologação"], TicketStatus::Unknown),
    ] {
        for word in words {
            assert_eq!(ticket_status(word).value, expected, "{word}");
        }
    }
}

#[test]
fn unlock_refusals() {
    use TrustUnlockReason::{NotBlocked, VendorRule};
    for (text, expected) in [
        ("quantidade maxima de desbloqueios em confianca atingida.", UnlockDenial::Restricted),
        ("limite de tentativas", UnlockDenial::Restricted),
        ("contrato nao esta bloqueado.", UnlockDenial::Not(NotBlocked)),
        ("contrato nao possui bloqueio", UnlockDenial::Not(NotBlocked)),
        ("contrato com bloqueio administrativo.", UnlockDenial::Not(VendorRule)),
        ("tipo de contrato nao permite desbloqueio em confianca.", UnlockDenial::Not(VendorRule)),
        ("desbloqueio nao habilitado", UnlockDenial::Not(VendorRule)),
        ("registro nao encontrado.", UnlockDenial::NoContract),
        ("erro 42", UnlockDenial::Not(VendorRule)),
        ("", UnlockDenial::Not(VendorRule)),
    ] {
        assert_eq!(unlock_denial(text), expected, "{text}");
    }
}
