//! Scopes as types, so that a handler's signature names the scope it needs.

use ponte_domain::scope::Scope;

/// A scope as a type.
pub(crate) trait ScopeMark: 'static {
    /// The scope.
    const SCOPE: Scope;
}

/// Customers, contracts, diagnostics, states.
pub(crate) struct Read;
/// Invoices, payments, fiscal invoices.
pub(crate) struct Billing;
/// Acts on a contract.
pub(crate) struct Act;
/// Tickets.
pub(crate) struct Tickets;
/// The contact base.
pub(crate) struct PersonalData;
/// Tenants, keys, the audit trail.
pub(crate) struct Admin;

impl ScopeMark for Read {
    const SCOPE: Scope = Scope::Read;
}

impl ScopeMark for Billing {
    const SCOPE: Scope = Scope::Billing;
}

impl ScopeMark for Act {
    const SCOPE: Scope = Scope::Act;
}

impl ScopeMark for Tickets {
    const SCOPE: Scope = Scope::Tickets;
}

impl ScopeMark for PersonalData {
    const SCOPE: Scope = Scope::PersonalData;
}

impl ScopeMark for Admin {
    const SCOPE: Scope = Scope::Admin;
}
