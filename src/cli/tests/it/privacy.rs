//! Nothing that the process writes or exports names a person or holds a secret, at the most talkative level, for good
//! and for failing requests alike.

use ponte_sandbox::{Fault, FaultKind};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{ANA, Answer, BRUNO, CARLA, DAVI, NOON, Platform, Site, TEXTS, ended, ponte, text_at};

const EMPRESA: &str = "12.ABC.345/01DE-35";
const ELISA: &str = "987.654.321-00";
const NOBODY: &str = "168.995.350-09";
const PASSWORD: &str = "Senha#2026";
const WRONG_PASSWORD: &str = "outra-Senha-77";
const WIFI_PASSWORD: &str = "casa nova 2026";
const COMPLAINT: &str = "Estou sem internet desde ontem, me liguem.";
const COMMENT: &str = "Demorou, mas resolveu.";
const T: &str = "/v1/tenants/acme";

/// A walk through all operations; whatever was answered is kept.
struct Tour {
    platform: Platform,
    answers: Vec<Answer>,
    /// Method and path of what was answered well.
    went_well: Vec<(Method, String)>,
    keys: u32,
}

impl Tour {
    fn new(platform: Platform) -> Self {
        Self { platform, answers: Vec::new(), went_well: Vec::new(), keys: 0 }
    }

