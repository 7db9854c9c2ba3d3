//! Titles in three lists that write the same facts differently, the second copy, and the Pix on demand (section 4.c).

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::billing::Invoice;
use crate::town::contracts::{Contract, Standing};
use crate::town::id::Id;

use super::dialect::{
    Call, Fields, Login, Route, Source, date_or_empty, json_answer, not_found, page, pdf, protocol, reais, refused,
};
use super::tickets::open_occurrence;

/// Rows a page of both lists (section 2.4).
const PAGE: usize = 250;

pub(super) const ROUTES: &[Route] = &[
    Route::post("/api/ura/titulos/", titles),
    Route::post("/api/central/titulos/", invoices).from(Source::FormOrJson).for_login(Login::AppOrSubscriber),
    Route::post("/api/ura/fatura2via/", second_copy),
    Route::post("/api/central/fatura2via", second_copy).for_login(Login::Subscriber),
    Route::post("/api/ura/pagamento/pix/{}", pix),
    Route::get("/boleto/{}/", slip).for_login(Login::Nobody),
    Route::get("/boleto/{}/completo/", slip).for_login(Login::Nobody),
    Route::get("/boleto/{}.pdf", slip).for_login(Login::Nobody),
];

/// The code that makes a public link hard to guess.
fn link_code(invoice: &Invoice) -> String {
    format!("{}-{:010X}", invoice.id, u64::from(invoice.id.number()).wrapping_mul(7_919_231) % 0xFF_FFFF_FFFF)
}

/// The Pix text that a title shows: a title issued today has none before it was asked for.
fn shown_pix(town: &Town, invoice: &Invoice) -> String {
    let registered = invoice.pix_charged || invoice.issued_on < town.today();
    let code = invoice.pix.as_ref().filter(|_| registered && invoice.payment.is_none());
    code.map_or(String::new(), |code| code.as_str().to_owned())
}

/// A pure read. Without a status all of them, the farthest due date first (section 4.c).
fn titles(town: &mut Town, call: &Call<'_>) -> Response {
    let fields = &call.fields;
    let mut found: Vec<&Invoice> = town.invoices.iter().filter(|invoice| listed(town, invoice, fields)).collect();
    found.sort_by_key(|invoice| sorted_by(invoice, fields.text("ordenar")));
    if fields.text("ordenar_ordem") != "asc" {
        found.reverse();
    }
    let rows = found.into_iter().map(|invoice| title(town, invoice, call)).collect();
    let (about, rows) = page(rows, fields, PAGE);
    json_answer(&json!({ "paginacao": about, "titulos": rows }))
}

fn sorted_by(invoice: &Invoice, order: &str) -> Date {
    match order {
        "data_documento" => invoice.issued_on,
        "data_pagamento" => invoice.payment.map_or(Date::MIN, |payment| payment.on),
        _ => invoice.due_on,
    }
}

fn listed(town: &Town, invoice: &Invoice, fields: &Fields) -> bool {
    let given = |name: &str, fits: &dyn Fn(&str) -> bool| {
        let value = fields.text(name);
        value.is_empty() || fits(value)
    };
    let day = |text: &str| text.parse::<Date>().ok();
    given("contrato", &|value| invoice.contract.to_string() == value)
        && given("cliente_id", &|value| invoice.customer.to_string() == value)
        && given("titulo_id", &|value| invoice.id.to_string() == value)
        && given("cpfcnpj", &|value| town.customer(invoice.customer).is_some_and(|one| one.document.same_as(value)))
        && given("data_vencimento_inicio", &|value| day(value).is_none_or(|first| first <= invoice.due_on))
        && given("data_vencimento_fim", &|value| day(value).is_none_or(|last| invoice.due_on <= last))
        && match fields.text("status") {
            "abertos" => invoice.payment.is_none(),
            "pagos" => invoice.payment.is_some(),
            // This provider has cancelled none.
            "cancelados" => false,
            _ => true,
        }
}

