//! Electronic acceptance (dossier 4.g): the legal documents beside a service are accepted in one PUT, and the service is
//! activated by a route of its own, since being signed does not move it on. The ERP gives no PDF of a filled-in contract.

use async_trait::async_trait;
use ponte_domain::acceptance::{AcceptanceEvidence, AcceptanceMethod, AcceptancePending, AcceptanceState};
use ponte_domain::capability::Capability;
use ponte_domain::dates::format_br_date;
use ponte_domain::failure::Refusal;
use ponte_domain::invoice::Pdf;
use ponte_domain::reference::ContractRef;
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Method;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::Hubsoft;
use super::contracts::{Facts, facts, whole};
use super::dialect::{self, Need, act, send};
use super::settings::{self, Activation};
use super::words::Prefix;
use crate::call::Call;
use crate::erp::Acceptance;
use crate::reading::flag::yes_no;
use crate::reading::rows::Rows;
use crate::reading::text::Text;

const CAPABILITY: Capability = Capability::Acceptance;
const ACCEPT: &str = "cliente/contrato/aceitar_contrato";
const ACTIVATE: &str = "cliente/cliente_servico/ativar";

#[async_trait]
impl Acceptance for Hubsoft {
    async fn pending(&self, call: &Call<'_>, contract: &ContractRef) -> Result<AcceptancePending, Failure> {
        let whole = whole(call, CAPABILITY, contract).await?;
        Ok(AcceptancePending {
            state: state(&whole.facts, settings::activation(call.tenant)),
            method: AcceptanceMethod::Gateway,
            vendor_link: None,
            registered_phones: whole.person.customer.phones,
            contract: whole.contract,
        })
    }

    /// The provider's standard contract, where the tenant says where it is; the ERP has no route for the filled-in one.
    async fn document(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Pdf, Failure> {
        let Some(link) = settings::contract_document(call.tenant) else {
            return Err(Failure::new(
                FailureKind::NotSupported(CAPABILITY),
                "Hubsoft's API has no route for a contract's PDF, and the tenant's setting contract_document names none.",
            ));
        };
        facts(call, CAPABILITY, contract).await?;
        dialect::document(call, "contract_document", link).await
    }

    async fn accept(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        evidence: &AcceptanceEvidence,
    ) -> Result<(), Failure> {
        let (_, before) = facts(call, CAPABILITY, contract).await?;
        let open = open_documents(&before);
        if !open.is_empty() {
            sign(call, &open, evidence).await?;
        }
        if settings::activation(call.tenant) == Activation::ByProvider {
            return Ok(());
        }
        match activate_signed(call, contract).await {
            // The documents were accepted here and now, and whoever accepted them must find the evidence kept: that the
            // service is not activated is told by the contract that is read back, and by the next try (dossier 4.g).
            Err(failure) if !open.is_empty() && failure.kind() != FailureKind::OutcomeUnknown => {
                tracing::warn!(vendor = "hubsoft", request_id = %call.trip.request_id, reason = failure.kind().word(), "legal documents were accepted and their service was not activated");
                Ok(())
            }
            outcome => outcome,
        }
    }
}

/// Activates what a fresh look shows to be waiting still, with its documents accepted.
async fn activate_signed(call: &Call<'_>, contract: &ContractRef) -> Result<(), Failure> {
    let (_, facts) = facts(call, CAPABILITY, contract).await?;
    if facts.prefix == Prefix::AwaitingSignature && is_signed(&facts) { activate(call, contract).await } else { Ok(()) }
}

/// What is waited for: a document's acceptance, or the activation of a service whose documents are accepted.
fn state(facts: &Facts, activation: Activation) -> AcceptanceState {
    let waits = facts.prefix == Prefix::AwaitingSignature;
    match &facts.documents {
        _ if facts.prefix.is_over() => AcceptanceState::NotRequired,
        _ if !open_documents(facts).is_empty() => AcceptanceState::Awaiting,
        // A service that waits for a signature on nothing: the ERP does not list what is to be signed.
        None => AcceptanceState::Unknown,
        Some(documents) if documents.is_empty() && waits => AcceptanceState::Unknown,
        Some(documents) if documents.is_empty() => AcceptanceState::NotRequired,
        Some(_) if waits && activation == Activation::Here => AcceptanceState::Awaiting,
        Some(_) => AcceptanceState::Accepted,
    }
}

fn open_documents(facts: &Facts) -> Vec<&str> {
    let documents = facts.documents.as_deref().unwrap_or_default();
    documents.iter().filter(|document| !document.accepted).map(|document| document.id.as_str()).collect()
}

/// Whether there are documents and all are accepted.
fn is_signed(facts: &Facts) -> bool {
    facts
        .documents
        .as_deref()
        .is_some_and(|documents| !documents.is_empty() && documents.iter().all(|document| document.accepted))
}

#[derive(Serialize)]
struct Body<'a> {
    ids_cliente_servico_contrato: &'a [&'a str],
    data_aceito: String,
    hora_aceito: String,
    observacao: String,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
