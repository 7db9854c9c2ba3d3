//! The listener itself: what callers do to it, it survives.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ponte_sandbox::{Fault, FaultKind};
use serde_json::json;

use crate::raw::{call, exchange, ixc, send};

const CLOCK: &[u8] = b"GET /_sandbox/clock HTTP/1.1\r\nHost: erp\r\nConnection: close\r\n\r\n";

#[test]
fn nonsense_is_refused_and_the_next_caller_served() {
    let erp = ixc();
    for (sent, status) in [
        (&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], "400"),
        (b"GET / HTTP/9.9\r\n\r\n", "400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", "413"),
    ] {
        let answer = String::from_utf8(exchange(erp.addr(), sent)).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    assert_eq!(send(&erp, "GET", "/_sandbox/clock", &[], b"").status, Some(200));
    assert!(erp.journal().is_empty());
}

#[test]
fn more_callers_than_places_wait_their_turn() {
    let erp = ixc();
    let mut idle: Vec<TcpStream> = (0..256).map(|_| TcpStream::connect(erp.addr()).unwrap()).collect();
    let mut late = TcpStream::connect(erp.addr()).unwrap();
    late.write_all(CLOCK).unwrap();
    late.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(late.read(&mut [0; 1]).is_err(), "all places are taken");
    idle.pop();
    late.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut answer = String::new();
    late.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn stopping_does_not_wait_for_a_slow_answer() {
    let erp = ixc();
    erp.inject(Fault::at("*", FaultKind::DelayMs { ms: 60_000 }));
    let mut waiting = TcpStream::connect(erp.addr()).unwrap();
    waiting.write_all(b"GET /slow HTTP/1.1\r\nHost: erp\r\n\r\n").unwrap();
    while erp.journal().is_empty() {
        std::thread::yield_now();
    }
    let begun = Instant::now();
    erp.stop();
    let mut answer = Vec::new();
    // A reset is as good an end as a close.
    let _ = waiting.read_to_end(&mut answer);
    assert!(answer.is_empty() && begun.elapsed() < Duration::from_secs(10));
}

#[test]
fn callers_at_the_same_time_draw_different_protocols() {
    let erp = ixc();
    let drawn: std::collections::BTreeSet<String> = std::thread::scope(|scope| {
        let draw = || call(&erp, "POST", "gerar_protocolo_atendimento", false, &json!({})).text().to_owned();
        let callers: Vec<_> = (0..20).map(|_| scope.spawn(draw)).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    assert_eq!(drawn.len(), 20);
}
