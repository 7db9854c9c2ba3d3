//! Fiscal invoices.

use bytes::Bytes;
use ponte_api::fiscal_invoices as words;
use ponte_api::words::{ContractId, Currency, FiscalInvoiceId};
use ponte_domain::invoice::{FiscalInvoice, FiscalInvoiceStatus};

use super::words::{list, short};
use super::{Scene, bytes};

/// Fiscal invoices of a contract.
pub(crate) fn fiscal_invoices(scene: &Scene, invoices: &[FiscalInvoice]) -> Bytes {
    bytes(&words::FiscalInvoiceList { fiscal_invoices: list(invoices, |invoice| words(scene, invoice)) })
}

fn words(scene: &Scene, invoice: &FiscalInvoice) -> words::FiscalInvoice {
    let id = scene.handles().fiscal_invoice(&invoice.reference);
    // Only what was issued can be printed; of a word that is not known the vendor may still have a copy.
    let printable = matches!(invoice.status.value, FiscalInvoiceStatus::Issued | FiscalInvoiceStatus::Unknown);
    words::FiscalInvoice {
        pdf_link: printable.then(|| scene.link(format_args!("fiscal-invoices/{id}.pdf"))),
        contract_id: invoice
            .contract
            .clone()
            .map(|id| ContractId(scene.handles().contract(&invoice.reference.customer.contract(id)))),
        id: FiscalInvoiceId(id),
        number: short(Some(&invoice.number)).unwrap_or_default(),
        series: short(invoice.series.as_deref()),
        model: short(invoice.model.as_deref()),
        issued_on: invoice.issued_on,
        amount_cents: invoice.amount.get(),
        currency: Currency::Brl,
        status: invoice.status.value,
        vendor_status: short(invoice.status.vendor_word.as_deref()),
    }
}
