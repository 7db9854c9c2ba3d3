//! The world of `sandbox-world.md`, written down.

use jiff::Timestamp;
use ponte_domain::dates::Zone;

use super::cabinet::Cabinet;
use super::{Town, TownError};

mod bills;
mod people;
mod services;
mod support;

/// 2026-11-20 12:00 in São Paulo.
const START: &str = "2026-11-20T12:00:00-03:00";

pub(super) fn town() -> Result<Town, TownError> {
    let now: Timestamp = START.parse().map_err(|_| TownError::Start)?;
    let contracts = services::contracts();
    Ok(Town {
        now,
        zone: Zone::parse("America/Sao_Paulo")?,
        provider: people::provider()?,
        branches: people::branches()?,
        cities: people::cities(),
        wallets: bills::wallets(),
        plans: services::plans(),
        customers: people::customers()?,
        invoices: bills::invoices(&contracts)?,
        fiscal_invoices: bills::fiscal_invoices(),
        terms: services::terms(),
        logins: services::logins(),
        areas: services::areas(),
        devices: services::devices(),
        notes: support::notes(),
        contracts,
        departments: support::departments(),
        subjects: support::subjects(),
        diagnoses: support::diagnoses(),
        tickets: support::tickets(),
        messages: support::messages(),
        visits: support::visits(),
        cabinet: Cabinet::default(),
        log: Vec::new(),
        last_protocol: support::LAST_PROTOCOL,
    })
}
