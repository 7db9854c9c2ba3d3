//! The shape of every act: journal, vendor, journal, and never twice.
//!
//! The journal's phases: `Begun` (key and intent are stored, nothing was sent), `Sent` (written before the vendor is
//! called), `Done` (the answer is stored). A key is in doubt when it stands at `Sent` and nobody works on it: the
//! process was killed, or the vendor's answer never came. It is settled by reading the vendor's state; the act is
//! repeated only when that state still does not show it after `settle_after`.
//!
//! Invariants:
//! - The vendor is called only for an entry that stands at `Sent` in the store.
//! - An entry leaves `Sent` only by a definite answer, by a read-back, or by proof that nothing was sent.
//! - While an act on a contract is in doubt, no other key's act of the same kind is sent to that contract before
//!   `settle_after` is over.
//! - An act runs in a task of its own: a client that hangs up does not cut it in the middle.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use ponte_domain::failure::{Refusal, Retry};
use ponte_domain::{Failure, FailureKind};
use ponte_store::{Begun, Entry, EntryId, Phase, StoreError};
use sha2::{Digest, Sha256};
use tracing::Instrument;

use crate::audit::Target;
use crate::cache::Subject;
use crate::operations::Operations;
use crate::pipeline::deed::{Acted, Deed, Intent, Rendered, Settled};
use crate::turns::Turn;
use crate::visit::Visit;

/// Shortest time after which a key in doubt is worth another try.
const SOONEST: Duration = Duration::from_secs(1);

/// The journal entries that this process works on at the moment.
#[derive(Clone, Default)]
pub(crate) struct Working(Arc<Mutex<HashSet<EntryId>>>);

struct AtWork {
    working: Working,
    entry: EntryId,
}

impl Working {
    fn lock(&self) -> MutexGuard<'_, HashSet<EntryId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn on(&self, entry: EntryId) -> bool {
        self.lock().contains(&entry)
    }

    fn start(&self, entry: EntryId) -> AtWork {
        self.lock().insert(entry);
        AtWork { working: self.clone(), entry }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.working.lock().remove(&self.entry);
    }
}

/// How an entry that is ours to work on continues.
enum Course<C> {
    /// Nothing was sent yet.
    Perform(C),
    /// It may have been sent; so long ago.
    InDoubt(C, Duration),
}

/// Where a try at an act starts from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    /// Nothing was ever sent for the key.
    Fresh,
    /// Something was, and the vendor does not show it.
    AfterDoubt,
}

/// What the journal says about a key.
enum Opening<C> {
    Answered(Acted),
    Ours { entry: EntryId, at_work: AtWork, course: Course<C> },
}

/// One act under way.
struct Act<'a, D: Deed, P> {
    operations: &'a Operations,
    visit: &'a Visit,
    deed: &'a D,
    entry: EntryId,
    present: &'a P,
}

impl Operations {
    /// Does a deed once per key. `Err` is what must not be replayed: nothing was sent, or the outcome is not known.
    /// A refusal by a rule of the business is an answer, stored and replayed like a success.
    pub(crate) async fn act<D: Deed>(
        &self,
        visit: &Visit,
        deed: D,
        intent: &Intent,
        present: impl Fn(Result<&D::Done, &Failure>) -> Rendered + Send + Sync + 'static,
    ) -> Result<Acted, Failure> {
        let (operations, visit, intent) = (self.clone(), visit.clone(), intent.clone());
        let under_way = self.0.drain.enter();
        let work = async move {
            let outcome = Box::pin(operations.act_once(&visit, &deed, &intent, &present)).await;
            operations.note_act::<D>(&visit, &deed, &outcome);
            drop(under_way);
            outcome
        };
        let task = self.0.runtime.spawn(work.in_current_span());
        task.await.unwrap_or_else(|stopped| {
            Err(Failure::internal("The act stopped before its answer was known.").because(stopped))
        })
    }

