//! Billing: open invoices, paid ones of the paid module, and three ways to the means of payment (dossier 4.c).

mod bill;
mod history;
mod pix;
mod slip;

use async_trait::async_trait;
use jiff::civil::Date;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{Invoice, InvoiceFilter, InvoiceStatus, NoBoleto, NoPix, Payment, Pdf};
use ponte_domain::reference::{ContractRef, CustomerRef, InvoiceRef};
use ponte_domain::{Failure, FailureKind};

use super::dialect::{Answer, Need, Rule, look};
use super::{MkSolutions, contracts, values};
use crate::call::Call;
use crate::erp::Billing;

use bill::{Bill, Row};

pub(super) const PENDING: Rule = Rule::free("WSMKFaturasPendentes");
pub(super) use history::RULE as HISTORY;
pub(super) use pix::RULE as PIX;
pub(super) use slip::COPY;

const CAPABILITY: Capability = Capability::Billing;
const REQUIRED: Need = Need::Required(CAPABILITY);

#[async_trait]
impl Billing for MkSolutions {
    async fn of_customer(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        filter: InvoiceFilter,
    ) -> Result<Vec<Invoice>, Failure> {
        let bills = bills(call, customer, filter).await?;
        Ok(bills.into_iter().map(|bill| bill.invoice).collect())
    }

    async fn of_contract(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        filter: InvoiceFilter,
    ) -> Result<Vec<Invoice>, Failure> {
        let bills = bills(call, &contract.customer, filter).await?;
        // A bill whose text names no contract is that of the only one there is: no list may hide a debt.
        let only = bills.iter().any(|bill| bill.contracts.is_empty()) && is_only(call, contract).await?;
        let of_it = bills.into_iter().filter(|bill| match bill.contracts.as_slice() {
            [] => only,
            named => named.iter().any(|id| id == contract.id.as_str()),
        });
        // A bill of several contracts is each one's.
        Ok(of_it.map(|bill| Invoice { contract: Some(contract.id.clone()), ..bill.invoice }).collect())
    }

    async fn payment(&self, call: &Call<'_>, invoice: &InvoiceRef) -> Result<Payment, Failure> {
        let bill = one(call, invoice).await?;
        if !is_payable(bill.invoice.status.value) {
            return Ok(Payment {
                invoice: bill.invoice,
                boleto: Err(NoBoleto::InvoiceNotPayable),
                pix: Err(NoPix::InvoiceNotPayable),
                payment_link: None,
            });
        }
        let (slip, pix) = tokio::join!(slip::slip(call, &bill.invoice), pix::charge(call, invoice));
        let (slip, pix) = (slip?, pix?);
        Ok(Payment {
            invoice: Invoice { updated_amount: slip.updated_amount, ..bill.invoice },
            boleto: slip.boleto,
            pix,
            payment_link: None,
        })
    }

    async fn boleto_pdf(&self, call: &Call<'_>, invoice: &InvoiceRef) -> Result<Pdf, Failure> {
        let bill = one(call, invoice).await?;
        if !is_payable(bill.invoice.status.value) {
            return Err(Failure::not_found(Subject::Document));
        }
        slip::pdf(call, invoice).await
    }
}

/// The bills of a customer that pass, by due date.
async fn bills(call: &Call<'_>, customer: &CustomerRef, filter: InvoiceFilter) -> Result<Vec<Bill>, Failure> {
    if !values::is_id(customer.id.as_str()) {
        return Ok(Vec::new());
    }
    let mut found = match filter {
        InvoiceFilter::Open | InvoiceFilter::Overdue => pending(call, REQUIRED, customer).await?,
        InvoiceFilter::Paid => history::paid(call, customer).await?,
        InvoiceFilter::All => {
            let (open, paid) = tokio::try_join!(pending(call, REQUIRED, customer), history::paid(call, customer))?;
            let paid = paid.into_iter().filter(|paid| open.iter().all(|open| open.is_other_than(paid)));
            let paid: Vec<Bill> = paid.collect();
            open.into_iter().chain(paid).collect()
        }
    };
    found.retain(|bill| passes(filter, bill.invoice.status.value));
    bind(call, customer, &mut found).await?;
    found.sort_by_key(|bill| bill.invoice.due_date);
    Ok(found)
}

/// Finds the contracts of bills whose text names them among other words: a number counts where it is the id of one of
/// the customer's contracts. A bill of none stays without (dossier 4.c).
async fn bind(call: &Call<'_>, customer: &CustomerRef, bills: &mut [Bill]) -> Result<(), Failure> {
    if bills.iter().all(Bill::is_bound) {
        return Ok(());
    }
    let known = match contracts::ids(call, CAPABILITY, customer).await {
        Err(failure) if contracts::is_out_of_reach(failure.kind()) => Vec::new(),
        other => other?,
    };
    bills.iter_mut().for_each(|bill| bill.bind_to(&known));
    Ok(())
}

