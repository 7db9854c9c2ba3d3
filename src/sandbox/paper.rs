//! Papers: small real PDFs with text in them, and QR pictures.

use jiff::civil::Date;
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};
use ponte_domain::money::Cents;
use qrcode::{Color, QrCode};

use crate::town::Town;
use crate::town::acceptance::Term;
use crate::town::billing::{FiscalInvoice, Invoice};
use crate::town::contracts::Contract;
use crate::town::people::Customer;

mod bars;

/// A4 in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 50.0;
const LINE: f32 = 18.0;
const FONT: Name<'_> = Name(b"F1");
/// Pixels a module, and modules of white around, as the standard of QR codes asks.
const MODULE: usize = 4;
const QUIET: usize = 4;

/// One page: a headline, lines under it, and bars at the foot where there is a code.
#[derive(Debug, Default)]
struct Page {
    headline: String,
    lines: Vec<String>,
    bars: Option<String>,
}

/// The boletos of these invoices, one a page; invoices that are not there are left out.
pub(crate) fn boletos(town: &Town, invoices: &[&Invoice]) -> Vec<u8> {
    let pages: Vec<Page> = invoices.iter().map(|invoice| boleto(town, invoice)).collect();
    pdf(&pages)
}

fn boleto(town: &Town, invoice: &Invoice) -> Page {
    let wallet = town.wallet(invoice.wallet);
    let bank = wallet.map_or(String::new(), |one| format!("{}-{}", one.bank, one.bank_digit));
    let mut lines = vec![
        format!("Banco {bank}"),
        invoice.bar_code.line().formatted(),
        format!("Beneficiário: {} CNPJ {}", town.provider.name, town.provider.document.formatted()),
        payer(town.customer(invoice.customer)),
        format!("Nosso número: {}", invoice.bank_number),
        format!("Documento: {}", invoice.id),
        format!("Vencimento: {}", day(invoice.due_on)),
        format!("Valor: R$ {}", money(invoice.amount)),
        format!("Referente: {}", invoice.description()),
        "Local de pagamento: Pagável em qualquer banco".to_owned(),
    ];
    if let Some(pix) = &invoice.pix {
        lines.push("Pix copia e cola:".to_owned());
        lines.extend(broken(pix.as_str(), 80));
    }
    Page { headline: "Boleto de cobrança".to_owned(), lines, bars: Some(invoice.bar_code.as_str().to_owned()) }
}

/// A nota fiscal.
pub(crate) fn fiscal_invoice(town: &Town, nota: &FiscalInvoice) -> Vec<u8> {
    let lines = vec![
        format!("Número {:09}  Série {}  Modelo {}", nota.number, nota.series, nota.model),
        format!("Prestador: {} CNPJ {}", town.provider.name, town.provider.document.formatted()),
        payer(town.customer(nota.customer)),
        format!("Emissão: {}", day(nota.issued_on)),
        format!("Contrato: {}", nota.contract),
        format!("Valor total: R$ {}", money(nota.amount)),
    ];
    pdf(&[Page { headline: "Nota fiscal de serviço de comunicação".to_owned(), lines, bars: None }])
}

/// A contract to be read and signed.
pub(crate) fn contract(town: &Town, contract: &Contract) -> Vec<u8> {
    let plan = town.plan(contract.plan);
    let mut lines = vec![
        format!("Contrato número {}", contract.id),
        format!("Contratada: {} CNPJ {}", town.provider.name, town.provider.document.formatted()),
        payer(town.customer(contract.customer)),
        format!("Data: {}", day(contract.agreed_on)),
        format!("Vencimento das mensalidades: dia {}", contract.due_day),
    ];
    if let Some(plan) = plan {
        lines.push(format!("Plano: {}", plan.name));
        lines.push(format!("Velocidade: {} Mbit/s de download, {} Mbit/s de upload", plan.download, plan.upload));
        lines.push(format!("Mensalidade: R$ {}", money(plan.price)));
    }
    lines.extend(CLAUSES.map(str::to_owned));
    pdf(&[Page { headline: CONTRACT.to_owned(), lines, bars: None }])
}

/// The same contract with nobody's name in it, as a provider shows it on its own site.
pub(crate) fn standard_contract(town: &Town) -> Vec<u8> {
    let mut lines = vec![format!("Contratada: {} CNPJ {}", town.provider.name, town.provider.document.formatted())];
    lines.extend(CLAUSES.map(str::to_owned));
    pdf(&[Page { headline: CONTRACT.to_owned(), lines, bars: None }])
}

const CONTRACT: &str = "Contrato de prestação de serviço de comunicação multimídia";
const CLAUSES: [&str; 3] = [
    "1. A CONTRATADA presta ao CONTRATANTE o serviço de comunicação multimídia.",
    "2. O CONTRATANTE paga a mensalidade até o dia do vencimento.",
    "3. O não pagamento pode levar à redução da velocidade e ao bloqueio.",
];

/// One term of a contract.
pub(crate) fn term(town: &Town, term: &Term) -> Vec<u8> {
    let customer = town.contract(term.contract).and_then(|one| town.customer(one.customer));
    let lines = vec![
        format!("Contrato número {}", term.contract),
        payer(customer),
        match term.signed_at {
            Some(at) => format!("Assinado em {}", at.strftime("%d/%m/%Y %H:%M")),
            None => "Aguardando assinatura".to_owned(),
        },
    ];
    pdf(&[Page { headline: term.title.to_owned(), lines, bars: None }])
}

