//! Nothing of a person and no secret appears in what the process logs or counts.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use ponte_sandbox::{Fault, FaultKind};
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use crate::harness::{TENANT, TestGateway};

const PEOPLE: [&str; 6] =
    ["529.982.247-25", "111.444.777-35", "390.533.447-05", "123.456.789-09", "12.ABC.345/01DE-35", "987.654.321-00"];

/// Everything that any test of this process logs: the lines of our rooms down to the finest, of others from `info` on.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

static LOG: LazyLock<Log> = LazyLock::new(|| {
    let log = Log::default();
    let rooms = ["gateway", "operations", "vendors", "transport", "store"].map(|room| format!("ponte_{room}=trace"));
    let filter = EnvFilter::new(format!("info,{}", rooms.join(",")));
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_span_events(FmtSpan::FULL)
        .with_writer(log.clone())
        .init();
    log
});

/// What must not be seen anywhere.
#[derive(Default)]
struct Secrets(BTreeSet<String>);

impl Secrets {
    fn add(&mut self, text: &str) {
        // Shorter ones are words that stand in logs by right, or numbers that stand in request ids by chance.
        let short_number = text.len() < 10 && text.bytes().all(|b| b.is_ascii_digit());
        if text.len() >= 6 && !short_number {
            self.0.insert(text.to_owned());
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if digits.len() >= 10 {
            self.0.insert(digits);
        }
    }

    /// The personal parts of an answer, wherever they stand.
    fn learn(&mut self, answer: &Value) {
        const PERSONAL: [&str; 12] = [
            "name",
            "number",
            "masked",
            "phones",
            "emails",
            "email",
            "address",
            "copy_paste",
            "digitable_line",
            "barcode",
            "complaint",
            "registered_phone",
        ];
        match answer {
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(text) if PERSONAL.contains(&name.as_str()) => self.add(text),
                        Value::Array(list) if PERSONAL.contains(&name.as_str()) => {
                            list.iter().filter_map(Value::as_str).for_each(|text| self.add(text));
                        }
                        _ => self.learn(value),
                    }
                }
            }
            Value::Array(list) => list.iter().for_each(|item| self.learn(item)),
            _ => {}
        }
    }
}

fn ids(answer: &Value, list: &str) -> Vec<String> {
    let items = answer[list].as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)).collect()
}

/// Every operation about one person; what the answers say of them is learned.
async fn everything_about(gateway: &TestGateway, document: &str, secrets: &mut Secrets) {
    let base = format!("/v1/tenants/{TENANT}");
    let get = |path: String| gateway.get(&path).send();
    let found = gateway.post(&format!("{base}/customers/lookup"), &json!({ "document": document })).send().await.ok();
    secrets.add(document);
    secrets.learn(&found);
    for customer in ids(&found, "customers") {
        let path = format!("{base}/customers/{customer}");
        secrets.learn(&get(path.clone()).await.ok());
        let phones = found["customers"][0]["phones"].as_array().cloned().unwrap_or_default();
        for phone in phones {
            gateway.post(&format!("{base}/customers/lookup"), &json!({ "phone": phone })).send().await.ok();
            gateway.post(&format!("{base}/contacts/link"), &json!({ "phone": phone })).send().await.ok();
        }
        let invoices = get(format!("{path}/invoices?status=all")).await.ok();
        for invoice in ids(&invoices, "invoices") {
            let path = format!("{base}/invoices/{invoice}");
            secrets.learn(&get(format!("{path}/payment")).await.json());
            for file in ["boleto.pdf", "pix.svg", "pix.png"] {
                get(format!("{path}/{file}")).await;
            }
        }
        secrets.learn(&get(format!("{path}/tickets?status=all")).await.json());
        let ticket = json!({ "sector": "Financeiro", "text": "Minha fatura veio errada, me ajudem" });
        secrets.add("Minha fatura veio errada, me ajudem");
        gateway
            .act(
                &format!("{path}/tickets"),
                &format!("ticket-{customer}").chars().take(60).collect::<String>(),
                &ticket,
            )
            .send()
            .await;
        let contracts = get(format!("{path}/contracts")).await.ok();
        secrets.learn(&contracts);
        for contract in ids(&contracts, "contracts") {
            everything_about_a_contract(gateway, &format!("{base}/contracts/{contract}"), secrets).await;
        }
    }
}

async fn everything_about_a_contract(gateway: &TestGateway, path: &str, secrets: &mut Secrets) {
    for part in [
        "",
        "/invoices?status=all",
        "/fiscal-invoices",
        "/trust-unlock",
        "/speed-release",
        "/acceptance",
        "/diagnostics",
    ] {
        secrets.learn(&gateway.get(&format!("{path}{part}")).send().await.json());
    }
    gateway.get(&format!("{path}/acceptance/document.pdf")).send().await;
    let intent = |what: &str| format!("{what}-{}", &path[path.len() - 12..]);
    for act in ["trust-unlock", "speed-release"] {
        gateway.act(&format!("{path}/{act}"), &intent(act), &json!({})).send().await;
    }
    let accept = json!({ "phone": "41991230001", "texts_confirmed": ["Li e aceito o contrato"] });
    gateway.act(&format!("{path}/acceptance"), &intent("acceptance"), &accept).send().await;
    secrets.add("senha-do-wifi-2026");
    gateway.act(&format!("{path}/wifi"), &intent("wifi"), &json!({ "password": "senha-do-wifi-2026" })).send().await;
}

#[tokio::test]
async fn no_person_and_no_secret_is_in_logs_or_metrics() {
    let log = LOG.clone();
    let gateway = TestGateway::start().await;
    let mut secrets = Secrets::default();
    secrets.add(&gateway.key);
    for credential in gateway.erp.credentials().as_object().unwrap().values() {
        secrets.add(credential.as_str().unwrap());
    }
    secrets.add("Senha#2026");
    for document in PEOPLE {
        everything_about(&gateway, document, &mut secrets).await;
    }
    let sign_in = json!({ "login": "ana.souza", "password": "Senha#2026" });
    gateway.post(&format!("/v1/tenants/{TENANT}/customers/sign-in"), &sign_in).send().await;
    // Failures are what tempts to log most.
    for kind in [
        FaultKind::Http500,
        FaultKind::HtmlPage,
        FaultKind::VendorError,
        FaultKind::Garbage,
        FaultKind::CutAfterHeaders,
    ] {
        gateway.erp.inject(Fault::at("*", kind).times(100));
        for document in PEOPLE {
            let body = json!({ "document": document });
            let lookup = gateway.post(&format!("/v1/tenants/{TENANT}/customers/lookup"), &body);
            lookup.header("Cache-Control", "no-cache").send().await;
        }
        gateway.erp.clear_faults();
    }
    let metrics = gateway.get("/metrics").bare().send().await.text();
    let logged = log.text();
    assert!(logged.lines().count() > 200, "the log was captured: {} lines", logged.lines().count());
    assert!(secrets.0.len() > 60, "there is something to look for: {:?}", secrets.0);
    for secret in &secrets.0 {
        for (place, text) in [("log", &logged), ("metrics", &metrics)] {
            let line = text.lines().find(|line| line.contains(secret.as_str()));
            assert!(line.is_none(), "{secret:?} is in the {place}: {}", line.unwrap_or_default());
        }
    }
}
