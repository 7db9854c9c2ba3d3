//! What the tests of this folder share: a tenant, a stub server on loopback, and a call to it.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::tenant::{Credentials, Tenant, TenantSettings, TenantSlug};
use ponte_transport::{Deadline, Line, LineSettings, RetrySettings, Trip, Wire, WireSettings};
use secrecy::SecretString;
use serde_json::Value;
use wiremock::matchers::{body_partial_json, header, method, path};
use wiremock::{Mock, MockBuilder, MockServer, Request, ResponseTemplate};

use super::contracts::{Facts, row};
use crate::call::Call;
use crate::memory::Memory;

/// The token of the tests, as the vendor shows it.
pub(super) fn token() -> String {
    format!("11:{}", "6a41c09f".repeat(8))
}

/// A tenant at this address.
pub(super) fn tenant(base_url: &str) -> Tenant {
    Tenant {
        number: 1,
        slug: TenantSlug::parse("acme").unwrap(),
        vendor: "ixc",
        base_url: base_url.to_owned(),
        credentials: Credentials::new([("token".to_owned(), SecretString::from(token()))]),
        settings: TenantSettings::default(),
    }
}

/// A contract row of customer 2 with these columns.
pub(super) fn facts(columns: &str) -> Facts {
    row::read(&format!(r#"{{"id":"2309","id_cliente":"2",{columns}}}"#)).unwrap()
}

/// A stub server, and a tenant whose ERP it is.
pub(super) struct Bench {
    pub(super) server: MockServer,
    pub(super) tenant: Tenant,
    pub(super) memory: Memory,
    line: Line,
}

impl Bench {
    /// Starts with no stub: a request that none was made for is answered 404.
    pub(super) async fn start() -> Self {
        let server = MockServer::start().await;
        let wire = Wire::new(WireSettings::default()).unwrap();
        let settings = LineSettings {
            allow_plain_http: true,
            per_second: 10_000,
            burst: 10_000,
            retry: RetrySettings { base: Duration::from_millis(1), ..RetrySettings::default() },
            ..LineSettings::new("ixc", server.uri())
        };
        let line = Line::open(&wire, settings).unwrap();
        Self { tenant: tenant(&server.uri()), server, memory: Memory::default(), line }
    }

    /// The same with a vendor setting.
    pub(super) fn with(mut self, setting: &str, value: &str) -> Self {
        self.tenant.settings.vendor.insert(setting.to_owned(), value.to_owned());
        self
    }

    /// A call on 2026-11-20 12:00 in Sao Paulo.
    pub(super) fn call(&self) -> Call<'_> {
        let now: Timestamp = "2026-11-20T15:00:00Z".parse().unwrap();
        Call {
            tenant: &self.tenant,
            line: &self.line,
            memory: &self.memory,
            trip: Trip { deadline: Deadline::after(Duration::from_secs(10)), request_id: Arc::from("req-test") },
            now,
            today: self.tenant.settings.zone.today(now),
        }
    }

    /// A list of a table, whatever is asked of it.
    pub(super) async fn lists(&self, table: &str, body: &str) {
        self.mount(listing(table), ok(body)).await;
    }

    /// A list of a table, asked by a column and value.
    pub(super) async fn lists_by(&self, table: &str, column: &str, value: &str, body: &str) {
        self.mount(
            listing(table).and(body_partial_json(serde_json::json!({"qtype": column, "query": value}))),
            ok(body),
        )
        .await;
    }

    /// A route that is no list.
    pub(super) async fn answers(&self, route: &str, body: &str) {
        self.mount(acting(route), ok(body)).await;
    }

    /// A route that is no list, for one request; what follows has no stub of its own.
    pub(super) async fn answers_once(&self, route: &str, body: &str) {
        acting(route).respond_with(ok(body)).up_to_n_times(1).mount(&self.server).await;
    }

    /// A route that is no list and answers with this status.
    pub(super) async fn fails(&self, route: &str, status: u16) {
        self.mount(acting(route), ResponseTemplate::new(status)).await;
    }

    async fn mount(&self, matches: MockBuilder, response: ResponseTemplate) {
        matches.respond_with(response).mount(&self.server).await;
    }

    /// The requests to a route so far.
    pub(super) async fn requests(&self, route: &str) -> Vec<Request> {
        let suffix = format!("/webservice/v1/{route}");
        let all = self.server.received_requests().await.unwrap_or_default();
        all.into_iter().filter(|request| request.url.path() == suffix).collect()
    }

    /// Their bodies.
    pub(super) async fn bodies(&self, route: &str) -> Vec<Value> {
        self.requests(route).await.iter().map(|request| request.body_json().unwrap()).collect()
    }
}

/// A list's request: the header makes it one.
fn listing(table: &str) -> MockBuilder {
    Mock::given(method("POST")).and(path(format!("/webservice/v1/{table}"))).and(header("ixcsoft", "listar"))
}

fn acting(route: &str) -> MockBuilder {
    Mock::given(path(format!("/webservice/v1/{route}")))
        .and(|request: &Request| !request.headers.contains_key("ixcsoft"))
}

pub(super) fn ok(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.as_bytes().to_vec(), "text/x-json; charset=utf-8")
}

/// A page of these rows, comma-separated JSON objects.
pub(super) fn page(rows: &str) -> String {
    format!(
        r#"{{"page":"1","total":"{}","registros":[{rows}]}}"#,
        serde_json::from_str::<Vec<Value>>(&format!("[{rows}]")).unwrap().len()
    )
}

/// The vendor's answer where a route is not there.
pub(super) const ABSENT: &str = r#"{"type":"error","message":"Recurso x n\u00e3o est\u00e1 dispon\u00edvel!"}"#;
