//! What happens around a vendor call, written once for all vendors.
//!
//! Comes in: a [`Visit`] (who asks, for which tenant, how fresh, until when) and a domain command. Goes out: the final
//! bytes of an answer ([`Served`] for reads, [`Acted`] for acts), or a `Failure`. The presenter that makes the bytes is
//! handed in, and runs only when there is something new to present.
//! Never here: HTTP, a vendor's name, the published JSON, personal data in a log line or a cache key.
//!
//! Invariants:
//! - A vendor is asked to act only after the journal holds the key and the intent, and one key never acts twice unless
//!   a read-back has shown that the first time did not happen (`pipeline/act.rs`).
//! - An ERP that fails is an error, never "not found" and never "not a customer".
//! - No answer from before a write is given after it (`cache.rs`).
//!
//! Read `pipeline/read.rs` and `pipeline/act.rs` first: every capability is one of these two shapes.

pub mod acceptance;
pub mod audit;
pub mod billing;
pub mod callers;
pub mod capabilities;
pub mod clock;
pub mod contacts;
pub mod contracts;
pub mod customers;
pub mod diagnostics;
pub mod fiscal_invoices;
pub mod keys;
pub mod limits;
pub mod observer;
pub mod operations;
pub mod retention;
pub mod settings;
pub mod sign_in;
pub mod slots;
pub mod speed_release;
pub mod tenants;
pub mod tickets;
pub mod trust_unlock;
pub mod verify;
pub mod visit;
pub mod wifi;

mod cache;
mod export;
mod flights;
mod pipeline;
mod turns;

pub use operations::{Operations, StartError};
pub use pipeline::deed::{Acted, Intent, Rendered};
pub use pipeline::read::{CacheState, CacheUse, Served};
pub use settings::{Settings, StoreSettings};
pub use visit::{AdminVisit, Freshness, View, Visit};

// Records of the rooms below that rooms above are handed or hand in; they may not import those rooms.
pub use ponte_store::{
    Account, AuditEntry, ContactOrigin, ContactRecord, CredentialsChange, Erased, EvidenceRecord, IfMissing, KeyChange,
    KeyRecord, MasterKey, NewKey, NewTenant, StoreError, TenantChange, TenantRecord, TenantsAllowed,
};
pub use ponte_transport::{BreakerSettings, Deadline, RetrySettings};
pub use ponte_vendors::erp::{Check, Erp, Field, SignedIn};
pub use ponte_vendors::registry::Registry;
