//! What a tenant gives: the five OAuth fields less the constant one, and how this installation is to be used.

use ponte_domain::document::{Document, DocumentKind};
use ponte_domain::tenant::Tenant;
use ponte_domain::{Failure, FailureKind};
use secrecy::{ExposeSecret as _, SecretString};

use super::tickets::topics::SectorList;
use crate::erp::Field;

const fn credential_field(name: &'static str, meaning: &'static str) -> Field {
    Field { name, meaning, required: true, default: None }
}

/// Credentials.
pub(super) const CREDENTIALS: &[Field] = &[
    credential_field("client_id", "Number of the API client that the ERP's administrator made for the integration."),
    credential_field("client_secret", "Secret of that API client."),
    credential_field("username", "E-mail address of the API user, whose permissions decide what can be done."),
    credential_field("password", "Password of the API user."),
];

/// What releases a reduced speed at this tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReleaseAction {
    /// For some days, by the provider's trust-unlock rule.
    TrustUnlock,
    /// Until the next billing run, whatever is owed.
    Enable,
}

/// Who activates a service whose documents were accepted here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Activation {
    /// The gateway, in the same act.
    Here,
    /// The provider, in its own time.
    ByProvider,
}

const RELEASE_ACTION: &str = "speed_release_action";
const ACTIVATION: &str = "acceptance_activation";
const CONTRACT_DOCUMENT: &str = "contract_document";
const FISCAL_DAYS: &str = "fiscal_invoice_days";
const NFCOM_ISSUER: &str = "nfcom_issuer";
const TICKET_SECTORS: &str = "ticket_sectors";

const DEFAULT_FISCAL_DAYS: u16 = 180;

const fn setting(name: &'static str, meaning: &'static str, default: Option<&'static str>) -> Field {
    Field { name, meaning, required: false, default }
}

/// Settings.
pub(super) const SETTINGS: &[Field] = &[
    setting(
        RELEASE_ACTION,
        "What a release of reduced speed does: trust_unlock (for the days of the trust-unlock rule) or enable (for good, whatever is owed; the API user needs the permission).",
        Some("trust_unlock"),
    ),
    setting(
        ACTIVATION,
        "Whether accepting the legal documents of a service that waits for the signature also activates it, which needs a permission of the API user: yes or no.",
        Some("yes"),
    ),
    setting(
        CONTRACT_DOCUMENT,
        "Address (https) of the provider's standard contract as PDF, which is shown before an acceptance: the ERP's API gives no filled-in contract.",
        None,
    ),
    setting(
        FISCAL_DAYS,
        "How many days back fiscal invoices are listed, 60 to 720; the ERP is asked once for every 60.",
        Some("180"),
    ),
    setting(
        NFCOM_ISSUER,
        "CNPJ of the issuer of NFCom (model 62), of which the ERP lists a whole month of all customers; absent: they are not asked for.",
        None,
    ),
    setting(
        TICKET_SECTORS,
        "Sectors and the numbers of their ticket types, as Comercial: 11, 12; Técnico: 15. Absent: one sector has all types, since the ERP's types belong to none.",
        None,
    ),
];

/// One credential.
///
/// # Errors
/// `TenantMisconfigured` naming the field, when it is absent or empty.
pub(super) fn credential<'t>(tenant: &'t Tenant, name: &'static str) -> Result<&'t SecretString, Failure> {
    tenant.credentials.field(name).filter(|secret| !secret.expose_secret().trim().is_empty()).ok_or_else(|| {
        Failure::new(FailureKind::TenantMisconfigured, "The tenant lacks one of the Hubsoft credentials.")
            .in_field(format!("credentials.{name}"))
    })
}

/// What releases a reduced speed.
pub(super) fn release_action(tenant: &Tenant) -> ReleaseAction {
    match text(tenant, RELEASE_ACTION) {
        Some("enable") => ReleaseAction::Enable,
        _ => ReleaseAction::TrustUnlock,
    }
}

/// Who activates a service after its acceptance.
pub(super) fn activation(tenant: &Tenant) -> Activation {
    if text(tenant, ACTIVATION) == Some("no") { Activation::ByProvider } else { Activation::Here }
}

/// Where the provider's standard contract is.
pub(super) fn contract_document(tenant: &Tenant) -> Option<&str> {
    text(tenant, CONTRACT_DOCUMENT)
}

/// How many days back fiscal invoices are listed.
pub(super) fn fiscal_days(tenant: &Tenant) -> u16 {
    text(tenant, FISCAL_DAYS).and_then(|days| days.parse().ok()).unwrap_or(DEFAULT_FISCAL_DAYS)
}

/// The issuer whose NFCom are looked through.
pub(super) fn nfcom_issuer(tenant: &Tenant) -> Option<Document> {
    text(tenant, NFCOM_ISSUER).and_then(|cnpj| Document::parse(cnpj).ok())
}

/// Sectors and their ticket types.
pub(super) fn ticket_sectors(tenant: &Tenant) -> Option<SectorList> {
    text(tenant, TICKET_SECTORS).and_then(SectorList::parse)
}

