//! Rows, and what status, stage and connections make of them.

#![allow(clippy::unwrap_used)]

use ponte_domain::FailureKind;
use ponte_domain::contract::{AccessStatus, ContractStatus};
use ponte_domain::reference::CustomerRef;

use super::row::Row;
use super::{Connection, Facts, Whole, whole_of};
use crate::synsuite::reference::Owner;
use crate::synsuite::testing::connection;

fn customer() -> CustomerRef {
    CustomerRef::new("880123.52998224725")
}

fn read(columns: &str) -> Result<(Facts, bool), ponte_domain::Failure> {
    let json = format!(r#"{{"id":45001,"contractNumber":"0045001",{columns}}}"#);
    let reference = customer();
    serde_json::from_str::<Row<'_>>(&json).unwrap().read(&reference, Owner::of(&reference).unwrap())
}

fn whole(columns: &str, connections: &[Connection]) -> Whole {
    whole_of(read(columns).unwrap().0, connections)
}

/// A contract with these columns and one connection of this status.
pub(in crate::synsuite) fn testing_whole(columns: &str, status: &str) -> Whole {
    whole(columns, &[connection("45001", status)])
}

#[test]
fn a_row_is_read_with_its_zeros_and_its_sum() {
    let found = whole(
        r#""contractStatus":1,"collectionDay":10,"clientInformation":{"clientTxId":"529.982.247-25"},
        "servicesInformation":[{"code":"9","description":"IP fixo","amount":10.5},{"code":"1.3","description":"Fibra 300 Mega","amount":99.90}],
        "stage":3,"beginningDate":"2024-05-04T00:00:00","finalDate":"2027-05-04T00:00:00""#,
        &[],
    )
    .contract;
    assert_eq!((found.number.as_str(), found.due_day), ("0045001", Some(10)));
    assert_eq!((found.plan.name.as_str(), found.plan.download_mbps), ("Fibra 300 Mega", Some(300.0)));
    assert_eq!(found.monthly_amount.unwrap().get(), 11_040);
    assert_eq!(found.activated_on.unwrap().to_string(), "2024-05-04");
    assert_eq!(found.cancelled_on, None, "the end of a term is no cancelling");
    assert_eq!(found.access.value, AccessStatus::Unknown, "without a connection nobody tells");
}

#[test]
fn a_row_of_another_document_is_not_this_customers() {
    assert!(read(r#""contractStatus":1,"clientInformation":{"clientTxId":"52998224725"}"#).unwrap().1);
    assert!(read(r#""contractStatus":1,"clientInformation":null"#).unwrap().1);
    assert!(!read(r#""contractStatus":1,"clientInformation":{"clientTxId":"111.444.777-35"}"#).unwrap().1);
}

#[test]
fn status_stage_and_connections_make_state_and_access() {
    use AccessStatus::{Active, AwaitingSignature, Blocked, Disabled, PaymentOverdue, Unknown};
    for (columns, connections, status, access) in [
        (r#""contractStatus":1"#, &["1"][..], ContractStatus::Active, Active),
        (r#""contractStatus":2"#, &["3"], ContractStatus::Active, PaymentOverdue),
        (r#""contractStatus":3"#, &["4"], ContractStatus::Active, Active),
        (r#""contractStatus":1"#, &["1", "2"], ContractStatus::Active, Blocked),
        (r#""contractStatus":1"#, &["7"], ContractStatus::Active, Unknown),
        (r#""contractStatus":1"#, &[], ContractStatus::Active, Unknown),
        (r#""contractStatus":4"#, &["1"], ContractStatus::Cancelled, Disabled),
        (r#""contractStatus":5"#, &["2"], ContractStatus::Suspended, Blocked),
        (r#""contractStatus":6"#, &["2"], ContractStatus::Active, Blocked),
        (r#""contractStatus":7"#, &[], ContractStatus::Active, Blocked),
        (r#""contractStatus":8"#, &[], ContractStatus::Cancelled, Disabled),
        (r#""contractStatus":9"#, &[], ContractStatus::Cancelled, Disabled),
        (r#""contractStatus":42"#, &["1"], ContractStatus::Unknown, Active),
        (r#""contractStatus":1,"stage":1"#, &[], ContractStatus::PreContract, AwaitingSignature),
        (r#""contractStatus":1,"stage":2"#, &["1"], ContractStatus::PreContract, AwaitingSignature),
        (r#""contractStatus":1,"stage":4"#, &[], ContractStatus::Withdrawn, Disabled),
        (r#""contractStatus":1,"stage":5"#, &[], ContractStatus::Cancelled, Disabled),
        (r#""contractStatus":1,"stage":6"#, &["2"], ContractStatus::Unknown, Blocked),
        (r#""contractStatus":4,"stage":1"#, &[], ContractStatus::Cancelled, Disabled),
    ] {
        let connections: Vec<Connection> = connections.iter().map(|code| connection("45001", code)).collect();
        let found = whole(columns, &connections).contract;
        assert_eq!((found.status.value, found.access.value), (status, access), "{columns}");
    }
}

#[test]
fn the_codes_stay_beside_what_they_mean() {
    let found = whole(r#""contractStatus":6,"finalDate":null"#, &[connection("45001", "2")]).contract;
    assert_eq!(found.status.vendor_word.as_deref(), Some("6"));
    assert_eq!(found.access.vendor_word.as_deref(), Some("2"));
}

#[test]
fn connections_of_another_contract_are_not_taken() {
    let found = whole(r#""contractStatus":1"#, &[connection("45002", "1")]).contract;
    assert!(found.logins.is_empty());
}

#[test]
fn a_contract_without_its_number_or_with_a_broken_date_is_broken() {
    let reference = customer();
    let owner = Owner::of(&reference).unwrap();
    for json in [
        r#"{"id":45001,"contractStatus":1}"#,
        r#"{"contractNumber":"1","contractStatus":1}"#,
        r#"{"id":1,"contractNumber":"1","beginningDate":"ontem"}"#,
        r#"{"id":1,"contractNumber":"1","servicesInformation":[{"amount":"99,90"}]}"#,
    ] {
        let failure = serde_json::from_str::<Row<'_>>(json).unwrap().read(&reference, owner).err().unwrap();
        assert_eq!(failure.kind(), FailureKind::BrokenAnswer, "{json}");
    }
}
