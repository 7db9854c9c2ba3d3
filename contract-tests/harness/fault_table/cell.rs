//! One cell: one capability's main call to one vendor under one fault.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use ponte_sandbox::{Fault, FaultKind, SandboxErp, WriteKind};
use serde_json::{Value, json};

use super::rules;
use crate::compare::Known;
use crate::conformance::{Asked, Question, Suite, Talk};
use crate::stage::{Answer, Stage, lay_over};

/// The tenant's time for a request where time is not the point: a busy machine has it. Attempts are shorter, so that a
/// read is tried again within it.
const AMPLE: Duration = Duration::from_secs(12);
/// The same where the fault takes longer than any time.
const SHORT: Duration = Duration::from_secs(2);
/// What a busy machine may need on top before the answer is here.
const SLACK: Duration = Duration::from_secs(10);
/// Longer than any call lasts.
const ALWAYS: u32 = 1_000_000;

/// Writes that go along with others and are none of the customer's intents. A charge that the ERP makes at its bank when
/// the Pix text of a bill is first read is one of them: reading again makes no second.
const BY_THE_WAY: [WriteKind; 5] = [
    WriteKind::ProtocolIssued,
    WriteKind::NoteAdded,
    WriteKind::SessionDropped,
    WriteKind::TicketMessage,
    WriteKind::PixCharged,
];

/// What is put to the test.
pub(super) struct Cell<'a> {
    pub(super) suite: &'a Suite,
    pub(super) asked: &'a Asked<'a>,
    pub(super) stage: &'a Stage,
    pub(super) question: &'a Question,
    pub(super) fault: &'a FaultKind,
}

/// What came of it.
pub(super) struct Told {
    pub(super) faults: Vec<String>,
    /// The problem's type, or the status of an answer that is none.
    pub(super) kind: String,
    /// In a few words.
    pub(super) came: String,
}

type Counts = BTreeMap<WriteKind, u32>;

