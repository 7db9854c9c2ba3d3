//! What was changed, counted by kind and by contract, so that "exactly once" can be proven.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A kind of change. A refused request changes nothing and counts nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WriteKind {
    /// A blocked contract was unlocked on trust.
    TrustUnlock,
    /// A blocked contract was released for some hours by an operator's tool.
    TemporaryRelease,
    /// A contract's access was set by hand.
    AccessChange,
    /// A reduced speed was released.
    SpeedRelease,
    /// A term of a contract was signed.
    TermSigned,
    /// A pre-contract became active.
    Activation,
    /// A ticket was opened.
    TicketOpened,
    /// A ticket's row was changed.
    TicketChanged,
    /// A message was written on a ticket.
    TicketMessage,
    /// A protocol number was drawn.
    ProtocolIssued,
    /// A login's row was changed.
    LoginChanged,
    /// A login's session was dropped.
    SessionDropped,
    /// Wi-Fi settings were pushed to a router.
    WifiPushed,
    /// A customer's row was changed.
    CustomerChanged,
    /// A note was written into a contract's history.
    NoteAdded,
    /// A boleto was sent by e-mail or SMS.
    BoletoSent,
    /// A Pix charge was made at the bank for an invoice that had none.
    PixCharged,
    /// A row was inserted that is none of the above.
    RowInserted,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Write {
    /// What was changed.
    pub kind: WriteKind,
    /// The contract it was about, as `sandbox-world.md` calls it (`B1`).
    pub contract: Option<String>,
}

/// Counts of changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Writes {
    /// In all, per kind; kinds that did not happen are absent.
    pub counts: BTreeMap<WriteKind, u32>,
    /// Per contract (`B1`) and kind.
    pub contracts: BTreeMap<String, BTreeMap<WriteKind, u32>>,
}

impl Writes {
    pub(crate) fn count_up(log: &[Write]) -> Self {
        let mut writes = Self::default();
        for Write { kind, contract } in log {
            *writes.counts.entry(*kind).or_default() += 1;
            if let Some(label) = contract {
                *writes.contracts.entry(label.clone()).or_default().entry(*kind).or_default() += 1;
            }
        }
        writes
    }

    /// How often this kind happened.
    pub fn count(&self, kind: WriteKind) -> u32 {
        self.counts.get(&kind).copied().unwrap_or(0)
    }

    /// How often it happened to the contract that `sandbox-world.md` calls `label`.
    pub fn count_of(&self, label: &str, kind: WriteKind) -> u32 {
        self.contracts.get(label).and_then(|kinds| kinds.get(&kind)).copied().unwrap_or(0)
    }
}
