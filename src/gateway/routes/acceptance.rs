//! Electronic acceptance: state, PDF, accept.

use actix_web::web::ServiceConfig;
use ponte_api::acceptance::{Acceptance, AcceptanceDone, AcceptanceRequest};
use ponte_domain::Failure;
use ponte_domain::reference::ContractRef;
use ponte_operations::acceptance::AcceptanceForm;

use super::forms;
use crate::answer::{JSON, PDF, acted, document, served};
use crate::entry::{Act, Answer, Entry, Intended, Read};
use crate::http::Place;
use crate::openapi::{files, params, problems};
use crate::present::{self, Scene};

/// The routes.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(Place::at("/v1/tenants/{tenant}/contracts/{contract}/acceptance").get(state).post(accept)).service(
        Place::at("/v1/tenants/{tenant}/contracts/{contract}/acceptance/document.pdf")
            .giving("application/pdf")
            .get(pdf),
    );
}

/// Read whether a contract awaits acceptance
///
/// Says whether and where the contract is to be accepted, which document is to be shown, and from which phones.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/contracts/{contract}/acceptance",
    operation_id = "getAcceptance",
    tag = "Acceptance",
    params(params::Tenant, params::Contract),
    responses((status = 200, description = "The state.", body = Acceptance), problems::Read)
)]
pub(crate) async fn state(entry: Entry<Read, ContractRef>) -> Answer {
    let scene = Scene::of(&entry);
    let present = move |pending: &_| present::acceptance::pending(&scene, pending);
    Ok(served(entry.house.operations.acceptance_state(&entry.visit, &entry.target, present).await?, JSON))
}

/// Fetch the contract to be accepted as PDF
///
/// Gives the document that the holder must be shown; its SHA-256 becomes part of the evidence.
#[utoipa::path(
    get,
    path = "/v1/tenants/{tenant}/contracts/{contract}/acceptance/document.pdf",
    operation_id = "getAcceptanceDocument",
    tag = "Acceptance",
    params(params::Tenant, params::Contract),
    responses(
        (status = 200, description = "The contract.", body = files::PdfFile, content_type = "application/pdf"),
        problems::Read
    )
)]
pub(crate) async fn pdf(entry: Entry<Read, ContractRef>) -> Answer {
    let pdf = entry.house.operations.acceptance_document(&entry.visit, &entry.target).await?;
    Ok(document(pdf, PDF, "contrato.pdf"))
}

/// Accept a contract
///
/// Accepts a contract that awaits signature, from the phone registered with the holder, and activates it, once. The
/// evidence is kept; the answer shows the contract as read back.
#[utoipa::path(
    post,
    path = "/v1/tenants/{tenant}/contracts/{contract}/acceptance",
    operation_id = "acceptContract",
    tag = "Acceptance",
    params(params::Tenant, params::Contract, params::IdempotencyKey),
    request_body(content = AcceptanceRequest, description = "Who accepts, and what was confirmed."),
    responses(
        (status = 200, description = "Accepted, or asked for.", body = AcceptanceDone),
        problems::Act,
        problems::AcceptanceConflict
    )
)]
pub(crate) async fn accept(entry: Entry<Act, ContractRef>, act: Intended<AcceptanceRequest>) -> Answer {
    let (form, scene) = (form(act.body)?, Scene::of(&entry));
    let present = move |outcome: Result<&_, &_>| present::acceptance::done(&scene, outcome);
    Ok(acted(
        entry
            .house
            .operations
            .accept(&entry.visit, &entry.target, form, &act.intent, present)
            .await
            .map_err(forms::in_body)?,
    ))
}

fn form(request: AcceptanceRequest) -> Result<AcceptanceForm, Failure> {
    let texts = request.texts_confirmed;
    if !(1..=10).contains(&texts.len()) {
        return Err(Failure::invalid("/texts_confirmed", "One to ten confirmed texts are needed."));
    }
    let hex = |digest: &String| digest.len() == 64 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !request.document_sha256.iter().all(hex) {
        return Err(Failure::invalid("/document_sha256", "A SHA-256 is 64 lower-case hexadecimal digits."));
    }
    Ok(AcceptanceForm {
        phone: forms::phone(&request.phone, "/phone")?,
        texts_confirmed: texts
            .iter()
            .enumerate()
            .map(|(at, text)| forms::text(&text.0, 1, 2000, &format!("/texts_confirmed/{at}")))
            .collect::<Result<_, _>>()?,
        document_sha256: request.document_sha256,
    })
}
