//! What a vendor may or may not support, and how well each vendor fact is known.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One normalized operation family, a row of the capability matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Look-up of a customer by document, phone, e-mail or vendor id.
    CustomerLookup,
    /// Contracts of a customer with their logins.
    Contracts,
    /// Invoices with boleto, Pix and QR.
    Billing,
    /// Fiscal invoices (notas fiscais) and their PDF.
    FiscalInvoices,
    /// Trust unlock of a contract blocked for late payment.
    TrustUnlock,
    /// Release of a contract on reduced speed.
    SpeedRelease,
    /// Electronic acceptance of a contract awaiting signature.
    Acceptance,
    /// The eleven connection diagnostics.
    Diagnostics,
    /// Opening a ticket.
    TicketOpening,
    /// Listing a customer's tickets.
    TicketList,
    /// Rating a ticket.
    TicketRating,
    /// Sign-in of a subscriber with portal login and password.
    SignIn,
    /// Change of the Wi-Fi password of the subscriber's router.
    Wifi,
}

impl Capability {
    /// Every capability, in the order of the matrix.
    pub const ALL: [Self; 13] = [
        Self::CustomerLookup,
        Self::Contracts,
        Self::Billing,
        Self::FiscalInvoices,
        Self::TrustUnlock,
        Self::SpeedRelease,
        Self::Acceptance,
        Self::Diagnostics,
        Self::TicketOpening,
        Self::TicketList,
        Self::TicketRating,
        Self::SignIn,
        Self::Wifi,
    ];

    /// The published word, equal to the serialized form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::CustomerLookup => "customer_lookup",
            Self::Contracts => "contracts",
            Self::Billing => "billing",
            Self::FiscalInvoices => "fiscal_invoices",
            Self::TrustUnlock => "trust_unlock",
            Self::SpeedRelease => "speed_release",
            Self::Acceptance => "acceptance",
            Self::Diagnostics => "diagnostics",
            Self::TicketOpening => "ticket_opening",
            Self::TicketList => "ticket_list",
            Self::TicketRating => "ticket_rating",
            Self::SignIn => "sign_in",
            Self::Wifi => "wifi",
        }
    }
}

/// How well a vendor fact is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The vendor's own documentation.
    Official,
    /// Seen in independent clients or live answers.
    Seen,
    /// Assumed; no source was found.
    Provisional,
}

/// Support of one capability by one vendor or tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// The capability spoken of.
    pub capability: Capability,
    /// Whether it can be called.
    pub supported: bool,
    /// Why not, or what limits it; English, one sentence.
    pub reason: Option<&'static str>,
    /// Evidence of the vendor facts behind it.
    pub evidence: Evidence,
}
