//! Synsuite's codes in domain words, each code on a line. A code that is in no table is `unknown`, with the word kept.

use ponte_domain::contract::{AccessStatus, ContractStatus};
use ponte_domain::customer::CustomerStatus;
use ponte_domain::invoice::InvoiceStatus;
use ponte_domain::known::Known;
use ponte_domain::ticket::TicketStatus;
use ponte_domain::unlock::TrustUnlockReason;

use crate::reading::prose::fold;

/// A code with its meaning. A code that nobody knows is told to the log, so that the table can grow; codes are a few
/// letters and never personal.
fn known<T>(column: &'static str, code: &str, value: Option<T>, unknown: T) -> Known<T> {
    if value.is_none() && !code.is_empty() && code.len() <= 24 {
        tracing::debug!(vendor = "synsuite", column, word = code, "a code that no table knows");
    }
    let value = value.unwrap_or(unknown);
    if code.is_empty() { Known::without_word(value) } else { Known::new(value, code) }
}

/// `people.status`: 1 active; that 0 is inactive is assumed (dossier 4.a).
pub(super) fn customer_status(code: &str) -> Known<CustomerStatus> {
    let value = match code {
        "1" => Some(CustomerStatus::Active),
        "0" => Some(CustomerStatus::Inactive),
        _ => None,
    };
    known("people.status", code, value, CustomerStatus::Unknown)
}

/// What a contract's status says of the access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// In force: the connections tell.
    InForce,
    /// Blocked for an unpaid bill: what a trust unlock lifts.
    BlockedForDebt,
    /// Blocked by the operator, or suspended.
    Blocked,
    /// Ended.
    Over,
    /// The code is not known: the connections tell.
    Unknown,
}

/// `contractStatus` (dossier 4.b): Normal, Demonstração, Cortesia, Cancelado, Suspenso, Bloqueio Financeiro, Bloqueio
/// Administrativo, Encerrado, and Encerrado of the webhooks' guide.
pub(super) fn contract_status(code: &str) -> (Known<ContractStatus>, Standing) {
    let (value, standing) = match code {
        "1" | "2" | "3" => (Some(ContractStatus::Active), Standing::InForce),
        "4" => (Some(ContractStatus::Cancelled), Standing::Over),
        "5" => (Some(ContractStatus::Suspended), Standing::Blocked),
        "6" => (Some(ContractStatus::Active), Standing::BlockedForDebt),
        "7" => (Some(ContractStatus::Active), Standing::Blocked),
        "8" | "9" => (Some(ContractStatus::Cancelled), Standing::Over),
        _ => (None, Standing::Unknown),
    };
    (known("contractStatus", code, value, ContractStatus::Unknown), standing)
}

/// Where a contract is before it is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not yet approved: it waits for signature or approval.
    Draft,
    /// The same, and only the approval is missing.
    InApproval,
    /// Approved, or not said.
    Live,
    /// Rejected before it began.
    Rejected,
    /// Cancelled before it began.
    Cancelled,
    /// The code is in no table.
    Unknown,
}

impl Stage {
    /// Whether the contract never came into force and never will.
    pub(super) const fn is_dropped(self) -> bool {
        matches!(self, Self::Rejected | Self::Cancelled)
    }
}

/// `stage` (dossier 4.b): Pré-contrato, Em aprovação, Aprovado, Rejeitado, Cancelado.
pub(super) fn stage(code: &str) -> Stage {
    match code {
        "1" => Stage::Draft,
        "2" => Stage::InApproval,
        "4" => Stage::Rejected,
        "5" => Stage::Cancelled,
        "3" | "" => Stage::Live,
        other => {
            tracing::debug!(vendor = "synsuite", column = "stage", word = other, "a code that no table knows");
            Stage::Unknown
        }
    }
}

/// `connection.status` (dossier 4.b): Normal, Bloqueada, Aviso de Bloqueio, Aviso de Manutenção. The warnings still
/// pass traffic.
pub(super) fn connection_status(code: &str) -> Known<AccessStatus> {
    let value = match code {
        "1" => Some(AccessStatus::Active),
        "2" => Some(AccessStatus::Blocked),
        "3" => Some(AccessStatus::PaymentOverdue),
        "4" => Some(AccessStatus::Active),
        _ => None,
    };
    known("connection.status", code, value, AccessStatus::Unknown)
}

