//! What went wrong, by status and place (dossier 3). What the words of an envelope mean is `envelope.rs`.

use ponte_domain::capability::Capability;
use ponte_domain::failure::Retry;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Looks, Reply};
use serde::Deserialize;

use super::Need;
use crate::reading::text::Text;

const ABSENT: (&str, &str) = ("reason", "route_absent");
const NO_ROUTE: &str = "This installation does not have a route of the API that is needed here.";

/// The failure that a status of the third-party or map API tells. None for a good one, and for a 404 in the vendor's
/// own words, which is "not found".
pub(super) fn by_status(reply: &Reply, need: Need) -> Option<Failure> {
    let failure = match reply.status {
        200..=299 => return None,
        404 if reply.looks_like() == Looks::Json => return None,
        // An empty body here is an assumption (HTTP_401_EMPTY_BODY, dossier 6.0), so it is not looked at.
        401 => Failure::new(FailureKind::LoginExpired, "The ERP no longer takes the integrator's token."),
        403 => Failure::new(
            FailureKind::AccessBlocked,
            "The integrator has no right to this part of the API, or the gateway's address is not allowed.",
        ),
        404 => match need {
            Need::Item(_) => return None,
            Need::Core(_) => Failure::new(
                FailureKind::TenantMisconfigured,
                "The ERP's address answers that the API is not there (404): check host and port (45715).",
            )
            .in_field("base_url"),
            Need::Required(capability) | Need::Optional(capability) => absent(capability),
        },
        _ => return Some(other(reply)),
    };
    Some(failure.at(reply.upstream()))
}

fn absent(capability: Capability) -> Failure {
    Failure::new(FailureKind::NotSupported(capability), NO_ROUTE).with(ABSENT.0, ABSENT.1)
}

/// Whether a failure is that of a route which is not there.
pub(super) fn is_absent(failure: &Failure) -> bool {
    failure.context().iter().any(|(name, reason)| (*name, reason.as_str()) == ABSENT)
}

/// The failure of a route that was found missing before.
pub(super) fn remembered(reason: &str, capability: Capability) -> Failure {
    Failure::new(FailureKind::NotSupported(capability), reason)
}

/// The failure that the token server tells.
pub(super) fn of_token_server(reply: &Reply) -> Option<Failure> {
    #[derive(Deserialize, Default)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct OAuth<'a> {
        error: Text<'a>,
    }
    let failure = match reply.status {
        200..=299 => return None,
        400 => {
            let said: OAuth<'_> = reply.json().unwrap_or_default();
            let detail = match said.error.as_str() {
                "invalid_client" => "The ERP refuses client_id, client_secret or syndata.",
                _ => "The ERP refuses the way in which a token is asked for: check the credentials and the grant.",
            };
            let failure = Failure::new(FailureKind::CredentialsRefused, detail);
            return Some(failure.at(reply.upstream_code(said.error.as_str())));
        }
        401 => Failure::new(
            FailureKind::CredentialsRefused,
            "The ERP refuses the client (401): its user may not be flagged Integrador.",
        ),
        404 => Failure::new(
            FailureKind::TenantMisconfigured,
            "The token server's address answers that it issues no tokens (404): check host and port (45700).",
        )
        .in_field("settings.vendor.token_url"),
        _ => return Some(other(reply)),
    };
    Some(failure.at(reply.upstream()))
}

/// The other statuses, which are the same on all three servers.
pub(super) fn other(reply: &Reply) -> Failure {
    reply.common_failure().unwrap_or_else(|| {
        Failure::new(FailureKind::VendorFault, "The ERP answered with a status that its API does not have.")
            .with_retry(Retry::Never)
            .at(reply.upstream())
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::capability::Capability;
    use ponte_transport::Reply;

    use super::{by_status, is_absent};
    use crate::synsuite::dialect::Need;

    #[test]
    fn each_status_has_its_class() {
        let need = Need::Core(Capability::Billing);
        for (status, expected) in [
            (200, None),
            (400, Some(FailureKind::VendorFault)),
            (401, Some(FailureKind::LoginExpired)),
            (403, Some(FailureKind::AccessBlocked)),
            (404, Some(FailureKind::TenantMisconfigured)),
            (429, Some(FailureKind::RateLimited)),
            (500, Some(FailureKind::VendorFault)),
            (503, Some(FailureKind::Overloaded)),
        ] {
            let reply = Reply::new(status, None, "");
            assert_eq!(by_status(&reply, need).map(|failure| failure.kind()), expected, "{status}");
        }
        let words = Reply::new(404, None, r#"{"success":false,"messages":"Registro não encontrado."}"#);
        assert!(by_status(&words, need).is_none());
    }

    #[test]
    fn a_route_that_an_installation_lacks_is_told_from_a_wrong_address() {
        let page = Reply::new(404, None, "<html>");
        let failure = by_status(&page, Need::Required(Capability::Acceptance)).unwrap();
        assert_eq!(failure.kind(), FailureKind::NotSupported(Capability::Acceptance));
        assert!(is_absent(&failure));
        assert!(!is_absent(&by_status(&page, Need::Core(Capability::Acceptance)).unwrap()));
    }
}
