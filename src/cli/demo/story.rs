//! What the demo prints: addresses, and calls to paste. Their handles come from asking the gateway itself, as a
//! platform would, so that a demo that prints its page also works.

use std::fmt::Write as _;
use std::net::SocketAddr;

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::{Value, json};

use super::{KEY, Running, tenant_name};
use crate::cli::loopback::{self, Request};

/// Ana Souza, who has an open bill with boleto and Pix (the sandbox world, as every stand-in tells it).
const ANA: &str = "529.982.247-25";
/// Bruno Lima, blocked for late payment, who may be unlocked.
const BRUNO: &str = "111.444.777-35";

/// The page.
///
/// # Errors
/// The gateway or the first sandbox ERP does not answer as it should.
pub(super) async fn told(gateway: SocketAddr, erps: &[Running]) -> Result<String> {
    let first = erps.first().context("there is no sandbox ERP")?;
    let tenant = tenant_name(first);
    let asking = tenant.clone();
    let people = tokio::task::spawn_blocking(move || People::found(gateway, &asking)).await.context("asking")??;
    Ok(page(gateway, erps, &tenant, &people))
}

/// Handles of the people of the page.
struct People {
    ana_bill: String,
    bruno_contract: String,
}

impl People {
    fn found(gateway: SocketAddr, tenant: &str) -> Result<Self> {
        let base = format!("/v1/tenants/{tenant}");
        let customer = |document: &str| {
            let body = json!({ "document": document }).to_string();
            asked(gateway, "POST", &format!("{base}/customers/lookup"), Some(&body), "/customers/0/id")
        };
        let ana = customer(ANA)?;
        let ana_bill =
            asked(gateway, "GET", &format!("{base}/customers/{ana}/invoices?status=open"), None, "/invoices/0/id")?;
        let bruno = customer(BRUNO)?;
        let bruno_contract =
            asked(gateway, "GET", &format!("{base}/customers/{bruno}/contracts"), None, "/contracts/0/id")?;
        Ok(Self { ana_bill, bruno_contract })
    }
}

/// One text of an answer.
fn asked(gateway: SocketAddr, method: &str, path: &str, body: Option<&str>, pointer: &str) -> Result<String> {
    let answer = loopback::ask(gateway, Request { method, path, key: Some(KEY), body })?;
    if answer.status != 200 {
        bail!("{method} {path} is answered with {}: {}", answer.status, answer.body);
    }
    let value: Value = serde_json::from_str(&answer.body).with_context(|| format!("{method} {path}"))?;
    let text = value.pointer(pointer).and_then(Value::as_str);
    text.map(str::to_owned).ok_or_else(|| anyhow!("{method} {path}: the answer has no {pointer}"))
}

fn page(gateway: SocketAddr, erps: &[Running], tenant: &str, people: &People) -> String {
    let base = format!("http://{gateway}");
    let mut page = format!(
        "Ponte demo: one API over stand-ins of {} ERP{}. Invented people; all of it is gone when it stops (Ctrl-C).\n\n  \
         Gateway   {base}\n  Docs      {base}/docs\n  Key       {KEY}\n  \
         Clock     2026-11-20 12:00 -03:00; PUT {base}/v1/test/clock sets the gateway's, PUT …/_sandbox/clock an ERP's\n\n",
        erps.len(),
        if erps.len() == 1 { "" } else { "s" },
    );
    for erp in erps {
        let name = tenant_name(erp);
        let _ = writeln!(page, "  Tenant    {name:<20} {:<16} control {}", erp.skin.product, erp.control());
    }
    let People { ana_bill, bruno_contract } = people;
    let here = format!("{base}/v1/tenants/{tenant}");
    let _ = write!(
        page,
        "
Ana's open bill, with the boleto's line and the Pix text:

  curl -s {here}/invoices/{ana_bill}/payment \\
    -H 'Authorization: Bearer {KEY}'

Who is Ana? Her CPF travels in the body, never in a URL:

  curl -s {here}/customers/lookup \\
    -H 'Authorization: Bearer {KEY}' \\
    -H 'Content-Type: application/json' -d '{{\"document\": \"{ANA}\"}}'

Unlock Bruno, whose contract is blocked for late payment (the same Idempotency-Key never unlocks twice):

  curl -s -X POST {here}/contracts/{bruno_contract}/trust-unlock \\
    -H 'Authorization: Bearer {KEY}' \\
    -H 'Idempotency-Key: bruno-unlock-1'
",
    );
    page
}
