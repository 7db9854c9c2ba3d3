//! Every vendor as an operator meets it: its tenant is added by the command line and by the admin API, verified both
//! ways, and does what every vendor must do.

use std::process::Command;

use ponte_sandbox::{SandboxErp, roster};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{ANA, NOON, Platform, Site, ended, text_at};

/// One vendor's sandbox and what a tenant of it needs.
struct Vendor {
    word: &'static str,
    erp: SandboxErp,
    settings: Value,
}

impl Vendor {
    fn all() -> Vec<Self> {
        let start = |word| SandboxErp::start(word, ([127, 0, 0, 1], 0).into()).unwrap();
        let vendor = |word| {
            let erp = start(word);
            let mut settings = erp.settings();
            settings["allow_plain_http"] = json!(true);
            Self { word, erp, settings }
        };
        roster().iter().map(|skin| vendor(skin.vendor)).collect()
    }

    fn credentials(&self) -> Vec<(String, String)> {
        let fields = self.erp.credentials();
        let field = |(name, value): (&String, &Value)| (name.clone(), value.as_str().unwrap().to_owned());
        fields.as_object().unwrap().iter().map(field).collect()
    }

    /// `ponte tenant add`, each credential from a file of its own.
    fn add(&self, site: &Site, tenant: &str) -> Command {
        let settings = site.path(&format!("{tenant}.json"));
        std::fs::write(&settings, self.settings.to_string()).unwrap();
        let mut add = site.ponte();
        add.args(["tenant", "add", tenant, "--vendor", self.word, "--base-url", &self.erp.base_url()]);
        add.arg("--settings").arg(settings);
        for (name, secret) in self.credentials() {
            let file = site.path(&format!("{tenant}-{name}"));
            std::fs::write(&file, secret + "\n").unwrap();
            add.args(["--credential", &format!("{name}=@{}", file.display())]);
        }
        add
    }
}

#[tokio::test]
async fn every_vendor_is_added_and_verified_both_ways_and_bills() {
    let site = Site::new(&[("PONTE_TEST_MODE", "true")]);
    let vendors = Vendor::all();
    for vendor in &vendors {
        let tenant = format!("cli-{}", vendor.word);
        ended(vendor.add(&site, &tenant), "").good();
        let mut verify = site.ponte();
        verify.args(["tenant", "verify", &tenant]);
        let told = ended(verify, "").good().out;
        assert!(told.lines().count() > 1 && told.lines().all(|line| line.starts_with("ok  ")), "{told}");
    }
    let (_running, platform) = site.serve().await;
    platform.set_clock(NOON).await;
    for vendor in &vendors {
        let tenant = format!("api-{}", vendor.word);
        let credentials: serde_json::Map<String, Value> =
            vendor.credentials().into_iter().map(|(name, secret)| (name, json!(secret))).collect();
        let body = json!({
            "tenant": tenant, "vendor": vendor.word, "base_url": vendor.erp.base_url(),
            "credentials": credentials, "settings": vendor.settings,
        });
        let added = platform.post("/v1/tenants", body).await;
        assert_eq!(added.status, 201, "{}", added.text());
        let verified = platform.send(Method::POST, &format!("/v1/tenants/{tenant}/verify"), &[], None).await;
        assert_eq!(verified.json()["ok"], true, "{}: {}", vendor.word, verified.text());
        assert!(vendor.erp.writes().counts.is_empty(), "verifying writes nothing: {:?}", vendor.erp.writes());
        for tenant in [tenant, format!("cli-{}", vendor.word)] {
            bills(&platform, &tenant).await;
        }
    }
}

/// Ana is found, with her contract and her open bill; the bill can be paid by boleto and Pix.
async fn bills(platform: &Platform, tenant: &str) {
    let here = format!("/v1/tenants/{tenant}");
    let found = platform.post(&format!("{here}/customers/lookup"), json!({ "document": ANA })).await;
    assert_eq!(text_at(&found, "/customers/0/name"), "Ana Souza", "{tenant}");
    let ana = text_at(&found, "/customers/0/id");
    let contracts = platform.get(&format!("{here}/customers/{ana}/contracts")).await;
    assert_eq!(text_at(&contracts, "/contracts/0/plan/name"), "Fibra 300 Mega", "{tenant}");
    let bills = platform.get(&format!("{here}/customers/{ana}/invoices?status=open")).await;
    assert_eq!(text_at(&bills, "/invoices/0/due_date"), "2026-12-10", "{tenant}");
    let bill = text_at(&bills, "/invoices/0/id");
    let payment = platform.get(&format!("{here}/invoices/{bill}/payment")).await;
    assert_eq!(text_at(&payment, "/boleto/digitable_line").len(), 47, "{tenant}");
    assert!(text_at(&payment, "/pix/copy_paste").starts_with("000201"), "{tenant}");
}
