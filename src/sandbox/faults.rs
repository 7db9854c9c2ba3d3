//! Faults on request: which calls they hit, how often, and what each does to the answer.
//!
//! Faults are a layer above the skins. Whether the call still reaches the town is part of each
//! fault's meaning and said at each word of [`FaultKind`]; it decides whether a write happened.

use serde::{Deserialize, Serialize};

use crate::http::{Delivery, Request, Response};
use crate::roster::Skin;
use crate::town::writes::WriteKind;

mod pages;

/// A fault for the next calls that match.
///
/// As JSON, for example
/// `{"method":"POST","path":"/webservice/v1/su_ticket","fault":"act_then_cut","times":1}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Only calls with this method, in any case; absent: every method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// `*` matches any run of characters, so `"*"` alone is every call; a path without a star is
    /// that path and all below it.
    #[serde(default = "everywhere")]
    pub path: String,
    /// Only calls that would make a write of one of these kinds; empty: every call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub writing: Vec<WriteKind>,
    /// How many calls it hits before it is gone; at least 1.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens to them.
    #[serde(flatten)]
    pub kind: FaultKind,
}

fn everywhere() -> String {
    "*".to_owned()
}

fn once() -> u32 {
    1
}

/// What a fault does. "Acts" means that the call reaches the town, so a write in it happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum FaultKind {
    /// Acts; the answer comes so much later. Joins with one other fault on the same call.
    #[serde(alias = "delay")]
    DelayMs {
        /// Milliseconds.
        ms: u64,
    },
    /// Does not act: the request is read, the connection closes without a byte.
    CutBeforeHeaders,
    /// Acts; status line and headers go out, then the connection closes.
    CutAfterHeaders,
    /// Does not act: status 200 with `Content-Length: 0`.
    EmptyReply,
    /// Acts; the head promises the whole body, the connection closes within it.
    TruncatedBody {
        /// Body bytes that are sent; absent: half of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<usize>,
    },
    /// Does not act: 200, called JSON, and noise in it that is no text in any charset.
    Garbage,
    /// Acts; the body drips.
    SlowBody {
        /// Bytes a piece.
        #[serde(default = "one_byte")]
        chunk: usize,
        /// Milliseconds between two pieces.
        #[serde(default = "a_tenth_of_a_second")]
        every_ms: u64,
    },
    /// Does not act: an HTML maintenance page with status 200.
    HtmlPage,
    /// Does not act: the web server's own 500 page.
    #[serde(rename = "http_500")]
    Http500,
    /// Does not act: status 200 with the skin's own error body.
    VendorError,
    /// Acts; the text goes out as Latin-1 under a header that says UTF-8.
    WrongCharset,
    /// Does not act: the skin's own way to refuse a login that was good before.
    ExpiredToken,
    /// Does not act: the skin's own way to say that the login may not make this call.
    NoPermission,
    /// Does not act: the skin's own way to say that the installation lacks what is called.
    MissingModule,
    /// Does not act: status 429.
    RateLimited {
        /// Seconds in `Retry-After`; absent: no such header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
    },
    /// Does not act: 302 to a login page.
    RedirectToLogin {
        /// Where to; absent: `/login` of the sandbox itself, which answers a login form.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        location: Option<String>,
    },
    /// Acts; the connection closes without a byte: the write happened, the answer never came.
    ActThenCut,
    /// Does not act: a right JSON answer of so many bytes.
    Oversized {
        /// Body length; absent: 50 MB.
        #[serde(default = "fifty_megabytes")]
        bytes: u64,
    },
    /// Does not act: JSON arrays nested so deep.
    DeepJson {
        /// Levels; absent: 100 000.
        #[serde(default = "a_hundred_thousand")]
        depth: usize,
    },
}

fn one_byte() -> usize {
    1
}

fn a_tenth_of_a_second() -> u64 {
    100
}

fn fifty_megabytes() -> u64 {
    50_000_000
}

fn a_hundred_thousand() -> usize {
    100_000
}

impl Fault {
    /// `kind` for the next call to `path` (see [`Fault::path`]), whatever its method.
    pub fn at(path: &str, kind: FaultKind) -> Self {
        Self { method: None, path: path.to_owned(), writing: Vec::new(), times: once(), kind }
    }

    /// The same for calls with this method only.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// The same for calls only that would make a write of one of these kinds.
    #[must_use]
    pub fn writing(mut self, kinds: &[WriteKind]) -> Self {
        self.writing = kinds.to_vec();
        self
    }

    /// The same for the next `times` calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    fn matches(&self, request: &Request, writes: &impl Fn() -> Vec<WriteKind>) -> bool {
        let method = self.method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(&request.method));
        method
            && path_matches(&self.path, &request.path)
            && (self.writing.is_empty() || writes().iter().any(|kind| self.writing.contains(kind)))
    }
}

