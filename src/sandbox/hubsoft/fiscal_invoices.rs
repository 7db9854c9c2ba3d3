//! Notas fiscais of a customer, and the issuer's list of model 62, which this provider has none of
//! (section 4.d).

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::billing::FiscalInvoice;
use crate::town::people::Customer;

use super::ask::{Ask, Route};
use super::dialect::{Refusal, done_with, found_with, pagination};
use super::numbers::{customer_code, customer_id, money_text};
use super::wording::br_date;

pub(super) const ROUTES: &[Route] =
    &[Route::get("cliente/nota_fiscal", of_customer), Route::get("nota_fiscal/nfcom", of_issuer)];

pub(super) const PAPERS: &[Route] = &[Route::get("nota/{}", copy)];

/// The longest time that one call may ask about.
const WINDOW_DAYS: i32 = 60;

fn of_customer(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let (_, term) = ask.search(&["id_cliente"])?;
    let (from, to) = period(ask)?;
    if (to - from).get_days() > WINDOW_DAYS {
        let text = format!("O período informado não pode ser maior que {WINDOW_DAYS} dias.");
        return Err(Refusal::invalid(text));
    }
    let customer = town.customers.iter().find(|one| customer_id(one).to_string() == term);
    let customer = customer.ok_or_else(|| Refusal::not_found("Cliente", term))?;
    let notas: Vec<Value> = town
        .fiscal_invoices
        .iter()
        .filter(|nota| nota.customer == customer.id && from <= nota.issued_on && nota.issued_on <= to)
        .map(|nota| row(nota, ask))
        .collect();
    Ok(done_with(
        "Dados carregados com sucesso",
        [
            ("cliente", person(customer)),
            ("notas_fiscais", Value::Array(notas)),
            ("nfes", json!([])),
            ("nfses", json!([])),
        ],
    ))
}

fn person(customer: &Customer) -> Value {
    json!({
        "id_cliente": customer_id(customer),
        "codigo_cliente": customer_code(customer),
        "nome_razaosocial": customer.name,
    })
}

fn period(ask: &Ask) -> Result<(Date, Date), Refusal> {
    ask.needs(&["data_inicio", "data_fim"])?;
    match (ask.date("data_inicio")?, ask.date("data_fim")?) {
        (Some(from), Some(to)) if from <= to => Ok((from, to)),
        _ => Err(Refusal::invalid("A data inicial não pode ser maior que a data final.".to_owned())),
    }
}

fn row(nota: &FiscalInvoice, ask: &Ask) -> Value {
    json!({
        "id_nota_fiscal": nota.id.number(),
        "id_tipo_documento_fiscal": 1,
        "numero_nota": nota.number,
        "serie_nota": nota.series,
        "cfop": "5307",
        "identificacao": identification(nota),
        "valor": money_text(nota.amount),
        "data_cadastro_br": format!("{} 09:07", br_date(nota.issued_on)),
        "data_emissao_br": br_date(nota.issued_on),
        "data_cancelamento_br": null,
        "cancelado": false,
        "tipo_documento_fiscal": {
            "id_tipo_documento_fiscal": 1,
            "descricao": "Nota Fiscal de Serviço de Comunicação",
            "codigo": nota.model,
            "ativo": true,
            "display": format!("{} - Nota Fiscal de Serviço de Comunicação", nota.model),
        },
        "link": format!("{}/nota/{}.pdf", ask.base, identification(nota)),
    })
}

fn identification(nota: &FiscalInvoice) -> String {
    format!("XYWN{:016x}", u64::from(nota.id.number()).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Whoever has the address may read it.
fn copy(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let nota = town.fiscal_invoices.iter().find(|nota| ask.id == format!("{}.pdf", identification(nota)));
    Ok(match nota {
        Some(nota) => Response::new(200, "application/pdf", paper::fiscal_invoice(town, nota)),
        None => {
            Response::html(404, "<!DOCTYPE html><html><head><title>Not Found</title></head><body>404</body></html>")
        }
    })
}

fn of_issuer(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    ask.needs(&["documento"])?;
    let (page, size) = ask.page(1)?;
    period(ask)?;
    if !town.branches.iter().any(|branch| branch.document.as_str() == ask.query("documento")) {
        return Err(Refusal::fill_in(vec!["O campo documento não possui um valor válido.".to_owned()]));
    }
    Ok(found_with([("nfcoms", json!([])), ("paginacao", pagination(page, size, 0))]))
}
