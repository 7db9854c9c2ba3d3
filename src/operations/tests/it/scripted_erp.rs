//! An ERP whose answers are queued and whose calls are counted.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::acceptance::{AcceptanceEvidence, AcceptancePending};
use ponte_domain::capability::{Capability, Evidence};
use ponte_domain::contract::Contract;
use ponte_domain::customer::{Customer, LookupKey};
use ponte_domain::diagnostics::Diagnosis;
use ponte_domain::invoice::{FiscalInvoice, Invoice, InvoiceFilter, Payment, Pdf};
use ponte_domain::reference::{ContractRef, CustomerRef, FiscalInvoiceRef, InvoiceRef, TicketRef, VendorId};
use ponte_domain::tenant::Tenant;
use ponte_domain::ticket::{NewTicket, Ticket, TicketFilter, TicketRating, TicketSector};
use ponte_domain::unlock::{SpeedReleaseState, TrustUnlockState, UnlockGrant};
use ponte_domain::wifi::{SignInForm, WifiPassword, WifiResult};
use ponte_vendors::call::Call;
use ponte_vendors::erp::{
    Acceptance, Billing, Check, Contracts, Customers, Diagnostics, Erp, Field, FiscalInvoices, LookupWays, Offer,
    SignIn, SignedIn, SpeedRelease, TicketList, TicketOpening, TicketRatings, TrustUnlock, Wifi,
};
use tokio::sync::Semaphore;

/// Opens when told to, for all who wait and will wait.
#[derive(Clone)]
pub struct Gate(Arc<Semaphore>);

impl Gate {
    pub fn shut() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    pub fn open(&self) {
        self.0.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    async fn pass(&self) {
        drop(self.0.acquire().await);
    }
}

struct Step<T> {
    gate: Option<Gate>,
    answer: Result<T, Failure>,
}

/// One operation's answers: the queued ones first, then the usual one.
pub struct Script<T> {
    name: &'static str,
    steps: Mutex<VecDeque<Step<T>>>,
    usual: Mutex<Option<Result<T, Failure>>>,
    calls: AtomicUsize,
}

impl<T: Clone> Script<T> {
    fn new(name: &'static str) -> Self {
        Self { name, steps: Mutex::default(), usual: Mutex::default(), calls: AtomicUsize::new(0) }
    }

    /// Answers this once, after what is queued already.
    pub fn then(&self, answer: Result<T, Failure>) -> &Self {
        self.steps.lock().unwrap().push_back(Step { gate: None, answer });
        self
    }

    /// Answers this once, when the gate is open.
    pub fn then_behind(&self, gate: &Gate, answer: Result<T, Failure>) -> &Self {
        self.steps.lock().unwrap().push_back(Step { gate: Some(gate.clone()), answer });
        self
    }

    /// Answers this whenever nothing is queued.
    pub fn usually(&self, answer: Result<T, Failure>) -> &Self {
        *self.usual.lock().unwrap() = Some(answer);
        self
    }

