//! The HTTP clients that all tenants share, and one exchange over them: a request out, a whole reply in.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use ponte_domain::failure::{Failure, FailureKind};
use ponte_domain::tenant::TlsPolicy;
use url::{Url, form_urlencoded};

use crate::address::Origin;
use crate::ask::{Ask, Body, Method, Place, Secret};
use crate::observer::Observer;
use crate::reply::Reply;
use crate::settings::WireSettings;
use crate::tls;
use crate::trouble::{self, Trouble};

/// What all tenants' lines share: one HTTP client per TLS policy, with its pool of connections.
pub struct Wire {
    settings: WireSettings,
    clients: Mutex<HashMap<TlsPolicy, reqwest::Client>>,
}

impl Wire {
    /// A wire with the client that judges certificates strictly; the others are built when a line needs them.
    ///
    /// # Errors
    /// `Internal` when this machine's own list of certificate authorities cannot be loaded: found out here, at the
    /// start, not on the first call.
    pub fn new(settings: WireSettings) -> Result<Self, Failure> {
        tls::install_provider();
        let wire = Self { settings, clients: Mutex::new(HashMap::new()) };
        wire.client(&TlsPolicy::Strict)?;
        Ok(wire)
    }

    pub(crate) fn observer(&self) -> Arc<dyn Observer> {
        Arc::clone(&self.settings.observer)
    }

    /// The client for a policy. Cloning one shares its pool.
    pub(crate) fn client(&self, policy: &TlsPolicy) -> Result<reqwest::Client, Failure> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(policy) {
            return Ok(client.clone());
        }
        let client = tls::client(policy, &self.settings)?;
        clients.insert(policy.clone(), client.clone());
        Ok(client)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// Builds the request for an ask. Secrets are left out unless it goes to the tenant's own origin.
pub(crate) fn request(ask: &Ask, mut url: Url, origin: Origin) -> Result<reqwest::Request, Failure> {
    if let Some(failure) = &ask.unfit {
        return Err(failure.clone());
    }
    let secrets: &[Secret] = match origin {
        Origin::Own => &ask.secrets,
        Origin::Listed => &[],
    };
    add_query(&mut url, ask, secrets);
    let mut request = reqwest::Request::new(ask.method.into(), url);
    add_headers(request.headers_mut(), ask, secrets)?;
    let (content_type, bytes) = match &ask.body {
        Body::None if ask.method == Method::Get => return Ok(request),
        // Servers that insist on a length (411) want it of an empty body too, and the client sends none by itself.
        Body::None => {
            request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
            return Ok(request);
        }
        Body::Form(fields) => (HeaderValue::from_static(ask.form_type), form(fields, secrets).into()),
        Body::Bytes { bytes, content_type } => (media_type(content_type.clone())?, bytes.clone()),
    };
    request.headers_mut().insert(header::CONTENT_TYPE, content_type);
    *request.body_mut() = Some(reqwest::Body::from(bytes));
    Ok(request)
}

fn add_query(url: &mut Url, ask: &Ask, secrets: &[Secret]) {
    let secret = |secret: &Secret| matches!(secret.place, Place::Query(_));
    if ask.query.is_empty() && !secrets.iter().any(secret) {
        return;
    }
    let mut query = url.query_pairs_mut();
    for (name, value) in &ask.query {
        query.append_pair(name, value);
    }
    for secret in secrets {
        if let Place::Query(name) = secret.place {
            query.append_pair(name, &secret.reveal());
        }
    }
}

fn add_headers(headers: &mut HeaderMap, ask: &Ask, secrets: &[Secret]) -> Result<(), Failure> {
    for (name, text) in &ask.headers {
        headers.append(header_name(name)?, value(text)?);
    }
    for secret in secrets {
        let name = match secret.place {
            Place::Header(name) => header_name(name)?,
            Place::Bearer | Place::Basic => header::AUTHORIZATION,
            Place::Query(_) | Place::Form(_) => continue,
        };
        let mut hidden = HeaderValue::from_str(&secret.reveal()).map_err(|_| {
            let detail = "A credential of the tenant holds characters that a header cannot carry.";
            Failure::new(FailureKind::TenantMisconfigured, detail).in_field("credentials")
        })?;
        hidden.set_sensitive(true);
        headers.insert(name, hidden);
    }
    Ok(())
}

fn form(fields: &[(String, String)], secrets: &[Secret]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        form.append_pair(name, value);
    }
    for secret in secrets {
        if let Place::Form(name) = secret.place {
            form.append_pair(name, &secret.reveal());
        }
    }
    form.finish()
}

