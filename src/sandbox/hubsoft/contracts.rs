//! The services of a customer, which are the contracts (section 4.b).

use serde_json::{Map, Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::{Access, Contract, Speed, Standing};
use crate::town::network::{Login, Technology};
use crate::town::people::Customer;

use super::ask::{Ask, Route};
use super::dialect::{Refusal, found};
use super::numbers::{money, service_id};
use super::wording::{address, midnight};
use super::{acceptance, network, trust_unlock};

pub(super) const ROUTES: &[Route] = &[Route::get("configuracao/servico_status", statuses)];

/// A status of a service. Its id is this installation's own; the prefix decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) id: u32,
    pub(super) prefix: &'static str,
    pub(super) label: &'static str,
}

const fn named(id: u32, prefix: &'static str, label: &'static str) -> Status {
    Status { id, prefix, label }
}

const ENABLED: Status = named(9, "servico_habilitado", "Serviço Habilitado");
const BLOCKED: Status = named(2, "suspenso_debito", "Suspenso por Débito");
const SLOWED: Status = named(3, "suspenso_parcialmente", "Suspenso Parcialmente");
const PAUSED: Status = named(4, "suspenso_pedido_cliente", "Suspenso a Pedido do Cliente");
const QUOTA: Status = named(5, "franquia_excedida", "Franquia Excedida");
const UNSIGNED: Status = named(6, "aguardando_assinatura_contrato", "Aguardando Assinatura de Contrato");
const INACTIVE: Status = named(12, "inativo", "Inativo");
const CANCELLED: Status = named(13, "cancelado", "Cancelado");

/// The catalogue: the vendor's thirteen and one of this provider's own (section 4.b).
const STATUSES: &[Status] = &[
    ENABLED,
    BLOCKED,
    SLOWED,
    PAUSED,
    QUOTA,
    UNSIGNED,
    named(7, "aguardando_instalacao", "Aguardando Instalação"),
    named(8, "agendado_para_instalacao", "Agendado para Instalação"),
    named(10, "aguardando_configuracao", "Aguardando Configuração"),
    named(11, "aguardando_liberacao_ti", "Aguardando Liberação TI"),
    named(14, "aguardando_migracao", "Aguardando Migração"),
    INACTIVE,
    CANCELLED,
    named(15, "dedicado_suspenso", "Dedicado Suspenso"),
];

/// Joined data that `relacoes` chooses from; without the parameter all of it comes (section 4.a).
const RELATIONS: &[&str] = &[
    "interface",
    "interface_roteamento",
    "equipamento_conexao",
    "equipamento_roteamento",
    "porta_atendimento",
    "pacotes",
    "senhas",
    "endereco_instalacao",
    "endereco_cadastral",
    "endereco_cobranca",
    "endereco_fiscal",
];

fn statuses(_: &mut Town, _: &Ask) -> Result<Response, Refusal> {
    let row = |one: &Status| json!({ "id_servico_status": one.id, "descricao": one.label, "prefixo": one.prefix });
    Ok(found("servico_status", STATUSES.iter().map(row).collect()))
}

/// What the ERP says of a service now.
pub(super) fn status(town: &Town, contract: &Contract) -> Status {
    match contract.standing {
        Standing::Cancelled(_) => return CANCELLED,
        // Being signed alone does not move a service on (section 4.g).
        Standing::PreContract => return UNSIGNED,
        Standing::Active => {}
    }
    match trust_unlock::access(town, contract) {
        Access::BlockedForDebt(_) => BLOCKED,
        Access::BlockedByHand => PAUSED,
        Access::AwaitingSignature => UNSIGNED,
        Access::Disabled => INACTIVE,
        Access::Active | Access::LateNotice if contract.speed == Speed::Reduced => SLOWED,
        Access::Active | Access::LateNotice if town.logins_of(contract.id).any(|login| login.quota.reached()) => QUOTA,
        Access::Active | Access::LateNotice => ENABLED,
    }
}

/// The service as it stands inside its customer.
pub(super) fn row(town: &Town, customer: &Customer, contract: &Contract, number: usize, ask: &Ask) -> Value {
    let mut row = facts(town, contract, number);
    let login = town.logins_of(contract.id).next();
    row.extend(connection(town, login, ask));
    for place in ["endereco_instalacao", "endereco_cadastral", "endereco_cobranca", "endereco_fiscal"] {
        row.insert(place.to_owned(), address(town, &customer.address));
    }
    if ask.says_yes("incluir_contrato") {
        row.insert("contratos".to_owned(), acceptance::papers(town, contract.id));
    }
    if ask.says_yes("incluir_desbloqueios") {
        row.insert("desbloqueios".to_owned(), trust_unlock::history(town, contract));
    }
    let chosen: Vec<&str> = ask.query("relacoes").split(',').filter(|one| !one.is_empty()).collect();
    if !chosen.is_empty() {
        row.retain(|key, _| !RELATIONS.contains(&key.as_str()) || chosen.contains(&key.as_str()));
    }
    Value::Object(row)
}

