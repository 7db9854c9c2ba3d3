//! Billing: titles of `ura/titulos`, a pure read, and what the other routes add when somebody wants to pay (dossier
//! 4.c).
//!
//! A title names its contract and document, not the customer's id, so each list is read beside the customer.

mod detail;
mod pix;
mod second_copy;
mod title;

use async_trait::async_trait;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{
    Availability, Boleto, Invoice, InvoiceFilter, InvoiceStatus, NoBoleto, NoPix, Payment, Pdf,
};
use ponte_domain::reference::{ContractRef, CustomerRef, InvoiceRef};
use ponte_domain::{Failure, FailureKind};

use super::Sgp;
use super::dialect::{Need, Page, Request, all, is_forbidden, linked};
use super::holder;
use super::values::is_id;
use crate::call::Call;
use crate::erp::Billing;

use detail::Detail;
use second_copy::{Links, Reissue};
use title::{Code, Title, Wire};

const CAPABILITY: Capability = Capability::Billing;
const REQUIRED: Need = Need::Required(CAPABILITY);
/// Rows of one page; the vendor's own maximum.
const PAGE_ROWS: u16 = 250;

#[async_trait]
impl Billing for Sgp {
    async fn of_customer(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        filter: InvoiceFilter,
    ) -> Result<Vec<Invoice>, Failure> {
        let titles = titles(call, REQUIRED, customer, ("cliente_id", customer.id.as_str()), filter).await?;
        Ok(titles.into_iter().map(|title| title.invoice).collect())
    }

    async fn of_contract(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        filter: InvoiceFilter,
    ) -> Result<Vec<Invoice>, Failure> {
        of_contract(call, REQUIRED, contract, filter).await
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
        let detail = detail(call, &title).await?;
        let copy = copy(call, &title, detail.as_ref()).await?;
        let boleto = boleto(&title, detail.as_ref(), &copy);
        let pix = pix::of(call, &title, detail.as_ref(), copy.of_title()).await?;
        let of_copy = copy.of_title().and_then(|copy| copy.amount).filter(|_| !title.is_partly_paid());
        let updated_amount = title.invoice.updated_amount.or(of_copy);
        Ok(Payment {
            invoice: Invoice { updated_amount, ..title.invoice },
            boleto,
            pix,
            payment_link: title.payment_link,
        })
    }

    async fn boleto_pdf(&self, call: &Call<'_>, invoice: &InvoiceRef) -> Result<Pdf, Failure> {
        let title = title(call, invoice).await?;
        if !title.is_payable() {
            return Err(Failure::not_found(Subject::Document));
        }
        // The title's own link first. It may lead to a page with a button on it, while the second copy's ends in .pdf.
        let first = match &title.link {
            Some(link) => linked(call, CAPABILITY, "boleto", link).await,
            None => Ok(None),
        };
        let trouble = match first {
            Ok(Some(document)) => return Ok(document),
            Ok(None) => Failure::not_found(Subject::Document),
            Err(failure) if failure.kind() == FailureKind::VendorFault => failure,
            Err(failure) => return Err(failure),
        };
        let copy = or_without(second_copy::of(call, &title, Links::ToPdf).await)?;
        let document = match copy.and_then(|copy| copy.link) {
            Some(link) => linked(call, CAPABILITY, "boleto", &link).await?,
            None => None,
        };
        document.ok_or(trouble)
    }
}

/// Invoices of a contract of this customer, by due date.
pub(super) async fn of_contract(
    call: &Call<'_>,
    need: Need,
    contract: &ContractRef,
    filter: InvoiceFilter,
) -> Result<Vec<Invoice>, Failure> {
    let titles = titles(call, need, &contract.customer, ("contrato", contract.id.as_str()), filter).await?;
    let mut invoices: Vec<Invoice> = titles.into_iter().map(|title| title.invoice).collect();
    if invoices.iter().any(|invoice| invoice.contract.is_none()) {
        // To leave it out would be to say that there is nothing to pay.
        return Err(Failure::broken("The ERP sent an invoice that does not name its contract."));
    }
    invoices.retain(|invoice| invoice.contract.as_ref() == Some(&contract.id));
    Ok(invoices)
}

