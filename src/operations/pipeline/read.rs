//! The shape of every read: cache, one flight for many waiters, the vendor, the cache again, stale if that fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ponte_domain::Failure;
use ponte_vendors::call::Call;

use crate::audit::Target;
use crate::cache::{Answer, Answers, Key, ReadKind, Subject};
use crate::flights::Seat;
use crate::operations::Operations;
use crate::visit::{Freshness, Visit};

/// Where an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheState {
    /// From the cache, fresh.
    Hit,
    /// From the ERP, since the cache had none.
    Miss,
    /// From the cache, no longer fresh, because the ERP fails.
    Stale,
    /// From the ERP, because the caller wanted fresh data.
    Bypass,
}

impl CacheState {
    /// The word in metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Stale => "stale",
            Self::Bypass => "bypass",
        }
    }
}

/// How the cache was used for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheUse {
    /// Where it came from.
    pub state: CacheState,
    /// How old it is.
    pub age: Duration,
    /// How much longer it counts as fresh; zero if it no longer does.
    pub ttl: Duration,
    /// Whether another request's vendor call was shared.
    pub collapsed: bool,
}

/// A read's answer, as it goes out.
#[derive(Debug, Clone)]
pub struct Served {
    /// The body.
    pub bytes: Bytes,
    /// Where it came from.
    pub cache: CacheUse,
    seen_by: Arc<AtomicU32>,
}

/// What is read: its kind, what it is about, and the reference and parameters that tell it from others.
pub(crate) struct Question<'a> {
    pub(crate) kind: ReadKind,
    pub(crate) subject: Subject<'a>,
    pub(crate) reference: &'a [&'a str],
    pub(crate) target: Target<'a>,
}

/// What a read brought back.
pub(crate) struct Fetched {
    bytes: Bytes,
    keep: Keep,
}

/// Whether an answer may be given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// For as long as its kind counts as fresh.
    Usual,
    /// For as long as its kind counts as fresh; it never stands in for one while the ERP fails.
    FreshOnly,
    /// Not at all: a part of it could not be had just now.
    Never,
}

impl Fetched {
    /// An answer that must not outlive its time, also while the ERP fails.
    pub(crate) const fn fresh_only(bytes: Bytes) -> Self {
        Self { bytes, keep: Keep::FreshOnly }
    }

    /// An answer in which a part is missing that may be there in a moment.
    pub(crate) const fn incomplete(bytes: Bytes) -> Self {
        Self { bytes, keep: Keep::Never }
    }
}

impl From<Bytes> for Fetched {
    fn from(bytes: Bytes) -> Self {
        Self { bytes, keep: Keep::Usual }
    }
}

impl Served {
    fn new(answer: Answer, state: CacheState, seat: Seat) -> Self {
        let cache = CacheUse { state, age: answer.age(), ttl: answer.ttl(), collapsed: seat == Seat::Passenger };
        Self { bytes: answer.bytes, cache, seen_by: answer.seen_by }
    }

    /// Whether another caller than this one was the last to see the answer; from now on this one is.
    pub(crate) fn is_new_to(&self, caller: u32) -> bool {
        self.seen_by.swap(caller, Ordering::Relaxed) != caller
    }
}

impl Operations {
    /// Answers from the cache, else with one vendor call for all who ask the same at the same time, else, when the
    /// vendor fails, with an answer that is no longer fresh. `fetch` reads and presents; it runs at most once.
    pub(crate) async fn read<'a>(
        &self,
        visit: &Visit,
        question: Question<'a>,
        fetch: impl Future<Output = Result<impl Into<Fetched>, Failure>>,
    ) -> Result<Served, Failure> {
        let key =
            self.0.answers.key(visit.tenant.serial, question.kind, visit.view(), question.subject, question.reference);
        let served = self.read_key(visit, key, fetch).await;
        self.note_read(visit, &question, &served);
        served
    }

    async fn read_key(
        &self,
        visit: &Visit,
        key: Key,
        fetch: impl Future<Output = Result<impl Into<Fetched>, Failure>>,
    ) -> Result<Served, Failure> {
        let answers = &self.0.answers;
        if visit.freshness == Freshness::Fresh {
            let fetched = match fetch.await {
                Ok(fetched) => fetched.into(),
                Err(failure) => {
                    answers.drop_if_gone(&failure, &key).await;
                    return Err(failure);
                }
            };
            let answer = kept(answers, key, fetched, visit.caller.serial).await;
            return Ok(Served::new(answer, CacheState::Bypass, Seat::Pilot));
        }
        if let Some(answer) = answers.fresh(&key).await {
            return Ok(Served::new(answer, CacheState::Hit, Seat::Pilot));
        }
        let fly = async {
            // Between the look above and this flight another one may have landed.
            if let Some(answer) = answers.fresh(&key).await {
                return Ok(Arc::new(answer));
            }
            Ok(Arc::new(kept(answers, key, fetch.await?.into(), visit.caller.serial).await))
        };
        match Box::pin(self.0.flights.join(&key, fly)).await {
            (Ok(answer), seat) => Ok(Served::new(Answer::clone(&answer), CacheState::Miss, seat)),
            (Err(failure), seat) => match answers.instead_of(&failure, &key).await {
                Some(answer) => {
                    tracing::warn!(
                        tenant = visit.tenant.tenant.slug.as_str(),
                        request_id = &*visit.request_id,
                        failure = failure.kind().word(),
                        "the ERP failed; an answer that is no longer fresh was given"
                    );
                    Ok(Served::new(answer, CacheState::Stale, seat))
                }
                None => Err(failure),
            },
        }
    }

    fn note_read(&self, visit: &Visit, question: &Question<'_>, served: &Result<Served, Failure>) {
        let word = match served {
            Ok(served) if served.cache.collapsed => "collapsed",
            Ok(served) => served.cache.state.word(),
            Err(_) => "failed",
        };
        self.0.observer.read(question.kind.word(), word);
        let (outcome, status) = match served {
            Ok(_) => ("ok", 200),
            Err(failure) => (failure.kind().word(), self.status_of(failure)),
        };
        if self.wants_read(visit, served) {
            self.audit(visit, question.kind.word(), question.target, outcome, status);
        }
    }

    /// What travels with the vendor calls of a visit.
    pub(crate) fn call<'a>(&self, visit: &'a Visit) -> Call<'a> {
        visit.call(&self.0.clock)
    }
}

async fn kept(answers: &Answers, key: Key, fetched: Fetched, caller: u32) -> Answer {
    match fetched.keep {
        Keep::Usual => answers.keep(key, fetched.bytes, caller).await,
        Keep::FreshOnly => answers.keep_fresh_only(key, fetched.bytes, caller).await,
        Keep::Never => Answer::passing(fetched.bytes),
    }
}
