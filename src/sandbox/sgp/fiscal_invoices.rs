//! Notas fiscais of models 21 and 22, and the two younger lists, which are empty here (section 4.d).

use serde_json::{Value, json};

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::billing::FiscalInvoice;
use crate::town::contracts::Contract;
use crate::town::id::Id;

use super::dialect::{Call, Login, Route, json_answer, not_found, pdf, reais};

/// Issued.
const NORMAL: u8 = 1;

pub(super) const ROUTES: &[Route] = &[
    Route::post("/api/central/notafiscal/list/", list).for_login(Login::AppOrSubscriber),
    Route::post("/api/central/nfcom/list", none),
    Route::post("/api/central/nfcom/print/{}", print_nfcom),
    Route::post("/api/central/nfse/list/", none).for_login(Login::AppOrSubscriber),
    Route::get("/notafiscal/{}/", document).for_login(Login::Nobody),
];

fn link_code(nota: &FiscalInvoice) -> String {
    format!("{}-{:010X}", nota.id, u64::from(nota.id.number()).wrapping_mul(6_700_417) % 0xFF_FFFF_FFFF)
}

/// A bare array.
fn list(town: &mut Town, call: &Call<'_>) -> Response {
    let contract = Id::<Contract>::read(call.fields.text("contrato"));
    let notas = town.fiscal_invoices.iter().filter(|one| Some(one.contract) == contract);
    json_answer(&Value::Array(notas.map(|nota| row(town, nota, call)).collect()))
}

fn row(town: &Town, nota: &FiscalInvoice, call: &Call<'_>) -> Value {
    json!({
        "numero": nota.number,
        "serie": nota.series,
        "modelo": nota.model.parse::<u8>().ok(),
        "data_emissao": nota.issued_on.to_string(),
        "data_saida": nota.issued_on.to_string(),
        "valortotal": nota.amount.to_dot(),
        "status": NORMAL,
        "link": call.link(&format!("/notafiscal/{}/", link_code(nota))),
        "empresa_razao_social": town.provider.name,
        "empresa_nome_fantasia": town.provider.trade_name,
        "empresa_cnpj": town.provider.document.formatted(),
        "tipo_nf": 1,
        "cfop": "5307",
        "desconto": "0.00",
        "outrosvalores": "0.00",
        "icms": reais(ponte_domain::money::Cents::ZERO),
        "infcomp": "",
    })
}

/// This provider has not begun with model 62, and its city takes no NFS-e for internet.
fn none(_: &mut Town, _: &Call<'_>) -> Response {
    json_answer(&json!([]))
}

fn print_nfcom(_: &mut Town, _: &Call<'_>) -> Response {
    not_found()
}

fn document(town: &mut Town, call: &Call<'_>) -> Response {
    match town.fiscal_invoices.iter().find(|nota| link_code(nota) == call.segment) {
        Some(nota) => pdf(paper::fiscal_invoice(town, nota)),
        None => not_found(),
    }
}
