//! The promise of payment: asking is doing (section 4.e). On a reduced contract it releases the speed (section 4.f).

use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::id::Id;
use crate::town::network::Login as Connection;
use crate::town::trust_unlock::UnlockRefusal;

use super::contracts::status_of;
use super::dialect::{Call, Login, Route, json_answer, protocol, subscriber};

/// Days that a promise gives.
const DAYS: i64 = 3;
/// Where the protocols of promises are kept, by contract.
const PROMISES: &str = "sgp promises";
const USED_UP: &str = "O recurso de promessa de pagamento já atingiu quantidade permitida. Recurso não disponível";

pub(super) const ROUTES: &[Route] = &[
    Route::post("/api/ura/liberacaopromessa/", by_integration),
    Route::post("/api/central/promessapagamento/", by_subscriber).for_login(Login::Subscriber),
];

fn by_integration(town: &mut Town, call: &Call<'_>) -> Response {
    json_answer(&Value::Object(promise(town, call)))
}

/// The same with keys in lower case, for the subscriber's own contracts.
fn by_subscriber(town: &mut Town, call: &Call<'_>) -> Response {
    let owner = subscriber(town, &call.fields).map(|one| one.id);
    let contract = contract_of(town, call);
    if contract.and_then(|id| town.contract(id)).map(|one| one.customer) != owner {
        return json_answer(&json!({ "status": 0, "liberado": false, "msg": "" }));
    }
    let renamed = promise(town, call).into_iter().map(|(key, value)| {
        let key = if key == "contratoId" { "contrato".to_owned() } else { key };
        (key.replace("razaoSocial", "razaosocial").replace("cpfCnpj", "cpfcnpj"), value)
    });
    json_answer(&Value::Object(renamed.collect()))
}

fn contract_of(town: &Town, call: &Call<'_>) -> Option<Id<Contract>> {
    Id::<Contract>::read(call.fields.text("contrato")).filter(|id| town.contract(*id).is_some())
}

fn promise(town: &mut Town, call: &Call<'_>) -> Map<String, Value> {
    let Some(id) = contract_of(town, call) else { return not_blocked() };
    let mut answer = match release(town, id) {
        Ok(until) => granted(town, id, until),
        Err(Some(UnlockRefusal::Restricted { .. })) => used_up(),
        Err(_) => not_blocked(),
    };
    let customer = town.contract(id).and_then(|one| town.customer(one.customer));
    answer.insert("contratoId".to_owned(), json!(id.number()));
    answer.insert("razaoSocial".to_owned(), json!(customer.map(|one| one.name)));
    answer.insert("cpfCnpj".to_owned(), json!(customer.map(|one| one.document.formatted())));
    answer
}

/// Until when. None of a refusal: there is nothing to release.
fn release(town: &mut Town, id: Id<Contract>) -> Result<Date, Option<UnlockRefusal>> {
    let reduced = town.contract(id).is_some_and(|contract| status_of(town, contract).code == 7);
    if reduced {
        let until = town.today().saturating_add(jiff::Span::new().days(DAYS));
        return town.release_speed(id).map(|()| until).map_err(|_| None);
    }
    town.unlock_on_trust(id).map_err(Some)
}

fn granted(town: &mut Town, id: Id<Contract>, until: Date) -> Map<String, Value> {
    let (protocol, at) = (protocol(town), town.clock().to_string());
    town.cabinet.overwrite(PROMISES, &id.to_string(), "protocolo", &protocol);
    town.cabinet.overwrite(PROMISES, &id.to_string(), "em", &at);
    object(json!({
        "status": 1, "liberado": true, "liberado_dias": DAYS, "data_promessa": until.to_string(),
        "protocolo": protocol,
        "msg": occurrence_text(town, id),
    }))
}

/// What the occurrence of a promise says; the vendor's answer says the same, login and all.
pub(super) fn occurrence_text(town: &Town, id: Id<Contract>) -> String {
    let service = |login: &Connection| format!("Serviço ID: {}, Login: {}\n", login.id, login.username);
    let services: String = town.logins_of(id).map(service).collect();
    format!("Liberação via URA -\n{services}Motivo: Promessa de Pagamento\n")
}

/// Protocol and moment of a contract's last promise. Those of before this sandbox was started were made at ten.
pub(super) fn last_promise(town: &Town, contract: &Contract) -> Option<(String, DateTime)> {
    let day = contract.trust_used_on.max(contract.speed_released_on)?;
    let kept = town.cabinet.overwritten(PROMISES, &contract.id.to_string());
    let column = |name: &str| kept.and_then(|columns| columns.get(name));
    let at = column("em").and_then(|at| at.parse::<DateTime>().ok()).unwrap_or_else(|| day.at(10, 0, 0, 0));
    let protocol = column("protocolo").cloned().unwrap_or_else(|| at.strftime("%y%m%d%H%M%S").to_string());
    Some((protocol, at))
}

fn used_up() -> Map<String, Value> {
    object(json!({ "status": 2, "liberado": false, "msg": USED_UP }))
}

/// Also where the contract is cancelled, new or blocked by hand: the vendor tells them not apart.
fn not_blocked() -> Map<String, Value> {
    object(json!({ "status": 0, "liberado": false, "msg": "" }))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
