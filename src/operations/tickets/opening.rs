//! Opening a ticket: which connection it is about, and a mark by which it is found again.

use ponte_domain::Failure;
use ponte_domain::contract::{Contract, ContractStatus, Login, LoginStatus};
use ponte_domain::failure::Subject;
use ponte_domain::reference::{ContractRef, CustomerRef, VendorId};
use ponte_domain::ticket::{NewTicket, Ticket, TicketNotices};
use ponte_vendors::call::Call;
use ponte_vendors::erp::{Contracts, Offer, TicketOpening};
use rand::RngExt;
use serde::{Deserialize, Serialize};

use crate::operations::Operations;
use crate::pipeline::deed::{Acted, Deed, Intent, Rendered, Settled};
use crate::visit::Visit;

use super::TicketOnFile;

/// Letters and digits that are not mistaken for each other when somebody reads them out.
const MARK_LETTERS: &[u8; 31] = b"23456789ABCDEFGHJKLMNPQRSTUVWXY";
/// 31^10 marks: two open tickets of one customer do not share one.
const MARK_LENGTH: usize = 10;

/// What a customer asks to be opened.
#[derive(Clone)]
pub struct TicketForm {
    /// Sector: an id from the topics, or a name.
    pub sector: String,
    /// Subject: an id or a name from the topics.
    pub subject: Option<String>,
    /// What the customer reports.
    pub text: String,
    /// The contract it is about; implied where only one is active.
    pub contract: Option<ContractRef>,
    /// The connection it is about; implied where the contract has only one active.
    pub login: Option<VendorId>,
    /// Notices wanted.
    pub notices: TicketNotices,
}

impl std::fmt::Debug for TicketForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TicketForm").field("contract", &self.contract).finish_non_exhaustive()
    }
}

impl Operations {
    /// Opens a ticket, once per key.
    ///
    /// # Errors
    /// `InvalidInput` for an empty sector or text and for a connection that must be chosen; `NotFound(Contract)` for
    /// somebody else's contract; else what must not be replayed: nothing was sent, or the outcome is not known.
    /// Refusals are answers.
    pub async fn open_ticket(
        &self,
        visit: &Visit,
        customer: &CustomerRef,
        form: TicketForm,
        intent: &Intent,
        present: impl Fn(Result<&TicketOnFile, &Failure>) -> Rendered + Send + Sync + 'static,
    ) -> Result<Acted, Failure> {
        let opening = self.ticket_opening_of(visit)?;
        not_blank("sector", &form.sector)?;
        not_blank("text", &form.text)?;
        if form.contract.as_ref().is_some_and(|contract| contract.customer != *customer) {
            return Err(Failure::not_found(Subject::Contract).in_field("contract_id"));
        }
        let contracts = match visit.erp().contracts() {
            Offer::Yes(contracts) => Some(contracts),
            Offer::No(_) => None,
        };
        let deed = Open { operations: self.clone(), opening, contracts, customer: customer.clone(), form };
        self.act(visit, deed, intent, present).await
    }
}

fn not_blank(field: &'static str, text: &str) -> Result<(), Failure> {
    if text.trim().is_empty() { Err(Failure::invalid(field, "This must not be empty.")) } else { Ok(()) }
}

struct Open {
    operations: Operations,
    opening: &'static dyn TicketOpening,
    contracts: Option<&'static dyn Contracts>,
    customer: CustomerRef,
    form: TicketForm,
}

#[derive(Serialize, Deserialize)]
struct Mark {
    mark: String,
}

impl Deed for Open {
    type Done = TicketOnFile;
    type Before = NewTicket;
    type Receipt = Ticket;
    type Context = Mark;

    const OPERATION: &'static str = "ticket_opening";
    const ONE_CHANGE: bool = true;

    fn target(&self) -> (&'static str, &VendorId) {
        ("customer", &self.customer.id)
    }

    fn customer(&self) -> &VendorId {
        &self.customer.id
    }

    fn context(&self, _: &Call<'_>) -> Mark {
        let mut random = rand::rng();
        let letter = |_| MARK_LETTERS.get(random.random_range(0..MARK_LETTERS.len())).copied().map_or('2', char::from);
        Mark { mark: (0..MARK_LENGTH).map(letter).collect() }
    }

