//! Billing: titles of `fn_areceber`, their boleto and their Pix charge (dossier 4.c).

mod boleto;
mod pix;
mod title;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{Invoice, InvoiceFilter, InvoiceStatus, NoBoleto, NoPix, Payment, Pdf};
use ponte_domain::reference::{ContractRef, CustomerRef, InvoiceRef, VendorId};
use ponte_domain::{Failure, FailureKind};

use super::Ixc;
use super::dialect::{Answer, Need, Oper, Order, Query, all_rows, rows};
use crate::call::Call;
use crate::erp::Billing;

use title::{Row, Title};

const TABLE: &str = "fn_areceber";
const REQUIRED: Need = Need::Required(Capability::Billing);

#[async_trait]
impl Billing for Ixc {
    async fn of_customer(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        filter: InvoiceFilter,
    ) -> Result<Vec<Invoice>, Failure> {
        let titles = titles(call, customer, filter).await?;
        Ok(titles.into_iter().map(|title| title.invoice).collect())
    }

    async fn of_contract(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        filter: InvoiceFilter,
    ) -> Result<Vec<Invoice>, Failure> {
        // By the customer and grouped here: a filter on the contract misses one-off charges, which carry it in
        // another column (dossier 4.c).
        let titles = titles(call, &contract.customer, filter).await?;
        Ok(titles
            .into_iter()
            .map(|title| title.invoice)
            .filter(|invoice| invoice.contract.as_ref() == Some(&contract.id))
            .collect())
    }

    async fn payment(&self, call: &Call<'_>, invoice: &InvoiceRef) -> Result<Payment, Failure> {
        let title = title(call, invoice).await?;
        if !title.is_payable() {
            return Ok(Payment {
                invoice: title.invoice,
                boleto: Err(NoBoleto::InvoiceNotPayable),
                pix: Err(NoPix::InvoiceNotPayable),
                payment_link: None,
            });
        }
        let (slip, pix) = tokio::join!(boleto::slip(call, &title), pix::charge(call, &title));
        let (slip, pix) = (slip?, pix?);
        let updated_amount = title.invoice.updated_amount.or(slip.updated_amount);
        Ok(Payment {
            invoice: Invoice { updated_amount, ..title.invoice },
            boleto: slip.boleto,
            pix,
            payment_link: title.link,
        })
    }

    async fn boleto_pdf(&self, call: &Call<'_>, invoice: &InvoiceRef) -> Result<Pdf, Failure> {
        let title = title(call, invoice).await?;
        if !title.is_payable() || !title.has_slip() {
            return Err(Failure::not_found(Subject::Document));
        }
        boleto::pdf(call, &title).await
    }
}

/// The titles of a customer, by due date. Cancelled ones and those not released to the subscriber are not shown.
async fn titles(call: &Call<'_>, customer: &CustomerRef, filter: InvoiceFilter) -> Result<Vec<Title>, Failure> {
    let query = Query::equals(TABLE, "id_cliente", customer.id.as_str())
        .and("liberado", Oper::Is, "S")
        .sorted("data_vencimento", Order::Ascending);
    let query = match filter {
        InvoiceFilter::Open | InvoiceFilter::Overdue => {
            query.and("status", Oper::IsNot, "C").and("status", Oper::IsNot, "R")
        }
        InvoiceFilter::Paid => query.and("status", Oper::Is, "R"),
        InvoiceFilter::All => query.and("status", Oper::IsNot, "C"),
    };
    let today = call.today;
    let read = move |answer: &Answer<'_>| answer.page::<Row<'_>>()?.read(|row| row.read(today));
    let mut found = all_rows(call, REQUIRED, query, |title: &Title| title.invoice.reference.id.as_str(), read).await?;
    found.retain(|title| {
        title.invoice.reference.customer == *customer && title.is_shown() && passes(filter, title.invoice.status.value)
    });
    found.sort_by_key(|title| title.invoice.due_date);
    Ok(found)
}

/// A title of this customer, whatever its state.
async fn title(call: &Call<'_>, invoice: &InvoiceRef) -> Result<Title, Failure> {
    let query = Query::equals(TABLE, "id", invoice.id.as_str()).at_most(1);
    let today = call.today;
    let found = rows(call, REQUIRED, query, |answer| answer.page::<Row<'_>>()?.read(|row| row.read(today))).await?;
    found
        .into_iter()
        .find(|title| title.invoice.reference == *invoice && title.is_shown())
        .ok_or_else(|| Failure::not_found(Subject::Invoice))
}

const fn passes(filter: InvoiceFilter, status: InvoiceStatus) -> bool {
    use InvoiceStatus::{BeingConfirmed, Cancelled, Open, Overdue, Paid, PartiallyPaid, Unknown};
    match filter {
        InvoiceFilter::Open => matches!(status, Open | Overdue | PartiallyPaid | BeingConfirmed),
        InvoiceFilter::Overdue => matches!(status, Overdue),
        InvoiceFilter::Paid => matches!(status, Paid),
        InvoiceFilter::All => {
            matches!(status, Open | Overdue | PartiallyPaid | BeingConfirmed | Paid | Unknown)
                && !matches!(status, Cancelled)
        }
    }
}

/// The contract of each of these fiscal documents, through the titles that were billed with it (dossier 4.d).
pub(super) async fn contracts_of_documents(
    call: &Call<'_>,
    need: Need,
    customer: &CustomerRef,
    documents: &[&str],
) -> Result<Vec<(String, VendorId)>, Failure> {
    let query = Query::any_of(TABLE, "id_saida", documents.iter().copied());
    let today = call.today;
    let read = move |answer: &Answer<'_>| answer.page::<Row<'_>>()?.read(|row| row.read(today));
    let found = all_rows(call, need, query, |title: &Title| title.invoice.reference.id.as_str(), read).await?;
    let mine = found.into_iter().filter(|title| title.invoice.reference.customer == *customer);
    Ok(mine.filter_map(|title| Some((title.document?, title.invoice.contract?))).collect())
}

/// Day of the month of the newest open title of a contract, where the payment terms cannot be read (dossier 4.b).
pub(super) async fn newest_due_day(call: &Call<'_>, capability: Capability, contract: &ContractRef) -> Option<u8> {
    let query = Query::equals(TABLE, "id_cliente", contract.customer.id.as_str())
        .and("status", Oper::Is, "A")
        .sorted("data_vencimento", Order::Descending)
        .at_most(50);
    let today = call.today;
    let found =
        rows(call, Need::Optional(capability), query, |answer| answer.page::<Row<'_>>()?.read(|row| row.read(today)))
            .await;
    let newest = found.ok()?.into_iter().find(|title| {
        title.invoice.reference.customer == contract.customer && title.invoice.contract.as_ref() == Some(&contract.id)
    })?;
    u8::try_from(newest.invoice.due_date?.day()).ok()
}

/// Trouble with one way of paying that leaves the others standing: whoever wants to pay should see what there is.
/// What the tenant must put right is told instead of hidden.
const fn leaves_the_rest(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::VendorFault
            | FailureKind::BrokenAnswer
            | FailureKind::TimedOut
            | FailureKind::Unreachable
            | FailureKind::Overloaded
            | FailureKind::RateLimited
            | FailureKind::OutcomeUnknown
    )
}

/// Whether this way of paying cannot be had here at all: the route is not there, or not for this token. The title was
/// read just before, so the address is allowed.
const fn is_out_of_reach(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::NotSupported(_) | FailureKind::AccessBlocked)
}

#[cfg(test)]
mod tests;
