//! Electronic acceptance: state, the PDF that is shown, and the holder's acceptance with its evidence.

use bytes::Bytes;
use jiff::Timestamp;
use ponte_domain::Failure;
use ponte_domain::acceptance::{AcceptanceEvidence, AcceptanceMethod, AcceptancePending, AcceptanceState};
use ponte_domain::capability::Capability;
use ponte_domain::contract::ContractStatus;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::phone::Phone;
use ponte_domain::reference::{ContractRef, VendorId};
use ponte_domain::unlock::ActResult;
use ponte_store::{EvidenceRecord, ShownDocument};
use ponte_vendors::call::Call;
use ponte_vendors::erp::Acceptance;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::audit::Target;
use crate::cache::ReadKind;
use crate::contracts::{about_contract, parts};
use crate::operations::Operations;
use crate::pipeline::deed::{Acted, Deed, Intent, Rendered, Settled};
use crate::pipeline::read::Served;
use crate::visit::Visit;

/// What the holder sends to accept.
#[derive(Clone)]
pub struct AcceptanceForm {
    /// Phone of the channel on which the holder accepts.
    pub phone: Phone,
    /// The texts that were shown and confirmed.
    pub texts_confirmed: Vec<String>,
    /// SHA-256 of the PDF that was shown, lower-case hex; `None` takes the one that was served last.
    pub document_sha256: Option<String>,
}

impl std::fmt::Debug for AcceptanceForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AcceptanceForm")
    }
}

/// What came of an acceptance.
#[derive(Debug, Clone)]
pub struct AcceptanceDone {
    /// `Confirmed` when the read-back shows it.
    pub result: ActResult,
    /// Id under which the evidence is kept.
    pub evidence_id: String,
    /// The state, and the contract, as read back.
    pub pending: AcceptancePending,
}

impl Operations {
    /// What is to be accepted, where and by whom. Never acts.
    ///
    /// # Errors
    /// `NotFound(Contract)`; `NotSupported`; what the ERP says.
    pub async fn acceptance_state(
        &self,
        visit: &Visit,
        contract: &ContractRef,
        present: impl FnOnce(&AcceptancePending) -> Bytes,
    ) -> Result<Served, Failure> {
        let reference = parts(contract);
        let question = about_contract(ReadKind::AcceptanceState, contract, &reference);
        let fetch = async {
            let acceptance = self.acceptance_of(visit)?;
            Ok(present(&acceptance.pending(&self.call(visit), contract).await?))
        };
        self.read(visit, question, fetch).await
    }

    /// The contract's PDF. That it was shown is kept, as a part of the evidence of a later acceptance.
    ///
    /// # Errors
    /// `NotFound(Document)`; `NotSupported`; what the ERP says; `Internal` when the showing cannot be kept.
    pub async fn acceptance_document(&self, visit: &Visit, contract: &ContractRef) -> Result<Served, Failure> {
        let reference = parts(contract);
        let question = about_contract(ReadKind::AcceptanceDocument, contract, &reference);
        let fetch = async {
            let acceptance = self.acceptance_of(visit)?;
            Ok(Bytes::from(acceptance.document(&self.call(visit), contract).await?.into_bytes()))
        };
        let served = self.read(visit, question, fetch).await?;
        let (tenant, now) = (visit.tenant.number(), self.0.clock.now());
        self.0.store.record_shown(tenant, &contract.id, &sha256(&served.bytes), now).await?;
        Ok(served)
    }

    /// Accepts a contract in the holder's name, once per key, and keeps the evidence.
    ///
    /// # Errors
    /// `InvalidInput` when a text was not confirmed or the PDF is another; else what must not be replayed: nothing
    /// was sent, or the outcome is not known. Refusals are answers.
    pub async fn accept(
        &self,
        visit: &Visit,
        contract: &ContractRef,
        form: AcceptanceForm,
        intent: &Intent,
        present: impl Fn(Result<&AcceptanceDone, &Failure>) -> Rendered + Send + Sync + 'static,
    ) -> Result<Acted, Failure> {
        let acceptance = self.acceptance_of(visit)?;
        all_confirmed(&visit.tenant.tenant.settings.acceptance_texts, &form.texts_confirmed)?;
        let deed = Accept { operations: self.clone(), acceptance, contract: contract.clone(), form };
        self.act(visit, deed, intent, present).await
    }

