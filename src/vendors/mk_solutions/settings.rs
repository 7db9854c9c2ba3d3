//! What a tenant gives: the webservice profile's credentials, and how this installation differs from the others.

use std::borrow::Cow;

use ponte_domain::tenant::{Tenant, TicketRoute};
use ponte_domain::{Failure, FailureKind};
use secrecy::ExposeSecret as _;

use crate::erp::Field;

/// Credentials (dossier 2.1, 2.2).
pub(super) const CREDENTIALS: &[Field] = &[
    Field {
        name: "token",
        meaning: "Token of the ERP user that the webservice profile belongs to (Integradores, Gerenciador de Webservices).",
        required: true,
        default: None,
    },
    Field {
        name: "password",
        meaning: "Password (contra-senha) of the webservice profile, at least 8 characters.",
        required: true,
        default: None,
    },
];

const ONE_SHOT: &str = "one_shot";
const CORE_API: &str = "core_api";
const SPECIAL_MODULE: &str = "special_module";
const PIX: &str = "pix";
const DIGITABLE_LINE: &str = "digitable_line";
const PAID_MONTHS: &str = "paid_months";
const UNLOCK_RENEWAL: &str = "trust_unlock_renewal";
const ACCEPTANCE_LINK: &str = "acceptance_link";
const CONTACT_ORIGIN: &str = "contact_origin";
const OPENING_OPERATOR: &str = "opening_operator";
const TICKET_CLASSIFICATION: &str = "ticket_classification";
const TICKET_WINDOW: &str = "ticket_window_days";

/// Settings.
pub(super) const SETTINGS: &[Field] = &[
    Field {
        name: ONE_SHOT,
        meaning: "Whether the profile ends a token at its first use (Invalidar = SIM), so that each call logs in before: yes or no.",
        required: false,
        default: Some("no"),
    },
    Field {
        name: CORE_API,
        meaning: "Whether the server has the core API: yes (asked until it turns out to be absent) or no (never asked).",
        required: false,
        default: Some("yes"),
    },
    Field {
        name: SPECIAL_MODULE,
        meaning: "Whether the paid module of special APIs is licensed: yes (asked until it turns out to be absent) or no (never asked).",
        required: false,
        default: Some("yes"),
    },
    Field {
        name: PIX,
        meaning: "Whether Pix texts are asked for (release 109.53, payment profile with Pix): yes or no.",
        required: false,
        default: Some("yes"),
    },
    Field {
        name: DIGITABLE_LINE,
        meaning: "Where the digitable line is read: sms_rule (WSMKLDViaSMS, free; where the ERP has an SMS operator it may also send the customer an SMS) or invoice_list (WSMKFaturas of the paid module, sends nothing).",
        required: false,
        default: Some("sms_rule"),
    },
    Field {
        name: PAID_MONTHS,
        meaning: "Months of paid invoices that are read, 1 to 60.",
        required: false,
        default: Some("12"),
    },
    Field {
        name: UNLOCK_RENEWAL,
        meaning: "When a refused trust unlock becomes possible again: tenant_rule (interval_days of the trust-unlock rule after the last unlock that Ponte knows of) or calendar_month (on the first of the next month, the ERP's limit as seen in production). The ERP itself gives no date.",
        required: false,
        default: Some("tenant_rule"),
    },
    Field {
        name: ACCEPTANCE_LINK,
        meaning: "Address (https) of the provider's own page on which holders accept contracts.",
        required: false,
        default: None,
    },
    Field {
        name: CONTACT_ORIGIN,
        meaning: "Code of the contact's origin (origem_contato) of new tickets, 1 to 15; 9 is WhatsApp.",
        required: false,
        default: Some("9"),
    },
    Field {
        name: OPENING_OPERATOR,
        meaning: "Login of the ERP operator in whose name tickets are opened (op_abertura, from release 64.9).",
        required: false,
        default: None,
    },
    Field {
        name: TICKET_CLASSIFICATION,
        meaning: "Code of the classification of tickets whose sector and person group have none in the ticket settings.",
        required: false,
        default: None,
    },
    Field {
        name: TICKET_WINDOW,
        meaning: "Days of tickets that are read, 1 to 30: the ERP lists those of all customers in a period.",
        required: false,
        default: Some("30"),
    },
];

/// Where the digitable line is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineSource {
    /// `WSMKLDViaSMS`.
    SmsRule,
    /// `WSMKFaturas`.
    InvoiceList,
}

/// When a refused unlock becomes possible again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UnlockRenewal {
    /// On the first of the next month.
    CalendarMonth,
    /// By the tenant's interval after the last unlock.
    TenantRule,
}

/// Whether each call logs in before.
pub(super) fn one_shot(tenant: &Tenant) -> bool {
    text(tenant, ONE_SHOT) == Some("yes")
}

/// Whether the core API may be asked.
pub(super) fn core_api(tenant: &Tenant) -> bool {
    text(tenant, CORE_API) != Some("no")
}

