//! The promise of the room's head page: every field of every published struct has its bounds, and every answer field
//! is always there.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

fn collect<T: ToSchema + PartialSchema>(into: &mut BTreeMap<String, Value>) {
    let mut schemas: Vec<(String, RefOr<Schema>)> = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    for (name, schema) in schemas {
        into.insert(name, serde_json::to_value(schema).unwrap());
    }
}

fn everything() -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    let into = &mut all;
    collect::<ponte_api::acceptance::AcceptanceDone>(into);
    collect::<ponte_api::acceptance::AcceptanceRequest>(into);
    collect::<ponte_api::audit::AuditList>(into);
    collect::<ponte_api::billing::InvoiceList>(into);
    collect::<ponte_api::billing::Payment>(into);
    collect::<ponte_api::capabilities::TenantCapabilities>(into);
    collect::<ponte_api::capabilities::VendorList>(into);
    collect::<ponte_api::contacts::AccountList>(into);
    collect::<ponte_api::contacts::AccountRequest>(into);
    collect::<ponte_api::contacts::ContactLink>(into);
    collect::<ponte_api::contacts::ContactLinkRequest>(into);
    collect::<ponte_api::contacts::ContactRequest>(into);
    collect::<ponte_api::contracts::ContractList>(into);
    collect::<ponte_api::customers::LookupAnswer>(into);
    collect::<ponte_api::customers::LookupRequest>(into);
    collect::<ponte_api::diagnostics::Diagnostics>(into);
    collect::<ponte_api::fiscal_invoices::FiscalInvoiceList>(into);
    collect::<ponte_api::health::Health>(into);
    collect::<ponte_api::keys::KeyList>(into);
    collect::<ponte_api::keys::NewKey>(into);
    collect::<ponte_api::keys::NewKeyRequest>(into);
    collect::<ponte_api::problem::Problem>(into);
    collect::<ponte_api::sign_in::SignInRequest>(into);
    collect::<ponte_api::sign_in::SignedIn>(into);
    collect::<ponte_api::speed_release::SpeedReleaseDone>(into);
    collect::<ponte_api::speed_release::SpeedReleaseRequest>(into);
    collect::<ponte_api::tenants::NewTenantRequest>(into);
    collect::<ponte_api::tenants::TenantChangeRequest>(into);
    collect::<ponte_api::tenants::TenantList>(into);
    collect::<ponte_api::tenants::TenantVerification>(into);
    collect::<ponte_api::testing::Clock>(into);
    collect::<ponte_api::tickets::RatingDone>(into);
    collect::<ponte_api::tickets::RatingRequest>(into);
    collect::<ponte_api::tickets::TicketList>(into);
    collect::<ponte_api::tickets::TicketRequest>(into);
    collect::<ponte_api::tickets::TicketTopics>(into);
    collect::<ponte_api::trust_unlock::TrustUnlockDone>(into);
    collect::<ponte_api::trust_unlock::TrustUnlockRequest>(into);
    collect::<ponte_api::wifi::WifiDone>(into);
    collect::<ponte_api::wifi::WifiRequest>(into);
    all
}

fn has_type(schema: &Value, wanted: &str) -> bool {
    match &schema["type"] {
        Value::String(one) => one == wanted,
        Value::Array(many) => many.iter().any(|one| one == wanted),
        _ => false,
    }
}

/// Walks a schema and names every place that has no bounds.
fn unbounded(at: &str, schema: &Value, found: &mut Vec<String>) {
    let has = |key: &str| schema.get(key).is_some();
    let closed = has("enum") || has("const");
    if has_type(schema, "string") && !closed {
        let dated = matches!(schema["format"].as_str(), Some("date" | "date-time"));
        // A pattern of plain characters between its anchors says the one text that there may be.
        let spelt = schema["pattern"].as_str().is_some_and(|pattern| {
            let inner = pattern.strip_prefix('^').and_then(|rest| rest.strip_suffix('$'));
            inner.is_some_and(|inner| inner.chars().all(char::is_alphanumeric))
        });
        if !has("maxLength") && !dated && !spelt {
            found.push(format!("{at}: text without a maximum length"));
        }
    }
    if (has_type(schema, "integer") || has_type(schema, "number")) && !closed && !(has("minimum") && has("maximum")) {
        found.push(format!("{at}: number without a range"));
    }
    if has_type(schema, "array") && !has("maxItems") {
        found.push(format!("{at}: list without a maximum"));
    }
    for (key, inner) in schema["properties"].as_object().into_iter().flatten() {
        if inner.get("description").is_none() && inner.get("$ref").is_none() && !inner["oneOf"].is_array() {
            found.push(format!("{at}.{key}: no description"));
        }
        unbounded(&format!("{at}.{key}"), inner, found);
    }
    if let Some(items) = schema.get("items") {
        unbounded(&format!("{at}[]"), items, found);
    }
    for word in ["oneOf", "allOf", "anyOf"] {
        for (index, inner) in schema[word].as_array().into_iter().flatten().enumerate() {
            unbounded(&format!("{at}/{word}{index}"), inner, found);
        }
    }
}

#[test]
fn every_field_has_its_bounds_and_a_description() {
    let mut found = Vec::new();
    for (name, schema) in everything() {
        if ["TenantSettings", "TlsPolicy", "TicketRules", "TicketRoute", "CustomerTypes"].contains(&name.as_str()) {
            continue; // Documents of the operator, described in domain; bounded by the body limit.
        }
        unbounded(&name, &schema, &mut found);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn an_answer_has_all_its_fields_always_and_a_request_refuses_unknown_ones() {
    let mut wrong = Vec::new();
    for (name, schema) in everything() {
        let Some(fields) = schema["properties"].as_object() else { continue };
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if name.ends_with("Request") {
            if schema["additionalProperties"] != Value::Bool(false) {
                wrong.push(format!("{name}: takes unknown fields"));
            }
        } else if ![
            "Problem",
            "TenantSettings",
            "TenantLimits",
            "TrustUnlockRule",
            "CustomerTypes",
            "TicketRoute",
            "TicketRules",
            "Clock",
        ]
        .contains(&name.as_str())
        {
            for field in fields.keys().filter(|field| !required.contains(&field.as_str())) {
                wrong.push(format!("{name}.{field}: may be left out"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
