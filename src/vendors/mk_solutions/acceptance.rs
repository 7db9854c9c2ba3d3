//! Electronic acceptance: whether a term awaits the holder, and the page on which it is accepted (dossier 4.g).
//!
//! The API takes an acceptance only with a picture of the holder and one of the signature, which a chat does not have,
//! and it has no PDF of a contract. So acceptance takes place on the provider's own page, and only its state is read.

use async_trait::async_trait;
use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::acceptance::{AcceptanceEvidence, AcceptanceMethod, AcceptancePending, AcceptanceState};
use ponte_domain::capability::Capability;
use ponte_domain::contract::{AccessStatus, Contract, ContractStatus};
use ponte_domain::dates::format_br_date;
use ponte_domain::failure::{Refusal, Subject};
use ponte_domain::invoice::Pdf;
use ponte_domain::reference::ContractRef;
use serde::Deserialize;

use super::contracts::{found, is_over, whole};
use super::dialect::{Answer, Need, Rule, look};
use super::{MkSolutions, customers, settings};
use crate::call::Call;
use crate::erp::Acceptance;
use crate::reading::text::Text;

pub(super) const RULE: Rule = Rule::special("WSMKAceiteContratualPendente");
const CAPABILITY: Capability = Capability::Acceptance;

#[async_trait]
impl Acceptance for MkSolutions {
    async fn pending(&self, call: &Call<'_>, contract: &ContractRef) -> Result<AcceptancePending, Failure> {
        let (whole, holder) = tokio::join!(
            whole(call, CAPABILITY, contract),
            customers::by_id(call, Need::Optional(CAPABILITY), contract.customer.id.as_str()),
        );
        let whole = whole?;
        let listed = match (is_over(whole.contract.status.value), whole.joined_on) {
            (true, _) => Some(false),
            // The list is asked for by the day of joining; without one there is nothing to ask.
            (false, None) => None,
            (false, Some(joined)) => Some(is_listed(call, contract, joined).await?),
        };
        let state = state(&whole.contract, listed);
        let link = settings::acceptance_link(call.tenant).filter(|_| state != AcceptanceState::NotRequired);
        Ok(AcceptancePending {
            state,
            method: AcceptanceMethod::VendorLink,
            vendor_link: link.map(str::to_owned),
            registered_phones: holder?.map(|holder| holder.phones).unwrap_or_default(),
            contract: whole.contract,
        })
    }

