//! A gateway of its own for one case: temporary store, test clock, a tenant that points at the case's stubs.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use anyhow::{Context as _, Result, anyhow};
use jiff::Timestamp;
use ponte_gateway::{Gateway, HttpSettings, MasterKey, OperationsSettings, Reference, Settings, StoreSettings};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::case::{Case, ReferenceFile, read_json};

/// Name of the case's tenant.
pub const TENANT: &str = "case";

/// A running gateway with one tenant.
pub struct Stage {
    gateway: Gateway,
    client: reqwest::Client,
    admin: SecretString,
    key: SecretString,
    _folder: tempfile::TempDir,
}

/// An answer of the gateway.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: reqwest::header::HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header's text.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

const ALL_SCOPES: [&str; 6] = ["read", "billing", "act", "tickets", "personal_data", "flows"];

/// What a stage's tenant is, and who calls.
pub struct Setting<'a> {
    /// Name of the tenant.
    pub tenant: &'a str,
    /// The vendor's word.
    pub vendor: &'a str,
    /// Address of the stub server or sandbox.
    pub base_url: String,
    /// Where the gateway's clock stands.
    pub clock: Timestamp,
    /// The tenant's credentials.
    pub credentials: Value,
    /// The tenant's settings.
    pub settings: Value,
    /// The key's scopes; `None` is all but `admin`.
    pub scopes: Option<&'a [String]>,
}

impl<'a> Setting<'a> {
    /// A case's: the vendor folder's `tenant.json` with the case's changes over it.
    ///
    /// # Errors
    /// A `tenant.json` that cannot be read.
    pub fn of_case(case: &'a Case, suites: &Path, base_url: String) -> Result<Self> {
        let path = suites.join(&case.file.vendor).join("tenant.json");
        let TenantFile { mut credentials, mut settings } =
            if path.exists() { read_json(&path)? } else { TenantFile::default() };
        lay_over(&mut credentials, &Value::Object(case.file.tenant.credentials.clone()));
        lay_over(&mut settings, &case.file.tenant.settings);
        put_address(&mut settings, &base_url);
        let scopes = case.file.caller.as_ref().map(|caller| caller.scopes.as_slice());
        Ok(Self {
            tenant: TENANT,
            vendor: &case.file.vendor,
            base_url,
            clock: case.file.clock,
            credentials,
            settings,
            scopes,
        })
    }
}

/// `<vendor>/tenant.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct TenantFile {
    credentials: Value,
    settings: Value,
}

impl Default for TenantFile {
    fn default() -> Self {
        Self { credentials: json!({}), settings: json!({}) }
    }
}

impl Stage {
    /// Starts a gateway with one tenant.
    ///
    /// # Errors
    /// A gateway that does not start, or a tenant that it refuses.
    pub async fn open(setting: Setting<'_>) -> Result<Self> {
        let mut stage = Self::bare(setting.clock).await?;
        let scopes: Vec<&str> = match setting.scopes {
            Some(scopes) => scopes.iter().map(String::as_str).collect(),
            None => ALL_SCOPES.to_vec(),
        };
        stage.add_tenant(setting).await?;
        stage.let_in(&scopes).await?;
        Ok(stage)
    }

    /// Makes the key that calls one with these scopes.
    async fn let_in(&mut self, scopes: &[&str]) -> Result<()> {
        self.key = self.gateway.new_key("case", scopes).await.map_err(|error| anyhow!("{error}"))?;
        Ok(())
    }

    /// Starts a gateway without tenants, whose key may do all but administer.
    ///
    /// # Errors
    /// A gateway that does not start.
    pub async fn empty(clock: Timestamp) -> Result<Self> {
        let mut stage = Self::bare(clock).await?;
        stage.let_in(&ALL_SCOPES).await?;
        Ok(stage)
    }

