//! What a tenant gives: the token, and how this installation differs from the others.

use std::borrow::Cow;

use ponte_domain::tenant::Tenant;
use ponte_domain::{Failure, FailureKind};

use super::dialect;
use crate::erp::Field;

/// Credentials.
pub(super) const CREDENTIALS: &[Field] = &[Field {
    name: "token",
    meaning: "API token of a system user with \"Permite acesso webservice\", as its form shows it (number, colon, 64 hexadecimal digits), or that in base64.",
    required: true,
    default: None,
}];

/// A button whose route carries the number of the button; one integrator says that the numbers may differ between
/// installations (dossier 2.9).
#[derive(Debug, Clone, Copy)]
pub(super) struct Button {
    setting: &'static str,
    /// The route everywhere else, and the operation's name in logs.
    pub(super) usual: &'static str,
}

pub(super) const CONTRACT_PDF: Button =
    Button { setting: "route_contract_pdf", usual: "cliente_contrato_imprimir_contrato_17678" };
pub(super) const TEMPORARY_RELEASE: Button =
    Button { setting: "route_temporary_release", usual: "cliente_contrato_btn_lib_temp_24722" };
pub(super) const SPEED_RELEASE: Button =
    Button { setting: "route_speed_release", usual: "liberacao_reducao_contrato_29157" };
pub(super) const CONTRACT_RELEASE: Button =
    Button { setting: "route_contract_release", usual: "cliente_contrato_15464" };
pub(super) const WIFI_PUSH: Button = Button { setting: "route_wifi_push", usual: "botaoAjax_30774" };

const BUTTONS: [Button; 5] = [CONTRACT_PDF, TEMPORARY_RELEASE, SPEED_RELEASE, CONTRACT_RELEASE, WIFI_PUSH];

impl Button {
    /// The route at this tenant.
    ///
    /// # Errors
    /// `TenantMisconfigured` when the setting is no route's name: it becomes part of a path.
    pub(super) fn route(self, tenant: &Tenant) -> Result<Cow<'static, str>, Failure> {
        match text(tenant, self.setting) {
            None => Ok(Cow::Borrowed(self.usual)),
            Some(route) if is_route(route) => Ok(Cow::Owned(route.to_owned())),
            Some(_) => Err(misconfigured(self.setting, "The route is not a name of letters, digits and underscores.")),
        }
    }
}

/// What "unlock on trust" does at this tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnlockAction {
    /// The subscriber's own right, with the ERP's rules.
    TrustUnlock,
    /// The operator's button, which goes round the ERP's trust rules (dossier 4.e).
    TemporaryRelease,
}

const fn route(setting: &'static str, meaning: &'static str, usual: &'static str) -> Field {
    Field { name: setting, meaning, required: false, default: Some(usual) }
}

const UNLOCK_ACTION: &str = "trust_unlock_action";
const BOLETO_REFRESH: &str = "boleto_refresh";
const ACCEPTANCE_RELEASE: &str = "acceptance_release";
const ACCEPTANCE_NOTE_KIND: &str = "acceptance_note_kind";
const TICKET_PRIORITY: &str = "ticket_priority";
const SESSION_CHECK: &str = "session_check";

/// Settings.
pub(super) const SETTINGS: &[Field] = &[
    Field {
        name: UNLOCK_ACTION,
        meaning: "What an unlock does: trust_unlock (the subscriber's own right, the ERP's rules hold) or temporary_release (the operator's button, which goes round them).",
        required: false,
        default: Some("trust_unlock"),
    },
    Field {
        name: BOLETO_REFRESH,
        meaning: "Whether printing an overdue boleto brings its due date and amount up to date in the ERP: yes or no.",
        required: false,
        default: Some("yes"),
    },
    Field {
        name: ACCEPTANCE_RELEASE,
        meaning: "Whether accepting an active contract whose access awaits signature also presses the manual release: yes or no.",
        required: false,
        default: Some("no"),
    },
    Field {
        name: ACCEPTANCE_NOTE_KIND,
        meaning: "Kind (tipo) of the note that an acceptance leaves in the contract's history; absent: none is sent.",
        required: false,
        default: None,
    },
    Field {
        name: TICKET_PRIORITY,
        meaning: "Priority code of new tickets: B, N, M, A or C. Installations differ in their code for the normal one.",
        required: false,
        default: Some("M"),
    },
    Field {
        name: SESSION_CHECK,
        meaning: "Whether the session list (radacct) is asked where a login does not say if it is online: yes or no.",
        required: false,
        default: Some("no"),
    },
    route(CONTRACT_PDF.setting, "Route that prints a contract.", CONTRACT_PDF.usual),
    route(TEMPORARY_RELEASE.setting, "Route of the temporary release.", TEMPORARY_RELEASE.usual),
    route(SPEED_RELEASE.setting, "Route that releases the reduced speed.", SPEED_RELEASE.usual),
    route(CONTRACT_RELEASE.setting, "Route of the manual release.", CONTRACT_RELEASE.usual),
    route(WIFI_PUSH.setting, "Route that sends the Wi-Fi data to the device.", WIFI_PUSH.usual),
];