    async fn act_once<D: Deed>(
        &self,
        visit: &Visit,
        deed: &D,
        intent: &Intent,
        present: &(impl Fn(Result<&D::Done, &Failure>) -> Rendered + Sync),
    ) -> Result<Acted, Failure> {
        let (entry, at_work, course) = match self.open_entry(visit, deed, intent).await? {
            Opening::Answered(acted) => return Ok(acted),
            Opening::Ours { entry, at_work, course } => (entry, at_work, course),
        };
        let act = Act { operations: self, visit, deed, entry, present };
        let outcome = match self.target_turn(visit, deed).await {
            Ok(_turn) => act.follow(course).await,
            Err(busy) => act.give_up_unsent(course, busy).await,
        };
        drop(at_work);
        outcome
    }

    /// One visitor per key looks at the journal at a time, so that a key is either answered or worked on by one.
    async fn open_entry<D: Deed>(
        &self,
        visit: &Visit,
        deed: &D,
        intent: &Intent,
    ) -> Result<Opening<D::Context>, Failure> {
        let _turn = self.0.key_turns.take(key_turn(visit, intent)).await;
        let call = self.call(visit);
        let context = deed.context(&call);
        let (target_kind, target_id) = deed.target();
        let journalled = ponte_store::Intent {
            tenant: visit.tenant.number(),
            caller: visit.caller.key_id.clone(),
            key: intent.key.clone(),
            operation: D::OPERATION.to_owned(),
            fingerprint: intent.fingerprint,
            target: format!("{target_kind}:{}", target_id.as_str()),
            context: written(&context)?,
        };
        match self.0.store.begin(journalled, call.now).await? {
            Begun::New(entry) => {
                let at_work = self.0.working.start(entry);
                Ok(Opening::Ours { entry, at_work, course: Course::Perform(context) })
            }
            Begun::Known(entry) => self.reopen(visit, D::OPERATION, intent.fingerprint, *entry).await,
        }
    }

    async fn reopen<C: serde::de::DeserializeOwned>(
        &self,
        visit: &Visit,
        operation: &'static str,
        fingerprint: [u8; 32],
        entry: Entry,
    ) -> Result<Opening<C>, Failure> {
        if entry.fingerprint != fingerprint || entry.operation != operation {
            return Err(Failure::refused(
                Refusal::IntentKeyReused,
                "This idempotency key was used with another request.",
            ));
        }
        if let (Phase::Done, Some(status), Some(body)) = (entry.phase, entry.status, entry.answer) {
            return Ok(Opening::Answered(Acted { status, body: Bytes::from(body), replayed: true }));
        }
        let in_progress =
            || Failure::refused(Refusal::IntentInProgress, "A request with this idempotency key is being worked on.");
        if self.0.working.on(entry.id) {
            return Err(in_progress().with_retry(Retry::After(SOONEST)));
        }
        let Some(ours) = self.0.store.take_over(entry.id, self.0.clock.now()).await? else {
            return Err(in_progress().with_retry(Retry::After(SOONEST)));
        };
        let at_work = self.0.working.start(ours);
        let context = read(&entry.context)?;
        let course = match entry.phase {
            Phase::Begun => Course::Perform(context),
            Phase::Sent | Phase::Done => {
                let since = entry.sent_at.map_or(Duration::ZERO, |sent| self.since(sent));
                tracing::warn!(
                    tenant = visit.tenant.tenant.slug.as_str(),
                    operation,
                    request_id = &*visit.request_id,
                    "an act's outcome is not known; it is settled by reading back"
                );
                Course::InDoubt(context, since)
            }
        };
        Ok(Opening::Ours { entry: ours, at_work, course })
    }

    fn since(&self, sent: Timestamp) -> Duration {
        Duration::try_from(self.0.clock.now().duration_since(sent)).unwrap_or(Duration::ZERO)
    }