    /// Starts a gateway without tenants; its key is the administrator's.
    ///
    /// # Errors
    /// A gateway that does not start.
    pub async fn bare(clock: Timestamp) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let store = StoreSettings {
            path: folder.path().join("case.db"),
            master_key: MasterKey::from_hex(&SecretString::from("5c".repeat(32)))
                .map_err(|error| anyhow!("master key: {error}"))?,
        };
        let mut operations = OperationsSettings::new(store);
        operations.test_mode = true;
        operations.clock = Some(clock);
        let http = HttpSettings { listen: ([127, 0, 0, 1], 0).into(), workers: 1, ..HttpSettings::default() };
        let gateway = Gateway::start(Settings { http, operations }).await.map_err(|error| anyhow!("{error}"))?;
        let admin = gateway.new_key("harness", &["admin"]).await.map_err(|error| anyhow!("{error}"))?;
        Ok(Self { gateway, client: client()?, key: admin.clone(), admin, _folder: folder })
    }

    /// Adds a tenant.
    ///
    /// # Errors
    /// A tenant that the gateway refuses.
    pub async fn add_tenant(&self, setting: Setting<'_>) -> Result<()> {
        let Setting { tenant, vendor, base_url, credentials, mut settings, .. } = setting;
        lay_over(&mut settings, &json!({"allow_plain_http": true}));
        let tenant = json!({
            "tenant": tenant, "vendor": vendor, "base_url": base_url, "credentials": credentials, "settings": settings,
        });
        let answer = self.send(reqwest::Method::POST, "/v1/tenants", &self.admin, &tenant).await?;
        match answer.status {
            201 => Ok(()),
            status => Err(anyhow!("the tenant is refused with {status}: {}", String::from_utf8_lossy(&answer.body))),
        }
    }

    /// An answer that must be 200 and JSON.
    ///
    /// # Errors
    /// Another status or form.
    pub async fn read(&self, path: &str) -> Result<Value> {
        let request = self.client.request(reqwest::Method::GET, self.url(path)).header("authorization", self.bearer());
        let answer = answer(request).await?;
        match (answer.status, answer.json()) {
            (200, Some(json)) => Ok(json),
            (status, _) => Err(anyhow!("{path} answers {status}: {}", String::from_utf8_lossy(&answer.body))),
        }
    }

    /// What `POST …/verify` says of a tenant, and what its capabilities are then.
    ///
    /// # Errors
    /// An answer that is not 200 or no JSON.
    pub async fn verified(&self, tenant: &str) -> Result<(Value, Value)> {
        let path = self.url(&format!("/v1/tenants/{tenant}/verify"));
        let request = self.client.post(path).bearer_auth(self.admin.expose_secret());
        let answer = answer(request).await?;
        match (answer.status, answer.json()) {
            (200, Some(verification)) => {
                Ok((verification, self.read(&format!("/v1/tenants/{tenant}/capabilities")).await?))
            }
            (status, _) => Err(anyhow!("verify answers {status}: {}", String::from_utf8_lossy(&answer.body))),
        }
    }

    async fn send(&self, method: reqwest::Method, path: &str, key: &SecretString, body: &Value) -> Result<Answer> {
        let request = self
            .client
            .request(method, self.url(path))
            .bearer_auth(key.expose_secret())
            .header("content-type", "application/json")
            .body(serde_json::to_vec(body)?);
        answer(request).await
    }

    /// Address of a path of the API.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.gateway.addr())
    }

    /// The case's key, for the `Authorization` header.
    pub fn bearer(&self) -> String {
        format!("Bearer {}", self.key.expose_secret())
    }

    /// The client that calls the gateway as any platform would.
    pub const fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Sets the gateway's clock.
    ///
    /// # Errors
    /// A clock that cannot be set so.
    pub fn set_clock(&self, to: Timestamp) -> Result<()> {
        self.gateway.set_clock(to).map_err(|error| anyhow!("{error}"))
    }

    /// The handle of a vendor's own ids.
    ///
    /// # Errors
    /// A kind that is none.
    pub fn handle(&self, tenant: &str, reference: &ReferenceFile) -> Result<String> {
        let named = Reference::named(&reference.kind, reference.customer.as_deref(), &reference.id);
        let named =
            named.ok_or_else(|| anyhow!("{} is no kind of reference, or its customer is missing", reference.kind))?;
        self.gateway.handle_for(tenant, &named).map_err(|error| anyhow!("{error}"))
    }

    /// Ends the gateway.
    pub async fn close(self) {
        // What the case proves was judged before; a store that closes badly is told by the log.
        let _ = self.gateway.stop().await;
    }
}

/// Sends a request and takes the whole answer.
///
/// # Errors
/// No answer.
pub async fn answer(request: reqwest::RequestBuilder) -> Result<Answer> {
    let response = request.send().await.context("the gateway gave no answer")?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.bytes().await.context("the gateway's answer was cut")?.to_vec();
    Ok(Answer { status, headers, body })
}

/// A client for loopback: no proxy, no redirects.
///
/// # Errors
/// A client that cannot be built.
pub fn client() -> Result<reqwest::Client> {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        // An error means that another part of the process chose a provider already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .build()
        .context("HTTP client")
}

/// Puts the stub server's address in the place of `{base_url}` in every text.
fn put_address(value: &mut Value, base_url: &str) {
    match value {
        Value::String(text) => *text = text.replace("{base_url}", base_url),
        Value::Array(items) => items.iter_mut().for_each(|item| put_address(item, base_url)),
        Value::Object(object) => object.values_mut().for_each(|item| put_address(item, base_url)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Lays one JSON value over another, key by key, to any depth.
pub(crate) fn lay_over(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                match under.get_mut(key) {
                    Some(slot) => lay_over(slot, value),
                    None => {
                        under.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (_, Value::Null) => {}
        (under, over) => *under = over.clone(),
    }
}

/// Everything that this process logs, for the search for secrets.
#[derive(Clone, Default)]
pub struct LogMemory(Arc<Mutex<Vec<u8>>>);

impl LogMemory {
    /// The process's log, captured from the first call on.
    pub fn captured() -> &'static Self {
        static LOG: OnceLock<LogMemory> = OnceLock::new();
        LOG.get_or_init(|| {
            let memory = Self::default();
            let writer = memory.clone();
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .finish();
            // Where the process logs elsewhere already (the command line), answers alone are searched.
            let _ = tracing::subscriber::set_global_default(subscriber);
            memory
        })
    }

    /// How much was logged so far.
    pub fn mark(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// What was logged since a mark.
    pub fn since(&self, mark: usize) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(bytes.get(mark..).unwrap_or_default()).into_owned()
    }
}

impl std::io::Write for LogMemory {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
