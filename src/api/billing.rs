//! Invoices and how they can be paid.

use jiff::civil::Date;
use ponte_domain::invoice::{Availability, InvoiceStatus, NoBoleto, NoPix};
use ponte_domain::pix::PixKind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::{ContractId, Currency, CustomerId, Instant, InvoiceId};

/// Invoices.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvoiceList {
    /// The invoices by due date, oldest first.
    #[schema(max_items = 10_000)]
    pub invoices: Vec<Invoice>,
}

/// One invoice.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invoice {
    /// Opaque id.
    pub id: InvoiceId,
    /// Who owes it.
    pub customer_id: CustomerId,
    /// The contract it belongs to; `null` for a loose charge.
    #[schema(required)]
    pub contract_id: Option<ContractId>,
    /// Number on the document.
    #[schema(required, max_length = 120)]
    pub number: Option<String>,
    /// What it is for.
    #[schema(required, max_length = 300, examples("Mensalidade 12/2026"))]
    pub description: Option<String>,
    /// Amount in cents: to pay, or the nominal amount if paid; of a partly paid one what is still open.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64, examples(9990))]
    pub amount_cents: i64,
    /// Amount with late fees in cents, if the vendor says.
    #[schema(required, minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    pub updated_amount_cents: Option<i64>,
    /// Currency of the amounts.
    pub currency: Currency,
    /// Due date.
    #[schema(required, examples("2026-12-10"))]
    pub due_date: Option<Date>,
    /// Date of issue.
    #[schema(required, examples("2026-11-10"))]
    pub issue_date: Option<Date>,
    /// State on today's date in the tenant's zone. Due today is not overdue.
    pub status: InvoiceStatus,
    /// The vendor's own word for the state.
    #[schema(required, max_length = 120, examples("A"))]
    pub vendor_status: Option<String>,
    /// Days past the due date; 0 for what is not overdue.
    #[schema(minimum = 0, maximum = 100_000, examples(0))]
    pub days_overdue: u32,
    /// Day of payment.
    #[schema(required)]
    pub paid_on: Option<Date>,
    /// Amount paid in cents.
    #[schema(required, minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64)]
    pub paid_amount_cents: Option<i64>,
    /// Whether a boleto can be had.
    pub boleto: Availability,
    /// Whether a Pix code can be had.
    pub pix: Availability,
}

/// How an invoice can be paid, read when asked.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Payment {
    /// The invoice, read in the same moment.
    pub invoice: Invoice,
    /// Boleto, or why not.
    pub boleto: BoletoOption,
    /// Pix, or why not.
    pub pix: PixOption,
    /// Hosted payment page.
    #[schema(required, format = "uri", max_length = 2000)]
    pub payment_link: Option<String>,
}

/// The bank that issued a boleto.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bank {
    /// Clearing code.
    #[schema(min_length = 3, max_length = 3, pattern = "^[0-9]{3}$", examples("341"))]
    pub code: String,
    /// Name, if the code is a known bank's.
    #[schema(required, max_length = 120, examples("Itaú Unibanco"))]
    pub name: Option<String>,
}

/// Payment by boleto. Line and barcode have passed their check digits.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BoletoOption {
    /// Whether it can be paid so.
    pub available: bool,
    /// Why not.
    #[schema(required)]
    pub reason: Option<NoBoleto>,
    /// Digitable line (linha digitável), digits only.
    #[schema(
        required,
        min_length = 47,
        max_length = 48,
        pattern = "^[0-9]{47,48}$",
        examples("34190906461010000123845678901237116560000009990")
    )]
    pub digitable_line: Option<String>,
    /// Digitable line as printed.
    #[schema(
        required,
        min_length = 47,
        max_length = 60,
        pattern = "^[0-9. -]{47,60}$",
        examples("34190.90646 10100.001238 45678.901237 1 16560000009990")
    )]
    pub digitable_line_formatted: Option<String>,
    /// Barcode, 44 digits.
    #[schema(
        required,
        min_length = 44,
        max_length = 44,
        pattern = "^[0-9]{44}$",
        examples("34191165600000099900906410100001234567890123")
    )]
    pub barcode: Option<String>,
    /// Issuing bank; `null` for collection slips (arrecadação).
    #[schema(required)]
    pub bank: Option<Bank>,
    /// Where the PDF can be fetched with the same key; `null` when there is none.
    #[schema(
        required,
        format = "uri-reference",
        max_length = 600,
        examples("/v1/tenants/acme/invoices/inv_Zk3r9fVh1cT6uJ0yLq8xWb5oEd2GsA/boleto.pdf")
    )]
    pub pdf_link: Option<String>,
}

/// Payment by Pix. The code has passed its CRC.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PixOption {
    /// Whether it can be paid so.
    pub available: bool,
    /// Why not.
    #[schema(required)]
    pub reason: Option<NoPix>,
    /// Copia-e-cola text.
    #[schema(required, min_length = 30, max_length = 512)]
    pub copy_paste: Option<String>,
    /// Static or dynamic code.
    #[schema(required)]
    pub kind: Option<PixKind>,
    /// Amount in the code in cents; `null` when the code has none and the payer types it.
    #[schema(required, minimum = 0, maximum = 9_007_199_254_740_991_i64, examples(9990))]
    pub amount_cents: Option<i64>,
    /// Whether the code's amount is the invoice's, nominal or with fees; `null` when the code has no amount.
    #[schema(required)]
    pub amount_matches: Option<bool>,
    /// Currency of the amount.
    pub currency: Currency,
    /// When the charge expires.
    #[schema(required)]
    pub expires_at: Option<Instant>,
    /// Where the QR code can be fetched as SVG with the same key.
    #[schema(
        required,
        format = "uri-reference",
        max_length = 600,
        examples("/v1/tenants/acme/invoices/inv_Zk3r9fVh1cT6uJ0yLq8xWb5oEd2GsA/pix.svg")
    )]
    pub svg_link: Option<String>,
    /// Where the QR code can be fetched as PNG with the same key.
    #[schema(
        required,
        format = "uri-reference",
        max_length = 600,
        examples("/v1/tenants/acme/invoices/inv_Zk3r9fVh1cT6uJ0yLq8xWb5oEd2GsA/pix.png")
    )]
    pub png_link: Option<String>,
}