    async fn prepare(&self, call: &Call<'_>, context: &mut Mark) -> Result<NewTicket, Failure> {
        let (contract, login) = self.connection(call).await?;
        Ok(NewTicket {
            customer: self.customer.clone(),
            contract,
            login,
            sector: self.form.sector.trim().to_owned(),
            subject: self.form.subject.clone(),
            text: self.form.text.clone(),
            notices: self.form.notices,
            mark: context.mark.clone(),
        })
    }

    async fn act(&self, call: &Call<'_>, ticket: NewTicket, _: &Mark) -> Result<Ticket, Failure> {
        self.opening.open(call, &ticket).await
    }

    async fn finish(&self, call: &Call<'_>, ticket: Ticket, _: &Mark) -> Result<TicketOnFile, Failure> {
        Ok(self.filed(call, ticket).await)
    }

    async fn settle(&self, call: &Call<'_>, context: &Mark) -> Result<Settled<TicketOnFile>, Failure> {
        // Where the vendor's list has no texts, the ticket still says what was sent.
        let said = |ticket: Ticket| Ticket {
            complaint: ticket.complaint.or_else(|| Some(self.form.text.trim().to_owned())),
            ..ticket
        };
        match self.opening.find_by_mark(call, &self.customer, &context.mark).await? {
            Some(ticket) => Ok(Settled::Done(self.filed(call, said(ticket)).await)),
            None => Ok(Settled::NotSeen),
        }
    }
}

impl Open {
    /// Keeps the wish for notices. The ticket is there: a wish that cannot be kept must not look like one that is not.
    async fn filed(&self, call: &Call<'_>, ticket: Ticket) -> TicketOnFile {
        let (store, notices) = (&self.operations.0.store, self.form.notices);
        let kept = store.keep_ticket_notices(call.tenant.number, &ticket.reference, notices, call.now).await;
        if let Err(trouble) = kept {
            tracing::error!(error = %trouble, "which notices are wanted about a new ticket could not be kept");
        }
        TicketOnFile { ticket, rating: None, notices: Some(notices) }
    }

    /// The contract and login that the ticket is about: those chosen, else the only active ones.
    async fn connection(&self, call: &Call<'_>) -> Result<(Option<ContractRef>, Option<VendorId>), Failure> {
        let Some(contracts) = self.contracts else {
            return Ok((self.form.contract.clone(), self.form.login.clone()));
        };
        let contract = match &self.form.contract {
            Some(chosen) => Some(contracts.contract(call, chosen).await?),
            None => only_active(contracts.of_customer(call, &self.customer).await?)?,
        };
        let Some(contract) = contract else { return Ok((None, self.form.login.clone())) };
        let login = chosen_login(&contract, self.form.login.as_ref())?;
        Ok((Some(contract.reference), login))
    }
}

fn only_active(contracts: Vec<Contract>) -> Result<Option<Contract>, Failure> {
    let mut active = contracts.into_iter().filter(|contract| contract.status.value == ContractStatus::Active);
    match (active.next(), active.next()) {
        (Some(_), Some(_)) => {
            Err(Failure::invalid("contract_id", "The customer has several active contracts: one must be chosen."))
        }
        (only, _) => Ok(only),
    }
}

fn chosen_login(contract: &Contract, chosen: Option<&VendorId>) -> Result<Option<VendorId>, Failure> {
    if let Some(chosen) = chosen {
        return match contract.logins.iter().find(|login| login.id == *chosen) {
            Some(login) => Ok(Some(login.id.clone())),
            None => Err(Failure::invalid("login_id", "The contract has no such connection.")),
        };
    }
    let mut active = contract.logins.iter().filter(|login: &&Login| login.status.value != LoginStatus::Inactive);
    match (active.next(), active.next()) {
        (Some(_), Some(_)) => {
            Err(Failure::invalid("login_id", "The contract has several active connections: one must be chosen."))
        }
        (only, _) => Ok(only.map(|login| login.id.clone())),
    }
}
