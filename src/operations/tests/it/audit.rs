//! The audit trail: who asked for what and what came of it, without personal data.

use bytes::Bytes;
use ponte_domain::FailureKind;
use ponte_domain::contract::AccessStatus;
use ponte_domain::unlock::UnlockGrant;
use ponte_operations::audit::AuditQuery;

use crate::people::{NOBODY_CPF, NOBODY_PHONE, b1_ref, blocked, contract, document, failure, phone, unlocked};
use crate::world::{World, admin, intent};

#[tokio::test]
async fn reads_acts_and_administration_leave_a_row() {
    let world = World::open().await;
    world.erp.contract.then(Ok(contract(AccessStatus::Blocked))).then(Err(failure(FailureKind::Unreachable)));
    world.erp.unlock_state.then(Ok(blocked())).then(Ok(unlocked()));
    world.erp.unlock.then(Ok(UnlockGrant::default()));
    for visit in [world.visit(), world.visit(), world.fresh()] {
        let _outcome = world.operations.contract(&visit, &b1_ref(), |_| Bytes::new()).await;
    }
    world.unlock(&intent("k1")).await.unwrap();
    world.unlock(&intent("k1")).await.unwrap();
    world.operations.tenants(&admin()).await.unwrap();
    assert_eq!(
        world.trail().await,
        [
            "tenant_add ok 200",
            "key_create ok 200",
            "contract ok 200",
            "contract unreachable 503",
            "trust_unlock done 200",
            "trust_unlock replayed 200",
            "tenants ok 200",
        ]
    );
    let query = AuditQuery {
        tenant: Some("acme".to_owned()),
        operation: Some("trust_unlock".to_owned()),
        ..AuditQuery::default()
    };
    let lines = world.operations.audit_entries(query, 10).await.unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0].tenant.as_deref(), Some("acme"));
    assert_eq!(lines[0].entry.target_kind.as_deref(), Some("contract"));
    assert_eq!(lines[0].entry.target, lines[1].entry.target, "the same contract has the same mark");
    let unknown = AuditQuery { tenant: Some("nope".to_owned()), ..AuditQuery::default() };
    assert!(world.operations.audit_entries(unknown, 10).await.is_err());
}

#[tokio::test]
async fn another_key_that_is_answered_from_the_cache_leaves_a_row() {
    let world = World::open().await;
    world.erp.contract.usually(Ok(contract(AccessStatus::Active)));
    let other = crate::world::caller(&world.operations, &[ponte_domain::scope::Scope::Read]).await;
    let (mine, theirs) = (world.visit(), world.visit_as(other, ponte_operations::Freshness::Cached));
    for visit in [&mine, &mine, &theirs, &theirs, &theirs] {
        world.operations.contract(visit, &b1_ref(), |_| Bytes::new()).await.unwrap();
    }
    assert_eq!(world.erp.contract.calls(), 1);
    let reads = world.trail().await.into_iter().filter(|row| row.starts_with("contract ")).count();
    assert_eq!(reads, 2, "one for each key");
}

#[tokio::test]
async fn the_trail_holds_no_personal_data() {
    let world = World::open().await;
    world.erp.lookup.usually(Ok(vec![]));
    let by = [
        ponte_domain::customer::LookupKey::Document(document(NOBODY_CPF)),
        ponte_domain::customer::LookupKey::Phone(phone(NOBODY_PHONE)),
        ponte_domain::customer::LookupKey::Email("nobody@example.com".to_owned()),
    ];
    for key in by {
        world.operations.lookup(&world.visit(), key, |_| Bytes::new()).await.unwrap();
    }
    let lines = world.operations.audit_entries(AuditQuery::default(), 100).await.unwrap();
    let shown = format!("{lines:?}");
    for personal in ["16899535009", "168.995", "71977776666", "nobody@"] {
        assert!(!shown.contains(personal), "{personal}");
    }
    assert_eq!(lines.iter().filter(|line| line.entry.operation == "customer_lookup").count(), 3);
}