/// The titles of a customer, by due date. Cancelled ones are not shown.
async fn titles(
    call: &Call<'_>,
    need: Need,
    customer: &CustomerRef,
    (field, value): (&'static str, &str),
    filter: InvoiceFilter,
) -> Result<Vec<Title>, Failure> {
    let request = Request::form("titulos", title::PATH)
        .with(field, value)
        .with("ordenar", "data_vencimento")
        .with("ordenar_ordem", "asc");
    let request = match filter {
        InvoiceFilter::Open | InvoiceFilter::Overdue => request.with("status", "abertos"),
        InvoiceFilter::Paid => request.with("status", "pagos"),
        InvoiceFilter::All => request,
    };
    let mut found = owned(call, need, customer, value, request).await?;
    found.retain(|title| passes(filter, title.invoice.status.value));
    found.sort_by_key(|title| title.invoice.due_date);
    Ok(found)
}

/// A title of this customer, whatever its state.
async fn title(call: &Call<'_>, invoice: &InvoiceRef) -> Result<Title, Failure> {
    let request = Request::form("titulos", title::PATH).with("titulo_id", invoice.id.as_str());
    let found = owned(call, REQUIRED, &invoice.customer, invoice.id.as_str(), request).await?;
    let mine = found.into_iter().find(|title| title.invoice.reference == *invoice);
    mine.ok_or_else(|| Failure::not_found(Subject::Invoice))
}

/// Those rows of a list that are this customer's. Nothing is asked for by an id that can be none.
async fn owned(
    call: &Call<'_>,
    need: Need,
    customer: &CustomerRef,
    id: &str,
    request: Request,
) -> Result<Vec<Title>, Failure> {
    if !is_id(id) {
        return Ok(Vec::new());
    }
    let today = call.today;
    let list = all(
        call,
        need,
        request,
        PAGE_ROWS,
        |title: &Title| title.invoice.reference.id.as_str(),
        |answer| {
            answer.json(|wire: Wire<'_>| {
                let total = wire.total();
                let rows = wire.titulos.map(|rows| rows.0.into_iter().map(|row| row.read(customer, today)));
                rows.map(|rows| Ok(Page { rows: rows.collect::<Result<_, Failure>>()?, total })).transpose()
            })
        },
    );
    let (found, holder) = tokio::join!(list, holder::of(call, need, customer));
    let (mut found, holder) = match (found, holder) {
        // A customer who is not there has no bills.
        (Ok(_), Err(failure)) if failure.kind() == FailureKind::NotFound(Subject::Customer) => return Ok(Vec::new()),
        (found, holder) => (found?, holder?),
    };
    found.retain(|title| holder.owns(title.document.as_deref(), title.invoice.contract.as_ref()));
    Ok(found)
}

/// What the subscriber's list says of a title, asked only where the title itself lacks something.
async fn detail(call: &Call<'_>, title: &Title) -> Result<Option<Detail>, Failure> {
    if title.code.is_payable() && title.pix.is_some() {
        return Ok(None);
    }
    or_without(detail::of(call, title).await)
}

/// The second copy, asked only where nothing else has a line.
async fn copy(call: &Call<'_>, title: &Title, detail: Option<&Detail>) -> Result<Asked, Failure> {
    let known = title.code.is_payable() || detail.is_some_and(|detail| detail.code.is_payable());
    if known {
        return Ok(Asked::NotNeeded);
    }
    match second_copy::of(call, title, Links::AsTheyAre).await {
        Ok(copy) => Ok(Asked::Answered(copy)),
        Err(failure) if is_out_of_reach(failure.kind()) => Ok(Asked::Answered(None)),
        Err(failure) if leaves_the_rest(&failure) => Ok(Asked::Failed),
        Err(failure) => Err(failure),
    }
}

/// What came of the second copy.
enum Asked {
    NotNeeded,
    Answered(Option<Reissue>),
    Failed,
}

impl Asked {
    const fn of_title(&self) -> Option<&Reissue> {
        match self {
            Self::Answered(copy) => copy.as_ref(),
            Self::NotNeeded | Self::Failed => None,
        }
    }
}

/// The first code that can be paid; else why there is none.
fn boleto(title: &Title, detail: Option<&Detail>, copy: &Asked) -> Result<Boleto, NoBoleto> {
    let codes = [Some(&title.code), detail.map(|detail| &detail.code), copy.of_title().map(|copy| &copy.code)];
    let found = codes.iter().flatten().find_map(|code| code.line());
    if let Some(line) = found {
        let pdf = if title.link.is_some() { Availability::Yes } else { Availability::Unknown };
        return Ok(Boleto { bar_code: Some(line.bar_code()), line: Some(line.clone()), pdf });
    }
    if codes.iter().flatten().any(|code| matches!(code, Code::Invalid)) {
        tracing::warn!(vendor = "sgp", "an invoice's line or bar code fails its check digits");
        return Err(NoBoleto::InvalidCode);
    }
    Err(match copy {
        Asked::Failed => NoBoleto::TemporarilyUnavailable,
        Asked::NotNeeded | Asked::Answered(_) => NoBoleto::InvoiceNotRegistered,
    })
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

/// A part that can be done without, where it cannot be had: whoever wants to pay should see what there is. What the
/// tenant must put right is told instead of hidden.
fn or_without<T>(outcome: Result<Option<T>, Failure>) -> Result<Option<T>, Failure> {
    match outcome {
        Err(failure) if is_out_of_reach(failure.kind()) || leaves_the_rest(&failure) => Ok(None),
        other => other,
    }
}

/// Trouble with one part. The title was read just before with the same credentials, so a 403 is the part's own: some
/// installations refuse the subscribers' list to app and token (dossier 4.c).
fn leaves_the_rest(failure: &Failure) -> bool {
    let passing = matches!(
        failure.kind(),
        FailureKind::VendorFault
            | FailureKind::BrokenAnswer
            | FailureKind::TimedOut
            | FailureKind::Unreachable
            | FailureKind::Overloaded
            | FailureKind::RateLimited
            | FailureKind::OutcomeUnknown
    );
    passing || is_forbidden(failure)
}

/// Whether this route cannot be had here at all: not there, or not for this token.
const fn is_out_of_reach(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::NotSupported(_) | FailureKind::NotFound(_) | FailureKind::AccessBlocked)
}

#[cfg(test)]
mod tests;
