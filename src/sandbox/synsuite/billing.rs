//! Titles, their slips and their Pix (section 4.c).

use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::http::Response;
use crate::paper;
use crate::town::Town;
use crate::town::billing::{Charge, Invoice};
use crate::town::id::Id;
use crate::town::people::Customer;

use super::contracts::by_id;
use super::customers::{address, of_document};
use super::dialect::{self, Silence, day, good, midnight, pdf, portal, reais};
use super::logins;
use super::numbers::hash;
use super::request::{Asked, Route, Surface};

const LINK: &str = "/financial_receivable_titles/boletos/";
const SIGNED_LINK: &str = "/financial_receivable_titles/check_bank/";

pub(super) const ROUTES: &[Route] = &[
    Route { surface: Surface::ThirdParty, method: "GET", path: "getopentitlesbytxid/{}", answer: open },
    Route { surface: Surface::ThirdParty, method: "GET", path: "gettitlesbytxid/{}", answer: all },
    Route { surface: Surface::ThirdParty, method: "GET", path: "getcontractbillets/{}", answer: of_contract },
    Route { surface: Surface::ThirdParty, method: "GET", path: "GetBillet/{}", answer: slip },
    Route { surface: Surface::ThirdParty, method: "GET", path: "GetBilletLink/{}", answer: signed_link },
    Route { surface: Surface::ThirdParty, method: "POST", path: "billings/registerpix", answer: register_pix },
    Route {
        surface: Surface::Portal,
        method: "GET",
        path: "portal_financial_receivable_titles",
        answer: of_subscriber,
    },
    Route { surface: Surface::Portal, method: "GET", path: "financial/billet/{}", answer: portal_slip },
    Route { surface: Surface::Web, method: "GET", path: "financial_receivable_titles/boletos/{}", answer: linked_slip },
    Route {
        surface: Surface::Web,
        method: "GET",
        path: "financial_receivable_titles/check_bank/{}",
        answer: linked_slip,
    },
];

/// The open list shows what is overdue, what is due, and what falls due until the end of next month.
fn shown_as_open(town: &Town, invoice: &Invoice) -> bool {
    let horizon = town.today().saturating_add(1.month()).last_of_month();
    invoice.payment.is_none() && invoice.due_on <= horizon
}

fn invoices_of(town: &Town, customer: Id<Customer>) -> impl Iterator<Item = &Invoice> {
    town.invoices.iter().filter(move |one| one.customer == customer)
}

/// Nothing open is told in words.
fn open(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(customer) = of_document(town, asked.part(0)) else { return dialect::not_found() };
    let open = invoices_of(town, customer.id).filter(|one| shown_as_open(town, one));
    let rows: Vec<Value> = open.map(|one| title(town, customer, one, Status::Untold)).collect();
    if rows.is_empty() {
        return dialect::nothing("Cliente não possui títulos em aberto.");
    }
    good(json!(rows), Silence::Null, "List<Int64>")
}

/// The paid ones too. A company's tell their status beside the billet, a person's inside (section 4.c).
fn all(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(customer) = of_document(town, asked.part(0)) else { return dialect::not_found() };
    let place = if customer.born_on.is_none() { Status::Beside } else { Status::Inside };
    let rows: Vec<Value> = invoices_of(town, customer.id).map(|one| title(town, customer, one, place)).collect();
    good(json!(rows), Silence::List, "List<Int64>")
}

/// The titles in a person's row: without codes, with the balance.
pub(super) fn titles_of_person(town: &Town, customer: Id<Customer>) -> Vec<Value> {
    let row = |one: &Invoice| {
        json!({
            "id": one.id.number(),
            "billet": {
                "bankTitleNumber": null,
                "balance": reais(one.amount),
                "title": name(one),
                "issueDate": day(one.issued_on),
                "expirationDate": day(one.due_on),
                "processingDate": day(one.issued_on),
                "amount": amount(one),
            },
        })
    };
    invoices_of(town, customer).filter(|one| shown_as_open(town, one)).map(row).collect()
}

