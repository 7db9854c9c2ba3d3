//! Flows of several calls, against a stub server: what is sent, in which order, and what is not.
#![allow(clippy::unwrap_used)]

mod acceptance;
mod sign_in;
mod speed_release;
mod verify;
mod wifi;
