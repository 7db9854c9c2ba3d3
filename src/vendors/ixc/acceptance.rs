//! Electronic acceptance: what awaits, the contract's PDF, signing the terms and activating (dossier 4.g).

use std::borrow::Cow;

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::acceptance::{AcceptanceEvidence, AcceptanceMethod, AcceptancePending, AcceptanceState};
use ponte_domain::capability::Capability;
use ponte_domain::contract::{AccessStatus, ContractStatus};
use ponte_domain::dates::format_br_date;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::invoice::Pdf;
use ponte_domain::reference::ContractRef;
use serde::{Deserialize, Serialize};

use super::contracts::{Facts, facts, whole};
use super::dialect::{Need, Outcome, Query, act, all_rows, print, replace};
use super::{Ixc, customers, settings};
use crate::call::Call;
use crate::erp::Acceptance;
use crate::reading::flag::yes_no;
use crate::reading::opaque::OpaqueRow;
use crate::reading::text::Text;

const CAPABILITY: Capability = Capability::Acceptance;
const REQUIRED: Need = Need::Required(CAPABILITY);
const TERMS: &str = "cliente_contrato_assinatura_termo";

#[async_trait]
impl Acceptance for Ixc {
    async fn pending(&self, call: &Call<'_>, contract: &ContractRef) -> Result<AcceptancePending, Failure> {
        let whole = whole(call, CAPABILITY, contract).await?;
        let state = state(&whole.facts);
        let awaiting = state == AcceptanceState::Awaiting;
        let link = whole.facts.signature_link.filter(|_| awaiting);
        let holder = match whole.person {
            // Whose phone it must be is a part of the question: trouble in reading the holder is trouble, since no
            // phone at all would look like the wrong one.
            None if awaiting => customers::by_id(call, REQUIRED, contract.customer.id.as_str()).await?,
            person => person,
        };
        Ok(AcceptancePending {
            state,
            method: if link.is_some() { AcceptanceMethod::VendorLink } else { AcceptanceMethod::Gateway },
            vendor_link: link,
            registered_phones: holder.map(|person| person.customer.phones).unwrap_or_default(),
            contract: whole.contract,
        })
    }

    async fn document(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Pdf, Failure> {
        #[derive(Serialize)]
        struct Body<'a> {
            id: &'a str,
        }
        let facts = facts(call, CAPABILITY, contract).await?;
        let button = settings::CONTRACT_PDF;
        let document =
            print(call, Need::Optional(CAPABILITY), button.usual, button.route(call.tenant)?, &Body { id: facts.id() })
                .await?;
        document.ok_or_else(|| Failure::not_found(Subject::Document))
    }

    async fn accept(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        evidence: &AcceptanceEvidence,
    ) -> Result<(), Failure> {
        let facts = facts(call, CAPABILITY, contract).await?;
        if !facts.awaits_signature() {
            // Taken up again after the activation went through: the rest is done or cannot be told from done.
            return Ok(());
        }
        sign_terms(call, contract).await?;
        if facts.status.value == ContractStatus::PreContract {
            activate(call, contract).await?;
        } else if settings::acceptance_release(call.tenant) {
            release(call, contract).await?;
        }
        note(call, contract, evidence).await;
        Ok(())
    }
}

/// Whether the holder's signature is waited for (dossier 4.g).
fn state(facts: &Facts) -> AcceptanceState {
    if facts.is_over() {
        AcceptanceState::NotRequired
    } else if facts.awaits_signature() {
        AcceptanceState::Awaiting
    } else if facts.signature_demanded == Some(false) {
        AcceptanceState::NotRequired
    } else if matches!(facts.access.value, AccessStatus::Unknown)
        || matches!(facts.status.value, ContractStatus::Unknown)
    {
        AcceptanceState::Unknown
    } else if facts.signed_on.is_some() || facts.signature_demanded == Some(true) {
        AcceptanceState::Accepted
    } else {
        AcceptanceState::NotRequired
    }
}

/// One term. Those that are signed already are left as they are, so that this can be taken up again.
struct Term {
    id: String,
    signed: bool,
    row: OpaqueRow,
}

/// Marks each term that is not signed yet: the whole row goes back, with its token, which nobody here reads.
async fn sign_terms(call: &Call<'_>, contract: &ContractRef) -> Result<(), Failure> {
    for term in terms(call, contract).await?.into_iter().filter(|term| !term.signed) {
        let row = term.row.without("id").set("assinado", "S")?;
        match replace(call, REQUIRED, "cliente_contrato_assinatura_termo.update", TERMS, &term.id, &row).await? {
            Outcome::Done { .. } => {}
            Outcome::Denied(denial) => {
                return Err(denial.refused(Refusal::VendorRule, "The ERP refuses to mark a term as signed."));
            }
        }
    }
    Ok(())
}

