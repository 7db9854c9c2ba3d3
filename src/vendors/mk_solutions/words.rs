//! MK Solutions' words in domain words, each on a line. A word that is in no table is `unknown`, with the word kept.

use ponte_domain::contract::{AccessStatus, ContractStatus, LoginStatus, Online, Speed, Technology};
use ponte_domain::customer::CustomerStatus;
use ponte_domain::invoice::InvoiceStatus;
use ponte_domain::known::Known;
use ponte_domain::ticket::TicketStatus;
use ponte_domain::unlock::{SpeedReleaseReason, TrustUnlockReason};

use crate::reading::prose::fold;

/// A word with its meaning. One that nobody knows is told to the log, so that the table can grow; the words of these
/// columns are labels and never personal.
fn known<T>(column: &'static str, word: &str, value: Option<T>, unknown: T) -> Known<T> {
    if value.is_none() && !word.is_empty() && word.len() <= 40 {
        tracing::debug!(vendor = "mk-solutions", column, word, "a word that no table knows");
    }
    let value = value.unwrap_or(unknown);
    if word.is_empty() { Known::without_word(value) } else { Known::new(value, word) }
}

/// `Situacao` of a registration; it says nothing of contracts (dossier 4.a).
pub(super) fn customer_status(word: &str) -> Known<CustomerStatus> {
    let value = match fold(word).as_str() {
        "ativo" => Some(CustomerStatus::Active),
        "inativo" => Some(CustomerStatus::Inactive),
        _ => None,
    };
    known("Situacao", word, value, CustomerStatus::Unknown)
}

/// `status_contrato` (dossier 4.b). The label of a contract that awaits activation was not captured: provisional.
pub(super) fn contract_status(word: &str) -> Known<ContractStatus> {
    let value = match fold(word).as_str() {
        "ativo" => Some(ContractStatus::Active),
        "suspenso" => Some(ContractStatus::Suspended),
        "cancelado" => Some(ContractStatus::Cancelled),
        "inativo" => Some(ContractStatus::Inactive),
        other if other.starts_with("aguarda") => Some(ContractStatus::PreContract),
        _ => None,
    };
    known("status_contrato", word, value, ContractStatus::Unknown)
}

/// Why a connection is blocked: `motivo_bloqueio`, a text, or one of the codes that requests take (dossier 4.b).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockReason {
    /// A bill is not paid (1).
    Payment,
    /// The contract is not accepted (5).
    NotAccepted,
    /// For an undetermined time (3), or any other.
    Other,
    /// Not said.
    Unsaid,
}

pub(super) fn block_reason(word: &str) -> BlockReason {
    let folded = fold(word);
    match folded.as_str() {
        // A block without a reason is written with the answer to "is it blocked?" where a word is kept.
        "" | "sim" | "s" | "true" => BlockReason::Unsaid,
        "1" => BlockReason::Payment,
        "5" => BlockReason::NotAccepted,
        text if text.contains("pagamento") || text.contains("inadimpl") => BlockReason::Payment,
        text if text.contains("aceit") => BlockReason::NotAccepted,
        _ => BlockReason::Other,
    }
}

/// The access of a contract in force, by one of its connections.
pub(super) fn access_status(blocked: Option<bool>, reason: &str, word: &str) -> Known<AccessStatus> {
    let value = match (blocked, block_reason(reason)) {
        (Some(true), BlockReason::NotAccepted) => AccessStatus::AwaitingSignature,
        (Some(true), _) => AccessStatus::Blocked,
        (Some(false), _) => AccessStatus::Active,
        (None, _) => AccessStatus::Unknown,
    };
    let word = if blocked == Some(true) && !reason.is_empty() { reason } else { word };
    if word.is_empty() { Known::without_word(value) } else { Known::new(value, word) }
}

