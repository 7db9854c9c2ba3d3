//! `cliente_contrato`, its history, and the operators' buttons on a contract (sections 4.b, 4.e).

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::{Access, Contract, ContractNote, ReleaseRefusal, Speed, Standing};
use crate::town::id::Id;
use crate::town::people::Customer;

use super::dialect::{Action, Fields, Refusal, success};
use super::row::{Row, flag, moment};
use super::table::{Empty, Shape, Table, Total, require};
use super::trust_unlock;

pub(super) const TABLES: &[Table] = &[
    Table::of("cliente_contrato", rows).shaped(Shape::Records(Empty::List), Total::Text),
    Table::of("cliente_contrato_historico", notes).inserting(add_note),
];

pub(super) const ACTIONS: &[Action] = &[
    Action { name: "cliente_contrato_btn_lib_temp_24722", run: release_temporarily },
    Action { name: "cliente_contrato_15464", run: |town, fields| by_hand(town, fields, Access::Active) },
    Action { name: "cliente_contrato_15300", run: |town, fields| by_hand(town, fields, Access::BlockedByHand) },
    Action { name: "cliente_contrato_15463", run: |town, fields| by_hand(town, fields, Access::LateNotice) },
    Action { name: "cliente_contrato_23529", run: |town, fields| by_hand(town, fields, Access::AwaitingSignature) },
];

fn rows(town: &Town) -> Vec<Row> {
    town.contracts.iter().map(|contract| row(town, contract)).collect()
}

fn row(town: &Town, contract: &Contract) -> Row {
    let cancelled = match contract.standing {
        Standing::Cancelled(on) => Some(on),
        Standing::PreContract | Standing::Active => None,
    };
    let row = Row::new(contract.id)
        .id("id_filial", contract.branch)
        .id("id_cliente", contract.customer)
        .put("tipo", "I")
        .put("status", status(contract.standing))
        .put("status_internet", access(contract.access_at(town.clock())))
        .put("status_velocidade", if contract.speed == Speed::Reduced { "R" } else { "N" })
        .id("id_vd_contrato", contract.plan)
        .put("contrato", town.plan(contract.plan).map_or("", |plan| plan.name))
        .put("descricao_aux_plano_venda", "")
        .id("id_tipo_contrato", 100 + u32::from(contract.due_day))
        .put("id_modelo", "1")
        .put("id_carteira_cobranca", "5")
        .put("id_vendedor", "4")
        .date("data", Some(contract.agreed_on))
        .date("data_assinatura", contract.activated_on)
        .date("data_ativacao", contract.activated_on)
        .fill("0000-00-00", &["data_renovacao", "data_expiracao", "pago_ate_data", "data_desistencia"])
        .date("data_cancelamento", cancelled)
        .put("motivo_cancelamento", if cancelled.is_some() { "7" } else { "" })
        .put("obs_cancelamento", if cancelled.is_some() { "Mudança de cidade" } else { "" })
        .date("data_acesso_desativado", cancelled)
        .put("fidelidade", "12")
        .fill("S", &["renovacao_automatica", "bloqueio_automatico", "aviso_atraso"])
        .fill("0000-00-00", &["nao_bloquear_ate", "nao_avisar_ate"])
        .put("liberacao_bloqueio_manual", "P");
    let row = blocks(trust(row, town, contract), town, contract);
    row.put("contrato_suspenso", "N")
        .fill("0000-00-00", &["data_inicial_suspensao", "data_final_suspensao", "data_retomada_contrato"])
        .put("assinatura_digital", "P")
        .put("integracao_assinatura_digital", "N")
        .fill("", &["url_assinatura_digital", "token_assinatura_digital", "gerar_finan_assin_digital_contrato"])
        .put("endereco_padrao_cliente", "S")
        .fill("", &["endereco", "numero", "complemento", "bairro"])
        .put("cidade", "0")
        .fill("", &["cep", "referencia", "bloco", "apartamento"])
        .put("id_condominio", "0")
        .fill("", &["latitude", "longitude"])
        .put("motivo_inclusao", "I")
        .put("alerta_contrato", "")
        .date("data_cadastro_sistema", Some(contract.agreed_on))
        .put("ultima_atualizacao", "2026-11-20 03:10:00")
}

