//! What a tenant gives: the integrator's keys, the portal's, and where the three servers are.

mod addresses;

use ponte_domain::tenant::Tenant;
use ponte_domain::{Failure, FailureKind};
use secrecy::{ExposeSecret as _, SecretString};

use crate::erp::Field;

pub(super) use addresses::{api_url, portal_url, token_url};

const fn credential(name: &'static str, meaning: &'static str, required: bool) -> Field {
    Field { name, meaning, required, default: None }
}

/// The three of the portal: all or none.
const PORTAL: [&str; 3] = ["portal_verify_token", "portal_client_id", "portal_client_secret"];

/// Credentials (dossier 2.2, 2.6).
pub(super) const CREDENTIALS: &[Field] = &[
    credential(
        "client_id",
        "Client Id of a user flagged Integrador (Suíte / Configurações / Usuários), or synauth for the older grant by password.",
        true,
    ),
    credential("client_secret", "Client Secret of that user, or the older grant's constant.", true),
    credential("syndata", "Tenant token (Suíte / Configurações / Parâmetros, Integração/Mapa).", true),
    credential("username", "User of the older grant; only with the setting grant = password.", false),
    credential("password", "Password of the older grant; only with the setting grant = password.", false),
    credential("syn_v1_token", "Static token for the header syn-v1-token, where the provider was given one.", false),
    credential(
        "portal_verify_token",
        "verify_token of the portal (Suíte / Configurações / Parâmetros, App Cliente).",
        false,
    ),
    credential("portal_client_id", "client_id of the portal, of the same page.", false),
    credential("portal_client_secret", "client_secret of the portal, of the same page.", false),
];

const TOKEN_URL: &str = "token_url";
const API_URL: &str = "api_url";
const PORTAL_URL: &str = "portal_url";
const GRANT: &str = "grant";
const APPROVE: &str = "acceptance_approve";
const DOCUMENT_TYPE: &str = "acceptance_document_type";
const PIX_ON_DEMAND: &str = "pix_on_demand";
const SERVICE_LEVEL: &str = "ticket_service_level";
const CATALOGUE_SERVICE: &str = "ticket_catalog_service";
const COMPANY_PLACE: &str = "ticket_company_place";

const fn setting(name: &'static str, meaning: &'static str, default: Option<&'static str>) -> Field {
    Field { name, meaning, required: false, default }
}

/// Settings.
pub(super) const SETTINGS: &[Field] = &[
    setting(
        TOKEN_URL,
        "Address of the token server. Absent: the base URL's host at port 45700; the base URL itself where that names another port than 45715.",
        None,
    ),
    setting(
        API_URL,
        "Address of the third-party and map API. Absent: the base URL, at port 45715 where it names none.",
        None,
    ),
    setting(
        PORTAL_URL,
        "Address of the subscribers' portal (Api_Path), on the base URL's host or a listed one. Absent: the base URL where that names another port than 45715; else there is no portal.",
        None,
    ),
    setting(
        GRANT,
        "How the integrator gets a token: client_credentials, or password (the older one).",
        Some("client_credentials"),
    ),
    setting(
        APPROVE,
        "Whether an acceptance through the gateway may approve a contract that waits for approval (it bills pro rata): yes or no.",
        Some("no"),
    ),
    setting(
        DOCUMENT_TYPE,
        "Id of the type of document that a contract's PDF is filed under; absent: the type with contrato in its title.",
        None,
    ),
    setting(
        PIX_ON_DEMAND,
        "Whether a Pix charge is registered when somebody wants to pay a title that has none: yes or no.",
        Some("yes"),
    ),
    setting(SERVICE_LEVEL, "Id of the service level of new tickets, where the sector's route has none.", None),
    setting(
        CATALOGUE_SERVICE,
        "Id of the catalogue's service of new tickets, where the sector's route has none.",
        None,
    ),
    setting(COMPANY_PLACE, "Id of the company place of new tickets.", None),
];

/// A credential that must be there.
///
/// # Errors
/// `TenantMisconfigured` naming the field.
pub(super) fn credential_of(tenant: &Tenant, name: &'static str) -> Result<SecretString, Failure> {
    optional_credential(tenant, name).ok_or_else(|| {
        Failure::new(FailureKind::TenantMisconfigured, "The tenant lacks a credential of Synsuite.")
            .in_field(format!("credentials.{name}"))
    })
}

/// A credential that may be there.
pub(super) fn optional_credential(tenant: &Tenant, name: &str) -> Option<SecretString> {
    tenant.credentials.field(name).filter(|secret| !secret.expose_secret().trim().is_empty()).cloned()
}

