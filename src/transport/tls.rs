//! One HTTP client per way of judging certificates.

use ponte_domain::failure::{Failure, FailureKind};
use ponte_domain::tenant::TlsPolicy;
use reqwest::redirect;

use crate::settings::WireSettings;

/// Makes ring the process's provider of cryptography, which the HTTP client takes its own from. Another one that is
/// there already is as good.
pub(crate) fn install_provider() {
    // The error is the provider that was there before.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Builds the client for a policy: 2.7 ms and 107 KiB each (performance.md), so there is one per policy, not one per
/// tenant.
pub(crate) fn client(policy: &TlsPolicy, settings: &WireSettings) -> Result<reqwest::Client, Failure> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("ponte/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(settings.connect_timeout)
        .pool_idle_timeout(settings.pool_idle_timeout)
        .pool_max_idle_per_host(settings.pool_max_idle_per_host)
        .tcp_nodelay(true)
        .http1_only()
        .redirect(redirect::Policy::none())
        .referer(false)
        .no_proxy()
        // The line retries, where it is known what may be repeated.
        .retry(reqwest::retry::never());
    let builder = match policy {
        TlsPolicy::Strict => builder,
        TlsPolicy::TrustCa { pem } => builder.tls_certs_only(authorities(pem)?),
        TlsPolicy::AcceptInvalid => builder.tls_danger_accept_invalid_certs(true),
    };
    builder.build().map_err(|error| match policy {
        TlsPolicy::TrustCa { .. } => wrong_authority().because(error),
        TlsPolicy::Strict | TlsPolicy::AcceptInvalid => {
            Failure::internal("The HTTP client for calls to ERPs cannot be built.").because(error)
        }
    })
}

fn authorities(pem: &str) -> Result<Vec<reqwest::Certificate>, Failure> {
    match reqwest::Certificate::from_pem_bundle(pem.as_bytes()) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) | Err(_) => Err(wrong_authority()),
    }
}

fn wrong_authority() -> Failure {
    let detail = "The certificate authority of the tenant's TLS setting is not a PEM certificate.";
    Failure::new(FailureKind::TenantMisconfigured, detail).in_field("tls.pem")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ponte_domain::failure::FailureKind;
    use ponte_domain::tenant::TlsPolicy;

    use super::{client, install_provider};
    use crate::settings::WireSettings;

    #[test]
    fn an_authority_that_is_no_certificate_is_a_wrong_setting() {
        install_provider();
        let hollow = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for pem in ["", "no certificate", hollow] {
            let failure = client(&TlsPolicy::TrustCa { pem: pem.to_owned() }, &WireSettings::default()).err().unwrap();
            assert_eq!((failure.kind(), failure.field()), (FailureKind::TenantMisconfigured, Some("tls.pem")), "{pem}");
        }
    }

    #[test]
    fn the_other_policies_need_no_further_setting() {
        install_provider();
        for policy in [TlsPolicy::Strict, TlsPolicy::AcceptInvalid] {
            assert!(client(&policy, &WireSettings::default()).is_ok(), "{policy:?}");
        }
    }
}