/// Checks a tenant's credentials and settings for form, without a call.
pub(super) fn check(tenant: &Tenant) -> Result<(), Failure> {
    for field in CREDENTIALS {
        credential(tenant, field.name)
            .map_err(|failure| Failure::invalid(format!("credentials.{}", field.name), failure.detail()))?;
    }
    let client = credential(tenant, "client_id")?.expose_secret().trim();
    if !client.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err(Failure::invalid("credentials.client_id", "The client's id is a number."));
    }
    if let Some(unknown) = tenant.credentials.names().find(|name| CREDENTIALS.iter().all(|field| field.name != *name)) {
        return Err(Failure::invalid(format!("credentials.{unknown}"), "Hubsoft has no such credential."));
    }
    let address = tenant.base_url.trim_end_matches('/');
    if ["/api", "/v1", "/integracao", "/oauth/token", "/oauth"].iter().any(|end| address.ends_with(end)) {
        return Err(Failure::invalid("base_url", "Give the API host's address alone, without /api or /oauth."));
    }
    for (name, value) in &tenant.settings.vendor {
        check_setting(name, value.trim())?;
    }
    Ok(())
}

fn check_setting(name: &str, value: &str) -> Result<(), Failure> {
    let fits = match name {
        RELEASE_ACTION => matches!(value, "trust_unlock" | "enable"),
        ACTIVATION => matches!(value, "yes" | "no"),
        CONTRACT_DOCUMENT => {
            (value.starts_with("https://") || value.starts_with("http://")) && !value.contains(char::is_whitespace)
        }
        FISCAL_DAYS => value.parse::<u16>().is_ok_and(|days| (60..=720).contains(&days)),
        NFCOM_ISSUER => Document::parse(value).is_ok_and(|issuer| issuer.kind() == DocumentKind::Cnpj),
        TICKET_SECTORS => SectorList::parse(value).is_some(),
        _ => return Err(Failure::invalid(format!("settings.vendor.{name}"), "Hubsoft has no such setting.")),
    };
    if fits {
        Ok(())
    } else {
        Err(Failure::invalid(format!("settings.vendor.{name}"), "The value is none of this setting's."))
    }
}

fn text<'t>(tenant: &'t Tenant, name: &str) -> Option<&'t str> {
    tenant.settings.vendor.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::tenant::{Credentials, Tenant};
    use secrecy::SecretString;

    use super::{Activation, ReleaseAction, SETTINGS, activation, check, fiscal_days, release_action, ticket_sectors};
    use crate::hubsoft::testing::tenant;

    fn with(name: &str, value: &str) -> Tenant {
        let mut tenant = tenant("https://api.provedor.example");
        tenant.settings.vendor.insert(name.to_owned(), value.to_owned());
        tenant
    }

    #[test]
    fn every_published_setting_takes_its_default() {
        for field in SETTINGS {
            if let Some(default) = field.default {
                check(&with(field.name, default)).unwrap();
            }
        }
    }

    #[test]
    fn a_wrong_setting_is_named() {
        for (name, value) in [
            ("speed_release_action", "always"),
            ("acceptance_activation", "sim"),
            ("contract_document", "contrato.pdf"),
            ("fiscal_invoice_days", "30"),
            ("fiscal_invoice_days", "1000"),
            ("nfcom_issuer", "123"),
            ("nfcom_issuer", "529.982.247-25"),
            ("ticket_sectors", "Comercial"),
            ("colour", "red"),
        ] {
            let failure = check(&with(name, value)).unwrap_err();
            assert_eq!(failure.field(), Some(format!("settings.vendor.{name}").as_str()), "{value}");
        }
    }

    #[test]
    fn a_wrong_credential_is_named() {
        for (name, value) in [
            ("client_id", ""),
            ("client_id", "a b"),
            ("client_secret", " "),
            ("username", ""),
            ("password", ""),
            ("token", "x"),
        ] {
            let mut tenant = tenant("https://api.provedor.example");
            let mut fields: Vec<(String, SecretString)> =
                tenant.credentials.fields().map(|(name, secret)| (name.to_owned(), secret.clone())).collect();
            fields.retain(|(known, _)| known != name);
            fields.push((name.to_owned(), SecretString::from(value)));
            tenant.credentials = Credentials::new(fields);
            let failure = check(&tenant).unwrap_err();
            assert_eq!(failure.field(), Some(format!("credentials.{name}").as_str()), "{value}");
        }
    }

    #[test]
    fn an_address_that_names_the_api_is_pointed_out() {
        for wrong in ["https://api.x.example/api/v1/integracao/", "https://api.x.example/oauth/token"] {
            assert_eq!(check(&tenant(wrong)).unwrap_err().field(), Some("base_url"), "{wrong}");
        }
    }

    #[test]
    fn settings_have_defaults_and_are_overridden() {
        let plain = tenant("https://api.provedor.example");
        check(&plain).unwrap();
        assert_eq!(release_action(&plain), ReleaseAction::TrustUnlock);
        assert_eq!(release_action(&with("speed_release_action", "enable")), ReleaseAction::Enable);
        assert_eq!(activation(&plain), Activation::Here);
        assert_eq!(activation(&with("acceptance_activation", "no")), Activation::ByProvider);
        assert_eq!((fiscal_days(&plain), fiscal_days(&with("fiscal_invoice_days", "60"))), (180, 60));
        assert!(ticket_sectors(&plain).is_none());
    }
}
