//! What each vendor offers, as `GET /v1/vendors` of a gateway says, and the case of each thing that one does not offer.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::case::{Case, CaseFile, sandbox_noon};
use crate::stage::Stage;

/// One capability of one vendor.
#[derive(Debug, Clone)]
pub struct Offer {
    /// The vendor's word.
    pub vendor: String,
    /// The product's name.
    pub product: String,
    /// The capability's word.
    pub capability: String,
    /// Whether the vendor offers it.
    pub supported: bool,
    /// Why not, or what limits it.
    pub reason: Option<String>,
    /// How well the vendor facts behind it are known: official, seen, provisional.
    pub evidence: String,
}

#[derive(Deserialize)]
struct VendorList {
    vendors: Vec<Vendor>,
}

#[derive(Deserialize)]
struct Vendor {
    vendor: String,
    product: String,
    capabilities: Vec<Support>,
}

#[derive(Deserialize)]
struct Support {
    capability: String,
    supported: bool,
    reason: Option<String>,
    evidence: String,
}

/// Asks a gateway of its own, in the order of the matrix.
///
/// # Errors
/// A gateway that does not start, or an answer that is not as the API document says.
pub async fn ask() -> Result<Vec<Offer>> {
    let stage = Stage::bare(sandbox_noon()).await?;
    let answer = stage.read("/v1/vendors").await;
    stage.close().await;
    offers(answer?)
}

fn offers(answer: Value) -> Result<Vec<Offer>> {
    let list: VendorList = serde_json::from_value(answer).context("GET /v1/vendors")?;
    let of = |Vendor { vendor, product, capabilities }: Vendor| {
        capabilities.into_iter().map(move |Support { capability, supported, reason, evidence }| Offer {
            vendor: vendor.clone(),
            product: product.clone(),
            capability,
            supported,
            reason,
            evidence,
        })
    };
    Ok(list.vendors.into_iter().flat_map(of).collect())
}

/// What each vendor offers, by vendor.
pub fn offered(offers: &[Offer]) -> BTreeMap<String, BTreeSet<String>> {
    let mut offered: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for offer in offers {
        let capabilities = offered.entry(offer.vendor.clone()).or_default();
        if offer.supported {
            capabilities.insert(offer.capability.clone());
        }
    }
    offered
}

/// The case that nobody needs to write: what the vendor does not offer is refused with the reason that
/// `GET /v1/vendors` gives, and the vendor is not called.
///
/// # Errors
/// An offer without a reason, or of a capability that is not known here.
pub fn refusal(offer: &Offer) -> Result<Case> {
    let Offer { vendor, capability, .. } = offer;
    ensure!(!offer.supported, "{vendor} offers {capability}");
    let reason = offer.reason.as_deref().with_context(|| format!("{vendor} does not say why it lacks {capability}"))?;
    let call = call(capability).with_context(|| format!("{capability} has no call in harness/offers.rs"))?;
    let file: CaseFile = serde_json::from_value(json!({
        "title": format!("{} does not offer {capability}, and the refusal says why", offer.product),
        "vendor": vendor,
        "capability": capability,
        "scenario": [],
        "kind": "edge",
        "evidence": offer.evidence,
        "dossier": "GET /v1/vendors",
        "references": {
            "cus": {"kind": "customer", "id": "1"},
            "ctr": {"kind": "contract", "customer": "1", "id": "1"},
            "tck": {"kind": "ticket", "customer": "1", "id": "1"},
        },
        "steps": [{
            "call": call,
            "expect": {
                "status": 501,
                "headers": {"Content-Type": "application/problem+json"},
                "body": {
                    "type": "{{url:/problems/capability-not-supported}}",
                    "title": "Capability not supported",
                    "status": 501,
                    "detail": reason,
                    "instance": "{{request-id}}",
                    "retryable": false,
                    "user_message": "{{string}}",
                    "capability": capability,
                    "reason": reason,
                },
            },
        }],
    }))?;
    Ok(Case { folder: PathBuf::new(), id: format!("{vendor}/{capability}/not-offered"), file, mappings: Vec::new() })
}

