//! SGP (TSMX): one instance per provider, a Django REST service with a family of routes for integrations (`/api/ura`)
//! and others for subscribers, work orders, networks and contracts.
//!
//! Evidence: `erp-dossiers/sgp.md`, `erp-specs/sgp.yaml`. Worth knowing before reading on:
//! - `app` and `token` are fields of each request, in the form, the query or the body of a GET, as the route wants it.
//! - There is no envelope. `status: 0` is a success on one route and a failure on the next; what proves an effect is
//!   read per route. "Nobody" is an empty list with a text that differs by version.
//! - A 403 is bad credentials, a restricted token, a wrong password of a subscriber, or calls too close together.
//! - Versions lack routes and tokens are restricted to some, so what is there is found out and remembered per tenant.
//! - Contracts are found, not people; other routes name neither owner nor customer, so owners are re-checked through
//!   the contract or the document.
//! - Rows carry the passwords of portal, PPPoE and Wi-Fi in the clear. No struct here has those columns.
//! - Some reads write: the second copy opens a work order unless told not to.

mod acceptance;
mod billing;
mod contracts;
mod customers;
mod diagnostics;
mod dialect;
mod fiscal_invoices;
mod found;
mod holder;
mod promise;
mod settings;
mod sign_in;
mod speed_release;
mod term;
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
pub(crate) struct Sgp;

#[async_trait]
impl Erp for Sgp {
    fn word(&self) -> &'static str {
        "sgp"
    }

    fn product(&self) -> &'static str {
        "SGP (TSMX)"
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
            // Parameters are documented, answers were seen in independent clients or live.
            Capability::CustomerLookup
            | Capability::Contracts
            | Capability::Billing
            | Capability::Acceptance
            | Capability::Diagnostics
            | Capability::TicketList
            | Capability::SignIn
            | Capability::Wifi => Evidence::Seen,
            // The lists of NFCom and of departments were never captured; how the day of the last promise is found, and
            // whether a promise lifts reduced speed, are assumptions.
            Capability::FiscalInvoices
            | Capability::TicketOpening
            | Capability::TrustUnlock
            | Capability::SpeedRelease => Evidence::Provisional,
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
        Offer::No("SGP's API has no route for ratings.")
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
