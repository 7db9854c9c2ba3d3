//! Tenants and their credentials.

use ponte_domain::failure::Subject;
use ponte_domain::tenant::{Credentials, TenantSettings, TlsPolicy};
use ponte_store::{CredentialsChange, StoreError, TenantChange};
use secrecy::ExposeSecret;

use crate::harness::{TestStore, ana, at, credentials, intent, new_tenant, slug};

fn shown(credentials: &Credentials) -> Vec<(&str, &str)> {
    credentials.fields().map(|(name, secret)| (name, secret.expose_secret())).collect()
}

#[tokio::test]
async fn a_tenant_reads_back_as_it_was_added() {
    let test = TestStore::new();
    let mut new = new_tenant("acme");
    new.settings = TenantSettings {
        company_name: Some("Acme Telecom".to_owned()),
        tls: TlsPolicy::TrustCa { pem: "-----BEGIN CERTIFICATE-----".to_owned() },
        ..TenantSettings::default()
    };
    let added = test.store.add_tenant(new.clone(), at(5)).await.unwrap();
    let read = test.open_again().tenant(&slug("acme")).await.unwrap().unwrap();
    assert_eq!((read.number, &read.vendor, &read.base_url), (added.number, &new.vendor, &new.base_url));
    assert_eq!(read.settings, new.settings);
    assert_eq!(shown(&read.credentials), [("token", "token-of-the-erp")]);
    assert_eq!((read.created_at, read.updated_at), (at(5), at(5)));
    assert!(test.store.tenant(&slug("other")).await.unwrap().is_none());
}

#[tokio::test]
async fn a_name_is_given_once() {
    let (test, _) = TestStore::with_tenant().await;
    let error = test.store.add_tenant(new_tenant("acme"), at(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::AlreadyExists(Subject::Tenant)), "{error}");
    assert_eq!(test.store.tenants().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_touches_what_it_names() {
    let (test, _) = TestStore::with_tenant().await;
    let merge = TenantChange {
        base_url: Some("https://new.example.com".to_owned()),
        credentials: CredentialsChange::Merge(credentials(&[("user", "7")])),
        ..TenantChange::default()
    };
    let merged = test.store.change_tenant(&slug("acme"), merge, at(9)).await.unwrap();
    assert_eq!((merged.base_url.as_str(), merged.vendor.as_str()), ("https://new.example.com", "some-erp"));
    assert_eq!(shown(&merged.credentials), [("token", "token-of-the-erp"), ("user", "7")]);
    assert_eq!((merged.created_at, merged.updated_at), (at(0), at(9)));

    let replace = TenantChange {
        credentials: CredentialsChange::Replace(credentials(&[("user", "8")])),
        ..TenantChange::default()
    };
    let replaced = test.store.change_tenant(&slug("acme"), replace, at(10)).await.unwrap();
    assert_eq!(shown(&replaced.credentials), [("user", "8")]);

    let kept = test.store.change_tenant(&slug("acme"), TenantChange::default(), at(11)).await.unwrap();
    assert_eq!(shown(&kept.credentials), [("user", "8")]);
    let missing = test.store.change_tenant(&slug("none"), TenantChange::default(), at(12)).await.unwrap_err();
    assert!(matches!(missing, StoreError::NotFound(Subject::Tenant)), "{missing}");
}

#[tokio::test]
async fn a_removed_tenant_takes_everything_along_and_its_number_never_comes_back() {
    let (test, number) = TestStore::with_tenant().await;
    test.store.begin(intent(number, "one"), at(1)).await.unwrap();
    test.store.put_contact(ana(number)).await.unwrap();
    test.store.remove_tenant(&slug("acme")).await.unwrap();
    for table in ["tenants", "journal", "contacts", "contact_marks"] {
        assert_eq!(test.count(table), 0, "{table}");
    }
    let again = test.store.add_tenant(new_tenant("acme"), at(2)).await.unwrap();
    assert!(again.number > number);
    let missing = test.store.remove_tenant(&slug("none")).await.unwrap_err();
    assert!(matches!(missing, StoreError::NotFound(Subject::Tenant)), "{missing}");
}

#[tokio::test]
async fn credentials_moved_to_another_row_do_not_open() {
    let (test, _) = TestStore::with_tenant().await;
    test.store.add_tenant(new_tenant("other"), at(1)).await.unwrap();
    let moved = "UPDATE tenants SET credentials = (SELECT credentials FROM tenants WHERE slug = 'acme')";
    test.raw().execute(moved, []).unwrap();
    assert!(test.store.tenant(&slug("acme")).await.unwrap().is_some());
    let error = test.store.tenant(&slug("other")).await.unwrap_err();
    assert!(matches!(error, StoreError::Unreadable { place: "tenants.credentials" }), "{error}");
}
