//! Section 4.k: the record by a PUT, the router by a button.

use ponte_sandbox::WriteKind;
use serde_json::json;

use crate::raw::{call, ixc, press, row, rows};

#[test]
fn a_password_reaches_the_router_only_by_the_button() {
    let erp = ixc();
    let device = row(&erp, "acs_device_grid", "acs_device.id_login", "4701");
    assert_eq!((&device["device_primary"], &device["status"]), (&json!("S"), &json!("online")));
    let mut login = row(&erp, "radusuarios", "radusuarios.id", "4701");
    let before = login.clone();
    let fields = login.as_object_mut().unwrap();
    fields.remove("id");
    fields.insert("senha_rede_sem_fio".into(), json!("nova-senha-1"));
    fields.insert("senha_rede_sem_fio_5ghz".into(), json!("nova-senha-1"));
    assert_eq!(call(&erp, "PUT", "radusuarios/4701", false, &login).json()["type"], "success");
    let mut after = row(&erp, "radusuarios", "radusuarios.id", "4701");
    assert_eq!(after["senha_rede_sem_fio"], "nova-senha-1");
    for column in ["senha_rede_sem_fio", "senha_rede_sem_fio_5ghz"] {
        after[column] = before[column].clone();
    }
    assert_eq!(after, before, "a whole PUT changes nothing else");
    let old = row(&erp, "acs_device_grid", "acs_device.id_login", "4701");
    assert_eq!(old["senha_router_wifi"], device["senha_router_wifi"]);
    assert_eq!(press(&erp, "botaoAjax_30774", &json!({ "id": device["id"] }))["type"], "success");
    let new = row(&erp, "acs_device_grid", "acs_device.id_login", "4701");
    assert_eq!(
        (&new["senha_router_wifi"], &new["senha_router_wifi_2"]),
        (&json!("nova-senha-1"), &json!("nova-senha-1"))
    );
    assert_eq!(erp.writes().count_of("A1", WriteKind::LoginChanged), 1);
    assert_eq!(erp.writes().count_of("A1", WriteKind::WifiPushed), 1);
}

#[test]
fn a_put_that_leaves_columns_out_empties_them() {
    let erp = ixc();
    let put = call(&erp, "PUT", "radusuarios/4701", false, &json!({ "senha_rede_sem_fio": "nova-senha-1" })).json();
    assert_eq!(put["type"], "success");
    let after = row(&erp, "radusuarios", "radusuarios.id", "4701");
    for column in ["login", "senha", "ip", "id_contrato", "online", "ssid_router_wifi"] {
        assert_eq!(after[column], "", "{column}");
    }
    assert_eq!(after["ativo"], "N");
}

#[test]
fn who_has_no_managed_router_has_no_row_and_an_unreachable_one_waits() {
    let erp = ixc();
    assert!(rows(&erp, "acs_device_grid", "acs_device.id_login", "4702").is_empty());
    let davi = row(&erp, "acs_device_grid", "acs_device.id_login", "4704");
    assert_eq!(davi["status"], "offline");
    assert_eq!(press(&erp, "botaoAjax_30774", &json!({ "id": davi["id"] }))["type"], "success");
    assert!(erp.town().devices[1].pending.is_some());
    assert_eq!(press(&erp, "botaoAjax_30774", &json!({ "id": "9" }))["type"], "error");
}
