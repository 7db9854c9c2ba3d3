//! Tenants, for operators. Credentials go in and never come out.

use std::collections::BTreeMap;

use actix_web::web::{Path, ServiceConfig};
use ponte_api::tenants::{
    CredentialName, CredentialValue, NewTenantRequest, Tenant, TenantChangeRequest, TenantCheck, TenantList,
    TenantRemoval, TenantVerification,
};
use ponte_api::words::{Instant, TenantName, VendorWord};
use ponte_domain::Failure;
use ponte_domain::tenant::{Credentials, TenantSettings, TenantSlug, TlsPolicy};
use ponte_operations::verify::Verification;
use ponte_operations::{Check, CredentialsChange, NewTenant, TenantChange, TenantRecord};
use secrecy::SecretString;

use super::forms;
use crate::answer;
use crate::entry::{Admin, Answer, Body, Desk, Entry, Nothing};
use crate::http::Place;
use crate::openapi::{params, problems};
use crate::problem::Problem;

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .service(Place::at("/v1/tenants").get(list_tenants).post(add_tenant))
        .service(Place::at("/v1/tenants/{tenant}").get(tenant).patch(change_tenant).delete(remove_tenant))
        .service(Place::at("/v1/tenants/{tenant}/verify").post(verify_tenant));
}

/// List the tenants
///
/// Lists the tenants that the key reaches, with the names of their credentials, never the values.
#[utoipa::path(
    get,
    path = "/v1/tenants",
    operation_id = "listTenants",
    tag = "Tenants",
    responses((status = 200, description = "The tenants.", body = TenantList), problems::Own)
)]
pub(crate) async fn list_tenants(desk: Desk) -> Answer {
    let records = desk.house.operations.tenants(&desk.visit).await?;
    let reached = records.iter().filter(|record| desk.caller.reaches(&record.slug));
    Ok(answer::ok(&TenantList { tenants: reached.map(words).collect() }))
}

/// Add a tenant
///
/// Adds an ISP: its vendor, the address of its ERP and the credentials that `GET /v1/vendors` names. Nothing is sent to
/// the ERP yet; call `verify` next. Needs a key that reaches every tenant.
#[utoipa::path(
    post,
    path = "/v1/tenants",
    operation_id = "addTenant",
    tag = "Tenants",
    request_body(content = NewTenantRequest, description = "The tenant."),
    responses(
        (status = 201, description = "Added.", body = Tenant),
        problems::OwnWrite,
        problems::Exists,
    )
)]
pub(crate) async fn add_tenant(desk: Desk, body: Body<NewTenantRequest>) -> Answer {
    desk.must_reach_all()?;
    let new = new_tenant(body.0)?;
    let record = desk.house.operations.add_tenant(&desk.visit, new).await.map_err(forms::in_body)?;
    Ok(answer::created(&format!("/v1/tenants/{}", record.slug.as_str()), &words(&record)))
}

/// Read a tenant
///
/// Reads one tenant, with the names of its credentials, never the values.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}",
    operation_id = "getTenant",
    tag = "Tenants",
    params(params::Tenant),
    responses((status = 200, description = "The tenant.", body = Tenant), problems::Own)
)]
pub(crate) async fn tenant(desk: Desk, slug: Path<String>) -> Answer {
    desk.must_reach(&slug)?;
    Ok(answer::ok(&words(&desk.house.operations.tenant_record(&desk.visit, &slug).await?)))
}

/// Change a tenant
///
/// Replaces the given parts: address, all credentials, or all settings. What was cached about the tenant is forgotten.
#[utoipa::path(
    patch,
    path = "/v1/tenants/{tenant}",
    operation_id = "changeTenant",
    tag = "Tenants",
    params(params::Tenant),
    request_body(content = TenantChangeRequest, description = "What to change."),
    responses((status = 200, description = "The tenant as it is now.", body = Tenant), problems::OwnWrite)
)]
pub(crate) async fn change_tenant(desk: Desk, slug: Path<String>, body: Body<TenantChangeRequest>) -> Answer {
    desk.must_reach(&slug)?;
    let change = change(body.0)?;
    let record = desk.house.operations.change_tenant(&desk.visit, &slug, change).await.map_err(forms::in_body)?;
    Ok(answer::ok(&words(&record)))
}

/// Remove a tenant
///
/// Removes a tenant with all that Ponte keeps about it: contacts, ratings, evidence, idempotency keys.
#[utoipa::path(
    delete,
    path = "/v1/tenants/{tenant}",
    operation_id = "removeTenant",
    tag = "Tenants",
    params(params::Tenant),
    responses((status = 200, description = "Removed.", body = TenantRemoval), problems::Own)
)]
pub(crate) async fn remove_tenant(desk: Desk, slug: Path<String>) -> Answer {
    desk.must_reach(&slug)?;
    desk.house.operations.remove_tenant(&desk.visit, &slug).await?;
    let removed_at = Instant::utc(desk.house.operations.clock().now());
    Ok(answer::ok(&TenantRemoval { tenant: TenantName(slug.into_inner()), removed_at }))
}

