//! What an API key may do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One permission of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Customers, contracts, diagnostics, states and capabilities.
    Read,
    /// Invoices, payment options, PDFs and fiscal invoices.
    Billing,
    /// Trust unlock, speed release, acceptance, Wi-Fi password, sign-in.
    Act,
    /// Tickets: list, open, rate.
    Tickets,
    /// Unmasked phones, e-mail addresses and documents, and the contact base.
    PersonalData,
    /// Flows and conversations.
    Flows,
    /// Tenants, keys and the audit trail.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 7] =
        [Self::Read, Self::Billing, Self::Act, Self::Tickets, Self::PersonalData, Self::Flows, Self::Admin];

    /// The published word, equal to the serialized form.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Billing => "billing",
            Self::Act => "act",
            Self::Tickets => "tickets",
            Self::PersonalData => "personal_data",
            Self::Flows => "flows",
            Self::Admin => "admin",
        }
    }
}
