//! The store from outside: every promise of its page, on real files.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod audit;
mod contacts;
mod erasure;
mod evidence;
mod harness;
mod journal;
mod keys;
mod opening;
mod ratings;
mod retention;
mod sealing;
mod tenants;
