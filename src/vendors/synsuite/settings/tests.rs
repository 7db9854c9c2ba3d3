//! Addresses, and what is wrong with a setting or credential.

#![allow(clippy::unwrap_used)]

use ponte_domain::tenant::{Credentials, Tenant};
use secrecy::SecretString;

use super::{SETTINGS, api_url, check, has_portal, portal_url, token_url};
use crate::synsuite::testing::tenant;

fn at(base_url: &str) -> Tenant {
    tenant(base_url)
}

fn with(name: &str, value: &str) -> Tenant {
    let mut tenant = at("https://erp.example:45715");
    tenant.settings.vendor.insert(name.to_owned(), value.to_owned());
    tenant
}

#[test]
fn tokens_data_and_portal_have_their_ports_unless_a_front_hides_them() {
    for (base, token, api, portal) in [
        ("https://erp.example", "https://erp.example:45700", "https://erp.example:45715", None),
        ("https://erp.example:45715/", "https://erp.example:45700", "https://erp.example:45715", None),
        ("https://erp.example:45700", "https://erp.example:45700", "https://erp.example:45715", None),
        ("https://[2001:db8::1]", "https://[2001:db8::1]:45700", "https://[2001:db8::1]:45715", None),
        ("http://127.0.0.1:9105", "http://127.0.0.1:9105", "http://127.0.0.1:9105", Some("http://127.0.0.1:9105")),
    ] {
        let tenant = at(base);
        assert_eq!((token_url(&tenant).as_str(), api_url(&tenant).as_str()), (token, api), "{base}");
        assert_eq!(portal_url(&tenant).as_deref(), portal, "{base}");
    }
}

#[test]
fn the_token_server_of_staging_is_another_host() {
    let mut tenant = at("https://staging.example:45715");
    tenant.settings.link_hosts = vec!["erp.example:45700".to_owned()];
    tenant.settings.vendor.insert("token_url".to_owned(), "https://erp.example:45700".to_owned());
    check(&tenant).unwrap();
    assert_eq!(token_url(&tenant), "https://erp.example:45700");
    assert_eq!(api_url(&tenant), "https://staging.example:45715");
}

#[test]
fn a_wrong_setting_is_named() {
    for (name, value) in [
        ("token_url", "erp.example:45700"),
        ("token_url", "https://elsewhere.example:45700"),
        ("portal_url", "http://erp.example"),
        ("portal_url", "https://erp.example/?a=b"),
        ("grant", "implicit"),
        ("acceptance_approve", "sim"),
        ("pix_on_demand", "S"),
        ("ticket_service_level", "eleven"),
        ("colour", "red"),
    ] {
        let failure = check(&with(name, value)).unwrap_err();
        assert_eq!(failure.field(), Some(format!("settings.vendor.{name}").as_str()), "{value}");
    }
    for field in SETTINGS {
        if let Some(default) = field.default {
            check(&with(field.name, default)).unwrap();
        }
    }
}

#[test]
fn a_wrong_address_or_credential_is_named() {
    assert_eq!(check(&at("https://erp.example:45715/external/")).unwrap_err().field(), Some("base_url"));
    let credentials = |given: &[&str]| {
        let mut tenant = at("https://erp.example");
        tenant.credentials = Credentials::new(given.iter().map(|name| ((*name).to_owned(), SecretString::from("x"))));
        tenant
    };
    for (given, expected) in [
        (&["client_id", "client_secret"][..], "credentials.syndata"),
        (&["client_id", "client_secret", "syndata", "token"], "credentials.token"),
        (&["client_id", "client_secret", "syndata", "portal_client_id"], "credentials.portal_verify_token"),
    ] {
        assert_eq!(check(&credentials(given)).unwrap_err().field(), Some(expected));
    }
    let bare = credentials(&["client_id", "client_secret", "syndata"]);
    check(&bare).unwrap();
    assert!(!has_portal(&bare));
    let mut older = bare;
    older.settings.vendor.insert("grant".to_owned(), "password".to_owned());
    assert_eq!(check(&older).unwrap_err().field(), Some("credentials.username"));
}
