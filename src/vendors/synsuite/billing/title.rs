//! One title, as both lists write it (dossier 4.c).

use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::boleto::{BarCode, BoletoError, DigitableLine};
use ponte_domain::invoice::{Availability, Invoice, InvoiceStatus};
use ponte_domain::known::Known;
use ponte_domain::money::Cents;
use ponte_domain::pix::PixCode;
use ponte_domain::reference::CustomerRef;
use serde::Deserialize;

use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;
use crate::synsuite::reference::Owner;
use crate::synsuite::values::{day, reais};
use crate::synsuite::words;

/// A title with what a payment needs. No `Debug`: the line names the payer to whoever can ask a bank.
pub(super) struct Title {
    /// The title as published.
    pub(super) invoice: Invoice,
    /// The digitable line, or why it is none; `None` where the bank has not registered the title.
    pub(super) line: Option<Result<DigitableLine, BoletoError>>,
    /// The copia-e-cola, where the title has one.
    pub(super) pix: Option<String>,
}

impl Title {
    /// Whether something is to be paid now.
    pub(super) const fn is_payable(&self) -> bool {
        matches!(self.invoice.status.value, InvoiceStatus::Open | InvoiceStatus::Overdue | InvoiceStatus::PartiallyPaid)
    }
}

/// The list that a title stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// Of what is to be paid: it promises no status.
    Open,
    /// Of everything, each with its status.
    All,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    id: Text<'a>,
    /// In one client here in place of `billet.status`.
    status: Text<'a>,
    billet: Nested<Billet<'a>>,
    client: Nested<Party<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Billet<'a> {
    barcode: Text<'a>,
    typeful_line: Text<'a>,
    #[serde(rename = "pixQRCode")]
    pix: Text<'a>,
    title: Text<'a>,
    status: Text<'a>,
    balance: Text<'a>,
    issue_date: Text<'a>,
    expiration_date: Text<'a>,
    amount: Nested<Amount<'a>>,
    receipts: Rows<Receipt<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Amount<'a> {
    value: Text<'a>,
    original_value: Text<'a>,
    final_value: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Receipt<'a> {
    /// The vendor's spelling.
    ammount: Text<'a>,
    receipt_date: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Party<'a> {
    tx_id: Text<'a>,
}

/// What a title cost, costs now and brought in.
struct Sums {
    nominal: Cents,
    /// What is charged today: fine, interest and discount applied.
    charged: Option<Cents>,
    open: Option<Cents>,
    received: Option<Cents>,
}

impl Row<'_> {
    /// Whether the title is this customer's, as far as it says.
    pub(super) fn is_of(&self, owner: Owner<'_>) -> bool {
        owner.has(self.client.0.tx_id.as_str())
    }

    /// The title in domain words, on the tenant's civil date.
    ///
    /// # Errors
    /// A title without its id, due date or amount, and amounts and dates that are none.
    pub(super) fn read(self, customer: &CustomerRef, today: Date, list: List) -> Result<Title, Failure> {
        let id = self.id.key().ok_or_else(|| Failure::broken("The ERP sent a title without its id."))?;
        let billet = &self.billet.0;
        let due = day(&billet.expiration_date, "expirationDate")?
            .ok_or_else(|| Failure::broken("The ERP sent a title without its due date."))?;
        let sums = billet.sums()?;
        let word = billet.status.filled().or(self.status.filled()).unwrap_or_default();
        let mut status = match list {
            // A paid title must not be asked for again because its status was left out.
            List::All if word.is_empty() => Known::without_word(InvoiceStatus::Unknown),
            List::Open | List::All => words::title_status(word, due < today),
        };
        let to_pay = matches!(status.value, InvoiceStatus::Open | InvoiceStatus::Overdue);
        if to_pay && sums.received.is_some() {
            status.value = InvoiceStatus::PartiallyPaid;
        }
        let line = billet.line();
        let pix = billet.pix.filled().map(str::to_owned);
        let payable = to_pay || status.value == InvoiceStatus::PartiallyPaid;
        let paid = status.value == InvoiceStatus::Paid;
        Ok(Title {
            invoice: Invoice {
                reference: customer.invoice(id),
                contract: None,
                number: billet.title.filled().map(str::to_owned),
                description: None,
                amount: sums.amount(status.value)?,
                updated_amount: sums.charged.filter(|_| payable),
                due_date: Some(due),
                issue_date: day(&billet.issue_date, "issueDate")?,
                paid_on: if paid { billet.paid_on()? } else { None },
                paid_amount: sums.received,
                boleto: boleto(payable, line.as_ref()),
                pix: pix_of(payable, pix.as_deref()),
                status,
            },
            line,
            pix,
        })
    }
}

