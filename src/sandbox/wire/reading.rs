//! Requests off the wire, with caps on everything.

use std::io;

use httparse::Status;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::http::Request;

/// Bytes of request line and headers together.
const HEAD_CAP: usize = 64 * 1024;
/// Number of headers.
const HEADERS_CAP: usize = 100;
/// Bytes of a request body; the vendors' requests are a few hundred.
const BODY_CAP: usize = 16 * 1024 * 1024;

/// What came.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A whole request, and whether the caller wants the connection kept.
    Request {
        /// The request.
        request: Request,
        /// Whether another may follow on the same connection.
        keep_alive: bool,
    },
    /// Something that is no request, or too much of it: the status to refuse it with.
    Refused(u16),
    /// The caller closed between two requests.
    End,
}

/// The bytes read and not yet used: the next request may have begun in the last read.
#[derive(Debug, Default)]
pub(super) struct Reader {
    buffer: Vec<u8>,
}

#[derive(Debug)]
struct Head {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    minor_version: u8,
    length: usize,
}

enum Parsed {
    Partial,
    Bad(u16),
    Whole(Head),
}

enum Framing {
    Length(usize),
    Chunked,
}

impl Reader {
    /// Reads one request whole.
    pub(super) async fn next<S: AsyncRead + AsyncWrite + Unpin>(&mut self, stream: &mut S) -> io::Result<Incoming> {
        let head = loop {
            match parse_head(&self.buffer) {
                Parsed::Whole(head) => break head,
                Parsed::Bad(status) => return Ok(Incoming::Refused(status)),
                Parsed::Partial if self.buffer.len() > HEAD_CAP => {
                    return Ok(Incoming::Refused(431));
                }
                Parsed::Partial => {}
            }
            if self.more(stream).await? == 0 {
                return Ok(Incoming::End);
            }
        };
        self.buffer.drain(..head.length);
        let framing = match framing(&head.headers) {
            Ok(framing) => framing,
            Err(status) => return Ok(Incoming::Refused(status)),
        };
        if named(&head.headers, "expect").is_some_and(|v| v.eq_ignore_ascii_case("100-continue")) {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let body = match framing {
            Framing::Length(length) if length > BODY_CAP => return Ok(Incoming::Refused(413)),
            Framing::Length(length) => self.exactly(stream, length).await?,
            Framing::Chunked => match self.chunks(stream).await? {
                Ok(body) => body,
                Err(status) => return Ok(Incoming::Refused(status)),
            },
        };
        let keep_alive = keeps_alive(&head);
        let request = Request::new(head.method, head.target, head.headers, body);
        Ok(Incoming::Request { request, keep_alive })
    }

    async fn more<S: AsyncRead + Unpin>(&mut self, stream: &mut S) -> io::Result<usize> {
        stream.read_buf(&mut self.buffer).await
    }

    async fn exactly<S: AsyncRead + Unpin>(&mut self, stream: &mut S, length: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < length {
            if self.more(stream).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        let rest = self.buffer.split_off(length);
        Ok(std::mem::replace(&mut self.buffer, rest))
    }

    async fn chunks<S: AsyncRead + Unpin>(&mut self, stream: &mut S) -> io::Result<Result<Vec<u8>, u16>> {
        let mut body = Vec::new();
        loop {
            let (line, size) = loop {
                match httparse::parse_chunk_size(&self.buffer) {
                    Ok(Status::Complete(found)) => break found,
                    Err(_) => return Ok(Err(400)),
                    Ok(Status::Partial) if self.buffer.len() > HEAD_CAP => return Ok(Err(431)),
                    Ok(Status::Partial) => {}
                }
                if self.more(stream).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            };
            self.buffer.drain(..line);
            let size = usize::try_from(size).unwrap_or(usize::MAX);
            if size > BODY_CAP - body.len() {
                return Ok(Err(413));
            }
            // Trailers are not read: no known client of these vendors sends any.
            let with_line_end = self.exactly(stream, size + 2).await?;
            body.extend(with_line_end.into_iter().take(size));
            if size == 0 {
                return Ok(Ok(body));
            }
        }
    }
}

fn parse_head(buffer: &[u8]) -> Parsed {
    let mut slots = [httparse::EMPTY_HEADER; HEADERS_CAP];
    let mut parser = httparse::Request::new(&mut slots);
    match parser.parse(buffer) {
        Ok(Status::Partial) => Parsed::Partial,
        Err(httparse::Error::TooManyHeaders) => Parsed::Bad(431),
        Err(_) => Parsed::Bad(400),
        Ok(Status::Complete(length)) if length > HEAD_CAP => Parsed::Bad(431),
        Ok(Status::Complete(length)) => Parsed::Whole(Head {
            method: parser.method.unwrap_or_default().to_owned(),
            target: parser.path.unwrap_or_default().to_owned(),
            minor_version: parser.version.unwrap_or_default(),
            headers: parser.headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect(),
            length,
        }),
    }
}

fn text(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => value.iter().copied().map(char::from).collect(),
    }
}

fn named<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    let header = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
    Some(header.1.trim())
}

