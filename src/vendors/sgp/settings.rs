//! What a tenant gives: app and token, and how this installation differs from the others.

use ponte_domain::tenant::Tenant;
use ponte_domain::{Failure, FailureKind};
use secrecy::{ExposeSecret as _, SecretString};

use crate::erp::Field;

/// Credentials. Both always travel together (dossier 2.1).
pub(super) const CREDENTIALS: &[Field] = &[
    Field {
        name: "app",
        meaning: "Name of the application registered in SGP (Administração, Integrações, Tokens), with its exact upper and lower case.",
        required: true,
        default: None,
    },
    Field {
        name: "token",
        meaning: "Token of that application, a UUID; it does not expire, and must be allowed for the routes and hosts used.",
        required: true,
        default: None,
    },
];

const SPEED_RELEASE: &str = "speed_release";
const PROMISES_PER_MONTH: &str = "promises_per_month";
const ACCEPTANCE_DOCUMENT: &str = "acceptance_document";
const SESSION_CHECK: &str = "session_check";
const WORK_ORDER: &str = "ticket_work_order";

/// Kinds of documents that a contract can be printed as (dossier 4.g).
const DOCUMENTS: [&str; 5] = ["termoaceite_web", "contrato", "termoadesao", "contratofidelidade", "termocomodato"];

/// Settings.
pub(super) const SETTINGS: &[Field] = &[
    Field {
        name: SPEED_RELEASE,
        meaning: "How reduced speed is released: promise (by the same payment promise as an unlock, which no source confirms for reduced contracts, and which spends the month's promise) or off.",
        required: false,
        default: Some("off"),
    },
    Field {
        name: PROMISES_PER_MONTH,
        meaning: "Payment promises that the provider allows a contract per month, 1 to 9; the API does not tell.",
        required: false,
        default: Some("1"),
    },
    Field {
        name: ACCEPTANCE_DOCUMENT,
        meaning: "Document shown for acceptance: termoaceite_web, contrato, termoadesao, contratofidelidade or termocomodato.",
        required: false,
        default: Some("termoaceite_web"),
    },
    Field {
        name: SESSION_CHECK,
        meaning: "Whether the RADIUS sessions (slow) are asked where the access check does not say if a contract is online: yes or no.",
        required: false,
        default: Some("no"),
    },
    Field {
        name: WORK_ORDER,
        meaning: "Whether a new ticket also makes a work order: yes or no.",
        required: false,
        default: Some("yes"),
    },
];

/// `app` and `token`, as the fields that they are on every route.
///
/// # Errors
/// `TenantMisconfigured` naming the field that is absent or empty.
pub(super) fn app_and_token(tenant: &Tenant) -> Result<Vec<(&'static str, SecretString)>, Failure> {
    let given = |name: &'static str, field: &'static str| {
        let secret = tenant.credentials.field(name).filter(|secret| !secret.expose_secret().trim().is_empty());
        let secret = secret.ok_or_else(|| {
            Failure::new(FailureKind::TenantMisconfigured, "The tenant's credentials for SGP are not complete.")
                .in_field(field)
        })?;
        Ok((name, SecretString::from(secret.expose_secret().trim())))
    };
    Ok(vec![given("app", "credentials.app")?, given("token", "credentials.token")?])
}

/// Whether a promise is asked for to release reduced speed.
pub(super) fn releases_speed(tenant: &Tenant) -> bool {
    text(tenant, SPEED_RELEASE) == Some("promise")
}

/// Promises that a contract may use per month.
pub(super) fn promises_per_month(tenant: &Tenant) -> u32 {
    text(tenant, PROMISES_PER_MONTH).and_then(|number| number.parse().ok()).unwrap_or(1)
}

/// Kind of the document that is shown for acceptance.
pub(super) fn acceptance_document(tenant: &Tenant) -> &'static str {
    let wanted = text(tenant, ACCEPTANCE_DOCUMENT);
    DOCUMENTS.into_iter().find(|kind| Some(*kind) == wanted).unwrap_or("termoaceite_web")
}

/// Whether sessions are looked at where the access check does not tell.
pub(super) fn session_check(tenant: &Tenant) -> bool {
    text(tenant, SESSION_CHECK) == Some("yes")
}

/// Whether a ticket comes with a work order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WorkOrder {
    /// As the vendor does by itself.
    With,
    /// Switched off.
    Without,
}

/// Whether a ticket comes with a work order.
pub(super) fn ticket_work_order(tenant: &Tenant) -> WorkOrder {
    if text(tenant, WORK_ORDER) == Some("no") { WorkOrder::Without } else { WorkOrder::With }
}

