//! Fiscal invoices (notas fiscais).

use jiff::civil::Date;
use ponte_domain::invoice::FiscalInvoiceStatus;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::words::{ContractId, Currency, FiscalInvoiceId};

/// Fiscal invoices of a contract.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FiscalInvoiceList {
    /// The fiscal invoices, newest first.
    #[schema(max_items = 10_000)]
    pub fiscal_invoices: Vec<FiscalInvoice>,
}

/// One fiscal invoice.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FiscalInvoice {
    /// Opaque id.
    pub id: FiscalInvoiceId,
    /// The contract it belongs to.
    #[schema(required)]
    pub contract_id: Option<ContractId>,
    /// Number.
    #[schema(max_length = 120, examples("000004512"))]
    pub number: String,
    /// Series.
    #[schema(required, max_length = 120, examples("1"))]
    pub series: Option<String>,
    /// Model (21, 22, 55, 62, NFS-e, ...).
    #[schema(required, max_length = 120, examples("62"))]
    pub model: Option<String>,
    /// Date of issue.
    #[schema(required, examples("2026-11-10"))]
    pub issued_on: Option<Date>,
    /// Total in cents.
    #[schema(minimum = -9_007_199_254_740_991_i64, maximum = 9_007_199_254_740_991_i64, examples(9990))]
    pub amount_cents: i64,
    /// Currency of the amount.
    pub currency: Currency,
    /// State.
    pub status: FiscalInvoiceStatus,
    /// The vendor's own word for the state.
    #[schema(required, max_length = 120)]
    pub vendor_status: Option<String>,
    /// Where the PDF can be fetched with the same key; `null` while there is nothing to print.
    #[schema(required, format = "uri-reference", max_length = 600)]
    pub pdf_link: Option<String>,
}