/// Where a title's status stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Untold,
    Inside,
    Beside,
}

fn title(town: &Town, customer: &Customer, invoice: &Invoice, place: Status) -> Value {
    let wallet = town.wallet(invoice.wallet);
    let mut billet = json!({
        "bankTitleNumber": invoice.bank_number,
        // Often null; then the line has it.
        "barcode": wallet.is_some_and(|one| !one.pix).then(|| invoice.bar_code.as_str()),
        "typefulLine": invoice.bar_code.line().formatted(),
        "pixQRCode": pix_on_the_slip(invoice),
        "title": name(invoice),
        "issueDate": day(invoice.issued_on),
        "expirationDate": day(invoice.due_on),
        "processingDate": day(invoice.issued_on),
        "amount": amount(invoice),
    });
    let mut title = json!({
        "id": invoice.id.number(),
        "client": party(
            &customer.document_in_digits().formatted(),
            customer.name,
            address(town, customer),
        ),
        "companyPlace": party(&town.provider.document.formatted(), town.provider.trade_name, json!(null)),
        "bank": wallet.map(|one| json!({
            "code": one.bank,
            "name": bank_name(one.bank),
            "agency": { "number": "0906", "digit": "0" },
            "account": { "number": "461010", "digit": "0" },
            "bankUse": "",
        })),
        "collectionType": { "specieTitle": "DMI", "loanPortfolio": "17", "quantity": "", "accept": "N" },
    });
    if place != Status::Untold {
        billet["receipts"] = json!(receipts(invoice));
        billet["amount"]["originalValue"] = json!(reais(invoice.amount));
    }
    match place {
        Status::Untold => {}
        Status::Inside => billet["status"] = json!(status(invoice, town.today())),
        Status::Beside => title["status"] = json!(status(invoice, town.today())),
    }
    title["billet"] = billet;
    title
}

fn party(document: &str, name: &str, address: Value) -> Value {
    json!({ "txId": document, "name": name, "address": address })
}

fn bank_name(code: &str) -> &'static str {
    if code == "341" { "Itaú Unibanco S.A." } else { "Banco do Estado do Rio Grande do Sul S.A." }
}

/// This provider charges neither fine nor interest.
fn amount(invoice: &Invoice) -> Value {
    let value = reais(invoice.amount);
    json!({ "value": value, "finalValue": value, "discount": 0, "fine": 0, "interest": 0 })
}

fn receipts(invoice: &Invoice) -> Vec<Value> {
    let receipt = |paid: &crate::town::billing::Payment| {
        json!({
            "ammount": reais(paid.amount), "discount": 0, "fine": 0, "interest": 0, "receiptDate": midnight(paid.on),
        })
    };
    invoice.payment.iter().map(receipt).collect()
}

fn status(invoice: &Invoice, today: Date) -> &'static str {
    match invoice.payment {
        Some(_) => "Paga",
        None if invoice.due_on < today => "Vencida",
        None => "Em aberto",
    }
}

fn name(invoice: &Invoice) -> String {
    format!("FAT{:014}", invoice.id.number())
}

/// Empty where the bank has no Pix, and where nobody has asked for one yet.
fn pix_on_the_slip(invoice: &Invoice) -> &str {
    let shown = invoice.pix_charged || invoice.charge == Charge::Monthly;
    invoice.pix.as_ref().filter(|_| shown).map_or("", |code| code.as_str())
}

/// Flat, without an amount; by the contract's id.
fn of_contract(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(contract) = by_id(town, asked.part(0)) else { return dialect::not_found() };
    let row = |(index, one): (usize, &Invoice)| {
        json!({
            "id": one.id.number(),
            "title": name(one),
            "expirationDate": midnight(one.due_on),
            "parcel": index + 1,
            "typefulLine": one.bar_code.line().formatted(),
            "link": asked.address(&format!("{LINK}{}", hash(one.id.number()))),
            "pixQRCode": pix_on_the_slip(one),
        })
    };
    let open = town.invoices.iter().filter(|one| one.contract == contract.id && shown_as_open(town, one));
    let rows: Vec<Value> = open.enumerate().map(row).collect();
    good(json!(rows), Silence::Null, "List<ThirdPartyIntegrationService+TitleBillet>")
}