fn header_name(name: &str) -> Result<HeaderName, Failure> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| Failure::internal("A header's name is not one."))
}

fn value(text: &str) -> Result<HeaderValue, Failure> {
    HeaderValue::from_str(text).map_err(|_| Failure::internal("A header's value holds what a header cannot carry."))
}

/// A media type, not copied when it is written in the code.
fn media_type(text: Cow<'static, str>) -> Result<HeaderValue, Failure> {
    match text {
        Cow::Borrowed(text) => HeaderValue::from_maybe_shared(Bytes::from_static(text.as_bytes()))
            .map_err(|_| Failure::internal("A media type is not one.")),
        Cow::Owned(text) => value(&text),
    }
}

/// Sends a request and takes in the whole answer, up to `cap` bytes.
pub(crate) async fn exchange(
    client: &reqwest::Client,
    request: reqwest::Request,
    cap: usize,
) -> Result<Reply, Trouble> {
    let mut response = client.execute(request).await.map_err(trouble::of_sending)?;
    let status = response.status();
    if status.is_redirection() {
        return Err(Trouble::answered(redirected(&response), status.as_u16()));
    }
    let headers = std::mem::take(response.headers_mut());
    let body = whole(response, cap).await?;
    Ok(Reply::received(status.as_u16(), headers, body))
}

/// Collects a body. One that came in one piece, as most do, is not copied.
async fn whole(mut response: reqwest::Response, cap: usize) -> Result<Bytes, Trouble> {
    let status = response.status().as_u16();
    let promised = response.content_length().and_then(|length| usize::try_from(length).ok());
    if promised.is_some_and(|length| length > cap) {
        return Err(too_large(cap, status));
    }
    let receiving = |error| trouble::of_receiving(error, status);
    let Some(first) = response.chunk().await.map_err(receiving)? else { return Ok(Bytes::new()) };
    if first.len() > cap {
        return Err(too_large(cap, status));
    }
    let Some(mut next) = response.chunk().await.map_err(receiving)? else { return Ok(first) };
    let mut body = BytesMut::with_capacity(promised.unwrap_or(2 * (first.len() + next.len())).min(cap));
    body.extend_from_slice(&first);
    loop {
        if body.len() + next.len() > cap {
            return Err(too_large(cap, status));
        }
        body.extend_from_slice(&next);
        match response.chunk().await.map_err(receiving)? {
            Some(chunk) => next = chunk,
            None => return Ok(body.freeze()),
        }
    }
}

fn too_large(cap: usize, status: u16) -> Trouble {
    let failure = Failure::broken(format!("The ERP's answer is larger than {cap} bytes."));
    Trouble::sent(failure, Some(status))
}

/// A redirect is a wrong address (http in place of https, a moved server) or a login page. Neither is an answer, and
/// credentials do not follow it.
fn redirected(response: &reqwest::Response) -> Failure {
    let target = response
        .headers()
        .get(header::LOCATION)
        .and_then(|location| location.to_str().ok())
        .and_then(|location| response.url().join(location).ok());
    let detail = match target.as_ref().and_then(|url| Some((url.scheme(), url.host_str()?))) {
        Some((scheme @ ("http" | "https"), host)) => {
            format!("The ERP redirects to {scheme}://{host}; the tenant's base URL must be where it answers itself.")
        }
        Some(_) | None => "The ERP redirects elsewhere in place of answering.".to_owned(),
    };
    Failure::new(FailureKind::TenantMisconfigured, detail).in_field("base_url")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ponte_domain::tenant::TlsPolicy;

    use super::Wire;
    use crate::settings::WireSettings;

    #[test]
    fn tenants_with_the_same_tls_policy_share_a_client() {
        let wire = Wire::new(WireSettings::default()).unwrap();
        for policy in [TlsPolicy::Strict, TlsPolicy::AcceptInvalid, TlsPolicy::Strict, TlsPolicy::AcceptInvalid] {
            wire.client(&policy).unwrap();
        }
        assert_eq!(wire.clients.lock().unwrap().len(), 2);
    }
}
