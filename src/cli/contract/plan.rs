//! What is run: the chosen cases, those that nobody needs to write, the conformance questions, what
//! verify says, and the fault table.

use std::path::Path;

use anyhow::Result;
use ponte_contract_tests::case::Case;
use ponte_contract_tests::conformance::{self, Question};
use ponte_contract_tests::fault_table::{self, Row};
use ponte_contract_tests::offers::{self, Offer};
use ponte_contract_tests::proven;
use ponte_contract_tests::suite::{Choice, Suites};
use ponte_contract_tests::verification::Wrong;
use ponte_sandbox::roster;

use crate::cli::runtime;

/// What is run, and what it is held against.
pub(super) struct Plan {
    /// Specs, the API document, the folder.
    pub(super) suites: Suites,
    /// The conformance suite.
    pub(super) questions: conformance::Suite,
    /// What is run, in the order in which it is begun.
    pub(super) items: Vec<Item>,
    /// What the chosen suites lack.
    pub(super) missing: Vec<String>,
    /// Scenarios that are no cases and differences that are permitted, for the report.
    pub(super) remarks: Vec<String>,
}

/// One line of the report.
pub(super) enum Item {
    /// A vendor's case.
    Case(Box<Case>),
    /// A question to a vendor's sandbox.
    Question {
        /// The vendor.
        vendor: &'static str,
        /// Whether the vendor offers what is asked for.
        offered: bool,
        /// The question.
        question: Box<Question>,
    },
    /// What verify says of a vendor's tenant.
    Verify {
        /// The vendor.
        vendor: &'static str,
        /// What is wrong with the tenant.
        wrong: Wrong,
    },
    /// A fault class at a vendor's sandbox.
    Fault(Row),
}

impl Item {
    /// How it is named on a command line.
    pub(super) fn id(&self) -> String {
        match self {
            Self::Case(case) => case.id.clone(),
            Self::Question { vendor, question, .. } => format!("conformance/{vendor}/{}", question.name),
            Self::Verify { vendor, wrong } => format!("verify/{vendor}/{}", wrong.word()),
            Self::Fault(row) => row.id(),
        }
    }

    /// What it proves.
    pub(super) fn title(&self) -> String {
        match self {
            Self::Case(case) => case.file.title.clone(),
            Self::Question { question, .. } => match &question.person {
                Some(person) => format!("about {person}, as every vendor answers"),
                None => "as every vendor answers".to_owned(),
            },
            Self::Verify { .. } => "what verify says of such a tenant".to_owned(),
            Self::Fault(row) => format!("the main calls of {} capabilities under this fault", row.offered.len()),
        }
    }

    /// Vendor and row of the report's table.
    pub(super) fn row(&self) -> (&str, &str) {
        match self {
            Self::Case(case) => (&case.file.vendor, &case.file.capability),
            Self::Question { vendor, .. } => (vendor, "conformance"),
            Self::Verify { vendor, .. } => (vendor, "verify"),
            Self::Fault(row) => (row.vendor, "faults"),
        }
    }

    fn is_chosen(&self, choice: &Choice) -> bool {
        let (vendor, capability) = match self {
            Self::Case(case) => (case.file.vendor.as_str(), Some(&case.file.capability)),
            Self::Question { vendor, question, .. } => (*vendor, Some(&question.capability)),
            Self::Verify { vendor, .. } => (*vendor, None),
            Self::Fault(row) => (row.vendor, None),
        };
        let id = self.id();
        choice.vendor.as_deref().is_none_or(|chosen| chosen == vendor)
            && choice.capability.as_ref().is_none_or(|chosen| capability == Some(chosen))
            && choice.case.as_ref().is_none_or(|chosen| id == *chosen || id.ends_with(&format!("/{chosen}")))
    }
}

impl Plan {
    /// Reads the suites and chooses from them.
    ///
    /// # Errors
    /// The first case, question or document that is not as it should be.
    pub(super) fn made(repository: &Path, choice: Choice) -> Result<Self> {
        let suites = Suites::open(repository)?;
        let questions = conformance::Suite::read(&suites.root)?;
        let offers = runtime()?.block_on(offers::ask())?;
        let cases = suites.cases(&Choice::default())?;
        let whole_suites = choice.capability.is_none() && choice.case.is_none();
        let missing = if whole_suites { missing(&suites, &cases, &offers, &choice)? } else { Vec::new() };
        let remarks = if whole_suites { remarks(&suites, &questions, &choice)? } else { Vec::new() };
        let refusals =
            offers.iter().filter(|offer| !offer.supported).map(offers::refusal).collect::<Result<Vec<_>>>()?;
        let cases = cases.into_iter().chain(refusals).map(|case| Item::Case(Box::new(case)));
        let offered = offers::offered(&offers);
        fault_table::check(&questions, &offered)?;
        let faults = fault_table::rows(&offered).into_iter().map(Item::Fault);
        let tenants = roster().iter().map(|skin| skin.vendor);
        let verify = tenants.flat_map(|vendor| Wrong::ALL.map(|wrong| Item::Verify { vendor, wrong }));
        let mut items: Vec<_> = cases.chain(asked(&questions, &offers)).chain(verify).chain(faults).collect();
        items.retain(|item| item.is_chosen(&choice));
        Ok(Self { suites, questions, items, missing, remarks })
    }
}

/// Each question to each vendor that has a sandbox.
fn asked(questions: &conformance::Suite, offers: &[Offer]) -> Vec<Item> {
    let offered = offers::offered(offers);
    let of = |vendor: &'static str, question: &Question| Item::Question {
        vendor,
        offered: offered.get(vendor).is_some_and(|offered| offered.contains(&question.capability)),
        question: Box::new(question.clone()),
    };
    let vendors = roster().iter().map(|skin| skin.vendor);
    vendors
        .flat_map(|vendor| questions.questions().iter().map(move |question| (vendor, question)))
        .map(|(vendor, question)| of(vendor, question))
        .collect()
}

/// What the suites of the chosen vendor, or of all, must have and have not.
fn missing(suites: &Suites, cases: &[Case], offers: &[Offer], choice: &Choice) -> Result<Vec<String>> {
    let mut offered = offers::offered(offers);
    offered.retain(|vendor, _| choice.vendor.as_ref().is_none_or(|chosen| chosen == vendor));
    let mut missing = suites.gaps(cases, &offered);
    for vendor in offered.keys() {
        missing.extend(suites.scenario_faults(vendor, cases)?);
    }
    if choice.vendor.is_none()
        && let Err(stale) = proven::check(&suites.root, cases)
    {
        missing.push(format!("{stale:#}"));
    }
    Ok(missing)
}

fn remarks(suites: &Suites, questions: &conformance::Suite, choice: &Choice) -> Result<Vec<String>> {
    let mut remarks = Vec::new();
    for vendor in suites.vendors().filter(|vendor| choice.vendor.as_deref().is_none_or(|chosen| chosen == *vendor)) {
        remarks.push(ponte_contract_tests::report::not_written(vendor, &suites.not_written(vendor)?));
    }
    remarks.push(conformance::permitted(questions));
    remarks.retain(|text| !text.is_empty());
    Ok(remarks)
}
