//! Synsuite's three APIs over the town, by the sections of its dossier.

use ponte_sandbox::{SandboxErp, WriteKind};
use serde_json::{Value, json};

use crate::raw::{Answer, clock, send};

const TP: &str = "/external/integrations/thirdparty";

fn synsuite() -> SandboxErp {
    SandboxErp::start("synsuite", ([127, 0, 0, 1], 0).into()).unwrap()
}

fn credential(erp: &SandboxErp, name: &str) -> String {
    erp.credentials()[name].as_str().unwrap().to_owned()
}

fn form(erp: &SandboxErp) -> String {
    let field = |name: &str| format!("{name}={}", credential(erp, name).replace('=', "%3D"));
    format!(
        "grant_type=client_credentials&scope=syngw&{}&{}&{}",
        field("client_id"),
        field("client_secret"),
        field("syndata")
    )
}

fn ask_token(erp: &SandboxErp, form: &str) -> Answer {
    send(erp, "POST", "/connect/token", &[("Content-Type", "application/x-www-form-urlencoded")], form.as_bytes())
}

/// One call with a bearer of its own.
fn call(erp: &SandboxErp, method: &str, path: &str, body: &Value) -> Answer {
    let token = ask_token(erp, &form(erp)).json()["access_token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    let body = if body.is_null() { String::new() } else { body.to_string() };
    send(erp, method, path, &[("Authorization", &bearer), ("Content-Type", "application/json")], body.as_bytes())
}

fn get(erp: &SandboxErp, path: &str) -> Value {
    call(erp, "GET", &format!("{TP}/{path}"), &Value::Null).json()
}

fn post(erp: &SandboxErp, path: &str, body: &Value) -> Value {
    call(erp, "POST", path, body).json()
}

fn contracts(erp: &SandboxErp, digits: &str) -> Value {
    post(erp, &format!("{TP}/contract/getpaged"), &json!({ "txId": digits, "page": 1, "pageSize": 50 }))["response"]
        ["data"]
        .clone()
}

fn connections(erp: &SandboxErp, contract: u64) -> Value {
    let query = json!({ "contractIds": [contract], "users": [], "serviceTags": [] });
    post(erp, "/external/map/connection/by/userdata", &query)["response"].clone()
}

/// Ana's session on the portal: both headers.
fn portal(erp: &SandboxErp, method: &str, path: &str) -> Answer {
    let signed = sign_in(erp, "ana.souza", "Senha%232026");
    let bearer = format!("Bearer {}", signed.json()["access_token"].as_str().unwrap());
    let verify = credential(erp, "portal_verify_token");
    send(erp, method, path, &[("Authorization", &bearer), ("Verify-Token", &verify)], b"")
}

fn sign_in(erp: &SandboxErp, login: &str, password: &str) -> Answer {
    let app = format!(
        "verify_token={}&client_id={}&client_secret={}&grant_type=client_credentials",
        credential(erp, "portal_verify_token"),
        credential(erp, "portal_client_id"),
        credential(erp, "portal_client_secret"),
    );
    send(erp, "GET", &format!("/portal_authentication?{app}&username={login}&password={password}"), &[], b"")
}

#[test]
fn a_token_wants_five_fields_and_lives_an_hour() {
    let erp = synsuite();
    let token = ask_token(&erp, &form(&erp)).json();
    assert_eq!((&token["expires_in"], &token["token_type"]), (&json!(3600), &json!("Bearer")));
    for (wrong, word) in [
        (form(&erp).replace("client_secret=", "client_secret=x"), "invalid_client"),
        (form(&erp).replace("syndata=", "syndata=x"), "invalid_client"),
        (form(&erp).replace("scope=syngw", "scope=syngw+x"), "invalid_scope"),
        (form(&erp).replace("client_credentials", "password"), "unsupported_grant_type"),
    ] {
        let refused = ask_token(&erp, &wrong);
        assert_eq!((refused.status, &refused.json()["error"]), (Some(400), &json!(word)));
    }
    let json = send(&erp, "POST", "/connect/token", &[("Content-Type", "application/json")], form(&erp).as_bytes());
    assert_eq!(json.status, Some(400));
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let path = format!("{TP}/getclient?page=1&pageSize=5");
    let ask = || send(&erp, "GET", &path, &[("Authorization", &bearer)], b"");
    assert_eq!(ask().status, Some(200));
    clock(&erp, "2026-11-20T13:00:00-03:00");
    let over = ask();
    assert_eq!((over.status, over.body.len()), (Some(401), 0));
    assert!(over.header("www-authenticate").unwrap().contains("invalid_token"));
}

#[test]
fn paths_are_read_in_any_case_and_unknown_ones_are_empty() {
    let erp = synsuite();
    let found = call(&erp, "GET", "/external/Integrations/ThirdParty/People/TxId/52998224725", &Value::Null);
    assert_eq!(found.json()["response"]["name"], "Ana Souza");
    let nowhere = call(&erp, "GET", &format!("{TP}/people/search?txId=52998224725"), &Value::Null);
    assert_eq!((nowhere.status, nowhere.body.len()), (Some(404), 0));
    assert_eq!(call(&erp, "DELETE", &format!("{TP}/getclient"), &Value::Null).status, Some(405));
    assert_eq!(send(&erp, "GET", &format!("{TP}/getclient"), &[], b"").status, Some(401));
}

#[test]
fn people_are_found_by_digits_and_nobody_is_told_in_words() {
    let erp = synsuite();
    let company = get(&erp, "people/txid/11222333000181");
    assert_eq!(
        (&company["response"]["birthDate"], &company["response"]["name2"]),
        (&Value::Null, &json!("Empresa Exemplo"))
    );
    assert_eq!(get(&erp, "people/txid/98765432100")["response"]["status"], 0);
    for digits in ["16899535009", "12ABC34501DE35", "529.982.247-25"] {
        let nobody = get(&erp, &format!("people/txid/{digits}"));
        assert_eq!((&nobody["success"], &nobody["response"]), (&json!(true), &Value::Null));
        assert_eq!(nobody["messages"][0]["message"], "Registro não encontrado.");
    }
    let all = get(&erp, "getclient?page=1&pageSize=2&txId=52998224725");
    assert_eq!((all["response"]["data"].as_array().unwrap().len(), &all["response"]["totalRecords"]), (2, &json!(6)));
    assert_eq!(all["response"]["data"][1]["name"], "Bruno Lima", "the filter is ignored");
}

#[test]
fn a_contract_has_an_id_a_number_and_a_connection_of_its_own_array() {
    let erp = synsuite();
    let bruno = contracts(&erp, "11144477735");
    assert_eq!((&bruno[0]["id"], &bruno[0]["contractNumber"]), (&json!(45102), &json!("0001202")));
    assert_eq!((&bruno[0]["contractStatus"], &bruno[0]["stage"]), (&json!(6), &json!(3)));
    let groups = connections(&erp, 45102);
    assert_eq!((&groups[0][0]["status"], &groups[0][0]["client"]["id"]), (&json!(2), &json!(880_102)));
    let davi = contracts(&erp, "12345678909");
    assert_eq!((&davi[1]["stage"], &davi[1]["beginningDate"]), (&json!(2), &Value::Null));
    assert_eq!(connections(&erp, 45105), json!([]), "none before it is approved");
    let removed = call(&erp, "GET", "/external/map/connection/all/deleted", &Value::Null).json();
    assert_eq!(removed["response"][0]["contract"]["statusDescription"], "Cancelado");
    assert!(removed["response"][0].get("status").is_none());
    let unpaged = post(&erp, &format!("{TP}/contract/getpaged"), &json!({ "onlyActiveContracts": true }));
    assert_eq!(unpaged["success"], false);
}

#[test]
fn titles_tell_what_is_open_what_was_paid_and_where_pix_is_missing() {
    let erp = synsuite();
    let ana = get(&erp, "gettitlesbytxid/52998224725")["response"].clone();
    assert_eq!(
        (&ana[0]["billet"]["status"], &ana[0]["billet"]["receipts"][0]["ammount"]),
        (&json!("Paga"), &json!(99.9))
    );
    assert_eq!(get(&erp, "gettitlesbytxid/11222333000181")["response"][0]["status"], "Em aberto");
    let open = get(&erp, "getopentitlesbytxid/52998224725")["response"].clone();
    assert_eq!((open.as_array().unwrap().len(), &open[0]["billet"]["barcode"]), (1, &Value::Null));
    assert!(open[0]["billet"]["pixQRCode"].as_str().unwrap().starts_with("000201"));
    let nothing = get(&erp, "getopentitlesbytxid/98765432100");
    assert_eq!(nothing["messages"][0]["message"], "Cliente não possui títulos em aberto.");
    assert_eq!(get(&erp, "getcontractbillets/45101")["response"][0]["expirationDate"], "2026-12-10T00:00:00");
    assert_eq!(get(&erp, "getopentitlesbytxid/39053344705")["response"][0]["billet"]["pixQRCode"], "");
    let charged = post(&erp, &format!("{TP}/billings/registerpix?receivableId=145537"), &Value::Null);
    assert!(charged["response"]["qrCode"].as_str().unwrap().starts_with("000201"));
    assert_eq!(erp.writes().count_of("C1", WriteKind::PixCharged), 1);
    assert_ne!(get(&erp, "getopentitlesbytxid/39053344705")["response"][0]["billet"]["pixQRCode"], "");
    let bruno = post(&erp, &format!("{TP}/billings/registerpix?receivableId=145536"), &Value::Null);
    assert_eq!((&bruno["success"], &bruno["messages"][0]["type"]), (&json!(false), &json!("Error")));
}

#[test]
fn a_slip_is_a_pdf_its_link_is_signed_anew_and_a_missing_one_is_words() {
    let erp = synsuite();
    let slip = call(&erp, "GET", &format!("{TP}/GetBillet/145535"), &Value::Null);
    assert!(slip.body.starts_with(b"%PDF"));
    assert_eq!(get(&erp, "GetBillet/1")["messages"][0]["message"], "Registro não encontrado.");
    let link = || get(&erp, "GetBilletLink/145535")["response"]["link"].as_str().unwrap().to_owned();
    let (one, other) = (link(), link());
    assert_ne!(one, other);
    let path = one.split_once("erp").unwrap().1;
    assert!(send(&erp, "GET", path, &[], b"").body.starts_with(b"%PDF"), "{one}");
}

#[test]
fn an_unlock_goes_by_number_once_a_month_and_tells_no_date() {
    let erp = synsuite();
    let unlock = |number: &str| post(&erp, &format!("{TP}/contracts/unlock/{number}"), &json!({}));
    assert_eq!(unlock("45102")["messages"][0]["message"], "Registro não encontrado.", "an id is no number");
    assert_eq!(unlock("1202")["success"], false, "the zeros belong to it");
    assert_eq!(unlock("0001202")["success"], true);
    assert_eq!(contracts(&erp, "11144477735")[0]["contractStatus"], 1);
    assert_eq!(connections(&erp, 45102)[0][0]["status"], 1);
    for (number, words) in [
        ("0001202", "Contrato não está bloqueado."),
        ("0001203", "Quantidade máxima de desbloqueios em confiança atingida."),
        ("0001207", "Tipo de contrato não permite desbloqueio em confiança."),
    ] {
        let refused = unlock(number);
        assert_eq!((&refused["success"], &refused["messages"][0]["message"]), (&json!(false), &json!(words)));
    }
    assert_eq!(erp.writes().count(WriteKind::TrustUnlock), 1);
}

#[test]
fn a_contract_is_signed_elsewhere_and_approved_here() {
    let erp = synsuite();
    let list = get(&erp, "suite/electronicsignatures/getdocumentlinktosignbycontract/45105")["response"].clone();
    assert_eq!((list.as_array().unwrap().len(), &list[0]["status"]), (2, &json!("Aguardando Assinaturas")));
    let files = get(&erp, "getfilesbycontract/0001205/documentationtype/1")["response"].clone();
    let file = files[0]["file"].as_str().unwrap();
    let (_, path) = file.split_once("erp").unwrap();
    assert!(call(&erp, "GET", path, &Value::Null).body.starts_with(b"%PDF"));
    let approval = json!({
        "proportionalityType": 0, "changeBeginningDateOnApproval": false, "changeLoyaltyDateOnApproval": false,
        "approvalDate": "2026-11-20T15:00:00.000Z",
    });
    let approve = || call(&erp, "PUT", &format!("{TP}/contracts/approve/45105"), &approval).json();
    let approved = approve();
    assert!(approved["data"]["proportionalities"].is_array() && approved.get("response").is_none());
    assert_eq!(contracts(&erp, "12345678909")[1]["stage"], 3);
    assert_eq!(approve()["success"], false);
    assert_eq!(erp.writes().count_of("D2", WriteKind::Activation), 1);
}

#[test]
fn equipment_is_in_maintenance_and_sessions_are_nowhere() {
    let erp = synsuite();
    let point = get(&erp, "getaccesspointstatusbycontract/45106")["response"].clone();
    assert_eq!(
        (&point["inMaintenance"], &point["maintenance"]["finalDate"]),
        (&json!(true), &json!("2026-11-20T18:00:00"))
    );
    assert_eq!(get(&erp, "getaccesspointstatusbyclient/880101")["response"][0]["inMaintenance"], false);
    assert_eq!(get(&erp, "getaccesspointstatusbycontract/45107")["success"], false);
}

#[test]
fn tickets_have_a_deadline_and_a_history_in_four_shapes() {
    let erp = synsuite();
    let all = get(&erp, "solicitationlist/880104?allAssignments=True")["response"]["data"].clone();
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert_eq!(get(&erp, "solicitationlist/880104?allAssignments=False")["response"]["totalRecords"], 2);
    assert_eq!((&all[1]["status"], &all[1]["finalData"]), (&json!("Andamento"), &json!("2026-11-19T09:15:00")));
    let new = json!({
        "incidentStatusId": 1, "personId": 880_101, "clientId": 880_101, "incidentTypeId": 1015, "contractServiceTagId": 5001,
        "serviceLevelAgreementId": 11, "matrixType": 1,
        "assignment": { "title": "Sem conexão", "description": "Sem internet desde as 8h" },
    });
    let opened = post(&erp, &format!("{TP}/opendetailedsolicitation"), &new)["response"].clone();
    assert_eq!(opened, json!({ "assignmentId": 310_593, "protocol": 202_611_000_593_u64 }));
    let history = |id: u32| get(&erp, &format!("getsolicitationhistory?assignmentId={id}"));
    assert_eq!(history(310_592)[0]["description"], "Não recebi o boleto deste mês por e-mail");
    assert_eq!(history(310_593)["response"]["data"][0]["description"], "Sem internet desde as 8h");
    assert_eq!(history(310_590)["response"][1]["private"], true);
    assert_eq!(history(310_591)["data"][0]["title"], "Abertura");
    let foreign = json!({ "contractServiceTagId": 5002 });
    let mut wrong = new.clone();
    wrong.as_object_mut().unwrap().extend(foreign.as_object().unwrap().clone());
    assert_eq!(post(&erp, &format!("{TP}/opendetailedsolicitation"), &wrong)["success"], false);
    assert_eq!(erp.writes().count_of("A1", WriteKind::TicketOpened), 1);
    let types = get(&erp, "incidenttypespaged?Page=1&PageSize=20&Filter=t%C3%A9cnico&OrderBy=&incident=true");
    assert_eq!(types["response"]["totalRecords"], 2);
}

#[test]
fn the_portal_opens_with_the_subscribers_login_for_this_subscriber_alone() {
    let erp = synsuite();
    let refused = sign_in(&erp, "ana.souza", "x");
    assert_eq!((refused.status, &refused.json()["message"]), (Some(403), &json!("Bad Credentials (2)")));
    assert_eq!(portal(&erp, "GET", "/api/person_users/whoami").json()["data"]["txId"], "529.982.247-25");
    let own = portal(&erp, "GET", "/api/people/880101/authentications").json();
    assert_eq!((&own["count"], &own["data"][0]["password"]), (&json!(1), &json!("pppoe-ana.souza")));
    assert_eq!(own["data"][0]["contract"]["remainingUnblockAttempts"], 1);
    assert_eq!(portal(&erp, "GET", "/api/people/880102/authentications").status, Some(403));
    let notas = portal(&erp, "GET", "/api/portal_invoice_notes?sort=id&order=DESC&limit=20&page=1").json();
    assert_eq!((&notas["total"], &notas["data"][0]["totalAmountService"]), (&json!(1), &json!(99.9)));
    assert!(portal(&erp, "GET", "/api/print_invoice_notes/72001").body.starts_with(b"%PDF"));
    assert_eq!(portal(&erp, "GET", "/api/print_invoice_notes/72002").status, Some(404));
    let bearer = format!("Bearer {}", ask_token(&erp, &form(&erp)).json()["access_token"].as_str().unwrap());
    let integrator = send(&erp, "GET", "/api/person_users/whoami", &[("Authorization", &bearer)], b"");
    assert_eq!(integrator.status, Some(401));
}

#[test]
fn a_connection_is_written_with_the_password_in_force_and_no_router_is_told() {
    let erp = synsuite();
    let write = |body: Value| call(&erp, "PUT", &format!("{TP}/updateconnection/91001"), &body).json();
    let refused = write(json!({ "id": 91001, "wifiPassword": "nova-senha-123" }));
    assert_eq!(refused["messages"][0]["message"], "Senha não informada.");
    let written = write(json!({ "id": 91001, "password": "pppoe-ana.souza", "wifiPassword": "nova-senha-123" }));
    assert_eq!(
        (&written["response"], &written["dataResponseType"]),
        (&json!(true), &json!("Conexão atualizada com sucesso."))
    );
    let town = erp.town();
    assert_eq!(town.logins[0].wifi.password, "nova-senha-123");
    assert_ne!(town.devices[0].wifi.password, "nova-senha-123");
    assert_eq!(erp.writes().count_of("A1", WriteKind::LoginChanged), 1);
    assert_eq!(erp.writes().count(WriteKind::WifiPushed), 0);
}