    async fn get(&mut self, path: &str) -> &Answer {
        self.send(Method::GET, path, None).await
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> &Answer {
        self.keys += 1;
        let key = format!("privacy-tour-{}", self.keys);
        // Everywhere, also where it means nothing: reads are to go to the ERP, acts need a key of their own.
        let headers = [("Idempotency-Key", key.as_str()), ("Cache-Control", "no-cache")];
        let answer = self.platform.send(method.clone(), path, &headers, body).await;
        if answer.status < 300 {
            self.went_well.push((method, path.split('?').next().unwrap().to_owned()));
        }
        self.answers.push(answer);
        self.answers.last().unwrap()
    }

    async fn post(&mut self, path: &str, body: Value) -> &Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Everything that can be read about one person.
    async fn person(&mut self, document: &str) {
        let found = self.post(&format!("{T}/customers/lookup"), json!({ "document": document })).await.json();
        let Some(customer) = found.pointer("/customers/0/id").and_then(Value::as_str) else { return };
        let customer = format!("{T}/customers/{customer}");
        for part in ["", "/contracts", "/invoices?status=all", "/tickets?status=all"] {
            self.get(&format!("{customer}{part}")).await;
        }
        for invoice in self.ids(&format!("{customer}/invoices?status=all"), "invoices").await {
            for part in ["payment", "boleto.pdf", "pix.svg", "pix.png"] {
                self.get(&format!("{T}/invoices/{invoice}/{part}")).await;
            }
        }
        for contract in self.ids(&format!("{customer}/contracts"), "contracts").await {
            let contract = format!("{T}/contracts/{contract}");
            let parts =
                ["", "/invoices", "/fiscal-invoices", "/trust-unlock", "/speed-release", "/acceptance", "/diagnostics"];
            for part in parts.into_iter().chain(["/acceptance/document.pdf"]) {
                self.get(&format!("{contract}{part}")).await;
            }
            for note in self.ids(&format!("{contract}/fiscal-invoices"), "fiscal_invoices").await {
                self.get(&format!("{T}/fiscal-invoices/{note}.pdf")).await;
            }
        }
    }

    /// Everything that can be done for one person, allowed or not.
    async fn acts(&mut self, document: &str, phone: &str) {
        let found = self.post(&format!("{T}/customers/lookup"), json!({ "document": document })).await;
        let customer = text_at(found, "/customers/0/id");
        for contract in self.ids(&format!("{T}/customers/{customer}/contracts"), "contracts").await {
            let path = format!("{T}/contracts/{contract}");
            self.send(Method::POST, &format!("{path}/trust-unlock"), None).await;
            self.send(Method::POST, &format!("{path}/speed-release"), None).await;
            self.post(&format!("{path}/wifi"), json!({ "password": WIFI_PASSWORD })).await;
            self.post(&format!("{path}/acceptance"), json!({"phone": phone, "texts_confirmed": TEXTS})).await;
            let ticket =
                json!({"sector": "Técnico", "subject": "Sem conexão", "text": COMPLAINT, "contract_id": contract});
            self.post(&format!("{T}/customers/{customer}/tickets"), ticket).await;
        }
        for ticket in self.ids(&format!("{T}/customers/{customer}/tickets?status=all"), "tickets").await {
            self.post(&format!("{T}/tickets/{ticket}/rating"), json!({"stars": 3, "comment": COMMENT})).await;
        }
    }

    /// Look-ups by everything, sign-in, the contact base, administration, and input that is refused.
    async fn around(&mut self) {
        for key in [
            json!({"phone": "555481234567"}),
            json!({"phone": "(11) 98765-4321"}),
            json!({"email": "ana@example.com"}),
            json!({"vendor_id": "101"}),
            json!({"document": "529.982.247-26"}),
            json!({"document": ANA, "phone": "(11) 98765-4321"}),
            json!({"cpf": ANA}),
            json!(ANA),
        ] {
            self.post(&format!("{T}/customers/lookup"), key).await;
        }
        for (login, password) in [("ana.souza", PASSWORD), ("ana.souza", WRONG_PASSWORD), (BRUNO, PASSWORD)] {
            self.post(&format!("{T}/customers/sign-in"), json!({"login": login, "password": password})).await;
        }
        let link = json!({"phone": "555481234567", "document": BRUNO});
        self.post(&format!("{T}/contacts/link"), link).await;
        let nobody = json!({"document": NOBODY, "name": "Zuleica Nunes", "phones": ["(71) 97777-6666"], "email": "zuleica@example.com"});
        let contact = format!("{T}/contacts/con_01935f2e7b7c7d0aa1b2c3d4e5f60718");
        self.send(Method::PUT, &contact, Some(nobody)).await;
        self.post(&format!("{T}/contacts/link"), json!({"phone": "(71) 97777-6666"})).await;
        let found = self.post(&format!("{T}/customers/lookup"), json!({ "document": ANA })).await.json();
        let customer = found.pointer("/customers/0/id").and_then(Value::as_str).unwrap_or("cus_x").to_owned();
        let account = json!({"customer_id": customer, "label": "Casa da Ana Souza", "active": true});
        self.post(&format!("{contact}/accounts"), account).await;
        let switch = json!({ "customer_id": customer });
        self.send(Method::PUT, &format!("{contact}/accounts/active"), Some(switch)).await;
        for path in ["", "/accounts"] {
            self.get(&format!("{contact}{path}")).await;
        }
        self.send(Method::DELETE, &format!("{contact}/accounts/{customer}"), None).await;
        self.send(Method::DELETE, &contact, None).await;
        for path in ["contacts/export.csv", "ratings/export.csv", "ticket-topics", "capabilities"] {
            self.get(&format!("{T}/{path}")).await;
        }
        self.send(Method::POST, &format!("{T}/verify"), None).await;
        for path in ["/v1/vendors", "/v1/tenants", "/v1/keys", "/v1/audit", "/v1/tenants/acme", "/v1/nothing/here"] {
            self.get(path).await;
        }
        // A person in a place where none belongs.
        self.get(&format!("{T}/customers/{ANA}")).await;
        self.get(&format!("{T}/customers/cus_x/contracts?document={ANA}")).await;
    }

    /// What only administrators do, with a tenant and a key that are gone in the end.
    async fn administration(&mut self, site: &Site) {
        let tenant = json!({
            "tenant": "second",
            "vendor": "ixc",
            "base_url": site.erp.base_url(),
            "credentials": site.erp.credentials(),
            "settings": {"allow_plain_http": true},
        });
        self.post("/v1/tenants", tenant.clone()).await;
        self.post("/v1/tenants", tenant).await;
        let change = json!({ "credentials": site.erp.credentials() });
        self.send(Method::PATCH, "/v1/tenants/second", Some(change)).await;
        self.send(Method::DELETE, "/v1/tenants/second", None).await;
        let key = json!({"name": "second", "scopes": ["read"], "tenants": "all"});
        let key = text_at(self.post("/v1/keys", key).await, "/key/id");
        self.get(&format!("/v1/keys/{key}")).await;
        self.send(Method::PATCH, &format!("/v1/keys/{key}"), Some(json!({"name": "third"}))).await;
        self.send(Method::DELETE, &format!("/v1/keys/{key}"), None).await;
    }

    async fn ids(&mut self, path: &str, list: &str) -> Vec<String> {
        let answer = self.get(path).await;
        if answer.status != 200 {
            return Vec::new();
        }
        let items = answer.json();
        let items = items[list].as_array().unwrap_or_else(|| panic!("{path}: no {list}")).iter();
        items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }
}

/// Operations of the published document that the tour did not see succeed. Those of the test mode begin each test.
fn not_seen(went_well: &[(Method, String)]) -> Vec<String> {
    let mut print = ponte();
    print.arg("openapi");
    let document: Value = serde_json::from_str(&ended(print, "").good().out).unwrap();
    let fits = |template: &str, path: &str| {
        let (one, other): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        let same = |(part, given): (&&str, &&str)| match part.split_once('{') {
            None => part == given,
            Some((_, rest)) => given.ends_with(rest.split_once('}').unwrap().1),
        };
        one.len() == other.len() && one.iter().zip(&other).all(same)
    };
    let mut missing = Vec::new();
    for (template, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "patch", "delete"].into_iter().filter(|method| item.get(method).is_some())
        {
            let seen =
                |(done, path): &(Method, String)| done.as_str().eq_ignore_ascii_case(method) && fits(template, path);
            if !template.starts_with("/v1/test/") && !went_well.iter().any(seen) {
                missing.push(format!("{method} {template}"));
            }
        }
    }
    missing
}

