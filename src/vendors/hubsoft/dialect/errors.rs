//! What went wrong, in the order of the dossier (3): status, then whether it is JSON, then the vendor's own words.
//! There is no error code: the words are all there is, so they are compared without accents and case, by parts.

use ponte_domain::capability::Capability;
use ponte_domain::failure::{Fault, Retry};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Reply;

use crate::reading::prose::for_log;

/// The reason in the context of a failure.
const REASON: &str = "reason";
const PERMISSION: &str = "permission";
const ROUTE: &str = "route";
const NO_PERMISSION: &str = "The API user has no permission for this part of the ERP.";
const NO_ROUTE: &str = "This version of the ERP does not have the route that is needed.";

/// The failure of a route that was found missing before, for the reason that was remembered.
pub(super) fn remembered(reason: &str, capability: Capability) -> Failure {
    if reason == NO_PERMISSION { no_permission() } else { Failure::new(FailureKind::NotSupported(capability), reason) }
}

pub(super) fn no_permission() -> Failure {
    Failure::new(FailureKind::AccessBlocked, NO_PERMISSION).with(REASON, PERMISSION)
}

pub(super) fn no_route(reply: &Reply, capability: Capability) -> Failure {
    Failure::new(FailureKind::NotSupported(capability), NO_ROUTE).with(REASON, ROUTE).at(reply.upstream())
}

/// A 404 of a route that every version has: the server's trouble, or another way to say "nobody" (dossier 3). Neither
/// proves that the provider lacks anything, so it is not remembered.
pub(super) fn no_answer(missing: &Failure) -> Failure {
    let fault = Failure::new(FailureKind::VendorFault, "The ERP answers with 404 where every version has an answer.");
    match missing.upstream() {
        Some(upstream) => fault.at(upstream.clone()),
        None => fault,
    }
}

/// A server that does not know the API at all.
pub(super) fn not_this_api(reply: &Reply) -> Failure {
    Failure::new(
        FailureKind::TenantMisconfigured,
        "The address answers that Hubsoft's API is not there: check the base URL, which is the API host's.",
    )
    .in_field("base_url")
    .at(reply.upstream())
}

/// A search that every version has is said not to be there, which tells nothing of who was searched.
pub(super) fn no_search_here(reply: &Reply) -> Failure {
    Failure::new(FailureKind::VendorFault, "The ERP answers that its search is not there.")
        .with_retry(Retry::Never)
        .at(reply.upstream())
}

pub(super) fn is_missing_route(failure: &Failure) -> bool {
    matches!(failure.kind(), FailureKind::NotSupported(_)) && says(failure, ROUTE)
}

pub(super) fn is_missing_permission(failure: &Failure) -> bool {
    failure.kind() == FailureKind::AccessBlocked && says(failure, PERMISSION)
}

fn says(failure: &Failure, reason: &str) -> bool {
    failure.context().iter().any(|(name, value)| *name == REASON && value == reason)
}

/// The failure of a status that carries no word of the application.
pub(super) fn of_status(reply: &Reply) -> Failure {
    reply.common_failure().unwrap_or_else(|| {
        Failure::new(FailureKind::VendorFault, "The ERP answered with a status that its API does not have.")
            .at(reply.upstream())
    })
}

/// The failure that the vendor's words stand for wherever they are said; `folded` is the message with its list.
pub(super) fn by_message(reply: &Reply, folded: &str) -> Option<Failure> {
    is_permission(folded).then(|| no_permission().at(reply.upstream()))
}

fn is_permission(folded: &str) -> bool {
    folded.contains("permiss") || folded.contains("nao autorizad")
}

/// Whether a search says that there is nothing of the kind. A query of the wrong form and a missing permission may say
/// what they did not find, too.
pub(super) fn is_nothing_found(folded: &str) -> bool {
    is_not_found(folded) && !is_validation(folded) && !is_permission(folded)
}

/// Whether the words say that the thing asked for is not there.
pub(in crate::hubsoft) fn is_not_found(folded: &str) -> bool {
    folded.contains("nao encontrad") || folded.contains("nao foi encontrad") || folded.contains("nao localizad")
}

/// Whether the words say that the request has the wrong form.
pub(in crate::hubsoft) fn is_validation(folded: &str) -> bool {
    ["favor preencher os campos", "dados fornecidos sao invalidos", "valores aceitos"]
        .iter()
        .any(|words| folded.contains(words))
}

/// A refusal of the business where none is expected: a list or a read.
pub(super) fn unexpected(reply: &Reply, folded: &str, message: &str) -> Failure {
    let detail =
        if is_validation(folded) { "The ERP does not take the form of the query." } else { "The ERP refused a query." };
    Failure::new(FailureKind::VendorFault, detail)
        .with_fault(Fault::Vendor)
        .with_retry(Retry::Never)
        .with("vendor_message", for_log(message))
        .at(reply.upstream())
}