fn framing(headers: &[(String, String)]) -> Result<Framing, u16> {
    match (named(headers, "transfer-encoding"), named(headers, "content-length")) {
        (Some(_), Some(_)) => Err(400),
        (Some(coding), None) if coding.eq_ignore_ascii_case("chunked") => Ok(Framing::Chunked),
        (Some(_), None) => Err(501),
        (None, Some(length)) => length.parse().map(Framing::Length).map_err(|_| 400),
        (None, None) => Ok(Framing::Length(0)),
    }
}

fn keeps_alive(head: &Head) -> bool {
    let wish = named(&head.headers, "connection").unwrap_or_default().to_ascii_lowercase();
    if head.minor_version == 0 { wish.contains("keep-alive") } else { !wish.contains("close") }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    async fn read(bytes: &[u8]) -> Vec<Incoming> {
        let (mut client, mut server) = tokio::io::duplex(1 << 20);
        client.write_all(bytes).await.unwrap();
        let mut reader = Reader::default();
        client.shutdown().await.unwrap();
        let mut all = Vec::new();
        loop {
            match reader.next(&mut server).await.unwrap() {
                Incoming::End => return all,
                refused @ Incoming::Refused(_) => {
                    all.push(refused);
                    return all;
                }
                request => all.push(request),
            }
        }
    }

    fn bodies(all: &[Incoming]) -> Vec<(String, bool)> {
        all.iter()
            .map(|one| match one {
                Incoming::Request { request, keep_alive } => {
                    (String::from_utf8_lossy(&request.body).into_owned(), *keep_alive)
                }
                other => (format!("{other:?}"), false),
            })
            .collect()
    }

    #[tokio::test]
    async fn requests_follow_each_other_on_one_connection() {
        let all = read(
            b"GET /a HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}\
              POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n\
              GET /c HTTP/1.1\r\nConnection: close\r\n\r\n",
        )
        .await;
        assert_eq!(bodies(&all), [("{}".to_owned(), true), ("abcde".to_owned(), true), (String::new(), false)]);
    }

    #[tokio::test]
    async fn a_caller_that_waits_is_told_to_go_on() {
        let (mut client, mut server) = tokio::io::duplex(1 << 10);
        client.write_all(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n").await.unwrap();
        let reading = tokio::spawn(async move { Reader::default().next(&mut server).await.unwrap() });
        let mut told = [0; 25];
        client.read_exact(&mut told).await.unwrap();
        assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
        client.write_all(b"ok").await.unwrap();
        assert_eq!(bodies(&[reading.await.unwrap()]), [("ok".to_owned(), true)]);
    }

    #[tokio::test]
    async fn what_is_no_request_or_too_much_is_refused() {
        let huge = format!("GET / HTTP/1.1\r\nX: {}\r\n", "x".repeat(HEAD_CAP));
        let long = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n", BODY_CAP + 1);
        let both = "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n";
        let cases = [
            ("nonsense\r\n\r\n", "Refused(400)"),
            (huge.as_str(), "Refused(431)"),
            (long.as_str(), "Refused(413)"),
            (both, "Refused(400)"),
            ("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "Refused(400)"),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", "Refused(501)"),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "Refused(400)"),
        ];
        for (sent, expected) in cases {
            let all = read(sent.as_bytes()).await;
            assert_eq!(bodies(&all), [(expected.to_owned(), false)]);
        }
    }
}
