//! What the tests of this folder share: a tenant, a stub server on loopback, and a call to it.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::tenant::{Credentials, Tenant, TenantSettings, TenantSlug};
use ponte_transport::{Deadline, Line, LineSettings, RetrySettings, Trip, Wire, WireSettings};
use secrecy::SecretString;
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::call::Call;
use crate::memory::Memory;

/// A tenant at this address.
pub(super) fn tenant(base_url: &str) -> Tenant {
    let credentials = [("token", "user-token"), ("password", "contra-senha")];
    Tenant {
        number: 1,
        slug: TenantSlug::parse("acme").unwrap(),
        vendor: "mk-solutions",
        base_url: base_url.to_owned(),
        credentials: Credentials::new(credentials.map(|(name, secret)| (name.to_owned(), SecretString::from(secret)))),
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
    /// Starts with a login that always works, and no other stub: what has none is answered 404.
    pub(super) async fn start() -> Self {
        let bench = Self::without_login().await;
        bench.answers("WSAutenticacao", &session("t0", 0)).await;
        bench
    }

    /// Starts with no stub at all.
    pub(super) async fn without_login() -> Self {
        let server = MockServer::start().await;
        let wire = Wire::new(WireSettings::default()).unwrap();
        let settings = LineSettings {
            allow_plain_http: true,
            per_second: 10_000,
            burst: 10_000,
            retry: RetrySettings { base: Duration::from_millis(1), ..RetrySettings::default() },
            ..LineSettings::new("mk-solutions", server.uri())
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

    /// A rule's answer, or that of a path of the core API.
    pub(super) async fn answers(&self, rule: &str, body: &str) {
        self.replies(rule, ok(body)).await;
    }

    /// A rule's answer to one request; what follows has a stub of its own.
    pub(super) async fn answers_once(&self, rule: &str, body: &str) {
        let once = Mock::given(path(path_of(rule))).respond_with(ok(body)).up_to_n_times(1);
        once.with_priority(1).mount(&self.server).await;
    }

    /// A rule's reply, whatever it is.
    pub(super) async fn replies(&self, rule: &str, reply: ResponseTemplate) {
        Mock::given(path(path_of(rule))).respond_with(reply).mount(&self.server).await;
    }

    /// The requests to a rule so far.
    pub(super) async fn requests(&self, rule: &str) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap_or_default();
        all.into_iter().filter(|request| request.url.path() == path_of(rule)).collect()
    }

    /// One parameter of each of them.
    pub(super) async fn params(&self, rule: &str, name: &str) -> Vec<String> {
        let of = |request: &Request| {
            request.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        self.requests(rule).await.iter().map(|request| of(request).unwrap_or_default()).collect()
    }
}

fn path_of(rule: &str) -> String {
    if rule.starts_with("core-api/") { format!("/{rule}") } else { format!("/mk/{rule}.rule") }
}

/// An answer under the header that the vendor sends.
pub(super) fn ok(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.as_bytes().to_vec(), "text/plain;charset=iso-8859-1")
}

/// The page of a rule that is not licensed.
pub(super) fn unlicensed() -> ResponseTemplate {
    let page = "<html><h1>HTTP Status 500</h1><pre>javax.servlet.ServletException: O objeto (Tabela) deve ter um valor definido! wfr.web.ExternalRulesServlet.process(SourceFile:321)</pre></html>";
    ResponseTemplate::new(500).set_body_raw(page, "text/html")
}

/// A login's answer with this token, good for so many uses, 0 for any number.
pub(super) fn session(token: &str, uses: u32) -> String {
    format!(
        r#"{{"Expire":"20/11/2026 12:30:00","LimiteUso":{uses},"ServicosAutorizados":[9999],"Token":"{token}","status":"OK"}}"#
    )
}

pub(super) const EXPIRED: &str =
    r#"{"CodToken":585185,"Mensagem":"Token expirado.","Num. ERRO":"999","status":"ERRO"}"#;
pub(super) const REFUSED: &str = r#"{"Mensagem":"Token inválido.","Num. ERRO":"001","status":"ERRO"}"#;
pub(super) const NOTHING: &str = r#"{"Mensagem":"Dados não localizados.","Num. ERRO":"003","status":"ERRO"}"#;
