//! One row of `ura/titulos` (dossier 4.c).

use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::boleto::{BarCode, DigitableLine};
use ponte_domain::invoice::{Availability, Invoice, InvoiceStatus};
use ponte_domain::money::Cents;
use ponte_domain::reference::{CustomerRef, VendorId};
use serde::Deserialize;

use crate::reading::prose::cleaned;
use crate::reading::rows::{Nested, Rows};
use crate::reading::text::Text;
use crate::sgp::values::{cents, day, first, given, is_id, key};
use crate::sgp::words;

pub(super) const PATH: &str = "/api/ura/titulos/";

/// A title with what a payment needs. No `Debug`: the codes name the payer to whoever can ask a bank.
pub(super) struct Title {
    /// The title as published.
    pub(super) invoice: Invoice,
    /// Its nominal amount, by which other routes' rows are matched.
    pub(super) nominal: Cents,
    /// Its boleto code.
    pub(super) code: Code,
    /// Its Pix text, unchecked.
    pub(super) pix: Option<String>,
    /// Where the slip is.
    pub(super) link: Option<String>,
    /// Hosted payment page.
    pub(super) payment_link: Option<String>,
    /// The payer's document as the row has it.
    pub(super) document: Option<String>,
}

/// A boleto code out of a row.
pub(super) enum Code {
    /// The digits hold.
    Payable(DigitableLine),
    /// Digits that fail their check; never passed on.
    Invalid,
    /// None yet, or a placeholder: fresh and unregistered titles have none (dossier 4.c).
    Absent,
}

impl Code {
    /// The line, else the bar code. A placeholder of the bank 999 is none.
    pub(super) fn read(line: &Text<'_>, bar_code: &Text<'_>) -> Self {
        let line = given(line).filter(|line| !line.starts_with("9999"));
        let bar_code = given(bar_code).filter(|code| !code.starts_with("99999"));
        if let Some(line) = line.and_then(|line| DigitableLine::parse(line).ok()) {
            return Self::Payable(line);
        }
        match (line, bar_code.map(BarCode::parse)) {
            (_, Some(Ok(code))) => Self::Payable(code.line()),
            (None, None) => Self::Absent,
            _ => Self::Invalid,
        }
    }

    /// The line of a code that can be paid.
    pub(super) const fn line(&self) -> Option<&DigitableLine> {
        match self {
            Self::Payable(line) => Some(line),
            Self::Invalid | Self::Absent => None,
        }
    }

    /// Whether it can be paid.
    pub(super) const fn is_payable(&self) -> bool {
        matches!(self, Self::Payable(_))
    }
}

impl Title {
    /// Whether something is to be paid now.
    pub(super) const fn is_payable(&self) -> bool {
        matches!(self.invoice.status.value, InvoiceStatus::Open | InvoiceStatus::Overdue | InvoiceStatus::PartiallyPaid)
    }

    /// Whether a part of it is paid.
    pub(super) const fn is_partly_paid(&self) -> bool {
        matches!(self.invoice.status.value, InvoiceStatus::PartiallyPaid)
    }

    /// Which of another route's rows is this title. Ids do not match safely between routes (dossier 4.c), so the due
    /// date and the nominal amount must agree, and only among several of those an id or number decides.
    pub(super) fn among<R>(&self, rows: Vec<R>, facts: impl Fn(&R) -> Alike<'_>) -> Option<R> {
        let fits = |row: &R| {
            let alike = facts(row);
            alike.due == self.invoice.due_date && alike.nominal.is_none_or(|nominal| nominal == self.nominal)
        };
        let mut fitting: Vec<R> = rows.into_iter().filter(fits).collect();
        if fitting.len() > 1 {
            fitting.retain(|row| facts(row).names.iter().flatten().any(|name| self.is_called(name)));
        }
        let found = fitting.pop();
        found.filter(|_| fitting.is_empty())
    }

    fn is_called(&self, name: &str) -> bool {
        self.invoice.reference.id.as_str() == name || self.invoice.number.as_deref() == Some(name)
    }
}

/// What a row of another route is recognized by.
pub(super) struct Alike<'r> {
    /// Original due date.
    pub(super) due: Option<Date>,
    /// Original amount, where the row has it.
    pub(super) nominal: Option<Cents>,
    /// Ids and numbers.
    pub(super) names: [Option<&'r str>; 2],
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "'de: 'a"))]
pub(super) struct Wire<'a> {
    #[serde(default)]
    pub(super) titulos: Option<Rows<Row<'a>>>,
    #[serde(default)]
    paginacao: Nested<Paging<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Paging<'a> {
    total: Text<'a>,
}

impl Wire<'_> {
    /// How many rows there are on all pages, where the vendor says.
    pub(super) fn total(&self) -> Option<u64> {
        given(&self.paginacao.0.total)?.parse().ok()
    }
}