    async fn document(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Pdf, Failure> {
        found(call, CAPABILITY, contract).await?;
        // The API has no PDF of a contract.
        Err(Failure::not_found(Subject::Document))
    }

    async fn accept(&self, _: &Call<'_>, _: &ContractRef, _: &AcceptanceEvidence) -> Result<(), Failure> {
        Err(Failure::refused(
            Refusal::AcceptanceByVendorLink,
            "MK Solutions takes an acceptance only with pictures of the holder and of the signature, on the provider's own page.",
        ))
    }
}

/// Whether the contract is among those whose term awaits acceptance. Releases before 74 ignore the filters, so the rows
/// are compared (provisional: the answer was not captured).
async fn is_listed(call: &Call<'_>, contract: &ContractRef, joined: Date) -> Result<bool, Failure> {
    let joined = format_br_date(joined);
    let params = [
        ("data_adesao", joined.as_str()),
        ("cd_pessoa", contract.customer.id.as_str()),
        ("cd_contrato", contract.id.as_str()),
    ];
    look(call, Need::Required(CAPABILITY), RULE, &params, |answer| names(answer, contract)).await
}

fn names(answer: &Answer<'_>, contract: &ContractRef) -> Result<bool, Failure> {
    let rows: Vec<Row<'_>> = answer.first_rows()?;
    Ok(rows.iter().any(|row| {
        let id = [&row.cd_contrato, &row.codcontrato, &row.contrato].into_iter().find_map(|id| id.key());
        let holder = [&row.cd_pessoa, &row.codpessoa].into_iter().find_map(|id| id.key());
        id == Some(contract.id.as_str()) && holder.is_none_or(|holder| holder == contract.customer.id.as_str())
    }))
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Row<'a> {
    cd_contrato: Text<'a>,
    codcontrato: Text<'a>,
    contrato: Text<'a>,
    cd_pessoa: Text<'a>,
    codpessoa: Text<'a>,
}

/// `listed`: whether its term awaits acceptance; none where that could not be asked. A contract without a pending term
/// that still awaits its activation may have been accepted or have had no term: nobody says.
fn state(contract: &Contract, listed: Option<bool>) -> AcceptanceState {
    let awaits = contract.access.value == AccessStatus::AwaitingSignature;
    match listed {
        Some(true) => AcceptanceState::Awaiting,
        _ if is_over(contract.status.value) => AcceptanceState::NotRequired,
        // Blocked because it is not accepted: the connection itself says so.
        _ if awaits && contract.access.vendor_word.is_some() => AcceptanceState::Awaiting,
        Some(false) if contract.status.value == ContractStatus::Active => AcceptanceState::NotRequired,
        Some(false) | None => AcceptanceState::Unknown,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::acceptance::AcceptanceState;
    use ponte_domain::contract::{AccessStatus, Contract, ContractStatus, Plan, Speed};
    use ponte_domain::known::Known;
    use ponte_domain::reference::CustomerRef;
    use ponte_transport::Reply;

    use super::{CAPABILITY, RULE, names, state};
    use crate::mk_solutions::dialect::Answer;

    fn contract(status: ContractStatus, access: Known<AccessStatus>) -> Contract {
        Contract {
            reference: CustomerRef::new("17645").contract("8139"),
            number: "8139".into(),
            plan: Plan { name: String::new(), download_mbps: None, upload_mbps: None },
            status: Known::without_word(status),
            access,
            speed: Speed::Unknown,
            due_day: None,
            monthly_amount: None,
            address: None,
            logins: Vec::new(),
            branch: None,
            activated_on: None,
            cancelled_on: None,
        }
    }

    #[test]
    fn the_list_and_the_connection_say_what_awaits_the_holder() {
        use AcceptanceState::{Awaiting, NotRequired, Unknown};
        let bare = |access| Known::without_word(access);
        let said = || Known::new(AccessStatus::AwaitingSignature, "Contrato não aceito");
        for (status, access, listed, expected) in [
            (ContractStatus::PreContract, bare(AccessStatus::AwaitingSignature), Some(true), Awaiting),
            (ContractStatus::PreContract, bare(AccessStatus::AwaitingSignature), Some(false), Unknown),
            (ContractStatus::PreContract, bare(AccessStatus::AwaitingSignature), None, Unknown),
            (ContractStatus::Active, said(), Some(false), Awaiting),
            (ContractStatus::Active, said(), None, Awaiting),
            (ContractStatus::Active, bare(AccessStatus::Active), Some(false), NotRequired),
            (ContractStatus::Active, bare(AccessStatus::Active), Some(true), Awaiting),
            (ContractStatus::Active, bare(AccessStatus::Active), None, Unknown),
            (ContractStatus::Cancelled, bare(AccessStatus::Disabled), Some(false), NotRequired),
        ] {
            assert_eq!(state(&contract(status, access), listed), expected, "{status:?} {listed:?}");
        }
    }

    #[test]
    fn a_pending_term_is_found_in_any_spelling_and_only_ones_own() {
        let own = CustomerRef::new("17645").contract("8139");
        for (body, expected) in [
            (r#"{"Contratos":[{"cd_contrato":8139,"cd_pessoa":17645}],"status":"OK"}"#, true),
            (r#"{"Pendentes":[{"codcontrato":"8139"}],"status":"OK"}"#, true),
            (r#"[{"contrato":8139}]"#, true),
            (r#"{"Contratos":[{"cd_contrato":8139,"cd_pessoa":1}],"status":"OK"}"#, false),
            (r#"{"Contratos":[{"cd_contrato":1,"cd_pessoa":17645}],"status":"OK"}"#, false),
            ("[]", false),
            (r#"{"CODIGO_ERRO":"003","Mensagem":"Dados não localizados.","status":"ERRO"}"#, false),
        ] {
            let reply = Reply::new(200, None, body);
            let answer = Answer::of(&reply, RULE, CAPABILITY).unwrap();
            assert_eq!(names(&answer, &own).unwrap(), expected, "{body}");
        }
    }
}
