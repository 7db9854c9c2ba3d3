//! Bills with their payable codes, and fiscal invoices.

use jiff::civil::Date;
use ponte_domain::boleto::BarCode;
use ponte_domain::money::Cents;
use ponte_domain::pix::PixCode;

use super::Town;
use super::contracts::Contract;
use super::id::Id;
use super::people::Customer;
use super::writes::WriteKind;

/// A bank account that issues boletos.
#[derive(Debug, Clone)]
pub struct Wallet {
    /// Its number.
    pub id: Id<Wallet>,
    /// What operators call it.
    pub name: &'static str,
    /// Three digits of the bank.
    pub bank: &'static str,
    /// The bank's check digit, as printed behind a hyphen.
    pub bank_digit: &'static str,
    /// Whether this bank puts a Pix on the boleto.
    pub pix: bool,
}

/// Whether a bill comes every month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// The monthly fee.
    Monthly,
    /// Charged once, apart from the monthly run.
    OneOff,
}

/// That a bill was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payment {
    /// When.
    pub on: Date,
    /// How much.
    pub amount: Cents,
    /// By Pix, else by boleto.
    pub by_pix: bool,
}

/// A bill.
#[derive(Debug, Clone)]
pub struct Invoice {
    /// Its number.
    pub id: Id<Invoice>,
    /// Who owes it.
    pub customer: Id<Customer>,
    /// For which contract.
    pub contract: Id<Contract>,
    /// How much.
    pub amount: Cents,
    /// When it was made.
    pub issued_on: Date,
    /// When it falls due.
    pub due_on: Date,
    /// First and last day of what is billed.
    pub period: (Date, Date),
    /// Monthly or not.
    pub charge: Charge,
    /// That it was paid.
    pub payment: Option<Payment>,
    /// Which account it is paid into.
    pub wallet: Id<Wallet>,
    /// The bank's own number of it (nosso número).
    pub bank_number: String,
    /// The boleto's bar code; the digitable line follows from it.
    pub bar_code: BarCode,
    /// Pix copia-e-cola; none where the bank has no Pix.
    pub pix: Option<PixCode>,
    /// Whether the Pix charge exists at the bank already; some vendors make it when it is asked
    /// for.
    pub pix_charged: bool,
}

/// A nota fiscal.
#[derive(Debug, Clone)]
pub struct FiscalInvoice {
    /// Its number in the ERP.
    pub id: Id<FiscalInvoice>,
    /// The tax office's number.
    pub number: u32,
    /// Series.
    pub series: &'static str,
    /// Model, `21` for communication services.
    pub model: &'static str,
    /// When.
    pub issued_on: Date,
    /// How much.
    pub amount: Cents,
    /// For whom.
    pub customer: Id<Customer>,
    /// For which contract.
    pub contract: Id<Contract>,
    /// The bill it goes with, where that bill is in this ERP.
    pub invoice: Option<Id<Invoice>>,
}

impl Invoice {
    /// What a bill is called: `de 11/11/2026 até 10/12/2026`.
    pub fn description(&self) -> String {
        let (first, last) = self.period;
        format!("de {} até {}", first.strftime("%d/%m/%Y"), last.strftime("%d/%m/%Y"))
    }
}

impl Town {
    /// Makes the Pix charge of an invoice if there can be one and is none; gives the code.
    pub(crate) fn charge_pix(&mut self, id: Id<Invoice>) -> Option<PixCode> {
        let invoice = self.invoices.iter_mut().find(|one| one.id == id)?;
        if invoice.payment.is_some() {
            return None;
        }
        let code = invoice.pix.clone()?;
        let contract = invoice.contract;
        if !invoice.pix_charged {
            invoice.pix_charged = true;
            self.wrote(WriteKind::PixCharged, Some(contract));
        }
        Some(code)
    }

    /// Notes that a boleto was sent by e-mail or SMS.
    pub(crate) fn send_boleto(&mut self, id: Id<Invoice>) -> bool {
        let contract = self.invoice(id).map(|invoice| invoice.contract);
        if contract.is_some() {
            self.wrote(WriteKind::BoletoSent, contract);
        }
        contract.is_some()
    }
}
