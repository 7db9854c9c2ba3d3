//! Checks of a tenant: does the address answer, are client and user good, which parts may the user see. Reads only, and
//! nothing of what they list is looked at.

use ponte_domain::capability::Capability;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Ask;
use serde::de::IgnoredAny;

use super::dialect::{Need, look, send, together, token};
use super::tickets::topics;
use super::{billing, customers, diagnostics, fiscal_invoices, tickets, wifi};
use crate::call::Call;
use crate::erp::Check;

/// A customer that nobody is: what is asked for is whether the route answers.
const NOBODY: &str = "0";
/// A letter that the name of somebody has: one version answers a search for nobody as if its route were not there
/// (dossier 3), so that somebody is searched.
const SOMEBODY: &str = "a";

/// What is looked at once a token was issued. What a write does can only be known by writing, so writes are not checked.
const ROUTES: [(&str, &str, Need); 8] = [
    ("service_statuses", "configuracao/servico_status", Need::Optional(Capability::Contracts)),
    ("customers", customers::ROUTE, Need::Optional(Capability::CustomerLookup)),
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
            let capability = match need {
                Need::Required(capability) => Some(capability),
                // A part of several answers, and of none the whole.
                Need::Optional(_) => None,
            };
            Check { name, capability, outcome: answers(call, route, need).await }
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
        // Every version has the search, so it is no capability that lacks.
        Err(failure) if route == customers::ROUTE && matches!(failure.kind(), FailureKind::NotSupported(_)) => {
            let broken = Failure::new(FailureKind::VendorFault, "The ERP answers its customer search with 404.");
            Err(failure.upstream().map_or(broken.clone(), |upstream| broken.at(upstream.clone())))
        }
        other => other.map(|_| ()),
    }
}

fn query(route: &'static str, today: &str) -> Ask {
    let ask = look(route);
    match route {
        customers::ROUTE => ask.query("busca", "nome_razaosocial").query("termo_busca", SOMEBODY).query("limit", "1"),
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
