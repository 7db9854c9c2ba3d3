//! HTTP in and out.
//!
//! Comes in: requests of platforms and operators. Goes out: the published answers, or a problem (RFC 9457) from the one
//! table. Never here: an HTTP client, a vendor's name, the store, a decision about the business, a raw vendor id in an
//! answer, personal data in a log line or a metric.
//!
//! The walk of a request: `http/outer.rs` (id, time, limits on the head), `entry/` (who may ask what, and about which
//! record), `routes/<capability>.rs` (one domain command), down to operations, up again through
//! `present/<capability>.rs` or `problem.rs`. Read `entry/mod.rs` first, then one file of `routes/`.
//!
//! Invariants:
//! - Without the scope there is no way to hold a tenant: handlers get it from an extractor that has checked.
//! - Everything that is no success leaves as `application/problem+json`, also what actix would answer by itself.
//! - A vendor's reference leaves as a handle and comes back as one (`handles.rs`); nothing else turns one into text.

mod answer;
mod door;
mod entry;
mod handles;
mod house;
mod http;
mod metrics;
pub mod openapi;
mod pages;
mod present;
mod problem;
mod rate_limit;
mod routes;
mod server;
mod settings;

pub use ponte_operations::{MasterKey, Settings as OperationsSettings, StoreSettings};

pub use self::server::{Gateway, Reference, StartError};
pub use self::settings::{AccessLog, CaseCounts, HttpSettings, Settings};
