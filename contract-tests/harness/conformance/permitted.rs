//! `<vendor>/permitted.json`: where a vendor's answers may differ from every other's, and why.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, bail, ensure};
use ponte_sandbox::FaultKind;
use serde::Deserialize;
use serde_json::Value;

use super::{Expectation, Question};
use crate::case::CallFile;

/// What one vendor is permitted.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VendorFile {
    vendor: String,
    /// Why the company is known by its CNPJ without letters; absent: it is known by the one with letters.
    pub(super) digits_only_cnpj: Option<String>,
    #[serde(default)]
    pub(super) permitted: Vec<Permitted>,
    #[serde(default)]
    pub(super) under_fault: Vec<UnderFault>,
}

/// A problem that a vendor may be told by under a fault, beside those of every vendor.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnderFault {
    /// Word of the fault.
    pub fault: String,
    /// Whose main calls.
    pub capabilities: Vec<String>,
    /// Word of the problem.
    pub problem: String,
    /// Why.
    pub reason: String,
}

impl UnderFault {
    /// Whether it is about this capability.
    pub fn covers(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|covered| covered == capability)
    }
}

/// A difference that is accepted.
#[derive(Debug, Clone, Deserialize)]
pub struct Permitted {
    /// In which question.
    pub question: String,
    /// What differs.
    #[serde(flatten)]
    pub change: Change,
    /// Why.
    pub reason: String,
}

/// How an answer differs.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Change {
    /// One place of the expected body.
    Place {
        /// JSON pointer into the expected body.
        pointer: String,
        /// What is expected there instead.
        value: Value,
    },
    /// The whole expectation.
    Whole {
        /// What is expected instead.
        expect: Box<Expectation>,
    },
    /// What is counted as written.
    Writes {
        /// Counts that are expected instead, in the same words.
        writes: BTreeMap<String, u32>,
    },
    /// What this vendor wants to be done first, a sign-in say.
    After {
        /// The calls, their answers not looked at.
        after: Vec<CallFile>,
    },
    /// The question cannot be put, because no answer of the vendor names what it is about. It is put all the same, and
    /// must fail for just that.
    Nameless {
        /// The name that finds nothing.
        nameless: String,
    },
}

impl VendorFile {
    pub(super) fn check(&self, vendor: &str, questions: &[Question]) -> Result<()> {
        ensure!(self.vendor == vendor, "the vendor is not that of the folder");
        for Permitted { question, reason, .. } in &self.permitted {
            ensure!(questions.iter().any(|found| found.name == *question), "no question {question}");
            ensure!(!reason.is_empty(), "a difference in {question} without a reason");
        }
        for UnderFault { fault, capabilities, reason, .. } in &self.under_fault {
            ensure!(FaultKind::all().iter().any(|kind| kind.word() == fault), "no fault {fault}");
            ensure!(!capabilities.is_empty() && !reason.is_empty(), "a difference under {fault} that says too little");
        }
        Ok(())
    }

    pub(super) fn told(&self, vendor: &str) -> String {
        let digits = self.digits_only_cnpj.iter().map(|reason| {
            format!("permitted difference: {vendor} knows the company by its CNPJ without letters: {reason}\n")
        });
        let others = self.permitted.iter().map(|Permitted { question, change, reason }| {
            let place = match change {
                Change::Place { pointer, .. } => format!("at {pointer}"),
                Change::Whole { .. } => "as a whole".to_owned(),
                Change::Writes { .. } => "in what is written".to_owned(),
                Change::After { after } => format!("after {} calls of its own", after.len()),
                Change::Nameless { nameless } => format!("cannot be put ({nameless} has no name)"),
            };
            format!("permitted difference: {vendor} in {question} {place}: {reason}\n")
        });
        let under_fault = self.under_fault.iter().map(|UnderFault { fault, capabilities, problem, reason }| {
            let calls = capabilities.join(", ");
            format!("permitted difference: {vendor} under {fault} tells {problem} of {calls}: {reason}\n")
        });
        digits.chain(others).chain(under_fault).collect()
    }
}

impl Change {
    /// The expectation with the change in it.
    pub(super) fn over(&self, mut expect: Expectation) -> Result<Expectation> {
        match self {
            Self::Place { pointer, value } => {
                let body = expect.body.as_mut().ok_or_else(|| anyhow!("the question expects no body"))?;
                match body.pointer_mut(pointer) {
                    Some(slot) => *slot = value.clone(),
                    None => bail!("the permitted difference at {pointer} is nowhere in the expected body"),
                }
                Ok(expect)
            }
            Self::Whole { expect } => Ok((**expect).clone()),
            Self::Writes { .. } | Self::After { .. } | Self::Nameless { .. } => Ok(expect),
        }
    }
}
