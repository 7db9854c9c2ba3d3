//! The town: one internet provider, its people and all that is true of them, in no vendor's words.
//!
//! The same facts come out of every skin, so that answers can be compared across vendors. Wire
//! details (column names, codes, odd formats) are the skins'; what a vendor needs and the world does
//! not state (ids, streets, birth dates) is invented here once. Everything that changes with time
//! is derived from [`Town::now`], which stands still until it is set.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, Zoned};
use ponte_domain::boleto::BoletoError;
use ponte_domain::dates::{DateError, Zone};
use ponte_domain::document::DocumentError;
use ponte_domain::phone::PhoneError;
use ponte_domain::pix::PixError;

pub mod acceptance;
pub mod billing;
pub mod cabinet;
pub mod contracts;
pub mod id;
pub mod network;
pub mod people;
mod seed;
pub mod speed_release;
pub mod tickets;
pub mod trust_unlock;
pub mod wifi;
pub mod writes;

use acceptance::Term;
use billing::{FiscalInvoice, Invoice, Wallet};
use cabinet::Cabinet;
use contracts::{Contract, ContractNote, Plan};
use id::Id;
use network::{Login, MaintenanceArea};
use people::{Branch, City, Customer, Provider};
use tickets::{Department, Diagnosis, Subject, Ticket, TicketMessage, Visit};
use wifi::AcsDevice;
use writes::{Write, WriteKind, Writes};

/// A mistake in the town's own facts, found when it is built.
#[derive(Debug, thiserror::Error)]
pub enum TownError {
    /// A document of the town is not one.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A phone of the town is not one.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// A boleto of the town cannot be composed.
    #[error(transparent)]
    Boleto(#[from] BoletoError),
    /// A Pix text of the town cannot be composed.
    #[error(transparent)]
    Pix(#[from] PixError),
    /// The town's zone or starting instant is none.
    #[error(transparent)]
    Date(#[from] DateError),
    /// The town's starting instant is none.
    #[error("the starting instant is no instant")]
    Start,
    /// A fact names another that is not there.
    #[error("the town has no {0}")]
    Missing(&'static str),
}

/// One provider and its people. Rows keep the order in which they are listed.
#[derive(Debug, Clone)]
pub struct Town {
    /// The town's instant.
    pub now: Timestamp,
    /// Where the provider is: civil dates are read here.
    pub zone: Zone,
    /// The internet provider itself.
    pub provider: Provider,
    /// Its offices.
    pub branches: Vec<Branch>,
    /// The cities that its people live in.
    pub cities: Vec<City>,
    /// Its bank accounts that issue boletos.
    pub wallets: Vec<Wallet>,
    /// What it sells.
    pub plans: Vec<Plan>,
    /// Who buys it.
    pub customers: Vec<Customer>,
    /// Who bought what.
    pub contracts: Vec<Contract>,
    /// What operators and gateways wrote down about contracts.
    pub notes: Vec<ContractNote>,
    /// Connections.
    pub logins: Vec<Login>,
    /// Open maintenance in the network.
    pub areas: Vec<MaintenanceArea>,
    /// Bills.
    pub invoices: Vec<Invoice>,
    /// Fiscal invoices (notas fiscais).
    pub fiscal_invoices: Vec<FiscalInvoice>,
    /// Papers to be signed.
    pub terms: Vec<Term>,
    /// Who handles tickets.
    pub departments: Vec<Department>,
    /// What tickets are about.
    pub subjects: Vec<Subject>,
    /// What was found to be wrong.
    pub diagnoses: Vec<Diagnosis>,
    /// Tickets.
    pub tickets: Vec<Ticket>,
    /// What was said on tickets.
    pub messages: Vec<TicketMessage>,
    /// Technicians' visits.
    pub visits: Vec<Visit>,
    /// Managed routers.
    pub devices: Vec<AcsDevice>,
    /// What single vendors keep beyond the town's facts.
    pub cabinet: Cabinet,
    log: Vec<Write>,
    last_protocol: u32,
}

impl Town {
    /// The town as `sandbox-world.md` tells it, on 2026-11-20 at 12:00.
    pub(crate) fn new() -> Result<Self, TownError> {
        seed::town()
    }

    /// The town's instant on its own clocks.
    pub fn zoned_now(&self) -> Zoned {
        self.zone.zoned(self.now)
    }

    /// The instant in RFC 3339 with the town's offset, for example `2026-11-20T12:00:00-03:00`.
    pub fn now_with_offset(&self) -> String {
        self.zoned_now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// The civil date and time.
    pub fn clock(&self) -> DateTime {
        self.zoned_now().datetime()
    }

    /// The civil date.
    pub fn today(&self) -> Date {
        self.zone.today(self.now)
    }

    /// The customer with this id.
    pub fn customer(&self, id: Id<Customer>) -> Option<&Customer> {
        self.customers.iter().find(|one| one.id == id)
    }

    /// The contract with this id.
    pub fn contract(&self, id: Id<Contract>) -> Option<&Contract> {
        self.contracts.iter().find(|one| one.id == id)
    }

    /// The contract that `sandbox-world.md` calls so, for example `B1`.
    pub fn contract_called(&self, label: &str) -> Option<&Contract> {
        self.contracts.iter().find(|one| one.label == label)
    }

    /// The plan with this id.
    pub fn plan(&self, id: Id<Plan>) -> Option<&Plan> {
        self.plans.iter().find(|one| one.id == id)
    }

    /// The login with this id.
    pub fn login(&self, id: Id<Login>) -> Option<&Login> {
        self.logins.iter().find(|one| one.id == id)
    }

    /// The logins of a contract.
    pub fn logins_of(&self, contract: Id<Contract>) -> impl Iterator<Item = &Login> {
        self.logins.iter().filter(move |login| login.contract == contract)
    }

    /// The invoice with this id.
    pub fn invoice(&self, id: Id<Invoice>) -> Option<&Invoice> {
        self.invoices.iter().find(|one| one.id == id)
    }

    /// The bank account with this id.
    pub fn wallet(&self, id: Id<Wallet>) -> Option<&Wallet> {
        self.wallets.iter().find(|one| one.id == id)
    }

    /// The city with this id.
    pub fn city(&self, id: Id<City>) -> Option<&City> {
        self.cities.iter().find(|one| one.id == id)
    }

    pub(crate) fn contract_mut(&mut self, id: Id<Contract>) -> Option<&mut Contract> {
        self.contracts.iter_mut().find(|one| one.id == id)
    }

    pub(crate) fn login_mut(&mut self, id: Id<Login>) -> Option<&mut Login> {
        self.logins.iter_mut().find(|one| one.id == id)
    }

    /// Every write in order.
    pub fn write_log(&self) -> &[Write] {
        &self.log
    }

    /// The writes, counted.
    pub fn writes(&self) -> Writes {
        Writes::count_up(&self.log)
    }

    /// Notes that the town was changed.
    pub(crate) fn wrote(&mut self, kind: WriteKind, contract: Option<Id<Contract>>) {
        let label = contract.and_then(|id| self.contract(id)).map(|one| one.label.to_owned());
        self.log.push(Write { kind, contract: label });
    }
}

#[cfg(test)]
mod tests;
