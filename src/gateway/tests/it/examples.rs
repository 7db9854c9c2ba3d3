//! The examples of the OpenAPI document are true: each is played against the world of `ponte demo`, and the answer is
//! compared with the documented one. Where they differ the test writes the files as they should be, to be read and
//! copied over `openapi/examples/`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ponte_domain::scope::Scope;
use ponte_domain::tenant::{Credentials, CustomerTypes, TenantSettings, TenantSlug, TrustUnlockRule};
use ponte_gateway::{Gateway, HttpSettings, OperationsSettings, Settings, StoreSettings, openapi};
use ponte_operations::{AdminVisit, MasterKey, NewKey, NewTenant, TenantsAllowed};
use ponte_sandbox::SandboxErp;
use secrecy::SecretString;
use serde_json::{Map, Value, json};

use crate::harness::{Answer, Call, NOW, client};

/// Key and master key of every demo: handles, and so the examples, are the same in every run.
const KEY: &str = "ponte_only-the-demo-on-your-own-machine-takes-me0";
const MASTER_KEY: &str = "de30de30de30de30de30de30de30de30de30de30de30de30de30de30de30de30";
/// A key without the scope `personal_data`, as most platforms have it: what it sees is masked.
const PLATFORM_KEY: &str = "ponte_only-this-test-takes-me-as-its-platform-key";
/// Files in the order in which they are played: what is found in one is asked for in the next.
const FILES: [&str; 18] = [
    "customers",
    "contracts",
    "billing",
    "fiscal_invoices",
    "trust_unlock",
    "speed_release",
    "acceptance",
    "diagnostics",
    "tickets",
    "sign_in",
    "wifi",
    "contacts",
    "capabilities",
    "tenants",
    "keys",
    "health",
    "documentation",
    "testing",
];

#[tokio::test]
async fn every_example_of_the_document_is_true() {
    let demo = Demo::start().await;
    let operations = operations();
    let mut known = BTreeMap::new();
    let mut wrong = Vec::new();
    for file in FILES {
        let written = read(file);
        let mut played = Map::new();
        demo.reset().await;
        for (id, examples) in written.as_object().unwrap() {
            let mut answers = Map::new();
            for (name, example) in examples.as_object().unwrap() {
                let (method, path) = operations.get(id).unwrap_or_else(|| panic!("{file}: no operation {id}"));
                let mut example = renamed(example, &known);
                let answer = demo.play(method, path, &example).await;
                let body = body(&answer, &example["response"]);
                learn(&example["response"], &body, &mut known);
                if answer.status != example["status"] {
                    wrong.push(format!("{id}/{name}: status {}, {body}", answer.status));
                } else if !alike(&renamed(&example["response"], &known), &body) {
                    wrong.push(format!("{id}/{name}: {body}"));
                    example["response"] = body;
                }
                answers.insert(name.clone(), example);
            }
            played.insert(id.clone(), Value::Object(answers));
        }
        write(file, &renamed(&Value::Object(played), &known));
    }
    assert!(wrong.is_empty(), "true examples are in {}:\n{}", folder().display(), wrong.join("\n"));
}

/// The gateway as `ponte demo` has it.
struct Demo {
    erp: SandboxErp,
    gateway: Gateway,
    _folder: tempfile::TempDir,
}

