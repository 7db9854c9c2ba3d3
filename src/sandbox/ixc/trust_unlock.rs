//! `desbloqueio_confianca` (section 4.e).

use jiff::civil::Date;
use serde_json::json;

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::id::Id;
use crate::town::trust_unlock::UnlockRefusal;

use super::dialect::{Action, Fields, json_answer};
use super::row::br_date;

pub(super) const ACTIONS: &[Action] = &[Action { name: "desbloqueio_confianca", run: unlock }];

fn unlock(town: &mut Town, fields: &Fields) -> Response {
    let Some(id) = Id::<Contract>::read(fields.text("id")) else { return no_such_contract() };
    match town.unlock_on_trust(id) {
        // Only `tipo` is certain; the sentence is the dossier's stand-in.
        Ok(_) => json_answer(&json!({
            "tipo": "sucesso",
            "mensagem": "Desbloqueio de confiança realizado com sucesso.",
        })),
        Err(UnlockRefusal::NoSuchContract) => no_such_contract(),
        Err(UnlockRefusal::NotBlocked) => {
            refused("107", "O contrato já encontra-se ativo, não é necessário utilizar o desbloqueio de confiança.")
        }
        Err(UnlockRefusal::ContractNotActive) => {
            refused("109", "Não é possível utilizar o desbloqueio de confiança, o contrato está inativo.")
        }
        // The number is a guess of the dossier's (108 is a gap in the list); the words are those
        // of older versions.
        Err(UnlockRefusal::NotForDebt) => refused("108", "O contrato não pode ser desbloqueado."),
        Err(UnlockRefusal::Restricted { used_on, pay_by, until }) => {
            refused("113", &sentence(id, used_on, pay_by, until))
        }
    }
}

/// Why a contract's own columns say that it is restricted: the sentence of code 113.
pub(super) fn restriction_text(contract: &Contract, today: Date) -> String {
    match (contract.trust_used_on, contract.unlocked_until(), contract.trust_restricted_until(today)) {
        (Some(used_on), Some(pay_by), Some(until)) => sentence(contract.id, used_on, pay_by, until),
        _ => String::new(),
    }
}

/// The dates are in the text and nowhere else. The vendor names the day after which a bill must
/// fall due; the town's first day of use is that day.
fn sentence(id: Id<Contract>, used_on: Date, pay_by: Date, until: Date) -> String {
    format!(
        "O desbloqueio de confiança não está disponível para o contrato {id}, este recurso foi usado no dia {} e não \
         foi realizado o pagamento até o dia {}, este recurso será habilitado novamente quando o título que vence \
         após o dia {} for pago.",
        br_date(used_on),
        br_date(pay_by),
        br_date(until),
    )
}

fn no_such_contract() -> Response {
    refused("106", "ID de contrato inexistente na base de dados.")
}

fn refused(code: &str, message: &str) -> Response {
    json_answer(&json!({ "tipo": "erro", "codigo": code, "mensagem": message }))
}
