//! `cpemanage`: the Wi-Fi of a managed router (section 4.k).

use serde_json::json;

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::id::Id;
use crate::town::network::Login;
use crate::town::wifi::{AcsDevice, Wifi};

use super::dialect::{Call, Fields, Route, json_answer};

pub(super) const ROUTES: &[Route] =
    &[Route::post("/api/ura/cpemanage/", change), Route::get("/api/ura/cpemanage/", show)];

/// The fields that change something.
const CHANGES: [&str; 6] =
    ["novo_ssid", "nova_senha", "wifi_status", "novo_ssid_5g", "nova_senha_5g", "wifi_status_5g"];

fn rejected(message: &str) -> Response {
    json_answer(&json!({ "success": false, "msg": message }))
}

/// The service of the contract, by its id where one is given.
fn service(town: &Town, fields: &Fields) -> Option<Id<Login>> {
    let contract = [fields.text("contrato"), fields.text("clientecontrato")].into_iter().find(|one| !one.is_empty());
    let contract = Id::<Contract>::read(contract?)?;
    let wanted = Id::<Login>::read(fields.text("servico"));
    town.logins_of(contract).find(|login| wanted.is_none_or(|id| login.id == id)).map(|login| login.id)
}

fn device(town: &Town, login: Id<Login>) -> Option<&AcsDevice> {
    town.devices.iter().find(|device| device.login == login)
}

fn unmanaged() -> Response {
    rejected("O Serviço de internet não possui Gerenciador de CPE configurado")
}

/// The fields are checked before the router is (section 4.k).
fn change(town: &mut Town, call: &Call<'_>) -> Response {
    let fields = &call.fields;
    if CHANGES.iter().all(|name| fields.text(name).is_empty()) {
        let names = CHANGES.join(", ");
        return rejected(&format!("É necessário enviar um ou mais dos seguintes parâmetros: {names}"));
    }
    let Some(login) = service(town, fields) else { return rejected("Serviço não localizado") };
    let Some(device) = device(town, login).map(|device| device.id) else { return unmanaged() };
    if let Some(login) = town.login_mut(login) {
        set(&mut login.wifi, fields);
    }
    town.push_wifi(device);
    json_answer(&json!({ "success": true, "msg": "Dados enviados para o equipamento" }))
}

fn set(wifi: &mut Wifi, fields: &Fields) {
    let targets = [
        ("novo_ssid", &mut wifi.ssid),
        ("nova_senha", &mut wifi.password),
        ("novo_ssid_5g", &mut wifi.ssid_5ghz),
        ("nova_senha_5g", &mut wifi.password_5ghz),
    ];
    for (name, target) in targets {
        let value = fields.text(name);
        if !value.is_empty() {
            value.clone_into(target);
        }
    }
}

fn show(town: &mut Town, call: &Call<'_>) -> Response {
    let Some(login) = service(town, &call.fields) else { return rejected("Serviço não localizado") };
    let Some(device) = device(town, login) else { return unmanaged() };
    json_answer(&json!({
        "success": true,
        "info": {
            "wifi_ssid": device.wifi.ssid, "wifi_password": device.wifi.password,
            "wifi_ssid_5ghz": device.wifi.ssid_5ghz, "wifi_password_5ghz": device.wifi.password_5ghz,
            "wifi_enabled": true, "model": device.model, "manufacturer": device.manufacturer,
            "wan_ip": town.login(login).map(|login| login.ip), "lan_devices": [],
        },
    }))
}
