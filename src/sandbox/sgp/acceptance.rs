//! The acceptance term: shown, accepted, printed. Accepting does not activate the contract (section 4.g).

use serde_json::json;

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::acceptance::Term;
use crate::town::contracts::Contract;
use crate::town::id::Id;

use super::dialect::{Call, Login, Route, Source, detail, iso, json_answer, not_found, pdf};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/api/contrato/termoaceite/{}/", show),
    Route::post("/api/contrato/termoaceite/{}", accept),
    // A GET with its parameters in the body; in the query they are not seen (section 2.2).
    Route::get("/api/contratos/print/{}", print).from(Source::Form).for_login(Login::AppOrSubscriber),
];

fn contract_in<'t>(town: &'t Town, call: &Call<'_>) -> Option<&'t Contract> {
    Id::<Contract>::read(call.segment).and_then(|id| town.contract(id))
}

fn no_such_contract() -> Response {
    detail(404, "Não encontrado.")
}

/// A contract without a term of its own was signed on paper.
fn show(town: &mut Town, call: &Call<'_>) -> Response {
    let Some(contract) = contract_in(town, call) else { return no_such_contract() };
    let customer = town.customer(contract.customer);
    let accepted = town.terms_of(contract.id).all(|term| term.signed_at.is_some());
    let last = town.terms_of(contract.id).filter_map(|term| term.signed_at).max().filter(|_| accepted);
    let titles: Vec<String> = town.terms_of(contract.id).map(|term| format!("<h2>{}</h2>", term.title)).collect();
    json_answer(&json!({
        "contrato": contract.id.number(),
        "cliente_id": contract.customer.number(),
        "cliente_nome": customer.map(|one| one.name),
        "cliente_cpfcnpj": customer.map(|one| one.document.formatted()),
        "aceite_status": accepted,
        "aceite_data": last.map(iso),
        "aceite_ip": last.map(|_| "203.0.113.7"),
        "aceite_metodo": last.map(|_| "API"),
        "aceite_hash": last.map(|at| format!("{:08x}{}", contract.id.number(), at.strftime("%Y%m%d%H%M%S"))),
        "html": format!("<h1>Contrato {}</h1>{}", contract.id, titles.concat()),
    }))
}

/// What a second call answers is a guess: a refusal, although it is accepted.
fn accept(town: &mut Town, call: &Call<'_>) -> Response {
    let Some(contract) = contract_in(town, call).map(|one| one.id) else { return no_such_contract() };
    if !matches!(call.fields.text("aceite"), "sim" | "1") {
        return json_answer(&json!({ "success": false, "msg": "Informe o aceite" }));
    }
    let open: Vec<Id<Term>> =
        town.terms_of(contract).filter(|term| term.signed_at.is_none()).map(|term| term.id).collect();
    if open.is_empty() {
        return json_answer(&json!({ "success": false, "msg": "Termo já aceito" }));
    }
    for term in open {
        town.sign_term(term);
    }
    json_answer(&json!({ "success": true, "msg": "Termo de aceite registrado com sucesso" }))
}

fn print(town: &mut Town, call: &Call<'_>) -> Response {
    const KINDS: [&str; 7] = [
        "contrato",
        "termoadesao",
        "contratofidelidade",
        "cancelamento",
        "termocomodato",
        "termoaceite_web",
        "termoprivacidade",
    ];
    let contract = Id::<Contract>::read(call.fields.text("contrato")).and_then(|id| town.contract(id));
    match contract.filter(|_| KINDS.contains(&call.segment)) {
        Some(contract) => pdf(paper::contract(town, contract)),
        None => not_found(),
    }
}
