//! Where a tenant's ERP is, and which addresses a request may go to.

use ponte_domain::failure::{Failure, FailureKind};
use url::{Host, Url};

use crate::ask::{Ask, Target};
use crate::settings::LineSettings;

/// A tenant's base URL, parsed once, and the hosts that its vendor's links may point to.
pub(crate) struct Address {
    base: Url,
    plain_http: PlainHttp,
    link_hosts: Vec<(Host, Option<u16>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PlainHttp {
    Allowed,
    Refused,
}

/// Whether a request goes to the tenant's own origin. Secrets do not go elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Own,
    Listed,
}

impl Address {
    /// Checks and parses a line's addresses.
    pub(crate) fn of(settings: &LineSettings) -> Result<Self, Failure> {
        let plain_http = if settings.allow_plain_http { PlainHttp::Allowed } else { PlainHttp::Refused };
        let base = base(&settings.base_url, plain_http)?;
        let link_hosts = settings.link_hosts.iter().map(|host| link_host(host)).collect::<Result<_, _>>()?;
        Ok(Self { base, plain_http, link_hosts })
    }

    /// The ERP's host, for `Debug` and the log.
    pub(crate) fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// Where an ask goes.
    pub(crate) fn place(&self, ask: &Ask) -> Result<(Url, Origin), Failure> {
        let other = ask.address.as_deref().map(|address| self.other(address)).transpose()?;
        match &ask.target {
            Target::Path { fixed, segments } => {
                Ok((below(other.as_ref().unwrap_or(&self.base), fixed, segments)?, Origin::Own))
            }
            Target::Link(link) => self.linked(link, other.as_ref()),
        }
    }

    /// Another address of the tenant's: on its own host at any port, or on a listed one.
    fn other(&self, address: &str) -> Result<Url, Failure> {
        let url = base(address, self.plain_http)?;
        let host = url.host().map(|host| host.to_owned());
        let listed = |(listed, port): &(Host, Option<u16>)| Some(listed) == host.as_ref() && *port == url.port();
        if host == self.base.host().map(|own| own.to_owned()) || self.link_hosts.iter().any(listed) {
            return Ok(url);
        }
        let host = url.host_str().unwrap_or_default();
        Err(misconfigured(
            "link_hosts",
            format!("An address of the tenant's is on the host {host}, which is not listed."),
        ))
    }

    fn linked(&self, link: &str, other: Option<&Url>) -> Result<(Url, Origin), Failure> {
        let from = other.unwrap_or(&self.base);
        let mut url = from.join(link.trim()).map_err(|_| Failure::broken("The ERP's link is not an address."))?;
        url.set_fragment(None);
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
            return Err(Failure::broken("The ERP's link is not a plain web address."));
        }
        if url.scheme() == "http" && self.plain_http == PlainHttp::Refused {
            return Err(misconfigured("allow_plain_http", "The ERP's link is not encrypted (http)."));
        }
        if url.origin() == self.base.origin() || other.is_some_and(|other| url.origin() == other.origin()) {
            return Ok((url, Origin::Own));
        }
        let Some(host) = url.host().map(|host| host.to_owned()) else {
            return Err(Failure::broken("The ERP's link names no host."));
        };
        // The tenant's own host may serve documents on the usual ports as well as on the API's.
        let own = self.base.host().is_some_and(|own| own.to_owned() == host)
            && (url.port().is_none() || url.port() == self.base.port());
        if own || self.link_hosts.iter().any(|(listed, port)| *listed == host && *port == url.port()) {
            return Ok((url, Origin::Listed));
        }
        Err(misconfigured("link_hosts", format!("The ERP's link points to the host {host}, which is not listed.")))
    }
}

/// A path below an address.
fn below(base: &Url, fixed: &str, segments: &[String]) -> Result<Url, Failure> {
    let prefix = base.path().trim_end_matches('/');
    let mut path = String::with_capacity(prefix.len() + fixed.len() + 32);
    path.push_str(prefix);
    let fixed = fixed.trim_start_matches('/');
    if !fixed.is_empty() || segments.is_empty() {
        path.push('/');
        path.push_str(fixed);
    }
    for segment in segments {
        if !path.ends_with('/') {
            path.push('/');
        }
        path.push_str(segment);
    }
    if !keeps_its_place(path.get(prefix.len()..).unwrap_or_default()) {
        return Err(Failure::internal("A vendor's path holds what does not belong into a path."));
    }
    let mut url = base.clone();
    url.set_path(&path);
    Ok(url)
}

/// Whether a path cannot turn into a query, a fragment or another folder.
fn keeps_its_place(path: &str) -> bool {
    let plain = |byte: u8| byte > b' ' && byte != 0x7f && !matches!(byte, b'?' | b'#' | b'\\');
    let dots = |segment: &str| {
        let segment = segment.to_ascii_lowercase().replace("%2e", ".");
        segment == "." || segment == ".."
    };
    path.bytes().all(plain) && !path.split('/').any(dots)
}