    /// One act at a time per target: two keys for one contract must not both find it blocked and both unlock it.
    async fn target_turn<D: Deed>(&self, visit: &Visit, deed: &D) -> Result<Turn<(u32, String)>, Failure> {
        let (kind, id) = deed.target();
        let turn = self.0.target_turns.take((visit.tenant.number(), format!("{kind}:{}", id.as_str())));
        tokio::time::timeout(visit.deadline.remaining(), turn).await.map_err(|_| {
            Failure::new(FailureKind::Overloaded, "Another act on the same record is still under way.")
                .with_retry(Retry::After(SOONEST))
        })
    }

    fn note_act<D: Deed>(&self, visit: &Visit, deed: &D, outcome: &Result<Acted, Failure>) {
        let (word, status) = match outcome {
            Ok(acted) if acted.replayed => ("replayed", acted.status),
            Ok(acted) if acted.status >= 400 => ("refused", acted.status),
            Ok(acted) => ("done", acted.status),
            Err(failure) => (failure.kind().word(), self.status_of(failure)),
        };
        self.0.observer.act(D::OPERATION, word);
        let (kind, id) = deed.target();
        let target = Target { kind, id: Some(id.as_str()), customer: Some(deed.customer()) };
        self.audit(visit, D::OPERATION, target, word, status);
    }
}

