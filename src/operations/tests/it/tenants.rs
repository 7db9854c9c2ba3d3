//! Tenants: checked as a whole before they are kept, reached by those who may.

use std::sync::Arc;

use ponte_domain::FailureKind;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::scope::Scope;
use ponte_domain::tenant::{Credentials, CustomerTypes, TenantLimits, TenantSettings, TenantSlug};
use ponte_operations::{CredentialsChange, NewKey, NewTenant, TenantChange, TenantsAllowed};
use secrecy::SecretString;

use crate::world::{World, admin, new_tenant};

fn with_mode(mode: &str) -> TenantSettings {
    TenantSettings { vendor: [("mode".to_owned(), mode.to_owned())].into(), ..TenantSettings::default() }
}

#[tokio::test]
async fn each_fault_of_a_new_tenant_is_named() {
    let world = World::open().await;
    let plain = || new_tenant("next", TenantSettings::default());
    let with = |settings| new_tenant("next", settings);
    let secret = |name: &str| Credentials::new([(name.to_owned(), SecretString::from("x"))]);
    let lost_type = CustomerTypes { list: vec!["Cliente".to_owned()], when_not_found: Some("Lead".to_owned()) };
    let cases: [(NewTenant, &str); 10] = [
        (NewTenant { vendor: "nobody".to_owned(), ..plain() }, "vendor"),
        (NewTenant { base_url: "http://erp.example".to_owned(), ..plain() }, "base_url"),
        (NewTenant { base_url: "ftp://erp.example".to_owned(), ..plain() }, "base_url"),
        (NewTenant { base_url: "https://user:pw@erp.example".to_owned(), ..plain() }, "base_url"),
        (NewTenant { credentials: Credentials::default(), ..plain() }, "credentials/token"),
        (NewTenant { credentials: secret("tokn"), ..plain() }, "credentials/tokn"),
        (with(with_mode("odd")), "settings/vendor/mode"),
        (
            with(TenantSettings { vendor: [("mood".to_owned(), "x".to_owned())].into(), ..TenantSettings::default() }),
            "settings/vendor/mood",
        ),
        (
            with(TenantSettings { customer_types: lost_type, ..TenantSettings::default() }),
            "settings/customer_types/when_not_found",
        ),
        (
            with(TenantSettings {
                limits: TenantLimits { deadline_ms: Some(1), ..TenantLimits::default() },
                ..TenantSettings::default()
            }),
            "settings/limits/deadline_ms",
        ),
    ];
    for (new, field) in cases {
        let refused = world.operations.add_tenant(&admin(), new).await.unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (FailureKind::InvalidInput, Some(field)), "{}", refused.detail());
    }
    assert_eq!(world.operations.tenants(&admin()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_tenant_is_added_changed_and_removed() {
    let world = World::open().await;
    let added = world.operations.add_tenant(&admin(), new_tenant("next", with_mode("fancy"))).await.unwrap();
    assert_eq!(added.base_url, "https://erp.example", "without the trailing slash");
    let twice = world.operations.add_tenant(&admin(), new_tenant("next", with_mode("plain"))).await.unwrap_err();
    assert_eq!(twice.kind(), FailureKind::Refused(Refusal::AlreadyExists));

    let odd = TenantChange { settings: Some(with_mode("odd")), ..TenantChange::default() };
    assert_eq!(
        world.operations.change_tenant(&admin(), "next", odd).await.unwrap_err().field(),
        Some("settings/vendor/mode")
    );
    let none = CredentialsChange::Replace(Credentials::default());
    let none = TenantChange { credentials: none, ..TenantChange::default() };
    assert_eq!(
        world.operations.change_tenant(&admin(), "next", none).await.unwrap_err().field(),
        Some("credentials/token")
    );
    let moved = TenantChange { base_url: Some("https://new.example/".to_owned()), ..TenantChange::default() };
    let moved = world.operations.change_tenant(&admin(), "next", moved).await.unwrap();
    assert_eq!((moved.number, moved.base_url.as_str()), (added.number, "https://new.example"));
    assert_eq!(world.operations.own_tenant("next").unwrap().tenant.base_url, "https://new.example");

    world.operations.remove_tenant(&admin(), "next").await.unwrap();
    assert_eq!(world.operations.own_tenant("next").unwrap_err().kind(), FailureKind::NotFound(Subject::Tenant));
    let again = world.operations.remove_tenant(&admin(), "next").await.unwrap_err();
    assert_eq!(again.kind(), FailureKind::NotFound(Subject::Tenant));
}

#[tokio::test]
async fn a_tenant_out_of_reach_looks_like_one_that_is_not_there() {
    let world = World::open().await;
    world.operations.add_tenant(&admin(), new_tenant("next", TenantSettings::default())).await.unwrap();
    let only = TenantsAllowed::Only(vec![TenantSlug::parse("next").unwrap()]);
    let new = NewKey { name: "one".to_owned(), scopes: vec![Scope::Read], tenants: only, expires_at: None };
    let (_, secret) = world.operations.create_key(&admin(), new).await.unwrap();
    let caller = world.operations.authenticate(&secret).unwrap();
    assert!(world.operations.tenant(&caller, "next").is_ok());
    let (hidden, missing) =
        (world.operations.tenant(&caller, "acme").unwrap_err(), world.operations.tenant(&caller, "nope").unwrap_err());
    assert_eq!(format!("{hidden:?}"), format!("{missing:?}"));
    assert_eq!(hidden.kind(), FailureKind::NotFound(Subject::Tenant));
}

#[tokio::test]
async fn handles_keep_their_key_over_restarts_and_tenants_have_their_own() {
    let world = World::open().await;
    world.operations.add_tenant(&admin(), new_tenant("next", TenantSettings::default())).await.unwrap();
    let (acme, next) = (world.operations.own_tenant("acme").unwrap(), world.operations.own_tenant("next").unwrap());
    assert_ne!(acme.handle_key(), next.handle_key());
    let later = world.after_a_crash().await.operations.own_tenant("acme").unwrap();
    assert_eq!(acme.handle_key(), later.handle_key());
}

#[tokio::test]
async fn an_unchanged_tenant_keeps_its_line_when_another_changes() {
    let world = World::open().await;
    let before = world.operations.own_tenant("acme").unwrap();
    world.operations.add_tenant(&admin(), new_tenant("next", TenantSettings::default())).await.unwrap();
    assert!(Arc::ptr_eq(&before, &world.operations.own_tenant("acme").unwrap()));
}

#[tokio::test]
async fn what_another_process_changes_is_seen() {
    let world = World::open().await;
    let other = world.after_a_crash().await;
    other.operations.add_tenant(&admin(), new_tenant("next", TenantSettings::default())).await.unwrap();
    assert!(world.operations.own_tenant("next").is_err());
    world.operations.refresh().await.unwrap();
    assert!(world.operations.own_tenant("next").is_ok());
}

#[tokio::test]
async fn nothing_of_a_tenant_that_is_shown_for_debugging_is_secret() {
    let world = World::open().await;
    let slot = world.operations.own_tenant("acme").unwrap();
    let shown = format!("{slot:?} {:?} {:?}", slot.tenant, world.visit());
    assert!(shown.contains("acme") && !shown.contains("s3cret"), "{shown}");
}
