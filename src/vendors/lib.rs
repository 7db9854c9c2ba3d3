//! Eleven vendors behind one seam.
//!
//! Comes in: a `Call` and a domain command. Goes out: domain values or a `Failure`. Never here: HTTP clients, the
//! clock, the store, the published JSON. Read `erp.rs`, then one vendor folder from its `mod.rs` down.

pub mod call;
pub mod erp;
pub mod memory;
pub mod registry;

pub(crate) mod hubsoft;
pub(crate) mod ixc;
pub(crate) mod mark;
pub(crate) mod mk_solutions;
pub(crate) mod reading;
pub(crate) mod sgp;
pub(crate) mod synsuite;
pub(crate) mod unlock_rule;