/// A blocked connection may not authenticate. The word kept is the block's reason, where there is one.
pub(super) fn login_status(blocked: Option<bool>, reason: &str, word: &str) -> Known<LoginStatus> {
    let (value, word) = match blocked {
        Some(true) if reason.is_empty() => (LoginStatus::Inactive, word),
        Some(true) => (LoginStatus::Inactive, reason),
        Some(false) => (LoginStatus::Active, word),
        None => (LoginStatus::NoStatus, word),
    };
    if word.is_empty() { Known::without_word(value) } else { Known::new(value, word) }
}

/// `esta_reduzida`: slowed down for a debt.
pub(super) fn speed(reduced: Option<bool>) -> Speed {
    match reduced {
        Some(true) => Speed::Reduced,
        Some(false) => Speed::Normal,
        None => Speed::Unknown,
    }
}

/// `tecnologia`, on newer builds: a word when read, a letter when written (dossier 4.b).
pub(super) fn technology(word: &str) -> Known<Technology> {
    let folded = fold(word);
    let has = |part: &str| folded.contains(part);
    let value = match folded.as_str() {
        "" => Some(Technology::Unknown),
        "f" => Some(Technology::Fiber),
        "w" => Some(Technology::Radio),
        "u" => Some(Technology::Cable),
        _ if has("ftth") || has("fttb") || has("fibra") => Some(Technology::Fiber),
        _ if has("wireless") || has("radio") => Some(Technology::Radio),
        _ if has("utp") || has("cabo") || has("hfc") => Some(Technology::Cable),
        _ if has("dsl") => Some(Technology::Adsl),
        _ if has("lte") => Some(Technology::Lte),
        _ if has("satel") => Some(Technology::Satellite),
        _ if has("dedicad") => Some(Technology::Dedicated),
        _ => None,
    };
    known("tecnologia", word, value, Technology::Unknown)
}

/// A session is open while it has an address and has not stopped (dossier 4.h, provisional).
pub(super) fn online(address: &str, stopped: &str) -> Online {
    if !address.is_empty() && stopped.is_empty() { Online::Online } else { Online::Offline }
}

/// `status` of `WSMKFaturas` (dossier 4.c); a feminine and a masculine word for the same column.
pub(super) fn invoice_status(word: &str, late: bool) -> Known<InvoiceStatus> {
    let value = match fold(word).as_str() {
        "pago" | "paga" => Some(InvoiceStatus::Paid),
        "aberta" | "aberto" if late => Some(InvoiceStatus::Overdue),
        "aberta" | "aberto" => Some(InvoiceStatus::Open),
        _ => None,
    };
    known("status", word, value, InvoiceStatus::Unknown)
}

/// `codigo_status` of a ticket: `F` is finished, anything else open; which letter open is, nobody knows (dossier 4.i).
pub(super) fn ticket_status(code: &str, label: &str) -> Known<TicketStatus> {
    let value = if code.eq_ignore_ascii_case("F") { TicketStatus::Closed } else { TicketStatus::Open };
    let word = if label.is_empty() { code } else { label };
    if word.is_empty() { Known::without_word(value) } else { Known::new(value, word) }
}

/// What the words of a refused unlock say (dossier 4.e).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnlockDenial {
    /// Used in this month already, or switched off for the connection: both look the same.
    Restricted,
    /// Another reason of the closed set.
    Not(TrustUnlockReason),
}

/// `folded`: the message without accents.
pub(super) fn unlock_denial(folded: &str) -> UnlockDenial {
    if folded.contains("indisponivel") {
        UnlockDenial::Restricted
    } else if folded.contains("incompativel") {
        UnlockDenial::Not(TrustUnlockReason::NotBlocked)
    } else {
        UnlockDenial::Not(TrustUnlockReason::VendorRule)
    }
}

/// The same words where a speed was to be released; that they are the same is provisional (dossier 4.f).
pub(super) fn release_denial(folded: &str) -> SpeedReleaseReason {
    match unlock_denial(folded) {
        UnlockDenial::Restricted => SpeedReleaseReason::UsedThisPeriod,
        UnlockDenial::Not(TrustUnlockReason::NotBlocked) => SpeedReleaseReason::NotReduced,
        UnlockDenial::Not(_) => SpeedReleaseReason::VendorRule,
    }
}

#[cfg(test)]
mod tests;
