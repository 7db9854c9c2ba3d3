//! Signatures on another site, papers and approval (section 4.g).

use serde_json::{Value, json};

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::acceptance::{ActivationRefusal, Term};
use crate::town::id::Id;
use crate::town::writes::WriteKind;

use super::contracts::{by_id, by_number};
use super::dialect::{self, Silence, day, good, midnight, pdf};
use super::numbers::{CONTRACTS, PEOPLE, contract_number};
use super::request::{Asked, Route, Surface, number};

/// Types of papers.
const CONTRACT_PAPER: &str = "1";
const TERM_PAPER: &str = "2";

pub(super) const ROUTES: &[Route] = &[
    Route {
        surface: Surface::ThirdParty,
        method: "GET",
        path: "suite/electronicsignatures/getdocumentlinktosignbycontract/{}",
        answer: signatures,
    },
    Route { surface: Surface::ThirdParty, method: "GET", path: "suite/electronicsignatures/resend", answer: resend },
    Route { surface: Surface::ThirdParty, method: "POST", path: "suite/electronicsignatures/resend", answer: resend },
    Route { surface: Surface::ThirdParty, method: "GET", path: "getdocumentationtypes", answer: types },
    Route {
        surface: Surface::ThirdParty,
        method: "GET",
        path: "getfilesbycontract/{}/documentationtype/{}",
        answer: files,
    },
    Route { surface: Surface::ThirdParty, method: "GET", path: "contract/contractuploads/getfile", answer: file },
    Route { surface: Surface::ThirdParty, method: "PUT", path: "contracts/approve/{}", answer: approve },
];

/// By the contract's id. A signed paper stays in the list.
fn signatures(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(contract) = by_id(town, asked.part(0)) else { return dialect::not_found() };
    let person = town.customer(contract.customer);
    let row = |term: &Term| {
        let number = term.id.number();
        json!({
            "signatureId": number,
            "description": term.title,
            "contractId": CONTRACTS.of(term.contract),
            "assignmentId": null,
            "integrationCode": format!("ab{number}"),
            "personId": PEOPLE.of(contract.customer),
            "personName": person.map(|one| one.name),
            "integrationType": 1,
            "integrationTypeDescription": "Voalle Documentos e Assinaturas",
            "status": if term.signed_at.is_some() { "Concluído" } else { "Aguardando Assinaturas" },
            "created": midnight(contract.agreed_on),
            "expirationDate": midnight(contract.agreed_on.saturating_add(jiff::Span::new().days(30))),
            "linkToSign": link(number),
        })
    };
    let rows: Vec<Value> = town.terms_of(contract.id).map(row).collect();
    good(json!(rows), Silence::Null, "List`1")
}

/// The signing site is not played.
fn link(number: u32) -> String {
    format!(
        "https://vds.voalle.example/documents/05ea417e-0000-4000-8000-{number:012}/c3312ff6-0000-4000-8000-{number:012}"
    )
}

/// Documented as a GET with a body, sent as a POST by a client: both are taken.
fn resend(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(body) = asked.body() else { return dialect::bad_request() };
    let signature = number(&body, "signatureId").and_then(|id| u32::try_from(id).ok()).map(Id::<Term>::new);
    let term = town.terms.iter().find(|one| Some(one.id) == signature && one.signed_at.is_none());
    let Some(contract) = term.map(|one| one.contract) else { return dialect::not_found() };
    // The nearest of the town's words: a message to the holder left a row.
    town.wrote(WriteKind::RowInserted, Some(contract));
    dialect::done("Assinatura reenviada com sucesso.")
}

fn types(_: &mut Town, _: &Asked<'_>) -> Response {
    let row = |id: &str, title: &str| json!({ "id": id.parse::<u32>().unwrap_or(0), "title": title, "active": true });
    good(json!([row(CONTRACT_PAPER, "Contrato"), row(TERM_PAPER, "Termo")]), Silence::Null, "List`1")
}

/// By the contract's number. Contracts that wait for a signature have their papers here too.
fn files(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(contract) = by_number(town, asked.part(0)) else { return dialect::not_found() };
    let paper = |id: u32, title: &str, kind: &str| {
        let query = format!("id={id}&contractId={}", CONTRACTS.of(contract.id));
        json!({
            "title": title,
            "description": format!("{title} do contrato {}", contract_number(contract.id)),
            "documentationType": { "id": asked.part(1), "title": kind },
            "validity": { "begin": day(contract.agreed_on), "final": null },
            "file": asked.address(&format!("/external/integrations/thirdparty/contract/contractuploads/getfile?{query}")),
        })
    };
    let rows: Vec<Value> = match asked.part(1) {
        CONTRACT_PAPER => vec![paper(contract.id.number(), "Contrato", "Contrato")],
        TERM_PAPER => town.terms_of(contract.id).map(|term| paper(term.id.number(), term.title, "Termo")).collect(),
        _ => Vec::new(),
    };
    good(json!(rows), Silence::Null, "List`1")
}

fn file(town: &mut Town, asked: &Asked<'_>) -> Response {
    let id = asked.query("id").and_then(|text| text.parse::<u32>().ok());
    let contract = asked.query("contractId").and_then(|text| by_id(town, &text));
    let (Some(id), Some(contract)) = (id, contract) else { return dialect::not_found() };
    if contract.id.number() == id {
        return pdf(paper::contract(town, contract));
    }
    match town.terms_of(contract.id).find(|term| term.id.number() == id) {
        Some(term) => pdf(paper::term(town, term)),
        None => dialect::not_found(),
    }
}

/// From stage 2 to 3; it answers `data`, not `response`.
fn approve(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(body) = asked.body() else { return dialect::bad_request() };
    if body.get("approvalDate").and_then(Value::as_str).is_none() {
        return dialect::refused("Data de aprovação não informada.");
    }
    let Some(contract) = by_id(town, asked.part(0)).map(|one| one.id) else { return dialect::not_found() };
    match town.activate(contract) {
        Ok(()) => dialect::envelope(&json!({
            "success": true,
            "data": { "personUsers": [], "proportionalities": [] },
            "elapsedTime": 12.0,
        })),
        Err(ActivationRefusal::NotPreContract) => dialect::refused("Contrato já aprovado."),
        Err(ActivationRefusal::NoSuchContract) => dialect::not_found(),
    }
}