fn facts(town: &Town, contract: &Contract, number: usize) -> Map<String, Value> {
    let status = status(town, contract);
    let plan = town.plan(contract.plan);
    let cancelled = match contract.standing {
        Standing::Cancelled(on) => Some(midnight(on)),
        Standing::PreContract | Standing::Active => None,
    };
    let suspended = match contract.base_access {
        Access::BlockedForDebt(since) => Some(midnight(since)),
        _ => None,
    };
    let facts = json!({
        "id_cliente_servico": service_id(contract.id),
        "uuid_cliente_servico": format!("00000000-0000-4000-8000-{:012}", contract.id.number()),
        "id_servico": plan.map(|plan| plan.id.number()),
        "numero_plano": number,
        "nome": plan.map_or("", |plan| plan.name),
        "valor": plan.map_or(Value::Null, |plan| money(plan.price)),
        "id_servico_status": status.id,
        "status": status.label,
        "status_prefixo": status.prefix,
        "tecnologia": plan.map(|plan| technology(plan.technology)),
        "velocidade_download": plan.map(|plan| format!("{} Mbits", plan.download)),
        "velocidade_upload": plan.map(|plan| format!("{} Mbits", plan.upload)),
        "referencia": null,
        "data_venda": midnight(contract.agreed_on),
        "data_habilitacao": contract.activated_on.map(midnight),
        "data_cancelamento": cancelled,
        "motivo_cancelamento": cancelled.as_ref().map(|_| "A pedido do cliente"),
        "data_ultima_suspensao": suspended,
        "vigencia_meses": 12,
        "vendedor": null,
        "pacotes": [],
        "contratos": [],
        "desbloqueios": [],
    });
    match facts {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The passwords stand there in the clear, which is the vendor's way (section 4.a).
fn connection(town: &Town, login: Option<&Login>, ask: &Ask) -> Map<String, Value> {
    let state = match login {
        Some(login) if ask.says_yes("ultima_conexao") => network::last_connection(town, login),
        _ => json!([]),
    };
    let interface = login.map(|login| match login.technology {
        Technology::Fiber => json!({ "nome": "PON5", "tipo": "gpon", "called_sid": null }),
        Technology::Radio => json!({ "nome": "SETOR-3", "tipo": "wireless", "called_sid": null }),
        Technology::Adsl => json!({ "nome": "VLAN 210", "tipo": "vlan", "called_sid": null }),
    });
    let connection = json!({
        "login": login.map(|login| login.username.as_str()),
        "senha": login.map(|login| login.password.as_str()),
        "ipv4": login.map(|login| login.ip),
        "ipv6": null,
        "mac_addr": login.map(|login| login.mac.as_str()),
        "phy_addr": login.and_then(phy_addr),
        "ultima_conexao": state,
        "interface": interface,
        "interface_roteamento": { "nome": "ether8", "tipo": "ethernet", "called_sid": null },
        "equipamento_conexao": { "nome": "OLT EXEMPLO", "ipv4": "192.0.2.10", "ipv6": null },
        "equipamento_roteamento": { "nome": "CONCENTRADOR 1", "ipv4": "192.0.2.20", "ipv6": null },
        "porta_atendimento": login.and_then(|login| login.serial).map(|_| json!({ "numero": 7, "equipamento": "A2R3C2" })),
        "senhas": login.map_or(json!([]), |login| json!([{
            "id_cliente_servico_senha": login.id.number(),
            "descricao": "roteador",
            "usuario": "admin",
            "senha": login.wifi.password,
        }])),
    });
    match connection {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// The serial of the optical terminal; a MAC on radio, nothing on copper (section 4.k).
fn phy_addr(login: &Login) -> Option<&str> {
    match login.technology {
        Technology::Fiber => login.serial,
        Technology::Radio => Some(login.mac.as_str()),
        Technology::Adsl => None,
    }
}

/// The provider edits these words; the first two are the vendor's (section 4.h).
fn technology(technology: Technology) -> &'static str {
    match technology {
        Technology::Fiber => "FIBRA",
        Technology::Radio => "WIRELESS",
        Technology::Adsl => "ADSL",
    }
}

/// The service beside an invoice, a ticket, a session.
pub(super) fn brief(town: &Town, contract: &Contract) -> Value {
    let status = status(town, contract);
    let plan = town.plan(contract.plan);
    let mine = town.contracts.iter().filter(|one| one.customer == contract.customer);
    let number = mine.take_while(|one| one.id != contract.id).count() + 1;
    json!({
        "id_cliente_servico": service_id(contract.id),
        "numero_plano": number,
        "nome": plan.map_or("", |plan| plan.name),
        "valor": plan.map_or(Value::Null, |plan| money(plan.price)),
        "status": status.label,
        "status_prefixo": status.prefix,
    })
}
