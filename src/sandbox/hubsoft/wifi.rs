//! Reading and writing a router's Wi-Fi over TR-069 (section 4.k). The passwords in force come in
//! the clear.

use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::id::Id;
use crate::town::network::Login;
use crate::town::wifi::{AcsDevice, Wifi};

use super::ask::{Ask, Route};
use super::dialect::{Refusal, done, found};

pub(super) const ROUTES: &[Route] =
    &[Route::get("rede/cpe/iniciar_gerenciamento", start), Route::post("rede/cpe/gerenciar", write)];

const DEVICE_IDS: u32 = 71_500;

/// `id_cpe`.
pub(super) fn device_id(device: &AcsDevice) -> u32 {
    device.id.number() + DEVICE_IDS
}

/// Label, prefix and TR-069 path; the four prefixes are the vendor's.
const PARAMETERS: [(&str, &str, &str); 4] = [
    ("Nome da rede 2.4GHz", "wifi_ssid", "1.SSID"),
    ("Senha da rede 2.4GHz", "wifi_password", "1.KeyPassphrase"),
    ("Nome da rede 5GHz", "wifi_ssid_5ghz", "5.SSID"),
    ("Senha da rede 5GHz", "wifi_password_5ghz", "5.KeyPassphrase"),
];

/// Exactly one of the two keys.
fn start(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let (serial, id) = (ask.query("phy_addr"), ask.query("id_cpe"));
    if serial.is_empty() == id.is_empty() {
        return Err(Refusal::fill_in(vec!["Informe somente um dos campos: phy_addr, id_cpe.".to_owned()]));
    }
    let known = |device: &&AcsDevice| {
        if id.is_empty() { device.serial == serial } else { device_id(device).to_string() == id }
    };
    let device = town.devices.iter().find(known).ok_or_else(unknown)?;
    if !device.online {
        return Err(unreachable());
    }
    let list: Vec<Value> = PARAMETERS
        .iter()
        .map(|(label, prefix, path)| {
            json!({
                "descricao": label,
                "prefixo": prefix,
                "parametro": format!("InternetGatewayDevice.LANDevice.1.WLANConfiguration.{path}"),
                "valor": value(&device.wifi, prefix),
            })
        })
        .collect();
    let device = json!({ "id_cpe": device_id(device), "phy_addr": device.serial, "parametros": list });
    Ok(found("cpe", device))
}

fn unknown() -> Refusal {
    Refusal::new("Equipamento não encontrado!")
}

/// The text is a stand-in: none was recorded.
fn unreachable() -> Refusal {
    Refusal::new("Não foi possível se comunicar com o equipamento!")
}

fn value<'a>(wifi: &'a Wifi, prefix: &str) -> &'a str {
    match prefix {
        "wifi_ssid" => &wifi.ssid,
        "wifi_password" => &wifi.password,
        "wifi_ssid_5ghz" => &wifi.ssid_5ghz,
        _ => &wifi.password_5ghz,
    }
}

/// All or nothing: one prefix that the device does not have refuses the whole request.
fn write(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    ask.requires(&["id_cpe", "parametros"])?;
    let id = ask.id_field("id_cpe").unwrap_or_default();
    let device = town.devices.iter().find(|device| device_id(device) == id).ok_or_else(unknown)?;
    let (device_id, login, online) = (device.id, device.login, device.online);
    let mut wifi = device.wifi.clone();
    let sent = ask.field("parametros").and_then(Value::as_array).cloned().unwrap_or_default();
    for one in &sent {
        let text = |name: &str| one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (prefix, new) = (text("prefixo"), text("valor"));
        let place = match prefix.as_str() {
            "wifi_ssid" => &mut wifi.ssid,
            "wifi_password" => &mut wifi.password,
            "wifi_ssid_5ghz" => &mut wifi.ssid_5ghz,
            "wifi_password_5ghz" => &mut wifi.password_5ghz,
            _ => return Err(Refusal::invalid(format!("O parâmetro ({prefix}) não é válido para o equipamento."))),
        };
        *place = new;
    }
    if !online {
        return Err(unreachable());
    }
    keep(town, device_id, login, wifi);
    Ok(done("Parâmetros alterados com sucesso!"))
}

fn keep(town: &mut Town, device: Id<AcsDevice>, login: Id<Login>, wifi: Wifi) {
    if let Some(login) = town.login_mut(login) {
        login.wifi = wifi;
    }
    town.push_wifi(device);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn every_prefix_reads_its_own_value() {
        let wifi = Wifi { ssid: "a".into(), password: "b".into(), ssid_5ghz: "c".into(), password_5ghz: "d".into() };
        let read: String = PARAMETERS.iter().map(|(_, prefix, _)| value(&wifi, prefix)).collect();
        assert_eq!(read, "abcd");
    }
}
