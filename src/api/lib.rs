//! The published words: what goes into and comes out of `/v1`, as serde structs with their schema.
//!
//! Comes in: nothing but the closed sets and plain values of `domain`. Goes out: the request and answer structs, one
//! file per capability, and `Problem`. Never here: HTTP, a vendor, a raw vendor id of a person's record, a decision.
//!
//! Three rules hold for every struct:
//! - an answer has all its fields always; what the vendor does not give is `null`, never left out;
//! - a request refuses fields that it does not know;
//! - every field has its bounds, and `gateway/present` keeps to them, so that an answer never breaks its own schema.
//!
//! `Debug` is derived for none of them: most carry personal data. Read `words.rs` first.

pub mod acceptance;
pub mod audit;
pub mod billing;
pub mod capabilities;
pub mod contacts;
pub mod contracts;
pub mod customers;
pub mod diagnostics;
pub mod fiscal_invoices;
pub mod health;
pub mod keys;
pub mod problem;
pub mod sign_in;
pub mod speed_release;
pub mod tenants;
pub mod testing;
pub mod tickets;
pub mod trust_unlock;
pub mod wifi;
pub mod words;
