//! Invoices, payment options, boleto PDF and Pix QR pictures.

use actix_web::web::ServiceConfig;
use ponte_api::billing::{InvoiceList, Payment};
use ponte_domain::invoice::InvoiceFilter;
use ponte_domain::reference::{ContractRef, CustomerRef, InvoiceRef};
use ponte_operations::billing::PixPicture;
use serde::Deserialize;

use crate::answer::{JSON, PDF, PNG, SVG, document, served};
use crate::entry::{Answer, Billing, Entry};
use crate::http::Place;
use crate::openapi::{files, params, problems};
use crate::present::{self, Scene};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(Place::at("/v1/tenants/{tenant}/contracts/{contract}/invoices").get(of_contract))
        .service(Place::at("/v1/tenants/{tenant}/customers/{customer}/invoices").get(of_customer))
        .service(Place::at("/v1/tenants/{tenant}/invoices/{invoice}/payment").get(payment))
        .service(
            Place::at("/v1/tenants/{tenant}/invoices/{invoice}/boleto.pdf").giving("application/pdf").get(boleto_pdf),
        )
        .service(Place::at("/v1/tenants/{tenant}/invoices/{invoice}/pix.svg").giving("image/svg+xml").get(pix_svg))
        .service(Place::at("/v1/tenants/{tenant}/invoices/{invoice}/pix.png").giving("image/png").get(pix_png));
}

/// Which invoices.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InvoiceQuery {
    #[serde(default = "still_to_be_paid")]
    status: InvoiceFilter,
}

const fn still_to_be_paid() -> InvoiceFilter {
    InvoiceFilter::Open
}

/// List a contract's invoices
///
/// Lists the invoices of one contract by due date, oldest first; by default those still to be paid.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/contracts/{contract}/invoices",
    operation_id = "listContractInvoices",
    tag = "Billing",
    params(params::Tenant, params::Contract, params::InvoiceStatus),
    responses((status = 200, description = "The invoices.", body = InvoiceList), problems::Read)
)]
pub(crate) async fn of_contract(entry: Entry<Billing, ContractRef, InvoiceQuery>) -> Answer {
    let (scene, filter) = (Scene::of(&entry), entry.query.status);
    let present = move |invoices: &Vec<_>| present::billing::invoices(&scene, invoices);
    Ok(served(entry.house.operations.contract_invoices(&entry.visit, &entry.target, filter, present).await?, JSON))
}

/// List a customer's invoices
///
/// Lists the invoices of all contracts by due date, oldest first; by default those still to be paid.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/customers/{customer}/invoices",
    operation_id = "listCustomerInvoices",
    tag = "Billing",
    params(params::Tenant, params::Customer, params::InvoiceStatus),
    responses((status = 200, description = "The invoices.", body = InvoiceList), problems::Read)
)]
pub(crate) async fn of_customer(entry: Entry<Billing, CustomerRef, InvoiceQuery>) -> Answer {
    let (scene, filter) = (Scene::of(&entry), entry.query.status);
    let present = move |invoices: &Vec<_>| present::billing::invoices(&scene, invoices);
    Ok(served(entry.house.operations.customer_invoices(&entry.visit, &entry.target, filter, present).await?, JSON))
}

/// Read how an invoice can be paid
///
/// Gives the boleto's digitable line, barcode and PDF link, and the Pix copia-e-cola with links to its QR code, or
/// says why one of them cannot be had. A code that fails its check digits or CRC is never passed on as payable.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/invoices/{invoice}/payment",
    operation_id = "getPayment",
    tag = "Billing",
    params(params::Tenant, params::Invoice),
    responses((status = 200, description = "The ways to pay.", body = Payment), problems::Read)
)]
pub(crate) async fn payment(entry: Entry<Billing, InvoiceRef>) -> Answer {
    let scene = Scene::of(&entry);
    let present = move |payment: &_| present::billing::payment(&scene, payment);
    Ok(served(entry.house.operations.payment(&entry.visit, &entry.target, present).await?, JSON))
}

/// Fetch the boleto as PDF
///
/// Gives the vendor's own PDF of the boleto; 404 when the vendor has none.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/invoices/{invoice}/boleto.pdf",
    operation_id = "getBoletoPdf",
    tag = "Billing",
    params(params::Tenant, params::Invoice),
    responses(
        (status = 200, description = "The boleto.", body = files::PdfFile, content_type = "application/pdf"),
        problems::Read
    )
)]
pub(crate) async fn boleto_pdf(entry: Entry<Billing, InvoiceRef>) -> Answer {
    let pdf = entry.house.operations.boleto_pdf(&entry.visit, &entry.target).await?;
    Ok(document(pdf, PDF, "boleto.pdf"))
}

/// Fetch the Pix QR code as SVG
///
/// Draws the QR code of the invoice's Pix text; 404 when the invoice has no Pix.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/invoices/{invoice}/pix.svg",
    operation_id = "getPixSvg",
    tag = "Billing",
    params(params::Tenant, params::Invoice),
    responses(
        (status = 200, description = "The QR code.", body = files::SvgFile, content_type = "image/svg+xml"),
        problems::Read
    )
)]
pub(crate) async fn pix_svg(entry: Entry<Billing, InvoiceRef>) -> Answer {
    let picture = PixPicture::Svg;
    let drawn = entry.house.operations.pix_picture(&entry.visit, &entry.target, picture, present::billing::pix_svg);
    Ok(document(drawn.await?, SVG, "pix.svg"))
}

/// Fetch the Pix QR code as PNG
///
/// Draws the QR code of the invoice's Pix text; 404 when the invoice has no Pix.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/invoices/{invoice}/pix.png",
    operation_id = "getPixPng",
    tag = "Billing",
    params(params::Tenant, params::Invoice),
    responses(
        (status = 200, description = "The QR code.", body = files::PngFile, content_type = "image/png"),
        problems::Read
    )
)]
pub(crate) async fn pix_png(entry: Entry<Billing, InvoiceRef>) -> Answer {
    let picture = PixPicture::Png;
    let drawn = entry.house.operations.pix_picture(&entry.visit, &entry.target, picture, present::billing::pix_png);
    Ok(document(drawn.await?, PNG, "pix.png"))
}
