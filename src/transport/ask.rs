//! What is asked of an ERP: one HTTP request in the room's own words.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ponte_domain::Failure;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;

/// What may stand unescaped in one path segment (RFC 3986, "unreserved").
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The HTTP methods that the ERPs use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Patch => Self::PATCH,
            Method::Delete => Self::DELETE,
        }
    }
}

/// Whether the ask changes something at the vendor. The HTTP method does not say: these ERPs read by POST and act by
/// GET.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// Changes nothing, may be repeated.
    Read,
    /// Changes something, is sent once.
    Act,
}

/// One request to an ERP. Built by a vendor's code, sent by [`Line::call`](crate::Line::call).
pub struct Ask {
    pub(crate) operation: &'static str,
    pub(crate) nature: Nature,
    pub(crate) method: Method,
    pub(crate) target: Target,
    /// Another address of the same tenant, in place of its base URL.
    pub(crate) address: Option<String>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) query: Vec<(Cow<'static, str>, String)>,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) body: Body,
    pub(crate) form_type: &'static str,
    pub(crate) size: Size,
    pub(crate) attempt_timeout: Option<Duration>,
    pub(crate) errors: Errors,
    /// Why the ask cannot be sent, if building it failed; kept so that the builder methods stay chainable.
    pub(crate) unfit: Option<Failure>,
}

/// Where the request goes.
pub(crate) enum Target {
    /// Below the tenant's base URL: the path as written in the code, then values as escaped segments.
    Path { fixed: Cow<'static, str>, segments: Vec<String> },
    /// An address that the vendor gave.
    Link(String),
}

/// What the request carries.
pub(crate) enum Body {
    None,
    Form(Vec<(String, String)>),
    Bytes { bytes: Bytes, content_type: Cow<'static, str> },
}

/// Which time-out and size cap apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    Answer,
    Document,
}

/// What a complete error answer to an act proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Errors {
    Doubtful,
    Definite,
}

/// A secret and the place it goes to.
pub(crate) struct Secret {
    pub(crate) place: Place,
    value: SecretString,
}

/// Where a secret goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Header(&'static str),
    Bearer,
    Basic,
    Query(&'static str),
    Form(&'static str),
}

impl Ask {
    /// Asks for something without changing anything. `operation` is the vendor operation's name, a member of a
    /// bounded set: it goes into logs, metrics and problems. `path` is appended to the tenant's base URL; values
    /// belong into [`segment`](Self::segment) and [`query`](Self::query), never into `path`.
    pub fn read(operation: &'static str, method: Method, path: impl Into<Cow<'static, str>>) -> Self {
        Self::new(operation, Nature::Read, method, Target::Path { fixed: path.into(), segments: Vec::new() })
    }

    /// Asks for a change. Sent at most once; see the room's invariants for what its failures mean.
    pub fn act(operation: &'static str, method: Method, path: impl Into<Cow<'static, str>>) -> Self {
        Self::new(operation, Nature::Act, method, Target::Path { fixed: path.into(), segments: Vec::new() })
    }

    /// Fetches what a link in a vendor's answer points to (PDF, picture), absolute or relative to the base URL. The
    /// line refuses other hosts than the tenant's own and the listed ones, and sends secrets to the tenant's own
    /// origin only.
    pub fn link(operation: &'static str, url: impl Into<String>) -> Self {
        Self::new(operation, Nature::Read, Method::Get, Target::Link(url.into()))
    }

    fn new(operation: &'static str, nature: Nature, method: Method, target: Target) -> Self {
        Self {
            operation,
            nature,
            method,
            target,
            address: None,
            headers: Vec::new(),
            query: Vec::new(),
            secrets: Vec::new(),
            body: Body::None,
            form_type: "application/x-www-form-urlencoded",
            size: Size::Answer,
            attempt_timeout: None,
            errors: Errors::Doubtful,
            unfit: None,
        }
    }

    /// Goes to another address of the same tenant (scheme, host, port and a path before the ask's own): ERPs whose
    /// tokens, data and portal are servers of their own. The address comes from the tenant's settings, never from an
    /// answer; it is on the tenant's own host at any port, or on a listed one. Secrets go there as to the base URL. Of
    /// a link it says that this origin is the tenant's own too.
    #[must_use]
    pub fn at(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// Appends a value to the path as one escaped segment.
    #[must_use]
    pub fn segment(mut self, value: impl AsRef<str>) -> Self {
        match &mut self.target {
            Target::Path { segments, .. } => {
                segments.push(utf8_percent_encode(value.as_ref(), SEGMENT).to_string());
            }
            Target::Link(_) => self.unfit = Some(Failure::internal("A link takes no path segments.")),
        }
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a header whose whole value is secret.
    #[must_use]
    pub fn secret_header(self, name: &'static str, value: SecretString) -> Self {
        self.secret(Place::Header(name), value)
    }

    /// Adds `Authorization: Bearer <value>`.
    #[must_use]
    pub fn bearer(self, value: SecretString) -> Self {
        self.secret(Place::Bearer, value)
    }

    /// Adds `Authorization: Basic <base64 of value>`; `value` is `user:password`.
    #[must_use]
    pub fn basic(self, value: SecretString) -> Self {
        self.secret(Place::Basic, value)
    }

    /// Adds a query parameter whose value is secret, for vendors that know no better.
    #[must_use]
    pub fn secret_query(self, name: &'static str, value: SecretString) -> Self {
        self.secret(Place::Query(name), value)
    }

    /// Adds a form field whose value is secret; the body becomes a form if it was none.
    #[must_use]
    pub fn secret_form(mut self, name: &'static str, value: SecretString) -> Self {
        match self.body {
            Body::None => self.body = Body::Form(Vec::new()),
            Body::Form(_) => {}
            Body::Bytes { .. } => self.unfit = Some(Failure::internal("A form field was added to another body.")),
        }
        self.secret(Place::Form(name), value)
    }

    fn secret(mut self, place: Place, value: SecretString) -> Self {
        self.secrets.push(Secret { place, value });
        self
    }

    /// Sends a JSON body.
    #[must_use]
    pub fn json(mut self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => self.body(bytes, "application/json"),
            // The error's text may quote the value, so it is not kept.
            Err(_) => {
                self.unfit = Some(Failure::internal("A request body cannot be written as JSON."));
                self
            }
        }
    }

    /// Sends a form (`application/x-www-form-urlencoded`), or adds to the one there is.
    #[must_use]
    pub fn form<K: AsRef<str>, V: AsRef<str>>(mut self, fields: &[(K, V)]) -> Self {
        let mut all = match self.body {
            Body::Form(fields) => fields,
            Body::None | Body::Bytes { .. } => Vec::new(),
        };
        all.extend(fields.iter().map(|(name, value)| (name.as_ref().to_owned(), value.as_ref().to_owned())));
        self.body = Body::Form(all);
        self
    }

    /// Names the charset in a form's content type, for servers that take it for Latin-1 otherwise. Forms are UTF-8
    /// anyway.
    #[must_use]
    pub fn form_says_utf8(mut self) -> Self {
        self.form_type = "application/x-www-form-urlencoded; charset=UTF-8";
        self
    }

    /// Sends these bytes.
    #[must_use]
    pub fn body(mut self, bytes: impl Into<Bytes>, content_type: impl Into<Cow<'static, str>>) -> Self {
        self.body = Body::Bytes { bytes: bytes.into(), content_type: content_type.into() };
        self
    }

    /// The answer is a document: the document time-out and size cap apply.
    #[must_use]
    pub fn document(mut self) -> Self {
        self.size = Size::Document;
        self
    }

    /// Time for one attempt at this ask, in place of the line's.
    #[must_use]
    pub fn attempt_timeout(mut self, time: Duration) -> Self {
        self.attempt_timeout = Some(time);
        self
    }

    /// For an act whose error answers, once received whole, prove that nothing was done (documented by the vendor or
    /// seen). The reader's failures then leave the line as they are. Without it, an act whose reader finds a broken
    /// answer or a fault of the vendor is `OutcomeUnknown`.
    #[must_use]
    pub fn errors_are_definite(mut self) -> Self {
        self.errors = Errors::Definite;
        self
    }

    /// The vendor operation.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Whether it changes something.
    #[must_use]
    pub fn nature(&self) -> Nature {
        self.nature
    }
}

impl Secret {
    /// The text as it goes over the wire. The only place of this room that exposes a secret.
    pub(crate) fn reveal(&self) -> Cow<'_, str> {
        let value = self.value.expose_secret();
        match self.place {
            Place::Header(_) | Place::Query(_) | Place::Form(_) => Cow::Borrowed(value),
            Place::Bearer => Cow::Owned(format!("Bearer {value}")),
            Place::Basic => Cow::Owned(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(value))),
        }
    }
}

