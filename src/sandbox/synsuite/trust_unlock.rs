//! Trust unlock (section 4.e): by number for the integrator, by id for the subscriber. All texts are the dossier's
//! stand-ins, and none has a day or a date.

use serde_json::json;

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::id::Id;
use crate::town::trust_unlock::UnlockRefusal;

use super::contracts::{by_id, by_number};
use super::dialect;
use super::logins;
use super::request::{Asked, Route, Surface};

pub(super) const ROUTES: &[Route] = &[
    Route { surface: Surface::ThirdParty, method: "POST", path: "contracts/unlock/{}", answer: unlock },
    Route { surface: Surface::Portal, method: "POST", path: "contracts/{}/unblock", answer: unblock },
];

/// An id in the place of the number finds nothing.
fn unlock(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(contract) = by_number(town, asked.part(0)).map(|one| one.id) else { return dialect::not_found() };
    match town.unlock_on_trust(contract) {
        Ok(_) => dialect::done("Contrato desbloqueado com sucesso."),
        Err(refusal) => dialect::refused(words(refusal)),
    }
}

fn words(refusal: UnlockRefusal) -> &'static str {
    match refusal {
        UnlockRefusal::NoSuchContract => "Registro não encontrado.",
        UnlockRefusal::NotBlocked => "Contrato não está bloqueado.",
        UnlockRefusal::NotForDebt => "Contrato com bloqueio administrativo.",
        UnlockRefusal::ContractNotActive => "Tipo de contrato não permite desbloqueio em confiança.",
        UnlockRefusal::Restricted { .. } => "Quantidade máxima de desbloqueios em confiança atingida.",
    }
}

/// The portal's, for the subscriber's own contracts. Its answer is not documented.
fn unblock(town: &mut Town, asked: &Asked<'_>) -> Response {
    let owner = logins::subscriber(town, asked.request());
    let Some(contract) = by_id(town, asked.part(0)).filter(|one| Some(one.customer) == owner).map(|one| one.id) else {
        return dialect::portal_forbidden();
    };
    match town.unlock_on_trust(contract) {
        Ok(_) => dialect::json_with(200, &json!({ "data": { "id": asked.part(0), "unblocked": true } })),
        Err(refusal) => dialect::json_with(422, &json!({ "status": "error", "message": words(refusal) })),
    }
}

/// Unlocks used and left this month, as the portal counts them: one a month.
pub(super) fn attempts(town: &Town, contract: Id<Contract>) -> (u8, u8) {
    let used = town.contract(contract).is_some_and(|one| one.trust_restricted_until(town.today()).is_some());
    (u8::from(used), u8::from(!used))
}
