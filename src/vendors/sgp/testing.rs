//! What the tests of this folder share: a tenant, a stub server on loopback, and a call to it.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::tenant::{Credentials, Tenant, TenantSettings, TenantSlug};
use ponte_transport::{Deadline, Line, LineSettings, RetrySettings, Trip, Wire, WireSettings};
use secrecy::SecretString;
use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, MockBuilder, MockServer, Request, ResponseTemplate};

use crate::call::Call;
use crate::memory::Memory;

/// The token of the tests.
pub(super) const TOKEN: &str = "00000000-0000-4000-8000-000000000001";

/// A tenant at this address.
pub(super) fn tenant(base_url: &str) -> Tenant {
    let credentials = [("app", "chatbot"), ("token", TOKEN)];
    Tenant {
        number: 1,
        slug: TenantSlug::parse("acme").unwrap(),
        vendor: "sgp",
        base_url: base_url.to_owned(),
        credentials: Credentials::new(credentials.map(|(name, value)| (name.to_owned(), SecretString::from(value)))),
        settings: TenantSettings::default(),
    }
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
            ..LineSettings::new("sgp", server.uri())
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

    /// A route that answers this, however it is asked.
    pub(super) async fn answers(&self, route: &str, body: &str) {
        self.mount(to(route), ok(body)).await;
    }

    /// A route that answers this where the form has a part.
    pub(super) async fn answers_to(&self, route: &str, part: &str, body: &str) {
        self.mount(to(route).and(body_string_contains(part)), ok(body)).await;
    }

    /// A route that answers this to one method only.
    pub(super) async fn answers_by(&self, verb: &str, route: &str, body: &str) {
        self.mount(to(route).and(method(verb)), ok(body)).await;
    }

    /// A route that answers with this status.
    pub(super) async fn fails(&self, route: &str, status: u16) {
        self.mount(to(route), ResponseTemplate::new(status)).await;
    }

    async fn mount(&self, matches: MockBuilder, response: ResponseTemplate) {
        matches.respond_with(response).mount(&self.server).await;
    }

    /// The requests to a route so far.
    pub(super) async fn requests(&self, route: &str) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap_or_default();
        all.into_iter().filter(|request| request.url.path() == route).collect()
    }

    /// Their bodies.
    pub(super) async fn bodies(&self, route: &str) -> Vec<String> {
        let requests = self.requests(route).await;
        requests.into_iter().map(|request| String::from_utf8(request.body).unwrap()).collect()
    }
}

fn to(route: &str) -> MockBuilder {
    Mock::given(path(route))
}

pub(super) fn ok(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.as_bytes().to_vec(), "application/json")
}

/// Rows of contracts as an answer of the look-up.
pub(super) fn contracts(rows: &str) -> String {
    format!(r#"{{"msg":"Contrato(s) Localizado(s)","contratos":[{rows}]}}"#)
}

/// A contract's row of customer 16957 with these columns.
pub(super) fn contract(id: u32, columns: &str) -> String {
    format!(
        r#"{{"clienteId":16957,"razaoSocial":"ANA SOUZA","cpfCnpj":"529.982.247-25","contratoId":{id},"servico_plano":"FIBRA 600",{columns}}}"#
    )
}

/// Customer 16957 with one connection on each of these contracts.
pub(super) fn customer(contracts: &[u32]) -> String {
    let rows: Vec<String> = contracts
        .iter()
        .map(|id| {
            format!(
                r#"{{"id":{id},"status":"Ativo","servicos":[{{"id":1{id},"login":"ana.{id}","onu":{{"serial":"T","olt_id":2}}}}]}}"#
            )
        })
        .collect();
    let rows = rows.join(",");
    format!(
        r#"{{"paginacao":{{"total":1}},"clientes":[{{"id":16957,"nome":"ANA SOUZA","cpfcnpj":"529.982.247-25","contratos":[{rows}]}}]}}"#
    )
}
