//! Customers: look-up and one customer.

use actix_web::web::ServiceConfig;
use ponte_api::customers::{Customer, LookupAnswer, LookupRequest};
use ponte_domain::Failure;
use ponte_domain::customer::LookupKey;
use ponte_domain::reference::CustomerRef;

use super::forms;
use crate::answer::{JSON, served};
use crate::entry::{Answer, Body, Entry, Read};
use crate::http::Place;
use crate::openapi::{params, problems};
use crate::present::{self, Scene};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(Place::at("/v1/tenants/{tenant}/customers/lookup").post(lookup))
        .service(Place::at("/v1/tenants/{tenant}/customers/{customer}").get(customer));
}

/// Look a customer up
///
/// Finds the customer rows of a CPF or CNPJ, a phone, an e-mail address or a vendor id, and says whether the match
/// came from the ERP, from the contact base or from nowhere. An unreachable ERP is an error, never "not a customer".
#[utoipa::path(
    post,
    path = "/v1/tenants/{tenant}/customers/lookup",
    operation_id = "lookupCustomer",
    tag = "Customers",
    params(params::Tenant),
    request_body(content = LookupRequest, description = "Whom to look up."),
    responses(
        (status = 200, description = "The ERP was asked, and this is whom it knows.", body = LookupAnswer),
        problems::Ask,
        problems::UnsupportedDocument,
    )
)]
pub(crate) async fn lookup(entry: Entry<Read>, body: Body<LookupRequest>) -> Answer {
    let (key, scene) = (key(body.0)?, Scene::of(&entry));
    let present = move |found: &_| present::customers::lookup(&scene, found);
    Ok(served(entry.house.operations.lookup(&entry.visit, key, present).await.map_err(forms::in_body)?, JSON))
}

/// Read a customer
///
/// Reads one customer row; phones and e-mail addresses are masked unless the key has the scope `personal_data`.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/customers/{customer}",
    operation_id = "getCustomer",
    tag = "Customers",
    params(params::Tenant, params::Customer),
    responses((status = 200, description = "The customer.", body = Customer), problems::Read)
)]
pub(crate) async fn customer(entry: Entry<Read, CustomerRef>) -> Answer {
    let scene = Scene::of(&entry);
    let present = move |customer: &_| present::customers::customer(&scene, customer);
    Ok(served(entry.house.operations.customer(&entry.visit, &entry.target, present).await?, JSON))
}

/// The one way that a look-up names.
fn key(request: LookupRequest) -> Result<LookupKey, Failure> {
    let LookupRequest { document, phone, email, vendor_id } = request;
    match (document, phone, email, vendor_id) {
        (Some(document), None, None, None) => forms::document(&document, "/document").map(LookupKey::Document),
        (None, Some(phone), None, None) => forms::phone(&phone, "/phone").map(LookupKey::Phone),
        (None, None, Some(email), None) => forms::email(&email, "/email").map(LookupKey::Email),
        (None, None, None, Some(id)) => forms::vendor_id(&id, "/vendor_id").map(LookupKey::VendorId),
        _ => Err(Failure::invalid("", "Exactly one of document, phone, email and vendor_id must be given.")),
    }
}
