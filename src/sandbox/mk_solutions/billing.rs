//! Bills and their payable codes (section 4.c).

use std::cmp::Reverse;

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};
use ponte_domain::money::Cents;
use serde_json::{Value, json};

use crate::http::Response;
use crate::town::Town;
use crate::town::billing::Invoice;
use crate::town::contracts::{Access, Speed, Standing};
use crate::town::people::Customer;

use super::contracts::{plan, yes_no};
use super::dialect::{Outcome, Params, Rule, bad_parameter, br, iso, no_pix, nothing_found, servlet_page};
use super::papers;

pub(super) const RULES: &[Rule] = &[
    Rule { name: "WSMKFaturasPendentes", run: pending },
    Rule { name: "WSMKFaturasAbertas", run: unpaid },
    Rule { name: "WSMKFaturas", run: rich },
    Rule { name: "WSMKSegundaViaCobranca", run: second_copy },
    Rule { name: "WSMKLDViaSMS", run: digitable_line },
    Rule { name: "WSMKRetornarCopieColaPix", run: pix },
];

const SERVICE: &str = "Provimento de acesso à internet";

fn of<'t>(town: &'t Town, customer: &'t Customer) -> impl Iterator<Item = &'t Invoice> {
    town.invoices.iter().filter(|one| one.customer == customer.id)
}

fn title(invoice: &Invoice) -> String {
    format!("Mensalidade {}", invoice.due_on.strftime("%m/%Y"))
}

/// Open bills, those of the months ahead too; the contract in a text for people.
fn pending(town: &mut Town, params: &Params) -> Outcome {
    let customer = params.customer(town, "cd_cliente")?;
    let rows: Vec<Value> = of(town, customer)
        .filter(|one| one.payment.is_none())
        .map(|one| {
            json!({
                "codfatura": one.id.number(),
                "contas": SERVICE,
                "contratos": one.contract.to_string(),
                "data_vencimento": br(one.due_on),
                "descricao": title(one),
                "valor_total": number(one.amount),
            })
        })
        .collect();
    if rows.is_empty() {
        return Err(nothing_found());
    }
    Ok(json!({ "CodigoPessoa": customer.id.number(), "FaturasPendentes": rows, "Nome": customer.name, "status": "OK" }))
}

/// Money as a JSON number.
fn number(amount: Cents) -> Value {
    amount.to_dot().parse::<f64>().map_or(Value::Null, |reais| json!(reais))
}

/// By due date, without the due date, and every row twice.
fn unpaid(town: &mut Town, params: &Params) -> Outcome {
    let first = read_br(params.text("dt_venc_inicio")).ok_or_else(bad_parameter)?;
    let last = read_br(params.text("dt_venc_fim")).ok_or_else(bad_parameter)?;
    let (person, contract) = (params.id::<Customer>("cd_pessoa"), params.text("cd_contrato"));
    let rows: Vec<Value> = town
        .invoices
        .iter()
        .filter(|one| one.payment.is_none() && (first..=last).contains(&one.due_on))
        .filter(|one| person.is_none_or(|id| id == one.customer))
        .filter(|one| contract.is_empty() || one.contract.to_string() == contract)
        .map(|one| {
            json!({
                "cd_fatura": one.id.number(),
                "codpessoa": one.customer.number(),
                "nome": town.customer(one.customer).map_or("", |customer| customer.name),
                "status": "Ativo",
                "valor": one.amount.to_dot(),
            })
        })
        .flat_map(|row| [row.clone(), row])
        .collect();
    if rows.is_empty() { Err(nothing_found()) } else { Ok(json!({ "ListaFaturas": rows, "status": "OK" })) }
}

fn read_br(text: &str) -> Option<Date> {
    Date::strptime("%d/%m/%Y", text).ok()
}

/// Paid or open ones with all that is known of them. Without `quantidade_meses` it silently covers one month; a bill
/// that is asked for by its number is always shown.
fn rich(town: &mut Town, params: &Params) -> Outcome {
    let customer = params.customer(town, "codigo_cliente")?;
    let paid = match params.text("liquidado") {
        "" => None,
        text => Some(matches!(text, "S" | "true")),
    };
    let months = params.text("quantidade_meses").parse::<i64>().unwrap_or(1).clamp(1, 1200);
    let this_month = town.today().first_of_month();
    let span = Span::new().try_months(months - 1).map_err(|_| bad_parameter())?;
    let window = this_month.saturating_sub(span)..this_month.saturating_add(1.month());
    let (contract, invoice) = (params.text("codigo_contrato"), params.text("codigo_fatura"));
    let rows: Vec<Value> = of(town, customer)
        .filter(|one| paid.is_none_or(|paid| paid == one.payment.is_some()))
        .filter(|one| contract.is_empty() || one.contract.to_string() == contract)
        .filter(|one| if invoice.is_empty() { window.contains(&one.due_on) } else { one.id.to_string() == invoice })
        .map(|one| rich_row(town, customer, one))
        .collect();
    if rows.is_empty() { Err(nothing_found()) } else { Ok(Value::Array(rows)) }
}

