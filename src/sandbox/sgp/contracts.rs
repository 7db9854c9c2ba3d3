//! Contract status, and the lists that ask for no document (section 4.b).

use jiff::civil::Date;
use ponte_domain::money::Cents;
use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::contracts::{Access, Contract, Plan, Speed, Standing};
use crate::town::id::Id;

use super::customers::address;
use super::dialect::{Call, Route, json_answer, reais};

pub(super) const ROUTES: &[Route] =
    &[Route::post("/api/ura/listacontrato/", contracts), Route::get("/api/ura/consultaplano/", plans)];

/// A contract's status: the number, its label, and the reason's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Status {
    pub(super) code: u8,
    pub(super) label: &'static str,
    pub(super) reason: &'static str,
}

const fn status(code: u8, label: &'static str, reason: &'static str) -> Status {
    Status { code, label, reason }
}

/// The status table. An accepted contract stays new until the back office activates it (section 4.g).
pub(super) fn status_of(town: &Town, contract: &Contract) -> Status {
    match (contract.standing, contract.access_at(town.clock()), contract.speed) {
        (Standing::Cancelled(_), _, _) => status(3, "Cancelado", "Solicitação do cliente"),
        (Standing::PreContract, _, _) | (_, Access::AwaitingSignature, _) => status(6, "Novo", ""),
        (Standing::Active, Access::BlockedForDebt(_), _) => status(4, "Suspenso", "Inadimplência"),
        (Standing::Active, Access::BlockedByHand, _) => status(4, "Suspenso", "Solicitação do provedor"),
        (Standing::Active, Access::Disabled, _) => status(2, "Inativo", ""),
        (Standing::Active, Access::Active | Access::LateNotice, Speed::Reduced) => {
            // Labels carry spaces here and there (section 2.3).
            status(7, " Ativo V. Reduzida ", "Inadimplência")
        }
        (Standing::Active, Access::Active | Access::LateNotice, Speed::Normal) => status(1, "Ativo", ""),
    }
}

/// Promises of payment in the running month (section 4.e).
pub(super) fn promises_this_month(town: &Town, contract: &Contract) -> usize {
    let today = town.today();
    let this_month = |day: &Date| (day.year(), day.month()) == (today.year(), today.month());
    [contract.trust_used_on, contract.speed_released_on].iter().flatten().filter(|day| this_month(day)).count()
}

/// A bare array. There is no filter by document, and one that is sent is ignored (section 4.b).
fn contracts(town: &mut Town, call: &Call<'_>) -> Response {
    let id = Id::<Contract>::read(call.fields.text("contrato"));
    let plan = Id::<Plan>::read(call.fields.text("plano"));
    let code = call.fields.text("status").parse::<u8>().ok();
    let rows: Vec<Value> = town
        .contracts
        .iter()
        .filter(|one| id.is_none_or(|id| one.id == id) && plan.is_none_or(|plan| one.plan == plan))
        .filter(|one| code.is_none_or(|code| status_of(town, one).code == code))
        .map(|one| row(town, one, call))
        .collect();
    json_answer(&Value::Array(rows))
}

fn row(town: &Town, contract: &Contract, call: &Call<'_>) -> Value {
    let customer = town.customer(contract.customer);
    let mut row = json!({
        "contrato": contract.id.number(),
        "cpfcnpj": customer.map(|one| one.document.formatted()),
        "nome": customer.map(|one| one.name.to_uppercase()),
        "email": customer.map(|one| one.email),
        "telefone": customer.and_then(|one| one.phones.first()).map(|phone| phone.national()),
        "status": status_of(town, contract).label,
        "data_cadastro": contract.agreed_on.to_string(),
    });
    if let (Some(row), Some(customer), true) = (row.as_object_mut(), customer, call.fields.is_set("exibir_endereco")) {
        row.insert("endereco".to_owned(), address(town, customer));
    }
    row
}

/// Prices as text, no speed (section 4.b).
fn plans(town: &mut Town, _: &Call<'_>) -> Response {
    let row = |plan: &Plan| {
        let services = town.contracts.iter().filter(|one| one.plan == plan.id).count();
        json!({ "id": plan.id.number(), "descricao": plan.name, "preco": plan.price.to_dot(), "qtd_servicos": services })
    };
    json_answer(&json!({ "planos": town.plans.iter().map(row).collect::<Vec<_>>() }))
}

/// What is open on a contract: how many titles, and how much.
pub(super) fn open_titles(town: &Town, contract: Id<Contract>) -> (usize, Value) {
    let open = || town.invoices.iter().filter(|one| one.contract == contract && one.payment.is_none());
    let amount = open().map(|one| one.amount.get()).sum();
    (open().count(), reais(Cents::new(amount)))
}