struct Signed<'a> {
    #[serde(default)]
    itens_aceito: Option<Rows<Item<'a>>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Item<'a> {
    id_cliente_servico_contrato: Text<'a>,
    aceito: Text<'a>,
}

/// Accepts documents. It is done for those that come back as accepted, and only for those. The evidence has no other home
/// at the vendor than the note.
async fn sign(call: &Call<'_>, ids: &[&str], evidence: &AcceptanceEvidence) -> Result<(), Failure> {
    let at = call.tenant.settings.zone.zoned(evidence.accepted_at);
    let body = Body {
        ids_cliente_servico_contrato: ids,
        data_aceito: at.date().to_string(),
        hora_aceito: format!("{:02}:{:02}", at.hour(), at.minute()),
        observacao: format!(
            "Aceite eletrônico em {} às {:02}:{:02}:{:02}. Evidência {}. Telefone {}. SHA-256 do documento: {}.",
            format_br_date(at.date()),
            at.hour(),
            at.minute(),
            at.second(),
            evidence.evidence_id,
            evidence.phone.masked(),
            evidence.document_sha256,
        ),
    };
    let outcome = send(
        call,
        Need::Required(CAPABILITY),
        ACCEPT,
        || act(ACCEPT, Method::Put).json(&body),
        |answer| match answer.outcome::<Signed<'_>>()? {
            Ok(signed) => {
                let items = answer.promised(signed.itens_aceito)?.0;
                let done = |id: &&str| {
                    items.iter().any(|item| {
                        item.id_cliente_servico_contrato.as_str() == *id && yes_no(item.aceito.as_str()) == Some(true)
                    })
                };
                Ok(Ok(ids.iter().all(done)))
            }
            Err(denial) => Ok(Err(denial)),
        },
    );
    match outcome.await? {
        Ok(true) => Ok(()),
        // Taken up again, it asks for the rest only.
        Ok(false) => Err(Failure::refused(Refusal::VendorRule, "The ERP did not accept all of the legal documents.")),
        Err(denial) => {
            Err(denial.refused(Refusal::VendorRule, "The ERP refuses to accept the contract's legal documents."))
        }
    }
}

/// Activates a service that never was. It may start the billing, so it is sent once.
async fn activate(call: &Call<'_>, contract: &ContractRef) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Nothing {}
    let outcome = send(
        call,
        Need::Optional(CAPABILITY),
        ACTIVATE,
        || act(ACTIVATE, Method::Post).segment(contract.id.as_str()).json(&Nothing {}),
        |answer| answer.done::<IgnoredAny>(),
    );
    match outcome.await? {
        Ok(_) => Ok(()),
        Err(denial) => Err(denial.refused(
            Refusal::VendorRule,
            "The legal documents are accepted; the ERP refuses to activate the service.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use ponte_domain::acceptance::AcceptanceState;

    use super::{Activation, state};
    use crate::hubsoft::testing::facts;

    #[test]
    fn documents_and_the_prefix_say_what_is_waited_for() {
        use AcceptanceState::{Accepted, Awaiting, NotRequired, Unknown};
        use Activation::{ByProvider, Here};
        const OPEN: &str = r#"[{"id_cliente_servico_contrato":1,"aceito":false,"data_aceito_br":null}]"#;
        const HALF: &str = r#"[{"id_cliente_servico_contrato":1,"aceito":true},{"id_cliente_servico_contrato":2}]"#;
        const SIGNED: &str = r#"[{"id_cliente_servico_contrato":1,"data_aceito_br":"07/09/2026 14:35"}]"#;
        for (prefix, documents, activation, expected) in [
            ("aguardando_assinatura_contrato", OPEN, Here, Awaiting),
            ("aguardando_assinatura_contrato", HALF, Here, Awaiting),
            ("aguardando_assinatura_contrato", SIGNED, Here, Awaiting),
            ("aguardando_assinatura_contrato", SIGNED, ByProvider, Accepted),
            ("aguardando_assinatura_contrato", "[]", Here, Unknown),
            ("aguardando_assinatura_contrato", "null", Here, Unknown),
            ("servico_habilitado", OPEN, Here, Awaiting),
            ("servico_habilitado", SIGNED, Here, Accepted),
            ("servico_habilitado", "[]", Here, NotRequired),
            ("servico_habilitado", r#""""#, Here, NotRequired),
            ("servico_habilitado", "null", Here, Unknown),
            ("cancelado", OPEN, Here, NotRequired),
        ] {
            let facts = facts(&format!(r#""status_prefixo":"{prefix}","contratos":{documents}"#));
            assert_eq!(state(&facts, activation), expected, "{prefix} {documents}");
        }
    }
}