impl Demo {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let erp = SandboxErp::start("ixc", ([127, 0, 0, 1], 0).into()).unwrap();
        let master_key = MasterKey::from_hex(&SecretString::from(MASTER_KEY)).unwrap();
        let store = StoreSettings { path: folder.path().join("demo.db"), master_key };
        let mut operations = OperationsSettings::new(store);
        operations.test_mode = true;
        operations.clock = Some(NOW.parse().unwrap());
        operations.calls.per_second = 10_000;
        operations.calls.burst = 10_000;
        let http = HttpSettings { listen: ([127, 0, 0, 1], 0).into(), workers: 1, ..HttpSettings::default() };
        let gateway = Gateway::start(Settings { http, operations }).await.unwrap();
        let credentials: BTreeMap<String, String> = serde_json::from_value(erp.credentials()).unwrap();
        let tenant = NewTenant {
            slug: TenantSlug::parse("demo-ixc").unwrap(),
            vendor: erp.vendor().to_owned(),
            base_url: erp.base_url(),
            credentials: Credentials::new(credentials.into_iter().map(|(name, value)| (name, value.into()))),
            settings: settings(),
        };
        let (visit, everybody) = (AdminVisit::local("setup"), TenantsAllowed::All);
        gateway.operations().add_tenant(&visit, tenant).await.unwrap();
        let key = |name: &str, scopes: &[Scope]| NewKey {
            name: name.to_owned(),
            scopes: scopes.to_vec(),
            tenants: everybody.clone(),
            expires_at: None,
        };
        // Keys are listed by age, so each gets its own.
        gateway.operations().set_clock("2026-11-20T14:50:00Z".parse().unwrap()).unwrap();
        let demo = key("demo", &Scope::ALL);
        gateway.operations().ensure_test_key(demo, &SecretString::from(KEY)).await.unwrap();
        gateway.operations().set_clock("2026-11-20T14:55:00Z".parse().unwrap()).unwrap();
        let platform = key("chat platform", &[Scope::Read, Scope::Billing, Scope::Act, Scope::Tickets]);
        gateway.operations().ensure_test_key(platform, &SecretString::from(PLATFORM_KEY)).await.unwrap();
        Self { erp, gateway, _folder: folder }
    }

    async fn reset(&self) {
        self.erp.reset();
        self.gateway.operations().reset().await.unwrap();
    }

    fn call(&self, method: &str, path: &str) -> Call {
        let url = format!("http://{}{path}", self.gateway.addr());
        let masked = path.starts_with("/v1/tenants/demo-ixc/")
            && !["/contacts", "/verify"].iter().any(|operator| path.contains(operator));
        let key = if masked { PLATFORM_KEY } else { KEY };
        Call::new(client().request(method.parse().unwrap(), url)).key(key)
    }

    async fn play(&self, method: &str, template: &str, example: &Value) -> Answer {
        let mut path = template.to_owned();
        let mut query = Vec::new();
        let mut headers = Vec::new();
        for (name, value) in example["parameters"].as_object().unwrap() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let in_path = format!("{{{name}}}");
            if path.contains(&in_path) {
                path = path.replace(&in_path, &text);
            } else if name == "Idempotency-Key" {
                headers.push((name.clone(), text));
            } else {
                query.push(format!("{name}={text}"));
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let mut call = self.call(method, &path);
        for (name, text) in headers {
            call = call.header(&name, &text);
        }
        match example.get("request") {
            Some(request) => call.json(request).send().await,
            None => call.send().await,
        }
    }
}

fn settings() -> TenantSettings {
    let stranger = "Não cliente".to_owned();
    TenantSettings {
        company_name: Some("Provedor Exemplo".to_owned()),
        allow_plain_http: true,
        trust_unlock: TrustUnlockRule { days_granted: Some(3), ..TrustUnlockRule::default() },
        customer_types: CustomerTypes {
            list: vec!["Cliente".to_owned(), stranger.clone(), "Ex-cliente".to_owned()],
            when_not_found: Some(stranger),
        },
        acceptance_texts: vec![
            "Li e aceito os termos do contrato de prestação de serviço.".to_owned(),
            "Estou ciente do prazo de permanência e das condições do plano.".to_owned(),
        ],
        ..TenantSettings::default()
    }
}

/// Method and path of every operation.
fn operations() -> BTreeMap<String, (String, String)> {
    let document = serde_json::to_value(openapi::document()).unwrap();
    let mut operations = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            operations.insert(id, (method.to_uppercase(), path.clone()));
        }
    }
    operations
}