/// Checks a tenant's credentials and settings for form, without a call.
pub(super) fn check(tenant: &Tenant) -> Result<(), Failure> {
    let invalid = |failure: Failure| {
        Failure::invalid(failure.field().unwrap_or("credentials").to_owned(), "This credential must not be empty.")
    };
    let token = app_and_token(tenant).map_err(invalid)?.into_iter().find(|(name, _)| *name == "token");
    if token.is_some_and(|(_, token)| !is_token(token.expose_secret())) {
        return Err(Failure::invalid(
            "credentials.token",
            "A token of SGP is a UUID: 32 hexadecimal digits with hyphens.",
        ));
    }
    if names_the_api(&tenant.base_url) {
        return Err(Failure::invalid("base_url", "Give the ERP's address without /api."));
    }
    if let Some(unknown) = tenant.credentials.names().find(|name| CREDENTIALS.iter().all(|field| field.name != *name)) {
        return Err(Failure::invalid(format!("credentials.{unknown}"), "SGP has no such credential."));
    }
    tenant.settings.vendor.iter().try_for_each(|(name, value)| check_setting(name, value.trim()))
}

fn check_setting(name: &str, value: &str) -> Result<(), Failure> {
    let fits = match name {
        SPEED_RELEASE => matches!(value, "promise" | "off"),
        PROMISES_PER_MONTH => value.len() == 1 && value.parse::<u8>().is_ok_and(|number| number > 0),
        ACCEPTANCE_DOCUMENT => DOCUMENTS.contains(&value),
        SESSION_CHECK | WORK_ORDER => matches!(value, "yes" | "no"),
        _ => return Err(Failure::invalid(format!("settings.vendor.{name}"), "SGP has no such setting.")),
    };
    if fits {
        Ok(())
    } else {
        Err(Failure::invalid(format!("settings.vendor.{name}"), "The value is none of this setting's."))
    }
}

/// Whether the path, not the host, begins with the API's own.
fn names_the_api(base_url: &str) -> bool {
    let behind_host = base_url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map(|(_, path)| path);
    behind_host.is_some_and(|path| path == "api" || path.starts_with("api/") || path.contains("/api/"))
}

fn is_token(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| *c != '-').collect();
    bare.len() == 32 && bare.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn text<'t>(tenant: &'t Tenant, name: &str) -> Option<&'t str> {
    tenant.settings.vendor.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::tenant::Credentials;
    use secrecy::SecretString;

    use super::{
        SETTINGS, WorkOrder, acceptance_document, check, promises_per_month, releases_speed, ticket_work_order,
    };
    use crate::sgp::testing::tenant;

    fn with(name: &str, value: &str) -> ponte_domain::tenant::Tenant {
        let mut tenant = tenant("http://127.0.0.1:1");
        tenant.settings.vendor.insert(name.to_owned(), value.to_owned());
        tenant
    }

    #[test]
    fn every_published_setting_takes_its_default() {
        for field in SETTINGS {
            check(&with(field.name, field.default.unwrap())).unwrap();
        }
    }

    #[test]
    fn a_wrong_setting_is_named() {
        for (name, value) in [
            ("speed_release", "yes"),
            ("promises_per_month", "0"),
            ("promises_per_month", "12"),
            ("acceptance_document", "../x"),
            ("session_check", "S"),
            ("colour", "red"),
        ] {
            let failure = check(&with(name, value)).unwrap_err();
            assert_eq!(failure.field(), Some(format!("settings.vendor.{name}").as_str()), "{value}");
        }
    }

    #[test]
    fn a_wrong_credential_is_named() {
        let uuid = "3f1c8a52-6f0e-4a55-9c1e-0d6b7c1f2a34";
        for (credentials, field) in [
            (vec![("token", uuid)], "credentials.app"),
            (vec![("app", "chatbot")], "credentials.token"),
            (vec![("app", " "), ("token", uuid)], "credentials.app"),
            (vec![("app", "chatbot"), ("token", "secret")], "credentials.token"),
            (vec![("app", "chatbot"), ("token", uuid), ("user", "x")], "credentials.user"),
        ] {
            let mut tenant = tenant("http://127.0.0.1:1");
            let fields = credentials.into_iter().map(|(name, value)| (name.to_owned(), SecretString::from(value)));
            tenant.credentials = Credentials::new(fields);
            assert_eq!(check(&tenant).unwrap_err().field(), Some(field));
        }
    }

    #[test]
    fn an_address_that_names_the_api_is_pointed_out() {
        let mut wrong = tenant("https://isp.sgp.example/api/ura");
        assert_eq!(check(&wrong).unwrap_err().field(), Some("base_url"));
        for right in ["https://isp.sgp.example", "https://api.isp.example", "https://isp.example/sgp"] {
            wrong.base_url = right.to_owned();
            check(&wrong).unwrap();
        }
    }

    #[test]
    fn settings_have_defaults_and_are_overridden() {
        let plain = tenant("http://127.0.0.1:1");
        assert!(!releases_speed(&plain));
        assert_eq!(ticket_work_order(&plain), WorkOrder::With);
        assert_eq!(ticket_work_order(&with("ticket_work_order", "no")), WorkOrder::Without);
        assert_eq!((promises_per_month(&plain), acceptance_document(&plain)), (1, "termoaceite_web"));
        assert!(releases_speed(&with("speed_release", "promise")));
        assert_eq!(promises_per_month(&with("promises_per_month", "2")), 2);
        assert_eq!(acceptance_document(&with("acceptance_document", "contrato")), "contrato");
    }
}
