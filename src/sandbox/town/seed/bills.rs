//! Bills and fiscal invoices.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use ponte_domain::boleto::BarCode;
use ponte_domain::money::Cents;
use ponte_domain::pix::PixCode;

use super::people::{ANA, EMPRESA};
use super::services::{A1, B1, C1, D1, E1};
use crate::town::TownError;
use crate::town::billing::{Charge, FiscalInvoice, Invoice, Payment, Wallet};
use crate::town::contracts::Contract;
use crate::town::id::Id;

const WITH_PIX: Id<Wallet> = Id::new(5);
const WITHOUT_PIX: Id<Wallet> = Id::new(6);

const ANA_OPEN: Id<Invoice> = Id::new(145_535);
const ANA_PAID: Id<Invoice> = Id::new(145_401);
const EMPRESA_OPEN: Id<Invoice> = Id::new(145_539);

pub(super) fn wallets() -> Vec<Wallet> {
    vec![
        Wallet { id: WITH_PIX, name: "Itaú boleto com Pix", bank: "341", bank_digit: "7", pix: true },
        Wallet { id: WITHOUT_PIX, name: "Banrisul boleto", bank: "041", bank_digit: "8", pix: false },
    ]
}

/// What a bill is but for its codes.
struct Bill {
    id: Id<Invoice>,
    contract: Id<Contract>,
    cents: i64,
    due_on: Date,
    wallet: Id<Wallet>,
    charge: Charge,
    paid_on: Option<Date>,
}

pub(super) fn invoices(contracts: &[Contract]) -> Result<Vec<Invoice>, TownError> {
    let monthly = |id, contract, cents, due_on| Bill {
        id,
        contract,
        cents,
        due_on,
        wallet: WITH_PIX,
        charge: Charge::Monthly,
        paid_on: None,
    };
    let bills = [
        Bill { paid_on: Some(date(2026, 11, 9)), ..monthly(ANA_PAID, A1, 9_990, date(2026, 11, 10)) },
        monthly(ANA_OPEN, A1, 9_990, date(2026, 12, 10)),
        Bill { wallet: WITHOUT_PIX, ..monthly(Id::new(145_536), B1, 12_990, date(2026, 11, 5)) },
        // Charged apart from the monthly run, so that vendors show where they keep such bills.
        Bill { charge: Charge::OneOff, ..monthly(Id::new(145_537), C1, 7_990, date(2026, 11, 1)) },
        monthly(Id::new(145_538), D1, 14_990, date(2026, 11, 8)),
        monthly(EMPRESA_OPEN, E1, 125_000, date(2026, 11, 30)),
    ];
    bills.into_iter().map(|bill| invoice(bill, contracts)).collect()
}

fn invoice(bill: Bill, contracts: &[Contract]) -> Result<Invoice, TownError> {
    let owner = contracts.iter().find(|one| one.id == bill.contract);
    let customer = owner.ok_or(TownError::Missing("contract of a bill"))?.customer;
    let wallets = wallets();
    let wallet = wallets.iter().find(|one| one.id == bill.wallet);
    let wallet = wallet.ok_or(TownError::Missing("account of a bill"))?;
    let amount = Cents::new(bill.cents);
    let bank_number = format!("{:011}", bill.id.number());
    let free_field = format!("{bank_number}00012345678901");
    let pix = if wallet.pix { Some(pix(&bill, amount)?) } else { None };
    Ok(Invoice {
        id: bill.id,
        customer,
        contract: bill.contract,
        amount,
        issued_on: bill.due_on.saturating_sub(20.days()),
        due_on: bill.due_on,
        period: (bill.due_on.saturating_sub(1.month()).saturating_add(1.day()), bill.due_on),
        charge: bill.charge,
        payment: bill.paid_on.map(|on| Payment { on, amount, by_pix: true }),
        wallet: bill.wallet,
        bank_number,
        bar_code: BarCode::compose(wallet.bank, Some(bill.due_on), amount, &free_field)?,
        pix,
        pix_charged: bill.paid_on.is_some(),
    })
}

fn pix(bill: &Bill, amount: Cents) -> Result<PixCode, TownError> {
    // Any 32 hexadecimal digits do, as long as they differ from bill to bill and stay the same.
    let charge = u128::from(bill.id.number()).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
    let location = format!("pix.example.com/qr/v2/cobv/{charge:032x}");
    Ok(PixCode::compose_dynamic(&location, "PROVEDOR EXEMPLO LTDA", "SAO PAULO", Some(amount), None)?)
}

pub(super) fn fiscal_invoices() -> Vec<FiscalInvoice> {
    let nota = |id, number, issued_on, cents| FiscalInvoice {
        id: Id::new(id),
        number,
        series: "1",
        model: "21",
        issued_on,
        amount: Cents::new(cents),
        customer: ANA,
        contract: A1,
        invoice: Some(ANA_PAID),
    };
    let company = |nota| FiscalInvoice { customer: EMPRESA, contract: E1, ..nota };
    vec![
        nota(72_001, 12_345, date(2026, 10, 21), 9_990),
        // Its bill was paid before this ERP was taken into use, so it goes with none.
        FiscalInvoice { invoice: None, ..company(nota(72_002, 12_346, date(2026, 10, 10), 125_000)) },
        FiscalInvoice { invoice: Some(EMPRESA_OPEN), ..company(nota(72_003, 12_401, date(2026, 11, 10), 125_000)) },
    ]
}
