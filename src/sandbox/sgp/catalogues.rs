//! Codes of tickets, which are each provider's own (section 4.i).

use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;

use super::dialect::{Call, Route, json_answer};

pub(super) const ROUTES: &[Route] = &[
    Route::get("/api/os/ocorrencia/tipo/list/", types),
    Route::post("/api/central/tipoocorrencia/list/", types),
    Route::get("/api/os/ocorrencia/motivo/list/", reasons),
    Route::get("/api/os/ocorrencia/metodo/list/", methods),
    Route::get("/api/ura/ocorrencia/metodo/list/", methods),
    Route::get("/api/os/ocorrencia/setor/list/", departments),
    Route::get("/api/ura/classificacoes/list/", classifications),
    Route::post("/api/ura/tecnicos/", technicians),
];

fn rows(rows: impl Iterator<Item = (u32, &'static str)>) -> Response {
    let row = |(code, text): (u32, &str)| json!({ "codigo": code, "descricao": text });
    json_answer(&Value::Array(rows.map(row).collect()))
}

/// No type belongs to a department.
fn types(town: &mut Town, _: &Call<'_>) -> Response {
    rows(town.subjects.iter().map(|one| (one.id.number(), one.name)))
}

fn departments(town: &mut Town, _: &Call<'_>) -> Response {
    rows(town.departments.iter().map(|one| (one.id.number(), one.name)))
}

fn reasons(_: &mut Town, _: &Call<'_>) -> Response {
    rows([(40, "SUPORTE"), (41, "INSTALAÇÃO")].into_iter())
}

fn methods(_: &mut Town, _: &Call<'_>) -> Response {
    rows([(1, "Telefone"), (2, "WhatsApp")].into_iter())
}

fn classifications(_: &mut Town, _: &Call<'_>) -> Response {
    rows([(7, "Residencial"), (8, "Empresarial")].into_iter())
}

fn technicians(_: &mut Town, _: &Call<'_>) -> Response {
    json_answer(&json!([{ "id": 3, "username": "joana.campo", "nome": "Joana Campo" }]))
}
