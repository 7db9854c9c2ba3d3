//! The one seam between the gateway and eleven vendors.
//!
//! An `Erp` is a stateless value. For every capability it has one method that answers `Offer::Yes` with the
//! capability's trait, or `Offer::No` with the reason. There are no defaults: a new capability stops the build in
//! each vendor until someone has written the code or the reason. The published capability list is computed from
//! the offers, so it cannot disagree with the code.

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::acceptance::{AcceptanceEvidence, AcceptancePending};
use ponte_domain::capability::{Capability, Evidence, Support};
use ponte_domain::contract::Contract;
use ponte_domain::customer::{Customer, LookupKey};
use ponte_domain::diagnostics::Diagnosis;
use ponte_domain::invoice::{FiscalInvoice, Invoice, InvoiceFilter, Payment, Pdf};
use ponte_domain::reference::{ContractRef, CustomerRef, FiscalInvoiceRef, InvoiceRef, TicketRef, VendorId};
use ponte_domain::tenant::Tenant;
use ponte_domain::ticket::{NewTicket, Ticket, TicketFilter, TicketRating, TicketSector};
use ponte_domain::unlock::{SpeedReleaseState, TrustUnlockState, UnlockGrant};
use ponte_domain::wifi::{SignInForm, WifiPassword, WifiResult};

use crate::call::Call;

/// Whether a vendor has a capability.
pub enum Offer<'a, T: ?Sized> {
    /// It has; this is how it is asked.
    Yes(&'a T),
    /// It has not; English, one sentence, published.
    No(&'static str),
}

impl<T: ?Sized> Offer<'_, T> {
    /// The reason, where it is not offered.
    pub const fn refusal(&self) -> Option<&'static str> {
        match self {
            Self::Yes(_) => None,
            Self::No(reason) => Some(reason),
        }
    }
}

/// A named text that a tenant of this vendor must or may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Name in the tenant's credentials or vendor settings.
    pub name: &'static str,
    /// What it is and where the operator finds it; English, one sentence.
    pub meaning: &'static str,
    /// Whether a tenant without it cannot work.
    pub required: bool,
    /// Value taken when it is absent; only for settings.
    pub default: Option<&'static str>,
}

/// One step of `verify`.
#[derive(Debug, Clone)]
pub struct Check {
    /// What was checked (`credentials`, `customers`, ...).
    pub name: &'static str,
    /// The capability that hangs on it, if one does.
    pub capability: Option<Capability>,
    /// What came of it. A failure names what is wrong.
    pub outcome: Result<(), Failure>,
}