fn read(file: &str) -> Value {
    let path = format!("{}/../../openapi/examples/{file}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))).unwrap()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("examples")
}

fn write(file: &str, examples: &Value) {
    std::fs::create_dir_all(folder()).unwrap();
    let text = serde_json::to_string_pretty(examples).unwrap() + "\n";
    std::fs::write(folder().join(format!("{file}.json")), text).unwrap();
}

/// The answer as the example has it: JSON whole, a file as far as the example goes.
fn body(answer: &Answer, documented: &Value) -> Value {
    let json = answer.header("content-type").contains("json");
    match documented {
        Value::String(beginning) if !json => {
            // Byte by byte: a picture's beginning can be written so, and a page's is plain ASCII.
            let text: String = answer.body.iter().map(|byte| char::from(*byte)).collect();
            if text.starts_with(beginning.as_str()) {
                documented.clone()
            } else {
                Value::String(text.chars().take(300).collect())
            }
        }
        Value::Object(part) if part.contains_key("openapi") => {
            let whole = answer.json();
            json!({"openapi": whole["openapi"], "paths": {}})
        }
        _ if answer.body.is_empty() => Value::Null,
        _ => answer.json(),
    }
}

/// Whether a text is an id that is drawn by lot.
fn is_drawn(text: &str) -> bool {
    let of_a_request = text.len() == 36 && text.chars().filter(|c| *c == '-').count() == 4;
    of_a_request || ["con_", "evd_", "key_", "ponte_", "urn:uuid:"].iter().any(|prefix| text.starts_with(prefix))
}

fn is_handle(text: &str) -> bool {
    ["cus_", "ctr_", "inv_", "fis_", "tck_", "lgn_"].iter().any(|prefix| text.starts_with(prefix))
}

/// Learns which id stands for which in this run, so that later examples can name it.
fn learn(documented: &Value, told: &Value, known: &mut BTreeMap<String, String>) {
    match (documented, told) {
        (Value::String(written), Value::String(told))
            if written != told
                && ((is_drawn(written) && is_drawn(told)) || (is_handle(written) && is_handle(told))) =>
        {
            known.insert(written.clone(), told.clone());
        }
        (Value::Object(written), Value::Object(told)) => {
            written
                .iter()
                .filter_map(|(name, value)| Some((value, told.get(name)?)))
                .for_each(|(a, b)| learn(a, b, known));
        }
        (Value::Array(written), Value::Array(told)) => {
            written.iter().zip(told).for_each(|(a, b)| learn(a, b, known));
        }
        _ => {}
    }
}

/// The value with the ids of this run.
fn renamed(value: &Value, known: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => match known.get(text) {
            Some(other) => other.clone().into(),
            None => known.iter().fold(text.clone(), |text, (written, told)| text.replace(written, told)).into(),
        },
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), renamed(value, known))).collect::<Map<_, _>>().into()
        }
        Value::Array(items) => items.iter().map(|item| renamed(item, known)).collect(),
        other => other.clone(),
    }
}

/// Members that are not compared: what is written behind the answers (how much of it is there yet is luck), and what
/// adapters say of themselves (it changes with them, not with the API).
const UNCOMPARED: [&str; 6] = ["audit_entries", "last_used_at", "evidence", "cases", "setting_fields", "vendors"];

/// Equal, but for ids drawn by lot, the seconds since the clock was set, and this run's address of the ERP.
fn alike(documented: &Value, told: &Value) -> bool {
    match (documented, told) {
        (Value::String(written), Value::String(told)) => {
            let instants = (written.parse::<jiff::Timestamp>(), told.parse::<jiff::Timestamp>());
            let close = matches!(instants, (Ok(a), Ok(b)) if a.as_second().abs_diff(b.as_second()) < 120);
            let local = |text: &str| text.starts_with("http://127.0.0.1:");
            written == told || close || (is_drawn(written) && is_drawn(told)) || (local(written) && local(told))
        }
        (Value::Object(written), Value::Object(told)) => {
            let same = |name: &String, value| {
                told.get(name).is_some_and(|told| UNCOMPARED.contains(&name.as_str()) || alike(value, told))
            };
            written.len() == told.len() && written.iter().all(|(name, value)| same(name, value))
        }
        (Value::Array(written), Value::Array(told)) => {
            written.len() == told.len() && written.iter().zip(told).all(|(a, b)| alike(a, b))
        }
        (written, told) => written == told,
    }
}
