//! What the tests share: the binary as a child process, a site (store, sandbox ERP, tenant, key), a platform's client.

use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use ponte_sandbox::SandboxErp;
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Longest wait for anything.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// When the sandbox world stands still.
pub(crate) const NOON: &str = "2026-11-20T12:00:00-03:00";

pub(crate) const ANA: &str = "529.982.247-25";
pub(crate) const BRUNO: &str = "111.444.777-35";
pub(crate) const CARLA: &str = "390.533.447-05";
pub(crate) const DAVI: &str = "123.456.789-09";

/// The binary with an environment of our own.
pub(crate) fn ponte() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ponte"));
    command.env_clear().stdin(Stdio::null());
    command
}

/// A verb that has ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ended {
    pub(crate) fn good(self) -> Self {
        assert!(self.status.success(), "{}\n{}\n{}", self.status, self.out, self.err);
        self
    }

    pub(crate) fn bad(self) -> Self {
        assert_eq!(self.status.code(), Some(1), "{}\n{}", self.out, self.err);
        self
    }
}

/// Runs a verb to its end, with this on its standard input.
pub(crate) fn ended(mut command: Command, input: &str) -> Ended {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A verb that does not read its input may have ended before it is written.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ended {
        status: output.status,
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A server verb that runs, with all that it writes.
pub(crate) struct Running {
    child: Child,
    pub(crate) out: Heard,
    pub(crate) err: Heard,
}

/// What was written so far.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    fn of(mut pipe: impl Read + Send + 'static) -> Self {
        let heard = Self::default();
        let kept = heard.clone();
        std::thread::spawn(move || {
            let mut buffer = [0; 16 << 10];
            while let Ok(read @ 1..) = pipe.read(&mut buffer) {
                kept.0.lock().unwrap().extend_from_slice(&buffer[..read]);
            }
        });
        heard
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let out = Heard::of(child.stdout.take().unwrap());
        let err = Heard::of(child.stderr.take().unwrap());
        Self { child, out, err }
    }

    /// Waits until it has written something that `find` finds.
    pub(crate) async fn says<T>(&mut self, find: impl Fn(&str) -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(found) = find(&self.out.text()) {
                return found;
            }
            let over = self.child.try_wait().unwrap();
            assert!(over.is_none() && started.elapsed() < PATIENCE, "{over:?}\n{}{}", self.out.text(), self.err.text());
            pause().await;
        }
    }

    /// The signal that nobody can catch.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("/bin/sh").args(["-c", &kill]).status().unwrap().success());
    }

    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not end: {}{}", self.out.text(), self.err.text());
            pause().await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) async fn pause() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

