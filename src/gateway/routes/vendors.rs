//! The vendors that this gateway speaks to.

use actix_web::web::ServiceConfig;
use ponte_api::capabilities::{CapabilitySupport, TenantField, Vendor, VendorList};
use ponte_api::words::VendorWord;
use ponte_operations::Field;

use crate::answer;
use crate::entry::{Answer, AnyKey};
use crate::house::House;
use crate::http::Place;
use crate::openapi::problems;

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(Place::at("/v1/vendors").get(list_vendors));
}

/// List the vendors
///
/// Lists the ERPs that this gateway speaks to: what a tenant of each must give, and what each supports, with the
/// reason where it does not. Any key may ask.
#[utoipa::path(
    get,
    path = "/v1/vendors",
    operation_id = "listVendors",
    tag = "Vendors",
    responses((status = 200, description = "The vendors.", body = VendorList), problems::Own)
)]
pub(crate) async fn list_vendors(key: AnyKey) -> Answer {
    let vendors = key.house.operations.vendors();
    let vendors = vendors.into_iter().map(|vendor| vendor_words(vendor, &key.house)).collect();
    Ok(answer::ok(&VendorList { vendors }))
}

fn vendor_words(vendor: ponte_operations::capabilities::Vendor, house: &House) -> Vendor {
    let support = vendor.support.into_iter().map(|support| CapabilitySupport {
        capability: support.capability,
        supported: support.supported,
        reason: support.reason.map(str::to_owned),
        evidence: support.evidence,
        cases: house.settings.cases.of(vendor.word, support.capability),
    });
    Vendor {
        vendor: VendorWord(vendor.word.to_owned()),
        product: vendor.product.to_owned(),
        credential_fields: vendor.credential_fields.iter().map(field_words).collect(),
        setting_fields: vendor.setting_fields.iter().map(field_words).collect(),
        capabilities: support.collect(),
    }
}

fn field_words(field: &Field) -> TenantField {
    TenantField {
        name: field.name.to_owned(),
        meaning: field.meaning.to_owned(),
        required: field.required,
        default: field.default.map(str::to_owned),
    }
}
