//! IXC's codes in domain words, each code on a line. A code that is in no table is `unknown`, with the word kept.

use ponte_domain::contract::{AccessStatus, ContractStatus, LoginStatus, Online, Speed, Technology};
use ponte_domain::customer::CustomerStatus;
use ponte_domain::invoice::{FiscalInvoiceStatus, InvoiceStatus};
use ponte_domain::known::Known;
use ponte_domain::ticket::TicketStatus;
use ponte_domain::unlock::TrustUnlockReason;

use crate::reading::prose::fold;

/// A code with its meaning. A code that nobody knows is told to the log, so that the table can grow; codes are a few
/// letters and never personal.
fn known<T>(column: &'static str, code: &str, value: Option<T>, unknown: T) -> Known<T> {
    if value.is_none() && !code.is_empty() && code.len() <= 12 {
        tracing::debug!(vendor = "ixc", column, word = code, "a code that no table knows");
    }
    let value = value.unwrap_or(unknown);
    if code.is_empty() { Known::without_word(value) } else { Known::new(value, code) }
}

/// `cliente.ativo`, and `cliente.crm` = `S`: still a prospect (dossier 4.a).
pub(super) fn customer_status(active: &str, prospect: &str) -> Known<CustomerStatus> {
    let value = match (active, prospect) {
        ("N", _) => Some(CustomerStatus::Inactive),
        (_, "S") => Some(CustomerStatus::Prospect),
        ("S", _) => Some(CustomerStatus::Active),
        _ => None,
    };
    known("ativo", active, value, CustomerStatus::Unknown)
}

/// `cliente_contrato.status` (dossier 4.b). A cancelled contract has the code of an inactive one and a date.
pub(super) fn contract_status(code: &str, cancelled: bool, suspended: bool) -> Known<ContractStatus> {
    let value = match code {
        "P" => Some(ContractStatus::PreContract),
        "A" if suspended => Some(ContractStatus::Suspended),
        "A" => Some(ContractStatus::Active),
        "I" if cancelled => Some(ContractStatus::Cancelled),
        "I" => Some(ContractStatus::Inactive),
        "N" => Some(ContractStatus::NegativeListed),
        "D" => Some(ContractStatus::Withdrawn),
        _ => None,
    };
    known("status", code, value, ContractStatus::Unknown)
}

/// `cliente_contrato.status_internet` (dossier 4.b). `CE` is in one installation's database, undocumented: unknown.
pub(super) fn access_status(code: &str) -> Known<AccessStatus> {
    let value = match code {
        "A" => Some(AccessStatus::Active),
        "D" => Some(AccessStatus::Disabled),
        "CM" => Some(AccessStatus::Blocked),
        "CA" => Some(AccessStatus::Blocked),
        "FA" => Some(AccessStatus::PaymentOverdue),
        "AA" => Some(AccessStatus::AwaitingSignature),
        _ => None,
    };
    known("status_internet", code, value, AccessStatus::Unknown)
}

/// `cliente_contrato.status_velocidade`.
pub(super) fn speed(code: &str) -> Known<Speed> {
    let value = match code {
        "N" => Some(Speed::Normal),
        "R" => Some(Speed::Reduced),
        _ => None,
    };
    known("status_velocidade", code, value, Speed::Unknown)
}

/// `radusuarios.ativo`.
pub(super) fn login_status(code: &str) -> Known<LoginStatus> {
    let value = match code {
        "S" => Some(LoginStatus::Active),
        "N" => Some(LoginStatus::Inactive),
        _ => None,
    };
    known("ativo", code, value, LoginStatus::NoStatus)
}

/// `radusuarios.online`, and `radusuarios.autenticacao`: for IP x MAC, VLAN and external logins nobody keeps the
/// books, so "no" says nothing there (dossier 4.h).
pub(super) fn online(code: &str, authentication: &str) -> Known<Online> {
    let value = match (code, authentication) {
        ("S", _) => Some(Online::Online),
        ("N", "M" | "V" | "E") => Some(Online::Unknown),
        ("N", _) => Some(Online::Offline),
        ("SS" | "I" | "", _) => Some(Online::Unknown),
        _ => None,
    };
    known("online", code, value, Online::Unknown)
}

/// `radusuarios.tipo_conexao_mapa`.
pub(super) fn technology(code: &str) -> Known<Technology> {
    let value = match code {
        "F" => Some(Technology::Fiber),
        "58" | "24" => Some(Technology::Radio),
        "L" => Some(Technology::Cable),
        "A" => Some(Technology::Adsl),
        "LTE" => Some(Technology::Lte),
        "LDD" => Some(Technology::Dedicated),
        "" => Some(Technology::Unknown),
        _ => None,
    };
    known("tipo_conexao_mapa", code, value, Technology::Unknown)
}