impl FaultKind {
    /// Every fault class of an ERP that misbehaves, each with what it does unless told otherwise; the delay is longer
    /// than any time-out. What an ERP refuses by its rights (`no_permission`, `missing_module`) is none.
    pub fn all() -> Vec<Self> {
        vec![
            Self::DelayMs { ms: 120_000 },
            Self::CutBeforeHeaders,
            Self::CutAfterHeaders,
            Self::EmptyReply,
            Self::TruncatedBody { keep: None },
            Self::Garbage,
            Self::SlowBody { chunk: one_byte(), every_ms: a_tenth_of_a_second() },
            Self::HtmlPage,
            Self::Http500,
            Self::VendorError,
            Self::WrongCharset,
            Self::ExpiredToken,
            Self::RateLimited { retry_after: None },
            Self::RateLimited { retry_after: Some(7) },
            Self::RedirectToLogin { location: None },
            Self::ActThenCut,
            Self::Oversized { bytes: fifty_megabytes() },
            Self::DeepJson { depth: a_hundred_thousand() },
        ]
    }

    /// The word by which the fault is asked for.
    pub fn word(&self) -> &'static str {
        match self {
            Self::DelayMs { .. } => "delay_ms",
            Self::CutBeforeHeaders => "cut_before_headers",
            Self::CutAfterHeaders => "cut_after_headers",
            Self::EmptyReply => "empty_reply",
            Self::TruncatedBody { .. } => "truncated_body",
            Self::Garbage => "garbage",
            Self::SlowBody { .. } => "slow_body",
            Self::HtmlPage => "html_page",
            Self::Http500 => "http_500",
            Self::VendorError => "vendor_error",
            Self::WrongCharset => "wrong_charset",
            Self::ExpiredToken => "expired_token",
            Self::NoPermission => "no_permission",
            Self::MissingModule => "missing_module",
            Self::RateLimited { .. } => "rate_limited",
            Self::RedirectToLogin { .. } => "redirect_to_login",
            Self::ActThenCut => "act_then_cut",
            Self::Oversized { .. } => "oversized",
            Self::DeepJson { .. } => "deep_json",
        }
    }

    /// What goes out. `act` runs the skin; it is called at most once, and not at all by the kinds
    /// that do not act.
    pub(crate) fn deliver(&self, skin: &Skin, request: &Request, act: impl FnOnce() -> Response) -> Delivery {
        match self {
            Self::DelayMs { .. } => Delivery::Whole(act()),
            Self::CutBeforeHeaders => Delivery::Nothing,
            Self::CutAfterHeaders => Delivery::HeadOnly(act()),
            Self::EmptyReply => Delivery::Whole(pages::empty()),
            Self::TruncatedBody { keep } => {
                let response = act();
                // A body kept whole would be no fault at all.
                let most = response.body.len().saturating_sub(1);
                let keep = keep.unwrap_or(response.body.len() / 2).min(most);
                Delivery::Truncated { response, keep }
            }
            Self::Garbage => Delivery::Whole(pages::garbage()),
            Self::SlowBody { chunk, every_ms } => {
                Delivery::Drip { response: act(), chunk: (*chunk).max(1), every_ms: *every_ms }
            }
            Self::HtmlPage => Delivery::Whole(pages::maintenance()),
            Self::Http500 => Delivery::Whole(pages::internal_error()),
            Self::VendorError => Delivery::Whole((skin.vendor_error)()),
            Self::WrongCharset => Delivery::Whole(pages::in_latin_1(act())),
            Self::ExpiredToken => Delivery::Whole((skin.expired_login)()),
            Self::NoPermission => Delivery::Whole((skin.no_permission)(request)),
            Self::MissingModule => Delivery::Whole((skin.missing_module)(request)),
            Self::RateLimited { retry_after } => Delivery::Whole(pages::too_many_requests(*retry_after)),
            Self::RedirectToLogin { location } => {
                Delivery::Whole(pages::redirect(location.as_deref().unwrap_or(pages::LOGIN_PATH)))
            }
            Self::ActThenCut => {
                act();
                Delivery::Nothing
            }
            Self::Oversized { bytes } => Delivery::Flood { bytes: *bytes },
            Self::DeepJson { depth } => Delivery::Whole(pages::nested(*depth)),
        }
    }
}

/// The login form that the redirect fault leads to.
pub(crate) fn login_form(request: &Request) -> Option<Response> {
    (request.path == pages::LOGIN_PATH).then(pages::login_form)
}

/// The faults still to come, in the order they were asked for.
#[derive(Debug, Default)]
pub(crate) struct FaultList(Vec<Fault>);

impl FaultList {
    pub(crate) fn add(&mut self, fault: Fault) {
        if fault.times > 0 {
            self.0.push(fault);
        }
    }

