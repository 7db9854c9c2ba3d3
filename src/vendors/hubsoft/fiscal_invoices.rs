//! Fiscal invoices: three arrays with three sets of keys, sixty days at a time, by the id that no other route takes
//! (dossier 4.d); and NFCom, which can only be picked out of the whole issuer's month.

mod nfcom;
mod nota;

use std::cmp::Reverse;

use async_trait::async_trait;
use jiff::ToSpan as _;
use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{FiscalInvoice, FiscalInvoiceStatus, Pdf};
use ponte_domain::reference::{ContractRef, CustomerRef, FiscalInvoiceRef};

use super::customers::{self, Detail, Person};
use super::dialect::{Need, document, look, send, together};
use super::{Hubsoft, settings};
use crate::call::Call;
use crate::erp::FiscalInvoices;

use nota::{Body, Nota};

pub(super) const ROUTE: &str = "cliente/nota_fiscal";
const CAPABILITY: Capability = Capability::FiscalInvoices;
const NEED: Need = Need::Always(CAPABILITY);
/// The longest window that the route takes.
const WINDOW_DAYS: i32 = 60;

#[async_trait]
impl FiscalInvoices for Hubsoft {
    /// The documents name no service, so those of the holder are shown with each contract of the holder.
    async fn of_contract(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Vec<FiscalInvoice>, Failure> {
        let person = holder(call, &contract.customer).await?;
        if person.services.iter().all(|facts| facts.reference != *contract) {
            return Err(Failure::not_found(Subject::Contract));
        }
        let notas = notas(call, &person).await?;
        let mut invoices: Vec<FiscalInvoice> = notas.into_iter().map(|nota| nota.invoice).collect();
        invoices.sort_by_key(|invoice| Reverse(invoice.issued_on));
        Ok(invoices)
    }

    async fn pdf(&self, call: &Call<'_>, invoice: &FiscalInvoiceRef) -> Result<Pdf, Failure> {
        let person = holder(call, &invoice.customer).await?;
        let found = notas(call, &person).await?.into_iter().find(|nota| nota.invoice.reference == *invoice);
        let nota = found.ok_or_else(|| Failure::not_found(Subject::FiscalInvoice))?;
        match &nota.link {
            Some(link) if nota.invoice.status.value == FiscalInvoiceStatus::Issued => {
                document(call, "pdf/nota_fiscal", link).await
            }
            _ => Err(Failure::not_found(Subject::Document)),
        }
    }
}

/// The customer with the id of the fiscal route. A customer that is gone has no documents to be found.
async fn holder(call: &Call<'_>, customer: &CustomerRef) -> Result<Person, Failure> {
    let found = customers::by_code(call, NEED, customer.id.as_str(), Detail::People).await?;
    found.ok_or_else(|| Failure::not_found(Subject::Customer))
}

/// All documents of a customer as far back as the tenant wants.
async fn notas(call: &Call<'_>, person: &Person) -> Result<Vec<Nota>, Failure> {
    let Some(id) = &person.internal_id else {
        return Err(Failure::broken("The ERP sent a customer without the id that its fiscal route takes."));
    };
    let asked = windows(call.today, settings::fiscal_days(call.tenant))
        .into_iter()
        .map(|window| window_of(call, person, id, window));
    let (windows, communication) = tokio::join!(together(asked), nfcom::of(call, person));
    let mut all: Vec<Nota> = Vec::new();
    let mut add = |notas: Vec<Nota>| {
        for nota in notas {
            // A document on the edge of two windows may come twice.
            if all.iter().all(|known| known.invoice.reference != nota.invoice.reference) {
                all.push(nota);
            }
        }
    };
    for window in windows {
        add(window?);
    }
    add(communication?);
    Ok(all)
}

/// Windows of at most sixty days, both ends included, newest first.
fn windows(today: Date, days: u16) -> Vec<(Date, Date)> {
    let mut windows = Vec::new();
    let mut end = today;
    let mut left = i32::from(days);
    while left > 0 {
        let length = left.min(WINDOW_DAYS);
        let begin = end.saturating_sub((length - 1).days());
        windows.push((begin, end));
        end = begin.saturating_sub(1.days());
        left -= length;
    }
    windows
}

async fn window_of(
    call: &Call<'_>,
    person: &Person,
    id: &str,
    (begin, end): (Date, Date),
) -> Result<Vec<Nota>, Failure> {
    let customer = &person.customer.reference;
    send(
        call,
        NEED,
        ROUTE,
        || {
            look(ROUTE)
                .query("busca", "id_cliente")
                .query("termo_busca", id)
                .query("data_inicio", begin.to_string())
                .query("data_fim", end.to_string())
        },
        |answer| match answer.found::<Body<'_>>()? {
            Some(body) if body.is_list() => body.read(customer),
            Some(_) => answer.promised(None),
            None => Ok(Vec::new()),
        },
    )
    .await
}

#[cfg(test)]
mod tests;