fn rich_row(town: &Town, customer: &Customer, invoice: &Invoice) -> Value {
    let contract = town.contract(invoice.contract);
    let (first, last) = invoice.period;
    let wallet = town.wallet(invoice.wallet);
    let paid = invoice.payment;
    json!({
        "banco": wallet.map_or("", |one| one.name),
        "codfatura": invoice.id.number(),
        "codigo_profile": invoice.wallet.number(),
        "contas": [{
            "codconta": invoice.id.number() + 10_000,
            "data_referencia_inicial": epoch(first),
            "data_referencia_final": epoch(last),
            "descricao_conta": SERVICE,
            "nomenclatura_integracao": "",
            "tipo_documento": "21",
            "valor_lancamento": invoice.amount.to_dot(),
        }],
        "contratos": [{
            "adesao": contract.map_or(Value::Null, |one| epoch(one.agreed_on)),
            "codigo_contrato": invoice.contract.number(),
            "data_referencia_inicial": epoch(first),
            "data_referencia_final": epoch(last),
            "plano": contract.map_or("", |one| plan(town, one)),
            "tipo_plano": "Internet",
            "tipo_utilizacao_servico": "",
            "tributacao": "",
        }],
        "cpf_cnpj": customer.document_in_digits().formatted(),
        "data_lancamento": iso(invoice.issued_on),
        "data_liquidacao": paid.map_or(String::new(), |payment| iso(payment.on)),
        "data_vencimento": iso(invoice.due_on),
        "data_vencimento_original": iso(invoice.due_on),
        "descricao": title(invoice),
        "forma_pagamento": if paid.is_some_and(|payment| payment.by_pix) { "Pix" } else { "Boleto" },
        "inscricao_estadual": "",
        "inscricao_municipal": "",
        "linha_digitavel_boleto": invoice.bar_code.line().formatted(),
        "nome_razaosocial": customer.name,
        "nosso_numero": invoice.bank_number,
        "status": if paid.is_some() { "Pago" } else { "Aberta" },
        "tipo_documento_descricao": "",
        "valor_pago": paid.map_or(Cents::new(0), |payment| payment.amount).to_dot(),
        "valor_total_faturas": invoice.amount.to_dot(),
    })
}

/// Milliseconds since 1970 of the day's beginning in UTC, as the screenshots have it.
fn epoch(day: Date) -> Value {
    let days = day.since(date(1970, 1, 1)).map_or(0, |span| i64::from(span.get_days()));
    json!(days * 86_400_000)
}

/// The open bill that a parameter names.
fn open_bill<'t>(town: &'t Town, params: &Params, name: &str) -> Result<&'t Invoice, Response> {
    let id = params.id(name).ok_or_else(bad_parameter)?;
    town.invoice(id).filter(|one| one.payment.is_none()).ok_or_else(nothing_found)
}

/// One invoice a call; several are the servlet's page. An overdue one gets a new date; no fine is charged here.
fn second_copy(town: &mut Town, params: &Params) -> Outcome {
    if params.text("cd_fatura").contains([',', ';', '|']) {
        return Err(servlet_page());
    }
    let today = town.today();
    let invoice = open_bill(town, params, "cd_fatura")?;
    let (id, customer) = (invoice.id, invoice.customer);
    let (amount, due) = (invoice.amount.to_comma(), invoice.due_on.max(today));
    let link = papers::lay_out(town, id);
    Ok(json!({
        "CodigoPessoa": customer.number(),
        "Fatura": id.to_string(),
        "PathDownload": link,
        "Valor": format!("R$ {amount}"),
        "Vcto": br(due),
        "status": "OK",
    }))
}

/// A read by use, whatever its name says.
fn digitable_line(town: &mut Town, params: &Params) -> Outcome {
    let invoice = open_bill(town, params, "cd_fatura")?;
    let customer = town.customer(invoice.customer).ok_or_else(nothing_found)?;
    let mobile = customer.mobile().map_or(String::new(), ponte_domain::phone::Phone::digits);
    Ok(json!({
        "DadosFatura": [{
            "celular": mobile.strip_prefix("55").unwrap_or(&mobile),
            "codfatura": invoice.id.number(),
            "codigopessoa": customer.id.number(),
            "data_vencimento": br(invoice.due_on),
            "descricao": title(invoice),
            "ld": invoice.bar_code.line().formatted(),
            "nome": customer.name,
            "situacao": "Aberta",
            "valor_nominal": invoice.amount.to_dot(),
        }],
        "status": "OK",
    }))
}

/// Asked by customer or document it chooses the bill itself and does not say which: the oldest overdue, else the
/// nearest. The contract's flag has the inverted sense.
fn pix(town: &mut Town, params: &Params) -> Outcome {
    let invoice = match params.text("CodigoFatura") {
        "" => chosen(town, params).ok_or_else(nothing_found)?,
        _ => open_bill(town, params, "CodigoFatura")?,
    };
    let Some(code) = &invoice.pix else { return Err(no_pix()) };
    let contract = town.contract(invoice.contract).ok_or_else(nothing_found)?;
    let cancelled = matches!(contract.standing, Standing::Cancelled(_));
    let slowed = contract.speed == Speed::Reduced
        || !matches!(contract.access_at(town.clock()), Access::Active | Access::LateNotice);
    // No `status` in this one.
    Ok(json!({
        "codpessoa": invoice.customer.number(),
        "nome_razaosocial": town.customer(invoice.customer).map_or("", |one| one.name),
        "status_contrato": yes_no(cancelled),
        "conexão_reduzida": yes_no(slowed),
        "texto_qrcode": code.as_str(),
    }))
}

fn chosen<'t>(town: &'t Town, params: &Params) -> Option<&'t Invoice> {
    let customer = match params.text("CodigoCliente") {
        "" => town.customers.iter().find(|one| one.document_in_digits().same_as(params.text("Documento")))?.id,
        _ => params.id("CodigoCliente")?,
    };
    let today = town.today();
    let open = town.invoices.iter().filter(|one| one.customer == customer && one.payment.is_none());
    open.min_by_key(|one| (Reverse(one.due_on < today), one.due_on))
}
