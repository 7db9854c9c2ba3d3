//! Hubsoft's words in domain words, each on a line. A word that is in no table is `unknown`, with the word kept.

use ponte_domain::contract::{AccessStatus, ContractStatus, LoginStatus, Online, Speed, Technology};
use ponte_domain::customer::CustomerStatus;
use ponte_domain::invoice::FiscalInvoiceStatus;
use ponte_domain::known::Known;
use ponte_domain::ticket::TicketStatus;
use ponte_domain::unlock::TrustUnlockReason;

use crate::reading::prose::fold;
use crate::reading::speed;

/// Tells the log of a word that nobody knows, so that the table can grow; statuses are never personal.
fn told(column: &'static str, word: &str) {
    if !word.is_empty() && word.len() <= 40 {
        tracing::debug!(vendor = "hubsoft", column, word, "a word that no table knows");
    }
}

fn worded<T>(value: T, word: &str) -> Known<T> {
    if word.is_empty() { Known::without_word(value) } else { Known::new(value, word) }
}

/// The 13 prefixes of a service (dossier 4.b), and any other, which a tenant may have made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    Enabled,
    SuspendedForDebt,
    SuspendedInPart,
    SuspendedAtRequest,
    QuotaExceeded,
    AwaitingSignature,
    /// Not installed yet, for whatever step is missing.
    AwaitingInstallation,
    AwaitingMigration,
    Inactive,
    Cancelled,
    Unknown,
}

/// `status_prefixo`. The number and the label of a status differ between tenants and are never decided on.
pub(super) fn prefix(word: &str) -> Prefix {
    match word {
        "servico_habilitado" => Prefix::Enabled,
        "suspenso_debito" => Prefix::SuspendedForDebt,
        "suspenso_parcialmente" => Prefix::SuspendedInPart,
        "suspenso_pedido_cliente" => Prefix::SuspendedAtRequest,
        "franquia_excedida" => Prefix::QuotaExceeded,
        "aguardando_assinatura_contrato" => Prefix::AwaitingSignature,
        "aguardando_instalacao" => Prefix::AwaitingInstallation,
        "agendado_para_instalacao" => Prefix::AwaitingInstallation,
        "aguardando_configuracao" => Prefix::AwaitingInstallation,
        "aguardando_liberacao_ti" => Prefix::AwaitingInstallation,
        "aguardando_migracao" => Prefix::AwaitingMigration,
        "inativo" => Prefix::Inactive,
        "cancelado" => Prefix::Cancelled,
        other => {
            told("status_prefixo", other);
            Prefix::Unknown
        }
    }
}

impl Prefix {
    /// State of the contract. Blocked for debt, a contract is still in force (product words).
    pub(super) const fn contract(self) -> ContractStatus {
        match self {
            Self::Enabled => ContractStatus::Active,
            Self::SuspendedForDebt => ContractStatus::Active,
            Self::SuspendedInPart => ContractStatus::Active,
            Self::SuspendedAtRequest => ContractStatus::Suspended,
            Self::QuotaExceeded => ContractStatus::Active,
            Self::AwaitingSignature => ContractStatus::PreContract,
            Self::AwaitingInstallation => ContractStatus::PreContract,
            Self::AwaitingMigration => ContractStatus::Active,
            Self::Inactive => ContractStatus::Inactive,
            Self::Cancelled => ContractStatus::Cancelled,
            Self::Unknown => ContractStatus::Unknown,
        }
    }

    /// State of the access. That of a change of plan is not told (dossier 4.b).
    pub(super) const fn access(self) -> AccessStatus {
        match self {
            Self::Enabled => AccessStatus::Active,
            Self::SuspendedForDebt => AccessStatus::Blocked,
            Self::SuspendedInPart => AccessStatus::Active,
            Self::SuspendedAtRequest => AccessStatus::Blocked,
            Self::QuotaExceeded => AccessStatus::Active,
            Self::AwaitingSignature => AccessStatus::AwaitingSignature,
            Self::AwaitingInstallation => AccessStatus::Disabled,
            Self::AwaitingMigration => AccessStatus::Unknown,
            Self::Inactive => AccessStatus::Disabled,
            Self::Cancelled => AccessStatus::Disabled,
            Self::Unknown => AccessStatus::Unknown,
        }
    }

