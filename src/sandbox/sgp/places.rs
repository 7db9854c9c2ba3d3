//! POPs: where a contract hangs in the network. A maintenance names them, and nothing else ties it to a customer
//! (section 4.h).

use crate::town::Town;
use crate::town::contracts::Contract;
use crate::town::people::Customer;

/// A point of presence: one for each district in which somebody is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pop {
    pub(super) id: usize,
    pub(super) city: String,
    pub(super) state: &'static str,
}

impl Pop {
    /// `SÃO PAULO/SP`.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.city, self.state)
    }
}

/// The POP of a contract; none when its customer is not there.
pub(super) fn pop_of(town: &Town, contract: &Contract) -> Option<Pop> {
    let mut places: Vec<(u32, &str)> = Vec::new();
    for customer in &town.customers {
        if !places.contains(&place(customer)) {
            places.push(place(customer));
        }
    }
    let customer = town.customer(contract.customer)?;
    let at = places.iter().position(|one| *one == place(customer))?;
    let city = town.city(customer.address.city)?;
    Some(Pop { id: at + 1, city: city.name.to_uppercase(), state: city.state.code })
}

fn place(customer: &Customer) -> (u32, &str) {
    (customer.address.city.number(), customer.address.district)
}
