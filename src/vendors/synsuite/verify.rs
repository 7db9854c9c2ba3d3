//! Checks of a tenant: does the token server answer, are the keys good, which parts of the API are there. Reads only.

use std::borrow::Cow;

use ponte_domain::capability::Capability;
use ponte_domain::failure::Refusal;
use ponte_domain::wifi::SignInForm;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Method};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::customers::is_404_of_the_api;
use super::dialect::{self, Need, Route, ask, missing_portal, together};
use super::reference::bare;
use super::settings;
use crate::call::Call;
use crate::erp::Check;

/// A document that nobody has, for an ERP without contracts: the routes that want a document answer "not found" for it, in
/// words or by a bare 404 (dossier 3).
const NOBODY: &str = "00000000000";
/// What only the portal has.
const OF_PORTAL: [(&str, Capability); 3] = [
    ("portal", Capability::SignIn),
    ("portal_fiscal_invoices", Capability::FiscalInvoices),
    ("portal_connections", Capability::Wifi),
];

/// The first contracts of all.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FirstContracts {
    only_active_contracts: bool,
    page: u8,
    page_size: u8,
}

/// Of a contract only whose it is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owned<'a> {
    #[serde(borrow, default)]
    client_information: Option<Holder<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Holder<'a> {
    #[serde(borrow, default)]
    client_tx_id: Option<Cow<'a, str>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NoConnection {
    contract_ids: [u64; 0],
    users: [&'static str; 0],
    service_tags: [&'static str; 0],
}

/// One thing to look at.
struct Look {
    name: &'static str,
    capability: Capability,
    route: Route,
    /// With the document of somebody, where the route wants one.
    make: fn(Route, &str) -> Ask,
}

const CONTRACTS: Route = Route::of(Method::Post, "contract/getpaged", Need::Required(Capability::Contracts));

/// What is looked at after the contracts. What an act does can only be known by acting, so acts are not checked.
const LOOKS: [Look; 5] = [
    Look {
        name: "customers",
        capability: Capability::CustomerLookup,
        route: Route::of(Method::Get, "people/txid", Need::Core(Capability::CustomerLookup)),
        make: |route, document| route.read().segment(document),
    },
    Look {
        name: "connections",
        capability: Capability::Diagnostics,
        route: Route::map(Method::Post, "connection/by/userdata", Need::Optional(Capability::Diagnostics)),
        make: |route, _| route.read().json(&NoConnection { contract_ids: [], users: [], service_tags: [] }),
    },
    Look {
        name: "invoices",
        capability: Capability::Billing,
        route: Route::of(Method::Get, "getopentitlesbytxid", Need::Core(Capability::Billing)),
        make: |route, document| route.read().segment(document),
    },
    Look {
        name: "ticket_types",
        capability: Capability::TicketOpening,
        route: Route::of(Method::Get, "incidenttypespaged", Need::Required(Capability::TicketOpening)),
        make: |route, _| {
            route.read().query("Page", "1").query("PageSize", "5").query("Filter", "").query("OrderBy", "")
        },
    },
    Look {
        name: "document_types",
        capability: Capability::Acceptance,
        route: Route::of(Method::Get, "getdocumentationtypes", Need::Optional(Capability::Acceptance)),
        make: |route, _| route.read(),
    },
];

/// The token first, since everything else would fail for the same reason; then the routes and the portal. What was
/// remembered as missing is forgotten before: verifying anew is what an operator does after opening a route.
pub(super) async fn verify(call: &Call<'_>) -> Vec<Check> {
    call.memory.forget_missing();
    let credentials = dialect::integrator(call).await;
    let good = credentials.is_ok();
    let mut checks = vec![Check { name: "credentials", capability: None, outcome: credentials }];
    if good {
        checks.extend(api(call).await);
    }
    let portal = portal(call).await;
    checks.extend(OF_PORTAL.map(|(name, capability)| {
        // The same finding for each capability that hangs on the portal.
        let outcome = match &portal {
            Err(failure) if matches!(failure.kind(), FailureKind::NotSupported(_)) => Err(missing_portal(capability)),
            outcome => outcome.clone(),
        };
        Check { name, capability: Some(capability), outcome }
    }));
    checks
}

/// The routes, the contracts first, since they name somebody. Where none of the routes is there, it is the address that is
/// wrong, and nothing is missing.
async fn api(call: &Call<'_>) -> Vec<Check> {
    let somebody = somebody(call).await;
    let known = somebody.as_ref().ok().and_then(|found| found.as_deref());
    let mut looks = together(LOOKS.iter().map(|look| looked(call, look, known))).await;
    let outcome = somebody.as_ref().map(|_| ()).map_err(Clone::clone);
    looks.insert(1, Check { name: "contracts", capability: Some(Capability::Contracts), outcome });
    let absent =
        |failure: &Failure| matches!(failure.kind(), FailureKind::NotSupported(_)) || is_404_of_the_api(failure);
    if !looks.iter().all(|check| check.outcome.as_ref().is_err_and(absent)) {
        // Where the API is there and nobody is known, a bare 404 is that of a document which nobody has.
        for check in looks.iter_mut().filter(|check| check.outcome.as_ref().is_err_and(is_404_of_the_api)) {
            check.outcome = Ok(());
        }
        return looks;
    }
    call.memory.forget_missing();
    let wrong = Failure::new(
        FailureKind::TenantMisconfigured,
        "The token server answers, and the API is not at its address (404): check host and port (45715).",
    );
    vec![Check { name: "api", capability: None, outcome: Err(wrong.in_field("base_url")) }]
}

/// The document of the holder of one of the first contracts; none where there are no contracts.
async fn somebody(call: &Call<'_>) -> Result<Option<String>, Failure> {
    let query = FirstContracts { only_active_contracts: false, page: 1, page_size: 5 };
    ask(
        call,
        CONTRACTS,
        |route| route.read().json(&query),
        |answer| {
            let rows = answer.rows::<Owned<'_>>()?;
            let mut documents = rows.into_iter().filter_map(|row| row.client_information?.client_tx_id);
            Ok(documents.find_map(|document| Some(bare(&document)).filter(|document| !document.is_empty())))
        },
    )
    .await
}

/// Any answer in the vendor's envelope that is no refusal is good; nothing of its content is read.
async fn looked(call: &Call<'_>, look: &'static Look, known: Option<&str>) -> Check {
    let route = if known.is_some() { look.route.of_what_is_there() } else { look.route };
    let make = |route| (look.make)(route, known.unwrap_or(NOBODY));
    let outcome = ask(call, route, make, |answer| answer.found::<serde::de::IgnoredAny>().map(|_| ())).await;
    Check { name: look.name, capability: Some(look.capability), outcome }
}

/// Whether the portal answers and knows the provider's keys: a login of nobody's is turned away as one.
async fn portal(call: &Call<'_>) -> Result<(), Failure> {
    if !settings::has_portal(call.tenant) {
        return Err(missing_portal(Capability::SignIn));
    }
    let nobody = SignInForm { login: NOBODY.to_owned(), password: SecretString::from("verify") };
    match dialect::sign_in(call, NOBODY, &nobody).await {
        Err(failure) if failure.kind() == FailureKind::Refused(Refusal::SignInFailed) => Ok(()),
        Ok(_) => Ok(()),
        Err(failure) => Err(failure),
    }
}
