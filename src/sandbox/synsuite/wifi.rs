//! The record of a connection (section 4.k). No router is told.

use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::writes::WriteKind;

use super::dialect;
use super::numbers::CONNECTIONS;
use super::request::{Asked, Route, Surface, number, text};

pub(super) const ROUTES: &[Route] =
    &[Route { surface: Surface::ThirdParty, method: "PUT", path: "updateconnection/{}", answer: update }];

/// What is sent is written, the PPPoE password too, which must be there.
fn update(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(body) = asked.body() else { return dialect::bad_request() };
    let Some(password) = text(&body, "password") else { return dialect::refused("Senha não informada.") };
    let id = CONNECTIONS.read(asked.part(0)).filter(|id| number(&body, "id") == Some(CONNECTIONS.of(*id).into()));
    let Some(login) = id.and_then(|id| town.login_mut(id)) else { return dialect::not_found() };
    login.password = password.to_owned();
    if let Some(name) = text(&body, "wifiName") {
        name.clone_into(&mut login.wifi.ssid);
        name.clone_into(&mut login.wifi.ssid_5ghz);
    }
    if let Some(wifi) = text(&body, "wifiPassword") {
        wifi.clone_into(&mut login.wifi.password);
        wifi.clone_into(&mut login.wifi.password_5ghz);
    }
    let contract = login.contract;
    town.wrote(WriteKind::LoginChanged, Some(contract));
    dialect::envelope(&json!({
        "success": true,
        "messages": Value::Null,
        "response": true,
        "dataResponseType": "Conexão atualizada com sucesso.",
        "elapsedTime": Value::Null,
    }))
}
