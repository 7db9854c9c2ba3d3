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

    /// The scope of a published word; none for any other text.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.word() == word)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Scope;

    #[test]
    fn every_word_is_the_serialized_form_and_reads_back() {
        for scope in Scope::ALL {
            assert_eq!(serde_json::to_string(&scope).unwrap(), format!("\"{}\"", scope.word()));
            assert_eq!(Scope::parse(scope.word()), Some(scope));
        }
        assert_eq!(Scope::parse("Read"), None);
        assert_eq!(Scope::parse(""), None);
    }
}