/// The columns of trust unlock. Restricted is said only when no unlock is running.
fn trust(row: Row, town: &Town, contract: &Contract) -> Row {
    let today = town.today();
    let running = contract.trust_unlock_runs(today);
    let restricted = !running && contract.trust_restricted_until(today).is_some();
    let reason = if restricted { trust_unlock::restriction_text(contract, today) } else { String::new() };
    row.put("desbloqueio_confianca", "P")
        .flag("desbloqueio_confianca_ativo", running)
        .flag("restricao_auto_desbloqueio", restricted)
        .put("motivo_restricao_auto_desbloq", reason)
        .date("dt_ult_des_bloq_conf", contract.trust_used_on)
}

/// The columns of blocks, of reduced speed, and of late bills.
fn blocks(row: Row, town: &Town, contract: &Contract) -> Row {
    let blocked = match contract.base_access {
        Access::BlockedForDebt(since) => Some(since),
        _ => None,
    };
    let late: Vec<_> = town
        .invoices
        .iter()
        .filter(|one| one.contract == contract.id && one.payment.is_none() && one.due_on < town.today())
        .map(|one| one.due_on)
        .collect();
    row.date("dt_ult_bloq_auto", blocked)
        .put("dt_ult_bloq_manual", "0000-00-00")
        .date("dt_ult_finan_atraso", late.iter().max().copied())
        .date("dt_ult_ativacao", contract.activated_on)
        .put("dt_ult_liberacao_temporaria", contract.temporarily_released_at.map_or(String::new(), moment))
        .put("liberacao_suspensao_parcial", "P")
        .put("utilizando_auto_libera_susp_parc", flag(contract.speed_released_on.is_some()))
        .put("restricao_auto_libera_susp_parcial", "N")
        .put("motivo_restri_auto_libera_parc", "")
        .put("nao_susp_parc_ate", "0000-00-00")
        .date("dt_ult_liberacao_susp_parc", contract.speed_released_on)
        .id("num_parcelas_atraso", late.len())
}

fn status(standing: Standing) -> &'static str {
    match standing {
        Standing::PreContract => "P",
        Standing::Active => "A",
        Standing::Cancelled(_) => "I",
    }
}

fn access(access: Access) -> &'static str {
    match access {
        Access::Active => "A",
        Access::BlockedForDebt(_) => "CA",
        Access::BlockedByHand => "CM",
        Access::LateNotice => "FA",
        Access::AwaitingSignature => "AA",
        Access::Disabled => "D",
    }
}

fn notes(town: &Town) -> Vec<Row> {
    let row = |note: &ContractNote| {
        Row::new(note.id)
            .put("tipo", "A")
            .date("data", Some(note.written_on))
            .put("historico", note.text.as_str())
            .id("id_cliente", note.customer)
            .id("id_contrato", note.contract)
    };
    town.notes.iter().map(row).collect()
}

fn add_note(town: &mut Town, fields: &Fields) -> Result<String, Refusal> {
    require(fields, &[("id_cliente", "Cliente"), ("id_contrato", "Contrato"), ("historico", "Histórico")])?;
    let customer = Id::<Customer>::read(fields.text("id_cliente")).filter(|id| town.customer(*id).is_some());
    let contract = Id::<Contract>::read(fields.text("id_contrato")).filter(|id| town.contract(*id).is_some());
    let (Some(customer), Some(contract)) = (customer, contract) else { return Err(Refusal::generic()) };
    Ok(town.add_note(customer, contract, fields.text("historico").to_owned()).to_string())
}

/// Section 4.e: success also for a contract that does not exist. What a second release within 30
/// days answers is not documented; the text here is a stand-in.
fn release_temporarily(town: &mut Town, fields: &Fields) -> Response {
    let id = Id::read(fields.first(&["get_id", "id", "id_contrato"]));
    match id.map(|id| town.release_temporarily(id)) {
        Some(Err(ReleaseRefusal::TooSoon)) => {
            Refusal::new("O contrato já utilizou a liberação temporária nos últimos 30 dias!").response()
        }
        Some(Ok(()) | Err(ReleaseRefusal::NoSuchContract | ReleaseRefusal::NotBlocked)) | None => {
            success("Liberação temporária realizada com sucesso!")
        }
    }
}

/// Section 4.e, manual status actions. Their answers are not documented; these are stand-ins.
fn by_hand(town: &mut Town, fields: &Fields, access: Access) -> Response {
    match Id::read(fields.first(&["id_contrato", "id", "get_id"])) {
        Some(id) if town.set_access(id, access) => success("Registro atualizado com sucesso!"),
        _ => Refusal::generic().response(),
    }
}