    /// How often it was called.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Waits until it was called so often.
    pub async fn called(&self, times: usize) {
        let wait = async {
            while self.calls() < times {
                tokio::task::yield_now().await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
        assert!(waited.is_ok(), "{} was called {} times, not {times}", self.name, self.calls());
    }

    async fn play(&self) -> Result<T, Failure> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let step = self.steps.lock().unwrap().pop_front();
        match step {
            Some(Step { gate, answer }) => {
                if let Some(gate) = gate {
                    gate.pass().await;
                }
                answer
            }
            None => self.usual.lock().unwrap().clone().unwrap_or_else(|| panic!("{} was not expected", self.name)),
        }
    }
}

/// The vendor. `lacks` is what it does not offer.
pub struct ScriptedErp {
    pub lacks: Mutex<Vec<Capability>>,
    pub ways: Mutex<LookupWays>,
    pub lookup: Script<Vec<Customer>>,
    pub customer: Script<Customer>,
    pub contracts: Script<Vec<Contract>>,
    pub contract: Script<Contract>,
    pub invoices: Script<Vec<Invoice>>,
    pub payment: Script<Payment>,
    pub boleto_pdf: Script<Pdf>,
    pub fiscal_invoices: Script<Vec<FiscalInvoice>>,
    pub fiscal_pdf: Script<Pdf>,
    pub unlock_state: Script<TrustUnlockState>,
    pub unlock: Script<UnlockGrant>,
    pub speed_state: Script<SpeedReleaseState>,
    pub release: Script<()>,
    pub pending: Script<AcceptancePending>,
    pub document: Script<Pdf>,
    pub accept: Script<()>,
    pub diagnose: Script<Diagnosis>,
    pub topics: Script<Vec<TicketSector>>,
    pub open: Script<Ticket>,
    pub find_by_mark: Script<Option<Ticket>>,
    pub tickets: Script<Vec<Ticket>>,
    pub ticket: Script<Ticket>,
    pub rate: Script<()>,
    pub sign_in: Script<SignedIn>,
    pub wifi: Script<WifiResult>,
    pub wifi_holds: Script<bool>,
    pub verify: Script<Vec<Check>>,
    pub marks: Mutex<Vec<String>>,
    pub opened: Mutex<Vec<NewTicket>>,
    pub evidence: Mutex<Vec<AcceptanceEvidence>>,
}

const EVERY_WAY: LookupWays = LookupWays { document: true, phone: true, email: true, vendor_id: true };

impl ScriptedErp {
    /// A vendor for one test; it lives as long as the process, as those of the registry do.
    pub fn leaked() -> &'static Self {
        Box::leak(Box::new(Self {
            lacks: Mutex::default(),
            ways: Mutex::new(EVERY_WAY),
            lookup: Script::new("lookup"),
            customer: Script::new("customer"),
            contracts: Script::new("contracts"),
            contract: Script::new("contract"),
            invoices: Script::new("invoices"),
            payment: Script::new("payment"),
            boleto_pdf: Script::new("boleto_pdf"),
            fiscal_invoices: Script::new("fiscal_invoices"),
            fiscal_pdf: Script::new("fiscal_pdf"),
            unlock_state: Script::new("unlock_state"),
            unlock: Script::new("unlock"),
            speed_state: Script::new("speed_state"),
            release: Script::new("release"),
            pending: Script::new("pending"),
            document: Script::new("document"),
            accept: Script::new("accept"),
            diagnose: Script::new("diagnose"),
            topics: Script::new("topics"),
            open: Script::new("open"),
            find_by_mark: Script::new("find_by_mark"),
            tickets: Script::new("tickets"),
            ticket: Script::new("ticket"),
            rate: Script::new("rate"),
            sign_in: Script::new("sign_in"),
            wifi: Script::new("wifi"),
            wifi_holds: Script::new("wifi_holds"),
            verify: Script::new("verify"),
            marks: Mutex::default(),
            opened: Mutex::default(),
            evidence: Mutex::default(),
        }))
    }

    pub fn lacks(&self, capability: Capability) {
        self.lacks.lock().unwrap().push(capability);
    }

    fn offer<'a, T: ?Sized>(&self, capability: Capability, it: &'a T) -> Offer<'a, T> {
        if self.lacks.lock().unwrap().contains(&capability) {
            Offer::No("The scripted ERP lacks it.")
        } else {
            Offer::Yes(it)
        }
    }
}