impl Billet<'_> {
    /// The line as given, else the one of the barcode; both are often absent (dossier 4.c).
    fn line(&self) -> Option<Result<DigitableLine, BoletoError>> {
        let line = self.typeful_line.filled().map(DigitableLine::parse);
        line.or_else(|| self.barcode.filled().map(|code| BarCode::parse(code).map(|code| code.line())))
    }

    fn sums(&self) -> Result<Sums, Failure> {
        let amount = &self.amount.0;
        let (value, original) = (reais(&amount.value, "value")?, reais(&amount.original_value, "originalValue")?);
        let charged = reais(&amount.final_value, "finalValue")?.filter(|charged| charged.get() > 0);
        let nominal = original
            .filter(|original| original.get() > 0)
            .or(value)
            .or(charged)
            .ok_or_else(|| Failure::broken("The ERP sent a title without an amount."))?;
        let mut received = Cents::new(0);
        for receipt in &self.receipts.0 {
            if let Some(part) = reais(&receipt.ammount, "ammount")? {
                received = received
                    .checked_add(part)
                    .ok_or_else(|| Failure::broken("The ERP sent receipts of no possible sum."))?;
            }
        }
        let open = reais(&self.balance, "balance")?.filter(|open| open.get() > 0);
        Ok(Sums { nominal, charged, open, received: Some(received).filter(|received| received.get() > 0) })
    }

    /// The day of the last receipt.
    fn paid_on(&self) -> Result<Option<Date>, Failure> {
        let mut last = None;
        for receipt in &self.receipts.0 {
            last = last.max(day(&receipt.receipt_date, "receiptDate")?);
        }
        Ok(last)
    }
}

impl Sums {
    /// What is still open of a partly paid title, never the whole again; else the nominal amount.
    fn amount(&self, status: InvoiceStatus) -> Result<Cents, Failure> {
        if status != InvoiceStatus::PartiallyPaid {
            return Ok(self.nominal);
        }
        let rest = self.received.and_then(|received| self.nominal.checked_sub(received));
        self.open
            .or(rest.filter(|rest| rest.get() > 0))
            .ok_or_else(|| Failure::broken("The ERP sent a partly paid title without its open amount."))
    }
}

/// A title without a line is not registered at its bank yet; it may have a PDF all the same.
const fn boleto(payable: bool, line: Option<&Result<DigitableLine, BoletoError>>) -> Availability {
    match line {
        _ if !payable => Availability::No,
        Some(Ok(_)) => Availability::Yes,
        Some(Err(_)) => Availability::No,
        None => Availability::Unknown,
    }
}

/// A code that fails its check is none; where a title has none, one may be registered when somebody wants to pay.
fn pix_of(payable: bool, code: Option<&str>) -> Availability {
    match code {
        _ if !payable => Availability::No,
        Some(code) if PixCode::parse(code).is_ok() => Availability::Yes,
        Some(_) => Availability::No,
        None => Availability::Unknown,
    }
}

/// A title of this JSON on a list, of customer 880123, on 2026-11-20.
#[cfg(test)]
pub(super) fn read(json: &str, list: List) -> Result<Title, Failure> {
    let customer = CustomerRef::new("880123.52998224725");
    let row: Row<'_> = serde_json::from_str(json).map_err(|error| Failure::internal(error.to_string()))?;
    row.read(&customer, jiff::civil::date(2026, 11, 20), list)
}
