//! What went wrong, in the order of the dossier (3): status, then content, then the shape.

use std::time::Duration;

use ponte_domain::capability::Capability;
use ponte_domain::failure::{Retry, Subject};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Looks, Reply};

use crate::reading::prose::for_log;

/// The reason in the context of a 403: bad credentials, a restricted token, or calls too close together.
pub(super) const FORBIDDEN: &str = "forbidden";
/// How long a 403 of a read is waited for. Four seconds between calls were stable (dossier 2.4); this much twice is
/// what a caller can wait.
const BACK_OFF: Duration = Duration::from_secs(1);

const RESTRICTED: &str = "The token may not use this part of the API (403), while it may use others: open the route for it in SGP's token panel.";
const NO_ROUTE: &str = "This installation's version of SGP does not have this part of the API.";

/// The failure that the status alone tells.
pub(super) fn by_status(reply: &Reply, capability: Capability) -> Option<Failure> {
    let failure = match reply.status {
        200..=299 => return None,
        401 => Failure::new(FailureKind::CredentialsRefused, "The ERP refuses app and token (401)."),
        403 => Failure::new(
            FailureKind::CredentialsRefused,
            "The ERP refuses app and token (403): the token was revoked, is restricted to other hosts, its app's name differs in case, or calls come too close together.",
        )
        .with("reason", FORBIDDEN)
        .with_retry(Retry::After(BACK_OFF)),
        // A route that is there says so in JSON; one that is not is the framework's page (dossier 3).
        404 if reply.looks_like() == Looks::Json => Failure::not_found(Subject::Document),
        404 | 405 => Failure::new(FailureKind::NotSupported(capability), NO_ROUTE),
        _ => match reply.common_failure() {
            Some(failure) => failure,
            None => {
                Failure::new(FailureKind::VendorFault, "The ERP answered with a status that its API does not have.")
            }
        },
    };
    Some(failure.at(reply.upstream()))
}

/// Whether this is the 403 that may mean three things.
pub(in crate::sgp) fn is_forbidden(failure: &Failure) -> bool {
    failure.kind() == FailureKind::CredentialsRefused
        && failure.context().iter().any(|(name, reason)| *name == "reason" && reason == FORBIDDEN)
}

/// A 403 of a route that never answered, with a token that is known to work elsewhere.
pub(super) fn restricted(capability: Capability, failure: &Failure) -> Failure {
    at(Failure::new(FailureKind::NotSupported(capability), RESTRICTED).with("reason", FORBIDDEN), failure)
}

/// A 404 of a route whose path names no row.
pub(super) fn no_route(capability: Capability, failure: &Failure) -> Failure {
    at(Failure::new(FailureKind::NotSupported(capability), NO_ROUTE), failure)
}

/// A public link that is refused all the same: it takes no credentials, so nothing is wrong with them.
pub(super) fn refused_link(reply: &Reply) -> Failure {
    Failure::new(FailureKind::VendorFault, "The ERP refuses the document behind a link of its own.")
        .at(reply.upstream())
}

/// The route that every version has is not there: this is no SGP, or not its API's address.
pub(super) fn no_sgp(failure: &Failure) -> Failure {
    let wrong = Failure::new(
        FailureKind::TenantMisconfigured,
        "The address answers, but has no API of SGP (404): check the base URL.",
    );
    at(wrong.in_field("base_url"), failure)
}

fn at(failure: Failure, origin: &Failure) -> Failure {
    match origin.upstream() {
        Some(upstream) => failure.at(upstream.clone()),
        None => failure,
    }
}

/// The failure of a page where JSON or a document was expected: a login page, a wrong host or a proxy's own; never
/// "not found" (dossier 3).
pub(super) fn by_content(reply: &Reply) -> Option<Failure> {
    (reply.looks_like() == Looks::Html).then(|| {
        Failure::new(
            FailureKind::VendorFault,
            "The ERP answered with a page where data was expected: a login page, another host, or maintenance.",
        )
        .with("page", for_log(&reply.text().chars().take(2000).collect::<String>()))
        .at(reply.upstream())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::capability::Capability;
    use ponte_domain::failure::Retry;
    use ponte_transport::Reply;

    use super::{by_content, by_status, is_forbidden, no_sgp, restricted};

    #[test]
    fn each_status_has_its_class() {
        for (status, expected) in [
            (200, None),
            (401, Some(FailureKind::CredentialsRefused)),
            (403, Some(FailureKind::CredentialsRefused)),
            (404, Some(FailureKind::NotSupported(Capability::Wifi))),
            (405, Some(FailureKind::NotSupported(Capability::Wifi))),
            (400, Some(FailureKind::VendorFault)),
            (429, Some(FailureKind::RateLimited)),
            (500, Some(FailureKind::VendorFault)),
            (503, Some(FailureKind::Overloaded)),
        ] {
            let reply = Reply::new(status, Some("text/html"), "<html></html>");
            assert_eq!(by_status(&reply, Capability::Wifi).map(|failure| failure.kind()), expected, "{status}");
        }
    }

    #[test]
    fn only_the_403_is_waited_for_and_may_mean_a_restricted_token() {
        let reply =
            |status| Reply::new(status, None, r#"{"detail":"As credenciais de autenticação não foram fornecidas."}"#);
        let forbidden = by_status(&reply(403), Capability::Wifi).unwrap();
        assert!(is_forbidden(&forbidden));
        assert!(matches!(forbidden.retry(), Retry::After(_)));
        let unauthorized = by_status(&reply(401), Capability::Wifi).unwrap();
        assert!(!is_forbidden(&unauthorized));
        assert_eq!(unauthorized.retry(), Retry::Never);
        let restricted = restricted(Capability::Wifi, &forbidden);
        assert_eq!(restricted.kind(), FailureKind::NotSupported(Capability::Wifi));
        assert_eq!(restricted.upstream().unwrap().http_status, Some(403));
        assert_eq!(no_sgp(&forbidden).field(), Some("base_url"));
    }

    #[test]
    fn a_route_that_is_not_there_is_told_from_a_row_that_is_not_there() {
        let row = Reply::new(404, Some("application/json"), r#"{"detail":"Não encontrado."}"#);
        let kind = by_status(&row, Capability::Acceptance).unwrap().kind();
        assert_eq!(kind, FailureKind::NotFound(ponte_domain::failure::Subject::Document));
    }

    #[test]
    fn a_page_is_never_an_answer() {
        let page = Reply::new(200, Some("text/html"), "<!DOCTYPE html><form><input type=password></form>");
        assert_eq!(by_content(&page).unwrap().kind(), FailureKind::VendorFault);
        assert!(by_content(&Reply::new(200, Some("text/html"), "{}")).is_none());
    }
}
