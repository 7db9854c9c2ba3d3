//! Fiscal invoices: of the portal only, so of a holder who signed in (dossier 4.d). The third-party API can fetch one
//! by an id that none of its lists gives.

use std::cmp::Reverse;
use std::sync::Arc;

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::FailureKind;
use ponte_domain::capability::Capability;
use ponte_domain::failure::Subject;
use ponte_domain::invoice::{FiscalInvoice, FiscalInvoiceStatus, Pdf};
use ponte_domain::known::Known;
use ponte_domain::reference::{ContractRef, CustomerRef, FiscalInvoiceRef, VendorId};
use ponte_transport::{Ask, Method, Reply};
use serde::Deserialize;

use super::Synsuite;
use super::billing::document;
use super::dialect::{Subscriber, all_parts, ask_portal, part, session};
use super::reference::Owner;
use super::values::{PortalDate, day, reais};
use crate::call::Call;
use crate::erp::FiscalInvoices;
use crate::reading::rows::Nested;
use crate::reading::text::Text;

const CAPABILITY: Capability = Capability::FiscalInvoices;
const LIST: &str = "portal.invoice_notes";
const PRINT: &str = "portal.print_invoice_notes";
/// The columns that are read; names and addresses are not asked for.
const FIELDS: &str =
    "id,movementDate,issueDate,documentNumber,totalAmountService,totalAmountLiquid,status,printUrl,contract";

#[async_trait]
impl FiscalInvoices for Synsuite {
    async fn of_contract(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Vec<FiscalInvoice>, Failure> {
        let subscriber = session(call, CAPABILITY, Owner::of(&contract.customer)?.person).await?;
        let notes = notes(call, &subscriber, &contract.customer).await?;
        let mut invoices: Vec<FiscalInvoice> = notes.into_iter().map(|note| note.invoice).collect();
        invoices.retain(|invoice| invoice.contract.as_ref() == Some(&contract.id));
        invoices.sort_by_key(|invoice| Reverse(invoice.issued_on));
        Ok(invoices)
    }

    async fn pdf(&self, call: &Call<'_>, invoice: &FiscalInvoiceRef) -> Result<Pdf, Failure> {
        let subscriber = session(call, CAPABILITY, Owner::of(&invoice.customer)?.person).await?;
        let notes = notes(call, &subscriber, &invoice.customer).await?;
        let note = notes.into_iter().find(|note| note.invoice.reference == *invoice);
        let note = note.ok_or_else(|| Failure::not_found(Subject::FiscalInvoice))?;
        let print = Ask::read(PRINT, Method::Get, "/api/print_invoice_notes").segment(invoice.id.as_str()).document();
        let printed = ask_portal(call, CAPABILITY, &subscriber, print, document).await;
        match (printed, note.url) {
            // What this route answers is not documented; the note's own address shows the same (dossier 4.d).
            (Err(failure), Some(url)) if is_no_document(failure.kind()) => {
                ask_portal(call, CAPABILITY, &subscriber, Ask::link(PRINT, url).document(), document).await
            }
            (printed, _) => printed,
        }
    }
}

const fn is_no_document(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::NotFound(_) | FailureKind::VendorFault | FailureKind::BrokenAnswer)
}

/// A note and where its print is shown. No `Debug`: the address is open to whoever has it.
struct Note {
    invoice: FiscalInvoice,
    url: Option<String>,
}

/// All notes of a subscriber, newest first.
async fn notes(call: &Call<'_>, subscriber: &Arc<Subscriber>, customer: &CustomerRef) -> Result<Vec<Note>, Failure> {
    let ask = || {
        Ask::read(LIST, Method::Get, "/api/portal_invoice_notes")
            .query("sort", "id")
            .query("order", "DESC")
            .query("fields", FIELDS)
    };
    let read = |reply: &Reply| part::<Row<'_>>(reply)?.read(|row| row.read(customer));
    all_parts(call, CAPABILITY, subscriber, ask, |note: &Note| note.invoice.reference.id.as_str(), read).await
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"), rename_all = "camelCase")]
struct Row<'a> {
    id: Text<'a>,
    movement_date: PortalDate<'a>,
    issue_date: PortalDate<'a>,
    document_number: Text<'a>,
    total_amount_service: Text<'a>,
    total_amount_liquid: Text<'a>,
    status: Text<'a>,
    print_url: Text<'a>,
    contract: Nested<Contract<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Contract<'a> {
    id: Text<'a>,
}

