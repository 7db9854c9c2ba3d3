//! The words of Ponte: values, nouns, closed sets and the one failure.
//!
//! Comes in: plain text and numbers, through one fallible constructor per value. Goes out: values that need no
//! second check. Never here: HTTP, a vendor's JSON, the clock, the environment, personal data in `Debug`.
//! Read `failure.rs` and `capability.rs` first.

pub mod acceptance;
pub mod boleto;
pub mod capability;
pub mod contract;
pub mod customer;
pub mod dates;
pub mod diagnostics;
pub mod document;
pub mod failure;
pub mod invoice;
pub mod known;
pub mod money;
pub mod phone;
pub mod pix;
pub mod reference;
pub mod scope;
pub mod tenant;
pub mod ticket;
pub mod unlock;
pub mod wifi;

pub use failure::{Failure, FailureKind};
