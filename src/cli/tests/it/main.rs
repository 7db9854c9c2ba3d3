//! The binary as a process of its own, as operators and platforms meet it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod crash;
mod demo;
mod operator;
mod privacy;
mod server;
mod vendors;
mod world;
