//! Connections that misbehave: refused, cut, silent, dripping, flooding, not HTTP. What it means for a read, and that
//! an act is never sent twice.

use std::time::{Duration, Instant};

use ponte_domain::failure::{Failure, FailureKind, Retry};
use ponte_transport::{Ask, Line, Method};
use tokio::task::JoinSet;

use crate::harness::{OK, Play, Server, line, line_to, nobody, settings, text, trip};

const CUT: Play = Play::Say(b"");
const HALF: Play = Play::Say(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"total\":\"1\",");
const HALF_HEAD: Play = Play::Say(b"HTTP/1.1 200 OK\r\ncontent-le");
const GARBAGE: Play = Play::Say(b"SSH-2.0-OpenSSH_9.2\r\n\r\n");

fn list() -> Ask {
    Ask::read("list", Method::Get, "list")
}

fn insert() -> Ask {
    Ask::act("insert", Method::Post, "insert").json(&"x")
}

fn impatient(url: &str) -> Line {
    let mut settings = settings(url);
    settings.attempt_timeout = Duration::from_secs(1);
    settings.retry.max_attempts = 2;
    line(settings)
}

async fn failed(line: &Line, ask: &Ask) -> Failure {
    line.call(ask, &trip(), text).await.unwrap_err()
}

#[tokio::test]
async fn nobody_there_is_unreachable_and_an_act_has_not_happened() {
    let line = line_to(nobody().await);
    for ask in [list(), insert()] {
        let failure = failed(&line, &ask).await;
        assert_eq!((failure.kind(), failure.retry()), (FailureKind::Unreachable, Retry::Exhausted));
    }
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_unreachable() {
    let failure = failed(&line_to("http://erp.invalid"), &insert()).await;
    assert_eq!(failure.kind(), FailureKind::Unreachable);
}

#[tokio::test]
async fn a_read_survives_cuts() {
    for cut in [CUT, HALF_HEAD, HALF] {
        let erp = Server::playing([cut.clone(), cut.clone(), Play::Say(OK)]).await;
        assert_eq!(line_to(&erp.url).call(&list(), &trip(), text).await.unwrap(), "{}", "{cut:?}");
        assert_eq!(erp.requests().len(), 3);
    }
}

#[tokio::test]
async fn cuts_without_end_are_named_for_what_they_are() {
    for (play, kind, status) in [
        (CUT, FailureKind::Unreachable, None),
        (HALF_HEAD, FailureKind::Unreachable, None),
        (HALF, FailureKind::BrokenAnswer, Some(200)),
    ] {
        let erp = Server::playing([play.clone()]).await;
        let failure = failed(&line_to(&erp.url), &list()).await;
        assert_eq!((failure.kind(), failure.retry()), (kind, Retry::Exhausted), "{play:?}");
        assert_eq!(failure.upstream().unwrap().http_status, status);
    }
}

#[tokio::test]
async fn what_is_not_http_is_a_broken_answer() {
    let erp = Server::playing([GARBAGE]).await;
    let failure = failed(&line_to(&erp.url), &list()).await;
    assert_eq!((failure.kind(), failure.retry()), (FailureKind::BrokenAnswer, Retry::Never));
    assert_eq!(erp.requests().len(), 1);
}

#[tokio::test]
async fn an_act_that_was_sent_and_not_answered_whole_is_in_doubt_and_sent_once() {
    let mut cases = JoinSet::new();
    for play in [CUT, HALF_HEAD, HALF, GARBAGE, Play::SayAndHang(b""), Play::Drip] {
        cases.spawn(async move {
            let erp = Server::playing([play.clone()]).await;
            let failure = failed(&impatient(&erp.url), &insert().errors_are_definite()).await;
            assert_eq!(failure.kind(), FailureKind::OutcomeUnknown, "{play:?}");
            assert_eq!(failure.retry(), Retry::OutcomeUnknown);
            assert_eq!(erp.requests().len(), 1, "{play:?}");
        });
    }
    cases.join_all().await;
}

#[tokio::test]
async fn silence_at_any_point_ends_with_the_attempt() {
    let half = Play::SayAndHang(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{");
    let mut cases = JoinSet::new();
    for play in [Play::SayAndHang(b""), half, Play::Drip] {
        cases.spawn(async move {
            let erp = Server::playing([play.clone()]).await;
            let began = Instant::now();
            let failure = failed(&impatient(&erp.url), &list()).await;
            assert_eq!((failure.kind(), failure.retry()), (FailureKind::TimedOut, Retry::Exhausted), "{play:?}");
            assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
            assert_eq!(erp.requests().len(), 2);
        });
    }
    cases.join_all().await;
}

#[tokio::test]
async fn fifty_megabytes_are_not_taken_in() {
    let erp = Server::playing([Play::Flood(50 << 20)]).await;
    let failure = failed(&line_to(&erp.url), &list()).await;
    assert_eq!((failure.kind(), failure.retry()), (FailureKind::BrokenAnswer, Retry::Never));
    assert!(failure.detail().contains("larger"), "{failure:?}");
    assert!(erp.flooded() < 25 << 20, "{}", erp.flooded());

    let promised = Play::SayAndHang(b"HTTP/1.1 200 OK\r\ncontent-length: 52428800\r\n\r\n");
    let erp = Server::playing([promised]).await;
    let failure = failed(&line_to(&erp.url), &list()).await;
    assert!(failure.detail().contains("larger"), "refused on the promise alone: {failure:?}");
}

#[tokio::test]
async fn a_dead_erp_is_left_alone_after_five_failures() {
    let erp = Server::playing([CUT]).await;
    let line = line_to(&erp.url);
    for _ in 0..4 {
        assert_eq!(failed(&line, &list()).await.kind(), FailureKind::Unreachable);
    }
    assert_eq!(erp.requests().len(), 5);
    assert!(matches!(failed(&line, &insert()).await.retry(), Retry::After(_)));
    assert_eq!(erp.requests().len(), 5);
}
