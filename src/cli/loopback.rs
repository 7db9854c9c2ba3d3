//! The smallest HTTP client that can ask a gateway on this machine: one request, one connection, no TLS. Platforms
//! and ERPs are never spoken to by it.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result};

/// Longest wait for the connection, and for each read and write.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longest answer that is read, bytes.
const MOST: u64 = 4 << 20;

/// A request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    /// `GET`, `POST`.
    pub(super) method: &'a str,
    /// Path and query.
    pub(super) path: &'a str,
    /// The API key; none for what is public.
    pub(super) key: Option<&'a str>,
    /// A JSON body.
    pub(super) body: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// A GET without a key.
    pub(super) const fn get(path: &'a str) -> Self {
        Self { method: "GET", path, key: None, body: None }
    }
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// HTTP status.
    pub(super) status: u16,
    /// The body as text.
    pub(super) body: String,
}

/// Asks the listener at `addr` and waits for the whole answer.
///
/// # Errors
/// Nobody listens there, or what answers does not speak HTTP.
pub(super) fn ask(addr: SocketAddr, request: Request<'_>) -> Result<Answer> {
    let mut stream =
        TcpStream::connect_timeout(&reachable(addr), PATIENCE).with_context(|| format!("nobody listens on {addr}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(written(addr, request).as_bytes()).with_context(|| format!("{addr} does not listen"))?;
    let mut bytes = Vec::new();
    stream.take(MOST).read_to_end(&mut bytes).with_context(|| format!("{addr} does not answer"))?;
    read(&String::from_utf8_lossy(&bytes)).with_context(|| format!("what listens on {addr} does not speak HTTP"))
}

/// Version 1.0, so that the answer is neither chunked nor followed by another one.
fn written(addr: SocketAddr, Request { method, path, key, body }: Request<'_>) -> String {
    let mut text = format!("{method} {path} HTTP/1.0\r\nHost: {addr}\r\nConnection: close\r\n");
    if let Some(key) = key {
        text.push_str(&format!("Authorization: Bearer {key}\r\n"));
    }
    if let Some(body) = body {
        text.push_str(&format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len()));
    } else if method != "GET" {
        text.push_str("Content-Length: 0\r\n");
    }
    text + "\r\n" + body.unwrap_or_default()
}

fn read(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()?;
    Some(Answer { status, body: body.to_owned() })
}

/// A listener on all addresses is reached over the loopback one.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Request, reachable, read, written};

    #[test]
    fn an_answer_is_its_status_and_its_body() {
        let answer = read("HTTP/1.1 503 Service Unavailable\r\nA: b\r\n\r\n{}\r\n\r\n").unwrap();
        assert_eq!((answer.status, answer.body.as_str()), (503, "{}\r\n\r\n"));
        assert!(read("SSH-2.0-OpenSSH\r\n\r\n").is_none() && read("HTTP/1.1 200 OK\r\n").is_none());
    }

    #[test]
    fn a_body_is_announced_with_its_length_in_bytes() {
        let request = Request { method: "POST", path: "/x", key: Some("k"), body: Some("\"é\"") };
        let text = written("127.0.0.1:80".parse().unwrap(), request);
        assert!(text.starts_with("POST /x HTTP/1.0\r\n") && text.contains("Authorization: Bearer k\r\n"), "{text}");
        assert!(text.ends_with("Content-Length: 4\r\n\r\n\"é\""), "{text}");
    }

    #[test]
    fn a_listener_on_all_addresses_is_asked_over_loopback() {
        for (listen, asked) in [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("10.0.0.1:1", "10.0.0.1:1")] {
            assert_eq!(reachable(listen.parse().unwrap()), asked.parse().unwrap());
        }
    }
}
