//! A failed attempt: what happened, and how far the request had come. The second decides whether an act may have
//! taken place.

use std::error::Error;
use std::io;

use ponte_domain::failure::{Failure, FailureKind, Retry};

use crate::ask::Errors;

/// A failure inside the room.
#[derive(Debug)]
pub(crate) struct Trouble {
    pub(crate) failure: Failure,
    pub(crate) stage: Stage,
    pub(crate) status: Option<u16>,
}

/// How far a request had come when it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Held back by a layer of ours, named for the metrics. Nothing was sent.
    Held(&'static str),
    /// No connection. Nothing was sent.
    Connecting,
    /// Sent, perhaps in part, and no whole answer came.
    Sent,
    /// Answered.
    Answered,
}

impl Trouble {
    pub(crate) fn held(by: &'static str, failure: Failure) -> Self {
        Self { failure, stage: Stage::Held(by), status: None }
    }

    pub(crate) fn sent(failure: Failure, status: Option<u16>) -> Self {
        Self { failure, stage: Stage::Sent, status }
    }

    pub(crate) fn answered(failure: Failure, status: u16) -> Self {
        Self { failure, stage: Stage::Answered, status: Some(status) }
    }

    /// The word for metrics and the log.
    pub(crate) fn outcome(&self) -> &'static str {
        match self.stage {
            Stage::Held(by) => by,
            Stage::Connecting | Stage::Sent | Stage::Answered => self.failure.kind().word(),
        }
    }

    /// What a failed read is for the rest of the house: all tries are used up. An explicit wait stays, since it tells
    /// the caller when.
    pub(crate) fn of_read(self) -> Failure {
        spent(self.failure)
    }

    /// What a failed act is for the rest of the house: `OutcomeUnknown`, unless it certainly did not happen.
    pub(crate) fn of_act(self, errors: Errors) -> Failure {
        match self.stage {
            Stage::Held(_) | Stage::Connecting => spent(self.failure),
            Stage::Answered if errors == Errors::Definite || says_no(self.failure.kind()) => spent(self.failure),
            Stage::Sent | Stage::Answered => doubtful(self.failure),
        }
    }
}

fn spent(failure: Failure) -> Failure {
    match failure.retry() {
        Retry::Soon => failure.with_retry(Retry::Exhausted),
        Retry::Never | Retry::After(_) | Retry::Exhausted | Retry::OutcomeUnknown => failure,
    }
}

/// Whether a reader that returns this kind has understood the vendor to say no.
fn says_no(kind: FailureKind) -> bool {
    match kind {
        FailureKind::NotFound(_)
        | FailureKind::NotSupported(_)
        | FailureKind::Refused(_)
        | FailureKind::InvalidInput
        | FailureKind::UnsupportedDocument
        | FailureKind::CredentialsRefused
        | FailureKind::AccessBlocked
        | FailureKind::LoginExpired
        | FailureKind::RateLimited
        | FailureKind::TenantMisconfigured => true,
        FailureKind::Overloaded
        | FailureKind::Unreachable
        | FailureKind::TimedOut
        | FailureKind::BrokenAnswer
        | FailureKind::VendorFault
        | FailureKind::OutcomeUnknown
        | FailureKind::Internal => false,
    }
}

fn doubtful(failure: Failure) -> Failure {
    if failure.kind() == FailureKind::OutcomeUnknown {
        return failure;
    }
    let detail = format!("The ERP did not confirm the change, which may have taken place. {}", failure.detail());
    let mut unknown = Failure::new(FailureKind::OutcomeUnknown, detail).with("was", failure.kind().word());
    for (name, value) in failure.context() {
        unknown = unknown.with(name, value.clone());
    }
    if let Some(upstream) = failure.upstream() {
        unknown = unknown.at(upstream.clone());
    }
    unknown.because(failure)
}

/// Reads the HTTP client's error from sending a request or waiting for the answer's head.
pub(crate) fn of_sending(error: reqwest::Error) -> Trouble {
    // The client's own text holds the URL, whose query may be secret or personal.
    let error = error.without_url();
    if error.is_builder() {
        return Trouble::held("unfit", Failure::internal("A request could not be built.").because(error));
    }
    let tls = found::<rustls::Error>(&error).map(tls_detail);
    if error.is_connect() {
        let failure = match tls {
            Some(detail) => Failure::new(FailureKind::TenantMisconfigured, detail).in_field("base_url"),
            None if error.is_timeout() => unreachable("No connection to the ERP within the time allowed."),
            None => unreachable("No connection to the ERP."),
        };
        return Trouble { failure: failure.because(error), stage: Stage::Connecting, status: None };
    }
    let garbled = found::<hyper::Error>(&error).is_some_and(hyper::Error::is_parse);
    let failure = if garbled {
        Failure::broken("The ERP's answer is not HTTP.")
    } else {
        unreachable("The ERP closed the connection without an answer.")
    };
    Trouble::sent(failure.because(error), None)
}

/// Reads the HTTP client's error from the middle of an answer.
pub(crate) fn of_receiving(error: reqwest::Error, status: u16) -> Trouble {
    let failure = Failure::broken("The ERP's answer breaks off.").with_retry(Retry::Soon);
    Trouble::sent(failure.because(error.without_url()), Some(status))
}

