//! Flows of several calls, against a stub server: what is sent, in which order, and what is not.
#![allow(clippy::unwrap_used)]

mod acceptance;
mod billing;
mod dialect;
mod promise;
mod sign_in;
mod verify;
mod wifi;

/// The look-up of contracts.
const FIND: &str = "/api/ura/consultacliente/";
/// The look-up of customers.
const CUSTOMERS: &str = "/api/ura/clientes/";
/// Titles.
const TITLES: &str = "/api/ura/titulos/";
/// Tickets.
const TICKETS: &str = "/api/central/chamado/list/";
/// Credentials as they stand in a form.
const CREDENTIALS: &str = "app=chatbot&token=00000000-0000-4000-8000-000000000001";
