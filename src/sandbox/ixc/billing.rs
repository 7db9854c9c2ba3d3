//! `fn_areceber`, `get_boleto` and `get_pix` (section 4.c).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::ToSpan;
use ponte_domain::document::DocumentKind;
use serde_json::{Value, json};

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::billing::{Charge, Invoice};
use crate::town::id::Id;
use crate::town::people::Customer;

use super::dialect::{Action, Fields, Refusal, base64_text, json_answer};
use super::row::{Row, br_date};
use super::table::Table;

pub(super) const TABLES: &[Table] = &[Table::of("fn_areceber", titles), Table::of("fn_areceber_baixas", settlements)];

pub(super) const ACTIONS: &[Action] =
    &[Action { name: "get_boleto", run: boleto }, Action { name: "get_pix", run: pix }];

/// Where the vendor's QR pictures are; the code follows.
const QR_LINK: &str = "https://ixc.provedor.example/api-module/webhook-pagamentos/pix/get-qr-code?code=";
/// Days that a charge lives beyond its due day.
const PIX_DAYS: i64 = 90;

fn titles(town: &Town) -> Vec<Row> {
    town.invoices.iter().map(|invoice| title(town, invoice)).collect()
}

fn title(town: &Town, invoice: &Invoice) -> Row {
    let branch = town.contract(invoice.contract).map_or(String::new(), |one| one.branch.to_string());
    let contract = invoice.contract.to_string();
    // A charge apart from the monthly run names its contract in another column.
    let (monthly, loose) = match invoice.charge {
        Charge::Monthly => (contract, String::new()),
        Charge::OneOff => (String::new(), contract),
    };
    let nota = town.fiscal_invoices.iter().find(|nota| nota.invoice == Some(invoice.id));
    let amount = invoice.amount.to_dot();
    let paid = invoice.payment;
    let paid_on = paid.map_or(String::new(), |paid| paid.on.to_string());
    let paid_amount = paid.map(|paid| paid.amount.to_dot());
    Row::new(invoice.id)
        .id("id_cliente", invoice.customer)
        .put("filial_id", branch)
        .put("status", if paid.is_some() { "R" } else { "A" })
        .fill("S", &["liberado", "previsao"])
        .id("documento", invoice.id)
        .put("nparcela", "1")
        .put("id_saida", nota.map_or("0".to_owned(), |nota| nota.id.to_string()))
        .put("id_contrato", monthly)
        .put("id_contrato_avulso", loose)
        .put("id_contrato_principal", "0")
        .date("data_emissao", Some(invoice.issued_on))
        .date("data_vencimento", Some(invoice.due_on))
        .date("data_inicial", Some(invoice.period.0))
        .date("data_final", Some(invoice.period.1))
        .put("valor", amount.clone())
        .put("valor_aberto", if paid.is_some() { "0.00".to_owned() } else { amount })
        .put("valor_recebido", paid_amount.clone().unwrap_or_else(|| "0.00".to_owned()))
        .put("valor_cancelado", "0.00")
        .put("pagamento_data", paid_on.clone())
        .put("pagamento_valor", paid_amount.unwrap_or_default())
        .put("baixa_data", paid_on.clone())
        .put("credito_data", paid_on)
        .put("tipo_recebimento", "Boleto")
        .id("id_carteira_cobranca", invoice.wallet)
        .put("id_remessa", "0")
        .put("linha_digitavel", invoice.bar_code.line().as_str())
        .put("nn_boleto", invoice.bank_number.as_str())
        .put("boleto", invoice.bank_number.as_str())
        .fill("", &["gateway_link", "gerencianet_token", "id_cobranca"])
        .put("pix_txid", if invoice.pix_charged { txid(invoice) } else { String::new() })
        .flag("recebido_via_pix", paid.is_some_and(|paid| paid.by_pix))
        .fill("N", &["aguardando_confirmacao_pagamento", "titulo_protestado", "titulo_importado"])
        .fill("N", &["titulo_renegociado", "estornado"])
        .put("tipo_cobranca", "I")
        .put("id_renegociacao", "")
        .put("id_nota_gerada", "0")
        .fill("N", &["libera_periodo", "impresso"])
        .put("obs", invoice.description())
        .put("data_cancelamento", "")
        .moment("ultima_atualizacao", Some(invoice.issued_on.at(13, 53, 41, 0)))
}

fn txid(invoice: &Invoice) -> String {
    format!("ixc{}x{}", invoice.id, invoice.issued_on.strftime("%Y%m%d"))
}

fn settlements(town: &Town) -> Vec<Row> {
    let row = |invoice: &Invoice| {
        let paid = invoice.payment?;
        let row = Row::new(invoice.id.number() + 50_000)
            .id("id_receber", invoice.id)
            .date("data", Some(paid.on))
            .put("valor", paid.amount.to_dot());
        Some(row)
    };
    town.invoices.iter().filter_map(row).collect()
}

