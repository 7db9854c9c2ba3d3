//! What an ERP answered, whole and in memory, and how to look at it.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, header};
use jiff::fmt::rfc2822::DateTimeParser;
use ponte_domain::failure::{Failure, FailureKind, Retry, Upstream};
use serde::Deserialize;

use crate::depth;

/// Longest wait that is believed: a server's larger hint is taken as this.
const LONGEST_HINT: Duration = Duration::from_secs(3600);
/// Levels of objects and lists in a JSON answer; real ones have fewer than twenty.
const MOST_LEVELS: usize = 100;
/// Wait that a 429 without a hint asks for.
const USUAL_HINT: Duration = Duration::from_secs(1);

/// An answer.
pub struct Reply {
    /// HTTP status, never a redirect: those end in the line.
    pub status: u16,
    /// `Content-Type` as sent. A hint at best: these ERPs send JSON as `text/html`. See [`Reply::looks_like`].
    pub content_type: Option<String>,
    /// `Retry-After`, at most an hour.
    pub retry_after: Option<Duration>,
    /// The whole body.
    pub body: Bytes,
    headers: HeaderMap,
    source: (&'static str, &'static str),
    latin: OnceLock<String>,
}

/// What a body is, by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// Begins with `{` or `[`.
    Json,
    /// Begins with `<`: HTML, or other markup.
    Html,
    /// A PDF.
    Pdf,
    /// A PDF in base64.
    Base64Pdf,
    /// Nothing but white space.
    Empty,
    /// Anything else: a bare number, a quoted text, a picture.
    Other,
}

