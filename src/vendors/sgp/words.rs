//! SGP's codes and labels in domain words, each on a line. What is in no table is `unknown`, with the word kept.

use ponte_domain::contract::{AccessStatus, ContractStatus, Speed, Technology};
use ponte_domain::customer::CustomerStatus;
use ponte_domain::invoice::{FiscalInvoiceStatus, InvoiceStatus};
use ponte_domain::known::Known;
use ponte_domain::ticket::TicketStatus;

use crate::reading::prose::fold;

/// `contratoStatus` (dossier 4.b).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// 1, `Ativo`.
    Active,
    /// 2, `Inativo`.
    Inactive,
    /// 3, `Cancelado`.
    Cancelled,
    /// 4, `Suspenso`: blocked for unpaid bills.
    Suspended,
    /// 5, `Inviabilidade Técnica`: could not be installed.
    NotFeasible,
    /// 6, `Novo`: not installed yet.
    New,
    /// 7, `Ativo V. Reduzida`.
    Reduced,
    /// Any other.
    Unknown,
}

/// The standing behind a number, or behind the label where there is no number. An unknown number is unknown whatever
/// its label says: versions rename labels, and none of them may become "active" by accident (dossier 4.b).
pub(super) fn standing(code: Option<&str>, label: &str) -> Standing {
    let folded = fold(label.trim());
    let starts = |words: &str| folded.starts_with(words);
    match code {
        Some("1") => Standing::Active,
        Some("2") => Standing::Inactive,
        Some("3") => Standing::Cancelled,
        Some("4") => Standing::Suspended,
        Some("5") => Standing::NotFeasible,
        Some("6") => Standing::New,
        Some("7") => Standing::Reduced,
        Some(_) => Standing::Unknown,
        // The longer label first.
        None if starts("ativo v") => Standing::Reduced,
        None if starts("ativo") => Standing::Active,
        None if starts("suspens") || starts("bloquead") => Standing::Suspended,
        None if starts("cancelad") => Standing::Cancelled,
        None if starts("inativ") => Standing::Inactive,
        None if starts("inviabilidade") => Standing::NotFeasible,
        None if starts("novo") => Standing::New,
        None => Standing::Unknown,
    }
}

impl Standing {
    /// A contract that is suspended for a bill is in force, and its access blocked (product.md, "Answers").
    pub(super) const fn contract_status(self) -> ContractStatus {
        match self {
            Self::Active | Self::Suspended | Self::Reduced => ContractStatus::Active,
            Self::Inactive => ContractStatus::Inactive,
            Self::Cancelled | Self::NotFeasible => ContractStatus::Cancelled,
            Self::New => ContractStatus::PreContract,
            Self::Unknown => ContractStatus::Unknown,
        }
    }

    /// The access that the standing alone tells. That of a new contract depends on its term too.
    pub(super) const fn access_status(self) -> AccessStatus {
        match self {
            Self::Active | Self::Reduced => AccessStatus::Active,
            Self::Suspended => AccessStatus::Blocked,
            Self::Inactive | Self::Cancelled | Self::NotFeasible | Self::New => AccessStatus::Disabled,
            Self::Unknown => AccessStatus::Unknown,
        }
    }

    /// Reduced speed is a standing of its own, so every other known one says that the speed is not reduced.
    pub(super) const fn speed(self) -> Speed {
        match self {
            Self::Reduced => Speed::Reduced,
            Self::Unknown => Speed::Unknown,
            _ => Speed::Normal,
        }
    }

    /// Whether the contract has ended, or was never begun and never will be.
    pub(super) const fn is_over(self) -> bool {
        matches!(self, Self::Inactive | Self::Cancelled | Self::NotFeasible)
    }
}

/// A customer has no status of its own: it is served while a contract is (dossier 4.h: from the contracts).
pub(super) fn customer_status(contracts: impl IntoIterator<Item = Standing>) -> Known<CustomerStatus> {
    let mut value = CustomerStatus::Inactive;
    let mut none = true;
    for standing in contracts {
        none = false;
        let says = match standing {
            Standing::Active | Standing::Suspended | Standing::Reduced => CustomerStatus::Active,
            Standing::New => CustomerStatus::Prospect,
            Standing::Unknown => CustomerStatus::Unknown,
            Standing::Inactive | Standing::Cancelled | Standing::NotFeasible => CustomerStatus::Inactive,
        };
        if rank(says) < rank(value) {
            value = says;
        }
    }
    Known::without_word(if none { CustomerStatus::Unknown } else { value })
}