/// Which action an unlock is.
pub(super) fn unlock_action(tenant: &Tenant) -> UnlockAction {
    match text(tenant, UNLOCK_ACTION) {
        Some("temporary_release") => UnlockAction::TemporaryRelease,
        _ => UnlockAction::TrustUnlock,
    }
}

/// `S` or `N` for `atualiza_boleto`.
pub(super) fn boleto_refresh(tenant: &Tenant) -> &'static str {
    if text(tenant, BOLETO_REFRESH) == Some("no") { "N" } else { "S" }
}

/// Whether an acceptance may press the manual release.
pub(super) fn acceptance_release(tenant: &Tenant) -> bool {
    text(tenant, ACCEPTANCE_RELEASE) == Some("yes")
}

/// Kind of the note in the contract's history.
pub(super) fn acceptance_note_kind(tenant: &Tenant) -> Option<&str> {
    text(tenant, ACCEPTANCE_NOTE_KIND)
}

/// Priority code of new tickets.
pub(super) fn ticket_priority(tenant: &Tenant) -> &str {
    text(tenant, TICKET_PRIORITY).unwrap_or("M")
}

/// Whether sessions are looked at where the login does not tell.
pub(super) fn session_check(tenant: &Tenant) -> bool {
    text(tenant, SESSION_CHECK) == Some("yes")
}

/// Checks a tenant's credentials and settings for form, without a call.
pub(super) fn check(tenant: &Tenant) -> Result<(), Failure> {
    dialect::token(tenant).map_err(|failure| Failure::invalid("credentials.token", failure.detail()))?;
    if tenant.base_url.trim_end_matches('/').ends_with("/webservice/v1") {
        return Err(Failure::invalid("base_url", "Give the ERP's address without /webservice/v1."));
    }
    if let Some(unknown) = tenant.credentials.names().find(|name| CREDENTIALS.iter().all(|field| field.name != *name)) {
        return Err(Failure::invalid(format!("credentials.{unknown}"), "IXC has no such credential."));
    }
    for (name, value) in &tenant.settings.vendor {
        check_setting(name, value.trim())?;
    }
    Ok(())
}

fn check_setting(name: &str, value: &str) -> Result<(), Failure> {
    let fits = match name {
        UNLOCK_ACTION => matches!(value, "trust_unlock" | "temporary_release"),
        BOLETO_REFRESH | ACCEPTANCE_RELEASE | SESSION_CHECK => matches!(value, "yes" | "no"),
        ACCEPTANCE_NOTE_KIND => (1..=20).contains(&value.len()),
        TICKET_PRIORITY => matches!(value, "B" | "N" | "M" | "A" | "C"),
        _ if BUTTONS.iter().any(|button| button.setting == name) => is_route(value),
        _ => return Err(Failure::invalid(format!("settings.vendor.{name}"), "IXC has no such setting.")),
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

fn is_route(text: &str) -> bool {
    (3..=80).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn misconfigured(setting: &'static str, detail: &'static str) -> Failure {
    Failure::new(FailureKind::TenantMisconfigured, detail).in_field(format!("settings.vendor.{setting}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{CONTRACT_PDF, SETTINGS, UnlockAction, WIFI_PUSH, check, ticket_priority, unlock_action};
    use crate::ixc::testing::tenant;

    fn with(name: &str, value: &str) -> ponte_domain::tenant::Tenant {
        let mut tenant = tenant("http://127.0.0.1:1");
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
            ("trust_unlock_action", "always"),
            ("boleto_refresh", "S"),
            ("ticket_priority", "X"),
            ("route_wifi_push", "../cliente"),
            ("route_contract_pdf", "a/b"),
            ("colour", "red"),
        ] {
            let failure = check(&with(name, value)).unwrap_err();
            assert_eq!(failure.field(), Some(format!("settings.vendor.{name}").as_str()), "{value}");
        }
    }

    #[test]
    fn an_address_that_names_the_api_is_pointed_out() {
        let mut wrong = tenant("https://ixc.example/webservice/v1/");
        assert_eq!(check(&wrong).unwrap_err().field(), Some("base_url"));
        wrong.base_url = "https://ixc.example".to_owned();
        check(&wrong).unwrap();
    }

    #[test]
    fn settings_have_defaults_and_are_overridden() {
        let plain = tenant("http://127.0.0.1:1");
        assert_eq!(unlock_action(&plain), UnlockAction::TrustUnlock);
        assert_eq!(unlock_action(&with("trust_unlock_action", "temporary_release")), UnlockAction::TemporaryRelease);
        assert_eq!((ticket_priority(&plain), ticket_priority(&with("ticket_priority", "N"))), ("M", "N"));
        assert_eq!(CONTRACT_PDF.route(&plain).unwrap(), "cliente_contrato_imprimir_contrato_17678");
        assert_eq!(WIFI_PUSH.route(&with("route_wifi_push", "botaoAjax_1")).unwrap(), "botaoAjax_1");
        assert!(WIFI_PUSH.route(&with("route_wifi_push", "../x")).is_err());
    }
}