/// `radgrupos.sici_tecnologia`, a text of the regulator's form, used where the login has no technology.
pub(super) fn group_technology(text: &str) -> Known<Technology> {
    let folded = fold(text);
    let has = |word: &str| folded.contains(word);
    let value = if has("fibra") || has("ftth") {
        Technology::Fiber
    } else if has("radio") || has("spread") || has("wireless") {
        Technology::Radio
    } else if has("dsl") {
        Technology::Adsl
    } else if has("satel") {
        Technology::Satellite
    } else if has("lte") {
        Technology::Lte
    } else if has("dedicad") {
        Technology::Dedicated
    } else if has("cabo") || has("utp") || has("coax") || has("hfc") {
        Technology::Cable
    } else {
        Technology::Unknown
    };
    if text.is_empty() { Known::without_word(value) } else { Known::new(value, text) }
}

/// `fn_areceber.status` without the matter of dates (dossier 4.c). There is no code for overdue.
pub(super) fn invoice_status(code: &str, being_confirmed: bool, late: bool) -> Known<InvoiceStatus> {
    let value = match code {
        "A" | "P" if being_confirmed => Some(InvoiceStatus::BeingConfirmed),
        "A" if late => Some(InvoiceStatus::Overdue),
        "A" => Some(InvoiceStatus::Open),
        "P" => Some(InvoiceStatus::PartiallyPaid),
        "R" => Some(InvoiceStatus::Paid),
        "C" => Some(InvoiceStatus::Cancelled),
        _ => None,
    };
    known("status", code, value, InvoiceStatus::Unknown)
}

/// `vd_saida.status` (dossier 4.d).
pub(super) fn fiscal_status(code: &str) -> Known<FiscalInvoiceStatus> {
    let value = match code {
        "A" => Some(FiscalInvoiceStatus::Pending),
        "F" => Some(FiscalInvoiceStatus::Issued),
        "C" => Some(FiscalInvoiceStatus::Cancelled),
        "D" => Some(FiscalInvoiceStatus::Denied),
        "AP" => Some(FiscalInvoiceStatus::Pending),
        "PE" => Some(FiscalInvoiceStatus::Failed),
        _ => None,
    };
    known("status", code, value, FiscalInvoiceStatus::Unknown)
}

/// `su_ticket.su_status`; the older column `status` is obsolete and not read (dossier 4.i).
pub(super) fn ticket_status(code: &str) -> Known<TicketStatus> {
    let value = match code {
        "N" => Some(TicketStatus::Open),
        "P" => Some(TicketStatus::Pending),
        "EP" => Some(TicketStatus::InProgress),
        "S" => Some(TicketStatus::Closed),
        "C" => Some(TicketStatus::Cancelled),
        _ => None,
    };
    known("su_status", code, value, TicketStatus::Unknown)
}

/// What the trust unlock's codes and texts say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnlockDenial {
    /// No such contract.
    NoContract,
    /// Used already and not paid since.
    Restricted,
    /// Another reason of the closed set.
    Not(TrustUnlockReason),
}

/// The codes of `desbloqueio_confianca`, and the words to go by where the code is missing; `folded` is the message
/// without accents. Gaps in the numbering are rules that nobody has documented (dossier 4.e).
pub(super) fn unlock_denial(code: Option<&str>, folded: &str) -> UnlockDenial {
    let has = |words: &str| folded.contains(words);
    match code {
        Some("106") => UnlockDenial::NoContract,
        Some("107") => UnlockDenial::Not(TrustUnlockReason::NotBlocked),
        Some("109") => UnlockDenial::Not(TrustUnlockReason::ContractCancelled),
        Some("113") => UnlockDenial::Restricted,
        Some(_) => UnlockDenial::Not(TrustUnlockReason::VendorRule),
        None if has("inexistente") => UnlockDenial::NoContract,
        None if has("ja encontra-se ativo") || has("nao e necessario") => {
            UnlockDenial::Not(TrustUnlockReason::NotBlocked)
        }
        None if has("contrato esta inativo") || has("nao esta ativo") => {
            UnlockDenial::Not(TrustUnlockReason::ContractCancelled)
        }
        None if has("foi usado no dia") || has("sera habilitado novamente") => UnlockDenial::Restricted,
        None => UnlockDenial::Not(TrustUnlockReason::VendorRule),
    }
}

/// A work order that is not finished; `su_oss_chamado.status` is `A`, `AN`, `EN`, `AS`, `AG`, `DS`, `EX` or `RAG`
/// until it is `F` (dossier 4.i). A code that nobody knows is taken as unfinished (dossier 4.h).
pub(super) fn order_is_open(code: &str) -> bool {
    !matches!(code, "F" | "")
}

#[cfg(test)]
mod tests;
