//! Billing: titles of a document, their contract by another route, boleto, Pix and PDF (dossier 4.c).

mod pix;
mod slip;
mod title;

use std::collections::HashMap;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{Invoice, InvoiceFilter, InvoiceStatus, NoBoleto, NoPix, Payment, Pdf};
use ponte_domain::reference::{ContractRef, CustomerRef, InvoiceRef, VendorId};
use ponte_domain::{Failure, FailureKind};
use ponte_transport::Method;
use serde::Deserialize;

use super::Synsuite;
use super::contracts::{Facts, facts_of_customer};
use super::dialect::{Need, Route, ask, together};
use super::reference::Owner;
use crate::call::Call;
use crate::erp::Billing;
use crate::reading::text::Text;

pub(super) use slip::document;
use title::{List, Row, Title};

const CAPABILITY: Capability = Capability::Billing;
const CORE: Need = Need::Core(CAPABILITY);

/// Open, overdue and next month's; a paid title is simply gone from it.
const OPEN: Route = Route::of(Method::Get, "getopentitlesbytxid", CORE);
/// All of them, each with its status.
const ALL: Route = Route::of(Method::Get, "gettitlesbytxid", CORE);
/// The only answer that ties a title to a contract; it has no amount.
const BILLETS: Route = Route::of(Method::Get, "getcontractbillets", Need::Optional(CAPABILITY));

#[async_trait]
impl Billing for Synsuite {
    async fn of_customer(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        filter: InvoiceFilter,
    ) -> Result<Vec<Invoice>, Failure> {
        // Paid titles are tied to no contract by any route.
        if filter == InvoiceFilter::Paid {
            return Ok(published(titles(call, customer, filter).await?));
        }
        let (titles, ties) = tokio::join!(titles(call, customer, filter), async {
            let contracts = facts_of_customer(call, Need::Optional(CAPABILITY), customer).await?;
            ties(call, contracts.iter().map(Facts::id)).await
        });
        let mut titles = titles?;
        match ties {
            Ok(ties) => tie(&mut titles, &ties),
            // Which contract they are of is then not known; that they are to be paid is.
            Err(failure) if is_out_of_reach(failure.kind()) => {}
            Err(failure) => return Err(failure),
        }
        Ok(published(titles))
    }

    async fn of_contract(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        filter: InvoiceFilter,
    ) -> Result<Vec<Invoice>, Failure> {
        let (titles, contracts, ties) = tokio::join!(
            titles(call, &contract.customer, filter),
            facts_of_customer(call, CORE, &contract.customer),
            ties(call, [contract.id.as_str()]),
        );
        let (mut titles, contracts) = (titles?, contracts?);
        if !contracts.iter().any(|facts| facts.reference == *contract) {
            return Err(Failure::not_found(Subject::Contract));
        }
        if let [_] = contracts.as_slice() {
            // Titles of this document can only be of the one contract that there is.
            for title in &mut titles {
                title.invoice.contract = Some(contract.id.clone());
            }
            return Ok(published(titles));
        }
        tie(&mut titles, &ties?);
        if titles.iter().any(|title| title.invoice.contract.is_none() && !title.is_payable()) {
            return Err(Failure::new(
                FailureKind::NotSupported(CAPABILITY),
                "Synsuite ties no paid invoice to a contract, and this customer has several: ask for the customer's.",
            ));
        }
        titles.retain(|title| title.invoice.contract.as_ref() == Some(&contract.id));
        Ok(published(titles))
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
        let (pix, payment_link) = tokio::join!(pix::charge(call, &title), slip::link(call, invoice));
        Ok(Payment { boleto: slip::boleto(&title), pix: pix?, payment_link, invoice: title.invoice })
    }

    async fn boleto_pdf(&self, call: &Call<'_>, invoice: &InvoiceRef) -> Result<Pdf, Failure> {
        if !title(call, invoice).await?.is_payable() {
            return Err(Failure::not_found(Subject::Document));
        }
        slip::pdf(call, invoice).await
    }
}