/// An answer of the gateway.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The last part of a problem's type.
    pub(crate) fn problem(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap_or_default().to_owned();
        kind.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

/// A platform: somebody with an address and a key.
#[derive(Clone)]
pub(crate) struct Platform {
    pub(crate) base: String,
    pub(crate) key: String,
}

impl Platform {
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Answer {
        self.try_to_send(method, path, headers, body).await.unwrap()
    }

    pub(crate) async fn try_to_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> reqwest::Result<Answer> {
        let mut request = client().request(method, format!("{}{path}", self.base)).bearer_auth(&self.key);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Ok(Answer { status, headers, body: answer.bytes().await?.to_vec() })
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    pub(crate) async fn act(&self, path: &str, key: &str, body: Option<Value>) -> Answer {
        self.send(Method::POST, path, &[("Idempotency-Key", key)], body).await
    }

    pub(crate) async fn set_clock(&self, now: &str) {
        let set = self.send(Method::PUT, "/v1/test/clock", &[], Some(json!({ "now": now }))).await;
        assert_eq!(set.status, 200, "{}", set.text());
    }

    /// The handle of a customer.
    pub(crate) async fn customer(&self, document: &str) -> String {
        let found = self.post("/v1/tenants/acme/customers/lookup", json!({ "document": document })).await;
        text_at(&found, "/customers/0/id")
    }

    /// The handle of a customer's contract on this plan.
    pub(crate) async fn contract(&self, document: &str, plan: &str) -> String {
        let customer = self.customer(document).await;
        let list = self.get(&format!("/v1/tenants/acme/customers/{customer}/contracts")).await.json();
        let contracts = list["contracts"].as_array().unwrap();
        let found = contracts.iter().find(|contract| contract["plan"]["name"] == plan);
        found.unwrap_or_else(|| panic!("no {plan}: {list:#}"))["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) fn text_at(answer: &Answer, pointer: &str) -> String {
    let text = (answer.status < 300).then(|| answer.json().pointer(pointer)?.as_str().map(str::to_owned)).flatten();
    text.unwrap_or_else(|| panic!("no {pointer}: {} {}", answer.status, answer.text()))
}

pub(crate) fn client() -> &'static reqwest::Client {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        rustls::crypto::ring::default_provider().install_default().unwrap();
        // No idle connections: each test has a runtime of its own, which they would not outlive.
        let built = reqwest::Client::builder().no_proxy().timeout(PATIENCE).pool_max_idle_per_host(0).build();
        built.unwrap()
    })
}

/// A store with one tenant over one sandbox ERP, and a key that may do everything.
pub(crate) struct Site {
    pub(crate) erp: SandboxErp,
    pub(crate) folder: TempDir,
    pub(crate) key: String,
    settings: Vec<(String, String)>,
}

/// The texts that the site's tenant wants confirmed.
pub(crate) const TEXTS: [&str; 1] = ["Li e aceito os termos do contrato."];

impl Site {
    /// Made by the verbs that an operator would use, with these settings over the defaults.
    pub(crate) fn new(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let erp = SandboxErp::start("ixc", ([127, 0, 0, 1], 0).into()).unwrap();
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let settings = settings.iter().map(owned).collect();
        let mut site = Self { erp, folder, key: String::new(), settings };
        let token = site.erp.credentials()["token"].as_str().unwrap().to_owned();
        let tenant = json!({
            "allow_plain_http": true,
            "company_name": "Acme Fibra",
            "trust_unlock": {"days_granted": 3},
            "customer_types": {"list": ["Não cliente"], "when_not_found": "Não cliente"},
            "acceptance_texts": TEXTS,
        });
        std::fs::write(site.path("acme.json"), tenant.to_string()).unwrap();
        let base_url = site.erp.base_url();
        let mut add = site.ponte();
        add.args(["tenant", "add", "acme", "--vendor", "ixc", "--base-url", &base_url, "--credential", "token=-"]);
        add.arg("--settings").arg(site.path("acme.json"));
        ended(add, &format!("{token}\n")).good();
        let mut create = site.ponte();
        create.args(["key", "create", "--name", "test", "--scope", "read,billing,act,tickets,personal_data,flows"]);
        create.args(["--scope", "admin"]);
        site.key = ended(create, "").good().out.trim().to_owned();
        site
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// The binary over the site's store.
    pub(crate) fn ponte(&self) -> Command {
        let mut command = ponte();
        command
            .env("PONTE_STORE_PATH", self.path("ponte.db"))
            .env("PONTE_STORE_MASTER_KEY_FILE", self.path("ponte.key"))
            .env("PONTE_SERVER_LISTEN", "127.0.0.1:0")
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts the gateway and waits until it listens.
    pub(crate) async fn serve(&self) -> (Running, Platform) {
        let mut command = self.ponte();
        command.arg("serve");
        let mut running = Running::start(command);
        let base = running.says(listening).await;
        (running, Platform { base, key: self.key.clone() })
    }
}

/// The address in the log line of the start.
fn listening(log: &str) -> Option<String> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut addresses = lines
        .filter(|line| line["message"] == "listening")
        .filter_map(|line| line["address"].as_str().map(str::to_owned));
    addresses.next().map(|address| format!("http://{address}"))
}

/// Files below a folder.
pub(crate) fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}
