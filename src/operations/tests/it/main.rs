//! The room's integration tests: a scripted ERP behind the real pipeline, store and cache.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "tests say what is wrong by failing"
)]

mod acceptance;
mod acting;
mod audit;
mod caching;
mod capabilities;
mod contacts;
mod customers;
mod keys;
mod people;
mod reads;
mod retention;
mod scripted_erp;
mod settling;
mod sign_in;
mod speed_release;
mod tenants;
mod tickets;
mod trust_unlock;
mod wifi;
mod world;