fn payable<'t>(town: &'t Town, id: &str) -> Option<&'t Invoice> {
    Id::read(id).and_then(|id| town.invoice(id)).filter(|one| one.payment.is_none())
}

/// The slip; an envelope under the same status where there is none.
fn slip(town: &mut Town, asked: &Asked<'_>) -> Response {
    match payable(town, asked.part(0)) {
        Some(invoice) => pdf(paper::boletos(town, &[invoice])),
        None => dialect::not_found(),
    }
}

/// A link that is signed anew with each call.
fn signed_link(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(number) = payable(town, asked.part(0)).map(|invoice| invoice.id.number()) else {
        return dialect::not_found();
    };
    let drawn = town.cabinet.kept("links").and_then(|text| text.parse().ok()).unwrap_or(0_u32).saturating_add(1);
    town.cabinet.keep("links", &drawn.to_string());
    let link = asked.address(&format!("{SIGNED_LINK}{}?validationCode=81kB{drawn:06}%3D", hash(number)));
    good(json!({ "link": link }), Silence::Null, "LinkResult")
}

/// What such a link opens.
fn linked_slip(town: &mut Town, asked: &Asked<'_>) -> Response {
    match town.invoices.iter().find(|one| hash(one.id.number()) == asked.part(0)) {
        Some(invoice) => pdf(paper::boletos(town, &[invoice])),
        None => dialect::nowhere(),
    }
}

/// It writes: a charge is made at the bank. The words of the refusal are not known.
fn register_pix(town: &mut Town, asked: &Asked<'_>) -> Response {
    let id = asked.query("receivableId").and_then(|text| Id::read(&text));
    let Some(amount) = id.and_then(|id| town.invoice(id)).map(|one| reais(one.amount)) else {
        return dialect::not_found();
    };
    let Some(code) = id.and_then(|id| town.charge_pix(id)) else {
        return dialect::refused("PIX Voalle não está configurado para o local da empresa.");
    };
    let number = id.map_or(0, Id::number);
    let charge = json!({
        "registerId": number,
        "qrCode": code.as_str(),
        "totalAmount": amount,
        "interestAmount": 0,
        "fineAmount": 0,
        "transactionId": format!("9b1c{}", hash(number)),
        "hybridBillet": false,
    });
    good(charge, Silence::Empty, "PixRegister")
}

/// The subscriber's titles on the portal: paid is balance 0.
fn of_subscriber(town: &mut Town, asked: &Asked<'_>) -> Response {
    let Some(owner) = logins::subscriber(town, asked.request()) else { return dialect::portal_forbidden() };
    let row = |one: &Invoice| {
        let paid = one.payment.is_some();
        json!({
            "id": one.id.number(),
            "parcel": 1,
            "balance": if paid { 0.0 } else { reais(one.amount) },
            "finished": paid,
            "title": name(one),
            "bankTitleNumber": one.bank_number,
            "documentAmount": reais(one.amount),
            "complement": one.description(),
            "hash": hash(one.id.number()),
            "typefulLine": one.bar_code.line().formatted(),
            "expirationDate": day(one.due_on),
            "competence": day(one.period.0),
            "fineAmount": 0,
            "interestAmount": 0,
        })
    };
    let rows: Vec<Value> = invoices_of(town, owner).map(row).collect();
    portal(&rows)
}

fn portal_slip(town: &mut Town, asked: &Asked<'_>) -> Response {
    let owner = logins::subscriber(town, asked.request());
    let found = town.invoices.iter().find(|one| Some(one.customer) == owner && hash(one.id.number()) == asked.part(0));
    match found {
        Some(invoice) => pdf(paper::boletos(town, &[invoice])),
        None => dialect::nowhere(),
    }
}
