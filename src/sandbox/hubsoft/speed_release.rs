//! `cliente_servico/habilitar`: a suspended or slowed service for good (section 4.f). The trust
//! unlock of a slowed one is in `trust_unlock.rs`.

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::{Access, Speed};

use super::ask::{Ask, Route};
use super::contracts::{brief, status};
use super::dialect::{Refusal, done_with};
use super::numbers::service;

pub(super) const ROUTES: &[Route] = &[Route::post("cliente/cliente_servico/habilitar/{}", enable)];

fn enable(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    ask.requires(&["motivo_habilitacao"])?;
    let found = ask.id.parse().ok().and_then(|id| service(town, id));
    let contract = found.ok_or_else(|| Refusal::not_found("Serviço", &ask.id))?;
    let (id, slowed) = (contract.id, contract.speed == Speed::Reduced);
    let suspended = ["suspenso_debito", "suspenso_parcialmente", "suspenso_pedido_cliente"];
    if !suspended.contains(&status(town, contract).prefix) {
        return Err(Refusal::new("O serviço não está suspenso"));
    }
    let enabled = if slowed { town.release_speed(id).is_ok() } else { town.set_access(id, Access::Active) };
    match town.contract(id) {
        // The blank at the end is the vendor's.
        Some(after) if enabled => {
            Ok(done_with("Serviço habilitado com sucesso ", [("cliente_servico", brief(town, after))]))
        }
        _ => Err(Refusal::new("Não foi possível habilitar o serviço")),
    }
}
