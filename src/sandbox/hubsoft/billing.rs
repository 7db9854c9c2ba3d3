//! Invoices by `cliente/financeiro` and by `financeiro/fatura`, their public PDFs, and sending them
//! (section 4.c). The two lists differ in every date, amount and even in the name of the Pix text.

use jiff::ToSpan;
use serde_json::{Value, json};

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::billing::Invoice;
use crate::town::id::Id;

use super::ask::{Ask, Route};
use super::contracts::brief;
use super::dialect::{Refusal, done, done_with, found_misspelt, found_with, pagination};
use super::numbers::{customer_code, customer_id, money, money_text, service_id};
use super::wording::{br_date, midnight, person};

pub(super) const ROUTES: &[Route] = &[
    Route::get("cliente/financeiro", list),
    Route::get("financeiro/fatura", ledger),
    Route::post("cliente/financeiro/enviar_email", mail),
    Route::post("cliente/financeiro/enviar_sms", text),
    Route::post("cliente/financeiro/enviar_push", push),
];

pub(super) const PAPERS: &[Route] = &[Route::get("pdf/fatura/{}", slip)];

/// Days that the second list looks back when no dates are sent.
const WINDOW_DAYS: i64 = 10;

fn list(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let (key, term) = ask.search(&["cpf_cnpj", "codigo_cliente", "id_cliente_servico"])?;
    let limit = ask.limit(20, 50)?;
    let pending = ask.flag("apenas_pendente", "sim")?;
    let (from, to) = (ask.date("data_inicio")?, ask.date("data_fim")?);
    let town = &*town;
    let day = |invoice: &Invoice| match ask.query("tipo_data") {
        "data_pagamento" => invoice.payment.map(|paid| paid.on),
        "data_cadastro" => Some(invoice.issued_on),
        _ => Some(invoice.due_on),
    };
    let within = |invoice: &Invoice| match day(invoice) {
        Some(day) => from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to),
        None => from.is_none() && to.is_none(),
    };
    let mut invoices: Vec<&Invoice> = town
        .invoices
        .iter()
        .filter(|one| belongs(town, one, key, term) && !(pending && one.payment.is_some()) && within(one))
        .collect();
    match ask.query("order_by") {
        "data_pagamento" => invoices.sort_by_key(|one| one.payment.map(|paid| paid.on)),
        "data_cadastro" => invoices.sort_by_key(|one| one.issued_on),
        "valor" => invoices.sort_by_key(|one| one.amount.get()),
        _ => invoices.sort_by_key(|one| one.due_on),
    }
    if ask.query("order_type") == "desc" {
        invoices.reverse();
    }
    let rows = invoices.into_iter().take(limit).map(|one| row(town, one, ask)).collect();
    Ok(found_misspelt("faturas", Value::Array(rows)))
}

fn belongs(town: &Town, invoice: &Invoice, key: &str, term: &str) -> bool {
    let owner = town.customer(invoice.customer);
    match key {
        "cpf_cnpj" => owner.is_some_and(|one| one.document_in_digits().as_str() == term),
        "codigo_cliente" => owner.is_some_and(|one| customer_code(one).to_string() == term),
        "id_cliente" => owner.is_some_and(|one| customer_id(one).to_string() == term),
        "id_cliente_servico" => service_id(invoice.contract).to_string() == term,
        _ => false,
    }
}

/// What nobody guesses: any 32 hexadecimal digits that stay the same.
fn hash(invoice: &Invoice) -> String {
    format!("{:032x}", u128::from(invoice.id.number()).wrapping_mul(0xA24B_AED4_963E_E407_9FB2_1C65_1E98_DF25))
}

fn row(town: &Town, invoice: &Invoice, ask: &Ask) -> Value {
    let paid = invoice.payment;
    let mut person = town.customer(invoice.customer).map_or(json!({}), person);
    if let (Some(columns), Some(contract)) = (person.as_object_mut(), town.contract(invoice.contract)) {
        columns.insert("servico".to_owned(), brief(town, contract));
    }
    json!({
        "id_fatura": invoice.id.number(),
        "quitado": paid.is_some(),
        "status": word(town, invoice),
        "nosso_numero": invoice.bank_number,
        "nosso_numero_dv": format!("{}-0", invoice.bank_number),
        "linha_digitavel": invoice.bar_code.line().formatted(),
        "codigo_barras": invoice.bar_code.as_str(),
        "link": format!("{}/pdf/fatura/{}", ask.base, hash(invoice)),
        "agencia_codigo_beneficiario": "0001 / 00001",
        "beneficiario": format!("{} / CNPJ: {}", town.provider.name, town.provider.document.formatted()),
        "numero_documento": invoice.id.number(),
        "especie": "DS",
        "especie_dinheiro": "R$",
        "aceite": "N",
        "local_pagamento": "PAGÁVEL EM QUALQUER BANCO ATÉ O VENCIMENTO",
        "carteira": "1",
        "tipo_cobranca": "boleto_bancario",
        "valor": money(invoice.amount),
        "valor_pago": paid.map(|paid| money(paid.amount)),
        "data_vencimento": br_date(invoice.due_on),
        "data_cadastro": br_date(invoice.issued_on),
        "data_pagamento": paid.map(|paid| br_date(paid.on)),
        "data_documento": br_date(invoice.issued_on),
        "data_processamento": br_date(invoice.issued_on),
        "pix_copia_cola": invoice.pix.as_ref().map(|pix| pix.as_str()),
        "empresa": issuer(town),
        "detalhamento": [{
            "descricao": format!("(+) Serviço de Comunicação e Multimídia {}", invoice.description()),
            "valor": money(invoice.amount),
        }],
        "cliente": person,
    })
}

