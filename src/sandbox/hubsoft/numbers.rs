//! The vendor's ids. A customer has two, and neither is taken for the other (section 4.0); services
//! have a sequence of their own.

use serde_json::{Number, Value};

use ponte_domain::money::Cents;

use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::id::Id;
use crate::town::people::Customer;

const CUSTOMER_IDS: u32 = 11_100;
const CUSTOMER_CODES: u32 = 320;
const SERVICE_IDS: u32 = 19_600;

/// `id_cliente`: internal.
pub(super) fn customer_id(customer: &Customer) -> u32 {
    customer.id.number() + CUSTOMER_IDS
}

/// `codigo_cliente`: the number that people see.
pub(super) fn customer_code(customer: &Customer) -> u32 {
    customer.id.number() + CUSTOMER_CODES
}

/// `id_cliente_servico`.
pub(super) fn service_id(contract: Id<Contract>) -> u32 {
    contract.number() + SERVICE_IDS
}

/// The contract with this `id_cliente_servico`.
pub(super) fn service(town: &Town, id: u32) -> Option<&Contract> {
    town.contracts.iter().find(|one| service_id(one.id) == id)
}

/// Reais as a number: `89.9`, `10` (section 2.3).
pub(super) fn money(amount: Cents) -> Value {
    let cents = amount.get();
    if cents % 100 == 0 {
        return Value::from(cents / 100);
    }
    // A JSON number of two decimals is exact enough to be read back to the cent.
    amount.to_dot().parse().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
}

/// Reais as a text with as many decimals as it needs: `"28.27"`, `"199.9"`, `"5"` (section 2.3).
pub(super) fn money_text(amount: Cents) -> String {
    amount.to_dot().trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    #[test]
    fn money_is_written_as_the_vendor_does() {
        for (cents, number, text) in [
            (9_990, "99.9", "99.9"),
            (125_000, "1250", "1250"),
            (2_827, "28.27", "28.27"),
            (500, "5", "5"),
            (0, "0", "0"),
        ] {
            let amount = Cents::new(cents);
            assert_eq!((money(amount).to_string().as_str(), money_text(amount).as_str()), (number, text));
        }
    }
}