/// Whether the customer has this contract and no other.
async fn is_only(call: &Call<'_>, contract: &ContractRef) -> Result<bool, Failure> {
    let all = match contracts::ids(call, CAPABILITY, &contract.customer).await {
        Err(failure) if contracts::is_out_of_reach(failure.kind()) => return Ok(false),
        other => other?,
    };
    Ok(matches!(all.as_slice(), [only] if only == contract.id.as_str()))
}

/// What is still to be paid, bills that are not due yet too.
async fn pending(call: &Call<'_>, need: Need, customer: &CustomerRef) -> Result<Vec<Bill>, Failure> {
    let today = call.today;
    look(call, need, PENDING, &[("cd_cliente", customer.id.as_str())], |answer| read(answer, customer, today)).await
}

fn read(answer: &Answer<'_>, customer: &CustomerRef, today: Date) -> Result<Vec<Bill>, Failure> {
    let rows: Vec<Row<'_>> = answer.rows_of(&["faturaspendentes"], customer.id.as_str())?;
    rows.into_iter().map(|row| row.read(customer, today)).collect()
}

/// A bill of this customer: among the open ones, else among the paid ones where the installation tells them.
///
/// # Errors
/// `NotFound(Invoice)` where it is in neither.
async fn one(call: &Call<'_>, invoice: &InvoiceRef) -> Result<Bill, Failure> {
    let missing = || Failure::not_found(Subject::Invoice);
    if !values::is_id(invoice.id.as_str()) || !values::is_id(invoice.customer.id.as_str()) {
        return Err(missing());
    }
    let is_it = |bill: &Bill| bill.invoice.reference == *invoice;
    let mut found: Vec<Bill> =
        pending(call, REQUIRED, &invoice.customer).await?.into_iter().filter(is_it).take(1).collect();
    if found.is_empty() {
        let paid = match history::paid(call, &invoice.customer).await {
            Err(failure) if contracts::is_out_of_reach(failure.kind()) => Vec::new(),
            other => other?,
        };
        found.extend(paid.into_iter().filter(is_it).take(1));
    }
    bind(call, &invoice.customer, &mut found).await?;
    found.into_iter().next().ok_or_else(missing)
}

const fn passes(filter: InvoiceFilter, status: InvoiceStatus) -> bool {
    use InvoiceStatus::{Cancelled, Open, Overdue, Paid};
    match filter {
        InvoiceFilter::Open => matches!(status, Open | Overdue),
        InvoiceFilter::Overdue => matches!(status, Overdue),
        InvoiceFilter::Paid => matches!(status, Paid),
        InvoiceFilter::All => !matches!(status, Cancelled),
    }
}

const fn is_payable(status: InvoiceStatus) -> bool {
    matches!(status, InvoiceStatus::Open | InvoiceStatus::Overdue | InvoiceStatus::PartiallyPaid)
}

/// Days of the month on which contracts are billed, as their open bills show them.
#[derive(Debug)]
pub(super) struct DueDays {
    bills: Vec<(String, Date)>,
    today: Date,
}

impl DueDays {
    /// The day of the next bill of a contract, else of its last late one.
    pub(super) fn of(&self, contract: &str) -> Option<u8> {
        let of_it = || self.bills.iter().filter(|(id, _)| id == contract).map(|(_, due)| *due);
        let day = of_it().filter(|due| *due >= self.today).min().or_else(|| of_it().max())?.day();
        u8::try_from(day).ok()
    }
}

/// The due days of a customer's contracts. The contract itself does not tell (dossier 4.b), so this is a part that may
/// be missing.
pub(super) async fn due_days(call: &Call<'_>, capability: Capability, customer: &CustomerRef) -> DueDays {
    let found = match pending(call, Need::Optional(capability), customer).await {
        Ok(found) => found,
        Err(failure) => {
            tracing::debug!(vendor = "mk-solutions", reason = failure.kind().word(), "the due days could not be read");
            Vec::new()
        }
    };
    let pairs = found.into_iter().filter_map(|bill| Some((bill.contracts, bill.invoice.due_date?)));
    let bills = pairs.flat_map(|(ids, due)| ids.into_iter().map(move |id| (id, due))).collect();
    DueDays { bills, today: call.today }
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
            | FailureKind::LoginExpired
    )
}

#[cfg(test)]
mod tests;
