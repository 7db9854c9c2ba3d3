//! `liberacao_reducao_contrato_29157` (section 4.f). Its answer is not documented: stand-ins of the
//! family `type`/`message`.

use crate::http::Response;
use crate::town::Town;
use crate::town::id::Id;
use crate::town::speed_release::SpeedRefusal;

use super::dialect::{Action, Fields, Refusal, success};

pub(super) const ACTIONS: &[Action] = &[Action { name: "liberacao_reducao_contrato_29157", run: release }];

fn release(town: &mut Town, fields: &Fields) -> Response {
    match Id::read(fields.first(&["get_id", "id"])).map(|id| town.release_speed(id)) {
        Some(Ok(())) => success("Velocidade do contrato liberada com sucesso!"),
        Some(Err(SpeedRefusal::NotReduced)) => {
            Refusal::new("O contrato não está com a velocidade reduzida!").response()
        }
        Some(Err(SpeedRefusal::NoSuchContract)) | None => Refusal::generic().response(),
    }
}