impl fmt::Debug for Ask {
    /// Operation, method and fixed path; no value that an ask carries, since any may be personal or secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path: &str = match &self.target {
            Target::Path { fixed, .. } => fixed,
            Target::Link(_) => "(link)",
        };
        f.debug_struct("Ask")
            .field("operation", &self.operation)
            .field("nature", &self.nature)
            .field("method", &self.method)
            .field("path", &path)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use secrecy::SecretString;

    use super::{Ask, Body, Method, Target};

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[test]
    fn debug_shows_operation_method_and_fixed_path_only() {
        let ask = Ask::read("cliente.find", Method::Post, "cliente")
            .segment("11144477735")
            .header("ixcsoft", "hdr-value")
            .query("cpf", "query-value")
            .secret_header("Authorization", secret("s3cret-a"))
            .bearer(secret("s3cret-b"))
            .basic(secret("s3cret-c"))
            .secret_query("token", secret("s3cret-d"))
            .json(&["body-value"]);
        assert_eq!(
            format!("{ask:?}"),
            r#"Ask { operation: "cliente.find", nature: Read, method: Post, path: "cliente", .. }"#
        );
        let link = Ask::link("boleto.pdf", "https://erp.example/b?token=abc");
        assert!(!format!("{link:?}").contains("abc"), "{link:?}");
    }

    #[test]
    fn a_segment_is_escaped_and_cannot_leave_its_place() {
        let ask = Ask::read("x", Method::Get, "cliente").segment("../a b/c?d#e%2e");
        let Target::Path { segments, .. } = &ask.target else { unreachable!() };
        assert_eq!(segments, &["..%2Fa%20b%2Fc%3Fd%23e%252e"]);
    }

    #[test]
    fn authorization_is_written_as_the_scheme_wants() {
        let ask = Ask::read("x", Method::Get, "").bearer(secret("abc")).basic(secret("7:hash"));
        let sent: Vec<String> = ask.secrets.iter().map(|secret| secret.reveal().into_owned()).collect();
        assert_eq!(sent, ["Bearer abc", "Basic NzpoYXNo"]);
    }

    #[test]
    fn form_fields_add_up_and_do_not_mix_with_other_bodies() {
        let ask = Ask::act("x", Method::Post, "").secret_form("senha", secret("s")).form(&[("login", "ana")]);
        assert!(matches!(&ask.body, Body::Form(fields) if fields.len() == 1));
        assert!(ask.unfit.is_none());
        let mixed = Ask::act("x", Method::Post, "").json(&1).secret_form("senha", secret("s"));
        assert!(mixed.unfit.is_some());
    }
}