impl Reply {
    /// An answer of this status, content type and body, as a vendor's reader tests need it.
    pub fn new(status: u16, content_type: Option<&str>, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type: content_type.map(str::to_owned),
            retry_after: None,
            body: body.into(),
            headers: HeaderMap::new(),
            source: ("", ""),
            latin: OnceLock::new(),
        }
    }

    /// An answer off the wire.
    pub(crate) fn received(status: u16, headers: HeaderMap, body: Bytes) -> Self {
        let content_type = text_of(&headers, header::CONTENT_TYPE).map(str::to_owned);
        let retry_after = retry_after(&headers);
        Self { content_type, retry_after, headers, ..Self::new(status, None, body) }
    }

    /// Names where it came from.
    pub(crate) fn answering(mut self, vendor: &'static str, operation: &'static str) -> Self {
        self.source = (vendor, operation);
        self
    }

    /// A header's value, if it is there and is plain text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body as text without a byte order mark: UTF-8, else Windows-1252 (of which Latin-1 is the printable part).
    #[must_use]
    pub fn text(&self) -> &str {
        let text = match std::str::from_utf8(&self.body) {
            Ok(text) => text,
            Err(_) => self.latin.get_or_init(|| {
                let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&self.body);
                text.into_owned()
            }),
        };
        text.strip_prefix('\u{feff}').unwrap_or(text)
    }

    /// What the body is, by its content.
    #[must_use]
    pub fn looks_like(&self) -> Looks {
        let bytes = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body).trim_ascii_start();
        match bytes {
            [] => Looks::Empty,
            [b'{' | b'[', ..] => Looks::Json,
            [b'<', ..] => Looks::Html,
            _ if bytes.starts_with(b"%PDF") => Looks::Pdf,
            _ if bytes.starts_with(b"JVBERi0") => Looks::Base64Pdf,
            _ => Looks::Other,
        }
    }

    /// The body as JSON; texts may borrow from it.
    ///
    /// # Errors
    /// `BrokenAnswer` with the place and the sort of the error, never a word of the content; also where it is nested
    /// deeper than any ERP has a reason to.
    pub fn json<'a, T: Deserialize<'a>>(&'a self) -> Result<T, Failure> {
        self.json_of(self.text())
    }

    /// The same of a text that a vendor's dialect has made of the body, where the vendor's encoding is one of its own.
    ///
    /// # Errors
    /// As [`json`](Self::json).
    pub fn json_of<'a, T: Deserialize<'a>>(&self, text: &'a str) -> Result<T, Failure> {
        if depth::exceeds(text, MOST_LEVELS) {
            return Err(Failure::broken("The ERP's JSON answer is nested too deep.").at(self.upstream()));
        }
        serde_json::from_str(text).map_err(|error| self.not_json(&error))
    }

    fn not_json(&self, error: &serde_json::Error) -> Failure {
        let what = match (self.looks_like(), error.classify()) {
            (Looks::Empty, _) => "The ERP's answer is empty where JSON was promised.",
            (Looks::Html, _) => "The ERP answered with an HTML page where JSON was promised.",
            (_, serde_json::error::Category::Eof) => "The ERP's JSON answer breaks off.",
            (_, serde_json::error::Category::Data) => "The ERP's JSON answer does not have the promised shape.",
            (_, serde_json::error::Category::Syntax | serde_json::error::Category::Io) => {
                "The ERP's answer is not valid JSON."
            }
        };
        Failure::broken(what)
            .with("line", error.line().to_string())
            .with("column", error.column().to_string())
            .at(self.upstream())
    }

    /// Where the answer came from, for [`Failure::at`].
    #[must_use]
    pub fn upstream(&self) -> Upstream {
        let (vendor, operation) = self.source;
        Upstream { vendor, operation, http_status: Some(self.status), code: None }
    }

    /// The same with the vendor's own error code, reduced to what an upstream code may hold (40 characters of
    /// `[A-Za-z0-9_.-]`).
    #[must_use]
    pub fn upstream_code(&self, code: &str) -> Upstream {
        let allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        let code: String = code.chars().filter(allowed).take(40).collect();
        Upstream { code: (!code.is_empty()).then_some(code), ..self.upstream() }
    }

    /// What the common statuses mean where the vendor's documentation does not say otherwise; `None` for the others.
    #[must_use]
    pub fn common_failure(&self) -> Option<Failure> {
        let failure = match self.status {
            401 => Failure::new(FailureKind::CredentialsRefused, "The ERP refuses the tenant's credentials."),
            403 => Failure::new(FailureKind::AccessBlocked, "The ERP refuses access to this address or credential."),
            429 => Failure::new(FailureKind::RateLimited, "The ERP wants fewer calls.")
                .with_retry(Retry::After(self.retry_after.unwrap_or(USUAL_HINT))),
            502..=504 => Failure::new(FailureKind::Overloaded, "The ERP is overloaded or under maintenance.")
                .with_retry(self.retry_after.map_or(Retry::Soon, Retry::After)),
            500.. => Failure::new(FailureKind::VendorFault, "The ERP answered with an error of its own.")
                .with_retry(Retry::Soon),
            _ => return None,
        };
        Some(failure.at(self.upstream()))
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("content_type", &self.content_type)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

fn text_of(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// `Retry-After` in seconds or as a date (RFC 9110, 10.2.3). A date is measured against the answer's own `Date`, so
/// that neither clock matters but the server's.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let hint = text_of(headers, header::RETRY_AFTER)?.trim();
    let wait = match hint.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let instant = |text: &str| DateTimeParser::new().parse_timestamp(text.trim()).ok();
            let (then, now) = (instant(hint)?, instant(text_of(headers, header::DATE)?)?);
            Duration::from_secs(u64::try_from(then.as_second() - now.as_second()).unwrap_or(0))
        }
    };
    Some(wait.min(LONGEST_HINT))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, header};
    use ponte_domain::failure::{FailureKind, Retry};
    use serde::Deserialize;

    use super::{Looks, Reply};

    fn reply(body: &'static [u8]) -> Reply {
        Reply::new(200, None, body)
    }

    fn with_headers(status: u16, pairs: &[(header::HeaderName, &'static str)]) -> Reply {
        let headers: HeaderMap =
            pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
        Reply::received(status, headers, Bytes::new())
    }

    #[test]
    fn a_body_is_known_by_its_first_bytes() {
        let table: [(&'static [u8], Looks); 12] = [
            (b"{\"a\":1}", Looks::Json),
            (b" \r\n[1]", Looks::Json),
            (b"\xef\xbb\xbf {}", Looks::Json),
            (b"<!DOCTYPE html>", Looks::Html),
            (b"\n<br /><b>Fatal error</b>", Looks::Html),
            (b"%PDF-1.4", Looks::Pdf),
            (b"JVBERi0xLjQK", Looks::Base64Pdf),
            (b"", Looks::Empty),
            (b"\xef\xbb\xbf \r\n", Looks::Empty),
            (b"12345", Looks::Other),
            (b"\"12345\"", Looks::Other),
            (b"\x89PNG", Looks::Other),
        ];
        for (body, looks) in table {
            assert_eq!(reply(body).looks_like(), looks, "{body:?}");
        }
    }

    #[test]
    fn json_nested_too_deep_is_a_broken_answer_even_where_nobody_reads_it() {
        #[derive(Deserialize)]
        struct Envelope {
            #[serde(rename = "rest")]
            _rest: serde::de::IgnoredAny,
        }
        let nested = |levels: usize| format!("{{\"rest\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(Reply::new(200, None, nested(90)).json::<Envelope>().is_ok());
        let failure = Reply::new(200, None, nested(100)).json::<Envelope>().err().unwrap();
        assert_eq!(failure.kind(), FailureKind::BrokenAnswer);
    }

    #[test]
    fn text_is_utf8_or_else_windows_1252() {
        assert_eq!(reply("Não".as_bytes()).text(), "Não");
        assert_eq!(reply(b"N\xe3o \x80").text(), "Não €");
        assert_eq!(reply(b"\xef\xbb\xbfok").text(), "ok");
    }

    #[derive(Deserialize)]
    struct Row<'a> {
        nome: &'a str,
    }

    #[test]
    fn json_borrows_from_the_reply_also_from_latin_text() {
        assert_eq!(reply(b"\xef\xbb\xbf{\"nome\":\"Ana\"}").json::<Row<'_>>().unwrap().nome, "Ana");
        assert_eq!(reply(b"{\"nome\":\"Jo\xe3o\"}").json::<Row<'_>>().unwrap().nome, "João");
    }

    #[test]
    fn a_json_error_names_the_place_and_never_the_content() {
        let table: [(&'static [u8], &str); 5] = [
            (b"", "empty"),
            (b"<html>Maria da Silva</html>", "HTML"),
            (b"{\"nome\":\"Maria da Silva", "breaks off"),
            (b"{\"nome\":[\"Maria da Silva\"]}", "promised shape"),
            (b"{Maria da Silva}", "not valid JSON"),
        ];
        for (body, word) in table {
            let failure = reply(body).json::<Row<'_>>().err().unwrap();
            assert_eq!(failure.kind(), FailureKind::BrokenAnswer);
            assert!(failure.detail().contains(word), "{failure:?}");
            assert!(!format!("{failure:?} {failure}").contains("Maria"), "{failure:?}");
            assert!(std::error::Error::source(&failure).is_none());
        }
    }

    #[test]
    fn nesting_without_end_is_a_broken_answer_and_not_a_crash() {
        let deep = Reply::new(200, None, "[".repeat(100_000));
        let failure = deep.json::<serde_json::Value>().err().unwrap();
        assert_eq!(failure.kind(), FailureKind::BrokenAnswer);
    }

    #[test]
    fn common_statuses_have_common_meanings() {
        let kind = |status| Reply::new(status, None, "").common_failure().map(|f| (f.kind(), f.retry()));
        assert_eq!(kind(200), None);
        assert_eq!(kind(404), None);
        assert_eq!(kind(401), Some((FailureKind::CredentialsRefused, Retry::Never)));
        assert_eq!(kind(403), Some((FailureKind::AccessBlocked, Retry::Never)));
        assert_eq!(kind(429), Some((FailureKind::RateLimited, Retry::After(Duration::from_secs(1)))));
        assert_eq!(kind(500), Some((FailureKind::VendorFault, Retry::Soon)));
        for status in [502, 503, 504] {
            assert_eq!(kind(status), Some((FailureKind::Overloaded, Retry::Soon)));
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date_and_has_a_ceiling() {
        let hint = |value| with_headers(429, &[(header::RETRY_AFTER, value)]).retry_after;
        assert_eq!(hint("2"), Some(Duration::from_secs(2)));
        assert_eq!(hint("999999999"), Some(Duration::from_secs(3600)));
        assert_eq!(hint("soon"), None);
        assert_eq!(hint("-1"), None);
        let dated = with_headers(
            503,
            &[(header::RETRY_AFTER, "Sun, 22 Nov 2026 12:00:30 GMT"), (header::DATE, "Sun, 22 Nov 2026 12:00:00 GMT")],
        );
        assert_eq!(dated.retry_after, Some(Duration::from_secs(30)));
        assert_eq!(dated.common_failure().unwrap().retry(), Retry::After(Duration::from_secs(30)));
        assert_eq!(hint("Sun, 22 Nov 2026 12:00:30 GMT"), None, "a date without a clock to hold it against");
    }

    #[test]
    fn an_upstream_code_holds_nothing_but_a_code() {
        let reply = Reply::new(400, None, "").answering("erp", "op");
        assert_eq!(reply.upstream_code("E-113 <b>").code.as_deref(), Some("E-113b"));
        assert_eq!(reply.upstream_code("çã").code, None);
        assert_eq!(reply.upstream_code(&"9".repeat(80)).code.map(|code| code.len()), Some(40));
        assert_eq!(reply.upstream().http_status, Some(400));
    }

    #[test]
    fn debug_shows_no_body_and_no_header() {
        let mut headers = HeaderMap::new();
        headers.insert("set-cookie", HeaderValue::from_static("session=s3cret"));
        let reply = Reply::received(200, headers, Bytes::from_static(b"Maria"));
        let shown = format!("{reply:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("Maria"), "{shown}");
        assert_eq!(reply.header("set-cookie"), Some("session=s3cret"));
    }
}
