//! The portal's contracts, which are also the check of a password (section 4.j).

use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::Contract;

use super::contracts::status_of;
use super::customers::address;
use super::dialect::{Call, Login, Route, Source, json_answer, no_credentials, subscriber};

pub(super) const ROUTES: &[Route] =
    &[Route::post("/api/central/contratos", contracts).from(Source::FormOrJson).for_login(Login::Subscriber)];

fn contracts(town: &mut Town, call: &Call<'_>) -> Response {
    let Some(customer) = subscriber(town, &call.fields) else { return no_credentials() };
    let own = town.contracts.iter().filter(|one| one.customer == customer.id);
    let rows: Vec<Value> = own.map(|one| row(town, one)).collect();
    json_answer(&json!({ "auth": true, "contratos": rows }))
}

/// The one list with the price of the plan.
fn row(town: &Town, contract: &Contract) -> Value {
    let customer = town.customer(contract.customer);
    let plan = town.plan(contract.plan);
    let at = customer.map(|one| address(town, one));
    json!({
        "contrato": contract.id.number(),
        "razaosocial": customer.map(|one| one.name),
        "cpfcnpj": customer.map(|one| one.document.formatted()),
        // With spaces around it (section 2.3).
        "status": format!(" {} ", status_of(town, contract).label.trim()),
        "vencimento": contract.due_day,
        "planointernet": plan.map(|plan| plan.name),
        "planointernet_id": contract.plan.number(),
        "planointernet_valor": plan.map(|plan| plan.price.to_dot()),
        "planotv": null, "planotv_id": null, "planotelefonia": null, "planotelefonia_id": null,
        "planomultimidia": null, "planomultimidia_id": null,
        "endereco_instalacao": at.clone(),
        "endereco_cobranca": at,
        "emails": [customer.map(|one| one.email)],
    })
}
