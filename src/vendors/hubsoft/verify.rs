//! Checks of a tenant: does the address answer, are client and user good, which parts may the user see. Reads only, and
//! nothing of what they list is looked at.

use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_transport::Ask;
use serde::de::IgnoredAny;

use super::dialect::{Need, look, send, together, token};
use super::tickets::topics;
use super::{billing, customers, diagnostics, fiscal_invoices, tickets, wifi};
use crate::call::Call;
use crate::erp::Check;

/// A customer that nobody is: what is asked for is whether the route answers.
const NOBODY: &str = "0";

/// What is looked at once a token was issued. What a write does can only be known by writing, so writes are not checked.
const ROUTES: [(&str, &str, Need); 8] = [
    ("service_statuses", "configuracao/servico_status", Need::Optional(Capability::Contracts)),
    ("customers", customers::ROUTE, Need::Required(Capability::CustomerLookup)),
    ("invoices", billing::ROUTE, Need::Required(Capability::Billing)),
    ("fiscal_invoices", fiscal_invoices::ROUTE, Need::Required(Capability::FiscalInvoices)),
    ("alerts", diagnostics::ALERTS, Need::Optional(Capability::Diagnostics)),
    ("tickets", tickets::ROUTE, Need::Required(Capability::TicketList)),
    ("ticket_types", topics::ROUTE, Need::Required(Capability::TicketOpening)),
    ("managed_devices", wifi::DEVICES, Need::Optional(Capability::Wifi)),
];

/// The token first, since everything else would fail for the same reason. What was remembered as missing is forgotten
/// before: verifying anew is what an operator does after giving a permission.
pub(super) async fn verify(call: &Call<'_>) -> Vec<Check> {
    call.memory.forget_missing();
    let issued = token(call).await.map(|_| ());
    let good = issued.is_ok();
    let mut checks = vec![Check { name: "credentials", capability: None, outcome: issued }];
    if good {
        let routes = ROUTES.map(|(name, route, need)| async move {
            Check { name, capability: Some(need.capability()), outcome: answers(call, route, need).await }
        });
        checks.extend(together(routes).await);
    }
    checks
}

/// Whether a route answers with its list or says that there is nothing of the kind.
async fn answers(call: &Call<'_>, route: &'static str, need: Need) -> Result<(), Failure> {
    let today = call.today.to_string();
    let found = send(call, need, route, || query(route, &today), |answer| answer.found::<IgnoredAny>()).await;
    match found {
        // "Nobody of that number" is an answer, in whichever form.
        Err(failure) if failure.kind() == ponte_domain::FailureKind::NotFound(Subject::Customer) => Ok(()),
        other => other.map(|_| ()),
    }
}

fn query(route: &'static str, today: &str) -> Ask {
    let ask = look(route);
    match route {
        customers::ROUTE => ask.query("busca", "codigo_cliente").query("termo_busca", NOBODY).query("limit", "1"),
        billing::ROUTE | tickets::ROUTE => ask
            .query("busca", "codigo_cliente")
            .query("termo_busca", NOBODY)
            .query("apenas_pendente", "sim")
            .query("limit", "1"),
        fiscal_invoices::ROUTE => ask
            .query("busca", "id_cliente")
            .query("termo_busca", NOBODY)
            .query("data_inicio", today)
            .query("data_fim", today),
        diagnostics::ALERTS => ask.segment("1").query("page", "1").query("ativo", "sim"),
        wifi::DEVICES => ask.query("pagina", "0").query("itens_por_pagina", "20"),
        _ => ask,
    }
}