/// Check a tenant's connection
///
/// Asks the tenant's ERP whether it answers, takes the credentials and has the modules. Reads only; what was found
/// missing before is looked for anew.
#[utoipa::path(
    post,
    path = "/v1/tenants/{tenant}/verify",
    operation_id = "verifyTenant",
    tag = "Tenants",
    params(params::Tenant),
    responses((status = 200, description = "What came of each check.", body = TenantVerification), problems::OwnWrite)
)]
pub(crate) async fn verify_tenant(entry: Entry<Admin>, _: Nothing) -> Answer {
    let verification = entry.house.operations.verify(&entry.visit).await;
    Ok(answer::ok(&verification_words(&entry, &verification)))
}

fn words(record: &TenantRecord) -> Tenant {
    let instant = |at| Instant::new(at, &record.settings.zone);
    Tenant {
        tenant: TenantName(record.slug.as_str().to_owned()),
        vendor: VendorWord(record.vendor.clone()),
        base_url: record.base_url.clone(),
        credential_names: record.credentials.names().map(|name| CredentialName(name.to_owned())).collect(),
        settings: record.settings.clone(),
        created_at: instant(record.created_at),
        updated_at: instant(record.updated_at),
    }
}

fn verification_words(entry: &Entry<Admin>, verification: &Verification) -> TenantVerification {
    let tenant = &entry.visit.tenant.tenant;
    let base = &entry.house.settings.public_url;
    let check = |check: &Check| TenantCheck {
        name: check.name.to_owned(),
        capability: check.capability,
        ok: check.outcome.is_ok(),
        problem: check.outcome.as_ref().err().map(|why| Problem::from(why.clone()).words(base, entry.request_id())),
    };
    TenantVerification {
        tenant: TenantName(tenant.slug.as_str().to_owned()),
        ok: verification.holds(),
        checked_at: Instant::new(verification.checked_at, &tenant.settings.zone),
        checks: verification.checks.iter().map(check).collect(),
    }
}

fn new_tenant(request: NewTenantRequest) -> Result<NewTenant, Failure> {
    let wrong = |error: ponte_domain::tenant::TenantSlugError| Failure::invalid("/tenant", forms::sentence(&error));
    Ok(NewTenant {
        slug: TenantSlug::parse(&request.tenant.0).map_err(wrong)?,
        vendor: request.vendor.0,
        base_url: base_url(request.base_url)?,
        credentials: credentials(request.credentials)?,
        settings: settings(request.settings)?,
    })
}

fn change(request: TenantChangeRequest) -> Result<TenantChange, Failure> {
    if request.base_url.is_none() && request.credentials.is_none() && request.settings.is_none() {
        return Err(Failure::invalid("", "At least one of base_url, credentials and settings must be given."));
    }
    Ok(TenantChange {
        vendor: None,
        base_url: request.base_url.map(base_url).transpose()?,
        credentials: match request.credentials {
            Some(all) => CredentialsChange::Replace(credentials(all)?),
            None => CredentialsChange::Keep,
        },
        settings: request.settings.map(settings).transpose()?,
    })
}

/// Lengths that the schema promises; what the settings mean is for operations to judge.
fn settings(given: TenantSettings) -> Result<TenantSettings, Failure> {
    if given.company_name.as_ref().is_some_and(|name| name.chars().count() > 120) {
        return Err(Failure::invalid("/settings/company_name", "The company's name has at most 120 characters."));
    }
    if matches!(&given.tls, TlsPolicy::TrustCa { pem } if pem.chars().count() > 32_768) {
        return Err(Failure::invalid("/settings/tls/pem", "The certificate has at most 32768 characters."));
    }
    Ok(given)
}

/// Form only; whether it is an address that may be called is for transport to say.
fn base_url(text: String) -> Result<String, Failure> {
    if (8..=500).contains(&text.len()) {
        return Ok(text);
    }
    Err(Failure::invalid("/base_url", "The address has 8 to 500 characters."))
}

fn credentials(given: BTreeMap<String, CredentialValue>) -> Result<Credentials, Failure> {
    for (name, CredentialValue(value)) in &given {
        if !(1..=8_192).contains(&value.chars().count()) {
            let place = format!("/credentials/{}", name.chars().take(60).collect::<String>());
            return Err(Failure::invalid(place, "A credential has 1 to 8192 characters."));
        }
    }
    Ok(Credentials::new(given.into_iter().map(|(name, value)| (name, SecretString::from(value.0)))))
}