/// Whether the portal can be used: its address and its three keys.
pub(super) fn has_portal(tenant: &Tenant) -> bool {
    portal_url(tenant).is_some() && PORTAL.iter().all(|name| optional_credential(tenant, name).is_some())
}

/// Whether the older grant is to be used.
pub(super) fn grant_by_password(tenant: &Tenant) -> bool {
    text(tenant, GRANT) == Some("password")
}

/// Whether the gateway may approve a contract.
pub(super) fn may_approve(tenant: &Tenant) -> bool {
    text(tenant, APPROVE) == Some("yes")
}

/// Type of document that a contract is filed under.
pub(super) fn document_type(tenant: &Tenant) -> Option<&str> {
    text(tenant, DOCUMENT_TYPE)
}

/// Whether a Pix charge may be registered.
pub(super) fn pix_on_demand(tenant: &Tenant) -> bool {
    text(tenant, PIX_ON_DEMAND) != Some("no")
}

/// Service level of new tickets.
pub(super) fn service_level(tenant: &Tenant) -> Option<&str> {
    text(tenant, SERVICE_LEVEL)
}

/// Catalogue's service of new tickets.
pub(super) fn catalogue_service(tenant: &Tenant) -> Option<&str> {
    text(tenant, CATALOGUE_SERVICE)
}

/// Company place of new tickets.
pub(super) fn company_place(tenant: &Tenant) -> Option<&str> {
    text(tenant, COMPANY_PLACE)
}

/// Checks a tenant's credentials and settings for form, without a call.
pub(super) fn check(tenant: &Tenant) -> Result<(), Failure> {
    check_credentials(tenant)?;
    let path = tenant.base_url.trim_end_matches('/').to_ascii_lowercase();
    if ["/connect/token", "/external", "/external/integrations/thirdparty", "/external/map"]
        .iter()
        .any(|end| path.ends_with(end))
    {
        return Err(Failure::invalid("base_url", "Give the ERP's address without the path of its API."));
    }
    for (name, value) in &tenant.settings.vendor {
        check_setting(tenant, name, value.trim())?;
    }
    Ok(())
}

fn check_credentials(tenant: &Tenant) -> Result<(), Failure> {
    let absent = |name: &str| optional_credential(tenant, name).is_none();
    let wrong = |name: &str, detail: &'static str| Err(Failure::invalid(format!("credentials.{name}"), detail));
    if let Some(unknown) = tenant.credentials.names().find(|name| CREDENTIALS.iter().all(|field| field.name != *name)) {
        return wrong(unknown, "Synsuite has no such credential.");
    }
    if let Some(field) = CREDENTIALS.iter().find(|field| field.required && absent(field.name)) {
        return wrong(field.name, "This credential is required.");
    }
    if grant_by_password(tenant)
        && let Some(name) = ["username", "password"].into_iter().find(|name| absent(name))
    {
        return wrong(name, "The grant by password needs a user and a password.");
    }
    let missing = PORTAL.iter().find(|name| absent(name));
    if let Some(name) = missing
        && PORTAL.iter().any(|name| !absent(name))
    {
        return wrong(name, "The portal's three keys are given together or not at all.");
    }
    Ok(())
}

fn check_setting(tenant: &Tenant, name: &str, value: &str) -> Result<(), Failure> {
    let fits = match name {
        TOKEN_URL | API_URL | PORTAL_URL => addresses::fits(tenant, value),
        GRANT => matches!(value, "client_credentials" | "password"),
        APPROVE | PIX_ON_DEMAND => matches!(value, "yes" | "no"),
        DOCUMENT_TYPE | SERVICE_LEVEL | CATALOGUE_SERVICE | COMPANY_PLACE => {
            (1..=18).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
        }
        _ => return Err(Failure::invalid(format!("settings.vendor.{name}"), "Synsuite has no such setting.")),
    };
    match (fits, name) {
        (true, _) => Ok(()),
        (false, TOKEN_URL | API_URL | PORTAL_URL) => Err(Failure::invalid(
            format!("settings.vendor.{name}"),
            "The value must be an https address without query, on the base URL's host or on one of link_hosts.",
        )),
        (false, _) => Err(Failure::invalid(format!("settings.vendor.{name}"), "The value is none of this setting's.")),
    }
}

fn text<'t>(tenant: &'t Tenant, name: &str) -> Option<&'t str> {
    tenant.settings.vendor.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests;
