//! What a ticket's ids are taken from (section 4.i). Columns of catalogues are assumed; types of ticket tell no sector,
//! since the service matrix of the ERP sends them on.

use serde_json::{Map, Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::network::Login;
use crate::town::tickets::Subject;

use super::customers::of_document;
use super::dialect;
use super::numbers::{INCIDENT_TYPES, SERVICE_TAGS, service_tag};
use super::request::{Asked, Route, Surface};

const SERVICE_LEVELS: [(u64, &str); 2] = [(11, "Padrão 24 horas"), (12, "Urgente 4 horas")];

pub(super) const ROUTES: &[Route] = &[
    Route { surface: Surface::ThirdParty, method: "GET", path: "incidenttypespaged", answer: incident_types },
    Route { surface: Surface::ThirdParty, method: "GET", path: "servicelevelagreementpaged", answer: service_levels },
    Route { surface: Surface::ThirdParty, method: "GET", path: "contractservicetagspaged", answer: service_tags },
    Route { surface: Surface::ThirdParty, method: "GET", path: "servicetagsinfopaged", answer: all_service_tags },
    Route { surface: Surface::ThirdParty, method: "GET", path: "catalogservicespaged", answer: services },
    Route { surface: Surface::ThirdParty, method: "GET", path: "catalogservicesitemspaged", answer: items },
];

/// The provider's routes by sector, for a tenant's settings: a type of ticket, a service level and a service of the
/// catalogue each.
pub(super) fn routes_of_sectors() -> Value {
    let route = |subject: &str| json!({ "subject_id": subject, "process": "11", "classification": "1" });
    json!({ "Comercial": route("1011"), "Financeiro": route("1013"), "Técnico": route("1015") })
}

/// Whether a service level is one of this provider's.
pub(super) fn is_service_level(id: u64) -> bool {
    SERVICE_LEVELS.iter().any(|(known, _)| *known == id)
}

fn row(id: u64, title: &str) -> Value {
    json!({ "id": id, "code": format!("{id:04}"), "title": title, "active": true })
}

/// `Filter` is part of the title; `OrderBy` changes nothing.
fn paged(rows: Vec<Value>, asked: &Asked<'_>) -> Response {
    let filter = asked.query("filter").unwrap_or_default().to_lowercase();
    let matches = |row: &Value| row["title"].as_str().unwrap_or_default().to_lowercase().contains(&filter);
    let kept: Vec<Value> = rows.into_iter().filter(matches).collect();
    dialect::page(&kept, asked.paging())
}

fn incident_types(town: &mut Town, asked: &Asked<'_>) -> Response {
    let rows = town.subjects.iter().map(|one| row(INCIDENT_TYPES.of(one.id).into(), &type_title(town, one))).collect();
    paged(rows, asked)
}

/// This provider names its types of ticket by sector: the API has no other tie between the two.
pub(super) fn type_title(town: &Town, subject: &Subject) -> String {
    let department = town.departments.iter().find(|one| one.id == subject.department);
    format!("{} - {}", department.map_or("", |one| one.name), subject.name)
}

fn service_levels(_: &mut Town, asked: &Asked<'_>) -> Response {
    paged(SERVICE_LEVELS.iter().map(|(id, title)| row(*id, title)).collect(), asked)
}

fn services(_: &mut Town, asked: &Asked<'_>) -> Response {
    paged(vec![row(1, "Internet")], asked)
}

fn items(_: &mut Town, asked: &Asked<'_>) -> Response {
    paged(vec![row(1, "Conexão"), row(2, "Cobrança")], asked)
}

fn service_tags(town: &mut Town, asked: &Asked<'_>) -> Response {
    let digits = asked.query("txId").unwrap_or_default();
    let Some(customer) = of_document(town, &digits).map(|one| one.id) else { return dialect::not_found() };
    let tags = tags(town, |login| login.customer == customer);
    paged(tags, asked)
}

fn all_service_tags(town: &mut Town, asked: &Asked<'_>) -> Response {
    let tags = tags(town, |_| true);
    paged(tags, asked)
}

fn tags(town: &Town, wanted: impl Fn(&Login) -> bool) -> Vec<Value> {
    let tag = |login: &Login| {
        let columns = [
            ("id", json!(SERVICE_TAGS.of(login.id))),
            ("title", json!(format!("Internet {}", login.username))),
            ("description", json!("Internet")),
            ("serviceTag", json!(service_tag(login.id))),
        ];
        Value::Object(columns.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
    };
    town.logins.iter().filter(|login| wanted(login)).map(tag).collect()
}
