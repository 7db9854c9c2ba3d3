//! Managed routers (section 4.k). The record itself is changed by the PUT of `radusuarios`.

use crate::http::Response;
use crate::town::Town;
use crate::town::id::Id;
use crate::town::wifi::{AcsDevice, Push};

use super::dialect::{Action, Fields, Refusal, success};
use super::row::Row;
use super::table::Table;

pub(super) const TABLES: &[Table] = &[Table::of("acs_device_grid", devices).called("acs_device")];

pub(super) const ACTIONS: &[Action] = &[Action { name: "botaoAjax_30774", run: push }];

fn devices(town: &Town) -> Vec<Row> {
    let row = |device: &AcsDevice| {
        Row::new(device.id)
            .id("id_login", device.login)
            .put("id_acs_integration", "1")
            .put("external_id", format!("EXMP00-{}-{}", device.model, device.serial))
            .put("device_primary", "S")
            .put("status", if device.online { "online" } else { "offline" })
            .put("model", device.model)
            .put("manufacturer", device.manufacturer)
            .put("serial_number", device.serial)
            .put("ipv4", town.login(device.login).map_or("", |login| login.ip))
            .put("ssid_router_wifi", device.wifi.ssid.as_str())
            .put("senha_router_wifi", device.wifi.password.as_str())
            .put("ssid_router_wifi_2", device.wifi.ssid_5ghz.as_str())
            .put("senha_router_wifi_2", device.wifi.password_5ghz.as_str())
            .moment("last_inform", Some(device.last_inform))
            .moment("last_update", Some(device.last_inform))
            .put("status_contrato", "A")
            .put("status_internet_contrato", "A")
    };
    town.devices.iter().map(row).collect()
}

/// The answer is not documented: stand-ins.
fn push(town: &mut Town, fields: &Fields) -> Response {
    match Id::read(fields.text("id")).and_then(|id| town.push_wifi(id)) {
        Some(Push::Applied) => success("Dados enviados com sucesso!"),
        Some(Push::Pending) => success("Dados serão enviados quando o equipamento estiver online."),
        None => Refusal::generic().response(),
    }
}