/// The titles of a customer that pass the filter, by due date.
async fn titles(call: &Call<'_>, customer: &CustomerRef, filter: InvoiceFilter) -> Result<Vec<Title>, Failure> {
    let list = match filter {
        InvoiceFilter::Open | InvoiceFilter::Overdue => List::Open,
        InvoiceFilter::Paid | InvoiceFilter::All => List::All,
    };
    let mut found = of_document(call, list, customer).await?;
    // What stands on the list of open titles is open, also under a word that is in no table.
    let unread = |title: &Title| filter == InvoiceFilter::Open && title.invoice.status.value == InvoiceStatus::Unknown;
    found.retain(|title| unread(title) || passes(filter, title.invoice.status.value));
    found.sort_by_key(|title| title.invoice.due_date);
    Ok(found)
}

/// A title of this customer, whatever its state: those to be paid first, they are the short list.
async fn title(call: &Call<'_>, invoice: &InvoiceRef) -> Result<Title, Failure> {
    for list in [List::Open, List::All] {
        let found = of_document(call, list, &invoice.customer).await?;
        if let Some(title) = found.into_iter().find(|title| title.invoice.reference == *invoice) {
            return Ok(title);
        }
    }
    Err(Failure::not_found(Subject::Invoice))
}

/// The titles of a document on one of the two lists. Rows of another document are dropped; "nothing open" and "no such
/// customer" are no rows.
async fn of_document(call: &Call<'_>, list: List, customer: &CustomerRef) -> Result<Vec<Title>, Failure> {
    let owner = Owner::of(customer)?;
    let today = call.today;
    let route = match list {
        List::Open => OPEN,
        List::All => ALL,
    };
    ask(
        call,
        route,
        |route| route.read().segment(owner.document),
        |answer| {
            let rows = answer.list::<Row<'_>>()?;
            let mine = rows.into_iter().filter(|row| row.is_of(owner));
            mine.map(|row| row.read(customer, today, list)).collect()
        },
    )
    .await
}

/// Which contract the open titles of these contracts belong to. None of them where the route is out of reach: a title
/// that is tied to nothing must not look like one of no contract.
async fn ties<'c>(
    call: &Call<'_>,
    contracts: impl IntoIterator<Item = &'c str>,
) -> Result<HashMap<String, VendorId>, Failure> {
    let mut all = HashMap::new();
    let asked = contracts.into_iter().map(|contract| async move { (contract, billets(call, contract).await) });
    for (contract, titles) in together(asked).await {
        all.extend(titles?.into_iter().map(|title| (title, VendorId::from(contract))));
    }
    Ok(all)
}

/// Ids of the open titles of one contract.
async fn billets(call: &Call<'_>, contract: &str) -> Result<Vec<String>, Failure> {
    #[derive(Deserialize, Default)]
    #[serde(default, bound(deserialize = "'de: 'a"))]
    struct Billet<'a> {
        id: Text<'a>,
    }
    ask(
        call,
        BILLETS,
        |route| route.read().segment(contract),
        |answer| {
            let rows = answer.list::<Billet<'_>>()?;
            Ok(rows.iter().filter_map(|row| row.id.key().map(str::to_owned)).collect())
        },
    )
    .await
}

fn tie(titles: &mut [Title], ties: &HashMap<String, VendorId>) {
    for title in titles {
        title.invoice.contract = ties.get(title.invoice.reference.id.as_str()).cloned();
    }
}

fn published(titles: Vec<Title>) -> Vec<Invoice> {
    titles.into_iter().map(|title| title.invoice).collect()
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

/// Trouble with one way of paying that leaves the others standing: whoever wants to pay should see what there is.
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

/// Whether a route cannot be had here at all: it is not there, or not for this integrator.
const fn is_out_of_reach(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::NotSupported(_) | FailureKind::AccessBlocked)
}

#[cfg(test)]
mod tests;