/// The terms of a contract. The rows are read twice out of one answer: once for what is decided on, once whole.
async fn terms(call: &Call<'_>, contract: &ContractRef) -> Result<Vec<Term>, Failure> {
    let wanted = contract.id.as_str().to_owned();
    let query = Query::equals(TERMS, "id_contrato", wanted.as_str());
    let found = all_rows(
        call,
        Need::Optional(CAPABILITY),
        query,
        |term: &Term| &term.id,
        |answer| {
            let mut heads = answer.page::<TermRow<'_>>()?.rows.into_iter();
            answer.page::<OpaqueRow>()?.read(|row| {
                let head = heads.next().unwrap_or_default();
                let id = head.id.key().filter(|_| head.id_contrato.as_str() == wanted);
                // A term of another contract is passed over like a signed one.
                Ok(Term {
                    id: id.unwrap_or_default().to_owned(),
                    signed: id.is_none() || yes_no(head.assinado.as_str()) == Some(true),
                    row,
                })
            })
        },
    );
    match found.await {
        // Without the table there are no terms to sign; the activation is what counts.
        Err(failure) if matches!(failure.kind(), ponte_domain::FailureKind::NotSupported(_)) => Ok(Vec::new()),
        other => other,
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct TermRow<'a> {
    id: Text<'a>,
    id_contrato: Text<'a>,
    assinado: Text<'a>,
}

#[derive(Serialize)]
struct OfContract<'a> {
    id_contrato: &'a str,
}

/// Makes a pre-contract a contract. It may fire billing and an installation order, so it is sent once.
async fn activate(call: &Call<'_>, contract: &ContractRef) -> Result<(), Failure> {
    const ROUTE: &str = "cliente_contrato_ativar_cliente";
    let body = OfContract { id_contrato: contract.id.as_str() };
    match act(call, REQUIRED, ROUTE, Cow::Borrowed(ROUTE), &body).await? {
        Outcome::Done { .. } => Ok(()),
        Outcome::Denied(denial) => {
            Err(denial.refused(Refusal::VendorRule, "The ERP refuses to activate the contract."))
        }
    }
}

/// Lifts the wait of an active contract. Only where the tenant says so: no source shows what lifts it but the
/// signature itself (dossier 4.g).
async fn release(call: &Call<'_>, contract: &ContractRef) -> Result<(), Failure> {
    let button = settings::CONTRACT_RELEASE;
    let body = OfContract { id_contrato: contract.id.as_str() };
    match act(call, Need::Optional(CAPABILITY), button.usual, button.route(call.tenant)?, &body).await? {
        Outcome::Done { .. } => Ok(()),
        Outcome::Denied(denial) => Err(denial.refused(Refusal::VendorRule, "The ERP refuses to release the contract.")),
    }
}

/// A note in the contract's history for whoever looks there. The evidence itself is kept by Ponte, so a note that
/// cannot be written fails nothing.
async fn note(call: &Call<'_>, contract: &ContractRef, evidence: &AcceptanceEvidence) {
    #[derive(Serialize)]
    struct Note<'a> {
        tipo: &'a str,
        data: String,
        historico: String,
        id_cliente: &'a str,
        id_contrato: &'a str,
    }
    const ROUTE: &str = "cliente_contrato_historico";
    let Some(kind) = settings::acceptance_note_kind(call.tenant) else { return };
    let accepted = call.tenant.settings.zone.zoned(evidence.accepted_at);
    let note = Note {
        tipo: kind,
        data: format_br_date(accepted.date()),
        historico: format!(
            "Aceite eletrônico em {} às {:02}:{:02}:{:02}. Evidência {}. Telefone {}. SHA-256 do documento: {}.",
            format_br_date(accepted.date()),
            accepted.hour(),
            accepted.minute(),
            accepted.second(),
            evidence.evidence_id,
            evidence.phone.masked(),
            evidence.document_sha256,
        ),
        id_cliente: contract.customer.id.as_str(),
        id_contrato: contract.id.as_str(),
    };
    let outcome =
        act(call, Need::Optional(CAPABILITY), "cliente_contrato_historico.insert", Cow::Borrowed(ROUTE), &note).await;
    if !matches!(outcome, Ok(Outcome::Done { .. })) {
        tracing::warn!(vendor = "ixc", request_id = %call.trip.request_id, "the note of an acceptance could not be written");
    }
}

#[cfg(test)]
mod tests {
    use ponte_domain::acceptance::AcceptanceState;

    use super::state;
    use crate::ixc::testing::facts;

    #[test]
    fn columns_say_whether_a_signature_is_waited_for() {
        use AcceptanceState::{Accepted, Awaiting, NotRequired, Unknown};
        for (columns, expected) in [
            (r#""status":"P","status_internet":"D""#, Awaiting),
            (r#""status":"P","status_internet":"AA""#, Awaiting),
            (r#""status":"A","status_internet":"AA""#, Awaiting),
            (r#""status":"A","status_internet":"A","data_assinatura":"2024-03-11""#, Accepted),
            (r#""status":"A","status_internet":"CA","assinatura_digital":"S""#, Accepted),
            (
                r#""status":"A","status_internet":"A","assinatura_digital":"N","data_assinatura":"2024-03-11""#,
                NotRequired,
            ),
            (r#""status":"A","status_internet":"A","assinatura_digital":"P""#, NotRequired),
            (r#""status":"I","status_internet":"AA","data_cancelamento":"2024-03-11""#, NotRequired),
            (r#""status":"D","status_internet":"AA""#, NotRequired),
            (r#""status":"A","status_internet":"XX""#, Unknown),
        ] {
            assert_eq!(state(&facts(columns)), expected, "{columns}");
        }
    }
}