impl<D: Deed, P: Fn(Result<&D::Done, &Failure>) -> Rendered + Sync> Act<'_, D, P> {
    async fn follow(&self, course: Course<D::Context>) -> Result<Acted, Failure> {
        match course {
            Course::Perform(context) => Box::pin(self.perform(context, Start::Fresh)).await,
            Course::InDoubt(context, since) => Box::pin(self.settle_or_repeat(context, since)).await,
        }
    }

    async fn perform(&self, mut context: D::Context, start: Start) -> Result<Acted, Failure> {
        let call = self.operations.call(self.visit);
        let before = match self.deed.prepare(&call, &mut context).await {
            Ok(before) => before,
            Err(failure) => return self.not_prepared(&context, start, failure).await,
        };
        let ready = match self.wait_for_others().await {
            Ok(()) => self.mark_sent(&context).await,
            waiting => waiting,
        };
        match (ready, start) {
            (Ok(()), _) => {}
            (Err(failure), Start::Fresh) => return self.abandoned(failure).await,
            (Err(failure), Start::AfterDoubt) => return Err(failure),
        }
        let receipt = self.deed.act(&call, before, &context).await;
        self.forget_answers();
        match receipt {
            Ok(receipt) => match self.deed.finish(&call, receipt, &context).await {
                Ok(done) => self.conclude(&done).await,
                Err(failure) => Err(self.unknown(&failure, SOONEST)),
            },
            Err(failure) if is_definite(&failure) => self.refuse_or_abandon(failure).await,
            Err(failure) => self.doubt(&context, start, failure).await,
        }
    }

    /// The vendor's state said "not done" a moment ago. A refusal now may be the very doing of the act in doubt.
    async fn not_prepared(&self, context: &D::Context, start: Start, failure: Failure) -> Result<Acted, Failure> {
        if start == Start::Fresh {
            return self.refuse_or_abandon(failure).await;
        }
        if !is_definite(&failure) {
            return Err(self.unknown(&failure, SOONEST));
        }
        match self.deed.settle(&self.operations.call(self.visit), context).await {
            Ok(Settled::Done(done)) => self.conclude(&done).await,
            Ok(Settled::NeverSent | Settled::NotSeen) => self.refuse_or_abandon(failure).await,
            Ok(Settled::CannotTell) => Err(self.unknown(&cannot_tell(), self.operations.0.idempotency.settle_after)),
            Err(trouble) => Err(self.unknown(&trouble, SOONEST)),
        }
    }

    /// What an act in doubt under another key did to the contract may show late, and this one would do it twice. Only
    /// for contracts: two tickets of one customer are two tickets.
    async fn wait_for_others(&self) -> Result<(), Failure> {
        let (kind, _) = self.deed.target();
        if kind != "contract" {
            return Ok(());
        }
        let Some(sent) = self.operations.0.store.sent_beside(self.entry).await? else { return Ok(()) };
        let left = self.operations.0.idempotency.settle_after.saturating_sub(self.operations.since(sent));
        if left.is_zero() {
            return Ok(());
        }
        Err(Failure::new(
            FailureKind::OutcomeUnknown,
            "It is not known yet whether the ERP did the same for another request about this contract; nothing was \
             sent for this one.",
        )
        .with_retry(Retry::After(left.max(SOONEST))))
    }

    /// Notes that the vendor is asked now, at this instant: `settle_after` counts from it.
    async fn mark_sent(&self, context: &D::Context) -> Result<(), Failure> {
        let (store, now) = (&self.operations.0.store, self.operations.0.clock.now());
        Ok(store.mark_sent(self.entry, written(context)?, now).await?)
    }

    /// The act failed without a definite answer. Transport says of some failures that nothing was sent; a vendor
    /// operation of several calls may still have done a part, so that the state is looked at before it is believed.
    async fn doubt(&self, context: &D::Context, start: Start, failure: Failure) -> Result<Acted, Failure> {
        // The vendor may have begun as late as now.
        if let Err(trouble) = self.mark_sent(context).await {
            self.complain("the instant of an act in doubt could not be renewed", &trouble);
        }
        let unsent = claims_unsent(&failure);
        match self.deed.settle(&self.operations.call(self.visit), context).await {
            Ok(Settled::Done(done)) => self.conclude(&done).await,
            Ok(Settled::NeverSent) => self.abandoned(failure).await,
            Ok(Settled::NotSeen | Settled::CannotTell) if unsent => self.abandoned(failure).await,
            Err(_) if start == Start::Fresh && D::ONE_CHANGE && surely_unsent(&failure) => {
                self.abandoned(failure).await
            }
            Ok(Settled::NotSeen | Settled::CannotTell) | Err(_) => {
                Err(self.unknown(&failure, self.operations.0.idempotency.settle_after))
            }
        }
    }

    async fn settle_or_repeat(&self, context: D::Context, since: Duration) -> Result<Acted, Failure> {
        self.forget_answers();
        let settle_after = self.operations.0.idempotency.settle_after;
        match self.deed.settle(&self.operations.call(self.visit), &context).await {
            Ok(Settled::Done(done)) => self.conclude(&done).await,
            Ok(Settled::NeverSent) => self.perform(context, Start::Fresh).await,
            Ok(Settled::NotSeen) if since >= settle_after => self.perform(context, Start::AfterDoubt).await,
            Ok(Settled::NotSeen) => Err(self.unknown(&not_seen(), settle_after.saturating_sub(since))),
            Ok(Settled::CannotTell) => Err(self.unknown(&cannot_tell(), settle_after)),
            Err(failure) => Err(self.unknown(&failure, settle_after.saturating_sub(since))),
        }
    }

    async fn conclude(&self, done: &D::Done) -> Result<Acted, Failure> {
        Ok(self.store_answer((self.present)(Ok(done))).await)
    }

    /// A rule's refusal is stored and replayed; after any other failure the same key may act again.
    async fn refuse_or_abandon(&self, failure: Failure) -> Result<Acted, Failure> {
        match failure.kind() {
            FailureKind::Refused(_) | FailureKind::NotFound(_) => {
                Ok(self.store_answer((self.present)(Err(&failure))).await)
            }
            _ => self.abandoned(failure).await,
        }
    }

    async fn give_up_unsent(&self, course: Course<D::Context>, failure: Failure) -> Result<Acted, Failure> {
        match course {
            Course::Perform(_) => self.abandoned(failure).await,
            Course::InDoubt(..) => Err(self.unknown(&failure, SOONEST)),
        }
    }

    async fn abandoned(&self, failure: Failure) -> Result<Acted, Failure> {
        self.abandon().await;
        Err(failure)
    }

    async fn abandon(&self) {
        if let Err(trouble) = self.operations.0.store.abandon(self.entry).await {
            self.complain("a journal entry could not be dropped; its key stays in doubt", &trouble);
        }
    }

    async fn store_answer(&self, rendered: Rendered) -> Acted {
        let Rendered { status, body } = rendered;
        let (store, now) = (&self.operations.0.store, self.operations.0.clock.now());
        match store.settle(self.entry, status, body.to_vec(), now).await {
            Ok(()) => {}
            // Another process took the entry over meanwhile, and what it answered is what the key answers.
            Err(StoreError::AlreadySettled) => {
                if let Ok(Some(Entry { status: Some(status), answer: Some(body), .. })) = store.entry(self.entry).await
                {
                    return Acted { status, body: Bytes::from(body), replayed: true };
                }
            }
            // The act has happened (or was refused) either way. Without the stored answer the next request with this
            // key finds out by reading back.
            Err(trouble) => self.complain("the answer of an act could not be stored", &trouble),
        }
        Acted { status, body, replayed: false }
    }

    fn complain(&self, message: &'static str, trouble: &impl std::fmt::Display) {
        tracing::error!(
            tenant = self.visit.tenant.tenant.slug.as_str(),
            operation = D::OPERATION,
            request_id = &*self.visit.request_id,
            error = %trouble,
            message
        );
    }

    fn forget_answers(&self) {
        let serial = self.visit.tenant.serial;
        self.operations.0.answers.forget(serial, Subject::Customer(self.deed.customer().as_str()));
    }

    fn unknown(&self, cause: &Failure, wait: Duration) -> Failure {
        let failure = Failure::new(
            FailureKind::OutcomeUnknown,
            "It is not known whether the ERP did it. Repeat the request with the same idempotency key: the outcome \
             is then read back, and the act is not done twice.",
        )
        .with_retry(Retry::After(wait.max(SOONEST)))
        .with("cause", cause.kind().word())
        .because(cause.clone());
        match cause.upstream() {
            Some(upstream) => failure.at(upstream.clone()),
            None => failure,
        }
    }
}

