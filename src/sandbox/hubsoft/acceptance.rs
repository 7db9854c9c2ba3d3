//! Legal documents of a service, their acceptance, and the activation that is a call of its own
//! (section 4.g). There is no route for their PDF.

use jiff::civil::{Date, DateTime, Time};
use serde_json::{Value, json};

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::acceptance::{ActivationRefusal, Term};
use crate::town::contracts::Contract;
use crate::town::id::Id;

use super::ask::{self, Ask, Route};
use super::contracts::brief;
use super::dialect::{Refusal, done_with};
use super::numbers::{customer_code, customer_id, service, service_id};
use super::wording::br_moment;

pub(super) const ROUTES: &[Route] = &[
    Route::put("cliente/contrato/aceitar_contrato", accept),
    Route::post("cliente/cliente_servico/ativar/{}", activate),
];

/// The provider's own site: its standard contract, the same for all who sign.
pub(super) const PAPERS: &[Route] = &[Route::get("site/contrato-padrao.pdf", standard_contract)];

const TEMPLATE: u32 = 156;

/// `contratos[]` of a service. Only the id is confirmed; the rest is by likeness with the answer of
/// the acceptance.
pub(super) fn papers(town: &Town, contract: Id<Contract>) -> Value {
    let company = format!("{} (CNPJ: {})", town.provider.name, town.provider.document.formatted());
    let agreed_on = town.contract(contract).map(|one| one.agreed_on);
    let row = |term: &Term| {
        json!({
            "id_cliente_servico_contrato": term.id.number(),
            "id_cliente_servico": service_id(contract),
            "id_contrato": TEMPLATE,
            "numero_contrato": term.id.number() + 5_650,
            "validade": 12,
            "aceito": term.signed_at.is_some(),
            "data_aceito_br": term.signed_at.map(minute),
            "data_cadastro_br": agreed_on.map(|day| minute(day.at(13, 41, 0, 0))),
            "contrato": { "id_contrato": TEMPLATE, "descricao": term.title },
            "empresa": { "id_empresa": 3, "display": company },
        })
    };
    town.terms_of(contract).map(row).collect()
}

/// `07/09/2026 14:35`.
fn minute(at: DateTime) -> String {
    br_moment(at).chars().take(16).collect()
}

fn standard_contract(town: &mut Town, _: &Ask) -> Result<Response, Refusal> {
    Ok(Response::new(200, "application/pdf", paper::standard_contract(town)))
}

fn accept(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    ask.requires(&["ids_cliente_servico_contrato", "data_aceito", "observacao"])?;
    let day: Date = ask.text("data_aceito").parse().map_err(|_| wrong("data_aceito"))?;
    let time = match ask.text("hora_aceito") {
        "" => "00:00",
        sent => sent,
    };
    let time = Time::strptime("%H:%M", time).map_err(|_| wrong("hora_aceito"))?;
    let sent = ask.field("ids_cliente_servico_contrato").and_then(Value::as_array).cloned().unwrap_or_default();
    let mut terms = Vec::new();
    for one in &sent {
        let term = ask::id(one).and_then(|id| town.terms.iter().find(|term| term.id.number() == id));
        let term = term.ok_or_else(|| Refusal::not_found("Contrato", one.to_string().trim_matches('"')))?;
        terms.push(term.id);
    }
    terms.iter().for_each(|id| {
        town.sign_term(*id);
    });
    let at = day.to_datetime(time);
    let items: Vec<Value> = terms.iter().filter_map(|id| accepted(town, *id, at)).collect();
    let msg = format!("{} contrato(s) foi(ram) aceito(s) com sucesso!", items.len());
    Ok(done_with(&msg, [("itens_aceito", Value::Array(items))]))
}

fn wrong(field: &str) -> Refusal {
    Refusal::fill_in(vec![format!("O campo {field} não possui um valor válido.")])
}

fn accepted(town: &Town, id: Id<Term>, at: DateTime) -> Option<Value> {
    let term = town.terms.iter().find(|term| term.id == id)?;
    let contract = town.contract(term.contract)?;
    let customer = town.customer(contract.customer)?;
    let plan = town.plan(contract.plan)?;
    Some(json!({
        "id_cliente_servico_contrato": id.number(),
        "data_aceito_br": minute(at),
        "aceito": true,
        "numero_contrato": id.number() + 5_650,
        "cliente_servico": {
            "id_cliente_servico": service_id(contract.id),
            "id_cliente": customer_id(customer),
            "display": format!("(1) {}", plan.name),
            "cliente": {
                "id_cliente": customer_id(customer),
                "display": format!("({}) {}", customer_code(customer), customer.name),
            },
        },
        "contrato": { "id_contrato": TEMPLATE, "descricao": term.title },
    }))
}

/// Only a service that was never enabled.
fn activate(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let found = ask.id.parse().ok().and_then(|id| service(town, id)).map(|one| one.id);
    let id = found.ok_or_else(|| Refusal::not_found("Serviço", &ask.id))?;
    town.activate(id).map_err(|refused| match refused {
        ActivationRefusal::NoSuchContract => Refusal::not_found("Serviço", &ask.id),
        ActivationRefusal::NotPreContract => Refusal::new("O serviço já foi habilitado anteriormente"),
    })?;
    let after = town.contract(id).map_or(Value::Null, |one| brief(town, one));
    Ok(done_with("Serviço ativado com sucesso ", [("cliente_servico", after)]))
}