/// Only `vencido` was ever seen; the other two are stand-ins that no client may lean on.
fn word(town: &Town, invoice: &Invoice) -> &'static str {
    match invoice.payment {
        Some(_) => "pago",
        None if invoice.due_on < town.today() => "vencido",
        None => "aguardando",
    }
}

fn issuer(town: &Town) -> Value {
    json!({
        "documento": town.provider.document.as_str(),
        "nome_razaosocial": town.provider.name,
        "nome_fantasia": town.provider.trade_name,
    })
}

fn ledger(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let (key, term) = ask.search(&["cpf_cnpj", "codigo_cliente", "id_cliente_servico", "id_cliente"])?;
    let (page, size) = ask.page(1)?;
    let town = &*town;
    let today = town.today();
    let from = ask.date("data_inicio")?.unwrap_or_else(|| today.saturating_sub(WINDOW_DAYS.days()));
    let to = ask.date("data_fim")?.unwrap_or(today);
    let (open, paid) = (ask.flag("apenas_em_aberto", "nao")?, ask.flag("apenas_quitado", "nao")?);
    let wanted = |one: &&Invoice| {
        let state = if one.payment.is_some() { !open } else { !paid };
        belongs(town, one, key, term) && state && from <= one.due_on && one.due_on <= to
    };
    let mut invoices: Vec<&Invoice> = town.invoices.iter().filter(wanted).collect();
    invoices.sort_by_key(|one| one.due_on);
    let total = invoices.len();
    let rows = invoices.into_iter().skip(page.saturating_mul(size)).take(size);
    let rows: Vec<Value> = rows.map(|one| ledger_row(town, one, ask)).collect();
    Ok(found_with([("faturas", Value::Array(rows)), ("paginacao", pagination(page, size, total))]))
}

fn ledger_row(town: &Town, invoice: &Invoice, ask: &Ask) -> Value {
    let wallet = town.wallet(invoice.wallet);
    let contract = town.contract(invoice.contract);
    let brief = contract.map(|one| brief(town, one)).unwrap_or_default();
    let mut row = json!({
        "id_fatura": invoice.id.number(),
        "id_carne": null,
        "id_cliente_servico": service_id(invoice.contract),
        "nosso_numero": invoice.bank_number,
        "data_vencimento": invoice.due_on.to_string(),
        "data_pagamento": invoice.payment.map(|paid| midnight(paid.on)),
        "data_cadastro": midnight(invoice.issued_on),
        "data_credito": invoice.payment.map(|paid| midnight(paid.on)),
        "valor": money_text(invoice.amount),
        "valor_pago": invoice.payment.map(|paid| money_text(paid.amount)),
        "valor_juros_pago": null,
        "valor_desconto": 0,
        "linha_digitavel": invoice.bar_code.line().formatted(),
        "codigo_barras": invoice.bar_code.as_str(),
        "tipo_cobranca": "boleto_bancario",
        "link": format!("{}/pdf/fatura/{}", ask.base, hash(invoice)),
        "empresa": issuer(town),
        "cliente": town.customer(invoice.customer).map(person),
        "servico": {
            "numero_plano": brief.get("numero_plano"),
            "descricao": brief.get("nome"),
            "servico_status": brief.get("status"),
        },
        "forma_cobranca": {
            "descricao": wallet.map(|one| one.name),
            "numero_banco": wallet.map(|one| one.bank),
            "juros": "1", "multa": "2", "tipo_juros": "percentual_mensal", "tipo_multa": "percentual",
        },
        "cobrancas": [],
        "recibos": [],
    });
    if ask.says_yes("exibir_pix_copia_cola")
        && let Some(columns) = row.as_object_mut()
    {
        columns.insert("pix_copia_e_cola".to_owned(), json!(invoice.pix.as_ref().map(|pix| pix.as_str())));
    }
    row
}

/// Whoever has the address may read it; no token (section 4.c).
fn slip(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let invoice = town.invoices.iter().find(|one| hash(one) == ask.id);
    Ok(match invoice {
        Some(invoice) => Response::new(200, "application/pdf", paper::boletos(town, &[invoice])),
        None => {
            Response::html(404, "<!DOCTYPE html><html><head><title>Not Found</title></head><body>404</body></html>")
        }
    })
}

fn send(town: &mut Town, ask: &Ask) -> Result<Id<Invoice>, Refusal> {
    ask.requires(&["id_fatura"])?;
    let id = ask.id_field("id_fatura").map(Id::new);
    let sent = ask.field("id_fatura").map_or(String::new(), Value::to_string);
    id.filter(|id| town.send_boleto(*id)).ok_or_else(|| Refusal::not_found("Fatura", sent.trim_matches('"')))
}

/// Whether each delivery was made stands in its element only.
fn mail(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    let id = send(town, ask)?;
    let owner = town.invoice(id).and_then(|one| town.customer(one.customer)).map(|one| one.email);
    let more = ask.field("email_adicional").and_then(Value::as_array).cloned().unwrap_or_default();
    let all: Vec<&str> = owner.into_iter().chain(more.iter().filter_map(Value::as_str)).collect();
    let delivery =
        |to: &&str| json!({ "email_destino": to, "enviado": true, "mensagem_erro": null, "tipo_documento": "fatura" });
    let list: Vec<Value> = all.iter().map(delivery).collect();
    let msg = format!("Um total de {0} / {0} email(s) foram enviados com sucesso", list.len());
    Ok(done_with(&msg, [("emails_enviados", Value::Array(list))]))
}

fn text(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    send(town, ask).map(|_| done("SMS enviado com sucesso"))
}

fn push(town: &mut Town, ask: &Ask) -> Result<Response, Refusal> {
    send(town, ask).map(|_| done("Push enviado com sucesso"))
}
