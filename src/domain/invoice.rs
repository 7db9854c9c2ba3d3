//! What a customer owes and how it can be paid.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::boleto::{BarCode, DigitableLine};
use crate::known::Known;
use crate::money::Cents;
use crate::pix::PixCode;
use crate::reference::{FiscalInvoiceRef, InvoiceRef, VendorId};

/// State of an invoice on the civil date of the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// To be paid, not late. Due today is not late.
    Open,
    /// To be paid and past its due date.
    Overdue,
    /// Paid in part.
    PartiallyPaid,
    /// Paid.
    Paid,
    /// Payment seen, not confirmed yet.
    BeingConfirmed,
    /// Cancelled.
    Cancelled,
    /// The vendor's word is not known.
    Unknown,
}

/// Which invoices are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceFilter {
    /// Everything still to be paid: open, overdue, partially paid, being confirmed.
    Open,
    /// Only what is past its due date.
    Overdue,
    /// Only what is paid.
    Paid,
    /// Everything but cancelled ones.
    All,
}

/// A fact that may not be known without another vendor call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// It is there.
    Yes,
    /// It is not there.
    No,
    /// Only another vendor call can tell.
    Unknown,
}

/// One invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// The vendor's id and owner.
    pub reference: InvoiceRef,
    /// The contract it belongs to.
    pub contract: Option<VendorId>,
    /// Number on the document.
    pub number: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Amount to pay, or the nominal amount if paid. Of a partly paid one: what is still open.
    pub amount: Cents,
    /// Amount with late fees, if the vendor says.
    pub updated_amount: Option<Cents>,
    /// Due date.
    pub due_date: Option<Date>,
    /// Date of issue.
    pub issue_date: Option<Date>,
    /// State.
    pub status: Known<InvoiceStatus>,
    /// Day of payment.
    pub paid_on: Option<Date>,
    /// Amount paid.
    pub paid_amount: Option<Cents>,
    /// Whether a boleto can be had.
    pub boleto: Availability,
    /// Whether a Pix code can be had.
    pub pix: Availability,
}

/// Why a boleto cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoBoleto {
    /// The invoice is paid or cancelled.
    InvoiceNotPayable,
    /// The bank has not registered it yet.
    InvoiceNotRegistered,
    /// It is to be paid by another means (card, hosted page, ...).
    OtherPaymentMethod,
    /// The vendor's API gives no boleto.
    VendorWithoutBoleto,
    /// The line or barcode fails its check digits; it is never passed on as payable.
    InvalidCode,
    /// The vendor could not be asked just now; the rest of the answer stands.
    TemporarilyUnavailable,
}

/// Why Pix cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoPix {
    /// The invoice is paid or cancelled.
    InvoiceNotPayable,
    /// The billing bank puts no Pix on its boletos.
    BankWithoutPix,
    /// The invoice has no Pix charge yet.
    InvoiceNotRegistered,
    /// The vendor's API gives no Pix.
    VendorWithoutPix,
    /// The code fails its CRC; it is never passed on as payable.
    InvalidCode,
    /// The charge has expired.
    Expired,
    /// The vendor could not be asked just now; the rest of the answer stands.
    TemporarilyUnavailable,
}

/// The boleto of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Boleto {
    /// Digitable line.
    pub line: Option<DigitableLine>,
    /// Barcode.
    pub bar_code: Option<BarCode>,
    /// Whether a PDF can be fetched.
    pub pdf: Availability,
}

/// The Pix charge of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pix {
    /// The copia-e-cola text, CRC checked.
    pub code: PixCode,
    /// When it expires.
    pub expires_at: Option<Timestamp>,
}

/// How an invoice can be paid, read when the customer asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// The invoice as read in the same moment.
    pub invoice: Invoice,
    /// Boleto, or why not.
    pub boleto: Result<Boleto, NoBoleto>,
    /// Pix, or why not.
    pub pix: Result<Pix, NoPix>,
    /// Hosted payment page, `https` only.
    pub payment_link: Option<String>,
}

/// State of a fiscal invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FiscalInvoiceStatus {
    /// Issued; a copy can be printed.
    Issued,
    /// Being processed.
    Pending,
    /// Cancelled.
    Cancelled,
    /// Refused by the tax office.
    Denied,
    /// Processed with an error.
    Failed,
    /// The vendor's word is not known.
    Unknown,
}

/// One fiscal invoice (nota fiscal).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiscalInvoice {
    /// The vendor's id and owner.
    pub reference: FiscalInvoiceRef,
    /// The contract it belongs to.
    pub contract: Option<VendorId>,
    /// Number.
    pub number: String,
    /// Series.
    pub series: Option<String>,
    /// Model (21, 22, 55, 62, NFS-e, ...).
    pub model: Option<String>,
    /// Date of issue.
    pub issued_on: Option<Date>,
    /// Total.
    pub amount: Cents,
    /// State.
    pub status: Known<FiscalInvoiceStatus>,
}

/// A PDF, checked to begin with `%PDF-`.
#[derive(Clone, PartialEq, Eq)]
pub struct Pdf(Vec<u8>);

/// The bytes are not a PDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the bytes do not begin with %PDF-")]
pub struct NotPdf;

impl Pdf {
    /// Accepts bytes that begin with the PDF magic.
    ///
    /// # Errors
    /// `NotPdf` when they do not.
    pub fn new(bytes: Vec<u8>) -> Result<Self, NotPdf> {
        if bytes.starts_with(b"%PDF-") { Ok(Self(bytes)) } else { Err(NotPdf) }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Gives the bytes away.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl std::fmt::Debug for Pdf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pdf({} bytes)", self.0.len())
    }
}
