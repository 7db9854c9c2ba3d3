//! What the tests of this folder share: a tenant, a stub server on loopback, and a call to it.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ponte_domain::tenant::{Credentials, Tenant, TenantSettings, TenantSlug};
use ponte_transport::{Deadline, Line, LineSettings, RetrySettings, Trip, Wire, WireSettings};
use secrecy::SecretString;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::contracts::{Connection, Whole};
use crate::call::Call;
use crate::memory::Memory;

const CREDENTIALS: [(&str, &str); 6] = [
    ("client_id", "ponte"),
    ("client_secret", "s3cret-client"),
    ("syndata", "s3cret-syndata=="),
    ("portal_verify_token", "s3cret-verify"),
    ("portal_client_id", "9_exemplo"),
    ("portal_client_secret", "s3cret-portal"),
];

/// A tenant at this address, with a portal's keys.
pub(super) fn tenant(base_url: &str) -> Tenant {
    Tenant {
        number: 1,
        slug: TenantSlug::parse("acme").unwrap(),
        vendor: "synsuite",
        base_url: base_url.trim_end_matches('/').to_owned(),
        credentials: Credentials::new(
            CREDENTIALS.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))),
        ),
        settings: TenantSettings::default(),
    }
}

/// A connection of customer 880123 with this status.
pub(super) fn connection(contract: &str, status: &str) -> Connection {
    super::contracts::testing_connection(contract, status)
}

/// A contract of customer 880123 with these columns and one connection of this status.
pub(super) fn whole(columns: &str, connection: &str) -> Whole {
    super::contracts::testing_whole(columns, connection)
}

/// A stub server, and a tenant whose ERP it is.
pub(super) struct Bench {
    pub(super) server: MockServer,
    pub(super) tenant: Tenant,
    pub(super) memory: Memory,
    line: Line,
}

impl Bench {
    /// Starts with the token server's stub only: a request that none was made for is answered 404.
    pub(super) async fn start() -> Self {
        let bench = Self::bare().await;
        bench.answers("POST", "/connect/token", TOKEN).await;
        bench
    }

    /// The same without any stub.
    pub(super) async fn bare() -> Self {
        let server = MockServer::start().await;
        let wire = Wire::new(WireSettings::default()).unwrap();
        let settings = LineSettings {
            allow_plain_http: true,
            per_second: 10_000,
            burst: 10_000,
            retry: RetrySettings { base: Duration::from_millis(1), ..RetrySettings::default() },
            ..LineSettings::new("synsuite", server.uri())
        };
        let line = Line::open(&wire, settings).unwrap();
        let mut tenant = tenant(&server.uri());
        tenant.settings.allow_plain_http = true;
        Self { tenant, server, memory: Memory::default(), line }
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

    /// A route's answer.
    pub(super) async fn answers(&self, verb: &str, route: &str, body: &str) {
        self.replies(verb, route, ok(body)).await;
    }

    /// A route's answer, with its status.
    pub(super) async fn replies(&self, verb: &str, route: &str, response: ResponseTemplate) {
        Mock::given(method(verb)).and(path(route)).respond_with(response).mount(&self.server).await;
    }

    /// A route's first answer; what follows has the stubs that are mounted after it.
    pub(super) async fn replies_once(&self, verb: &str, route: &str, response: ResponseTemplate) {
        Mock::given(method(verb)).and(path(route)).respond_with(response).up_to_n_times(1).mount(&self.server).await;
    }

    /// The requests to a route so far.
    pub(super) async fn requests(&self, route: &str) -> Vec<Request> {
        let all = self.server.received_requests().await.unwrap_or_default();
        all.into_iter().filter(|request| request.url.path() == route).collect()
    }
}

pub(super) const TOKEN: &str = r#"{"access_token":"t0ken","expires_in":3600,"token_type":"Bearer","scope":"syngw"}"#;

/// A path of the third-party API.
pub(super) fn third_party(path: &str) -> String {
    format!("/external/integrations/thirdparty/{path}")
}

pub(super) fn ok(body: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(body.as_bytes().to_vec(), "application/json")
}

/// The envelope around this content.
pub(super) fn envelope(content: &str) -> String {
    format!(r#"{{"success":true,"messages":null,"response":{content},"dataResponseType":null,"elapsedTime":null}}"#)
}

/// The envelope of a page with these rows, comma-separated.
pub(super) fn page(rows: &str) -> String {
    envelope(&format!(r#"{{"data":[{rows}]}}"#))
}

/// The envelope of words in place of an answer.
pub(super) fn words(success: bool, text: &str) -> String {
    format!(
        r#"{{"success":{success},"messages":[{{"message":"{text}","code":null,"type":"Error"}}],"response":null,"dataResponseType":null,"elapsedTime":null}}"#
    )
}