    pub(crate) fn all(&self) -> &[Fault] {
        &self.0
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Uses up one hit each of the first matching delay and the first matching other fault. `writes` tells what the
    /// call would write; it is asked only where a fault wants to know.
    pub(crate) fn take(&mut self, request: &Request, writes: impl Fn() -> Vec<WriteKind>) -> Hit {
        let delay = self.take_first(request, &writes, |kind| matches!(kind, FaultKind::DelayMs { .. }));
        let other = self.take_first(request, &writes, |kind| !matches!(kind, FaultKind::DelayMs { .. }));
        let delay_ms = match delay {
            Some(FaultKind::DelayMs { ms }) => ms,
            _ => 0,
        };
        Hit { delay_ms, other }
    }

    fn take_first(
        &mut self,
        request: &Request,
        writes: &impl Fn() -> Vec<WriteKind>,
        wanted: impl Fn(&FaultKind) -> bool,
    ) -> Option<FaultKind> {
        let at = self.0.iter().position(|fault| wanted(&fault.kind) && fault.matches(request, writes))?;
        let fault = self.0.get_mut(at)?;
        fault.times -= 1;
        let kind = fault.kind.clone();
        self.0.retain(|fault| fault.times > 0);
        Some(kind)
    }
}

/// The faults that hit one call.
#[derive(Debug)]
pub(crate) struct Hit {
    /// Zero: none.
    pub(crate) delay_ms: u64,
    pub(crate) other: Option<FaultKind>,
}

impl Hit {
    /// The words of what hit, for the journal.
    pub(crate) fn words(&self) -> Option<String> {
        let delay = (self.delay_ms > 0).then_some("delay_ms");
        let words: Vec<&str> = delay.into_iter().chain(self.other.as_ref().map(FaultKind::word)).collect();
        (!words.is_empty()).then(|| words.join("+"))
    }
}

fn path_matches(pattern: &str, path: &str) -> bool {
    if !pattern.contains('*') {
        let base = pattern.trim_end_matches('/');
        return path == pattern || path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    }
    let mut pieces = pattern.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| path.strip_prefix(first)) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = rest.get(at + piece.len()..).unwrap_or(""),
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn call(method: &str, path: &str) -> Request {
        Request::new(method.to_owned(), path.to_owned(), Vec::new(), Vec::new())
    }

    #[test]
    fn a_path_is_itself_and_below_and_a_star_is_anything() {
        let cases = [
            ("*", "/", true),
            ("/v1/cliente", "/v1/cliente", true),
            ("/v1/cliente", "/v1/cliente/7", true),
            ("/v1/cliente", "/v1/cliente_contrato", false),
            ("/v1/cliente/", "/v1/cliente/7", true),
            ("/v1/cliente*", "/v1/cliente_contrato", true),
            ("*/get_pix", "/webservice/v1/get_pix", true),
            ("*/get_pix", "/webservice/v1/get_pix/2", false),
            ("/a*b*c", "/a1b2c", true),
            ("/a*b*c", "/a1c2b", false),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(path_matches(pattern, path), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn a_fault_is_used_up_and_a_delay_joins_another() {
        let mut list = FaultList::default();
        list.add(Fault::at("/x", FaultKind::Http500).method("post").times(2));
        list.add(Fault::at("*", FaultKind::DelayMs { ms: 7 }));
        let first = list.take(&call("POST", "/x"), Vec::new);
        assert_eq!((first.delay_ms, first.other.clone()), (7, Some(FaultKind::Http500)));
        assert_eq!(first.words().as_deref(), Some("delay_ms+http_500"));
        assert_eq!(list.take(&call("GET", "/x"), Vec::new).words(), None);
        assert_eq!(list.take(&call("POST", "/x"), Vec::new).other, Some(FaultKind::Http500));
        assert_eq!(list.take(&call("POST", "/x"), Vec::new).other, None);
        assert!(list.all().is_empty());
    }

    #[test]
    fn a_fault_of_writes_lets_reads_pass() {
        let mut list = FaultList::default();
        list.add(Fault::at("*", FaultKind::ActThenCut).writing(&[WriteKind::TicketOpened]));
        assert_eq!(list.take(&call("POST", "/x"), Vec::new).other, None);
        assert_eq!(list.take(&call("POST", "/x"), || vec![WriteKind::ProtocolIssued]).other, None);
        let hit = list.take(&call("POST", "/x"), || vec![WriteKind::ProtocolIssued, WriteKind::TicketOpened]);
        assert_eq!(hit.other, Some(FaultKind::ActThenCut));
        assert!(list.all().is_empty());
    }

    #[test]
    fn every_fault_reads_back_from_its_own_word() {
        for kind in FaultKind::all().into_iter().chain([FaultKind::NoPermission, FaultKind::MissingModule]) {
            let fault = Fault::at("/x", kind).times(3);
            let json = serde_json::to_value(&fault).unwrap();
            assert_eq!(json["fault"], fault.kind.word());
            assert_eq!(serde_json::from_value::<Fault>(json).unwrap(), fault);
        }
    }

    #[test]
    fn a_fault_needs_only_its_word() {
        let fault: Fault = serde_json::from_str(r#"{"fault":"slow_body"}"#).unwrap();
        assert_eq!(fault, Fault::at("*", FaultKind::SlowBody { chunk: 1, every_ms: 100 }));
        assert!(serde_json::from_str::<Fault>(r#"{"fault":"meteor"}"#).is_err());
    }
}