/// Whether rules of the paid module may be asked.
pub(super) fn special_module(tenant: &Tenant) -> bool {
    text(tenant, SPECIAL_MODULE) != Some("no")
}

/// Whether Pix texts are asked for.
pub(super) fn pix(tenant: &Tenant) -> bool {
    text(tenant, PIX) != Some("no")
}

/// Where the digitable line is read.
pub(super) fn line_source(tenant: &Tenant) -> LineSource {
    match text(tenant, DIGITABLE_LINE) {
        Some("invoice_list") => LineSource::InvoiceList,
        _ => LineSource::SmsRule,
    }
}

/// Months of paid invoices, as the vendor is asked for them.
pub(super) fn paid_months(tenant: &Tenant) -> &str {
    text(tenant, PAID_MONTHS).unwrap_or("12")
}

/// When a refused unlock becomes possible again.
pub(super) fn unlock_renewal(tenant: &Tenant) -> UnlockRenewal {
    match text(tenant, UNLOCK_RENEWAL) {
        Some("calendar_month") => UnlockRenewal::CalendarMonth,
        _ => UnlockRenewal::TenantRule,
    }
}

/// The provider's own acceptance page.
pub(super) fn acceptance_link(tenant: &Tenant) -> Option<&str> {
    text(tenant, ACCEPTANCE_LINK)
}

/// Origin of contact of new tickets.
pub(super) fn contact_origin(tenant: &Tenant) -> &str {
    text(tenant, CONTACT_ORIGIN).unwrap_or("9")
}

/// Operator in whose name tickets are opened.
pub(super) fn opening_operator(tenant: &Tenant) -> Option<&str> {
    text(tenant, OPENING_OPERATOR)
}

/// Classification where no route has one.
pub(super) fn ticket_classification(tenant: &Tenant) -> Option<&str> {
    text(tenant, TICKET_CLASSIFICATION)
}

/// Days of tickets that are read.
pub(super) fn ticket_window(tenant: &Tenant) -> i32 {
    text(tenant, TICKET_WINDOW).and_then(|days| days.parse().ok()).filter(|days| (1..=30).contains(days)).unwrap_or(30)
}

/// Checks a tenant's credentials and settings for form, without a call.
pub(super) fn check(tenant: &Tenant) -> Result<(), Failure> {
    for field in CREDENTIALS {
        let given = tenant.credentials.field(field.name).map_or("", |secret| secret.expose_secret().trim());
        if given.is_empty() {
            return Err(Failure::invalid(format!("credentials.{}", field.name), "This credential is missing."));
        }
    }
    if let Some(unknown) = tenant.credentials.names().find(|name| CREDENTIALS.iter().all(|field| field.name != *name)) {
        return Err(Failure::invalid(format!("credentials.{unknown}"), "MK Solutions has no such credential."));
    }
    let address = tenant.base_url.trim_end_matches('/');
    if address.ends_with("/mk") || address.ends_with("/core-api") || address.ends_with(".rule") {
        return Err(Failure::invalid("base_url", "Give the ERP's address without /mk, /core-api and the like."));
    }
    for (name, value) in &tenant.settings.vendor {
        check_setting(name, value.trim())?;
    }
    check_routes(tenant)
}

fn check_setting(name: &str, value: &str) -> Result<(), Failure> {
    let number = |low: u32, high: u32| value.parse().is_ok_and(|number: u32| (low..=high).contains(&number));
    let fits = match name {
        ONE_SHOT | CORE_API | SPECIAL_MODULE | PIX => matches!(value, "yes" | "no"),
        DIGITABLE_LINE => matches!(value, "sms_rule" | "invoice_list"),
        PAID_MONTHS => number(1, 60),
        UNLOCK_RENEWAL => matches!(value, "calendar_month" | "tenant_rule"),
        ACCEPTANCE_LINK => value.starts_with("https://") && value.len() > 10 && !value.contains(char::is_whitespace),
        CONTACT_ORIGIN => number(1, 15),
        OPENING_OPERATOR => (1..=60).contains(&value.len()),
        TICKET_CLASSIFICATION => is_code(value),
        TICKET_WINDOW => number(1, 30),
        _ => {
            return Err(Failure::invalid(format!("settings.vendor.{name}"), "MK Solutions has no such setting."));
        }
    };
    if fits {
        Ok(())
    } else {
        Err(Failure::invalid(format!("settings.vendor.{name}"), "The value is none of this setting's."))
    }
}

/// Ids of the ticket settings are numbers here: what else they hold is a slip.
fn check_routes(tenant: &Tenant) -> Result<(), Failure> {
    let rules = &tenant.settings.tickets;
    let sectors = rules.sectors.iter().map(|(name, route)| ("sectors", name, route));
    let groups = rules.person_groups.iter().map(|(name, route)| ("person_groups", name, route));
    for (kind, name, route) in sectors.chain(groups) {
        if let Some(field) = wrong_code(route) {
            return Err(Failure::invalid(
                format!("settings.tickets.{kind}.{name}.{field}"),
                "The ids of MK Solutions are numbers.",
            ));
        }
    }
    Ok(())
}

