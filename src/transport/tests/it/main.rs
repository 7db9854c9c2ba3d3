//! The line over real connections: a mock server where HTTP suffices, a plain TCP server where the point is how a
//! connection misbehaves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod connections;
mod harness;
mod requests;
mod secrecy;
mod tls;
