//! One bill of `WSMKFaturasPendentes`.

use jiff::civil::Date;
use ponte_domain::Failure;
use ponte_domain::invoice::{Availability, Invoice, InvoiceStatus};
use ponte_domain::known::Known;
use ponte_domain::reference::{CustomerRef, VendorId};
use serde::Deserialize;

use crate::mk_solutions::values;
use crate::reading::money;
use crate::reading::prose::cleaned;
use crate::reading::text::Text;

/// A bill, and the contracts that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bill {
    pub(super) invoice: Invoice,
    /// Ids of its contracts.
    pub(super) contracts: Vec<String>,
    /// Numbers of a text that may name contracts among other things.
    numbers: Vec<String>,
}

impl Bill {
    /// A bill of contracts that are known by their ids.
    pub(super) fn of_contracts(invoice: Invoice, contracts: Vec<String>) -> Self {
        let contract = contracts.first().map(|id| VendorId::from(id.as_str()));
        Self { invoice: Invoice { contract, ..invoice }, contracts, numbers: Vec::new() }
    }

    /// Whether nothing is left to be found out about its contracts.
    pub(super) fn is_bound(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Takes those of the numbers that are ids of the customer's contracts.
    pub(super) fn bind_to(&mut self, known: &[String]) {
        let numbers = std::mem::take(&mut self.numbers);
        self.contracts.extend(numbers.into_iter().filter(|number| known.contains(number)));
        if self.invoice.contract.is_none() {
            self.invoice.contract = self.contracts.first().map(|id| VendorId::from(id.as_str()));
        }
    }

    pub(super) fn is_other_than(&self, bill: &Self) -> bool {
        self.invoice.reference.id != bill.invoice.reference.id
    }
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
pub(super) struct Row<'a> {
    codfatura: Text<'a>,
    data_vencimento: Text<'a>,
    descricao: Text<'a>,
    contas: Text<'a>,
    contratos: Text<'a>,
    valor_total: Text<'a>,
}

impl Row<'_> {
    /// The bill. There is no owner in the row: the list is of one customer.
    ///
    /// # Errors
    /// A row without id, due date or amount, and a date or an amount that is none.
    pub(super) fn read(self, customer: &CustomerRef, today: Date) -> Result<Bill, Failure> {
        let missing = || Failure::broken("The ERP sent an invoice without its id, due date or amount.");
        let id = self.codfatura.key().ok_or_else(missing)?;
        let due = values::br_date(&self.data_vencimento, "data_vencimento")?.ok_or_else(missing)?;
        let amount = money::dot(&self.valor_total, "valor_total")?.ok_or_else(missing)?;
        let status = if due < today { InvoiceStatus::Overdue } else { InvoiceStatus::Open };
        let invoice = Invoice {
            reference: customer.invoice(id),
            contract: None,
            number: Some(id.to_owned()),
            description: cleaned(self.descricao.as_str()).or_else(|| cleaned(self.contas.as_str())),
            amount,
            updated_amount: None,
            due_date: Some(due),
            issue_date: None,
            status: Known::without_word(status),
            paid_on: None,
            paid_amount: None,
            boleto: Availability::Unknown,
            pix: Availability::Unknown,
        };
        let text = self.contratos.as_str();
        let numbers: Vec<String> = values::integers(text).map(str::to_owned).collect();
        // A text of codes alone needs no list of contracts to be understood.
        if !text.replace(" / ", " ").chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | ';' | ' ')) {
            return Ok(Bill { invoice, contracts: Vec::new(), numbers });
        }
        Ok(Bill::of_contracts(invoice, numbers))
    }
}