/// Versions differ in the names of the same column, by case or by the other route's name (dossier 4.0).
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    id: Text<'a>,
    cliente_cpfcnpj: Text<'a>,
    cpfcnpj: Text<'a>,
    cliente_contrato: Text<'a>,
    contrato: Text<'a>,
    numero_documento: Text<'a>,
    demonstrativo: Text<'a>,
    status: Text<'a>,
    valor: Text<'a>,
    valor_corrigido: Text<'a>,
    valor_pago: Text<'a>,
    valor_pago_parcial: Text<'a>,
    codigo_barras: Text<'a>,
    linha_digitavel: Text<'a>,
    linhadigitavel: Text<'a>,
    codigo_pix: Text<'a>,
    codigopix: Text<'a>,
    data_emissao: Text<'a>,
    data_vencimento: Text<'a>,
    vencimento: Text<'a>,
    data_pagamento: Text<'a>,
    link: Text<'a>,
    #[serde(rename = "link_cobranca")]
    link_cobranca: Text<'a>,
}

impl Row<'_> {
    /// The row in domain words, on the tenant's civil date, taken as this customer's: whose it is the caller checks.
    ///
    /// # Errors
    /// A row without its id or amount, one that does not say whose it is, and amounts and dates that are none.
    pub(super) fn read(self, owner: &CustomerRef, today: Date) -> Result<Title, Failure> {
        let id = key(&self.id).ok_or_else(|| Failure::broken("The ERP sent an invoice without an id."))?;
        let nominal = cents(&self.valor, "valor")?
            .ok_or_else(|| Failure::broken("The ERP sent an invoice without an amount."))?;
        let paid_in_part = cents(&self.valor_pago_parcial, "valorPagoParcial")?.filter(|part| part.get() > 0);
        let document = first(&[&self.cliente_cpfcnpj, &self.cpfcnpj]);
        let contract = first(&[&self.cliente_contrato, &self.contrato]).filter(|id| *id != "0" && is_id(id));
        if document.is_none() && contract.is_none() {
            return Err(Failure::broken("The ERP sent an invoice that does not say whose it is."));
        }
        let due_date = match first(&[&self.data_vencimento]) {
            Some(_) => day(&self.data_vencimento, "dataVencimento")?,
            None => day(&self.vencimento, "vencimento")?,
        };
        // Due today is not late; there is no word for it (dossier 4.c).
        let late = due_date.is_some_and(|due| due < today);
        let status = words::invoice_status(self.status.as_str(), late, paid_in_part.is_some());
        let line = if given(&self.linha_digitavel).is_some() { &self.linha_digitavel } else { &self.linhadigitavel };
        let code = Code::read(line, &self.codigo_barras);
        let pix = first(&[&self.codigo_pix, &self.codigopix]).map(str::to_owned);
        let payable = !matches!(status.value, InvoiceStatus::Paid | InvoiceStatus::Cancelled);
        Ok(Title {
            invoice: Invoice {
                reference: owner.invoice(id),
                contract: contract.map(VendorId::from),
                number: given(&self.numero_documento).map(str::to_owned),
                description: given(&self.demonstrativo).and_then(cleaned),
                amount: open_amount(status.value, nominal, paid_in_part)?,
                // Of a partly paid title nobody says whether the corrected amount is that of the rest.
                updated_amount: cents(&self.valor_corrigido, "valorCorrigido")?
                    .filter(|amount| payable && paid_in_part.is_none() && amount.get() > 0),
                due_date,
                issue_date: day(&self.data_emissao, "dataEmissao")?,
                paid_on: day(&self.data_pagamento, "dataPagamento")?.filter(|_| status.value == InvoiceStatus::Paid),
                paid_amount: self.paid_amount(status.value, paid_in_part)?,
                boleto: availability(payable, code.is_payable()),
                pix: availability(payable, pix.is_some()),
                status,
            },
            nominal,
            code,
            pix,
            link: given(&self.link).map(str::to_owned),
            payment_link: given(&self.link_cobranca).filter(|url| url.starts_with("https://")).map(str::to_owned),
            document: document.map(str::to_owned),
        })
    }

    fn paid_amount(&self, status: InvoiceStatus, in_part: Option<Cents>) -> Result<Option<Cents>, Failure> {
        match status {
            InvoiceStatus::Paid => Ok(cents(&self.valor_pago, "valorPago")?.filter(|paid| paid.get() > 0)),
            InvoiceStatus::PartiallyPaid => Ok(in_part),
            _ => Ok(None),
        }
    }
}

/// Of a partly paid title what is still open; never the whole again.
fn open_amount(status: InvoiceStatus, nominal: Cents, in_part: Option<Cents>) -> Result<Cents, Failure> {
    match (status, in_part) {
        (InvoiceStatus::PartiallyPaid, Some(part)) => nominal
            .checked_sub(part)
            .filter(|rest| rest.get() > 0)
            .ok_or_else(|| Failure::broken("The ERP sent a partly paid invoice with nothing left to pay.")),
        _ => Ok(nominal),
    }
}

/// What the row itself tells. What it lacks another call may have.
const fn availability(payable: bool, there: bool) -> Availability {
    match (payable, there) {
        (false, _) => Availability::No,
        (true, true) => Availability::Yes,
        (true, false) => Availability::Unknown,
    }
}