impl Row<'_> {
    /// The note in domain words.
    ///
    /// # Errors
    /// A note without its id or amount, and amounts and dates that are none.
    fn read(self, customer: &CustomerRef) -> Result<Note, Failure> {
        let id = self.id.key().ok_or_else(|| Failure::broken("The portal sent a nota without its id."))?;
        let amount = match reais(&self.total_amount_service, "totalAmountService")? {
            Some(amount) => amount,
            None => reais(&self.total_amount_liquid, "totalAmountLiquid")?
                .ok_or_else(|| Failure::broken("The portal sent a nota without an amount."))?,
        };
        let issued = day(&self.issue_date.0, "issueDate")?;
        let url = self.print_url.filled().map(str::to_owned);
        Ok(Note {
            invoice: FiscalInvoice {
                reference: customer.fiscal_invoice(id),
                contract: self.contract.0.id.key().map(VendorId::from),
                number: self.document_number.filled().unwrap_or(id).to_owned(),
                series: None,
                model: None,
                issued_on: issued
                    .map_or_else(|| day(&self.movement_date.0, "movementDate"), |issued| Ok(Some(issued)))?,
                amount,
                status: status(self.status.as_str()),
            },
            url,
        })
    }
}

/// Provisório, definitivo and editável were seen on purchase notes and are taken to mean the same here (dossier 4.d).
/// The portal's own sample has no status: what it lists can be printed.
fn status(code: &str) -> Known<FiscalInvoiceStatus> {
    match code {
        "" => Known::without_word(FiscalInvoiceStatus::Issued),
        "1" => Known::new(FiscalInvoiceStatus::Issued, code),
        "0" | "98" => Known::new(FiscalInvoiceStatus::Pending, code),
        _ => Known::new(FiscalInvoiceStatus::Unknown, code),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ponte_domain::FailureKind;
    use ponte_domain::invoice::FiscalInvoiceStatus;
    use ponte_domain::reference::CustomerRef;

    use super::{Note, Row, status};

    fn read(json: &str) -> Result<Note, ponte_domain::Failure> {
        serde_json::from_str::<Row<'_>>(json).unwrap().read(&CustomerRef::new("880123.52998224725"))
    }

    #[test]
    fn a_note_is_read_with_its_contract_and_print() {
        let note = read(
            r#"{"id":55001,"movementDate":"2026-11-10","documentNumber":"000123","clientName":"x","totalAmountService":99.9,
            "printUrl":"https://isp.example/invoice_notes/print/0a1b","contract":{"id":45001,"contractNumber":"0045001"}}"#,
        )
        .unwrap();
        let invoice = note.invoice;
        assert_eq!((invoice.number.as_str(), invoice.amount.get()), ("000123", 9990));
        assert_eq!(invoice.contract.unwrap().as_str(), "45001");
        assert_eq!(invoice.issued_on.unwrap().to_string(), "2026-11-10");
        assert!(note.url.is_some());
    }

    #[test]
    fn every_status_has_its_class() {
        for (code, expected) in [
            ("", FiscalInvoiceStatus::Issued),
            ("1", FiscalInvoiceStatus::Issued),
            ("0", FiscalInvoiceStatus::Pending),
            ("98", FiscalInvoiceStatus::Pending),
            ("7", FiscalInvoiceStatus::Unknown),
        ] {
            assert_eq!(status(code).value, expected, "{code}");
        }
    }

    #[test]
    fn an_amount_is_never_made_up() {
        assert_eq!(read(r#"{"id":1,"totalAmountLiquid":10}"#).unwrap().invoice.amount.get(), 1000);
        for json in [r#"{"id":1}"#, r#"{"totalAmountService":1}"#, r#"{"id":1,"totalAmountService":"1,00"}"#] {
            assert_eq!(read(json).err().unwrap().kind(), FailureKind::BrokenAnswer, "{json}");
        }
    }
}
