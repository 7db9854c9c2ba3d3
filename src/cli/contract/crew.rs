//! Runs cases side by side: so many workers, each with a runtime of its own, take the next case until none is left.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use anyhow::{Context as _, Result};
use ponte_contract_tests::case::Case;
use ponte_contract_tests::run::{Books, Outcome, run};
use ponte_contract_tests::suite::Suites;

/// What is to be run.
pub(super) struct Crew {
    /// Specs and the API document.
    pub(super) suites: Arc<Suites>,
    /// The cases.
    pub(super) cases: Arc<Vec<Case>>,
    /// Whether a failure is the last case that is begun.
    pub(super) fail_fast: bool,
}

/// A case that has been run.
pub(super) struct Done {
    /// Its place in the list.
    pub(super) case: usize,
    /// What came of it.
    pub(super) outcome: Outcome,
}

impl Crew {
    /// Runs the cases, `jobs` at once, and hands over each as it is done.
    ///
    /// # Errors
    /// A worker cannot be started, or a vendor has no spec.
    pub(super) fn work(&self, jobs: usize, mut take: impl FnMut(Done)) -> Result<()> {
        let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            let (next, stop) = (&next, &stop);
            let workers: Vec<_> = (0..jobs)
                .map(|_| {
                    let sender = sender.clone();
                    scope.spawn(move || self.worker(next, stop, &sender))
                })
                .collect();
            drop(sender);
            for done in receiver {
                if self.fail_fast && !done.outcome.faults.is_empty() {
                    stop.store(true, Ordering::Relaxed);
                }
                take(done);
            }
            let ends =
                workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| anyhow::bail!("a worker failed")));
            ends.collect::<Result<()>>()
        })
    }

    fn worker(&self, next: &AtomicUsize, stop: &AtomicBool, sender: &mpsc::Sender<Done>) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        while !stop.load(Ordering::Relaxed) {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = self.cases.get(place) else { break };
            let spec = self.suites.spec(&case.file.vendor).context("the vendor has no spec")?;
            let books = Books { spec, api: &self.suites.api, suites: &self.suites.root };
            let outcome = runtime.block_on(run(case, &books));
            if sender.send(Done { case: place, outcome }).is_err() {
                break;
            }
        }
        Ok(())
    }
}
