//! A request and an answer as plain values: what a skin is given and what it gives back.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// One request, read whole off the wire.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    /// The method as sent, upper case by convention.
    pub(crate) method: String,
    /// The target as sent: path and query, still percent-encoded.
    pub(crate) target: String,
    /// The path, percent-decoded, without the query.
    pub(crate) path: String,
    /// Names as sent, values as Latin-1 where they are not UTF-8.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Splits `target` and keeps the rest as it is.
    pub(crate) fn new(method: String, target: String, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        let path = target.split_once('?').map_or(target.as_str(), |(path, _)| path);
        let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
        Self { method, target, path, headers, body }
    }

    /// The first header of this name, in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// One whole answer. The wire adds `Content-Length` and `Connection`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: vec![("Content-Type".to_owned(), content_type.to_owned())], body: body.into() }
    }

    /// An HTML page in UTF-8.
    pub(crate) fn html(status: u16, page: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/html; charset=UTF-8", page)
    }

    /// A JSON value as our own control API writes it (UTF-8, indented for people).
    pub(crate) fn json(status: u16, value: &Value) -> Self {
        Self::new(status, "application/json", format!("{value:#}\n"))
    }

    /// The same answer with one more header.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// What the wire does with an answer, faults included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// The answer, whole.
    Whole(Response),
    /// The connection closes without one byte of answer.
    Nothing,
    /// Status line and headers with the true length, then the connection closes.
    HeadOnly(Response),
    /// The head promises the whole length, `keep` bytes of body follow, then the connection closes.
    Truncated {
        /// The answer being cut.
        response: Response,
        /// How many body bytes are sent.
        keep: usize,
    },
    /// The body in pieces of `chunk` bytes, one every `every_ms`.
    Drip {
        /// The answer being dripped.
        response: Response,
        /// Bytes a piece, at least 1.
        chunk: usize,
        /// Milliseconds between two pieces.
        every_ms: u64,
    },
    /// A syntactically right JSON answer of so many bytes, streamed.
    Flood {
        /// Body length.
        bytes: u64,
    },
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn a_path_is_split_from_its_query_and_decoded() {
        let request =
            Request::new("GET".into(), "/mk/a%20b?name=x".into(), vec![("X-One".into(), "1".into())], Vec::new());
        assert_eq!((request.path.as_str(), request.target.as_str()), ("/mk/a b", "/mk/a%20b?name=x"));
        assert_eq!(request.header("x-one"), Some("1"));
        assert_eq!(request.header("x-two"), None);
    }
}