impl Cell<'_> {
    pub(super) async fn told(self) -> Result<Told> {
        let usual = self.rehearsal().await.context("without a fault")?;
        let erp = self.erp()?;
        let tenant = self.tenant("fault");
        let deadline = rules::deadline(self.fault, SHORT, AMPLE);
        self.admit(&erp, &tenant, deadline).await?;
        let mut talk = Talk::new(self.suite, self.asked, self.stage, &tenant);
        talk.prepare(self.question).await?;
        let before = erp.writes().counts;
        let acts: Vec<WriteKind> = usual.keys().copied().collect();
        erp.inject(Fault::at("*", self.fault.clone()).writing(&acts).times(ALWAYS));
        let started = Instant::now();
        let fresh = [("cache-control", "no-cache")];
        let answer = talk.put(self.question, if acts.is_empty() { &fresh } else { &[] }).await?;
        let took = started.elapsed();
        let hit = erp.journal().iter().any(|entry| entry.fault.is_some());
        let wrote = since(&before, &erp);
        let mut faults = Vec::new();
        if took > deadline + SLACK {
            faults.push(format!("the answer took {took:?}"));
        }
        faults.extend(self.answer_faults(&talk, &answer, &usual, &wrote, hit)?);
        // The platform asks again with the same key once the ERP is well.
        let kind = word(&answer);
        let mut came = kind.clone();
        if !acts.is_empty() {
            erp.clear_faults();
            let again = talk.put(self.question, &[]).await?;
            came = format!("{came}, then {}", word(&again));
            let wrote = since(&before, &erp);
            faults.extend(beyond(&wrote, &usual));
            if again.status < 300 && wrote != usual {
                faults.push(format!("asked again it is said to be done, but of {usual:?} only {wrote:?} is"));
            }
            came = format!("{came}, {} of {} writes", wrote.values().sum::<u32>(), usual.values().sum::<u32>());
        }
        if !hit {
            came.push_str(", without a call to the ERP that the fault could have hit");
        }
        erp.stop();
        Ok(Told { faults, kind, came })
    }

    /// The call without a fault: that it is right, and what it writes.
    async fn rehearsal(&self) -> Result<Counts> {
        let erp = self.erp()?;
        let tenant = self.tenant("plain");
        self.admit(&erp, &tenant, AMPLE).await?;
        let mut talk = Talk::new(self.suite, self.asked, self.stage, &tenant);
        talk.prepare(self.question).await?;
        let before = erp.writes().counts;
        let answer = talk.put(self.question, &[]).await?;
        let faults = talk.answer_faults(self.question, &answer, &known(&answer))?;
        let wrote = since(&before, &erp);
        erp.stop();
        if faults.is_empty() { Ok(wrote) } else { Err(anyhow!("{}", faults.join("\n"))) }
    }

    fn erp(&self) -> Result<SandboxErp> {
        let erp =
            SandboxErp::start(self.asked.vendor, ([127, 0, 0, 1], 0).into()).map_err(|error| anyhow!("{error}"))?;
        erp.set_clock(self.suite.clock());
        Ok(erp)
    }

    fn tenant(&self, way: &str) -> String {
        format!("{way}-{}", self.question.capability.replace('_', "-"))
    }

    async fn admit(&self, erp: &SandboxErp, tenant: &str, deadline: Duration) -> Result<()> {
        let mut setting = self.suite.setting(erp, self.asked.vendor);
        setting.tenant = tenant;
        let deadline = u64::try_from(deadline.as_millis()).unwrap_or(u64::MAX);
        let attempt = deadline / 3;
        let limits = json!({
            "deadline_ms": deadline, "attempt_ms": attempt, "document_ms": attempt,
            "per_second": 10_000, "burst": 10_000,
        });
        lay_over(&mut setting.settings, &json!({ "limits": limits }));
        self.stage.add_tenant(setting).await
    }

    /// Whether this vendor may say so of this fault.
    fn is_permitted(&self, kind: &str) -> bool {
        let (vendor, capability) = (self.asked.vendor, &self.question.capability);
        self.suite
            .permitted_under(vendor, self.fault.word())
            .any(|entry| entry.covers(capability) && entry.problem == kind)
    }

    fn answer_faults(
        &self,
        talk: &Talk<'_>,
        answer: &Answer,
        usual: &Counts,
        wrote: &Counts,
        hit: bool,
    ) -> Result<Vec<String>> {
        let mut faults = beyond(wrote, usual);
        if answer.status < 300 {
            faults.extend(talk.answer_faults(self.question, answer, &known(answer))?);
            if wrote != usual {
                faults.push(format!("it is said to be done, but of {usual:?} only {wrote:?} is"));
            }
            // An act may have been settled by reading back; a read can have its answer from nowhere but the ERP.
            if hit && usual.is_empty() && !rules::survivable(self.fault) {
                faults.push("the ERP gave no good answer, and yet there is one".to_owned());
            }
            return Ok(faults);
        }
        // A refusal may be what this vendor always answers to the question, also without a call.
        if (rules::survivable(self.fault) || !hit)
            && talk.answer_faults(self.question, answer, &known(answer))?.is_empty()
        {
            return Ok(faults);
        }
        let kind = word(answer);
        let unknown = kind == "outcome-unknown";
        let usual_problem = rules::problems(self.fault).contains(&kind.as_str());
        if !(usual_problem || unknown && !usual.is_empty() || self.is_permitted(&kind)) {
            let body: String = String::from_utf8_lossy(&answer.body).chars().take(800).collect();
            faults.push(format!("the problem is {} {kind}: {body}", answer.status));
        }
        if !wrote.is_empty() && !unknown {
            faults.push(format!("{wrote:?} was written, and {kind} does not say that it may be"));
        }
        faults.extend(form_faults(answer));
        Ok(faults)
    }
}

/// A problem has its media type, a sentence for the customer, and nothing of a page of the vendor's.
fn form_faults(answer: &Answer) -> Vec<String> {
    let mut faults = Vec::new();
    let media = answer.header("content-type").unwrap_or_default();
    if !media.starts_with("application/problem+json") {
        faults.push(format!("the problem's content type is {media}"));
    }
    let body = answer.json().unwrap_or(Value::Null);
    if body["user_message"].as_str().is_none_or(str::is_empty) {
        faults.push("there is no sentence for the customer".to_owned());
    }
    if body.to_string().contains('<') {
        faults.push("the problem has markup".to_owned());
    }
    faults
}

/// The problem's type, or the status of an answer that is none.
fn word(answer: &Answer) -> String {
    let body = answer.json().unwrap_or(Value::Null);
    let kind = body["type"].as_str().and_then(|kind| kind.rsplit('/').next()).filter(|_| answer.status >= 300);
    kind.map_or_else(|| answer.status.to_string(), str::to_owned)
}

fn known(answer: &Answer) -> Known {
    Known { request_id: answer.header("x-request-id"), ..Known::default() }
}

/// What was written since, without what goes along with it.
fn since(before: &Counts, erp: &SandboxErp) -> Counts {
    let now = erp.writes().counts.into_iter();
    now.map(|(kind, count)| (kind, count - before.get(&kind).copied().unwrap_or(0)))
        .filter(|(kind, count)| *count > 0 && !BY_THE_WAY.contains(kind))
        .collect()
}

/// What was written more often than it is meant to be.
fn beyond(wrote: &Counts, usual: &Counts) -> Vec<String> {
    let too_often = wrote.iter().filter(|(kind, count)| **count > usual.get(kind).copied().unwrap_or(0));
    too_often.map(|(kind, count)| format!("{kind:?} was written {count} times")).collect()
}
