//! The contract harness: runs a vendor's cases, which are data, against the real gateway over HTTP.
//!
//! Comes in: case folders (`contract-tests/README.md`), the vendor's spec, the published API document. Goes out: one
//! outcome per case, with a readable difference, and the report of a run. Never here: a vendor's types or names, the
//! adapter's code, a decision that the gateway should have made. Read `case.rs`, then `run.rs`.

pub mod case;
pub mod compare;
pub mod conformance;
pub mod fault_table;
pub mod inbound;
pub mod mapping;
pub mod offers;
pub mod overlap;
pub mod proven;
pub mod report;
pub mod run;
pub mod schema;
pub mod spec;
pub mod stage;
pub mod stubs;
pub mod suite;
pub mod verification;