fn base(text: &str, plain_http: PlainHttp) -> Result<Url, Failure> {
    let wrong = |detail: &str| misconfigured("base_url", detail);
    let url = Url::parse(text.trim()).map_err(|_| wrong("The ERP's address is not a URL."))?;
    match url.scheme() {
        "https" => {}
        "http" if plain_http == PlainHttp::Allowed => {}
        "http" => return Err(wrong("The ERP's address is not encrypted (http), which the tenant does not allow.")),
        _ => return Err(wrong("The ERP's address must begin with https://.")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("The ERP's address must not hold credentials."));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("The ERP's address must not hold a query or a fragment."));
    }
    Ok(url)
}

/// Reads `host` or `host:port`. A port that is the scheme's own counts as none.
fn link_host(text: &str) -> Result<(Host, Option<u16>), Failure> {
    let wrong = || misconfigured("link_hosts", "A link host must be a host name, or host:port.");
    let url = Url::parse(&format!("https://{}/", text.trim())).map_err(|_| wrong())?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    match url.host() {
        Some(host) if bare && url.password().is_none() => Ok((host.to_owned(), url.port())),
        _ => Err(wrong()),
    }
}

fn misconfigured(field: &str, detail: impl Into<String>) -> Failure {
    Failure::new(FailureKind::TenantMisconfigured, detail).in_field(field)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ponte_domain::failure::{Failure, FailureKind};

    use super::{Address, Origin};
    use crate::ask::{Ask, Method};
    use crate::settings::LineSettings;

    fn settings(base_url: &str) -> LineSettings {
        LineSettings::new("erp", base_url)
    }

    fn plain(base_url: &str) -> LineSettings {
        LineSettings { allow_plain_http: true, ..settings(base_url) }
    }

    fn refusal(settings: &LineSettings) -> Failure {
        Address::of(settings).err().unwrap()
    }

    #[test]
    fn a_base_url_is_https_without_credentials_query_or_fragment() {
        for good in ["https://erp.example", "https://erp.example:8443/webservice/v1/", " https://10.0.0.2 "] {
            assert!(Address::of(&settings(good)).is_ok(), "{good}");
        }
        for bad in [
            "",
            "erp.example",
            "ftp://erp.example",
            "file:///etc/passwd",
            "http://erp.example",
            "https://user@erp.example",
            "https://user:s3cret@erp.example",
            "https://erp.example?token=s3cret",
            "https://erp.example/#x",
        ] {
            let failure = refusal(&settings(bad));
            assert_eq!(failure.kind(), FailureKind::TenantMisconfigured, "{bad}");
            assert_eq!(failure.field(), Some("base_url"), "{bad}");
            assert!(!failure.detail().contains("s3cret"), "{failure:?}");
        }
        assert!(Address::of(&plain("http://erp.example")).is_ok());
    }

    fn path_of(base_url: &str, ask: &Ask) -> String {
        Address::of(&settings(base_url)).unwrap().place(ask).unwrap().0.to_string()
    }

    #[test]
    fn a_path_is_appended_to_the_base_urls_own() {
        let ask = |path: &'static str| Ask::read("x", Method::Get, path);
        let deep = "https://erp.example/webservice/v1/";
        assert_eq!(path_of(deep, &ask("cliente")), "https://erp.example/webservice/v1/cliente");
        assert_eq!(path_of(deep, &ask("/cliente")), "https://erp.example/webservice/v1/cliente");
        assert_eq!(
            path_of(deep, &ask("cliente").segment("7 /?")),
            "https://erp.example/webservice/v1/cliente/7%20%2F%3F"
        );
        assert_eq!(path_of(deep, &ask("").segment("a").segment("b")), "https://erp.example/webservice/v1/a/b");
        assert_eq!(path_of("https://erp.example", &ask("a/b")), "https://erp.example/a/b");
        assert_eq!(path_of("https://erp.example", &ask("a/")), "https://erp.example/a/");
        assert_eq!(path_of("https://erp.example", &ask("")), "https://erp.example/");
    }

    #[test]
    fn a_path_cannot_leave_its_place() {
        let address = Address::of(&settings("https://erp.example/v1")).unwrap();
        for bad in ["../admin", "a/../../b", "a/%2E%2e/b", "a?x=1", "a#b", "a\\b", "a\nb", "a b"] {
            let failure = address.place(&Ask::read("x", Method::Get, bad)).err().unwrap();
            assert_eq!(failure.kind(), FailureKind::Internal, "{bad}");
        }
        let dots = address.place(&Ask::read("x", Method::Get, "a").segment(".."));
        assert_eq!(dots.err().unwrap().kind(), FailureKind::Internal);
    }

    #[test]
    fn links_stay_on_the_tenants_hosts() {
        let mut settings = settings("https://erp.example:8443/v1");
        settings.link_hosts = vec!["cdn.example".to_owned(), "files.example:9000".to_owned()];
        let address = Address::of(&settings).unwrap();
        let origin = |link: &str| address.place(&Ask::link("x", link)).map(|(_, origin)| origin);
        assert_eq!(origin("https://erp.example:8443/b.pdf").unwrap(), Origin::Own);
        assert_eq!(origin("/b.pdf").unwrap(), Origin::Own);
        assert_eq!(origin("https://ERP.example/b.pdf").unwrap(), Origin::Listed);
        assert_eq!(origin("https://cdn.example/b.pdf").unwrap(), Origin::Listed);
        assert_eq!(origin("https://files.example:9000/b.pdf").unwrap(), Origin::Listed);

        for (bad, kind) in [
            ("https://evil.example/b.pdf", FailureKind::TenantMisconfigured),
            ("//evil.example/b.pdf", FailureKind::TenantMisconfigured),
            ("\\\\evil.example\\b.pdf", FailureKind::TenantMisconfigured),
            ("https://erp.example.evil.example/", FailureKind::TenantMisconfigured),
            ("https://erp.example:22/", FailureKind::TenantMisconfigured),
            ("https://cdn.example:8443/", FailureKind::TenantMisconfigured),
            ("https://files.example/", FailureKind::TenantMisconfigured),
            ("http://erp.example:8443/b.pdf", FailureKind::TenantMisconfigured),
            ("https://erp.example:8443@evil.example/", FailureKind::BrokenAnswer),
            ("file:///etc/passwd", FailureKind::BrokenAnswer),
            ("javascript:alert(1)", FailureKind::BrokenAnswer),
            ("https://", FailureKind::BrokenAnswer),
        ] {
            assert_eq!(origin(bad).err().unwrap().kind(), kind, "{bad}");
        }
    }

    #[test]
    fn another_address_is_on_the_tenants_hosts() {
        let mut settings = settings("https://erp.example:45715/v1");
        settings.link_hosts = vec!["portal.example".to_owned()];
        let address = Address::of(&settings).unwrap();
        let place = |other: &str| {
            let ask = Ask::read("x", Method::Get, "connect/token").at(other);
            address.place(&ask).map(|(url, origin)| (url.to_string(), origin))
        };
        for (other, expected) in [
            ("https://erp.example:45700", "https://erp.example:45700/connect/token"),
            ("https://erp.example", "https://erp.example/connect/token"),
            ("https://portal.example/api/", "https://portal.example/api/connect/token"),
        ] {
            assert_eq!(place(other).unwrap(), (expected.to_owned(), Origin::Own), "{other}");
        }
        for other in ["https://evil.example", "https://portal.example:8443", "http://erp.example", "erp.example", ""] {
            assert_eq!(place(other).unwrap_err().kind(), FailureKind::TenantMisconfigured, "{other}");
        }
    }

    #[test]
    fn the_origin_of_another_address_is_the_tenants_own_for_its_links() {
        let address = Address::of(&settings("https://erp.example")).unwrap();
        let place = |link: &str| {
            let ask = Ask::link("x", link).at("https://erp.example:45715");
            address.place(&ask).map(|(url, origin)| (url.to_string(), origin))
        };
        let own = |url: &str| Ok((url.to_owned(), Origin::Own));
        assert_eq!(place("https://erp.example:45715/f?id=1").map_err(|_| ()), own("https://erp.example:45715/f?id=1"));
        assert_eq!(place("/f").map_err(|_| ()), own("https://erp.example:45715/f"));
        assert!(place("https://erp.example:45700/f").is_err());
        assert!(place("https://evil.example/f").is_err());
    }

    #[test]
    fn a_link_may_be_plain_http_where_the_tenant_allows_it() {
        let address = Address::of(&plain("http://127.0.0.1:9101")).unwrap();
        let (url, origin) = address.place(&Ask::link("x", "http://127.0.0.1:9101/b.pdf?k=1#page")).unwrap();
        assert_eq!((url.as_str(), origin), ("http://127.0.0.1:9101/b.pdf?k=1", Origin::Own));
    }

    #[test]
    fn a_link_host_is_a_host_and_nothing_more() {
        for bad in ["", "https://cdn.example", "cdn.example/path", "user@cdn.example", "cdn.example?x"] {
            let failure =
                refusal(&LineSettings { link_hosts: vec![bad.to_owned()], ..settings("https://erp.example") });
            assert_eq!(failure.field(), Some("link_hosts"), "{bad}");
        }
    }
}
