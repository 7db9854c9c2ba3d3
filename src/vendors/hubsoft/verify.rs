//! Checks of a tenant: does the address answer, are client and user good, which parts may the user see. Reads only, and
//! nothing of what they list is looked at but the numbers of one customer, about whom the other routes are asked: a
//! version may answer a search for nobody as if its route were not there (dossier 3).

use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_transport::Ask;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::dialect::{Need, look, send, together, token};
use super::tickets::topics;
use super::{billing, customers, diagnostics, fiscal_invoices, tickets, wifi};
use crate::call::Call;
use crate::erp::Check;
use crate::reading::rows::Rows;
use crate::reading::text::Text;

/// A customer that nobody is, where the ERP has none.
const NOBODY: &str = "0";
/// A letter that the name of somebody has.
const SOMEBODY: &str = "a";

/// What is looked at once there is a token and somebody. What a write does can only be known by writing, so writes are
/// not checked.
const ROUTES: [(&str, &str, Need); 7] = [
    ("service_statuses", "configuracao/servico_status", Need::Optional(Capability::Contracts)),
    ("invoices", billing::ROUTE, Need::Always(Capability::Billing)),
    ("fiscal_invoices", fiscal_invoices::ROUTE, Need::Always(Capability::FiscalInvoices)),
    ("alerts", diagnostics::ALERTS, Need::Optional(Capability::Diagnostics)),
    ("tickets", tickets::ROUTE, Need::Always(Capability::TicketList)),
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
    if !good {
        return checks;
    }
    let found = somebody(call).await;
    let person = found.as_ref().ok().cloned().flatten().unwrap_or_default();
    let capability = Some(Capability::CustomerLookup);
    checks.push(Check { name: "customers", capability, outcome: found.map(|_| ()) });
    let routes = ROUTES.map(|(name, route, need)| {
        let person = &person;
        async move {
            let capability = match need {
                Need::Always(capability) | Need::Required(capability) => Some(capability),
                // A part of several answers, and of none the whole.
                Need::Optional(_) => None,
            };
            let outcome =
                send(call, need, route, || query(route, person, call.today), |answer| answer.found::<IgnoredAny>());
            Check { name, capability, outcome: outcome.await.map(|_| ()) }
        }
    });
    checks.extend(together(routes).await);
    checks
}

/// The two numbers of a customer. No `Debug`: they name a person.
#[derive(Clone)]
struct Numbers {
    code: String,
    internal_id: String,
}

impl Default for Numbers {
    fn default() -> Self {
        Self { code: NOBODY.to_owned(), internal_id: NOBODY.to_owned() }
    }
}

/// Anybody; none where the search says that there is nobody.
async fn somebody(call: &Call<'_>) -> Result<Option<Numbers>, Failure> {
    let ask =
        || look(customers::ROUTE).query("busca", "nome_razaosocial").query("termo_busca", SOMEBODY).query("limit", "1");
    send(call, Need::Always(Capability::CustomerLookup), customers::ROUTE, ask, |answer| {
        let Some(body) = answer.found::<Body<'_>>()? else { return Ok(None) };
        let rows = answer.promised(body.clientes)?.0;
        Ok(rows.first().and_then(|row| {
            let (code, internal_id) = (row.codigo_cliente.key()?.to_owned(), row.id_cliente.key()?.to_owned());
            Some(Numbers { code, internal_id })
        }))
    })
    .await
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Body<'a> {
    #[serde(default)]
    clientes: Option<Rows<Row<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    id_cliente: Text<'a>,
    codigo_cliente: Text<'a>,
}

fn query(route: &'static str, person: &Numbers, today: Date) -> Ask {
    let ask = look(route);
    match route {
        billing::ROUTE | tickets::ROUTE => ask
            .query("busca", "codigo_cliente")
            .query("termo_busca", person.code.as_str())
            .query("apenas_pendente", "sim")
            .query("limit", "1"),
        fiscal_invoices::ROUTE => ask
            .query("busca", "id_cliente")
            .query("termo_busca", person.internal_id.as_str())
            .query("data_inicio", today.to_string())
            .query("data_fim", today.to_string()),
        diagnostics::ALERTS => ask.segment("1").query("page", "1").query("ativo", "sim"),
        wifi::DEVICES => ask.query("pagina", "0").query("itens_por_pagina", "20"),
        _ => ask,
    }
}