fn unreachable(detail: &'static str) -> Failure {
    Failure::new(FailureKind::Unreachable, detail)
}

fn tls_detail(error: &rustls::Error) -> &'static str {
    use rustls::CertificateError as Certificate;
    match error {
        rustls::Error::InvalidCertificate(Certificate::Expired | Certificate::ExpiredContext { .. }) => {
            "The ERP's TLS certificate has expired."
        }
        rustls::Error::InvalidCertificate(
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. },
        ) => "The ERP's TLS certificate is for another host.",
        // An authority that was made anew under its old name shows as a bad signature.
        rustls::Error::InvalidCertificate(Certificate::UnknownIssuer | Certificate::BadSignature) => {
            "The ERP's TLS certificate is not signed by an authority that the tenant trusts."
        }
        rustls::Error::InvalidCertificate(_) => "The ERP's TLS certificate is not acceptable.",
        rustls::Error::InvalidMessage(_) => "The ERP does not speak TLS at this address.",
        _ => "No TLS connection to the ERP could be agreed on.",
    }
}

/// The first error of this type among the causes. An I/O error hides the error that it carries from `source`.
fn found<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(wanted) = error.downcast_ref::<E>() {
            return Some(wanted);
        }
        let carried = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match carried {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::time::Duration;

    use ponte_domain::capability::Capability;
    use ponte_domain::failure::{Failure, FailureKind, Refusal, Retry, Subject, Upstream};

    use super::{Stage, Trouble};
    use crate::ask::Errors;

    fn answered(kind: FailureKind) -> Trouble {
        Trouble::answered(Failure::new(kind, "said so"), 200)
    }

    #[test]
    fn an_act_that_was_not_sent_keeps_its_failure() {
        for stage in [Stage::Held("breaker_open"), Stage::Connecting] {
            let trouble = Trouble { failure: Failure::new(FailureKind::Unreachable, "no"), stage, status: None };
            let failure = trouble.of_act(Errors::Doubtful);
            assert_eq!((failure.kind(), failure.retry()), (FailureKind::Unreachable, Retry::Exhausted));
        }
    }

    #[test]
    fn an_act_without_a_whole_answer_is_in_doubt_whatever_its_errors_mean() {
        for errors in [Errors::Doubtful, Errors::Definite] {
            for kind in [FailureKind::TimedOut, FailureKind::Unreachable, FailureKind::BrokenAnswer] {
                let failure = Trouble::sent(Failure::new(kind, "cut"), None).of_act(errors);
                assert_eq!((failure.kind(), failure.retry()), (FailureKind::OutcomeUnknown, Retry::OutcomeUnknown));
            }
        }
    }

    #[test]
    fn a_clear_no_to_an_act_stays_a_no() {
        for kind in [
            FailureKind::NotFound(Subject::Contract),
            FailureKind::NotSupported(Capability::Wifi),
            FailureKind::Refused(Refusal::VendorRule),
            FailureKind::InvalidInput,
            FailureKind::UnsupportedDocument,
            FailureKind::CredentialsRefused,
            FailureKind::AccessBlocked,
            FailureKind::LoginExpired,
            FailureKind::RateLimited,
            FailureKind::TenantMisconfigured,
        ] {
            assert_eq!(answered(kind).of_act(Errors::Doubtful).kind(), kind);
        }
    }

    #[test]
    fn an_error_answer_to_an_act_leaves_doubt_unless_the_ask_says_otherwise() {
        for kind in [
            FailureKind::BrokenAnswer,
            FailureKind::VendorFault,
            FailureKind::Overloaded,
            FailureKind::TimedOut,
            FailureKind::Unreachable,
            FailureKind::Internal,
        ] {
            assert_eq!(answered(kind).of_act(Errors::Doubtful).kind(), FailureKind::OutcomeUnknown, "{kind:?}");
            assert_eq!(answered(kind).of_act(Errors::Definite).kind(), kind);
        }
    }

    #[test]
    fn doubt_keeps_where_it_came_from() {
        let at = Upstream { vendor: "erp", operation: "insert", http_status: Some(504), code: Some("E1".to_owned()) };
        let first = Failure::new(FailureKind::Overloaded, "The ERP is overloaded.").with("line", "3").at(at.clone());
        let failure = Trouble::answered(first, 504).of_act(Errors::Doubtful);
        assert_eq!(failure.upstream(), Some(&at));
        assert_eq!(failure.context(), [("was", "overloaded".to_owned()), ("line", "3".to_owned())]);
        assert!(failure.detail().ends_with("The ERP is overloaded."), "{failure:?}");
        assert!(failure.source().is_some());
        let again = Trouble::answered(failure.clone(), 504).of_act(Errors::Doubtful);
        assert_eq!(again.detail(), failure.detail(), "doubt is not wrapped twice");
    }

    #[test]
    fn a_failed_read_is_used_up_but_a_known_wait_stays() {
        let read = |retry| Trouble::sent(Failure::broken("x").with_retry(retry), None).of_read().retry();
        assert_eq!(read(Retry::Soon), Retry::Exhausted);
        assert_eq!(read(Retry::Never), Retry::Never);
        assert_eq!(read(Retry::After(Duration::from_secs(60))), Retry::After(Duration::from_secs(60)));
    }
}