/// One vendor.
#[async_trait]
pub trait Erp: Send + Sync {
    /// The vendor's word in the API (`ixc`).
    fn word(&self) -> &'static str;
    /// The product's name (`IXC Provedor`).
    fn product(&self) -> &'static str;
    /// Credentials that a tenant gives.
    fn credential_fields(&self) -> &'static [Field];
    /// Settings that a tenant may give under `settings.vendor`.
    fn setting_fields(&self) -> &'static [Field];
    /// Checks a tenant's credentials and vendor settings for form, without a call. A failure names the field.
    fn check_form(&self, tenant: &Tenant) -> Result<(), Failure>;
    /// Reads only: does the address answer, are the credentials good, which modules are there.
    async fn verify(&self, call: &Call<'_>) -> Vec<Check>;
    /// How well the vendor facts behind a capability are known.
    fn evidence(&self, capability: Capability) -> Evidence;

    /// Customer look-up.
    fn customers(&self) -> Offer<'_, dyn Customers>;
    /// Contracts.
    fn contracts(&self) -> Offer<'_, dyn Contracts>;
    /// Billing.
    fn billing(&self) -> Offer<'_, dyn Billing>;
    /// Fiscal invoices.
    fn fiscal_invoices(&self) -> Offer<'_, dyn FiscalInvoices>;
    /// Trust unlock.
    fn trust_unlock(&self) -> Offer<'_, dyn TrustUnlock>;
    /// Reduced-speed release.
    fn speed_release(&self) -> Offer<'_, dyn SpeedRelease>;
    /// Electronic acceptance.
    fn acceptance(&self) -> Offer<'_, dyn Acceptance>;
    /// Diagnostics.
    fn diagnostics(&self) -> Offer<'_, dyn Diagnostics>;
    /// Opening tickets.
    fn ticket_opening(&self) -> Offer<'_, dyn TicketOpening>;
    /// Listing tickets.
    fn ticket_list(&self) -> Offer<'_, dyn TicketList>;
    /// Rating tickets at the vendor; where it is not offered, Ponte keeps the rating.
    fn ticket_rating(&self) -> Offer<'_, dyn TicketRatings>;
    /// Subscriber sign-in.
    fn sign_in(&self) -> Offer<'_, dyn SignIn>;
    /// Wi-Fi password.
    fn wifi(&self) -> Offer<'_, dyn Wifi>;
}

/// What a vendor supports, computed from its offers. A rating that the vendor has no route for is kept by Ponte
/// where tickets can be listed or opened, so it counts as supported, with the reason said.
pub fn support(erp: &dyn Erp) -> Vec<Support> {
    Capability::ALL
        .into_iter()
        .map(|capability| {
            let (supported, reason) = offered(erp, capability);
            Support { capability, supported, reason, evidence: erp.evidence(capability) }
        })
        .collect()
}

fn offered(erp: &dyn Erp, capability: Capability) -> (bool, Option<&'static str>) {
    let refusal = match capability {
        Capability::CustomerLookup => erp.customers().refusal(),
        Capability::Contracts => erp.contracts().refusal(),
        Capability::Billing => erp.billing().refusal(),
        Capability::FiscalInvoices => erp.fiscal_invoices().refusal(),
        Capability::TrustUnlock => erp.trust_unlock().refusal(),
        Capability::SpeedRelease => erp.speed_release().refusal(),
        Capability::Acceptance => erp.acceptance().refusal(),
        Capability::Diagnostics => erp.diagnostics().refusal(),
        Capability::TicketOpening => erp.ticket_opening().refusal(),
        Capability::TicketList => erp.ticket_list().refusal(),
        Capability::SignIn => erp.sign_in().refusal(),
        Capability::Wifi => erp.wifi().refusal(),
        Capability::TicketRating => return rating(erp),
    };
    (refusal.is_none(), refusal)
}

fn rating(erp: &dyn Erp) -> (bool, Option<&'static str>) {
    match (erp.ticket_rating(), erp.ticket_opening(), erp.ticket_list()) {
        (Offer::Yes(_), _, _) => (true, None),
        (Offer::No(_), Offer::No(reason), Offer::No(_)) => (false, Some(reason)),
        (Offer::No(_), _, _) => (true, Some("Kept by Ponte: the vendor's API has no route for ratings.")),
    }
}

/// What look-up can search by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookupWays {
    /// By CPF or CNPJ.
    pub document: bool,
    /// By phone.
    pub phone: bool,
    /// By e-mail.
    pub email: bool,
    /// By the vendor's id.
    pub vendor_id: bool,
}