/// Everything that must appear nowhere, in each form in which it travels.
fn secrets(site: &Site, answers: &[Answer]) -> Vec<String> {
    let token = site.erp.credentials()["token"].as_str().unwrap().to_owned();
    let mut secrets: Vec<String> = [PASSWORD, WRONG_PASSWORD, WIFI_PASSWORD, COMPLAINT, COMMENT, "zuleica", "Zuleica"]
        .into_iter()
        .chain(["ana.souza", "bruno.lima", "pppoe-", &site.key, token.split(':').nth(1).unwrap()])
        .map(str::to_owned)
        .collect();
    for document in [ANA, BRUNO, CARLA, DAVI, EMPRESA, ELISA, NOBODY, "529.982.247-26"] {
        let digits: String = document.chars().filter(char::is_ascii_alphanumeric).collect();
        // What a masked document still shows, with a sign on both sides so that no number in a log is taken for it.
        let middle = document.chars().skip(document.find('.').unwrap()).take(9).collect();
        secrets.extend([document.to_owned(), digits, middle]);
    }
    let town = site.erp.town();
    for customer in &town.customers {
        secrets.extend([customer.name.to_owned(), customer.email.to_owned()]);
        secrets.push(customer.address.street.to_owned());
        for phone in &customer.phones {
            let digits: String = phone.e164().chars().filter(char::is_ascii_digit).collect();
            let (area, line) = digits[2..].split_at(2);
            let (first, last) = line.split_at(line.len() - 4);
            secrets.extend([format!("{area}{line}"), format!("{first}-{last}"), format!("*-{last}")]);
        }
    }
    // The old form of Bruno's number, as he wrote.
    secrets.push("5481234567".to_owned());
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        let Ok(json) = serde_json::from_slice::<Value>(&answer.body) else { continue };
        for pointer in
            ["/pix/copy_paste", "/boleto/digitable_line", "/boleto/digitable_line_formatted", "/boleto/barcode"]
        {
            secrets.extend(json.pointer(pointer).and_then(Value::as_str).map(str::to_owned));
        }
    }
    secrets.sort();
    secrets.dedup();
    secrets
}

