//! What one tenant supports.

use actix_web::web::ServiceConfig;
use ponte_api::capabilities::{CapabilitySupport, TenantCapabilities};
use ponte_api::words::{TenantName, VendorWord};

use crate::answer;
use crate::entry::{Answer, Entry, Read};
use crate::http::Place;
use crate::openapi::{params, problems};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(Place::at("/v1/tenants/{tenant}/capabilities").get(list_capabilities));
}

/// List what a tenant supports
///
/// Tells for every capability whether it can be called at this tenant: what its vendor supports, less the modules that
/// this installation was seen to lack. Reads nothing from the ERP; `verify` looks anew.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/capabilities",
    operation_id = "listCapabilities",
    tag = "Vendors",
    params(params::Tenant),
    responses((status = 200, description = "Every capability.", body = TenantCapabilities), problems::Own)
)]
pub(crate) async fn list_capabilities(entry: Entry<Read>) -> Answer {
    let tenant = &entry.visit.tenant.tenant;
    let support = entry.house.operations.capabilities(&entry.visit).into_iter().map(|support| CapabilitySupport {
        capability: support.capability,
        supported: support.supported,
        reason: support.reason.map(|reason| reason.chars().take(300).collect()),
        evidence: support.evidence,
        cases: entry.house.settings.cases.of(tenant.vendor, support.capability),
    });
    Ok(answer::ok(&TenantCapabilities {
        tenant: TenantName(tenant.slug.as_str().to_owned()),
        vendor: VendorWord(tenant.vendor.to_owned()),
        capabilities: support.collect(),
    }))
}
