//! Electronic acceptance: what waits for a signature, where it is given, and the contract's PDF (dossier 4.g).
//!
//! Nobody can sign through the API: the holder signs on the page of a signature provider, whose link is published here.
//! Approving a contract is possible and bills pro rata, so the gateway does it only where the tenant says so.

use async_trait::async_trait;
use ponte_domain::acceptance::{AcceptanceEvidence, AcceptanceMethod, AcceptancePending, AcceptanceState};
use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::invoice::Pdf;
use ponte_domain::reference::ContractRef;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::{Ask, Method};
use serde::{Deserialize, Serialize};

use super::billing::document;
use super::contracts::{Whole, facts, whole};
use super::dialect::{Need, Route, ask, send};
use super::reference::Owner;
use super::values::day;
use super::words::{self, Signature, Stage};
use super::{Synsuite, customers, settings};
use crate::call::Call;
use crate::erp::Acceptance;
use crate::reading::prose::fold;
use crate::reading::rows::Nested;
use crate::reading::text::Text;

const CAPABILITY: Capability = Capability::Acceptance;
const SIGNATURES: Route =
    Route::of(Method::Get, "suite/electronicsignatures/getdocumentlinktosignbycontract", Need::Optional(CAPABILITY));
const TYPES: Route = Route::of(Method::Get, "getdocumentationtypes", Need::Optional(CAPABILITY));
const FILES: Route = Route::of(Method::Get, "getfilesbycontract", Need::Item(CAPABILITY));
const FILE: Route = Route::of(Method::Get, "contract/contractuploads/getfile", Need::Item(CAPABILITY));
const APPROVE: Route = Route::of(Method::Put, "contracts/approve", Need::Required(CAPABILITY));

#[async_trait]
impl Acceptance for Synsuite {
    async fn pending(&self, call: &Call<'_>, contract: &ContractRef) -> Result<AcceptancePending, Failure> {
        let (whole, signatures) =
            tokio::join!(whole(call, Need::Core(CAPABILITY), contract), signatures(call, contract));
        let (whole, signatures) = (whole?, signatures?);
        let state = state(&whole, signatures.as_deref());
        let awaiting = state == AcceptanceState::Awaiting;
        let papers = signatures.unwrap_or_default();
        // A word that is in no table may be that of a signature to come, and an approval cannot be taken back.
        let none_to_sign = papers.iter().all(|paper| matches!(paper.status, Signature::Done | Signature::Void));
        let link = papers.into_iter().find(|paper| paper.status == Signature::Awaited).and_then(|paper| paper.link);
        let registered_phones = if awaiting {
            // Whose phone it must be is a part of the question: trouble in reading the holder is trouble.
            customers::one(call, Need::Core(CAPABILITY), &contract.customer).await?.phones
        } else {
            Vec::new()
        };
        let approvable = none_to_sign && whole.stage == Stage::InApproval && settings::may_approve(call.tenant);
        let method = if approvable { AcceptanceMethod::Gateway } else { AcceptanceMethod::VendorLink };
        Ok(AcceptancePending {
            state,
            method,
            vendor_link: link.filter(|_| awaiting),
            registered_phones,
            contract: whole.contract,
        })
    }