fn boleto(town: &mut Town, fields: &Fields) -> Response {
    let ids: Vec<Option<Id<Invoice>>> = fields.text("boletos").split(',').map(Id::read).collect();
    let found: Vec<&Invoice> = ids.iter().flatten().filter_map(|id| town.invoice(*id)).collect();
    if found.is_empty() || found.len() != ids.len() {
        return Refusal::generic().response();
    }
    if found.iter().any(|invoice| invoice.payment.is_some()) {
        return Refusal::new("Parcela já está recebida ou cancelada!<br />").response();
    }
    match fields.text("tipo_boleto") {
        "arquivo" if fields.text("base64") == "S" => base64_text(&paper::boletos(town, &found)),
        "arquivo" => Response::new(200, "application/pdf", paper::boletos(town, &found)),
        "dados" => json_answer(&found.iter().map(|invoice| slip(town, invoice)).collect()),
        "mail" | "sms" => {
            let sent: Vec<Id<Invoice>> = found.iter().map(|invoice| invoice.id).collect();
            let sent: Vec<Value> = sent.into_iter().map(|id| json!({ "sucesso": town.send_boleto(id) })).collect();
            // Recorded so: JSON under this content type (section 2.5).
            let body = json!({ "registros": sent }).to_string();
            Response::new(200, "text/html; charset=ISO-8859-1", body)
        }
        _ => Refusal::generic().response(),
    }
}

/// The printing templates' fields. Nothing is brought up to date: this provider charges neither
/// interest nor fine, and its banks take overdue slips as they are.
fn slip(town: &Town, invoice: &Invoice) -> Value {
    let customer = town.customer(invoice.customer);
    let address = customer.map(|one| &one.address);
    let city = address.and_then(|address| town.city(address.city));
    let wallet = town.wallet(invoice.wallet);
    json!({
        "linha_digitavel": invoice.bar_code.line().formatted(),
        "codigo_barras": invoice.bar_code.as_str(),
        "valor_boleto": invoice.amount.to_comma(),
        "data_vencimento": br_date(invoice.due_on),
        "nosso_numero": invoice.bank_number,
        "numero_documento": invoice.id.to_string(),
        "sacado": customer.map_or("", |one| one.name),
        "CPF": customer.map_or(String::new(), |one| one.document.formatted()),
        "Endereco": address.map_or(String::new(), |one| format!("{}, {}", one.street, one.number)),
        "CEP": address.map_or("", |one| one.postal_code),
        "Cidade": city.map_or("", |city| city.name),
        "Estado_sigla": city.map_or("", |city| city.state.code),
        "codigo_banco_com_dv": wallet.map_or(String::new(), |one| format!("{}-{}", one.bank, one.bank_digit)),
        "cedente_nome": town.provider.name,
        "linha1": "", "linha2": "", "linha3": "", "Instrucao1": "", "Instrucao2": "",
        "local_pagamento": "Pagável em qualquer banco",
    })
}

fn pix(town: &mut Town, fields: &Fields) -> Response {
    let Some(id) = Id::<Invoice>::read(fields.text("id_areceber")).filter(|id| town.invoice(*id).is_some()) else {
        return Refusal::generic().response();
    };
    let Some(code) = town.charge_pix(id) else { return hollow() };
    let Some(invoice) = town.invoice(id) else { return Refusal::generic().response() };
    let picture = paper::qr_png(code.as_str()).map(|png| STANDARD.encode(png)).unwrap_or_default();
    let expiry = br_date(invoice.due_on.saturating_add(PIX_DAYS.days()));
    let made = invoice.issued_on.strftime("%Y-%m-%d").to_string();
    json_answer(&json!({
        "type": "success",
        "gateway": { "gatewayNome": "MB" },
        "pix": {
            "dadosPix": {
                "revisao": 0,
                "loc": {
                    "id": 1_994_570_000_u32 + invoice.id.number() % 10_000,
                    "location": code.location().unwrap_or_default(),
                    "tipoCob": "cobv",
                    "criacao": format!("{made}T12:03:01.636Z"),
                },
                "calendario": {
                    "criacao": format!("{made}T12:03:01Z"),
                    "dataDeVencimento": invoice.due_on.to_string(),
                    "validadeAposVencimento": PIX_DAYS,
                },
                "devedor": town.customer(invoice.customer).map(debtor),
                "valor": {
                    "original": invoice.amount.to_dot(),
                    "abatimento": [], "desconto": [],
                    "juros": { "valorPerc": "0.00", "modalidade": 2 },
                    "multa": { "valorPerc": "0.00", "modalidade": 2 },
                },
                "chave": "00000000-0000-4000-8000-000000000000",
                "txid": txid(invoice),
                "status": "ATIVA",
                "solicitacaoPagador": invoice.description(),
                "infoAdicionais": [],
                "pixCopiaECola": code.as_str(),
                "expiracaoPix": format!("{expiry} 00:00:00"),
            },
            "qrCode": {
                "qrcode": code.as_str(),
                "imagemQrcode": picture,
                "imagemSrc": format!("{QR_LINK}{}", code.as_str()),
            },
        },
    }))
}

fn debtor(customer: &Customer) -> Value {
    match customer.document.kind() {
        DocumentKind::Cpf => json!({ "cpf": customer.document.as_str(), "nome": customer.name }),
        DocumentKind::Cnpj => json!({ "cnpj": customer.document.as_str(), "nome": customer.name }),
    }
}

/// The recorded answer for a bill whose bank has no Pix: a success with nothing in it.
fn hollow() -> Response {
    json_answer(&json!({
        "pix": {
            "dadosPix": { "expiracaoPix": "31/12/1969 21:00:00" },
            "qrCode": { "qrcode": "", "imagemQrcode": "", "imagemSrc": QR_LINK },
        },
        "gateway": { "gatewayNome": "MB" },
        "type": "success",
    }))
}