    /// Slowed down for an unpaid bill; an exhausted quota is another thing.
    pub(super) const fn speed(self) -> Speed {
        match self {
            Self::SuspendedInPart => Speed::Reduced,
            Self::AwaitingMigration | Self::Unknown => Speed::Unknown,
            _ => Speed::Normal,
        }
    }

    /// Whether the quota is reached.
    pub(super) const fn quota_reached(self) -> Option<bool> {
        match self {
            Self::QuotaExceeded => Some(true),
            Self::Unknown => None,
            _ => Some(false),
        }
    }

    /// The vendor keeps no status of the login: it stands and falls with its service. One that is blocked still
    /// authenticates, into the block.
    pub(super) const fn login(self) -> LoginStatus {
        match self {
            Self::Enabled | Self::SuspendedForDebt | Self::SuspendedInPart | Self::QuotaExceeded => LoginStatus::Active,
            Self::SuspendedAtRequest
            | Self::AwaitingSignature
            | Self::AwaitingInstallation
            | Self::Inactive
            | Self::Cancelled => LoginStatus::Inactive,
            Self::AwaitingMigration | Self::Unknown => LoginStatus::NoStatus,
        }
    }

    /// Whether the service has ended.
    pub(super) const fn is_over(self) -> bool {
        matches!(self, Self::Inactive | Self::Cancelled)
    }
}

/// `clientes[].ativo`, of newer versions.
pub(super) fn customer_status(active: Option<bool>) -> Known<CustomerStatus> {
    match active {
        Some(true) => Known::new(CustomerStatus::Active, "true"),
        Some(false) => Known::new(CustomerStatus::Inactive, "false"),
        None => Known::without_word(CustomerStatus::Unknown),
    }
}

/// `ultima_conexao.conectado`: absent where the service never connected or nobody knows (dossier 4.h).
pub(super) fn online(connected: Option<bool>) -> Known<Online> {
    match connected {
        Some(true) => Known::new(Online::Online, "true"),
        Some(false) => Known::new(Online::Offline, "false"),
        None => Known::without_word(Online::Unknown),
    }
}

/// `tecnologia`, a text that tenants edit, and `interface.tipo`: fiber if either says so (dossier 4.h). The other kinds of
/// interface are the concentrator's side and tell little, so they count only where the text says nothing.
pub(super) fn technology(text: &str, interface: &str) -> Known<Technology> {
    let by_text = technology_of_text(&fold(text));
    let by_interface = match interface {
        "gpon" | "epon" => Technology::Fiber,
        "wireless" => Technology::Radio,
        _ => Technology::Unknown,
    };
    match (by_text, by_interface) {
        (_, Technology::Fiber) if by_text != Technology::Fiber => Known::new(Technology::Fiber, interface),
        (Technology::Unknown, Technology::Unknown) => {
            told("tecnologia", text);
            worded(Technology::Unknown, text)
        }
        (Technology::Unknown, other) => Known::new(other, interface),
        (known, _) => worded(known, text),
    }
}

fn technology_of_text(folded: &str) -> Technology {
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if has(&["fibra", "ftth", "gpon", "epon"]) {
        Technology::Fiber
    } else if has(&["wireless", "radio", "5.8", "2.4"]) {
        Technology::Radio
    } else if has(&["adsl", "xdsl", "vdsl"]) {
        Technology::Adsl
    } else if has(&["dedicado"]) {
        Technology::Dedicated
    } else if has(&["lte", "4g", "5g", "movel"]) {
        Technology::Lte
    } else if has(&["satelite"]) {
        Technology::Satellite
    } else if has(&["cabo", "utp", "coaxial", "hfc"]) {
        Technology::Cable
    } else {
        Technology::Unknown
    }
}

