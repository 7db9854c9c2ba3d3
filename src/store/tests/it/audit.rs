//! The audit trail.

use std::time::Duration;

use ponte_domain::reference::VendorId;
use ponte_store::{AuditEntry, AuditFilter, AuditRow, AuditTarget};

use crate::harness::{TestStore, at, holds};

fn row(second: i64, operation: &'static str, contract: &str) -> AuditRow {
    AuditRow {
        at: at(second),
        request_id: format!("request-{second}").into(),
        caller: Some("key_caller".to_owned()),
        tenant: Some(1),
        operation,
        target: Some(AuditTarget { kind: "contract", id: contract.to_owned() }),
        customer: Some(VendorId::from("1001")),
        outcome: "done",
        status: 200,
    }
}

async fn find(test: &TestStore, filter: AuditFilter) -> Vec<i64> {
    let found: Vec<AuditEntry> = test.store.audit_entries(filter, 100).await.unwrap();
    found.iter().map(|entry| entry.at.as_second() - at(0).as_second()).collect()
}

#[tokio::test]
async fn rows_are_kept_in_order_and_read_the_latest_first() {
    let test = TestStore::new();
    for second in 0..300 {
        test.store.audit(row(second, "contracts", "5001"));
    }
    test.store.flush().await.unwrap();
    let page = test.store.audit_entries(AuditFilter::default(), 2).await.unwrap();
    assert_eq!((page[0].at, page[1].at), (at(299), at(298)));
    assert_eq!((page[0].request_id.as_str(), page[0].caller.as_deref()), ("request-299", Some("key_caller")));
    assert_eq!((page[0].outcome.as_str(), page[0].status, page[0].tenant), ("done", 200, Some(1)));
    let next = AuditFilter { before: Some(page[1].number), ..AuditFilter::default() };
    assert_eq!(find(&test, next).await[0], 297);
}

#[tokio::test]
async fn a_row_is_written_soon_though_nobody_waits_for_it() {
    let test = TestStore::new();
    test.store.audit(row(1, "contracts", "5001"));
    let written = async {
        while test.count("audit") == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), written).await.unwrap();
}

#[tokio::test]
async fn rows_that_wait_are_written_when_the_last_store_is_dropped() {
    let test = TestStore::new();
    let other = test.open_again();
    other.audit(row(1, "contracts", "5001"));
    drop(other);
    let written = async {
        while test.count("audit") == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), written).await.unwrap();
}

#[tokio::test]
async fn a_filter_narrows_by_everything_it_names() {
    let test = TestStore::new();
    test.store.audit(row(1, "contracts", "5001"));
    test.store.audit(row(2, "trust_unlock", "5001"));
    test.store.audit(row(3, "trust_unlock", "5002"));
    test.store.audit(AuditRow { customer: Some(VendorId::from("1002")), ..row(4, "contracts", "5003") });
    test.store.audit(AuditRow { tenant: Some(2), caller: None, ..row(5, "trust_unlock", "5001") });
    test.store.flush().await.unwrap();

    let tenant = AuditFilter { tenant: Some(1), ..AuditFilter::default() };
    assert_eq!(find(&test, tenant.clone()).await, [4, 3, 2, 1]);
    assert_eq!(find(&test, AuditFilter { operation: Some("trust_unlock".to_owned()), ..tenant.clone() }).await, [3, 2]);
    assert_eq!(find(&test, AuditFilter { customer: Some(VendorId::from("1002")), ..tenant.clone() }).await, [4]);
    let target = Some(AuditTarget { kind: "contract", id: "5001".to_owned() });
    assert_eq!(find(&test, AuditFilter { target, ..tenant.clone() }).await, [2, 1]);
    assert_eq!(find(&test, AuditFilter { since: Some(at(2)), until: Some(at(4)), ..tenant }).await, [3, 2]);
    let caller = AuditFilter { caller: Some("key_caller".to_owned()), ..AuditFilter::default() };
    assert_eq!(find(&test, caller).await, [4, 3, 2, 1]);
}

#[tokio::test]
async fn equal_ids_look_equal_within_a_tenant_and_different_across() {
    let test = TestStore::new();
    test.store.audit(row(1, "contracts", "5001-of-the-erp"));
    test.store.audit(row(2, "contracts", "5001-of-the-erp"));
    test.store.audit(AuditRow { tenant: Some(2), ..row(3, "contracts", "5001-of-the-erp") });
    test.store.flush().await.unwrap();
    let rows = test.store.audit_entries(AuditFilter::default(), 10).await.unwrap();
    assert_eq!(rows[1].target, rows[2].target);
    assert_eq!(rows[1].customer, rows[2].customer);
    assert_ne!(rows[0].target, rows[1].target);
    assert_eq!(rows[0].target.as_ref().map(String::len), Some(16));
    assert!(!holds(&test.bytes(), b"5001-of-the-erp"));
}

#[tokio::test]
async fn rows_cannot_be_changed_only_forgotten() {
    let test = TestStore::new();
    test.store.audit(row(1, "contracts", "5001"));
    test.store.flush().await.unwrap();
    let raw = test.raw();
    for change in ["outcome = 'x'", "at = 0", "caller = NULL", "target = x'00'", "subject = x'00'"] {
        assert!(raw.execute(&format!("UPDATE audit SET {change}"), []).is_err(), "{change}");
    }
    raw.execute("UPDATE audit SET target = NULL, subject = NULL", []).unwrap();
}
