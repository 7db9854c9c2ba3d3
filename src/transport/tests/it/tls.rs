//! Certificates: trusted by the tenant's policy or not. An untrusted one is a wrong setting, found before anything
//! is sent.

use std::sync::Arc;

use ponte_domain::failure::{Failure, FailureKind, Retry};
use ponte_domain::tenant::TlsPolicy;
use ponte_transport::{Ask, LineSettings, Method};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::harness::{OK, line, read_request, settings, text, trip};

/// A certificate authority of a provider's own.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    fn policy(&self) -> TlsPolicy {
        TlsPolicy::TrustCa { pem: self.pem.clone() }
    }

    /// Serves `{}` over TLS with a certificate for this host, and returns the address.
    async fn serve(&self, host: &str, change: impl FnOnce(&mut CertificateParams)) -> String {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                if read_request(&mut stream).await.is_ok() {
                    let _ = stream.write_all(OK).await;
                    let _ = stream.shutdown().await;
                }
            }
        });
        format!("https://{address}")
    }
}

async fn asked(url: &str, tls: TlsPolicy, ask: Ask) -> Result<String, Failure> {
    line(LineSettings { tls, allow_plain_http: false, ..settings(url) }).call(&ask, &trip(), text).await
}

fn act() -> Ask {
    Ask::act("insert", Method::Post, "insert").json(&1)
}

#[tokio::test]
async fn a_certificate_of_nobody_known_is_a_wrong_setting_and_nothing_was_sent() {
    let url = Authority::new().serve("127.0.0.1", |_| {}).await;
    for policy in [TlsPolicy::Strict, Authority::new().policy()] {
        let failure = asked(&url, policy, act()).await.unwrap_err();
        assert_eq!((failure.kind(), failure.field()), (FailureKind::TenantMisconfigured, Some("base_url")));
        assert_eq!(failure.retry(), Retry::Never);
        assert!(failure.detail().contains("not signed by an authority"), "{failure:?}");
    }
}

#[tokio::test]
async fn the_tenants_own_authority_and_no_check_at_all_are_ways_in() {
    let authority = Authority::new();
    let url = authority.serve("127.0.0.1", |_| {}).await;
    for policy in [authority.policy(), TlsPolicy::AcceptInvalid] {
        assert_eq!(asked(&url, policy, act()).await.unwrap(), "{}");
    }
}

#[tokio::test]
async fn an_expired_certificate_and_one_for_another_host_are_told_apart() {
    let authority = Authority::new();
    let expired = authority.serve("127.0.0.1", |params| params.not_after = date_time_ymd(2020, 1, 1)).await;
    let failure = asked(&expired, authority.policy(), act()).await.unwrap_err();
    assert!(failure.detail().contains("expired"), "{failure:?}");
    let other = authority.serve("other.example", |_| {}).await;
    let failure = asked(&other, authority.policy(), act()).await.unwrap_err();
    assert!(failure.detail().contains("another host"), "{failure:?}");
}

#[tokio::test]
async fn a_plain_server_at_an_https_address_is_a_wrong_setting() {
    let plain = wiremock::MockServer::start().await;
    let url = plain.uri().replace("http://", "https://");
    let failure = asked(&url, TlsPolicy::AcceptInvalid, act()).await.unwrap_err();
    assert_eq!(failure.kind(), FailureKind::TenantMisconfigured);
    assert!(failure.detail().contains("does not speak TLS"), "{failure:?}");
}
