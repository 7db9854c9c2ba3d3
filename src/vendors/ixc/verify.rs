//! Checks of a tenant: does the address answer, is the token good, which modules are there. Reads only.

use ponte_domain::capability::Capability;
use ponte_domain::{Failure, FailureKind};
use serde::de::IgnoredAny;

use super::dialect::{Need, Oper, Query, rows, together};
use crate::call::Call;
use crate::erp::Check;

/// What is looked at after the token: a name, the table, and the capability that hangs on it. What a button does can
/// only be known by pressing it, so actions are not checked.
const TABLES: [(&str, &str, Need); 10] = [
    ("customers", "cliente", Need::Required(Capability::CustomerLookup)),
    ("contracts", "cliente_contrato", Need::Required(Capability::Contracts)),
    ("invoices", "fn_areceber", Need::Required(Capability::Billing)),
    ("fiscal_invoices", "vd_saida", Need::Required(Capability::FiscalInvoices)),
    ("contract_terms", "cliente_contrato_assinatura_termo", Need::Optional(Capability::Acceptance)),
    ("logins", "radusuarios", Need::Optional(Capability::Diagnostics)),
    ("tickets", "su_ticket", Need::Required(Capability::TicketList)),
    ("ticket_subjects", "su_oss_assunto", Need::Required(Capability::TicketOpening)),
    ("ticket_departments", "su_ticket_setor", Need::Required(Capability::TicketOpening)),
    ("managed_devices", "acs_device_grid", Need::Required(Capability::Wifi)),
];

/// The token first, since everything else would fail for the same reason; then the tables. What was remembered as
/// missing is forgotten before: verifying anew is what an operator does after opening a route.
pub(super) async fn verify(call: &Call<'_>) -> Vec<Check> {
    call.memory.forget_missing();
    let credentials = credentials(call).await;
    let good = credentials.is_ok();
    let mut checks = vec![Check { name: "credentials", capability: None, outcome: credentials }];
    if good {
        let tables = TABLES.map(|(name, table, need)| async move {
            let outcome = first_row(call, table, need).await;
            Check { name, capability: Some(need.capability()), outcome }
        });
        checks.extend(together(tables).await);
    }
    checks
}

/// The list of branches is the cheapest one; a token that may not see it may still see customers (dossier 2.2).
async fn credentials(call: &Call<'_>) -> Result<(), Failure> {
    match first_row(call, "filial", Need::Optional(Capability::CustomerLookup)).await {
        Err(failure) if is_a_matter_of_the_table(&failure) => {
            first_row(call, "cliente", Need::Required(Capability::CustomerLookup)).await
        }
        other => other,
    }
}

/// One row, of which nothing is read.
async fn first_row(call: &Call<'_>, table: &'static str, need: Need) -> Result<(), Failure> {
    let query = match table {
        "acs_device_grid" => Query::of("acs_device", "id", Oper::Above, "0").through(table),
        _ => Query::of(table, "id", Oper::Above, "0"),
    };
    rows(call, need, query.at_most(1), |answer| answer.page::<IgnoredAny>()).await.map(|_| ())
}

fn is_a_matter_of_the_table(failure: &Failure) -> bool {
    matches!(failure.kind(), FailureKind::NotSupported(_) | FailureKind::AccessBlocked)
        && failure.context().iter().all(|(name, reason)| *name != "reason" || reason != "ip_not_allowed")
}
