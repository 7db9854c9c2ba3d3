//! The gateway as a platform meets it: a real listener, the real middleware, a sandbox ERP behind it.
//!
//! One file per promise that holds everywhere; `<capability>.rs` mirrors `routes/`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, unreachable_pub)]

mod harness;

mod acceptance;
mod admin;
mod billing;
mod caching;
mod contacts;
mod customers;
mod examples;
mod handles;
mod headers;
mod health;
mod idempotency;
mod keys_and_scopes;
mod limits;
mod openapi;
mod pages;
mod privacy;
mod problems;
mod subscribers;
mod tickets;
mod trust_unlock;
