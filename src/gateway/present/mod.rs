//! Domain values to the published words, one file per capability.
//!
//! Comes in: a domain value and the [`Scene`] of the request. Goes out: the answer's final bytes, which are cached
//! as they are. Never here: a vendor's name, a decision about the business, HTTP. A presenter keeps to the bounds
//! that the schema promises: vendor texts are trimmed and cut (`words.rs`), so no answer breaks its own schema.

pub(crate) mod acceptance;
pub(crate) mod billing;
pub(crate) mod contacts;
pub(crate) mod contracts;
pub(crate) mod customers;
pub(crate) mod diagnostics;
pub(crate) mod fiscal_invoices;
pub(crate) mod qr;
pub(crate) mod sign_in;
pub(crate) mod speed_release;
pub(crate) mod tickets;
pub(crate) mod trust_unlock;
pub(crate) mod wifi;
mod words;

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use ponte_api::words::Instant;
use ponte_domain::Failure;
use ponte_operations::slots::TenantSlot;
use ponte_operations::{Rendered, View};
use serde::Serialize;

use crate::entry::{Entry, handles_of};
use crate::handles::HandleMaker;
use crate::house::House;
use crate::problem::Problem;

/// What a presenter needs besides the domain value.
#[derive(Clone)]
pub(crate) struct Scene {
    house: Arc<House>,
    tenant: Arc<TenantSlot>,
    view: View,
    today: Date,
    request_id: Arc<str>,
}

impl Scene {
    /// The scene of a request.
    pub(crate) fn of<S, R, Q>(entry: &Entry<S, R, Q>) -> Self {
        let zone = &entry.visit.tenant.tenant.settings.zone;
        Self {
            house: entry.house.clone(),
            tenant: entry.visit.tenant.clone(),
            view: entry.visit.view(),
            today: zone.today(entry.house.operations.clock().now()),
            request_id: entry.visit.request_id.clone(),
        }
    }

    /// Handles of the tenant.
    pub(crate) fn handles(&self) -> HandleMaker<'_> {
        handles_of(&self.tenant)
    }

    /// Whether personal data is shown in full.
    pub(crate) fn is_full(&self) -> bool {
        self.view == View::Full
    }

    /// Today's date in the tenant's zone.
    pub(crate) const fn today(&self) -> Date {
        self.today
    }

    /// An instant with the offset of the tenant's zone.
    pub(crate) fn instant(&self, at: Timestamp) -> Instant {
        Instant::new(at, &self.tenant.tenant.settings.zone)
    }

    /// The texts that a holder confirms, in the tenant's words.
    pub(crate) fn acceptance_texts(&self) -> &[String] {
        &self.tenant.tenant.settings.acceptance_texts
    }

    /// A path below the tenant's, to be fetched with the same key.
    pub(crate) fn link(&self, path: std::fmt::Arguments<'_>) -> String {
        format!("/v1/tenants/{}/{path}", self.tenant.tenant.slug.as_str())
    }

    /// The answer of an act: what was done with its status, or the problem. It is stored and replayed as it is.
    pub(crate) fn acted<D, A: Serialize>(
        &self,
        outcome: Result<&D, &Failure>,
        status: u16,
        present: impl FnOnce(&D) -> A,
    ) -> Rendered {
        match outcome {
            Ok(done) => Rendered { status, body: bytes(&present(done)) },
            Err(failure) => {
                let problem = Problem::from(failure.clone());
                // Other problems are counted on their way out; this one goes out as an act's answer.
                self.house.metrics.problem(problem.kind());
                let status = problem.status().as_u16();
                Rendered { status, body: self.house.problem_body(&problem, &self.request_id) }
            }
        }
    }
}

/// The final bytes of an answer.
pub(crate) fn bytes(answer: &impl Serialize) -> Bytes {
    // Serializing these structs to memory cannot fail: their maps have string keys and their numbers are finite
    // (`words::finite`).
    Bytes::from(serde_json::to_vec(answer).unwrap_or_default())
}
