//! The sandbox as a stranger meets it: over real TCP, with a client that knows only bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop where it is"
)]

mod acceptance;
mod billing;
mod contracts;
mod control;
mod customers;
mod diagnostics;
mod dialect;
mod faults;
mod fiscal_invoices;
mod hubsoft;
mod raw;
mod sgp;
mod speed_release;
mod synsuite;
mod tickets;
mod trust_unlock;
mod wifi;
mod wire;
