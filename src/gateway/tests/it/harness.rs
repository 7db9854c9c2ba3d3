//! One gateway per test, with its own store folder, sandbox ERP and keys.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use ponte_domain::scope::Scope;
use ponte_domain::tenant::{Credentials, TenantSettings, TenantSlug};
use ponte_gateway::{Gateway, HttpSettings, OperationsSettings, Settings, StoreSettings};
use ponte_operations::limits::Rate;
use ponte_operations::settings::InboundSettings;
use ponte_operations::{AdminVisit, MasterKey, NewKey, NewTenant, TenantsAllowed};
use ponte_sandbox::SandboxErp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tempfile::TempDir;

/// The instant at which the town stands.
pub const NOW: &str = "2026-11-20T15:00:00Z";
/// People of the town.
pub const ANA: &str = "529.982.247-25";
pub const BRUNO: &str = "111.444.777-35";
/// The tenant that stands for the ISP of the town.
pub const TENANT: &str = "acme";

/// A running gateway, and what stands around it.
pub struct TestGateway {
    pub erp: SandboxErp,
    pub gateway: Gateway,
    /// A key with every scope for every tenant.
    pub key: String,
    client: reqwest::Client,
    _folder: TempDir,
}

impl TestGateway {
    /// In test mode, with limits that no test meets by accident.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With other settings.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let erp = SandboxErp::start("ixc", ([127, 0, 0, 1], 0).into()).unwrap();
        let store = StoreSettings { path: folder.path().join("ponte.db"), master_key: MasterKey::generate() };
        let mut operations = OperationsSettings::new(store);
        operations.test_mode = true;
        operations.clock = Some(NOW.parse().unwrap());
        let rate = Rate { per_second: 10_000, burst: 10_000 };
        operations.inbound = InboundSettings { per_key: rate, per_key_and_tenant: rate };
        operations.calls.per_second = 10_000;
        operations.calls.burst = 10_000;
        operations.calls.retry.base = Duration::from_millis(1);
        let http = HttpSettings {
            listen: ([127, 0, 0, 1], 0).into(),
            workers: 2,
            drain: Duration::from_secs(2),
            ..HttpSettings::default()
        };
        let mut settings = Settings { http, operations };
        change(&mut settings);
        let gateway = Gateway::start(settings).await.unwrap();
        let key = make_key(&gateway, Scope::ALL.to_vec(), TenantsAllowed::All).await;
        let started = Self { erp, gateway, key, client: client(), _folder: folder };
        started.add_tenant(TENANT, &started.erp.base_url()).await;
        started
    }

    /// A tenant whose ERP is at this address.
    pub async fn add_tenant(&self, slug: &str, base_url: &str) {
        let credentials: BTreeMap<String, String> = serde_json::from_value(self.erp.credentials()).unwrap();
        let credentials = credentials.into_iter().map(|(name, value)| (name, SecretString::from(value)));
        let new = NewTenant {
            slug: TenantSlug::parse(slug).unwrap(),
            vendor: self.erp.vendor().to_owned(),
            base_url: base_url.to_owned(),
            credentials: Credentials::new(credentials),
            settings: TenantSettings { allow_plain_http: true, ..TenantSettings::default() },
        };
        self.gateway.operations().add_tenant(&AdminVisit::local("setup"), new).await.unwrap();
    }

    /// A key with these scopes for these tenants; for all if there are none.
    pub async fn key_for(&self, scopes: &[Scope], tenants: &[&str]) -> String {
        let slugs = tenants.iter().map(|slug| TenantSlug::parse(slug).unwrap()).collect();
        let allowed = if tenants.is_empty() { TenantsAllowed::All } else { TenantsAllowed::Only(slugs) };
        make_key(&self.gateway, scopes.to_vec(), allowed).await
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.gateway.addr())
    }

    /// A call that carries the key with every scope.
    pub fn call(&self, method: &str, path: &str) -> Call {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        Call { builder: self.client.request(method, self.url(path)), key: Some(self.key.clone()) }
    }

    pub fn get(&self, path: &str) -> Call {
        self.call("GET", path)
    }

    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.call("POST", path).json(body)
    }

    /// An acting call.
    pub fn act(&self, path: &str, intent: &str, body: &Value) -> Call {
        self.post(path, body).header("Idempotency-Key", intent)
    }

    /// The first customer that a document finds.
    pub async fn customer(&self, document: &str) -> String {
        let body = serde_json::json!({ "document": document });
        let answer = self.post(&format!("/v1/tenants/{TENANT}/customers/lookup"), &body).send().await;
        answer.ok()["customers"][0]["id"].as_str().unwrap().to_owned()
    }

    /// The first contract of a customer.
    pub async fn contract(&self, document: &str) -> String {
        let customer = self.customer(document).await;
        let answer = self.get(&format!("/v1/tenants/{TENANT}/customers/{customer}/contracts")).send().await;
        answer.ok()["contracts"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Calls that reached the ERP.
    pub fn erp_calls(&self) -> usize {
        self.erp.journal().len()
    }

    /// Sends bytes as they are and reads until the gateway closes the connection.
    pub async fn raw(&self, request: Vec<u8>) -> String {
        let address = self.gateway.addr();
        tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            // The gateway may refuse before it has read all.
            let _ = stream.write_all(&request);
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer);
            String::from_utf8_lossy(&answer).into_owned()
        })
        .await
        .unwrap()
    }
}

async fn make_key(gateway: &Gateway, scopes: Vec<Scope>, tenants: TenantsAllowed) -> String {
    let new = NewKey { name: "test".to_owned(), scopes, tenants, expires_at: None };
    let (_, secret) = gateway.operations().create_key(&AdminVisit::local("setup"), new).await.unwrap();
    secret.expose_secret().to_owned()
}

pub fn client() -> reqwest::Client {
    // Every test of the process wants it; the first one sets it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30))
        .build()
        .unwrap()
}

/// One request being made.
pub struct Call {
    builder: reqwest::RequestBuilder,
    key: Option<String>,
}

impl Call {
    /// A call of its own making, without a key.
    pub const fn new(builder: reqwest::RequestBuilder) -> Self {
        Self { builder, key: None }
    }

    /// With this key instead.
    pub fn key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    /// Without a key.
    pub fn bare(mut self) -> Self {
        self.key = None;
        self
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    /// A body of this type, as it is.
    pub fn body(mut self, content_type: &str, body: impl Into<reqwest::Body>) -> Self {
        self.builder = self.builder.header("Content-Type", content_type).body(body);
        self
    }

    pub async fn send(self) -> Answer {
        let builder = match self.key {
            Some(key) => self.builder.bearer_auth(key),
            None => self.builder,
        };
        let response = builder.send().await.unwrap();
        Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap().to_vec(),
        }
    }
}

/// One answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// A success, as JSON.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.text());
        self.json()
    }

    /// A problem of this status and type, whole: every member that all problems have.
    #[track_caller]
    pub fn problem(&self, status: u16, kind: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["type"], format!("/problems/{kind}"), "{problem}");
        assert_eq!(problem["status"], status);
        for member in ["title", "detail", "instance", "user_message"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member} in {problem}");
        }
        assert!(problem["retryable"].is_boolean());
        let id = self.header("x-request-id");
        assert!(problem["instance"].as_str().unwrap().ends_with(id), "{problem} is not of {id}");
        problem
    }
}