    /// The evidence of an acceptance.
    ///
    /// # Errors
    /// `NotFound(Document)` when the tenant has none of that id; `Internal` when the store does not answer.
    pub async fn evidence(&self, visit: &Visit, id: &str) -> Result<EvidenceRecord, Failure> {
        let kept = self.0.store.evidence(visit.tenant.number(), id).await.map_err(Failure::from);
        let outcome = kept.and_then(|kept| kept.ok_or_else(|| Failure::not_found(Subject::Document)));
        let target = Target { kind: "evidence", id: Some(id), customer: None };
        self.audit_outcome(visit, "evidence", target, &outcome);
        outcome
    }

    fn acceptance_of(&self, visit: &Visit) -> Result<&'static dyn Acceptance, Failure> {
        visit.offered(Capability::Acceptance, visit.erp().acceptance(), &self.0.clock)
    }
}

/// Every text that the tenant wants confirmed must be among those confirmed, word by word.
fn all_confirmed(wanted: &[String], confirmed: &[String]) -> Result<(), Failure> {
    let same = |one: &str, other: &str| one.trim() == other.trim();
    match wanted.iter().position(|text| !confirmed.iter().any(|given| same(text, given))) {
        None => Ok(()),
        Some(missing) => Err(Failure::invalid(
            "texts_confirmed",
            format!("Text {} of the acceptance texts is not among those confirmed, word by word.", missing + 1),
        )),
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

struct Accept {
    operations: Operations,
    acceptance: &'static dyn Acceptance,
    contract: ContractRef,
    form: AcceptanceForm,
}

/// The evidence, fixed before the vendor is asked, so that a later settling keeps the same.
#[derive(Serialize, Deserialize)]
struct Evidence {
    id: String,
    accepted_at: Timestamp,
    request_id: String,
    document_sha256: Option<String>,
    shown_at: Option<Timestamp>,
}

impl Deed for Accept {
    type Done = AcceptanceDone;
    type Before = (AcceptanceEvidence, AcceptancePending);
    type Receipt = AcceptancePending;
    type Context = Evidence;

    const OPERATION: &'static str = "acceptance";

    fn target(&self) -> (&'static str, &VendorId) {
        ("contract", &self.contract.id)
    }

    fn customer(&self) -> &VendorId {
        &self.contract.customer.id
    }

    fn context(&self, call: &Call<'_>) -> Evidence {
        Evidence {
            id: EvidenceRecord::new_id(),
            accepted_at: call.now,
            request_id: (*call.trip.request_id).to_owned(),
            document_sha256: None,
            shown_at: None,
        }
    }

    async fn prepare(
        &self,
        call: &Call<'_>,
        context: &mut Evidence,
    ) -> Result<(AcceptanceEvidence, AcceptancePending), Failure> {
        let pending = self.acceptance.pending(call, &self.contract).await?;
        may_accept(&pending, &self.form.phone)?;
        let document_sha256 = match &context.document_sha256 {
            // What the holder saw before the first try; another PDF may have been served since.
            Some(first) => first.clone(),
            None => {
                let (sha256, shown_at) = self.shown(call).await?;
                context.shown_at = shown_at;
                context.document_sha256.insert(sha256).clone()
            }
        };
        let evidence = AcceptanceEvidence {
            evidence_id: context.id.clone(),
            document_sha256,
            accepted_at: context.accepted_at,
            phone: self.form.phone,
        };
        Ok((evidence, pending))
    }

    async fn act(
        &self,
        call: &Call<'_>,
        (evidence, before): (AcceptanceEvidence, AcceptancePending),
        _: &Evidence,
    ) -> Result<AcceptancePending, Failure> {
        self.acceptance.accept(call, &self.contract, &evidence).await.map(|()| before)
    }

    async fn finish(
        &self,
        call: &Call<'_>,
        before: AcceptancePending,
        context: &Evidence,
    ) -> Result<AcceptanceDone, Failure> {
        self.keep(call, context).await?;
        // The vendor has taken it; a read-back that fails does not undo that.
        let pending = match self.acceptance.pending(call, &self.contract).await {
            Ok(pending) => pending,
            Err(_) => before,
        };
        Ok(AcceptanceDone { result: result(&pending), evidence_id: context.id.clone(), pending })
    }

    async fn settle(&self, call: &Call<'_>, context: &Evidence) -> Result<Settled<AcceptanceDone>, Failure> {
        let pending = self.acceptance.pending(call, &self.contract).await?;
        Ok(match pending.state {
            // Nothing is required of a contract that has ended, whether it was accepted before or not.
            AcceptanceState::NotRequired if has_ended(&pending) => Settled::CannotTell,
            AcceptanceState::Accepted | AcceptanceState::NotRequired => {
                self.keep(call, context).await?;
                Settled::Done(AcceptanceDone { result: ActResult::Confirmed, evidence_id: context.id.clone(), pending })
            }
            AcceptanceState::Awaiting => Settled::NotSeen,
            AcceptanceState::Unknown => Settled::CannotTell,
        })
    }
}

impl Accept {
    /// The hash of the PDF that was shown, and when: one of those that were served here; else the PDF as it is now,
    /// without an instant, since another channel may have shown it.
    async fn shown(&self, call: &Call<'_>) -> Result<(String, Option<Timestamp>), Failure> {
        let shown = self.operations.0.store.shown_documents(call.tenant.number, &self.contract.id).await?;
        let known = |document: ShownDocument| (document.sha256, Some(document.shown_at));
        let wanted = self.form.document_sha256.as_deref();
        let mut shown = shown.into_iter();
        let found = match wanted {
            Some(wanted) => shown.find(|document| document.sha256 == wanted),
            None => shown.next(),
        };
        if let Some(document) = found {
            return Ok(known(document));
        }
        let now = sha256(self.acceptance.document(call, &self.contract).await?.bytes());
        match wanted {
            Some(wanted) if wanted != now => {
                Err(Failure::invalid("document_sha256", "This is not the hash of the contract's PDF that was shown."))
            }
            _ => Ok((now, None)),
        }
    }

    async fn keep(&self, call: &Call<'_>, context: &Evidence) -> Result<(), Failure> {
        let document_sha256 = context
            .document_sha256
            .clone()
            .ok_or_else(|| Failure::internal("An acceptance was sent without the hash of its document."))?;
        let mut request_ids = vec![context.request_id.clone()];
        if *context.request_id != *call.trip.request_id {
            request_ids.push((*call.trip.request_id).to_owned());
        }
        let record = EvidenceRecord {
            id: context.id.clone(),
            tenant: call.tenant.number,
            contract: self.contract.id.clone(),
            document_sha256,
            phone: self.form.phone,
            texts: self.form.texts_confirmed.clone(),
            shown_at: context.shown_at,
            accepted_at: context.accepted_at,
            request_ids,
        };
        Ok(self.operations.0.store.keep_evidence(record).await?)
    }
}

fn may_accept(pending: &AcceptancePending, phone: &Phone) -> Result<(), Failure> {
    if pending.state != AcceptanceState::Awaiting {
        return Err(Failure::refused(Refusal::AcceptanceNotAwaiting, "The contract does not await acceptance."));
    }
    if pending.method == AcceptanceMethod::VendorLink {
        return Err(Failure::refused(
            Refusal::AcceptanceByVendorLink,
            "The contract is accepted on the page of the ERP's signature provider.",
        ));
    }
    if !pending.registered_phones.iter().any(|registered| registered.same_subscriber(phone)) {
        return Err(Failure::refused(
            Refusal::PhoneMismatch,
            "The phone is not one of those registered with the holder in the ERP.",
        ));
    }
    Ok(())
}

fn has_ended(pending: &AcceptancePending) -> bool {
    match pending.contract.status.value {
        ContractStatus::Inactive
        | ContractStatus::NegativeListed
        | ContractStatus::Withdrawn
        | ContractStatus::Cancelled => true,
        ContractStatus::Active | ContractStatus::PreContract | ContractStatus::Suspended | ContractStatus::Unknown => {
            false
        }
    }
}

fn result(pending: &AcceptancePending) -> ActResult {
    match pending.state {
        AcceptanceState::NotRequired if has_ended(pending) => ActResult::Requested,
        AcceptanceState::Accepted | AcceptanceState::NotRequired => ActResult::Confirmed,
        AcceptanceState::Awaiting | AcceptanceState::Unknown => ActResult::Requested,
    }
}
