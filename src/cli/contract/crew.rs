//! Runs cases side by side: so many workers, each with a runtime of its own, take the next one until none is left.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Instant;

use anyhow::{Context as _, Result};
use ponte_contract_tests::conformance::{self, Asked};
use ponte_contract_tests::fault_table;
use ponte_contract_tests::run::{Books, Outcome, run};
use ponte_contract_tests::verification;
use tokio::runtime::Runtime;

use super::plan::{Item, Plan};

/// Who runs it.
pub(super) struct Crew<'a> {
    /// What is to be run.
    pub(super) plan: &'a Plan,
    /// Whether nothing is begun after a failure.
    pub(super) fail_fast: bool,
}

/// A line of the plan that has been run.
pub(super) struct Done {
    /// Its place in the plan.
    pub(super) place: usize,
    /// What came of it.
    pub(super) outcome: Outcome,
}

impl Crew<'_> {
    /// Runs the plan, `jobs` lines at once, and hands over each as it is done.
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
            let end = |worker: std::thread::ScopedJoinHandle<'_, Result<()>>| {
                worker.join().unwrap_or_else(|_| anyhow::bail!("a worker failed"))
            };
            workers.into_iter().try_for_each(end)
        })
    }

    fn worker(&self, next: &AtomicUsize, stop: &AtomicBool, sender: &mpsc::Sender<Done>) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        while !stop.load(Ordering::Relaxed) {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = self.plan.items.get(place) else { break };
            if sender.send(Done { place, outcome: self.outcome(item, &runtime)? }).is_err() {
                break;
            }
        }
        Ok(())
    }

    fn outcome(&self, item: &Item, runtime: &Runtime) -> Result<Outcome> {
        let Plan { suites, questions, .. } = self.plan;
        match item {
            Item::Case(case) => {
                let spec = suites.spec(&case.file.vendor).context("the vendor has no spec")?;
                let books = Books { spec, api: &suites.api, suites: &suites.root };
                Ok(runtime.block_on(run(case, &books)))
            }
            Item::Question { vendor, offered, question } => {
                let asked = Asked { vendor, offered: *offered, api: &suites.api };
                Ok(timed(runtime, conformance::ask(questions, question, &asked)))
            }
            Item::Verify { vendor, wrong } => Ok(timed(runtime, verification::ask(questions, vendor, *wrong))),
            Item::Fault(row) => Ok(runtime.block_on(fault_table::run(questions, &suites.api, row))),
        }
    }
}

fn timed(runtime: &Runtime, line: impl Future<Output = Result<Vec<String>>>) -> Outcome {
    let started = Instant::now();
    let faults = runtime.block_on(line).unwrap_or_else(|error| vec![format!("{error:#}")]);
    Outcome { faults, exchange: Vec::new(), took: started.elapsed() }
}