fn title(town: &Town, invoice: &Invoice, call: &Call<'_>) -> Value {
    let customer = town.customer(invoice.customer);
    let wallet = town.wallet(invoice.wallet);
    let paid = invoice.payment;
    json!({
        "id": invoice.id.number(),
        "clienteNome": customer.map(|one| one.name),
        "clienteCpfcnpj": customer.map(|one| one.document.formatted()),
        "clienteContrato": invoice.contract.number(),
        "portador": wallet.map(|one| one.name),
        "numeroDocumento": document_number(invoice),
        "nossoNumero": invoice.bank_number,
        "link": call.link(&format!("/boleto/{}/", link_code(invoice))),
        "link_cobranca": call.link(&format!("/public/cobranca/{}/", link_code(invoice))),
        "status": if paid.is_some() { "pago" } else { "aberto" },
        "valor": reais(invoice.amount),
        "valorDesconto": 0,
        "valorCorrigido": reais(invoice.amount),
        "valorPago": paid.map_or_else(|| json!(""), |paid| reais(paid.amount)),
        "valorPagoParcial": 0,
        "codigoBarras": invoice.bar_code.as_str(),
        "linhaDigitavel": invoice.bar_code.line().formatted(),
        "codigoPix": shown_pix(town, invoice),
        "dataEmissao": invoice.issued_on.to_string(),
        "dataVencimento": invoice.due_on.to_string(),
        "dataPagamento": date_or_empty(paid.map(|paid| paid.on)),
        "dataCancelamento": "",
        "demonstrativo": format!("Mensalidade {}", invoice.due_on.strftime("%m/%Y")),
        "acordoPagamento": { "acordados": [], "cobrados": [] },
        "formaPagamento": if paid.is_some_and(|paid| paid.by_pix) { "Pix" } else { "" },
        "usuario_baixa": "",
    })
}

fn document_number(invoice: &Invoice) -> u32 {
    invoice.id.number() - 140_000
}

/// A title as `clientes` shows it.
pub(super) fn short_title(town: &Town, invoice: &Invoice) -> Value {
    let late = invoice.payment.is_none().then(|| town.today().since(invoice.due_on).map_or(0, |span| span.get_days()));
    json!({
        "id": invoice.id.number(),
        "status": if invoice.payment.is_some() { "pago" } else { "aberto" },
        "valor": reais(invoice.amount),
        "valorCorrigido": reais(invoice.amount),
        "diasAtraso": late.unwrap_or(0).max(0),
        "dataVencimento": invoice.due_on.to_string(),
        "codigoPix": shown_pix(town, invoice),
        "codigoBarras": invoice.bar_code.as_str(),
    })
}

/// Of one contract; open and paid ones unless a status is asked for (section 4.c).
fn invoices(town: &mut Town, call: &Call<'_>) -> Response {
    let fields = &call.fields;
    let contract = Id::<Contract>::read(fields.text("contrato"));
    let mut found: Vec<&Invoice> = town
        .invoices
        .iter()
        .filter(|one| Some(one.contract) == contract)
        .filter(|one| match fields.text("status") {
            "1" => one.payment.is_none(),
            "2" => one.payment.is_some(),
            "3" => false,
            _ => true,
        })
        .collect();
    found.sort_by_key(|one| std::cmp::Reverse(one.due_on));
    let rows = found.into_iter().map(|one| invoice_row(town, one, call)).collect();
    let (about, rows) = page(rows, fields, PAGE);
    json_answer(&json!({ "paginacao": about, "faturas": rows }))
}

fn invoice_row(town: &Town, invoice: &Invoice, call: &Call<'_>) -> Value {
    let paid = invoice.payment;
    let link = call.link(&format!("/boleto/{}/", link_code(invoice)));
    json!({
        "id": invoice.id.number(),
        "status": if paid.is_some() { "Pago" } else { "Gerado" },
        "statusid": if paid.is_some() { 2 } else { 1 },
        "numero_documento": document_number(invoice),
        "valor": reais(invoice.amount),
        "valorcorrigido": reais(invoice.amount),
        "vencimento": invoice.due_on.to_string(),
        "vencimento_atualizado": invoice.due_on.max(town.today()).to_string(),
        "data_pagamento": paid.map(|paid| paid.on.to_string()),
        "linhadigitavel": invoice.bar_code.line().formatted(),
        "codigopix": shown_pix(town, invoice),
        "gerapix": invoice.pix.is_some() && paid.is_none(),
        "link": link,
        "link_completo": format!("{link}completo/"),
        "idtransacao": null,
        "recibo": null,
        "pagarcartao": false,
        "pagarcartaodebito": false,
        "pagarcartaocheckout": false,
    })
}