/// The vendor, or a check of ours, said no: nothing was changed.
fn is_definite(failure: &Failure) -> bool {
    matches!(
        failure.kind(),
        FailureKind::Refused(_)
            | FailureKind::NotFound(_)
            | FailureKind::InvalidInput
            | FailureKind::NotSupported(_)
            | FailureKind::UnsupportedDocument
    )
}

fn claims_unsent(failure: &Failure) -> bool {
    !matches!(failure.kind(), FailureKind::OutcomeUnknown | FailureKind::TimedOut | FailureKind::Internal)
}

/// No connection, an open breaker or a limit of ours: the request did not leave. Transport turns what fails after it
/// left into `OutcomeUnknown`; a status shows that the vendor had it.
fn surely_unsent(failure: &Failure) -> bool {
    matches!(failure.kind(), FailureKind::Unreachable | FailureKind::RateLimited | FailureKind::Overloaded)
        && failure.upstream().is_none_or(|upstream| upstream.http_status.is_none())
}

fn not_seen() -> Failure {
    Failure::new(FailureKind::OutcomeUnknown, "The ERP's state does not show it yet.")
}

fn cannot_tell() -> Failure {
    Failure::new(FailureKind::OutcomeUnknown, "Nothing in the ERP tells whether it was done.")
}

fn key_turn(visit: &Visit, intent: &Intent) -> [u8; 32] {
    Sha256::new()
        .chain_update(visit.tenant.number().to_le_bytes())
        .chain_update((visit.caller.key_id.len() as u64).to_le_bytes())
        .chain_update(&visit.caller.key_id)
        .chain_update(&intent.key)
        .finalize()
        .into()
}

fn written(context: &impl serde::Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(context).map_err(|e| Failure::internal("An act's context cannot be written.").because(e))
}

fn read<C: serde::de::DeserializeOwned>(context: &[u8]) -> Result<C, Failure> {
    serde_json::from_slice(context).map_err(|e| Failure::internal("An act's context cannot be read.").because(e))
}