/// A call of the capability that nothing is wrong with.
fn call(capability: &str) -> Option<Value> {
    const CONTRACT: &str = "/v1/tenants/{tenant}/contracts/{ctr}";
    const CUSTOMER: &str = "/v1/tenants/{tenant}/customers/{cus}";
    let read = |path: String| json!({"method": "GET", "path": path});
    let ask = |path: String, body: Value| json!({"method": "POST", "path": path, "body": body});
    let act = |path: String, body: Value| json!({"method": "POST", "path": path, "headers": {"Idempotency-Key": "not-offered"}, "body": body});
    Some(match capability {
        "customer_lookup" => {
            ask("/v1/tenants/{tenant}/customers/lookup".to_owned(), json!({"document": "529.982.247-25"}))
        }
        "contracts" => read(format!("{CUSTOMER}/contracts")),
        "billing" => read(format!("{CUSTOMER}/invoices")),
        "fiscal_invoices" => read(format!("{CONTRACT}/fiscal-invoices")),
        "trust_unlock" => act(format!("{CONTRACT}/trust-unlock"), json!({})),
        "speed_release" => act(format!("{CONTRACT}/speed-release"), json!({})),
        "acceptance" => read(format!("{CONTRACT}/acceptance")),
        "diagnostics" => read(format!("{CONTRACT}/diagnostics")),
        "ticket_opening" => act(format!("{CUSTOMER}/tickets"), json!({"sector": "Comercial", "text": "Quero ajuda"})),
        "ticket_list" => read(format!("{CUSTOMER}/tickets")),
        "ticket_rating" => act("/v1/tenants/{tenant}/tickets/{tck}/rating".to_owned(), json!({"stars": 5})),
        "sign_in" => ask(
            "/v1/tenants/{tenant}/customers/sign-in".to_owned(),
            json!({"login": "ana.souza", "password": "Senha#2026"}),
        ),
        "wifi" => act(format!("{CONTRACT}/wifi"), json!({"password": "casa nova 2026"})),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::path::Path;

    use serde_json::json;

    use super::{Offer, offered, offers, refusal};
    use crate::compare::{Known, whole};
    use crate::suite::Suites;

    /// A vendor that offers nothing at all, as a gateway would tell of it.
    fn poor() -> Vec<Offer> {
        let words = capability_words();
        let support = words.iter().map(
            |word| json!({"capability": word, "supported": false, "reason": "Not sold.", "evidence": "seen", "cases": 0}),
        );
        let vendor = json!({
            "vendor": "poor", "product": "Poor ERP", "credential_fields": [], "setting_fields": [],
            "capabilities": support.collect::<Vec<_>>(),
        });
        offers(json!({"vendors": [vendor]})).unwrap()
    }

    /// The closed set of capabilities, from the published API document.
    fn capability_words() -> Vec<String> {
        let suites = suites();
        let words = suites.api.root.pointer("/components/schemas/Problem/properties/capability/enum").unwrap();
        serde_json::from_value(words.clone()).unwrap()
    }

    fn suites() -> Suites {
        Suites::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
    }

    #[test]
    fn each_capability_that_is_not_offered_has_a_case_that_the_api_document_knows() {
        let suites = suites();
        let poor = poor();
        assert!(poor.len() >= 13, "{}", poor.len());
        for offer in &poor {
            let case = refusal(offer).unwrap();
            assert_eq!(case.id, format!("poor/{}/not-offered", offer.capability));
            let call = &case.file.steps[0].call;
            let (template, item) = suites.api.path_item(&call.path).unwrap();
            let operation = item.get(call.method.to_ascii_lowercase()).unwrap();
            assert!(operation["responses"].get("501").is_some(), "{template}");
            if let Some(body) = &call.body {
                let schema = &suites.api.resolve(&operation["requestBody"])["content"]["application/json"]["schema"];
                assert_eq!(suites.api.faults(schema, body).unwrap(), Vec::<String>::new(), "{template}");
            }
        }
    }

    #[test]
    fn the_reason_must_be_the_one_that_is_told_beforehand() {
        let offer = poor().into_iter().find(|offer| offer.capability == "wifi").unwrap();
        let case = refusal(&offer).unwrap();
        let expected = case.file.steps[0].expect.body.clone().unwrap();
        let answer = |reason: &str| {
            json!({
                "type": "/problems/capability-not-supported", "title": "Capability not supported", "status": 501,
                "detail": reason, "instance": "urn:uuid:1", "retryable": false, "user_message": "Não há.",
                "capability": "wifi", "reason": reason,
            })
        };
        let known = Known { request_id: Some("1".to_owned()), ..Known::default() };
        assert!(whole(&expected, &answer("Not sold."), &known).is_empty());
        assert_eq!(whole(&expected, &answer("Something."), &known).len(), 2);
    }

    #[test]
    fn what_is_offered_or_has_no_reason_makes_no_case() {
        let offer = poor().remove(0);
        assert!(refusal(&Offer { supported: true, ..offer.clone() }).is_err());
        assert!(refusal(&Offer { reason: None, ..offer.clone() }).is_err());
        assert!(offered(&[offer])["poor"].is_empty());
    }
}