fn payer(customer: Option<&Customer>) -> String {
    let Some(customer) = customer else { return String::new() };
    format!("Cliente: {} {}", customer.name, customer.document.formatted())
}

fn day(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

fn money(amount: Cents) -> String {
    amount.to_comma()
}

fn broken(text: &str, width: usize) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(width).map(|piece| piece.iter().collect()).collect()
}

/// Pages with uncompressed text, so that a person or a test can read it in the bytes: lines without
/// accents as they are, the others in hexadecimal.
fn pdf(pages: &[Page]) -> Vec<u8> {
    const CATALOG: Ref = Ref::new(1);
    const TREE: Ref = Ref::new(2);
    const HELVETICA: Ref = Ref::new(3);
    let page_refs: Vec<(Ref, Ref)> =
        (4_i32..).step_by(2).map(|n| (Ref::new(n), Ref::new(n + 1))).take(pages.len()).collect();
    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG).pages(TREE);
    let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
    pdf.pages(TREE).kids(page_refs.iter().map(|(page, _)| *page)).count(count);
    for (page, (page_ref, content_ref)) in pages.iter().zip(&page_refs) {
        let mut sheet = pdf.page(*page_ref);
        sheet.media_box(Rect::new(0.0, 0.0, WIDTH, HEIGHT)).parent(TREE).contents(*content_ref);
        sheet.resources().fonts().pair(FONT, HELVETICA);
        sheet.finish();
        pdf.stream(*content_ref, &drawn(page));
    }
    pdf.type1_font(HELVETICA).base_font(Name(b"Helvetica")).encoding_predefined(Name(b"WinAnsiEncoding"));
    pdf.finish()
}

fn drawn(page: &Page) -> Vec<u8> {
    let mut content = Content::new();
    let mut height = HEIGHT - MARGIN;
    for (text, size) in std::iter::once((&page.headline, 16.0)).chain(page.lines.iter().map(|line| (line, 11.0))) {
        content.begin_text().set_font(FONT, size).next_line(MARGIN, height).show(Str(&latin_1(text))).end_text();
        height -= LINE;
    }
    for bar in page.bars.as_deref().map(bars::interleaved).unwrap_or_default() {
        content.rect(MARGIN + bar.left, MARGIN, bar.width, bars::HEIGHT);
    }
    if page.bars.is_some() {
        content.fill_nonzero();
    }
    content.finish().into_vec()
}

/// WinAnsi is Latin-1 where Portuguese needs it.
fn latin_1(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect()
}

/// A QR code as a grey PNG; none when the text is too long for one.
pub(crate) fn qr_png(text: &str) -> Option<Vec<u8>> {
    let code = QrCode::new(text).ok()?;
    let modules = code.width();
    let colors = code.to_colors();
    let side = (modules + 2 * QUIET) * MODULE;
    let dark = |x: usize, y: usize| -> bool {
        let inside = |at: usize| (at / MODULE).checked_sub(QUIET).filter(|module| *module < modules);
        let (Some(column), Some(row)) = (inside(x), inside(y)) else { return false };
        colors.get(row * modules + column) == Some(&Color::Dark)
    };
    let pixels: Vec<u8> =
        (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).map(|(x, y)| if dark(x, y) { 0 } else { 255 }).collect();
    let side = u32::try_from(side).ok()?;
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(&pixels).ok()?;
    writer.finish().ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    fn holds(bytes: &[u8], text: &str) -> bool {
        let plain = latin_1(text);
        let hex: String = plain.iter().map(|byte| format!("{byte:02X}")).collect();
        let there = |wanted: &[u8]| bytes.windows(wanted.len()).any(|window| window == wanted);
        there(&plain) || there(hex.as_bytes())
    }

    #[test]
    fn a_boleto_shows_its_line_and_one_page_each() {
        let town = Town::new().unwrap();
        let both: Vec<&Invoice> = town.invoices.iter().take(2).collect();
        let bytes = boletos(&town, &both);
        assert!(bytes.starts_with(b"%PDF-1."));
        assert!(bytes.ends_with(b"%%EOF"));
        assert!(holds(&bytes, "/Count 2"));
        for invoice in both {
            assert!(holds(&bytes, &invoice.bar_code.line().formatted()));
        }
        assert!(holds(&bytes, "Beneficiário"));
    }

    #[test]
    fn a_contract_names_its_holder_and_plan() {
        let town = Town::new().unwrap();
        let bytes = contract(&town, town.contract_called("D2").unwrap());
        assert!(holds(&bytes, "Davi Rocha") && holds(&bytes, "Fibra 1 Giga"));
    }

    #[test]
    fn a_qr_picture_is_a_png_of_the_codes_size() {
        let bytes = qr_png("hello").unwrap();
        let reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let side = u32::try_from((21 + 2 * QUIET) * MODULE).unwrap();
        assert_eq!((reader.info().width, reader.info().height), (side, side));
        assert!(qr_png(&"x".repeat(5000)).is_none());
    }
}