/// The active one first; a contract of unknown standing may be one.
pub(super) const fn rank(status: CustomerStatus) -> u8 {
    match status {
        CustomerStatus::Active => 0,
        CustomerStatus::Unknown => 1,
        CustomerStatus::Prospect => 2,
        CustomerStatus::Inactive => 3,
    }
}

/// The medium, of which SGP says nothing: an ONU is fibre, else the plan's name is a hint (dossier 4.h).
/// `servico_tipo_conexao` is the way of authentication and tells nothing.
pub(super) fn technology(plan: &str) -> Known<Technology> {
    let folded = fold(plan);
    let has = |word: &str| folded.contains(word);
    let value = if has("fibra") || has("ftth") || has("fiber") {
        Technology::Fiber
    } else if has("radio") || has("wireless") || has("wi-fi rural") {
        Technology::Radio
    } else if has("adsl") || has("vdsl") {
        Technology::Adsl
    } else if has("satel") {
        Technology::Satellite
    } else if has("lte") || has(" 4g") {
        Technology::Lte
    } else if has("dedicad") {
        Technology::Dedicated
    } else if has("cabo") || has("utp") || has("hfc") {
        Technology::Cable
    } else {
        Technology::Unknown
    };
    match value {
        Technology::Unknown => Known::without_word(value),
        _ => Known::new(value, plan),
    }
}

/// `titulos[].status` and `faturas[].status`. There is no word for overdue (dossier 4.c).
pub(super) fn invoice_status(word: &str, late: bool, partly_paid: bool) -> Known<InvoiceStatus> {
    let value = match fold(word.trim()).as_str() {
        "aberto" | "gerado" if partly_paid => InvoiceStatus::PartiallyPaid,
        "aberto" | "gerado" if late => InvoiceStatus::Overdue,
        "aberto" | "gerado" => InvoiceStatus::Open,
        "pago" => InvoiceStatus::Paid,
        "cancelado" => InvoiceStatus::Cancelled,
        _ => InvoiceStatus::Unknown,
    };
    worded("titulo", word, value, InvoiceStatus::Unknown)
}

/// Status numbers of NFCom (dossier 4.d). A replaced one is no longer valid: another stands in its place.
pub(super) fn nfcom_status(code: &str) -> Known<FiscalInvoiceStatus> {
    let value = match code {
        "1" => FiscalInvoiceStatus::Issued,
        "3" => FiscalInvoiceStatus::Pending,
        "5" => FiscalInvoiceStatus::Denied,
        "8" => FiscalInvoiceStatus::Cancelled,
        "9" => FiscalInvoiceStatus::Issued,
        "10" => FiscalInvoiceStatus::Pending,
        "11" => FiscalInvoiceStatus::Cancelled,
        _ => FiscalInvoiceStatus::Unknown,
    };
    worded("nfcom", code, value, FiscalInvoiceStatus::Unknown)
}

/// `notafiscal/list` has a number too, whose meaning no source tells (dossier 4.d).
pub(super) fn fiscal_status(code: &str) -> Known<FiscalInvoiceStatus> {
    worded("notafiscal", code, FiscalInvoiceStatus::Unknown, FiscalInvoiceStatus::Unknown)
}

/// A ticket (`oc_status` 0 open, 1 closed) with its work order (`os_status` 0 open, 1 closed, 2 in progress, 3
/// pending), dossier 4.i. A ticket whose work order is done stays open until it is closed itself.
pub(super) fn ticket_status(ticket: &str, order: Option<&str>, label: &str) -> Known<TicketStatus> {
    let value = match (ticket, order) {
        ("1", _) => TicketStatus::Closed,
        ("0", Some("2")) => TicketStatus::InProgress,
        ("0", Some("3")) => TicketStatus::Pending,
        ("0", _) => TicketStatus::Open,
        _ => TicketStatus::Unknown,
    };
    worded("oc_status", if label.is_empty() { ticket } else { label }, value, TicketStatus::Unknown)
}

/// A member with the vendor's word. A word that no table knows is told to the log; these are short and never personal.
fn worded<T: PartialEq>(column: &'static str, word: &str, value: T, unknown: T) -> Known<T> {
    let word = word.trim();
    if value == unknown && !word.is_empty() && word.len() <= 24 {
        tracing::debug!(vendor = "sgp", column, word, "a word that no table knows");
    }
    if word.is_empty() { Known::without_word(value) } else { Known::new(value, word) }
}

#[cfg(test)]
mod tests;