    async fn document(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Pdf, Failure> {
        let number = facts(call, Need::Core(CAPABILITY), contract).await?.number;
        let none = || Failure::not_found(Subject::Document);
        let kind = match settings::document_type(call.tenant) {
            Some(kind) => kind.to_owned(),
            None => contract_type(call).await?.ok_or_else(none)?,
        };
        let file = newest_file(call, &number, &kind).await?.ok_or_else(none)?;
        send(call, FILE, |_| Ask::link("contractuploads.getfile", file.as_str()).document(), document).await
    }

    async fn accept(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        evidence: &AcceptanceEvidence,
    ) -> Result<(), Failure> {
        let elsewhere = || {
            Err(Failure::refused(
                Refusal::AcceptanceByVendorLink,
                "The contract is accepted on the page of the ERP's signature provider.",
            ))
        };
        if !settings::may_approve(call.tenant) {
            return elsewhere();
        }
        match whole(call, Need::Core(CAPABILITY), contract).await?.stage {
            Stage::InApproval => approve(call, contract, evidence).await,
            // Taken up again after the approval went through.
            Stage::Live => Ok(()),
            Stage::Draft | Stage::Rejected | Stage::Cancelled | Stage::Unknown => elsewhere(),
        }
    }
}

/// Moves a contract from stage 2 to 3. It bills pro rata, so it is sent once.
async fn approve(call: &Call<'_>, contract: &ContractRef, evidence: &AcceptanceEvidence) -> Result<(), Failure> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Approval {
        proportionality_type: u8,
        change_beginning_date_on_approval: bool,
        change_loyalty_date_on_approval: bool,
        approval_date: String,
    }
    let approval = Approval {
        proportionality_type: 0,
        change_beginning_date_on_approval: false,
        change_loyalty_date_on_approval: false,
        // Three decimals always, as in the sample (dossier 4.g).
        approval_date: evidence.accepted_at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
    };
    let taken = ask(
        call,
        APPROVE,
        |route| route.act().segment(contract.id.as_str()).json(&approval),
        |answer| answer.outcome(),
    );
    match taken.await? {
        Ok(()) => Ok(()),
        Err(denial) => Err(denial.refused(Refusal::VendorRule, "The ERP refuses to approve the contract.")),
    }
}

/// Whether a signature or an approval is waited for. `signatures` is none where the installation does not show them.
fn state(whole: &Whole, signatures: Option<&[Paper]>) -> AcceptanceState {
    let has = |status| signatures.unwrap_or_default().iter().any(|paper| paper.status == status);
    if whole.is_over() {
        AcceptanceState::NotRequired
    } else if matches!(whole.stage, Stage::Draft | Stage::InApproval) || has(Signature::Awaited) {
        AcceptanceState::Awaiting
    } else if whole.stage == Stage::Unknown {
        AcceptanceState::Unknown
    } else if has(Signature::Done) {
        AcceptanceState::Accepted
    } else if signatures.is_none() || has(Signature::Unknown) {
        AcceptanceState::Unknown
    } else {
        AcceptanceState::NotRequired
    }
}

/// A document on its way to a signature. No `Debug`: whoever has the link can sign.
struct Paper {
    status: Signature,
    link: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Row<'a> {
    contract_id: Text<'a>,
    person_id: Text<'a>,
    status: Text<'a>,
    link_to_sign: Text<'a>,
}

impl Row<'_> {
    /// The document, unless it says that it is another contract's or person's.
    fn read(self, contract: &str, person: &str) -> Option<Paper> {
        let other = |said: &Text<'_>, wanted: &str| said.key().is_some_and(|said| said != wanted);
        if other(&self.contract_id, contract) || other(&self.person_id, person) {
            return None;
        }
        let link = self.link_to_sign.filled().filter(|url| url.starts_with("https://"));
        Some(Paper { status: words::signature(self.status.as_str()), link: link.map(str::to_owned) })
    }
}

