//! Lines to servers on this machine, and a TCP server that plays one reaction per request.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ponte_domain::Failure;
use ponte_transport::{Deadline, Line, LineSettings, Reply, Trip, Wire, WireSettings};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";

/// Settings for a server on this machine, with pauses short enough for tests.
pub(crate) fn settings(base_url: impl Into<String>) -> LineSettings {
    let mut settings = LineSettings { allow_plain_http: true, ..LineSettings::new("erp", base_url) };
    (settings.per_second, settings.burst) = (1000, 1000);
    settings.retry.base = Duration::from_millis(1);
    settings
}

pub(crate) fn line(settings: LineSettings) -> Line {
    Line::open(&wire(), settings).unwrap()
}

pub(crate) fn line_to(base_url: impl Into<String>) -> Line {
    line(settings(base_url))
}

pub(crate) fn wire() -> Wire {
    Wire::new(WireSettings::default()).unwrap()
}

pub(crate) fn trip() -> Trip {
    Trip { deadline: Deadline::after(Duration::from_secs(20)), request_id: Arc::from("req_test") }
}

/// Takes any answer without an error status, and returns its text.
pub(crate) fn text(reply: &Reply) -> Result<String, Failure> {
    match reply.common_failure() {
        Some(failure) => Err(failure),
        None => Ok(reply.text().to_owned()),
    }
}

/// What the server does once it has read a request.
#[derive(Debug, Clone)]
pub(crate) enum Play {
    /// Writes these bytes and closes.
    Say(&'static [u8]),
    /// Writes these bytes and stays silent until the client goes.
    SayAndHang(&'static [u8]),
    /// Writes a head, then one byte every ten milliseconds without end.
    Drip,
    /// Writes a head that promises no length, then a body of so many bytes.
    Flood(usize),
}

/// A TCP server that reads requests and plays; the last play repeats.
pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<String>>>,
    written: Arc<Mutex<usize>>,
}

impl Server {
    pub(crate) async fn playing(plays: impl IntoIterator<Item = Play>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { url, requests: Arc::default(), written: Arc::default() };
        let (requests, written) = (server.requests.clone(), server.written.clone());
        let mut plays: Vec<Play> = plays.into_iter().collect();
        plays.reverse();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let play = if plays.len() > 1 { plays.pop() } else { plays.last().cloned() };
                tokio::spawn(serve(stream, play.unwrap(), requests.clone(), written.clone()));
            }
        });
        server
    }

    /// The requests read so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Bytes of a flood that the client took.
    pub(crate) fn flooded(&self) -> usize {
        *self.written.lock().unwrap()
    }
}

async fn serve(
    mut stream: TcpStream,
    play: Play,
    requests: Arc<Mutex<Vec<String>>>,
    written: Arc<Mutex<usize>>,
) -> std::io::Result<()> {
    let request = read_request(&mut stream).await?;
    requests.lock().unwrap().push(request);
    match play {
        Play::Say(bytes) => stream.write_all(bytes).await?,
        Play::SayAndHang(bytes) => {
            stream.write_all(bytes).await?;
            stream.read_u8().await?;
        }
        Play::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n").await?;
            let mut tick = tokio::time::interval(Duration::from_millis(10));
            loop {
                tick.tick().await;
                stream.write_all(b" ").await?;
            }
        }
        Play::Flood(size) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n").await?;
            let chunk = vec![b' '; 1 << 16];
            for _ in 0..size >> 16 {
                stream.write_all(&chunk).await?;
                *written.lock().unwrap() += chunk.len();
            }
        }
    }
    stream.shutdown().await
}

/// Reads one request, head and body.
pub(crate) async fn read_request(stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        bytes.push(stream.read_u8().await?);
        if bytes.ends_with(b"\r\n\r\n") {
            break;
        }
    }
    let head = String::from_utf8_lossy(&bytes).into_owned();
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(head + &String::from_utf8_lossy(&body))
}

/// An address on which nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