fn wrong_code(route: &TicketRoute) -> Option<&'static str> {
    let fields = [
        ("process", &route.process),
        ("classification", &route.classification),
        ("sector_id", &route.sector_id),
        ("subject_id", &route.subject_id),
    ];
    fields.into_iter().find(|(_, code)| code.as_deref().is_some_and(|code| !is_code(code))).map(|(field, _)| field)
}

fn is_code(text: &str) -> bool {
    (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn text<'t>(tenant: &'t Tenant, name: &str) -> Option<&'t str> {
    tenant.settings.vendor.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
}

/// A failure of the ticket settings that only the ERP's own tables show.
pub(super) fn misrouted(detail: impl Into<Cow<'static, str>>) -> Failure {
    Failure::new(FailureKind::TenantMisconfigured, detail.into()).in_field("settings.tickets")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::tenant::{Credentials, Tenant, TicketRoute};
    use secrecy::SecretString;

    use super::{
        LineSource, SETTINGS, UnlockRenewal, check, line_source, one_shot, paid_months, ticket_window, unlock_renewal,
    };
    use crate::mk_solutions::testing::tenant;

    fn with(name: &str, value: &str) -> Tenant {
        let mut tenant = tenant("http://127.0.0.1:1");
        tenant.settings.vendor.insert(name.to_owned(), value.to_owned());
        tenant
    }

    #[test]
    fn every_published_setting_takes_its_default() {
        check(&tenant("http://127.0.0.1:1")).unwrap();
        for field in SETTINGS {
            if let Some(default) = field.default {
                check(&with(field.name, default)).unwrap();
            }
        }
    }

    #[test]
    fn a_wrong_setting_is_named() {
        for (name, value) in [
            ("one_shot", "sim"),
            ("core_api", "auto"),
            ("special_module", "?"),
            ("pix", "sim"),
            ("digitable_line", "sms"),
            ("paid_months", "0"),
            ("paid_months", "61"),
            ("trust_unlock_renewal", "never"),
            ("acceptance_link", "http://provedor.example/aceite"),
            ("acceptance_link", "https://a b.example"),
            ("contact_origin", "16"),
            ("opening_operator", ""),
            ("ticket_classification", "três"),
            ("colour", "red"),
        ] {
            let failure = check(&with(name, value)).unwrap_err();
            assert_eq!(failure.field(), Some(format!("settings.vendor.{name}").as_str()), "{value}");
        }
    }

    #[test]
    fn both_credentials_are_needed_and_no_other() {
        let given = |fields: &[(&str, &str)]| {
            let mut tenant = tenant("http://127.0.0.1:1");
            let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), SecretString::from(*value)));
            tenant.credentials = Credentials::new(fields);
            check(&tenant).err().and_then(|failure| failure.field().map(str::to_owned))
        };
        assert_eq!(given(&[("token", "t"), ("password", "p")]), None);
        assert_eq!(given(&[("token", "t")]).as_deref(), Some("credentials.password"));
        assert_eq!(given(&[("token", " "), ("password", "p")]).as_deref(), Some("credentials.token"));
        assert_eq!(given(&[("token", "t"), ("password", "p"), ("key", "k")]).as_deref(), Some("credentials.key"));
    }

    #[test]
    fn an_address_that_names_a_part_of_the_api_is_pointed_out() {
        for (address, field) in [
            ("https://mk.example/mk/", Some("base_url")),
            ("https://mk.example/core-api", Some("base_url")),
            ("https://mk.example:8080", None),
        ] {
            let found = check(&tenant(address)).err().and_then(|failure| failure.field().map(str::to_owned));
            assert_eq!(found.as_deref(), field, "{address}");
        }
    }

    #[test]
    fn a_route_whose_id_is_no_number_is_named() {
        let mut wrong = tenant("http://127.0.0.1:1");
        let route =
            TicketRoute { process: Some("12".into()), classification: Some("abc".into()), ..Default::default() };
        wrong.settings.tickets.sectors.insert("Técnico".into(), route);
        assert_eq!(check(&wrong).unwrap_err().field(), Some("settings.tickets.sectors.Técnico.classification"));
    }

    #[test]
    fn settings_have_defaults_and_are_overridden() {
        let plain = tenant("http://127.0.0.1:1");
        assert!(!one_shot(&plain) && one_shot(&with("one_shot", "yes")));
        assert_eq!((paid_months(&plain), paid_months(&with("paid_months", "3"))), ("12", "3"));
        assert_eq!(line_source(&plain), LineSource::SmsRule);
        assert_eq!(line_source(&with("digitable_line", "invoice_list")), LineSource::InvoiceList);
        assert_eq!(unlock_renewal(&plain), UnlockRenewal::TenantRule);
        assert_eq!(unlock_renewal(&with("trust_unlock_renewal", "calendar_month")), UnlockRenewal::CalendarMonth);
        assert_eq!((ticket_window(&plain), ticket_window(&with("ticket_window_days", "7"))), (30, 7));
    }
}