/// The documents of a contract; none where the installation or the integrator does not have the route.
async fn signatures(call: &Call<'_>, contract: &ContractRef) -> Result<Option<Vec<Paper>>, Failure> {
    let (id, person) = (contract.id.as_str(), Owner::of(&contract.customer)?.person);
    let found = ask(
        call,
        SIGNATURES,
        |route| route.read().segment(id),
        |answer| {
            let rows = answer.list::<Row<'_>>()?;
            Ok(rows.into_iter().filter_map(|row| row.read(id, person)).collect())
        },
    );
    match found.await {
        Ok(papers) => Ok(Some(papers)),
        Err(failure) if matches!(failure.kind(), FailureKind::NotSupported(_) | FailureKind::AccessBlocked) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The type of document that contracts are filed under, by its title.
async fn contract_type(call: &Call<'_>) -> Result<Option<String>, Failure> {
    #[derive(Deserialize, Default)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct Kind<'a> {
        id: Text<'a>,
        title: Text<'a>,
        description: Text<'a>,
    }
    let read = |kind: &Kind<'_>| {
        let title = kind.title.filled().or(kind.description.filled()).unwrap_or_default();
        fold(title).contains("contrato").then(|| kind.id.key().map(str::to_owned)).flatten()
    };
    ask(call, TYPES, Route::read, |answer| Ok(answer.list::<Kind<'_>>()?.iter().find_map(read))).await
}

/// The link of the newest file of this type. By the contract's number, not its id.
async fn newest_file(call: &Call<'_>, number: &str, kind: &str) -> Result<Option<String>, Failure> {
    #[derive(Deserialize, Default)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct File<'a> {
        validity: Nested<Validity<'a>>,
        file: Text<'a>,
    }
    #[derive(Deserialize, Default)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct Validity<'a> {
        begin: Text<'a>,
    }
    ask(
        call,
        FILES,
        |route| route.read().segment(number).segment("documentationtype").segment(kind),
        |answer| {
            let mut newest = None;
            for file in answer.list::<File<'_>>()? {
                let Some(url) = file.file.filled() else { continue };
                let dated = (day(&file.validity.0.begin, "validity.begin")?, url.to_owned());
                newest = newest.filter(|known: &(Option<_>, String)| known.0 > dated.0).or(Some(dated));
            }
            Ok(newest.map(|(_, url)| url))
        },
    )
    .await
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::acceptance::AcceptanceState;

    use super::{Paper, Row, state};
    use crate::synsuite::testing::whole;
    use crate::synsuite::words::Signature;

    #[test]
    fn stage_and_signatures_say_what_is_waited_for() {
        use AcceptanceState::{Accepted, Awaiting, NotRequired, Unknown};
        for (columns, papers, expected) in [
            (r#""contractStatus":1,"stage":1"#, Some(&[][..]), Awaiting),
            (r#""contractStatus":1,"stage":2"#, None, Awaiting),
            (r#""contractStatus":1,"stage":3"#, Some(&[Signature::Awaited]), Awaiting),
            (r#""contractStatus":1,"stage":3"#, Some(&[Signature::Done, Signature::Awaited]), Awaiting),
            (r#""contractStatus":1,"stage":3"#, Some(&[Signature::Done]), Accepted),
            (r#""contractStatus":1,"stage":3"#, Some(&[Signature::Void]), NotRequired),
            (r#""contractStatus":1,"stage":3"#, Some(&[]), NotRequired),
            (r#""contractStatus":1,"stage":3"#, Some(&[Signature::Unknown]), Unknown),
            (r#""contractStatus":1,"stage":3"#, None, Unknown),
            (r#""contractStatus":1,"stage":6"#, Some(&[Signature::Done]), Unknown),
            (r#""contractStatus":4,"stage":2"#, Some(&[Signature::Awaited]), NotRequired),
            (r#""contractStatus":1,"stage":4"#, Some(&[Signature::Awaited]), NotRequired),
        ] {
            let papers: Option<Vec<Paper>> =
                papers.map(|papers| papers.iter().map(|status| Paper { status: *status, link: None }).collect());
            assert_eq!(state(&whole(columns, "1"), papers.as_deref()), expected, "{columns}");
        }
    }

    #[test]
    fn a_document_of_another_contract_or_person_is_not_taken() {
        let read = |json: &str| serde_json::from_str::<Row<'_>>(json).unwrap().read("45001", "880123");
        let own = read(r#"{"signatureId":1,"contractId":45001,"personId":880123,"status":"Aguardando Assinaturas","linkToSign":"https://vds.example/x"}"#).unwrap();
        assert_eq!((own.status, own.link.as_deref()), (Signature::Awaited, Some("https://vds.example/x")));
        assert!(read(r#"{"contractId":45002,"status":2}"#).is_none());
        assert!(read(r#"{"contractId":45001,"personId":1,"status":2}"#).is_none());
        assert_eq!(read(r#"{"status":7,"linkToSign":"javascript:x"}"#).unwrap().link, None);
    }
}