/// `500 Mbits`, `1 Gbit` in Mbit/s. The unit is a word; its first letter tells its size.
pub(super) fn mbps(text: &str) -> Option<f64> {
    let text = text.trim();
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at_checked(split)?;
    let unit = unit.chars().next()?;
    speed::mbps(&format!("{}{unit}", number.trim()))
}

/// Statuses of the three kinds of notas, in both genders (dossier 4.d).
pub(super) fn fiscal_status(word: &str) -> Known<FiscalInvoiceStatus> {
    let value = match word {
        "efetivada" | "autorizado" | "autorizada" | "N" => FiscalInvoiceStatus::Issued,
        "cancelada" | "cancelado" => FiscalInvoiceStatus::Cancelled,
        "pendente" | "em_transmissao" | "em_cancelamento" | "transmitida" | "transmitido" | "retransmissao" => {
            FiscalInvoiceStatus::Pending
        }
        "denegada" | "denegado" => FiscalInvoiceStatus::Denied,
        "rejeitada" | "rejeitado" | "timeout" => FiscalInvoiceStatus::Failed,
        // The telecom notas have no status; only issued ones are listed.
        "" => FiscalInvoiceStatus::Issued,
        other => {
            told("status", other);
            FiscalInvoiceStatus::Unknown
        }
    };
    worded(value, word)
}

/// How far a ticket is, by its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It has a closing date.
    Closed,
    /// A visit is planned and not done.
    VisitPlanned,
    /// Neither.
    Open,
}

/// The label of a ticket, which tenants edit: open or closed is told by the closing date alone (dossier 4.i).
pub(super) fn ticket_status(label: &str, progress: Progress) -> Known<TicketStatus> {
    let folded = fold(label);
    let value = match folded.as_str() {
        _ if progress == Progress::Closed && folded.contains("cancel") => TicketStatus::Cancelled,
        _ if progress == Progress::Closed => TicketStatus::Closed,
        _ if folded.starts_with("agendad") => TicketStatus::Scheduled,
        _ if folded.starts_with("em ") => TicketStatus::InProgress,
        _ if progress == Progress::VisitPlanned => TicketStatus::Scheduled,
        // The two labels that a new ticket has.
        "pendente" | "aguardando analise" => TicketStatus::Open,
        _ if folded.starts_with("aguardando") => TicketStatus::Pending,
        _ => TicketStatus::Open,
    };
    worded(value, label)
}

/// What the vendor's no to an unlock means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnlockDenial {
    /// More days than the provider allows: a matter of the tenant's settings.
    TooManyDays,
    /// Used already.
    Restricted,
    /// Switched off at this provider.
    SwitchedOff,
    /// The ERP has no such service.
    NoContract,
    /// Another reason that is known.
    Not(TrustUnlockReason),
    /// Words that nobody knows.
    Other,
}

/// The texts are not documented and were not found live: what is here is provisional (dossier 4.e), so the frequent
/// refusals are found out before asking.
pub(super) fn unlock_denial(folded: &str) -> UnlockDenial {
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    if has(&["nao encontrad"]) {
        UnlockDenial::NoContract
    } else if has(&["ja utilizou", "ja foi utilizad", "ja utilizad", "ja realizou", "ja possui", "neste periodo"]) {
        // Before the days: one that was used may name the days of its period or a limit.
        UnlockDenial::Restricted
    } else if has(&["dias"]) && has(&["ultrapassa", "maior que", "acima", "maximo", "limite"]) {
        UnlockDenial::TooManyDays
    } else if has(&["nao esta suspens", "nao esta bloquead", "nao se encontra suspens"]) {
        UnlockDenial::Not(TrustUnlockReason::NotBlocked)
    } else if has(&["cancelad", "inativ"]) {
        UnlockDenial::Not(TrustUnlockReason::ContractCancelled)
    } else if has(&["nao esta habilitad", "desabilitad", "nao habilitad"]) {
        UnlockDenial::SwitchedOff
    } else {
        UnlockDenial::Other
    }
}

#[cfg(test)]
mod tests;
