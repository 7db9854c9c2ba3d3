//! What survives a restart: tenants, API keys, the idempotency journal, contacts, ratings, evidence, audit.
//!
//! Comes in: records in domain words, each with the instant at which it happens. Goes out: the same records, also
//! after the process was killed, or a [`StoreError`]. Never here: HTTP, the clock (instants are passed in), a secret
//! or a person's data in the file unsealed, an answer to a write before it is on disk.
//! Read `store.rs` and `journal.rs` first, then `vault.rs` for what is sealed and how.

mod audit;
mod cells;
mod contacts;
mod erasure;
mod error;
mod evidence;
mod journal;
mod keys;
mod master_key;
mod ratings;
mod retention;
mod schema;
mod store;
mod tenants;
mod threads;
mod ticket_notices;
mod vault;

pub use audit::{AuditEntry, AuditFilter, AuditRow, AuditTarget};
pub use contacts::{Account, ContactOrigin, ContactRecord};
pub use erasure::Erased;
pub use error::{DatabaseFault, StoreError};
pub use evidence::{EvidenceRecord, ShownDocument};
pub use journal::{Begun, Entry, EntryId, Intent, Phase};
pub use keys::{KeyChange, KeyHash, KeyRecord, NewKey, TenantsAllowed, key_hash};
pub use master_key::{IfMissing, MasterKey};
pub use ratings::{RatingKept, RatingRecord, RatingRow};
pub use retention::{RetentionSettings, Swept};
pub use store::Store;
pub use tenants::{CredentialsChange, NewTenant, TenantChange, TenantRecord};
