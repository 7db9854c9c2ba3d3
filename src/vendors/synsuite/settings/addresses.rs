//! Three servers of one provider: tokens at port 45700, data at 45715, the portal anywhere (dossier 2.1, 2.6).
//!
//! A base URL at another port is a proxy, or a stand-in, in front of all of them.

use ponte_domain::tenant::Tenant;

use super::{API_URL, PORTAL_URL, TOKEN_URL, text};

const TOKEN_PORT: &str = "45700";
const API_PORT: &str = "45715";

/// Where tokens are issued.
pub(in crate::synsuite) fn token_url(tenant: &Tenant) -> String {
    let own = text(tenant, TOKEN_URL).map(str::to_owned);
    own.or_else(|| at_port(&tenant.base_url, TOKEN_PORT)).unwrap_or_else(|| tenant.base_url.clone())
}

/// Where the data are.
pub(in crate::synsuite) fn api_url(tenant: &Tenant) -> String {
    let own = text(tenant, API_URL).map(str::to_owned);
    own.or_else(|| at_port(&tenant.base_url, API_PORT)).unwrap_or_else(|| tenant.base_url.clone())
}

/// Where the subscribers' portal is; none where nobody says.
pub(in crate::synsuite) fn portal_url(tenant: &Tenant) -> Option<String> {
    match text(tenant, PORTAL_URL) {
        Some(url) => Some(url.to_owned()),
        None => at_port(&tenant.base_url, API_PORT).is_none().then(|| tenant.base_url.clone()),
    }
}

/// The base URL's host at one of the vendor's ports; none where the base URL is a front of its own.
fn at_port(base_url: &str, port: &str) -> Option<String> {
    let parts = Parts::of(base_url)?;
    matches!(parts.port, None | Some(TOKEN_PORT | API_PORT))
        .then(|| format!("{}://{}:{port}", parts.scheme, parts.host))
}

/// Whether an address is one that a line would go to: the form, and a host that is the tenant's own or listed.
pub(super) fn fits(tenant: &Tenant, value: &str) -> bool {
    let Some(parts) = Parts::of(value) else { return false };
    let own = Parts::of(&tenant.base_url).is_some_and(|base| base.host.eq_ignore_ascii_case(parts.host));
    let place = match parts.port {
        Some(port) => format!("{}:{port}", parts.host),
        None => parts.host.to_owned(),
    };
    let listed = tenant.settings.link_hosts.iter().any(|host| host.trim().eq_ignore_ascii_case(&place));
    let plain = parts.scheme == "https" || tenant.settings.allow_plain_http;
    plain && (own || listed) && !value.contains(['?', '#', '@', ' '])
}

struct Parts<'a> {
    scheme: &'a str,
    host: &'a str,
    port: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.trim().split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        // The colon of an IPv6 address in brackets is none before a port.
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        (matches!(scheme, "https" | "http") && !host.is_empty()).then_some(Self { scheme, host, port })
    }
}
