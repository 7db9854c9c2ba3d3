//! Invoices and payment options.

use bytes::Bytes;
use ponte_api::billing as words;
use ponte_api::words::{ContractId, Currency, CustomerId, InvoiceId};
use ponte_domain::Failure;
use ponte_domain::boleto::{BarCode, bank_name};
use ponte_domain::dates::days_overdue;
use ponte_domain::failure::{FailureKind, Subject};
use ponte_domain::invoice::{Availability, Boleto, Invoice, InvoiceStatus, NoBoleto, NoPix, Payment, Pix};
use ponte_domain::money::Cents;

use super::words::{line, list, short, web_address};
use super::{Scene, bytes, qr};

/// Invoices.
pub(crate) fn invoices(scene: &Scene, invoices: &[Invoice]) -> Bytes {
    bytes(&words::InvoiceList { invoices: list(invoices, |invoice| invoice_words(scene, invoice)) })
}

/// How an invoice can be paid.
pub(crate) fn payment(scene: &Scene, payment: &Payment) -> Bytes {
    let id = scene.handles().invoice(&payment.invoice.reference);
    bytes(&words::Payment {
        invoice: invoice_words(scene, &payment.invoice),
        boleto: match &payment.boleto {
            Ok(boleto) => boleto_words(scene, &id, boleto),
            Err(reason) => without_boleto(*reason),
        },
        pix: match &payment.pix {
            Ok(pix) => pix_words(scene, &id, pix, &payment.invoice),
            Err(reason) => without_pix(*reason),
        },
        payment_link: web_address(payment.payment_link.as_deref()),
    })
}

/// The Pix QR code as SVG.
pub(crate) fn pix_svg(payment: &Payment) -> Result<Bytes, Failure> {
    qr::svg(code_of(payment)?.code.as_str())
}

/// The Pix QR code as PNG.
pub(crate) fn pix_png(payment: &Payment) -> Result<Bytes, Failure> {
    qr::png(code_of(payment)?.code.as_str())
}

fn code_of(payment: &Payment) -> Result<&Pix, Failure> {
    payment.pix.as_ref().map_err(|reason| {
        let why = match reason {
            NoPix::InvoiceNotPayable => "the invoice is paid or cancelled",
            NoPix::BankWithoutPix => "the billing bank puts no Pix on its boletos",
            NoPix::InvoiceNotRegistered => "the invoice has no Pix charge yet",
            NoPix::VendorWithoutPix => "the vendor's API gives no Pix",
            NoPix::InvalidCode => "the vendor's code fails its check",
            NoPix::Expired => "the charge has expired",
            NoPix::TemporarilyUnavailable => "the vendor could not give it now",
        };
        Failure::new(FailureKind::NotFound(Subject::Document), format!("This invoice has no Pix code: {why}."))
    })
}

fn invoice_words(scene: &Scene, invoice: &Invoice) -> words::Invoice {
    let owner = &invoice.reference.customer;
    let late = match (invoice.status.value, invoice.due_date) {
        (InvoiceStatus::Overdue | InvoiceStatus::PartiallyPaid, Some(due)) => days_overdue(due, scene.today()),
        _ => 0,
    };
    words::Invoice {
        id: InvoiceId(scene.handles().invoice(&invoice.reference)),
        customer_id: CustomerId(scene.handles().customer(owner)),
        contract_id: invoice.contract.clone().map(|id| ContractId(scene.handles().contract(&owner.contract(id)))),
        number: short(invoice.number.as_deref()),
        description: line(invoice.description.as_deref()),
        amount_cents: invoice.amount.get(),
        updated_amount_cents: invoice.updated_amount.map(Cents::get),
        currency: Currency::Brl,
        due_date: invoice.due_date,
        issue_date: invoice.issue_date,
        status: invoice.status.value,
        vendor_status: short(invoice.status.vendor_word.as_deref()),
        days_overdue: late.min(100_000),
        paid_on: invoice.paid_on,
        paid_amount_cents: invoice.paid_amount.map(Cents::get),
        boleto: invoice.boleto,
        pix: invoice.pix,
    }
}

fn boleto_words(scene: &Scene, id: &str, boleto: &Boleto) -> words::BoletoOption {
    // A vendor often gives one of the two forms only; each is made of the other.
    let bar_code = boleto.bar_code.clone().or_else(|| boleto.line.as_ref().map(|line| line.bar_code()));
    let line = boleto.line.clone().or_else(|| boleto.bar_code.as_ref().map(BarCode::line));
    words::BoletoOption {
        available: true,
        reason: None,
        digitable_line: line.as_ref().map(|line| line.as_str().to_owned()),
        digitable_line_formatted: line.as_ref().map(|line| line.formatted()),
        bank: bar_code
            .as_ref()
            .and_then(BarCode::bank)
            .map(|code| words::Bank { code: code.to_owned(), name: bank_name(code).map(str::to_owned) }),
        barcode: bar_code.map(|code| code.as_str().to_owned()),
        pdf_link: (boleto.pdf != Availability::No).then(|| scene.link(format_args!("invoices/{id}/boleto.pdf"))),
    }
}

const fn without_boleto(reason: NoBoleto) -> words::BoletoOption {
    words::BoletoOption {
        available: false,
        reason: Some(reason),
        digitable_line: None,
        digitable_line_formatted: None,
        barcode: None,
        bank: None,
        pdf_link: None,
    }
}

fn pix_words(scene: &Scene, id: &str, pix: &Pix, invoice: &Invoice) -> words::PixOption {
    let amount = pix.code.amount();
    words::PixOption {
        available: true,
        reason: None,
        copy_paste: Some(pix.code.as_str().to_owned()),
        kind: Some(pix.code.kind()),
        amount_cents: amount.map(Cents::get),
        // Late fees make the amount with fees as right as the nominal one; anything else is told, not hidden.
        amount_matches: amount.map(|amount| amount == invoice.amount || Some(amount) == invoice.updated_amount),
        currency: Currency::Brl,
        expires_at: pix.expires_at.map(|at| scene.instant(at)),
        svg_link: Some(scene.link(format_args!("invoices/{id}/pix.svg"))),
        png_link: Some(scene.link(format_args!("invoices/{id}/pix.png"))),
    }
}

const fn without_pix(reason: NoPix) -> words::PixOption {
    words::PixOption {
        available: false,
        reason: Some(reason),
        copy_paste: None,
        kind: None,
        amount_cents: None,
        amount_matches: None,
        currency: Currency::Brl,
        expires_at: None,
        svg_link: None,
        png_link: None,
    }
}
