//! Fiscal invoices (notas fiscais).

use actix_web::web::ServiceConfig;
use ponte_api::fiscal_invoices::FiscalInvoiceList;
use ponte_domain::reference::{ContractRef, FiscalInvoiceRef};

use crate::answer::{JSON, PDF, document, served};
use crate::entry::{Answer, Billing, Entry};
use crate::http::Place;
use crate::openapi::{files, params, problems};
use crate::present::{self, Scene};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(Place::at("/v1/tenants/{tenant}/contracts/{contract}/fiscal-invoices").get(of_contract)).service(
        Place::at("/v1/tenants/{tenant}/fiscal-invoices/{fiscal_invoice}.pdf").giving("application/pdf").get(pdf),
    );
}

/// List a contract's fiscal invoices
///
/// Lists the fiscal invoices (notas fiscais) of one contract, newest first.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/contracts/{contract}/fiscal-invoices",
    operation_id = "listFiscalInvoices",
    tag = "Fiscal invoices",
    params(params::Tenant, params::Contract),
    responses((status = 200, description = "The fiscal invoices.", body = FiscalInvoiceList), problems::Read)
)]
pub(crate) async fn of_contract(entry: Entry<Billing, ContractRef>) -> Answer {
    let scene = Scene::of(&entry);
    let present = move |invoices: &Vec<_>| present::fiscal_invoices::fiscal_invoices(&scene, invoices);
    Ok(served(entry.house.operations.fiscal_invoices(&entry.visit, &entry.target, present).await?, JSON))
}

/// Fetch a fiscal invoice as PDF
///
/// Gives the vendor's printed copy; 404 when the vendor has none.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/fiscal-invoices/{fiscal_invoice}.pdf",
    operation_id = "getFiscalInvoicePdf",
    tag = "Fiscal invoices",
    params(params::Tenant, params::FiscalInvoice),
    responses(
        (status = 200, description = "The fiscal invoice.", body = files::PdfFile, content_type = "application/pdf"),
        problems::Read
    )
)]
pub(crate) async fn pdf(entry: Entry<Billing, FiscalInvoiceRef>) -> Answer {
    let pdf = entry.house.operations.fiscal_invoice_pdf(&entry.visit, &entry.target).await?;
    Ok(document(pdf, PDF, "nota-fiscal.pdf"))
}
