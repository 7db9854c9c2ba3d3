//! Synsuite / ERPVoalle (Grupo Voalle): three APIs on as many servers; the whole base by document, one subscriber by
//! the portal.
//!
//! Evidence: `erp-dossiers/synsuite.md`, `erp-specs/synsuite.yaml`. Worth knowing before reading on:
//! - Tokens are issued at one port, data at another, the portal is a third host. Crossed they are 404.
//! - Everything comes in one envelope; "not found" is a word in it under status 200, with `success` either way, and the
//!   words have four shapes.
//! - People, contracts and titles are found by document, tickets and equipment by the person's id, so a customer's
//!   reference holds both. Filters that a route does not have are taken and ignored: owners are compared again here.
//! - A contract has an id and a number; only the unlock and the files take the number.
//! - What only the portal tells (notas fiscais, counts of unlocks, the PPPoE password that a Wi-Fi change needs) is
//!   there for a subscriber who signed in, and for nobody else.
//! - Signing takes place on the vendor's signature page; sessions, quota and reduced speed are in no API.

mod acceptance;
mod billing;
mod contracts;
mod customers;
mod diagnostics;
mod dialect;
mod fiscal_invoices;
mod portal_connections;
mod reference;
mod settings;
mod sign_in;
mod tickets;
mod trust_unlock;
mod values;
mod verify;
mod wifi;
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
pub(crate) struct Synsuite;

#[async_trait]
impl Erp for Synsuite {
    fn word(&self) -> &'static str {
        "synsuite"
    }

    fn product(&self) -> &'static str {
        "Synsuite (ERP Voalle)"
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
            // Nothing of the vendor's is needed.
            Capability::TicketRating => Evidence::Official,
            // The merge of titles with billets, the ticket's list and its history were seen in clients and logs.
            Capability::Billing | Capability::TicketList | Capability::SignIn => Evidence::Seen,
            // That an unknown person is told in the words of an unknown title, and any status but active; plan, stage
            // and dates of a contract; every answer of the unlock; the signature's words; the technology and the
            // maintenance's shape; the columns of the types of ticket; what a nota's print and a Wi-Fi change answer.
            Capability::CustomerLookup
            | Capability::Contracts
            | Capability::FiscalInvoices
            | Capability::TrustUnlock
            | Capability::SpeedRelease
            | Capability::Acceptance
            | Capability::Diagnostics
            | Capability::TicketOpening
            | Capability::Wifi => Evidence::Provisional,
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
        Offer::Yes(self)
    }

    fn trust_unlock(&self) -> Offer<'_, dyn TrustUnlock> {
        Offer::Yes(self)
    }

    fn speed_release(&self) -> Offer<'_, dyn SpeedRelease> {
        Offer::No("No API of Synsuite shows a reduced speed or lifts one.")
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
        Offer::No("Synsuite's API shows a survey's grade and has no route to give one.")
    }

    fn sign_in(&self) -> Offer<'_, dyn SignIn> {
        Offer::Yes(self)
    }

    fn wifi(&self) -> Offer<'_, dyn Wifi> {
        Offer::Yes(self)
    }
}

#[cfg(test)]
mod flows;
#[cfg(test)]
mod testing;
