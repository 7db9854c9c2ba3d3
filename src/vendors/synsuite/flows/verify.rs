//! Verify names what is wrong.

use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::reference::CustomerRef;
use ponte_domain::tenant::Credentials;
use wiremock::ResponseTemplate;

use crate::erp::{Check, Customers as _, Erp as _};
use crate::synsuite::Synsuite;
use crate::synsuite::testing::{Bench, envelope, page, third_party, words};

const NOT_FOUND: &str = "Registro não encontrado.";
const TURNED_AWAY: &str = r#"{"status":"Invalid credentials.","message":"Bad Credentials (2)"}"#;

async fn good() -> Bench {
    let bench = Bench::start().await;
    for path in ["people/txid/00000000000", "getopentitlesbytxid/00000000000"] {
        bench.answers("GET", &third_party(path), &words(false, NOT_FOUND)).await;
    }
    bench.answers("POST", &third_party("contract/getpaged"), &page("")).await;
    bench.answers("POST", "/external/map/connection/by/userdata", &envelope("[]")).await;
    bench.answers("GET", &third_party("getdocumentationtypes"), &envelope("[]")).await;
    let turned_away = ResponseTemplate::new(403).set_body_raw(TURNED_AWAY, "application/json");
    bench.replies("GET", "/portal_authentication", turned_away).await;
    bench
}

fn kind(checks: &[Check], name: &str) -> Option<FailureKind> {
    let check = checks.iter().find(|check| check.name == name).unwrap();
    check.outcome.as_ref().err().map(|failure| failure.kind())
}

#[tokio::test]
async fn a_missing_route_is_remembered_and_the_rest_holds() {
    let bench = good().await;
    let call = bench.call();
    let checks = Synsuite.verify(&call).await;
    assert_eq!(kind(&checks, "ticket_types"), Some(FailureKind::NotSupported(Capability::TicketOpening)));
    assert!(bench.memory.missing(Capability::TicketOpening, call.now).is_some());
    bench.answers("GET", &third_party("incidenttypespaged"), &page("")).await;
    let checks = Synsuite.verify(&call).await;
    for check in &checks {
        assert!(check.outcome.is_ok(), "{}: {:?}", check.name, check.outcome);
    }
    assert!(bench.memory.missing(Capability::TicketOpening, call.now).is_none(), "verifying anew asks anew");
}

#[tokio::test]
async fn nobody_by_a_bare_404_makes_no_route_missing() {
    let bench = Bench::start().await;
    bench.answers("POST", &third_party("contract/getpaged"), &page("")).await;
    let call = bench.call();
    let checks = Synsuite.verify(&call).await;
    assert_eq!((kind(&checks, "customers"), kind(&checks, "invoices")), (None, None));
    for capability in [Capability::CustomerLookup, Capability::Billing] {
        assert!(bench.memory.missing(capability, call.now).is_none(), "{capability:?}");
    }
    let person = r#"{"id":880123,"name":"Ana","txId":"52998224725","status":1}"#;
    bench.answers("GET", &third_party("people/txid/52998224725"), &envelope(person)).await;
    let ana = CustomerRef::new("880123.52998224725");
    assert!(Synsuite.customer(&call, &ana).await.is_ok(), "the look-up still asks");
}

#[tokio::test]
async fn a_404_for_somebody_who_is_there_is_a_missing_route() {
    let bench = Bench::start().await;
    let contract = r#"{"id":45001,"contractNumber":"0045001","contractStatus":1,"clientInformation":{"clientTxId":"529.982.247-25"}}"#;
    bench.answers("POST", &third_party("contract/getpaged"), &page(contract)).await;
    bench.answers("GET", &third_party("getopentitlesbytxid/52998224725"), &envelope("[]")).await;
    let call = bench.call();
    let checks = Synsuite.verify(&call).await;
    assert_eq!(kind(&checks, "customers"), Some(FailureKind::NotSupported(Capability::CustomerLookup)));
    assert_eq!((kind(&checks, "contracts"), kind(&checks, "invoices")), (None, None));
}

#[tokio::test]
async fn a_wrong_address_is_one_finding_and_nothing_is_missing() {
    let bench = Bench::start().await;
    let call = bench.call();
    let checks = Synsuite.verify(&call).await;
    assert_eq!(kind(&checks, "credentials"), None);
    assert_eq!(kind(&checks, "api"), Some(FailureKind::TenantMisconfigured));
    assert!(bench.memory.all_missing(call.now).is_empty());
}

#[tokio::test]
async fn refused_keys_and_rights_are_told_apart() {
    let refused = Bench::bare().await;
    refused.replies("POST", "/connect/token", ResponseTemplate::new(400)).await;
    let checks = Synsuite.verify(&refused.call()).await;
    assert_eq!(kind(&checks, "credentials"), Some(FailureKind::CredentialsRefused));
    assert!(checks.iter().all(|check| check.name != "customers"), "nothing is asked without a token");
    let no_right = Bench::start().await;
    no_right.replies("GET", &third_party("people/txid/00000000000"), ResponseTemplate::new(403)).await;
    let checks = Synsuite.verify(&no_right.call()).await;
    assert_eq!(kind(&checks, "customers"), Some(FailureKind::AccessBlocked));
}

#[tokio::test]
async fn a_tenant_without_a_portal_lacks_what_only_the_portal_has() {
    let mut bench = good().await;
    let own: Vec<_> = bench
        .tenant
        .credentials
        .fields()
        .filter(|(name, _)| !name.starts_with("portal"))
        .map(|(name, secret)| (name.to_owned(), secret.clone()))
        .collect();
    bench.tenant.credentials = Credentials::new(own);
    let checks = Synsuite.verify(&bench.call()).await;
    for (name, capability) in [
        ("portal", Capability::SignIn),
        ("portal_fiscal_invoices", Capability::FiscalInvoices),
        ("portal_connections", Capability::Wifi),
    ] {
        assert_eq!(kind(&checks, name), Some(FailureKind::NotSupported(capability)));
    }
}
