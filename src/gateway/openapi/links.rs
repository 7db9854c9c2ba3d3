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

const OF_CUSTOMER: &[&str] =
    &["getCustomer", "listCustomerContracts", "listCustomerInvoices", "listTickets", "openTicket"];
const OF_CONTRACT: &[&str] = &[
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
const OF_INVOICE: &[&str] = &["getPayment", "getBoletoPdf", "getPixSvg", "getPixPng"];

const LINKS: [From; 16] = [
    From { operation: "lookupCustomer", pointer: "/customers/0/id", parameter: "customer", to: OF_CUSTOMER },
    From { operation: "signIn", pointer: "/customer/id", parameter: "customer", to: OF_CUSTOMER },
    From { operation: "getCustomer", pointer: "/id", parameter: "customer", to: OF_CUSTOMER },
    From { operation: "listCustomerContracts", pointer: "/contracts/0/id", parameter: "contract", to: OF_CONTRACT },
    From { operation: "getContract", pointer: "/id", parameter: "contract", to: OF_CONTRACT },
    From { operation: "getContract", pointer: "/customer_id", parameter: "customer", to: &["getCustomer"] },
    From { operation: "listContractInvoices", pointer: "/invoices/0/id", parameter: "invoice", to: OF_INVOICE },
    From { operation: "listCustomerInvoices", pointer: "/invoices/0/id", parameter: "invoice", to: OF_INVOICE },
    From {
        operation: "getPayment",
        pointer: "/invoice/id",
        parameter: "invoice",
        to: &["getBoletoPdf", "getPixSvg", "getPixPng"],
    },
    From {
        operation: "listFiscalInvoices",
        pointer: "/fiscal_invoices/0/id",
        parameter: "fiscal_invoice",
        to: &["getFiscalInvoicePdf"],
    },
    From {
        operation: "getTrustUnlock",
        pointer: "/contract_id",
        parameter: "contract",
        to: &["unlockOnTrust", "getDiagnostics"],
    },
    From { operation: "getSpeedRelease", pointer: "/contract_id", parameter: "contract", to: &["releaseSpeed"] },
    From {
        operation: "getAcceptance",
        pointer: "/contract_id",
        parameter: "contract",
        to: &["getAcceptanceDocument", "acceptContract"],
    },
    From {
        operation: "getDiagnostics",
        pointer: "/contract_id",
        parameter: "contract",
        to: &["getTrustUnlock", "getSpeedRelease"],
    },
    From { operation: "listTickets", pointer: "/tickets/0/id", parameter: "ticket", to: &["rateTicket"] },
    From { operation: "openTicket", pointer: "/id", parameter: "ticket", to: &["rateTicket"] },
];

/// Adds the links of the operation's good answers. Within a tenant, the tenant goes along.
pub(super) fn add(operation: &mut Operation) {
    let id = operation.operation_id.clone().unwrap_or_default();
    for from in LINKS.iter().filter(|from| from.operation == id) {
        for (status, response) in &mut operation.responses.responses {
            if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
                for to in from.to {
                    let link = Link::builder()
                        .operation_id(*to)
                        .parameter("tenant", "$request.path.tenant")
                        .parameter(from.parameter, format!("$response.body#{}", from.pointer))
                        .description(format!("The id at `{}` is the `{}` of `{to}`.", from.pointer, from.parameter))
                        .build();
                    response.links.insert((*to).to_owned(), RefOr::T(link));
                }
            }
        }
    }
}

/// Every operation that a link names, for the test that each is there.
#[cfg(test)]
pub(super) fn operations() -> impl Iterator<Item = &'static str> {
    LINKS.iter().flat_map(|from| std::iter::once(from.operation).chain(from.to.iter().copied()))
}