/// Opens an occurrence unless it is told not to (section 3, side effects).
fn second_copy(town: &mut Town, call: &Call<'_>) -> Response {
    let fields = &call.fields;
    let contract = match contract_asked_for(town, fields) {
        Ok(contract) => contract,
        Err(refusal) => return refusal,
    };
    if !fields.is_set("nao_gerar_os") {
        open_occurrence(town, contract, "Segunda via de boleto via URA");
    }
    let drawn = protocol(town);
    let mut open: Vec<&Invoice> =
        town.invoices.iter().filter(|one| one.contract == contract && one.payment.is_none()).collect();
    open.sort_by_key(|one| one.due_on);
    if !fields.is_set("faturas_abertas_todas") {
        open.truncate(1);
    }
    let links: Vec<Value> = open.iter().map(|one| copy(town, one, call)).collect();
    let customer = town.contract(contract).and_then(|one| town.customer(one.customer));
    let first = open.first();
    json_answer(&json!({
        "status": u8::from(!links.is_empty()),
        "msg": if links.is_empty() { "Nenhuma fatura em aberto" } else { "" },
        "protocolo": drawn,
        "razaoSocial": customer.map(|one| one.name),
        "cpfCnpj": customer.map(|one| one.document.formatted()),
        "contratoId": contract.number(),
        "link": first.map(|one| call.link(&format!("/boleto/{}/", link_code(one)))),
        "link_cobranca": first.map(|one| call.link(&format!("/public/cobranca/{}/", link_code(one)))),
        "links": links,
    }))
}

/// By contract, or by a document that has one contract only (section 3).
fn contract_asked_for(town: &Town, fields: &Fields) -> Result<Id<Contract>, Response> {
    let asked = Id::<Contract>::read(fields.text("contrato"));
    if let Some(contract) = asked.and_then(|id| town.contract(id)) {
        return Ok(contract.id);
    }
    let document = fields.text("cpfcnpj");
    let customer = town.customers.iter().find(|one| !document.is_empty() && one.document.same_as(document));
    let mut contracts = town
        .contracts
        .iter()
        .filter(|one| customer.is_some_and(|customer| one.customer == customer.id))
        .filter(|one| !matches!(one.standing, Standing::Cancelled(_)));
    match (contracts.next(), contracts.next()) {
        (Some(one), None) => Ok(one.id),
        (Some(_), Some(_)) => {
            Err(refused("Há mais de um contrato para o CPF/CNPJ informado. Favor informar o id do contrato"))
        }
        _ => Err(json_answer(&json!({ "status": 0, "msg": "Nenhum contrato localizado", "links": [] }))),
    }
}

/// `vencimento` is the reissue's: today for what is overdue.
fn copy(town: &Town, invoice: &Invoice, call: &Call<'_>) -> Value {
    let slip = if call.fields.is_set("link_pdf") {
        call.link(&format!("/boleto/{}.pdf", link_code(invoice)))
    } else {
        call.link(&format!("/boleto/{}/", link_code(invoice)))
    };
    json!({
        "id": invoice.id.number(),
        "fatura": document_number(invoice),
        "vencimento": invoice.due_on.max(town.today()).to_string(),
        "vencimento_original": invoice.due_on.to_string(),
        "valor": reais(invoice.amount),
        "valor_original": reais(invoice.amount),
        "multa": 0, "juros": 0, "desconto_vencimento": 0,
        "linhadigitavel": invoice.bar_code.line().formatted(),
        "codigopix": shown_pix(town, invoice),
        "link": slip,
        "link_cobranca": call.link(&format!("/public/cobranca/{}/", link_code(invoice))),
        "link_pix_html": call.link(&format!("/public/pix/{}/", link_code(invoice))),
    })
}

/// Registers a charge at the bank, or gives the one that is there. The refusals were not captured: stand-ins.
fn pix(town: &mut Town, call: &Call<'_>) -> Response {
    let contract = call.fields.text("contrato");
    let found = Id::<Invoice>::read(call.segment).and_then(|id| town.invoice(id));
    let Some(invoice) = found.filter(|one| one.contract.to_string() == contract) else {
        return refused("Título não localizado");
    };
    let (id, paid) = (invoice.id, invoice.payment.is_some());
    match town.charge_pix(id) {
        Some(code) => json_answer(&json!({ "status": 1, "msg": "Dados do Pix", "pix": code.as_str() })),
        None if paid => refused("Título já está pago"),
        None => refused("O portador do título não gera Pix"),
    }
}

/// Behind a public link; a wrong code is a page.
fn slip(town: &mut Town, call: &Call<'_>) -> Response {
    match town.invoices.iter().find(|one| link_code(one) == call.segment) {
        Some(invoice) => pdf(paper::boletos(town, &[invoice])),
        None => not_found(),
    }
}