#[async_trait]
impl Erp for ScriptedErp {
    fn word(&self) -> &'static str {
        "scripted"
    }

    fn product(&self) -> &'static str {
        "Scripted ERP"
    }

    fn credential_fields(&self) -> &'static [Field] {
        &[Field { name: "token", meaning: "The token.", required: true, default: None }]
    }

    fn setting_fields(&self) -> &'static [Field] {
        &[Field { name: "mode", meaning: "The mode.", required: false, default: Some("plain") }]
    }

    fn check_form(&self, tenant: &Tenant) -> Result<(), Failure> {
        match tenant.settings.vendor.get("mode").map(String::as_str) {
            None | Some("plain" | "fancy") => Ok(()),
            Some(_) => Err(Failure::invalid("settings/vendor/mode", "The mode is plain or fancy.")),
        }
    }

    async fn verify(&self, _: &Call<'_>) -> Vec<Check> {
        self.verify.play().await.unwrap()
    }

    fn evidence(&self, _: Capability) -> Evidence {
        Evidence::Seen
    }

    fn customers(&self) -> Offer<'_, dyn Customers> {
        self.offer(Capability::CustomerLookup, self)
    }

    fn contracts(&self) -> Offer<'_, dyn Contracts> {
        self.offer(Capability::Contracts, self)
    }

    fn billing(&self) -> Offer<'_, dyn Billing> {
        self.offer(Capability::Billing, self)
    }

    fn fiscal_invoices(&self) -> Offer<'_, dyn FiscalInvoices> {
        self.offer(Capability::FiscalInvoices, self)
    }

    fn trust_unlock(&self) -> Offer<'_, dyn TrustUnlock> {
        self.offer(Capability::TrustUnlock, self)
    }

    fn speed_release(&self) -> Offer<'_, dyn SpeedRelease> {
        self.offer(Capability::SpeedRelease, self)
    }

    fn acceptance(&self) -> Offer<'_, dyn Acceptance> {
        self.offer(Capability::Acceptance, self)
    }

    fn diagnostics(&self) -> Offer<'_, dyn Diagnostics> {
        self.offer(Capability::Diagnostics, self)
    }

    fn ticket_opening(&self) -> Offer<'_, dyn TicketOpening> {
        self.offer(Capability::TicketOpening, self)
    }

    fn ticket_list(&self) -> Offer<'_, dyn TicketList> {
        self.offer(Capability::TicketList, self)
    }

    fn ticket_rating(&self) -> Offer<'_, dyn TicketRatings> {
        self.offer(Capability::TicketRating, self)
    }

    fn sign_in(&self) -> Offer<'_, dyn SignIn> {
        self.offer(Capability::SignIn, self)
    }

    fn wifi(&self) -> Offer<'_, dyn Wifi> {
        self.offer(Capability::Wifi, self)
    }
}

#[async_trait]
impl Customers for ScriptedErp {
    fn ways(&self) -> LookupWays {
        *self.ways.lock().unwrap()
    }

    async fn lookup(&self, _: &Call<'_>, _: &LookupKey) -> Result<Vec<Customer>, Failure> {
        self.lookup.play().await
    }

    async fn customer(&self, _: &Call<'_>, _: &CustomerRef) -> Result<Customer, Failure> {
        self.customer.play().await
    }
}

#[async_trait]
impl Contracts for ScriptedErp {
    async fn of_customer(&self, _: &Call<'_>, _: &CustomerRef) -> Result<Vec<Contract>, Failure> {
        self.contracts.play().await
    }

    async fn contract(&self, _: &Call<'_>, _: &ContractRef) -> Result<Contract, Failure> {
        self.contract.play().await
    }
}

#[async_trait]
impl Billing for ScriptedErp {
    async fn of_customer(&self, _: &Call<'_>, _: &CustomerRef, _: InvoiceFilter) -> Result<Vec<Invoice>, Failure> {
        self.invoices.play().await
    }

    async fn of_contract(&self, _: &Call<'_>, _: &ContractRef, _: InvoiceFilter) -> Result<Vec<Invoice>, Failure> {
        self.invoices.play().await
    }

    async fn payment(&self, _: &Call<'_>, _: &InvoiceRef) -> Result<Payment, Failure> {
        self.payment.play().await
    }

    async fn boleto_pdf(&self, _: &Call<'_>, _: &InvoiceRef) -> Result<Pdf, Failure> {
        self.boleto_pdf.play().await
    }
}

#[async_trait]
impl FiscalInvoices for ScriptedErp {
    async fn of_contract(&self, _: &Call<'_>, _: &ContractRef) -> Result<Vec<FiscalInvoice>, Failure> {
        self.fiscal_invoices.play().await
    }

