//! Electronic acceptance.

use bytes::Bytes;
use ponte_api::acceptance as words;
use ponte_api::words::ContractId;
use ponte_domain::Failure;
use ponte_domain::acceptance::{AcceptanceMethod, AcceptancePending, AcceptanceState};
use ponte_domain::unlock::ActResult;
use ponte_operations::Rendered;
use ponte_operations::acceptance::AcceptanceDone;

use super::words::{list, web_address};
use super::{Scene, bytes, contracts};

/// What is to be accepted.
pub(crate) fn pending(scene: &Scene, pending: &AcceptancePending) -> Bytes {
    bytes(&words(scene, pending))
}

/// What came of an acceptance.
pub(crate) fn done(scene: &Scene, outcome: Result<&AcceptanceDone, &Failure>) -> Rendered {
    scene.acted(outcome, 200, |done| words::AcceptanceDone {
        result: match done.result {
            ActResult::Confirmed => words::AcceptanceResult::Accepted,
            ActResult::Requested => words::AcceptanceResult::Requested,
        },
        evidence_id: done.evidence_id.clone(),
        state: words(scene, &done.pending),
        contract: contracts::words(scene, &done.pending.contract),
    })
}

fn words(scene: &Scene, pending: &AcceptancePending) -> words::Acceptance {
    let id = scene.handles().contract(&pending.contract.reference);
    let here = pending.state == AcceptanceState::Awaiting && pending.method == AcceptanceMethod::Gateway;
    words::Acceptance {
        document_link: here.then(|| scene.link(format_args!("contracts/{id}/acceptance/document.pdf"))),
        contract_id: ContractId(id),
        state: pending.state,
        method: pending.method,
        vendor_link: web_address(pending.vendor_link.as_deref()),
        // Masked in every view: the caller proves the phone, it does not learn it here.
        registered_phones: list(&pending.registered_phones, |phone| words::MaskedPhone(phone.masked())),
        texts: scene.acceptance_texts().iter().take(10).map(|text| words::AcceptanceText(text.clone())).collect(),
    }
}
