//! What the tests of this folder share: a tenant, a stub server on loopback with its token, and a call to it.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::tenant::{Credentials, Tenant, TenantSettings, TenantSlug};
use ponte_transport::{Deadline, Line, LineSettings, RetrySettings, Trip, Wire, WireSettings};
use secrecy::SecretString;
use serde_json::Value;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::contracts::{Facts, row};
use crate::call::Call;
use crate::memory::Memory;

/// A tenant at this address.
pub(super) fn tenant(base_url: &str) -> Tenant {
    let credentials = [("client_id", "7"), ("client_secret", "s3cr3t"), ("username", "api@x.test"), ("password", "pw")];
    Tenant {
        number: 1,
        slug: TenantSlug::parse("acme").unwrap(),
        vendor: "hubsoft",
        base_url: base_url.to_owned(),
        credentials: Credentials::new(credentials.map(|(name, value)| (name.to_owned(), SecretString::from(value)))),
        settings: TenantSettings::default(),
    }
}

/// Service 22703 of customer 421 with these columns.
pub(super) fn facts(columns: &str) -> Facts {
    row::read(&format!(r#"{{"id_cliente_servico":22703,"nome":"FIBRA 500MB",{columns}}}"#)).unwrap()
}

/// A stub server, and a tenant whose ERP it is.
pub(super) struct Bench {
    pub(super) server: MockServer,
    pub(super) tenant: Tenant,
    pub(super) memory: Memory,
    line: Line,
}

impl Bench {
    /// Starts with tokens to be had and no other stub: what none was made for is answered 404 without a body.
    pub(super) async fn start() -> Self {
        let bench = Self::without_token().await;
        bench.issues(1, 2_592_000).await;
        bench
    }

    /// Starts with no stub at all.
    pub(super) async fn without_token() -> Self {
        let server = MockServer::start().await;
        let wire = Wire::new(WireSettings::default()).unwrap();
        let settings = LineSettings {
            allow_plain_http: true,
            per_second: 10_000,
            burst: 10_000,
            concurrency: 64,
            retry: RetrySettings { base: Duration::from_millis(1), ..RetrySettings::default() },
            ..LineSettings::new("hubsoft", server.uri())
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

    /// Tokens `token-<number>` with this life, for all requests that no earlier stub takes.
    pub(super) async fn issues(&self, number: u32, expires_in: u64) {
        let body = format!(
            r#"{{"token_type":"Bearer","expires_in":{expires_in},"access_token":"token-{number}","refresh_token":"r"}}"#
        );
        Mock::given(method("POST"))
            .and(path("/oauth/token"))
            .respond_with(ok(&body).set_delay(Duration::from_millis(20)))
            .mount(&self.server)
            .await;
    }

    /// A route, whatever is asked of it.
    pub(super) async fn answers(&self, route: &str, body: &str) {
        self.replies(route, ok(body)).await;
    }

    /// A route, for one request.
    pub(super) async fn answers_once(&self, route: &str, body: &str) {
        let mock = Mock::given(path(full(route))).respond_with(ok(body));
        mock.up_to_n_times(1).mount(&self.server).await;
    }

    /// A route with any answer.
    pub(super) async fn replies(&self, route: &str, response: ResponseTemplate) {
        Mock::given(path(full(route))).respond_with(response).mount(&self.server).await;
    }

    /// The requests to a route so far.
    pub(super) async fn requests(&self, route: &str) -> Vec<Request> {
        let wanted = full(route);
        let all = self.server.received_requests().await.unwrap_or_default();
        all.into_iter().filter(|request| request.url.path() == wanted).collect()
    }

    /// Their bodies.
    pub(super) async fn bodies(&self, route: &str) -> Vec<Value> {
        self.requests(route).await.iter().map(|request| request.body_json().unwrap()).collect()
    }

    /// A parameter of each request to a route, in order.
    pub(super) async fn parameters(&self, route: &str, name: &str) -> Vec<String> {
        let value = |request: &Request| {
            request.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        self.requests(route).await.iter().filter_map(value).collect()
    }
}

fn full(route: &str) -> String {
    if route.starts_with('/') { route.to_owned() } else { format!("/api/v1/integracao/{route}") }
}

pub(super) fn ok(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.as_bytes().to_vec(), "application/json")
}

/// The vendor's refusal.
pub(super) fn refusal(msg: &str) -> String {
    serde_json::json!({"status": "error", "msg": msg, "errors": []}).to_string()
}

/// Customer 421, Ana, with these services (comma-separated JSON objects).
pub(super) fn customer(services: &str) -> String {
    format!(
        r#"{{"status":"success","msg":"Dados consultados com sucesso","clientes":[{{"id_cliente":11201,"codigo_cliente":421,"ativo":true,"nome_razaosocial":"ANA SOUZA LIMA","cpf_cnpj":"52998224725","telefone_primario":"11987654321","telefone_secundario":"","email_principal":"ana@exemplo.test","alerta":false,"alerta_mensagens":[],"servicos":[{services}]}}]}}"#
    )
}

/// A service of hers with these columns.
pub(super) fn service(columns: &str) -> String {
    format!(r#"{{"id_cliente_servico":22703,"nome":"FIBRA 500MB","login":"ana.souza","senha":"segredo",{columns}}}"#)
}

/// No open invoices.
pub(super) const NO_INVOICES: &str = r#"{"status":"suscess","faturas":[]}"#;
