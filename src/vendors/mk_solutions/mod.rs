//! MK Solutions (MK ERP, "MK 3.0", MK4): rules of a low-code server by GET, a paid module of them, and a core API beside.
//!
//! Evidence: `erp-dossiers/mk-solutions.md`, `erp-specs/mk-solutions.yaml`. Not MK-AUTH, which is another company's.
//! Worth knowing before reading on:
//! - Nearly all is GET with everything in the query, acts and secrets too. What a rule does, its verb does not say.
//! - The header's charset is wrong and the body's is defective; keys have accents and colons. Both are mended in one place.
//! - Business errors come with status 200 under five spellings. A page of status 500 of a paid rule means that the module
//!   is not licensed, so what a tenant can do is found out and remembered.
//! - A contract stays active while its connection is blocked or slow: the access is the connections'.
//! - The unlock is per connection, tells neither eligibility nor a next date, and looks the same refused for two reasons.
//! - Tickets and work orders are two lists without a common key; sectors do not exist.
//! - Several rules ignore their filters on some releases or return the whole base: owners are compared here.

mod acceptance;
mod billing;
mod contracts;
mod customers;
mod diagnostics;
mod dialect;
mod settings;
mod sign_in;
mod speed_release;
mod tickets;
mod trust_unlock;
mod values;
mod verify;
mod words;

use async_trait::async_trait;
use ponte_domain::Failure;
use ponte_domain::capability::{Capability, Evidence};
use ponte_domain::tenant::Tenant;

use crate::call::Call;
use crate::erp::{
    Acceptance, Billing, Check, Contracts, Customers, Diagnostics, Erp, Field, FiscalInvoices, Offer, SignIn,
    SpeedRelease, TicketList, TicketOpening, TicketRatings, TrustUnlock, Wifi,
};

/// The vendor.
pub(crate) struct MkSolutions;

#[async_trait]
impl Erp for MkSolutions {
    fn word(&self) -> &'static str {
        "mk-solutions"
    }

    fn product(&self) -> &'static str {
        "MK Solutions"
    }

    fn credential_fields(&self) -> &'static [Field] {
        settings::CREDENTIALS
    }

    fn setting_fields(&self) -> &'static [Field] {
        settings::SETTINGS
    }

    fn check_form(&self, tenant: &Tenant) -> Result<(), Failure> {
        settings::check(tenant)
    }

    async fn verify(&self, call: &Call<'_>) -> Vec<Check> {
        verify::verify(call).await
    }

    /// The weakest fact behind each capability (dossier 5).
    fn evidence(&self, capability: Capability) -> Evidence {
        match capability {
            // Nothing of the vendor's is needed; that it has none of these is its own documentation by absence.
            Capability::TicketRating | Capability::FiscalInvoices | Capability::Wifi => Evidence::Official,
            // Answers of contracts, bills, Pix and unlock were seen in clients or in production.
            Capability::Contracts | Capability::Billing | Capability::TrustUnlock => Evidence::Seen,
            // Answers that no source shows: people by phone, refusals of a release, pending terms, the marks of a
            // session and of a closed order, the group of a person, a wrong portal password.
            Capability::CustomerLookup
            | Capability::SpeedRelease
            | Capability::Acceptance
            | Capability::Diagnostics
            | Capability::TicketOpening
            | Capability::TicketList
            | Capability::SignIn => Evidence::Provisional,
        }
    }

    fn customers(&self) -> Offer<'_, dyn Customers> {
        Offer::Yes(self)
    }

    fn contracts(&self) -> Offer<'_, dyn Contracts> {
        Offer::Yes(self)
    }

    fn billing(&self) -> Offer<'_, dyn Billing> {
        Offer::Yes(self)
    }

    fn fiscal_invoices(&self) -> Offer<'_, dyn FiscalInvoices> {
        Offer::No("MK Solutions' API has no copy of a fiscal invoice.")
    }

    fn trust_unlock(&self) -> Offer<'_, dyn TrustUnlock> {
        Offer::Yes(self)
    }

    fn speed_release(&self) -> Offer<'_, dyn SpeedRelease> {
        Offer::Yes(self)
    }

    fn acceptance(&self) -> Offer<'_, dyn Acceptance> {
        Offer::Yes(self)
    }

    fn diagnostics(&self) -> Offer<'_, dyn Diagnostics> {
        Offer::Yes(self)
    }

    fn ticket_opening(&self) -> Offer<'_, dyn TicketOpening> {
        Offer::Yes(self)
    }

    fn ticket_list(&self) -> Offer<'_, dyn TicketList> {
        Offer::Yes(self)
    }

    fn ticket_rating(&self) -> Offer<'_, dyn TicketRatings> {
        Offer::No("MK Solutions' API has no route for ratings.")
    }

    fn sign_in(&self) -> Offer<'_, dyn SignIn> {
        Offer::Yes(self)
    }

    fn wifi(&self) -> Offer<'_, dyn Wifi> {
        Offer::No(
            "MK Solutions' API does not reach routers: the password that it can change is the connection's own, which would cut it off.",
        )
    }
}

#[cfg(test)]
mod flows;
#[cfg(test)]
mod testing;
