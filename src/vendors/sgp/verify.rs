//! Checks of a tenant: does the address answer, are app and token good, which routes are there and allowed. Reads only.

use ponte_domain::capability::Capability;
use ponte_domain::{Failure, FailureKind};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::dialect::{ANY_ID, FIND_CONTRACTS, Need, Request, look};
use super::tickets;
use crate::call::Call;
use crate::erp::Check;

/// App and token first, on the route that every version has, since everything else would fail for the same reason;
/// then the other routes, one after the other: calls close together are answered with 403 (dossier 2.4).
pub(super) async fn verify(call: &Call<'_>) -> Vec<Check> {
    call.memory.forget_missing();
    let first = Request::form(FIND_CONTRACTS.0, FIND_CONTRACTS.1).with("contrato", ANY_ID);
    let credentials = answers(call, Need::Required(Capability::CustomerLookup), first).await;
    let good = credentials.is_ok();
    let mut checks = vec![Check { name: "credentials", capability: None, outcome: credentials }];
    if good {
        for (name, need, request) in routes(call) {
            let outcome = answers(call, need, request).await;
            // What another route or a part of an answer can do without takes no capability away.
            let capability = match need {
                Need::Required(capability) => Some(capability),
                Need::Optional(_) => None,
            };
            checks.push(Check { name, capability, outcome });
        }
    }
    checks
}

/// What is looked at after the credentials. What an action does can only be known by doing it; the access check and the
/// second copy may open a work order, so they are left out too (dossier 3).
fn routes(call: &Call<'_>) -> Vec<(&'static str, Need, Request)> {
    use Capability::{Acceptance, Billing, Contracts, Diagnostics, FiscalInvoices, TicketList, TicketOpening, Wifi};
    // Without departments of its own an installation needs those of the tenant's settings.
    let departments =
        if tickets::has_coded_sectors(call) { Need::Optional(TicketOpening) } else { Need::Required(TicketOpening) };
    vec![
        (
            "customers",
            Need::Required(Contracts),
            Request::form("clientes", "/api/ura/clientes/").with("cliente_id", ANY_ID).with("limit", "1"),
        ),
        (
            "invoices",
            Need::Required(Billing),
            Request::form("titulos", "/api/ura/titulos/").with("titulo_id", ANY_ID).with("limit", "1"),
        ),
        (
            "fiscal_invoices",
            Need::Optional(FiscalInvoices),
            Request::form("notafiscal.list", "/api/central/notafiscal/list/").with("contrato", ANY_ID),
        ),
        (
            "terms",
            Need::Required(Acceptance),
            Request::query("termoaceite", "/api/contrato/termoaceite").at(ANY_ID).slash(),
        ),
        ("maintenance", Need::Optional(Diagnostics), Request::query("manutencao.list", "/api/ura/manutencao/list/")),
        (
            "tickets",
            Need::Required(TicketList),
            Request::form("chamado.list", "/api/central/chamado/list/").with("contrato", ANY_ID),
        ),
        ("ticket_departments", departments, Request::query("setor.list", "/api/os/ocorrencia/setor/list/")),
        ("ticket_types", Need::Optional(TicketOpening), Request::query("tipo.list", "/api/os/ocorrencia/tipo/list/")),
        (
            "routers",
            Need::Optional(Wifi),
            Request::query("cpemanage.info", "/api/ura/cpemanage/").with("contrato", ANY_ID),
        ),
    ]
}

/// The lists without which no answer of their routes can be read. Another site's JSON has none of them.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Lists {
    contratos: Option<IgnoredAny>,
    clientes: Option<IgnoredAny>,
    titulos: Option<IgnoredAny>,
}

/// Whether a route answers JSON, and its list where it always has one; that there is no such row is an answer too.
async fn answers(call: &Call<'_>, need: Need, request: Request) -> Result<(), Failure> {
    let list: Option<fn(Lists) -> Option<IgnoredAny>> = match request.operation() {
        "consultacliente" => Some(|lists| lists.contratos),
        "clientes" => Some(|lists| lists.clientes),
        "titulos" => Some(|lists| lists.titulos),
        _ => None,
    };
    let outcome = match list {
        Some(list) => look(call, need, request, |answer| answer.json(|lists: Lists| Ok(list(lists).map(|_| ())))).await,
        None => look(call, need, request, |answer| answer.json(|_: IgnoredAny| Ok(Some(())))).await,
    };
    match outcome {
        Err(failure) if matches!(failure.kind(), FailureKind::NotFound(_)) => Ok(()),
        other => other,
    }
}
