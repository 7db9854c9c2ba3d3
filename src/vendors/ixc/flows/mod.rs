//! Flows of several calls, against a stub server: what is sent, in which order, and what is not.
#![allow(clippy::unwrap_used)]

mod acceptance;
mod fiscal_invoices;
mod sign_in;
mod verify;
mod wifi;
