//! Invoices, how each can be paid, the boleto as PDF and the Pix code as a picture.

use bytes::Bytes;
use ponte_domain::capability::Capability;
use ponte_domain::invoice::{Invoice, InvoiceFilter, NoBoleto, NoPix, Payment};
use ponte_domain::reference::{ContractRef, CustomerRef, InvoiceRef};
use ponte_domain::{Failure, FailureKind};
use ponte_vendors::erp::Billing;

use crate::audit::Target;
use crate::cache::{ReadKind, Subject};
use crate::contracts::about_contract;
use crate::operations::Operations;
use crate::pipeline::read::{CacheState, Fetched, Question, Served};
use crate::visit::Visit;

/// The form of a Pix picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PixPicture {
    /// Scalable.
    Svg,
    /// Pixels.
    Png,
}

impl Operations {
    /// Invoices of a customer, by due date, oldest first.
    ///
    /// # Errors
    /// `NotSupported`; what the ERP says.
    pub async fn customer_invoices(
        &self,
        visit: &Visit,
        customer: &CustomerRef,
        filter: InvoiceFilter,
        present: impl FnOnce(&Vec<Invoice>) -> Bytes,
    ) -> Result<Served, Failure> {
        let id = customer.id.as_str();
        let question = Question {
            kind: ReadKind::CustomerInvoices,
            subject: Subject::Bills(id),
            reference: &[id, filter_word(filter)],
            target: Target::customer(&customer.id),
        };
        let fetch = async {
            let billing = self.billing_of(visit)?;
            Ok(present(&billing.of_customer(&self.call(visit), customer, filter).await?))
        };
        self.read(visit, question, fetch).await
    }

    /// Invoices of a contract, by due date, oldest first.
    ///
    /// # Errors
    /// `NotSupported`; what the ERP says.
    pub async fn contract_invoices(
        &self,
        visit: &Visit,
        contract: &ContractRef,
        filter: InvoiceFilter,
        present: impl FnOnce(&Vec<Invoice>) -> Bytes,
    ) -> Result<Served, Failure> {
        let reference = [contract.customer.id.as_str(), contract.id.as_str(), filter_word(filter)];
        let question = Question {
            subject: Subject::Bills(contract.customer.id.as_str()),
            ..about_contract(ReadKind::ContractInvoices, contract, &reference)
        };
        let fetch = async {
            let billing = self.billing_of(visit)?;
            Ok(present(&billing.of_contract(&self.call(visit), contract, filter).await?))
        };
        self.read(visit, question, fetch).await
    }

    /// How an invoice can be paid.
    ///
    /// # Errors
    /// `NotFound(Invoice)`; `NotSupported`; what the ERP says.
    pub async fn payment(
        &self,
        visit: &Visit,
        invoice: &InvoiceRef,
        present: impl FnOnce(&Payment) -> Bytes,
    ) -> Result<Served, Failure> {
        self.paid_by(visit, invoice, ReadKind::Payment, |payment| Ok(present(payment))).await
    }

    /// The Pix code of an invoice as a picture. `present` says what is wrong where there is no code.
    ///
    /// # Errors
    /// `NotFound(Invoice)`; `NotSupported`; what the ERP or `present` says.
    pub async fn pix_picture(
        &self,
        visit: &Visit,
        invoice: &InvoiceRef,
        picture: PixPicture,
        present: impl FnOnce(&Payment) -> Result<Bytes, Failure>,
    ) -> Result<Served, Failure> {
        let kind = match picture {
            PixPicture::Svg => ReadKind::PixSvg,
            PixPicture::Png => ReadKind::PixPng,
        };
        self.paid_by(visit, invoice, kind, present).await
    }

    /// The boleto as PDF.
    ///
    /// # Errors
    /// `NotFound(Document)` when the ERP has none; `NotSupported`; what the ERP says.
    pub async fn boleto_pdf(&self, visit: &Visit, invoice: &InvoiceRef) -> Result<Served, Failure> {
        let reference = invoice_parts(invoice);
        let question = about_invoice(ReadKind::BoletoPdf, invoice, &reference);
        let fetch = async {
            let billing = self.billing_of(visit)?;
            Ok(Bytes::from(billing.boleto_pdf(&self.call(visit), invoice).await?.into_bytes()))
        };
        let served = self.read(visit, question, fetch).await;
        let printed = match &served {
            Ok(served) => matches!(served.cache.state, CacheState::Miss | CacheState::Bypass),
            // An ERP that cannot be reached has printed nothing, and the lists stand in while it is down.
            Err(failure) => matches!(
                failure.kind(),
                FailureKind::OutcomeUnknown
                    | FailureKind::TimedOut
                    | FailureKind::BrokenAnswer
                    | FailureKind::VendorFault
            ),
        };
        if printed {
            // An ERP may bring a late title up to date when it prints it, as IXC does: what was read about the
            // customer's invoices before is no longer true. The PDF is what was just printed, and stays.
            self.0.answers.forget(visit.tenant.serial, Subject::Bills(invoice.customer.id.as_str()));
        }
        served
    }

    async fn paid_by(
        &self,
        visit: &Visit,
        invoice: &InvoiceRef,
        kind: ReadKind,
        present: impl FnOnce(&Payment) -> Result<Bytes, Failure>,
    ) -> Result<Served, Failure> {
        let reference = invoice_parts(invoice);
        let question = about_invoice(kind, invoice, &reference);
        let fetch = async {
            let billing = self.billing_of(visit)?;
            let payment = billing.payment(&self.call(visit), invoice).await?;
            let bytes = present(&payment)?;
            Ok(if is_complete(&payment) { Fetched::from(bytes) } else { Fetched::incomplete(bytes) })
        };
        self.read(visit, question, fetch).await
    }

    fn billing_of(&self, visit: &Visit) -> Result<&'static dyn Billing, Failure> {
        visit.offered(Capability::Billing, visit.erp().billing(), &self.0.clock)
    }
}

/// Whether the vendor could be asked for every part.
fn is_complete(payment: &Payment) -> bool {
    !matches!(payment.boleto, Err(NoBoleto::TemporarilyUnavailable))
        && !matches!(payment.pix, Err(NoPix::TemporarilyUnavailable))
}

fn invoice_parts(invoice: &InvoiceRef) -> [&str; 2] {
    [invoice.customer.id.as_str(), invoice.id.as_str()]
}

fn about_invoice<'a>(kind: ReadKind, invoice: &'a InvoiceRef, reference: &'a [&'a str]) -> Question<'a> {
    let customer = invoice.customer.id.as_str();
    Question {
        kind,
        subject: match kind {
            ReadKind::BoletoPdf => Subject::Customer(customer),
            _ => Subject::Bills(customer),
        },
        reference,
        target: Target::of("invoice", &invoice.id, &invoice.customer.id),
    }
}

const fn filter_word(filter: InvoiceFilter) -> &'static str {
    match filter {
        InvoiceFilter::Open => "open",
        InvoiceFilter::Overdue => "overdue",
        InvoiceFilter::Paid => "paid",
        InvoiceFilter::All => "all",
    }
}
