//! From the ids of an answer to the operations that take them.

use utoipa::openapi::RefOr;
use utoipa::openapi::link::Link;
use utoipa::openapi::path::Operation;

/// Where an id stands in an operation's answer, and which operations take it as which parameter.
struct From {
    operation: &'static str,
    pointer: &'static str,
    parameter: &'static str,
    to: &'static [&'static str],
}

const fn from(
    operation: &'static str,
    pointer: &'static str,
    parameter: &'static str,
    to: &'static [&'static str],
) -> From {
    From { operation, pointer, parameter, to }
}

const CUSTOMER: &[&str] =
    &["getCustomer", "listCustomerContracts", "listCustomerInvoices", "listTickets", "openTicket"];
const CONTRACT: &[&str] = &[
    "getContract",
    "listContractInvoices",
    "listFiscalInvoices",
    "getTrustUnlock",
    "unlockOnTrust",
    "getSpeedRelease",
    "releaseSpeed",
    "getAcceptance",
    "getDiagnostics",
    "changeWifiPassword",
];
const INVOICE: &[&str] = &["getPayment", "getBoletoPdf", "getPixSvg", "getPixPng"];
const CONTACT: &[&str] = &["getContact", "listAccounts", "addAccount", "eraseContact"];
/// A revoked key stays readable, as revoked. So that is no link: testers take what a DELETE was sent to for gone.
const KEY: &[&str] = &["getKey", "changeKey"];
const TENANT: &[&str] = &["getTenant", "changeTenant", "verifyTenant", "listCapabilities", "removeTenant"];

const LINKS: [From; 24] = [
    from("lookupCustomer", "/customers/0/id", "customer", CUSTOMER),
    from("lookupCustomer", "/contact_id", "contact", &["getContact"]),
    from("signIn", "/customer/id", "customer", CUSTOMER),
    from("getCustomer", "/id", "customer", CUSTOMER),
    from("listCustomerContracts", "/contracts/0/id", "contract", CONTRACT),
    from("getContract", "/id", "contract", CONTRACT),
    from("getContract", "/customer_id", "customer", &["getCustomer"]),
    from("listContractInvoices", "/invoices/0/id", "invoice", INVOICE),
    from("listCustomerInvoices", "/invoices/0/id", "invoice", INVOICE),
    from("getPayment", "/invoice/id", "invoice", &["getBoletoPdf", "getPixSvg", "getPixPng"]),
    from("listFiscalInvoices", "/fiscal_invoices/0/id", "fiscal_invoice", &["getFiscalInvoicePdf"]),
    from("getTrustUnlock", "/contract_id", "contract", &["unlockOnTrust", "getDiagnostics"]),
    from("getSpeedRelease", "/contract_id", "contract", &["releaseSpeed"]),
    from("getAcceptance", "/contract_id", "contract", &["getAcceptanceDocument", "acceptContract"]),
    from("getDiagnostics", "/contract_id", "contract", &["getTrustUnlock", "getSpeedRelease"]),
    from("listTickets", "/tickets/0/id", "ticket", &["rateTicket"]),
    from("openTicket", "/id", "ticket", &["rateTicket"]),
    from("linkContact", "/contact/id", "contact", CONTACT),
    from("putContact", "/id", "contact", CONTACT),
    from("listAccounts", "/accounts/0/customer_id", "customer", CUSTOMER),
    from("createKey", "/key/id", "key", KEY),
    from("listKeys", "/keys/0/id", "key", &["getKey"]),
    from("addTenant", "/tenant", "tenant", TENANT),
    from("listTenants", "/tenants/0/tenant", "tenant", &["getTenant", "verifyTenant", "listCapabilities"]),
];

/// Adds the links of the operation's good answers. Within a tenant, the tenant goes along.
pub(super) fn add(operation: &mut Operation) {
    let id = operation.operation_id.clone().unwrap_or_default();
    let of_tenant = operation
        .parameters
        .iter()
        .flatten()
        .any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.name == "tenant"));
    for from in LINKS.iter().filter(|from| from.operation == id) {
        for (status, response) in &mut operation.responses.responses {
            if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
                for to in from.to {
                    response.links.insert((*to).to_owned(), RefOr::T(link(from, to, of_tenant.then_some("tenant"))));
                }
            }
        }
    }
}

fn link(from: &From, to: &str, along: Option<&str>) -> Link {
    let mut link = Link::builder()
        .operation_id(to)
        .parameter(from.parameter, format!("$response.body#{}", from.pointer))
        .description(format!("The value at `{}` is the `{}` of `{to}`.", from.pointer, from.parameter));
    if let Some(name) = along {
        link = link.parameter(name, format!("$request.path.{name}"));
    }
    link.build()
}

/// Every operation that a link names, for the test that each is there.
#[cfg(test)]
pub(super) fn operations() -> impl Iterator<Item = &'static str> {
    LINKS.iter().flat_map(|from| std::iter::once(from.operation).chain(from.to.iter().copied()))
}