/// Customer look-up. An empty list means that the vendor answered and knows nobody.
#[async_trait]
pub trait Customers: Send + Sync {
    /// What it can search by.
    fn ways(&self) -> LookupWays;
    /// All rows that match, the active one first. Rows that do not match the key are dropped here.
    async fn lookup(&self, call: &Call<'_>, key: &LookupKey) -> Result<Vec<Customer>, Failure>;
    /// One customer.
    async fn customer(&self, call: &Call<'_>, customer: &CustomerRef) -> Result<Customer, Failure>;
}

/// Contracts. `NotFound(Contract)` when it is not there or not this customer's.
#[async_trait]
pub trait Contracts: Send + Sync {
    /// All contracts of a customer, active ones first, with their logins.
    async fn of_customer(&self, call: &Call<'_>, customer: &CustomerRef) -> Result<Vec<Contract>, Failure>;
    /// One contract with its logins.
    async fn contract(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Contract, Failure>;
}

/// Billing. `NotFound(Invoice)` when it is not there or not this customer's.
#[async_trait]
pub trait Billing: Send + Sync {
    /// Invoices of a customer, by due date, oldest first.
    async fn of_customer(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        filter: InvoiceFilter,
    ) -> Result<Vec<Invoice>, Failure>;
    /// Invoices of a contract, by due date, oldest first.
    async fn of_contract(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        filter: InvoiceFilter,
    ) -> Result<Vec<Invoice>, Failure>;
    /// How an invoice can be paid.
    async fn payment(&self, call: &Call<'_>, invoice: &InvoiceRef) -> Result<Payment, Failure>;
    /// The boleto as PDF. `NotFound(Document)` when the vendor has none.
    async fn boleto_pdf(&self, call: &Call<'_>, invoice: &InvoiceRef) -> Result<Pdf, Failure>;
}

/// Fiscal invoices.
#[async_trait]
pub trait FiscalInvoices: Send + Sync {
    /// Fiscal invoices of a contract, newest first.
    async fn of_contract(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Vec<FiscalInvoice>, Failure>;
    /// The copy as PDF. `NotFound(Document)` when the vendor has none.
    async fn pdf(&self, call: &Call<'_>, invoice: &FiscalInvoiceRef) -> Result<Pdf, Failure>;
}

/// Trust unlock.
#[async_trait]
pub trait TrustUnlock: Send + Sync {
    /// Reads only.
    async fn state(&self, call: &Call<'_>, contract: &ContractRef) -> Result<TrustUnlockState, Failure>;
    /// Acts, once. `before` is the state read just before (fresh). Refusals are `Refusal::TrustUnlock…`.
    async fn unlock(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        before: &TrustUnlockState,
    ) -> Result<UnlockGrant, Failure>;
}

/// Reduced-speed release.
#[async_trait]
pub trait SpeedRelease: Send + Sync {
    /// Reads only.
    async fn state(&self, call: &Call<'_>, contract: &ContractRef) -> Result<SpeedReleaseState, Failure>;
    /// Acts, once.
    async fn release(&self, call: &Call<'_>, contract: &ContractRef, before: &SpeedReleaseState)
    -> Result<(), Failure>;
}

/// Electronic acceptance.
#[async_trait]
pub trait Acceptance: Send + Sync {
    /// Reads only.
    async fn pending(&self, call: &Call<'_>, contract: &ContractRef) -> Result<AcceptancePending, Failure>;
    /// The contract's PDF.
    async fn document(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Pdf, Failure>;
    /// Acts: accepts and activates. Must be safe to take up again after a part of it was done: it reads what is
    /// done already and does the rest.
    async fn accept(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        evidence: &AcceptanceEvidence,
    ) -> Result<(), Failure>;
}

/// Diagnostics. A part that fails is `Reading::Unreadable` and does not fail the whole; the whole fails only when
/// the contract itself cannot be read.
#[async_trait]
pub trait Diagnostics: Send + Sync {
    /// Reads all variables.
    async fn diagnose(&self, call: &Call<'_>, contract: &ContractRef) -> Result<Diagnosis, Failure>;
}

/// Opening tickets.
#[async_trait]
pub trait TicketOpening: Send + Sync {
    /// Sectors and subjects that a customer may choose from.
    async fn topics(&self, call: &Call<'_>) -> Result<Vec<TicketSector>, Failure>;
    /// Acts, once. The text at the vendor carries `ticket.mark`.
    async fn open(&self, call: &Call<'_>, ticket: &NewTicket) -> Result<Ticket, Failure>;
    /// Reads only: the customer's ticket that carries the mark, after an unknown outcome.
    async fn find_by_mark(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        mark: &str,
    ) -> Result<Option<Ticket>, Failure>;
}

/// Listing tickets.
#[async_trait]
pub trait TicketList: Send + Sync {
    /// Tickets of a customer, newest first.
    async fn of_customer(
        &self,
        call: &Call<'_>,
        customer: &CustomerRef,
        filter: TicketFilter,
    ) -> Result<Vec<Ticket>, Failure>;
    /// One ticket. `NotFound(Ticket)` when it is not there or not this customer's.
    async fn ticket(&self, call: &Call<'_>, ticket: &TicketRef) -> Result<Ticket, Failure>;
}

/// Rating tickets at the vendor.
#[async_trait]
pub trait TicketRatings: Send + Sync {
    /// Acts, once.
    async fn rate(&self, call: &Call<'_>, ticket: &TicketRef, rating: &TicketRating) -> Result<(), Failure>;
}

/// Who signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The customer.
    pub customer: Customer,
    /// Whether the vendor wants the password changed.
    pub must_change_password: bool,
}

/// Subscriber sign-in. Wrong credentials are `Refusal::SignInFailed`, whatever was wrong.
#[async_trait]
pub trait SignIn: Send + Sync {
    /// Compares the portal credentials.
    async fn sign_in(&self, call: &Call<'_>, form: &SignInForm) -> Result<SignedIn, Failure>;
}

/// Wi-Fi password.
#[async_trait]
pub trait Wifi: Send + Sync {
    /// Acts: sets the password on the contract's router. `login` chooses one where there are several.
    /// `NotFound(Device)` where no managed device is there.
    async fn change(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        login: Option<&VendorId>,
        password: &WifiPassword,
    ) -> Result<WifiResult, Failure>;
    /// Reads only: whether the vendor holds this password now, after an unknown outcome.
    async fn holds(
        &self,
        call: &Call<'_>,
        contract: &ContractRef,
        login: Option<&VendorId>,
        password: &WifiPassword,
    ) -> Result<bool, Failure>;
}
