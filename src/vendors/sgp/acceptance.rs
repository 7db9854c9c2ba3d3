//! Electronic acceptance of a contract's term (dossier 4.g).
//!
//! Accepting does not activate: a new contract is activated in the back office, and no route of this API may do it for
//! a chat. SGPSign, the newer product, has no public route to sign.

use async_trait::async_trait;
use ponte_domain::acceptance::{AcceptanceEvidence, AcceptanceMethod, AcceptancePending, AcceptanceState};
use ponte_domain::capability::Capability;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::invoice::Pdf;
use ponte_domain::reference::ContractRef;
use ponte_domain::{Failure, FailureKind};
use serde::Deserialize;

use super::contracts::whole;
use super::dialect::{Need, Request, act, print};
use super::found::{self, Found};
use super::term::{self, Term};
use super::values::{flag, given};
use super::{Sgp, settings};
use crate::call::Call;
use crate::erp::Acceptance;
use crate::reading::prose::for_log;
use crate::reading::text::Text;

const CAPABILITY: Capability = Capability::Acceptance;
const REQUIRED: Need = Need::Required(CAPABILITY);

#[async_trait]
impl Acceptance for Sgp {
    async fn pending(&self, call: &Call<'_>, contract: &ContractRef) -> Result<AcceptancePending, Failure> {
        let whole = whole(call, CAPABILITY, contract).await?;
        let term = of(call, contract).await?;
        Ok(AcceptancePending {
            state: state(&whole.found, term),
            method: AcceptanceMethod::Gateway,
            vendor_link: None,
            registered_phones: whole.found.phones,
            contract: whole.contract,
        })
    }

    async fn document(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Pdf, Failure> {
        found::contract(call, REQUIRED, contract).await?;
        // The one GET whose parameters are in its body (dossier 2.2).
        let request = Request::body_of_get("contratos.print", "/api/contratos/print")
            .at(settings::acceptance_document(call.tenant))
            .with("contrato", contract.id.as_str());
        match print(call, Need::Optional(CAPABILITY), request).await {
            Ok(document) => document.ok_or_else(|| Failure::not_found(Subject::Document)),
            Err(failure) => Err(failure),
        }
    }

    async fn accept(&self, call: &Call<'_>, contract: &ContractRef, _: &AcceptanceEvidence) -> Result<(), Failure> {
        found::contract(call, REQUIRED, contract).await?;
        if of(call, contract).await?.is_some_and(|term| term.accepted) {
            // Taken up again after it went through.
            return Ok(());
        }
        let request = Request::form("termoaceite.aceitar", "/api/contrato/termoaceite")
            .at(contract.id.as_str())
            .with("aceite", "sim");
        let (said, upstream) = act(call, REQUIRED, request, |answer| {
            answer.json(|wire: Wire<'_>| Ok(wire.read().map(|said| (said, answer.upstream()))))
        })
        .await?;
        let words = match said {
            Said::Taken => return Ok(()),
            Said::No(words) => words,
        };
        // It may say no of a term that is accepted already, so the term itself decides (dossier 4.g).
        if let Ok(Some(Term { accepted: true })) = of(call, contract).await {
            return Ok(());
        }
        let refused = Failure::refused(Refusal::VendorRule, "The ERP refuses the acceptance of the contract's term.");
        Err(refused.with("vendor_message", words).at(upstream))
    }
}

/// The term, or none where the contract has none.
async fn of(call: &Call<'_>, contract: &ContractRef) -> Result<Option<Term>, Failure> {
    match term::of(call, REQUIRED, &contract.id).await {
        Ok(term) => Ok(Some(term)),
        Err(failure) if matches!(failure.kind(), FailureKind::NotFound(_)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Awaiting is a term that nobody has accepted, of a contract that has not ended.
fn state(found: &Found, term: Option<Term>) -> AcceptanceState {
    match term {
        _ if found.standing.is_over() => AcceptanceState::NotRequired,
        None => AcceptanceState::NotRequired,
        Some(Term { accepted: true }) => AcceptanceState::Accepted,
        Some(Term { accepted: false }) => AcceptanceState::Awaiting,
    }
}

/// What the vendor said to an acceptance.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Taken,
    /// No, in words for the log.
    No(String),
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Wire<'a> {
    success: Text<'a>,
    msg: Text<'a>,
}

impl Wire<'_> {
    fn read(&self) -> Option<Said> {
        match flag(&self.success)? {
            true => Some(Said::Taken),
            false => Some(Said::No(for_log(given(&self.msg).unwrap_or_default()))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Said, Wire};

    #[test]
    fn success_is_said_in_several_ways() {
        let read = |json: &str| serde_json::from_str::<Wire<'_>>(json).unwrap().read();
        assert_eq!(read(r#"{"success":true,"msg":"Termo aceito"}"#), Some(Said::Taken));
        assert_eq!(read(r#"{"success":"True"}"#), Some(Said::Taken));
        assert_eq!(
            read(r#"{"success":false,"msg":"termo já aceito por Ana"}"#),
            Some(Said::No("termo já aceito por …".to_owned()))
        );
        assert_eq!(read(r#"{"msg":"x"}"#), None);
    }
}