/// Whether a connection shows its subscriber the page of a maintenance.
pub(super) fn in_maintenance(code: &str) -> bool {
    code == "4"
}

/// `billet.status` where it is sent (dossier 4.c); open ones are late by their date.
pub(super) fn title_status(word: &str, late: bool) -> Known<InvoiceStatus> {
    let open = if late { InvoiceStatus::Overdue } else { InvoiceStatus::Open };
    let value = match fold(word).as_str() {
        "paga" | "pago" => Some(InvoiceStatus::Paid),
        "cancelada" | "cancelado" => Some(InvoiceStatus::Cancelled),
        // The vendor's "Vencida" is of its own clock; the tenant's civil date decides.
        "em aberto" | "aberta" | "vencida" | "vencido" | "" => Some(open),
        _ => None,
    };
    known("billet.status", word, value, InvoiceStatus::Unknown)
}

/// Where a document is on its way to a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signature {
    /// Somebody has yet to sign.
    Awaited,
    /// Signed by all.
    Done,
    /// Withdrawn, expired or filed away: nobody can sign it any more.
    Void,
    /// Not sent out yet, or a word that is in no table.
    Unknown,
}

/// `signature.status`, as code or text (dossier 4.g): Em Construção, Aguardando Assinaturas, Concluído, Arquivado,
/// Cancelado, Expirado, Concluído, Pendência. The texts are assumed to be those of the codes.
pub(super) fn signature(word: &str) -> Signature {
    match fold(word).trim() {
        "2" | "8" | "aguardando assinaturas" | "aguardando assinatura" | "pendencia" => Signature::Awaited,
        "3" | "7" | "concluido" => Signature::Done,
        "4" | "5" | "6" | "arquivado" | "cancelado" | "expirado" => Signature::Void,
        "1" | "em construcao" => Signature::Unknown,
        other => {
            if other.len() <= 24 {
                tracing::debug!(vendor = "synsuite", column = "signature", word = other, "a code that no table knows");
            }
            Signature::Unknown
        }
    }
}

/// `status` of a ticket's list: texts, many of them the tenant's own (dossier 4.i). No text is a closed one; one that
/// is in no table counts as open.
pub(super) fn ticket_status(word: &str) -> Known<TicketStatus> {
    let value = match fold(word).trim() {
        "abertura" | "aberto" | "aberta" | "em aberto" | "reaberto" | "aguardando classificacao" => {
            Some(TicketStatus::Open)
        }
        "andamento" | "em andamento" | "em analise" => Some(TicketStatus::InProgress),
        "pendente" | "aguardando retorno" | "cliente ausente" => Some(TicketStatus::Pending),
        "fechamento" | "fechado" | "fechada" | "encerramento" | "encerrado" | "encerrada" | "concluido"
        | "concluida" | "resolvido" | "resolvida" | "finalizado" | "finalizada" | "" => Some(TicketStatus::Closed),
        "cancelado" | "cancelada" | "cancelamento" => Some(TicketStatus::Cancelled),
        _ => None,
    };
    known("solicitation.status", word, value, TicketStatus::Unknown)
}

/// Why an unlock was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnlockDenial {
    /// The month's quantity is used up.
    Restricted,
    /// The contract cannot or need not be unlocked.
    Not(TrustUnlockReason),
    /// There is no such contract.
    NoContract,
}

/// `UNLOCK_REFUSAL_KEYWORDS` (dossier 4.e, 6.0): no refusal was ever published, so key words of assumed texts are
/// looked for, and any other no is the vendor's rule.
pub(super) fn unlock_denial(folded: &str) -> UnlockDenial {
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if has(&["registro nao encontrado", "contrato nao encontrado"]) {
        UnlockDenial::NoContract
    } else if has(&["nao esta bloqueado", "nao possui bloqueio"]) {
        UnlockDenial::Not(TrustUnlockReason::NotBlocked)
    } else if has(&["administrativo", "nao permite", "nao habilitado"]) {
        UnlockDenial::Not(TrustUnlockReason::VendorRule)
    } else if has(&["limite", "quantidade", "tentativas"]) {
        UnlockDenial::Restricted
    } else {
        UnlockDenial::Not(TrustUnlockReason::VendorRule)
    }
}

#[cfg(test)]
mod tests;
