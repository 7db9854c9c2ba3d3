//! Answers onto the wire, whole or broken in the way that was asked for.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncWrite, AsyncWriteExt};

use crate::http::{Delivery, Response};

/// Bytes written at a time of a flood.
const FLOOD_PIECE: usize = 64 * 1024;
static FILLER: [u8; FLOOD_PIECE] = [b'0'; FLOOD_PIECE];

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Another request may follow.
    KeepOpen,
    /// It closes.
    Close,
}

/// Sends `delivery`. `bodiless` is for HEAD: the head as if there were a body, and no body.
pub(super) async fn send<S: AsyncWrite + Unpin>(
    stream: &mut S,
    delivery: Delivery,
    keep_alive: bool,
    bodiless: bool,
) -> io::Result<After> {
    let wanted = if keep_alive { After::KeepOpen } else { After::Close };
    match delivery {
        Delivery::Nothing => return Ok(After::Close),
        Delivery::Whole(response) => {
            let mut bytes = head(&response, response.body.len() as u64, wanted);
            if !bodiless {
                bytes.extend(&response.body);
            }
            stream.write_all(&bytes).await?;
        }
        Delivery::HeadOnly(response) => {
            // A body of no bytes would end with its head, and nothing would be cut.
            let promised = (response.body.len() as u64).max(1);
            stream.write_all(&head(&response, promised, wanted)).await?;
            return Ok(After::Close);
        }
        Delivery::Truncated { response, keep } => {
            let promised = (response.body.len() as u64).max(1);
            let mut bytes = head(&response, promised, wanted);
            bytes.extend(response.body.iter().take(keep));
            stream.write_all(&bytes).await?;
            return Ok(After::Close);
        }
        Delivery::Drip { response, chunk, every_ms } => {
            stream.write_all(&head(&response, response.body.len() as u64, wanted)).await?;
            for piece in response.body.chunks(chunk) {
                stream.write_all(piece).await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_millis(every_ms)).await;
            }
        }
        Delivery::Flood { bytes } => flood(stream, bytes, wanted).await?,
    }
    stream.flush().await?;
    Ok(wanted)
}

/// A one-line answer to something that was no request of ours.
pub(super) async fn send_refusal<S: AsyncWrite + Unpin>(stream: &mut S, status: u16) -> io::Result<()> {
    let page = Response::new(status, "text/plain", format!("{status} {}\n", reason(status)));
    send(stream, Delivery::Whole(page), false, false).await?;
    Ok(())
}

async fn flood<S: AsyncWrite + Unpin>(stream: &mut S, bytes: u64, after: After) -> io::Result<()> {
    const BEGIN: &[u8] = b"{\"filler\":\"";
    const END: &[u8] = b"\"}";
    let frame = (BEGIN.len() + END.len()) as u64;
    let mut left = bytes.saturating_sub(frame);
    let shell = Response::new(200, "application/json; charset=utf-8", Vec::new());
    stream.write_all(&head(&shell, left + frame, after)).await?;
    stream.write_all(BEGIN).await?;
    while left > 0 {
        let now = usize::try_from(left).unwrap_or(FLOOD_PIECE).min(FLOOD_PIECE);
        stream.write_all(FILLER.get(..now).unwrap_or(&FILLER)).await?;
        left -= now as u64;
    }
    stream.write_all(END).await
}

fn head(response: &Response, length: u64, after: After) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
    for (name, value) in &response.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let connection = match after {
        After::KeepOpen => "keep-alive",
        After::Close => "close",
    };
    head.push_str(&format!("Content-Length: {length}\r\nConnection: {connection}\r\n\r\n"));
    head.into_bytes()
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Answer",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    async fn sent(delivery: Delivery) -> (String, After) {
        let mut out = io::Cursor::new(Vec::new());
        let after = send(&mut out, delivery, true, false).await.unwrap();
        (String::from_utf8(out.into_inner()).unwrap(), after)
    }

    fn answer() -> Response {
        Response::new(200, "text/plain", "abcd").with("X-One", "1")
    }

    const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-One: 1\r\n\
                        Content-Length: 4\r\nConnection: keep-alive\r\n\r\n";

    #[tokio::test]
    async fn each_delivery_breaks_where_it_says() {
        assert_eq!(sent(Delivery::Whole(answer())).await, (format!("{HEAD}abcd"), After::KeepOpen));
        assert_eq!(sent(Delivery::Nothing).await, (String::new(), After::Close));
        assert_eq!(sent(Delivery::HeadOnly(answer())).await, (HEAD.to_owned(), After::Close));
        let cut = Delivery::Truncated { response: answer(), keep: 3 };
        assert_eq!(sent(cut).await, (format!("{HEAD}abc"), After::Close));
        let drip = Delivery::Drip { response: answer(), chunk: 3, every_ms: 0 };
        assert_eq!(sent(drip).await, (format!("{HEAD}abcd"), After::KeepOpen));
    }

    #[tokio::test]
    async fn a_flood_has_the_length_it_promises_and_is_json() {
        let (text, _) = sent(Delivery::Flood { bytes: 200_000 }).await;
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("Content-Length: 200000"));
        assert_eq!(body.len(), 200_000);
        assert!(serde_json::from_str::<serde_json::Value>(body).is_ok());
    }
}