#[tokio::test]
async fn neither_log_nor_metrics_hold_a_person_or_a_secret() {
    let settings = [
        ("PONTE_LOG_FILTER", "trace"),
        ("PONTE_TEST_MODE", "true"),
        ("PONTE_CALLS_PER_SECOND", "5000"),
        ("PONTE_CALLS_BURST", "5000"),
        ("PONTE_CALLS_DEADLINE_MS", "3000"),
        ("PONTE_CALLS_ATTEMPT_MS", "1000"),
        ("PONTE_CALLS_BREAKER_FAILURES", "100000"),
        ("PONTE_INBOUND_PER_KEY_BURST", "10000"),
        ("PONTE_INBOUND_PER_TENANT_BURST", "10000"),
    ];
    let site = Site::new(&settings);
    let (mut running, platform) = site.serve().await;
    platform.set_clock(NOON).await;
    let mut tour = Tour::new(platform.clone());

    for document in [ANA, BRUNO, CARLA, DAVI, EMPRESA, ELISA, NOBODY] {
        tour.person(document).await;
    }
    tour.around().await;
    for (document, phone) in
        [(ANA, "+5511987654321"), (BRUNO, "555481234567"), (CARLA, "+5511999990000"), (DAVI, "+5541991230001")]
    {
        tour.acts(document, phone).await;
    }
    tour.administration(&site).await;
    for path in ["/", "/docs", "/openapi.json", "/problems", "/problems/not-found"] {
        tour.get(path).await;
    }
    for path in ["/health/live", "/health/ready", "/metrics"] {
        tour.get(path).await;
    }
    let missing = not_seen(&tour.went_well);
    assert!(missing.is_empty(), "never answered well: {missing:#?}");
    let secrets = secrets(&site, &tour.answers);
    assert!(secrets.iter().any(|text| text.starts_with("000201")), "no Pix text was seen");

    for fault in [
        FaultKind::HtmlPage,
        FaultKind::Http500,
        FaultKind::VendorError,
        FaultKind::Garbage,
        FaultKind::TruncatedBody { keep: None },
        FaultKind::ExpiredToken,
        FaultKind::RedirectToLogin { location: None },
        FaultKind::ActThenCut,
        FaultKind::WrongCharset,
    ] {
        site.erp.clear_faults();
        site.erp.inject(Fault::at("*", fault).times(100_000));
        tour.person(ANA).await;
        tour.around().await;
    }
    // Acts whose ERP breaks in the middle.
    site.erp.clear_faults();
    site.erp.reset();
    site.erp.inject(Fault::at("*/su_ticket", FaultKind::TruncatedBody { keep: Some(3) }).times(100));
    site.erp.inject(Fault::at("*/desbloqueio_confianca", FaultKind::Http500).times(100));
    tour.acts(BRUNO, "555481234567").await;
    let failed = tour.answers.iter().filter(|answer| answer.status >= 500).count();
    assert!(failed > 50, "the ERP broke too seldom: {failed}");

    let metrics = platform.get("/metrics").await;
    assert_eq!(metrics.status, 200, "{}", metrics.text());
    running.signal("TERM");
    assert!(running.ended().await.success());
    let log = running.out.text() + &running.err.text();
    assert!(log.lines().count() > 1000 && log.contains("\"level\":\"TRACE\""), "the log was not at its most talkative");
    for (what, text) in [("log", log), ("metrics", metrics.text())] {
        for secret in &secrets {
            let found = text.lines().find(|line| line.contains(secret.as_str()));
            assert!(found.is_none(), "the {what} has {secret:?}: {}", found.unwrap_or_default());
        }
    }
}

#[tokio::test]
async fn problems_hold_no_person_and_no_secret() {
    let site = Site::new(&[("PONTE_TEST_MODE", "true")]);
    let (_running, platform) = site.serve().await;
    platform.set_clock(NOON).await;
    let mut tour = Tour::new(platform);
    tour.around().await;
    site.erp.inject(Fault::at("*", FaultKind::VendorError).times(100_000));
    tour.around().await;
    let secrets = secrets(&site, &[]);
    let problems: Vec<_> = tour.answers.iter().filter(|answer| answer.status >= 400).map(Answer::text).collect();
    assert!(problems.len() > 20, "{}", problems.len());
    for problem in &problems {
        for secret in &secrets {
            assert!(!problem.contains(secret.as_str()), "a problem has {secret:?}: {problem}");
        }
    }
}
