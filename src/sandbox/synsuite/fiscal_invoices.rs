//! Notas fiscais (section 4.d): a list on the subscriber's portal alone, the paper on both.

use serde_json::{Value, json};

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::billing::FiscalInvoice;
use crate::town::id::Id;

use super::dialect::{self, day, pdf, portal, reais};
use super::logins;
use super::numbers::{CONTRACTS, contract_number, hash};
use super::request::{Asked, Route, Surface};

pub(super) const ROUTES: &[Route] = &[
    Route { surface: Surface::ThirdParty, method: "GET", path: "billings/invoices/download/{}", answer: download },
    Route { surface: Surface::Portal, method: "GET", path: "portal_invoice_notes", answer: of_subscriber },
    Route { surface: Surface::Portal, method: "GET", path: "print_invoice_notes/{}", answer: print },
    Route { surface: Surface::Web, method: "GET", path: "invoice_notes/print/{}", answer: open_link },
];

fn download(town: &mut Town, asked: &Asked<'_>) -> Response {
    let id = Id::<FiscalInvoice>::read(asked.part(0));
    match town.fiscal_invoices.iter().find(|one| Some(one.id) == id) {
        Some(nota) => pdf(paper::fiscal_invoice(town, nota)),
        None => dialect::not_found(),
    }
}

/// Newest first; `limit` and `page` are kept, the columns are always all.
fn of_subscriber(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(owner) = logins::subscriber(town, asked.request()) else { return dialect::portal_forbidden() };
    let number = |name| asked.query(name).and_then(|text| text.parse::<usize>().ok()).filter(|number| *number > 0);
    let (page, limit) = (number("page").unwrap_or(1), number("limit").unwrap_or(20));
    let mut notas: Vec<&FiscalInvoice> = town.fiscal_invoices.iter().filter(|one| one.customer == owner).collect();
    notas.sort_by_key(|nota| std::cmp::Reverse(nota.id));
    let shown = notas.into_iter().skip((page - 1).saturating_mul(limit)).take(limit);
    let rows: Vec<Value> = shown.map(|one| row(town, one, asked)).collect();
    portal(&rows)
}

fn row(town: &Town, nota: &FiscalInvoice, asked: &Asked<'_>) -> Value {
    json!({
        "id": nota.id.number(),
        "movementDate": day(nota.issued_on),
        "issueDate": format!("{} 00:00:00", day(nota.issued_on)),
        "documentNumber": format!("{:09}", nota.number),
        "clientName": town.customer(nota.customer).map(|one| one.name),
        "clientName2": "",
        "totalAmountService": reais(nota.amount),
        "totalAmountLiquid": reais(nota.amount),
        "status": 1,
        "printUrl": asked.address(&format!("/invoice_notes/print/{}", hash(nota.id.number()))),
        "contract": { "id": CONTRACTS.of(nota.contract), "contractNumber": contract_number(nota.contract) },
        "financialCollectionType": { "id": 1, "title": "Boleto" },
        "financialOperation": { "id": 3, "title": "NF Comunicação" },
    })
}

fn print(town: &mut Town, asked: &Asked<'_>) -> Response {
    let owner = logins::subscriber(town, asked.request());
    let id = Id::<FiscalInvoice>::read(asked.part(0));
    match town.fiscal_invoices.iter().find(|one| Some(one.id) == id && Some(one.customer) == owner) {
        Some(nota) => pdf(paper::fiscal_invoice(town, nota)),
        None => dialect::nowhere(),
    }
}

/// What `printUrl` opens.
fn open_link(town: &mut Town, asked: &Asked<'_>) -> Response {
    match town.fiscal_invoices.iter().find(|one| hash(one.id.number()) == asked.part(0)) {
        Some(nota) => pdf(paper::fiscal_invoice(town, nota)),
        None => dialect::nowhere(),
    }
}
