//! Fiscal invoices (notas fiscais) of a contract, and the copy of one as PDF.

use bytes::Bytes;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::invoice::FiscalInvoice;
use ponte_domain::reference::{ContractRef, FiscalInvoiceRef};
use ponte_vendors::erp::FiscalInvoices;

use crate::audit::Target;
use crate::cache::{ReadKind, Subject};
use crate::contracts::{about_contract, parts};
use crate::operations::Operations;
use crate::pipeline::read::{Question, Served};
use crate::visit::Visit;

impl Operations {
    /// Fiscal invoices of a contract, newest first.
    ///
    /// # Errors
    /// `NotSupported`; what the ERP says.
    pub async fn fiscal_invoices(
        &self,
        visit: &Visit,
        contract: &ContractRef,
        present: impl FnOnce(&Vec<FiscalInvoice>) -> Bytes,
    ) -> Result<Served, Failure> {
        let reference = parts(contract);
        let question = about_contract(ReadKind::FiscalInvoices, contract, &reference);
        let fetch = async {
            let fiscal = self.fiscal_of(visit)?;
            Ok(present(&fiscal.of_contract(&self.call(visit), contract).await?))
        };
        self.read(visit, question, fetch).await
    }

    /// The copy of a fiscal invoice as PDF.
    ///
    /// # Errors
    /// `NotFound(Document)` when the ERP has none; `NotSupported`; what the ERP says.
    pub async fn fiscal_invoice_pdf(&self, visit: &Visit, invoice: &FiscalInvoiceRef) -> Result<Served, Failure> {
        let reference = [invoice.customer.id.as_str(), invoice.id.as_str()];
        let question = Question {
            kind: ReadKind::FiscalInvoicePdf,
            subject: Subject::Customer(invoice.customer.id.as_str()),
            reference: &reference,
            target: Target::of("fiscal_invoice", &invoice.id, &invoice.customer.id),
        };
        let fetch = async {
            let fiscal = self.fiscal_of(visit)?;
            Ok(Bytes::from(fiscal.pdf(&self.call(visit), invoice).await?.into_bytes()))
        };
        self.read(visit, question, fetch).await
    }

    fn fiscal_of(&self, visit: &Visit) -> Result<&'static dyn FiscalInvoices, Failure> {
        visit.offered(Capability::FiscalInvoices, visit.erp().fiscal_invoices(), &self.0.clock)
    }
}
