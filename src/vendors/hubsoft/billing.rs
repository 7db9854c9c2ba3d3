//! Billing: invoices with line, barcode, PDF link and Pix in the row (dossier 4.c).
//!
//! There is no look-up by invoice id and no second copy: the list is asked anew and the row picked. The list gives
//! twenty pending rows unless told otherwise and cuts the rest in silence, so every default is written out and the list
//! is narrowed by date until it is whole.

mod title;

use async_trait::async_trait;
use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{Invoice, InvoiceFilter, InvoiceStatus, NoBoleto, NoPix, Payment, Pdf};
use ponte_domain::reference::{ContractRef, CustomerRef, InvoiceRef};
use ponte_transport::Ask;

use super::Hubsoft;
use super::contracts::DueDays;
use super::customers::is_number;
use super::dialect::{Need, document, look, send};
use super::paging;
use crate::call::Call;
use crate::erp::Billing;

use title::{Body, Title};

pub(super) const ROUTE: &str = "cliente/financeiro";
const NEED: Need = Need::Always(Capability::Billing);

/// Which invoices the vendor is asked for.
#[derive(Clone, Copy)]
enum Scope {
    /// Those that are not paid.
    Pending,
    /// All of them.
    Everything,
}

#[async_trait]
impl Billing for Hubsoft {
    async fn of_customer(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        filter: InvoiceFilter,
    ) -> Result<Vec<Invoice>, Failure> {
        let scope = match filter {
            InvoiceFilter::Open | InvoiceFilter::Overdue => Scope::Pending,
            InvoiceFilter::Paid | InvoiceFilter::All => Scope::Everything,
        };
        let mut found = titles(call, NEED, customer, scope).await?;
        found.retain(|title| passes(filter, title.invoice.status.value));
        found.sort_by_key(|title| title.invoice.due_date);
        Ok(found.into_iter().map(|title| title.invoice).collect())
    }

    /// By the customer and chosen here: a search by service may miss an invoice that bills several at once, so invoices
    /// of no single service are shown with each (dossier 4.c).
    async fn of_contract(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        filter: InvoiceFilter,
    ) -> Result<Vec<Invoice>, Failure> {
        let mut found = Billing::of_customer(self, call, &contract.customer, filter).await?;
        found.retain(|invoice| invoice.contract.as_ref().is_none_or(|service| *service == contract.id));
        Ok(found)
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
        let Title { invoice, boleto, pix, .. } = title;
        Ok(Payment { invoice, boleto, pix, payment_link: None })
    }

    async fn boleto_pdf(&self, call: &Call<'_>, invoice: &InvoiceRef) -> Result<Pdf, Failure> {
        let title = title(call, invoice).await?;
        match &title.link {
            Some(link) if title.is_payable() => document(call, "pdf/fatura", link).await,
            _ => Err(Failure::not_found(Subject::Document)),
        }
    }
}

/// An invoice of this customer, whatever its state: among the pending ones first, which are few.
async fn title(call: &Call<'_>, invoice: &InvoiceRef) -> Result<Title, Failure> {
    for scope in [Scope::Pending, Scope::Everything] {
        let found = titles(call, NEED, &invoice.customer, scope).await?;
        if let Some(title) = found.into_iter().find(|title| title.invoice.reference == *invoice) {
            return Ok(title);
        }
    }
    Err(Failure::not_found(Subject::Invoice))
}

/// Day of the month of the newest open invoice of each service: the ERP does not tell the day itself (dossier 4.b). None
/// where the invoices cannot be read, since a contract is a contract without it.
pub(super) async fn due_days(call: &Call<'_>, capability: Capability, customer: &CustomerRef) -> DueDays {
    let mut days = DueDays::new();
    let Ok(found) = titles(call, Need::Optional(capability), customer, Scope::Pending).await else { return days };
    // Oldest first, so the newest is written last.
    for title in found.iter().filter(|title| title.is_payable()) {
        if let (Some(service), Some(due)) = (&title.invoice.contract, title.invoice.due_date)
            && let Ok(day) = u8::try_from(due.day())
        {
            days.insert(service.as_str().to_owned(), day);
        }
    }
    days
}

/// The invoices of a customer, by due date.
async fn titles(call: &Call<'_>, need: Need, customer: &CustomerRef, scope: Scope) -> Result<Vec<Title>, Failure> {
    if !is_number(customer.id.as_str()) {
        return Err(Failure::not_found(Subject::Customer));
    }
    paging::whole(
        |from| page(call, need, customer, scope, from),
        |title: &Title| title.invoice.reference.id.as_str(),
        |title| title.invoice.due_date,
    )
    .await
}

async fn page(
    call: &Call<'_>,
    need: Need,
    customer: &CustomerRef,
    scope: Scope,
    from: Option<Date>,
) -> Result<Vec<Option<Title>>, Failure> {
    let today = call.today;
    send(
        call,
        need,
        ROUTE,
        || query(customer, scope, from),
        |answer| {
            let Some(body) = answer.found::<Body<'_>>()? else { return Ok(Vec::new()) };
            let rows = answer.promised(body.faturas)?.0;
            rows.into_iter().map(|row| row.read(customer, today)).collect()
        },
    )
    .await
}

fn query(customer: &CustomerRef, scope: Scope, from: Option<Date>) -> Ask {
    let pending = match scope {
        Scope::Pending => "sim",
        Scope::Everything => "nao",
    };
    let ask = look(ROUTE)
        .query("busca", "codigo_cliente")
        .query("termo_busca", customer.id.as_str())
        .query("apenas_pendente", pending)
        .query("limit", paging::MOST_ROWS.to_string())
        .query("order_by", "data_vencimento")
        .query("order_type", "asc");
    match from {
        None => ask,
        Some(from) => ask
            .query("data_inicio", from.to_string())
            .query("data_fim", paging::FAR.to_string())
            .query("tipo_data", "data_vencimento"),
    }
}

const fn passes(filter: InvoiceFilter, status: InvoiceStatus) -> bool {
    use InvoiceStatus::{BeingConfirmed, Cancelled, Open, Overdue, Paid, PartiallyPaid};
    match filter {
        InvoiceFilter::Open => matches!(status, Open | Overdue | PartiallyPaid | BeingConfirmed),
        InvoiceFilter::Overdue => matches!(status, Overdue),
        InvoiceFilter::Paid => matches!(status, Paid),
        InvoiceFilter::All => !matches!(status, Cancelled),
    }
}

#[cfg(test)]
mod tests;
