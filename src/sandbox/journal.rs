//! What the sandbox remembers of each call, so that a test can prove what was asked and how often.

use std::collections::VecDeque;

use jiff::Timestamp;
use serde::Serialize;

use crate::http::Request;
use crate::town::writes::WriteKind;

/// Older entries are forgotten beyond this many; `dropped` counts them.
const KEPT_ENTRIES: usize = 10_000;
/// Bytes of a request body that are kept.
const KEPT_BODY: usize = 64 * 1024;
/// Headers that say nothing about the call.
const NOISE: &[&str] = &["accept-encoding", "connection", "host", "content-length"];

/// One call as the sandbox saw it. Written before the answer leaves, so a call whose answer was
/// cut is here too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JournalEntry {
    /// 1 for the first call since the start or the last reset; never reused after a clearing.
    pub seq: u64,
    /// When it came, by the machine's clock (the town's own clock stands still).
    pub at: Timestamp,
    /// The method as sent.
    pub method: String,
    /// Path and query as sent.
    pub path: String,
    /// The headers that matter, names in lower case; secrets replaced by `[redacted]`, keeping the
    /// scheme of `authorization`.
    pub headers: Vec<(String, String)>,
    /// The body as text, the first 64 KiB.
    pub body: String,
    /// Status of the answer, absent when the connection was cut before it.
    pub status: Option<u16>,
    /// The fault that was applied, by its word.
    pub fault: Option<String>,
    /// What the call changed in the town.
    pub writes: Vec<WriteKind>,
}

/// The entries since the start, the last reset or the last clearing.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<JournalEntry>,
    dropped: u64,
    next: u64,
}

/// What became of a call.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) status: Option<u16>,
    pub(crate) fault: Option<String>,
    pub(crate) writes: Vec<WriteKind>,
}

impl Journal {
    pub(crate) fn record(&mut self, request: &Request, outcome: Outcome) {
        self.next += 1;
        if self.entries.len() == KEPT_ENTRIES {
            self.entries.pop_front();
            self.dropped += 1;
        }
        let body = request.body.get(..KEPT_BODY).unwrap_or(&request.body);
        self.entries.push_back(JournalEntry {
            seq: self.next,
            at: wall_clock(),
            method: request.method.clone(),
            path: request.target.clone(),
            headers: request.headers.iter().filter_map(kept_header).collect(),
            body: String::from_utf8_lossy(body).into_owned(),
            status: outcome.status,
            fault: outcome.fault,
            writes: outcome.writes,
        });
    }

    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.entries.iter().cloned().collect()
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Forgets the entries; numbering goes on.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.dropped = 0;
    }
}

#[expect(clippy::disallowed_methods, reason = "the instant of a call is the machine's; the town's clock stands still")]
fn wall_clock() -> Timestamp {
    Timestamp::now()
}

fn kept_header((name, value): &(String, String)) -> Option<(String, String)> {
    let name = name.to_ascii_lowercase();
    if NOISE.contains(&name.as_str()) {
        return None;
    }
    let value = if name == "authorization" {
        match value.split_once(' ') {
            Some((scheme, _)) => format!("{scheme} [redacted]"),
            None => "[redacted]".to_owned(),
        }
    } else if ["cookie", "token", "key", "secret", "password"].iter().any(|word| name.contains(word)) {
        "[redacted]".to_owned()
    } else {
        value.clone()
    };
    Some((name, value))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn request(headers: &[(&str, &str)]) -> Request {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        Request::new("POST".into(), "/x?y=1".into(), headers, b"{}".to_vec())
    }

    #[test]
    fn secrets_are_redacted_and_noise_is_dropped() {
        let mut journal = Journal::default();
        let sent = request(&[
            ("Authorization", "Basic MTE6YWJj"),
            ("Host", "127.0.0.1"),
            ("X-Api-Key", "abc"),
            ("ixcsoft", "listar"),
        ]);
        journal.record(&sent, Outcome::default());
        let entries = journal.entries();
        assert_eq!(entries.len(), 1);
        assert_eq!(
            entries[0].headers,
            [
                ("authorization".to_owned(), "Basic [redacted]".to_owned()),
                ("x-api-key".to_owned(), "[redacted]".to_owned()),
                ("ixcsoft".to_owned(), "listar".to_owned()),
            ]
        );
        assert_eq!(entries[0].path, "/x?y=1");
    }

    #[test]
    fn the_journal_is_bounded_and_says_what_it_dropped() {
        let mut journal = Journal::default();
        for _ in 0..KEPT_ENTRIES + 3 {
            journal.record(&request(&[]), Outcome::default());
        }
        assert_eq!(journal.entries().len(), KEPT_ENTRIES);
        assert_eq!(journal.dropped(), 3);
        journal.clear();
        journal.record(&request(&[]), Outcome::default());
        assert_eq!(journal.entries()[0].seq, KEPT_ENTRIES as u64 + 4);
    }
}
