//! The OpenAPI document: assembled from the routes' own words, completed with what is the same everywhere.
//!
//! Comes in: the `utoipa::path` words above each handler, the schemas of `ponte-api`, the examples under
//! `openapi/examples/`. Goes out: one document, the same bytes in every build; `openapi/ponte.json` is its committed
//! copy, and a test compares the two.
//!
//! - `params.rs`: parameters that many operations share;
//! - `problems.rs`: every problem once, as shared responses;
//! - `files.rs`: PDFs and pictures;
//! - `examples.rs`: named examples, under one name in parameters, request and response;
//! - `links.rs`: from the ids of an answer to the operations that take them;
//! - `headers.rs`: what every answer carries;
//! - `plain.rs`: schemas written so that the most tools read them.

mod examples;
pub(crate) mod files;
mod headers;
mod links;
pub(crate) mod params;
mod plain;
pub(crate) mod problems;

use utoipa::OpenApi;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{self, Components, SecurityRequirement};

use crate::{pages, routes};

/// Name of the security scheme.
const BEARER: &str = "bearer";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ponte",
        description = include_str!("openapi/description.md"),
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers(
        (url = "/", description = "The gateway that serves this document"),
        (url = "http://127.0.0.1:8080", description = "`ponte demo` on this machine")
    ),
    tags(
        (name = "Customers", description = "Whom the ERP knows."),
        (name = "Contracts", description = "Plans, states and logins."),
        (name = "Billing", description = "Invoices, boleto and Pix."),
        (name = "Fiscal invoices", description = "Notas fiscais and their PDF."),
        (name = "Trust unlock", description = "Desbloqueio de confiança: some days of access for a blocked contract."),
        (name = "Speed release", description = "Normal speed for a contract slowed down for late payment."),
        (name = "Acceptance", description = "Electronic acceptance of a contract awaiting signature."),
        (name = "Diagnostics", description = "The eleven variables of a connection."),
        (name = "Tickets", description = "Topics, list, opening and rating."),
        (name = "Sign-in", description = "Login and password of the subscriber portal."),
        (name = "Wi-Fi", description = "The password of the subscriber's router."),
        (name = "Contacts", description = "Whom the platform has talked to: contacts, leads and their accounts."),
        (name = "Vendors", description = "What each ERP, and each tenant's installation, supports."),
        (name = "Tenants", description = "Providers with their ERPs, and the audit trail. For operators."),
        (name = "Keys", description = "API keys, their scopes and tenants. For operators."),
        (name = "Health", description = "Whether the gateway works, and what it counts."),
        (name = "Documentation", description = "This document, and a page for each type of problem."),
        (name = "Test mode", description = "Clock and reset, for tests and demos. Elsewhere these are 404.")
    ),
    paths(
        routes::customers::lookup,
        routes::customers::customer,
        routes::contracts::contracts,
        routes::contracts::contract,
        routes::billing::of_contract,
        routes::billing::of_customer,
        routes::billing::payment,
        routes::billing::boleto_pdf,
        routes::billing::pix_svg,
        routes::billing::pix_png,
        routes::fiscal_invoices::of_contract,
        routes::fiscal_invoices::pdf,
        routes::trust_unlock::state,
        routes::trust_unlock::unlock,
        routes::speed_release::state,
        routes::speed_release::release,
        routes::acceptance::state,
        routes::acceptance::pdf,
        routes::acceptance::accept,
        routes::diagnostics::diagnostics,
        routes::tickets::tickets,
        routes::tickets::topics,
        routes::tickets::open,
        routes::tickets::rate,
        routes::tickets::export_ratings,
        routes::sign_in::sign_in,
        routes::wifi::change,
        routes::contacts::link_contact,
        routes::contacts::put_contact,
        routes::contacts::contact,
        routes::contacts::list_accounts,
        routes::contacts::add_account,
        routes::contacts::switch_account,
        routes::contacts::remove_account,
        routes::contacts::export_contacts,
        routes::contacts::remove_contact,
        routes::vendors::list_vendors,
        routes::capabilities::list_capabilities,
        routes::tenants::list_tenants,
        routes::tenants::add_tenant,
        routes::tenants::tenant,
        routes::tenants::change_tenant,
        routes::tenants::verify_tenant,
        routes::tenants::remove_tenant,
        routes::audit::audit_trail,
        routes::keys::list_keys,
        routes::keys::create_key,
        routes::keys::key,
        routes::keys::change_key,
        routes::keys::revoke_key,
        routes::health::live,
        routes::health::ready,
        routes::health::counted,
        pages::start,
        pages::docs,
        pages::description,
        pages::problem_list,
        pages::problem_page,
        routes::test_mode::clock,
        routes::test_mode::set_clock,
        routes::test_mode::reset,
    ),
    components(schemas(
        ponte_api::problem::Problem,
        ponte_api::words::TenantName,
        ponte_api::words::CustomerId,
        ponte_api::words::ContractId,
        ponte_api::words::InvoiceId,
        ponte_api::words::FiscalInvoiceId,
        ponte_api::words::TicketId,
    ))
)]
struct Document;

/// The document.
#[must_use]
pub fn document() -> openapi::OpenApi {
    let mut document = Document::openapi();
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    document.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme(BEARER, bearer());
    components.responses.extend(problems::shared());
    components.headers.extend(headers::shared());
    plain::write(&mut document);
    for operation in operations(&mut document) {
        headers::add(operation);
        links::add(operation);
        examples::add(operation);
    }
    document
}

/// The document as JSON, two blanks a level, with a line end: what `openapi/ponte.json` holds.
#[must_use]
pub fn json() -> String {
    // The document has string keys and finite numbers only, so writing it cannot fail.
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    text
}

fn bearer() -> SecurityScheme {
    SecurityScheme::Http(
        HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some(
                "An API key. Its scopes (`read`, `billing`, `act`, `tickets`, `personal_data`, `flows`, `admin`) and \
                 tenants say what it may do.",
            ))
            .build(),
    )
}

/// Every operation of the document.
fn operations(document: &mut openapi::OpenApi) -> impl Iterator<Item = &mut Operation> {
    document.paths.paths.values_mut().flat_map(|item| {
        [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeSet;

    use super::{document, examples, links, operations};

    #[test]
    fn every_operation_has_a_one_line_summary_a_sentence_of_use_and_an_id_of_its_own() {
        let mut document = document();
        let mut ids = BTreeSet::new();
        for operation in operations(&mut document) {
            let id = operation.operation_id.clone().unwrap();
            let summary = operation.summary.clone().unwrap_or_default();
            assert!(!summary.is_empty() && summary.len() <= 60 && !summary.ends_with('.'), "{id}: {summary}");
            assert!(operation.description.as_deref().is_some_and(|text| text.ends_with('.')), "{id}");
            assert_eq!(operation.tags.as_ref().map(Vec::len), Some(1), "{id}");
            assert!(ids.insert(id.clone()), "{id} twice");
        }
    }

    #[test]
    fn every_example_and_every_link_has_its_operation() {
        let mut document = document();
        let ids: BTreeSet<String> = operations(&mut document).filter_map(|op| op.operation_id.clone()).collect();
        let strangers: Vec<_> = examples::operations().into_iter().filter(|id| !ids.contains(id)).collect();
        assert!(strangers.is_empty(), "{strangers:?}");
        let strangers: Vec<_> = links::operations().filter(|id| !ids.contains(*id)).collect();
        assert!(strangers.is_empty(), "{strangers:?}");
    }
}