    async fn pdf(&self, _: &Call<'_>, _: &FiscalInvoiceRef) -> Result<Pdf, Failure> {
        self.fiscal_pdf.play().await
    }
}

#[async_trait]
impl TrustUnlock for ScriptedErp {
    async fn state(&self, _: &Call<'_>, _: &ContractRef) -> Result<TrustUnlockState, Failure> {
        self.unlock_state.play().await
    }

    async fn unlock(&self, _: &Call<'_>, _: &ContractRef, _: &TrustUnlockState) -> Result<UnlockGrant, Failure> {
        self.unlock.play().await
    }
}

#[async_trait]
impl SpeedRelease for ScriptedErp {
    async fn state(&self, _: &Call<'_>, _: &ContractRef) -> Result<SpeedReleaseState, Failure> {
        self.speed_state.play().await
    }

    async fn release(&self, _: &Call<'_>, _: &ContractRef, _: &SpeedReleaseState) -> Result<(), Failure> {
        self.release.play().await
    }
}

#[async_trait]
impl Acceptance for ScriptedErp {
    async fn pending(&self, _: &Call<'_>, _: &ContractRef) -> Result<AcceptancePending, Failure> {
        self.pending.play().await
    }

    async fn document(&self, _: &Call<'_>, _: &ContractRef) -> Result<Pdf, Failure> {
        self.document.play().await
    }

    async fn accept(&self, _: &Call<'_>, _: &ContractRef, evidence: &AcceptanceEvidence) -> Result<(), Failure> {
        self.evidence.lock().unwrap().push(evidence.clone());
        self.accept.play().await
    }
}

#[async_trait]
impl Diagnostics for ScriptedErp {
    async fn diagnose(&self, _: &Call<'_>, _: &ContractRef) -> Result<Diagnosis, Failure> {
        self.diagnose.play().await
    }
}

#[async_trait]
impl TicketOpening for ScriptedErp {
    async fn topics(&self, _: &Call<'_>) -> Result<Vec<TicketSector>, Failure> {
        self.topics.play().await
    }

    async fn open(&self, _: &Call<'_>, ticket: &NewTicket) -> Result<Ticket, Failure> {
        self.opened.lock().unwrap().push(ticket.clone());
        self.open.play().await
    }

    async fn find_by_mark(&self, _: &Call<'_>, _: &CustomerRef, mark: &str) -> Result<Option<Ticket>, Failure> {
        self.marks.lock().unwrap().push(mark.to_owned());
        self.find_by_mark.play().await
    }
}

#[async_trait]
impl TicketList for ScriptedErp {
    async fn of_customer(&self, _: &Call<'_>, _: &CustomerRef, _: TicketFilter) -> Result<Vec<Ticket>, Failure> {
        self.tickets.play().await
    }

    async fn ticket(&self, _: &Call<'_>, _: &TicketRef) -> Result<Ticket, Failure> {
        self.ticket.play().await
    }
}

#[async_trait]
impl TicketRatings for ScriptedErp {
    async fn rate(&self, _: &Call<'_>, _: &TicketRef, _: &TicketRating) -> Result<(), Failure> {
        self.rate.play().await
    }
}

#[async_trait]
impl SignIn for ScriptedErp {
    async fn sign_in(&self, _: &Call<'_>, _: &SignInForm) -> Result<SignedIn, Failure> {
        self.sign_in.play().await
    }
}

#[async_trait]
impl Wifi for ScriptedErp {
    async fn change(
        &self,
        _: &Call<'_>,
        _: &ContractRef,
        _: Option<&VendorId>,
        _: &WifiPassword,
    ) -> Result<WifiResult, Failure> {
        self.wifi.play().await
    }

    async fn holds(
        &self,
        _: &Call<'_>,
        _: &ContractRef,
        _: Option<&VendorId>,
        _: &WifiPassword,
    ) -> Result<bool, Failure> {
        self.wifi_holds.play().await
    }
}
